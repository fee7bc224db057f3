//! Four points for each sample, and back, in few frames and with linear phase.
//!
//! One filter up and one down, both at four times the rate. They are for what is added to a sound, not for the sound: what
//! they make of it above 15 kHz at 44.1 kHz (-2.6 dB there, -11 dB at 18 kHz) is the price of a delay of [`DELAY`] frames.

use super::inter_sample::part;
use super::kaiser::windowed_sinc;
use crate::CONTROL_INTERVAL;

const RUN: usize = CONTROL_INTERVAL;

/// Points for each sample.
pub const TIMES: usize = 4;

/// Points from a point to each end of the filter up, and of the one down.
const UP: usize = 20;
const DOWN: usize = 35;

/// Frames from a sample in to what is made of it out: up, one point in between for curves that look at both neighbours of
/// a point, and down.
pub const DELAY: usize = (UP + 1 + DOWN) / TIMES;

/// Corners over the rate of the points, and shapes of the Kaiser windows. Up: images of what lies below 10 kHz at
/// 44.1 kHz are 100 dB down. Down: what folds back from above 24.5 kHz is 86 dB down, and harmonics there are below
/// -14 dB.
const UP_CORNER: f64 = 0.11;
const UP_SHAPE: f64 = 10.0;
const DOWN_CORNER: f64 = 0.1;
const DOWN_SHAPE: f64 = 8.5;

/// Pairs of samples that the places between two of them weigh, and that the place at a sample does beside the one there.
const PAIRS: usize = UP / TIMES;

/// Samples of before that the way up needs, and points of before that the way down needs, for each place.
const SAMPLES_PAST: usize = 2 * PAIRS;
const POINTS_PAST: usize = (2 * DOWN).div_ceil(TIMES);

/// The points of a run, by their place between two samples.
pub type Points = [[f32; RUN]; TIMES];

/// The points of a run with the one before the first place and the one after the last.
pub type Around = [[f32; RUN]; TIMES + 2];

/// Taps up, from the outermost pair of samples inwards. The place half way between two samples is symmetrical, and those a
/// quarter of the way are each other's mirror image: their taps are a common even part and an odd one of opposite signs.
#[derive(Clone, Debug)]
struct Up {
    /// At a sample: the taps of its pairs, and its own.
    here: [f32; PAIRS],
    own: f32,
    even: [f32; PAIRS],
    odd: [f32; PAIRS],
    half: [f32; PAIRS],
}

/// The way up and the way down of both channels.
#[derive(Clone, Debug)]
pub struct Quadruple {
    up: Up,
    /// From the end to the middle.
    down: [f32; DOWN + 1],
    channels: [Channel; 2],
}

/// What is kept of a channel.
#[derive(Clone, Debug)]
struct Channel {
    samples: [f32; SAMPLES_PAST + RUN],
    /// Of the frame before: the last two points.
    last: [f32; 2],
    made: [[f32; POINTS_PAST + RUN]; TIMES],
    /// Of this run: kept so that there is no clearing.
    around: Around,
    fresh: Points,
}

impl Default for Quadruple {
    fn default() -> Self {
        let channel = Channel {
            samples: [0.0; SAMPLES_PAST + RUN],
            last: [0.0; 2],
            made: [[0.0; POINTS_PAST + RUN]; TIMES],
            around: [[0.0; RUN]; TIMES + 2],
            fresh: [[0.0; RUN]; TIMES],
        };
        Self { up: up(), down: down(), channels: [channel.clone(), channel] }
    }
}

/// A run, and for each of its places the value at the place before.
#[inline(always)]
fn later(points: &[f32; RUN], before: f32) -> [f32; RUN] {
    let mut later = [before; RUN];
    later[1..].copy_from_slice(&points[..RUN - 1]);
    later
}

/// Makes what `frames` have come after the past of the next run.
#[inline(always)]
fn pass<const LENGTH: usize>(buffer: &mut [f32; LENGTH], frames: usize) {
    if frames == RUN {
        // Of a length that is known: no call.
        buffer.copy_within(RUN.., 0);
    } else {
        buffer.copy_within(frames..frames + LENGTH - RUN, 0);
    }
}

impl Quadruple {
    /// Forgets the past.
    pub fn reset(&mut self) {
        for channel in &mut self.channels {
            channel.samples.fill(0.0);
            channel.last = [0.0; 2];
            channel.made.as_flattened_mut().fill(0.0);
        }
    }

    /// Takes `frames` samples of each channel in. `bend` is given a channel's number, the points before the samples, at
    /// them and after them, and makes other ones of all but the first and the last. What comes of that at the samples'
    /// rate, [`DELAY`] frames late.
    #[inline(always)]
    pub fn run(
        &mut self,
        samples: &[[f32; RUN]; 2],
        frames: usize,
        mut bend: impl FnMut(usize, &Around, &mut Points),
    ) -> [[f32; RUN]; 2] {
        // Channel after channel at each step: what one step has written is there when the next one reads it.
        for (channel, samples) in self.channels.iter_mut().zip(samples) {
            channel.samples[SAMPLES_PAST..].copy_from_slice(samples);
        }
        for channel in &mut self.channels {
            channel.go_up(&self.up, frames);
        }
        for (lane, channel) in self.channels.iter_mut().enumerate() {
            bend(lane, &channel.around, &mut channel.fresh);
        }
        for channel in &mut self.channels {
            for (kept, made) in channel.made.iter_mut().zip(&channel.fresh) {
                kept[POINTS_PAST..].copy_from_slice(made);
            }
        }
        let mut sums = [[0.0; RUN]; 2];
        for (channel, sum) in self.channels.iter_mut().zip(&mut sums) {
            channel.go_down(&self.down, frames, sum);
        }
        sums
    }
}

impl Channel {
    #[inline(never)]
    fn go_up(&mut self, up: &Up, frames: usize) {
        let [c_before, d_before, a, b, c, d] = &mut self.around;
        for (i, a) in a.iter_mut().enumerate() {
            let past = |back: usize| self.samples[SAMPLES_PAST - back + i];
            let mut here = up.own * past(PAIRS);
            for pair in 0..PAIRS {
                here += up.here[pair] * (past(pair) + past(2 * PAIRS - pair));
            }
            *a = here;
        }
        for i in 0..RUN {
            let past = |back: usize| self.samples[SAMPLES_PAST - back + i];
            let (mut even, mut odd, mut half) = (0.0, 0.0, 0.0);
            for pair in 0..PAIRS {
                let (new, old) = (past(pair), past(2 * PAIRS - 1 - pair));
                even += up.even[pair] * (new + old);
                odd += up.odd[pair] * (new - old);
                half += up.half[pair] * (new + old);
            }
            (b[i], c[i], d[i]) = (even + odd, half, even - odd);
        }
        pass(&mut self.samples, frames);
        // Shifted by a point: the one in the middle is known when the one after it is.
        (*c_before, *d_before) = (later(c, self.last[0]), later(d, self.last[1]));
        self.last = [c[frames - 1], d[frames - 1]];
    }

    /// What the filter down makes of the points.
    #[inline(never)]
    fn go_down(&mut self, down: &[f32; DOWN + 1], frames: usize, sum: &mut [f32; RUN]) {
        let middle = self.at(DOWN);
        *sum = self.folded::<0>(down);
        for part in [self.folded::<1>(down), self.folded::<2>(down), self.folded::<3>(down), self.folded::<4>(down)] {
            for i in 0..RUN {
                sum[i] += part[i];
            }
        }
        for i in 0..RUN {
            sum[i] += down[DOWN] * middle[i];
        }
        for kept in &mut self.made {
            pass(kept, frames);
        }
    }

    /// A run of points, so many points back from the one at the newest sample.
    #[inline(always)]
    fn at(&self, back: usize) -> [f32; RUN] {
        let place = (TIMES - back % TIMES) % TIMES;
        part(&self.made[place], POINTS_PAST - (back + place) / TIMES)
    }

    /// The sum of the taps of the group `GROUP`, of which [`GROUPS`] make half of the filter: few enough for the loop to be
    /// unrolled, which keeps the sum in registers.
    #[inline(always)]
    fn folded<const GROUP: usize>(&self, down: &[f32; DOWN + 1]) -> [f32; RUN] {
        let mut sum = [0.0; RUN];
        for k in 0..DOWN / GROUPS {
            let back = GROUP * (DOWN / GROUPS) + k;
            let (tap, new, old) = (down[back], self.at(back), self.at(2 * DOWN - back));
            for i in 0..RUN {
                sum[i] += tap * (new[i] + old[i]);
            }
        }
        sum
    }
}

/// Groups of taps; see [`Channel::folded`].
const GROUPS: usize = 5;

/// A tap of a low-pass at four times the rate; `distance` in points.
fn tap(distance: f64, reach: usize, corner: f64, shape: f64) -> f64 {
    // The sinc's zeros are a point over twice the corner apart.
    windowed_sinc(2.0 * corner * distance, 2.0 * corner * (reach as f64 + 0.5), shape)
}

/// Taps up; each place has a gain of 1 at zero frequency.
fn up() -> Up {
    // From the newest sample on.
    let place = |place: usize| {
        let taps: [f64; 2 * PAIRS + 1] = std::array::from_fn(|back| {
            let distance = (TIMES * back + place) as f64 - UP as f64;
            if distance.abs() > UP as f64 { 0.0 } else { tap(distance, UP, UP_CORNER, UP_SHAPE) }
        });
        let sum: f64 = taps.iter().sum();
        taps.map(|tap| tap / sum)
    };
    let [here, quarter, half] = [place(0), place(1), place(2)];
    let mirrored = |pair: usize| quarter[2 * PAIRS - 1 - pair];
    Up {
        here: std::array::from_fn(|pair| here[pair] as f32),
        own: here[PAIRS] as f32,
        even: std::array::from_fn(|pair| (0.5 * (quarter[pair] + mirrored(pair))) as f32),
        odd: std::array::from_fn(|pair| (0.5 * (quarter[pair] - mirrored(pair))) as f32),
        half: std::array::from_fn(|pair| half[pair] as f32),
    }
}

/// Half of the taps down, from the end to the middle, with a gain of 1 at zero frequency.
fn down() -> [f32; DOWN + 1] {
    let taps: [f64; DOWN + 1] = std::array::from_fn(|k| tap((DOWN - k) as f64, DOWN, DOWN_CORNER, DOWN_SHAPE));
    let sum = taps[DOWN] + 2.0 * taps[..DOWN].iter().sum::<f64>();
    taps.map(|tap| (tap / sum) as f32)
}
