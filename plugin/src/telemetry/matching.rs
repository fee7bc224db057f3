//! Match, between the editor and the audio thread: how loud what is heard comes out, and the gain that evens it out.

use atomic_float::AtomicF32;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering::Relaxed};

/// A listen state and what it needs to know. Followed while an editor is open and the host plays in real time.
#[derive(Debug)]
pub struct Matching {
    /// Editor: whether it is on.
    on: AtomicBool,
    /// Editor: the gain in dB that is heard while it is on.
    gain_db: AtomicF32,
    /// Editor: counts how often something else began to be heard.
    round: AtomicU16,
    /// Audio thread: the round, whether there is a figure for it, and the figure's bits.
    measured: AtomicU64,
}

impl Default for Matching {
    fn default() -> Self {
        Self {
            on: AtomicBool::new(false),
            gain_db: AtomicF32::new(0.0),
            round: AtomicU16::new(0),
            measured: AtomicU64::new(0),
        }
    }
}

/// The bit that says that there is a figure.
const MEASURED: u64 = 1 << 48;

impl Matching {
    /// Editor: whether it is on.
    pub fn is_on(&self) -> bool {
        self.on.load(Relaxed)
    }

    /// Editor: switches it on or off.
    pub fn switch(&self, on: bool) {
        self.on.store(on, Relaxed);
    }

    /// Editor: the gain in dB for what is heard now.
    pub fn set_gain(&self, gain_db: f32) {
        self.gain_db.store(gain_db, Relaxed);
    }

    /// The gain in dB that is to be heard.
    pub fn gain_db(&self) -> f32 {
        if self.is_on() { self.gain_db.load(Relaxed) } else { 0.0 }
    }

    /// Editor: what is measured from now on belongs to `round`.
    pub fn begin(&self, round: u16) {
        self.round.store(round, Relaxed);
    }

    /// What is to be measured.
    pub fn round(&self) -> u16 {
        self.round.load(Relaxed)
    }

    /// Audio thread: how much louder the output is than the input in LU, as far as that is known, in `round`.
    pub fn publish(&self, round: u16, lu: Option<f64>) {
        let figure = lu.map_or(0, |lu| MEASURED | u64::from((lu as f32).to_bits()));
        self.measured.store(u64::from(round) << 32 | figure, Relaxed);
    }

    /// Editor: the same, if it is of `round`.
    pub fn measured(&self, round: u16) -> Option<f32> {
        let measured = self.measured.load(Relaxed);
        let is_it = measured & MEASURED != 0 && (measured >> 32) as u16 == round;
        is_it.then(|| f32::from_bits(measured as u32))
    }
}
