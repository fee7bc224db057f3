//! References in memory: files are read, brought to the host's rate and measured on a thread of their own.
//!
//! Whoever draws asks for one and goes on; it is there at one of the next pictures.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use tandem_dsp::Frame;
use tandem_dsp::chain::Observer;
use tandem_dsp::meter::programme::Meter;
use tandem_dsp::monitor::Recording;

/// The longest reference, minutes: 46 MB a minute at 96 kHz have to stay in memory.
pub const LONGEST_MIN: f64 = 20.0;

/// Time between two readings of the short-term loudness, seconds.
const STEP_S: f64 = 0.5;

/// Peaks of the picture.
pub const PEAKS: usize = 600;

/// A reference that can be played.
#[derive(Debug)]
pub struct Loaded {
    /// The sound, at the rate that was asked for.
    pub recording: Arc<Recording>,
    /// That rate, Hz.
    pub rate: f64,
    /// Integrated loudness, LUFS; negative infinity for silence.
    pub lufs: f64,
    /// Highest true peak, dBTP.
    pub true_peak_db: f64,
    /// Highest magnitude in each of [`PEAKS`] parts of equal length.
    pub peaks: Box<[f32]>,
    /// Short-term loudness each [`STEP_S`], LUFS.
    short_term_lufs: Box<[f32]>,
}

impl Loaded {
    /// Frames.
    pub fn frames(&self) -> usize {
        self.recording.frames.len()
    }

    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        self.frames() as f64 / self.rate
    }

    /// Loudness of the 3 s that begin at the frame `at`, LUFS; of the last ones near the end.
    pub fn passage_lufs(&self, at: usize) -> f64 {
        let ends = ((at as f64 / self.rate + 3.0) / STEP_S).round() as usize;
        let last = self.short_term_lufs.len().saturating_sub(1);
        self.short_term_lufs.get(ends.saturating_sub(1).min(last)).map_or(f64::NEG_INFINITY, |lufs| f64::from(*lufs))
    }
}

/// How a reference stands.
#[derive(Debug)]
pub enum State {
    /// It is being read.
    Loading,
    /// It can be played.
    Here(Arc<Loaded>),
    /// Why it cannot.
    Failed(String),
}

/// References by their paths.
#[derive(Default)]
pub struct References {
    known: Vec<(PathBuf, State)>,
    worker: Option<Worker>,
}

/// What is to be read, and at which rate in Hz.
type Job = (PathBuf, u32);

/// The thread that reads.
struct Worker {
    jobs: Option<Sender<Job>>,
    done: Receiver<(PathBuf, Result<Loaded, String>)>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl References {
    /// Asks for the file at `path` at `rate` Hz, if it is not here or on its way; `wake` is called on the worker's thread
    /// when it is.
    pub fn ask(&mut self, path: &Path, rate: f64, wake: impl Fn() + Send + 'static) {
        let rate = rate.round();
        match self.state(path) {
            Some(State::Loading) => return,
            Some(State::Here(loaded)) if loaded.rate == rate => return,
            _ => {}
        }
        let worker = self.worker.get_or_insert_with(|| Worker::start(wake));
        let asked = worker.jobs.as_ref().is_some_and(|jobs| jobs.send((path.to_path_buf(), rate as u32)).is_ok());
        let state = if asked { State::Loading } else { State::Failed("No thread to read it on.".to_string()) };
        self.note(path, state);
    }

    /// Takes in what has been read. Returns whether anything has.
    pub fn update(&mut self) -> bool {
        let mut came = false;
        while let Some((path, result)) = self.worker.as_ref().and_then(|worker| worker.done.try_recv().ok()) {
            came = true;
            // One that has been forgotten meanwhile is not wanted any more.
            if self.state(&path).is_some() {
                self.note(&path, result.map_or_else(State::Failed, |loaded| State::Here(Arc::new(loaded))));
            }
        }
        came
    }

    /// How the one at `path` stands; `None` if it has not been asked for.
    pub fn state(&self, path: &Path) -> Option<&State> {
        self.known.iter().find(|(known, _)| known == path).map(|(_, state)| state)
    }

    /// The one at `path`, if it can be played.
    pub fn get(&self, path: &Path) -> Option<&Arc<Loaded>> {
        match self.state(path) {
            Some(State::Here(loaded)) => Some(loaded),
            _ => None,
        }
    }

    /// Whether one is being read.
    pub fn works(&self) -> bool {
        self.known.iter().any(|(_, state)| matches!(state, State::Loading))
    }

    /// Lets go of the one at `path`.
    pub fn forget(&mut self, path: &Path) {
        self.known.retain(|(known, _)| known != path);
    }

    fn note(&mut self, path: &Path, state: State) {
        self.forget(path);
        self.known.push((path.to_path_buf(), state));
    }
}

impl Worker {
    fn start(wake: impl Fn() + Send + 'static) -> Self {
        let (jobs, asked) = mpsc::channel::<Job>();
        let (ready, done) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let work = move || {
            while let Ok((path, rate)) = asked.recv() {
                let result = load(&path, rate, || !stopped.load(Relaxed));
                if stopped.load(Relaxed) || ready.send((path, result)).is_err() {
                    return;
                }
                wake();
            }
        };
        let thread = std::thread::Builder::new().name("tandem-references".to_string()).spawn(work).ok();
        let jobs = thread.is_some().then_some(jobs);
        Self { jobs, done, stop, thread }
    }
}

impl Drop for Worker {
    /// The thread must not outlive the plug-in's code.
    fn drop(&mut self) {
        self.stop.store(true, Relaxed);
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Reads the file at `path`, brings it to `rate` Hz and measures it, for as long as `go_on` says so.
pub fn load(path: &Path, rate: u32, go_on: impl Fn() -> bool) -> Result<Loaded, String> {
    /// Counts what has been loaded in this process, to tell one from the other.
    static LOADS: AtomicU32 = AtomicU32::new(0);
    let sound = tandem_audio::read_while(path, &go_on).map_err(|error| format!("{error:#}"))?;
    if sound.seconds() > 60.0 * LONGEST_MIN {
        return Err(format!("{} is longer than {LONGEST_MIN} minutes.", path.display()));
    }
    let sound = sound.at_rate(rate).map_err(|error| format!("{error:#}"))?;
    let frames: Box<[[f32; 2]]> = sound.to_frames().into_iter().map(|frame| frame.map(|x| x as f32)).collect();
    let mut meter = Meter::default();
    meter.prepare(f64::from(rate));
    let mut short_term_lufs = Vec::new();
    for part in frames.chunks((STEP_S * f64::from(rate)) as usize) {
        if !go_on() {
            return Err("It was not measured to its end.".to_string());
        }
        for run in part.chunks(tandem_dsp::CONTROL_INTERVAL) {
            let mut wide: [Frame; tandem_dsp::CONTROL_INTERVAL] = Default::default();
            let wide = &mut wide[..run.len()];
            for (to, from) in wide.iter_mut().zip(run) {
                *to = from.map(f64::from);
            }
            meter.run(wide);
        }
        short_term_lufs.push(meter.read().short_term_lufs as f32);
    }
    let reading = meter.read();
    let peak = |part: &[[f32; 2]]| part.as_flattened().iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
    let peaks = (0..PEAKS).map(|i| peak(&frames[i * frames.len() / PEAKS..(i + 1) * frames.len() / PEAKS])).collect();
    Ok(Loaded {
        recording: Arc::new(Recording { id: LOADS.fetch_add(1, Relaxed), frames }),
        rate: f64::from(rate),
        lufs: reading.integrated_lufs,
        true_peak_db: reading.max_true_peak_db,
        peaks,
        short_term_lufs: short_term_lufs.into(),
    })
}

/// Gains in dB of reference and master that make them equally loud, when these are their loudnesses in LUFS: the louder
/// one comes down. The reference is turned up as far as its true peak leaves room, and the rest is taken off the master,
/// so that nothing clips. No gains before both are known.
pub fn matching_gains(reference_lufs: f64, true_peak_db: f64, master_lufs: f64) -> [f64; 2] {
    let up_db = master_lufs - reference_lufs;
    if !up_db.is_finite() {
        return [0.0; 2];
    }
    let room_db = (-true_peak_db).max(0.0);
    let reference_db = up_db.min(room_db);
    [reference_db, reference_db - up_db]
}
