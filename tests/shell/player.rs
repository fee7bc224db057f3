//! Something to look at: a chain that plays while the editor looks on, as the shell would run it.

use std::sync::atomic::Ordering::Relaxed;
use tandem::engine::CHUNK;
use tandem::params::{ParamTree, Refreshed};
use tandem::shell::{Product, ShellSettings};
use tandem::state::recall::Recall;
use tandem::telemetry::{Tap, Telemetry};
use tandem_dsp::chain::Chain;
use tandem_dsp::{Frame, Processor};
use tandem_tests::signals::pink;

const RATE: f64 = 48_000.0;

/// Frames between two beats, and those in which one falls by a factor of e.
const BEAT: usize = 24_000;
const FALL: f64 = 6_000.0;

/// Loudest level, dBFS: what compressors at their defaults work on.
const LEVEL_DB: f64 = -14.0;

/// Plays to whoever listens, so many frames more at each call.
pub struct Player(Box<Play>);

/// Plays so many frames and tells what it measures.
type Play = dyn FnMut(&Telemetry, &Recall, usize);

impl Player {
    /// Plays `P`'s modules with what `tree` holds.
    pub fn of<P: Product>(tree: ParamTree<ShellSettings<<P::Rack as Processor>::Settings>>) -> Self {
        let (mut chain, mut settings) = (Chain::<P::Rack>::default(), tree.settings());
        let (mut tap, mut music, mut at, mut prepared) = (Tap::default(), Vec::new(), 0, false);
        let (mut applied, mut captures) = (None, 0);
        Self(Box::new(move |telemetry, recall, frames| {
            let changed = tree.refresh(&mut settings);
            if !prepared {
                chain.prepare(RATE, settings.plugin.latency_mode);
                telemetry.rate.store(RATE as f32, Relaxed);
                telemetry.latency.store(chain.latency() as u32, Relaxed);
                music = beats();
            }
            if changed != Refreshed::Same || !std::mem::replace(&mut prepared, true) {
                chain.set(&settings.rack);
                chain.set_bypass(settings.plugin.bypass);
            }
            if let Some((version, captured)) = recall.applied().news(applied) {
                applied = Some(version);
                chain.rack.match_to(captured.as_ref());
            }
            if telemetry.capturing.version() != captures {
                captures = telemetry.capturing.version();
                chain.rack.capture(telemetry.capturing.source());
            }
            for _ in 0..frames.div_ceil(CHUNK) {
                let before: Vec<Frame> = (0..CHUNK).map(|i| music[(at + i) % music.len()]).collect();
                let mut after = before.clone();
                at += CHUNK;
                chain.process(&mut after, &before);
                tap.send(&before, &after, telemetry);
                telemetry.readings.publish_modules(&mut chain.rack);
            }
            telemetry.readings.publish_observer(&chain.observer);
            telemetry.input.publish(chain.input_level.read());
            telemetry.output.publish(chain.output_level.read());
        }))
    }

    pub fn play(&mut self, telemetry: &Telemetry, recall: &Recall, frames: usize) {
        (self.0)(telemetry, recall, frames);
    }
}

/// Four beats of pink noise, the second and fourth softer, with a bass.
fn beats() -> Vec<Frame> {
    let noise = pink(4 * BEAT, 11, LEVEL_DB);
    let bass = tandem_tests::signals::sine(4 * BEAT, RATE, 55.0, LEVEL_DB - 4.0);
    let frame = |i: usize| {
        let strength = if (i / BEAT).is_multiple_of(2) { 1.0 } else { 0.5 };
        let gain = strength * (-((i % BEAT) as f64) / FALL).exp();
        [0, 1].map(|lane| gain * noise[i][lane] + 0.5 * bass[i][lane])
    };
    (0..4 * BEAT).map(frame).collect()
}
