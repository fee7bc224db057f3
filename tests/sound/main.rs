//! The sound: dsp alone, each test named after a physical property.

// Aborts on an allocation inside `assert_no_alloc`.
#[global_allocator]
static ALLOCATOR: nice_assert_no_alloc::AllocDisabler = nice_assert_no_alloc::AllocDisabler;

mod alone;
mod band_gains;
mod chain;
mod characters;
mod compressor;
mod contribution;
mod declick;
mod deesser;
mod demud;
mod dither;
mod echo;
mod eq;
mod eq_dynamics;
mod eq_prototype;
mod fast_log;
mod gate;
mod graphic;
mod imager;
mod key;
mod level;
mod leveler;
mod limiter;
mod limiter_ceiling;
mod limiter_clipper;
mod limiter_learn;
mod limiter_styles;
mod linear_phase;
mod loudness;
mod match_eq;
mod monitor;
mod multiband;
mod order;
mod reorder;
mod reverb;
mod rider;
mod saturator;
mod sleep;
mod song;
mod stage;
mod switching;
mod text;
mod thirds;
mod true_peak;
mod zipper;
