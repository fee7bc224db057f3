//! The plug-in's editor in an X11 window: resized, scaled, clicked, typed into and photographed.
//!
//! Made for screenshots and tests: the window is placed by itself in the screen's corner, without a window manager.

use crate::host::Plugin;
use crate::output;
use anyhow::{Context, Result, bail};
use clack_extensions::gui::{GuiApiType, GuiConfiguration, GuiSize, PluginGui, Window as ClapWindow};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    self, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, ImageFormat, InputFocus, Keycode, WindowClass,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// An open editor. Closes with it.
pub struct Window<'p> {
    plugin: &'p mut Plugin,
    gui: PluginGui,
    connection: RustConnection,
    root: u32,
    window: u32,
    size: (u32, u32),
    /// Where its upper left corner is on the screen.
    at: (i16, i16),
}

/// A picture: rows of RGB bytes from top left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Red, green, blue, pixel by pixel.
    pub rgb: Vec<u8>,
}

/// A mouse button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// The left one.
    Left = 1,
    /// The right one.
    Right = 3,
    /// A notch of the wheel away from the hand.
    WheelUp = 4,
    /// A notch towards the hand.
    WheelDown = 5,
}

/// X11 key symbols of keys without a character.
pub mod key {
    /// Enter.
    pub const ENTER: u32 = 0xff0d;
    /// Escape.
    pub const ESCAPE: u32 = 0xff1b;
    /// Tabulator.
    pub const TAB: u32 = 0xff09;
    /// Backspace.
    pub const BACKSPACE: u32 = 0xff08;
    /// Left shift.
    pub const SHIFT: u32 = 0xffe1;
    /// Left control.
    pub const CONTROL: u32 = 0xffe3;
    /// Left alt.
    pub const ALT: u32 = 0xffe9;
    /// Cursor left.
    pub const LEFT: u32 = 0xff51;
    /// Cursor up.
    pub const UP: u32 = 0xff52;
    /// Cursor right.
    pub const RIGHT: u32 = 0xff53;
    /// Cursor down.
    pub const DOWN: u32 = 0xff54;
}

/// Pause after a synthesised event, so that a few frames are drawn in between.
const AFTER_EVENT: Duration = Duration::from_millis(60);

/// How long a picture has to stay the same to count as finished.
const STILL: Duration = Duration::from_millis(400);

/// Whether `plugin` refuses to make an editor, as it has to where there is no display.
pub fn refuses_politely(plugin: &mut Plugin) -> bool {
    let handle = plugin.handle();
    let Some(gui) = handle.get_extension::<PluginGui>() else { return true };
    let configuration = GuiConfiguration { api_type: GuiApiType::X11, is_floating: false };
    let refused = gui.create(&handle, configuration).is_err();
    if !refused {
        gui.destroy(&handle);
    }
    refused
}

impl<'p> Window<'p> {
    /// Opens `plugin`'s editor on the display that the environment names, at `scale` if one is given.
    pub fn open(plugin: &'p mut Plugin, scale: Option<f64>) -> Result<Self> {
        let (connection, screen) = x11rb::connect(None).context("there is no X11 display to open a window on")?;
        let root = connection.setup().roots[screen].root;
        let handle = plugin.handle();
        let gui: PluginGui = handle.get_extension().context("the plug-in has no editor")?;
        let configuration = GuiConfiguration { api_type: GuiApiType::X11, is_floating: false };
        gui.create(&handle, configuration).context("the plug-in cannot make its editor")?;
        if let Some(scale) = scale {
            // A plug-in may refuse and follow the display's own scale.
            let _ = gui.set_scale(&handle, scale);
        }
        let size = gui.get_size(&handle).context("the editor does not say its size")?;
        let window = connection.generate_id()?;
        connection.create_window(
            x11rb::COPY_DEPTH_FROM_PARENT,
            window,
            root,
            0,
            0,
            size.width as u16,
            size.height as u16,
            0,
            WindowClass::INPUT_OUTPUT,
            x11rb::COPY_FROM_PARENT,
            &CreateWindowAux::new().override_redirect(1),
        )?;
        connection.map_window(window)?;
        connection.sync()?;
        // SAFETY: the window lives until `drop`, which destroys the editor first.
        unsafe { gui.set_parent(&handle, ClapWindow::from_x11_handle(window.into())) }
            .context("the editor refuses its parent window")?;
        // Embedded editors need no `show`, and some refuse it.
        let _ = gui.show(&handle);
        connection.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME)?;
        connection.sync()?;
        let mut this = Self { plugin, gui, connection, root, window, size: (size.width, size.height), at: (0, 0) };
        this.wait(AFTER_EVENT)?;
        Ok(this)
    }

    /// The plug-in, to play or to ask.
    pub fn plugin(&mut self) -> &mut Plugin {
        self.plugin
    }

    /// Width and height in physical pixels.
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// Asks the editor to take a size in physical pixels; returns the one that it takes.
    pub fn resize(&mut self, width: u32, height: u32) -> Result<(u32, u32)> {
        let handle = self.plugin.handle();
        if !self.gui.can_resize(&handle) {
            bail!("the editor has one size only, {} by {}", self.size.0, self.size.1);
        }
        let wanted = GuiSize { width, height };
        let wanted = self.gui.adjust_size(&handle, wanted).unwrap_or(wanted);
        self.gui.set_size(&handle, wanted).context("the editor refuses this size")?;
        self.fit(wanted)?;
        self.wait(AFTER_EVENT)?;
        Ok(self.size)
    }

    /// Moves it to another place on the screen.
    pub fn place(&mut self, x: i16, y: i16) -> Result<()> {
        let aux = ConfigureWindowAux::new().x(i32::from(x)).y(i32::from(y));
        self.connection.configure_window(self.window, &aux)?;
        self.connection.sync()?;
        self.at = (x, y);
        self.wait(AFTER_EVENT)
    }

    /// Lays another window over all of it for `duration`, and takes it away.
    pub fn cover(&mut self, duration: Duration) -> Result<()> {
        let cover = self.connection.generate_id()?;
        self.connection.create_window(
            x11rb::COPY_DEPTH_FROM_PARENT,
            cover,
            self.root,
            self.at.0,
            self.at.1,
            self.size.0 as u16,
            self.size.1 as u16,
            0,
            WindowClass::INPUT_OUTPUT,
            x11rb::COPY_FROM_PARENT,
            &CreateWindowAux::new().override_redirect(1).background_pixel(0),
        )?;
        self.connection.map_window(cover)?;
        self.connection.sync()?;
        self.wait(duration)?;
        self.connection.destroy_window(cover)?;
        self.connection.sync()?;
        Ok(())
    }

    /// Serves plug-in and window for `duration`.
    pub fn wait(&mut self, duration: Duration) -> Result<()> {
        let end = Instant::now() + duration;
        loop {
            self.plugin.serve();
            while self.connection.poll_for_event()?.is_some() {}
            if let Some(size) = self.plugin.take_resize() {
                self.fit(size)?;
                let _ = self.gui.set_size(&self.plugin.handle(), size);
            }
            if Instant::now() >= end {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Moves the pointer to a place in the window.
    pub fn point(&mut self, x: i16, y: i16) -> Result<()> {
        self.fake(xproto::MOTION_NOTIFY_EVENT, 0, (x + self.at.0, y + self.at.1))
    }

    /// Clicks.
    pub fn click(&mut self, x: i16, y: i16, button: Button) -> Result<()> {
        self.point(x, y)?;
        self.fake(xproto::BUTTON_PRESS_EVENT, button as u8, (0, 0))?;
        self.fake(xproto::BUTTON_RELEASE_EVENT, button as u8, (0, 0))
    }

    /// Drags with the left button, in a few steps as a hand would.
    pub fn drag(&mut self, from: (i16, i16), to: (i16, i16)) -> Result<()> {
        const STEPS: i16 = 8;
        self.point(from.0, from.1)?;
        self.fake(xproto::BUTTON_PRESS_EVENT, Button::Left as u8, (0, 0))?;
        for step in 1..=STEPS {
            let along = |a: i16, b: i16| a + (b - a) * step / STEPS;
            self.point(along(from.0, to.0), along(from.1, to.1))?;
        }
        self.fake(xproto::BUTTON_RELEASE_EVENT, Button::Left as u8, (0, 0))
    }

    /// Presses and releases a key by its X11 symbol, see [`key`]; with `held` keys down meanwhile.
    pub fn press(&mut self, symbol: u32, held: &[u32]) -> Result<()> {
        let (code, shifted) = self.code(symbol)?;
        let mut held: Vec<Keycode> = held.iter().map(|&s| self.code(s).map(|(c, _)| c)).collect::<Result<_>>()?;
        if shifted {
            held.push(self.code(key::SHIFT)?.0);
        }
        for &code in &held {
            self.fake(xproto::KEY_PRESS_EVENT, code, (0, 0))?;
        }
        self.fake(xproto::KEY_PRESS_EVENT, code, (0, 0))?;
        self.fake(xproto::KEY_RELEASE_EVENT, code, (0, 0))?;
        for &code in held.iter().rev() {
            self.fake(xproto::KEY_RELEASE_EVENT, code, (0, 0))?;
        }
        Ok(())
    }

    /// Types Latin-1 text.
    pub fn text(&mut self, text: &str) -> Result<()> {
        text.chars().try_for_each(|character| self.press(character as u32, &[]))
    }

    /// What the window shows now.
    pub fn capture(&mut self) -> Result<Picture> {
        let ((width, height), (x, y)) = (self.size, self.at);
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width as u16, height as u16, u32::MAX)?
            .reply()
            .context("the window does not fit on the screen")?;
        // 24 or 32 bits deep, which every X server of today stores as blue, green, red and a spare byte.
        if image.data.len() != (width * height * 4) as usize {
            bail!("the display has {} bits a pixel, and screenshots need 24 or 32", image.depth);
        }
        let rgb = image.data.chunks_exact(4).flat_map(|p| [p[2], p[1], p[0]]).collect();
        Ok(Picture { width, height, rgb })
    }

    /// What the window shows once it has drawn something and stands still, or after `patience`.
    pub fn capture_still(&mut self, patience: Duration) -> Result<Picture> {
        let end = Instant::now() + patience;
        let mut last = self.capture()?;
        loop {
            self.wait(STILL)?;
            let now = self.capture()?;
            if (now == last && !now.is_blank()) || Instant::now() >= end {
                return Ok(now);
            }
            last = now;
        }
    }

    fn fit(&mut self, size: GuiSize) -> Result<()> {
        let aux = ConfigureWindowAux::new().width(size.width).height(size.height);
        self.connection.configure_window(self.window, &aux)?;
        self.connection.sync()?;
        self.size = (size.width, size.height);
        Ok(())
    }

    fn fake(&mut self, kind: u8, detail: u8, at: (i16, i16)) -> Result<()> {
        self.connection.xtest_fake_input(kind, detail, x11rb::CURRENT_TIME, self.root, at.0, at.1, 0)?;
        self.connection.sync()?;
        self.wait(AFTER_EVENT)
    }

    /// The key that gives `symbol`, and whether with shift.
    fn code(&self, symbol: u32) -> Result<(Keycode, bool)> {
        let setup = self.connection.setup();
        let first = setup.min_keycode;
        let map = self.connection.get_keyboard_mapping(first, setup.max_keycode - first + 1)?.reply()?;
        let per_key = usize::from(map.keysyms_per_keycode);
        let found = map.keysyms.chunks(per_key).enumerate().find_map(|(index, symbols)| {
            let column = symbols.iter().take(2).position(|&s| s == symbol)?;
            Some((first + index as u8, column == 1))
        });
        found.with_context(|| format!("the keyboard has no key for symbol {symbol:#x}"))
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        self.gui.destroy(&self.plugin.handle());
        let _ = self.connection.destroy_window(self.window);
        let _ = self.connection.sync();
    }
}

impl Picture {
    /// Whether every pixel is the same.
    pub fn is_blank(&self) -> bool {
        self.rgb.chunks_exact(3).all(|pixel| pixel == &self.rgb[..3])
    }

    /// As a PNG file's bytes.
    pub fn png(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&self.rgb)?;
        Ok(bytes)
    }

    /// Writes a PNG file.
    pub fn save(&self, path: &Path, force: bool) -> Result<()> {
        use std::io::Write;
        let bytes = self.png()?;
        output::write(path, force, |file| file.write_all(&bytes).context("cannot write the picture"))
    }
}
