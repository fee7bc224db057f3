//! Plays a recording in place of the programme, to compare them.

use crate::smooth::{GLIDE_MS, Gain, raised_cosine};
use crate::{CONTROL_INTERVAL, Frame};
use std::sync::Arc;

/// A piece of music in memory.
#[derive(Debug, PartialEq)]
pub struct Recording {
    /// Tells recordings apart.
    pub id: u32,
    /// Left and right, at the rate at which it is played.
    pub frames: Box<[[f32; 2]]>,
}

/// A recording that plays.
#[derive(Clone, Debug)]
struct Voice {
    recording: Arc<Recording>,
    /// The frame that comes next.
    at: usize,
}

impl Voice {
    /// The next frame; silence behind the end.
    #[inline(always)]
    fn next(&mut self) -> Frame {
        let frame = self.recording.frames.get(self.at).map_or([0.0; 2], |frame| frame.map(f64::from));
        self.at += 1;
        frame
    }
}

/// Plays recordings, round and round, and goes between them and the programme without a click. A recording stands still
/// while the programme is heard.
///
/// Recordings come and go as shared pointers: one that is done with waits in [`take_done`](Self::take_done) to be freed
/// elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Player {
    now: Option<Voice>,
    /// What fades out: another recording, or another place of the same.
    before: Option<Voice>,
    /// Frames left of that.
    fade_left: usize,
    fade_frames: usize,
    /// First frame of the loop, and the one behind its last.
    looped: (usize, usize),
    /// A place to go to once nothing fades.
    jump: Option<usize>,
    /// 0 where the programme is heard, 1 where the recording is.
    heard: Gain,
    /// Whether the recording is to be given back once it is not heard.
    leaves: bool,
    done: Option<Arc<Recording>>,
    /// Gains of the recording and of the programme.
    level: Gain,
    programme: Gain,
    phase: usize,
}

impl Player {
    /// Readies for `rate` in Hz. What is loaded stays, and is not heard.
    pub fn prepare(&mut self, rate: f64) {
        self.fade_frames = (GLIDE_MS * 1e-3 * rate).round().max(1.0) as usize;
        for (gain, value) in [(&mut self.heard, 0.0), (&mut self.level, 1.0), (&mut self.programme, 1.0)] {
            gain.prepare(rate);
            gain.aim(value);
        }
        self.phase = 0;
    }

    /// Whether a recording can be taken now: not while one is on its way out.
    pub fn can_load(&self) -> bool {
        self.before.is_none() && self.done.is_none()
    }

    /// Goes over to `recording` from its frame `at`, and plays it as a whole round and round. For when it
    /// [can](Self::can_load).
    pub fn load(&mut self, recording: Arc<Recording>, at: usize) {
        debug_assert!(self.can_load());
        self.looped = (0, recording.frames.len());
        (self.leaves, self.jump) = (false, None);
        self.begin(Voice { recording, at });
    }

    /// Gives the recording back as soon as it is not heard any more.
    pub fn unload(&mut self) {
        self.leaves = true;
        self.hear(false);
    }

    /// A recording that is done with.
    pub fn take_done(&mut self) -> Option<Arc<Recording>> {
        self.done.take()
    }

    /// The [`Recording::id`] of what is loaded.
    pub fn id(&self) -> Option<u32> {
        self.now.as_ref().map(|voice| voice.recording.id)
    }

    /// The frame of the recording that comes next.
    pub fn position(&self) -> usize {
        self.jump.or(self.now.as_ref().map(|voice| voice.at)).unwrap_or(0)
    }

    /// Lets hear the recording, or the programme again.
    pub fn hear(&mut self, recording: bool) {
        self.heard.aim(if recording && self.now.is_some() && !self.leaves { 1.0 } else { 0.0 });
    }

    /// Whether the recording is heard, or still fades.
    pub fn is_heard(&self) -> bool {
        self.heard.steady() != Some(0.0) || self.heard.target() != 0.0
    }

    /// Linear gains of the recording and of the programme.
    pub fn set_levels(&mut self, recording: f64, programme: f64) {
        self.level.aim(recording);
        self.programme.aim(programme);
    }

    /// Goes on at the frame `at`.
    pub fn go_to(&mut self, at: usize) {
        self.jump = Some(at);
    }

    /// Behind the frame before `end` comes `start`, if that makes a loop that is longer than a fade; else the recording is
    /// the loop.
    pub fn set_loop(&mut self, start: usize, end: usize) {
        let frames = self.now.as_ref().map_or(0, |voice| voice.recording.frames.len());
        let end = end.min(frames);
        self.looped = if end > start + self.fade_frames { (start, end) } else { (0, frames) };
    }

    /// Whether what goes in comes out, bit for bit.
    pub fn is_off(&self) -> bool {
        !self.is_heard()
            && self.programme.steady() == Some(1.0)
            && self.programme.target() == 1.0
            && self.before.is_none()
            && !self.leaves
            && self.jump.is_none()
    }

    /// Processes frames in place.
    pub fn run(&mut self, frames: &mut [Frame]) {
        let mut at = 0;
        while at < frames.len() {
            if self.phase == 0 {
                if self.is_off() {
                    return;
                }
                self.control();
            }
            let length = (CONTROL_INTERVAL - self.phase).min(frames.len() - at);
            self.run_between_ticks(&mut frames[at..at + length]);
            at += length;
            self.phase = (self.phase + length) % CONTROL_INTERVAL;
        }
    }

    fn control(&mut self) {
        for gain in [&mut self.heard, &mut self.level, &mut self.programme] {
            gain.control();
        }
        let is_heard = self.is_heard();
        if !is_heard {
            // Nothing to fade for.
            self.end_fade();
        }
        if self.leaves && !is_heard && self.done.is_none() {
            self.done = self.now.take().map(|voice| voice.recording);
            self.leaves = false;
        }
        if self.before.is_none()
            && let Some(at) = self.jump.take()
            && let Some(Voice { recording, .. }) = self.now.clone()
        {
            let at = at.min(recording.frames.len().saturating_sub(1));
            self.begin(Voice { recording, at });
        }
    }

    fn run_between_ticks(&mut self, frames: &mut [Frame]) {
        if self.heard.steady() == Some(0.0) {
            for frame in frames {
                let gain = self.programme.advance();
                *frame = frame.map(|x| gain * x);
            }
            return;
        }
        for frame in frames {
            let [heard, level, programme] =
                [&mut self.heard, &mut self.level, &mut self.programme].map(|gain| gain.advance());
            let recording = self.next();
            *frame = [0, 1].map(|lane| {
                let programme = programme * frame[lane];
                programme + heard * (level * recording[lane] - programme)
            });
        }
    }

    /// The recording's next frame.
    fn next(&mut self) -> Frame {
        let Some(now) = &mut self.now else { return [0.0; 2] };
        let mut frame = now.next();
        let ends = now.at == self.looped.1 || now.at >= now.recording.frames.len();
        if let Some(before) = &mut self.before {
            let old = before.next();
            self.fade_left = self.fade_left.saturating_sub(1);
            let way = raised_cosine(1.0 - self.fade_left as f64 / self.fade_frames as f64);
            frame = [0, 1].map(|lane| old[lane] + way * (frame[lane] - old[lane]));
            if self.fade_left == 0 {
                self.end_fade();
            }
        }
        if ends {
            let start = self.looped.0;
            if let Some(Voice { recording, .. }) = self.now.clone() {
                self.begin(Voice { recording, at: start });
            }
        }
        frame
    }

    /// Fades to `voice`.
    fn begin(&mut self, voice: Voice) {
        self.end_fade();
        self.before = self.now.replace(voice);
        self.fade_left = self.fade_frames;
    }

    /// Lets go of what faded out.
    fn end_fade(&mut self) {
        let Some(Voice { recording, .. }) = self.before.take() else { return };
        // Another place of the same recording is no reason to give it back.
        if self.now.as_ref().is_none_or(|now| !Arc::ptr_eq(&now.recording, &recording)) {
            self.done = Some(recording);
        }
    }
}
