//! The first reflections of a room: the nearest images of the source in its walls (J. Allen and D. Berkley, JASA 65, 1979).

use super::decay::Slope;
use super::spaces::Shape;
use crate::CONTROL_INTERVAL;
use crate::block::crossing::Crossing;
use crate::block::line::{Line, Run};

/// Reflections a side.
const TAPS: usize = 14;

/// Both sides.
const ALL: usize = 2 * TAPS;

/// Length, width and height of the room at 100 %, m.
const ROOM_M: [f64; 3] = [7.3, 5.7, 3.1];

/// Where the source stands, between left and right.
const SOURCE_M: [f64; 3] = [2.4, 2.85, 1.5];

/// Where the ears are, on a line across the room: a little further apart than a head's, and not quite in the middle.
const EARS_M: [[f64; 3]; 2] = [[5.3, 2.3, 1.7], [5.2, 3.0, 1.7]];

/// What each wall leaves of the amplitude.
const WALL: f64 = 0.85;

/// Speed of sound, m/s.
const SOUND_M_A_SECOND: f64 = 343.0;

/// How far images are looked for, in rooms each way.
const ROOMS: i32 = 3;

/// A reflection on its way to an ear.
#[derive(Clone, Copy, Debug, Default)]
struct Tap {
    /// After the direct sound.
    ms: f64,
    gain: f32,
    /// Which side of the source it is of: the walls left and right swap them.
    side: usize,
}

/// The first reflections, read out of the lines in which the sound waits.
#[derive(Clone, Debug)]
pub(super) struct Early {
    rate: f64,
    taps: [Tap; ALL],
    distances: Crossing<ALL>,
    gains: [Slope; ALL],
}

impl Default for Early {
    fn default() -> Self {
        Self { rate: 0.0, taps: [Tap::default(); ALL], distances: Crossing::default(), gains: [Slope::default(); ALL] }
    }
}

impl Early {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        self.rate = rate;
        self.distances.prepare(rate);
        let (left, right) = self.taps.split_at_mut(TAPS);
        strongest(0, left);
        strongest(1, right);
    }

    /// The last reflection, ms, in a room of size 1.
    pub fn longest_ms(&self) -> f64 {
        self.taps.iter().fold(0.0, |longest, tap| tap.ms.max(longest))
    }

    /// A control tick. The reflections come `wait` frames later. Returns whether [`energy`](Self::energy) is another one.
    pub fn control(&mut self, shape: &Shape, wait: usize) -> bool {
        if shape.resized {
            self.distances.aim(self.taps.map(|tap| wait + shape.frames(tap.ms, self.rate)));
        }
        let anew = self.distances.control(shape.jumps) || shape.changed;
        for i in 0..ALL {
            self.gains[i].control(anew.then(|| self.gain(i, shape)), shape.jumps);
        }
        anew
    }

    /// Gain of a reflection: the walls', and what the decay takes since the first one.
    fn gain(&self, i: usize, shape: &Shape) -> f64 {
        let way = (self.distances.length(i) - self.distances.length(i / TAPS * TAPS)).max(0.0);
        f64::from(self.taps[i].gain) * shape.decay.gain(way, self.rate)
    }

    /// Energy of the reflections of a click, on the mean of both sides.
    pub fn energy(&self, shape: &Shape) -> f64 {
        (0..ALL).map(|i| self.gain(i, shape).powi(2)).sum::<f64>() / 2.0
    }

    /// The reflections' next run.
    #[inline(always)]
    pub fn read(&self, lines: &[Line; 2]) -> [Run; 2] {
        let mut out = [[0.0; CONTROL_INTERVAL]; 2];
        for (i, tap) in self.taps.iter().enumerate() {
            let (line, sum) = (&lines[tap.side], &mut out[i / TAPS]);
            match self.gains[i].steady() {
                Some(gain) if !self.distances.moves() => line.add(self.distances.distances()[i], gain, sum),
                _ => {
                    let mut run = self.distances.read(i, |distance| line.read(distance));
                    self.gains[i].apply(&mut run);
                    sum.iter_mut().zip(&run).for_each(|(sum, x)| *sum += x);
                }
            }
        }
        out
    }
}

/// The strongest reflections at an ear, of unit energy together.
fn strongest(ear: usize, taps: &mut [Tap]) {
    let ear_m = EARS_M[ear];
    let distance_m = |image: [f64; 3]| (0..3).map(|axis| (image[axis] - ear_m[axis]).powi(2)).sum::<f64>().sqrt();
    let direct_m = distance_m(SOURCE_M);
    let mut found = 0;
    for x in -ROOMS..=ROOMS {
        for y in -ROOMS..=ROOMS {
            for z in -ROOMS..=ROOMS {
                let walls = x.abs() + y.abs() + z.abs();
                if walls == 0 {
                    continue;
                }
                let image = [x, y, z];
                let image_m = std::array::from_fn(|axis| {
                    let (room, source) = (ROOM_M[axis], SOURCE_M[axis]);
                    let n = image[axis];
                    f64::from(n) * room + if n % 2 == 0 { source } else { room - source }
                });
                let away_m = distance_m(image_m);
                // Ceiling and floor turn the phase of what comes from them alike; the sign keeps the sum from being all
                // of one colour.
                let sign = if (x + 2 * y + z) % 2 == 0 { 1.0 } else { -1.0 };
                let tap = Tap {
                    ms: 1e3 * (away_m - direct_m) / SOUND_M_A_SECOND,
                    gain: (sign * WALL.powi(walls) * direct_m / away_m) as f32,
                    side: if y % 2 == 0 { ear } else { 1 - ear },
                };
                // Among the strongest so far, in order.
                let at = taps[..found].partition_point(|other| other.gain.abs() >= tap.gain.abs());
                if at < taps.len() {
                    found = (found + 1).min(taps.len());
                    taps[at..found].rotate_right(1);
                    taps[at] = tap;
                }
            }
        }
    }
    let energy: f32 = taps.iter().map(|tap| tap.gain * tap.gain).sum();
    taps.iter_mut().for_each(|tap| tap.gain /= energy.sqrt());
}
