//! Runs a chain on the audio thread, and changes it for another one while it plays.

use tandem_dsp::block::convolver;
use tandem_dsp::captured::{Captured, Source};
use tandem_dsp::chain::{Chain, Rack};
use tandem_dsp::control::Group;
use tandem_dsp::kernel::{self, Kernel, Plan};
use tandem_dsp::{Frame, LatencyMode, Listen};

/// Frames that are processed at a time: small enough for the stack's cache lines, large enough to forget the loop.
pub const CHUNK: usize = 256;

/// How long the change from one chain to the next takes once the next has filled.
const CROSSFADE_MS: f64 = 20.0;

/// A chain together with what it was prepared for.
pub struct Prepared<R: Rack> {
    /// The chain, ready to process.
    pub chain: Chain<R>,
    /// Sample rate in Hz.
    pub rate: f64,
    /// Latency mode.
    pub mode: LatencyMode,
}

impl<R: Rack + Default> Prepared<R> {
    /// Builds a chain for `rate` in Hz and `mode`. Allocates: not for the audio thread.
    pub fn new(rate: f64, mode: LatencyMode) -> Box<Self> {
        let mut chain = Chain::default();
        chain.prepare(rate, mode);
        Box::new(Self { chain, rate, mode })
    }
}

impl<R: Rack> Prepared<R> {
    /// Builds the kernels that `settings` need, so that they are there when these come first. For when nothing has been
    /// processed since a reset. Allocates: not for the audio thread.
    pub fn supply(&mut self, settings: &R::Settings) {
        self.chain.set(settings);
        kernel::supply(&mut self.chain.rack);
        self.chain.reset();
        kernel::supply(&mut self.chain.rack);
    }
}

/// The way from one chain to the next.
enum Change<R: Rack> {
    /// None under way.
    None,
    /// The next chain runs unheard until its delay lines have filled.
    Filling { next: Box<Prepared<R>>, frames_left: usize },
    /// The next chain fades in.
    Fading { next: Box<Prepared<R>>, frames_left: usize },
}

/// A running chain.
pub struct Engine<R: Rack> {
    now: Box<Prepared<R>>,
    change: Change<R>,
    /// What the next chain makes of a chunk.
    other: [Frame; CHUNK],
    crossfade_frames: usize,
}

impl<R: Rack + Default> Engine<R> {
    /// Starts with `chain`.
    pub fn new(chain: Box<Prepared<R>>) -> Self {
        let crossfade_frames = (CROSSFADE_MS * 1e-3 * chain.rate).round().max(1.0) as usize;
        Self { now: chain, change: Change::None, other: [[0.0; 2]; CHUNK], crossfade_frames }
    }

    /// Sample rate in Hz.
    pub fn rate(&self) -> f64 {
        self.now.rate
    }

    /// The Latency mode that is heard, or about to be.
    pub fn mode(&self) -> LatencyMode {
        match &self.change {
            Change::None => self.now.mode,
            Change::Filling { next, .. } | Change::Fading { next, .. } => next.mode,
        }
    }

    /// Latency in frames to report: it moves in the block in which the next chain begins to be heard.
    pub fn latency(&self) -> usize {
        match &self.change {
            Change::Fading { next, .. } => next.chain.latency(),
            _ => self.now.chain.latency(),
        }
    }

    /// Frames that can still sound after the input has fallen silent.
    pub fn tail(&self) -> usize {
        self.now.chain.tail()
    }

    /// The chain that is heard.
    pub fn chain(&mut self) -> &mut Chain<R> {
        &mut self.now.chain
    }

    /// Aims every chain at new settings.
    pub fn set(&mut self, settings: &R::Settings, bypass: bool) {
        for chain in self.chains() {
            chain.set(settings);
            chain.set_bypass(bypass);
        }
    }

    /// Brings every chain to other settings altogether; see [`Chain::go_over_to`].
    pub fn go_over_to(&mut self, settings: &R::Settings, bypass: bool) {
        for chain in self.chains() {
            chain.go_over_to(settings);
            chain.set_bypass(bypass);
        }
    }

    /// Says in every chain whether someone is at the controls, and whether what is heard can be compared; see
    /// [`Chain::attend`] and [`Chain::set_comparable`].
    pub fn attend(&mut self, attended: bool, comparable: bool) {
        for chain in self.chains() {
            chain.attend(attended);
            chain.set_comparable(comparable);
        }
    }

    /// Changes what leaves every chain by so many dB; see [`Chain::set_match`].
    pub fn set_match(&mut self, gain_db: f64) {
        for chain in self.chains() {
            chain.set_match(gain_db);
        }
    }

    /// Says what to hear of each module, in every chain; see [`Rack::listen_to`].
    pub fn listen_to(&mut self, of: impl Fn(&'static Group) -> Listen) {
        for chain in self.chains() {
            chain.rack.listen_to(&of);
        }
    }

    /// Begins to measure what each module contributes, in every chain, or ends it.
    pub fn measure_contribution(&mut self, on: bool) {
        for chain in self.chains() {
            chain.rack.measure_contribution(on);
        }
    }

    /// Begins to learn in every chain, or ends it; see [`tandem_dsp::Processor::learn`].
    pub fn learn(&mut self, target_lufs: Option<f64>) {
        for chain in self.chains() {
            chain.rack.learn(target_lufs);
        }
    }

    /// Begins to capture from `source` in the chain that is heard, or ends it; see [`tandem_dsp::Processor::capture`].
    pub fn capture(&mut self, source: Option<Source>) {
        self.now.chain.rack.capture(source);
    }

    /// Says what has been captured and applied to every chain; see [`tandem_dsp::Processor::match_to`].
    pub fn match_to(&mut self, captured: Option<&Captured>) {
        for chain in self.chains() {
            chain.rack.match_to(captured);
        }
    }

    /// Says how fast the song is to every chain; see [`tandem_dsp::Processor::tempo`].
    pub fn tempo(&mut self, bpm: f64) {
        for chain in self.chains() {
            chain.rack.tempo(bpm);
        }
    }

    /// What a chain would have built; see [`tandem_dsp::kernel`].
    pub fn next_plan(&mut self) -> Option<Plan> {
        self.chains().find_map(|chain| chain.rack.next_plan())
    }

    /// Whether a chain waits for a kernel.
    pub fn awaits_kernel(&mut self) -> bool {
        self.chains().any(|chain| chain.rack.awaits_kernel())
    }

    /// Gives a kernel to the chain that has planned it. Returns one that none has use for.
    pub fn take_kernel(&mut self, kernel: Kernel) -> Option<Kernel> {
        self.chains().try_fold(kernel, |kernel, chain| chain.rack.take_kernel(kernel))
    }

    /// A kernel that a chain is done with, to be freed elsewhere.
    pub fn spent_kernel(&mut self) -> Option<convolver::Kernel> {
        self.chains().find_map(|chain| chain.rack.spent_kernel())
    }

    /// Builds the kernels that `settings` need; see [`Prepared::supply`].
    pub fn supply(&mut self, settings: &R::Settings) {
        self.now.supply(settings);
    }

    /// Forgets the past; a change under way is over at once. Returns the chain that is done with, to be freed elsewhere.
    pub fn reset(&mut self) -> Option<Box<Prepared<R>>> {
        let done = self.finish();
        self.now.chain.reset();
        done
    }

    /// Whether a change is under way.
    pub fn changing(&self) -> bool {
        !matches!(self.change, Change::None)
    }

    /// Begins to change to `next`, which has just been prepared and is aimed at `settings` here; for when no change is
    /// under way.
    pub fn change_to(&mut self, mut next: Box<Prepared<R>>, settings: &R::Settings, bypass: bool) {
        debug_assert!(!self.changing());
        next.chain.set(settings);
        next.chain.set_bypass(bypass);
        let frames_left = next.chain.latency();
        self.change = Change::Filling { next, frames_left };
    }

    /// Processes up to [`CHUNK`] frames in place; `keys` is as long. Returns a chain that is done with.
    pub fn process(&mut self, frames: &mut [Frame], keys: &[Frame]) -> Option<Box<Prepared<R>>> {
        debug_assert!(frames.len() <= CHUNK && frames.len() == keys.len());
        let other = &mut self.other[..frames.len()];
        match &mut self.change {
            Change::None => {
                self.now.chain.process(frames, keys);
                None
            }
            Change::Filling { next, frames_left } => {
                other.copy_from_slice(frames);
                next.chain.process(other, keys);
                self.now.chain.process(frames, keys);
                *frames_left = frames_left.saturating_sub(frames.len());
                if *frames_left == 0 {
                    let Change::Filling { next, .. } = std::mem::replace(&mut self.change, Change::None) else {
                        return None;
                    };
                    self.change = Change::Fading { next, frames_left: self.crossfade_frames };
                }
                None
            }
            Change::Fading { next, frames_left } => {
                other.copy_from_slice(frames);
                next.chain.process(other, keys);
                self.now.chain.process(frames, keys);
                let step = 1.0 / self.crossfade_frames as f64;
                for (old, new) in frames.iter_mut().zip(&*other) {
                    *frames_left = frames_left.saturating_sub(1);
                    let way = 1.0 - *frames_left as f64 * step;
                    let gain = 0.5 * (1.0 - (std::f64::consts::PI * way).cos());
                    *old = [old[0] + gain * (new[0] - old[0]), old[1] + gain * (new[1] - old[1])];
                }
                if *frames_left == 0 { self.finish() } else { None }
            }
        }
    }

    /// Ends a change: the next chain is the one.
    fn finish(&mut self) -> Option<Box<Prepared<R>>> {
        match std::mem::replace(&mut self.change, Change::None) {
            Change::None => None,
            Change::Filling { next, .. } | Change::Fading { next, .. } => Some(std::mem::replace(&mut self.now, next)),
        }
    }

    fn chains(&mut self) -> impl Iterator<Item = &mut Chain<R>> {
        let next = match &mut self.change {
            Change::None => None,
            Change::Filling { next, .. } | Change::Fading { next, .. } => Some(&mut next.chain),
        };
        std::iter::once(&mut self.now.chain).chain(next)
    }
}
