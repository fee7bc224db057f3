//! Limiter: lifts the sound into a ceiling that it never leaves, in six [styles](Style).
//!
//! [`LimiterSettings`] say what can be set. The sound is lifted, then turned down twice: by a `follower`, whose `law` is
//! the style's and whose look-ahead is the user's, and by a `guard`, which is the same in every style, sees between the
//! samples and has the last word. So a style may be as fast as it likes. Before both, on request, a soft `clipper`.
//!
//! The ceiling of a frame is the one that was set when it came in: both stages measure the sound over it, frame by
//! frame, so it holds while it moves.
//!
//! In Mix and Full all of this works on whole runs of its own, which are one control interval late. The latency is that,
//! the clipper's filters, the longest look-ahead, and the guard's interpolator and window: 7.6 ms at 48 kHz, 366 frames.
//! In Live there is no look-ahead and no guard: the follower's gain acts at once, and holds the samples, not what is
//! between them.

mod clipper;
mod feed;
mod follower;
mod guard;
mod law;
mod learn;
mod nyquist;
mod reading;
mod settings;
mod style;

pub use feed::Slice;
pub use learn::{Proposal, Verdict};
pub use reading::*;
pub use settings::*;
pub use style::Style;

use crate::block::delay::Delay;
use crate::block::magnitude::{higher, higher_of, highest};
use crate::block::octuple;
use crate::readout::Report;
use crate::smooth::Gain;
use crate::units::{db_to_gain, ms_to_frames};
use crate::wide::wide;
use crate::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use clipper::Clipper;
use feed::Feed;
use follower::Follower;
use guard::Guard;
use law::Run;
use learn::Learn;
use reading::Course;

/// The highest magnitude that is told from infinity: +200 dBFS. What is beyond is taken for it.
const HIGHEST: f64 = 1e10;

/// The limiter.
#[derive(Clone, Debug)]
pub struct Limiter {
    gain: Gain,
    ceiling: Gain,
    link: Gain,
    /// Listen state: the output is turned down by the gain.
    unity: Gain,
    listens_at_unity: bool,
    settings: LimiterSettings,
    live: bool,
    /// The run that comes in, with 1 / ceiling for each frame, and the one that leaves.
    input: Run<Frame>,
    lifts: Run<f32>,
    output: Run<Frame>,
    /// Frames of that run that have come in.
    place: usize,
    clipper: Clipper,
    /// What the clipper takes, over the ceiling, for the frames that leave the follower.
    later_residues: Delay<[f32; 2]>,
    /// Frames since there was any.
    unclipped: usize,
    follower: Follower,
    sound: Delay,
    /// 1 / ceiling for the frames that leave the follower.
    later_lifts: Delay<f32>,
    guard: Guard,
    /// Whether both channels have one gain, and for how long they could have had.
    linked: bool,
    together: usize,
    feed: Feed,
    /// The number of the first slice that [`Processor::report`] has not told of.
    reported: u64,
    course: Course,
    learn: Learn,
}

impl Default for Limiter {
    fn default() -> Self {
        Self {
            gain: Gain::default(),
            ceiling: Gain::default(),
            link: Gain::default(),
            unity: Gain::default(),
            listens_at_unity: false,
            settings: LimiterSettings::default(),
            live: true,
            input: [[0.0; 2]; CONTROL_INTERVAL],
            lifts: [0.0; CONTROL_INTERVAL],
            output: [[0.0; 2]; CONTROL_INTERVAL],
            place: 0,
            clipper: Clipper::default(),
            later_residues: Delay::default(),
            unclipped: 0,
            follower: Follower::default(),
            sound: Delay::default(),
            later_lifts: Delay::default(),
            guard: Guard::default(),
            linked: true,
            together: 0,
            feed: Feed::default(),
            reported: 0,
            course: Course::default(),
            learn: Learn::default(),
        }
    }
}

impl Limiter {
    fn aim_unity(&mut self) {
        self.unity.aim(if self.listens_at_unity { db_to_gain(-self.settings.gain_db) } else { 1.0 });
    }

    /// At the start of a run of the processing: what moves from run to run.
    fn begin_run(&mut self) {
        self.link.control();
        self.clipper.control();
        self.follower.control();
        let alike = self.linked || (self.follower.is_near() && self.guard.is_near());
        self.together =
            if alike && self.link.steady() == Some(1.0) { self.together.saturating_add(CONTROL_INTERVAL) } else { 0 };
        let linked = self.together > self.follower.memory() + self.guard.memory();
        if self.linked && !linked {
            self.follower.unlink();
            self.guard.unlink();
        }
        self.linked = linked;
    }

    /// How far each frame's channels are linked; None where both have one gain.
    #[inline(always)]
    fn links(&mut self, frames: usize) -> Option<Run<f32>> {
        if self.linked {
            return None;
        }
        let mut links = [0.0; CONTROL_INTERVAL];
        for link in &mut links[..frames] {
            *link = self.link.advance() as f32;
        }
        Some(links)
    }

    /// The follower's gains, in place on the sound that they belong to.
    #[inline(always)]
    fn follow(&mut self, levels: &[Run<f32>; 2], links: Option<&Run<f32>>, sound: &mut [Frame]) {
        let louder = louder(levels);
        match links {
            None => {
                if let Some(gains) = self.follower.run(0, &louder, sound.len()) {
                    for (frame, gain) in sound.iter_mut().zip(gains) {
                        *frame = frame.map(|x| x * f64::from(gain));
                    }
                    let lowest = lowest(gains[..sound.len()].iter().copied());
                    self.feed.first_gain(0, lowest);
                    self.feed.first_gain(1, lowest);
                }
            }
            Some(links) => {
                for lane in 0..2 {
                    let own: Run<f32> = levels[lane].map(f32::abs);
                    let lifted = std::array::from_fn(|i| own[i] + links[i] * (louder[i] - own[i]));
                    if let Some(gains) = self.follower.run(lane, &lifted, sound.len()) {
                        for (frame, gain) in sound.iter_mut().zip(gains) {
                            frame[lane] *= f64::from(gain);
                        }
                        self.feed.first_gain(lane, lowest(gains[..sound.len()].iter().copied()));
                    }
                }
            }
        }
    }

    /// What the clipper takes: now of the levels, later of the sound.
    #[inline(always)]
    fn clip(&mut self, residues: Option<[Run<f32>; 2]>, levels: &mut [Run<f32>; 2], sound: &mut Run<Frame>) {
        let mut late = [[0.0; 2]; CONTROL_INTERVAL];
        if let Some(residues) = residues {
            self.unclipped = 0;
            for i in 0..CONTROL_INTERVAL {
                late[i] = [residues[0][i], residues[1][i]];
                levels[0][i] += residues[0][i];
                levels[1][i] += residues[1][i];
            }
        } else if self.unclipped > self.later_residues.frames() {
            return;
        } else {
            self.unclipped += CONTROL_INTERVAL;
        }
        self.later_residues.run(&mut late);
        for ((frame, residues), lift) in sound.iter_mut().zip(late).zip(self.lifts) {
            if lift > 0.0 {
                let ceiling = 1.0 / f64::from(lift);
                for (x, residue) in frame.iter_mut().zip(residues) {
                    *x += f64::from(residue) * ceiling;
                }
            }
        }
    }

    /// A whole run, in Mix and Full.
    fn process(&mut self) {
        wide!(_simd => self.process_run(), else self.process_run());
    }

    #[inline(always)]
    fn process_run(&mut self) {
        self.begin_run();
        let mut sound = self.input;
        self.follower.hear(&sound);
        let links = self.links(CONTROL_INTERVAL);
        let mut levels = over(&sound, &self.lifts);
        self.feed.input(highest(&louder(&levels)) / self.lifts[CONTROL_INTERVAL - 1]);
        let residues = self.clipper.run(&mut levels);
        self.sound.run(&mut sound);
        self.later_lifts.run(&mut self.lifts);
        self.clip(residues, &mut levels, &mut sound);
        self.follow(&levels, links.as_ref(), &mut sound);
        let levels = over(&sound, &self.lifts);
        let gains = self.guard.run(&mut sound, &levels, links.as_ref());
        for (lane, gains) in gains.iter().enumerate() {
            if let Some(gains) = gains {
                self.feed.last_gain(lane, lowest(gains.iter().map(|gain| *gain as f32)));
            }
        }
        self.feed.output(peak(&sound));
        self.feed.end();
        self.output = sound;
    }

    /// Up to a run, in Mix and Full.
    #[inline(always)]
    fn run_late(&mut self, frames: &mut [Frame]) {
        let mut rest = frames;
        while !rest.is_empty() {
            let (now, later) = rest.split_at_mut(rest.len().min(CONTROL_INTERVAL - self.place));
            let part = self.place..self.place + now.len();
            self.lift(now);
            for ((frame, input), output) in
                now.iter_mut().zip(&mut self.input[part.clone()]).zip(&self.output[part.clone()])
            {
                *input = frame.map(|x| x.clamp(-HIGHEST, HIGHEST));
                *frame = *output;
            }
            match self.ceiling.steady() {
                Some(ceiling) => self.lifts[part].fill((1.0 / ceiling) as f32),
                None => {
                    for lift in &mut self.lifts[part] {
                        *lift = (1.0 / self.ceiling.advance()) as f32;
                    }
                }
            }
            self.place += now.len();
            if self.place == CONTROL_INTERVAL {
                self.place = 0;
                self.process();
            }
            rest = later;
        }
    }

    /// Up to a run between two control ticks, in Live.
    #[inline(always)]
    fn run_now(&mut self, frames: &mut [Frame]) {
        let length = frames.len().min(CONTROL_INTERVAL);
        self.lift(frames);
        let mut ceilings = [1.0; CONTROL_INTERVAL];
        let mut sound = [[0.0; 2]; CONTROL_INTERVAL];
        for i in 0..length {
            ceilings[i] = self.ceiling.advance();
            sound[i] = frames[i].map(|x| x.clamp(-HIGHEST, HIGHEST));
        }
        self.follower.hear(&sound[..length]);
        let links = self.links(length);
        let mut levels = over(&sound, &ceilings.map(|ceiling| (1.0 / ceiling) as f32));
        self.feed.input(peak(&sound));
        if let Some(residues) = self.clipper.run_now(&levels, length) {
            for i in 0..length {
                for lane in 0..2 {
                    levels[lane][i] += residues[lane][i];
                    sound[i][lane] += f64::from(residues[lane][i]) * ceilings[i];
                }
            }
        }
        self.follow(&levels, links.as_ref(), &mut sound[..length]);
        for i in 0..length {
            frames[i] = sound[i].map(|x| x.clamp(-ceilings[i], ceilings[i]));
        }
        self.feed.output(peak(&frames[..length]));
    }

    #[inline(always)]
    fn lift(&mut self, frames: &mut [Frame]) {
        multiply(&mut self.gain, frames);
    }
}

impl Processor for Limiter {
    type Settings = LimiterSettings;

    fn prepare(&mut self, rate: f64, mode: LatencyMode) {
        self.live = mode == LatencyMode::Live;
        for gain in [&mut self.gain, &mut self.ceiling, &mut self.link, &mut self.unity] {
            gain.prepare(rate);
        }
        let longest = if self.live { 0 } else { ms_to_frames(LOOK_AHEAD.range.1, rate).ceil() as usize };
        let first = if self.live { 0 } else { longest + octuple::DELAY };
        self.clipper.prepare(rate);
        self.later_residues.prepare(longest);
        self.follower.prepare(rate, longest);
        self.guard.prepare(rate);
        self.sound.prepare(first);
        self.later_lifts.prepare(first);
        let guard_late = if self.live { 0 } else { self.guard.latency() };
        self.feed.prepare(first + guard_late, guard_late);
        self.learn.prepare(rate);
        self.reset();
    }

    fn reset(&mut self) {
        for gain in [&mut self.gain, &mut self.ceiling, &mut self.link, &mut self.unity] {
            gain.reset();
        }
        self.input = [[0.0; 2]; CONTROL_INTERVAL];
        self.output = [[0.0; 2]; CONTROL_INTERVAL];
        self.lifts = [0.0; CONTROL_INTERVAL];
        self.place = 0;
        self.clipper.reset();
        self.later_residues.reset();
        self.unclipped = usize::MAX / 2;
        self.follower.reset();
        self.sound.reset();
        self.later_lifts.reset();
        self.guard.reset();
        (self.linked, self.together) = (true, usize::MAX / 2);
        self.feed.reset();
        self.learn.reset();
    }

    fn set(&mut self, settings: &LimiterSettings) {
        self.settings = *settings;
        self.learn.set(settings);
        self.gain.aim(db_to_gain(settings.gain_db));
        self.ceiling.aim(db_to_gain(settings.ceiling_db));
        self.link.aim(settings.link_percent / 100.0);
        self.clipper.set(settings);
        self.follower.set(settings);
        self.aim_unity();
    }

    fn control(&mut self) {
        self.gain.control();
        self.ceiling.control();
        self.unity.control();
        if self.live {
            self.begin_run();
            self.feed.end();
        }
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let mut frame = [input];
        self.run(&mut frame, &[key]);
        frame[0]
    }

    fn run(&mut self, frames: &mut [Frame], _keys: &[Frame]) {
        if self.learn.is_on() {
            self.learn.hear_input(frames, self.follower.release_ms());
        }
        if self.live {
            self.run_now(frames);
        } else {
            self.run_late(frames);
        }
        if self.learn.is_on() {
            self.learn.hear_output(frames);
        }
        multiply(&mut self.unity, frames);
    }

    fn report(&mut self, report: &mut impl Report) {
        self.tell(report);
    }

    fn learn(&mut self, target_lufs: Option<f64>) {
        self.learn_for(target_lufs);
    }

    /// Lets hear the output turned down by the gain, so that what the limiter does is not judged by its level.
    fn listen(&mut self, to: Listen) {
        self.listens_at_unity = to == Listen::UnityGain;
        self.aim_unity();
    }

    fn latency(&self) -> usize {
        if self.live { 0 } else { CONTROL_INTERVAL + self.sound.frames() + self.guard.latency() }
    }

    fn is_settled(&self) -> bool {
        self.follower.is_settled() && self.guard.is_settled()
    }
}

/// Multiplies by a gain that may be on its way.
#[inline(always)]
fn multiply(gain: &mut Gain, frames: &mut [Frame]) {
    match gain.steady() {
        Some(1.0) => {}
        Some(gain) => frames.iter_mut().for_each(|frame| *frame = frame.map(|x| x * gain)),
        None => {
            for frame in frames {
                let gain = gain.advance();
                *frame = frame.map(|x| x * gain);
            }
        }
    }
}

/// The sound over its ceiling, channel by channel.
#[inline(always)]
fn over(sound: &Run<Frame>, lifts: &Run<f32>) -> [Run<f32>; 2] {
    let (mut left, mut right) = ([0.0; CONTROL_INTERVAL], [0.0; CONTROL_INTERVAL]);
    for i in 0..CONTROL_INTERVAL {
        left[i] = sound[i][0] as f32 * lifts[i];
        right[i] = sound[i][1] as f32 * lifts[i];
    }
    [left, right]
}

/// The magnitude of the louder channel.
#[inline(always)]
fn louder([left, right]: &[Run<f32>; 2]) -> Run<f32> {
    higher_of(&left.map(f32::abs), &right.map(f32::abs))
}

#[inline(always)]
fn peak(frames: &[Frame]) -> f32 {
    let mut peak = [0.0; 2];
    for frame in frames {
        for (peak, x) in peak.iter_mut().zip(frame) {
            *peak = if x.abs() > *peak { x.abs() } else { *peak };
        }
    }
    higher(peak[0] as f32, peak[1] as f32)
}

#[inline(always)]
fn lowest(gains: impl Iterator<Item = f32>) -> f32 {
    gains.fold(1.0, |lowest, gain| if gain < lowest { gain } else { lowest })
}
