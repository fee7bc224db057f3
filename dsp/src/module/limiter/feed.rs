//! What a panel draws: peaks in and out and what was cut, control interval by control interval.

use crate::CONTROL_INTERVAL;
use crate::units::gain_to_db;

/// Intervals that can be read after the fact: at least those of the longest block a host may ask for.
const KEPT: u64 = 1_024;

/// Places in the ring: those and the ones that are still being written, up to the highest rate.
const PLACES: usize = 2_048;

/// One control interval of what went through a limiter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slice {
    /// Highest sample in after the gain, linear: what would have left without a limiter.
    pub input_peak: f32,
    /// Highest sample out, linear.
    pub output_peak: f32,
    /// Lowest gain, left and right, linear.
    pub gain: [f32; 2],
}

impl Slice {
    const NOTHING: Self = Self { input_peak: 0.0, output_peak: 0.0, gain: [1.0; 2] };

    /// What was taken, dB, zero or more: of the channel of which more was taken.
    pub fn reduction_db(&self) -> f64 {
        -gain_to_db(f64::from(self.gain[0].min(self.gain[1])))
    }
}

/// A ring of slices, in which input and gains wait for the sound that they belong to.
#[derive(Clone, Debug, Default)]
pub(super) struct Feed {
    slices: Box<[Slice]>,
    /// Slices that are over.
    count: u64,
    /// Intervals until a level that comes in leaves, and until one that leaves the first stage does.
    late: [usize; 2],
}

impl Feed {
    /// Readies for a sound that leaves so many frames after it came in and after it left the first stage. Allocates.
    pub fn prepare(&mut self, input_late: usize, first_late: usize) {
        self.slices = vec![Slice::NOTHING; PLACES].into_boxed_slice();
        self.late = [input_late, first_late]
            .map(|frames| ((frames + CONTROL_INTERVAL / 2) / CONTROL_INTERVAL).min(PLACES - KEPT as usize - 1));
        self.reset();
    }

    /// Forgets the past. The count goes on, so that a reader never waits for it.
    pub fn reset(&mut self) {
        self.slices.fill(Slice::NOTHING);
    }

    fn slice(&mut self, ahead: usize) -> Option<&mut Slice> {
        let place = (self.count as usize).wrapping_add(ahead) % PLACES;
        self.slices.get_mut(place)
    }

    /// A peak that comes in.
    pub fn input(&mut self, peak: f32) {
        let late = self.late[0];
        if let Some(slice) = self.slice(late) {
            slice.input_peak = slice.input_peak.max(peak);
        }
    }

    /// The lowest gain of the first stage.
    pub fn first_gain(&mut self, lane: usize, gain: f32) {
        let late = self.late[1];
        if let Some(slice) = self.slice(late) {
            slice.gain[lane] = slice.gain[lane].min(gain);
        }
    }

    /// The lowest gain of the last stage, which is on top of the first's.
    pub fn last_gain(&mut self, lane: usize, gain: f32) {
        if let Some(slice) = self.slice(0) {
            slice.gain[lane] *= gain;
        }
    }

    /// A peak that leaves.
    pub fn output(&mut self, peak: f32) {
        if let Some(slice) = self.slice(0) {
            slice.output_peak = slice.output_peak.max(peak);
        }
    }

    /// The interval is over.
    pub fn end(&mut self) {
        self.count += 1;
        let late = self.late[0];
        if let Some(slice) = self.slice(late) {
            *slice = Slice::NOTHING;
        }
    }

    /// Slices that are over since the start.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Those from number `since` on, oldest first, as far as they are kept.
    pub fn since(&self, since: u64) -> impl Iterator<Item = Slice> + '_ {
        let first = since.max(self.count.saturating_sub(KEPT));
        (first..self.count).filter_map(|number| self.slices.get(number as usize % PLACES).copied())
    }

    /// The newest slice.
    pub fn last(&self) -> Slice {
        self.since(self.count.saturating_sub(1)).next().unwrap_or(Slice::NOTHING)
    }
}
