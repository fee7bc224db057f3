//! Peak and VU level.

use crate::units::{gain_to_db, power_to_db};
use crate::{CONTROL_INTERVAL, Frame};

/// A VU needle rises to this part of its deflection, which is linear in level, in this time (IEC 60268-17).
const VU_RISE: (f64, f64) = (0.99, 0.3);

/// Peak since the last reading and VU power of each channel. Ballistics of display live in the editor.
#[derive(Clone, Debug, Default)]
pub struct Level {
    peak: Frame,
    power: Frame,
    /// What a control interval leaves of the power before it.
    keep: f64,
    /// Sum of squares of the control interval that runs.
    sum: Frame,
    /// Frames in `sum`.
    frames: usize,
}

/// What a [`Level`] has read, left and right, in dB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelReading {
    /// Highest sample peak since the last reading, dBFS.
    pub peak_db: Frame,
    /// VU: mean power, dB re a full-scale sine's (so that a sine reads its peak level).
    pub vu_db: Frame,
}

impl Level {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        // One pole on power: 1 - keep^n is the square of the deflection after n intervals.
        let (deflection, time_s) = VU_RISE;
        let intervals = time_s * rate / CONTROL_INTERVAL as f64;
        self.keep = (1.0 - deflection * deflection).powf(1.0 / intervals);
        self.reset();
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        *self = Self { keep: self.keep, ..Self::default() };
    }

    /// Looks at any number of frames.
    #[inline(always)]
    pub fn run(&mut self, frames: &[Frame]) {
        let mut rest = frames;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(CONTROL_INTERVAL - self.frames));
            self.look(now);
            self.count(now.len());
            rest = later;
        }
    }

    /// As [`run`](Self::run) with `frames` frames of silence.
    pub fn run_silence(&mut self, frames: usize) {
        if self.power == [0.0; 2] && self.sum == [0.0; 2] {
            self.frames = (self.frames + frames) % CONTROL_INTERVAL;
            return;
        }
        let mut left = frames;
        while left > 0 {
            let now = left.min(CONTROL_INTERVAL - self.frames);
            self.count(now);
            left -= now;
        }
    }

    #[inline(always)]
    fn look(&mut self, frames: &[Frame]) {
        // Two at a time: each sum and each maximum waits for itself, not for the other.
        let (pairs, last) = frames.as_chunks::<2>();
        let (mut peaks, mut sums) = ([self.peak, [0.0; 2]], [self.sum, [0.0; 2]]);
        for pair in pairs {
            for (frame, (peak, sum)) in pair.iter().zip(peaks.iter_mut().zip(&mut sums)) {
                look(frame, peak, sum);
            }
        }
        for frame in last {
            look(frame, &mut peaks[0], &mut sums[0]);
        }
        let [first, second] = peaks;
        self.peak = [0, 1].map(|lane| if first[lane] > second[lane] { first[lane] } else { second[lane] });
        self.sum = [0, 1].map(|lane| sums[0][lane] + sums[1][lane]);
    }

    /// Ends the interval once it is full.
    fn count(&mut self, frames: usize) {
        self.frames += frames;
        if self.frames == CONTROL_INTERVAL {
            for (power, sum) in self.power.iter_mut().zip(&mut self.sum) {
                let mean = std::mem::take(sum) / CONTROL_INTERVAL as f64;
                let next = mean + self.keep * (*power - mean);
                *power = if next < 1e-30 { 0.0 } else { next };
            }
            self.frames = 0;
        }
    }

    /// Reads, and starts a new peak.
    pub fn read(&mut self) -> LevelReading {
        let peak = std::mem::take(&mut self.peak);
        LevelReading { peak_db: peak.map(gain_to_db), vu_db: self.power.map(|p| power_to_db(2.0 * p)) }
    }
}

#[inline(always)]
fn look(frame: &Frame, peak: &mut Frame, sum: &mut Frame) {
    for lane in 0..2 {
        let magnitude = frame[lane].abs();
        peak[lane] = if magnitude > peak[lane] { magnitude } else { peak[lane] };
        sum[lane] += frame[lane] * frame[lane];
    }
}
