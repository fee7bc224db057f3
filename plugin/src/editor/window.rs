//! The editor in a host's window: the framework's `Editor`.
//!
//! The framework's own egui editor reports its size without the user's scale, and without the display's before the
//! window has been open once. This one keeps both, opens its window at exactly the size that it told the host, and asks
//! the host for another one if the display turns out to have a different scale.

mod open;

use super::{LEAST, View, widget};
use crate::edit::Hosted;
use crate::host::link::HostLink;
use crate::params::Controls;
use crate::state::EditorState;
use crate::state::recall::Recall;
use crate::telemetry::Telemetry;
use atomic_float::AtomicF64;
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::{LogicalSize, NativeSize, PhysicalSize, Size};
use nice_plug::editor::{
    Editor, EditorHandle, HostCallbacks, HostMainThreadCaller, HostMethods, ParentWindowHandle, ResizeHint,
    SpawnedEditor,
};
use nice_plug_egui::baseview::{self, HandlerError, WindowSize};
use nice_plug_egui::{App, EguiWindow, EguiWindowSettings, Frame, Key, KeyCapture, RepaintNotifier};
use open::{Closing, OpenWindow};
use std::error::Error;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The panel to open with, by its module's name; for screenshots.
const PANEL_VARIABLE: &str = "TANDEM_PANEL";

/// The theme to open with, "dark" or "light"; for screenshots.
const THEME_VARIABLE: &str = "TANDEM_THEME";

/// Pictures are this far apart at least while something moves.
const PICTURE_INTERVAL: Duration = Duration::from_millis(33);

/// What the editor needs of its instance.
#[derive(Clone)]
pub struct Instance {
    /// The plug-in's name.
    pub name: &'static str,
    /// Its parameters.
    pub controls: Arc<Controls>,
    /// What the audio thread tells.
    pub telemetry: Arc<Telemetry>,
    /// How the editor was left.
    pub state: Arc<EditorState>,
    /// Its slots and its history.
    pub recall: Arc<Recall>,
    /// The way to the host.
    pub link: Arc<HostLink>,
}

/// An instance's editor; its window opens and closes any number of times.
pub struct WindowEditor {
    instance: Instance,
    shared: Arc<Shared>,
}

/// What the window's thread and the host's share.
struct Shared {
    /// Pixels a point before the user's scale.
    display_scale: AtomicF64,
    /// The panel that was shown last.
    panel: Mutex<Option<&'static str>>,
}

impl WindowEditor {
    /// The editor of `instance`.
    pub fn new(instance: Instance) -> Self {
        let shared = Shared { display_scale: AtomicF64::new(1.0), panel: Mutex::new(None) };
        Self { instance, shared: Arc::new(shared) }
    }
}

/// Pixels that a window of `state` has where a point is `display_scale` pixels before the user's scale.
fn pixels(state: &EditorState, display_scale: f64) -> PhysicalSize<u32> {
    let (width, height) = state.size();
    let scale = f64::from(state.scale()) * display_scale;
    let side = |points: u32| (f64::from(points) * scale).round().max(1.0) as u32;
    PhysicalSize::new(side(width), side(height))
}

impl Editor for WindowEditor {
    type Handle = Handle;

    fn spawn(
        &self,
        parent: Option<ParentWindowHandle>,
        wait_for_parent: bool,
        fallback_scale_factor: Option<f64>,
        gui_context: GuiContext,
        host: Option<HostMethods>,
    ) -> Result<SpawnedEditor<Handle>, Box<dyn Error>> {
        let Instance { name, controls, telemetry, state, recall, link } = self.instance.clone();
        let mut view = View::new(name, &controls, &telemetry, recall);
        if let Some(folder) = tandem_presets::folder::of_user() {
            view.keep_presets_in(&folder);
        }
        let last = *self.shared.panel.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(panel) = std::env::var(PANEL_VARIABLE).ok().as_deref().or(last) {
            view.open(panel);
        }
        if let Ok(theme) = std::env::var(THEME_VARIABLE) {
            state.set_theme(if theme == "light" { crate::state::Theme::Light } else { crate::state::Theme::Dark });
        }
        let told = pixels(&state, self.shared.display_scale.load(Relaxed));
        let settings = EguiWindowSettings::new()
            .with_title(name)
            .with_size(told)
            .with_resizable(true)
            .with_zoom_factor(state.scale())
            .with_parent(parent.as_ref())
            .with_fallback_scale_factor(fallback_scale_factor)
            .with_wait_for_parent(wait_for_parent)
            .with_repaint_notifier(controls.repaint().clone())
            .with_repaint_poll_interval(PICTURE_INTERVAL);
        let closing = Closing::default();
        let app = Application {
            view,
            closing: closing.clone(),
            edit: Hosted::new(controls.clone(), gui_context, link),
            wanted: Some(state.size()),
            shared: self.shared.clone(),
            controls: controls.clone(),
            telemetry: telemetry.clone(),
            state: state.clone(),
        };
        let window = EguiWindow::create_with_host(settings, app, host.map(adapt))
            .map_err(|error| format!("the editor's window cannot open, the sound is not affected: {error}"))?;
        let window = OpenWindow::new(window, closing);
        let display_scale = window.size().scale_factor;
        self.shared.display_scale.store(display_scale, Relaxed);
        let wanted = pixels(&state, display_scale);
        if parent.is_none() && wanted != told {
            // The host has not asked for the size yet.
            window.resize(Size::Physical(wanted))?;
        }
        telemetry.samples.open();
        telemetry.editor_open.store(true, Relaxed);
        let handle = Handle { shared: self.shared.clone(), telemetry, state, repaint: controls.repaint().clone() };
        Ok(SpawnedEditor { handle, window })
    }

    fn size(&self) -> NativeSize<u32> {
        let scale = self.shared.display_scale.load(Relaxed);
        NativeSize::from_size(Size::Physical(pixels(&self.instance.state, scale)), scale)
    }

    fn resize_hint(&self) -> ResizeHint {
        ResizeHint::resizable()
    }
}

/// An open window, for the host.
pub struct Handle {
    shared: Arc<Shared>,
    telemetry: Arc<Telemetry>,
    state: Arc<EditorState>,
    repaint: RepaintNotifier,
}

impl EditorHandle for Handle {
    type Window = OpenWindow;
    type Error = baseview::Error;

    fn run_until_closed(window: OpenWindow) -> Result<(), baseview::Error> {
        // Only asked of programs that run by themselves, which none of this is.
        drop(window);
        Ok(())
    }

    fn set_parent(&self, parent: ParentWindowHandle, window: &OpenWindow) -> Result<(), baseview::Error> {
        window.set_parent(&parent)
    }

    fn show(&self, window: &OpenWindow) -> Result<(), baseview::Error> {
        window.show()?;
        self.repaint.request_repaint();
        Ok(())
    }

    fn hide(&self, window: &OpenWindow) -> Result<(), baseview::Error> {
        window.hide()
    }

    fn host_main_thread_callback(&self, window: &OpenWindow) {
        window.host_main_thread_callback();
    }

    fn set_size(&self, new_size: NativeSize<u32>, window: &OpenWindow) -> Result<(), baseview::Error> {
        window.resize(new_size)
    }

    fn set_fallback_scale_factor(&self, scale_factor: f64, window: &OpenWindow) -> Result<(), baseview::Error> {
        window.suggest_fallback_scale_factor(scale_factor)
    }

    fn adjust_size(&self, new_size: NativeSize<u32>, _: &OpenWindow) -> Option<NativeSize<u32>> {
        let display_scale = self.shared.display_scale.load(Relaxed);
        let scale = display_scale * f64::from(self.state.scale());
        let least = LogicalSize::new(LEAST.x, LEAST.y).to_physical::<u32>(scale);
        let new = new_size.to_physical(display_scale);
        let size = PhysicalSize::new(new.width.max(least.width), new.height.max(least.height));
        Some(NativeSize::from_size(Size::Physical(size), display_scale))
    }

    fn state_changed(&self) {
        self.repaint.request_repaint();
    }

    fn param_value_changed(&self, _: &str, _: f32) {
        self.repaint.request_repaint();
    }

    fn param_modulation_changed(&self, _: &str, _: f32) {
        self.repaint.request_repaint();
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.telemetry.editor_open.store(false, Relaxed);
    }
}

/// What runs inside the window.
struct Application {
    view: View,
    closing: Closing,
    edit: Hosted,
    /// The size in points that the first picture is to have.
    wanted: Option<(u32, u32)>,
    shared: Arc<Shared>,
    controls: Arc<Controls>,
    telemetry: Arc<Telemetry>,
    state: Arc<EditorState>,
}

impl App for Application {
    fn build(&mut self, _: egui::Context, frame: &mut Frame) -> Result<(), HandlerError> {
        let bg = super::theme::colours(self.state.theme()).bg;
        frame.set_clear_color(bg.into());
        self.closing.is_here(frame.baseview_window());
        Ok(())
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut Frame) {
        if let Some((width, height)) = self.wanted.take() {
            let (wanted, has) = (egui::vec2(width as f32, height as f32), ui.max_rect().size());
            // Sizes are whole pixels.
            if (wanted - has).abs().max_elem() > 1.5 {
                ui.ctx().send_viewport_cmd(egui::ViewportCommand::InnerSize(wanted));
            }
        }
        if self.view.show(ui, &self.controls, &self.edit, &self.telemetry, &self.state) {
            ui.ctx().request_repaint_after(PICTURE_INTERVAL);
        }
        // See `widget::leave_space`.
        let space = || KeyCapture::IgnoreKeys(vec![Key::Character(" ".to_string())]);
        frame.set_key_capture(if widget::is_typing(ui.ctx()) { KeyCapture::CaptureAll } else { space() });
        *self.shared.panel.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.view.panel());
    }

    fn resized(&mut self, size: WindowSize) {
        if self.closing.follow() {
            return;
        }
        let scale = f64::from(self.state.scale());
        self.shared.display_scale.store(size.scale_factor / scale, Relaxed);
        let points = |side: f64| side.round().max(1.0) as u32;
        self.state.set_size((points(size.logical.width), points(size.logical.height)));
    }

    fn zoom_factor_changed(&mut self, zoom_factor: f32) {
        self.state.set_scale(zoom_factor);
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        self.view.close(&self.edit, &self.telemetry);
        self.closing.is_gone();
    }
}

/// The framework's callbacks as the window's.
fn adapt(host: HostMethods) -> baseview::host::Host {
    struct Callbacks(Box<dyn HostCallbacks>);
    impl baseview::host::HostCallbacks for Callbacks {
        fn request_resize(&mut self, new_size: WindowSize) -> Result<(), HandlerError> {
            let size = Size::Physical(new_size.physical);
            self.0.request_resize(size, new_size.scale_factor).map_err(HandlerError::from_boxed)
        }

        fn destroyed(&mut self) {
            self.0.destroyed();
        }
    }
    struct MainThread(Box<dyn HostMainThreadCaller>);
    impl baseview::host::HostMainThreadCaller for MainThread {
        fn call_main_thread(&mut self) {
            self.0.call_main_thread();
        }
    }
    baseview::host::Host::new()
        .with_callbacks(Callbacks(host.callbacks))
        .with_main_thread(MainThread(host.main_thread_caller))
}
