//! The gate: its curve, its times, and that it neither chatters nor closes on a key that is not there.

use super::alone::{Alone, a_run_is_ticks, is_off_until_asked, keeps_its_promises, process, residue_db, started};
use tandem_dsp::chain::Chain;
use tandem_dsp::control::Staged;
use tandem_dsp::module::gate::{Gate, GateSettings, RATIO, WINDOW_MS, output_db};
use tandem_dsp::module::key::{KeySettings, KeyState, Source};
use tandem_dsp::units::{db_to_gain, gain_to_db, ms_to_frames};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use tandem_tests::measure::null_db;
use tandem_tests::signals::{sine, white};

const RATE: f64 = 48_000.0;

fn level(ms: f64, level_db: f64) -> Vec<Frame> {
    vec![[db_to_gain(level_db); 2]; ms_to_frames(ms, RATE) as usize]
}

/// A gate, quick and without hold.
fn quick() -> GateSettings {
    GateSettings {
        threshold_db: -30.0,
        ratio: RATIO.range.1,
        range_db: 80.0,
        hysteresis_db: 0.0,
        attack_ms: 0.05,
        hold_ms: 0.0,
        release_ms: 5.0,
        ..GateSettings::default()
    }
}

/// What is taken of levels that last `ms` each, frame by frame, dB.
fn reductions_db(settings: &GateSettings, levels: &[(f64, f64)]) -> Vec<f64> {
    let input: Vec<Frame> = levels.iter().flat_map(|(level_db, ms)| level(*ms, *level_db)).collect();
    let mut output = input.clone();
    process(&mut started::<Gate>(RATE, LatencyMode::Live, settings), &mut output, &[]);
    input.iter().zip(&output).map(|(into, out)| gain_to_db(into[0] / out[0])).collect()
}

fn at(reductions: &[f64], ms: f64) -> f64 {
    reductions[ms_to_frames(ms, RATE) as usize]
}

#[test]
fn the_curve_is_the_expanders_within_a_twentieth_of_a_db() {
    let mut worst = 0.0f64;
    for (threshold_db, ratio, range_db) in
        [(-40.0, 2.0, 80.0), (-20.0, 1.5, 10.0), (-60.0, 8.0, 30.0), (-30.0, RATIO.range.1, 40.0), (-30.0, 1.0, 40.0)]
    {
        let settings = GateSettings { threshold_db, ratio, range_db, ..quick() };
        for step in 0..=38 {
            let input_db = -95.0 + 2.5 * f64::from(step);
            let taken_db = *reductions_db(&settings, &[(-100.0, 30.0), (input_db, 100.0)]).last().unwrap();
            let below_db = (threshold_db - input_db).max(0.0);
            let times = if ratio == RATIO.range.1 { 1e9 } else { ratio - 1.0 };
            let expected_db = (times * below_db).min(range_db);
            worst = worst.max((taken_db - expected_db).abs());
            let reported_db = input_db - output_db(&settings, input_db, false);
            worst = worst.max((reported_db - expected_db).abs());
        }
    }
    assert!(worst <= 0.05, "the curve misses the expander's by {worst:.4} dB, 0.05 allowed");
}

#[test]
fn it_opens_by_63_percent_in_its_attack() {
    for attack_ms in [0.05, 0.5, 5.0, 100.0] {
        let settings = GateSettings { attack_ms, range_db: 40.0, ..quick() };
        let reductions = reductions_db(&settings, &[(-60.0, 100.0), (-10.0, 5.0 * attack_ms + 1.0)]);
        let floor = db_to_gain(-40.0);
        let start = ms_to_frames(100.0, RATE) as usize;
        for (n, taken_db) in reductions[start..].iter().enumerate() {
            let exact = 1.0 - (1.0 - floor) * (-(n as f64 + 1.0) / ms_to_frames(attack_ms, RATE)).exp();
            let off = (db_to_gain(-taken_db) - exact).abs();
            assert!(off < 1e-4, "attack {attack_ms} ms, frame {n}: off the exact one-pole by {off:.6}");
        }
    }
}

#[test]
fn it_closes_by_8_7_db_in_its_release() {
    for release_ms in [5.0, 50.0, 400.0, 3_000.0] {
        let settings = GateSettings { release_ms, ..quick() };
        let reductions = reductions_db(&settings, &[(-10.0, 100.0), (-60.0, 40.0 + 4.0 * release_ms)]);
        let taken = |releases: f64| at(&reductions, 120.0 + releases * release_ms);
        for releases in [0.5, 1.5, 2.5] {
            // A voltage that discharges falls 20 log10 e dB in a time constant; towards -80 dB, 0.1 dB less by then.
            let fallen = taken(releases + 1.0) - taken(releases);
            assert!((fallen - 8.686).abs() < 0.1, "{release_ms} ms: {fallen:.3} dB a release after {releases}");
        }
    }
}

#[test]
fn hold_keeps_it_open_for_its_time() {
    for hold_ms in [0.0, 30.0, 250.0, 1_000.0] {
        let reductions = reductions_db(&GateSettings { hold_ms, ..quick() }, &[(-10.0, 50.0), (-60.0, 1_100.0)]);
        let closes = reductions.iter().rposition(|taken_db| *taken_db < 1e-6).unwrap() as f64 * 1e3 / RATE - 50.0;
        // The window's grid is a control interval.
        let late = closes - hold_ms - WINDOW_MS;
        let grid = 2.0 * CONTROL_INTERVAL as f64 * 1e3 / RATE;
        assert!((-0.1..=grid).contains(&late), "hold {hold_ms} ms: closes {late:.3} ms after hold and window");
    }
}

#[test]
fn it_closes_lower_than_it_opens_by_the_hysteresis() {
    for hysteresis_db in [0.0, 3.0, 12.0] {
        let settings = GateSettings { hysteresis_db, ..quick() };
        for below_db in [1.0, 2.5, 3.5, 11.5, 12.5] {
            let settled = |first_db: f64| {
                *reductions_db(&settings, &[(first_db, 50.0), (-30.0 - below_db, 200.0)]).last().unwrap()
            };
            let (falling, rising) = (settled(-10.0), settled(-70.0));
            assert!(rising > 79.0, "{below_db} dB below the threshold, from below: {rising:.1} dB taken of 80");
            let stays = below_db <= hysteresis_db;
            assert!((falling < 0.01) == stays, "hysteresis {hysteresis_db} dB, {below_db} dB below: {falling:.1} dB");
            let reported = -30.0 - below_db - output_db(&settings, -30.0 - below_db, true);
            assert!((falling - reported).abs() < 0.05, "{falling:.2} dB taken, {reported:.2} reported");
        }
    }
}

#[test]
fn a_low_note_just_over_the_threshold_does_not_chatter() {
    for (rate, freq_hz) in [(44_100.0, 41.2), (48_000.0, 41.2), (96_000.0, 55.0), (192_000.0, 82.4)] {
        let input = sine(rate as usize, rate, freq_hz, -29.5);
        let mut output = input.clone();
        process(&mut started::<Gate>(rate, LatencyMode::Live, &quick()), &mut output, &[]);
        let settled = rate as usize / 10..;
        assert!(output[settled.clone()] == input[settled], "{freq_hz} Hz at {rate} Hz passes an open gate bit for bit");
    }
}

#[test]
fn with_look_ahead_a_beginning_is_whole() {
    let settings = GateSettings { attack_ms: 0.3, look_ahead_ms: 1.5, ..quick() };
    let input = [level(100.0, -70.0), level(20.0, -6.0)].concat();
    let start = ms_to_frames(100.0, RATE) as usize;
    let first_db = |mode: LatencyMode, settings: &GateSettings| {
        let mut output = input.clone();
        let mut gate: Gate = started(RATE, mode, settings);
        process(&mut gate, &mut output, &[]);
        gain_to_db(output[start + gate.latency()][0]) + 6.0
    };
    // 1.5 ms are five attacks.
    let expected_db = gain_to_db(1.0 - (-5.0f64).exp());
    let whole_db = first_db(LatencyMode::Mix, &settings);
    assert!((whole_db - expected_db).abs() < 0.01, "the first frame: {whole_db:.3} dB, {expected_db:.3} expected");
    for (mode, settings) in
        [(LatencyMode::Mix, GateSettings { look_ahead_ms: 0.0, ..settings }), (LatencyMode::Live, settings)]
    {
        let cut_db = first_db(mode, &settings);
        assert!(cut_db < -20.0, "{mode:?} without look-ahead: the first frame {cut_db:.1} dB");
    }
}

#[test]
fn it_does_not_close_on_a_key_that_is_not_there() {
    let external = KeySettings { source: Source::External, ..KeySettings::default() };
    let mut gate: Gate = started(RATE, LatencyMode::Live, &GateSettings { key: external, ..quick() });
    let input = white(48_000, 3, -20.0);
    let run = |gate: &mut Gate, key_db: f64, seconds: usize| {
        let (mut output, keys) = (input.clone(), level(1_000.0, key_db));
        for _ in 0..seconds {
            output.copy_from_slice(&input);
            process(gate, &mut output, &keys);
        }
        (output == input, gate.read())
    };
    let (whole, reading) = run(&mut gate, -400.0, 1);
    assert!(whole && reading.key == KeyState::Silent, "no key since the start: open");
    let (whole, _) = run(&mut gate, -10.0, 1);
    assert!(whole, "a loud key: open");
    let (_, reading) = run(&mut gate, -400.0, 1);
    assert!(reading.reduction_db > 79.0, "a key silent for a second closes it: {:.1} dB", reading.reduction_db);
    let (whole, reading) = run(&mut gate, -400.0, 3);
    assert!(whole && reading.key == KeyState::Silent, "a key silent for four seconds is none: open");
    let (_, reading) = run(&mut gate, -50.0, 1);
    assert!(reading.reduction_db > 79.0, "a key that is quiet but there closes it: {:.1} dB", reading.reduction_db);
}

#[test]
fn key_listen_lets_the_filtered_key_be_heard() {
    let mut settings = quick();
    settings.key.high_pass_hz = 1_000.0;
    let mut gate: Gate = started(RATE, LatencyMode::Live, &settings);
    gate.listen(Listen::Key);
    let mut output = sine(48_000, RATE, 1_000.0, -40.0);
    process(&mut gate, &mut output, &[]);
    let peak_db = gain_to_db(output[24_000..].iter().fold(0.0, |peak, frame| frame[0].abs().max(peak)));
    // Butterworth at its corner: half the power.
    assert!((peak_db + 43.01).abs() < 0.02, "the key of -40 dBFS at its high-pass's corner: {peak_db:.2} dBFS");
}

#[test]
fn moving_a_dial_makes_no_zipper_noise() {
    // The shortest times there are: nothing but the glide smooths. Closed, 6 dB below the threshold.
    let before = GateSettings { ratio: 2.0, range_db: 12.0, ..quick() };
    let signal = sine(72_000, RATE, 1_000.0, 0.0);
    for (what, after) in [
        ("threshold", GateSettings { threshold_db: -27.0, ..before }),
        ("ratio", GateSettings { ratio: 3.0, ..before }),
        ("infinite ratio", GateSettings { ratio: RATIO.range.1, ..before }),
        ("range", GateSettings { range_db: 2.0, ..before }),
        ("hysteresis", GateSettings { hysteresis_db: 5.0, ..before }),
        ("attack", GateSettings { attack_ms: 50.0, ..before }),
        ("hold", GateSettings { hold_ms: 50.0, ..before }),
        ("release", GateSettings { release_ms: 500.0, ..before }),
        ("look-ahead", GateSettings { look_ahead_ms: 1.5, ..before }),
    ] {
        for (from, to) in [(before, after), (after, before)] {
            let external = |settings: GateSettings| {
                let key = KeySettings { source: Source::External, ..settings.key };
                GateSettings { key, ..settings }
            };
            let keys = level(1_500.0, -36.0);
            let residue = residue_db::<Gate>(LatencyMode::Mix, [&external(from), &external(to)], &signal, &keys);
            assert!(residue <= -80.0, "{what}: {residue:.1} dBFS above 4 kHz, -80 allowed");
        }
    }
}

#[test]
fn an_open_gate_and_one_that_takes_nothing_are_pure_delays() {
    for settings in [
        GateSettings { threshold_db: -80.0, ..quick() },
        GateSettings { ratio: 1.0, ..quick() },
        GateSettings { range_db: 0.0, ..quick() },
    ] {
        let input = white(24_000, 3, -20.0);
        let mut output = input.clone();
        let mut gate: Gate = started(RATE, LatencyMode::Mix, &settings);
        process(&mut gate, &mut output, &[]);
        let latency = gate.latency();
        assert!(output[4_800..] == input[4_800 - latency..24_000 - latency], "bit for bit once open");
    }
}

#[test]
fn a_gate_closes_while_a_chain_sleeps() {
    let settings = GateSettings { range_db: 40.0, release_ms: 50.0, ..quick() };
    let input = [level(500.0, -3.0), level(2_000.0, -400.0), level(100.0, -40.0), level(100.0, -3.0)].concat();
    let mut alone = input.clone();
    process(&mut started::<Gate>(RATE, LatencyMode::Mix, &settings), &mut alone, &[]);
    let mut chain = Chain::<Alone<Gate>>::default();
    chain.prepare(RATE, LatencyMode::Mix);
    chain.set(&Staged { on: true, module: settings });
    chain.set_bypass(false);
    let mut slept = input;
    chain.process(&mut slept[..110_000], &[]);
    assert!(chain.asleep(), "it sleeps after two seconds of silence");
    chain.process(&mut slept[110_000..], &[]);
    let null = null_db(&alone, &slept);
    assert!(null <= -120.0, "{null:.1} dB from one that never slept, -120 expected");
}

#[test]
fn nothing_is_gated_until_asked() {
    is_off_until_asked::<Gate>();
}

#[test]
fn a_gate_keeps_what_every_chain_promises() {
    keeps_its_promises::<Gate>([0.0, 1.6, 1.6]);
}

#[test]
fn a_run_is_tick_after_tick_bit_for_bit() {
    a_run_is_ticks::<Gate>(LatencyMode::Mix);
}
