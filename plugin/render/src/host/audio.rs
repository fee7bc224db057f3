//! The audio thread's side of a plug-in: blocks of samples and events.

use super::asked::{Host, Record, Request};
use super::plugin::Port;
use anyhow::{Context, Result};
use clack_extensions::tail::{PluginTail, TailLength};
use clack_host::events::Pckn;
use clack_host::events::event_types::{ParamValueEvent, TransportEvent, TransportFlags};
use clack_host::events::spaces::CoreEventSpace;
use clack_host::events::{EventFlags, EventHeader};
use clack_host::prelude::*;
use clack_host::process::ProcessStatus;
use clack_host::utils::{BeatTime, ClapId, SecondsTime};
use std::sync::Arc;

/// A parameter's new value at a frame: counted from the block's start in [`Audio::process`], from the signal's in
/// [`Audio::run`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Frame from which the value holds.
    pub frame: usize,
    /// Which parameter.
    pub param: ClapId,
    /// The plug-in's own value.
    pub value: f64,
}

/// Events in the order of their frames.
pub type Events = [Event];

/// What the host supplies for a side-chain that nothing is connected to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Silence {
    /// A port full of zeros.
    #[default]
    Zeros,
    /// No port at all.
    NoPort,
}

/// An activated plug-in on its audio thread; see [`Plugin::play`](super::Plugin::play).
pub struct Audio {
    processor: StartedPluginAudioProcessor<Host>,
    record: Arc<Record>,
    tail: Option<PluginTail>,
    /// Port, channel, sample.
    inputs: Vec<Vec<Vec<f32>>>,
    outputs: Vec<Vec<Vec<f32>>>,
    input_ports: AudioPorts,
    output_ports: AudioPorts,
    events: EventBuffer,
    answers: EventBuffer,
    frames_done: u64,
    max_block: usize,
    /// How an unconnected side-chain is supplied.
    pub unconnected: Silence,
    /// The song's tempo in beats a minute; where there is none, the plug-in hears of no transport.
    pub tempo_bpm: Option<f64>,
}

impl Audio {
    pub(super) fn new(
        processor: StoppedPluginAudioProcessor<Host>,
        record: Arc<Record>,
        inputs: &[Port],
        outputs: &[Port],
        max_block: usize,
    ) -> Result<Self> {
        let processor = processor.start_processing().ok().context("the plug-in refuses to start processing")?;
        let tail = processor.shared_plugin_handle().get_extension();
        let buffers = |ports: &[Port]| ports.iter().map(|port| vec![vec![0.0; max_block]; port.channels]).collect();
        let with_room = |ports: &[Port]| {
            AudioPorts::with_capacity(ports.iter().map(|p| p.channels).sum::<usize>().max(1), ports.len())
        };
        Ok(Self {
            processor,
            record,
            tail,
            inputs: buffers(inputs),
            outputs: buffers(outputs),
            input_ports: with_room(inputs),
            output_ports: with_room(outputs),
            events: EventBuffer::with_capacity(256),
            answers: EventBuffer::with_capacity(256),
            frames_done: 0,
            max_block,
            unconnected: Silence::default(),
            tempo_bpm: None,
        })
    }

    pub(super) fn stop(self) -> StoppedPluginAudioProcessor<Host> {
        self.processor.stop_processing()
    }

    /// Frames that the plug-in was activated for at most.
    pub fn max_block(&self) -> usize {
        self.max_block
    }

    /// An input port's channel, to be filled before [`process`](Self::process). Port 0 is the main one.
    pub fn input(&mut self, port: usize, channel: usize) -> &mut [f32] {
        &mut self.inputs[port][channel]
    }

    /// An output port's channel, as the last [`process`](Self::process) left it.
    pub fn output(&self, port: usize, channel: usize) -> &[f32] {
        &self.outputs[port][channel]
    }

    /// Channels of the main input and output.
    pub fn main_channels(&self) -> (usize, usize) {
        (self.inputs.first().map_or(0, Vec::len), self.outputs.first().map_or(0, Vec::len))
    }

    /// Processes `frames` of what [`input`](Self::input) holds. Event frames count from the block's start.
    pub fn process(&mut self, frames: usize, events: &Events) -> Result<ProcessStatus> {
        self.process_ports(frames, events, self.inputs.len())
    }

    /// As [`process`](Self::process), with the first `ports` input ports only.
    fn process_ports(&mut self, frames: usize, events: &Events, ports: usize) -> Result<ProcessStatus> {
        assert!(frames <= self.max_block, "{frames} frames in a plug-in activated for {}", self.max_block);
        self.events.clear();
        self.answers.clear();
        for event in events {
            let frame = u32::try_from(event.frame)?;
            self.events.push(&ParamValueEvent::new(frame, event.param, Pckn::match_all(), event.value));
        }
        let inputs = self.input_ports.with_input_buffers(self.inputs[..ports].iter_mut().map(|port| AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_input_only(
                port.iter_mut().map(|channel| InputChannel::variable(&mut channel[..frames])),
            ),
        }));
        let mut outputs = self.output_ports.with_output_buffers(self.outputs.iter_mut().map(|port| AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(port.iter_mut().map(|channel| &mut channel[..frames])),
        }));
        let transport = self.tempo_bpm.map(playing_at);
        let status = self
            .processor
            .process(
                &inputs,
                &mut outputs,
                &InputEvents::from_buffer(&self.events),
                &mut OutputEvents::from_buffer(&mut self.answers),
                Some(self.frames_done),
                transport.as_ref(),
            )
            .context("the plug-in failed to process")?;
        self.frames_done += frames as u64;
        record_answers(&self.record, &self.answers);
        Ok(status)
    }

    /// Runs a whole signal through in blocks of `block` frames; the output is as long as the input, and late by the
    /// plug-in's latency.
    ///
    /// `signal` has the main input's channels, `key` the side-chain's (one channel is given to all), and lasts as long
    /// as it lasts. Event frames count from the signal's start.
    pub fn run(
        &mut self,
        signal: &[Vec<f32>],
        key: Option<&[Vec<f32>]>,
        block: usize,
        events: &Events,
    ) -> Result<Vec<Vec<f32>>> {
        self.run_with(signal, key, block, events, |_| {})
    }

    /// As [`run`](Self::run), telling `progress` the number of frames done after each block.
    pub fn run_with(
        &mut self,
        signal: &[Vec<f32>],
        key: Option<&[Vec<f32>]>,
        block: usize,
        events: &Events,
        mut progress: impl FnMut(usize),
    ) -> Result<Vec<Vec<f32>>> {
        let frames = signal.first().map_or(0, Vec::len);
        let block = block.min(self.max_block);
        let mut output = vec![Vec::with_capacity(frames); self.outputs[0].len()];
        let mut events = events.iter().peekable();
        let mut in_block = Vec::new();
        let ports = match (key, self.unconnected) {
            (None, Silence::NoPort) => self.inputs.len().min(1),
            _ => self.inputs.len(),
        };
        let mut at = 0;
        while at < frames {
            let length = block.min(frames - at);
            fill(&mut self.inputs[0], signal, at, length);
            for port in &mut self.inputs[1..] {
                fill(port, key.unwrap_or(&[]), at, length);
            }
            in_block.clear();
            while let Some(event) = events.next_if(|event| event.frame < at + length) {
                in_block.push(Event { frame: event.frame.saturating_sub(at), ..*event });
            }
            self.process_ports(length, &in_block, ports)?;
            for (to, from) in output.iter_mut().zip(&self.outputs[0]) {
                to.extend_from_slice(&from[..length]);
            }
            at += length;
            progress(at);
        }
        Ok(output)
    }

    /// How long the plug-in says that it will sound after its input has ended.
    pub fn tail(&mut self) -> TailLength {
        self.tail.map_or(TailLength::Finite(0), |tail| tail.get(&self.processor.plugin_handle()))
    }

    /// Makes the plug-in forget the past.
    pub fn reset(&mut self) {
        self.processor.reset();
        self.frames_done = 0;
    }
}

/// A transport that plays at a tempo, and says nothing of where.
fn playing_at(tempo_bpm: f64) -> TransportEvent {
    TransportEvent {
        header: EventHeader::new_core(0, EventFlags::empty()),
        flags: TransportFlags::HAS_TEMPO | TransportFlags::IS_PLAYING,
        song_pos_beats: BeatTime::from_int(0),
        song_pos_seconds: SecondsTime::from_int(0),
        tempo: tempo_bpm,
        tempo_inc: 0.0,
        loop_start_beats: BeatTime::from_int(0),
        loop_end_beats: BeatTime::from_int(0),
        loop_start_seconds: SecondsTime::from_int(0),
        loop_end_seconds: SecondsTime::from_int(0),
        bar_start: BeatTime::from_int(0),
        bar_number: 0,
        time_signature_numerator: 0,
        time_signature_denominator: 0,
    }
}

/// Copies a stretch of `signal` into a port; where there is none, or too little, zeros.
fn fill(port: &mut [Vec<f32>], signal: &[Vec<f32>], at: usize, length: usize) {
    for (channel, to) in port.iter_mut().enumerate() {
        let from = signal.get(channel).or(signal.first()).map_or(&[][..], Vec::as_slice);
        let from = &from[at.min(from.len())..(at + length).min(from.len())];
        to[..from.len()].copy_from_slice(from);
        to[from.len()..length].fill(0.0);
    }
}

/// Puts what a plug-in sent out of `process` or `flush` on record.
pub(super) fn record_answers(record: &Record, answers: &EventBuffer) {
    for event in answers.iter() {
        match event.as_core_event() {
            Some(CoreEventSpace::ParamGestureBegin(event)) => {
                event.param_id().into_iter().for_each(|id| record.add(Request::GestureBegin(id)));
            }
            Some(CoreEventSpace::ParamGestureEnd(event)) => {
                event.param_id().into_iter().for_each(|id| record.add(Request::GestureEnd(id)));
            }
            Some(CoreEventSpace::ParamValue(event)) => {
                event.param_id().into_iter().for_each(|id| record.add(Request::Value(id, event.value())));
            }
            _ => {}
        }
    }
}
