//! An instance of a plug-in, on the host's main thread.

use super::asked::{Asked, AudioThread, Host, MainThread, Record, Shared};
use super::audio::{Audio, record_answers};
use super::params::{Param, Params, RemotePage, or_list};
use super::{Description, Event};
use anyhow::{Context, Result, anyhow, bail};
use clack_extensions::audio_ports::{AudioPortFlags, AudioPortInfoBuffer, PluginAudioPorts};
use clack_extensions::audio_ports_config::{AudioPortsConfigBuffer, PluginAudioPortsConfig};
use clack_extensions::latency::PluginLatency;
use clack_extensions::params::{ParamInfoBuffer, ParamInfoFlags, PluginParams};
use clack_extensions::remote_controls::{PluginRemoteControls, RemoteControlsPageBuffer};
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::state::PluginState;
use clack_host::events::Pckn;
use clack_host::events::event_types::ParamValueEvent;
use clack_host::prelude::*;
use clack_host::utils::ClapId;
use std::ffi::CString;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// An audio port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// As shown.
    pub name: String,
    /// 1 is mono, 2 stereo.
    pub channels: usize,
    /// Whether it is the main port and no side-chain.
    pub main: bool,
}

/// One of the port layouts that a plug-in offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortsChoice {
    /// What [`Plugin::choose_ports`] takes.
    pub id: ClapId,
    /// As shown.
    pub name: String,
    /// Channels of the main input and output.
    pub main: (usize, usize),
}

/// An instance of a plug-in. Calls to its methods come from the thread that made it, which is the host's main thread.
pub struct Plugin {
    instance: PluginInstance<Host>,
    record: Arc<Record>,
    description: Description,
    params: Params,
    active: Option<Active>,
}

/// What exists between activation and deactivation.
struct Active {
    /// Away while [`Plugin::play`] runs, for good if it panicked.
    processor: Option<StoppedPluginAudioProcessor<Host>>,
    rate: f64,
    max_block: usize,
}

/// Restarts in a row after which a plug-in is taken to ask for them for ever.
const MAX_RESTARTS: usize = 4;

impl Plugin {
    pub(super) fn new(entry: &PluginEntry, description: Description) -> Result<Self> {
        let info = HostInfo::new("Tandem render", "Tandem", "", env!("CARGO_PKG_VERSION"))?;
        let record = Record::new();
        let (shared, main) = (record.clone(), record.clone());
        let id = CString::new(description.id.as_str())?;
        let instance = PluginInstance::new(|_| Shared(shared), |_| MainThread(main), entry, &id, &info)
            .with_context(|| format!("{} cannot be opened", description.name))?;
        let mut plugin = Self { instance, record, description, params: Params::default(), active: None };
        plugin.params = plugin.read_params();
        Ok(plugin)
    }

    /// What the bundle says of it.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Its parameters.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// Its pages for remote controllers; none if it has no such extension.
    pub fn remote_pages(&mut self) -> Vec<RemotePage> {
        let handle = self.instance.plugin_handle();
        let Some(pages) = handle.get_extension::<PluginRemoteControls>() else { return Vec::new() };
        let mut buffer = RemoteControlsPageBuffer::new();
        let read = |index| {
            let page = pages.get(&handle, index, &mut buffer)?;
            let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
            Some(RemotePage {
                section: text(page.section_name),
                name: text(page.page_name),
                params: page.param_ids.to_vec(),
            })
        };
        (0..pages.count(&handle)).filter_map(read).collect()
    }

    /// `value` of `param` as the plug-in writes it.
    pub fn text(&mut self, param: ClapId, value: f64) -> Result<String> {
        let params = self.params_extension()?;
        let mut buffer = [0; 256];
        params
            .value_to_text(&self.instance.plugin_handle(), param, value, &mut buffer)
            .map(|text| String::from_utf8_lossy(text).into_owned())
            .map_err(|_| anyhow!("the plug-in has no text for {value} of parameter {}", param.get()))
    }

    /// `text` as the plug-in reads it, or `None` if it is no value of `param`.
    pub fn value_of(&mut self, param: ClapId, text: &str) -> Result<Option<f64>> {
        let params = self.params_extension()?;
        let text = CString::new(text)?;
        Ok(params.text_to_value(&self.instance.plugin_handle(), param, &text))
    }

    /// The event of the parameter called `name` taking the value written as `text`, at `frame`. The error says what
    /// is wrong with which of the two, and what would be right.
    pub fn event(&mut self, name: &str, text: &str, frame: usize) -> Result<Event> {
        let param = self.params.find(name)?.clone();
        match self.value_of(param.id, text)? {
            Some(value) => Ok(Event { frame, param: param.id, value }),
            None => {
                let wanted = self.wanted(&param)?;
                bail!("\"{text}\" is no value of \"{}\": it takes {wanted}.", param.name)
            }
        }
    }

    /// What a parameter takes, in words.
    fn wanted(&mut self, param: &Param) -> Result<String> {
        let (low, high) = param.range;
        if param.stepped {
            let steps: Result<Vec<_>> = (low as i64..=high as i64).map(|v| self.text(param.id, v as f64)).collect();
            return Ok(or_list(&steps?));
        }
        Ok(format!("{} to {}", self.text(param.id, low)?, self.text(param.id, high)?))
    }

    /// The current value of `param`.
    pub fn value(&mut self, param: ClapId) -> Result<f64> {
        let params = self.params_extension()?;
        params.get_value(&self.instance.plugin_handle(), param).with_context(|| format!("no parameter {}", param.get()))
    }

    /// The current value of the parameter called `name`, as the plug-in writes it.
    pub fn get(&mut self, name: &str) -> Result<String> {
        let id = self.params.find(name)?.id;
        let value = self.value(id)?;
        self.text(id, value)
    }

    /// Gives the parameter called `name` the value written as `text`, outside of processing, and says how the plug-in
    /// writes it.
    pub fn set(&mut self, name: &str, text: &str) -> Result<String> {
        let event = self.event(name, text, 0)?;
        self.flush(&[event])?;
        self.text(event.param, event.value)
    }

    /// Hands events to the plug-in outside of processing; their frames do not count.
    pub fn flush(&mut self, events: &[Event]) -> Result<()> {
        let params = self.params_extension()?;
        let mut input = EventBuffer::with_capacity(events.len());
        for event in events {
            input.push(&ParamValueEvent::new(0, event.param, Pckn::match_all(), event.value));
        }
        let mut answers = EventBuffer::with_capacity(64);
        let (input, mut output) = (InputEvents::from_buffer(&input), OutputEvents::from_buffer(&mut answers));
        match &mut self.active {
            None => {
                let mut handle = self.instance.inactive_plugin_handle().context("the plug-in is active")?;
                params.flush(&mut handle, &input, &mut output);
            }
            Some(active) => {
                let processor = active.processor.as_mut().context(PLAYING_FAILED)?;
                params.flush_active(&mut processor.plugin_handle(), &input, &mut output);
            }
        }
        record_answers(&self.record, &answers);
        Ok(())
    }

    /// The audio ports, inputs or outputs. A plug-in may change them between activations only.
    pub fn ports(&mut self, inputs: bool) -> Result<Vec<Port>> {
        let handle = self.instance.plugin_handle();
        let ports: PluginAudioPorts = handle.get_extension().context("the plug-in has no audio ports")?;
        let mut buffer = AudioPortInfoBuffer::new();
        (0..ports.count(&handle, inputs))
            .map(|index| {
                let port = ports.get(&handle, index, inputs, &mut buffer).context("a port without a description")?;
                Ok(Port {
                    name: String::from_utf8_lossy(port.name).into_owned(),
                    channels: port.channel_count as usize,
                    main: port.flags.contains(AudioPortFlags::IS_MAIN),
                })
            })
            .collect()
    }

    /// The port layouts on offer.
    pub fn ports_on_offer(&mut self) -> Vec<PortsChoice> {
        let handle = self.instance.plugin_handle();
        let Some(config) = handle.get_extension::<PluginAudioPortsConfig>() else { return Vec::new() };
        let mut buffer = AudioPortsConfigBuffer::new();
        (0..config.count(&handle))
            .filter_map(|index| {
                let choice = config.get(&handle, index, &mut buffer)?;
                Some(PortsChoice {
                    id: choice.id,
                    name: String::from_utf8_lossy(choice.name).into_owned(),
                    main: (
                        choice.main_input.map_or(0, |port| port.channel_count as usize),
                        choice.main_output.map_or(0, |port| port.channel_count as usize),
                    ),
                })
            })
            .collect()
    }

    /// Chooses one of the layouts on offer. Not while active.
    pub fn choose_ports(&mut self, id: ClapId) -> Result<()> {
        let handle = self.instance.inactive_plugin_handle().context("the plug-in is active")?;
        let config: PluginAudioPortsConfig = handle.get_extension().context("the plug-in has one port layout only")?;
        config.select(&handle, id).context("the plug-in refuses this port layout")
    }

    /// Chooses the layout with `main` channels in and out, if there is one.
    pub fn choose_main_channels(&mut self, main: (usize, usize)) -> Result<()> {
        let choice = self.ports_on_offer().into_iter().find(|choice| choice.main == main);
        let choice = choice.with_context(|| {
            format!("{} has no layout of {} channel(s) in and {} out", self.description.name, main.0, main.1)
        })?;
        self.choose_ports(choice.id)
    }

    /// Tells the plug-in whether it works faster or slower than time passes.
    pub fn set_offline(&mut self, offline: bool) -> Result<()> {
        let handle = self.instance.plugin_handle();
        match handle.get_extension::<PluginRender>() {
            Some(render) => {
                let mode = if offline { RenderMode::Offline } else { RenderMode::Realtime };
                render.set(&handle, mode).context("the plug-in refuses the render mode")
            }
            None => Ok(()),
        }
    }

    /// Activates for `rate` in Hz and blocks of up to `max_block` frames, and carries out the restarts that the
    /// plug-in asks for meanwhile.
    pub fn activate(&mut self, rate: f64, max_block: usize) -> Result<()> {
        self.record.take_restart();
        self.activate_once(rate, max_block)?;
        self.serve();
        self.restart_if_asked()?;
        Ok(())
    }

    /// Activates and leaves restarts to the caller; see [`restart_if_asked`](Self::restart_if_asked).
    pub fn activate_once(&mut self, rate: f64, max_block: usize) -> Result<()> {
        let configuration = PluginAudioConfiguration {
            sample_rate: rate,
            min_frames_count: 1,
            max_frames_count: u32::try_from(max_block.max(1))?,
        };
        let record = self.record.clone();
        let processor = self
            .instance
            .activate(|_, _| AudioThread(record), configuration)
            .with_context(|| format!("{} refuses {rate} Hz with blocks of {max_block}", self.description.name))?;
        self.active = Some(Active { processor: Some(processor), rate, max_block: max_block.max(1) });
        Ok(())
    }

    /// Deactivates; nothing happens if it is not active.
    pub fn deactivate(&mut self) {
        if let Some(active) = self.active.take() {
            drop(active.processor);
            // Fails only if the processor still lives elsewhere, and `play` never lets it.
            let _ = self.instance.try_deactivate();
        }
    }

    /// Whether it is active.
    pub fn is_active(&self) -> bool {
        self.active.is_some()
    }

    /// Deactivates and activates again as often as the plug-in has asked for it; returns how often that was.
    pub fn restart_if_asked(&mut self) -> Result<usize> {
        for restarts in 0..MAX_RESTARTS {
            if !self.record.take_restart() {
                return Ok(restarts);
            }
            if let Some(&Active { rate, max_block, .. }) = self.active.as_ref() {
                self.deactivate();
                self.activate_once(rate, max_block)?;
                self.serve();
            }
        }
        bail!("{} asks for one restart after the other", self.description.name)
    }

    /// Runs `work` on an audio thread, and meanwhile serves the plug-in's requests here.
    ///
    /// Processing goes on from one call to the next until [`deactivate`](Self::deactivate); a panic of `work` goes on here.
    pub fn play<T: Send>(&mut self, work: impl FnOnce(&mut Audio) -> T + Send) -> Result<T> {
        let (inputs, outputs) = (self.ports(true)?, self.ports(false)?);
        let active = self.active.as_mut().context("the plug-in is not active")?;
        let processor = active.processor.take().context(PLAYING_FAILED)?;
        let max_block = active.max_block;
        let (record, main) = (self.record.clone(), thread::current());
        let played = thread::scope(|scope| {
            let audio_thread = scope.spawn(move || {
                record.enter_audio_thread();
                let result = Audio::new(processor, record.clone(), &inputs, &outputs, max_block).map(|mut audio| {
                    let result = work(&mut audio);
                    (result, audio.stop())
                });
                record.leave_audio_thread();
                main.unpark();
                result
            });
            while !audio_thread.is_finished() {
                self.serve();
                thread::park_timeout(SERVE_INTERVAL);
            }
            audio_thread.join()
        });
        let (result, processor) = match played {
            Ok(result) => result?,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        if let Some(active) = &mut self.active {
            active.processor = Some(processor);
        }
        self.serve();
        Ok(result)
    }

    /// Gives the plug-in the calls on the main thread that it asked for. [`play`](Self::play) does so by itself.
    pub fn serve(&mut self) {
        if self.record.take_callback() {
            self.instance.call_on_main_thread_callback();
        }
        if self.record.take_flush() {
            // While it plays, `process` does what a flush would do.
            let playing = self.active.as_ref().is_some_and(|active| active.processor.is_none());
            if !playing {
                let _ = self.flush(&[]);
            }
        }
    }

    /// Serves the plug-in for `duration`.
    pub fn serve_for(&mut self, duration: Duration) {
        let end = std::time::Instant::now() + duration;
        while std::time::Instant::now() < end {
            self.serve();
            thread::sleep(SERVE_INTERVAL);
        }
    }

    /// Delay of its output behind its input in frames, as it reports it.
    pub fn latency(&mut self) -> usize {
        let handle = self.instance.plugin_handle();
        handle.get_extension::<PluginLatency>().map_or(0, |latency| latency.get(&handle) as usize)
    }

    /// Its state.
    pub fn save(&mut self) -> Result<Vec<u8>> {
        let handle = self.instance.plugin_handle();
        let state: PluginState = handle.get_extension().context("the plug-in keeps no state")?;
        let mut bytes = Vec::new();
        state.save(&handle, &mut bytes).context("the plug-in does not save its state")?;
        Ok(bytes)
    }

    /// Gives it a state back.
    pub fn load(&mut self, bytes: &[u8]) -> Result<()> {
        let handle = self.instance.plugin_handle();
        let state: PluginState = handle.get_extension().context("the plug-in keeps no state")?;
        state.load(&handle, &mut &bytes[..]).context("the plug-in refuses this state")
    }

    /// What the plug-in has asked of the host since the last call.
    pub fn asked(&mut self) -> Vec<Asked> {
        self.record.take()
    }

    /// For calls that this type does not have.
    pub(crate) fn handle(&mut self) -> PluginMainThreadHandle<'_> {
        self.instance.plugin_handle()
    }

    /// The size that the plug-in wants its window to have, if it has asked for one since the last call.
    pub(crate) fn take_resize(&mut self) -> Option<clack_extensions::gui::GuiSize> {
        self.record.take_resize()
    }

    fn params_extension(&mut self) -> Result<PluginParams> {
        self.instance.plugin_handle().get_extension().context("the plug-in has no parameters")
    }

    fn read_params(&mut self) -> Params {
        let handle = self.instance.plugin_handle();
        let Some(params) = handle.get_extension::<PluginParams>() else { return Params::default() };
        let mut buffer = ParamInfoBuffer::new();
        let list = (0..params.count(&handle)).filter_map(|index| {
            let info = params.get_info(&handle, index, &mut buffer)?;
            Some(Param {
                id: info.id,
                name: String::from_utf8_lossy(info.name).into_owned(),
                group: String::from_utf8_lossy(info.module).into_owned(),
                range: (info.min_value, info.max_value),
                default: info.default_value,
                stepped: info.flags.contains(ParamInfoFlags::IS_STEPPED),
                automatable: info.flags.contains(ParamInfoFlags::IS_AUTOMATABLE),
                bypass: info.flags.contains(ParamInfoFlags::IS_BYPASS),
                hidden: info.flags.contains(ParamInfoFlags::IS_HIDDEN),
            })
        });
        Params(list.collect())
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        self.deactivate();
    }
}

/// How long the main thread rests between two looks at what the plug-in asks for.
const SERVE_INTERVAL: Duration = Duration::from_millis(2);

const PLAYING_FAILED: &str = "the plug-in failed while it played: deactivate it first";
