//! Audio files: WAV and FLAC in, WAV out; one or two channels.

use crate::output;
use crate::random::Random;
use anyhow::{Context, Result};
use hound::{SampleFormat, WavSpec, WavWriter};
use std::path::Path;
pub use tandem_audio::{Sound, read};

/// How samples are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Bits {
    /// 16-bit integer, dithered.
    #[value(name = "16")]
    Int16,
    /// 24-bit integer, dithered.
    #[default]
    #[value(name = "24")]
    Int24,
    /// 32-bit float, as it is.
    #[value(name = "32f")]
    Float32,
}

/// Writes a WAV file and says how many samples were beyond full scale and are clipped in it (none in float).
///
/// Integers are dithered by TPDF noise: the sum of two rectangular ones, ±1 LSB at the peak, which makes the
/// quantisation error's mean and power independent of the signal (Lipshitz, Wannamaker and Vanderkooy, "Quantization
/// and Dither", JAES 40(5), 1992). The noise is the same in every run.
pub fn write(path: &Path, sound: &Sound, bits: Bits, force: bool) -> Result<usize> {
    write_by(path, sound, bits, force, true)
}

/// As [`write()`], for a sound that a plug-in has dithered to `bits` already: each sample goes to the step that it is on.
pub fn write_dithered(path: &Path, sound: &Sound, bits: Bits, force: bool) -> Result<usize> {
    write_by(path, sound, bits, force, false)
}

fn write_by(path: &Path, sound: &Sound, bits: Bits, force: bool, dither: bool) -> Result<usize> {
    let (bits_per_sample, sample_format) = match bits {
        Bits::Int16 => (16, SampleFormat::Int),
        Bits::Int24 => (24, SampleFormat::Int),
        Bits::Float32 => (32, SampleFormat::Float),
    };
    let spec =
        WavSpec { channels: sound.channels.len() as u16, sample_rate: sound.rate, bits_per_sample, sample_format };
    let mut clipped = 0;
    output::write(path, force, |file| {
        let about = || format!("cannot write {}", path.display());
        let mut writer = WavWriter::new(file, spec).with_context(about)?;
        let mut quantiser = Quantiser::new(bits_per_sample, dither);
        for frame in 0..sound.frames() {
            for channel in &sound.channels {
                match bits {
                    Bits::Float32 => writer.write_sample(channel[frame]),
                    _ => writer.write_sample(quantiser.quantise(channel[frame])),
                }
                .with_context(about)?;
            }
        }
        writer.finalize().with_context(about)?;
        clipped = quantiser.clipped;
        Ok(())
    })?;
    Ok(clipped)
}

/// Float to integer, with TPDF dither or without.
struct Quantiser {
    dither: bool,
    /// Steps from zero to full scale.
    scale: f64,
    random: Random,
    clipped: usize,
}

impl Quantiser {
    fn new(bits: u16, dither: bool) -> Self {
        Self { dither, scale: f64::from(1u32 << (bits - 1)), random: Random::new(0x7461_6e64_656d), clipped: 0 }
    }

    fn quantise(&mut self, sample: f32) -> i32 {
        if sample.abs() > 1.0 {
            self.clipped += 1;
        }
        let noise = if self.dither { self.random.uniform() - self.random.uniform() } else { 0.0 };
        let value = f64::from(sample) * self.scale + noise;
        value.round().clamp(-self.scale, self.scale - 1.0) as i32
    }
}
