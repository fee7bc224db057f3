//! The delay: where its echoes are, how loud and how dull, and what becomes of them.

use super::alone::{is_off_until_asked, keeps_its_promises, told};
use super::chain::random_settings;
use tandem_dsp::control::Enumerated;
use tandem_dsp::module::echo::{Echo, EchoSettings, Feel, Note, Pattern};
use tandem_dsp::module::wet::WetSettings;
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use tandem_tests::measure::{lane, peak_above_db, peak_db, response_db, rms_db, tapered};
use tandem_tests::signals::{impulse, sine, white};

const RATE: f64 = 48_000.0;

/// Everything sent in, nothing but the echoes out, and nothing done to them.
fn plain() -> EchoSettings {
    let wet = WetSettings { send_db: 0.0, wet_only: true, ..WetSettings::default() };
    EchoSettings {
        sync: false,
        time_ms: 100.0,
        feedback_percent: 0.0,
        low_cut_hz: 20.0,
        high_cut_hz: 20_000.0,
        wet,
        ..EchoSettings::default()
    }
}

fn started(rate: f64, settings: &EchoSettings) -> Echo {
    let mut echo = Echo::default();
    echo.prepare(rate, LatencyMode::Live);
    echo.set(settings);
    echo
}

fn process(echo: &mut Echo, frames: &mut [Frame]) {
    for run in frames.chunks_mut(CONTROL_INTERVAL) {
        echo.control();
        echo.run(run, &[[0.0; 2]; CONTROL_INTERVAL][..run.len()]);
    }
}

fn through(settings: &EchoSettings, mut frames: Vec<Frame>) -> Vec<Frame> {
    process(&mut started(RATE, settings), &mut frames);
    frames
}

#[test]
fn it_keeps_what_every_module_promises() {
    is_off_until_asked::<Echo>();
    keeps_its_promises::<Echo>([0.0; 3]);
}

#[test]
fn a_run_is_tick_after_tick() {
    let settings: EchoSettings = random_settings(3);
    let input = white(48_000, 1, -12.0);
    let by_run = through(&settings, input.clone());
    let mut echo = started(RATE, &settings);
    let mut by_tick = input;
    for run in by_tick.chunks_mut(CONTROL_INTERVAL) {
        echo.control();
        run.iter_mut().for_each(|frame| *frame = echo.tick(*frame, [0.0; 2]));
    }
    assert!(by_run == by_tick, "the same bits");
}

/// A beat is a quarter of 60 s over the tempo; a dot adds half, a triplet takes a third; what is over 2 s is halved.
#[test]
fn echoes_stand_where_the_tempo_puts_them() {
    for rate in [44_100.0, 96_000.0] {
        for bpm in [52.0, 98.7, 120.0, 174.0] {
            for (note, whole) in Note::ALL.iter().zip([1.0 / 32.0, 1.0 / 16.0, 0.125, 0.25, 0.5, 1.0]) {
                for (feel, times) in Feel::ALL.iter().zip([1.0, 1.5, 2.0 / 3.0]) {
                    let mut seconds: f64 = whole * times * 240.0 / bpm;
                    while seconds > 2.0 {
                        seconds /= 2.0;
                    }
                    let settings = EchoSettings { sync: true, note: *note, feel: *feel, ..plain() };
                    let mut echo = started(rate, &settings);
                    echo.tempo(bpm);
                    let mut output = impulse((2.1 * rate) as usize);
                    process(&mut echo, &mut output);
                    let at = output.iter().position(|frame| frame[0].abs() > 0.5).expect("an echo");
                    let off = (at as f64 - seconds * rate).abs();
                    assert!(off <= 0.5, "{note:?} {feel:?} at {bpm} bpm: frame {at}, expected {:.1}", seconds * rate);
                    let halved = whole * times * 240.0 / bpm > 2.0;
                    assert_eq!(told(&mut echo, "halved"), f64::from(u8::from(halved)), "it says whether it is halved");
                    assert!((echo.spacing_ms() - seconds * 1e3).abs() < 0.02, "it shows {:.2} ms", echo.spacing_ms());
                }
            }
        }
    }
}

#[test]
fn times_between_1_ms_and_2_s_are_kept_at_every_rate() {
    for rate in [44_100.0, 48_000.0, 192_000.0] {
        for time_ms in [1.0, 37.3, 2_000.0] {
            let mut output = impulse((2.1 * rate) as usize);
            process(&mut started(rate, &EchoSettings { time_ms, ..plain() }), &mut output);
            let at = output.iter().position(|frame| frame[0].abs() > 0.5).expect("an echo");
            let expected = (time_ms * 1e-3 * rate).round() as usize;
            assert_eq!(at, expected, "{time_ms} ms at {rate} Hz: frame of the echo");
        }
    }
}

/// The k-th echo is k times the feedback in dB softer; in ping-pong, of the mono sum and on alternating sides.
#[test]
fn echoes_fall_by_the_feedback_and_go_from_side_to_side() {
    let step = 4_800;
    for pattern in [Pattern::Stereo, Pattern::PingPong] {
        let settings = EchoSettings { feedback_percent: 50.0, pattern, ..plain() };
        let mut input = vec![[0.0; 2]; 6 * step];
        input[0] = [1.0, 0.5];
        let output = through(&settings, input);
        for k in 1..6 {
            let fallen = 0.5f64.powi(k as i32 - 1);
            let expected = match pattern {
                Pattern::Stereo => [fallen, 0.5 * fallen],
                Pattern::PingPong if k % 2 == 1 => [0.75 * fallen, 0.0],
                Pattern::PingPong => [0.0, 0.75 * fallen],
            };
            let got = output[k * step];
            let off = (got[0] - expected[0]).abs().max((got[1] - expected[1]).abs());
            assert!(off < 1e-6, "{pattern:?}, echo {k}: {got:?}, expected {expected:?}");
        }
    }
}

/// What the picture shows is what is heard: of a click in the middle.
#[test]
fn the_pattern_is_what_it_says() {
    for (pattern, width_percent) in [(Pattern::Stereo, 100.0), (Pattern::PingPong, 100.0), (Pattern::PingPong, 40.0)] {
        let wet = WetSettings { send_db: -6.0, width_percent, ..plain().wet };
        let settings = EchoSettings { feedback_percent: 60.0, pattern, wet, ..plain() };
        let output = through(&settings, impulse(6 * 4_800));
        for k in 1..6 {
            let (got, said) = (output[k * 4_800], settings.echo(k as u32));
            let off = (got[0] - said[0]).abs().max((got[1] - said[1]).abs());
            assert!(off < 1e-6, "{pattern:?}, width {width_percent} %, echo {k}: {got:?}, said {said:?}");
        }
    }
}

/// Butterworth of 12 dB/oct: -3.01 dB at its corner with every pass, from the first echo on.
#[test]
fn every_echo_passes_the_filters_once_more() {
    let step = 24_000;
    for (low_cut_hz, high_cut_hz, freq_hz) in [(200.0, 20_000.0, 200.0), (20.0, 3_000.0, 3_000.0)] {
        let settings = EchoSettings { feedback_percent: 50.0, time_ms: 500.0, low_cut_hz, high_cut_hz, ..plain() };
        let output = lane(&through(&settings, impulse(4 * step)), 0);
        for k in 1..4 {
            let level = response_db(&output[k * step..(k + 1) * step], RATE, freq_hz);
            let expected = -6.0206 * (k - 1) as f64 - 3.0103 * k as f64;
            assert!((level - expected).abs() < 0.05, "echo {k} at {freq_hz} Hz: {level:.2} dB, expected {expected:.2}");
        }
    }
}

/// The echo of a sine is late by the time and by what the modulation adds, from nothing to its depth.
#[test]
fn modulation_wanders_between_no_delay_more_and_its_depth() {
    let freq_hz = 100.0;
    let settings = EchoSettings { mod_depth_ms: 2.0, mod_rate_hz: 1.0, ..plain() };
    let output = lane(&through(&settings, sine(5 * 48_000, RATE, freq_hz, 0.0)), 0);
    let period = 480;
    let late_ms = |from: usize| {
        let (mut sin, mut cos) = (0.0, 0.0);
        for (i, x) in output[from..from + period].iter().enumerate() {
            let phase = std::f64::consts::TAU * freq_hz * (from + i) as f64 / RATE;
            sin += x * phase.sin();
            cos += x * phase.cos();
        }
        // Ten whole periods are left out.
        (-cos).atan2(sin).rem_euclid(std::f64::consts::TAU) / (std::f64::consts::TAU * freq_hz) * 1e3
    };
    let (least, most) = (48_000..192_000).step_by(480).map(late_ms).fold((f64::MAX, f64::MIN), |(least, most), ms| {
        let ms = if ms > 9.0 { ms - 10.0 } else { ms };
        (least.min(ms), most.max(ms))
    });
    assert!(least.abs() < 0.02 && (most - 2.0).abs() < 0.02, "{least:.3} to {most:.3} ms more, expected 0 to 2");
}

/// While the sound plays, the echoes are down by the depth, whatever its level; 63 % is back after the release.
#[test]
fn echoes_give_way_while_the_sound_plays() {
    for level_db in [-12.0, -45.0] {
        let wet = WetSettings { duck_db: 12.0, duck_release_ms: 400.0, ..plain().wet };
        let (settings, free) =
            (EchoSettings { time_ms: 1_000.0, wet, ..plain() }, EchoSettings { time_ms: 1_000.0, ..plain() });
        let mut input = white(4 * 48_000, 1, level_db);
        input[2 * 48_000..].fill([0.0; 2]);
        let (ducked, free) = (through(&settings, input.clone()), through(&free, input));
        let change = |from: f64, to: f64| {
            let range = (from * RATE) as usize..(to * RATE) as usize;
            rms_db(&lane(&ducked[range.clone()], 0)) - rms_db(&lane(&free[range], 0))
        };
        let playing = change(1.2, 1.9);
        assert!((playing + 12.0).abs() < 0.3, "at {level_db} dBFS: {playing:.2} dB while it plays, expected -12");
        let expected = -12.0 * (-1.0f64).exp();
        let later = change(2.39, 2.41);
        assert!((later - expected).abs() < 0.5, "after its release: {later:.2} dB, expected {expected:.2}");
    }
}

#[test]
fn a_new_time_neither_clicks_nor_bends_the_pitch() {
    let mut echo = started(RATE, &EchoSettings { time_ms: 300.0, ..plain() });
    let mut output = sine(2 * 48_000, RATE, 1_000.0, 0.0);
    let (before, after) = output.split_at_mut(48_000);
    process(&mut echo, before);
    echo.set(&EchoSettings { time_ms: 417.3, ..plain() });
    process(&mut echo, after);
    let residue = peak_above_db(&tapered(lane(&output[24_000..], 0), 4_800), RATE, 4_000.0);
    assert!(residue <= -80.0, "{residue:.1} dBFS above 4 kHz, -80 allowed");
    // Outside of the fade the output is the sine itself: nothing slides.
    for from in [46_000, 51_000] {
        let part = lane(&output[from..from + 960], 0);
        let sine = (sums(&part, 0.25), sums(&part, 0.0));
        let amplitude = f64::hypot(sine.0, sine.1) / 480.0;
        assert!((amplitude - 1.0).abs() < 1e-3, "at {from}: {amplitude:.4} of a 1 kHz sine, expected 1");
    }
}

/// Correlation with 1 kHz, `turns` of a turn on.
fn sums(part: &[f64], turns: f64) -> f64 {
    let phase = |i: usize| std::f64::consts::TAU * (1_000.0 * i as f64 / RATE + turns);
    part.iter().enumerate().map(|(i, x)| x * phase(i).sin()).sum()
}

#[test]
fn without_a_send_the_sound_passes_untouched_and_what_rings_rings_on() {
    let mut settings = EchoSettings { feedback_percent: 60.0, ..plain() };
    settings.wet.wet_only = false;
    settings.wet.send_db = -60.0;
    let input = white(9_600, 1, -12.0);
    assert!(through(&settings, input.clone()) == input, "bit for bit");

    let open = EchoSettings { wet: WetSettings { send_db: 0.0, ..settings.wet }, ..settings };
    let mut echo = started(RATE, &open);
    let mut throw = white(4_800, 1, -12.0);
    process(&mut echo, &mut throw);
    echo.set(&settings);
    let mut rest = vec![[0.0; 2]; 48_000];
    process(&mut echo, &mut rest);
    let second = rms_db(&lane(&rest[4_800..9_600], 0)) - rms_db(&lane(&rest[..4_800], 0));
    assert!((second - 20.0 * 0.6f64.log10()).abs() < 0.5, "the second echo is {second:.2} dB after the first");
}

#[test]
fn the_tail_ends_when_it_says() {
    let settings = EchoSettings { feedback_percent: 70.0, ..plain() };
    let mut echo = started(RATE, &settings);
    process(&mut echo, &mut impulse(CONTROL_INTERVAL));
    let mut tail = vec![[0.0; 2]; echo.tail()];
    process(&mut echo, &mut tail);
    let end = peak_db(&tail[tail.len() - 4_800..]);
    assert!((-126.0..=-117.0).contains(&end), "the last echo within the tail: {end:.1} dBFS, about -120 expected");
    let mut silence = vec![[0.0; 2]; 5 * 48_000];
    process(&mut echo, &mut silence);
    assert!(peak_db(&silence) <= -120.0, "after the tail: {:.1} dBFS", peak_db(&silence));
    assert!(echo.is_settled(), "5 s later it may rest");
}
