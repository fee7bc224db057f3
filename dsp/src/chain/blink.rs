//! Going over to settings that are too different to glide to: the output fades out, the rack goes through what came in
//! lately with the new settings, unheard, and the output fades in. Everything has then arrived and is filled, however
//! it changes by itself.

use super::recent::Recent;
use crate::processor::Processor;
use crate::smooth::GLIDE_MS;
use crate::units::ms_to_frames;
use crate::{CONTROL_INTERVAL, Frame};

/// How long the output takes to fade out, and again to fade in.
///
/// The curve below leaves less than -100 dBFS of a full-scale 1 kHz sine above 4 kHz in this time, and both are over
/// within 30 ms.
const FADE_MS: f64 = 12.0;

/// What is gone through beyond the latency: a glide, and room for what begins after one or is smoothed once more.
const UNHEARD_MS: f64 = GLIDE_MS + 16.0;

/// Where it is. Frames are counted from the begin of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Lid {
    #[default]
    Open,
    Closing(usize),
    Opening(usize),
}

/// A change of settings `S` that is not heard.
#[derive(Clone, Debug)]
pub(super) struct Blink<S> {
    lid: Lid,
    /// What to go over to.
    next: Option<S>,
    fade_frames: usize,
    recent: Recent,
}

impl<S> Default for Blink<S> {
    fn default() -> Self {
        Self { lid: Lid::Open, next: None, fade_frames: 0, recent: Recent::default() }
    }
}

impl<S: Copy> Blink<S> {
    /// Readies for `rate` in Hz and a rack of so many frames of latency. Allocates.
    pub fn prepare(&mut self, rate: f64, latency: usize) {
        self.fade_frames = (ms_to_frames(FADE_MS, rate) as usize).next_multiple_of(CONTROL_INTERVAL);
        self.recent.prepare(latency + ms_to_frames(UNHEARD_MS, rate).ceil() as usize);
        self.reset();
    }

    /// Forgets the past, and what was to come.
    pub fn reset(&mut self) {
        (self.lid, self.next) = (Lid::Open, None);
        self.recent.reset();
    }

    /// Goes over to `settings` from the next control tick on.
    pub fn go_over_to(&mut self, settings: S) {
        self.next = Some(settings);
    }

    /// What it is about to go over to, if that has not happened yet.
    pub fn next(&mut self) -> Option<&mut S> {
        self.next.as_mut()
    }

    /// Whether nothing is under way.
    pub fn is_at_rest(&self) -> bool {
        self.lid == Lid::Open && self.next.is_none()
    }

    /// A control tick, before the rack's own.
    pub fn control(&mut self, rack: &mut impl Processor<Settings = S>) {
        self.lid = match self.lid {
            Lid::Open if self.next.is_some() => Lid::Closing(0),
            Lid::Closing(done) if done >= self.fade_frames => {
                if let Some(next) = self.next.take() {
                    rack.set(&next);
                    self.recent.replay(rack);
                }
                Lid::Opening(0)
            }
            // Yet another change waits until it is open: to turn round on the way would be a kink.
            Lid::Opening(done) if done >= self.fade_frames => Lid::Open,
            lid => lid,
        };
    }

    /// Takes what comes in, up to the next control tick.
    pub fn hear(&mut self, frames: &[Frame], keys: &[Frame]) {
        self.recent.push(frames, keys);
    }

    /// Lets silence go by.
    pub fn pass(&mut self, frames: usize) {
        self.recent.pass(frames);
    }

    /// Fades what goes out, up to the next control tick.
    pub fn run(&mut self, frames: &mut [Frame]) {
        let (done, closes) = match &mut self.lid {
            Lid::Open => return,
            Lid::Closing(done) => (done, true),
            Lid::Opening(done) => (done, false),
        };
        let step = 1.0 / self.fade_frames as f64;
        for frame in frames {
            *done += 1;
            let way = (*done as f64 * step).min(1.0);
            let gain = smooth(if closes { 1.0 - way } else { way });
            *frame = frame.map(|x| x * gain);
        }
    }
}

/// From 0 to 1 with three smooth derivatives at both ends: the integral of x³(1 - x)³.
fn smooth(way: f64) -> f64 {
    let squared = way * way;
    squared * squared * (35.0 - way * (84.0 - way * (70.0 - 20.0 * way)))
}
