//! The shell: parameters, state and panels, without a host.

mod controls;
mod editing;
mod engine;
mod process;
mod state;
mod targets;
