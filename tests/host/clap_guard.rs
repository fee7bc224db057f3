//! What CLAP hosts do that the framework does not expect, and what the guard adds: raw calls to the same code that is in
//! the bundle.

use crate::bundles::{BOTH, noise};
use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::entry::clap_plugin_entry;
use clap_sys::events::{clap_event_header, clap_input_events, clap_output_events};
use clap_sys::ext::audio_ports::{CLAP_EXT_AUDIO_PORTS, clap_audio_port_info, clap_plugin_audio_ports};
use clap_sys::ext::gui::{CLAP_EXT_GUI, CLAP_WINDOW_API_X11, clap_plugin_gui};
use clap_sys::ext::param_indication::{
    CLAP_EXT_PARAM_INDICATION, CLAP_EXT_PARAM_INDICATION_COMPAT, CLAP_PARAM_INDICATION_AUTOMATION_NONE,
    CLAP_PARAM_INDICATION_AUTOMATION_OVERRIDING, CLAP_PARAM_INDICATION_AUTOMATION_PLAYING,
    CLAP_PARAM_INDICATION_AUTOMATION_PRESENT, CLAP_PARAM_INDICATION_AUTOMATION_RECORDING, clap_plugin_param_indication,
};
use clap_sys::ext::params::{
    CLAP_EXT_PARAMS, CLAP_PARAM_RESCAN_VALUES, clap_host_params, clap_param_info, clap_plugin_params,
};
use clap_sys::ext::render::{CLAP_EXT_RENDER, CLAP_RENDER_OFFLINE, CLAP_RENDER_REALTIME, clap_plugin_render};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_host_state};
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};
use clap_sys::version::CLAP_VERSION;
use std::ffi::{CStr, CString, c_char, c_void};
use std::pin::Pin;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use tandem::edit::bulk;
use tandem::host::clap::link_of;
use tandem::params::Automation;

const FRAMES: usize = 512;

/// A host with params and state extensions, and nothing else.
struct Host {
    table: clap_host,
    callbacks: AtomicU32,
    rescans: AtomicU32,
    rescan_flags: AtomicU32,
    marked_dirty: AtomicU32,
    flushes: AtomicU32,
}

impl Host {
    fn new() -> Pin<Box<Self>> {
        let text = c"test".as_ptr();
        let mut host = Box::pin(Self {
            table: clap_host {
                clap_version: CLAP_VERSION,
                host_data: null_mut(),
                name: text,
                vendor: text,
                url: text,
                version: text,
                get_extension: Some(host_extension),
                request_restart: Some(ignore),
                request_process: Some(ignore),
                request_callback: Some(request_callback),
            },
            callbacks: AtomicU32::new(0),
            rescans: AtomicU32::new(0),
            rescan_flags: AtomicU32::new(0),
            marked_dirty: AtomicU32::new(0),
            flushes: AtomicU32::new(0),
        });
        let data: *const Self = &*host;
        host.table.host_data = data.cast_mut().cast();
        host
    }
}

unsafe fn host<'a>(table: *const clap_host) -> &'a Host {
    unsafe { &*(*table).host_data.cast::<Host>() }
}

unsafe extern "C" fn ignore(_: *const clap_host) {}

unsafe extern "C" fn request_callback(table: *const clap_host) {
    unsafe { host(table) }.callbacks.fetch_add(1, SeqCst);
}

unsafe extern "C" fn host_extension(_: *const clap_host, id: *const c_char) -> *const c_void {
    static PARAMS: clap_host_params = clap_host_params {
        rescan: Some({
            unsafe extern "C" fn rescan(table: *const clap_host, flags: u32) {
                let host = unsafe { host(table) };
                host.rescans.fetch_add(1, SeqCst);
                host.rescan_flags.fetch_or(flags, SeqCst);
            }
            rescan
        }),
        clear: None,
        request_flush: Some({
            unsafe extern "C" fn request_flush(table: *const clap_host) {
                unsafe { host(table) }.flushes.fetch_add(1, SeqCst);
            }
            request_flush
        }),
    };
    static STATE: clap_host_state = clap_host_state {
        mark_dirty: Some({
            unsafe extern "C" fn mark_dirty(table: *const clap_host) {
                unsafe { host(table) }.marked_dirty.fetch_add(1, SeqCst);
            }
            mark_dirty
        }),
    };
    match unsafe { CStr::from_ptr(id) } {
        id if id == CLAP_EXT_PARAMS => (&raw const PARAMS).cast(),
        id if id == CLAP_EXT_STATE => (&raw const STATE).cast(),
        _ => null(),
    }
}

/// An instance, made through the entry as a host does it.
struct Instance {
    plugin: *const clap_plugin,
    host: Pin<Box<Host>>,
}

fn factory() -> &'static clap_plugin_factory {
    let entry: &clap_plugin_entry = &tandem::clap_entry;
    unsafe {
        assert!((entry.init.expect("init"))(c"/tmp/Tandem.clap".as_ptr()));
        &*(entry.get_factory.expect("get_factory"))(CLAP_PLUGIN_FACTORY_ID.as_ptr()).cast()
    }
}

fn id_of(name: &str) -> CString {
    let word = name.rsplit(' ').next().expect("a word").to_lowercase();
    CString::new(format!("org.tandem-audio.{word}")).expect("no NUL")
}

impl Instance {
    fn new(name: &str) -> Self {
        let host = Host::new();
        let plugin =
            unsafe { (factory().create_plugin.expect("create"))(factory(), &host.table, id_of(name).as_ptr()) };
        assert!(!plugin.is_null(), "{name} is created");
        let instance = Self { plugin, host };
        assert!(unsafe { (instance.table().init.expect("init"))(plugin) });
        instance
    }

    fn active(name: &str) -> Self {
        let instance = Self::new(name);
        unsafe {
            assert!((instance.table().activate.expect("activate"))(instance.plugin, 48_000.0, 1, FRAMES as u32));
            assert!((instance.table().start_processing.expect("start"))(instance.plugin));
        }
        instance
    }

    fn table(&self) -> &clap_plugin {
        unsafe { &*self.plugin }
    }

    fn extension<T>(&self, id: &CStr) -> &T {
        unsafe { self.table().get_extension.expect("extensions")(self.plugin, id.as_ptr()).cast::<T>().as_ref() }
            .unwrap_or_else(|| panic!("extension {id:?}"))
    }

    fn process(&self, process: &clap_process) -> i32 {
        unsafe { self.table().process.expect("process")(self.plugin, process) }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        unsafe {
            (self.table().stop_processing.expect("stop"))(self.plugin);
            (self.table().deactivate.expect("deactivate"))(self.plugin);
            (self.table().destroy.expect("destroy"))(self.plugin);
        }
    }
}

fn no_events() -> clap_input_events {
    unsafe extern "C" fn size(_: *const clap_input_events) -> u32 {
        0
    }
    unsafe extern "C" fn get(_: *const clap_input_events, _: u32) -> *const clap_event_header {
        null()
    }
    clap_input_events { ctx: null_mut(), size: Some(size), get: Some(get) }
}

fn no_answers() -> clap_output_events {
    unsafe extern "C" fn try_push(_: *const clap_output_events, _: *const clap_event_header) -> bool {
        true
    }
    clap_output_events { ctx: null_mut(), try_push: Some(try_push) }
}

fn bus(list: &mut [*mut f32]) -> clap_audio_buffer {
    clap_audio_buffer {
        data32: if list.is_empty() { null_mut() } else { list.as_mut_ptr() },
        data64: null_mut(),
        channel_count: list.len() as u32,
        latency: 0,
        constant_mask: u64::MAX,
    }
}

/// Processes one block with these buses, and says what came out of the two channels.
fn run(instance: &Instance, frames: usize, inputs: &mut [&mut [*mut f32]], outputs: &mut [*mut f32]) -> i32 {
    let mut buses: Vec<_> = inputs.iter_mut().map(|list| bus(list)).collect();
    let mut out = bus(outputs);
    let (events, answers) = (no_events(), no_answers());
    let status = instance.process(&clap_process {
        steady_time: -1,
        frames_count: frames as u32,
        transport: null(),
        audio_inputs: if buses.is_empty() { null() } else { buses.as_mut_ptr() },
        audio_outputs: if outputs.is_empty() { null_mut() } else { &mut out },
        audio_inputs_count: buses.len() as u32,
        audio_outputs_count: u32::from(!outputs.is_empty()),
        in_events: &events,
        out_events: &answers,
    });
    if !outputs.is_empty() && frames > 0 {
        assert_eq!(out.constant_mask, 0, "the host's constant mask is taken back");
    }
    status
}

#[test]
fn every_shape_of_side_chain_is_processed() {
    for name in BOTH {
        let instance = Instance::active(name);
        let mut input = noise(FRAMES, 1);
        let mut key = noise(FRAMES, 2);
        let [mut left, mut right] = [0; 2].map(|_| vec![0.0f32; FRAMES]);
        let main: Vec<_> = input.iter_mut().map(|channel| channel.as_mut_ptr()).collect();
        let keys: Vec<_> = key.iter_mut().map(|channel| channel.as_mut_ptr()).collect();
        let null = null_mut();
        let shapes: [(&str, Option<Vec<*mut f32>>); 7] = [
            ("none", None),
            ("without channels", Some(vec![])),
            ("null", Some(vec![null, null])),
            ("half null", Some(vec![keys[0], null])),
            ("mono", Some(vec![keys[0]])),
            ("stereo", Some(keys.clone())),
            ("mono and null", Some(vec![null])),
        ];
        for (shape, side) in shapes {
            let (mut main, mut out) = (main.clone(), [left.as_mut_ptr(), right.as_mut_ptr()]);
            let status = match side {
                None => run(&instance, FRAMES, &mut [&mut main], &mut out),
                Some(mut side) => run(&instance, FRAMES, &mut [&mut main, &mut side], &mut out),
            };
            assert_ne!(status, CLAP_PROCESS_ERROR, "{name}: side-chain {shape}");
            assert!(left.iter().chain(&right).any(|x| *x != 0.0), "{name}: silence with side-chain {shape}");
        }
    }
}

#[test]
fn in_place_gives_what_out_of_place_gives() {
    for name in BOTH {
        let [apart, together] = [0; 2].map(|_| Instance::active(name));
        for seed in 0..4 {
            let mut input = noise(FRAMES, seed);
            let mut in_place = input.clone();
            let mut output = vec![vec![0.0f32; FRAMES]; 2];
            let list = |channels: &mut Vec<Vec<f32>>| channels.iter_mut().map(|c| c.as_mut_ptr()).collect::<Vec<_>>();
            run(&apart, FRAMES, &mut [&mut list(&mut input)], &mut list(&mut output));
            let mut same = list(&mut in_place);
            run(&together, FRAMES, &mut [&mut same.clone()], &mut same);
            assert!(in_place == output, "{name}: processing in place differs");
        }
    }
}

#[test]
fn missing_inputs_are_silence_and_missing_outputs_a_flush() {
    for name in BOTH {
        let instance = Instance::active(name);
        let [mut left, mut right] = [0; 2].map(|_| vec![1.0f32; FRAMES]);
        let mut out = [left.as_mut_ptr(), right.as_mut_ptr()];
        for inputs in [&mut [][..], &mut [&mut [][..]], &mut [&mut [null_mut(), null_mut()][..]]] {
            assert_ne!(run(&instance, FRAMES, inputs, &mut out), CLAP_PROCESS_ERROR, "{name}");
            assert!(left.iter().chain(&right).all(|x| *x == 0.0), "{name}: sound without an input");
        }
        for outputs in [&mut [][..], &mut [null_mut()], &mut [null_mut(), null_mut()], &mut [left.as_mut_ptr()]] {
            assert_ne!(run(&instance, FRAMES, &mut [], outputs), CLAP_PROCESS_ERROR, "{name}");
        }
        assert_ne!(run(&instance, 0, &mut [], &mut out), CLAP_PROCESS_ERROR, "{name}: an empty block");
    }
}

#[test]
fn a_block_longer_than_announced_is_processed_or_silenced() {
    for name in BOTH {
        for (frames, served) in [(4 * FRAMES, true), (100_000, false)] {
            let instance = Instance::active(name);
            let mut input = noise(frames, 3);
            let mut output = vec![vec![1.0f32; frames]; 2];
            let mut main: Vec<_> = input.iter_mut().map(|c| c.as_mut_ptr()).collect();
            let mut out: Vec<_> = output.iter_mut().map(|c| c.as_mut_ptr()).collect();
            let status = run(&instance, frames, &mut [&mut main], &mut out);
            assert_eq!(status != CLAP_PROCESS_ERROR, served, "{name}: a block of {frames} frames");
            assert!(output.iter().flatten().all(|x| *x != 1.0), "{name}: {frames} frames are left as they were");
        }
    }
}

#[test]
fn an_index_out_of_range_is_refused() {
    for name in BOTH {
        let instance = Instance::new(name);
        let params: &clap_plugin_params = instance.extension(CLAP_EXT_PARAMS);
        let ports: &clap_plugin_audio_ports = instance.extension(CLAP_EXT_AUDIO_PORTS);
        unsafe {
            let count = (params.count.expect("count"))(instance.plugin);
            let mut info: clap_param_info = std::mem::zeroed();
            let get = params.get_info.expect("get_info");
            assert!(get(instance.plugin, count - 1, &mut info), "{name}");
            assert!(!get(instance.plugin, count, &mut info), "{name}: parameter {count} of {count}");
            assert!(!get(instance.plugin, u32::MAX, &mut info), "{name}");
            let mut port: clap_audio_port_info = std::mem::zeroed();
            let get = ports.get.expect("get");
            for (index, is_input, there) in [(1, true, true), (2, true, false), (0, false, true), (1, false, false)] {
                assert_eq!(get(instance.plugin, index, is_input, &mut port), there, "{name}: port {index}");
            }
        }
    }
}

#[test]
fn the_host_may_say_what_it_automates() {
    for name in BOTH {
        let instance = Instance::active(name);
        let controls = unsafe { link_of(instance.plugin) }.and_then(|link| link.controls()).expect("parameters");
        let trim = controls.find("input_trim").expect("a trim");
        let host_id = param_named(&instance, "Input Trim");
        for id in [CLAP_EXT_PARAM_INDICATION, CLAP_EXT_PARAM_INDICATION_COMPAT] {
            let indication: &clap_plugin_param_indication = instance.extension(id);
            let say = |id: u32, state: u32| unsafe {
                (indication.set_automation.expect("set_automation"))(instance.plugin, id, state, null());
            };
            for (state, expected) in [
                (CLAP_PARAM_INDICATION_AUTOMATION_PRESENT, Automation::Present),
                (CLAP_PARAM_INDICATION_AUTOMATION_PLAYING, Automation::Active),
                (CLAP_PARAM_INDICATION_AUTOMATION_RECORDING, Automation::Active),
                (CLAP_PARAM_INDICATION_AUTOMATION_OVERRIDING, Automation::Present),
                (CLAP_PARAM_INDICATION_AUTOMATION_NONE, Automation::None),
            ] {
                say(host_id, state);
                assert_eq!(controls.automation(trim), expected, "{name}: state {state}");
            }
            say(!host_id, CLAP_PARAM_INDICATION_AUTOMATION_PLAYING);
            assert!(controls.all().all(|index| controls.automation(index) == Automation::None), "{name}: no such id");
            unsafe {
                (indication.set_mapping.expect("set_mapping"))(instance.plugin, host_id, true, null(), null(), null());
            }
        }
    }
}

/// The id that the host knows the parameter called `name` by.
fn param_named(instance: &Instance, name: &str) -> u32 {
    let params: &clap_plugin_params = instance.extension(CLAP_EXT_PARAMS);
    let count = unsafe { (params.count.expect("count"))(instance.plugin) };
    let info = |index: u32| unsafe {
        let mut info: clap_param_info = std::mem::zeroed();
        assert!((params.get_info.expect("get_info"))(instance.plugin, index, &mut info));
        info
    };
    let is_it = |info: &clap_param_info| unsafe { CStr::from_ptr(info.name.as_ptr()) }.to_str() == Ok(name);
    (0..count).map(info).find(is_it).expect("the parameter").id
}

#[test]
fn an_editor_needs_a_host_that_knows_windows() {
    for name in BOTH {
        let instance = Instance::new(name);
        let extension =
            unsafe { instance.table().get_extension.expect("extensions")(instance.plugin, CLAP_EXT_GUI.as_ptr()) };
        let Some(gui) = (unsafe { extension.cast::<clap_plugin_gui>().as_ref() }) else { continue };
        let create = gui.create.expect("create");
        let made = unsafe { create(instance.plugin, CLAP_WINDOW_API_X11.as_ptr(), false) };
        assert!(!made, "{name}: an editor in a host without the gui extension");
    }
}

#[test]
fn unknown_ids_make_nothing() {
    let host = Host::new();
    for id in [c"", c"org.tandem-audio.channel ", c"org.tandem-audio", c"org.example.gain"] {
        let plugin = unsafe { (factory().create_plugin.expect("create"))(factory(), &host.table, id.as_ptr()) };
        assert!(plugin.is_null(), "{id:?} is created");
    }
    let other = unsafe { (tandem::clap_entry.get_factory.expect("get_factory"))(c"clap.other-factory".as_ptr()) };
    assert!(other.is_null(), "an unknown factory");
}

#[test]
fn offline_rendering_is_known_at_once() {
    let instance = Instance::active(BOTH[0]);
    let link = unsafe { link_of(instance.plugin) }.expect("a link");
    let render: &clap_plugin_render = instance.extension(CLAP_EXT_RENDER);
    for (mode, offline) in [(CLAP_RENDER_OFFLINE, true), (CLAP_RENDER_REALTIME, false)] {
        unsafe { (render.set.expect("set"))(instance.plugin, mode) };
        assert_eq!(link.offline(), offline, "render mode {mode}");
    }
}

#[test]
fn a_bulk_edit_is_one_rescan_and_no_gesture() {
    for name in BOTH {
        let instance = Instance::active(name);
        let link = unsafe { link_of(instance.plugin) }.expect("a link").clone();
        let controls = link.controls().expect("controls").clone();
        let changes: Vec<_> = controls
            .all()
            .filter(|index| controls.control(*index).to_normalized(controls.value(*index)) != 1.0)
            .map(|index| (index, controls.control(index).from_normalized(1.0)))
            .collect();
        assert!(changes.len() > 30, "{name}: {} parameters change", changes.len());
        let edit = {
            let (link, changes) = (link.clone(), changes.clone());
            std::thread::spawn(move || bulk(&link, &changes))
        };
        edit.join().expect("edits");
        let host = &instance.host;
        let seen =
            || [&host.callbacks, &host.rescans, &host.marked_dirty, &host.flushes].map(|counter| counter.load(SeqCst));
        assert_eq!(
            seen(),
            [1, 0, 0, 0],
            "{name}: callbacks, rescans, dirty marks, flushes before the main thread's turn"
        );
        unsafe { (instance.table().on_main_thread.expect("on_main_thread"))(instance.plugin) };
        assert_eq!(seen(), [1, 1, 1, 0], "{name}: callbacks, rescans, dirty marks, flushes");
        assert_eq!(host.rescan_flags.load(SeqCst), CLAP_PARAM_RESCAN_VALUES, "{name}: rescan flags");
        for (index, value) in &changes {
            let (now, id) = (controls.value(*index), controls.id(*index));
            assert!((now - value).abs() <= value.abs() * 1e-6, "{name}: {id} is {now}, {value} expected");
        }
        bulk(&link, &changes);
        assert_eq!(seen()[0], 1, "{name}: an edit that changes nothing calls the host");
    }
}
