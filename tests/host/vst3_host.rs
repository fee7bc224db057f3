//! A VST3 host that notes every call it gets.
#![allow(non_snake_case)]

use nice_plug::wrapper::vst3::vst3::Steinberg::Linux::{
    FileDescriptor, IEventHandler, IEventHandlerTrait, IRunLoop, IRunLoopTrait, ITimerHandler, TimerInterval,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComRef, ComWrapper, Interface};
use std::cell::RefCell;
use std::ffi::c_void;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;

/// A call that the plug-in made to its component handler, and whether it came on the main thread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Call {
    Begin(u32),
    Perform(u32, f64),
    End(u32),
    Restart(i32),
}

/// The calls so far.
#[derive(Clone)]
pub struct Log {
    calls: Arc<Mutex<Vec<(Call, bool)>>>,
    main: ThreadId,
}

impl Log {
    fn new() -> Self {
        Self { calls: Arc::default(), main: std::thread::current().id() }
    }

    fn add(&self, call: Call) -> tresult {
        let on_main = std::thread::current().id() == self.main;
        self.calls.lock().expect("whole").push((call, on_main));
        kResultOk
    }

    /// The calls since the last look. Fails if one came on another thread than the main one.
    pub fn take(&self) -> Vec<Call> {
        let calls = std::mem::take(&mut *self.calls.lock().expect("whole"));
        calls
            .into_iter()
            .map(|(call, on_main)| {
                assert!(on_main, "{call:?} came on another thread than the main one");
                call
            })
            .collect()
    }
}

struct Handler(Log);

impl Class for Handler {
    type Interfaces = (IComponentHandler,);
}

impl IComponentHandlerTrait for Handler {
    unsafe fn beginEdit(&self, id: ParamID) -> tresult {
        self.0.add(Call::Begin(id))
    }
    unsafe fn performEdit(&self, id: ParamID, value: ParamValue) -> tresult {
        self.0.add(Call::Perform(id, value))
    }
    unsafe fn endEdit(&self, id: ParamID) -> tresult {
        self.0.add(Call::End(id))
    }
    unsafe fn restartComponent(&self, flags: int32) -> tresult {
        self.0.add(Call::Restart(flags))
    }
}

/// The run loop that Linux hosts lend.
#[derive(Default)]
struct Context(RefCell<Vec<(usize, FileDescriptor)>>);

impl Class for Context {
    type Interfaces = (IRunLoop,);
}

impl IRunLoopTrait for Context {
    unsafe fn registerEventHandler(&self, handler: *mut IEventHandler, fd: FileDescriptor) -> tresult {
        self.0.borrow_mut().push((handler as usize, fd));
        kResultOk
    }
    unsafe fn unregisterEventHandler(&self, handler: *mut IEventHandler) -> tresult {
        self.0.borrow_mut().retain(|(other, _)| *other != handler as usize);
        kResultOk
    }
    unsafe fn registerTimer(&self, _: *mut ITimerHandler, _: TimerInterval) -> tresult {
        kResultOk
    }
    unsafe fn unregisterTimer(&self, _: *mut ITimerHandler) -> tresult {
        kResultOk
    }
}

/// A stream in memory.
pub struct Stream(RefCell<(Vec<u8>, usize)>);

impl Class for Stream {
    type Interfaces = (IBStream,);
}

impl IBStreamTrait for Stream {
    unsafe fn read(&self, to: *mut c_void, wanted: int32, read: *mut int32) -> tresult {
        let mut stream = self.0.borrow_mut();
        let length = (wanted.max(0) as usize).min(stream.0.len().saturating_sub(stream.1));
        unsafe {
            std::ptr::copy_nonoverlapping(stream.0.as_ptr().add(stream.1), to.cast(), length);
            if !read.is_null() {
                *read = length as i32;
            }
        }
        stream.1 += length;
        kResultOk
    }
    unsafe fn write(&self, from: *mut c_void, length: int32, written: *mut int32) -> tresult {
        let mut stream = self.0.borrow_mut();
        unsafe {
            stream.0.extend_from_slice(std::slice::from_raw_parts(from.cast(), length as usize));
            if !written.is_null() {
                *written = length;
            }
        }
        stream.1 = stream.0.len();
        kResultOk
    }
    unsafe fn seek(&self, by: int64, mode: int32, now: *mut int64) -> tresult {
        let mut stream = self.0.borrow_mut();
        let from = [0, stream.1, stream.0.len()][mode as usize] as i64;
        stream.1 = (from + by).max(0) as usize;
        unsafe {
            if !now.is_null() {
                *now = stream.1 as i64;
            }
        }
        kResultOk
    }
    unsafe fn tell(&self, now: *mut int64) -> tresult {
        unsafe { *now = self.0.borrow().1 as i64 };
        kResultOk
    }
}

/// One point of automation.
#[derive(Clone, Copy)]
pub struct Point {
    pub id: u32,
    pub frame: i32,
    pub value: f64,
}

/// Points for one block: a queue each.
struct Changes(Vec<ComPtr<IParamValueQueue>>);
struct Queue(Point);

impl Class for Changes {
    type Interfaces = (IParameterChanges,);
}

impl Class for Queue {
    type Interfaces = (IParamValueQueue,);
}

impl IParameterChangesTrait for Changes {
    unsafe fn getParameterCount(&self) -> int32 {
        self.0.len() as i32
    }
    unsafe fn getParameterData(&self, index: int32) -> *mut IParamValueQueue {
        self.0.get(index as usize).map_or(std::ptr::null_mut(), ComPtr::as_ptr)
    }
    unsafe fn addParameterData(&self, _: *const ParamID, _: *mut int32) -> *mut IParamValueQueue {
        std::ptr::null_mut()
    }
}

impl IParamValueQueueTrait for Queue {
    unsafe fn getParameterId(&self) -> ParamID {
        self.0.id
    }
    unsafe fn getPointCount(&self) -> int32 {
        1
    }
    unsafe fn getPoint(&self, index: int32, frame: *mut int32, value: *mut ParamValue) -> tresult {
        if index != 0 {
            return kInvalidArgument;
        }
        unsafe {
            *frame = self.0.frame;
            *value = self.0.value;
        }
        kResultOk
    }
    unsafe fn addPoint(&self, _: int32, _: ParamValue, _: *mut int32) -> tresult {
        kResultFalse
    }
}

/// The host's side of an instance.
pub struct Instance {
    pub component: ComPtr<IComponent>,
    pub processor: ComPtr<IAudioProcessor>,
    pub controller: ComPtr<IEditController>,
    pub log: Log,
    context: ComWrapper<Context>,
    _handler: ComPtr<IComponentHandler>,
}

// SAFETY: the object's reference count is atomic, and the tests call it as VST3 has it: `process` on one thread, the
// rest on the main one.
unsafe impl Send for Processing {}

/// What the audio thread gets.
pub struct Processing(pub ComPtr<IAudioProcessor>);

/// Loads the built bundle once and for ever.
fn library() -> &'static libloading::Library {
    static LIBRARY: std::sync::OnceLock<libloading::Library> = std::sync::OnceLock::new();
    LIBRARY.get_or_init(|| {
        let binary = binary();
        // SAFETY: loading the plug-in is what a host is for.
        unsafe {
            let library = libloading::Library::new(&binary).unwrap_or_else(|e| panic!("{}: {e}", binary.display()));
            let entry = library.get::<unsafe extern "C" fn(*mut c_void) -> bool>(b"ModuleEntry").expect("ModuleEntry");
            assert!(entry(std::ptr::null_mut()));
            library
        }
    })
}

/// The binary in the bundle that `TANDEM_VST3` names, or in the one beside the tests.
fn binary() -> PathBuf {
    let bundle = std::env::var_os("TANDEM_VST3").map(PathBuf::from).or_else(|| {
        let tests = std::env::current_exe().ok()?;
        tests.ancestors().map(|folder| folder.join("bundled/Tandem.vst3")).find(|bundle| bundle.exists())
    });
    let bundle = bundle.expect("build the bundles with `cargo xtask bundle --profile dev`");
    bundle.join(format!("Contents/{}-linux/Tandem.so", std::env::consts::ARCH))
}

/// The built bundle's factory.
pub fn factory() -> ComPtr<IPluginFactory> {
    // SAFETY: the symbol's type is VST3's.
    unsafe {
        let get = library().get::<unsafe extern "system" fn() -> *mut IPluginFactory>(b"GetPluginFactory");
        ComPtr::from_raw(get.expect("GetPluginFactory")()).expect("a factory")
    }
}

impl Instance {
    /// A fresh instance of the class called `name`.
    pub fn new(name: &str) -> Self {
        let factory = factory();
        let context = ComWrapper::new(Context::default());
        unsafe {
            let third = factory.cast::<IPluginFactory3>().expect("IPluginFactory3");
            third.setHostContext(context.as_com_ref::<IRunLoop>().expect("a run loop").as_ptr().cast());
            let class = (0..factory.countClasses()).find_map(|index| {
                let mut info: PClassInfo = std::mem::zeroed();
                assert_eq!(factory.getClassInfo(index, &mut info), kResultOk);
                let bytes: Vec<u8> = info.name.iter().map(|c| *c as u8).take_while(|c| *c != 0).collect();
                (bytes == name.as_bytes()).then_some(info.cid)
            });
            let class = class.unwrap_or_else(|| panic!("no class {name}"));
            let mut object = std::ptr::null_mut();
            let id = IComponent::IID;
            assert_eq!(factory.createInstance(class.as_ptr(), id.as_ptr().cast(), &mut object), kResultOk, "{name}");
            Self::of(ComPtr::from_raw(object.cast()).expect("a component"), context)
        }
    }

    /// The instance that `component` is, which was given `context`.
    unsafe fn of(component: ComPtr<IComponent>, context: ComWrapper<Context>) -> Self {
        let log = Log::new();
        unsafe {
            assert_eq!(component.initialize(std::ptr::null_mut()), kResultOk);
            let processor = component.cast::<IAudioProcessor>().expect("a processor");
            let controller = component.cast::<IEditController>().expect("a controller");
            let handler = ComWrapper::new(Handler(log.clone())).to_com_ptr::<IComponentHandler>().expect("a handler");
            assert_eq!(controller.setComponentHandler(handler.as_ptr()), kResultOk);
            Self { component, processor, controller, log, context, _handler: handler }
        }
    }

    /// As [`of`](Self::of), in a host without a context.
    pub fn of_component(component: ComPtr<IComponent>) -> Self {
        // SAFETY: the context is of no one's.
        unsafe { Self::of(component, ComWrapper::new(Context::default())) }
    }

    /// Readies it for `rate` in Hz and blocks of `block`.
    pub fn activate(&self, rate: f64, block: usize) {
        let mut setup = ProcessSetup {
            processMode: ProcessModes_::kRealtime as i32,
            symbolicSampleSize: SymbolicSampleSizes_::kSample32 as i32,
            maxSamplesPerBlock: block as i32,
            sampleRate: rate,
        };
        unsafe {
            assert_eq!(self.processor.setupProcessing(&mut setup), kResultOk);
            assert_eq!(self.component.setActive(1), kResultOk);
            assert_eq!(self.processor.setProcessing(1), kResultOk);
        }
    }

    /// The end of [`activate`](Self::activate).
    pub fn deactivate(&self) {
        unsafe {
            self.processor.setProcessing(0);
            self.component.setActive(0);
        }
    }

    /// Lets the run loop run once.
    pub fn pump(&self) {
        let handlers = self.context.0.borrow().clone();
        for (handler, fd) in handlers {
            // SAFETY: registered handlers are alive.
            unsafe {
                if let Some(handler) = ComRef::<IEventHandler>::from_raw(handler as *mut _) {
                    handler.onFDIsSet(fd);
                }
            }
        }
    }

    /// Id of the parameter called `name`.
    pub fn id(&self, name: &str) -> u32 {
        unsafe {
            let found = (0..self.controller.getParameterCount()).find_map(|index| {
                let mut info: ParameterInfo = std::mem::zeroed();
                assert_eq!(self.controller.getParameterInfo(index, &mut info), kResultOk);
                let length = info.title.iter().position(|c| *c == 0).unwrap_or(info.title.len());
                (String::from_utf16_lossy(&info.title[..length]) == name).then_some(info.id)
            });
            found.unwrap_or_else(|| panic!("no parameter {name}"))
        }
    }

    /// Its state.
    pub fn save(&self) -> Vec<u8> {
        let stream = ComWrapper::new(Stream(RefCell::default()));
        unsafe {
            let pointer = stream.to_com_ptr::<IBStream>().expect("a stream");
            assert_eq!(self.component.getState(pointer.as_ptr()), kResultOk);
        }

        stream.0.borrow().0.clone()
    }

    /// Gives it a state; says whether it was taken.
    pub fn load(&self, bytes: &[u8]) -> bool {
        let stream = ComWrapper::new(Stream(RefCell::new((bytes.to_vec(), 0))));
        unsafe {
            let pointer = stream.to_com_ptr::<IBStream>().expect("a stream");
            self.component.setState(pointer.as_ptr()) == kResultOk
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.deactivate();
        unsafe {
            self.controller.setComponentHandler(std::ptr::null_mut());
            self.component.terminate();
        }
        assert!(self.context.0.borrow().is_empty(), "a handler stays behind in the run loop");
    }
}

/// A block's buses: lists of channels, `None` for a null list. A channel of `None` is a null pointer.
pub type Bus<'a> = Option<Vec<Option<&'a mut [f32]>>>;

/// A bus of `channels`.
pub fn full(channels: &mut [Vec<f32>]) -> Bus<'_> {
    Some(channels.iter_mut().map(|channel| Some(channel.as_mut_slice())).collect())
}

/// Processes one block.
pub fn process(
    processor: &ComPtr<IAudioProcessor>,
    frames: usize,
    inputs: Vec<Bus>,
    outputs: Vec<Bus>,
    points: &[Point],
    mode: u32,
) -> tresult {
    let mut lists: Vec<Vec<*mut f32>> = Vec::new();
    let mut buses = |buses: Vec<Bus>| -> Vec<AudioBusBuffers> {
        let described = buses.into_iter().map(|bus| {
            let there = bus.is_some();
            let pointers = bus.unwrap_or_default().into_iter();
            let list: Vec<_> = pointers.map(|c| c.map_or(std::ptr::null_mut(), |c| c.as_mut_ptr())).collect();
            lists.push(list);
            let list = lists.last_mut().expect("just pushed");
            AudioBusBuffers {
                numChannels: list.len() as i32,
                silenceFlags: 0,
                __field0: AudioBusBuffers__type0 {
                    channelBuffers32: if there { list.as_mut_ptr() } else { std::ptr::null_mut() },
                },
            }
        });
        described.collect()
    };
    let (mut inputs, mut outputs) = (buses(inputs), buses(outputs));
    let queues = points.iter().map(|point| ComWrapper::new(Queue(*point)).to_com_ptr().expect("a queue")).collect();
    let changes = ComWrapper::new(Changes(queues)).to_com_ptr::<IParameterChanges>().expect("changes");
    let list = |buses: &mut Vec<AudioBusBuffers>| {
        if buses.is_empty() { std::ptr::null_mut() } else { buses.as_mut_ptr() }
    };
    let mut data = ProcessData {
        processMode: mode as i32,
        symbolicSampleSize: SymbolicSampleSizes_::kSample32 as i32,
        numSamples: frames as i32,
        numInputs: inputs.len() as i32,
        numOutputs: outputs.len() as i32,
        inputs: list(&mut inputs),
        outputs: list(&mut outputs),
        inputParameterChanges: changes.as_ptr(),
        outputParameterChanges: std::ptr::null_mut(),
        inputEvents: std::ptr::null_mut(),
        outputEvents: std::ptr::null_mut(),
        processContext: std::ptr::null_mut(),
    };
    // SAFETY: everything that `data` points to outlives the call.
    unsafe { processor.process(&mut data) }
}
