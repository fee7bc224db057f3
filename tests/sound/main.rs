//! The sound: dsp alone, each test named after a physical property.

// Aborts on an allocation inside `assert_no_alloc`.
#[global_allocator]
static ALLOCATOR: nice_assert_no_alloc::AllocDisabler = nice_assert_no_alloc::AllocDisabler;

mod alone;
mod chain;
mod characters;
mod compressor;
mod eq;
mod eq_dynamics;
mod eq_prototype;
mod fast_log;
mod key;
mod level;
mod limiter;
mod limiter_ceiling;
mod limiter_clipper;
mod limiter_learn;
mod limiter_styles;
mod loudness;
mod order;
mod song;
mod stage;
mod text;
mod true_peak;
mod zipper;
