//! Readings that a test makes up, in place of those of a running chain.

use tandem::telemetry::Telemetry;
use tandem_dsp::chain::{Observer, Rack, master};
use tandem_dsp::control::Group;
use tandem_dsp::readout::{Readout, Report};
use tandem_dsp::{Frame, LatencyMode, Processor};

/// A readout of a group, and what it says.
pub type Value = (&'static Group, &'static Readout, f64);

/// Tells the editor `values` as a Tandem Master would; everything else has nothing to tell.
pub fn tell(telemetry: &Telemetry, values: &[Value]) {
    tell_all::<master::Master>(telemetry, values, f64::NEG_INFINITY);
}

/// Tells the editor `values` as an `R` would; every other readout says `else_value`.
pub fn tell_all<R: Rack + Default>(telemetry: &Telemetry, values: &[Value], else_value: f64) {
    let values = values.to_vec();
    telemetry.readings.publish_modules(&mut Told { real: R::default(), values: values.clone(), else_value });
    telemetry.readings.publish_observer(&ToldBy { real: R::Observer::default(), values, else_value });
}

/// What is told, in the order in which the real one tells it.
#[derive(Default)]
struct Told<T> {
    real: T,
    values: Vec<Value>,
    else_value: f64,
}

impl<R: Rack + Default> Processor for Told<R> {
    type Settings = R::Settings;

    fn prepare(&mut self, _: f64, _: LatencyMode) {}
    fn reset(&mut self) {}
    fn set(&mut self, _: &Self::Settings) {}
    fn control(&mut self) {}
    fn tick(&mut self, input: Frame, _: Frame) -> Frame {
        input
    }
    fn latency(&self) -> usize {
        0
    }
    fn report(&mut self, report: &mut impl Report) {
        self.real.report(&mut Instead { report, group: None, values: &self.values, else_value: self.else_value });
    }
}

impl<R: Rack + Default> Rack for Told<R> {
    type Observer = ();
}

/// The observer's.
#[derive(Default)]
struct ToldBy<O> {
    real: O,
    values: Vec<Value>,
    else_value: f64,
}

impl<O: Observer> Observer for ToldBy<O> {
    fn prepare(&mut self, _: f64) {}
    fn reset(&mut self) {}
    fn run(&mut self, _: &[Frame]) {}
    fn run_silence(&mut self, _: usize) {}
    fn report(&self, report: &mut impl Report) {
        self.real.report(&mut Instead { report, group: None, values: &self.values, else_value: self.else_value });
    }
}

/// Passes the readouts on, with other values.
struct Instead<'a, R> {
    report: &'a mut R,
    group: Option<&'static Group>,
    values: &'a [Value],
    else_value: f64,
}

impl<R: Report> Report for Instead<'_, R> {
    fn value(&mut self, readout: &'static Readout, _: f64) {
        let told =
            |(group, other, _): &&Value| self.group.is_some_and(|open| open.id == group.id) && readout.id == other.id;
        self.report.value(readout, self.values.iter().find(told).map_or(self.else_value, |(.., value)| *value));
    }

    fn group(&mut self, group: &'static Group, inside: impl FnOnce(&mut Self)) {
        // The cells are in order, and need no groups.
        let outer = self.group.replace(group);
        inside(self);
        self.group = outer;
    }
}
