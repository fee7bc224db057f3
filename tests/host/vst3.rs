//! The built VST3 in a host that notes every call.

use crate::bundles::{BOTH, Channels, delayed, difference, noise};
use crate::vst3_host::{Bus, Call, Instance, Point, Processing, factory, full, process};
use nice_plug::wrapper::vst3::vst3::ComWrapper;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::ProcessModes_::{kOffline, kRealtime};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::RestartFlags_::{kLatencyChanged, kParamValuesChanged};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::SpeakerArr::{k51, kEmpty, kMono, kStereo};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    BusDirections_, BusInfo, IAudioProcessorTrait, IComponent, IComponentTrait, IEditControllerTrait, MediaTypes_,
    ParameterInfo,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::{IPluginFactoryTrait, kInvalidArgument, kResultOk};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};
use tandem::channel::Channel;
use tandem::edit::bulk;
use tandem::host::vst3::Guard;
use tandem::shell::Shell;
use tandem_tests::signals::Random;

const RATE: f64 = 48_000.0;
const BLOCK: usize = 512;

/// Longer than anything here takes, on the busiest machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn active(name: &str) -> Instance {
    let instance = Instance::new(name);
    instance.activate(RATE, BLOCK);
    instance
}

/// Runs a stereo signal through in blocks of [`BLOCK`], with no key.
fn through(instance: &Instance, input: &Channels) -> Channels {
    let frames = input[0].len();
    let mut output: Channels = vec![Vec::new(); 2];
    for at in (0..frames).step_by(BLOCK) {
        let end = frames.min(at + BLOCK);
        let mut block: Channels = input.iter().map(|channel| channel[at..end].to_vec()).collect();
        let mut out: Channels = vec![vec![0.0; end - at]; 2];
        let result =
            process(&instance.processor, end - at, vec![full(&mut block)], vec![full(&mut out)], &[], kRealtime);
        assert_eq!(result, kResultOk);
        for (to, from) in output.iter_mut().zip(out) {
            to.extend(from);
        }
    }
    output
}

#[test]
fn the_factory_makes_both_and_nothing_else() {
    let factory = factory();
    unsafe {
        assert_eq!(factory.countClasses(), 2);
        let mut object = std::ptr::null_mut();
        let unknown = [7 as std::ffi::c_char; 16];
        assert_ne!(factory.createInstance(unknown.as_ptr(), unknown.as_ptr(), &mut object), kResultOk);
        assert_ne!(factory.getClassInfo(2, &mut std::mem::zeroed()), kResultOk);
        assert_ne!(factory.getClassInfo(-1, &mut std::mem::zeroed()), kResultOk);
    }
    for name in BOTH {
        drop(Instance::new(name));
    }
}

#[test]
fn a_fresh_instance_nulls() {
    for name in BOTH {
        let instance = active(name);
        let latency = unsafe { instance.processor.getLatencySamples() } as usize;
        let input = noise(24_000, 1);
        let worst = difference(&through(&instance, &input), &delayed(&input, latency));
        assert!(worst <= 1e-6, "{name}: null leaves {worst:e}, 1e-6 (-120 dB) at most");
        let calls = instance.log.take();
        assert!(calls.iter().all(|call| *call == Call::Restart(kLatencyChanged)), "{name}: {calls:?}");
        assert!(calls.len() <= 1, "{name}: {calls:?}");
    }
}

#[test]
fn a_parameter_index_out_of_range_is_refused() {
    for name in BOTH {
        let instance = Instance::new(name);
        unsafe {
            let count = instance.controller.getParameterCount();
            let mut info: ParameterInfo = std::mem::zeroed();
            assert_eq!(instance.controller.getParameterInfo(count - 1, &mut info), kResultOk, "{name}");
            for index in [count, count + 1, i32::MAX, -1, i32::MIN] {
                let result = instance.controller.getParameterInfo(index, &mut info);
                assert_eq!(result, kInvalidArgument, "{name}: parameter {index} of {count}");
            }
        }
    }
}

#[test]
fn sensible_arrangements_are_taken_and_others_refused() {
    for name in BOTH {
        let instance = Instance::new(name);
        for (inputs, output, taken) in [
            ([kStereo, kStereo], kStereo, true),
            ([kStereo, kMono], kStereo, true),
            ([kStereo, kEmpty], kStereo, true),
            ([kMono, kMono], kMono, true),
            ([kMono, kStereo], kMono, true),
            ([kMono, kEmpty], kMono, true),
            ([kMono, kMono], kStereo, true),
            ([kMono, kStereo], kStereo, true),
            ([kStereo, kStereo], kMono, false),
            ([kEmpty, kStereo], kStereo, false),
            ([k51, kStereo], kStereo, false),
            ([kStereo, k51], kStereo, false),
            ([kStereo, kStereo], k51, false),
        ] {
            let arrangement = |direction: u32, index: i32| {
                let mut arrangement = u64::MAX;
                unsafe { instance.processor.getBusArrangement(direction as i32, index, &mut arrangement) };
                arrangement
            };
            let now = || {
                let (input, output) = (BusDirections_::kInput, BusDirections_::kOutput);
                ([arrangement(input, 0), arrangement(input, 1)], arrangement(output, 0))
            };
            let before = now();
            let (mut ins, mut outs) = (inputs, [output]);
            let result = unsafe { instance.processor.setBusArrangements(ins.as_mut_ptr(), 2, outs.as_mut_ptr(), 1) };
            assert_eq!(result == kResultOk, taken, "{name}: {inputs:?} to {output}");
            assert_eq!(now(), if taken { (inputs, output) } else { before }, "{name}: after {inputs:?} to {output}");
            let mut info: BusInfo = unsafe { std::mem::zeroed() };
            let (audio, input) = (MediaTypes_::kAudio as i32, BusDirections_::kInput as i32);
            unsafe { assert_eq!(instance.component.getBusInfo(audio, input, 1, &mut info), kResultOk) };
            assert_eq!(info.channelCount, now().0[1].count_ones() as i32, "{name}: channels of the side-chain's bus");
        }
        let (mut one, mut out) = ([kStereo], [kStereo]);
        let refused = unsafe { instance.processor.setBusArrangements(one.as_mut_ptr(), 1, out.as_mut_ptr(), 1) };
        assert_ne!(refused, kResultOk, "{name}: one input bus");
    }
}

#[test]
fn every_shape_of_buses_is_processed() {
    for name in BOTH {
        let instance = active(name);
        let (mut main, mut key) = (noise(BLOCK, 2), noise(BLOCK, 3));
        let null_bus = || -> Bus { Some(vec![None, None]) };
        let [mut key_left, mut key_right] = [key.remove(0), key.remove(0)];
        let mut out: Channels = vec![vec![0.0; BLOCK]; 2];
        let mut run = |what: &str, side: Vec<Bus>| {
            out.iter_mut().for_each(|channel| channel.fill(0.0));
            let inputs = std::iter::once(full(&mut main)).chain(side).collect();
            let result = process(&instance.processor, BLOCK, inputs, vec![full(&mut out)], &[], kRealtime);
            assert_eq!(result, kResultOk, "{name}: {what}");
            assert!(out.iter().flatten().any(|x| *x != 0.0), "{name}: silence with {what}");
        };
        run("one input bus", vec![]);
        run("a side-chain without a list", vec![None]);
        run("a side-chain without channels", vec![Some(vec![])]);
        run("null channels", vec![null_bus()]);
        run("a mono side-chain", vec![Some(vec![Some(&mut key_left)])]);
        run("half a side-chain", vec![Some(vec![Some(&mut key_left), None])]);
        run("a stereo side-chain", vec![Some(vec![Some(&mut key_left), Some(&mut key_right)])]);

        let mut out: Channels = vec![vec![1.0; BLOCK]; 2];
        for inputs in [vec![], vec![None], vec![null_bus()]] {
            let result = process(&instance.processor, BLOCK, inputs, vec![full(&mut out)], &[], kRealtime);
            assert_eq!(result, kResultOk, "{name}: without an input");
        }
        assert!(out.iter().flatten().all(|x| *x == 0.0), "{name}: sound without an input");
        for outputs in [vec![], vec![None], vec![Some(vec![])], vec![null_bus()]] {
            let result = process(&instance.processor, BLOCK, vec![full(&mut main)], outputs, &[], kRealtime);
            assert_eq!(result, kResultOk, "{name}: without an output");
        }
        let result = process(&instance.processor, 0, vec![full(&mut main)], vec![full(&mut out)], &[], kRealtime);
        assert_eq!(result, kResultOk, "{name}: an empty block");
    }
}

#[test]
fn mono_goes_to_both_outputs() {
    for name in BOTH {
        let instance = Instance::new(name);
        let (mut inputs, mut outputs) = ([kMono, kStereo], [kStereo]);
        unsafe {
            let result = instance.processor.setBusArrangements(inputs.as_mut_ptr(), 2, outputs.as_mut_ptr(), 1);
            assert_eq!(result, kResultOk, "{name}");
        }
        instance.activate(RATE, BLOCK);
        let latency = unsafe { instance.processor.getLatencySamples() } as usize;
        let mut main = vec![noise(BLOCK, 4).swap_remove(0)];
        let dry = delayed(&main, latency);
        let mut out: Channels = vec![vec![0.0; BLOCK]; 2];
        process(
            &instance.processor,
            BLOCK,
            vec![full(&mut main), Some(vec![None, None])],
            vec![full(&mut out)],
            &[],
            kRealtime,
        );
        for (lane, out) in out.iter().enumerate() {
            let worst = difference(std::slice::from_ref(out), &dry);
            assert!(worst <= 1e-6, "{name}: output {lane} is {worst:e} off the input");
        }
    }
}

#[test]
fn a_flush_without_audio_moves_parameters() {
    for name in BOTH {
        let instance = active(name);
        let id = instance.id("Input Trim");
        let point = Point { id, frame: 0, value: 0.75 };
        process(&instance.processor, 0, vec![], vec![], &[point], kRealtime);
        let now = unsafe { instance.controller.getParamNormalized(id) };
        assert!((now - 0.75).abs() < 1e-6, "{name}: {now} after a flush to 0.75");
    }
}

#[test]
fn state_goes_round_and_nonsense_is_refused() {
    for name in BOTH {
        let instance = active(name);
        let id = instance.id("Output Fader");
        process(&instance.processor, 0, vec![], vec![], &[Point { id, frame: 0, value: 0.3 }], kRealtime);
        let saved = instance.save();
        let other = Instance::new(name);
        assert!(other.load(&saved), "{name}: its own state");
        assert!(other.save() == saved, "{name}: the second save differs");
        let mut random = Random::new(5);
        let random: Vec<u8> = (0..2_000).map(|_| random.bits() as u8).collect();
        for bad in [&b""[..], b"{", b"null", &saved[..saved.len() / 2], &random] {
            assert!(!other.load(bad), "{name}: a bad state of {} bytes is accepted", bad.len());
            assert!(other.save() == saved, "{name}: a bad state of {} bytes changed the state", bad.len());
        }
    }
}

#[test]
fn what_an_earlier_version_saved_comes_back() {
    let saved: [&[u8]; 2] = [include_bytes!("../data/state_channel.json"), include_bytes!("../data/state_master.json")];
    for (name, saved) in BOTH.into_iter().zip(saved) {
        let instance = Instance::new(name);
        assert!(instance.load(saved), "{name}: what version 0.1.0 saved");
        let again = instance.save();
        let slots = |json: &[u8]| {
            let state = serde_json::from_slice::<serde_json::Value>(json).expect("JSON");
            state["fields"]["slots"].clone()
        };
        assert!(slots(saved).is_string() && slots(&again) == slots(saved), "{name}: what is in the slots");
        let other = Instance::new(name);
        assert!(other.load(&again) && other.save() == again, "{name}: the second save differs");
    }
}

#[test]
fn values_go_to_text_and_back() {
    for name in BOTH {
        let instance = Instance::new(name);
        let count = unsafe { instance.controller.getParameterCount() };
        assert!(count > 100, "{name}: {count} parameters");
        for index in 0..count {
            let mut info: ParameterInfo = unsafe { std::mem::zeroed() };
            assert_eq!(unsafe { instance.controller.getParameterInfo(index, &mut info) }, kResultOk);
            let title = String::from_utf16_lossy(&info.title);
            let title = title.trim_end_matches('\0');
            let text = |way: f64| {
                let mut text = [0; 128];
                let result = unsafe { instance.controller.getParamStringByValue(info.id, way, &mut text) };
                assert_eq!(result, kResultOk, "{name}: {title} has no text at {way}");
                text
            };
            for step in 0..=20 {
                let way = f64::from(step) / 20.0;
                let mut printed = text(way);
                let mut back = f64::NAN;
                let result =
                    unsafe { instance.controller.getParamValueByString(info.id, printed.as_mut_ptr(), &mut back) };
                let shown = String::from_utf16_lossy(&printed);
                assert_eq!(result, kResultOk, "{name}: {title} does not read its own {shown:?}");
                assert!(text(back) == printed, "{name}: {title} at {way} reads {back} from its own text");
            }
        }
    }
}

#[test]
fn a_latency_change_while_playing_is_one_restart_on_the_main_thread() {
    for name in BOTH {
        let instance = Instance::new(name);
        let id = instance.id("Latency");
        unsafe { instance.controller.setParamNormalized(id, 0.0) };
        instance.activate(RATE, BLOCK);
        instance.pump();
        instance.log.take();
        let latency = || unsafe { instance.processor.getLatencySamples() } as usize;
        let before = latency();
        assert_eq!(before, 0, "{name}: latency in Live");

        let stop = Arc::new(AtomicBool::new(false));
        let audio = {
            let (stop, processing) = (stop.clone(), Processing(instance.processor.clone()));
            std::thread::spawn(move || {
                let processing = processing;
                let mut points = vec![Point { id, frame: 37, value: 1.0 }];
                let mut output = Vec::new();
                let mut phase = 0u32;
                while !stop.load(SeqCst) {
                    let tone = |i: u32| 0.5 * (f64::from(i) * 0.05).sin() as f32;
                    let mut block: Channels = vec![(phase..phase + BLOCK as u32).map(tone).collect(); 2];
                    phase += BLOCK as u32;
                    let mut out: Channels = vec![vec![0.0; BLOCK]; 2];
                    let result =
                        process(&processing.0, BLOCK, vec![full(&mut block)], vec![full(&mut out)], &points, kRealtime);
                    assert_eq!(result, kResultOk);
                    points.clear();
                    output.extend(out.swap_remove(0));
                    std::thread::sleep(Duration::from_millis(1));
                }
                output
            })
        };
        let start = Instant::now();
        let mut calls = Vec::new();
        while calls.is_empty() && start.elapsed() < PATIENCE {
            instance.pump();
            calls.extend(instance.log.take());
            std::thread::sleep(Duration::from_millis(2));
        }
        let after = latency();
        // On for longer than the crossfade, to see that nothing follows.
        for _ in 0..100 {
            instance.pump();
            std::thread::sleep(Duration::from_millis(2));
        }
        calls.extend(instance.log.take());
        stop.store(true, SeqCst);
        let output = audio.join().expect("the audio thread");
        assert_eq!(calls, [Call::Restart(kLatencyChanged)], "{name}: calls to the host");
        assert!(after > before, "{name}: {after} frames in Full, more than {before} expected");
        assert_eq!(latency(), after, "{name}: the latency moves once");
        // A 0.05 rad tone moves by at most 0.025 a frame; a click would be a step. The crossfade of two delayed tones
        // stays below the tone's own slope and a little.
        let step = output.windows(2).map(|pair| (pair[1] - pair[0]).abs()).skip(1).fold(0.0f32, f32::max);
        assert!(step < 0.03, "{name}: a step of {step} in the output, below 0.03 expected");

        // The host's other answer: to activate anew.
        instance.deactivate();
        instance.activate(RATE, BLOCK);
        let input = noise(12_000, 6);
        let worst = difference(&through(&instance, &input), &delayed(&input, after));
        assert!(worst <= 1e-6, "{name}: not aligned to {after} frames after activating anew, {worst:e} off");
        instance.pump();
        assert_eq!(instance.log.take(), [], "{name}: calls after activating anew");
    }
}

#[test]
fn a_loaded_state_with_another_mode_changes_the_latency_while_playing() {
    for name in BOTH {
        let donor = Instance::new(name);
        unsafe { donor.controller.setParamNormalized(donor.id("Latency"), 1.0) };
        let full_mode = donor.save();
        let instance = active(name);
        instance.pump();
        instance.log.take();
        let before = unsafe { instance.processor.getLatencySamples() };
        assert!(instance.load(&full_mode), "{name}");
        let start = Instant::now();
        let mut calls = Vec::new();
        while calls.is_empty() && start.elapsed() < PATIENCE {
            through(&instance, &noise(BLOCK, 7));
            instance.pump();
            calls.extend(instance.log.take());
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(calls, [Call::Restart(kLatencyChanged)], "{name}: calls to the host");
        assert!(unsafe { instance.processor.getLatencySamples() } > before, "{name}: latency in Full");
    }
}

#[test]
fn instances_that_go_in_the_midst_of_automation_leave_the_others_working() {
    let survivor = active(BOTH[0]);
    for round in 0..10 {
        let instance = active(BOTH[0]);
        let id = instance.id("Input Trim");
        // Each point is a task for the framework's worker.
        for i in 0..50 {
            let value = f64::from((i * 7 + round) % 50) / 50.0;
            let processing = Processing(instance.processor.clone());
            std::thread::spawn(move || {
                let processing = processing;
                let point = Point { id, frame: 0, value };
                process(&processing.0, 0, vec![], vec![], &[point], kRealtime);
            })
            .join()
            .expect("flushes");
        }
    }
    // The survivor's change of latency goes through the same worker.
    let id = survivor.id("Latency");
    let start = Instant::now();
    let mut calls = Vec::new();
    let mut points = vec![Point { id, frame: 0, value: 1.0 }];
    while calls.is_empty() && start.elapsed() < PATIENCE {
        let (mut main, mut out) = (noise(BLOCK, 8), vec![vec![0.0; BLOCK]; 2]);
        process(&survivor.processor, BLOCK, vec![full(&mut main)], vec![full(&mut out)], &points, kRealtime);
        points.clear();
        survivor.pump();
        calls.extend(survivor.log.take());
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(calls, [Call::Restart(kLatencyChanged)], "the survivor's calls to the host");
}

/// An instance of the same code that is in the bundle, whose link is at hand.
fn linked() -> (Instance, Arc<tandem::host::link::HostLink>) {
    let guard = ComWrapper::new(Guard::<Shell<Channel>>::new(None));
    let link = guard.link().clone();
    (Instance::of_component(guard.to_com_ptr::<IComponent>().expect("a component")), link)
}

#[test]
fn a_bulk_edit_is_one_restart_and_no_gesture() {
    let (instance, link) = linked();
    instance.activate(RATE, BLOCK);
    instance.log.take();
    let controls = link.controls().expect("controls");
    let changes: Vec<_> = controls
        .all()
        .filter(|i| controls.id(*i).starts_with("eq_"))
        .map(|i| (i, controls.control(i).from_normalized(0.9)))
        .collect();
    bulk(&link, &changes);
    assert_eq!(instance.log.take(), [Call::Restart(kParamValuesChanged)], "calls to the host");
    let id = instance.id("EQ 1 Gain");
    let now = unsafe { instance.controller.getParamNormalized(id) };
    assert!((now - 0.9).abs() < 1e-6, "the host reads {now}, 0.9 expected");
    bulk(&link, &changes);
    assert_eq!(instance.log.take(), [], "calls for an edit that changes nothing");
}

#[test]
fn the_process_mode_is_known_in_its_own_block() {
    let (instance, link) = linked();
    instance.activate(RATE, BLOCK);
    for (mode, offline) in [(kOffline, true), (kRealtime, false), (kOffline, true)] {
        let (mut main, mut out) = (noise(BLOCK, 9), vec![vec![0.0; BLOCK]; 2]);
        process(&instance.processor, BLOCK, vec![full(&mut main)], vec![full(&mut out)], &[], mode);
        assert_eq!(link.offline(), offline, "process mode {mode}");
    }
}
