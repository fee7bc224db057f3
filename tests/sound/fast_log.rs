//! The fast conversions against the exact ones.

use tandem_dsp::units::{db_to_gain, fast_db_to_gain, fast_gain_to_db, fast_power_to_db, gain_to_db, power_to_db};

/// Every value from -120 to +60 dB in steps that meet all mantissas.
fn levels_db() -> impl Iterator<Item = f64> {
    (0..1_800_000).map(|i| -120.0 + 1e-4 * f64::from(i))
}

#[test]
fn fast_levels_are_the_exact_ones_within_a_fifty_thousandth_of_a_db() {
    let mut worst = (0.0f64, 0.0f64);
    for level_db in levels_db() {
        let gain = db_to_gain(level_db) as f32;
        worst.0 = worst.0.max((f64::from(fast_gain_to_db(gain)) - gain_to_db(f64::from(gain))).abs());
        worst.1 = worst.1.max((f64::from(fast_power_to_db(gain)) - power_to_db(f64::from(gain))).abs());
    }
    assert!(worst.0 < 2.5e-5, "gain to dB is off by {:.1e} dB", worst.0);
    assert!(worst.1 < 2.5e-5, "power to dB is off by {:.1e} dB", worst.1);
    assert_eq!(fast_gain_to_db(1.0), 0.0, "unity gain is exactly 0 dB");
}

#[test]
fn fast_gains_are_the_exact_ones_within_a_fifty_thousandth_of_a_db() {
    let mut worst = 0.0f64;
    for level_db in levels_db() {
        let exact = db_to_gain(f64::from(level_db as f32));
        worst = worst.max(gain_to_db(f64::from(fast_db_to_gain(level_db as f32)) / exact).abs());
    }
    assert!(worst < 2.5e-5, "dB to gain is off by {worst:.1e} dB");
    assert_eq!(fast_db_to_gain(0.0), 1.0, "0 dB is exactly unity gain");
}
