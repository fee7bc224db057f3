//! The shell: parameters, state and panels, without a host.

mod controls;
mod editing;
mod engine;
mod manual;
mod process;
mod state;
mod targets;
