//! The graphic equaliser against the curves it is to follow.

use nice_assert_no_alloc::assert_no_alloc;
use tandem_dsp::block::graphic::{BANDS, CENTRES_HZ, Curve, Graphic};
use tandem_dsp::{CONTROL_INTERVAL, Frame};
use tandem_tests::measure::{lane, peak_above_db, response_db, tapered};
use tandem_tests::signals::{Random, impulse, sine, white};

const RATES: [f64; 4] = [44_100.0, 48_000.0, 96_000.0, 192_000.0];

/// Octaves above 1 kHz of each third.
fn octaves(band: usize) -> f64 {
    (CENTRES_HZ[band] / 1_000.0).log2()
}

/// Smooth curves within 12 dB: level, tilts, shelves, bells and waves of three octaves and more.
fn curves() -> Vec<(String, Curve)> {
    let mut curves: Vec<(String, Curve)> = vec![
        ("level".into(), [12.0; BANDS]),
        ("tilt".into(), std::array::from_fn(|i| 2.4 * octaves(i).clamp(-5.0, 5.0))),
        ("fall".into(), std::array::from_fn(|i| -2.4 * octaves(i).clamp(-5.0, 5.0))),
        ("low shelf".into(), std::array::from_fn(|i| 12.0 / (1.0 + (2.0 * (octaves(i) + 3.0)).exp()))),
        ("high cut".into(), std::array::from_fn(|i| -12.0 / (1.0 + (-2.0 * (octaves(i) - 3.0)).exp()))),
        ("bell".into(), std::array::from_fn(|i| -12.0 * (-octaves(i) * octaves(i)).exp())),
    ];
    for waves in 1..=3 {
        for phase in [0.0, 1.0, 2.0, 4.0] {
            let wave = |i| 12.0 * (std::f64::consts::TAU * f64::from(waves) * i as f64 / 30.0 + phase).sin();
            curves.push((format!("{waves} waves from {phase}"), std::array::from_fn(wave)));
        }
    }
    curves
}

fn run(graphic: &mut Graphic, frames: &mut [Frame]) {
    for run in frames.chunks_mut(CONTROL_INTERVAL) {
        graphic.control();
        graphic.run(run);
    }
}

fn filtered(rate: f64, curve: &Curve, mut signal: Vec<Frame>) -> Vec<Frame> {
    let mut graphic = Graphic::new(rate);
    graphic.aim(curve);
    run(&mut graphic, &mut signal);
    signal
}

#[test]
fn the_measured_response_follows_the_curve_at_every_third() {
    let mut worst = (0.0f64, String::new());
    for rate in RATES {
        for (name, curve) in curves() {
            let measured = lane(&filtered(rate, &curve, impulse(2 * rate as usize)), 1);
            for (band, hz) in CENTRES_HZ.iter().enumerate().filter(|(_, hz)| **hz < 0.45 * rate) {
                let got = response_db(&measured, rate, *hz);
                let off = (got - curve[band]).abs();
                if off.is_nan() || off > worst.0 {
                    worst = (off, format!("{name} at {rate} Hz: {got:.3} dB at {hz:.0} Hz, {:.3} asked", curve[band]));
                }
                assert!(off <= 0.5, "{}; 0.5 dB allowed", worst.1);
            }
        }
    }
    println!("worst: {}", worst.1);
}

#[test]
fn between_the_thirds_it_stays_between_the_neighbours() {
    let mut worst = (0.0f64, String::new());
    for rate in RATES {
        for (name, curve) in curves() {
            let mut graphic = Graphic::new(rate);
            graphic.aim(&curve);
            for band in (0..BANDS - 1).filter(|band| CENTRES_HZ[band + 1] < 0.45 * rate) {
                for part in [0.25, 0.5, 0.75] {
                    let hz = CENTRES_HZ[band] * 10f64.powf(0.1 * part);
                    let got = graphic.magnitude_db(hz);
                    let (low, high) = (curve[band].min(curve[band + 1]), curve[band].max(curve[band + 1]));
                    let off = (low - got).max(got - high).max(0.0);
                    if off > worst.0 {
                        worst = (off, format!("{name} at {rate} Hz: {got:.2} dB at {hz:.0} Hz, {low:.2} to {high:.2}"));
                    }
                }
            }
        }
    }
    println!("worst: {} off: {}", worst.0, worst.1);
    assert!(worst.0 <= 1.0, "{}; 1 dB allowed", worst.1);
}

#[test]
fn reported_response_is_measured_response() {
    for rate in RATES {
        let mut random = Random::new(3);
        let curve: Curve = std::array::from_fn(|_| 8.0 * random.uniform() - 4.0);
        let measured = lane(&filtered(rate, &curve, impulse(4 * rate as usize)), 0);
        let mut graphic = Graphic::new(rate);
        graphic.aim(&curve);
        for step in 0..60 {
            let hz = 15.0 * 1_300f64.powf(f64::from(step) / 59.0);
            let (got, said) = (response_db(&measured, rate, hz), graphic.magnitude_db(hz));
            assert!((got - said).abs() < 0.01, "{rate} Hz: {got:.4} dB at {hz:.0} Hz, {said:.4} reported");
        }
    }
}

#[test]
fn a_flat_curve_passes_bit_for_bit() {
    let noise = white(5_000, 4, -12.0);
    assert!(filtered(48_000.0, &[0.0; BANDS], noise.clone()) == noise);
}

#[test]
fn steps_of_the_curve_make_no_zipper_noise() {
    for (name, from, to) in [("6 dB at 1 kHz", 6.0, 0.0), ("on", 0.0, 6.0), ("turned over", 3.0, -3.0)] {
        let at_1_khz = |gain: f64| std::array::from_fn(|i| gain * (-octaves(i) * octaves(i)).exp());
        let level = |gain: f64| [gain; BANDS];
        for (shape, curve) in [("bell", &at_1_khz as &dyn Fn(f64) -> Curve), ("level", &level)] {
            let mut graphic = Graphic::new(48_000.0);
            let mut signal = sine(48_000, 48_000.0, 1_000.0, 0.0);
            graphic.aim(&curve(from));
            // A run has an end at each control tick; what is aimed at may change at each.
            run(&mut graphic, &mut signal[..24_000]);
            graphic.aim(&curve(to));
            run(&mut graphic, &mut signal[24_000..]);
            let left_db = peak_above_db(&tapered(lane(&signal, 0), 4_800), 48_000.0, 4_000.0);
            println!("{name}, {shape}: {left_db:.1} dBFS");
            assert!(left_db <= -80.0, "{name}, {shape}: {left_db:.1} dBFS above 4 kHz, -80 allowed");
        }
    }
}

#[test]
fn turned_back_on_its_way_it_arrives_and_stays_smooth() {
    let curve: Curve = std::array::from_fn(|i| 6.0 * (-octaves(i) * octaves(i)).exp());
    let mut graphic = Graphic::new(48_000.0);
    graphic.aim(&[0.0; BANDS]);
    let mut signal = sine(96_000, 48_000.0, 1_000.0, 0.0);
    for (turn, frames) in signal.chunks_mut(288).enumerate() {
        if turn < 40 {
            graphic.aim(if turn % 2 == 0 { &curve } else { &[0.0; BANDS] });
        }
        run(&mut graphic, frames);
    }
    assert!(graphic.is_settled());
    assert!(signal[90_000..].iter().zip(&sine(96_000, 48_000.0, 1_000.0, 0.0)[90_000..]).all(|(a, b)| a == b));
    let left_db = peak_above_db(&tapered(lane(&signal, 0), 4_800), 48_000.0, 4_000.0);
    assert!(left_db <= -80.0, "{left_db:.1} dBFS above 4 kHz, -80 allowed");
}

#[test]
fn any_curve_is_stable_and_nothing_allocates() {
    let mut random = Random::new(9);
    let mut graphic = Graphic::new(44_100.0);
    let mut noise = white(44_100, 5, -20.0);
    assert_no_alloc(|| {
        for frames in noise.chunks_mut(441) {
            graphic.aim(&std::array::from_fn(|_| 24.0 * random.uniform() - 12.0));
            run(&mut graphic, frames);
        }
    });
    assert!(noise.as_flattened().iter().all(|x| x.abs() < 1e4), "stays finite");
}
