//! The imager: width by band, mono bass, and what mono costs.

use super::alone::{is_off_until_asked, keeps_its_promises};
use tandem_dsp::chain::Stage;
use tandem_dsp::control::Staged;
use tandem_dsp::module::imager::{Imager, ImagerSettings, side_db};
use tandem_dsp::readout::{Readout, Report};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use tandem_tests::measure::{lane, null_db, peak_above_db, response_db, tapered};
use tandem_tests::signals::{pink, sine, white};

const RATES: [f64; 3] = [44_100.0, 48_000.0, 192_000.0];

fn started(rate: f64, settings: &ImagerSettings) -> Imager {
    let mut imager = Imager::default();
    imager.prepare(rate, LatencyMode::Mix);
    imager.set(settings);
    imager
}

fn process(imager: &mut Imager, input: &[Frame]) -> Vec<Frame> {
    let mut output = input.to_vec();
    for run in output.chunks_mut(CONTROL_INTERVAL) {
        imager.control();
        let keys = vec![[0.0; 2]; run.len()];
        imager.run(run, &keys);
    }
    output
}

/// Response of the side signal to an impulse in it, and whether the middle stays silent.
fn side_response(rate: f64, settings: &ImagerSettings) -> Vec<f64> {
    let mut input = vec![[0.0; 2]; rate as usize];
    input[0] = [1.0, -1.0];
    let output = process(&mut started(rate, settings), &input);
    output.iter().for_each(|[left, right]| assert!((left + right).abs() < 1e-15, "side stays side"));
    lane(&output, 0)
}

fn widths(width_percent: [f64; 4]) -> ImagerSettings {
    ImagerSettings { width_percent, ..ImagerSettings::default() }
}

#[test]
fn reported_width_is_measured_width() {
    let mono = ImagerSettings { mono_hz: 120.0, ..ImagerSettings::default() };
    let crossed = ImagerSettings { crossover_hz: [2_000.0, 500.0, 300.0], ..widths([20.0, 90.0, 150.0, 60.0]) };
    for settings in [widths([0.0, 100.0, 150.0, 200.0]), widths([130.0, 0.0, 70.0, 0.0]), mono, crossed] {
        for rate in RATES {
            let response = side_response(rate, &settings);
            for freq_hz in [30.0, 60.0, 120.0, 250.0, 500.0, 1_000.0, 2_500.0, 6_000.0, 12_000.0, 18_000.0] {
                let reported = side_db(&settings, rate, freq_hz);
                if reported > -60.0 {
                    let measured = response_db(&response, rate, freq_hz);
                    assert!(
                        (measured - reported).abs() < 0.01,
                        "{settings:?} at {rate} Hz: {measured:.3} dB at {freq_hz} Hz, {reported:.3} reported"
                    );
                }
            }
        }
    }
}

#[test]
fn each_band_has_the_width_that_is_set() {
    // In the middle of each band, 2 octaves and more from the crossovers.
    let settings = ImagerSettings { crossover_hz: [100.0, 1_000.0, 10_000.0], ..widths([50.0, 200.0, 25.0, 150.0]) };
    for (freq_hz, percent) in [(15.0f64, 50.0f64), (316.0, 200.0), (3_160.0, 25.0), (21_000.0, 150.0)] {
        let width_db = 20.0 * (percent / 100.0).log10();
        let reported = side_db(&settings, 96_000.0, freq_hz);
        assert!(
            (reported - width_db).abs() < 2.0,
            "{freq_hz} Hz: {reported:.2} dB where {percent} % are {width_db:.2}"
        );
    }
    let equal = widths([40.0; 4]);
    for freq_hz in [20.0, 150.0, 400.0, 1_000.0, 6_000.0, 19_000.0] {
        let reported = side_db(&equal, 48_000.0, freq_hz);
        assert!((reported + 7.9588).abs() < 1e-3, "four times 40 % is 40 %: {reported:.4} dB at {freq_hz} Hz");
    }
}

#[test]
fn a_closed_band_falls_by_12_db_an_octave() {
    let closed = widths([0.0, 100.0, 100.0, 100.0]);
    let mono = ImagerSettings { mono_hz: 160.0, ..ImagerSettings::default() };
    for (settings, edge_hz) in [(closed, 150.0), (mono, 160.0)] {
        // Butterworth: -10 log10(1 + (fc / f)^4).
        for octaves in [0.0, 1.0, 2.0, 3.0] {
            let freq_hz = edge_hz * f64::exp2(-octaves);
            let expected = -10.0 * (1.0 + f64::exp2(4.0 * octaves)).log10();
            let reported = side_db(&settings, 48_000.0, freq_hz);
            assert!((reported - expected).abs() < 0.5, "{freq_hz} Hz: {reported:.2} dB, {expected:.2} expected");
        }
    }
}

#[test]
fn between_the_bands_no_width_is_exceeded_by_a_decibel() {
    // Phases of neighbours differ: the middle output of the filters adds to both. Widths from none to all, crossovers two
    // octaves apart or more.
    for code in 0..81 {
        let width_percent = [1, 3, 9, 27].map(|place| f64::from(code / place % 3) * 100.0);
        let settings = ImagerSettings { crossover_hz: [250.0, 1_000.0, 4_000.0], ..widths(width_percent) };
        let most = width_percent.iter().fold(0.0f64, |most, width| most.max(*width)) / 100.0;
        for step in 0..100 {
            let freq_hz = 20.0 * 1000.0f64.powf(f64::from(step) / 100.0);
            let over = side_db(&settings, 48_000.0, freq_hz) - 20.0 * most.log10();
            assert!(
                most == 0.0 || over < 1.0,
                "{width_percent:?}: {over:.2} dB over the widest band at {freq_hz:.0} Hz"
            );
        }
    }
}

#[test]
fn neutral_imager_passes_bit_for_bit_and_so_does_the_middle() {
    let noise = white(20_000, 5, -12.0);
    assert!(process(&mut started(48_000.0, &ImagerSettings::default()), &noise) == noise, "neutral");
    let middle: Vec<Frame> = noise.iter().map(|frame| [frame[0]; 2]).collect();
    let narrow = ImagerSettings { mono_hz: 100.0, ..widths([0.0, 30.0, 170.0, 60.0]) };
    assert!(process(&mut started(48_000.0, &narrow), &middle) == middle, "a mono programme");
}

#[test]
fn width_moves_without_zipper() {
    let rate = 48_000.0;
    let tone: Vec<Frame> = sine(48_000, rate, 1_000.0, 0.0).iter().map(|frame| [frame[0], -frame[1]]).collect();
    // 6 dB each, or the mono bass coming in.
    let mono = ImagerSettings { mono_hz: 300.0, ..ImagerSettings::default() };
    let some = [widths([50.0; 4]), widths([100.0, 50.0, 100.0, 100.0]), widths([200.0, 100.0, 200.0, 50.0])];
    for to in some.into_iter().chain([mono]) {
        let mut imager = started(rate, &ImagerSettings::default());
        let mut output = process(&mut imager, &tone[..16_000]);
        imager.set(&to);
        output.extend(process(&mut imager, &tone[16_000..32_000]));
        imager.set(&ImagerSettings::default());
        output.extend(process(&mut imager, &tone[32_000..]));
        let residue = peak_above_db(&tapered(lane(&output, 0), 4_000), rate, 4_000.0);
        assert!(residue <= -80.0, "{to:?}: {residue:.1} dBFS above 4 kHz");
    }
}

#[derive(Default)]
struct Heard(Vec<(&'static str, f64)>);

impl Report for Heard {
    fn value(&mut self, readout: &'static Readout, value: f64) {
        self.0.push((readout.id, value));
    }
    fn group(&mut self, _: &'static tandem_dsp::control::Group, inside: impl FnOnce(&mut Self)) {
        inside(self);
    }
}

fn fold_db(input: &[Frame]) -> f64 {
    let mut imager = started(48_000.0, &ImagerSettings::default());
    process(&mut imager, input);
    let mut heard = Heard::default();
    imager.report(&mut heard);
    heard.0[0].1
}

#[test]
fn mono_fold_loss_is_that_of_the_signal() {
    let noise = pink(144_000, 3, -20.0);
    let mono: Vec<Frame> = noise.iter().map(|frame| [frame[0]; 2]).collect();
    assert!(fold_db(&mono).abs() < 0.01, "mono loses nothing: {:.3}", fold_db(&mono));
    // Unrelated channels of equal power: half of it is in the middle.
    assert!((fold_db(&noise) + 3.01).abs() < 0.4, "unrelated sides lose 3 dB: {:.2}", fold_db(&noise));
    // m + s on the left and m - s on the right with s at a quarter of m's power: 10 log10(1 / 1.25).
    let wide: Vec<Frame> = noise.iter().map(|[m, s]| [m + 0.5 * s, m - 0.5 * s]).collect();
    assert!((fold_db(&wide) + 0.969).abs() < 0.2, "{:.2} where 0.97 dB are lost", fold_db(&wide));
    assert_eq!(fold_db(&vec![[0.0; 2]; 48_000]), f64::NEG_INFINITY, "nothing to tell of silence");
}

#[test]
fn keeps_what_every_module_promises() {
    is_off_until_asked::<Imager>();
    keeps_its_promises::<Imager>([0.0; 3]);
}

#[test]
fn delta_and_output_add_up_to_the_input() {
    let noise = white(20_000, 9, -12.0);
    let heard = |delta: bool| {
        let mut stage = Stage::<Imager>::default();
        stage.prepare(48_000.0, LatencyMode::Mix);
        stage.listen(if delta { Listen::Delta } else { Listen::Output });
        stage.set(&Staged { on: true, module: widths([30.0, 160.0, 80.0, 120.0]) });
        let mut frames = noise.clone();
        for run in frames.chunks_mut(CONTROL_INTERVAL) {
            stage.control();
            stage.run(run, &[[0.0; 2]; CONTROL_INTERVAL][..run.len()]);
        }
        frames
    };
    let sum: Vec<Frame> =
        heard(false).iter().zip(heard(true)).map(|(out, delta)| [out[0] + delta[0], out[1] + delta[1]]).collect();
    let null = null_db(&sum[4_000..], &noise[4_000..]);
    assert!(null <= -120.0, "delta + wet = dry: {null:.0} dB");
}
