//! The sound of Tandem: processors that turn stereo frames into stereo frames.
//!
//! The contract, on one page:
//!
//! - A [`Processor`] is prepared for a sample rate and a [`LatencyMode`] (the only time it may allocate), is given
//!   its [`Settings`](control::Settings), moves towards them by itself, and maps one [`Frame`] to the next.
//! - Every [`CONTROL_INTERVAL`] frames it computes new coefficients (`tan`, `exp` live there); between two control
//!   ticks coefficients run linearly. The grid counts from the last `reset`, so the result does not depend on how a
//!   host cuts its blocks.
//! - A module's settings say what each of their controls is ([`control`]); host parameters, text, tooltips and
//!   presets are derived from that.
//! - A module says in the same way what it measures ([`readout`]), and may let hear something else than its output
//!   ([`listen`]).
//! - What takes large transforms is built elsewhere, from a plan that a module gives ([`kernel`]).
//! - What a filter or curve reports (`magnitude_db`, `latency`) is what it does: the editor draws it, the tests
//!   measure against it.
//! - Neutral means neutral: a module at its defaults is a pure delay of `latency()` frames.
//!
//! This crate knows no host, thread, file, clock or log. Nothing but `prepare` allocates, and nothing panics:
//! preconditions are debug assertions, and release builds clamp.
#![forbid(unsafe_code)]

pub mod block;
pub mod captured;
pub mod chain;
pub mod control;
pub mod kernel;
pub mod listen;
pub mod meter;
pub mod module;
pub mod monitor;
pub mod order;
pub mod processor;
pub mod readout;
pub mod smooth;
pub mod units;
mod wide;

pub use listen::Listen;
pub use processor::{CONTROL_INTERVAL, Frame, LatencyMode, Processor, TEMPO_BPM};
