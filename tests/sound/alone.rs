//! One module, staged, as a rack of its own: what every chain promises is asked of it too.

use super::chain;
use tandem_dsp::chain::{Rack, Stage};
use tandem_dsp::control::{Group, Settings, Staged};
use tandem_dsp::readout::{Readout, Report};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use tandem_tests::measure::{lane, peak_above_db, tapered};
use tandem_tests::signals::pink;

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
    fn run_intervals(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        self.0.run_intervals(frames, keys);
    }
    fn latency(&self) -> usize {
        self.0.latency()
    }
    fn tail(&self) -> usize {
        self.0.tail()
    }
    fn is_settled(&self) -> bool {
        self.0.is_settled()
    }
}

impl<P: Processor> Rack for Alone<P> {
    type Observer = ();
}

/// What a module tells of a readout, by its id.
pub fn told(module: &mut impl Processor, id: &str) -> f64 {
    struct Find<'a>(&'a str, Option<f64>);
    impl Report for Find<'_> {
        fn value(&mut self, readout: &'static Readout, value: f64) {
            if readout.id == self.0 {
                self.1 = Some(value);
            }
        }
        fn group(&mut self, _: &'static Group, inside: impl FnOnce(&mut Self)) {
            inside(self);
        }
    }
    let mut find = Find(id, None);
    module.report(&mut find);
    find.1.unwrap_or_else(|| panic!("no readout {id}"))
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
    chain::is_the_same_interval_by_interval::<Alone<P>>();
    chain::reset_is_fresh::<Alone<P>>();
    chain::survives_bad_numbers::<Alone<P>>();
    chain::is_safe_at_any_rate::<Alone<P>>();
    chain::allocates_nothing_but_in_prepare::<Alone<P>>();
}

/// A module by itself, started with `settings`.
pub fn started<P: Processor + Default>(rate: f64, mode: LatencyMode, settings: &P::Settings) -> P {
    let mut module = P::default();
    module.prepare(rate, mode);
    module.set(settings);
    module
}

/// Processes in place, on the control grid of a chain that starts now; `frames` is a multiple of the interval, `keys` as
/// long or empty.
pub fn process<P: Processor>(module: &mut P, frames: &mut [Frame], keys: &[Frame]) {
    let silence = [[0.0; 2]; CONTROL_INTERVAL];
    for (i, run) in frames.chunks_mut(CONTROL_INTERVAL).enumerate() {
        let key = keys.get(i * CONTROL_INTERVAL..i * CONTROL_INTERVAL + run.len()).unwrap_or(&silence[..run.len()]);
        module.control();
        module.run(run, key);
    }
}

/// Holds a module to its run, and its run over some intervals, being tick after tick, bit for bit, whatever is set and while
/// that changes.
pub fn a_run_is_ticks<P: Processor + Default + Clone>(mode: LatencyMode) {
    let (input, keys) = (pink(9_600, 5, -12.0), pink(9_600, 6, -12.0));
    for seed in 0..60 {
        let mut by_run: P = started(48_000.0, mode, &chain::random_settings(seed));
        let mut by_tick = by_run.clone();
        let mut by_stretch = by_run.clone();
        let mut stretched = input.clone();
        const STRETCH: usize = 5;
        for (i, (frames, keys)) in
            stretched.chunks_mut(STRETCH * CONTROL_INTERVAL).zip(keys.chunks(STRETCH * CONTROL_INTERVAL)).enumerate()
        {
            if i == 200 / STRETCH || i == 230 / STRETCH {
                by_stretch.set(&chain::random_settings(100 + seed + (i * STRETCH) as u64));
            }
            by_stretch.run_intervals(frames, keys);
        }
        for (i, (run, keys)) in input.chunks(CONTROL_INTERVAL).zip(keys.chunks(CONTROL_INTERVAL)).enumerate() {
            if i == 200 || i == 230 {
                let settings = chain::random_settings(100 + seed + i as u64);
                by_run.set(&settings);
                by_tick.set(&settings);
            }
            by_run.control();
            by_tick.control();
            let mut whole = run.to_vec();
            by_run.run(&mut whole, keys);
            for (n, (frame, key)) in run.iter().zip(keys).enumerate() {
                let one = by_tick.tick(*frame, *key);
                let (at, in_stretch) = (CONTROL_INTERVAL * i + n, stretched[CONTROL_INTERVAL * i + n]);
                assert!(one == whole[n], "settings {seed}, frame {at}: {one:?}, {:?} in a run", whole[n]);
                assert!(one == in_stretch, "settings {seed}, frame {at}: {one:?}, {in_stretch:?} over intervals");
            }
        }
    }
}

/// What a change of settings leaves above 4 kHz of a signal without anything there, in dBFS: `from` for half a second and
/// more, then `to`.
pub fn residue_db<P: Processor + Default>(
    mode: LatencyMode,
    [from, to]: [&P::Settings; 2],
    signal: &[Frame],
    keys: &[Frame],
) -> f64 {
    let mut module: P = started(48_000.0, mode, from);
    let mut signal = signal.to_vec();
    let half = signal.len() / 2;
    process(&mut module, &mut signal[..half], &keys[..half]);
    module.set(to);
    process(&mut module, &mut signal[half..], &keys[half..]);
    // What the detector does when the sound begins is no zipper noise.
    peak_above_db(&tapered(lane(&signal[12_000..], 0), 4_800), 48_000.0, 4_000.0)
}
