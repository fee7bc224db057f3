//! An open window that is really gone once it is dropped.
//!
//! On X11 a window has a thread of its own. baseview 0.4 asks it to stop and then to show the window; if the thread stops
//! in between, the question fails, and the thread is left behind, with its OpenGL context, while the host closes the
//! parent window, unloads the plug-in or ends. So the thread is stopped first: a change of size is a message that it
//! answers, and the answer to this one is that it ends.

use nice_plug_egui::baseview::{Window, WindowContext};
use std::cell::RefCell;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::*};

/// A window.
pub struct OpenWindow {
    /// `None` while it is dropped.
    window: Option<Window>,
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    closing: Arc<AtomicBool>,
}

impl OpenWindow {
    /// `window`, whose application has the other end of `closing`.
    pub fn new(window: Window, closing: Closing) -> Self {
        Self { window: Some(window), closing: closing.0 }
    }
}

impl Deref for OpenWindow {
    type Target = Window;

    fn deref(&self) -> &Window {
        self.window.as_ref().expect("it is there until it is dropped")
    }
}

impl Drop for OpenWindow {
    fn drop(&mut self) {
        let Some(window) = self.window.take() else { return };
        #[cfg(target_os = "linux")]
        stop(&window, &self.closing);
        drop(window);
    }
}

/// How long the end of a window waits for its thread before it goes on regardless.
#[cfg(target_os = "linux")]
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(2);

#[cfg(target_os = "linux")]
fn stop(window: &Window, closing: &AtomicBool) {
    use nice_plug_egui::baseview::dpi::{PhysicalSize, Size};
    closing.store(true, Release);
    let size = window.size().physical;
    // Another size than it has, or nothing would happen.
    if window.resize(Size::Physical(PhysicalSize::new(size.width + 1, size.height))).is_err() {
        return;
    }
    let start = std::time::Instant::now();
    while window.is_open() && start.elapsed() < TIMEOUT {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

thread_local! {
    /// The window whose thread this is.
    static HERE: RefCell<Option<WindowContext>> = const { RefCell::new(None) };
}

/// Tells the window's thread that it is to end.
#[derive(Clone, Default)]
pub struct Closing(Arc<AtomicBool>);

impl Closing {
    /// The window's thread: this is the window.
    pub fn is_here(&self, window: &WindowContext) {
        HERE.set(Some(window.clone()));
    }

    /// The window's thread, when its size changes: ends it, if it is to end. Returns whether it is.
    pub fn follow(&self) -> bool {
        let ends = self.0.load(Acquire);
        if ends && let Some(window) = HERE.take() {
            window.request_close();
        }
        ends
    }

    /// The window's thread: the window goes.
    pub fn is_gone(&self) {
        drop(HERE.take());
    }
}
