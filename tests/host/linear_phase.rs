//! Linear phase in the built CLAP: renders repeat, and the first frame is right.

use crate::bundles::open;
use tandem_render::audio::Sound;
use tandem_render::automation::Row;
use tandem_render::render::{Options, render};
use tandem_tests::signals::white;

fn noise(rate: u32, frames: usize) -> Sound {
    let frames = white(frames, 3, -12.0);
    Sound { rate, channels: [0, 1].map(|lane| frames.iter().map(|frame| frame[lane] as f32).collect()).to_vec() }
}

fn rendered(input: &Sound, settings: &[(&str, &str)], automation: &[Row]) -> Vec<Vec<f32>> {
    let mut plugin = open("Tandem Master");
    for (name, text) in [("Latency", "Full"), ("EQ Phase", "Linear"), ("EQ 1 On", "On")].iter().chain(settings) {
        plugin.set(name, text).expect("sets");
    }
    render(&mut plugin, input, &Options { automation, ..Options::default() }, |_| ()).expect("renders").sound.channels
}

#[test]
fn two_renders_with_automation_are_the_same() {
    let input = noise(48_000, 96_000);
    let rows: Vec<Row> =
        (0..40).map(|i| Row::new(0.04 * i as f64, "EQ 1 Gain", format!("{} dB", 0.4 * i as f64 - 6.0))).collect();
    let once = rendered(&input, &[], &rows);
    for round in 1..3 {
        assert!(rendered(&input, &[], &rows) == once, "render {round} differs from the first one");
    }
    assert!(rendered(&input, &[("EQ 1 Gain", "-6 dB")], &[]) != once, "what is automated is heard");
}

#[test]
fn a_render_is_in_linear_phase_from_its_first_frame_on() {
    let mut input = noise(48_000, 24_000);
    for channel in &mut input.channels {
        channel.fill(0.0);
        channel[6_000] = 0.5;
    }
    let output = rendered(&input, &[("EQ 1 Gain", "9 dB"), ("EQ 1 Frequency", "400 Hz")], &[]);
    for channel in &output {
        for i in 1..4_000 {
            let off = (channel[6_000 + i] - channel[6_000 - i]).abs();
            assert!(off < 1e-7, "{off:e} at {i} frames from the middle");
        }
        assert!(channel[5_990..6_000].iter().any(|x| x.abs() > 1e-4), "it rings before as well as after");
    }
}
