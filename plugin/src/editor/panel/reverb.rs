//! Reverb: how long each frequency rings and how it falls, and its controls.

use super::{Kind, Panel, has};
use crate::editor::levels::{FLOOR_DB, History, STEP_S, STEPS};
use crate::editor::listen;
use crate::editor::session::{Help, Session};
use crate::editor::theme;
use crate::editor::widget::graph::{Axis, Graph, signed};
use crate::editor::widget::knob::{Size, knob};
use crate::editor::widget::menu::segments;
use crate::editor::widget::spectrum::area;
use crate::editor::widget::text_within;
use crate::editor::widget::toggle::toggle;
use egui::{Align, Align2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use tandem_dsp::Listen;
use tandem_dsp::control::{Group, Staged};
use tandem_dsp::module::reverb::{
    DECAY, HIGH_CUT, HIGH_DECAY, HIGH_FREQ, LOW_CUT, LOW_DECAY, LOW_FREQ, MOTION, PRE_DELAY, Reverb as Sound,
    ReverbSettings, SIZE, SPACE,
};
use tandem_dsp::module::wet::{DUCK, DUCK_RELEASE, SEND, WET_ONLY, WET_READOUT, WIDTH};

pub(super) const KIND: Kind = Kind {
    fits: |controls, group| has(controls, group, &SPACE),
    make: |group| Box::new(Reverb::new(group)),
    opens_first: false,
};

/// Height of the two rows of controls.
const CONTROLS: f32 = 202.0;

/// Octaves that fall in the right picture, Hz, and what they are called.
const OCTAVES: [(f64, &str); 5] = [(125.0, "125"), (500.0, "500"), (1_000.0, "1k"), (4_000.0, "4k"), (12_000.0, "12k")];

/// What the right picture shows of their way, dB.
const FALL_DB: f32 = -60.0;

struct Reverb {
    group: &'static Group,
    /// Peaks of what comes back.
    wet: History,
}

impl Reverb {
    fn new(group: &'static Group) -> Self {
        Self { group, wet: History::new(FLOOR_DB, STEP_S, STEPS) }
    }
}

impl Panel for Reverb {
    fn update(&mut self, session: &Session, _: bool) -> bool {
        let running = session.is_on(self.group);
        let wet_db = session.look.get(self.group, &WET_READOUT).filter(|_| running);
        self.wet.push(wet_db.unwrap_or(FLOOR_DB), session.now);
        false
    }

    fn show(&mut self, ui: &mut Ui, session: &Session) {
        let settings: Staged<ReverbSettings> = session.settings(self.group);
        super::picture(ui, CONTROLS, |ui, rect| {
            let (left, right) = rect.split_left_right_at_fraction(0.5);
            self.times(ui, session, &settings, left.with_max_x(left.right() - 0.5 * theme::GAP));
            self.fall(ui, session, &settings, right.with_min_x(right.left() + 0.5 * theme::GAP));
        });
        let group = session.controls.group(self.group);
        super::row(ui, |ui| {
            super::titled(ui, session, "Space", |ui| segments(ui, session, group.choice(&SPACE), 1, 84.0));
            super::divide(ui, session);
            for dial in [&DECAY, &SIZE, &PRE_DELAY] {
                knob(ui, session, group.dial(dial), Size::Medium);
            }
            super::divide(ui, session);
            knob(ui, session, group.dial(&SEND), Size::Medium);
            super::titled(ui, session, "Output", |ui| {
                toggle(ui, session, group.switch(&WET_ONLY), Some(84.0));
            });
            super::divide(ui, session);
            knob(ui, session, group.dial(&WIDTH), Size::Medium);
            knob(ui, session, group.dial(&MOTION), Size::Medium);
        });
        ui.add_space(4.0);
        super::row(ui, |ui| {
            for dial in [&LOW_DECAY, &LOW_FREQ] {
                knob(ui, session, group.dial(dial), Size::Small);
            }
            super::divide(ui, session);
            for dial in [&HIGH_DECAY, &HIGH_FREQ] {
                knob(ui, session, group.dial(dial), Size::Small);
            }
            super::divide(ui, session);
            for dial in [&LOW_CUT, &HIGH_CUT] {
                knob(ui, session, group.dial(dial), Size::Small);
            }
            super::divide(ui, session);
            for dial in [&DUCK, &DUCK_RELEASE] {
                knob(ui, session, group.dial(dial), Size::Small);
            }
            super::divide(ui, session);
            super::titled(ui, session, "Listen", |ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(64.0, 28.0), Sense::hover());
                listen::toggle(ui, session, self.group, Listen::Delta, rect);
            });
        });
    }

    fn figure(&self, session: &Session) -> String {
        let group = session.controls.group(self.group);
        format!("{} {}", session.text(group.choice(&SPACE)), session.text(group.dial(&DECAY)))
    }
}

impl Reverb {
    /// Decay time over frequency.
    fn times(&self, ui: &Ui, session: &Session, settings: &Staged<ReverbSettings>, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let graph = Graph { rect, x: Axis::log(20.0, 20_000.0), y: Axis::log(0.1, 20.0) };
        graph.ground(painter, colours);
        graph.x_grid(painter, colours, &[(100.0, "100"), (1_000.0, "1k"), (10_000.0, "10k")]);
        let marks = [0.2, 0.5, 1.0, 2.0, 5.0, 10.0];
        graph.y_grid(painter, colours, &marks, Align::Max, |seconds| format!("{seconds} s"));
        let rate = session.rate();
        let steps = (rect.width() / 3.0).ceil() as usize;
        let points: Vec<_> = (0..=steps)
            .map(|i| {
                let hz = graph.x.value(i as f32 / steps as f32);
                let seconds = Sound::seconds_at(&settings.module, f64::from(hz).min(0.49 * rate), rate) as f32;
                graph.at(hz, seconds.max(0.05))
            })
            .collect();
        let yours = if settings.on { colours.yours } else { colours.mute };
        let inside = painter.with_clip_rect(rect);
        inside.add(area(&points, rect.bottom(), yours.gamma_multiply(0.10)));
        graph.curve(painter, points, Stroke::new(2.0, yours));
        let at = rect.left_top() + vec2(12.0, 8.0);
        text_within(painter, at, Align2::LEFT_TOP, "Time to fall by 60 dB", theme::tiny(), colours.mute, 200.0);
        picture(ui, session, rect, "Decay", "How long each frequency rings: the time in which it falls by 60 dB.");
    }

    /// How each octave falls, after the pre-delay, over what came back in the last seconds.
    fn fall(&self, ui: &Ui, session: &Session, settings: &Staged<ReverbSettings>, rect: Rect) {
        let (colours, painter) = (session.colours, ui.painter());
        let rate = session.rate();
        let seconds = OCTAVES.map(|(hz, _)| Sound::seconds_at(&settings.module, hz.min(0.49 * rate), rate) as f32);
        let wait_s = settings.module.pre_delay_ms as f32 * 1e-3;
        let longest_s = seconds.iter().fold(0.1f32, |longest, s| s.max(longest)) + wait_s;
        let graph = Graph { rect, x: Axis::linear(0.0, 1.08 * longest_s), y: Axis::linear(FALL_DB, 3.0) };
        graph.ground(painter, colours);
        let step_s =
            [0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0].into_iter().find(|s| longest_s / s <= 8.0).unwrap_or(10.0);
        let marks: Vec<f32> = (1..).map(|k| k as f32 * step_s).take_while(|s| *s < longest_s).collect();
        let texts: Vec<String> =
            marks.iter().map(|s| if *s < 1.0 { format!("{:.0} ms", 1e3 * s) } else { format!("{s:.1} s") }).collect();
        let marks: Vec<_> = marks.iter().zip(&texts).map(|(s, text)| (*s, text.as_str())).collect();
        graph.x_grid(painter, colours, &marks);
        graph.y_grid(painter, colours, &[-48.0, -36.0, -24.0, -12.0], Align::Max, signed);
        let inside = painter.with_clip_rect(rect);
        let wet = Graph { rect, x: Axis::linear(-self.wet.span_s(), 0.0), y: graph.y };
        let line: Vec<_> = self.wet.back().map(|(age_s, db)| wet.at(-age_s, db)).collect();
        inside.add(area(&line, rect.bottom(), colours.output.gamma_multiply(0.16)));
        let yours = if settings.on { colours.yours } else { colours.mute };
        for ((hz, name), seconds) in OCTAVES.into_iter().zip(seconds) {
            let middle = hz == 1_000.0;
            let (width, colour) = if middle { (2.0, yours) } else { (1.3, yours.gamma_multiply(0.6)) };
            let (from, to) = (graph.at(wait_s, 0.0), graph.at(wait_s + seconds, FALL_DB));
            inside.line_segment([from, to], Stroke::new(width, colour));
            // Along the lines, each lower than the last, so that the names do not meet.
            let place = 0.35 + 0.5 * (OCTAVES.iter().position(|(other, _)| *other == hz).unwrap_or(0) as f32 / 5.0);
            let at = pos2(from.x + place * (to.x - from.x), from.y + place * (to.y - from.y));
            text_within(&inside, at + vec2(5.0, -2.0), Align2::LEFT_BOTTOM, name, theme::tiny(), colours.ink, 40.0);
        }
        if wait_s > 0.0 {
            let x = graph.x_at(wait_s);
            inside.vline(x, rect.y_range(), Stroke::new(1.0, colours.line));
        }
        picture(
            ui,
            session,
            rect,
            "Tail",
            "How each octave falls after the pre-delay; behind it, what came back lately.",
        );
    }
}

/// What a picture is, for those who point at it and those who cannot see it.
fn picture(ui: &Ui, session: &Session, rect: Rect, name: &str, text: &str) {
    let response = ui.interact(rect, ui.make_persistent_id(name), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, name));
    if response.hovered() {
        session.say(Help { name: name.to_string(), text: text.to_string(), wrong: false });
    }
}
