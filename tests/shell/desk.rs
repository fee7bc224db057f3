//! An editor without a window: its whole screen, driven through the accessibility tree, with every edit written down.

use crate::player::Player;
use crate::raster::Canvas;
use egui::accesskit::{Action, Role};
use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, Rect, TouchPhase, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::cell::RefCell;
use std::sync::Arc;
use tandem::channel::Channel;
use tandem::edit::Edit;
use tandem::editor::View;
use tandem::master::Master;
use tandem::params::{Controls, ParamIndex};
use tandem::shell::{Product, parameters};
use tandem::state::recall::Recall;
use tandem::state::{EditorState, Theme};
use tandem::telemetry::Telemetry;

/// An edit as a host would see it.
#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    Begin(ParamIndex),
    Set(ParamIndex, f64),
    End(ParamIndex),
    Bulk(Vec<(ParamIndex, f64)>),
}

/// Writes edits down and carries them out.
pub struct Recorder {
    controls: Arc<Controls>,
    pub done: RefCell<Vec<Done>>,
}

impl Edit for Recorder {
    fn begin(&self, index: ParamIndex) {
        self.done.borrow_mut().push(Done::Begin(index));
    }

    fn set(&self, index: ParamIndex, value: f64) {
        self.done.borrow_mut().push(Done::Set(index, value));
        self.controls.set_quietly(&[(index, value)]);
    }

    fn end(&self, index: ParamIndex) {
        self.done.borrow_mut().push(Done::End(index));
    }

    fn bulk(&self, changes: &[(ParamIndex, f64)]) {
        self.done.borrow_mut().push(Done::Bulk(changes.to_vec()));
        self.controls.set_quietly(changes);
    }
}

/// What the editor works on.
pub struct Bench {
    pub view: View,
    pub controls: Arc<Controls>,
    pub telemetry: Telemetry,
    pub state: EditorState,
    pub recall: Arc<Recall>,
    pub recorder: Recorder,
    /// Whether the last picture asked for another one.
    pub moves: bool,
    /// Where the editor's screen is inside the harness's.
    pub screen: Rect,
}

/// The editor, and hands.
pub struct Desk {
    pub harness: Harness<'static, Bench>,
    player: Player,
}

/// Width and height of the screen in points, where nothing else is asked for.
pub const SIZE: Vec2 = vec2(1100.0, 700.0);

/// What the harness leaves around it.
const MARGIN: f32 = 8.0;

/// Time between two pictures.
pub const STEP_S: f32 = 1.0 / 60.0;

impl Desk {
    /// The editor of a fresh Tandem Channel with the panel called `panel`.
    pub fn channel(panel: &str) -> Self {
        Self::of::<Channel>(panel, SIZE, 1.0, Theme::Dark)
    }

    /// The editor of a fresh Tandem Master with the panel called `panel`.
    pub fn master(panel: &str) -> Self {
        Self::of::<Master>(panel, SIZE, 1.0, Theme::Dark)
    }

    /// The editor of a fresh `P`, `size` points large at `scale` pixels a point.
    pub fn of<P: Product>(panel: &str, size: Vec2, scale: f32, theme: Theme) -> Self {
        let tree = parameters::<P>();
        let controls = tree.controls().clone();
        let telemetry = Telemetry::of::<P::Rack>();
        telemetry.samples.open();
        let recall = Arc::new(Recall::new(controls.clone()));
        let mut view = View::new(P::NAME, &controls, &telemetry, recall.clone());
        view.open(panel);
        assert!(panel.is_empty() || view.panel() == panel, "{} has no panel {panel}", P::NAME);
        let state = EditorState::new((size.x as u32, size.y as u32));
        state.set_theme(theme);
        let recorder = Recorder { controls: controls.clone(), done: RefCell::default() };
        let (moves, screen) = (false, Rect::NOTHING);
        let bench = Bench { view, controls, telemetry, state, recall, recorder, moves, screen };
        let mut harness = Harness::builder()
            .with_size(size + Vec2::splat(2.0 * MARGIN))
            .with_pixels_per_point(scale)
            .with_step_dt(STEP_S)
            .with_max_steps(64)
            .build_ui_state(
                |ui, bench: &mut Bench| {
                    let Bench { view, controls, telemetry, state, recorder, moves, screen, .. } = bench;
                    *screen = ui.max_rect();
                    *moves = view.show(ui, controls, recorder, telemetry, state);
                },
                bench,
            );
        harness.run();
        assert_eq!(harness.state().screen.size(), size, "the size that was asked for");
        Self { harness, player: Player::of::<P>(tree) }
    }

    /// Shows the panel called `panel`.
    pub fn open(&mut self, panel: &str) {
        self.harness.state_mut().view.open(panel);
        self.harness.run_steps(2);
    }

    /// The parameter called `name`.
    pub fn index(&self, name: &str) -> ParamIndex {
        self.bench().controls.find_name(name).unwrap_or_else(|| panic!("no parameter {name}"))
    }

    /// Its value.
    pub fn value(&self, name: &str) -> f64 {
        self.bench().controls.value(self.index(name))
    }

    /// Sets it as a host would.
    pub fn set(&mut self, name: &str, value: f64) {
        let index = self.index(name);
        self.bench().controls.set_quietly(&[(index, value)]);
        self.harness.run();
    }

    /// Moves it as a host does that plays automation.
    pub fn automate(&mut self, name: &str, value: f64) {
        let controls = self.bench().controls.clone();
        let index = self.index(name);
        let way = controls.control(index).to_normalized(value) as f32;
        // SAFETY: the pointer is to a parameter of `controls`, which is alive here.
        unsafe { controls.pointer(index)._internal_set_normalized_value(way) };
        self.harness.run();
    }

    /// Plays for so many pictures.
    pub fn play(&mut self, pictures: usize) {
        for _ in 0..pictures {
            let bench = self.harness.state();
            self.player.play(&bench.telemetry, &bench.recall, (48_000.0 * STEP_S) as usize);
            self.harness.step();
        }
    }

    /// What is on the screen, pixel by pixel.
    pub fn canvas(&self) -> Canvas {
        let mut canvas = Canvas::of(&self.harness.ctx);
        canvas.paint(&self.harness.ctx, self.harness.output().shapes.clone());
        canvas
    }

    pub fn bench(&self) -> &Bench {
        self.harness.state()
    }

    /// What has been done since the last call.
    pub fn done(&self) -> Vec<Done> {
        std::mem::take(&mut *self.bench().recorder.done.borrow_mut())
    }

    /// Where the widget with the label is.
    pub fn rect(&self, label: &str) -> Rect {
        self.harness.get_by_label(label).rect()
    }

    /// Whether there is one.
    pub fn has(&self, label: &str) -> bool {
        self.harness.query_by_label(label).is_some()
    }

    pub fn point(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        self.harness.run();
    }

    /// Presses, moves in a few steps, lets go; `modifiers` held all the while.
    pub fn drag(&mut self, from: Pos2, by: Vec2, modifiers: Modifiers) {
        const STEPS: usize = 10;
        self.harness.hover_at(from);
        self.harness.event(Event::ModifiersChanged(modifiers));
        self.button(from, true, modifiers);
        for step in 1..=STEPS {
            self.harness.hover_at(from + by * (step as f32 / STEPS as f32));
        }
        self.button(from + by, false, modifiers);
        self.harness.event(Event::ModifiersChanged(Modifiers::NONE));
        self.harness.run();
    }

    pub fn click(&mut self, at: Pos2, modifiers: Modifiers) {
        self.harness.hover_at(at);
        self.harness.event(Event::ModifiersChanged(modifiers));
        self.button(at, true, modifiers);
        self.button(at, false, modifiers);
        self.harness.event(Event::ModifiersChanged(Modifiers::NONE));
        self.harness.run();
    }

    pub fn secondary_click(&mut self, pos: Pos2) {
        self.harness.hover_at(pos);
        for pressed in [true, false] {
            let (button, modifiers) = (PointerButton::Secondary, Modifiers::NONE);
            self.harness.event(Event::PointerButton { pos, button, pressed, modifiers });
        }
        self.harness.run();
    }

    pub fn double_click(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        for pressed in [true, false, true, false] {
            self.button(at, pressed, Modifiers::NONE);
        }
        self.harness.run();
        // So that the next click is none of the same.
        self.harness.run_steps(40);
    }

    fn button(&self, pos: Pos2, pressed: bool, modifiers: Modifiers) {
        self.harness.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers });
    }

    /// Turns the wheel while the pointer is at `at`.
    pub fn wheel(&mut self, at: Pos2, notches: f32) {
        self.point(at);
        self.harness.event(Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: vec2(0.0, notches),
            modifiers: Modifiers::NONE,
            phase: TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
        });
        self.harness.run();
    }

    pub fn key(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run();
    }

    pub fn key_with(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run();
    }

    /// Types, letter by letter.
    pub fn text(&mut self, text: &str) {
        for letter in text.chars() {
            self.harness.event(Event::Text(letter.to_string()));
            self.harness.run();
        }
    }

    pub fn focus(&mut self, label: &str) {
        self.harness.get_by_label(label).focus();
        self.harness.run();
    }

    /// Label of what has the focus.
    pub fn focused(&self) -> Option<String> {
        self.nodes().into_iter().find(|node| node.focused).map(|node| node.label)
    }

    /// Everything in the accessibility tree that is not just a container.
    pub fn nodes(&self) -> Vec<Found> {
        let root = self.harness.root();
        let mut found = Vec::new();
        let mut rest = vec![root.accesskit_node()];
        while let Some(node) = rest.pop() {
            rest.extend(node.children());
            if matches!(node.role(), Role::GenericContainer | Role::Window | Role::Unknown | Role::TextRun) {
                continue;
            }
            let bounds = node.raw_bounds().unwrap_or_default();
            found.push(Found {
                label: node.label().unwrap_or_default(),
                role: node.role(),
                value: node.value(),
                description: node.data().description().map(str::to_string),
                focused: node.is_focused(),
                touchable: node.data().supports_action(Action::Click),
                rect: Rect::from_min_max(
                    egui::pos2(bounds.x0 as f32, bounds.y0 as f32),
                    egui::pos2(bounds.x1 as f32, bounds.y1 as f32),
                ),
            });
        }
        found
    }
}

/// A widget in the accessibility tree.
#[derive(Clone, Debug)]
pub struct Found {
    pub label: String,
    pub role: Role,
    pub value: Option<String>,
    /// What it says beside label and value.
    pub description: Option<String>,
    pub focused: bool,
    /// Whether it can be clicked.
    pub touchable: bool,
    /// In points.
    pub rect: Rect,
}
