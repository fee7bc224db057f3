//! Multiband dynamics: an exact idle, and each band by its own curve and times.

use super::alone::{a_run_is_ticks, is_off_until_asked, keeps_its_promises, told};
use tandem_dsp::module::multiband::{BandSettings, Channels, Count, Law, Multiband, MultibandSettings, RANGE};
use tandem_dsp::units::gain_to_db;
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use tandem_tests::measure::{lane, peak_above_db, rms_db, tapered};
use tandem_tests::signals::{pink, sine, white};

const RATE: f64 = 48_000.0;

fn started(settings: &MultibandSettings) -> Multiband {
    let mut multiband = Multiband::default();
    multiband.prepare(RATE, LatencyMode::Mix);
    multiband.set(settings);
    multiband
}

fn process(multiband: &mut Multiband, input: &[Frame]) -> Vec<Frame> {
    let mut output = input.to_vec();
    let keys = [[0.0; 2]; CONTROL_INTERVAL];
    for run in output.chunks_mut(CONTROL_INTERVAL) {
        multiband.control();
        multiband.run(run, &keys[..run.len()]);
    }
    output
}

fn with_band(i: usize, band: BandSettings) -> MultibandSettings {
    let mut settings = MultibandSettings::default();
    settings.bands[i] = band;
    settings
}

/// Frequencies in the middle of the four bands that a fresh module has.
const MIDDLES: [f64; 4] = [60.0, 310.0, 2_000.0, 12_000.0];

/// Gain in dB that a steady sine ends up with.
fn settled_db(settings: &MultibandSettings, freq_hz: f64, level_db: f64) -> f64 {
    let input = sine(96_000, RATE, freq_hz, level_db);
    let output = process(&mut started(settings), &input);
    rms_db(&lane(&output, 0)[48_000..]) - rms_db(&lane(&input, 0)[48_000..])
}

#[test]
fn idle_bands_change_no_bit() {
    let noise = pink(48_000, 8, -12.0);
    assert!(process(&mut started(&MultibandSettings::default()), &noise) == noise, "flat laws");
    // Compressors that nothing reaches: peaks of the noise stay below about 0 dBFS.
    let mut waiting = MultibandSettings::default();
    for band in &mut waiting.bands {
        *band = BandSettings { threshold_db: 0.0, above_percent: 75.0, ..*band };
    }
    let soft: Vec<Frame> = noise.iter().map(|frame| frame.map(|x| 0.1 * x)).collect();
    assert!(process(&mut started(&waiting), &soft) == soft, "compressors waiting");
}

#[test]
fn each_band_follows_its_curve() {
    for (i, freq_hz) in MIDDLES.into_iter().enumerate() {
        for (above_percent, below_percent) in [(50.0, 0.0), (100.0, 0.0), (-40.0, 0.0), (0.0, 50.0), (0.0, -50.0)] {
            let band = BandSettings {
                threshold_db: -30.0,
                above_percent,
                below_percent,
                attack_ms: 10.0,
                release_ms: 100.0,
                ..BandSettings::default()
            };
            for level_db in [-45.0, -30.0, -15.0] {
                // Beyond the 6 dB knee: the part of what is over, or under, the threshold; in its middle half a parabola,
                // width / 8 (Giannoulis, Massberg and Reiss 2012, equation 4).
                let knee = 6.0 / 8.0;
                let expected = match level_db {
                    -45.0 => 0.15 * below_percent,
                    -30.0 => knee / 100.0 * (below_percent - above_percent),
                    _ => -0.15 * above_percent,
                }
                .clamp(-12.0, 12.0);
                let measured = settled_db(&with_band(i, band), freq_hz, level_db);
                assert!(
                    (measured - expected).abs() < 0.3,
                    "band {i}, {above_percent} % above, {below_percent} % below, {level_db} dB: {measured:.2} dB, \
                     {expected:.2} expected"
                );
            }
        }
    }
}

#[test]
fn range_bounds_every_band() {
    let band = BandSettings { threshold_db: -50.0, above_percent: 100.0, ..BandSettings::default() };
    for range_db in [0.0, 4.0, RANGE.range.1] {
        let settings = MultibandSettings { range_db, ..with_band(2, band) };
        let measured = settled_db(&settings, MIDDLES[2], -6.0);
        assert!((measured + range_db).abs() < 0.3, "{measured:.2} dB with a range of {range_db} dB");
    }
}

#[test]
fn a_band_leaves_its_neighbours_alone() {
    let band = BandSettings { threshold_db: -30.0, above_percent: 50.0, ..BandSettings::default() };
    // A loud bass moves its own band; tones in the others beside it do not move.
    let bass = sine(96_000, RATE, 50.0, -6.0);
    for freq_hz in [800.0, 3_000.0, 12_000.0] {
        let tone = sine(96_000, RATE, freq_hz, -60.0);
        let both: Vec<Frame> = bass.iter().zip(&tone).map(|(a, b)| [a[0] + b[0], a[1] + b[1]]).collect();
        let all = MultibandSettings { bands: [band; 5], ..MultibandSettings::default() };
        let output = process(&mut started(&all), &both);
        let level = |frames: &[Frame]| {
            let w = std::f64::consts::TAU * freq_hz / RATE;
            let (re, im) = lane(frames, 0)[48_000..]
                .iter()
                .enumerate()
                .fold((0.0, 0.0), |(re, im), (n, x)| (re + x * (w * n as f64).cos(), im + x * (w * n as f64).sin()));
            gain_to_db(f64::hypot(re, im))
        };
        let moved = level(&output) - level(&both);
        assert!(moved.abs() < 0.5, "a tone at {freq_hz} Hz moved by {moved:.2} dB with the bass");
    }
}

#[test]
fn a_detector_hears_nothing_of_what_is_far_below_its_band() {
    // 24 dB/oct: four octaves below the third band a full-scale bass is 96.3 dB down, and far under -100 dB in the fourth.
    // No threshold is under -60 dB. What is read is the highest: 5 ms leave 1 / √(1 + (2π 0.5)²) of the power's ripple
    // at 100 Hz, so that it stands 1.15 dB over the mean.
    let mut multiband = started(&MultibandSettings::default());
    let second = sine(48_000, RATE, 50.0, 0.0);
    process(&mut multiband, &second);
    // Asked, it forgets what was highest.
    told(&mut multiband, "level_1");
    for (id, range_db) in [("level_3", -95.7..-94.7), ("level_4", -140.0..-100.0), ("level_1", 0.7..1.3)] {
        process(&mut multiband, &second);
        let level_db = told(&mut multiband, id);
        assert!(range_db.contains(&level_db), "{id}: {level_db:.1} dB of a bass, {range_db:?} expected");
    }
}

#[test]
fn gain_moves_by_63_per_cent_in_attack_and_release() {
    let band = BandSettings {
        threshold_db: -40.0,
        above_percent: 50.0,
        attack_ms: 50.0,
        release_ms: 200.0,
        ..BandSettings::default()
    };
    // 2 kHz, 20 dB louder for a second, then back. The level itself takes 5 ms.
    let mut input = sine(48_000, RATE, 2_000.0, -50.0);
    input.extend(sine(48_000, RATE, 2_000.0, -20.0));
    input.extend(sine(48_000, RATE, 2_000.0, -50.0));
    let output = process(&mut started(&with_band(2, band)), &input);
    let gain_db = |at_ms: f64| {
        let at = (at_ms * 48.0) as usize;
        rms_db(&lane(&output, 0)[at..at + 96]) - rms_db(&lane(&input, 0)[at..at + 96])
    };
    let (full, rest) = (gain_db(1_990.0), gain_db(990.0));
    assert!((full + 10.0).abs() < 0.3 && rest.abs() < 0.05, "{full:.2} dB of 10, {rest:.2} dB at rest");
    let attack = (1..400).find(|ms| gain_db(1_000.0 + f64::from(*ms)) < 0.632 * full).map(f64::from);
    let release = (1..900).find(|ms| gain_db(2_000.0 + f64::from(*ms)) > 0.368 * full).map(f64::from);
    assert!(attack.is_some_and(|ms| (ms - 50.0).abs() < 8.0), "attack of 50 ms took {attack:?} ms");
    // The level falls by 30 dB with its own 5 ms before the gain may follow: 17 ms to the knee.
    assert!(release.is_some_and(|ms| (ms - 200.0).abs() < 25.0), "release of 200 ms took {release:?} ms");
}

#[test]
fn mid_and_side_are_moved_apart() {
    let band = BandSettings { threshold_db: -40.0, above_percent: 50.0, ..BandSettings::default() };
    let middle = sine(96_000, RATE, 2_000.0, -20.0);
    let side: Vec<Frame> = middle.iter().map(|[left, right]| [*left, -right]).collect();
    for (channels, moves_middle, moves_side) in
        [(Channels::Stereo, true, true), (Channels::Mid, true, false), (Channels::Side, false, true)]
    {
        let settings = MultibandSettings { channels, ..with_band(2, band) };
        for (what, input, moves) in [("middle", &middle, moves_middle), ("side", &side, moves_side)] {
            let output = process(&mut started(&settings), input);
            let moved = rms_db(&lane(&output, 0)[48_000..]) - rms_db(&lane(input, 0)[48_000..]);
            let expected = if moves { -10.0 } else { 0.0 };
            assert!((moved - expected).abs() < 0.3, "{channels:?}: the {what} moved by {moved:.2} dB");
        }
    }
}

#[test]
fn fewer_bands_reach_to_the_ends() {
    let band = BandSettings { threshold_db: -40.0, above_percent: 50.0, ..BandSettings::default() };
    for (count, freq_hz) in [(Count::Two, 15_000.0), (Count::Three, 15_000.0), (Count::Five, 15_000.0)] {
        let top = count.bands() - 1;
        let settings = MultibandSettings { count, ..with_band(top, band) };
        let moved = settled_db(&settings, freq_hz, -20.0);
        assert!((moved + 10.0).abs() < 0.5, "{count:?}: the top band moves 15 kHz by {moved:.2} dB");
    }
}

#[test]
fn controls_move_without_zipper() {
    let tone = sine(96_000, RATE, 1_000.0, 0.0);
    let own = |gain_db| with_band(2, BandSettings { gain_db, ..BandSettings::default() });
    let crossed = |hz: f64| {
        let mut settings = own(-6.0);
        settings.crossover_hz[1] = hz;
        settings
    };
    let aside = MultibandSettings { channels: Channels::Side, ..own(-6.0) };
    for (what, from, to) in
        [("gain", own(0.0), own(-6.0)), ("crossover", crossed(400.0), crossed(1_200.0)), ("channels", own(-6.0), aside)]
    {
        let mut multiband = started(&from);
        let mut output = process(&mut multiband, &tone[..32_000]);
        multiband.set(&to);
        output.extend(process(&mut multiband, &tone[32_000..64_000]));
        multiband.set(&from);
        output.extend(process(&mut multiband, &tone[64_000..]));
        let residue = peak_above_db(&tapered(lane(&output, 0), 4_000), RATE, 4_000.0);
        assert!(residue <= -80.0, "{what}: {residue:.1} dBFS above 4 kHz");
    }
}

#[test]
fn a_band_can_be_heard_alone() {
    let mut multiband = started(&MultibandSettings::default());
    multiband.listen(Listen::Band(2));
    let noise = white(96_000, 4, -12.0);
    process(&mut multiband, &noise[..48_000]);
    let solo = lane(&process(&mut multiband, &noise[48_000..]), 0);
    let share = |from_hz: f64, to_hz: f64| {
        let bins = tandem_tests::measure::spectrum(&solo);
        let hz = RATE / solo.len() as f64;
        bins.iter()
            .enumerate()
            .filter(|(k, _)| (from_hz..to_hz).contains(&(*k as f64 * hz)))
            .map(|(_, x)| x * x)
            .sum::<f64>()
    };
    assert!(share(800.0, 5_000.0) > 10.0 * share(0.0, 400.0), "little of what is below the band");
    assert!(share(800.0, 5_000.0) > 3.0 * share(10_000.0, 24_000.0), "little of what is above the band");
}

#[test]
fn reported_law_is_continuous_and_bounded() {
    let band = BandSettings { above_percent: 80.0, below_percent: 60.0, ..BandSettings::default() };
    let law = Law::new(&band, 9.0);
    for step in -1_200..0 {
        let (a, b) = (law.gain_db(f64::from(step) * 0.1), law.gain_db(f64::from(step + 1) * 0.1));
        assert!((a - b).abs() < 0.11 && a.abs() <= 9.0, "{a} and {b} dB next to each other");
    }
}

#[test]
fn a_run_is_tick_after_tick() {
    a_run_is_ticks::<Multiband>(LatencyMode::Mix);
}

#[test]
fn keeps_what_every_module_promises() {
    is_off_until_asked::<Multiband>();
    keeps_its_promises::<Multiband>([0.0; 3]);
}
