//! Our own CLAP entry, and the guard around the framework's CLAP plug-in.
//!
//! The framework's functions look at `plugin_data` only, so a copy of its table with some entries of our own does. The
//! guard
//! - completes missing and null input channels, and takes a block without outputs as a flush of parameters,
//! - refuses a parameter index that is out of range, an editor without the host's gui extension or without a display,
//! - names the output port,
//! - reports latency: it changes in `activate` only, where the host is told,
//! - reports the tail as it is, and takes note of offline rendering at once,
//! - hears which parameters the host automates,
//! - tells the host of quiet changes of values on its main thread.

use super::buses::{Given, LONGEST_BLOCK};
use super::indication::INDICATION;
use super::link::HostLink;
use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::entry::clap_plugin_entry;
use clap_sys::events::{clap_input_events, clap_output_events};
use clap_sys::ext::audio_ports::{CLAP_EXT_AUDIO_PORTS, clap_audio_port_info, clap_plugin_audio_ports};
use clap_sys::ext::gui::{CLAP_EXT_GUI, clap_plugin_gui};
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_host_latency, clap_plugin_latency};
use clap_sys::ext::param_indication::{CLAP_EXT_PARAM_INDICATION, CLAP_EXT_PARAM_INDICATION_COMPAT};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_param_info, clap_plugin_params};
use clap_sys::ext::render::{CLAP_EXT_RENDER, CLAP_RENDER_OFFLINE, clap_plugin_render, clap_plugin_render_mode};
use clap_sys::ext::tail::{CLAP_EXT_TAIL, clap_plugin_tail};
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
use clap_sys::process::{CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR, clap_process, clap_process_status};
use clap_sys::version::CLAP_VERSION;
use nice_plug::prelude::ClapPlugin;
use nice_plug::wrapper::clap::{PluginDescriptor, Wrapper};
use std::ffi::{CStr, c_char, c_void};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

/// What the host is given: its table first, so that a pointer to the table is one to the guard. Every thread that the
/// host calls from sees it shared; nothing in it changes but atomics.
#[repr(C)]
struct Guard {
    plugin: clap_plugin,
    /// The framework's table.
    inner: clap_plugin,
    host: *const clap_host,
    link: Arc<HostLink>,
    /// The latency that the host was last told of, in frames.
    told_latency: AtomicU32,
    output_name: &'static str,
    /// The framework's extensions with entries of our own, and as they were.
    params: Table<clap_plugin_params>,
    gui: Option<Table<clap_plugin_gui>>,
    ports: Table<clap_plugin_audio_ports>,
    render: Table<clap_plugin_render>,
    latency: clap_plugin_latency,
    tail: clap_plugin_tail,
}

/// A table of the framework's and what the host gets instead.
struct Table<T> {
    inner: T,
    ours: T,
}

/// Makes a guarded instance of `P`; null if the framework lacks something that the guard stands on.
///
/// # Safety
/// `host` is valid until the instance is destroyed.
unsafe fn create<P: ClapPlugin>(host: *const clap_host) -> *const clap_plugin {
    // SAFETY: as the caller says.
    let (link, wrapper) = HostLink::with(|| unsafe { Wrapper::<P>::new(host) });
    let table = wrapper.clap_plugin.as_ptr();
    // The framework's `destroy` takes this reference back.
    let _ = Arc::into_raw(wrapper);
    // SAFETY: the wrapper lives until its `destroy`, and its table with it.
    let Some(guard) = (unsafe { Guard::new(table, host, link, output_name::<P>()) }) else { return null() };
    let guard = Box::into_raw(Box::new(guard));
    // SAFETY: just made; the host's pointer keeps it until `destroy`.
    unsafe {
        (*guard).link.link_clap(host);
    }
    guard.cast_const().cast()
}

fn output_name<P: ClapPlugin>() -> &'static str {
    P::AUDIO_IO_LAYOUTS.first().and_then(|layout| layout.names.main_output).unwrap_or("Output")
}

impl Guard {
    /// # Safety
    /// `inner` is the framework's table, alive for as long as the guard; so is `host`.
    unsafe fn new(
        inner: *const clap_plugin,
        host: *const clap_host,
        link: Arc<HostLink>,
        output_name: &'static str,
    ) -> Option<Self> {
        // SAFETY: the framework's extensions are tables of the types that their names stand for, and as old as it.
        unsafe {
            let params = *extension::<clap_plugin_params>(inner, CLAP_EXT_PARAMS)?;
            let ports = *extension::<clap_plugin_audio_ports>(inner, CLAP_EXT_AUDIO_PORTS)?;
            let render = *extension::<clap_plugin_render>(inner, CLAP_EXT_RENDER)?;
            let gui = extension::<clap_plugin_gui>(inner, CLAP_EXT_GUI).copied();
            let inner = *inner;
            Some(Self {
                plugin: clap_plugin {
                    destroy: Some(destroy),
                    activate: Some(activate),
                    process: Some(process),
                    get_extension: Some(get_extension),
                    on_main_thread: Some(on_main_thread),
                    ..inner
                },
                inner,
                host,
                link,
                told_latency: AtomicU32::new(0),
                output_name,
                params: Table { inner: params, ours: clap_plugin_params { get_info: Some(param_info), ..params } },
                gui: gui.map(|gui| Table { inner: gui, ours: clap_plugin_gui { create: Some(gui_create), ..gui } }),
                ports: Table { inner: ports, ours: clap_plugin_audio_ports { get: Some(port_info), ..ports } },
                render: Table { inner: render, ours: clap_plugin_render { set: Some(render_set), ..render } },
                latency: clap_plugin_latency { get: Some(latency_get) },
                tail: clap_plugin_tail { get: Some(tail_get) },
            })
        }
    }

    /// Ports of one direction and channels of port `index`, of the layout that is current.
    ///
    /// # Safety
    /// `plugin` is this guard's table.
    unsafe fn channels(&self, plugin: *const clap_plugin, index: u32, is_input: bool) -> usize {
        let Some(get) = self.ports.inner.get else { return 0 };
        // SAFETY: a port's info is plain data, and the framework's function takes our table as its own.
        unsafe {
            let mut info: clap_audio_port_info = std::mem::zeroed();
            if get(plugin, index, is_input, &mut info) { info.channel_count as usize } else { 0 }
        }
    }
}

/// One of the framework's extensions.
///
/// # Safety
/// `plugin` is the framework's table, and `T` the type that `id` stands for.
unsafe fn extension<'a, T>(plugin: *const clap_plugin, id: &CStr) -> Option<&'a T> {
    // SAFETY: as the caller says.
    unsafe { (*plugin).get_extension?(plugin, id.as_ptr()).cast::<T>().as_ref() }
}

/// The guard behind a pointer that the host was given.
///
/// # Safety
/// `plugin` is null or came from [`create`] and was not destroyed.
unsafe fn guard<'a>(plugin: *const clap_plugin) -> Option<&'a Guard> {
    // SAFETY: as the caller says; the table is the guard's first field.
    unsafe { plugin.cast::<Guard>().as_ref() }
}

/// The link of an instance that this binary's factory made.
///
/// # Safety
/// `plugin` came from the factory and was not destroyed; the link is not used after that.
pub unsafe fn link_of<'a>(plugin: *const clap_plugin) -> Option<&'a Arc<HostLink>> {
    // SAFETY: as the caller says.
    unsafe { guard(plugin) }.map(|guard| &guard.link)
}

// The functions below are called by the host, with a pointer that `create` returned and on the threads that CLAP names;
// that is what their `SAFETY` rests on.

unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    if plugin.is_null() {
        return;
    }
    // SAFETY: `create` made it with `Box`, and this is the last call.
    let guard = unsafe { Box::from_raw(plugin.cast_mut().cast::<Guard>()) };
    guard.link.wait_for_worker();
    guard.link.unlink();
    if let Some(destroy) = guard.inner.destroy {
        // SAFETY: the framework's function on its own table.
        unsafe { destroy(&guard.inner) }
    }
}

unsafe extern "C" fn activate(plugin: *const clap_plugin, rate: f64, min_frames: u32, max_frames: u32) -> bool {
    // SAFETY: see above.
    let Some(guard) = (unsafe { guard(plugin) }) else { return false };
    let Some(inner) = guard.inner.activate else { return false };
    // SAFETY: the framework takes our table as its own.
    let active = unsafe { inner(plugin, rate, min_frames, max_frames) };
    let latency = guard.link.latency();
    if active && guard.told_latency.swap(latency, Relaxed) != latency {
        // SAFETY: the host is alive, and its extension is of the type that the name stands for.
        unsafe {
            if let Some(changed) =
                host_extension::<clap_host_latency>(guard.host, CLAP_EXT_LATENCY).and_then(|l| l.changed)
            {
                changed(guard.host);
            }
        }
    }
    active
}

unsafe extern "C" fn process(plugin: *const clap_plugin, data: *const clap_process) -> clap_process_status {
    // SAFETY: see above.
    let (Some(guard), Some(data)) = (unsafe { guard(plugin) }, unsafe { data.as_ref() }) else {
        return CLAP_PROCESS_ERROR;
    };
    let Some(inner) = guard.inner.process else { return CLAP_PROCESS_ERROR };
    let frames = data.frames_count as usize;
    // SAFETY: the counts are those of the arrays, as CLAP has it, and each of the buffers is as long as the block.
    unsafe {
        let inputs = buses(data.audio_inputs, data.audio_inputs_count);
        if !data.audio_outputs.is_null() {
            for index in 0..data.audio_outputs_count as usize {
                (*data.audio_outputs.add(index)).constant_mask = 0;
            }
        }
        let outputs = buses(data.audio_outputs, data.audio_outputs_count);
        let wanted_in = guard.channels(plugin, 0, true);
        let wanted_out = guard.channels(plugin, 0, false);
        let output = outputs.first().map_or(Given::NONE, given);
        let Some(mut out) = output.outputs(wanted_out).filter(|_| frames > 0) else {
            flush(guard, plugin, data.in_events, data.out_events);
            return CLAP_PROCESS_CONTINUE;
        };
        if frames > LONGEST_BLOCK {
            output.silence(frames);
            return CLAP_PROCESS_ERROR;
        }
        let mut main = inputs.first().map_or(Given::NONE, given).inputs();
        let mut side = inputs.get(1).map_or(Given::NONE, given).inputs();
        let buses = [buffer(&mut main, wanted_in), buffer(&mut side, guard.channels(plugin, 1, true))];
        let mut out = buffer(&mut out, wanted_out);
        let complete = clap_process {
            audio_inputs: buses.as_ptr(),
            audio_inputs_count: 2,
            audio_outputs: &mut out,
            audio_outputs_count: 1,
            ..*data
        };
        inner(plugin, &complete)
    }
}

/// Parameter events without audio.
///
/// # Safety
/// As `process`.
unsafe fn flush(
    guard: &Guard,
    plugin: *const clap_plugin,
    input: *const clap_input_events,
    output: *const clap_output_events,
) {
    if let Some(flush) = guard.params.inner.flush {
        // SAFETY: as the caller says.
        unsafe { flush(plugin, input, output) }
    }
}

/// The buses at `list`.
///
/// # Safety
/// `list` is null or holds `count` of them for as long as the host's call lasts.
unsafe fn buses<'a>(list: *const clap_audio_buffer, count: u32) -> &'a [clap_audio_buffer] {
    if list.is_null() {
        return &[];
    }
    // SAFETY: as the caller says.
    unsafe { std::slice::from_raw_parts(list, count as usize) }
}

fn given(bus: &clap_audio_buffer) -> Given {
    Given { list: bus.data32, channels: bus.channel_count as usize }
}

fn buffer(lanes: &mut [*mut f32; 2], channels: usize) -> clap_audio_buffer {
    clap_audio_buffer {
        data32: lanes.as_mut_ptr(),
        data64: null_mut(),
        channel_count: channels.min(2) as u32,
        latency: 0,
        constant_mask: 0,
    }
}

unsafe extern "C" fn on_main_thread(plugin: *const clap_plugin) {
    // SAFETY: see above.
    let Some(guard) = (unsafe { guard(plugin) }) else { return };
    guard.link.rescan_values();
    if let Some(inner) = guard.inner.on_main_thread {
        // SAFETY: the framework takes our table as its own.
        unsafe { inner(plugin) }
    }
}

unsafe extern "C" fn get_extension(plugin: *const clap_plugin, id: *const c_char) -> *const c_void {
    // SAFETY: see above; a host's id is a C string.
    unsafe {
        let Some(guard) = guard(plugin) else { return null() };
        let Some(inner) = guard.inner.get_extension else { return null() };
        if id.is_null() {
            return null();
        }
        match CStr::from_ptr(id) {
            id if id == CLAP_EXT_PARAMS => (&raw const guard.params.ours).cast(),
            id if id == CLAP_EXT_AUDIO_PORTS => (&raw const guard.ports.ours).cast(),
            id if id == CLAP_EXT_RENDER => (&raw const guard.render.ours).cast(),
            id if id == CLAP_EXT_LATENCY => (&raw const guard.latency).cast(),
            id if id == CLAP_EXT_TAIL => (&raw const guard.tail).cast(),
            id if id == CLAP_EXT_PARAM_INDICATION || id == CLAP_EXT_PARAM_INDICATION_COMPAT => {
                (&raw const INDICATION).cast()
            }
            id if id == CLAP_EXT_GUI => guard.gui.as_ref().map_or(null(), |gui| (&raw const gui.ours).cast()),
            _ => inner(plugin, id),
        }
    }
}

unsafe extern "C" fn param_info(plugin: *const clap_plugin, index: u32, info: *mut clap_param_info) -> bool {
    // SAFETY: see above.
    unsafe {
        let Some(params) = guard(plugin).map(|guard| &guard.params.inner) else { return false };
        match (params.count, params.get_info) {
            (Some(count), Some(get_info)) => index < count(plugin) && get_info(plugin, index, info),
            _ => false,
        }
    }
}

unsafe extern "C" fn port_info(
    plugin: *const clap_plugin,
    index: u32,
    is_input: bool,
    info: *mut clap_audio_port_info,
) -> bool {
    // SAFETY: see above; `info` is the host's to be filled.
    unsafe {
        let Some(guard) = guard(plugin) else { return false };
        let (Some(count), Some(get)) = (guard.ports.inner.count, guard.ports.inner.get) else { return false };
        if info.is_null() || index >= count(plugin, is_input) || !get(plugin, index, is_input, info) {
            return false;
        }
        if !is_input {
            // The framework gives it the input's name.
            let name = &mut (*info).name;
            name.fill(0);
            let room = name.len() - 1;
            for (to, from) in name[..room].iter_mut().zip(guard.output_name.bytes()) {
                *to = from as c_char;
            }
        }
        true
    }
}

unsafe extern "C" fn render_set(plugin: *const clap_plugin, mode: clap_plugin_render_mode) -> bool {
    // SAFETY: see above.
    unsafe {
        let Some(guard) = guard(plugin) else { return false };
        guard.link.set_offline(mode == CLAP_RENDER_OFFLINE);
        guard.render.inner.set.is_some_and(|set| set(plugin, mode))
    }
}

unsafe extern "C" fn gui_create(plugin: *const clap_plugin, api: *const c_char, floating: bool) -> bool {
    // SAFETY: see above.
    unsafe {
        let Some(guard) = guard(plugin) else { return false };
        let Some(create) = guard.gui.as_ref().and_then(|gui| gui.inner.create) else { return false };
        let host_has_gui = host_extension::<c_void>(guard.host, CLAP_EXT_GUI).is_some();
        !api.is_null() && host_has_gui && create(plugin, api, floating)
    }
}

unsafe extern "C" fn latency_get(plugin: *const clap_plugin) -> u32 {
    // SAFETY: see above.
    unsafe { guard(plugin) }.map_or(0, |guard| guard.told_latency.load(Relaxed))
}

unsafe extern "C" fn tail_get(plugin: *const clap_plugin) -> u32 {
    // SAFETY: see above.
    unsafe { guard(plugin) }.map_or(0, |guard| guard.link.tail())
}

/// One of the host's extensions.
///
/// # Safety
/// `host` is alive, and `T` the type that `id` stands for.
unsafe fn host_extension<'a, T>(host: *const clap_host, id: &CStr) -> Option<&'a T> {
    // SAFETY: as the caller says.
    unsafe { (*host).get_extension?(host, id.as_ptr()).cast::<T>().as_ref() }
}

/// A plug-in of the bundle.
pub struct Class {
    descriptor: fn() -> PluginDescriptor,
    create: unsafe fn(*const clap_host) -> *const clap_plugin,
}

impl Class {
    /// The class of `P`.
    pub const fn of<P: ClapPlugin>() -> Self {
        Self { descriptor: PluginDescriptor::for_plugin::<P>, create: create::<P> }
    }
}

/// The table that a host finds in the binary.
pub const fn entry() -> clap_plugin_entry {
    clap_plugin_entry {
        clap_version: CLAP_VERSION,
        init: Some(init),
        deinit: Some(deinit),
        get_factory: Some(get_factory),
    }
}

static FACTORY: clap_plugin_factory = clap_plugin_factory {
    get_plugin_count: Some(plugin_count),
    get_plugin_descriptor: Some(plugin_descriptor),
    create_plugin: Some(create_plugin),
};

fn descriptors() -> &'static [PluginDescriptor] {
    static ALL: OnceLock<Box<[PluginDescriptor]>> = OnceLock::new();
    ALL.get_or_init(|| crate::CLAP_CLASSES.iter().map(|class| (class.descriptor)()).collect())
}

unsafe extern "C" fn init(_path: *const c_char) -> bool {
    super::open();
    true
}

unsafe extern "C" fn deinit() {}

unsafe extern "C" fn get_factory(id: *const c_char) -> *const c_void {
    // SAFETY: a host's id is a C string.
    if !id.is_null() && unsafe { CStr::from_ptr(id) } == CLAP_PLUGIN_FACTORY_ID {
        (&raw const FACTORY).cast()
    } else {
        null()
    }
}

unsafe extern "C" fn plugin_count(_: *const clap_plugin_factory) -> u32 {
    crate::CLAP_CLASSES.len() as u32
}

unsafe extern "C" fn plugin_descriptor(_: *const clap_plugin_factory, index: u32) -> *const clap_plugin_descriptor {
    descriptors().get(index as usize).map_or(null(), |descriptor| descriptor.clap_plugin_descriptor())
}

unsafe extern "C" fn create_plugin(
    _: *const clap_plugin_factory,
    host: *const clap_host,
    id: *const c_char,
) -> *const clap_plugin {
    if host.is_null() || id.is_null() {
        return null();
    }
    // SAFETY: a host's id is a C string, and the host outlives what it creates.
    unsafe {
        let id = CStr::from_ptr(id);
        match descriptors().iter().position(|descriptor| descriptor.clap_id() == id) {
            Some(index) => (crate::CLAP_CLASSES[index].create)(host),
            None => null(),
        }
    }
}
