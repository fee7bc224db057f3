//! A sound through a plug-in: aligned with its input, with its tail.

use crate::audio::Sound;
use crate::automation::{self, Row};
use crate::host::{Plugin, TailLength};
use anyhow::{Result, bail};
use tandem_dsp::units::db_to_gain;

/// Frames a block where nothing else is asked for.
pub const BLOCK: usize = 512;

/// The largest block.
pub const MAX_BLOCK: usize = 1 << 16;

/// Below this level, in dBFS, a tail counts as over.
pub const TAIL_END_DB: f64 = -90.0;

/// Longest tail, for a plug-in that says that it never ends.
const LONGEST_TAIL_S: f64 = 30.0;

/// How to render.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// Frames a block.
    pub block: usize,
    /// What the side-chain hears, at the sound's rate.
    pub key: Option<&'a Sound>,
    /// Automation rows, in the order of their times.
    pub automation: &'a [Row],
    /// Where the automation comes from, for errors.
    pub automation_source: &'a str,
    /// The song's tempo in beats a minute, if it has one.
    pub tempo_bpm: Option<f64>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { block: BLOCK, key: None, automation: &[], automation_source: "automation", tempo_bpm: None }
    }
}

/// A rendered sound and what there is to say of it.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// As long as the input plus `tail_frames`.
    pub sound: Sound,
    /// Delay that was taken out.
    pub latency_frames: usize,
    /// Frames after the input's end.
    pub tail_frames: usize,
    /// Automation rows after the input's end, which nothing hears.
    pub late_rows: usize,
}

/// Runs `input` through `plugin` as its parameters stand. The plug-in is inactive before and after.
///
/// The output starts with the input (latency is taken out) and goes on after the input's end for as long as it is
/// above [`TAIL_END_DB`], at most for the tail that the plug-in reports. `progress` hears how far it is, 0 to 1.
pub fn render(
    plugin: &mut Plugin,
    input: &Sound,
    options: &Options,
    mut progress: impl FnMut(f64) + Send,
) -> Result<Rendered> {
    let rate = f64::from(input.rate);
    if !(1..=MAX_BLOCK).contains(&options.block) {
        bail!("{} frames are no block. Give 1 to {MAX_BLOCK}.", options.block);
    }
    if let Some(key) = options.key.filter(|key| key.rate != input.rate) {
        bail!("The side-chain's rate is {} Hz, the input's {} Hz. Convert one of them.", key.rate, input.rate);
    }
    let channels = input.channels.len();
    if !plugin.ports_on_offer().is_empty() {
        plugin.choose_main_channels((channels, channels))?;
    }
    let key_port = plugin.ports(true)?.len() > 1;
    if options.key.is_some() && !key_port {
        bail!("{} has no side-chain input.", plugin.description().name);
    }
    let mut events = automation::events(plugin, options.automation, rate, options.automation_source)?;
    let late_rows = events.iter().filter(|event| event.frame >= input.frames()).count();
    // What holds from the start is there before the start, so that nothing glides there.
    let at_start = events.iter().take_while(|event| event.frame == 0).count();
    plugin.flush(&events.drain(..at_start).collect::<Vec<_>>())?;

    plugin.set_offline(true)?;
    plugin.activate(rate, options.block)?;
    let latency = plugin.latency();
    let key = options.key.map(|key| key.channels.as_slice());
    let (block, tempo_bpm) = (options.block, options.tempo_bpm);
    let played = plugin.play(|audio| -> Result<Vec<Vec<f32>>> {
        audio.tempo_bpm = tempo_bpm;
        let total = (input.frames() + latency).max(1) as f64;
        let mut output = audio.run_with(&input.channels, key, block, &events, |done| progress(done as f64 / total))?;
        let tail = match audio.tail() {
            TailLength::Finite(frames) => frames as usize,
            TailLength::Infinite => (LONGEST_TAIL_S * rate) as usize,
        };
        let tail = tail.min((LONGEST_TAIL_S * rate) as usize);
        let silence = vec![vec![0.0; latency + tail]; channels];
        for (to, more) in output.iter_mut().zip(audio.run(&silence, None, block, &[])?) {
            to.extend(more);
        }
        progress(1.0);
        Ok(output)
    });
    plugin.deactivate();
    let mut output = played??;

    let threshold = db_to_gain(TAIL_END_DB) as f32;
    for channel in &mut output {
        channel.drain(..latency);
    }
    let audible = output.iter().filter_map(|c| c.iter().rposition(|x| x.abs() > threshold)).max().map_or(0, |i| i + 1);
    let frames = audible.max(input.frames());
    output.iter_mut().for_each(|channel| channel.truncate(frames));
    Ok(Rendered {
        sound: Sound { rate: input.rate, channels: output },
        latency_frames: latency,
        tail_frames: frames - input.frames(),
        late_rows,
    })
}
