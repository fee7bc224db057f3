//! Loudness, against the standards and against another implementation.

use tandem_dsp::chain::Observer;
use tandem_dsp::meter::programme::Meter;
use tandem_tests::signals::sine;

#[test]
fn a_sine_reads_its_peak_level() {
    for rate in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
        let mut meter = Meter::default();
        meter.prepare(rate);
        meter.run(&sine(20 * rate as usize, rate, 1000.0, -23.0));
        let read = meter.read().integrated_lufs;
        assert!((read + 23.0).abs() < 0.02, "{read:.3} LUFS read of a sine of -23 dBFS at {rate} Hz");
    }
}
