//! A screen to open windows on: a virtual one (Xvfb) where possible, so that nothing of the user's is in the way.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, PropMode};
use x11rb::wrapper::ConnectionExt as _;

/// A running virtual screen. Ends with it.
pub struct Screen {
    server: Child,
    /// What the environment variable `DISPLAY` has to hold for it.
    pub display: String,
}

/// Wide and high enough for an editor at twice its size.
const SIZE: &str = "3000x2200x24";

impl Screen {
    /// Starts Xvfb on a free display.
    pub fn start() -> Result<Self> {
        Self::start_with(&["+extension", "GLX"])
    }

    /// The same without OpenGL, as on a display where nothing can draw with it.
    pub fn start_without_gl() -> Result<Self> {
        Self::start_with(&["-extension", "GLX"])
    }

    fn start_with(extensions: &[&str]) -> Result<Self> {
        let mut server = Command::new("Xvfb")
            // The server itself finds a free display, and writes its number once it is ready.
            .args(["-displayfd", "1", "-screen", "0", SIZE, "-noreset", "-nolisten", "tcp"])
            .args(extensions)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start Xvfb (Debian package xvfb)")?;
        let mut number = String::new();
        if let Some(stdout) = server.stdout.take() {
            BufReader::new(stdout).read_line(&mut number)?;
        }
        let screen = Self { server, display: format!(":{}", number.trim()) };
        if number.trim().is_empty() {
            bail!("Xvfb ended without a display");
        }
        Ok(screen)
    }
}

impl Screen {
    /// Makes the screen say that it has `dpi` dots an inch, where 96 are usual, as a desktop's settings would.
    pub fn set_dpi(&self, dpi: u32) -> Result<()> {
        let (connection, screen) = x11rb::connect(Some(&self.display)).context("cannot reach the screen")?;
        let root = connection.setup().roots[screen].root;
        let resources = format!("Xft.dpi:\t{dpi}\n");
        let (property, kind) = (AtomEnum::RESOURCE_MANAGER, AtomEnum::STRING);
        connection.change_property8(PropMode::REPLACE, root, property, kind, resources.as_bytes())?;
        connection.sync()?;
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
