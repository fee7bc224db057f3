//! Levels as a display shows them: instant rise, even fall, a held peak, and a past.

use crate::telemetry::{LevelCells, Telemetry};
use std::collections::VecDeque;

/// Nothing is shown below this, dBFS.
pub const FLOOR_DB: f32 = -72.0;

/// How fast a meter falls, dB/s.
const FALL_DB_S: f32 = 20.0;

/// How long a peak is held.
const HOLD_S: f64 = 2.0;

/// A peak below this is none: nothing has come.
const NOTHING_DB: f32 = -250.0;

/// Pictures may be so far apart without anything having stopped.
const LATE_S: f64 = 0.5;

/// A VU level that has had no block for so long falls.
const STALE_S: f64 = 0.3;

/// Time that one step of a level's history stands for, about that between two pictures, and the steps that it keeps: 20 s.
pub const STEP_S: f64 = 1.0 / 30.0;
/// See [`STEP_S`].
pub const STEPS: usize = 600;

/// One place's levels, left and right.
#[derive(Clone, Debug)]
pub struct Level {
    /// What the bar shows, dBFS.
    pub bar_db: [f32; 2],
    /// What the held line shows, dBFS.
    pub held_db: [f32; 2],
    /// Highest peak since it was reset, dBFS.
    pub highest_db: f32,
    /// VU level, dBFS.
    pub vu_db: [f32; 2],
    /// Highest peak of either channel in each step, the newest last, dBFS.
    pub peaks: History,
    /// VU level of the louder channel in each step, dBFS.
    pub vus: History,
    held_at: [f64; 2],
    /// When a block last came, seconds.
    came_at: f64,
}

impl Default for Level {
    fn default() -> Self {
        Self {
            bar_db: [FLOOR_DB; 2],
            held_db: [FLOOR_DB; 2],
            highest_db: FLOOR_DB,
            vu_db: [FLOOR_DB; 2],
            peaks: History::new(FLOOR_DB, STEP_S, STEPS),
            vus: History::new(FLOOR_DB, STEP_S, STEPS),
            held_at: [0.0; 2],
            came_at: 0.0,
        }
    }
}

impl Level {
    /// Takes what has come since `before` seconds.
    fn update(&mut self, cells: &LevelCells, now: f64, before: f64) {
        let fall = FALL_DB_S * (now - before).max(0.0) as f32;
        let peak_db = cells.take_peak_db();
        if peak_db.iter().any(|db| *db > NOTHING_DB) {
            self.came_at = now;
        }
        let peak_db = peak_db.map(|db| db.max(FLOOR_DB));
        // A host that stops calling leaves the last value standing.
        let stands = now - self.came_at > STALE_S;
        for (vu, read) in self.vu_db.iter_mut().zip(cells.vu_db()) {
            *vu = if stands { (*vu - fall).max(FLOOR_DB) } else { read.max(FLOOR_DB) };
        }
        for (lane, peak_db) in peak_db.into_iter().enumerate() {
            self.bar_db[lane] = peak_db.max(self.bar_db[lane] - fall).max(FLOOR_DB);
            if peak_db >= self.held_db[lane] {
                (self.held_db[lane], self.held_at[lane]) = (peak_db, now);
            } else if now - self.held_at[lane] > HOLD_S {
                self.held_db[lane] = self.bar_db[lane];
            }
            self.highest_db = self.highest_db.max(peak_db);
        }
        self.peaks.push(peak_db[0].max(peak_db[1]), now);
        self.vus.push(self.vu_db[0].max(self.vu_db[1]), now);
    }

    /// Whether it has reached 0 dBFS since it was reset.
    pub fn clipped(&self) -> bool {
        self.highest_db >= 0.0
    }

    /// Forgets the highest peak.
    pub fn reset(&mut self) {
        self.highest_db = FLOOR_DB;
    }

    /// Whether something is still on its way down.
    fn moves(&self) -> bool {
        self.bar_db.iter().chain(&self.held_db).chain(&self.vu_db).any(|db| *db > FLOOR_DB)
    }
}

/// Highest values over the last seconds or minutes, step by step.
#[derive(Clone, Debug)]
pub struct History {
    values: VecDeque<f32>,
    /// What stands where nothing came.
    empty: f32,
    step_s: f64,
    steps: usize,
    /// Which step the last one is, counted from time 0.
    last: i64,
}

impl History {
    /// One of `steps` steps of `step_s` seconds, in which `empty` stands where nothing came.
    pub fn new(empty: f32, step_s: f64, steps: usize) -> Self {
        Self { values: VecDeque::new(), empty, step_s, steps, last: 0 }
    }

    /// Takes a value at `now` seconds.
    pub fn push(&mut self, value: f32, now: f64) {
        let step = (now / self.step_s).floor() as i64;
        let missed = if self.values.is_empty() { 1 } else { step - self.last };
        // A picture that came late leaves no hole; a longer time without one does.
        let between = if (missed as f64) * self.step_s < LATE_S { value } else { self.empty };
        for _ in 1..missed.min(self.steps as i64) {
            self.values.push_back(between);
        }
        if missed > 0 {
            self.values.push_back(value);
        } else if let Some(last) = self.values.back_mut() {
            *last = last.max(value);
        }
        self.last = step.max(self.last);
        while self.values.len() > self.steps {
            self.values.pop_front();
        }
    }

    /// From the newest back: the age in seconds, and the value.
    pub fn back(&self) -> impl Iterator<Item = (f32, f32)> + '_ {
        self.values.iter().rev().enumerate().map(|(age, value)| ((age as f64 * self.step_s) as f32, *value))
    }

    /// Seconds that it can hold.
    pub fn span_s(&self) -> f32 {
        (self.steps as f64 * self.step_s) as f32
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.values.clear();
    }
}

/// The levels of an instance.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    /// What comes in.
    pub input: Level,
    /// What goes out.
    pub output: Level,
    at: f64,
}

impl Levels {
    /// Takes what has come by `now` seconds.
    pub fn update(&mut self, telemetry: &Telemetry, now: f64) {
        let before = std::mem::replace(&mut self.at, now);
        self.input.update(&telemetry.input, now, before);
        self.output.update(&telemetry.output, now, before);
    }

    /// Whether the next picture will differ even if nothing more comes.
    pub fn moves(&self) -> bool {
        self.input.moves() || self.output.moves()
    }
}
