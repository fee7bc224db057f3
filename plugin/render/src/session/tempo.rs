//! The tempo of stems: how often their onsets come again.

use crate::audio::Sound;

/// Seconds between two looks at the level.
const HOP_S: f64 = 0.01;

/// Where a tempo is looked for, beats a minute: an octave, as what is twice as fast is the same to a delay but for its note.
const TEMPOS_BPM: (f64, f64) = (75.0, 150.0);

/// How much alike the onsets and themselves a beat later have to be, of 1, for there to be a tempo.
const ALIKE: f64 = 0.25;

/// The tempo of sounds that play together, to a tenth of a beat a minute; none where their onsets keep none.
pub fn tempo_bpm(sounds: &[&Sound]) -> Option<f64> {
    let onsets = onsets(sounds);
    let tenths = |bpm: f64| (10.0 * bpm).round() as usize;
    let alike = |bpm: f64| {
        // Four beats ahead tell the tempo more exactly than one, and one that it is not four times as slow.
        let beat = 60.0 / bpm / HOP_S;
        (1..=4).map(|beats| alike(&onsets, f64::from(beats) * beat)).sum::<f64>() / 4.0
    };
    let tried = (tenths(TEMPOS_BPM.0)..tenths(TEMPOS_BPM.1)).map(|tenth| 0.1 * tenth as f64);
    let (bpm, best) = tried.map(|bpm| (bpm, alike(bpm))).max_by(|a, b| a.1.total_cmp(&b.1))?;
    // Most songs keep a whole number, and a few tenths of a beat are what hops of 10 ms leave open.
    let whole = bpm.round();
    (best > ALIKE).then_some(if (bpm - whole).abs() < 0.3 { whole } else { (10.0 * bpm).round() / 10.0 })
}

/// How much louder it gets from each hop to the next, dB, all sounds together, its mean taken off.
fn onsets(sounds: &[&Sound]) -> Vec<f64> {
    let hops = sounds.iter().map(|sound| (sound.seconds() / HOP_S) as usize).max().unwrap_or(0);
    let mut rises = vec![0.0; hops.saturating_sub(1)];
    for sound in sounds {
        let length = HOP_S * f64::from(sound.rate);
        let at = |hop: usize| ((hop as f64 * length) as usize).min(sound.frames());
        let level = |hop: usize| {
            let parts = sound.channels.iter().flat_map(|channel| &channel[at(hop)..at(hop + 1)]);
            let power = parts.map(|x| f64::from(*x).powi(2)).sum::<f64>() / length;
            // Below -60 dBFS nothing begins.
            10.0 * (power + 1e-6).log10()
        };
        let levels: Vec<f64> = (0..hops).map(level).collect();
        for (to, pair) in rises.iter_mut().zip(levels.windows(2)) {
            *to += (pair[1] - pair[0]).max(0.0);
        }
    }
    let mean = rises.iter().sum::<f64>() / rises.len().max(1) as f64;
    rises.iter().map(|rise| rise - mean).collect()
}

/// Correlation of `values` with themselves `lag` later, 1 for the same again; a little early or late counts too.
fn alike(values: &[f64], lag: f64) -> f64 {
    let whole: f64 = values.iter().map(|x| x * x).sum();
    let at = |lag: usize| -> f64 {
        let later = values.get(lag..).unwrap_or(&[]);
        values.iter().zip(later).map(|(a, b)| a * b).sum()
    };
    let (below, part) = (lag.floor() as usize, lag.fract());
    let between = (1.0 - part) * at(below) + part * at(below + 1);
    if whole > 0.0 { between / whole } else { 0.0 }
}
