//! Multiband: the bands over the spectrum with what each does now, and the controls of the one that is selected.

use super::{Kind, Panel, bands, has};
use crate::editor::listen;
use crate::editor::session::Session;
use crate::editor::theme;
use crate::editor::widget::crossover;
use crate::editor::widget::graph::{Axis, Graph, signed};
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::menu::segments;
use crate::editor::widget::spectrum::Spectrum;
use egui::{Align, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use tandem_dsp::Listen;
use tandem_dsp::block::band_gains::ordered;
use tandem_dsp::control::{Group, Staged};
use tandem_dsp::module::multiband::{
    ABOVE, ATTACK, BAND, BELOW, CHANNELS, COUNT, CROSSOVER, GAIN, GAIN_READOUT, LEVEL_READOUT, Law, MultibandSettings,
    RANGE, RELEASE, THRESHOLD,
};

pub(super) const KIND: Kind = Kind {
    fits: |controls, group| has(controls, group, &COUNT),
    make: |group| Box::new(Multiband { group, selected: 0, spectrum: Spectrum::default(), gains_db: [0.0; 5] }),
    opens_first: false,
};

/// The most gain that the picture shows, dB.
const MOST_DB: f32 = 18.0;

/// Levels at the edges of the selected band's curve, dBFS.
const LEVELS_DB: (f32, f32) = (-72.0, 0.0);

/// Height of the controls.
const CONTROLS: f32 = 166.0;

struct Multiband {
    group: &'static Group,
    selected: usize,
    spectrum: Spectrum,
    gains_db: [f32; 5],
}

impl Panel for Multiband {
    fn update(&mut self, session: &Session, shown: bool) -> bool {
        let running = session.is_on(self.group);
        for (gain_db, readout) in self.gains_db.iter_mut().zip(&GAIN_READOUT) {
            *gain_db = session.look.get(self.group, readout).filter(|_| running).unwrap_or(0.0);
        }
        shown && self.spectrum.update(session.telemetry, session.now)
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let settings: Staged<MultibandSettings> = session.settings(self.group);
        let count = settings.module.count.bands();
        self.selected = self.selected.min(count - 1);
        super::picture(ui, CONTROLS, |ui, rect| {
            let curve =
                Rect::from_min_max(pos2(rect.right() - rect.height().min(0.3 * rect.width()), rect.top()), rect.max);
            let across = rect.with_max_x(curve.left() - theme::GAP);
            self.picture(ui, session, &settings, across);
            self.curve(ui, session, &settings, curve);
        });
        let names: Vec<_> = (1..=count).map(|i| format!("Band {i}")).collect();
        let group = session.controls.group(self.group);
        super::row(ui, |ui| {
            self.selected = bands::tabs(ui, session, self.group.name, &names, self.selected);
            super::divide(ui, session);
            let band = session.controls.group(&BAND[self.selected]);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 8.0;
                super::row(ui, |ui| {
                    for dial in [&THRESHOLD, &ABOVE, &BELOW, &ATTACK, &RELEASE, &GAIN] {
                        knob(ui, session, band.dial(dial), Size::Small);
                    }
                    super::divide(ui, session);
                    knob(ui, session, group.dial(&RANGE), Size::Small);
                });
                super::row(ui, |ui| {
                    super::titled(ui, session, "Bands", |ui| segments(ui, session, group.choice(&COUNT), 4, 168.0));
                    super::divide_low(ui, session);
                    let channels = group.choice(&CHANNELS);
                    super::titled(ui, session, "Channels", |ui| segments(ui, session, channels, 3, 216.0));
                    super::divide_low(ui, session);
                    super::titled(ui, session, "Listen", |ui| {
                        let (rect, _) = ui.allocate_exact_size(vec2(132.0, 28.0), Sense::hover());
                        let (solo, delta) = rect.split_left_right_at_fraction(0.5);
                        let (solo, delta) = (solo.with_max_x(solo.right() - 2.0), delta.with_min_x(delta.left() + 2.0));
                        self.solo(ui, session, solo);
                        listen::toggle(ui, session, self.group, Listen::Delta, delta);
                    });
                });
            });
        });
    }

    fn figure(&self, session: &Session) -> String {
        format!("{} bands", session.text(session.controls.group(self.group).choice(&COUNT)))
    }

    fn taken_db(&self) -> Option<f32> {
        Some(self.gains_db.iter().fold(0.0f32, |most, gain_db| most.max(-gain_db)))
    }
}

impl Multiband {
    fn picture(&mut self, ui: &mut Ui, session: &Session, settings: &Staged<MultibandSettings>, rect: Rect) {
        let painter = ui.painter().clone();
        let colours = session.colours;
        let graph = bands::ground(&painter, session, rect, MOST_DB, &self.spectrum);
        let count = settings.module.count.bands();
        let edges = bands::edges(&graph, &ordered(settings.module.crossover_hz)[..count - 1]);
        for (i, ends) in edges.windows(2).enumerate() {
            let (from, to) = (ends[0], ends[1]);
            let region = Rect::from_x_y_ranges(from..=to.max(from), rect.y_range());
            let response = ui.interact(region, ui.make_persistent_id(("region", i)), Sense::CLICK);
            if response.clicked() {
                self.selected = i;
            }
            if i == self.selected {
                painter.rect_filled(region, 0, colours.yours.gamma_multiply(0.06));
            }
            bands::gain(&painter, session, &graph, from, to, self.gains_db[i]);
            crossover::bar(ui, session, &graph, session.controls.group(&BAND[i]).dial(&GAIN), from, to);
        }
        let group = session.controls.group(self.group);
        let indices: Vec<_> = CROSSOVER[..count - 1].iter().map(|dial| group.dial(dial)).collect();
        crossover::lines(ui, session, &graph, &indices);
    }

    /// What the selected band does with its level, and where that is.
    fn curve(&self, ui: &Ui, session: &Session, settings: &Staged<MultibandSettings>, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let graph = Graph { rect, x: Axis::linear(LEVELS_DB.0, LEVELS_DB.1), y: Axis::linear(-MOST_DB, MOST_DB) };
        graph.ground(painter, colours);
        graph.x_grid(painter, colours, &[(-48.0, "-48"), (-24.0, "-24")]);
        graph.y_grid(painter, colours, &[-12.0, -6.0, 0.0, 6.0, 12.0], Align::Max, signed);
        let band = &settings.module.bands[self.selected];
        let law = Law::new(band, settings.module.range_db);
        let steps = (rect.width() / 2.0).ceil() as usize;
        let points = (0..=steps).map(|i| {
            let level = graph.x.value(i as f32 / steps as f32);
            graph.at(level, law.gain_db(f64::from(level)) as f32)
        });
        let colour = if settings.on { colours.yours } else { colours.mute };
        graph.curve(painter, points.collect(), Stroke::new(2.0, colour));
        let threshold = graph.x_at(band.threshold_db as f32);
        painter.vline(threshold, rect.y_range(), Stroke::new(1.0, colour.gamma_multiply(0.5)));
        let level = session.look.get(self.group, &LEVEL_READOUT[self.selected]);
        if let Some(level_db) = level.filter(|db| settings.on && *db > LEVELS_DB.0) {
            let at = graph.at(level_db.min(LEVELS_DB.1), self.gains_db[self.selected]);
            painter.circle(at, 5.0, colours.output, Stroke::new(1.5, colours.bg));
        }
        let response = ui.interact(rect, ui.make_persistent_id("curve"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, "Gain over the band's level"));
    }

    /// Lets hear the selected band; it goes along to the one that is chosen next.
    fn solo(&self, ui: &Ui, session: &Session, rect: Rect) {
        let solo = Listen::Band(self.selected as u8);
        let listening = &session.telemetry.listening;
        if matches!(listening.get(self.group), Listen::Band(_)) && listening.get(self.group) != solo {
            listening.set(self.group, solo);
        }
        listen::toggle(ui, session, self.group, solo, rect);
    }
}
