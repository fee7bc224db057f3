//! From the audio thread to the editor: plain numbers in atomics, and samples in a queue while an editor is open. And
//! back: what the editor asks to hear, which is no parameter.

mod capturing;
mod listening;
mod matching;
pub mod monitoring;
mod readings;

pub use capturing::Capturing;
pub use listening::Listening;
pub use matching::Matching;
pub use monitoring::Monitoring;
pub use readings::{Look, Readings};

use atomic_float::AtomicF32;
use crossbeam::queue::ArrayQueue;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use tandem_dsp::Frame;
use tandem_dsp::chain::Rack;
use tandem_dsp::meter::level::LevelReading;
use tandem_dsp::meter::programme;

/// Frames of a [`Samples`] block.
pub const SAMPLES: usize = 64;

/// Blocks that the queue holds: 1.4 s at 48 kHz, more than any editor's longest pause between two pictures.
const QUEUE_BLOCKS: usize = 1024;

/// Consecutive frames before and after the chain: halved sums, for the spectrum, and of what went out the halved
/// difference as well, for the vectorscope.
#[derive(Clone, Copy, Debug)]
pub struct Samples {
    /// What came in.
    pub input: [f32; SAMPLES],
    /// What went out.
    pub output: [f32; SAMPLES],
    /// Half of left minus right of what went out.
    pub side: [f32; SAMPLES],
}

/// Blocks of samples on their way to an editor; the oldest is dropped when it falls behind. Takes no memory before the
/// first editor.
#[derive(Debug, Default)]
pub struct Stream(OnceLock<ArrayQueue<Samples>>);

impl Stream {
    /// Editor: begins anew.
    pub fn open(&self) {
        let queue = self.0.get_or_init(|| ArrayQueue::new(QUEUE_BLOCKS));
        while queue.pop().is_some() {}
    }

    /// Audio thread: sends a block, if there has been an editor.
    pub fn send(&self, block: Samples) {
        if let Some(queue) = self.0.get() {
            queue.force_push(block);
        }
    }

    /// Editor: the oldest block.
    pub fn next(&self) -> Option<Samples> {
        self.0.get().and_then(ArrayQueue::pop)
    }
}

/// A level as the editor reads it.
#[derive(Debug)]
pub struct LevelCells {
    /// Highest peak since the editor last took it, dBFS.
    peak_db: [AtomicF32; 2],
    vu_db: [AtomicF32; 2],
}

impl Default for LevelCells {
    fn default() -> Self {
        let silent = || AtomicF32::new(-300.0);
        Self { peak_db: [silent(), silent()], vu_db: [silent(), silent()] }
    }
}

impl LevelCells {
    /// Audio thread: a new reading.
    pub fn publish(&self, reading: LevelReading) {
        for lane in 0..2 {
            self.peak_db[lane].fetch_max(reading.peak_db[lane] as f32, Relaxed);
            self.vu_db[lane].store(reading.vu_db[lane] as f32, Relaxed);
        }
    }

    /// Editor: the highest peaks in dBFS since the last call.
    pub fn take_peak_db(&self) -> [f32; 2] {
        self.peak_db.each_ref().map(|cell| cell.swap(-300.0, Relaxed))
    }

    /// Editor: the VU level in dBFS.
    pub fn vu_db(&self) -> [f32; 2] {
        self.vu_db.each_ref().map(|cell| cell.load(Relaxed))
    }
}

/// All that the audio thread tells.
pub struct Telemetry {
    /// Level of the input.
    pub input: LevelCells,
    /// Level of the output.
    pub output: LevelCells,
    /// Sample rate in Hz; 0 while the plug-in is not active.
    pub rate: AtomicF32,
    /// Latency in frames as told to the host.
    pub latency: AtomicU32,
    /// Whether an editor is open: only then are samples sent.
    pub editor_open: AtomicBool,
    /// What came in and went out.
    pub samples: Stream,
    /// What the modules measure, while an editor is open.
    pub readings: Readings,
    /// What the editor asks to hear of the modules. Followed while an editor is open and the host plays in real time.
    pub listening: Listening,
    /// Loudness of what is compared.
    pub matching: Matching,
    /// What is heard instead of the output, on a product that [has a Monitor](Self::has_monitor).
    pub monitoring: Monitoring,
    /// Editor: the integrated loudness in LUFS to learn for; NaN where nothing is learned.
    pub learn_for: AtomicF32,
    /// Editor: what is captured.
    pub capturing: Capturing,
    /// Editor: whether what each module contributes is measured.
    pub contribution: AtomicBool,
    /// Editor: set to make the meter of the whole start anew.
    pub restart_meter: AtomicBool,
}

impl Telemetry {
    /// Of an instance whose modules are an `R`.
    pub fn of<R: Rack + Default>() -> Self {
        Self {
            input: LevelCells::default(),
            output: LevelCells::default(),
            rate: AtomicF32::new(0.0),
            latency: AtomicU32::new(0),
            editor_open: AtomicBool::new(false),
            samples: Stream::default(),
            readings: Readings::of::<R>(),
            listening: Listening::of::<R>(),
            matching: Matching::default(),
            monitoring: Monitoring::default(),
            learn_for: AtomicF32::new(f32::NAN),
            capturing: Capturing::default(),
            contribution: AtomicBool::new(false),
            restart_meter: AtomicBool::new(false),
        }
    }
}

impl Telemetry {
    /// Whether there is a Monitor: where the programme is measured.
    pub fn has_monitor(&self) -> bool {
        self.readings.has(&programme::GROUP, &programme::INTEGRATED)
    }
}

/// Collects mono sums on the audio thread until a block is full.
#[derive(Debug)]
pub struct Tap {
    block: Samples,
    filled: usize,
}

impl Default for Tap {
    fn default() -> Self {
        Self { block: Samples { input: [0.0; SAMPLES], output: [0.0; SAMPLES], side: [0.0; SAMPLES] }, filled: 0 }
    }
}

impl Tap {
    /// Sends frames of equal time, before and after the chain, to `telemetry`.
    pub fn send(&mut self, input: &[Frame], output: &[Frame], telemetry: &Telemetry) {
        for (before, after) in input.iter().zip(output) {
            self.block.input[self.filled] = (0.5 * (before[0] + before[1])) as f32;
            self.block.output[self.filled] = (0.5 * (after[0] + after[1])) as f32;
            self.block.side[self.filled] = (0.5 * (after[0] - after[1])) as f32;
            self.filled += 1;
            if self.filled == SAMPLES {
                self.filled = 0;
                telemetry.samples.send(self.block);
            }
        }
    }
}
