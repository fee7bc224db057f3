//! What there is to measure of a sound: loudness over its time, true peak, spectrum, and its outline.

use crate::audio::Sound;
use realfft::RealFftPlanner;
use tandem_dsp::chain::Observer;
use tandem_dsp::meter::contribution::TILT_HZ;
use tandem_dsp::meter::programme::{Meter, MeterReading};
use tandem_dsp::units::power_to_db;

/// Seconds between two points of a [`History`].
pub const HISTORY_STEP_S: f64 = 0.1;

/// Lowest and highest nominal third-octave band of [`third_octaves`], as n in 1000 Hz · 10^(n/10) (IEC 61260-1).
const BANDS: std::ops::RangeInclusive<i32> = -16..=13;

/// Loudness and peaks of a whole sound, and how they came about.
#[derive(Clone, Debug)]
pub struct Measured {
    /// At its end.
    pub reading: MeterReading,
    /// On the way.
    pub history: History,
}

/// Loudness over time, a point every [`HISTORY_STEP_S`].
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Of the last 0.4 s, LUFS; `f64::NEG_INFINITY` for silence.
    pub momentary_lufs: Vec<f64>,
    /// Of the last 3 s, LUFS.
    pub short_term_lufs: Vec<f64>,
}

impl Measured {
    /// Measures `sound` with Tandem Master's own meter. Mono counts as the same on both sides.
    pub fn of(sound: &Sound) -> Self {
        let rate = f64::from(sound.rate);
        let mut meter = Meter::default();
        meter.prepare(rate);
        let mut history = History::default();
        let mut at = 0;
        let frames = sound.to_frames();
        for step in 1.. {
            let to = ((f64::from(step) * HISTORY_STEP_S * rate).round() as usize).min(frames.len());
            meter.run(&frames[at..to]);
            at = to;
            // Also at the end: the last point may stand for less than a step.
            let reading = meter.read();
            history.momentary_lufs.push(reading.momentary_lufs);
            history.short_term_lufs.push(reading.short_term_lufs);
            if to == frames.len() {
                return Self { reading, history };
            }
        }
        unreachable!("the steps reach any sound's end")
    }
}

/// A third-octave band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Its centre in Hz.
    pub freq_hz: f64,
    /// Mean power in it over the whole sound and both channels, dB re a full-scale square wave; at least -200.
    pub level_db: f64,
}

/// The spectrum of `sound` from 25 Hz to 20 kHz, as far as its rate goes.
pub fn third_octaves(sound: &Sound) -> Vec<Band> {
    let power = Power::of(sound);
    let half_band = 10f64.powf(0.05);
    BANDS
        .map(|n| 1_000.0 * 10f64.powf(f64::from(n) / 10.0))
        .filter(|freq_hz| freq_hz * half_band < 0.5 * f64::from(sound.rate))
        .map(|freq_hz| {
            let level_db = power_to_db(power.between(freq_hz / half_band, freq_hz * half_band)).max(-200.0);
            Band { freq_hz, level_db }
        })
        .collect()
}

/// Mean power of `sound` between two frequencies in Hz, dB re a full-scale square wave.
pub fn band_db(sound: &Sound, from_hz: f64, to_hz: f64) -> f64 {
    power_to_db(Power::of(sound).between(from_hz, to_hz))
}

/// Level of the side signal of `sound` against that of its mid signal, dB.
pub fn width_db(sound: &Sound) -> f64 {
    let power = |sign: f64| sound.to_frames().iter().map(|[left, right]| (left + sign * right).powi(2)).sum::<f64>();
    power_to_db(power(-1.0) / power(1.0)).max(-200.0)
}

/// Level of `sound` above 1 kHz against that below, dB.
pub fn tilt_db(sound: &Sound) -> f64 {
    let power = Power::of(sound);
    let top_hz = 0.5 * f64::from(sound.rate);
    power_to_db(power.between(TILT_HZ, top_hz) / power.between(0.0, TILT_HZ))
}

/// The part of `sound` from one time to another, in seconds.
pub fn part(sound: &Sound, from_s: f64, to_s: f64) -> Sound {
    let at = |seconds: f64| ((seconds * f64::from(sound.rate)).round().max(0.0) as usize).min(sound.frames());
    let range = at(from_s)..at(to_s).max(at(from_s));
    Sound { rate: sound.rate, channels: sound.channels.iter().map(|c| c[range.clone()].to_vec()).collect() }
}

/// Lowest and highest sample of all channels in each of `columns` equal parts of `sound`.
pub fn outline(sound: &Sound, columns: usize) -> Vec<[f32; 2]> {
    let frames = sound.frames();
    (0..columns)
        .map(|column| {
            let range = column * frames / columns..((column + 1) * frames / columns).min(frames);
            let samples = sound.channels.iter().flat_map(|channel| &channel[range.clone()]);
            samples.fold([0.0; 2], |[low, high]: [f32; 2], x| [low.min(*x), high.max(*x)])
        })
        .collect()
}

/// Highest magnitude of all channels, dBFS; negative infinity for silence.
pub fn peak_db(sound: &Sound) -> f64 {
    let peak = sound.channels.iter().flatten().fold(0.0f64, |peak, x| peak.max(f64::from(x.abs())));
    20.0 * peak.log10()
}

/// Mean power over time by frequency (Welch, IEEE Trans. Audio Electroacoust. 15(2), 1967).
struct Power {
    bin_hz: f64,
    /// Mean power of both channels in each bin.
    bins: Vec<f64>,
}

impl Power {
    /// Windows of about 0.37 s, Hann, half overlapping: even the lowest band holds two bins.
    fn of(sound: &Sound) -> Self {
        let length = (f64::from(sound.rate) * 0.34).log2().ceil().exp2() as usize;
        let plan = RealFftPlanner::<f64>::new().plan_fft_forward(length);
        let mut time = plan.make_input_vec();
        let mut spectrum = plan.make_output_vec();
        let mut bins = vec![0.0; spectrum.len()];
        let turn = std::f64::consts::TAU / length as f64;
        let window: Vec<f64> = (0..length).map(|i| 0.5 - 0.5 * (turn * i as f64).cos()).collect();
        let frames = sound.frames();
        // What lies beyond the ends is silence, so that first and last samples count as all others do.
        let hops = (frames + length / 2).div_ceil(length / 2);
        for channel in &sound.channels {
            for hop in 0..hops {
                let start = (hop * length / 2) as isize - (length / 2) as isize;
                for (i, x) in time.iter_mut().enumerate() {
                    let sample = usize::try_from(start + i as isize).ok().and_then(|at| channel.get(at));
                    *x = window[i] * f64::from(sample.copied().unwrap_or(0.0));
                }
                if plan.process(&mut time, &mut spectrum).is_ok() {
                    for (bin, value) in bins.iter_mut().zip(&spectrum) {
                        *bin += value.norm_sqr();
                    }
                }
            }
        }
        // Parseval: overlapping squared Hann windows add up to 3/4, and a real signal's power is in two halves.
        let scale = 2.0 / (0.75 * length as f64 * frames.max(1) as f64 * sound.channels.len().max(1) as f64);
        bins.iter_mut().for_each(|bin| *bin *= scale);
        Self { bin_hz: f64::from(sound.rate) / length as f64, bins }
    }

    /// Power from one frequency to another; a bin on the edge counts by its share.
    fn between(&self, from_hz: f64, to_hz: f64) -> f64 {
        let (from, to) = (from_hz / self.bin_hz, to_hz / self.bin_hz);
        let shares = self.bins.iter().enumerate().map(|(bin, power)| {
            let bin = bin as f64;
            power * ((bin + 0.5).min(to) - (bin - 0.5).max(from)).clamp(0.0, 1.0)
        });
        shares.sum()
    }
}
