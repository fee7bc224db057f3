//! The bundles under test.

use tandem_render::host::{Bundle, Plugin};

/// Both plug-ins' names.
pub const BOTH: [&str; 2] = ["Tandem Channel", "Tandem Master"];

/// The sample rate of tests that do not depend on it, in Hz.
pub const RATE: f64 = 48_000.0;

/// The longest block of tests that do not depend on it, in frames.
pub const BLOCK: usize = 512;

/// The built CLAP bundle.
pub fn bundle() -> Bundle {
    Bundle::find().expect("build the bundles with `cargo xtask bundle --profile dev`")
}

/// A fresh instance of the plug-in called `name`.
pub fn open(name: &str) -> Plugin {
    bundle().open(name).unwrap_or_else(|error| panic!("{name} does not open: {error:#}"))
}

/// As [`open`], activated at [`RATE`] for blocks of up to [`BLOCK`].
pub fn active(name: &str) -> Plugin {
    let mut plugin = open(name);
    plugin.activate(RATE, BLOCK).expect("activates");
    plugin
}

/// Planar f32 channels.
pub type Channels = Vec<Vec<f32>>;

/// Two channels of white noise at -12 dBFS RMS.
pub fn noise(frames: usize, seed: u64) -> Channels {
    let frames = tandem_tests::signals::white(frames, seed, -12.0);
    [0, 1].map(|lane| frames.iter().map(|frame| frame[lane] as f32).collect()).to_vec()
}

/// Runs `input` through an active plug-in without a key and without events.
pub fn through(plugin: &mut Plugin, input: &[Vec<f32>], block: usize) -> Channels {
    plugin.play(|audio| audio.run(input, None, block, &[])).expect("plays").expect("processes")
}

/// `input` as it leaves a plug-in that does nothing but delay it.
pub fn delayed(input: &[Vec<f32>], latency: usize) -> Channels {
    input
        .iter()
        .map(|channel| std::iter::repeat_n(0.0, latency).chain(channel.iter().copied()).take(channel.len()).collect())
        .collect()
}

/// The largest difference between two signals, linear.
pub fn difference(a: &[Vec<f32>], b: &[Vec<f32>]) -> f32 {
    assert_eq!(a.len(), b.len(), "as many channels");
    let channels = a.iter().zip(b).inspect(|(a, b)| assert_eq!(a.len(), b.len(), "as many frames"));
    channels.flat_map(|(a, b)| a.iter().zip(b)).fold(0.0, |worst, (a, b)| worst.max((a - b).abs()))
}
