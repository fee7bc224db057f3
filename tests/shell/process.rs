//! The shell's own processing, driven without a host: no allocation, channels, latency changes, telemetry.

use nice_assert_no_alloc::{AllocDisabler, assert_no_alloc};
use nice_plug::buffer::Buffer;
use nice_plug::context::PluginApi;
use nice_plug::context::process::{SendEventError, Transport};
use nice_plug::midi::PluginNoteEvent;
use nice_plug::prelude::{
    ActivateContext, AudioIOLayout, AuxiliaryBuffers, BufferConfig, Plugin, ProcessContext, ProcessMode, ProcessStatus,
};
use std::cell::{Cell, RefCell};
use std::sync::atomic::Ordering::Relaxed;
use tandem::channel::Channel;
use tandem::edit::Unhosted;
use tandem::master::Master;
use tandem::params::Control;
use tandem::shell::{Product, Shell, Task};
use tandem::state::slots::Slot;
use tandem_dsp::Listen;
use tandem_dsp::captured::{Captured, Source};
use tandem_dsp::meter::{contribution, programme};
use tandem_dsp::module::{compressor, eq, input, limiter, match_eq};
use tandem_tests::measure::{peak_above_db, tapered};
use tandem_tests::signals::{pink, sine, white};

/// Aborts the test where an allocation is forbidden.
#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

const RATE: f32 = 48_000.0;

/// Stands in for the framework. Its tasks are kept for the test to run.
struct Context {
    api: PluginApi,
    transport: Transport,
    tasks: RefCell<Vec<Task>>,
    latency: Cell<u32>,
    restarts: Cell<usize>,
}

impl Context {
    fn new(api: PluginApi) -> Self {
        let tasks = RefCell::new(Vec::with_capacity(64));
        let transport = Transport { playing: true, ..Transport::new(RATE) };
        Self { api, transport, tasks, latency: Cell::new(u32::MAX), restarts: Cell::new(0) }
    }
}

impl<P: Product> ActivateContext<Shell<P>> for Context {
    fn plugin_api(&self) -> PluginApi {
        self.api
    }
    fn execute(&self, _: Task) {}
    fn set_latency_samples(&self, samples: u32) {
        self.latency.set(samples);
    }
    fn set_current_voice_capacity(&self, _: u32) {}
}

impl<P: Product> ProcessContext<Shell<P>> for Context {
    fn plugin_api(&self) -> PluginApi {
        self.api
    }
    fn execute_background(&self, task: Task) {
        self.tasks.borrow_mut().push(task);
    }
    fn execute_gui(&self, _: Task) {}
    fn transport(&self) -> &Transport {
        &self.transport
    }
    fn next_event(&mut self) -> Option<PluginNoteEvent<Shell<P>>> {
        None
    }
    fn try_send_event(
        &mut self,
        event: PluginNoteEvent<Shell<P>>,
    ) -> Result<(), (PluginNoteEvent<Shell<P>>, SendEventError)> {
        Err((event, SendEventError::NoOutputBuffer))
    }
    fn set_latency_samples(&self, samples: u32) {
        self.latency.set(samples);
    }
    fn request_restart(&self) {
        self.restarts.set(self.restarts.get() + 1);
    }
    fn set_current_voice_capacity(&self, _: u32) {}
}

/// A shell with its buffers.
pub struct Rig<P: Product> {
    pub shell: Shell<P>,
    context: Context,
    executor: Box<dyn Fn(Task) + Send>,
}

impl<P: Product> Rig<P> {
    pub fn new(api: PluginApi, layout: usize) -> Self {
        Self::with(api, layout, |_| {})
    }

    /// Of a shell that `prepare` has set before it is activated.
    pub fn with(api: PluginApi, layout: usize, prepare: impl Fn(&Self)) -> Self {
        let mut shell = Shell::<P>::default();
        let executor = shell.task_executor();
        let mut rig = Self { shell, context: Context::new(api), executor };
        prepare(&rig);
        let layout: &AudioIOLayout = &Shell::<P>::AUDIO_IO_LAYOUTS[layout];
        let config = BufferConfig {
            sample_rate: RATE,
            min_buffer_size: None,
            max_buffer_size: 4_096,
            process_mode: ProcessMode::Realtime,
        };
        assert!(rig.shell.activate(layout, &config, &mut rig.context));
        rig.shell.reset();
        rig
    }

    /// Processes `channels` in place, which may not allocate.
    pub fn process(&mut self, channels: &mut [Vec<f32>]) -> ProcessStatus {
        let length = channels[0].len();
        let mut key = vec![vec![0.0f32; length]; channels.len().min(2)];
        let (mut main, mut side) = (Buffer::default(), [Buffer::default()]);
        // SAFETY: the slices outlive the buffers' use.
        unsafe {
            main.set_slices(length, |slices| *slices = channels.iter_mut().map(Vec::as_mut_slice).collect());
            side[0].set_slices(length, |slices| *slices = key.iter_mut().map(Vec::as_mut_slice).collect());
        }
        let mut aux = AuxiliaryBuffers { inputs: &mut side, outputs: &mut [] };
        assert_no_alloc(|| self.shell.process(&mut main, &mut aux, &mut self.context))
    }

    /// Runs what the audio thread left for others.
    pub fn work(&mut self) {
        for task in std::mem::take(&mut *self.context.tasks.borrow_mut()) {
            (self.executor)(task);
        }
        self.context.tasks.borrow_mut().reserve(64);
    }

    pub fn set(&self, name: &str, text: &str) {
        let controls = self.shell.stored().tree.controls();
        let index = controls.find_name(name).unwrap_or_else(|| panic!("no parameter {name}"));
        let value = controls.control(index).parse(text).unwrap_or_else(|| panic!("{text} is no value of {name}"));
        controls.set_quietly(&[(index, value)]);
    }
}

pub fn noise(channels: usize, frames: usize, seed: u64) -> Vec<Vec<f32>> {
    let noise = white(frames, seed, -12.0);
    (0..channels).map(|lane| noise.iter().map(|frame| frame[lane] as f32).collect()).collect()
}

fn processing_never_allocates<P: Product>() {
    for api in [PluginApi::Clap, PluginApi::Vst3] {
        for layout in 0..3 {
            let mut rig = Rig::<P>::new(api, layout);
            let channels = [2, 1, 2][layout];
            let controls = rig.shell.stored().tree.controls().clone();
            rig.shell.telemetry().editor_open.store(true, Relaxed);
            for (round, index) in controls.all().enumerate() {
                let ends: Vec<f64> = match controls.control(index) {
                    Control::Choice(choice) => (0..choice.options.len()).map(|i| i as f64).collect(),
                    control => vec![control.from_normalized(1.0), control.from_normalized(0.3)],
                };
                for value in ends {
                    controls.set_quietly(&[(index, value)]);
                    for frames in [1, 15, 512, 4_096] {
                        let mut block = noise(channels, frames, round as u64);
                        rig.process(&mut block);
                        assert!(block.iter().flatten().all(|x| x.is_finite()), "{}", controls.name(index));
                    }
                    rig.work();
                }
            }
        }
    }
}

#[test]
fn no_setting_makes_processing_allocate() {
    processing_never_allocates::<Channel>();
    processing_never_allocates::<Master>();
}

#[test]
fn the_first_block_jumps_to_its_settings() {
    for (set_before_reset, what) in [(true, "before the start"), (false, "with the first block")] {
        let mut rig = Rig::<Channel>::new(PluginApi::Vst3, 0);
        rig.process(&mut noise(2, 4_096, 1));
        if set_before_reset {
            rig.set("Output Fader", "-20 dB");
        }
        rig.shell.reset();
        if !set_before_reset {
            rig.set("Output Fader", "-20 dB");
        }
        let mut block = vec![vec![0.5f32; 64]; 2];
        rig.process(&mut block);
        let (first, wanted) = (block[0][0], 0.05);
        assert!((first - wanted).abs() < 1e-6, "a fader set {what}: the first sample is {first}, {wanted} expected");
    }
}

#[test]
fn a_vst3_mode_change_is_prepared_elsewhere_and_told_once() {
    let mut rig = Rig::<Channel>::new(PluginApi::Vst3, 0);
    assert_eq!(rig.context.latency.get(), 0, "latency in Live");
    rig.set("Latency", "Full");
    rig.process(&mut noise(2, 512, 1));
    rig.process(&mut noise(2, 512, 1));
    assert_eq!(rig.context.tasks.borrow().len(), 1, "tasks while the chain is not there yet");
    assert_eq!(rig.context.latency.get(), 0, "the latency before the chain is there");
    rig.work();
    let mut told = Vec::new();
    for _ in 0..20 {
        rig.process(&mut noise(2, 512, 1));
        told.push(rig.context.latency.get());
        rig.work();
    }
    told.dedup();
    let full = *told.last().expect("a latency");
    assert!(full > 0, "latency in Full");
    assert!(told == [0, full] || told == [full], "the latency moves more than once: {told:?}");
    assert_eq!(rig.shell.telemetry().latency.load(Relaxed), full, "what the editor shows");
    assert_eq!(rig.context.restarts.get(), 0, "restarts");
}

#[test]
fn a_clap_mode_change_asks_for_one_restart() {
    let mut rig = Rig::<Channel>::new(PluginApi::Clap, 0);
    rig.set("Latency", "Full");
    for _ in 0..20 {
        rig.process(&mut noise(2, 512, 1));
    }
    assert_eq!(rig.context.restarts.get(), 1, "restarts");
    assert_eq!(rig.context.tasks.borrow().len(), 0, "tasks");
}

#[test]
fn telemetry_tells_levels_always_and_samples_to_an_open_editor() {
    let mut rig = Rig::<Channel>::new(PluginApi::Vst3, 0);
    let telemetry = rig.shell.telemetry().clone();
    assert_eq!(telemetry.rate.load(Relaxed), RATE);
    telemetry.samples.open();
    rig.set("Output Fader", "-6 dB");
    rig.process(&mut [vec![0.5f32; 4_096], vec![0.25f32; 4_096]]);
    let (input, output) = (telemetry.input.take_peak_db(), telemetry.output.take_peak_db());
    for (read, wanted) in [(input[0], -6.02), (input[1], -12.04), (output[0], -12.02), (output[1], -18.04)] {
        assert!((read - wanted).abs() < 0.01, "a peak of {read} dB, {wanted} expected");
    }
    assert!(telemetry.samples.next().is_none(), "samples without an editor");
    telemetry.editor_open.store(true, Relaxed);
    rig.process(&mut noise(2, 512, 2));
    assert!(telemetry.samples.next().is_some(), "no samples with an editor");
    rig.shell.deactivate();
    assert_eq!(telemetry.rate.load(Relaxed), 0.0, "the rate of a plug-in that is not active");
}

#[test]
fn readings_reach_an_open_editor_and_keep_their_highest() {
    let mut rig = Rig::<Channel>::new(PluginApi::Vst3, 0);
    let telemetry = rig.shell.telemetry().clone();
    for (name, text) in [("Comp On", "On"), ("Comp Threshold", "-30 dB"), ("Comp Ratio", "4:1"), ("Comp Knee", "0 dB")]
    {
        rig.set(name, text);
    }
    let taken = || telemetry.readings.look().get(&compressor::GROUP, &compressor::REDUCTION_READOUT);
    let level = |amplitude: f32| vec![vec![amplitude; 9_600]; 2];
    rig.process(&mut level(1.0));
    assert_eq!(taken(), None, "a reading without an editor");
    telemetry.editor_open.store(true, Relaxed);
    rig.process(&mut level(1.0));
    rig.process(&mut level(1e-3));
    // 30 dB over at 4:1
    let highest = taken().expect("a reading");
    assert!((highest - 22.5).abs() < 0.1, "{highest:.2} dB taken at the most since the last look, 22.5 expected");
    let latest = taken().expect("a reading");
    assert!(latest < 15.0, "{latest:.2} dB taken after 0.2 s below the threshold");
}

#[test]
fn the_meter_starts_anew_when_asked() {
    let mut rig = Rig::<Master>::new(PluginApi::Vst3, 0);
    let telemetry = rig.shell.telemetry().clone();
    telemetry.editor_open.store(true, Relaxed);
    let peak = || telemetry.readings.look().get(&programme::GROUP, &programme::TRUE_PEAK[0]);
    rig.process(&mut noise(2, 48_000, 1));
    assert!(peak().is_some_and(|peak| peak > -6.0), "true peak of noise: {:?} dBTP", peak());
    rig.process(&mut [vec![0.0; 4_800], vec![0.0; 4_800]]);
    telemetry.restart_meter.store(true, Relaxed);
    rig.process(&mut [vec![0.0; 4_800], vec![0.0; 4_800]]);
    assert_eq!(peak(), None, "true peak of silence since the restart");
}

#[test]
fn contribution_is_measured_while_the_editor_shows_it() {
    let mut rig = Rig::<Channel>::new(PluginApi::Vst3, 0);
    let telemetry = rig.shell.telemetry().clone();
    rig.set("Input Trim", "3 dB");
    let mut told = |open: bool, shown: bool| {
        telemetry.editor_open.store(open, Relaxed);
        telemetry.contribution.store(shown, Relaxed);
        rig.process(&mut noise(2, 48_000, 3));
        telemetry.readings.look().get(&input::GROUP, &contribution::LOUDNESS)
    };
    assert_eq!(told(true, false), None, "nothing is measured that is not shown");
    let by_trim = told(true, true).expect("what the trim does");
    assert!((by_trim - 3.0).abs() < 0.01, "a trim of 3 dB adds {by_trim:.2} LU");
    assert_eq!(told(true, false), None, "and no longer than it is shown");
}

#[test]
fn listen_states_are_heard_with_an_open_editor_only() {
    let mut rig = Rig::<Channel>::new(PluginApi::Vst3, 0);
    let telemetry = rig.shell.telemetry().clone();
    telemetry.listening.set(&eq::GROUP, Listen::Delta);
    let mut heard = |open: bool| {
        telemetry.editor_open.store(open, Relaxed);
        let mut block = noise(2, 9_600, 3);
        rig.process(&mut block);
        block[0][4_800..].iter().fold(0.0f32, |peak, x| peak.max(x.abs()))
    };
    assert!(heard(false) > 0.1, "the output is heard while no editor is open");
    assert_eq!(heard(true), 0.0, "the delta of an equaliser that does nothing");
    assert_eq!(telemetry.listening.active().collect::<Vec<_>>().len(), 1, "modules that are listened to");
    telemetry.listening.clear();
    assert!(heard(true) > 0.1, "the output is heard again");
}

#[test]
fn learning_proposes_a_gain_and_sets_nothing() {
    let mut rig = Rig::<Master>::new(PluginApi::Vst3, 0);
    let telemetry = rig.shell.telemetry().clone();
    let controls = rig.shell.stored().tree.controls().clone();
    telemetry.editor_open.store(true, Relaxed);
    rig.set("Limiter On", "On");
    // White noise of -24 dBFS, lifted by about 3.8 dB by K-weighting, on both channels: about -17.9 LUFS (BS.1770).
    rig.set("Input Trim", "-12 dB");
    let read = |readout| telemetry.readings.look().get(&limiter::GROUP, readout);
    let mut play = || {
        for second in 0..6 {
            rig.process(&mut noise(2, 48_000, second));
        }
    };
    play();
    assert_eq!(read(&limiter::PROPOSED_READOUT), None, "a proposal without learning");
    telemetry.learn_for.store(-12.0, Relaxed);
    play();
    let (gain_db, lufs) = (read(&limiter::PROPOSED_READOUT), read(&limiter::EXPECTED_READOUT));
    assert!(gain_db.is_some_and(|gain| (gain - 5.9).abs() < 0.5), "a gain of {gain_db:?} dB, about 5.9 expected");
    assert!(lufs.is_some_and(|lufs| (lufs + 12.0).abs() < 0.3), "{lufs:?} LUFS expected for -12");
    let gain = controls.find_name("Limiter Gain").expect("a parameter");
    assert_eq!(controls.value(gain), 0.0, "the gain that is set");
    // Other settings begin the pass anew, on a programme that is 6 dB softer: what is proposed follows within it.
    let changes = [("Limiter Gain", 3.0), ("Input Trim", -18.0)];
    controls.set_quietly(&changes.map(|(name, value)| (controls.find_name(name).expect("a parameter"), value)));
    play();
    let gain_db = read(&limiter::PROPOSED_READOUT);
    assert!(gain_db.is_some_and(|gain| (gain - 11.9).abs() < 0.5), "then {gain_db:?} dB, about 11.9 expected");
}

impl<P: Product> Rig<P> {
    /// Plays `signal` in blocks of 256 with an open editor, which follows as it does once a picture.
    fn play(&mut self, signal: &[tandem_dsp::Frame]) -> Vec<tandem_dsp::Frame> {
        self.shell.telemetry().editor_open.store(true, Relaxed);
        self.go_on(signal)
    }

    /// The same with the editor as it is.
    fn go_on(&mut self, signal: &[tandem_dsp::Frame]) -> Vec<tandem_dsp::Frame> {
        let (telemetry, recall) = (self.shell.telemetry().clone(), self.shell.stored().recall.clone());
        let mut output = Vec::with_capacity(signal.len());
        for frames in signal.chunks(256) {
            let mut block = [0, 1].map(|lane| frames.iter().map(|frame| frame[lane] as f32).collect::<Vec<_>>());
            recall.follow(&telemetry.matching);
            self.process(&mut block);
            output.extend(block[0].iter().zip(&block[1]).map(|(left, right)| [f64::from(*left), f64::from(*right)]));
        }
        output
    }

    fn switch(&self, slot: Slot) {
        let edit = Unhosted(self.shell.stored().tree.controls().clone());
        self.shell.stored().recall.switch(&edit, slot);
    }
}

#[test]
fn slots_are_switched_without_a_click() {
    let mut rig = Rig::<Channel>::new(PluginApi::Vst3, 0);
    for (name, text) in [("EQ 1 On", "On"), ("EQ 1 Gain", "12 dB"), ("EQ 1 Frequency", "1 kHz"), ("EQ HP On", "On")] {
        rig.set(name, text);
    }
    rig.play(&sine(4_800, f64::from(RATE), 1_000.0, -14.0));
    rig.switch(Slot::B);
    for (name, text) in [
        ("EQ 1 Shape", "High shelf"),
        ("EQ 1 Gain", "-18 dB"),
        ("EQ 2 On", "On"),
        ("EQ 2 Shape", "Notch"),
        ("EQ HP Slope", "48 dB/oct"),
        ("EQ HP Frequency", "400 Hz"),
        ("Input Flip L", "On"),
        ("Output Fader", "6 dB"),
    ] {
        rig.set(name, text);
    }
    let signal = sine(48_000, f64::from(RATE), 1_000.0, -14.0);
    let mut output = rig.play(&signal[..9_600]);
    for (i, slot) in [Slot::A, Slot::B, Slot::A].into_iter().enumerate() {
        rig.switch(slot);
        output.extend(rig.play(&signal[9_600 * (i + 1)..9_600 * (i + 2)]));
    }
    let left: Vec<f64> = output[4_800..].iter().map(|frame| frame[0]).collect();
    let residue = peak_above_db(&tapered(left, 2_400), f64::from(RATE), 4_000.0);
    assert!(residue <= -80.0, "{residue:.1} dBFS above 4 kHz, -80 allowed");
    let level = |from: usize| output[from..from + 2_400].iter().fold(0.0f64, |peak, frame| peak.max(frame[0].abs()));
    // A quarter of a second after each change it is there: +12 dB by the bell in A; in B -18 dB / 2, and +6 by the fader.
    let (a, b) = (level(9_600 + 4_800), level(2 * 9_600 + 4_800));
    assert!(a / b > 2.0, "the slots are {a:.3} and {b:.3} loud");
}

/// Integrated loudness by the ebur128 crate.
fn lufs(frames: &[tandem_dsp::Frame]) -> f64 {
    let mut meter = ebur128::EbuR128::new(2, RATE as u32, ebur128::Mode::I).expect("a meter");
    meter.add_frames_f64(frames.as_flattened()).expect("frames");
    meter.loudness_global().expect("a loudness")
}

/// Pink noise in beats, loud and soft by turns.
fn programme(seconds: usize, seed: u64) -> Vec<tandem_dsp::Frame> {
    let noise = pink(seconds * 48_000, seed, -20.0);
    let gain = |i: usize| {
        let beat = (i % 24_000) as f64 / 24_000.0;
        (-4.0 * beat).exp() * if (i / 96_000).is_multiple_of(2) { 1.0 } else { 0.6 }
    };
    noise.iter().enumerate().map(|(i, frame)| frame.map(|x| x * gain(i))).collect()
}

#[test]
fn matched_slots_are_equally_loud_after_3_s_of_each() {
    let mut rig = Rig::<Master>::new(PluginApi::Vst3, 0);
    rig.play(&programme(1, 1));
    let slots: [&[(&str, &str)]; 3] = [
        &[("Output Fader", "-3 dB")],
        &[("Output Fader", "0 dB"), ("EQ 1 On", "On"), ("EQ 1 Shape", "High shelf"), ("EQ 1 Gain", "9 dB")],
        &[("Glue On", "On"), ("Glue Threshold", "-30 dB"), ("Glue Ratio", "4:1"), ("Glue Make-up", "12 dB")],
    ];
    for (slot, settings) in Slot::ALL.into_iter().zip(slots) {
        rig.switch(slot);
        settings.iter().for_each(|(name, text)| rig.set(name, text));
        rig.play(&programme(4, 2));
    }
    let telemetry = rig.shell.telemetry().clone();
    let mut heard = |matched: bool| {
        telemetry.matching.switch(matched);
        let loudness = Slot::ALL[..3].iter().map(|slot| {
            rig.switch(*slot);
            let output = rig.play(&programme(6, 3));
            lufs(&output[48_000..])
        });
        let loudness: Vec<f64> = loudness.collect();
        let (least, most) = loudness.iter().fold((f64::MAX, f64::MIN), |(l, m), lufs| (l.min(*lufs), m.max(*lufs)));
        (least, most - least, loudness)
    };
    let (softest, apart, loudness) = heard(false);
    assert!(apart > 3.0, "unmatched the slots differ by {apart:.2} LU: {loudness:.2?}");
    let (matched, apart, loudness) = heard(true);
    println!("matched: {apart:.2} LU apart, {loudness:.2?} LUFS");
    assert!(apart <= 0.2, "matched the slots differ by {apart:.2} LU, 0.2 allowed: {loudness:.2?}");
    assert!((matched - softest).abs() <= 0.2, "the softest was {softest:.2} LUFS and is {matched:.2}");
    // Offline no match, nor without an editor: the last one, a louder one, as it is.
    rig.shell.link().set_offline(true);
    let offline = lufs(&rig.play(&programme(6, 3))[48_000..]);
    assert!(offline > loudness[2] + 1.0, "offline C is {offline:.2} LUFS, matched {:.2}", loudness[2]);
    rig.shell.link().set_offline(false);
    let again = lufs(&rig.play(&programme(6, 3))[48_000..]);
    assert!((again - loudness[2]).abs() < 0.2, "in real time again C is {again:.2} LUFS, {:.2} before", loudness[2]);
    telemetry.editor_open.store(false, Relaxed);
    let alone = lufs(&rig.go_on(&programme(6, 3))[48_000..]);
    assert!(alone > loudness[2] + 1.0, "without an editor C is {alone:.2} LUFS, matched {:.2}", loudness[2]);
}

/// A quarter at the host's tempo, also when it changes while it plays; 120 bpm where the host says none.
#[test]
fn echoes_follow_the_hosts_tempo() {
    let mut rig = Rig::<Channel>::new(PluginApi::Clap, 0);
    for (name, text) in [
        ("Delay On", "On"),
        ("Delay Wet Only", "On"),
        ("Delay Send", "0 dB"),
        ("Delay Feedback", "0 %"),
        ("Delay Low Cut", "Off"),
        ("Delay High Cut", "Off"),
    ] {
        rig.set(name, text);
    }
    for (tempo, seconds) in [(None, 0.5), (Some(100.0), 0.6), (Some(150.0), 0.4)] {
        rig.context.transport.tempo = tempo;
        // The change fades, and what was in the line leaves it.
        rig.process(&mut noise(2, 4_096, 1));
        for _ in 0..16 {
            rig.process(&mut vec![vec![0.0; 4_096]; 2]);
        }
        let frames = 40_960;
        let mut click = vec![vec![0.0f32; frames]; 2];
        click[0][0] = 1.0;
        let mut output = Vec::new();
        for block in 0..frames / 4_096 {
            let mut part: Vec<Vec<f32>> =
                click.iter().map(|channel| channel[block * 4_096..(block + 1) * 4_096].to_vec()).collect();
            rig.process(&mut part);
            output.extend_from_slice(&part[0]);
        }
        let at = output.iter().position(|x| x.abs() > 0.5).expect("an echo comes");
        let expected = (seconds * f64::from(RATE)) as usize;
        assert_eq!(at, expected, "at {tempo:?} bpm: frame of the echo");
    }
}

#[test]
fn what_is_applied_is_heard_from_the_first_block_on_and_captures_are_told() {
    let mut rig = Rig::<Master>::new(PluginApi::Vst3, 0);
    rig.set("Match EQ On", "On");
    let stored = rig.shell.stored().clone();
    let edit = Unhosted(stored.tree.controls().clone());
    // A fifth of a dB more in each third: 1 dB up five thirds above the middle of 100 Hz to 10 kHz, at 3162 Hz.
    let tilt = std::array::from_fn(|third| 0.2 * third as f64);
    let captured = Captured { song_db: [0.0; 31], reference_db: Some(tilt) };
    stored.recall.apply(&edit, Some(captured));
    let signal = sine(48_000, f64::from(RATE), 3_162.28, -20.0);
    let output = rig.play(&signal);
    let level = |frames: &[tandem_dsp::Frame]| {
        10.0 * (frames.iter().map(|frame| frame[0] * frame[0]).sum::<f64>() / frames.len() as f64).log10()
    };
    for from in [1_200, 40_000] {
        let gain_db = level(&output[from..from + 4_800]) - level(&signal[4_800..9_600]);
        assert!((gain_db - 1.0).abs() < 0.06, "{gain_db:.2} dB from frame {from} on, 1 dB applied");
    }
    let telemetry = rig.shell.telemetry().clone();
    let heard = || telemetry.readings.look().get(&match_eq::GROUP, &match_eq::HEARD_READOUT);
    assert_eq!(heard(), Some(0.0), "not asked, nothing captured");
    telemetry.capturing.begin(Source::Input);
    for _ in 0..4 {
        rig.play(&signal);
    }
    telemetry.capturing.end();
    rig.play(&signal);
    assert!(heard().is_some_and(|s| (s - 4.0).abs() < 0.5), "{:?} s heard of 4", heard());
    stored.recall.apply(&edit, None);
    let output = rig.play(&signal);
    let gain_db = level(&output[40_000..44_800]) - level(&signal[4_800..9_600]);
    assert!(gain_db.abs() < 0.01, "{gain_db:.3} dB once it is taken back");
}
