//! What a stage puts around every module, shown on one with latency: 64 frames late and 6 dB down.

use tandem_dsp::block::delay::Delay;
use tandem_dsp::chain::Stage;
use tandem_dsp::control::{Settings, Staged, Visit};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Listen, Processor};
use tandem_tests::measure::{lane, null_db, peak_above_db, tapered};
use tandem_tests::signals::{sine, white};

const LATENCY: usize = 64;
const RATE: f64 = 48_000.0;

#[derive(Clone, Copy, Default, PartialEq)]
struct Nothing;

impl Settings for Nothing {
    fn visit(&mut self, _: &mut impl Visit) {}
}

#[derive(Default)]
struct LateAndSoft(Delay);

impl Processor for LateAndSoft {
    type Settings = Nothing;
    fn prepare(&mut self, _: f64, _: LatencyMode) {
        self.0.prepare(LATENCY);
    }
    fn reset(&mut self) {
        self.0.reset();
    }
    fn set(&mut self, _: &Nothing) {}
    fn control(&mut self) {}
    fn tick(&mut self, input: Frame, _: Frame) -> Frame {
        let mut frame = [input];
        self.0.run(&mut frame);
        frame[0].map(|x| 0.5 * x)
    }
    fn latency(&self) -> usize {
        LATENCY
    }
}

fn stage(on: bool) -> Stage<LateAndSoft> {
    let mut stage = Stage::default();
    stage.prepare(RATE, LatencyMode::Mix);
    stage.set(&Staged { on, module: Nothing });
    stage
}

fn process(stage: &mut Stage<LateAndSoft>, frames: &mut [Frame]) {
    for run in frames.chunks_mut(CONTROL_INTERVAL) {
        stage.control();
        stage.run(run, &[[0.0; 2]; CONTROL_INTERVAL][..run.len()]);
    }
}

fn late(input: &[Frame]) -> Vec<Frame> {
    std::iter::repeat_n([0.0; 2], LATENCY).chain(input.iter().copied()).take(input.len()).collect()
}

#[test]
fn a_module_that_is_off_is_a_pure_delay_of_its_latency() {
    let input = white(4_096, 1, -12.0);
    let mut output = input.clone();
    process(&mut stage(false), &mut output);
    assert!(output == late(&input), "bit for bit, {LATENCY} frames late");
}

#[test]
fn switching_fades_without_a_click_and_keeps_the_alignment() {
    for on_first in [true, false] {
        let input = sine(48_000, RATE, 1_000.0, 0.0);
        let mut stage = stage(on_first);
        let mut output = input.clone();
        let (before, after) = output.split_at_mut(24_000);
        process(&mut stage, before);
        stage.set(&Staged { on: !on_first, module: Nothing });
        process(&mut stage, after);
        let residue = peak_above_db(&tapered(lane(&output, 0), 4_800), RATE, 4_000.0);
        assert!(residue <= -80.0, "from {on_first}: {residue:.1} dBFS above 4 kHz, -80 allowed");
        let dry = late(&input);
        let expected = |gain: f64, range: std::ops::Range<usize>| -> Vec<Frame> {
            dry[range].iter().map(|frame| frame.map(|x| gain * x)).collect()
        };
        let (first, second) = if on_first { (0.5, 1.0) } else { (1.0, 0.5) };
        let null = null_db(&output[1_000..24_000], &expected(first, 1_000..24_000));
        assert!(null <= -250.0, "before the switch: {null:.0} dB from the expected signal");
        let null = null_db(&output[26_000..], &expected(second, 26_000..48_000));
        assert!(null <= -250.0, "42 ms after the switch: {null:.0} dB from the expected signal");
    }
}

/// Frames after which a listen state has faded in.
const FADED: usize = 2_048;

#[test]
fn delta_and_wet_sum_to_dry() {
    for on in [true, false] {
        let input = white(8_192, 2, -12.0);
        let (mut wet, mut delta) = (input.clone(), input.clone());
        process(&mut stage(on), &mut wet);
        let mut listening = stage(on);
        listening.listen(Listen::Delta);
        process(&mut listening, &mut delta);
        let sum: Vec<Frame> = wet.iter().zip(&delta).map(|(w, d)| [w[0] + d[0], w[1] + d[1]]).collect();
        let null = null_db(&sum[FADED..], &late(&input)[FADED..]);
        assert!(null <= -120.0, "on: {on}: delta + wet is {null:.1} dB from dry, -120 expected");
    }
}

#[test]
fn delta_comes_and_goes_without_a_click() {
    let mut stage = stage(true);
    let mut output = sine(48_000, RATE, 997.0, 0.0);
    for (i, part) in output.chunks_mut(16_000).enumerate() {
        stage.listen(if i == 1 { Listen::Delta } else { Listen::Output });
        process(&mut stage, part);
    }
    let residue = peak_above_db(&tapered(lane(&output[LATENCY..], 0), 4_800), RATE, 4_000.0);
    assert!(residue <= -80.0, "{residue:.1} dBFS above 4 kHz, -80 expected");
}

#[test]
fn a_run_is_tick_after_tick() {
    let input = white(4_096, 3, -12.0);
    let mut by_run = input.clone();
    let mut stage_by_run = stage(true);
    let mut stage_by_tick = stage(true);
    let mut by_tick = input.clone();
    for k in 0..2 {
        let half = k * 2_048..(k + 1) * 2_048;
        process(&mut stage_by_run, &mut by_run[half.clone()]);
        for run in by_tick[half].chunks_mut(CONTROL_INTERVAL) {
            stage_by_tick.control();
            for frame in run {
                *frame = stage_by_tick.tick(*frame, [0.0; 2]);
            }
        }
        for stage in [&mut stage_by_run, &mut stage_by_tick] {
            stage.set(&Staged { on: false, module: Nothing });
        }
    }
    assert!(by_run == by_tick, "the same bits");
}
