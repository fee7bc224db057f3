//! The three spaces, made of the same parts as far as they are alike; one of them sounds at a time.

use super::decay::{Decay, Slope};
use super::diffuser::{Diffuser, PASSES};
use super::early::Early;
use super::network::{self, Network};
use super::tank::{self, Tank};
use super::{ReverbSettings, Space};
use crate::block::line::{Line, Run};
use crate::units::ms_to_frames;

/// Lengths of the hall's lines, ms: no two in a simple ratio.
const HALL_MS: [f64; network::LINES] =
    [24.5, 43.7, 32.1, 57.1, 27.5, 51.5, 37.0, 60.4, 26.5, 46.2, 35.1, 54.2, 30.3, 48.8, 40.8, 38.8];

/// Lengths of the room's lines, ms.
const ROOM_MS: [f64; network::LINES] =
    [13.6, 33.7, 21.1, 52.3, 16.4, 43.9, 25.3, 57.4, 14.5, 37.0, 23.6, 48.2, 18.7, 40.6, 28.9, 31.1];

/// Lengths of each space's diffuser, ms, and the sine of its angle.
const HALL_DIFFUSER: ([f64; PASSES], f64) = ([6.3, 10.9, 17.7, 26.9], 0.7);
const ROOM_DIFFUSER: ([f64; PASSES], f64) = ([2.3, 3.7, 5.9, 9.1], 0.62);
const PLATE_DIFFUSER: ([f64; PASSES], f64) = ([4.77, 3.59, 12.73, 9.31], 0.68);

/// The largest size that memory is there for.
const LARGEST: f64 = 2.0;

/// In a space whose mean path is longer than this share of the decay, single reflections would be heard instead of a tail;
/// in the plate, single rounds.
const PATH_OF_DECAY: f64 = 1.0 / 20.0;
const PLATE_PATH_OF_DECAY: f64 = 1.0 / 24.0;

/// What the parts of a space need to know at a control tick.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shape {
    /// Size; 1 = 100 %.
    pub scale: f64,
    /// How everything decays at the next control tick.
    pub decay: Decay,
    /// Whether `decay` is another one than at the last tick.
    pub changed: bool,
    /// Whether `scale` is, or which space it is, or how long the sound waits.
    pub resized: bool,
    /// Whether to be there at once.
    pub jumps: bool,
}

impl Shape {
    /// What is `ms` long at 100 %, in whole frames.
    pub fn frames(&self, ms: f64, rate: f64) -> usize {
        (ms_to_frames(ms * self.scale, rate).round() as usize).max(Line::SHORTEST)
    }
}

/// Mean of a space's lines, ms at 100 %.
fn mean_ms(space: Space) -> f64 {
    match space {
        Space::Plate => tank::MEAN_MS,
        Space::Room => ROOM_MS.iter().sum::<f64>() / network::LINES as f64,
        Space::Hall => HALL_MS.iter().sum::<f64>() / network::LINES as f64,
    }
}

/// How large a space is: as set, but not too large for its decay.
pub(super) fn scale(settings: &ReverbSettings) -> f64 {
    let share = if settings.space == Space::Plate { PLATE_PATH_OF_DECAY } else { PATH_OF_DECAY };
    (settings.size_percent / 100.0).min(share * settings.decay_ms / mean_ms(settings.space))
}

/// Frames of a mean line with `settings` at `rate` Hz, and how many more its filter stands for: for four lines of the ring,
/// and for a line and its allpass of a network.
pub(super) fn path_frames(settings: &ReverbSettings, rate: f64) -> (f64, f64) {
    let path = ms_to_frames(scale(settings) * mean_ms(settings.space), rate);
    (path, path * if settings.space == Space::Plate { 3.0 } else { network::PASS })
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Spaces {
    early: Early,
    /// How loud the first reflections are beside what the network gives.
    early_gain: Slope,
    diffuser: Diffuser,
    network: Network,
    tank: Tank,
}

impl Spaces {
    /// Readies for `rate` Hz. Allocates.
    pub fn prepare(&mut self, rate: f64) {
        let longest = |ms: &[f64]| LARGEST * ms.iter().fold(0.0, |longest: f64, ms| ms.max(longest));
        self.early.prepare(rate);
        self.diffuser.prepare(rate, longest(&HALL_DIFFUSER.0));
        self.network.prepare(rate, longest(&HALL_MS));
        self.tank.prepare(rate, LARGEST);
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.diffuser.reset();
        self.network.reset();
        self.tank.reset();
    }

    /// The last of the first reflections, ms, in the largest room.
    pub fn longest_wait_ms(&self) -> f64 {
        LARGEST * self.early.longest_ms()
    }

    /// The parts are those of `space` from now on; the past must be forgotten, and the next control tick jump.
    pub fn become_one_of(&mut self, space: Space) {
        let (lengths_ms, sine) = match space {
            Space::Plate => PLATE_DIFFUSER,
            Space::Room => ROOM_DIFFUSER,
            Space::Hall => HALL_DIFFUSER,
        };
        self.diffuser.become_one_of(&lengths_ms, sine);
        self.network.become_one_of(if space == Space::Room { &ROOM_MS } else { &HALL_MS });
    }

    /// A control tick. Returns the gain that makes a steady sound leave `space` as loud as it came in, if that is another
    /// one than before: what leaves is what a way through it keeps of the energy, and the same again, and so on.
    pub fn control(&mut self, space: Space, shape: &Shape, wait: usize) -> Option<f64> {
        let diffuser_anew = self.diffuser.control(shape);
        if space == Space::Plate {
            let anew = self.tank.control(shape) | diffuser_anew;
            return anew.then(|| self.tank.loudness(shape) / self.diffuser.energy(shape).sqrt());
        }
        let mut anew = self.network.control(shape) | diffuser_anew;
        if space == Space::Room {
            anew |= self.early.control(shape, wait);
        }
        let loudness = anew.then(|| ((1.0 - self.network.kept(shape)) / self.diffuser.energy(shape)).sqrt());
        if space == Space::Hall {
            return loudness;
        }
        // The reflections carry as much energy as what comes after them.
        let early_gain = |gain: f64| 1.0 / (gain * self.early.energy(shape).sqrt());
        self.early_gain.control(loudness.map(early_gain), shape.jumps);
        loudness.map(|gain| std::f64::consts::FRAC_1_SQRT_2 * gain)
    }

    /// What moves in `space` swings on for so many control ticks, unheard.
    pub fn pass(&mut self, space: Space, ticks: usize) {
        if ticks > 0 {
            match space {
                Space::Plate => self.tank.pass(ticks),
                Space::Room | Space::Hall => self.network.pass(ticks),
            }
        }
    }

    /// A run through `space`: `waited` comes out of `lines`, in which the first reflections are found; all that is new
    /// comes in by `entry`, where it does not come in as it is.
    pub fn run(
        &mut self,
        space: Space,
        waited: &[Run; 2],
        lines: &[Line; 2],
        entry: Option<&Run>,
        motion: f64,
    ) -> [Run; 2] {
        let enter = |runs: &mut [Run; 2]| {
            let Some(entry) = entry else { return };
            for run in runs {
                run.iter_mut().zip(entry).for_each(|(x, gain)| *x *= gain);
            }
        };
        let mut x = *waited;
        enter(&mut x);
        self.diffuser.run(&mut x);
        match space {
            Space::Plate => self.tank.run(&x, motion),
            Space::Hall => self.network.run(&x, motion),
            Space::Room => {
                let mut out = self.network.run(&x, motion);
                let mut first = self.early.read(lines);
                enter(&mut first);
                first.iter_mut().for_each(|run| self.early_gain.apply(run));
                for (out, first) in out.as_flattened_mut().iter_mut().zip(first.as_flattened()) {
                    *out += first;
                }
                out
            }
        }
    }
}
