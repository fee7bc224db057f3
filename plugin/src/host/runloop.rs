//! Linux: a VST3 host's run loop, which brings work to its main thread even while no editor is open.

use super::link::HostLink;
use nice_plug::wrapper::vst3::vst3::Steinberg::Linux::{
    FileDescriptor, IEventHandler, IEventHandlerTrait, IRunLoop, IRunLoopTrait,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::{FUnknown, kResultOk};
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComRef, ComWrapper};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::Weak;

/// What the host calls when there is something to read: it makes the calls that wait.
struct Wake {
    link: Weak<HostLink>,
    read: UnixStream,
}

impl Class for Wake {
    type Interfaces = (IEventHandler,);
}

impl IEventHandlerTrait for Wake {
    unsafe fn onFDIsSet(&self, _: FileDescriptor) {
        while (&self.read).read(&mut [0; 64]).is_ok_and(|n| n > 0) {}
        if let Some(link) = self.link.upgrade() {
            link.make_calls();
        }
    }
}

/// A way to the host's main thread. To be dropped on that thread.
pub struct MainThread {
    run_loop: ComPtr<IRunLoop>,
    handler: ComPtr<IEventHandler>,
    write: UnixStream,
}

// SAFETY: other threads use `write` only; the COM objects are used where this is made and dropped, on the main thread.
unsafe impl Send for MainThread {}

impl MainThread {
    /// Registers `link` with the run loop of a host's `context`, if it has one. Main thread.
    ///
    /// # Safety
    /// `context` is null or a COM object that lives for the length of the call.
    pub unsafe fn of_context(context: *mut FUnknown, link: Weak<HostLink>) -> Option<Self> {
        // SAFETY: as the caller says.
        let run_loop = unsafe { ComRef::from_raw(context) }?.cast::<IRunLoop>()?;
        let (read, write) = UnixStream::pair().ok()?;
        read.set_nonblocking(true).ok()?;
        write.set_nonblocking(true).ok()?;
        let descriptor = read.as_raw_fd();
        let handler = ComWrapper::new(Wake { link, read }).to_com_ptr::<IEventHandler>()?;
        // SAFETY: both objects are alive, and the descriptor lives as long as the handler.
        let result = unsafe { run_loop.registerEventHandler(handler.as_ptr(), descriptor) };
        (result == kResultOk).then_some(Self { run_loop, handler, write })
    }

    /// Makes the main thread look at what waits. Any thread.
    pub fn wake(&self) {
        // A full pipe already wakes it.
        let _ = (&self.write).write(&[0]);
    }
}

impl Drop for MainThread {
    fn drop(&mut self) {
        // SAFETY: both objects are alive; the handler was registered in `of_context`.
        unsafe { self.run_loop.unregisterEventHandler(self.handler.as_ptr()) };
    }
}
