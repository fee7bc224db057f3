//! The last stage of every style: holds the true peak.
//!
//! The gain is the lowest that any peak within the window needs, let go with one pole, and smoothed by moving averages
//! as long as the window: every weight under the averages at a peak already has what the peak needs, so the gain
//! there has it too. How far the peaks between samples stay under the ceiling is then up to how well they are found,
//! and to how little the gain moves within the few samples that decide a peak; hence the window.

use super::law::Run;
use super::nyquist::NearNyquist;
use crate::block::ballistics::share;
use crate::block::box_cascade::BoxCascade;
use crate::block::delay::Delay;
use crate::block::inter_sample::{DELAY, InterSample};
use crate::block::magnitude::{higher, higher_of, highest};
use crate::block::sliding_max::SlidingMax;
use crate::units::ms_to_frames;
use crate::{CONTROL_INTERVAL, Frame};

/// How far it looks ahead.
const WINDOW_MS: f64 = 0.6;

/// Time constant with which it lets go: what is left to it are the peaks between samples.
const RELEASE_MS: f64 = 20.0;

/// A cut below this is none.
const NOTHING: f32 = 1e-7;

/// Holds the true peak of two channels under a ceiling.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard {
    detectors: [InterSample; 2],
    near_nyquist: [NearNyquist; 2],
    cuts: [Cut; 2],
    sound: Delay,
    window: usize,
}

/// What is taken from a channel: 1 - gain.
#[derive(Clone, Debug, Default)]
struct Cut {
    last_peak: f32,
    window: SlidingMax,
    /// What is on its way back.
    held: f32,
    keep: f32,
    averages: BoxCascade<4>,
    /// Frames for which nothing has been cut.
    idle: usize,
}

impl Guard {
    /// Readies for `rate` Hz. Allocates.
    pub fn prepare(&mut self, rate: f64) {
        self.window = (ms_to_frames(WINDOW_MS, rate).round() as usize).max(1);
        self.sound.prepare(self.latency());
        for cut in &mut self.cuts {
            cut.window.prepare(self.window + 1);
            cut.averages.prepare(self.window);
            cut.keep = (1.0 - share(RELEASE_MS, rate)) as f32;
        }
        self.reset();
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.detectors.iter_mut().for_each(InterSample::reset);
        self.near_nyquist.iter_mut().for_each(NearNyquist::reset);
        self.sound.reset();
        for cut in &mut self.cuts {
            cut.window.reset();
            cut.averages.reset();
            (cut.last_peak, cut.held, cut.idle) = (0.0, 0.0, usize::MAX / 2);
        }
    }

    /// Frames by which the sound is late.
    pub fn latency(&self) -> usize {
        DELAY + self.window
    }

    /// Frames of the past on which the gain depends, but for what is held.
    pub fn memory(&self) -> usize {
        2 * self.window + CONTROL_INTERVAL
    }

    /// Whether both channels are held down alike.
    pub fn is_near(&self) -> bool {
        let [left, right] = &self.cuts;
        (left.held - right.held).abs() <= NOTHING
    }

    /// From one gain for both channels to one for each: the second begins as the first.
    pub fn unlink(&mut self) {
        let [left, right] = &mut self.cuts;
        right.window.copy_past(&left.window);
        right.averages.copy_past(&left.averages);
        (right.last_peak, right.held, right.idle) = (left.last_peak, left.held, left.idle);
    }

    /// Whether nothing is on its way back any more.
    pub fn is_settled(&self) -> bool {
        self.cuts.iter().all(|cut| cut.held < 1e-5)
    }

    /// A run, in place. `levels` is the sound over the ceiling, channel by channel. With `link` None, both channels get
    /// the gain of the higher peak; else each is lifted that far towards it.
    #[inline(always)]
    pub fn run(
        &mut self,
        sound: &mut Run<Frame>,
        levels: &[Run<f32>; 2],
        link: Option<&Run<f32>>,
    ) -> [Option<Run<f64>>; 2] {
        let mut peaks = [[0.0; CONTROL_INTERVAL]; 2];
        for lane in 0..2 {
            let near_nyquist = self.near_nyquist[lane].run(&levels[lane]);
            peaks[lane] = self.detectors[lane].run(&levels[lane]).map(|peak| peak + near_nyquist);
        }
        let [left, right] = &mut peaks;
        let higher = higher_of(left, right);
        self.sound.run(sound);
        let gains = match link {
            None => {
                let gains = self.cuts[0].run(&higher, self.window);
                [gains, gains]
            }
            Some(link) => {
                for i in 0..CONTROL_INTERVAL {
                    left[i] += link[i] * (higher[i] - left[i]);
                    right[i] += link[i] * (higher[i] - right[i]);
                }
                [self.cuts[0].run(left, self.window), self.cuts[1].run(right, self.window)]
            }
        };
        for lane in 0..2 {
            if let Some(gains) = &gains[lane] {
                for (frame, gain) in sound.iter_mut().zip(gains) {
                    frame[lane] *= gain;
                }
            }
        }
        gains
    }
}

impl Cut {
    /// The gains, for the frames `window` before those of `peaks`, which are the highest of the gaps after each frame;
    /// None where all are 1.
    #[inline(always)]
    fn run(&mut self, peaks: &Run<f32>, window: usize) -> Option<Run<f64>> {
        let before = std::array::from_fn(|i| if i == 0 { self.last_peak } else { peaks[i - 1] });
        let mut needed = higher_of(peaks, &before);
        self.last_peak = peaks[CONTROL_INTERVAL - 1];
        if highest(&needed) > 1.0 {
            self.idle = 0;
            // What is lost by rounding near 1 must not be missing from a gain near 0.
            needed = needed.map(|peak| if peak > 1.0 { 1.0 - 1.0 / peak + f32::EPSILON } else { 0.0 });
        } else if self.idle > 2 * window + CONTROL_INTERVAL && self.held == 0.0 {
            return None;
        } else {
            self.idle += CONTROL_INTERVAL;
            needed = [0.0; CONTROL_INTERVAL];
        }
        self.window.run(&mut needed, window + 1);
        let mut held = self.held;
        let mut cuts = [0.0; CONTROL_INTERVAL];
        for (cut, needed) in cuts.iter_mut().zip(needed) {
            held = higher(needed, held * self.keep);
            *cut = f64::from(held);
        }
        self.held = if held < NOTHING { 0.0 } else { held };
        self.averages.run(&mut cuts);
        Some(cuts.map(|cut| if cut < 1.0 { 1.0 - cut } else { 0.0 }))
    }
}
