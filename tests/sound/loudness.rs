//! Loudness, against the standards' own signals and against another implementation.

use ebur128::{EbuR128, Mode};
use nice_assert_no_alloc::assert_no_alloc;
use std::f64::consts::TAU;
use tandem_dsp::chain::master::{Master, MasterSettings};
use tandem_dsp::chain::{Chain, Observer};
use tandem_dsp::meter::k_weighting::KWeighting;
use tandem_dsp::meter::programme::{Meter, MeterReading};
use tandem_dsp::units::db_to_gain;
use tandem_dsp::{Frame, LatencyMode};
use tandem_tests::signals::{Random, pink, sine};

const RATES: [f64; 4] = [44_100.0, 48_000.0, 96_000.0, 192_000.0];

fn prepared(rate: f64) -> Meter {
    let mut meter = Meter::default();
    meter.prepare(rate);
    meter
}

/// A row of data/loudness.csv.
struct Case {
    name: String,
    fresh: bool,
    freq_hz: f64,
    /// Seconds and peak level in dBFS.
    segments: Vec<(f64, f64)>,
    metric: String,
    expected: f64,
    below: f64,
    above: f64,
}

fn cases(source: &str) -> Vec<Case> {
    type Row = (String, String, String, f64, String, String, f64, f64, f64);
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(include_str!("../data/loudness.csv").as_bytes());
    let rows = reader.deserialize::<Row>().map(|row| row.expect("a row as its header says"));
    rows.filter(|row| row.0 == source)
        .map(|(source, case, fresh, freq_hz, segments, metric, expected, below, above)| Case {
            name: format!("{source} {case}"),
            fresh: fresh == "yes",
            freq_hz,
            segments: parse_segments(&segments),
            metric,
            expected,
            below,
            above,
        })
        .collect()
}

/// "20s@-23;10s@-inf", or "(…)x5" for the same five times.
fn parse_segments(text: &str) -> Vec<(f64, f64)> {
    if let Some((inside, times)) = text.strip_prefix('(').and_then(|rest| rest.split_once(")x")) {
        return parse_segments(inside).repeat(times.parse().expect("how often"));
    }
    let segment = |text: &str| {
        let (seconds, level) = text.split_once("s@").expect("seconds@level");
        (seconds.parse().expect("seconds"), level.parse().expect("level in dBFS"))
    };
    text.split(';').map(segment).collect()
}

/// Plays a case's signal, phase-continuous, with a call to `each` every 10 ms.
fn play(case: &Case, rate: f64, meter: &mut Meter, mut each: impl FnMut(f64, &Meter)) {
    // Frequencies and rates here have periods of a whole number of frames: one table holds the whole sine.
    let period = (1..=rate as usize).find(|n| (case.freq_hz * *n as f64 / rate).fract() == 0.0).expect("a period");
    let table: Vec<f64> = (0..period).map(|i| (TAU * case.freq_hz * i as f64 / rate).sin()).collect();
    let hop = (rate / 100.0) as usize;
    let mut buffer = vec![[0.0; 2]; hop];
    let (mut at, mut filled, mut end_s) = (0, 0, 0.0);
    for (seconds, level_db) in &case.segments {
        end_s += seconds;
        let peak = db_to_gain(*level_db);
        while at < (end_s * rate).round() as usize {
            buffer[filled] = [peak * table[at % period]; 2];
            at += 1;
            filled += 1;
            if filled == hop {
                meter.run(&buffer);
                each(at as f64 / rate, meter);
                filled = 0;
            }
        }
    }
    meter.run(&buffer[..filled]);
}

/// Lowest and highest value that a case's metric took where the standard wants it right.
fn measure(case: &Case, metric: &str, rate: f64, meter: &mut Meter) -> (f64, f64) {
    let mut span = (f64::INFINITY, f64::NEG_INFINITY);
    let mut note = |value: f64| span = (span.0.min(value), span.1.max(value));
    match metric {
        // Constant once the window is full of the signal (Tech 3341: after 1 s and 3 s).
        "M" => play(case, rate, meter, |t, meter| {
            if t > 1.0 {
                note(meter.read().momentary_lufs)
            }
        }),
        "S" => play(case, rate, meter, |t, meter| {
            if t > 3.0 {
                note(meter.read().short_term_lufs)
            }
        }),
        _ => {
            play(case, rate, meter, |_, _| {});
            let read = meter.read();
            note(match metric {
                "I" => read.integrated_lufs,
                "maxM" => read.max_momentary_lufs,
                "maxS" => read.max_short_term_lufs,
                "LRA" => read.lra_lu,
                other => panic!("no metric is called {other}"),
            });
        }
    }
    span
}

/// Plays all cases of a standard at all rates, one thread a rate.
fn reads_as_expected(source: &str) {
    let cases = cases(source);
    assert!(!cases.is_empty(), "{source} has cases");
    std::thread::scope(|scope| {
        for rate in RATES {
            let cases = &cases;
            scope.spawn(move || {
                let mut meter = prepared(rate);
                for case in cases {
                    for metric in case.metric.split(' ') {
                        if case.fresh {
                            meter.reset();
                        }
                        let (low, high) = measure(case, metric, rate, &mut meter);
                        let Case { name, expected, below, above, .. } = case;
                        assert!(
                            low >= expected - below && high <= expected + above,
                            "{name} at {rate} Hz: {metric} reads {low:.3} to {high:.3}, \
                             expected {expected} -{below} +{above}"
                        );
                    }
                }
            });
        }
    });
}

#[test]
fn tech_3341_signals_read_within_tolerance() {
    reads_as_expected("Tech 3341");
}

#[test]
fn tech_3342_signals_read_within_tolerance() {
    reads_as_expected("Tech 3342");
}

#[test]
fn bs_2217_tones_and_gates_read_within_tolerance() {
    reads_as_expected("BS.2217");
}

#[test]
fn a_full_scale_sine_reads_minus_3_lufs_on_one_channel_and_0_on_both() {
    for rate in RATES {
        let both = sine(5 * rate as usize, rate, 997.0, 0.0);
        let one: Vec<Frame> = both.iter().map(|frame| [frame[0], 0.0]).collect();
        for (signal, expected) in [(one, -3.01), (both, 0.0)] {
            let mut meter = prepared(rate);
            meter.run(&signal);
            let read = meter.read().integrated_lufs;
            assert!((read - expected).abs() < 0.01, "{read:.3} LUFS at {rate} Hz, expected {expected}");
        }
    }
}

/// Gain of the table filter of BS.1770-5 Annex 1 (48 kHz) at frequencies in Hz, dB.
const K_GAIN: [(f64, f64); 13] = [
    (20.0, -13.275),
    (25.0, -10.393),
    (40.0, -5.567),
    (63.0, -2.664),
    (100.0, -1.133),
    (200.0, -0.265),
    (500.0, 0.042),
    (997.0, 0.691),
    (1_000.0, 0.698),
    (2_000.0, 3.071),
    (4_000.0, 3.968),
    (10_000.0, 4.042),
    (20_000.0, 4.043),
];

#[test]
fn k_weighting_has_the_response_of_the_48_khz_table_at_every_rate() {
    for rate in RATES {
        let mut filter = KWeighting::default();
        filter.prepare(rate);
        for (freq_hz, expected) in K_GAIN {
            let reported = filter.magnitude_db(freq_hz);
            assert!(
                (reported - expected).abs() < 0.01,
                "{reported:.4} dB at {freq_hz} Hz, rate {rate}; expected {expected}"
            );
        }
    }
}

#[test]
fn k_weighting_does_what_it_reports() {
    for rate in RATES {
        for (freq_hz, _) in K_GAIN {
            let mut filter = KWeighting::default();
            filter.prepare(rate);
            let second = sine(rate as usize, rate, freq_hz, 0.0);
            let (mut settling, mut energy) = ([0.0; 2], [0.0; 2]);
            filter.run(&second, &mut settling);
            filter.run(&second, &mut energy);
            let measured = 10.0 * (energy[0] / (0.5 * rate)).log10();
            let reported = filter.magnitude_db(freq_hz);
            assert!(
                (measured - reported).abs() < 1e-4,
                "{measured:.6} dB measured, {reported:.6} reported at {freq_hz} Hz, rate {rate}"
            );
        }
    }
}

/// A song in outline: verses and choruses of noise, bass and drum hits, a break, a loud end and a fade.
fn programme(rate: f64) -> Vec<Frame> {
    let parts = [
        (8.0, -34.0),
        (12.0, -24.0),
        (12.0, -15.0),
        (10.0, -23.0),
        (12.0, -14.0),
        (5.0, -48.0),
        (3.0, f64::NEG_INFINITY),
        (14.0, -12.0),
        (4.0, -75.0),
    ];
    let noise = pink((80.0 * rate) as usize, 11, 0.0);
    let mut random = Random::new(5);
    let mut at = 0;
    let mut hit = 0.0;
    let mut song = Vec::with_capacity(noise.len());
    for (seconds, level_db) in parts {
        let gain = db_to_gain(level_db);
        for _ in 0..(seconds * rate) as usize {
            let t = at as f64 / rate;
            if at % (rate * 0.4375) as usize == 0 {
                hit = 3.0 * random.uniform();
            }
            hit *= 1.0 - 12.0 / rate;
            let low = 0.8 * (TAU * 55.0 * t).sin() + hit * (TAU * 190.0 * t).sin();
            let wander = 1.0 + 0.4 * (TAU * 0.13 * t).sin();
            song.push([0, 1].map(|lane| gain * wander * (noise[at][lane] + low)));
            at += 1;
        }
    }
    song
}

/// Loudness range of short-term loudness values (Tech 3342, the reference code's percentiles), LU.
fn range_lu(short_term_lufs: &[f64]) -> f64 {
    let mut values: Vec<f64> = short_term_lufs.iter().copied().filter(|lufs| *lufs >= -70.0).collect();
    let power = values.iter().map(|lufs| 10f64.powf(lufs / 10.0)).sum::<f64>() / values.len() as f64;
    values.retain(|lufs| *lufs >= 10.0 * power.log10() - 20.0);
    values.sort_by(f64::total_cmp);
    let percentile = |p: f64| values[((values.len() - 1) as f64 * p / 100.0).round() as usize];
    percentile(95.0) - percentile(10.0)
}

#[test]
fn programme_reads_as_the_ebur128_crate_reads_it() {
    const BOUND_LU: f64 = 0.1;
    /// LRA is held to our own bins: the crate takes a value each second only, so the formula is applied to its values.
    const RANGE_BOUND_LU: f64 = 0.03;
    let follow = |rate: f64| {
        let song = programme(rate);
        let mode = Mode::M | Mode::S | Mode::I;
        let (mut ours, mut theirs) = (prepared(rate), EbuR128::new(2, rate as u32, mode).expect("a mode"));
        let (mut max_momentary, mut max_short_term, mut every_100_ms) = (f64::NEG_INFINITY, f64::NEG_INFINITY, vec![]);
        let hop = rate as usize / 100;
        for (i, block) in song.chunks_exact(hop).enumerate() {
            ours.run(block);
            theirs.add_frames_f64(block.as_flattened()).expect("whole frames");
            let momentary = theirs.loudness_momentary().expect("M");
            max_momentary = momentary.max(max_momentary);
            if i < 299 || i % 10 < 9 {
                continue;
            }
            let short_term = theirs.loudness_shortterm().expect("S");
            max_short_term = short_term.max(max_short_term);
            every_100_ms.push(short_term);
            if i % 100 == 99 {
                let read = ours.read();
                for (what, ours, theirs, bound) in [
                    // Below that, the two differ in how they forget.
                    ("M", read.momentary_lufs.max(-120.0), momentary.max(-120.0), BOUND_LU),
                    ("S", read.short_term_lufs.max(-120.0), short_term.max(-120.0), BOUND_LU),
                    ("I", read.integrated_lufs, theirs.loudness_global().expect("I"), BOUND_LU),
                    ("LRA", read.lra_lu, range_lu(&every_100_ms), RANGE_BOUND_LU),
                    ("max M", read.max_momentary_lufs, max_momentary, BOUND_LU),
                    ("max S", read.max_short_term_lufs, max_short_term, BOUND_LU),
                ] {
                    assert!(
                        (ours - theirs).abs() <= bound,
                        "{what} after {} s at {rate} Hz: {ours:.3} read, {theirs:.3} by the ebur128 crate",
                        (i + 1) / 100
                    );
                }
            }
        }
        let read = ours.read();
        assert!(read.lra_lu > 5.0 && read.lra_stable, "the song has dynamics: {} LU", read.lra_lu);
    };
    std::thread::scope(|scope| {
        for rate in [44_100.0, 48_000.0, 96_000.0] {
            scope.spawn(move || follow(rate));
        }
    });
}

#[test]
fn loudness_of_an_hour_has_not_drifted() {
    // Every block of a long even programme is the same; a running sum would have lost digits by now.
    let rate = 8_000.0;
    let mut meter = prepared(rate);
    let second = sine(rate as usize, rate, 1_000.0, -20.0);
    let mut loud = second.clone();
    loud.iter_mut().for_each(|frame| *frame = frame.map(|x| x * 10.0));
    meter.run(&loud);
    for _ in 0..3_600 {
        meter.run(&second);
    }
    let read = meter.read();
    let drift = (read.short_term_lufs - read.momentary_lufs).abs();
    assert!(drift < 1e-9, "3 s and 0.4 s of the same sine differ by {drift:e} LU after an hour");
}

#[test]
fn readings_do_not_depend_on_how_blocks_are_cut() {
    for rate in [44_100.0, 48_000.0] {
        let song: Vec<Frame> = programme(rate).into_iter().skip(18 * rate as usize).take(8 * rate as usize).collect();
        let (mut whole, mut cut) = (prepared(rate), prepared(rate));
        let mut random = Random::new(3);
        for second in song.chunks(rate as usize) {
            for run in second.chunks(16) {
                whole.run(run);
            }
            let mut rest = second;
            while !rest.is_empty() {
                let (now, later) = rest.split_at((1 + (random.uniform() * 40.0) as usize).min(rest.len()));
                cut.run(now);
                rest = later;
            }
            assert_eq!(whole.read(), cut.read(), "runs of 16 against runs of 1 to 40 at {rate} Hz");
        }
    }
}

#[test]
fn silence_that_is_told_reads_like_silence_that_is_played() {
    for rate in [44_100.0, 48_000.0] {
        let song = programme(rate);
        let (mut told, mut played) = (prepared(rate), prepared(rate));
        let mut random = Random::new(8);
        for part in song[20 * rate as usize..].chunks(rate as usize + 5).take(4) {
            told.run(part);
            played.run(part);
            let mut left = 3 * rate as usize / 2;
            while left > 0 {
                let now = (1 + (random.uniform() * 16.0) as usize).min(left);
                told.run_silence(now);
                played.run(&vec![[0.0; 2]; now]);
                left -= now;
                assert_eq!(told.read(), played.read(), "{left} frames of silence before the next part, {rate} Hz");
            }
        }
    }
}

#[test]
fn a_reset_meter_is_a_fresh_meter() {
    let rate = 44_100.0;
    let song = programme(rate);
    let mut meter = prepared(rate);
    meter.run(&song[..30 * rate as usize + 7]);
    meter.reset();
    let mut fresh = prepared(rate);
    assert_eq!(meter.read(), fresh.read(), "at once");
    meter.run(&song[..20 * rate as usize]);
    fresh.run(&song[..20 * rate as usize]);
    assert_eq!(meter.read(), fresh.read(), "after 20 s");
}

#[test]
fn silence_reads_as_nothing_and_never_as_nan() {
    let nothing = MeterReading {
        momentary_lufs: f64::NEG_INFINITY,
        short_term_lufs: f64::NEG_INFINITY,
        integrated_lufs: f64::NEG_INFINITY,
        lra_lu: f64::NEG_INFINITY,
        lra_stable: false,
        max_momentary_lufs: f64::NEG_INFINITY,
        max_short_term_lufs: f64::NEG_INFINITY,
        true_peak_db: [f64::NEG_INFINITY; 2],
        max_true_peak_db: f64::NEG_INFINITY,
        plr_lu: f64::NEG_INFINITY,
        psr_lu: f64::NEG_INFINITY,
        correlation: 0.0,
    };
    let rate = 48_000.0;
    let mut meter = prepared(rate);
    assert_eq!(meter.read(), nothing, "before anything");
    let silence = vec![[0.0; 2]; rate as usize];
    for second in 1..=10 {
        meter.run(&silence);
        assert_eq!(meter.read(), nothing, "after {second} s of silence");
    }
    meter.run(&sine(5 * rate as usize, rate, 1_000.0, -20.0));
    for second in 1..=10 {
        meter.run(&silence);
        let read = meter.read();
        let values = [read.momentary_lufs, read.short_term_lufs, read.integrated_lufs, read.lra_lu, read.plr_lu];
        assert!(values.iter().chain(&[read.psr_lu, read.correlation]).all(|x| !x.is_nan()), "{second} s: {read:?}");
    }
    let read = meter.read();
    assert_eq!((read.momentary_lufs, read.short_term_lufs), (f64::NEG_INFINITY, f64::NEG_INFINITY));
    assert!((read.integrated_lufs + 20.0).abs() < 0.5, "the programme's loudness stays: {}", read.integrated_lufs);
}

#[test]
fn samples_beyond_any_sense_pass_and_leave_no_trace() {
    let rate = 48_000.0;
    let mut meter = prepared(rate);
    meter.run(&[[1e300, -1e300]; 50]);
    // The high-pass takes 3 s to forget 6000 dB, and 3 s more are the window.
    meter.run(&sine(8 * rate as usize, rate, 1_000.0, -20.0));
    let read = meter.read();
    assert!((read.short_term_lufs + 20.0).abs() < 0.1, "{} LUFS short-term, -20 expected", read.short_term_lufs);
    assert!(read.correlation > 0.99, "correlation {}, 1 expected", read.correlation);
    assert!(!read.integrated_lufs.is_nan() && !read.max_true_peak_db.is_nan());
}

#[test]
fn what_plays_during_a_pause_does_not_count() {
    let rate = 48_000.0;
    let (quiet, loud) = (sine(10 * rate as usize, rate, 1_000.0, -23.0), sine(10 * rate as usize, rate, 1_000.0, -5.0));
    let mut meter = prepared(rate);
    meter.run(&quiet);
    meter.pause(true);
    meter.run(&loud);
    let paused = meter.read();
    assert!((paused.momentary_lufs + 5.0).abs() < 0.1, "M goes on: {} LUFS", paused.momentary_lufs);
    meter.pause(false);
    meter.run(&quiet);
    let read = meter.read();
    for (what, value, expected) in [
        ("I", read.integrated_lufs, -23.0),
        ("max M", read.max_momentary_lufs, -23.0),
        ("max S", read.max_short_term_lufs, -23.0),
        ("LRA", read.lra_lu, 0.0),
    ] {
        assert!((value - expected).abs() < 0.05, "{what} {value:.3}, {expected} expected");
    }
}

#[test]
fn loudness_range_is_provisional_for_a_minute() {
    let rate = 8_000.0;
    let mut meter = prepared(rate);
    let tone = sine(rate as usize, rate, 1_000.0, -20.0);
    for second in 1..=62 {
        meter.run(&tone);
        assert_eq!(meter.read().lra_stable, second >= 60, "after {second} s");
    }
}

#[test]
fn peak_ratios_are_peak_less_loudness() {
    let rate = 48_000.0;
    let mut meter = prepared(rate);
    // One click of -1 dBFS, then 10 s at -20: the click leaves PSR's 3 s, but never PLR.
    meter.run(&[[db_to_gain(-1.0); 2]; 1]);
    meter.run(&sine(10 * rate as usize, rate, 997.0, -20.0));
    let read = meter.read();
    assert!((read.plr_lu - (read.max_true_peak_db - read.integrated_lufs)).abs() < 1e-12, "PLR {}", read.plr_lu);
    assert!((read.plr_lu - 19.0).abs() < 0.1, "PLR {:.3} LU, 19 expected", read.plr_lu);
    assert!(read.psr_lu.abs() < 0.05, "PSR {:.3} LU, 0 expected", read.psr_lu);
}

#[test]
fn correlation_reads_mono_opposite_and_unrelated() {
    let rate = 48_000.0;
    let noise = pink(4 * rate as usize, 9, -20.0);
    let with = |right: fn(Frame) -> f64| -> f64 {
        let mut meter = prepared(rate);
        meter.run(&noise.iter().map(|frame| [frame[0], right(*frame)]).collect::<Vec<_>>());
        meter.read().correlation
    };
    for (what, read, expected, bound) in [
        ("mono", with(|frame| frame[0]), 1.0, 1e-5),
        ("panned", with(|frame| 0.1 * frame[0]), 1.0, 1e-5),
        ("opposite", with(|frame| -frame[0]), -1.0, 1e-5),
        ("one channel", with(|_| 0.0), 0.0, 0.0),
        // l and (l + r) / √2 of unrelated channels of equal power.
        ("half related", with(|frame| frame[0] + frame[1]), 0.5f64.sqrt(), 0.1),
        ("unrelated", with(|frame| frame[1]), 0.0, 0.15),
    ] {
        assert!((read - expected).abs() <= bound, "{what}: {read:.4}, {expected:.4} expected");
    }
}

#[test]
fn metering_and_reading_do_not_allocate() {
    let rate = 48_000.0;
    let mut meter = prepared(rate);
    let song: Vec<Frame> = programme(rate).into_iter().take(10 * rate as usize).collect();
    let read = assert_no_alloc(|| {
        meter.run(&song);
        meter.pause(true);
        meter.pause(false);
        let read = meter.read();
        meter.reset();
        read
    });
    assert!(read.integrated_lufs.is_finite());
}

#[test]
fn the_master_meters_what_leaves_it() {
    let rate = 48_000.0;
    let mut settings = MasterSettings::default();
    settings.output.fader_db = -6.0;
    let mut chain = Chain::<Master>::default();
    chain.prepare(rate, LatencyMode::Mix);
    chain.set(&settings);
    chain.set_bypass(false);
    chain.process(&mut sine(10 * rate as usize, rate, 1_000.0, -20.0), &[]);
    let read = chain.observer.read();
    assert!((read.short_term_lufs + 26.0).abs() < 0.02, "{:.3} LUFS, -26 expected", read.short_term_lufs);
    assert!((read.max_true_peak_db + 26.0).abs() < 0.05, "{:.3} dBTP, -26 expected", read.max_true_peak_db);
}
