//! The shell: parameters, state and panels, without a host.

mod controls;
mod desk;
mod editing;
mod editor;
mod engine;
mod eq_panel;
mod knob;
mod loudness;
mod manual;
mod meters;
mod process;
mod state;
mod targets;
mod told;
