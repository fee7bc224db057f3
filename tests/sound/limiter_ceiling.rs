//! What the limiter is for: no peak leaves above the ceiling, between the samples either, and none needlessly below.

use std::f64::consts::TAU;
use tandem_dsp::control::Enumerated;
use tandem_dsp::module::limiter::{Limiter, LimiterSettings, Style};
use tandem_dsp::units::db_to_gain;
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use tandem_tests::fit::on_two_cores;
use tandem_tests::measure::{band_limited, lane, peak_db, tapered, true_peak_db};
use tandem_tests::signals::{Random, pink, white};

pub const RATES: [f64; 4] = [44_100.0, 48_000.0, 96_000.0, 192_000.0];

/// Frames of each signal, silence at both ends included.
const FRAMES: usize = 1 << 16;

/// Silence at the end: more than the latency, so that all of the signal comes out.
const SILENT: usize = 2_500;

/// The limit of hearing, and of most content.
const AUDIO_HZ: f64 = 20_000.0;

/// The ceiling of a fresh limiter.
const CEILING_DB: f64 = -1.0;

/// Each channel by itself, faded and followed by silence, with a sample peak of 0 dBFS.
fn stereo(make: impl Fn(u64) -> Vec<f64>) -> Vec<Frame> {
    let [left, right] = [11, 77].map(|seed| {
        let mut samples = tapered(make(seed), 2_000);
        samples.resize(FRAMES, 0.0);
        samples
    });
    at_0_dbfs(left.into_iter().zip(right).map(|(l, r)| [l, r]).collect())
}

fn at_0_dbfs(mut signal: Vec<Frame>) -> Vec<Frame> {
    let gain = db_to_gain(-peak_db(&signal));
    signal.as_flattened_mut().iter_mut().for_each(|x| *x *= gain);
    signal
}

fn clipped(mut samples: Vec<f64>, at: f64) -> Vec<f64> {
    samples.iter_mut().for_each(|x| *x = x.clamp(-at, at));
    samples
}

/// Kick, snare and hat, struck at random.
pub fn drums(frames: usize, rate: f64, seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed);
    let mut samples = vec![0.0; frames];
    let mut at = 0;
    while at < frames {
        let kind = random.bits() % 3;
        let decay = [0.08, 0.05, 0.02][kind as usize] * rate;
        let mut before = 0.0;
        for i in 0..((decay * 6.0) as usize).min(frames - at) {
            let (t, noise) = (i as f64 / rate, random.normal());
            let hit = match kind {
                0 => 0.9 * (TAU * (50.0 * t + 3.0 * (1.0 - (-t / 0.02).exp()))).sin(),
                1 => 0.25 * noise + 0.4 * (TAU * 190.0 * t).sin(),
                _ => 0.2 * (noise - before),
            };
            before = noise;
            samples[at + i] += hit * (-(i as f64) / decay).exp();
        }
        at += (rate * (0.06 + 0.1 * random.uniform())) as usize;
    }
    samples
}

/// Chords of bright tones over a bass, with drums.
pub fn music(frames: usize, rate: f64, seed: u64) -> Vec<f64> {
    let mut samples = drums(frames, rate, seed);
    for (i, sample) in samples.iter_mut().enumerate() {
        let t = i as f64 / rate;
        let root = [55.0, 73.4, 61.7][(t * 4.0) as usize % 3];
        for (interval, level) in [(1.0, 0.5), (4.0, 0.1), (5.0, 0.1), (6.0, 0.1)] {
            for partial in 1..12 {
                let freq_hz = root * interval * f64::from(partial);
                if freq_hz < AUDIO_HZ {
                    *sample += level / f64::from(partial) * (TAU * freq_hz * t + seed as f64).sin();
                }
            }
        }
    }
    samples
}

/// Tones of `freq_hz` that last 50 ms every 100 ms, with edges of `edge_ms`.
pub fn bursts(frames: usize, rate: f64, freq_hz: f64, edge_ms: f64, phase: f64) -> Vec<f64> {
    let envelope = |i: usize| {
        let ms = (i as f64 * 1e3 / rate) % 100.0 - 50.0;
        if ms < 0.0 {
            0.0
        } else if edge_ms == 0.0 {
            1.0
        } else {
            (ms / edge_ms).min((50.0 - ms) / edge_ms).clamp(0.0, 1.0)
        }
    };
    (0..frames).map(|i| envelope(i) * (TAU * freq_hz * i as f64 / rate + phase).sin()).collect()
}

pub struct Stimulus {
    pub name: &'static str,
    pub signal: Vec<Frame>,
    /// How far above the ceiling it may come, dB.
    pub allowed_db: f64,
}

/// All of `PRODUCT`'s kinds of content, at 0 dBFS.
pub fn stimuli(rate: f64) -> Vec<Stimulus> {
    let sounding = FRAMES - SILENT;
    let noise = |seed: u64| lane(&white(sounding, seed, -12.0), 0);
    let pinks = |seed: u64| lane(&pink(sounding, seed, -12.0), 0);
    let limited = |samples: Vec<f64>| band_limited(&samples, rate, AUDIO_HZ);
    let all = [
        ("noise <= 20 kHz", stereo(|s| limited(noise(s))), 0.02),
        ("pink <= 20 kHz", stereo(|s| limited(pinks(s))), 0.02),
        ("drums <= 20 kHz", stereo(|s| limited(drums(sounding, rate, s))), 0.02),
        ("music <= 20 kHz", stereo(|s| limited(music(sounding, rate, s))), 0.02),
        ("clipped noise <= 20 kHz", stereo(|s| limited(clipped(noise(s), 0.25))), 0.02),
        ("12 kHz bursts <= 20 kHz", stereo(|_| limited(bursts(sounding, rate, 12_000.0, 0.0, 0.7))), 0.02),
        ("pink", stereo(pinks), 0.10),
        ("white", stereo(noise), 0.15),
        ("clipped noise", stereo(|s| clipped(noise(s), 0.25)), 0.25),
    ];
    all.into_iter().map(|(name, signal, allowed_db)| Stimulus { name, signal, allowed_db }).collect()
}

pub fn limited(rate: f64, settings: &LimiterSettings, input: &[Frame]) -> Vec<Frame> {
    let mut limiter = Limiter::default();
    limiter.prepare(rate, LatencyMode::Mix);
    limiter.set(settings);
    let mut output = input.to_vec();
    for run in output.chunks_mut(CONTROL_INTERVAL) {
        limiter.control();
        limiter.run(run, &[[0.0; 2]; CONTROL_INTERVAL][..run.len()]);
    }
    output
}

/// How far the waveform of either channel comes above a ceiling, dB; negative where it stays below.
fn excess_db(output: &[Frame], ceiling_db: f64) -> f64 {
    (0..2).map(|channel| true_peak_db(&lane(output, channel))).fold(f64::MIN, f64::max) - ceiling_db
}

/// The sharpest there is: shortest look-ahead, shortest release.
fn sharpest(style: Style) -> LimiterSettings {
    LimiterSettings { style, gain_db: 12.0, look_ahead_ms: 0.1, release_ms: 1.0, ..LimiterSettings::default() }
}

#[test]
fn true_peaks_stay_under_the_ceiling_in_every_style_at_every_rate() {
    let signals = on_two_cores(RATES.to_vec(), stimuli);
    let jobs = RATES
        .iter()
        .zip(&signals)
        .flat_map(|(rate, signals)| Style::ALL.iter().map(move |style| (*rate, *style, signals)));
    let found = on_two_cores(jobs.collect(), |(rate, style, signals)| {
        let usual = LimiterSettings { style, gain_db: 12.0, ..LimiterSettings::default() };
        let rows = signals.iter().map(|stimulus| {
            let worst = [usual, sharpest(style)]
                .map(|settings| excess_db(&limited(rate, &settings, &stimulus.signal), CEILING_DB));
            (stimulus.name, stimulus.allowed_db, worst)
        });
        (rate, style, rows.collect::<Vec<_>>())
    });
    let mut misses = Vec::new();
    for (rate, style, rows) in found {
        println!("{rate} Hz, {style:?}: dB over the ceiling, as by default | sharpest");
        for (name, allowed_db, [usual, sharpest]) in rows {
            println!("  {name:26} {usual:+.3} | {sharpest:+.3}");
            if usual.max(sharpest) > allowed_db {
                misses.push(format!("{rate} Hz, {style:?}, {name}: {usual:+.3}, {sharpest:+.3} of {allowed_db}"));
            }
        }
    }
    assert!(misses.is_empty(), "over the ceiling by more than allowed:\n{}", misses.join("\n"));
}

/// A tone of a quarter of the rate between its samples: they are 3 dB below its peaks.
fn quarter_bursts(rate: f64, edge_ms: f64) -> Vec<Frame> {
    let mut samples = bursts(FRAMES - SILENT, rate, rate / 4.0, edge_ms, std::f64::consts::FRAC_PI_4);
    samples.resize(FRAMES, 0.0);
    at_0_dbfs(samples.into_iter().map(|x| [x; 2]).collect())
}

/// Alternating samples in bursts: half the rate itself, where no waveform is defined by its samples.
fn nyquist_bursts() -> Vec<Frame> {
    let alternating = |i: usize| if i.is_multiple_of(2) { 1.0 } else { -1.0 };
    (0..FRAMES).map(|i| [if (i / 2_400) % 2 == 1 && i < 60_000 { alternating(i) } else { 0.0 }; 2]).collect()
}

#[test]
fn beside_other_limiters() {
    const RATE: f64 = 48_000.0;
    let sounding = FRAMES - SILENT;
    let find =
        |name: &str| stimuli(RATE).into_iter().find(|stimulus| stimulus.name == name).expect("it is there").signal;
    let columns = [
        ("burst at fs/4 abrupt", quarter_bursts(RATE, 0.0), Some(0.10)),
        ("with 10 ms fades", quarter_bursts(RATE, 10.0), Some(0.02)),
        ("pink", find("pink"), Some(0.10)),
        ("drum-like", stereo(|seed| drums(sounding, RATE, seed)), Some(0.10)),
        ("noise <= 20 kHz", find("noise <= 20 kHz"), Some(0.02)),
        ("white", find("white"), Some(0.15)),
        ("clipped noise", find("clipped noise"), Some(0.25)),
        ("half the rate", nyquist_bursts(), None),
    ];
    println!(
        "dB over a ceiling of -1 dBTP at 48 kHz, driven by 12 dB, FFT-interpolated 16 times; default | sharpest settings"
    );
    println!("{:28}{}", "", columns.iter().map(|column| format!("{:>22}", column.0)).collect::<String>());
    let jobs = Style::ALL.to_vec();
    let rows = on_two_cores(jobs, |style| {
        let usual = LimiterSettings { style, gain_db: 12.0, ..LimiterSettings::default() };
        let cells = columns.iter().map(|(_, signal, _)| {
            [usual, sharpest(style)].map(|settings| excess_db(&limited(RATE, &settings, signal), CEILING_DB))
        });
        (style, cells.collect::<Vec<_>>())
    });
    for (style, cells) in &rows {
        let cells = cells.iter().map(|[usual, sharpest]| format!("{:>22}", format!("{usual:+.3} | {sharpest:+.3}")));
        println!("{:28}{}", format!("Tandem {style:?}"), cells.collect::<String>());
    }
    println!("Others, as measured for this table's source, read at 8 times:");
    for line in include_str!("../data/limiter_peers.csv").lines().filter(|line| !line.starts_with('#')).skip(1) {
        let mut fields = line.split(',');
        let name = fields.next().expect("a name");
        println!("{name:28}{}", fields.map(|field| format!("{field:>22}")).collect::<String>());
    }
    for (style, cells) in rows {
        for ((name, _, allowed_db), [usual, sharpest]) in columns.iter().zip(cells) {
            if let Some(allowed_db) = allowed_db {
                let worst = usual.max(sharpest);
                assert!(
                    worst <= *allowed_db,
                    "{style:?}, {name}: {worst:+.3} dB over the ceiling, {allowed_db} allowed"
                );
            }
        }
    }
}
