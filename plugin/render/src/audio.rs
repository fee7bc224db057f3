//! Audio files: WAV and FLAC in, WAV out; one or two channels.

use crate::output;
use crate::random::Random;
use anyhow::{Context, Result, anyhow, bail};
use hound::{SampleFormat, WavSpec, WavWriter};
use std::fs::File;
use std::path::Path;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error;
use symphonia::core::formats::TrackType;
use symphonia::core::formats::probe::Hint;
use symphonia::core::io::MediaSourceStream;
use tandem_dsp::Frame;

/// A piece of audio.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    /// Sample rate in Hz.
    pub rate: u32,
    /// One (mono) or two (left, right) channels of equal length; 1.0 = 0 dBFS.
    pub channels: Vec<Vec<f32>>,
}

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

impl Sound {
    /// Frames.
    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        self.frames() as f64 / f64::from(self.rate)
    }

    /// As stereo frames; mono stands on both sides.
    pub fn to_frames(&self) -> Vec<Frame> {
        let left = &self.channels[0];
        let right = self.channels.get(1).unwrap_or(left);
        left.iter().zip(right).map(|(l, r)| [f64::from(*l), f64::from(*r)]).collect()
    }

    /// From stereo frames.
    pub fn from_frames(frames: &[Frame], rate: u32) -> Self {
        let channels = (0..2).map(|lane| frames.iter().map(|frame| frame[lane] as f32).collect()).collect();
        Self { rate, channels }
    }
}

/// Reads a WAV or FLAC file. Integers of up to 24 bits are exact; wider ones are rounded to 32-bit float.
///
/// Every error names the file: missing, empty, no WAV or FLAC, damaged, no samples, more than two channels, NaN or infinite.
pub fn read(path: &Path) -> Result<Sound> {
    let name = path.display();
    let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        bail!("{name} is a folder. Name a WAV or FLAC file.");
    }
    if file.metadata().is_ok_and(|about| about.len() == 0) {
        bail!("{name} is empty.");
    }
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let mut reader = symphonia::default::get_probe()
        .probe(&Hint::new(), stream, Default::default(), Default::default())
        .map_err(|_| anyhow!("{name} is no WAV or FLAC file. Convert it to one of them."))?;
    let damaged = |error: Error| anyhow!("{name} is damaged or of a kind that is not supported: {error}.");
    let track = reader.default_track(TrackType::Audio).with_context(|| format!("{name} holds no audio"))?;
    let parameters = track.codec_params.as_ref().and_then(|codec| codec.audio());
    let parameters = parameters.with_context(|| format!("{name} does not say how its audio is coded"))?;
    let id = track.id;
    let announced = track.num_frames;
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(damaged)?;

    let mut sound = Sound { rate: parameters.sample_rate.unwrap_or(0), channels: Vec::new() };
    let mut packet_samples: Vec<Vec<f32>> = Vec::new();
    while let Some(packet) = reader.next_packet().map_err(damaged)? {
        if packet.track_id != id {
            continue;
        }
        let buffer = decoder.decode(&packet).map_err(damaged)?;
        let channels = buffer.num_planes();
        if !(1..=2).contains(&channels) {
            bail!(
                "{name} has {channels} channels. Tandem works on mono and stereo: extract the one or two that you need."
            );
        }
        sound.rate = buffer.spec().rate();
        sound.channels.resize(channels, Vec::new());
        buffer.copy_to_vecs_planar(&mut packet_samples);
        for (to, from) in sound.channels.iter_mut().zip(&packet_samples) {
            to.extend_from_slice(from);
        }
    }
    let frames = sound.frames();
    if frames == 0 {
        bail!("{name} holds no samples.");
    }
    if let Some(announced) = announced.filter(|announced| (frames as u64) < *announced) {
        bail!("{name} is cut off: it announces {announced} frames and holds {frames}.");
    }
    if sound.rate == 0 {
        bail!("{name} does not say its sample rate.");
    }
    if let Some(at) = first_not_finite(&sound) {
        let seconds = at as f64 / f64::from(sound.rate);
        bail!(
            "{name} holds a sample that is not a number or infinite, the first at {seconds:.3} s. Repair or re-export it."
        );
    }
    Ok(sound)
}

/// Writes a WAV file and says how many samples were beyond full scale and are clipped in it (none in float).
///
/// Integers are dithered by TPDF noise: the sum of two rectangular ones, ±1 LSB at the peak, which makes the
/// quantisation error's mean and power independent of the signal (Lipshitz, Wannamaker and Vanderkooy, "Quantization
/// and Dither", JAES 40(5), 1992). The noise is the same in every run.
pub fn write(path: &Path, sound: &Sound, bits: Bits, force: bool) -> Result<usize> {
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
        let mut quantiser = Quantiser::new(bits_per_sample);
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

/// Float to integer with TPDF dither.
struct Quantiser {
    /// Steps from zero to full scale.
    scale: f64,
    random: Random,
    clipped: usize,
}

impl Quantiser {
    fn new(bits: u16) -> Self {
        Self { scale: f64::from(1u32 << (bits - 1)), random: Random::new(0x7461_6e64_656d), clipped: 0 }
    }

    fn quantise(&mut self, sample: f32) -> i32 {
        if sample.abs() > 1.0 {
            self.clipped += 1;
        }
        let value = f64::from(sample) * self.scale + self.random.uniform() - self.random.uniform();
        value.round().clamp(-self.scale, self.scale - 1.0) as i32
    }
}

fn first_not_finite(sound: &Sound) -> Option<usize> {
    sound.channels.iter().filter_map(|channel| channel.iter().position(|x| !x.is_finite())).min()
}
