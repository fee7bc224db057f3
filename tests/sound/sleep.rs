//! Time passes while a chain sleeps.

use super::chain::started;
use tandem_dsp::chain::channel::{Channel, ChannelSettings};
use tandem_dsp::module::reverb::Space;
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use tandem_tests::measure::{null_db, peak_db};
use tandem_tests::signals::pink;

const RATE: f64 = 48_000.0;

/// What a rack makes of `input` without a chain around it, which never sleeps.
fn awake(settings: &ChannelSettings, input: &[Frame]) -> Vec<Frame> {
    let mut rack = Channel::default();
    rack.prepare(RATE, LatencyMode::Live);
    rack.set(settings);
    let mut output = input.to_vec();
    for run in output.chunks_mut(CONTROL_INTERVAL) {
        rack.control();
        rack.run(run, &[[0.0; 2]; CONTROL_INTERVAL][..run.len()]);
    }
    output
}

fn moving(space: Space) -> ChannelSettings {
    let mut settings = ChannelSettings::default();
    (settings.delay.on, settings.reverb.on) = (true, true);
    let delay = &mut settings.delay.module;
    (delay.sync, delay.time_ms, delay.feedback_percent) = (false, 90.0, 20.0);
    (delay.mod_depth_ms, delay.mod_rate_hz) = (4.0, 0.37);
    (delay.wet.send_db, delay.wet.duck_db) = (-3.0, 6.0);
    let reverb = &mut settings.reverb.module;
    (reverb.space, reverb.decay_ms, reverb.motion_percent) = (space, 400.0, 100.0);
    (reverb.wet.send_db, reverb.wet.duck_db) = (0.0, 9.0);
    settings
}

/// Modulation and ducking are where they would be if the chain had stayed awake, after sleeps of whole control intervals and
/// of others, and after a second sleep.
#[test]
fn after_a_sleep_all_is_where_it_would_be_awake() {
    const BURST: usize = 12_000;
    for space in [Space::Plate, Space::Room, Space::Hall] {
        for silence in [6 * 48_000, 6 * 48_000 + 5, 7 * 48_000 + 1_237] {
            let settings = moving(space);
            let mut input = Vec::new();
            for seed in 1..4 {
                input.extend(pink(BURST, seed, -18.0));
                input.extend(std::iter::repeat_n([0.0; 2], silence));
            }
            let expected = awake(&settings, &input);
            let mut chain = started::<Channel>(RATE, LatencyMode::Live, &settings);
            let mut output = input.clone();
            for (i, part) in output.chunks_mut(BURST + silence).enumerate() {
                assert_eq!(chain.asleep(), i > 0, "{space:?}: asleep after {silence} frames of silence");
                // In blocks that do not match the control interval.
                part.chunks_mut(173).for_each(|block| chain.process(block, &[]));
            }
            let (null, level) = (null_db(&output, &expected), peak_db(&expected));
            println!("{space:?}, {silence} frames: {null:.1} dBFS beside one that never slept, at {level:.1} dBFS");
            assert!(null <= -120.0, "{space:?}, {silence} frames: {null:.1} dBFS differ, -120 allowed");
        }
    }
}
