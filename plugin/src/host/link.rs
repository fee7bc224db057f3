//! What an instance needs of its host beyond what the framework brings: quiet changes of values, latency, tail, and the
//! main thread.

use crate::params::Controls;
use clap_sys::ext::params::{CLAP_EXT_PARAMS, CLAP_PARAM_RESCAN_VALUES, clap_host_params};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_host_state};
use clap_sys::host::clap_host;
use nice_plug::wrapper::vst3::vst3::ComPtr;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{IComponentHandler, IComponentHandlerTrait, RestartFlags_};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::*};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

/// An instance's link to its host.
///
/// It is made before the framework builds the plug-in, which claims it on the same thread; so plug-in and guard share
/// one. The audio thread touches its atomics only.
pub struct HostLink {
    /// The thread that made the instance, which is the host's main thread.
    main: ThreadId,
    host: Mutex<Host>,
    controls: OnceLock<Arc<Controls>>,
    /// VST3: calls that wait for the main thread, oldest first.
    calls: Mutex<VecDeque<Call>>,
    /// VST3: set while the main thread is inside a call of the host's that must not be answered by another call.
    held: AtomicBool,
    #[cfg(target_os = "linux")]
    run_loop: Mutex<Option<super::runloop::MainThread>>,
    executor: OnceLock<Executor>,
    barrier_passed: AtomicBool,
    /// CLAP: values have changed, and the host is to be told so on its main thread.
    values_changed: AtomicBool,
    latency: AtomicU32,
    tail: AtomicU32,
    offline: AtomicBool,
}

/// The host as the format has it.
enum Host {
    /// None, or not yet.
    None,
    Clap(ClapHost),
    Vst3(Handler),
}

#[derive(Clone, Copy)]
struct ClapHost(*const clap_host);

// SAFETY: a CLAP host's `request_callback` may be called from any thread; the other calls are made on the main thread.
unsafe impl Send for ClapHost {}

#[derive(Clone)]
struct Handler(ComPtr<IComponentHandler>);

// SAFETY: COM reference counts are atomic. Calls are brought to the main thread where the host lends it; where it does
// not, hosts on Linux get them from the window's thread, as from every plug-in built on this framework.
unsafe impl Send for Handler {}

/// The framework's executor of tasks, as the editor gets it.
struct Executor {
    call_on_main: Box<dyn Fn() + Send + Sync>,
    send_barrier: Box<dyn Fn() + Send + Sync>,
}

/// A call to a VST3 host's component handler.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Call {
    /// A gesture on the parameter begins.
    BeginEdit(u32),
    /// The parameter's new normalised value.
    PerformEdit(u32, f64),
    /// The gesture ends.
    EndEdit(u32),
    /// `restartComponent` with these flags.
    Restart(i32),
}

thread_local! {
    /// The link that the next plug-in built on this thread will claim.
    static NEXT: RefCell<Option<Arc<HostLink>>> = const { RefCell::new(None) };
}

/// How long the end of an instance waits for the framework's worker before it goes on regardless.
const BARRIER_TIMEOUT: Duration = Duration::from_secs(1);

/// Pause between two looks at the barrier, and after it, so that the worker has let go of the instance.
const BARRIER_PAUSE: Duration = Duration::from_millis(1);

impl HostLink {
    fn new() -> Self {
        Self {
            main: std::thread::current().id(),
            host: Mutex::new(Host::None),
            controls: OnceLock::new(),
            calls: Mutex::default(),
            held: AtomicBool::new(false),
            #[cfg(target_os = "linux")]
            run_loop: Mutex::new(None),
            executor: OnceLock::new(),
            barrier_passed: AtomicBool::new(false),
            values_changed: AtomicBool::new(false),
            latency: AtomicU32::new(0),
            tail: AtomicU32::new(0),
            offline: AtomicBool::new(false),
        }
    }

    /// Runs `build`, which makes the framework's wrapper, so that its plug-in claims the link that is returned.
    pub(crate) fn with<R>(build: impl FnOnce() -> R) -> (Arc<Self>, R) {
        let link = Arc::new(Self::new());
        NEXT.set(Some(link.clone()));
        let built = build();
        NEXT.set(None);
        (link, built)
    }

    /// The link made for the plug-in that is being built, which has `controls`; one without a host where there is none.
    pub(crate) fn claim(controls: &Arc<Controls>) -> Arc<Self> {
        let link = NEXT.take().unwrap_or_else(|| Arc::new(Self::new()));
        let _ = link.controls.set(controls.clone());
        link
    }

    /// The parameters of the instance.
    pub fn controls(&self) -> Option<&Arc<Controls>> {
        self.controls.get()
    }

    /// Whether the host renders offline. Any thread.
    pub fn offline(&self) -> bool {
        self.offline.load(Relaxed)
    }

    /// Tells the host once that parameter values have changed other than by its own doing or a gesture. Any thread but
    /// the audio thread.
    pub fn values_changed(&self) {
        let vst3 = match &*lock(&self.host) {
            Host::None => false,
            Host::Vst3(_) => true,
            Host::Clap(ClapHost(host)) => {
                self.values_changed.store(true, Release);
                // SAFETY: the host outlives the link to it, which ends under this lock; the call is for any thread.
                unsafe {
                    if let Some(request_callback) = (**host).request_callback {
                        request_callback(*host);
                    }
                }
                false
            }
        };
        if vst3 {
            #[allow(clippy::unnecessary_cast)]
            self.call(Call::Restart(RestartFlags_::kParamValuesChanged as i32));
        }
    }

    /// Where the framework's executor can be reached: to run [`make_calls`](Self::make_calls) on the main thread, and to
    /// send a barrier through its worker.
    pub(crate) fn set_executor(
        &self,
        call_on_main: impl Fn() + Send + Sync + 'static,
        send_barrier: impl Fn() + Send + Sync + 'static,
    ) {
        let _ =
            self.executor.set(Executor { call_on_main: Box::new(call_on_main), send_barrier: Box::new(send_barrier) });
    }

    /// The latency in frames, for the guard.
    pub(crate) fn set_latency(&self, frames: u32) {
        self.latency.store(frames, Relaxed);
    }

    /// See [`set_latency`](Self::set_latency).
    pub(crate) fn latency(&self) -> u32 {
        self.latency.load(Relaxed)
    }

    /// The tail in frames, for the guard.
    pub(crate) fn set_tail(&self, frames: u32) {
        self.tail.store(frames, Relaxed);
    }

    /// See [`set_tail`](Self::set_tail).
    pub(crate) fn tail(&self) -> u32 {
        self.tail.load(Relaxed)
    }

    /// Notes whether the host renders offline.
    pub fn set_offline(&self, offline: bool) {
        self.offline.store(offline, Relaxed);
    }
}

/// CLAP.
impl HostLink {
    /// Links to `host`.
    ///
    /// # Safety
    /// `host` is valid until [`unlink`](Self::unlink).
    pub(crate) unsafe fn link_clap(&self, host: *const clap_host) {
        *lock(&self.host) = Host::Clap(ClapHost(host));
    }

    /// Tells the host of changed values, if there are any to tell of. Main thread.
    pub(crate) fn rescan_values(&self) {
        if !self.values_changed.swap(false, AcqRel) {
            return;
        }
        let Host::Clap(ClapHost(host)) = *lock(&self.host) else { return };
        // SAFETY: the host is valid until its plug-in is destroyed, which happens on this thread, and its extensions
        // are tables of the types that their names stand for.
        unsafe {
            let Some(extension) = (*host).get_extension else { return };
            let params = extension(host, CLAP_EXT_PARAMS.as_ptr()).cast::<clap_host_params>();
            if let Some(rescan) = params.as_ref().and_then(|params| params.rescan) {
                rescan(host, CLAP_PARAM_RESCAN_VALUES);
            }
            let state = extension(host, CLAP_EXT_STATE.as_ptr()).cast::<clap_host_state>();
            if let Some(mark_dirty) = state.as_ref().and_then(|state| state.mark_dirty) {
                mark_dirty(host);
            }
        }
    }
}

/// VST3.
impl HostLink {
    /// Links to the host's component handler.
    pub(crate) fn link_vst3(&self, handler: ComPtr<IComponentHandler>) {
        *lock(&self.host) = Host::Vst3(Handler(handler));
    }

    /// Where the host lends its main thread.
    #[cfg(target_os = "linux")]
    pub(crate) fn set_run_loop(&self, run_loop: Option<super::runloop::MainThread>) {
        let old = std::mem::replace(&mut *lock(&self.run_loop), run_loop);
        // Leaving a run loop calls the host: not under the lock.
        drop(old);
    }

    /// Makes a call to the host, on its main thread wherever that can be reached. Any thread but the audio thread.
    pub(crate) fn call(&self, call: Call) {
        lock(&self.calls).push_back(call);
        if self.on_main_thread() {
            if !self.held.load(Relaxed) {
                self.make_calls();
            }
            return;
        }
        #[cfg(target_os = "linux")]
        if let Some(main) = &*lock(&self.run_loop) {
            main.wake();
            return;
        }
        match self.executor.get() {
            Some(executor) => (executor.call_on_main)(),
            None => self.make_calls(),
        }
    }

    /// Makes the calls that wait, oldest first.
    pub(crate) fn make_calls(&self) {
        loop {
            let handler = match &*lock(&self.host) {
                Host::Vst3(handler) => handler.0.clone(),
                _ => return,
            };
            let Some(call) = lock(&self.calls).pop_front() else { return };
            // SAFETY: the handler is a live COM object that the host gave us for these calls.
            unsafe {
                match call {
                    Call::BeginEdit(id) => handler.beginEdit(id),
                    Call::PerformEdit(id, value) => handler.performEdit(id, value),
                    Call::EndEdit(id) => handler.endEdit(id),
                    Call::Restart(flags) => handler.restartComponent(flags),
                };
            }
        }
    }

    /// Keeps calls back while the main thread is inside `inside`, a call of the host's, and makes them after it: a host
    /// that is told of a change in the midst of its own call may answer it with calls that cannot be served yet.
    pub(crate) fn hold<R>(&self, inside: impl FnOnce() -> R) -> R {
        if !self.on_main_thread() {
            return inside();
        }
        let outer = self.held.swap(true, Relaxed);
        let result = inside();
        self.held.store(outer, Relaxed);
        if !outer {
            self.make_calls();
        }
        result
    }

    /// Waits until the framework's worker has run every task of this instance. To be called before the instance goes:
    /// a task that comes up after its instance has gone ends the worker for all instances.
    pub(crate) fn wait_for_worker(&self) {
        let Some(executor) = self.executor.get() else { return };
        self.barrier_passed.store(false, Release);
        (executor.send_barrier)();
        let start = Instant::now();
        while !self.barrier_passed.load(Acquire) && start.elapsed() < BARRIER_TIMEOUT {
            std::thread::sleep(BARRIER_PAUSE);
        }
        std::thread::sleep(BARRIER_PAUSE);
    }

    /// The worker has come to the barrier.
    pub(crate) fn pass_barrier(&self) {
        self.barrier_passed.store(true, Release);
    }

    fn on_main_thread(&self) -> bool {
        std::thread::current().id() == self.main
    }
}

impl HostLink {
    /// Ends the link: no call reaches the host after this.
    pub(crate) fn unlink(&self) {
        let old = std::mem::replace(&mut *lock(&self.host), Host::None);
        // Releasing a handler calls the host: not under the lock.
        drop(old);
        lock(&self.calls).clear();
    }
}

/// A lock whose poisoning does not matter: what it guards is whole at every step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
