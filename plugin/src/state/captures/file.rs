//! The spectrum of a file, read on a thread of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver};
use std::thread::JoinHandle;
use tandem_dsp::CONTROL_INTERVAL;
use tandem_dsp::block::graphic::Curve;
use tandem_dsp::meter::thirds::Thirds;

/// A file that is being read. Dropped, it stops.
pub struct FileSpectrum {
    path: PathBuf,
    outcome: Receiver<Result<Curve, String>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl FileSpectrum {
    /// Begins to read the WAV or FLAC file at `path`; `wake` is called on its thread once the outcome is there.
    pub fn start(path: PathBuf, wake: impl FnOnce() + Send + 'static) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (send, outcome) = mpsc::channel();
        let (from, stops) = (path.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            let read = spectrum(&from, &stops);
            if send.send(read).is_ok() {
                wake();
            }
        });
        Self { path, outcome, stop, thread: Some(thread) }
    }

    /// The file's name without its ending.
    pub fn name(&self) -> String {
        self.path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Its levels in thirds, dB, or what is wrong, once it has been read.
    pub fn outcome(&mut self) -> Option<Result<Curve, String>> {
        match self.outcome.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(mpsc::TryRecvError::Empty) => None,
            Err(mpsc::TryRecvError::Disconnected) => Some(Err("The file could not be read.".to_string())),
        }
    }
}

impl Drop for FileSpectrum {
    fn drop(&mut self) {
        self.stop.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            // It ends within a packet; no thread may outlive the plug-in's code.
            drop(thread.join());
        }
    }
}

fn spectrum(path: &Path, stop: &AtomicBool) -> Result<Curve, String> {
    let stopped = || "It was not read to its end.".to_string();
    let sound = tandem_audio::read_while(path, || !stop.load(Relaxed)).map_err(|error| format!("{error:#}"))?;
    let mut meter = Thirds::default();
    meter.prepare(f64::from(sound.rate));
    for (at, frames) in sound.to_frames().chunks(CONTROL_INTERVAL).enumerate() {
        if at % 4_096 == 0 && stop.load(Relaxed) {
            return Err(stopped());
        }
        meter.run(frames);
    }
    meter.levels_db().copied().ok_or_else(|| format!("{} is silent or shorter than 0.4 s.", path.display()))
}
