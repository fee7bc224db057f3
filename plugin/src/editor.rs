//! The editor: one screen for both plug-ins, and what is on it.
//!
//! [`View::show`] draws it all with egui, given an instance's controls, edits and measurements; it knows nothing of
//! windows and hosts, so that tests can drive it. [`window`] puts it into a host's window.

mod bar;
pub mod browser;
mod chain;
mod destination;
pub mod levels;
mod listen;
mod moved;
pub mod panel;
pub mod session;
mod side;
mod status;
pub mod theme;
pub mod widget;
pub mod window;

use crate::edit::Edit;
use crate::params::Controls;
use crate::state::EditorState;
use crate::state::library::Library;
use crate::state::recall::Recall;
use crate::telemetry::Telemetry;
use browser::Browser;
use egui::{Rect, Ui, UiBuilder, Vec2, pos2, vec2};
use levels::Levels;
use panel::Tile;
use session::{Hands, Session};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// The smallest screen that holds everything, in points.
pub const LEAST: Vec2 = vec2(1060.0, 660.0);

/// Heights of the bars, and the width of the meters.
const TOP: f32 = 48.0;
const CHAIN: f32 = 66.0;
const STATUS: f32 = 28.0;
const SIDE: f32 = 152.0;

/// What [`View::open`] knows the presets by.
const PRESETS: &str = "Presets";

/// What the screen shows and remembers.
pub struct View {
    /// The plug-in's name.
    name: &'static str,
    recall: Arc<Recall>,
    levels: Levels,
    hands: Hands,
    bar: bar::Bar,
    browser: Browser,
    tiles: Vec<Tile>,
    /// Which of `tiles` is shown.
    shown: usize,
    /// Whether egui's own style is set, and for which theme.
    styled: Option<crate::state::Theme>,
}

impl View {
    /// The screen of the plug-in called `name` ("Tandem Channel") with `controls` and `telemetry`; `recall` is the
    /// instance's.
    pub fn new(name: &'static str, controls: &Controls, telemetry: &Telemetry, recall: Arc<Recall>) -> Self {
        let tiles = panel::tiles(controls, telemetry);
        let shown = tiles.iter().position(|tile| tile.opens_first).unwrap_or(0);
        let (levels, hands, bar) = (Levels::default(), Hands::default(), bar::Bar::default());
        let browser = Browser::new(Library::new(&tandem_presets::short_name(name), None));
        Self { name, recall, levels, hands, bar, browser, tiles, shown, styled: None }
    }

    /// Looks for the user's presets below the folder `presets`, and keeps them there.
    pub fn keep_presets_in(&mut self, presets: &Path) {
        self.browser.keep_in(presets);
    }

    /// The presets.
    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// Shows the panel of the module called `name`, in any case, if there is one; "Presets" are the presets.
    pub fn open(&mut self, name: &str) {
        if name.eq_ignore_ascii_case(PRESETS) {
            self.browser.open();
        }
        if let Some(found) = self.tiles.iter().position(|tile| tile.group.name.eq_ignore_ascii_case(name)) {
            self.shown = found;
        }
    }

    /// The module whose panel is shown.
    pub fn panel(&self) -> &'static str {
        self.tiles.get(self.shown).map_or("", |tile| tile.group.name)
    }

    /// The modules that have a panel, in their natural order.
    pub fn panels(&self) -> Vec<&'static str> {
        self.tiles.iter().map(|tile| tile.group.name).collect()
    }

    /// Draws everything into `ui` and edits what is touched. Returns whether the next picture will differ even if
    /// nothing happens.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        controls: &Controls,
        edit: &dyn Edit,
        telemetry: &Telemetry,
        state: &EditorState,
    ) -> bool {
        let theme = state.theme();
        let colours = theme::colours(theme);
        if self.styled != Some(theme) {
            if self.styled.is_none() {
                ui.ctx().set_fonts(theme::fonts());
            }
            theme::apply(ui.ctx(), colours, theme);
            self.styled = Some(theme);
            // Style and fonts hold from the next picture on.
            ui.ctx().request_discard("new style");
            return true;
        }
        widget::watch_keyboard(ui);
        widget::leave_space(ui);
        let now = ui.input(|input| input.time);
        self.levels.update(telemetry, now);
        self.hands.start(controls, now);
        self.recall.follow(&telemetry.matching);
        let edit = self.recall.remember(edit);
        let session = Session::new(controls, &edit, telemetry, state, &self.levels, colours, &self.hands, now);
        bar::keys(ui, &session);
        if !self.browser.is_open() {
            panel::monitor::keys(ui, &session);
        }
        let mut moves = false;
        for (i, tile) in self.tiles.iter_mut().enumerate() {
            moves |= tile.panel.update(&session, i == self.shown);
        }
        self.browser.update(&session);
        let screen = ui.max_rect();
        ui.painter().rect_filled(screen, 0, colours.bg);
        let screen = Rect::from_min_size(screen.min, screen.size().max(LEAST));
        let top = Rect::from_min_size(screen.min, vec2(screen.width(), TOP));
        let status = Rect::from_min_max(pos2(screen.left(), screen.bottom() - STATUS), screen.max);
        let inside = Rect::from_min_max(top.left_bottom(), status.right_top()).shrink2(vec2(theme::PAD, 12.0));
        let chain = Rect::from_min_size(inside.min, vec2(inside.width(), CHAIN));
        let below = Rect::from_min_max(pos2(inside.left(), chain.bottom() + 12.0), inside.max);
        let side = Rect::from_min_max(pos2(below.right() - SIDE, below.top()), below.max);
        let middle = Rect::from_min_max(below.min, pos2(side.left() - 12.0, below.bottom()));
        within(ui, top, "top", |ui| self.bar.show(ui, &session, self.name, state, &mut self.browser));
        let shown = self.shown;
        within(ui, chain, "chain", |ui| {
            self.shown = chain::show(ui, &session, &self.tiles, self.shown);
        });
        ui.painter().rect_filled(middle, theme::SURFACE_RADIUS, colours.panel);
        if self.browser.is_open() && self.shown != shown {
            self.browser.close();
        }
        if self.browser.is_open() {
            within(ui, middle, "presets", |ui| self.browser.show(ui, &session));
        } else if let Some(tile) = self.tiles.get_mut(self.shown) {
            within(ui, middle.shrink(theme::PAD), tile.group.id, |ui| tile.panel.show(ui, &session));
        }
        let reset = within(ui, side, "side", |ui| side::show(ui, &session, &self.tiles));
        within(ui, status, "status", |ui| status::show(ui, &session, &self.hands));
        self.hands.finish(&edit);
        if let Some(s) = self.hands.notice_ends_in(now) {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(s));
        }
        // What no picture has painted.
        widget::graph::labels(ui.painter(), colours);
        for (reset, level) in reset.into_iter().zip([&mut self.levels.input, &mut self.levels.output]) {
            if reset {
                level.reset();
                moves = true;
            }
        }
        if let Some(due_s) = self.hands.due_in(now) {
            ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(due_s));
        }
        moves || self.levels.moves() || self.hands.waits()
    }

    /// The window closes: ends what is still open.
    pub fn close(&self, edit: &dyn Edit, telemetry: &Telemetry) {
        self.hands.end(&self.recall.remember(edit));
        telemetry.listening.clear();
        telemetry.contribution.store(false, Relaxed);
        telemetry.matching.switch(false);
        telemetry.monitoring.clear();
        telemetry.monitoring.unload();
        telemetry.learn_for.store(f32::NAN, Relaxed);
        telemetry.capturing.end();
    }
}

/// A part of the screen.
fn within<R>(ui: &mut Ui, rect: Rect, name: &'static str, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let mut inside = ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect));
    inside.shrink_clip_rect(rect.expand(6.0));
    contents(&mut inside)
}
