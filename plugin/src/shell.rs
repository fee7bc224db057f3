//! What both plug-ins have in common: the framework's `Plugin`, once.

use crate::delivery::Delivery;
use crate::editor::window::{Instance, WindowEditor};
use crate::engine::{CHUNK, Engine, Prepared};
use crate::host::link::HostLink;
use crate::monitor::{Audience, Path};
use crate::params::{ParamTree, Refreshed};
use crate::state::{EditorState, Stored, complete};
use crate::telemetry::{Tap, Telemetry};
use crossbeam::queue::ArrayQueue;
use nice_plug::context::PluginApi;
use nice_plug::prelude::*;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use tandem_dsp::captured::Captured;
use tandem_dsp::chain::Rack;
use tandem_dsp::control::{Group, Settings, Switch, Visit};
use tandem_dsp::processor::LATENCY_MODE;
use tandem_dsp::{Frame, LatencyMode, Listen, Processor, TEMPO_BPM};

/// What makes one plug-in differ from the other.
pub trait Product: Send + Sync + 'static {
    /// Its modules.
    type Rack: Rack<Observer: Send> + Default + Send;

    /// As hosts show it.
    const NAME: &'static str;
    /// A few words for hosts' browsers.
    const DESCRIPTION: &'static str;
    /// Its identity in CLAP, for ever.
    const CLAP_ID: &'static str;
    /// Where CLAP hosts list it.
    const CLAP_FEATURES: &'static [ClapFeature];
    /// Its identity in VST3, for ever.
    const VST3_CLASS_ID: [u8; 16];
    /// Where VST3 hosts list it.
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory];
    /// The Latency mode of a fresh instance.
    const LATENCY_MODE: LatencyMode;
    /// Size of the editor's window in logical points until someone resizes it.
    const EDITOR_SIZE: (u32, u32) = (1100, 700);
}

/// The settings of a product's modules.
type RackSettings<P> = <<P as Product>::Rack as Processor>::Settings;

/// The group of the controls that are the plug-in's rather than a module's; without a name, so that they are called
/// "Bypass" and "Latency".
pub static GROUP: Group = Group { id: "", name: "" };

/// The host's bypass.
pub static BYPASS: Switch = Switch {
    id: "bypass",
    name: "Bypass",
    default: false,
    help: "Passes the input, delayed as much as the plug-in delays it, and otherwise untouched.",
};

/// Everything that can be set on an instance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ShellSettings<S> {
    /// The modules' settings.
    pub rack: S,
    /// What is the plug-in's own.
    pub plugin: PluginSettings,
}

/// The plug-in's own settings.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PluginSettings {
    /// [`BYPASS`].
    pub bypass: bool,
    /// [`LATENCY_MODE`].
    pub latency_mode: LatencyMode,
}

impl<S: Settings> Settings for ShellSettings<S> {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { rack, plugin } = self;
        rack.visit(visitor);
        visitor.group(plugin, &GROUP);
    }
}

impl Settings for PluginSettings {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { bypass, latency_mode } = self;
        visitor.switch(bypass, &BYPASS);
        visitor.choice(latency_mode, &LATENCY_MODE);
    }
}

/// Parameters of a fresh instance of `P`.
pub fn parameters<P: Product>() -> ParamTree<ShellSettings<RackSettings<P>>> {
    let mut fresh = ShellSettings::default();
    fresh.plugin.latency_mode = P::LATENCY_MODE;
    ParamTree::new(fresh, &BYPASS)
}

/// What is done off the audio thread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Task {
    /// Prepare a chain and hand it over.
    Prepare {
        /// Sample rate in Hz.
        rate: f64,
        /// Latency mode.
        mode: LatencyMode,
    },
    /// Free the chains that are done with.
    Free,
    /// Build the kernels that are planned, and free those that are done with.
    Kernels,
    /// Make the calls to the host that wait for the main thread.
    HostCalls,
    /// Nothing but say that every task before it has run.
    Barrier,
}

/// Chains on their way between the audio thread and the others.
struct Handover<R: Rack> {
    ready: ArrayQueue<Box<Prepared<R>>>,
    retired: ArrayQueue<Box<Prepared<R>>>,
}

/// Chains that can wait in a queue. One is under way at a time; a second place lets a change of mind overtake.
const HANDOVER_PLACES: usize = 2;

impl<R: Rack> Default for Handover<R> {
    fn default() -> Self {
        Self { ready: ArrayQueue::new(HANDOVER_PLACES), retired: ArrayQueue::new(HANDOVER_PLACES) }
    }
}

/// What the chains know of a match; see [`crate::telemetry::Matching`].
#[derive(Clone, Copy, PartialEq)]
struct Matches {
    attended: bool,
    comparable: bool,
    gain_db: f32,
    round: u16,
}

/// A plug-in instance.
pub struct Shell<P: Product> {
    stored: Arc<Stored<ShellSettings<RackSettings<P>>>>,
    settings: ShellSettings<RackSettings<P>>,
    /// From the first `activate` on.
    engine: Option<Engine<P::Rack>>,
    handover: Arc<Handover<P::Rack>>,
    delivery: Arc<Delivery>,
    telemetry: Arc<Telemetry>,
    link: Arc<HostLink>,
    tap: Tap,
    /// Whether the next block is the first one.
    starts: bool,
    /// The version of the listen states that the chains follow; `None` where they let hear their output.
    listens: Option<u32>,
    /// What the chains learn for, LUFS.
    learns_for: Option<f64>,
    /// What the chains know of a match.
    matches: Option<Matches>,
    /// The version of what is captured that the chain follows, and of what is applied.
    captures: u32,
    applied: Option<u32>,
    /// What is applied of what has been captured.
    captured: Option<Captured>,
    /// What is heard instead of the output; of a product with a Monitor, from the first `activate` on.
    monitor: Option<Box<Path>>,
    /// Whether both lanes get the one channel that comes in.
    mono_input: bool,
    /// A mode that was asked for and has not arrived yet.
    asked: Option<LatencyMode>,
    /// The latency that the host was last told of, in frames.
    told_latency: u32,
    frames: [Frame; CHUNK],
    inputs: [Frame; CHUNK],
    keys: [Frame; CHUNK],
}

impl<P: Product> Default for Shell<P> {
    fn default() -> Self {
        let tree = parameters::<P>();
        let settings = tree.settings();
        let link = HostLink::claim(tree.controls());
        Self {
            stored: Arc::new(Stored::new(tree, EditorState::new(P::EDITOR_SIZE))),
            settings,
            engine: None,
            handover: Arc::default(),
            delivery: Arc::default(),
            telemetry: Arc::new(Telemetry::of::<P::Rack>()),
            link,
            tap: Tap::default(),
            starts: true,
            listens: None,
            learns_for: None,
            matches: None,
            captures: 0,
            applied: None,
            captured: None,
            monitor: None,
            mono_input: false,
            asked: None,
            told_latency: 0,
            frames: [[0.0; 2]; CHUNK],
            inputs: [[0.0; 2]; CHUNK],
            keys: [[0.0; 2]; CHUNK],
        }
    }
}

impl<P: Product> Plugin for Shell<P> {
    const NAME: &'static str = P::NAME;
    const VENDOR: &'static str = "Tandem";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[
        layout("Stereo", 2, 2, &STEREO_SIDE),
        layout("Mono", 1, 1, &MONO_SIDE),
        layout("Mono to stereo", 1, 2, &MONO_SIDE),
    ];
    const SAMPLE_ACCURATE_AUTOMATION: bool = true;

    type Editor = WindowEditor;
    type SysExMessage = ();
    type BackgroundTask = Task;

    fn task_executor(&mut self) -> TaskExecutor<Self> {
        let (handover, link, telemetry) = (self.handover.clone(), self.link.clone(), self.telemetry.clone());
        let (stored, delivery) = (self.stored.clone(), self.delivery.clone());
        Box::new(move |task| {
            while handover.retired.pop().is_some() {}
            telemetry.monitoring.free();
            match task {
                Task::Prepare { rate, mode } => {
                    let mut next = Prepared::new(rate, mode);
                    next.supply(&stored.tree.settings().rack);
                    drop(handover.ready.force_push(next));
                }
                Task::Free => {}
                Task::Kernels => delivery.work(),
                Task::HostCalls => link.make_calls(),
                Task::Barrier => link.pass_barrier(),
            }
        })
    }

    fn params(&self) -> Arc<dyn Params> {
        self.stored.clone()
    }

    fn editor(&mut self, executor: AsyncExecutor<Self>) -> Option<WindowEditor> {
        let gui = executor.clone();
        self.link
            .set_executor(move || gui.execute_gui(Task::HostCalls), move || executor.execute_background(Task::Barrier));
        Some(WindowEditor::new(Instance {
            name: P::NAME,
            controls: self.stored.tree.controls().clone(),
            telemetry: self.telemetry.clone(),
            state: self.stored.editor.clone(),
            recall: self.stored.recall.clone(),
            link: self.link.clone(),
        }))
    }

    fn filter_state(state: &mut PluginState) {
        complete(state, parameters::<P>().controls());
    }

    fn activate(
        &mut self,
        layout: &AudioIOLayout,
        config: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        self.mono_input = layout.main_input_channels.is_some_and(|channels| channels.get() == 1);
        self.stored.tree.refresh(&mut self.settings);
        let (rate, mode) = (f64::from(config.sample_rate), self.settings.plugin.latency_mode);
        // Chains that were under way are for what was before.
        while self.handover.ready.pop().is_some() || self.handover.retired.pop().is_some() {}
        self.delivery.clear();
        self.asked = None;
        match &self.engine {
            Some(engine) if !engine.changing() && engine.rate() == rate && engine.mode() == mode => {}
            _ => {
                self.engine = Some(Engine::new(Prepared::new(rate, mode)));
                self.applied = None;
                (self.listens, self.learns_for, self.matches) = (None, None, None);
            }
        }
        if self.telemetry.has_monitor() && self.monitor.as_ref().is_none_or(|path| path.rate() != rate) {
            self.monitor = Some(Path::new(rate));
        }
        self.reset();
        if let Some(engine) = &mut self.engine {
            engine.supply(&self.settings.rack);
        }
        self.telemetry.rate.store(config.sample_rate, Relaxed);
        self.publish_latency();
        // In CLAP the guard tells the host, once this has returned.
        if context.plugin_api() != PluginApi::Clap {
            context.set_latency_samples(self.told_latency);
        }
        true
    }

    fn deactivate(&mut self) {
        self.telemetry.rate.store(0.0, Relaxed);
    }

    fn reset(&mut self) {
        let Some(engine) = &mut self.engine else { return };
        if let Some(done) = engine.reset() {
            self.handover.retired.force_push(done);
        }
        if let Some(monitor) = &mut self.monitor {
            monitor.reset();
        }
        // Hosts send values with the first block: it jumps to what stands then.
        self.starts = true;
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        self.follow_captures();
        let Some(engine) = &mut self.engine else { return ProcessStatus::Error("not active") };
        engine.tempo(context.transport().tempo.unwrap_or(TEMPO_BPM));
        let (refreshed, starts) = (self.stored.tree.refresh(&mut self.settings), std::mem::take(&mut self.starts));
        let ShellSettings { rack, plugin } = &self.settings;
        match refreshed {
            Refreshed::Same if !starts => {}
            Refreshed::Same | Refreshed::Changed => engine.set(rack, plugin.bypass),
            Refreshed::Leapt => engine.go_over_to(rack, plugin.bypass),
        }
        if self.telemetry.restart_meter.swap(false, Relaxed) {
            engine.chain().restart_observer();
        }
        self.follow_mode(context);
        self.follow_listening();
        self.follow_learning();
        self.follow_contribution();
        self.follow_matching();
        self.follow_monitoring(context);
        // Offline the first block already waits for what the settings need.
        if let Some(engine) = &mut self.engine {
            self.delivery.exchange(engine, self.link.offline(), || context.execute_background(Task::Kernels));
        }
        self.run(buffer, aux, context);
        let Some(engine) = &mut self.engine else { return ProcessStatus::Error("not active") };
        let tail = engine.tail() as u32;
        let chain = engine.chain();
        if self.telemetry.editor_open.load(Relaxed) {
            self.telemetry.readings.publish_observer(&chain.observer);
            self.telemetry.matching.publish(self.matches.map_or(0, |matches| matches.round), chain.difference().lu());
        }
        self.telemetry.input.publish(chain.input_level.read());
        self.telemetry.output.publish(chain.output_level.read());
        if self.telemetry.editor_open.load(Relaxed) && !chain.asleep() {
            self.stored.tree.controls().repaint().request_repaint();
        }
        self.link.set_tail(tail);
        if self.monitor.as_ref().is_some_and(|monitor| monitor.sounds()) {
            return ProcessStatus::KeepAlive;
        }
        ProcessStatus::Tail(tail)
    }
}

impl<P: Product> Shell<P> {
    /// What the audio thread tells the editor.
    pub fn telemetry(&self) -> &Arc<Telemetry> {
        &self.telemetry
    }

    /// The way to the host.
    pub fn link(&self) -> &HostLink {
        &self.link
    }

    /// The parameters and what is stored beside them.
    pub fn stored(&self) -> &Arc<Stored<ShellSettings<RackSettings<P>>>> {
        &self.stored
    }

    /// Brings the Latency mode that runs to the one that is set. A CLAP host allows a change in `activate` only, so it
    /// is asked once to restart; elsewhere the next chain is prepared in the background and faded to.
    fn follow_mode(&mut self, context: &mut impl ProcessContext<Self>) {
        let Some(engine) = &mut self.engine else { return };
        let wanted = self.settings.plugin.latency_mode;
        if engine.mode() == wanted && self.asked.is_none() {
            return;
        }
        if context.plugin_api() == PluginApi::Clap {
            if self.asked != Some(wanted) && engine.mode() != wanted {
                self.asked = Some(wanted);
                context.request_restart();
            }
            return;
        }
        while let Some(mut next) = self.handover.ready.pop() {
            self.asked = None;
            if !engine.changing() && next.mode == wanted && next.rate == engine.rate() && engine.mode() != wanted {
                next.chain.rack.match_to(self.captured.as_ref());
                engine.change_to(next, &self.settings.rack, self.settings.plugin.bypass);
                // The next chain does not know of any listen state yet, nor of what to learn.
                (self.listens, self.learns_for, self.matches) = (None, None, None);
            } else {
                retire(&self.handover, next, context);
            }
        }
        if !engine.changing() && engine.mode() != wanted && self.asked.is_none() {
            self.asked = Some(wanted);
            context.execute_background(Task::Prepare { rate: engine.rate(), mode: wanted });
        }
    }

    /// Lets hear what the editor asks for, and nothing but the outputs offline and while no editor is open.
    fn follow_listening(&mut self) {
        let Some(engine) = &mut self.engine else { return };
        let listening = &self.telemetry.listening;
        let followed = self.telemetry.editor_open.load(Relaxed) && !self.link.offline();
        let wanted = followed.then(|| listening.version());
        if wanted != self.listens {
            self.listens = wanted;
            engine.listen_to(|group| if followed { listening.get(group) } else { Listen::Output });
        }
    }

    /// Learns while the editor asks for it. A new chain begins anew.
    fn follow_learning(&mut self) {
        let Some(engine) = &mut self.engine else { return };
        let target_lufs = f64::from(self.telemetry.learn_for.load(Relaxed));
        let wanted = Some(target_lufs).filter(|lufs| lufs.is_finite());
        if wanted != self.learns_for {
            self.learns_for = wanted;
            engine.learn(wanted);
        }
    }

    /// Captures what the editor asks for, and hands on what is applied. Before the chains get their settings, so that a
    /// start jumps to both.
    fn follow_captures(&mut self) {
        let Some(engine) = &mut self.engine else { return };
        if let Some((version, captured)) = self.stored.recall.applied().news(self.applied) {
            (self.applied, self.captured) = (Some(version), captured);
            engine.match_to(self.captured.as_ref());
        }
        let capturing = &self.telemetry.capturing;
        if capturing.version() != self.captures {
            self.captures = capturing.version();
            engine.capture(capturing.source());
        }
    }

    /// Measures what each module contributes while the editor shows it.
    fn follow_contribution(&mut self) {
        let Some(engine) = &mut self.engine else { return };
        let telemetry = &self.telemetry;
        engine.measure_contribution(telemetry.editor_open.load(Relaxed) && telemetry.contribution.load(Relaxed));
    }

    /// Evens out the loudness of what is compared as the editor asks, and begins to measure anew where it says so. A new
    /// chain begins anew.
    fn follow_matching(&mut self) {
        let Some(engine) = &mut self.engine else { return };
        let (matching, listening) = (&self.telemetry.matching, &self.telemetry.listening);
        let attended = self.telemetry.editor_open.load(Relaxed) && !self.link.offline();
        let wanted = Matches {
            attended,
            comparable: listening.active().next().is_none(),
            gain_db: if attended { matching.gain_db() } else { 0.0 },
            round: matching.round(),
        };
        if self.matches == Some(wanted) {
            return;
        }
        if self.matches.is_none_or(|before| before.round != wanted.round) {
            engine.chain().difference().restart();
        }
        engine.attend(wanted.attended, wanted.comparable);
        engine.set_match(f64::from(wanted.gain_db));
        self.matches = Some(wanted);
    }

    /// Lets hear what the editor's Monitor asks for: behind the meters, and never in a file.
    fn follow_monitoring(&mut self, context: &mut impl ProcessContext<Self>) {
        let Some(monitor) = &mut self.monitor else { return };
        let audience = match (self.link.offline(), self.telemetry.editor_open.load(Relaxed)) {
            (true, _) => Audience::Offline,
            (false, false) => Audience::None,
            (false, true) if self.settings.plugin.bypass => Audience::Bypassed,
            (false, true) => Audience::Editor,
        };
        if monitor.follow(&self.telemetry.monitoring, audience) {
            context.execute_background(Task::Free);
        }
    }

    /// The block, chunk by chunk, through the engine.
    fn run(&mut self, buffer: &mut Buffer, aux: &mut AuxiliaryBuffers, context: &mut impl ProcessContext<Self>) {
        let length = buffer.samples();
        let channels = buffer.as_slice();
        let side: &[&mut [f32]] = match aux.inputs.first_mut() {
            Some(side) => side.as_slice(),
            None => &[],
        };
        let mut at = 0;
        while at < length {
            let Some(engine) = &mut self.engine else { return };
            let n = CHUNK.min(length - at);
            let (frames, keys) = (&mut self.frames[..n], &mut self.keys[..n]);
            load(frames, channels, at, self.mono_input);
            load(keys, side, at, self.mono_input);
            let watched = self.telemetry.editor_open.load(Relaxed);
            if watched {
                self.inputs[..n].copy_from_slice(frames);
            }
            let done = engine.process(frames, keys);
            if watched {
                self.tap.send(&self.inputs[..n], frames, &self.telemetry);
                self.telemetry.readings.publish_modules(&mut engine.chain().rack);
            }
            if let Some(monitor) = &mut self.monitor {
                monitor.run(frames);
            }
            store(frames, channels, at);
            self.delivery.exchange(engine, self.link.offline(), || context.execute_background(Task::Kernels));
            if let Some(done) = done {
                retire(&self.handover, done, context);
            }
            let latency = engine.latency() as u32;
            if latency != self.told_latency {
                self.publish_latency();
                context.set_latency_samples(latency);
            }
            at += n;
        }
    }

    /// Notes the engine's latency where others read it.
    fn publish_latency(&mut self) {
        let Some(engine) = &self.engine else { return };
        self.told_latency = engine.latency() as u32;
        self.telemetry.latency.store(self.told_latency, Relaxed);
        self.link.set_latency(self.told_latency);
        self.link.set_tail(engine.tail() as u32);
    }
}

impl<P: Product> ClapPlugin for Shell<P> {
    const CLAP_ID: &'static str = P::CLAP_ID;
    const CLAP_DESCRIPTION: Option<&'static str> = Some(P::DESCRIPTION);
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = P::CLAP_FEATURES;

    fn remote_controls(&self, context: &mut impl RemoteControlsContext) {
        let controls = self.stored.tree.controls();
        let pages = controls.pages();
        for pages in pages.chunk_by(|page, next| page.section == next.section) {
            context.add_section(pages[0].section, |section| {
                for page in pages {
                    section.add_page(&page.name, |place| {
                        page.params.iter().for_each(|index| controls.add_to(place, *index));
                    });
                }
            });
        }
    }
}

impl<P: Product> Vst3Plugin for Shell<P> {
    const VST3_CLASS_ID: [u8; 16] = P::VST3_CLASS_ID;
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = P::VST3_SUBCATEGORIES;
}

/// The side-chain's channels: as many as the main input's, which the framework's VST3 side needs.
static STEREO_SIDE: [NonZeroU32; 1] = [new_nonzero_u32(2)];
static MONO_SIDE: [NonZeroU32; 1] = [new_nonzero_u32(1)];

const fn layout(name: &'static str, input: u32, output: u32, side: &'static [NonZeroU32]) -> AudioIOLayout {
    AudioIOLayout {
        main_input_channels: NonZeroU32::new(input),
        main_output_channels: NonZeroU32::new(output),
        aux_input_ports: side,
        names: PortNames {
            layout: Some(name),
            main_input: Some("Input"),
            main_output: Some("Output"),
            aux_inputs: &["Side-chain"],
            aux_outputs: &[],
        },
        ..AudioIOLayout::const_default()
    }
}

/// Sends a chain that is done with to be freed.
fn retire<P: Product>(
    handover: &Handover<P::Rack>,
    done: Box<Prepared<P::Rack>>,
    context: &mut impl ProcessContext<Shell<P>>,
) {
    // Two places, at most one chain at a time, and each push is followed by a task that empties the queue.
    handover.retired.force_push(done);
    context.execute_background(Task::Free);
}

/// Host channels to frames. A single channel goes to both lanes; a lane without a channel is silent.
fn load(frames: &mut [Frame], channels: &[&mut [f32]], at: usize, mono: bool) {
    let n = frames.len();
    let lane = |lane: usize| channels.get(if mono { 0 } else { lane }).and_then(|channel| channel.get(at..at + n));
    match (lane(0), lane(1)) {
        (Some(left), Some(right)) => {
            for (frame, (left, right)) in frames.iter_mut().zip(left.iter().zip(right)) {
                *frame = [f64::from(*left), f64::from(*right)];
            }
        }
        (Some(one), None) | (None, Some(one)) => {
            for (frame, x) in frames.iter_mut().zip(one) {
                *frame = [f64::from(*x); 2];
            }
        }
        (None, None) => frames.fill([0.0; 2]),
    }
}

/// Frames to host channels. Numbers that f32 holds only as subnormals become zero.
fn store(frames: &[Frame], channels: &mut [&mut [f32]], at: usize) {
    for (lane, channel) in channels.iter_mut().take(2).enumerate() {
        if let Some(channel) = channel.get_mut(at..at + frames.len()) {
            for (x, frame) in channel.iter_mut().zip(frames) {
                let y = frame[lane] as f32;
                *x = if y.abs() < f32::MIN_POSITIVE { 0.0 } else { y };
            }
        }
    }
}
