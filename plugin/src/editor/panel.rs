//! Panels: one file a module, of the same name as the module's. A new one costs its file and a line in [`KINDS`].

mod bands;
mod chain;
mod compressor;
mod declick;
mod deesser;
mod demud;
mod dither;
mod dynamics;
mod echo;
mod eq;
mod fader;
mod gate;
mod imager;
mod input;
mod learn;
mod leveler;
mod limiter;
mod match_eq;
mod meter;
pub mod monitor;
mod multiband;
mod output;
mod reverb;
mod rider;
mod saturator;

use super::session::Session;
use super::theme;
use crate::params::{Control, Controls};
use crate::telemetry::Telemetry;
use egui::{Color32, Label, Rect, RichText, Sense, Stroke, Ui, vec2};
use std::ptr;
use tandem_dsp::LatencyMode;
use tandem_dsp::control::{Enumerated, Group, Settings};
use tandem_dsp::processor::LATENCY_MODE;

/// Every kind of panel there is.
static KINDS: &[Kind] = &[
    input::KIND,
    declick::KIND,
    demud::KIND,
    gate::KIND,
    eq::KIND,
    match_eq::KIND,
    leveler::KIND,
    multiband::KIND,
    deesser::KIND,
    compressor::KIND,
    imager::KIND,
    saturator::KIND,
    rider::KIND,
    echo::KIND,
    reverb::KIND,
    limiter::KIND,
    output::KIND,
    fader::KIND,
    dither::KIND,
    chain::KIND,
    meter::KIND,
    monitor::KIND,
];

/// A kind of panel: which modules it is for, and how to make one.
pub struct Kind {
    /// Whether it is for the module whose parameters or readouts are in the group.
    pub fits: fn(&Controls, &'static Group) -> bool,
    /// Makes one for that module.
    pub make: fn(&'static Group) -> Box<dyn Panel>,
    /// Whether a fresh editor shows it.
    pub opens_first: bool,
}

/// A module's panel.
pub trait Panel: Send {
    /// Looks at what has been measured; every picture, whether or not it is shown. Returns whether the next picture
    /// will differ even if nothing happens.
    fn update(&mut self, session: &Session, shown: bool) -> bool {
        let _ = (session, shown);
        false
    }

    /// Draws it into `ui`, which has its size.
    fn show(&mut self, ui: &mut Ui, session: &Session);

    /// The one figure on the module's tile.
    fn figure(&self, session: &Session) -> String;

    /// Whether the module works in the Latency mode that is set; if not, it is greyed, and says which one it needs.
    fn works(&self, session: &Session) -> bool {
        let _ = session;
        true
    }

    /// What the module takes right now, dB, zero or more, if it is one that takes.
    fn taken_db(&self) -> Option<f32> {
        None
    }
}

/// A module that has a panel.
pub struct Tile {
    /// Its group.
    pub group: &'static Group,
    /// Its panel.
    pub panel: Box<dyn Panel>,
    /// Whether a fresh editor shows it.
    pub opens_first: bool,
}

/// The modules of an instance, in their natural order, each with its panel; then what has no parameters: meters and Monitor.
pub fn tiles(controls: &Controls, telemetry: &Telemetry) -> Vec<Tile> {
    let tile = |group: &'static Group| {
        let kind = KINDS.iter().find(|kind| (kind.fits)(controls, group))?;
        Some(Tile { group, panel: (kind.make)(group), opens_first: kind.opens_first })
    };
    let modules = controls.groups().iter().copied();
    let set = |group: &&'static Group| controls.groups().iter().any(|module| module.id == group.id);
    let meters = telemetry.readings.groups().into_iter().filter(|group| !set(group));
    let monitor = telemetry.has_monitor().then_some(&monitor::GROUP);
    modules.chain(meters).chain(monitor).filter_map(tile).collect()
}

/// Whether `group` has `control` itself: a dial, choice or switch by the place where it is described.
pub fn has<T>(controls: &Controls, group: &'static Group, control: &'static T) -> bool {
    let address = ptr::from_ref(control).cast::<()>();
    controls.group(group).all().any(|index| {
        let of = match controls.control(index) {
            Control::Dial(dial) => ptr::from_ref(dial).cast::<()>(),
            Control::Choice(choice) => ptr::from_ref(choice).cast(),
            Control::Switch(switch) => ptr::from_ref(switch).cast(),
            Control::Sequence(sequence) => ptr::from_ref(sequence).cast(),
        };
        of == address
    })
}

/// The Latency mode that is set; the one with the most where there is none to set.
fn latency_mode(session: &Session) -> LatencyMode {
    let index = session.controls.find(LATENCY_MODE.id);
    index.map_or(LatencyMode::Full, |index| LatencyMode::from_index(session.value(index) as usize))
}

/// Whether a module with settings `S` works in the Latency mode that is set.
fn works_in_mode<S: Settings>(session: &Session) -> bool {
    latency_mode(session).index() >= S::NEEDS.index()
}

/// Height of a row of large knobs.
const ROW: f32 = 94.0;

/// A panel's picture, at its top: as high as what `below` points for the controls leave.
fn picture(ui: &mut Ui, below: f32, paint: impl FnOnce(&mut Ui, Rect)) {
    let height = ui.available_height() - below - theme::PAD;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    paint(ui, rect);
    // What is there anyway between two things is half of it.
    ui.add_space(theme::PAD - theme::GAP);
}

/// A row of controls below it.
fn row(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        contents(ui);
    });
}

/// Between two groups of controls in a row.
fn divide(ui: &mut Ui, session: &Session) {
    divide_by(ui, session, 92.0);
}

/// The same in a row of buttons.
fn divide_low(ui: &mut Ui, session: &Session) {
    divide_by(ui, session, 52.0);
}

fn divide_by(ui: &mut Ui, session: &Session, height: f32) {
    let (rect, _) = ui.allocate_exact_size(vec2(17.0, height), Sense::hover());
    ui.painter().vline(rect.center().x, rect.shrink2(vec2(0.0, 6.0)).y_range(), Stroke::new(1.0, session.colours.line));
}

/// Controls under a heading of their own, in a row with knobs.
fn titled(ui: &mut Ui, session: &Session, title: &str, contents: impl FnOnce(&mut Ui)) {
    titled_in(ui, session.colours.mute, title, contents);
}

/// The same with the title in a colour of its own.
fn titled_in(ui: &mut Ui, colour: Color32, title: &str, contents: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let font = theme::small();
        ui.add(Label::new(RichText::new(title).font(font).color(colour)));
        contents(ui);
    });
}
