//! Playback devices against their curves, the powers of bands against what they must be, and the score against its formula.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use tandem_dsp::Frame;
use tandem_dsp::monitor::{Heard, Monitor};
use tandem_tests::measure::{lane, response_db};
use tandem_tests::signals::{pink, sine, white};
use tandem_translation::bands::{BANDS, Bands, Powers, centre_hz};
use tandem_translation::score::{ABOVE_NOISE_LU, REGIONS, loudness_lufs, score};
use tandem_translation::{Kind, Playback, all};

/// The curves as they were taken over: frequency in Hz and dB, by device.
fn curves() -> &'static BTreeMap<String, Vec<(f64, f64)>> {
    static CURVES: OnceLock<BTreeMap<String, Vec<(f64, f64)>>> = OnceLock::new();
    CURVES.get_or_init(|| {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/translation/curves.csv");
        let mut curves: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
        for row in csv::Reader::from_path(path).expect("the table is there").into_deserialize() {
            let (device, freq_hz, db): (String, f64, f64) = row.expect("device, frequency, dB");
            curves.entry(device).or_default().push((freq_hz, db));
        }
        curves
    })
}

fn device(id: &str) -> &'static Playback {
    all().iter().find(|device| device.id == id).unwrap_or_else(|| panic!("no device {id}"))
}

#[test]
fn there_are_ten_devices_and_more_and_each_says_where_it_comes_from() {
    assert!(all().len() >= 10, "{} devices", all().len());
    let ids: Vec<_> = all().iter().map(|device| device.id.as_str()).collect();
    for wanted in ["phone", "laptop", "car", "earbuds", "bluetooth", "radio", "monitors", "club", "television"] {
        assert!(ids.contains(&wanted), "{wanted} is missing");
    }
    for device in all() {
        assert!(device.source.split_whitespace().count() > 6, "{}: {}", device.name, device.source);
        let confesses = device.source.contains("not a measurement") || device.source.contains("prefer");
        assert!(device.kind != Kind::Model || confesses, "{} is a model: {}", device.name, device.source);
    }
    assert_eq!(curves().len(), all().len(), "curves and devices");
}

#[test]
fn devices_have_their_curves() {
    let mut worst: (f64, String) = (0.0, String::new());
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        for device in all() {
            let mut monitor = Monitor::default();
            monitor.prepare(rate);
            monitor.set(&Heard { device: Some(&device.filter), ..Heard::default() });
            let start = (0.1 * rate) as usize;
            let mut heard: Vec<Frame> = vec![[0.0; 2]; start + 131_072];
            heard[start] = [1.0; 2];
            monitor.run(&mut heard);
            let response = lane(&heard[start..], 0);
            let at_1_khz = response_db(&response, rate, 1_000.0);
            for (freq_hz, wanted) in &curves()[&device.id] {
                let measured = response_db(&response, rate, *freq_hz) - at_1_khz;
                let off = (measured - wanted).abs();
                let what = format!("{} at {rate} Hz, {freq_hz} Hz: {measured:.2} dB, {wanted} dB are due", device.name);
                assert!(off < 1.0, "{what}");
                if off > worst.0 {
                    worst = (off, what);
                }
            }
        }
    }
    println!("furthest off by {:.2} dB: {}", worst.0, worst.1);
}

/// The bands of a signal, as the audio thread sends it.
fn bands(signal: &[Frame], rate: f64) -> Powers {
    let mut bands = Bands::new(rate);
    for frames in signal.chunks_exact(64) {
        let half = |sign: f64| frames.iter().map(|[l, r]| (0.5 * (l + sign * r)) as f32).collect::<Vec<_>>();
        bands.push(&half(1.0), &half(-1.0));
    }
    bands.mean().expect("something was heard")
}

fn lg(power: f64) -> f64 {
    10.0 * power.log10()
}

#[test]
fn bands_have_their_powers() {
    for rate in [44_100.0, 48_000.0, 192_000.0] {
        for band in [2, 8, 17, 25] {
            let powers = bands(&sine(12 * rate as usize, rate, centre_hz(band), -6.0), rate);
            // A sine of that peak on both sides has half the square.
            let level = lg(powers.mid[band]);
            assert!((level + 9.03).abs() < 0.3, "{rate} Hz: band {band} reads {level:.2} dB, -9.03 are due");
            let side: f64 = powers.side.iter().sum();
            assert!(side < 1e-12, "the side of mono has {side}");
        }
        // White noise has its power where its band is wide: twice the width over the rate.
        let powers = bands(&white(20 * rate as usize, 3, -20.0), rate);
        for band in 12..BANDS {
            let wide = centre_hz(band) * (10f64.powf(0.05) - 10f64.powf(-0.05));
            let wanted = -20.0 + lg(2.0 * wide / rate);
            let level = lg(powers.both(band));
            assert!((level - wanted).abs() < 0.6, "{rate} Hz: band {band} reads {level:.2} dB, {wanted:.2} are due");
        }
    }
}

#[test]
fn the_whole_of_a_sound_counts_alike() {
    // A second of noise in the middle of four, and the same at either end: a quarter of its power.
    let noise = white(48_000, 5, -20.0);
    let level = |from: usize, frames: usize| {
        let mut sound = vec![[0.0; 2]; frames];
        sound[from..from + noise.len()].copy_from_slice(&noise);
        lg(Powers::of(&sound, 48_000.0).expect("noise").both(25))
    };
    let alone = level(0, 48_000);
    for from in [0, 72_000, 144_000] {
        let level = level(from, 192_000);
        assert!((level - alone + 6.02).abs() < 0.15, "from {from}: {level:.2} dB, a quarter of {alone:.2} is due");
    }
    assert_eq!(Powers::of(&[[0.0; 2]; 9_600], 48_000.0), None, "silence has no powers");
    assert_eq!(Powers::of(&[], 48_000.0), None, "nothing has no powers");
}

#[test]
fn loudness_from_bands_is_that_of_the_standard() {
    let noise = pink(480_000, 7, -18.0);
    let mut meter = ebur128::EbuR128::new(2, 48_000, ebur128::Mode::I).expect("a meter");
    meter.add_frames_f64(noise.as_flattened()).expect("frames");
    let (ours, theirs) = (loudness_lufs(&bands(&noise, 48_000.0)), meter.loudness_global().expect("a loudness"));
    assert!((ours - theirs).abs() < 0.2, "{ours:.2} LUFS, ebur128 reads {theirs:.2}");
}

/// All bands alike, on both sides.
fn flat() -> Powers {
    Powers { mid: [1e-4; BANDS], side: [0.0; BANDS] }
}

/// The device's gain in a band as its curve has it, linear in power.
fn gain(device: &Playback, band: usize) -> f64 {
    let nearest = |(freq_hz, _): &&(f64, f64)| ((freq_hz / centre_hz(band)).ln().abs() * 1e6) as u64;
    let (_, db) = curves()[&device.id].iter().min_by_key(nearest).expect("a curve has points");
    10f64.powf(0.1 * db)
}

/// K-weighting at a band's middle, from the analogue filter that the standard's 48 kHz table is the transform of: stage 1
/// a shelf of +4 dB at 1682 Hz, stage 2 a high-pass at 38 Hz with Q 0.5.
fn k(band: usize) -> f64 {
    let warp = |freq_hz: f64| (std::f64::consts::PI * freq_hz / 48_000.0).tan();
    let two_pole = |f0: f64, q: f64, b: [f64; 3]| {
        let s = warp(centre_hz(band)) / warp(f0);
        let at = |c: [f64; 3]| (c[0] - c[2] * s * s).powi(2) + (c[1] * s).powi(2);
        at(b) / at([1.0, 1.0 / q, 1.0])
    };
    let high = 10f64.powf(3.999_843_853_973_347 / 20.0);
    let q = 0.707_175_236_955_419_6;
    let shelf = two_pole(1_681.974_450_955_533, q, [1.0, high.powf(0.499_666_774_154_541_6) / q, high]);
    shelf * two_pole(38.135_470_876_024_44, 0.500_327_037_323_877_3, [0.0, 0.0, 1.0])
}

#[test]
fn the_score_is_its_formula() {
    // Devices whose curves go from 20 Hz to 20 kHz.
    for id in ["phone", "car", "bluetooth", "monitors", "club", "television", "earbuds"] {
        let device = device(id);
        let scored = score(&flat(), device, None);
        let weighted =
            |power: fn(&Playback, usize) -> f64| (0..BANDS).map(|band| k(band) * power(device, band)).sum::<f64>();
        let loudness = lg(weighted(gain) / weighted(|_, _| 1.0));
        let off = (scored.loudness_lu - loudness).abs();
        assert!(off < 0.3, "{id}: {:.2} LU, the formula gives {loudness:.2}", scored.loudness_lu);
        for (region, db) in REGIONS.iter().zip(scored.regions_db) {
            let bands = region.bands.clone();
            let wanted = lg(bands.clone().map(|band| gain(device, band)).sum::<f64>() / bands.len() as f64) - loudness;
            let db = db.expect("there is sound in every region");
            let what = format!("{id}, {}: {db:.2} dB, the formula gives {wanted:.2}", region.name);
            assert!((db - wanted).abs() < 0.5 || (wanted < -59.0 && db < -59.0), "{what}");
        }
    }
}

#[test]
fn one_channel_loses_what_is_not_in_the_middle() {
    let phone = device("phone");
    assert_eq!(score(&flat(), phone, None).fold_lu, 0.0, "mono loses nothing");
    let unrelated = Powers { mid: [1e-4; BANDS], side: [1e-4; BANDS] };
    let lost = score(&unrelated, phone, None).fold_lu;
    assert!((lost + 3.01).abs() < 0.01, "unrelated channels lose {lost:.2} LU, -3.01 are due");
    let words = score(&unrelated, phone, None).words();
    assert!(words.contains("3 LU lost in mono"), "{words}");
    assert_eq!(score(&unrelated, device("car"), None).fold_lu, 0.0, "a device with two channels loses none");
}

#[test]
fn words_say_what_the_figures_are() {
    // A bass at 50 Hz and a tone at 1 kHz, equally strong.
    let mut powers = Powers::default();
    (powers.mid[4], powers.mid[17]) = (1e-3, 1e-3);
    let phone = score(&powers, device("phone"), None);
    assert!(phone.words().starts_with("no bass line"), "{}", phone.words());
    let car = score(&powers, device("car"), None);
    let (freq_hz, db) = car.stands_out.expect("the bass stands out");
    assert!((freq_hz - 50.1).abs() < 0.1, "{freq_hz} Hz");
    let wanted = lg(gain(device("car"), 4)) - car.loudness_lu;
    assert!((db - wanted).abs() < 0.2, "{db:.2} dB at 50 Hz, {wanted:.2} are due");
    assert!(car.words().contains(&format!("50 Hz {wanted:+.0} dB")), "{}", car.words());
    assert_eq!(score(&powers, device("living_room"), None).regions_db[1], None, "nothing is in the body");
}

#[test]
fn a_soft_passage_is_under_the_noise_of_a_road() {
    let powers = flat();
    let now = loudness_lufs(&powers);
    for (song_lufs, above) in [(now, ABOVE_NOISE_LU), (now + 12.0, ABOVE_NOISE_LU - 12.0)] {
        let scored = score(&powers, device("car"), Some(song_lufs));
        let (passage, regions) = scored.above_noise_lu.expect("a car is loud");
        assert!((passage - above).abs() < 1e-9, "{passage:.2} LU above the noise, {above} are due");
        // The noise falls, so what is low is under it first.
        assert!(regions[0] < regions[3], "{regions:?}");
    }
    let words = score(&powers, device("car"), Some(now + 12.0)).words();
    assert!(words.contains("this passage 4 dB under road noise"), "{words}");
    assert_eq!(score(&powers, device("car"), None).above_noise_lu, None, "before the song's loudness is known");
    assert_eq!(score(&powers, device("phone"), Some(now)).above_noise_lu, None, "a phone is heard in silence");
}
