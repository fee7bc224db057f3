//! Output: fader, pan and width.

use super::{Kind, Panel, has};
use crate::editor::session::Session;
use crate::editor::widget::history;
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::menu::segments;
use egui::Ui;
use tandem_dsp::control::Group;
use tandem_dsp::module::fader::FADER;
use tandem_dsp::module::output::{PAN, PAN_LAW, WIDTH};

pub(super) const KIND: Kind = Kind {
    fits: |controls, group| has(controls, group, &PAN),
    make: |group| Box::new(Output { group }),
    opens_first: false,
};

struct Output {
    group: &'static Group,
}

impl Panel for Output {
    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let group = session.controls.group(self.group);
        super::picture(ui, super::ROW, |ui, rect| {
            history::levels(ui, session, &session.levels.output, session.colours.output, rect);
        });
        super::row(ui, |ui| {
            knob(ui, session, group.dial(&FADER), Size::Large);
            super::divide(ui, session);
            knob(ui, session, group.dial(&PAN), Size::Large);
            knob(ui, session, group.dial(&WIDTH), Size::Large);
            super::divide(ui, session);
            super::titled(ui, session, "Pan Law", |ui| segments(ui, session, group.choice(&PAN_LAW), 2, 176.0));
        });
    }

    fn figure(&self, session: &Session) -> String {
        session.text(session.controls.group(self.group).dial(&FADER))
    }
}
