//! The shell: parameters, state and panels, without a host.
