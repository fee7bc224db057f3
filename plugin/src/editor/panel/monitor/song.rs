//! The reference that is chosen: its waveform with loop and cue points, and where it plays.

use super::{button, say};
use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::{focus_ring, text_within};
use crate::references::{Loaded, PEAKS};
use crate::state::references::{CUES, Reference};
use egui::{Align2, EventFilter, Key, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

/// By how much the arrow keys move, seconds.
const STEP_S: f64 = 5.0;

/// Widths of the buttons below.
const LOOP: f32 = 92.0;
const CUE: f32 = 92.0;

/// The waveform; a click goes there.
pub(super) fn picture(ui: &Ui, session: &Session, reference: &Reference, loaded: Option<&Loaded>, rect: Rect) {
    let (colours, painter) = (session.colours, ui.painter().with_clip_rect(rect));
    painter.rect_filled(rect, theme::TOUCH_RADIUS, colours.bg);
    let Some(loaded) = loaded else { return };
    let asked = &session.telemetry.monitoring;
    let seconds = loaded.seconds();
    let inside = rect.shrink2(vec2(4.0, 20.0));
    let x = |s: f64| inside.left() + (s / seconds).clamp(0.0, 1.0) as f32 * inside.width();
    if let Some([start, end]) = reference.loop_s {
        let looped = Rect::from_x_y_ranges(x(start)..=x(end), rect.y_range());
        painter.rect_filled(looped, 0, colours.yours.gamma_multiply(0.14));
        for edge in [start, end] {
            painter.vline(x(edge), rect.y_range(), Stroke::new(1.5, colours.yours));
        }
    }
    let (middle, half) = (inside.center().y, 0.5 * inside.height());
    let loudest = loaded.peaks.iter().fold(1e-6f32, |loudest, peak| loudest.max(*peak));
    for column in 0..inside.width() as usize {
        let place = column * PEAKS / (inside.width() as usize).max(1);
        let height = (loaded.peaks[place.min(PEAKS - 1)] / loudest * half).clamp(0.5, half);
        let at = inside.left() + column as f32 + 0.5;
        painter.vline(at, middle - height..=middle + height, Stroke::new(1.0, colours.input));
    }
    for (i, cue) in reference.cues_s.iter().enumerate() {
        let Some(cue) = cue else { continue };
        painter.vline(x(*cue), rect.y_range(), Stroke::new(1.0, colours.ink));
        let at = pos2(x(*cue) + 3.0, rect.top() + 9.0);
        text_within(&painter, at, Align2::LEFT_CENTER, &(i + 1).to_string(), theme::tiny(), colours.ink, 12.0);
    }
    let at_s = position_s(session, loaded);
    painter.vline(x(at_s), rect.y_range(), Stroke::new(1.5, colours.output));
    let text = format!("{} of {}", clock(at_s), clock(seconds));
    let at = pos2(rect.right() - 6.0, rect.bottom() - 10.0);
    text_within(&painter, at, Align2::RIGHT_CENTER, &text, theme::tiny(), colours.mute, 160.0);
    let response = ui.interact(rect, ui.make_persistent_id("song"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo {
        label: Some("Place in the reference".to_string()),
        current_text_value: Some(text.clone()),
        ..WidgetInfo::new(Role::Slider)
    });
    let go_to = |s: f64| asked.go_to((s.clamp(0.0, seconds) * loaded.rate) as usize);
    if (response.clicked() || response.dragged())
        && let Some(pointer) = response.interact_pointer_pos()
    {
        response.request_focus();
        go_to(f64::from((pointer.x - inside.left()) / inside.width()) * seconds);
    }
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let pressed = |key| f64::from(u8::from(ui.input(|input| input.key_pressed(key))));
        let by = STEP_S * (pressed(Key::ArrowRight) - pressed(Key::ArrowLeft));
        if by != 0.0 {
            go_to(at_s + by);
        }
    }
    focus_ring(ui, &response, rect, colours);
    say(session, &response, "Place in the reference", "Click to go there; the arrow keys go by 5 s.");
}

/// The loop and the cue points.
pub(super) fn points(
    ui: &Ui,
    session: &Session,
    place: usize,
    reference: &Reference,
    loaded: Option<&Loaded>,
    rect: Rect,
) {
    let (asked, list) = (&session.telemetry.monitoring, &session.state.references);
    let here = loaded.map_or(0.0, |loaded| position_s(session, loaded));
    let seconds = loaded.map_or(0.0, Loaded::seconds);
    let first = |i: usize, wide: f32| {
        Rect::from_min_size(pos2(rect.left() + i as f32 * (wide + 4.0), rect.top()), vec2(wide, rect.height()))
    };
    let [start, end] = reference.loop_s.unwrap_or([0.0, seconds]);
    let change = |looped: Option<[f64; 2]>| list.change(place, |reference| reference.loop_s = looped);
    if button(ui, session, first(0, LOOP), "Loop start", "Loop start", "The loop begins where it plays now.").clicked()
    {
        change(Some([here, if end > here { end } else { seconds }]));
    }
    let help = "The loop ends where it plays now, and goes on at its start.";
    if button(ui, session, first(1, LOOP), "Loop end", "Loop end", help).clicked() && here > 0.0 {
        let start = if start < here { start } else { 0.0 };
        change(Some([start, here]));
        asked.go_to((start * loaded.map_or(0.0, |loaded| loaded.rate)).round() as usize);
    }
    if button(ui, session, first(2, LOOP), "No loop", "No loop", "The whole song, round and round.").clicked() {
        change(None);
    }
    let down = vec2(0.0, rect.height() + 4.0);
    for i in 0..CUES {
        let cue = reference.cues_s[i];
        let text = cue.map_or(format!("Set cue {}", i + 1), |cue| format!("{}: {}", i + 1, clock(cue)));
        let help = match cue {
            Some(_) => "Goes there. Delete, or a click with Alt, removes it.",
            None => "Puts a cue point where it plays now.",
        };
        let name = format!("Cue {}", i + 1);
        let response = button(ui, session, first(i, CUE).translate(down), &text, &name, help);
        let alt = ui.input(|input| input.modifiers.alt);
        let deleted = response.has_focus() && ui.input(|input| input.key_pressed(Key::Delete));
        let set = |cue: Option<f64>| list.change(place, |reference| reference.cues_s[i] = cue);
        match (cue, loaded) {
            (Some(_), _) if deleted || (response.clicked() && alt) => set(None),
            (Some(cue), Some(loaded)) if response.clicked() => asked.go_to((cue * loaded.rate) as usize),
            (None, Some(_)) if response.clicked() => set(Some(here)),
            _ => {}
        }
    }
}

/// Where it plays, seconds.
fn position_s(session: &Session, loaded: &Loaded) -> f64 {
    let playing = session.telemetry.monitoring.playing().filter(|(id, _)| *id == loaded.recording.id);
    playing.map_or(0.0, |(_, at)| at as f64 / loaded.rate)
}

/// "3:07.5".
fn clock(s: f64) -> String {
    let tenths = (10.0 * s.max(0.0)).floor() as u64;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}
