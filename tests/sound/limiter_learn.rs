//! Learn: one pass tells which gain brings a programme to a loudness.

use super::limiter_ceiling::{drums, music};
use nice_assert_no_alloc::assert_no_alloc;
use tandem_dsp::control::Enumerated;
use tandem_dsp::meter::gated::Gated;
use tandem_dsp::meter::loudness::Loudness;
use tandem_dsp::module::limiter::{Limiter, LimiterSettings, Proposal, Style, Verdict};
use tandem_dsp::units::{db_to_gain, lufs_to_power};
use tandem_dsp::{CONTROL_INTERVAL, Frame, LatencyMode, Processor};
use tandem_tests::fit::on_two_cores;
use tandem_tests::measure::lane;
use tandem_tests::signals::pink;

const RATE: f64 = 48_000.0;

/// Twelve seconds: four of verse, 8 dB softer than the chorus that follows, and a pause between them.
fn arranged(samples: [Vec<f64>; 2], peak_db: f64) -> Vec<Frame> {
    let verse = db_to_gain(-8.0);
    let [left, right] = samples;
    let mut signal: Vec<Frame> = left
        .into_iter()
        .zip(right)
        .enumerate()
        .map(|(i, (left, right))| {
            let level = match i as f64 / RATE {
                t if t < 4.0 => verse,
                t if t < 4.6 => 0.0,
                _ => 1.0,
            };
            [level * left, level * right]
        })
        .collect();
    let gain = db_to_gain(peak_db - tandem_tests::measure::peak_db(&signal));
    signal.as_flattened_mut().iter_mut().for_each(|x| *x *= gain);
    signal
}

fn programmes() -> Vec<(&'static str, Vec<Frame>)> {
    let frames = (12.0 * RATE) as usize;
    let noise = pink(frames, 9, -12.0);
    vec![
        ("music", arranged([1, 2].map(|seed| music(frames, RATE, seed)), -6.0)),
        ("drums", arranged([3, 4].map(|seed| drums(frames, RATE, seed)), -3.0)),
        ("noise", arranged([0, 1].map(|channel| lane(&noise, channel)), -9.0)),
    ]
}

/// What a programme comes out at, LUFS, and the limiter that has learned it on the way.
fn pass(settings: &LimiterSettings, programme: &[Frame]) -> (f64, Limiter) {
    let mut limiter = Limiter::default();
    limiter.prepare(RATE, LatencyMode::Mix);
    limiter.set(settings);
    limiter.turn_learning(true);
    let mut output = programme.to_vec();
    output.resize(output.len() + 480, [0.0; 2]);
    assert_no_alloc(|| {
        for run in output.chunks_mut(CONTROL_INTERVAL) {
            limiter.control();
            limiter.run(run, &[[0.0; 2]; CONTROL_INTERVAL][..run.len()]);
        }
    });
    let mut loudness = Loudness::default();
    loudness.prepare(RATE);
    loudness.run(&output);
    (loudness.integrated_lufs(), limiter)
}

#[test]
fn one_pass_lands_where_little_is_turned_down_and_a_second_says_where_it_does() {
    let programmes = programmes();
    let mut jobs = Vec::new();
    for (name, programme) in &programmes {
        for style in Style::ALL {
            for (auto_release, clip) in [(false, false), (true, false), (false, true)] {
                jobs.push((*name, programme, *style, auto_release, clip));
            }
        }
    }
    let found = on_two_cores(jobs, |(name, programme, style, auto_release, clip)| {
        let settings = LimiterSettings { style, auto_release, clip, ..LimiterSettings::default() };
        let (before_lufs, learned) = pass(&settings, programme);
        let rows = [4.0, 9.0].map(|rise_db| {
            let target_lufs = before_lufs + rise_db;
            let with = |proposal: Proposal| {
                let (lufs, limiter) = pass(&LimiterSettings { gain_db: proposal.gain_db, ..settings }, programme);
                (lufs - target_lufs, limiter)
            };
            let first = learned.proposal(target_lufs).expect("twelve seconds are enough");
            let (off_lu, learned) = with(first);
            let again = (first.verdict == Verdict::LearnAgain).then(|| {
                let second = learned.proposal(target_lufs).expect("twelve seconds are enough");
                (second, with(second).0)
            });
            (rise_db, first, off_lu, again)
        });
        (name, settings, rows)
    });
    let (mut lands, mut proposals) = (0, 0);
    for (name, LimiterSettings { style, auto_release, clip, .. }, rows) in found {
        for (rise_db, first, off_lu, again) in rows {
            let Proposal { gain_db, reduction_db, verdict, .. } = first;
            let what = format!("{name}, {style:?}, auto {auto_release}, clip {clip}, {rise_db:+} LU");
            println!("{what}: {gain_db:.2} dB, {reduction_db:.1} dB down, {verdict:?}, off by {off_lu:+.2} LU");
            proposals += 1;
            match verdict {
                Verdict::Lands => {
                    lands += 1;
                    assert!(reduction_db <= 3.0 && off_lu.abs() <= 0.3, "{what}: off by {off_lu:+.2} LU");
                }
                // Only what works hard is not trusted at once; of the clipper less is.
                Verdict::LearnAgain => assert!(reduction_db > 3.0 || clip, "{what}: {reduction_db:.1} dB on average"),
                Verdict::OutOfReach => assert!(off_lu < -0.3, "{what}: off by {off_lu:+.2} LU"),
            }
            if let Some((Proposal { gain_db, verdict, .. }, off_lu)) = again {
                println!("  again: {gain_db:.2} dB, {verdict:?}, off by {off_lu:+.2} LU");
                assert!(verdict != Verdict::Lands || off_lu.abs() <= 0.3, "{what}, again: off by {off_lu:+.2} LU");
            }
        }
    }
    println!("{lands} of {proposals} are relied on after one pass");
    assert!(2 * lands > proposals, "of {proposals} proposals only {lands} are relied on after one pass");
}

#[test]
fn what_cannot_be_reached_is_said() {
    let (name, programme) = programmes().swap_remove(0);
    let settings = LimiterSettings::default();
    let (_, learned) = pass(&settings, &programme);
    let [low, high] = [-60.0, 3.0].map(|target_lufs| learned.proposal(target_lufs).expect("enough heard"));
    assert_eq!((low.verdict, high.verdict), (Verdict::OutOfReach, Verdict::OutOfReach), "{name}");
    assert!(low.gain_db < 0.01 && high.gain_db > 23.99, "{:.2} and {:.2} dB", low.gain_db, high.gain_db);
    let (_, learned) = pass(&settings, &programme[..96_000]);
    assert_eq!(learned.proposal(-14.0), None, "two seconds are too little");
    let (_, learned) = pass(&settings, &vec![[0.0; 2]; 480_000]);
    assert_eq!(learned.proposal(-14.0), None, "ten seconds of silence are no programme");
}

#[test]
fn other_settings_begin_the_pass_anew() {
    let (_, programme) = programmes().swap_remove(2);
    let mut limiter = Limiter::default();
    limiter.prepare(RATE, LatencyMode::Mix);
    limiter.set(&LimiterSettings::default());
    limiter.turn_learning(true);
    let heard = |limiter: &mut Limiter| {
        for run in programme.clone()[..240_000].chunks_mut(CONTROL_INTERVAL) {
            limiter.control();
            limiter.run(run, &[[0.0; 2]; CONTROL_INTERVAL]);
        }
        limiter.learned_s()
    };
    assert!((heard(&mut limiter) - 5.0).abs() < 0.01);
    limiter.set(&LimiterSettings::default());
    assert!((heard(&mut limiter) - 10.0).abs() < 0.01, "the same settings change nothing");
    limiter.set(&LimiterSettings { ceiling_db: -2.0, ..LimiterSettings::default() });
    assert!((heard(&mut limiter) - 5.0).abs() < 0.01, "another ceiling begins anew");
    limiter.turn_learning(false);
    assert!((heard(&mut limiter) - 5.0).abs() < 0.01, "what has been heard stays");
    assert!(limiter.proposal(-14.0).is_some());
}

#[test]
fn gated_loudness_in_little_memory_is_the_meters() {
    for (name, programme) in programmes() {
        let mut meter = Loudness::default();
        meter.prepare(RATE);
        meter.run(&programme);
        let mut gated = Gated::default();
        gated.prepare();
        let mut weighting = tandem_dsp::meter::k_weighting::KWeighting::default();
        weighting.prepare(RATE);
        for step in programme.chunks_exact(4_800) {
            let mut energy = [0.0; 2];
            weighting.run(step, &mut energy);
            gated.push((energy[0] + energy[1]) / 4_800.0);
        }
        let (small, full) = (gated.lufs(), meter.integrated_lufs());
        assert!((small - full).abs() < 0.02, "{name}: {small:.3} LUFS, {full:.3} by the meter");
    }
    // Ten seconds of -30 LUFS and ten of -45: the relative gate, at -43, stops the second, but for the three blocks that
    // reach into both.
    let mut gated = Gated::default();
    gated.prepare();
    (0..100).for_each(|_| gated.push(lufs_to_power(-30.0)));
    (0..100).for_each(|_| gated.push(lufs_to_power(-45.0)));
    assert!((gated.lufs() + 30.0).abs() < 0.1, "{:.2} LUFS", gated.lufs());
}
