//! The built plug-ins in real hosts.
