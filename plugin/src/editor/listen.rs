//! Listen states: buttons that let hear something else than a module's output, and the banner while one is on.

use super::bar;
use super::session::{Help, Session};
use super::widget::toggle::button;
use crate::telemetry::monitoring::Compared;
use egui::{Rect, Response, Role, Sense, Ui, WidgetInfo};
use tandem_dsp::Listen;
use tandem_dsp::control::Group;
use tandem_dsp::monitor::Part;

/// A button in `rect` that lets hear `listen` of the module of `group`.
pub fn toggle(ui: &Ui, session: &Session, group: &'static Group, listen: Listen, rect: Rect) -> Response {
    let (text, help) = match listen {
        Listen::Delta => ("Delta", "Lets hear what the module takes or adds, and nothing else."),
        Listen::Key => ("Key", "Lets hear the key: what the detector hears."),
        Listen::UnityGain => ("Unity", "Lets hear the output as loud as the input."),
        Listen::Band(_) => ("Solo", "Lets hear the range that the band works on."),
        Listen::Output => ("Output", "Lets hear the output."),
    };
    let on = session.telemetry.listening.get(group) == listen;
    let response = ui.interact(rect, ui.make_persistent_id((group.id, text)), Sense::click());
    if response.clicked() {
        session.telemetry.listening.set(group, if on { Listen::Output } else { listen });
        response.request_focus();
    }
    let name = format!("{} {text}", group.name);
    response.widget_info(|| WidgetInfo::selected(Role::Switch, true, on, &name));
    if response.contains_pointer() || response.has_focus() {
        session.say(Help { name: name.clone(), text: format!("{help} Never saved, off in a bounce."), wrong: false });
    }
    button(ui, session, &response, rect, text, on);
    response.on_hover_text(help)
}

/// Back to the output, whatever is heard.
pub fn clear(session: &Session) {
    session.telemetry.listening.clear();
    session.telemetry.matching.switch(false);
    session.telemetry.monitoring.clear();
}

/// What the Monitor lets hear.
fn monitored(session: &Session) -> Vec<String> {
    let asked = &session.telemetry.monitoring;
    let mut heard = Vec::new();
    match asked.compared() {
        Compared::Off => {}
        Compared::Master => heard.push("the master beside a reference".to_string()),
        Compared::Reference => heard.push("a reference".to_string()),
    }
    match asked.part() {
        Part::Stereo => {}
        Part::Mono => heard.push("mono".to_string()),
        Part::Side => heard.push("the side".to_string()),
        Part::Left => heard.push("left".to_string()),
        Part::Right => heard.push("right".to_string()),
    }
    if let Some(place) = asked.device() {
        heard.push(format!(
            "{} ({})",
            tandem_translation::all()[place].name,
            tandem_translation::all()[place].kind.name()
        ));
    }
    if asked.dim() {
        heard.push("20 dB softer".to_string());
    }
    heard
}

/// What is heard instead of the output, if anything is.
pub fn banner(session: &Session) -> Option<String> {
    let mut heard: Vec<_> = session
        .telemetry
        .listening
        .active()
        .map(|(group, listen)| match listen {
            Listen::Delta => format!("what {} takes or adds", group.name),
            Listen::Key => format!("the key of {}", group.name),
            Listen::UnityGain => format!("{} at unity gain", group.name),
            Listen::Band(band) => format!("band {} of {}", u32::from(band) + 1, group.name),
            Listen::Output => group.name.to_string(),
        })
        .collect();
    heard.extend(monitored(session));
    if session.telemetry.matching.is_on() {
        heard.push(bar::matched(&session.recall().slots()));
    }
    (!heard.is_empty()).then(|| format!("Listening to {}. Click here to hear the output.", heard.join(", ")))
}
