//! Learn: what the limiter's gain would have to be for the destination. Nothing is set until it is applied.

use crate::editor::session::{Help, Session};
use crate::editor::widget::toggle::button;
use crate::editor::{destination, theme};
use egui::{Color32, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use std::sync::atomic::Ordering::Relaxed;
use tandem_dsp::control::Group;
use tandem_dsp::module::limiter::{
    EXPECTED_READOUT, GAIN, LEARNED_READOUT, PROPOSED_READOUT, PROPOSED_REDUCTION_READOUT, VERDICT_READOUT,
};

/// Widths of the two buttons, and the least that the destination beside them has.
const BUTTON: f32 = 64.0;
const MENU: f32 = 146.0;

/// Widest that it all gets, so that the words stay near the buttons.
const WIDEST: f32 = 420.0;

/// Every picture: another destination is learned for at once; one without a loudness ends it.
pub fn follow(session: &Session) {
    let learns_for = session.telemetry.learn_for.load(Relaxed);
    let wanted = target_lufs(session);
    if !learns_for.is_nan() && wanted != Some(learns_for) {
        session.telemetry.learn_for.store(wanted.unwrap_or(f32::NAN), Relaxed);
    }
}

/// The destination, the two buttons and what has been learned, for the limiter of `group`.
pub fn show(ui: &mut Ui, session: &Session, group: &'static Group) {
    super::titled(ui, session, "Learn the gain", |ui| {
        let width = ui.available_width().clamp(MENU + 2.0 * (BUTTON + 4.0), WIDEST);
        let (area, _) = ui.allocate_exact_size(vec2(width, 64.0), Sense::hover());
        let line = Rect::from_min_size(area.min, vec2(width, 28.0));
        let apply = line.with_min_x(line.right() - BUTTON);
        let learn = Rect::from_min_size(pos2(apply.left() - 4.0 - BUTTON, line.top()), vec2(BUTTON, 28.0));
        destination::choose(ui, session, line.with_max_x(learn.left() - 4.0));
        learn_button(ui, session, learn);
        apply_button(ui, session, group, apply);
        let (text, colour) = words(session, group);
        let galley = ui.painter().layout(text.clone(), theme::small(), colour, width);
        ui.painter().galley(pos2(area.left(), line.bottom() + 5.0), galley, colour);
        let words = Rect::from_min_max(pos2(area.left(), line.bottom() + 4.0), area.max);
        let response = ui.interact(words, ui.make_persistent_id("learned"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &text));
    });
}

fn target_lufs(session: &Session) -> Option<f32> {
    session.state.target().lufs.map(|lufs| lufs as f32)
}

fn learns(session: &Session) -> bool {
    !session.telemetry.learn_for.load(Relaxed).is_nan()
}

fn learn_button(ui: &mut Ui, session: &Session, rect: Rect) {
    let (target, on) = (target_lufs(session), learns(session));
    ui.add_enabled_ui(target.is_some(), |ui| {
        let response = ui.interact(rect, ui.make_persistent_id("learn"), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Switch, target.is_some(), on, "Learn"));
        button(ui, session, &response, rect, "Learn", on);
        if response.contains_pointer() || response.has_focus() {
            let text = "Hears the programme once, from its beginning to its end, and proposes a gain. It sets nothing.";
            session.say(Help { name: "Learn".to_string(), text: text.to_string(), wrong: false });
        }
        if response.clicked() {
            response.request_focus();
            let wanted = if on { None } else { target };
            session.telemetry.learn_for.store(wanted.unwrap_or(f32::NAN), Relaxed);
        }
    });
}

fn apply_button(ui: &mut Ui, session: &Session, group: &'static Group, rect: Rect) {
    let proposed = Proposed::read(session, group);
    ui.add_enabled_ui(proposed.is_some(), |ui| {
        let response = ui.interact(rect, ui.make_persistent_id("apply"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, proposed.is_some(), "Apply learned gain"));
        button(ui, session, &response, rect, "Apply", false);
        if response.contains_pointer() || response.has_focus() {
            let text = "Sets Gain to what is proposed.";
            session.say(Help { name: "Apply".to_string(), text: text.to_string(), wrong: false });
        }
        if response.clicked()
            && let Some(proposed) = proposed
        {
            response.request_focus();
            let index = session.controls.group(group).dial(&GAIN);
            session.set(index, f64::from(proposed.gain_db).clamp(GAIN.range.0, GAIN.range.1));
        }
    });
}

/// What the limiter proposes while it learns.
struct Proposed {
    gain_db: f32,
    lufs: f32,
    reduction_db: f32,
    /// See [`VERDICT_READOUT`].
    verdict: f32,
}

impl Proposed {
    fn read(session: &Session, group: &'static Group) -> Option<Self> {
        let read = |readout| session.look.get(group, readout);
        if !learns(session) || !session.is_on(group) {
            return None;
        }
        let gain_db = read(&PROPOSED_READOUT)?;
        let (lufs, reduction_db) = (read(&EXPECTED_READOUT)?, read(&PROPOSED_REDUCTION_READOUT)?);
        Some(Self { gain_db, lufs, reduction_db, verdict: read(&VERDICT_READOUT)? })
    }
}

/// What there is to say, and in which colour.
fn words(session: &Session, group: &'static Group) -> (String, Color32) {
    let colours = session.colours;
    let target = session.state.target();
    if target.lufs.is_none() {
        return (format!("{} asks for no loudness: there is nothing to learn for.", target.name), colours.mute);
    }
    if !session.is_on(group) {
        return ("The limiter is off. It learns only while it is on.".to_string(), colours.mute);
    }
    if !learns(session) {
        return ("Hears the programme once and proposes a gain for it.".to_string(), colours.mute);
    }
    let heard = session.look.get(group, &LEARNED_READOUT).unwrap_or(0.0).max(0.0).floor();
    let Some(proposed) = Proposed::read(session, group) else {
        return (format!("{heard:.0} s heard. Play the programme; a proposal needs 3 s."), colours.ink);
    };
    let Proposed { gain_db, lufs, reduction_db, verdict } = proposed;
    let figures =
        format!("{heard:.0} s heard. {gain_db:+.1} dB gives {lufs:.1} LUFS and takes {reduction_db:.1} dB on average.");
    if verdict < 0.5 {
        (format!("{figures} It lands."), colours.output)
    } else if verdict < 1.5 {
        (format!("{figures} Apply and learn again."), colours.ink)
    } else {
        (format!("{figures} Out of reach; this is the nearest."), colours.taken)
    }
}
