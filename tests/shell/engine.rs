//! The engine: a chain that plays, and its change for another one.

use tandem::engine::{CHUNK, Engine, Prepared};
use tandem_dsp::chain::channel::{Channel, ChannelSettings};
use tandem_dsp::{Frame, LatencyMode};
use tandem_tests::signals::sine;

const RATE: f64 = 48_000.0;

fn started(mode: LatencyMode) -> Engine<Channel> {
    let mut engine = Engine::new(Prepared::new(RATE, mode));
    engine.set(&ChannelSettings::default(), false);
    engine
}

/// Runs all of `input` through; keeps what is returned of old chains, and the frame at which the latency moved.
fn run(engine: &mut Engine<Channel>, input: &[Frame]) -> (Vec<Frame>, usize, Option<usize>) {
    let (mut output, mut retired, mut moved) = (input.to_vec(), 0, None);
    let before = engine.latency();
    for (chunk, frames) in output.chunks_mut(CHUNK).enumerate() {
        let keys = vec![[0.0; 2]; frames.len()];
        retired += usize::from(engine.process(frames, &keys).is_some());
        if moved.is_none() && engine.latency() != before {
            moved = Some(chunk * CHUNK);
        }
    }
    (output, retired, moved)
}

#[test]
fn a_change_ends_in_the_new_chain_without_a_step() {
    for (from, to) in [
        (LatencyMode::Live, LatencyMode::Full),
        (LatencyMode::Full, LatencyMode::Live),
        (LatencyMode::Mix, LatencyMode::Full),
    ] {
        let mut engine = started(from);
        let before = engine.latency();
        let input = sine(24_000, RATE, 200.0, -6.0);
        run(&mut engine, &input[..4_800]);
        engine.change_to(Prepared::new(RATE, to), &ChannelSettings::default(), false);
        assert_eq!(engine.latency(), before, "{from:?} to {to:?}: the latency moves with the fade, not before");
        let (output, retired, moved) = run(&mut engine, &input[4_800..]);
        let after = engine.latency();
        assert_ne!(before, after, "{from:?} to {to:?}");
        assert_eq!(retired, 1, "{from:?} to {to:?}: old chains given back");
        assert!(moved.is_some() && !engine.changing(), "{from:?} to {to:?}: the change has ended");
        assert_eq!(engine.mode(), to);
        // At the end the new chain alone: the input, delayed.
        let tail = output.len() - 4_800..output.len();
        for frame in tail {
            let wanted = input[4_800 + frame - after];
            assert!((output[frame][0] - wanted[0]).abs() < 1e-12, "{from:?} to {to:?}: not the new chain alone");
        }
        // The tone itself moves by at most 0.5 · 2π · 200 / 48000 = 0.0131 a frame.
        let step = output.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs()).fold(0.0, f64::max);
        assert!(step < 0.0145, "{from:?} to {to:?}: a step of {step:.4}, the tone's own is 0.0131");
    }
}

#[test]
fn a_reset_ends_a_change_at_once() {
    let mut engine = started(LatencyMode::Live);
    engine.change_to(Prepared::new(RATE, LatencyMode::Full), &ChannelSettings::default(), false);
    run(&mut engine, &sine(100, RATE, 200.0, -6.0));
    assert!(engine.reset().is_some(), "the old chain is given back");
    assert_eq!(engine.mode(), LatencyMode::Full);
    assert!(!engine.changing());
}
