//! One module, staged, as a rack of its own: what every chain promises is asked of it too.

use super::chain;
use tandem_dsp::chain::{Rack, Stage};
use tandem_dsp::control::{Settings, Staged};
use tandem_dsp::{Frame, LatencyMode, Processor};

/// A rack with one module.
#[derive(Default)]
pub struct Alone<P: Processor>(pub Stage<P>);

impl<P: Processor> Processor for Alone<P> {
    type Settings = Staged<P::Settings>;
    fn prepare(&mut self, rate: f64, mode: LatencyMode) {
        self.0.prepare(rate, mode);
    }
    fn reset(&mut self) {
        self.0.reset();
    }
    fn set(&mut self, settings: &Self::Settings) {
        self.0.set(settings);
    }
    fn control(&mut self) {
        self.0.control();
    }
    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        self.0.tick(input, key)
    }
    fn run(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        self.0.run(frames, keys);
    }
    fn latency(&self) -> usize {
        self.0.latency()
    }
    fn is_settled(&self) -> bool {
        self.0.is_settled()
    }
}

impl<P: Processor> Rack for Alone<P> {
    type Observer = ();
}

/// Holds a module to being off until asked for.
pub fn is_off_until_asked<P: Processor + Default>() {
    assert!(!Staged::<P::Settings>::default().on && !P::Settings::STARTS_ON, "a fresh module is off");
    chain::fresh_instance_nulls::<Alone<P>>();
}

/// Holds a module to what every chain promises; `longest_ms` is the most latency that it may have in each mode.
pub fn keeps_its_promises<P: Processor + Default>(longest_ms: [f64; 3]) {
    chain::reports_the_latency_it_has::<Alone<P>>(longest_ms);
    chain::does_not_depend_on_blocks::<Alone<P>>();
    chain::reset_is_fresh::<Alone<P>>();
    chain::survives_bad_numbers::<Alone<P>>();
    chain::is_safe_at_any_rate::<Alone<P>>();
    chain::allocates_nothing_but_in_prepare::<Alone<P>>();
}
