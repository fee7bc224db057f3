//! The library of presets, with its files on a thread of its own.
//!
//! Whoever draws asks for work and goes on; what came of it is there at one of the next pictures.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use tandem_presets::folder::{Imported, Listing, factory_entries};
use tandem_presets::{Folder, Preset};

/// Work on the user's files.
#[derive(Clone, Debug, PartialEq)]
pub enum Job {
    /// Look at them again.
    List,
    /// Save a preset, replacing the user's own of that name.
    Save(Box<Preset>),
    /// Give the preset in the file another name.
    Rename(PathBuf, String),
    /// Put the file away.
    Delete(PathBuf),
    /// Copy presets from a folder.
    Import(PathBuf),
    /// Mark the preset with the id as a favourite, or no longer.
    Mark(String, bool),
}

/// What came of a job.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The job.
    pub job: Job,
    /// The id of the preset it was about, with what there is to say; or why it failed.
    pub result: Result<Report, String>,
}

/// What there is to say of a job that is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The id of the preset that is there now.
    pub id: Option<String>,
    /// In words, if it is more than what was asked for.
    pub text: Option<String>,
}

/// The presets of a plug-in: those that came with it, and those in the user's folder, if there is one.
pub struct Library {
    /// "channel".
    plugin: String,
    folder: Option<Folder>,
    listing: Listing,
    worker: Option<Worker>,
    /// Jobs whose outcome is still to come.
    under_way: usize,
}

/// The thread that works on files.
struct Worker {
    jobs: Option<Sender<Job>>,
    outcomes: Receiver<(Outcome, Listing)>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Library {
    /// The library of `plugin` ("channel") with the user's presets in `folder`.
    pub fn new(plugin: &str, folder: Option<Folder>) -> Self {
        let listing = Listing { entries: factory_entries(plugin), ..Listing::default() };
        Self { plugin: plugin.to_string(), folder, listing, worker: None, under_way: 0 }
    }

    /// The word for its plug-in: "channel".
    pub fn plugin(&self) -> &str {
        &self.plugin
    }

    /// Where the user's presets are.
    pub fn folder(&self) -> Option<&Folder> {
        self.folder.as_ref()
    }

    /// What is in it, as it was looked at last.
    pub fn listing(&self) -> &Listing {
        &self.listing
    }

    /// Asks for `job`; `wake` is called on the worker's thread when its outcome is there. Returns whether there is a
    /// folder to do it in.
    pub fn ask(&mut self, job: Job, wake: impl Fn() + Send + 'static) -> bool {
        let Some(folder) = &self.folder else { return false };
        let worker = self.worker.get_or_insert_with(|| Worker::start(folder.clone(), wake));
        let asked = worker.jobs.as_ref().is_some_and(|jobs| jobs.send(job).is_ok());
        self.under_way += usize::from(asked);
        asked
    }

    /// Whether a job is under way.
    pub fn works(&self) -> bool {
        self.under_way > 0
    }

    /// An outcome that has come since the last call. The listing is up to date with it.
    pub fn outcome(&mut self) -> Option<Outcome> {
        let (outcome, listing) = self.worker.as_ref()?.outcomes.try_recv().ok()?;
        self.under_way = self.under_way.saturating_sub(1);
        self.listing = listing;
        Some(outcome)
    }
}

impl Worker {
    fn start(folder: Folder, wake: impl Fn() + Send + 'static) -> Self {
        let (jobs, asked) = mpsc::channel();
        let (done, outcomes) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let work = move || {
            while let Ok(job) = asked.recv() {
                let result = carry_out(&folder, &job, &stopped);
                let listing = folder.list(&stopped);
                if stopped.load(Relaxed) || done.send((Outcome { job, result }, listing)).is_err() {
                    return;
                }
                wake();
            }
        };
        // Without a thread, the library stays what the factory gives.
        let thread = std::thread::Builder::new().name("tandem-presets".to_string()).spawn(work).ok();
        Self { jobs: Some(jobs), outcomes, stop, thread }
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

fn carry_out(folder: &Folder, job: &Job, stop: &AtomicBool) -> Result<Report, String> {
    let at = |path: PathBuf| Report { id: Some(folder.id(&path)), text: None };
    let done = match job {
        Job::List => Ok(Report::default()),
        Job::Save(preset) => folder.save(preset).map(at),
        Job::Rename(path, name) => folder.rename(path, name).map(at),
        Job::Delete(path) => folder
            .delete(path)
            .map(|to| Report { id: None, text: Some(format!("Put away: it is in {} now.", to.display())) }),
        Job::Import(from) => folder.import(from, stop).map(|done| Report { id: None, text: Some(describe(&done)) }),
        Job::Mark(id, on) => folder.mark(id, *on).map(|()| Report::default()),
    };
    done.map_err(|error| format!("{error}."))
}

/// "3 presets imported, 1 known already, 1 refused: Kick.tandem, line 4: …".
fn describe(done: &Imported) -> String {
    let presets = if done.copied == 1 { "preset" } else { "presets" };
    let mut text = format!("{} {presets} imported", done.copied);
    if done.known > 0 {
        text += &format!(", {} known already", done.known);
    }
    if let Some(first) = done.refused.first() {
        text += &format!(", {} refused: {first}", done.refused.len());
        return text;
    }
    text + "."
}
