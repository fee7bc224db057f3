//! Our own VST3 factory, and the guard around the framework's VST3 object.
//!
//! The guard owns the framework's wrapper and forwards to it. On the way it
//! - takes every sensible width of the side-chain and completes missing and null channels,
//! - refuses a parameter index that is out of range,
//! - passes the process mode on at once, which the framework learns a call late,
//! - brings calls to the host's component handler to the main thread,
//! - reports the tail as it is before the first block.
#![allow(non_snake_case)]

use super::buses::{Given, LONGEST_BLOCK};
use super::link::{Call, HostLink};
use nice_plug::prelude::Vst3Plugin;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::ChannelContext::{IInfoListener, IInfoListenerTrait};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComRef, ComWrapper};
use nice_plug::wrapper::vst3::{PluginInfo, Wrapper};
use std::ffi::{c_char, c_void};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

// The bindings' enums are signed on one platform and unsigned on another.
#[allow(clippy::unnecessary_cast)]
const INPUT: BusDirection = BusDirections_::kInput as BusDirection;
#[allow(clippy::unnecessary_cast)]
const OUTPUT: BusDirection = BusDirections_::kOutput as BusDirection;
#[allow(clippy::unnecessary_cast)]
const AUDIO: MediaType = MediaTypes_::kAudio as MediaType;
#[allow(clippy::unnecessary_cast)]
const OFFLINE: int32 = ProcessModes_::kOffline as int32;

/// Index of the side-chain among the input buses.
const SIDE: int32 = 1;

/// The object that a host is given.
pub struct Guard<P: Vst3Plugin> {
    inner: Wrapper<P>,
    link: Arc<HostLink>,
    /// The side-chain's arrangement as agreed with the host: empty, mono or stereo. The framework is always told the
    /// main input's.
    side: AtomicU64,
    /// The host's context, as the factory got it.
    context: Option<Context>,
}

impl<P: Vst3Plugin> Guard<P> {
    /// An instance for a host whose factory was given `context`.
    pub fn new(context: Option<Context>) -> Self {
        let (link, inner) = HostLink::with(Wrapper::new);
        Self { inner, link, side: AtomicU64::new(SpeakerArr::kStereo), context }
    }

    /// The instance's link to its host.
    pub fn link(&self) -> &Arc<HostLink> {
        &self.link
    }

    /// Channels of the main bus in direction `direction`.
    fn main_channels(&self, direction: BusDirection) -> usize {
        let mut arrangement = 0;
        // SAFETY: the framework fills in a number.
        let result = unsafe { self.inner.getBusArrangement(direction, 0, &mut arrangement) };
        if result == kResultOk { arrangement.count_ones() as usize } else { 0 }
    }
}

impl<P: Vst3Plugin> Drop for Guard<P> {
    fn drop(&mut self) {
        self.link.wait_for_worker();
        self.link.unlink();
    }
}

impl<P: Vst3Plugin> Class for Guard<P> {
    type Interfaces =
        (IComponent, IEditController, IAudioProcessor, IProcessContextRequirements, IUnitInfo, IInfoListener);
}

/// Methods that are the framework's as they are.
///
/// SAFETY of each: the caller keeps the interface's contract, and the framework's method has the same one.
macro_rules! forward {
    ($interface:ident: $($name:ident($($argument:ident: $kind:ty),*) $(-> $result:ty)?;)*) => {
        $(unsafe fn $name(&self, $($argument: $kind),*) $(-> $result)? {
            // SAFETY: see the macro.
            unsafe { <Wrapper<P> as $interface>::$name(&self.inner, $($argument),*) }
        })*
    };
}

// In the methods below the caller is a host that keeps VST3's contract: pointers are null or good for the length of the
// call. That is what their `SAFETY` rests on.

impl<P: Vst3Plugin> IPluginBaseTrait for Guard<P> {
    unsafe fn initialize(&self, context: *mut FUnknown) -> tresult {
        // SAFETY: see above.
        unsafe {
            #[cfg(target_os = "linux")]
            {
                use super::runloop::MainThread;
                let factory = self.context.as_ref().map(|context| context.0.as_ptr());
                let run_loop = MainThread::of_context(context, Arc::downgrade(&self.link))
                    .or_else(|| MainThread::of_context(factory?, Arc::downgrade(&self.link)));
                self.link.set_run_loop(run_loop);
            }
            self.inner.initialize(context)
        }
    }

    unsafe fn terminate(&self) -> tresult {
        #[cfg(target_os = "linux")]
        self.link.set_run_loop(None);
        self.link.unlink();
        // SAFETY: see above.
        unsafe { IPluginBaseTrait::terminate(&self.inner) }
    }
}

impl<P: Vst3Plugin> IComponentTrait for Guard<P> {
    forward! { IComponentTrait:
        getControllerClassId(id: *mut TUID) -> tresult;
        setIoMode(mode: IoMode) -> tresult;
        getBusCount(media: MediaType, direction: BusDirection) -> int32;
        getRoutingInfo(input: *mut RoutingInfo, output: *mut RoutingInfo) -> tresult;
        activateBus(media: MediaType, direction: BusDirection, index: int32, state: TBool) -> tresult;
        setState(state: *mut IBStream) -> tresult;
        getState(state: *mut IBStream) -> tresult;
    }

    unsafe fn setActive(&self, state: TBool) -> tresult {
        // SAFETY: see above.
        self.link.hold(|| unsafe { self.inner.setActive(state) })
    }

    unsafe fn getBusInfo(
        &self,
        media: MediaType,
        direction: BusDirection,
        index: int32,
        info: *mut BusInfo,
    ) -> tresult {
        // SAFETY: see above.
        unsafe {
            let result = self.inner.getBusInfo(media, direction, index, info);
            if result == kResultOk && (media, direction, index) == (AUDIO, INPUT, SIDE) {
                (*info).channelCount = self.side.load(Relaxed).count_ones() as int32;
            }
            result
        }
    }
}

impl<P: Vst3Plugin> IEditControllerTrait for Guard<P> {
    forward! { IEditControllerTrait:
        setComponentState(state: *mut IBStream) -> tresult;
        setState(state: *mut IBStream) -> tresult;
        getState(state: *mut IBStream) -> tresult;
        getParameterCount() -> int32;
        getParamStringByValue(id: ParamID, value: ParamValue, string: *mut String128) -> tresult;
        getParamValueByString(id: ParamID, string: *mut TChar, value: *mut ParamValue) -> tresult;
        normalizedParamToPlain(id: ParamID, value: ParamValue) -> ParamValue;
        plainParamToNormalized(id: ParamID, value: ParamValue) -> ParamValue;
        getParamNormalized(id: ParamID) -> ParamValue;
        setParamNormalized(id: ParamID, value: ParamValue) -> tresult;
        createView(name: FIDString) -> *mut IPlugView;
    }

    unsafe fn getParameterInfo(&self, index: int32, info: *mut ParameterInfo) -> tresult {
        // SAFETY: see above.
        unsafe {
            if index < 0 || index >= self.inner.getParameterCount() {
                return kInvalidArgument;
            }
            self.inner.getParameterInfo(index, info)
        }
    }

    unsafe fn setComponentHandler(&self, handler: *mut IComponentHandler) -> tresult {
        // SAFETY: see above; the proxy is handed over with a reference of its own.
        unsafe {
            let Some(host) = ComRef::from_raw(handler) else {
                self.link.unlink();
                return self.inner.setComponentHandler(handler);
            };
            self.link.link_vst3(host.to_com_ptr());
            match ComWrapper::new(Handler(self.link.clone())).to_com_ptr::<IComponentHandler>() {
                Some(proxy) => self.inner.setComponentHandler(proxy.as_ptr()),
                None => kInternalError,
            }
        }
    }
}

impl<P: Vst3Plugin> IAudioProcessorTrait for Guard<P> {
    forward! { IAudioProcessorTrait:
        canProcessSampleSize(size: int32) -> tresult;
        getLatencySamples() -> uint32;
        setProcessing(state: TBool) -> tresult;
    }

    unsafe fn getTailSamples(&self) -> uint32 {
        self.link.tail()
    }

    unsafe fn setBusArrangements(
        &self,
        inputs: *mut SpeakerArrangement,
        input_count: int32,
        outputs: *mut SpeakerArrangement,
        output_count: int32,
    ) -> tresult {
        if inputs.is_null() || outputs.is_null() || input_count != 2 || output_count != 1 {
            return kResultFalse;
        }
        let known = |arrangement| matches!(arrangement, SpeakerArr::kMono | SpeakerArr::kStereo);
        // SAFETY: see above; the counts were checked.
        unsafe {
            let (main, side, output) = (*inputs, *inputs.add(SIDE as usize), *outputs);
            if !known(main) || !known(output) || !(known(side) || side == SpeakerArr::kEmpty) {
                return kResultFalse;
            }
            // The framework compares the side-chain with the main bus: it is handed that one twice.
            let result = self.inner.setBusArrangements([main; 2].as_mut_ptr(), 2, outputs, output_count);
            if result == kResultOk {
                self.side.store(side, Relaxed);
            }
            result
        }
    }

    unsafe fn getBusArrangement(
        &self,
        direction: BusDirection,
        index: int32,
        arrangement: *mut SpeakerArrangement,
    ) -> tresult {
        if index < 0 {
            return kInvalidArgument;
        }
        // SAFETY: see above.
        unsafe {
            let result = self.inner.getBusArrangement(direction, index, arrangement);
            if result == kResultOk && (direction, index) == (INPUT, SIDE) {
                *arrangement = self.side.load(Relaxed);
            }
            result
        }
    }

    unsafe fn setupProcessing(&self, setup: *mut ProcessSetup) -> tresult {
        // SAFETY: see above.
        unsafe {
            let Some(wanted) = setup.as_ref() else { return kInvalidArgument };
            if self.inner.canProcessSampleSize(wanted.symbolicSampleSize) != kResultOk {
                return kResultFalse;
            }
            self.link.set_offline(wanted.processMode == OFFLINE);
            // The framework stores the mode after it has used it: the second call finds the first one's.
            self.inner.setupProcessing(setup);
            self.inner.setupProcessing(setup)
        }
    }

    unsafe fn process(&self, data: *mut ProcessData) -> tresult {
        // SAFETY: see above; buses are as many as their counts say, and buffers as long as the block.
        unsafe {
            let Some(data) = data.as_mut() else { return kInvalidArgument };
            if data.numSamples < 0 {
                return kInvalidArgument;
            }
            self.link.set_offline(data.processMode == OFFLINE);
            let inputs = buses(data.inputs, data.numInputs);
            if !data.outputs.is_null() {
                for index in 0..data.numOutputs.max(0) as usize {
                    (*data.outputs.add(index)).silenceFlags = 0;
                }
            }
            let outputs = buses(data.outputs, data.numOutputs);
            let wanted_out = self.main_channels(OUTPUT);
            let output = outputs.first().map_or(Given::NONE, given);
            let mut complete = *data;
            if data.numSamples as usize > LONGEST_BLOCK {
                output.silence(data.numSamples as usize);
                return kInvalidArgument;
            }
            let mut main = inputs.first().map_or(Given::NONE, given).inputs();
            let mut side = inputs.get(SIDE as usize).map_or(Given::NONE, given).inputs();
            let wanted_in = self.main_channels(INPUT);
            let mut buses_in = [bus(&mut main, wanted_in), bus(&mut side, wanted_in)];
            complete.numInputs = 2;
            complete.inputs = buses_in.as_mut_ptr();
            let mut lanes_out = output.outputs(wanted_out).unwrap_or_default();
            let mut bus_out = bus(&mut lanes_out, wanted_out);
            if lanes_out[0].is_null() {
                // Parameters only.
                complete.numOutputs = 0;
                complete.outputs = std::ptr::null_mut();
            } else {
                complete.numOutputs = 1;
                complete.outputs = &mut bus_out;
            }
            self.link.hold(|| self.inner.process(&mut complete))
        }
    }
}

/// The buses at `list`.
///
/// # Safety
/// `list` is null or holds `count` of them for as long as the host's call lasts.
unsafe fn buses<'a>(list: *const AudioBusBuffers, count: int32) -> &'a [AudioBusBuffers] {
    if list.is_null() || count <= 0 {
        return &[];
    }
    // SAFETY: as the caller says.
    unsafe { std::slice::from_raw_parts(list, count as usize) }
}

fn given(bus: &AudioBusBuffers) -> Given {
    // SAFETY: both sides of the union are pointers; the host was told that samples are 32 bits wide.
    Given { list: unsafe { bus.__field0.channelBuffers32 }, channels: bus.numChannels.max(0) as usize }
}

fn bus(lanes: &mut [*mut f32; 2], channels: usize) -> AudioBusBuffers {
    AudioBusBuffers {
        numChannels: channels.min(2) as int32,
        silenceFlags: 0,
        __field0: AudioBusBuffers__type0 { channelBuffers32: lanes.as_mut_ptr() },
    }
}

impl<P: Vst3Plugin> IProcessContextRequirementsTrait for Guard<P> {
    forward! { IProcessContextRequirementsTrait: getProcessContextRequirements() -> uint32; }
}

impl<P: Vst3Plugin> IUnitInfoTrait for Guard<P> {
    forward! { IUnitInfoTrait:
        getUnitCount() -> int32;
        getUnitInfo(index: int32, info: *mut UnitInfo) -> tresult;
        getProgramListCount() -> int32;
        getProgramListInfo(index: int32, info: *mut ProgramListInfo) -> tresult;
        getProgramName(list: ProgramListID, index: int32, name: *mut String128) -> tresult;
        getProgramInfo(list: ProgramListID, index: int32, id: *const c_char, value: *mut String128) -> tresult;
        hasProgramPitchNames(list: ProgramListID, index: int32) -> tresult;
        getProgramPitchName(list: ProgramListID, index: int32, pitch: int16, name: *mut String128) -> tresult;
        getSelectedUnit() -> UnitID;
        selectUnit(id: UnitID) -> tresult;
        getUnitByBus(media: MediaType, direction: BusDirection, bus: int32, channel: int32, id: *mut UnitID) -> tresult;
        setUnitProgramData(list: int32, index: int32, data: *mut IBStream) -> tresult;
    }
}

impl<P: Vst3Plugin> IInfoListenerTrait for Guard<P> {
    forward! { IInfoListenerTrait: setChannelContextInfos(list: *mut IAttributeList) -> tresult; }
}

/// Stands between the framework and the host's component handler.
struct Handler(Arc<HostLink>);

impl Class for Handler {
    type Interfaces = (IComponentHandler,);
}

impl IComponentHandlerTrait for Handler {
    unsafe fn beginEdit(&self, id: ParamID) -> tresult {
        self.0.call(Call::BeginEdit(id));
        kResultOk
    }

    unsafe fn performEdit(&self, id: ParamID, value: ParamValue) -> tresult {
        self.0.call(Call::PerformEdit(id, value));
        kResultOk
    }

    unsafe fn endEdit(&self, id: ParamID) -> tresult {
        self.0.call(Call::EndEdit(id));
        kResultOk
    }

    unsafe fn restartComponent(&self, flags: int32) -> tresult {
        self.0.call(Call::Restart(flags));
        kResultOk
    }
}

/// A host's context.
#[derive(Clone)]
pub struct Context(ComPtr<FUnknown>);

// SAFETY: COM reference counts are atomic, and the object is called on the main thread only.
unsafe impl Send for Context {}
// SAFETY: as above.
unsafe impl Sync for Context {}

/// A plug-in of the bundle.
pub struct Product {
    info: PluginInfo,
    make: fn(Option<Context>) -> Option<ComPtr<FUnknown>>,
}

impl Product {
    /// The class of `P`.
    pub fn of<P: Vst3Plugin>() -> Self {
        Self {
            info: PluginInfo::for_plugin::<P>(),
            make: |context| ComWrapper::new(Guard::<P>::new(context)).to_com_ptr::<FUnknown>(),
        }
    }
}

/// What a host gets from the binary, and makes instances with.
pub struct Factory {
    products: [Product; 2],
    context: Mutex<Option<Context>>,
}

impl Factory {
    /// A factory of `products`; the first one's vendor is the factory's.
    pub fn new(products: [Product; 2]) -> Self {
        Self { products, context: Mutex::new(None) }
    }

    /// As a COM object with one reference, which is the caller's.
    pub fn into_raw(self) -> *mut c_void {
        match ComWrapper::new(self).to_com_ptr::<IPluginFactory>() {
            Some(factory) => factory.into_raw().cast(),
            None => std::ptr::null_mut(),
        }
    }

    /// Writes what `describe` says of the class at `index`.
    ///
    /// # Safety
    /// `to` is null or good to write to.
    unsafe fn describe<T>(&self, index: int32, to: *mut T, describe: impl Fn(&PluginInfo) -> T) -> tresult {
        let product = usize::try_from(index).ok().and_then(|index| self.products.get(index));
        match product {
            Some(product) if !to.is_null() => {
                // SAFETY: as the caller says.
                unsafe { to.write(describe(&product.info)) };
                kResultOk
            }
            _ => kInvalidArgument,
        }
    }
}

impl Class for Factory {
    type Interfaces = (IPluginFactory, IPluginFactory2, IPluginFactory3);
}

impl IPluginFactoryTrait for Factory {
    unsafe fn getFactoryInfo(&self, info: *mut PFactoryInfo) -> tresult {
        // SAFETY: see above.
        unsafe { self.describe(0, info, PluginInfo::create_factory_info) }
    }

    unsafe fn countClasses(&self) -> int32 {
        self.products.len() as int32
    }

    unsafe fn getClassInfo(&self, index: int32, info: *mut PClassInfo) -> tresult {
        // SAFETY: see above.
        unsafe { self.describe(index, info, PluginInfo::create_class_info) }
    }

    unsafe fn createInstance(&self, class: FIDString, interface: FIDString, object: *mut *mut c_void) -> tresult {
        if class.is_null() || interface.is_null() || object.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: see above; ids are 16 bytes long.
        unsafe {
            let class = &*class.cast::<[u8; 16]>();
            let Some(product) = self.products.iter().find(|product| product.info.cid == class) else {
                return kInvalidArgument;
            };
            let context = self.context.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let Some(instance) = (product.make)(context) else { return kOutOfMemory };
            let unknown = instance.as_ptr();
            ((*(*unknown).vtbl).queryInterface)(unknown, interface.cast::<TUID>(), object)
        }
    }
}

impl IPluginFactory2Trait for Factory {
    unsafe fn getClassInfo2(&self, index: int32, info: *mut PClassInfo2) -> tresult {
        // SAFETY: see above.
        unsafe { self.describe(index, info, PluginInfo::create_class_info_2) }
    }
}

impl IPluginFactory3Trait for Factory {
    unsafe fn getClassInfoUnicode(&self, index: int32, info: *mut PClassInfoW) -> tresult {
        // SAFETY: see above.
        unsafe { self.describe(index, info, PluginInfo::create_class_info_unicode) }
    }

    unsafe fn setHostContext(&self, context: *mut FUnknown) -> tresult {
        // SAFETY: see above.
        let context = unsafe { ComRef::from_raw(context) }.map(|context| Context(context.to_com_ptr()));
        *self.context.lock().unwrap_or_else(PoisonError::into_inner) = context;
        kResultOk
    }
}
