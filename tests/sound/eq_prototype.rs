//! The equaliser against its analogue prototypes, and how smoothly it gets from one setting to another.

use tandem_dsp::block::matched;
use tandem_dsp::control::Enumerated;
use tandem_dsp::module::eq::{BandSettings, EqSettings, HighPassSettings, LowPassSettings, Placement, Shape, Slope};

const RATES: [f64; 5] = [44_100.0, 48_000.0, 88_200.0, 96_000.0, 192_000.0];

/// Where the prototype is lower than this nothing is asked for.
const FLOOR_DB: f64 = -40.0;

/// How far the worst filter of several strays.
#[derive(Default)]
struct Worst {
    error_db: f64,
    filter: String,
}

impl Worst {
    /// Compares the settings' response with their prototype's from 20 Hz to 20 kHz, closely about `freq_hz`.
    fn look(&mut self, settings: &EqSettings, rate: f64, freq_hz: f64, filter: impl Fn() -> String) {
        let response = settings.response(rate);
        let even = (0..50).map(|i| 20.0 * 1000f64.powf(f64::from(i) / 49.0));
        let high = (0..20).map(|i| 10_500.0 + 500.0 * f64::from(i));
        let near = (-20..=20).map(|i| freq_hz * (f64::from(i) * f64::from(i).abs() * 0.002).exp2());
        for at in even.chain(high).chain(near).filter(|at| (20.0..=20_000.0).contains(at)) {
            let aim = settings.prototype_db(rate, at, Placement::Stereo);
            let error_db = response.magnitude_db(at, Placement::Stereo) - aim;
            if aim > FLOOR_DB && error_db.is_nan() | (error_db.abs() > self.error_db) {
                self.error_db = if error_db.is_nan() { f64::INFINITY } else { error_db.abs() };
                self.filter =
                    format!("{} at {rate} Hz: {error_db:+.3} dB at {at:.0} Hz, where {aim:.2} are due", filter());
            }
        }
    }

    fn look_at_band(&mut self, rate: f64, shape: Shape, freq_hz: f64, gain_db: f64, q: f64) {
        let settings = band(shape, freq_hz, gain_db, q);
        self.look(&settings, rate, freq_hz, || format!("{shape:?} {freq_hz} Hz {gain_db} dB Q {q}"));
    }

    fn look_at_cuts(&mut self, rate: f64, slope: Slope, freq_hz: f64) {
        let [high_pass, low_pass] = cuts(slope, freq_hz);
        self.look(&high_pass, rate, freq_hz, || format!("high-pass {slope:?} {freq_hz} Hz"));
        self.look(&low_pass, rate, freq_hz, || format!("low-pass {slope:?} {freq_hz} Hz"));
    }

    fn assert_within(&self, allowed_db: f64) {
        println!("worst: {}", self.filter);
        assert!(self.error_db <= allowed_db, "{}; {allowed_db} dB allowed", self.filter);
    }
}

fn band(shape: Shape, freq_hz: f64, gain_db: f64, q: f64) -> EqSettings {
    let mut settings = EqSettings::default();
    settings.bands[0] = BandSettings { on: true, shape, freq_hz, gain_db, q, ..Default::default() };
    settings
}

fn cuts(slope: Slope, freq_hz: f64) -> [EqSettings; 2] {
    let [mut high, mut low] = [EqSettings::default(); 2];
    high.high_pass = HighPassSettings { on: true, freq_hz, slope };
    low.low_pass = LowPassSettings { on: true, freq_hz, slope };
    [high, low]
}

/// Frequencies from 10 Hz to `top`, closer the higher.
fn frequencies(top: f64) -> impl Iterator<Item = f64> {
    let low = [10.0, 31.0, 100.0, 315.0, 1_000.0, 2_000.0, 3_000.0].into_iter();
    low.chain((8..=60).map(|i| 500.0 * f64::from(i)).filter(|f| *f <= 24_000.0 || f % 2_000.0 == 0.0))
        .filter(move |f| *f <= top)
}

#[test]
fn bells_and_12_db_cuts_follow_their_prototypes_within_0_2_db() {
    let mut worst = Worst::default();
    for rate in RATES {
        for freq_hz in frequencies(16_000.0) {
            for gain_db in [-12.0, -5.0, 1.0, 6.0, 12.0] {
                for q in [0.3, 0.5, 0.71, 1.0, 1.7, 3.0, 5.5, 10.0] {
                    worst.look_at_band(rate, Shape::Bell, freq_hz, gain_db, q);
                }
            }
            worst.look_at_cuts(rate, Slope::Db12, freq_hz);
        }
    }
    worst.assert_within(0.2);
}

#[test]
fn shelves_and_tilts_up_to_q_2_2_follow_their_prototypes_within_0_2_db() {
    let mut worst = Worst::default();
    for rate in RATES {
        for freq_hz in frequencies(16_000.0) {
            for gain_db in [-12.0, 3.0, 12.0] {
                for q in [0.3, 0.5, 0.71, 1.0, 1.7, 2.2] {
                    for shape in [Shape::LowShelf, Shape::HighShelf, Shape::Tilt] {
                        worst.look_at_band(rate, shape, freq_hz, gain_db, q);
                    }
                }
            }
        }
    }
    worst.assert_within(0.2);
}

#[test]
fn every_filter_follows_its_prototype_within_0_5_db_everywhere() {
    let mut worst = Worst::default();
    for rate in RATES {
        for freq_hz in frequencies(30_000.0) {
            for &shape in Shape::ALL {
                for gain_db in [-24.0, -14.0, 4.0, 24.0].into_iter().take(if shape.has_gain() { 4 } else { 1 }) {
                    for q in [0.1, 0.25, 0.6, 1.0, 1.6, 4.0, 12.0, 40.0] {
                        worst.look_at_band(rate, shape, freq_hz, gain_db, q);
                    }
                }
            }
            for &slope in Slope::ALL {
                worst.look_at_cuts(rate, slope, freq_hz);
            }
        }
    }
    worst.assert_within(0.5);
}

#[test]
fn the_frequency_scale_is_as_straight_as_four_parameters_can_make_it() {
    // Chebyshev: best is what reaches its largest error five times with alternating sign.
    let errors: Vec<f64> = (1..=20_000)
        .map(|i| matched::TOP * f64::from(i) / 20_000.0)
        .map(|theta| (matched::scale(theta) / (theta * theta)).ln())
        .collect();
    let mut extremes = vec![errors[0]];
    for &error in &errors {
        let last = extremes.last_mut().expect("one at least");
        if error.signum() != last.signum() {
            extremes.push(error);
        } else if error.abs() > last.abs() {
            *last = error;
        }
    }
    let [least, most] = [f64::min, f64::max].map(|pick| extremes.iter().map(|e| e.abs()).reduce(pick).expect("some"));
    assert!(extremes.len() == 5 && least > 0.999 * most, "extremes {extremes:?}");
    assert!(most < 0.0053, "off by {most}");
}

/// The frequencies of a picture of the response.
fn picture() -> Vec<f64> {
    (0..60).map(|i| 30.0 * (20_000.0f64 / 30.0).powf(f64::from(i) / 59.0)).collect()
}

/// The largest change of a filter's response from one setting to the next, along a way `from` a place `to` another in
/// `steps` steps, where the prototype is not far down; and the place. What the prototype changes is not counted, three
/// times over.
fn largest_change_db(setting: &dyn Fn(f64) -> EqSettings, from: f64, to: f64, steps: usize) -> (f64, f64) {
    const RATE: f64 = 44_100.0;
    let picture = picture();
    let place = |step: usize| from + (to - from) * step as f64 / steps as f64;
    let at = |step: usize| -> Vec<(f64, f64)> {
        let settings = setting(place(step));
        let response = settings.response(RATE);
        let both =
            |&f: &f64| (response.magnitude_db(f, Placement::Stereo), settings.prototype_db(RATE, f, Placement::Stereo));
        picture.iter().map(both).collect()
    };
    let mut before = at(0);
    let mut worst = (0.0, from);
    for step in 1..=steps {
        let now = at(step);
        for (old, new) in before.iter().zip(&now).filter(|(old, _)| old.1 > FLOOR_DB) {
            let change = (new.0 - old.0).abs() - 3.0 * (new.1 - old.1).abs();
            if change > worst.0 {
                worst = (change, place(step - 1));
            }
        }
        before = now;
    }
    worst
}

/// A jump does not become smaller with the step.
fn assert_without_jump(what: &str, setting: &dyn Fn(f64) -> EqSettings) {
    const STEPS: usize = 1000;
    const FINER: usize = 32;
    let (coarse, place) = largest_change_db(setting, 0.0, 1.0, STEPS);
    if coarse > 0.001 {
        let (fine, _) = largest_change_db(setting, place, place + 1.0 / STEPS as f64, FINER);
        assert!(
            fine < 0.2 * coarse,
            "{what}: {coarse:.4} dB in a step at {place:.3} of the way, {fine:.4} in 1/{FINER}"
        );
    }
}

#[test]
fn a_small_step_of_any_control_is_a_small_step_of_the_response() {
    let log = |low: f64, high: f64, way: f64| low * (high / low).powf(way);
    for &shape in Shape::ALL {
        for (gain_db, q) in [(12.0, 0.7), (-24.0, 0.1), (24.0, 2.0), (9.0, 9.0)] {
            assert_without_jump(&format!("{shape:?} {gain_db} dB Q {q}, frequency"), &|way| {
                band(shape, log(10.0, 30_000.0, way), gain_db, q)
            });
        }
        for freq_hz in [900.0, 6_000.0, 15_000.0, 20_500.0] {
            assert_without_jump(&format!("{shape:?} {freq_hz} Hz Q 0.9, gain"), &|way| {
                band(shape, freq_hz, -24.0 + 48.0 * way, 0.9)
            });
            for gain_db in [-24.0, 8.0] {
                assert_without_jump(&format!("{shape:?} {freq_hz} Hz {gain_db} dB, Q"), &|way| {
                    band(shape, freq_hz, gain_db, log(0.1, 40.0, way))
                });
            }
        }
    }
    for &slope in Slope::ALL {
        for cut in 0..2 {
            assert_without_jump(&format!("cut {cut} {slope:?}, frequency"), &|way| {
                cuts(slope, log(10.0, 30_000.0, way))[cut]
            });
        }
    }
}
