//! The Monitor, between the editor and the audio thread: what is to be heard instead of the output, and the reference.

use atomic_float::AtomicF32;
use crossbeam::queue::ArrayQueue;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::*};
use tandem_dsp::monitor::{Heard, Part, Recording};

/// Which of the two is heard while a master is compared with a reference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compared {
    /// Nothing is compared.
    #[default]
    Off,
    /// The master, at the level at which it is compared.
    Master,
    /// The reference.
    Reference,
}

/// Listen states and what they need. Followed while an editor is open and the host plays in real time.
#[derive(Debug)]
pub struct Monitoring {
    part: AtomicU32,
    dim: AtomicBool,
    /// 0 for none, else one more than its place among [`tandem_translation::all`].
    device: AtomicU32,
    compared: AtomicU32,
    /// Gains of the reference and of the master while they are compared, dB.
    gains_db: [AtomicF32; 2],
    /// Counts the jumps, and where the last one goes.
    jump: AtomicU64,
    /// First frame of the loop, and the one behind its last.
    looped: AtomicU64,
    /// Whether what is loaded is to be given back.
    unload: AtomicBool,
    /// A recording to go over to, and from where.
    ready: ArrayQueue<(Arc<Recording>, usize)>,
    /// Recordings that are done with, to be freed off the audio thread.
    pub(crate) retired: ArrayQueue<Arc<Recording>>,
    /// Audio thread: one more than the id of what is loaded, 0 for nothing, and the frame that comes next.
    playing: AtomicU64,
}

impl Default for Monitoring {
    fn default() -> Self {
        Self {
            part: AtomicU32::new(0),
            dim: AtomicBool::new(false),
            device: AtomicU32::new(0),
            compared: AtomicU32::new(0),
            gains_db: [AtomicF32::new(0.0), AtomicF32::new(0.0)],
            jump: AtomicU64::new(0),
            looped: AtomicU64::new(0),
            unload: AtomicBool::new(false),
            ready: ArrayQueue::new(1),
            retired: ArrayQueue::new(RETIRED),
            playing: AtomicU64::new(0),
        }
    }
}

/// Recordings that can wait to be freed; the audio thread gives none back while there is no place.
const RETIRED: usize = 4;

/// Two numbers of 32 bits in one.
fn pair(high: usize, low: usize) -> u64 {
    let bits = |x: usize| x.min(u32::MAX as usize) as u64;
    bits(high) << 32 | bits(low)
}

fn parts(pair: u64) -> (usize, usize) {
    ((pair >> 32) as usize, (pair & u64::from(u32::MAX)) as usize)
}

impl Monitoring {
    /// Which part of the sound is to be heard.
    pub fn part(&self) -> Part {
        Part::ALL[(self.part.load(Relaxed) as usize).min(Part::ALL.len() - 1)]
    }

    /// Editor: asks for a part of the sound.
    pub fn set_part(&self, part: Part) {
        self.part.store(Part::ALL.iter().position(|other| *other == part).unwrap_or(0) as u32, Relaxed);
    }

    /// Whether it is to be softer.
    pub fn dim(&self) -> bool {
        self.dim.load(Relaxed)
    }

    /// Editor: makes it softer, or as loud as it is.
    pub fn set_dim(&self, dim: bool) {
        self.dim.store(dim, Relaxed);
    }

    /// The place among [`tandem_translation::all`] of the device to listen on.
    pub fn device(&self) -> Option<usize> {
        let places = tandem_translation::all().len();
        (self.device.load(Relaxed) as usize).checked_sub(1).filter(|place| *place < places)
    }

    /// Editor: the same.
    pub fn set_device(&self, place: Option<usize>) {
        self.device.store(place.map_or(0, |place| place as u32 + 1), Relaxed);
    }

    /// What all this asks for.
    pub fn heard(&self) -> Heard {
        let device = self.device().map(|place| &tandem_translation::all()[place].filter);
        Heard { part: self.part(), dim: self.dim(), device }
    }

    /// Which of master and reference is to be heard.
    pub fn compared(&self) -> Compared {
        match self.compared.load(Relaxed) {
            1 => Compared::Master,
            2 => Compared::Reference,
            _ => Compared::Off,
        }
    }

    /// Editor: the same.
    pub fn compare(&self, compared: Compared) {
        self.compared.store(compared as u32, Relaxed);
    }

    /// Gains of the reference and of the master, dB.
    pub fn gains_db(&self) -> [f32; 2] {
        let compared = self.compared() != Compared::Off;
        self.gains_db.each_ref().map(|gain| if compared { gain.load(Relaxed) } else { 0.0 })
    }

    /// Editor: the same, for while they are compared.
    pub fn set_gains(&self, gains_db: [f32; 2]) {
        for (cell, gain) in self.gains_db.iter().zip(gains_db) {
            cell.store(gain, Relaxed);
        }
    }

    /// Editor: hands over `recording`, to go on at its frame `at`.
    pub fn load(&self, recording: Arc<Recording>, at: usize) {
        self.unload.store(false, Relaxed);
        // The one that was not taken is freed here.
        drop(self.ready.force_push((recording, at)));
    }

    /// Editor: asks for what is loaded back.
    pub fn unload(&self) {
        drop(self.ready.pop());
        self.unload.store(true, Relaxed);
    }

    /// Editor: frees what the audio thread is done with.
    pub fn free(&self) {
        while self.retired.pop().is_some() {}
    }

    /// Editor: goes on at the frame `at`.
    pub fn go_to(&self, at: usize) {
        let (count, _) = parts(self.jump.load(Relaxed));
        self.jump.store(pair((count + 1) & 0xFFFF, at), Relaxed);
    }

    /// Editor: the loop; (0, 0) for the whole.
    pub fn set_loop(&self, looped: (usize, usize)) {
        self.looped.store(pair(looped.0, looped.1), Relaxed);
    }

    /// The id of the recording that is loaded, and the frame that comes next.
    pub fn playing(&self) -> Option<(u32, usize)> {
        let (id, at) = parts(self.playing.load(Relaxed));
        id.checked_sub(1).map(|id| (id as u32, at))
    }

    /// Whether something else than the output is to be heard.
    pub fn is_on(&self) -> bool {
        self.part() != Part::Stereo || self.dim() || self.device().is_some() || self.compared() != Compared::Off
    }

    /// Editor: back to the output.
    pub fn clear(&self) {
        self.set_part(Part::Stereo);
        self.set_dim(false);
        self.set_device(None);
        self.compare(Compared::Off);
    }

    /// Audio thread: how often it was asked to jump, and where to.
    pub(crate) fn jump(&self) -> (usize, usize) {
        parts(self.jump.load(Relaxed))
    }

    /// Audio thread: the loop.
    pub(crate) fn looped(&self) -> (usize, usize) {
        parts(self.looped.load(Relaxed))
    }

    /// Audio thread: whether what is loaded is to be given back.
    pub(crate) fn is_unloading(&self) -> bool {
        self.unload.load(Relaxed)
    }

    /// Audio thread: a recording that waits to be taken.
    pub(crate) fn take(&self) -> Option<(Arc<Recording>, usize)> {
        self.ready.pop()
    }

    /// Audio thread: tells what is loaded, and where it is.
    pub(crate) fn tell(&self, id: Option<u32>, at: usize) {
        self.playing.store(id.map_or(0, |id| pair(id as usize + 1, at)), Relaxed);
    }
}
