//! `cargo xtask render`: what `tandem-render` does, with the bundle built first if there is none.

use crate::bundle;
use anyhow::Result;
use tandem_render::host;

pub use tandem_render::cli::Render;

/// Does what the command line says.
pub fn run(command: &Render) -> Result<()> {
    if command.bundle.is_none() && host::locate().is_err() {
        bundle::build("release")?;
    }
    tandem_render::cli::run(command)
}
