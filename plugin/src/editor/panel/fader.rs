//! Fader: the level that leaves.

use super::{Kind, Panel, has};
use crate::editor::session::Session;
use crate::editor::widget::history;
use crate::editor::widget::knob::{Size, knob};
use egui::Ui;
use tandem_dsp::control::Group;
use tandem_dsp::module::fader::FADER;
use tandem_dsp::module::output::PAN;

pub(super) const KIND: Kind = Kind {
    fits: |controls, group| has(controls, group, &FADER) && !has(controls, group, &PAN),
    make: |group| Box::new(Fader { group }),
    opens_first: false,
};

struct Fader {
    group: &'static Group,
}

impl Panel for Fader {
    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let group = session.controls.group(self.group);
        super::picture(ui, super::ROW, |ui, rect| {
            history::levels(ui, session, &session.levels.output, session.colours.output, rect);
        });
        super::row(ui, |ui| {
            knob(ui, session, group.dial(&FADER), Size::Large);
        });
    }

    fn figure(&self, session: &Session) -> String {
        session.text(session.controls.group(self.group).dial(&FADER))
    }
}
