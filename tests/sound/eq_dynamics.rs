//! Dynamic bands of the equaliser: where their gain goes, how fast, and by what.

use tandem_dsp::chain::Chain;
use tandem_dsp::chain::channel::{Channel, ChannelSettings};
use tandem_dsp::module::eq::{BandSettings, DynamicsSettings, Eq, EqSettings, Mode, Placement, Shape};
use tandem_dsp::module::key::{KeyState, Source};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use tandem_tests::measure::{lane, null_db, peak_above_db, peak_db, rms_db, tapered};
use tandem_tests::signals::{pink, sine, white};

const RATE: f64 = 48_000.0;

/// A dynamic bell at 1 kHz.
fn bell(range_db: f64, threshold_db: f64) -> BandSettings {
    let dynamics = DynamicsSettings { on: true, range_db, threshold_db, ..Default::default() };
    BandSettings { on: true, freq_hz: 1_000.0, q: 1.0, dynamics, ..Default::default() }
}

fn one(band: BandSettings) -> EqSettings {
    let mut settings = EqSettings::default();
    settings.bands[0] = band;
    settings
}

fn fresh(settings: &EqSettings) -> Eq {
    let mut eq = Eq::default();
    eq.prepare(RATE, LatencyMode::Live);
    eq.set(settings);
    eq
}

/// Runs the equaliser as a chain does; gives the first band's gain at each control tick.
fn process(eq: &mut Eq, signal: &mut [Frame], keys: &[Frame]) -> Vec<f64> {
    let none = [[0.0; 2]; CONTROL_INTERVAL];
    let mut gains_db = Vec::new();
    for (i, run) in signal.chunks_mut(CONTROL_INTERVAL).enumerate() {
        eq.control();
        gains_db.push(eq.read()[0].map_or(0.0, |reading| reading.gain_db));
        let key = keys.get(i * CONTROL_INTERVAL..).filter(|keys| !keys.is_empty()).unwrap_or(&none);
        eq.run(run, &key[..run.len()]);
    }
    gains_db
}

/// The band's gain once it has settled on a signal.
fn settled_db(settings: &EqSettings, mut signal: Vec<Frame>, keys: &[Frame]) -> f64 {
    *process(&mut fresh(settings), &mut signal, keys).last().expect("some")
}

#[test]
fn the_static_curve_is_a_db_for_each_db_with_knees_of_6_db() {
    // A parabola over 6 dB from the threshold on, a straight line, and the same the other way round at the range.
    let over = |x: f64| {
        if x <= 0.0 {
            0.0
        } else if x < 6.0 {
            x * x / 12.0
        } else {
            x - 3.0
        }
    };
    for (range_db, static_db) in [(-12.0, 2.0), (8.0, 0.0), (-3.0, -1.0)] {
        let settings = one(BandSettings { gain_db: static_db, ..bell(range_db, -40.0) });
        for level_db in [-45.0, -40.0, -37.0, -33.0, -29.0, -24.0, -10.0, 0.0] {
            let above_db: f64 = level_db + 40.0;
            let move_db = over(above_db) - over(above_db - f64::abs(range_db));
            let expected_db = static_db + move_db.copysign(range_db);
            let mut signal = sine(48_000, RATE, 1_000.0, level_db);
            let gain_db = *process(&mut fresh(&settings), &mut signal, &[]).last().expect("some");
            assert!(
                (gain_db - expected_db).abs() < 0.1,
                "{range_db} dB at {level_db} dBFS: {gain_db:.3} dB read, {expected_db:.3} expected"
            );
            let heard_db =
                rms_db(&lane(&signal[24_000..], 0)) - level_db - rms_db(&lane(&sine(24_000, RATE, 1e3, 0.0), 0));
            assert!((heard_db - expected_db).abs() < 0.1, "{range_db} dB at {level_db} dBFS: {heard_db:.3} dB heard");
        }
    }
}

#[test]
fn what_is_drawn_with_the_gains_read_is_what_is_heard() {
    let settings = one(BandSettings { shape: Shape::HighShelf, freq_hz: 3_000.0, ..bell(-9.0, -30.0) });
    let mut eq = fresh(&settings);
    let mut signal = sine(48_000, RATE, 5_000.0, -22.0);
    process(&mut eq, &mut signal, &[]);
    let response = settings.response_with(eq.read().map(|reading| reading.map(|r| r.gain_db)), RATE);
    let drawn_db = response.magnitude_db(5_000.0, Placement::Stereo);
    let heard_db = rms_db(&lane(&signal[38_400..], 0)) + 22.0 + 10.0 * 2f64.log10();
    assert!((drawn_db - heard_db).abs() < 0.05 && drawn_db < -3.0, "drawn {drawn_db:.3} dB, heard {heard_db:.3} dB");
}

#[test]
fn below_its_threshold_a_dynamic_band_is_its_static_self() {
    for shape in [Shape::Bell, Shape::LowShelf, Shape::HighShelf, Shape::Tilt] {
        for gain_db in [0.0, 5.0] {
            let dynamic = BandSettings { shape, gain_db, ..bell(-12.0, -30.0) };
            let fixed = BandSettings { dynamics: DynamicsSettings::default(), ..dynamic };
            let signal = pink(20_000, 3, -50.0);
            let [with, without] = [dynamic, fixed].map(|band| {
                let mut output = signal.clone();
                process(&mut fresh(&one(band)), &mut output, &[]);
                output
            });
            assert!(with == without, "{shape:?} {gain_db} dB: differs by {:.1} dBFS", null_db(&with, &without));
        }
    }
}

/// Frames until `way` of the way from the first to the last gain is done.
fn time_to(way: f64, gains_db: &[f64]) -> f64 {
    let (from, to) = (gains_db[0], gains_db[gains_db.len() - 1]);
    let part = |gain_db: f64| (gain_db - from) / (to - from);
    let after = gains_db.iter().position(|gain_db| part(*gain_db) >= way).expect("it arrives");
    let (before, now) = (part(gains_db[after - 1]), part(gains_db[after]));
    (after as f64 - (now - way) / (now - before)) * CONTROL_INTERVAL as f64
}

#[test]
fn attack_and_release_take_their_time_to_63_percent() {
    const TO_63: f64 = 1.0 - 1.0 / std::f64::consts::E;
    for (attack_ms, release_ms) in [(20.0, 200.0), (100.0, 50.0), (5.0, 1_000.0)] {
        let dynamics = DynamicsSettings { attack_ms, release_ms, ..bell(-12.0, -50.0).dynamics };
        let settings = one(BandSettings { freq_hz: 8_000.0, q: 0.5, dynamics, ..bell(0.0, 0.0) });
        let mut eq = fresh(&settings);
        process(&mut eq, &mut sine(4_800, RATE, 8_000.0, -80.0), &[]);
        let down = process(&mut eq, &mut sine((RATE * 0.02 * attack_ms) as usize, RATE, 8_000.0, -6.0), &[]);
        let back = process(&mut eq, &mut sine((RATE * 0.02 * release_ms) as usize, RATE, 8_000.0, -90.0), &[]);
        for (what, due_ms, gains_db) in [("attack", attack_ms, down), ("release", release_ms, back)] {
            let took_ms = time_to(TO_63, &gains_db) * 1e3 / RATE;
            // The detector takes two periods, 0.25 ms, and the control tick up to 0.33 ms.
            assert!(
                (took_ms - due_ms).abs() <= 0.05 * due_ms + 0.6,
                "{what} of {due_ms} ms takes {took_ms:.2} ms to 63 %"
            );
        }
    }
}

#[test]
fn the_fastest_attack_is_done_within_two_milliseconds() {
    let dynamics = DynamicsSettings { attack_ms: 1.0, ..bell(-12.0, -50.0).dynamics };
    let settings = one(BandSettings { freq_hz: 8_000.0, q: 0.5, dynamics, ..bell(0.0, 0.0) });
    let mut eq = fresh(&settings);
    process(&mut eq, &mut sine(4_800, RATE, 8_000.0, -80.0), &[]);
    let took_ms = time_to(0.632, &process(&mut eq, &mut sine(4_800, RATE, 8_000.0, -6.0), &[])) * 1e3 / RATE;
    assert!(took_ms <= 2.0, "1 ms takes {took_ms:.2} ms to 63 %");
}

#[test]
fn relative_to_the_whole_sound_the_action_does_not_depend_on_its_level() {
    let dynamics = DynamicsSettings { mode: Mode::Relative, ..bell(-12.0, -14.0).dynamics };
    let settings = one(BandSettings { freq_hz: 3_000.0, q: 2.0, dynamics, ..bell(0.0, 0.0) });
    // A resonance on top of a programme.
    let programme = |level_db: f64| -> Vec<Frame> {
        let (noise, tone) = (pink(96_000, 5, level_db - 8.0), sine(96_000, RATE, 3_000.0, level_db - 12.0));
        noise.iter().zip(&tone).map(|(a, b)| [a[0] + b[0], a[1] + b[1]]).collect()
    };
    let mean_db = |level_db: f64| {
        let gains_db = process(&mut fresh(&settings), &mut programme(level_db), &[]);
        gains_db[1_000..].iter().sum::<f64>() / (gains_db.len() - 1_000) as f64
    };
    let loud_db = mean_db(-6.0);
    assert!((-9.0..=-3.0).contains(&loud_db), "{loud_db:.2} dB at -6 dBFS: neither nothing nor everything is due");
    for level_db in [-40.0, -25.0, -12.0] {
        let gain_db = mean_db(level_db);
        assert!((gain_db - loud_db).abs() <= 0.5, "{gain_db:.2} dB at {level_db} dBFS, {loud_db:.2} dB at -6 dBFS");
    }
}

#[test]
fn silence_is_no_reason_to_act_and_the_gain_comes_back() {
    let dynamics = DynamicsSettings { mode: Mode::Relative, ..bell(-12.0, -20.0).dynamics };
    let settings = one(BandSettings { dynamics, ..bell(0.0, 0.0) });
    let mut eq = fresh(&settings);
    process(&mut eq, &mut sine(24_000, RATE, 1_000.0, -10.0), &[]);
    assert!(!eq.is_settled(), "the gain is down and on its way back");
    let gains_db = process(&mut eq, &mut vec![[0.0; 2]; 240_000], &[]);
    assert_eq!(gains_db.last(), Some(&0.0), "after five seconds of silence");
    assert!(eq.is_settled(), "nothing moves any more");
}

#[test]
fn an_external_key_moves_the_band_and_the_sound_does_not() {
    let dynamics = DynamicsSettings { key: Source::External, ..bell(-12.0, -40.0).dynamics };
    let settings = one(BandSettings { dynamics, ..bell(0.0, 0.0) });
    let loud = sine(24_000, RATE, 1_000.0, -6.0);
    let soft = sine(24_000, RATE, 1_000.0, -70.0);
    let by_key = settled_db(&settings, soft.clone(), &loud);
    assert!((by_key + 12.0).abs() < 0.01, "{by_key:.2} dB with a loud key, -12 expected");
    assert_eq!(settled_db(&settings, loud.clone(), &soft), 0.0, "a loud sound and a soft key");
    let high = sine(24_000, RATE, 9_000.0, -16.0);
    let elsewhere = settled_db(&settings, soft, &high);
    assert!(elsewhere > -8.0, "{elsewhere:.2} dB by a key far from the band's range");
}

#[test]
fn a_band_hears_only_its_placement_and_its_range() {
    let signal = |left: f64, right: f64, freq_hz: f64| -> Vec<Frame> {
        sine(24_000, RATE, freq_hz, -10.0).iter().map(|x| [left * x[0], right * x[1]]).collect()
    };
    let band = |placement, shape| one(BandSettings { placement, shape, ..bell(-12.0, -60.0) });
    for (placement, heard, unheard) in [
        (Placement::Left, (1.0, 0.0), (0.0, 1.0)),
        (Placement::Right, (0.0, 1.0), (1.0, 0.0)),
        (Placement::Mid, (1.0, 1.0), (1.0, -1.0)),
        (Placement::Side, (1.0, -1.0), (1.0, 1.0)),
    ] {
        let settings = band(placement, Shape::Bell);
        let moved = settled_db(&settings, signal(heard.0, heard.1, 1_000.0), &[]);
        let still = settled_db(&settings, signal(unheard.0, unheard.1, 1_000.0), &[]);
        assert!(moved < -11.9 && still == 0.0, "{placement:?}: {moved:.2} dB by its own, {still:.2} dB by the other");
    }
    for (shape, inside_hz, outside_hz) in [(Shape::LowShelf, 200.0, 18_000.0), (Shape::HighShelf, 8_000.0, 50.0)] {
        let settings = band(Placement::Stereo, shape);
        let moved = settled_db(&settings, signal(1.0, 1.0, inside_hz), &[]);
        let still = settled_db(&settings, signal(1.0, 1.0, outside_hz), &[]);
        assert!(moved < -11.5 && still > -2.0, "{shape:?}: {moved:.2} dB by its side, {still:.2} dB by the other");
    }
}

/// Residue above 4 kHz in dBFS when a channel with a full-scale 1 kHz sine goes from one setting to another.
fn residue_db(before: EqSettings, after: EqSettings) -> f64 {
    residue_by_way_of_db(before, before, after)
}

/// The same, when 10 ms after it has set off `by_way_of` another setting it is sent on.
fn residue_by_way_of_db(before: EqSettings, by_way_of: EqSettings, after: EqSettings) -> f64 {
    let settings = |eq| {
        let mut all = ChannelSettings::default();
        all.eq.module = eq;
        all
    };
    let mut chain = Chain::<Channel>::default();
    chain.prepare(RATE, LatencyMode::Live);
    chain.set(&settings(before));
    chain.set_bypass(false);
    let mut signal = sine(72_000, RATE, 1_000.0, 0.0);
    chain.process(&mut signal[..36_007], &[]);
    chain.set(&settings(by_way_of));
    chain.process(&mut signal[36_007..36_487], &[]);
    chain.set(&settings(after));
    chain.process(&mut signal[36_487..], &[]);
    peak_above_db(&tapered(lane(&signal[12_000..], 0), 4_800), RATE, 4_000.0)
}

#[test]
fn a_gain_on_its_way_makes_no_zipper_noise() {
    let idle = one(bell(-6.0, 0.0));
    let busy = one(bell(-6.0, -30.0));
    let mut off = busy;
    off.bands[0].dynamics.on = false;
    let mut up = busy;
    up.bands[0].dynamics.range_db = 6.0;
    let mut moved = busy;
    moved.bands[0].freq_hz = 1_300.0;
    for (what, before, after) in [
        ("attack of 10 ms", idle, busy),
        ("release", busy, idle),
        ("switched off", busy, off),
        ("switched on", off, busy),
        ("range turned over", busy, up),
        ("frequency moved while it acts", busy, moved),
    ] {
        let residue = residue_db(before, after);
        println!("{what}: {residue:.1} dBFS");
        assert!(residue <= -80.0, "{what}: {residue:.1} dBFS above 4 kHz, -80 allowed");
    }
    let mut shaped = busy;
    shaped.bands[0].shape = Shape::LowShelf;
    let mut still = off;
    still.bands[0].gain_db = 6.0;
    for (what, before, by_way_of, after) in
        [("another shape while it acts", busy, busy, shaped), ("switched on while its gain glides", still, off, busy)]
    {
        let residue = residue_by_way_of_db(before, by_way_of, after);
        println!("{what}: {residue:.1} dBFS");
        assert!(residue <= -80.0, "{what}: {residue:.1} dBFS above 4 kHz, -80 allowed");
    }
}

#[test]
fn a_key_that_sets_in_at_once_makes_no_zipper_noise() {
    // Attacks shorter than this are heard as what they are; their residue is that of the move itself.
    for attack_ms in [1.0, 3.0, 10.0] {
        let dynamics = DynamicsSettings { key: Source::External, attack_ms, ..bell(-6.0, -40.0).dynamics };
        let mut keys = sine(72_000, RATE, 1_000.0, -6.0);
        keys[..36_007].fill([0.0; 2]);
        let mut signal = sine(72_000, RATE, 1_000.0, 0.0);
        process(&mut fresh(&one(BandSettings { dynamics, ..bell(0.0, 0.0) })), &mut signal, &keys);
        let residue = peak_above_db(&tapered(lane(&signal[12_000..], 0), 4_800), RATE, 4_000.0);
        println!("attack of {attack_ms} ms: {residue:.1} dBFS");
        assert!(attack_ms < 10.0 || residue <= -80.0, "{attack_ms} ms: {residue:.1} dBFS above 4 kHz, -80 allowed");
    }
}

#[test]
fn the_output_does_not_depend_on_the_blocks() {
    let mut settings = ChannelSettings::default();
    settings.eq.module = one(bell(-12.0, -30.0));
    settings.eq.module.bands[1] = BandSettings { freq_hz: 4_000.0, placement: Placement::Side, ..bell(6.0, -50.0) };
    settings.eq.module.bands[1].dynamics.key = Source::External;
    let (signal, keys) = (white(9_000, 1, -12.0), pink(9_000, 2, -12.0));
    let in_blocks = |length: usize| {
        let mut chain = Chain::<Channel>::default();
        chain.prepare(RATE, LatencyMode::Live);
        chain.set(&settings);
        chain.set_bypass(false);
        let mut output = signal.clone();
        for (frames, keys) in output.chunks_mut(length).zip(keys.chunks(length)) {
            chain.process(frames, keys);
        }
        output
    };
    let whole = in_blocks(9_000);
    for length in [1, 7, 16, 100, 1024] {
        assert!(in_blocks(length) == whole, "blocks of {length}: {:.1} dBFS", null_db(&in_blocks(length), &whole));
    }
}

#[test]
fn nothing_is_allocated_while_bands_follow_and_are_listened_to() {
    let settings = [one(bell(-12.0, -30.0)), one(BandSettings { shape: Shape::Tilt, ..bell(9.0, -60.0) })];
    let mut signal = white(2_000, 1, -12.0);
    let mut eq = fresh(&settings[0]);
    let keys = [[0.0; 2]; CONTROL_INTERVAL];
    nice_assert_no_alloc::assert_no_alloc(|| {
        for i in 0..6 {
            eq.set(&settings[i % 2]);
            eq.listen(if i % 3 == 0 { Listen::Band(0) } else { Listen::Output });
            for run in signal.chunks_mut(CONTROL_INTERVAL) {
                eq.control();
                eq.run(run, &keys[..run.len()]);
            }
        }
    });
}

#[test]
fn listening_to_a_band_lets_only_its_range_be_heard() {
    let band = BandSettings { placement: Placement::Side, ..bell(0.0, 0.0) };
    for (band, freq_hz, expected_db) in [
        // (s/Q) / (s² + s/Q + 1) at 1 and at 1/4 of its frequency: |H|² = 1 / (1 + Q² (r - 1/r)²).
        (BandSettings { gain_db: 9.0, ..bell(-6.0, 0.0) }, 1_000.0, 0.0),
        (BandSettings { q: 2.0, ..bell(-6.0, 0.0) }, 250.0, -10.0 * (1.0f64 + 4.0 * 3.75 * 3.75).log10()),
        (BandSettings { on: false, ..bell(-6.0, 0.0) }, 1_000.0, 0.0),
        (BandSettings { shape: Shape::LowShelf, ..bell(-6.0, 0.0) }, 100.0, 0.0),
        (band, 1_000.0, -300.0),
    ] {
        let mut eq = fresh(&one(band));
        eq.listen(Listen::Band(0));
        let mut signal = sine(48_000, RATE, freq_hz, -6.0);
        process(&mut eq, &mut signal, &[]);
        let heard_db = rms_db(&lane(&signal[24_000..], 0)) + 6.0 + 10.0 * 2f64.log10();
        let near = (heard_db - expected_db).abs() < 0.05 || expected_db < -200.0 && heard_db < -200.0;
        assert!(
            near,
            "{:?} {:?}: {heard_db:.2} dB at {freq_hz} Hz, {expected_db:.2} expected",
            band.shape, band.placement
        );
    }
}

#[test]
fn listening_to_a_band_begins_and_ends_without_a_click_or_a_trace() {
    let mut settings = one(BandSettings { gain_db: 6.0, ..bell(-6.0, 0.0) });
    settings.bands[1] = BandSettings { freq_hz: 2_000.0, ..settings.bands[0] };
    let mut listened = sine(96_000, RATE, 1_000.0, -6.0);
    let mut alone = listened.clone();
    process(&mut fresh(&settings), &mut alone, &[]);
    let mut eq = fresh(&settings);
    for (band, from, to) in
        [(None, 0, 16_000), (Some(0), 16_000, 32_000), (Some(1), 32_000, 48_000), (None, 48_000, 96_000)]
    {
        eq.listen(band.map_or(Listen::Output, Listen::Band));
        process(&mut eq, &mut listened[from..to], &[]);
    }
    let residue = peak_above_db(&tapered(lane(&listened, 0), 4_800), RATE, 4_000.0);
    assert!(residue <= -80.0, "{residue:.1} dBFS above 4 kHz, -80 allowed");
    assert!(listened[60_000..] == alone[60_000..], "afterwards the equaliser is as if nothing had been");
    assert!(peak_db(&listened) < 2.0, "{:.1} dBFS", peak_db(&listened));
}

#[test]
fn an_external_key_silent_for_two_seconds_is_no_key() {
    let mut band = bell(-6.0, -30.0);
    let mut eq = fresh(&one(band));
    process(&mut eq, &mut sine(200_000, RATE, 1_000.0, -12.0), &[]);
    assert_eq!(eq.key(), KeyState::Internal, "the band listens to the sound");

    band.dynamics.key = Source::External;
    let mut eq = fresh(&one(band));
    let key = sine(16, RATE, 1_000.0, -40.0);
    process(&mut eq, &mut sine(16, RATE, 1_000.0, -12.0), &key);
    // The key's last frame is not silent.
    process(&mut eq, &mut sine(95_984, RATE, 1_000.0, -12.0), &[]);
    assert_eq!(eq.key(), KeyState::External, "16 frames less than two seconds of silence");
    process(&mut eq, &mut sine(16, RATE, 1_000.0, -12.0), &[]);
    assert_eq!(eq.key(), KeyState::Silent, "two seconds of silence");
    process(&mut eq, &mut sine(16, RATE, 1_000.0, -12.0), &key);
    assert_eq!(eq.key(), KeyState::External, "a key that sounds again");
    band.dynamics.on = false;
    eq.set(&one(band));
    process(&mut eq, &mut sine(4_800, RATE, 1_000.0, -12.0), &[]);
    assert_eq!(eq.key(), KeyState::Internal, "no band listens any more");
}
