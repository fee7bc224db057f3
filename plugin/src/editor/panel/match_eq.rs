//! Match EQ: song, target and the correction between them, drawn before it is applied; what has been captured; and the
//! controls.

mod picture;
mod references;
mod taking;

use super::{Kind, Panel};
use crate::editor::listen;
use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::menu::segments;
use crate::editor::widget::{text_within, toggle};
use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use picture::Picture;
use references::References;
use taking::Taking;
use tandem_dsp::Listen;
use tandem_dsp::captured::{Captured, Source};
use tandem_dsp::module::match_eq::{AMOUNT, CAP, GROUP, MatchEqSettings, SMOOTHING, TARGET, Target, correction};

pub(super) const KIND: Kind =
    Kind { fits: |_, group| group.id == GROUP.id, make: |_| Box::new(MatchEq::default()), opens_first: false };

/// Height of the rows below the picture.
const CONTROLS: f32 = 240.0;

/// Width of a button that does something.
const BUTTON: f32 = 76.0;

/// A capture with less programme is none, s.
const ENOUGH_S: f32 = 3.0;

#[derive(Default)]
struct MatchEq {
    /// The song's spectrum, while it is being learned.
    learning: Option<Taking>,
    references: References,
    picture: Picture,
}

impl Panel for MatchEq {
    fn update(&mut self, session: &Session, _: bool) -> bool {
        if let Some(learning) = &mut self.learning {
            learning.update(session);
        }
        self.references.update(session);
        false
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let settings: MatchEqSettings = session.settings(&GROUP);
        let applied = applied(session);
        let proposed = self.proposed(session);
        super::picture(ui, CONTROLS, |ui, rect| {
            self.picture.show(ui, session, &settings, applied.as_ref(), proposed.as_ref(), rect);
        });
        super::row(ui, |ui| {
            let group = session.controls.group(&GROUP);
            super::titled(ui, session, "Target", |ui| segments(ui, session, group.choice(&TARGET), 1, 112.0));
            super::divide(ui, session);
            for dial in [&AMOUNT, &SMOOTHING, &CAP] {
                knob(ui, session, group.dial(dial), Size::Medium);
            }
            super::divide(ui, session);
            super::titled(ui, session, "Listen", |ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(64.0, 28.0), Sense::hover());
                listen::toggle(ui, session, &GROUP, Listen::Delta, rect);
            });
            super::divide(ui, session);
            super::titled(ui, session, "Song", |ui| {
                self.song(ui, session, &settings, applied.as_ref(), proposed.as_ref());
            });
        });
        ui.add_space(4.0);
        self.references.show(ui, session, self.learning.is_none());
    }

    fn figure(&self, session: &Session) -> String {
        let settings: MatchEqSettings = session.settings(&GROUP);
        match applied(session) {
            None => "nothing applied".to_string(),
            Some(captured) => {
                let most = correction(&settings, &captured).iter().fold(0.0f64, |most, db| most.max(db.abs()));
                format!("up to {most:.1} dB")
            }
        }
    }
}

/// What is applied in the current slot.
fn applied(session: &Session) -> Option<Captured> {
    let slots = session.recall().slots();
    slots.captured(slots.current()).map(|captured| **captured)
}

impl MatchEq {
    /// What would be applied now: with the song as it is being learned, as soon as enough has been heard.
    fn proposed(&self, session: &Session) -> Option<Captured> {
        let captures = session.recall().captures();
        match self.learning.as_ref().and_then(|learning| learning.levels_db(ENOUGH_S)) {
            Some(song_db) => Some(captures.proposed_for(song_db)),
            None => captures.proposed(),
        }
    }

    /// Learn, Apply and Take back, and what there is to say.
    fn song(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        settings: &MatchEqSettings,
        applied: Option<&Captured>,
        proposed: Option<&Captured>,
    ) {
        let width = ui.available_width().max(3.0 * BUTTON + 8.0);
        let (area, _) = ui.allocate_exact_size(vec2(width, 74.0), Sense::hover());
        let place = |i: f32| Rect::from_min_size(area.min + vec2(i * (BUTTON + 4.0), 0.0), vec2(BUTTON, 28.0));
        let free = session.is_on(&GROUP) && !self.references.takes();
        let learns = self.learning.is_some();
        let help = "Hears the song, best from its beginning to its end, and proposes a correction. It sets nothing.";
        if push(ui, session, place(0.0), ("Learn", "Learn the song"), help, learns, free || learns) {
            match self.learning.take() {
                None => self.learning = Some(Taking::begin(session, Source::Input)),
                Some(learning) => self.keep_song(session, &learning),
            }
        }
        let news = proposed.filter(|proposed| Some(*proposed) != applied);
        let help = "Makes the correction that is drawn. Settings still change it; what is captured does not.";
        if push(ui, session, place(1.0), ("Apply", "Apply the correction"), help, false, news.is_some())
            && let Some(proposed) = news.copied()
        {
            if let Some(learning) = self.learning.take() {
                self.keep_song(session, &learning);
            }
            session.recall().apply(session.edit(), Some(proposed));
        }
        let help = "Lets everything pass again. What has been captured stays.";
        if push(ui, session, place(2.0), ("Take back", "Take the correction back"), help, false, applied.is_some()) {
            session.recall().apply(session.edit(), None);
        }
        let (text, colour) = self.words(session, settings, applied, news.is_some());
        let below = Rect::from_min_max(pos2(area.left(), place(0.0).bottom() + 5.0), area.max);
        let galley = ui.painter().layout(text.clone(), theme::small(), colour, width);
        ui.painter().galley(below.min, galley, colour);
        let response = ui.interact(below, ui.make_persistent_id("words"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &text));
    }

    fn keep_song(&self, session: &Session, learning: &Taking) {
        match learning.end(session) {
            Ok(levels_db) => {
                session.recall().captures().set_song(&levels_db);
                session.edit().state_changed();
            }
            Err(text) => session.tell(Help { name: "Song".to_string(), text, wrong: true }),
        }
    }

    fn words(
        &self,
        session: &Session,
        settings: &MatchEqSettings,
        applied: Option<&Captured>,
        news: bool,
    ) -> (String, egui::Color32) {
        let (colours, captures) = (session.colours, session.recall().captures());
        if let Some(refused) = captures.refused() {
            return (refused, colours.taken);
        }
        if !session.is_on(&GROUP) {
            return ("Match EQ is off. It captures and corrects only while it is on.".to_string(), colours.mute);
        }
        if let Some(learning) = &self.learning {
            let heard = learning.heard_s();
            let text = if heard < ENOUGH_S {
                format!("{heard:.0} s heard. Play the song; a proposal needs 3 s.")
            } else {
                format!("{heard:.0} s heard. Learn again keeps it, Apply makes the correction.")
            };
            return (text, colours.ink);
        }
        let no_target = settings.target == Target::References && captures.references().is_empty();
        let text = match (captures.song_db().is_some(), applied.is_some()) {
            (false, false) => "Learn the song first: play it with Learn on.",
            _ if no_target && applied.is_none_or(|applied| applied.reference_db.is_none()) => {
                "No reference yet: capture one below, or choose another target."
            }
            (_, false) => "Learned. Apply makes the correction that is drawn.",
            (_, true) if news => {
                "Applied. What is captured has changed since: the broken line is what Apply would make."
            }
            (_, true) => "Applied.",
        };
        (text.to_string(), colours.mute)
    }
}

/// A button with a text, a name and what it does, that may be down. Returns whether it was pushed.
fn push(
    ui: &mut Ui,
    session: &Session,
    rect: Rect,
    (text, name): (&str, &str),
    help: &str,
    down: bool,
    enabled: bool,
) -> bool {
    ui.add_enabled_ui(enabled, |ui| {
        let response = ui.interact(rect, ui.make_persistent_id(name), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, down, name));
        toggle::button(ui, session, &response, rect, text, down);
        if response.contains_pointer() || response.has_focus() {
            session.say(Help { name: name.to_string(), text: help.to_string(), wrong: false });
        }
        if response.clicked() {
            response.request_focus();
        }
        response.clicked()
    })
    .inner
}

/// A line of text in `rect`, from its left.
fn line(ui: &Ui, session: &Session, rect: Rect, text: &str) {
    let at = rect.left_center();
    text_within(ui.painter(), at, Align2::LEFT_CENTER, text, theme::small(), session.colours.ink, rect.width());
}
