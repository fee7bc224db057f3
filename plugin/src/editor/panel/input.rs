//! Input: trim against 0 VU, polarity and channels.

use super::dynamics::set_measured;
use super::{Kind, Panel, has};
use crate::editor::levels::FLOOR_DB;
use crate::editor::session::Session;
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::menu::segments;
use crate::editor::widget::{history, toggle::toggle};
use egui::Ui;
use tandem_dsp::control::Group;
use tandem_dsp::module::input::{CHANNELS, FLIP_LEFT, FLIP_RIGHT, TRIM, ZERO_VU};

pub(super) const KIND: Kind = Kind {
    fits: |controls, group| has(controls, group, &TRIM),
    make: |group| Box::new(Input { group }),
    opens_first: false,
};

struct Input {
    group: &'static Group,
}

impl Panel for Input {
    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let group = session.controls.group(self.group);
        super::picture(ui, super::ROW, |ui, rect| {
            history::levels(ui, session, &session.levels.input, session.colours.input, rect);
        });
        super::row(ui, |ui| {
            knob(ui, session, group.dial(&TRIM), Size::Large);
            let text = "Sets the trim so that the loudest of the last 20 s stands at 0 VU, and holds.";
            set_measured(ui, session, self.group, &TRIM, needed_trim_db(session), ["Set", text]);
            super::divide(ui, session);
            super::titled(ui, session, "Polarity", |ui| {
                toggle(ui, session, group.switch(&FLIP_LEFT), Some(64.0));
                toggle(ui, session, group.switch(&FLIP_RIGHT), Some(64.0));
            });
            super::divide(ui, session);
            super::titled(ui, session, "Channels", |ui| segments(ui, session, group.choice(&CHANNELS), 5, 270.0));
            super::divide(ui, session);
            super::titled(ui, session, "0 VU is", |ui| segments(ui, session, group.choice(&ZERO_VU), 3, 232.0));
        });
    }

    fn figure(&self, session: &Session) -> String {
        let trim = session.controls.group(self.group).dial(&TRIM);
        format!("trim {}", session.text(trim).trim_end_matches(" dB"))
    }
}

/// The trim in dB that brings the loudest VU level of the last seconds to 0 VU; `None` where nothing has come.
fn needed_trim_db(session: &Session) -> Option<f32> {
    let loudest_db = session.levels.input.vus.back().fold(FLOOR_DB, |loudest, (_, vu_db)| loudest.max(vu_db));
    (loudest_db > FLOOR_DB).then(|| session.zero_vu_db() as f32 - loudest_db)
}
