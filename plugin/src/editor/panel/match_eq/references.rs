//! References: how to capture them, and those that there are with their weights.

use super::taking::Taking;
use super::{BUTTON, ENOUGH_S, line, push};
use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::editor::widget::{control, focus_ring, text_within};
use crate::state::captures::{FileSpectrum, MOST_WEIGHT, REFERENCES, Reference};
use egui::{
    Align2, CursorIcon, EventFilter, Frame, Id, Key, Margin, PointerButton, Rect, Role, Sense, TextEdit, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};
use tandem_dsp::captured::Source;
use tandem_dsp::module::match_eq::GROUP;

/// Height of a reference's line, and lines a column.
const LINE: f32 = 24.0;
const LINES: usize = 4;

/// Width of what captures, left of the list.
const CAPTURE: f32 = 3.0 * BUTTON + 8.0;

/// Width of a weight.
const WEIGHT: f32 = 84.0;

/// Steps of a weight by wheel and arrow keys, and with shift, per cent.
const STEPS_PERCENT: [f64; 2] = [10.0, 1.0];

/// Longest path that is taken.
const LONGEST_PATH: usize = 4_096;

#[derive(Default)]
pub(super) struct References {
    taking: Option<Taking>,
    file: Option<FileSpectrum>,
    path: String,
}

impl References {
    /// Whether one is being captured.
    pub fn takes(&self) -> bool {
        self.taking.is_some()
    }

    /// Every picture.
    pub fn update(&mut self, session: &Session) {
        if let Some(taking) = &mut self.taking {
            taking.update(session);
        }
        let Some(outcome) = self.file.as_mut().and_then(FileSpectrum::outcome) else { return };
        let Some(file) = self.file.take() else { return };
        match outcome {
            Ok(levels_db) => {
                add(session, &file.name(), &levels_db);
                self.path.clear();
            }
            Err(text) => session.tell(Help { name: "Reference".to_string(), text, wrong: true }),
        }
    }

    /// Draws it; `free` says whether nothing else is being captured.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, free: bool) {
        let width = ui.available_width();
        let (area, _) = ui.allocate_exact_size(vec2(width, 18.0 + LINES as f32 * LINE), Sense::hover());
        let references = session.recall().captures().references();
        let title = format!("References, {} of {REFERENCES}", references.len());
        let at = area.left_top();
        text_within(ui.painter(), at, Align2::LEFT_TOP, &title, theme::small(), session.colours.mute, CAPTURE);
        let below = Rect::from_min_max(pos2(area.left(), area.top() + 18.0), area.max);
        self.capture(ui, session, below.with_max_x(below.left() + CAPTURE), free && references.len() < REFERENCES);
        let list = below.with_min_x(below.left() + CAPTURE + 2.0 * theme::GAP);
        let column = 0.5 * (list.width() + theme::GAP);
        for place in 0..REFERENCES {
            let at = list.min + vec2((place / LINES) as f32 * column, (place % LINES) as f32 * LINE);
            let rect = Rect::from_min_size(at, vec2(column - theme::GAP, LINE));
            match references.get(place) {
                Some(reference) => entry(ui, session, place, reference, rect),
                None => {
                    let (painter, mute) = (ui.painter(), session.colours.mute);
                    let text = (place + 1).to_string();
                    text_within(painter, rect.left_center(), Align2::LEFT_CENTER, &text, theme::small(), mute, 20.0);
                }
            }
        }
    }

    /// From the input, the side-chain or a file, and what comes of it.
    fn capture(&mut self, ui: &mut Ui, session: &Session, area: Rect, free: bool) {
        let place = |i: f32| Rect::from_min_size(area.min + vec2(i * (BUTTON + 4.0), 0.0), vec2(BUTTON, 28.0));
        let sources = [
            (Source::Input, "Input", "Capture from the input", "a reference that plays on this track"),
            (
                Source::SideChain,
                "Side-chain",
                "Capture from the side-chain",
                "a reference that plays into the side-chain",
            ),
        ];
        for (i, (source, text, name, what)) in sources.into_iter().enumerate() {
            let takes = self.taking.as_ref().is_some_and(|taking| taking.source == source);
            let enabled = takes || (free && self.taking.is_none() && session.is_on(&GROUP));
            let help = format!("Captures {what}, from now until it is pushed again.");
            if push(ui, session, place(i as f32), (text, name), &help, takes, enabled) {
                match self.taking.take() {
                    None => self.taking = Some(Taking::begin(session, source)),
                    Some(taking) => keep(session, &taking, text),
                }
            }
        }
        let reads = self.file.is_some();
        let ready = free && !reads && !self.path.trim().is_empty();
        let mut go = push(
            ui,
            session,
            place(2.0),
            ("Add file", "Capture from the file"),
            "Reads the WAV or FLAC file whose path is below, in the background.",
            reads,
            ready,
        );
        let field = Rect::from_min_size(pos2(area.left(), area.top() + 34.0), vec2(area.width(), 26.0));
        go |= self.path_field(ui, session, field) && ready;
        if go {
            // As a file manager copies it.
            let path = self.path.trim().trim_matches('"');
            let path = path.strip_prefix("file://").unwrap_or(path).to_string();
            let ctx = ui.ctx().clone();
            self.file = Some(FileSpectrum::start(path.into(), move || ctx.request_repaint()));
        }
        let below = Rect::from_min_max(pos2(area.left(), field.bottom() + 4.0), area.max);
        let text = match (&self.taking, reads) {
            (Some(taking), _) if taking.heard_s() < ENOUGH_S => {
                format!("{:.0} s heard, 3 are needed.", taking.heard_s())
            }
            (Some(taking), _) => format!("{:.0} s heard. Push again to keep it.", taking.heard_s()),
            (None, true) => "Reading the file…".to_string(),
            (None, false) => String::new(),
        };
        line(ui, session, below, &text);
        if !text.is_empty() {
            let response = ui.interact(below, ui.make_persistent_id("capturing"), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &text));
        }
    }

    /// Where the file is. Returns whether Enter was pressed in it.
    fn path_field(&mut self, ui: &mut Ui, session: &Session, rect: Rect) -> bool {
        let field = TextEdit::singleline(&mut self.path)
            .id(Id::unique("reference file"))
            .hint_text("Path of a WAV or FLAC file")
            .font(theme::small())
            .char_limit(LONGEST_PATH)
            .frame(Frame::NONE.fill(session.colours.bg).corner_radius(theme::TOUCH_RADIUS))
            .margin(Margin::symmetric(8, 4))
            .align(Align2::LEFT_CENTER)
            .min_size(rect.size())
            .desired_width(rect.width() - 16.0);
        let mut inside = ui.new_child(UiBuilder::new().id_salt("reference file").max_rect(rect));
        inside.shrink_clip_rect(rect.expand(4.0));
        let response = inside.put(rect, field).accessible_name("Reference file");
        focus_ring(ui, &response, rect, session.colours);
        if response.hovered() || response.has_focus() {
            let text = "Type or paste where the file is; Enter adds it.".to_string();
            session.say(Help { name: "Reference file".to_string(), text, wrong: false });
        }
        response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
    }
}

fn add(session: &Session, name: &str, levels_db: &tandem_dsp::block::graphic::Curve) {
    if session.recall().captures().add(name, levels_db) {
        session.edit().state_changed();
    } else {
        let text = format!("There are {REFERENCES} already: remove one first.");
        session.tell(Help { name: "Reference".to_string(), text, wrong: true });
    }
}

fn keep(session: &Session, taking: &Taking, text: &str) {
    match taking.end(session) {
        Ok(levels_db) => add(session, &format!("{text}, {:.0} s", taking.heard_s()), &levels_db),
        Err(text) => session.tell(Help { name: "Reference".to_string(), text, wrong: true }),
    }
}

/// A reference's line: name, weight, and a button to remove it.
fn entry(ui: &mut Ui, session: &Session, place: usize, reference: &Reference, rect: Rect) {
    let remove = Rect::from_min_max(pos2(rect.right() - LINE, rect.top()), rect.max);
    let weight =
        Rect::from_min_max(pos2(remove.left() - WEIGHT - 4.0, rect.top()), pos2(remove.left() - 4.0, rect.bottom()));
    let name = Rect::from_min_max(rect.min, pos2(weight.left() - 6.0, rect.bottom()));
    let painter = ui.painter().with_clip_rect(name);
    let text = format!("{}  {}", place + 1, reference.name);
    let colour = if reference.weight_percent == 0 { session.colours.mute } else { session.colours.ink };
    text_within(&painter, name.left_center(), Align2::LEFT_CENTER, &text, theme::small(), colour, name.width());
    let response = ui.interact(name, ui.make_persistent_id(("reference", place)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &reference.name));
    response.on_hover_text(&reference.name);
    weigh(ui, session, place, reference, weight.shrink2(vec2(0.0, 2.0)));
    let label = format!("Remove reference {}", place + 1);
    if push(ui, session, remove.shrink(2.0), ("×", &label), "Removes it from the references.", false, true) {
        session.recall().captures().remove(place);
        session.edit().state_changed();
    }
}

/// A weight as a bar with its figure: drag, wheel, arrow keys; a double-click is 100 %.
fn weigh(ui: &mut Ui, session: &Session, place: usize, reference: &Reference, rect: Rect) {
    let colours = session.colours;
    let id = ui.make_persistent_id(("weight", place));
    let response = ui.interact(rect, id, Sense::click_and_drag()).on_hover_cursor(CursorIcon::ResizeHorizontal);
    let before = f64::from(reference.weight_percent);
    let mut percent = before;
    if response.double_clicked() {
        percent = 100.0;
    } else if (response.dragged_by(PointerButton::Primary) || response.clicked())
        && let Some(at) = response.interact_pointer_pos()
    {
        response.request_focus();
        percent = f64::from((at.x - rect.left()) / rect.width()) * f64::from(MOST_WEIGHT);
        percent = 5.0 * (percent / 5.0).round();
    }
    percent += control::notches(ui, &response) * STEPS_PERCENT[0];
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let fine = usize::from(ui.input(|input| input.modifiers.shift));
        let pressed = |key| ui.input(|input| input.num_presses(key)) as f64;
        percent += (pressed(Key::ArrowRight) - pressed(Key::ArrowLeft)) * STEPS_PERCENT[fine];
    }
    let percent = percent.clamp(0.0, f64::from(MOST_WEIGHT));
    if percent.round() != before {
        session.recall().captures().weigh(place, percent.round() as u32);
        session.edit().state_changed();
    }
    let painter = ui.painter();
    painter.rect_filled(rect, theme::TOUCH_RADIUS, colours.raised);
    let part = (percent / f64::from(MOST_WEIGHT)) as f32;
    let bar = Rect::from_min_max(
        pos2(rect.left(), rect.bottom() - 3.0),
        pos2(rect.left() + part * rect.width(), rect.bottom()),
    );
    painter.rect_filled(bar, 1, colours.yours);
    let text = format!("{percent:.0} %");
    text_within(painter, rect.center(), Align2::CENTER_CENTER, &text, theme::small(), colours.ink, rect.width());
    focus_ring(ui, &response, rect, colours);
    response.widget_info(|| WidgetInfo {
        label: Some(format!("Weight of reference {}", place + 1)),
        value: Some(percent),
        current_text_value: Some(text.clone()),
        ..WidgetInfo::new(Role::Slider)
    });
    if response.hovered() || response.has_focus() {
        let text =
            "How much it counts beside the others. Drag, wheel or arrow keys; a double-click is 100 %.".to_string();
        session.say(Help { name: format!("Weight of {}", reference.name), text, wrong: false });
    }
}
