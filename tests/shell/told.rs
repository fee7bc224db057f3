//! Readings that a test makes up, in place of those of a running chain.

use tandem::telemetry::Telemetry;
use tandem_dsp::chain::{Observer, Rack, master};
use tandem_dsp::control::Group;
use tandem_dsp::meter::programme;
use tandem_dsp::readout::{Readout, Report};
use tandem_dsp::{Frame, LatencyMode, Processor};

/// A readout of a group, and what it says.
pub type Value = (&'static Group, &'static Readout, f64);

/// Tells the editor `values` as a Tandem Master would; everything else has nothing to tell.
pub fn tell(telemetry: &Telemetry, values: &[Value]) {
    telemetry.readings.publish_modules(&mut Told { real: master::Master::default(), values: values.to_vec() });
    telemetry.readings.publish_observer(&Told { real: programme::Meter::default(), values: values.to_vec() });
}

/// What is told, in the order in which the real one tells it.
#[derive(Default)]
struct Told<T> {
    real: T,
    values: Vec<Value>,
}

impl Processor for Told<master::Master> {
    type Settings = <master::Master as Processor>::Settings;

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
        self.real.report(&mut Instead { report, group: None, values: &self.values });
    }
}

impl Rack for Told<master::Master> {
    type Observer = ();
}

impl Observer for Told<programme::Meter> {
    fn prepare(&mut self, _: f64) {}
    fn reset(&mut self) {}
    fn run(&mut self, _: &[Frame]) {}
    fn run_silence(&mut self, _: usize) {}
    fn report(&self, report: &mut impl Report) {
        self.real.report(&mut Instead { report, group: None, values: &self.values });
    }
}

/// Passes the readouts on, with other values.
struct Instead<'a, R> {
    report: &'a mut R,
    group: Option<&'static Group>,
    values: &'a [Value],
}

impl<R: Report> Report for Instead<'_, R> {
    fn value(&mut self, readout: &'static Readout, _: f64) {
        let told =
            |(group, other, _): &&Value| self.group.is_some_and(|open| open.id == group.id) && readout.id == other.id;
        self.report.value(readout, self.values.iter().find(told).map_or(f64::NEG_INFINITY, |(.., value)| *value));
    }

    fn group(&mut self, group: &'static Group, inside: impl FnOnce(&mut Self)) {
        // The cells are in order, and need no groups.
        let outer = self.group.replace(group);
        inside(self);
        self.group = outer;
    }
}
