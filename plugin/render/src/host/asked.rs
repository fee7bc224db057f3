//! What a plug-in asks of its host, and the record of it.

use clack_extensions::gui::{GuiSize, HostGui, HostGuiImpl};
use clack_extensions::latency::{HostLatency, HostLatencyImpl};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamRescanFlags,
};
use clack_extensions::state::{HostState, HostStateImpl};
use clack_extensions::tail::{HostTail, HostTailImpl};
use clack_extensions::thread_check::{HostThreadCheck, HostThreadCheckImpl};
use clack_host::prelude::*;
use clack_host::utils::ClapId;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// Something that a plug-in asked of the host or told it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Request {
    /// To be deactivated and activated again.
    Restart,
    /// To be processed.
    Process,
    /// To have its parameters flushed.
    Flush,
    /// That values, texts or descriptions of its parameters changed.
    Rescan(ParamRescanFlags),
    /// That its state changed in a way that no parameter shows.
    MarkDirty,
    /// That its latency changed.
    LatencyChanged,
    /// That its tail changed.
    TailChanged,
    /// To have its window resized, in physical pixels on X11.
    Resize(GuiSize),
    /// That its window went away.
    WindowClosed,
    /// The user took hold of a parameter.
    GestureBegin(ClapId),
    /// A parameter got a new value from inside the plug-in.
    Value(ClapId, f64),
    /// The user let go of a parameter.
    GestureEnd(ClapId),
}

/// A request and where it came from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// What was asked.
    pub request: Request,
    /// Whether the call came on the host's main thread.
    pub on_main_thread: bool,
}

/// Shared by the handlers below and the [`Plugin`](super::Plugin).
pub(super) struct Record {
    asked: Mutex<Vec<Asked>>,
    main_thread: ThreadId,
    audio_thread: Mutex<Option<ThreadId>>,
    callback: AtomicBool,
    flush: AtomicBool,
    restart: AtomicBool,
    resize: Mutex<Option<GuiSize>>,
}

impl Record {
    /// The calling thread is the main thread from now on.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            asked: Mutex::default(),
            main_thread: thread::current().id(),
            audio_thread: Mutex::default(),
            callback: AtomicBool::new(false),
            flush: AtomicBool::new(false),
            restart: AtomicBool::new(false),
            resize: Mutex::default(),
        })
    }

    pub fn add(&self, request: Request) {
        let on_main_thread = thread::current().id() == self.main_thread;
        lock(&self.asked).push(Asked { request, on_main_thread });
    }

    /// Everything since the last call.
    pub fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut *lock(&self.asked))
    }

    pub fn enter_audio_thread(&self) {
        *lock(&self.audio_thread) = Some(thread::current().id());
    }

    pub fn leave_audio_thread(&self) {
        *lock(&self.audio_thread) = None;
    }

    pub fn take_callback(&self) -> bool {
        self.callback.swap(false, Ordering::SeqCst)
    }

    pub fn take_flush(&self) -> bool {
        self.flush.swap(false, Ordering::SeqCst)
    }

    pub fn take_restart(&self) -> bool {
        self.restart.swap(false, Ordering::SeqCst)
    }

    pub fn take_resize(&self) -> Option<GuiSize> {
        lock(&self.resize).take()
    }
}

/// A plug-in that panics while it holds a lock here has failed already; the data is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The host as clack sees it.
pub(super) struct Host;

impl HostHandlers for Host {
    type Shared<'a> = Shared;
    type MainThread<'a> = MainThread;
    type AudioProcessor<'a> = AudioThread;

    fn declare_extensions(builder: &mut HostExtensions<Self>, _shared: &Shared) {
        builder
            .register::<HostGui>()
            .register::<HostLatency>()
            .register::<HostParams>()
            .register::<HostState>()
            .register::<HostTail>()
            .register::<HostThreadCheck>();
    }
}

/// Callable from any thread.
pub(super) struct Shared(pub Arc<Record>);

/// Callable from the main thread.
pub(super) struct MainThread(pub Arc<Record>);

/// Callable from the audio thread.
pub(super) struct AudioThread(pub Arc<Record>);

impl SharedHandler<'_> for Shared {
    fn request_restart(&self) {
        self.0.add(Request::Restart);
        self.0.restart.store(true, Ordering::SeqCst);
    }

    fn request_process(&self) {
        self.0.add(Request::Process);
    }

    fn request_callback(&self) {
        self.0.callback.store(true, Ordering::SeqCst);
    }
}

impl MainThreadHandler<'_> for MainThread {}

impl AudioProcessorHandler<'_> for AudioThread {}

impl HostThreadCheckImpl for Shared {
    fn is_main_thread(&self) -> bool {
        thread::current().id() == self.0.main_thread
    }

    fn is_audio_thread(&self) -> bool {
        *lock(&self.0.audio_thread) == Some(thread::current().id())
    }
}

impl HostParamsImplShared for Shared {
    fn request_flush(&self) {
        self.0.add(Request::Flush);
        self.0.flush.store(true, Ordering::SeqCst);
    }
}

impl HostParamsImplMainThread for MainThread {
    fn rescan(&self, flags: ParamRescanFlags) {
        self.0.add(Request::Rescan(flags));
    }

    fn clear(&self, _param: ClapId, _flags: ParamClearFlags) {}
}

impl HostStateImpl for MainThread {
    fn mark_dirty(&self) {
        self.0.add(Request::MarkDirty);
    }
}

impl HostLatencyImpl for MainThread {
    fn changed(&self) {
        self.0.add(Request::LatencyChanged);
    }
}

impl HostTailImpl for AudioThread {
    fn changed(&mut self) {
        self.0.add(Request::TailChanged);
    }
}

impl HostGuiImpl for Shared {
    fn resize_hints_changed(&self) {}

    fn request_resize(&self, size: GuiSize) -> Result<(), HostError> {
        self.0.add(Request::Resize(size));
        *lock(&self.0.resize) = Some(size);
        Ok(())
    }

    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn closed(&self, _was_destroyed: bool) {
        self.0.add(Request::WindowClosed);
    }
}
