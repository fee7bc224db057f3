//! Tandem Channel's modules.

use super::{Rack, Stage};
use crate::block::delay::Delay;
use crate::control::{Settings, Staged, Visit};
use crate::module::eq::{self, Eq, EqSettings};
use crate::module::input::{self, Input, InputSettings};
use crate::module::output::{self, Output, OutputSettings};
use crate::units::ms_to_frames;
use crate::{Frame, LatencyMode, Processor};

/// Everything that can be set on a Channel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ChannelSettings {
    /// The input.
    pub input: InputSettings,
    /// The equaliser.
    pub eq: Staged<EqSettings>,
    /// The output.
    pub output: OutputSettings,
}

impl Settings for ChannelSettings {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { input, eq, output } = self;
        visitor.group(input, &input::GROUP);
        visitor.group(eq, &eq::GROUP);
        visitor.group(output, &output::GROUP);
    }
}

/// What each Latency mode reserves, in ms: modules that need it arrive, the timing of a session stays.
fn reserved_ms(mode: LatencyMode) -> f64 {
    match mode {
        LatencyMode::Live => 0.0,
        LatencyMode::Mix => 1.0,
        LatencyMode::Full => 2.0,
    }
}

/// The modules in their order.
#[derive(Debug, Default)]
pub struct Channel {
    input: Input,
    eq: Stage<Eq>,
    output: Output,
    /// Fills up to the latency that the mode reserves.
    pad: Delay,
}

impl Processor for Channel {
    type Settings = ChannelSettings;

    fn prepare(&mut self, rate: f64, mode: LatencyMode) {
        let Self { input, eq, output, pad } = self;
        input.prepare(rate, mode);
        eq.prepare(rate, mode);
        output.prepare(rate, mode);
        let used = input.latency() + eq.latency() + output.latency();
        let reserved = ms_to_frames(reserved_ms(mode), rate).round() as usize;
        debug_assert!(used <= reserved, "modules need {used} frames of {reserved}");
        pad.prepare(reserved.saturating_sub(used));
    }

    fn reset(&mut self) {
        let Self { input, eq, output, pad } = self;
        input.reset();
        eq.reset();
        output.reset();
        pad.reset();
    }

    fn set(&mut self, settings: &ChannelSettings) {
        self.input.set(&settings.input);
        self.eq.set(&settings.eq);
        self.output.set(&settings.output);
    }

    fn control(&mut self) {
        self.input.control();
        self.eq.control();
        self.output.control();
    }

    fn tick(&mut self, input: Frame, key: Frame) -> Frame {
        let frame = self.input.tick(input, key);
        let frame = self.eq.tick(frame, key);
        let frame = self.output.tick(frame, key);
        self.pad.tick(frame)
    }

    fn run(&mut self, frames: &mut [Frame], keys: &[Frame]) {
        self.input.run(frames, keys);
        self.eq.run(frames, keys);
        self.output.run(frames, keys);
        self.pad.run(frames);
    }

    fn latency(&self) -> usize {
        self.input.latency() + self.eq.latency() + self.output.latency() + self.pad.frames()
    }

    fn tail(&self) -> usize {
        self.eq.tail()
    }
}

impl Rack for Channel {}
