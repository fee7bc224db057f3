//! What every module has around it, once.

use crate::block::convolver;
use crate::block::delay::Delay;
use crate::captured::{Captured, Source};
use crate::control::Staged;
use crate::kernel::{Kernel, Plan};
use crate::readout::Report;
use crate::smooth::Gain;
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};

/// Whether the module inside a [`Stage`] runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Power {
    /// It does not run; the input passes, delayed by its latency.
    #[default]
    Off,
    /// It runs unheard, until its latency has filled.
    Filling { frames_left: usize },
    /// It runs, and is heard as far as the fade says.
    On,
}

/// A module with its switch: on and off fade without a click, off is a pure delay that costs nothing more,
/// and its delta (what it takes or adds) can be heard alone.
#[derive(Clone, Debug, Default)]
pub struct Stage<P: Processor> {
    module: P,
    settings: P::Settings,
    /// Whether it is to work, but for `aside`.
    on: bool,
    /// Whether another module is heard alone.
    aside: bool,
    power: Power,
    /// 1 where the module is heard, 0 where the dry path is.
    wet: Gain,
    dry: Delay,
    /// Listen state: 1 where in minus out is heard, 0 where out is.
    delta: Gain,
    listen: Listen,
}

impl<P: Processor> Stage<P> {
    /// The module inside, to ask what it reports.
    pub fn module(&self) -> &P {
        &self.module
    }

    fn aim_delta(&mut self) {
        self.delta.aim(if self.listen == Listen::Delta { 1.0 } else { 0.0 });
    }

    /// Sets out for being on or off.
    fn switch(&mut self) {
        let (on, starts) = (self.on && !self.aside, self.wet.fresh());
        match (on, self.power) {
            (true, Power::Off) => {
                // At a start there is nothing to fade from: the delay lines fill together.
                self.power = if starts { Power::On } else { Power::Filling { frames_left: self.module.latency() } };
                self.module.reset();
                self.module.set(&self.settings);
            }
            (_, Power::Off) => {}
            _ => self.module.set(&self.settings),
        }
        match self.power {
            Power::Filling { .. } if on => {}
            Power::Filling { .. } => self.power = Power::Off,
            _ => self.wet.aim(if on { 1.0 } else { 0.0 }),
        }
    }
}

impl<P: Processor> Processor for Stage<P> {
    type Settings = Staged<P::Settings>;

    fn prepare(&mut self, rate: f64, mode: LatencyMode) {
        self.module.prepare(rate, mode);
        self.dry.prepare(self.module.latency());
        self.wet.prepare(rate);
        self.delta.prepare(rate);
        self.aim_delta();
        self.power = Power::Off;
    }

    fn reset(&mut self) {
        self.module.reset();
        self.dry.reset();
        self.wet.reset();
        self.delta.reset();
        self.aim_delta();
        self.power = Power::Off;
    }

    fn set(&mut self, settings: &Self::Settings) {
        self.settings = settings.module;
        self.on = settings.on;
        self.switch();
    }

    fn control(&mut self) {
        if self.power == (Power::Filling { frames_left: 0 }) {
            self.power = Power::On;
            self.wet.aim(1.0);
        }
        self.wet.control();
        self.delta.control();
        if self.power == Power::On && self.wet.target() == 0.0 && self.wet.steady() == Some(0.0) {
            self.power = Power::Off;
            // What it measured is over.
            self.module.reset();
        }
        if self.power != Power::Off {
            self.module.control();
        }
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        let delta = self.delta.steady();
        match (self.power, self.wet.steady()) {
            (Power::Off, _) if delta == Some(0.0) => return self.dry.run(frames),
            (Power::On, Some(1.0)) if delta == Some(0.0) => {
                self.dry.push(frames);
                return self.module.run(frames, keys);
            }
            _ => {}
        }
        let mut dry = [[0.0; 2]; CONTROL_INTERVAL];
        let dry = &mut dry[..frames.len()];
        self.dry.run_into(frames, dry);
        match &mut self.power {
            Power::Off => frames.copy_from_slice(dry),
            Power::Filling { frames_left } => {
                *frames_left = frames_left.saturating_sub(frames.len());
                self.module.run(frames, keys);
                frames.copy_from_slice(dry);
            }
            Power::On => {
                self.module.run(frames, keys);
                if self.wet.steady() != Some(1.0) {
                    for (wet, dry) in frames.iter_mut().zip(&*dry) {
                        let amount = self.wet.advance();
                        *wet = [dry[0] + amount * (wet[0] - dry[0]), dry[1] + amount * (wet[1] - dry[1])];
                    }
                }
            }
        }
        match delta {
            Some(0.0) => {}
            Some(1.0) => {
                for (wet, dry) in frames.iter_mut().zip(&*dry) {
                    *wet = [dry[0] - wet[0], dry[1] - wet[1]];
                }
            }
            _ => {
                for (wet, dry) in frames.iter_mut().zip(&*dry) {
                    let part = self.delta.advance();
                    *wet = [wet[0] + part * (dry[0] - 2.0 * wet[0]), wet[1] + part * (dry[1] - 2.0 * wet[1])];
                }
            }
        }
    }

    fn run_intervals(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        match (self.power, self.wet.settled(), self.delta.settled()) {
            (Power::Off, Some(_), Some(0.0)) => return self.dry.run(frames),
            (Power::On, Some(1.0), Some(0.0)) => {
                self.dry.push(frames);
                return self.module.run_intervals(frames, keys);
            }
            _ => {}
        }
        for (frames, keys) in frames.chunks_mut(CONTROL_INTERVAL).zip(keys.chunks(CONTROL_INTERVAL)) {
            self.control();
            self.run(frames, keys);
        }
    }

    fn latency(&self) -> usize {
        self.module.latency()
    }

    fn tail(&self) -> usize {
        if self.power == Power::Off { 0 } else { self.module.tail() }
    }

    fn is_settled(&self) -> bool {
        self.power == Power::Off || self.module.is_settled()
    }

    fn pass(&mut self, frames: usize) {
        if self.power != Power::Off {
            self.module.pass(frames);
        }
    }

    fn report(&mut self, report: &mut impl Report) {
        self.module.report(report);
    }

    fn learn(&mut self, target_lufs: Option<f64>) {
        self.module.learn(target_lufs);
    }

    fn calibrate(&mut self, zero_vu_db: f64) {
        self.module.calibrate(zero_vu_db);
    }

    fn capture(&mut self, source: Option<Source>) {
        self.module.capture(source);
    }

    fn match_to(&mut self, captured: Option<&Captured>) {
        self.module.match_to(captured);
    }

    fn tempo(&mut self, bpm: f64) {
        self.module.tempo(bpm);
    }

    fn next_plan(&mut self) -> Option<Plan> {
        self.module.next_plan()
    }

    fn awaits_kernel(&self) -> bool {
        self.module.awaits_kernel()
    }

    fn take_kernel(&mut self, kernel: Kernel) -> Option<Kernel> {
        self.module.take_kernel(kernel)
    }

    fn spent_kernel(&mut self) -> Option<convolver::Kernel> {
        self.module.spent_kernel()
    }

    fn listen(&mut self, to: Listen) {
        self.listen = to;
        self.aim_delta();
        self.module.listen(if to == Listen::Delta { Listen::Output } else { to });
    }

    fn is_heard_alone(&self) -> bool {
        matches!(self.listen, Listen::Delta | Listen::Key | Listen::Band(_))
    }

    fn step_aside(&mut self, aside: bool) {
        if aside != self.aside {
            self.aside = aside;
            // Before the first settings there is nothing to set out from.
            if !self.wet.fresh() {
                self.switch();
            }
        }
    }
}
