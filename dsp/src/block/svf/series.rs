//! Filters one after the other, as many at a time as run well together.

use super::{Section, run, run_resting, run_two_moving};
use crate::Frame;

/// How many resting filters run together at most.
const TOGETHER: usize = 8;

/// So many of them wait for the next one where there are more: fewer than four are slow.
const LEFT: usize = 3;

/// Frames on their way through filters in series: each runs at once, or with others that come after it.
#[derive(Debug)]
pub struct Series<'f, 's> {
    frames: &'f mut [Frame],
    held: Held<'s>,
}

impl<'f, 's> Series<'f, 's> {
    /// Frames up to the next control tick, or of whole control intervals that [`run`] may go over.
    pub fn new(frames: &'f mut [Frame]) -> Self {
        Self { frames, held: Held::None }
    }

    /// Runs another filter, now or together with the next ones.
    #[inline(always)]
    pub fn run(&mut self, section: &'s mut Section) {
        if section.is_moving() {
            self.run_moving(section);
        } else {
            self.run_resting(section);
        }
    }

    fn run_moving(&mut self, section: &'s mut Section) {
        match std::mem::take(&mut self.held) {
            Held::Moving(first) => run_two_moving([first, section], self.frames),
            others => {
                self.held = others;
                self.drain();
                self.held = Held::Moving(section);
            }
        }
    }

    fn run_resting(&mut self, section: &'s mut Section) {
        if let Held::Resting(sections, count) = &mut self.held {
            if *count == TOGETHER {
                run_together(&mut sections[..TOGETHER - LEFT], self.frames);
                sections.rotate_left(TOGETHER - LEFT);
                *count = LEFT;
            }
            sections[*count] = Some(section);
            *count += 1;
        } else {
            self.drain();
            let mut sections = [const { None }; TOGETHER];
            sections[0] = Some(section);
            self.held = Held::Resting(sections, 1);
        }
    }

    /// The frames after all filters so far.
    pub fn frames(&mut self) -> &mut [Frame] {
        self.drain();
        self.frames
    }

    fn drain(&mut self) {
        match std::mem::take(&mut self.held) {
            Held::None => {}
            Held::Moving(section) => run(section, self.frames),
            Held::Resting(mut sections, count) => run_together(&mut sections[..count], self.frames),
        }
    }
}

impl Drop for Series<'_, '_> {
    fn drop(&mut self) {
        self.drain();
    }
}

/// Filters that wait for others to run with.
#[derive(Debug, Default)]
enum Held<'s> {
    #[default]
    None,
    /// One that moves.
    Moving(&'s mut Section),
    /// So many that rest.
    Resting([Option<&'s mut Section>; TOGETHER], usize),
}

/// Some of which none moves.
fn run_together(sections: &mut [Option<&mut Section>], frames: &mut [Frame]) {
    match sections {
        [Some(a)] => run(a, frames),
        [Some(a), Some(b)] => run_resting(&mut [a, b], frames),
        [Some(a), Some(b), Some(c)] => run_resting(&mut [a, b, c], frames),
        [Some(a), Some(b), Some(c), Some(d)] => run_resting(&mut [a, b, c, d], frames),
        [Some(a), Some(b), Some(c), Some(d), Some(e)] => run_resting(&mut [a, b, c, d, e], frames),
        [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f)] => run_resting(&mut [a, b, c, d, e, f], frames),
        [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f), Some(g)] => {
            run_resting(&mut [a, b, c, d, e, f, g], frames)
        }
        [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f), Some(g), Some(h)] => {
            run_resting(&mut [a, b, c, d, e, f, g, h], frames)
        }
        _ => {}
    }
}
