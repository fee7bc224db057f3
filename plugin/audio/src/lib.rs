//! Audio files into memory: WAV and FLAC, one or two channels, at any rate.

use anyhow::{Context, Result, anyhow, bail};
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, FixedSync, Resampler};
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

    /// The same at `rate` Hz, as long to within a frame; by way of the frequency domain, with linear phase.
    pub fn at_rate(&self, rate: u32) -> Result<Self> {
        if rate == self.rate || self.frames() == 0 {
            return Ok(Self { rate, channels: self.channels.clone() });
        }
        let (channels, frames) = (self.channels.len(), self.frames());
        let about = || format!("cannot bring {} Hz to {rate} Hz", self.rate);
        let mut resampler = Fft::<f32>::new(self.rate as usize, rate as usize, RESAMPLED, channels, FixedSync::Both)
            .with_context(about)?;
        let needed = resampler.process_all_needed_output_len(frames);
        let mut output = vec![vec![0.0; needed]; channels];
        let from = SequentialSliceOfVecs::new(&self.channels, channels, frames).with_context(about)?;
        let mut to = SequentialSliceOfVecs::new_mut(&mut output, channels, needed).with_context(about)?;
        let (_, made) = resampler.process_all_into_buffer(&from, &mut to, frames, None).with_context(about)?;
        for channel in &mut output {
            channel.truncate(made);
        }
        Ok(Self { rate, channels: output })
    }
}

/// Frames that are resampled at a time.
const RESAMPLED: usize = 4_096;

/// Reads a WAV or FLAC file. Integers of up to 24 bits are exact; wider ones are rounded to 32-bit float.
///
/// Every error names the file: missing, empty, no WAV or FLAC, damaged, no samples, more than two channels, NaN or infinite.
pub fn read(path: &Path) -> Result<Sound> {
    read_while(path, || true)
}

/// As [`read`], for as long as `go_on` says so; an error once it does not.
pub fn read_while(path: &Path, go_on: impl Fn() -> bool) -> Result<Sound> {
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
        if !go_on() {
            bail!("{name} was not read to its end.");
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

fn first_not_finite(sound: &Sound) -> Option<usize> {
    sound.channels.iter().filter_map(|channel| channel.iter().position(|x| !x.is_finite())).min()
}
