//! A small room for the kit: four delay lines that feed each other through an orthogonal matrix, with the highs dying
//! first (Jot and Chaigne, AES 90, 1991).

use crate::song::parts::{FRAME_S, Filter, frames};

/// Lengths in seconds, none a multiple of another.
const LINES_S: [f64; 4] = [0.0191, 0.0237, 0.0283, 0.0337];

/// Time in which the sound falls by 60 dB.
const DECAY_S: f64 = 0.45;

/// Before the first reflection.
const PRE_DELAY_S: f64 = 0.006;

/// Above this the walls swallow more.
const DAMPING_HZ: f64 = 5_500.0;

/// Below this the room says nothing, so that the kick stays clear.
const LOW_CUT_HZ: f64 = 160.0;

/// The room's answer, left and right, as long as `input`.
pub fn render(input: &[f64]) -> [Vec<f64>; 2] {
    let mut lines = LINES_S.map(|seconds| vec![0.0; frames(seconds)]);
    let feedback = LINES_S.map(|seconds| 10f64.powf(-3.0 * seconds / DECAY_S));
    let mut places = [0; 4];
    let mut damped = [0.0; 4];
    let damping = 1.0 - (-std::f64::consts::TAU * DAMPING_HZ * FRAME_S).exp();
    let mut low_cut = Filter::new(LOW_CUT_HZ, 0.7);
    let pre_delay = frames(PRE_DELAY_S);
    let mut output = [Vec::with_capacity(input.len()), Vec::with_capacity(input.len())];
    for index in 0..input.len() {
        let dry = if index >= pre_delay { input[index - pre_delay] } else { 0.0 };
        let dry = low_cut.next(dry).high;
        let mut taps = [0.0; 4];
        for line in 0..4 {
            damped[line] += damping * (lines[line][places[line]] - damped[line]);
            taps[line] = damped[line] * feedback[line];
        }
        // Half of the Hadamard matrix: orthogonal.
        let [a, b, c, d] = taps;
        let mixed = [a + b + c + d, a - b + c - d, a + b - c - d, a - b - c + d].map(|x| 0.5 * x);
        for line in 0..4 {
            let sign = if line % 2 == 0 { 1.0 } else { -1.0 };
            lines[line][places[line]] = sign * dry + mixed[line];
            places[line] = (places[line] + 1) % lines[line].len();
        }
        output[0].push(0.5 * (a + c) - 0.3 * d);
        output[1].push(0.5 * (b + d) - 0.3 * c);
    }
    output
}
