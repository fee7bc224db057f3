//! The equaliser with a choice of phase: minimum, or linear by convolution.
//!
//! In linear phase the dynamic bands work first, minimum phase and on the sound as it comes in, and all others after them
//! as one kernel. It is built off the audio thread from a [`Plan`]; a plan made now is due when what goes in now comes
//! out, so that a control that moves is heard where it moves. Both ways take as long, and fade into each other.
//!
//! [`LinearEqSettings`] say what can be set, [`LinearResponse`] what that does, [`LinearEq`] does it.

mod design;
mod response;
mod settings;

pub use response::LinearResponse;
pub use settings::{LinearEqSettings, PHASE, Phase};

use super::{Eq, EqSettings};
use crate::block::convolver::{self, Convolver, FADE_BLOCKS, LEAD};
use crate::block::delay::Delay;
use crate::control::Enumerated;
use crate::kernel::{Kernel, Plan};
use crate::readout::Report;
use crate::smooth::Gain;
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};

/// Blocks from one plan to the next: a fade, and one in which its old kernel goes out of use.
const PLAN_BLOCKS: u64 = FADE_BLOCKS as u64 + 1;

/// Plans that can be under way.
const UNDER_WAY: usize = 2;

/// Kernels that can wait to be freed.
const SPENT: usize = 6;

/// The kernel of `filters` at `rate` Hz, whatever their dynamics. Allocates and takes its time.
pub fn kernel(filters: &EqSettings, rate: f64) -> convolver::Kernel {
    let taps = design::Halves::design(filters, rate).taps();
    convolver::Kernel::new(design::layout(rate), taps.each_ref().map(|row| row.each_ref().map(|taps| &**taps)))
}

/// A kernel on its way.
#[derive(Debug)]
struct Coming {
    filters: EqSettings,
    /// Whether the plan has been given away.
    given: bool,
    /// The block from which on it is to be heard.
    due: u64,
    kernel: Option<convolver::Kernel>,
}

/// The equaliser with a choice of phase.
#[derive(Debug, Default)]
pub struct LinearEq {
    rate: f64,
    /// Whether the mode has the time for linear phase.
    has_time: bool,
    settings: LinearEqSettings,
    /// Whether there have been no settings since the last reset, and no frame since the first ones.
    fresh: bool,
    starts: bool,
    /// Listen state: whether a band is heard alone.
    solo: bool,
    /// Minimum phase: all filters, then a delay. Whether they run, and frames until what comes out of them is whole.
    minimum: Eq,
    delay: Delay,
    minimum_runs: bool,
    minimum_left: usize,
    /// Linear phase: the dynamic bands, then a convolution with all others. The same.
    dynamic: Eq,
    convolver: Convolver,
    linear_runs: bool,
    linear_left: usize,
    /// From minimum (0) to linear phase (1).
    mix: Gain,
    /// Blocks since the last reset.
    block: u64,
    coming: [Option<Coming>; UNDER_WAY],
    /// What the last plan was for, and when the next one may be made.
    planned: Option<EqSettings>,
    next_plan: u64,
    /// What the kernel that counts does.
    has: Option<EqSettings>,
    spent: [Option<convolver::Kernel>; SPENT],
}

impl LinearEq {
    fn wants_linear(&self) -> bool {
        self.has_time && self.settings.phase == Phase::Linear
    }

    /// The minimum-phase way begins to run; it can be heard in `left` frames.
    fn run_minimum(&mut self, left: usize) {
        self.minimum.reset();
        self.minimum.set(&self.settings.filters);
        self.delay.reset();
        (self.minimum_runs, self.minimum_left) = (true, left);
    }

    /// The linear-phase way begins to run; but for its kernel it can be heard in `left` frames.
    fn run_linear(&mut self, left: usize) {
        self.stop_linear();
        self.dynamic.reset();
        self.dynamic.set(&self.settings.filters.dynamic_part());
        self.convolver.reset();
        (self.linear_runs, self.linear_left) = (true, left);
        (self.block, self.next_plan) = (0, 0);
        self.planned = self.has;
        self.plan();
    }

    fn stop_linear(&mut self) {
        self.linear_runs = false;
        for place in 0..UNDER_WAY {
            if let Some(kernel) = self.coming[place].take().and_then(|coming| coming.kernel) {
                self.spend(kernel);
            }
        }
        self.planned = None;
    }

    /// Plans a kernel where one is wanted that has not been planned.
    fn plan(&mut self) {
        let filters = self.settings.filters.static_part();
        if self.planned == Some(filters) || self.block < self.next_plan {
            return;
        }
        let Some(place) = self.coming.iter_mut().find(|coming| coming.is_none()) else { return };
        // The output of a block comes `LEAD` frames after its end, and so much later than what goes in as the middle of the
        // kernel is behind its start.
        let ahead = (design::centre(design::layout(self.rate)) / design::layout(self.rate).block) as u64 + 1;
        let due = if self.has.is_some() { self.block + ahead } else { self.block };
        *place = Some(Coming { filters, given: false, due, kernel: None });
        (self.planned, self.next_plan) = (Some(filters), self.block + PLAN_BLOCKS);
    }

    /// At the start of a block: takes the kernel that is due, and plans the next one.
    fn begin_block(&mut self) {
        self.block += 1;
        if let Some(coming) = &self.coming[0]
            && coming.due <= self.block
            && coming.kernel.is_some()
            && self.convolver.takes()
        {
            self.install();
        }
        self.plan();
    }

    /// The convolver gets the first kernel that is under way.
    fn install(&mut self) {
        let first = self.coming[0].take();
        self.coming.rotate_left(1);
        let Some(Coming { filters, kernel: Some(kernel), .. }) = first else { return };
        if self.has.is_none() && !self.starts {
            // Until a first block has gone through it.
            self.linear_left = self.linear_left.max(2 * self.convolver.latency());
        }
        let refused = if self.starts { self.convolver.jump(kernel) } else { self.convolver.swap(kernel) };
        self.has = Some(filters);
        if let Some(kernel) = refused {
            self.spend(kernel);
        }
    }

    /// Lays a kernel aside to be freed elsewhere.
    fn spend(&mut self, kernel: convolver::Kernel) {
        let place = self.spent.iter_mut().find(|place| place.is_none());
        debug_assert!(place.is_some(), "kernels are collected");
        if let Some(place) = place {
            *place = Some(kernel);
        }
    }

    /// Before the first frame: as the settings want it, at once where there is the kernel for it.
    fn start(&mut self) {
        let wants_linear = self.wants_linear();
        if wants_linear {
            // Before it there was silence.
            self.run_linear(0);
        } else if self.linear_runs {
            self.stop_linear();
        }
        self.start_mix(wants_linear && self.has == Some(self.settings.filters.static_part()));
    }

    fn start_mix(&mut self, linear: bool) {
        self.mix.reset();
        self.mix.aim(if linear { 1.0 } else { 0.0 });
        if linear {
            self.minimum_runs = false;
        } else if !self.minimum_runs {
            self.run_minimum(0);
        }
    }

    fn convolve(&mut self, frames: &mut [Frame]) {
        let mut rest = frames;
        while !rest.is_empty() {
            let n = self.convolver.frames_left().min(rest.len());
            let (now, later) = rest.split_at_mut(n);
            let completes = n == self.convolver.frames_left();
            self.convolver.run(now);
            if completes {
                self.begin_block();
            }
            rest = later;
        }
    }
}

impl Processor for LinearEq {
    type Settings = LinearEqSettings;

    fn prepare(&mut self, rate: f64, mode: LatencyMode) {
        self.rate = rate;
        self.has_time = mode.index() >= Phase::Linear.needs().index();
        self.minimum.prepare(rate, mode);
        self.dynamic.prepare(rate, mode);
        let mut latency = 0;
        self.convolver = Convolver::default();
        (self.coming, self.spent, self.has) = Default::default();
        if self.has_time {
            let layout = design::layout(rate);
            self.convolver.prepare(layout);
            latency = self.convolver.latency() + design::centre(layout);
        }
        self.delay.prepare(latency);
        self.mix.prepare(rate);
        self.reset();
    }

    fn reset(&mut self) {
        self.minimum.reset();
        self.dynamic.reset();
        self.delay.reset();
        self.stop_linear();
        if self.has_time {
            self.convolver.reset();
        }
        self.mix.reset();
        (self.minimum_runs, self.minimum_left, self.linear_left) = (false, 0, 0);
        (self.fresh, self.starts) = (true, true);
    }

    fn set(&mut self, settings: &LinearEqSettings) {
        self.settings = *settings;
        if std::mem::take(&mut self.fresh) {
            self.run_minimum(0);
        }
        if self.minimum_runs {
            self.minimum.set(&settings.filters);
        }
        if self.starts {
            self.start();
        } else if self.wants_linear() && self.linear_runs {
            self.dynamic.set(&settings.filters.dynamic_part());
        } else if self.wants_linear() {
            // As many blocks as there are partitions, and one more, have to go in.
            let layout = design::layout(self.rate);
            self.run_linear(layout.taps() + 2 * layout.block + LEAD);
        }
    }

    fn control(&mut self) {
        let can_be_heard = self.linear_runs && self.linear_left == 0 && self.has.is_some();
        let linear = self.wants_linear() && can_be_heard && !self.solo;
        if linear {
            self.mix.aim(1.0);
        } else if self.mix.target() != 0.0 {
            if !self.minimum_runs {
                self.run_minimum(self.delay.frames());
            }
            if self.minimum_left == 0 {
                self.mix.aim(0.0);
            }
        }
        self.mix.control();
        match (self.mix.target(), self.mix.steady()) {
            (1.0, Some(1.0)) if linear => self.minimum_runs = false,
            (0.0, Some(0.0)) if self.linear_runs && !self.wants_linear() => self.stop_linear(),
            _ => {}
        }
        if self.minimum_runs {
            self.minimum.control();
        }
        if self.linear_runs {
            self.dynamic.control();
        }
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        self.starts = false;
        if !self.linear_runs {
            self.minimum.run(frames, keys);
            return self.delay.run(frames);
        }
        let mut linear = [[0.0; 2]; CONTROL_INTERVAL];
        let linear = &mut linear[..frames.len()];
        linear.copy_from_slice(frames);
        self.dynamic.run(linear, keys);
        self.convolve(linear);
        if self.has.is_some() {
            self.linear_left = self.linear_left.saturating_sub(frames.len());
        }
        if !self.minimum_runs {
            return frames.copy_from_slice(linear);
        }
        self.minimum.run(frames, keys);
        self.delay.run(frames);
        self.minimum_left = self.minimum_left.saturating_sub(frames.len());
        match self.mix.steady() {
            Some(0.0) => {}
            Some(1.0) => frames.copy_from_slice(linear),
            _ => {
                for (frame, linear) in frames.iter_mut().zip(&*linear) {
                    let amount = self.mix.advance();
                    *frame = [frame[0] + amount * (linear[0] - frame[0]), frame[1] + amount * (linear[1] - frame[1])];
                }
            }
        }
    }

    fn latency(&self) -> usize {
        self.delay.frames()
    }

    fn tail(&self) -> usize {
        let linear = if self.linear_runs { self.latency() + self.dynamic.tail() } else { 0 };
        linear.max(self.minimum.tail())
    }

    fn is_settled(&self) -> bool {
        if !self.linear_runs {
            return self.minimum.is_settled() && self.minimum_left == 0;
        }
        let planned = self.coming[0].is_none() && self.planned == Some(self.settings.filters.static_part());
        let heard = self.mix.steady() == Some(1.0) && self.mix.target() == 1.0;
        planned && heard && !self.convolver.fades() && self.dynamic.is_settled()
    }

    fn report(&mut self, report: &mut impl Report) {
        if self.minimum_runs { self.minimum.report(report) } else { self.dynamic.report(report) }
    }

    /// As [`struct@Eq`]'s; on the minimum-phase way.
    fn listen(&mut self, to: Listen) {
        self.minimum.listen(to);
        self.solo = matches!(to, Listen::Band(_));
    }

    fn next_plan(&mut self) -> Option<Plan> {
        let coming = self.coming.iter_mut().flatten().find(|coming| !coming.given)?;
        coming.given = true;
        Some(Plan { filters: coming.filters, rate: self.rate })
    }

    fn awaits_kernel(&self) -> bool {
        self.coming.iter().flatten().any(|coming| coming.given && coming.kernel.is_none())
    }

    fn take_kernel(&mut self, kernel: Kernel) -> Option<Kernel> {
        let Kernel { plan, matrix } = kernel;
        let place = self.coming.iter_mut().flatten().find(|coming| {
            coming.given && coming.kernel.is_none() && plan.rate == self.rate && coming.filters == plan.filters
        });
        let Some(coming) = place else { return Some(Kernel { plan, matrix }) };
        coming.kernel = Some(matrix);
        if self.starts {
            self.install();
            self.start_mix(true);
        }
        None
    }

    fn spent_kernel(&mut self) -> Option<convolver::Kernel> {
        self.convolver.spent().or_else(|| self.spent.iter_mut().find_map(Option::take))
    }
}
