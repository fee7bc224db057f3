//! The contract every processor keeps.

use crate::block::convolver;
use crate::captured::{Captured, Source};
use crate::control::{Choice, Enumerated, Named, Settings};
use crate::kernel::{Kernel, Plan};
use crate::listen::Listen;
use crate::readout::Report;

/// One stereo sample: left, right. Linear, 1.0 = 0 dBFS.
///
/// Two f64 lanes fill one SSE2 or NEON register: plain array arithmetic compiles to packed instructions.
pub type Frame = [f64; 2];

/// Frames between two control ticks.
pub const CONTROL_INTERVAL: usize = 16;

/// The tempo in beats a minute where no one says one.
pub const TEMPO_BPM: f64 = 120.0;

/// How much latency a chain may spend. The only thing that changes a chain's latency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LatencyMode {
    /// No latency at all: for recording and playing.
    #[default]
    Live,
    /// Look-ahead and oversampling.
    Mix,
    /// Linear phase and repair as well.
    Full,
}

impl Enumerated for LatencyMode {
    const ALL: &'static [Self] = &[Self::Live, Self::Mix, Self::Full];
}

/// The Latency mode as a control. Not automatable: a change makes the host re-align the track.
pub static LATENCY_MODE: Choice = Choice {
    id: "latency",
    name: "Latency",
    options: &[
        Named { id: "live", name: "Live", help: None },
        Named { id: "mix", name: "Mix", help: None },
        Named { id: "full", name: "Full", help: None },
    ],
    default: 0,
    automatable: false,
    help: "Live adds none, Mix a few milliseconds for look-ahead and oversampling, Full more for linear phase and repair.",
};

/// A stereo audio processor.
pub trait Processor {
    /// What the user can set; see [`crate::control`].
    type Settings: Settings;

    /// Readies for `rate` in Hz and `mode`. The only method that may allocate. Includes a [`reset`](Self::reset).
    fn prepare(&mut self, rate: f64, mode: LatencyMode);

    /// Forgets the past. The next [`set`](Self::set) jumps instead of gliding.
    fn reset(&mut self);

    /// Aims at `settings`; the processor glides there by itself, from the next control tick on.
    fn set(&mut self, settings: &Self::Settings);

    /// A control tick: computes the coefficients that will hold in [`CONTROL_INTERVAL`] frames.
    fn control(&mut self);

    /// One frame. `key` is the external side-chain's frame, silence where there is none. Arithmetic only.
    fn tick(&mut self, input: Frame, key: Frame) -> Frame;

    /// Delay of the output behind the input in frames; depends on rate and mode alone.
    fn latency(&self) -> usize;

    /// Frames that can still sound after the input has fallen silent (to -120 dB), not counting the latency.
    fn tail(&self) -> usize {
        0
    }

    /// Whether nothing inside moves any more while the input is silent, so that it may rest from running: a gain that is
    /// still on its way back is heard on the next sound.
    fn is_settled(&self) -> bool {
        true
    }

    /// Time has passed in which it rested from running: `frames` of silence since the last control tick, and no control
    /// tick in them. What swings or is measured by the clock goes on as if it had run.
    fn pass(&mut self, frames: usize) {
        let _ = frames;
    }

    /// Tells what it has measured since it last told: always the same readouts in the same order.
    fn report(&mut self, report: &mut impl Report) {
        let _ = report;
    }

    /// Says what to let hear. What a module does not know leaves its output as it is.
    fn listen(&mut self, to: Listen) {
        let _ = to;
    }

    /// Whether it lets hear something that is to go straight to the output: modules behind it then step aside.
    fn is_heard_alone(&self) -> bool {
        false
    }

    /// Passes its input, delayed, while one before it is heard alone, whatever is set.
    fn step_aside(&mut self, aside: bool) {
        let _ = aside;
    }

    /// Begins to learn what the programme needs to reach an integrated loudness in LUFS, or ends it. What comes of it is
    /// reported; nothing is set.
    fn learn(&mut self, target_lufs: Option<f64>) {
        let _ = target_lufs;
    }

    /// Says which level in dBFS is 0 VU, to which what depends on level is calibrated; -18 until it is said.
    fn calibrate(&mut self, zero_vu_db: f64) {
        let _ = zero_vu_db;
    }

    /// Begins to capture from `source`, or ends it. What comes of it is reported; nothing is set.
    fn capture(&mut self, source: Option<Source>) {
        let _ = source;
    }

    /// Says what has been captured for it to match, and applied; `None` where nothing has.
    fn match_to(&mut self, captured: Option<&Captured>) {
        let _ = captured;
    }

    /// Says how fast the song is, in beats a minute; [`TEMPO_BPM`] until it is said.
    fn tempo(&mut self, bpm: f64) {
        let _ = bpm;
    }

    /// What it would have built off the audio thread, if there is anything: each plan is given once.
    fn next_plan(&mut self) -> Option<Plan> {
        None
    }

    /// Whether a plan that it has given has not come back as a kernel yet.
    fn awaits_kernel(&self) -> bool {
        false
    }

    /// Takes what has been built of one of its plans. Gives back what it has no use for.
    fn take_kernel(&mut self, kernel: Kernel) -> Option<Kernel> {
        Some(kernel)
    }

    /// Gives back a kernel that it is done with, to be freed off the audio thread.
    fn spent_kernel(&mut self) -> Option<convolver::Kernel> {
        None
    }

    /// Up to [`CONTROL_INTERVAL`] frames between two control ticks, in place: what [`tick`](Self::tick) gives frame by frame.
    ///
    /// `frames` and `keys` are equally long. Overridden where a loop over the run is measurably faster; a test
    /// holds both equal bit for bit.
    fn run(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        debug_assert_eq!(frames.len(), keys.len());
        for (frame, key) in frames.iter_mut().zip(keys) {
            *frame = self.tick(*frame, *key);
        }
    }

    /// Whole control intervals from a control tick on, in place: [`control`](Self::control) and [`run`](Self::run) for
    /// each. One module after the other over some intervals is faster than all of them over each: what it needs is at hand.
    ///
    /// `frames` and `keys` are equally long, a multiple of [`CONTROL_INTERVAL`].
    fn run_intervals(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        debug_assert_eq!(frames.len(), keys.len());
        for (frames, keys) in frames.chunks_mut(CONTROL_INTERVAL).zip(keys.chunks(CONTROL_INTERVAL)) {
            self.control();
            self.run(frames, keys);
        }
    }
}
