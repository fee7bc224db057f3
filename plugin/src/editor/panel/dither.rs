//! Dither: bits, and where the noise lies.

use super::{Kind, Panel, has};
use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::graph::{Axis, FREQUENCIES, FREQUENCY_MARKS, Graph};
use crate::editor::widget::menu::segments;
use crate::editor::widget::text_within;
use crate::editor::widget::toggle::toggle;
use egui::{Align, Align2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, vec2};
use tandem_dsp::control::{Group, Staged};
use tandem_dsp::module::dither::{BITS, BLANK, DitherSettings, SHAPE, SHAPED_READOUT};

pub(super) const KIND: Kind = Kind {
    fits: |controls, group| has(controls, group, &BITS),
    make: |group| Box::new(Dither { group }),
    opens_first: false,
};

/// Noise at the picture's edges, dBFS in a band of 1 Hz.
const NOISE_DB: (f32, f32) = (-200.0, -100.0);

/// Height of the controls.
const CONTROLS: f32 = 52.0;

struct Dither {
    group: &'static Group,
}

impl Panel for Dither {
    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let settings: Staged<DitherSettings> = session.settings(self.group);
        super::picture(ui, CONTROLS, |ui, rect| self.noise(ui, session, &settings, rect));
        let group = session.controls.group(self.group);
        super::row(ui, |ui| {
            super::titled(ui, session, "Bits", |ui| segments(ui, session, group.choice(&BITS), 3, 216.0));
            super::divide_low(ui, session);
            super::titled(ui, session, "Noise Shape", |ui| segments(ui, session, group.choice(&SHAPE), 4, 296.0));
            super::divide_low(ui, session);
            super::titled(ui, session, "Silence", |ui| {
                toggle(ui, session, group.switch(&BLANK), Some(96.0));
            });
        });
    }

    fn figure(&self, session: &Session) -> String {
        session.text(session.controls.group(self.group).choice(&BITS))
    }
}

impl Dither {
    fn noise(&self, ui: &Ui, session: &Session, settings: &Staged<DitherSettings>, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let graph = Graph { rect, x: FREQUENCIES, y: Axis::linear(NOISE_DB.0, NOISE_DB.1) };
        graph.ground(painter, colours);
        graph.x_grid(painter, colours, &FREQUENCY_MARKS);
        graph.y_grid(painter, colours, &[-180.0, -160.0, -140.0, -120.0], Align::Max, |db| format!("{db:.0} dB/Hz"));
        let as_set = session.look.get(self.group, &SHAPED_READOUT).is_none_or(|as_set| as_set >= 0.5);
        let rate = session.rate();
        let steps = (rect.width() / 2.0).ceil() as usize;
        let points = (0..=steps).map(|i| f64::from(graph.x.value(i as f32 / steps as f32)));
        let points = points.filter(|hz| *hz < 0.5 * rate).map(|hz| {
            let db = settings.module.noise_db(rate, hz, as_set);
            graph.at(hz as f32, db as f32)
        });
        let colour = if settings.on { colours.yours } else { colours.mute };
        graph.curve(painter, points.collect(), Stroke::new(2.0, colour));
        if !as_set && settings.on {
            let text = "Shapes are for 44.1 and 48 kHz: at this rate the noise is flat.";
            let at = rect.center_top() + vec2(0.0, 24.0);
            text_within(painter, at, Align2::CENTER_CENTER, text, theme::body(), colours.taken, rect.width());
        }
        let response = ui.interact(rect, ui.make_persistent_id("noise"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "Noise over frequency"));
    }
}
