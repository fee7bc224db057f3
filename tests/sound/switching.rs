//! Going over to other settings: no click whatever they are, and soon; and how much louder each of them is.

use crate::chain::{delayed, random_settings};
use nice_assert_no_alloc::assert_no_alloc;
use tandem_dsp::chain::channel::{Channel, ChannelSettings};
use tandem_dsp::chain::master::{Master, MasterSettings};
use tandem_dsp::chain::{Chain, Rack};
use tandem_dsp::control::Enumerated;
use tandem_dsp::module::eq::{EqSettings, Shape};
use tandem_dsp::module::input::Channels;
use tandem_dsp::{Frame, LatencyMode};
use tandem_tests::measure::{lane, null_db, peak_above_db, peak_db, tapered};
use tandem_tests::signals::{pink, sine};

const RATE: f64 = 48_000.0;

/// Where the settings change, in frames; on no boundary of anything.
const CHANGE: usize = 24_007;

/// The time that a change may take.
const ALLOWED_MS: f64 = 30.0;

fn attended<R: Rack + Default>(mode: LatencyMode, settings: &R::Settings) -> Chain<R> {
    let mut chain = Chain::<R>::default();
    chain.prepare(RATE, mode);
    chain.attend(true);
    chain.set(settings);
    chain.set_bypass(false);
    chain
}

/// A signal through a chain that goes from `before` to `after` at [`CHANGE`], in blocks of `block` frames.
fn changed<R: Rack + Default>(
    mode: LatencyMode,
    [before, after]: [&R::Settings; 2],
    signal: &[Frame],
    block: usize,
) -> Vec<Frame> {
    let mut chain = attended::<R>(mode, before);
    let mut output = signal.to_vec();
    let (first, second) = output.split_at_mut(CHANGE);
    first.chunks_mut(block).for_each(|frames| chain.process(frames, &[]));
    assert_no_alloc(|| chain.go_over_to(after));
    second.chunks_mut(block).for_each(|frames| assert_no_alloc(|| chain.process(frames, &[])));
    output
}

/// Settings without dynamics, which give a sine for a sine, and whose fader does not end the sound.
fn linear_eq(eq: &mut EqSettings) {
    eq.bands.iter_mut().for_each(|band| band.dynamics.on = false);
}

fn linear_channel(seed: u64) -> ChannelSettings {
    let mut settings: ChannelSettings = random_settings(seed);
    (settings.comp.on, settings.gate.on, settings.deesser.on, settings.rider.on) = (false, false, false, false);
    still_channel(&mut settings);
    settings.output.fader_db = settings.output.fader_db.max(-20.0);
    linear_eq(&mut settings.eq.module);
    settings
}

/// Without what moves or adds tones by itself.
fn still_channel(settings: &mut ChannelSettings) {
    (settings.declick.on, settings.demud.on, settings.saturator.on) = (false, false, false);
    (settings.delay.on, settings.reverb.on) = (false, false);
}

fn linear_master(seed: u64) -> MasterSettings {
    let mut settings: MasterSettings = random_settings(seed);
    (settings.glue.on, settings.limiter.on, settings.leveler.on, settings.multi.on) = (false, false, false, false);
    (settings.saturator.on, settings.dither.on) = (false, false);
    settings.output.fader_db = settings.output.fader_db.max(-20.0);
    linear_eq(&mut settings.eq.module.filters);
    settings
}

fn does_not_click<R: Rack + Default>(draw: impl Fn(u64) -> R::Settings) {
    let mut worst = f64::NEG_INFINITY;
    for (mode, seeds) in LatencyMode::ALL.iter().zip([0..12, 12..24, 24..30]) {
        for seed in seeds {
            let (before, after) = (draw(2 * seed), draw(2 * seed + 1));
            let signal = sine(48_000, RATE, 1_000.0, 0.0);
            let output = changed::<R>(*mode, [&before, &after], &signal, 480);
            // Behind the longest latency.
            let output = &output[9_600..];
            let residue = peak_above_db(&tapered(lane(output, 0), 4_800), RATE, 4_000.0);
            // As if the louder side were at full scale.
            let residue = residue - peak_db(output).max(0.0);
            assert!(residue <= -80.0, "{mode:?}, seed {seed}: {residue:.1} dBFS above 4 kHz, -80 allowed");
            worst = worst.max(residue);
        }
    }
    println!("worst residue of a change above 4 kHz: {worst:.1} dBFS");
}

#[test]
fn no_change_of_settings_clicks() {
    does_not_click::<Channel>(linear_channel);
    does_not_click::<Master>(linear_master);
}

/// What lies between the harmonics of 1 kHz above 4 kHz, dBFS.
fn between_harmonics_db(samples: &[f64]) -> f64 {
    let mut sum = samples.to_vec();
    // Twice the period's half apart, harmonics of even and odd order cancel in turn; a whole period takes both.
    for i in (48..sum.len()).rev() {
        sum[i] = 0.5 * (sum[i] - sum[i - 48]);
    }
    peak_above_db(&tapered(sum, 4_800), RATE, 4_000.0)
}

/// Of the pairs of settings that leave nothing there by themselves, how many were looked at.
fn leaves_nothing_between_harmonics<R: Rack + Default>(draw: impl Fn(u64) -> R::Settings) -> usize {
    let mut looked = 0;
    for seed in 0..12 {
        let (before, after) = (draw(200 + 2 * seed), draw(201 + 2 * seed));
        let signal = sine(96_000, RATE, 1_000.0, -24.0);
        let output = lane(&changed::<R>(LatencyMode::Mix, [&before, &after], &signal, 480), 0);
        let sides = [&output[..CHANGE], &output[CHANGE + 19_200..]].map(between_harmonics_db);
        if sides.iter().any(|db| *db > -90.0) {
            continue;
        }
        looked += 1;
        let change = between_harmonics_db(&output[CHANGE - 9_600..CHANGE + 19_200]);
        assert!(change <= -80.0, "seed {seed}: {change:.1} dBFS between harmonics, -80 allowed; beside it {sides:.1?}");
    }
    looked
}

#[test]
fn with_dynamics_too_no_change_clicks() {
    let channels = leaves_nothing_between_harmonics::<Channel>(|seed| {
        let mut settings: ChannelSettings = random_settings(seed);
        settings.comp.module.make_up_db = settings.comp.module.make_up_db.clamp(-6.0, 6.0);
        still_channel(&mut settings);
        settings
    });
    let masters = leaves_nothing_between_harmonics::<Master>(|seed| {
        let mut settings: MasterSettings = random_settings(seed);
        settings.glue.module.make_up_db = settings.glue.module.make_up_db.clamp(-6.0, 6.0);
        settings.limiter.module.gain_db = settings.limiter.module.gain_db.min(6.0);
        (settings.saturator.on, settings.dither.on) = (false, false);
        settings
    });
    assert!(channels >= 6 && masters >= 6, "{channels} and {masters} changes looked at");
}

/// A module switched on, a shape and a slope changed, gains moved far: nothing that rings for long.
fn two_channels() -> [ChannelSettings; 2] {
    let mut before = ChannelSettings::default();
    let band = &mut before.eq.module.bands[2];
    (band.on, band.freq_hz, band.gain_db, band.q) = (true, 2_000.0, 12.0, 1.0);
    let mut after = before;
    (after.input.channels, after.output.fader_db, after.comp.on) = (Channels::Swap, -12.0, true);
    (after.eq.module.bands[2].shape, after.eq.module.bands[2].gain_db) = (Shape::HighShelf, -12.0);
    [before, after]
}

#[test]
fn a_change_is_over_within_30_ms() {
    let [before, mut after] = two_channels();
    // A level detector has heard another past than one that is fresh.
    (after.comp.on, after.eq.on) = (false, false);
    let signal = pink(72_000, 1, -20.0);
    for mode in LatencyMode::ALL {
        let output = changed::<Channel>(*mode, [&before, &after], &signal, 256);
        let mut fresh = attended::<Channel>(*mode, &after);
        let mut wanted = signal.clone();
        fresh.process(&mut wanted, &[]);
        let over = CHANGE + (ALLOWED_MS * 1e-3 * RATE) as usize;
        let null = null_db(&output[over..], &wanted[over..]);
        assert!(null <= -80.0, "{mode:?}: {null:.1} dB from the new settings {ALLOWED_MS} ms after the change");
    }
}

#[test]
fn a_change_does_not_depend_on_how_blocks_are_cut() {
    let [before, after] = two_channels();
    let signal = pink(48_000, 2, -20.0);
    let outputs = [16, 37, 1_024].map(|block| changed::<Channel>(LatencyMode::Mix, [&before, &after], &signal, block));
    for other in &outputs[1..] {
        assert!(outputs[0] == *other, "another output in other blocks");
    }
}

#[test]
fn the_last_of_several_changes_wins() {
    let [before, after] = two_channels();
    let mut between = after;
    between.output.fader_db = 6.0;
    let signal = sine(48_000, RATE, 1_000.0, -12.0);
    let mut chain = attended::<Channel>(LatencyMode::Mix, &before);
    let mut output = signal.clone();
    // While it fades out, while it fades in, and right after.
    let changes = [(CHANGE, &between), (CHANGE + 200, &before), (CHANGE + 900, &between), (CHANGE + 1_000, &after)];
    let mut at = 0;
    for (frame, settings) in changes {
        chain.process(&mut output[at..frame], &[]);
        chain.go_over_to(settings);
        at = frame;
    }
    chain.process(&mut output[at..], &[]);
    let mut wanted = signal.clone();
    attended::<Channel>(LatencyMode::Mix, &after).process(&mut wanted, &[]);
    let null = null_db(&output[36_000..], &wanted[36_000..]);
    assert!(null <= -80.0, "{null:.1} dB from the last settings");
    let residue = peak_above_db(&tapered(lane(&output[4_800..], 0), 4_800), RATE, 4_000.0);
    assert!(residue <= -80.0, "{residue:.1} dBFS above 4 kHz, -80 allowed");
}

#[test]
fn without_anyone_at_the_controls_settings_glide() {
    let [before, after] = two_channels();
    let run = |blinks: bool| {
        let mut chain = attended::<Channel>(LatencyMode::Mix, &before);
        chain.attend(false);
        let mut output = pink(24_000, 3, -20.0);
        chain.process(&mut output[..9_000], &[]);
        if blinks {
            chain.go_over_to(&after);
        } else {
            chain.set(&after);
        }
        chain.process(&mut output[9_000..], &[]);
        output
    };
    assert!(run(true) == run(false), "a change in an unattended chain is no glide");
}

/// The chain's difference in LU after each 100 ms of `signal`.
fn differences(chain: &mut Chain<Master>, signal: &[Frame]) -> Vec<Option<f64>> {
    let step = |frames: &[Frame]| {
        chain.process(&mut frames.to_vec(), &[]);
        chain.difference().lu()
    };
    signal.chunks(4_800).map(step).collect()
}

#[test]
fn the_difference_is_told_after_3_s_of_programme() {
    let mut settings = MasterSettings::default();
    settings.output.fader_db = -7.3;
    for mode in LatencyMode::ALL {
        let mut chain = attended::<Master>(*mode, &settings);
        // Silence is no programme.
        assert!(differences(&mut chain, &vec![[0.0; 2]; 240_000]).iter().all(Option::is_none), "{mode:?}: of silence");
        let told = differences(&mut chain, &pink(48_000 * 4, 4, -20.0));
        let first = told.iter().position(Option::is_some).expect("a result");
        assert!((29..=33).contains(&first), "{mode:?}: a result after {} steps of 100 ms, 30 expected", first + 1);
        let lu = told[first].expect("a result");
        assert!((lu + 7.3).abs() < 0.05, "{mode:?}: {lu:.2} LU of a fader at -7.3 dB");
    }
}

#[test]
fn the_difference_follows_a_change_within_3_s_and_begins_anew_on_request() {
    let mut settings = MasterSettings::default();
    let mut chain = attended::<Master>(LatencyMode::Mix, &settings);
    differences(&mut chain, &pink(48_000 * 10, 5, -20.0));
    settings.output.fader_db = -6.0;
    chain.set(&settings);
    let told = differences(&mut chain, &pink(48_000 * 4, 6, -20.0));
    assert!(told.iter().all(Option::is_some), "there is a result all the while");
    let lu = told[32].expect("a result");
    assert!((lu + 6.0).abs() < 0.1, "{lu:.2} LU 3.3 s after a change to -6 dB");
    chain.difference().restart();
    assert_eq!(chain.difference().lu(), None, "after a new beginning");
}

#[test]
fn bypass_and_listen_states_do_not_count() {
    let mut settings = MasterSettings::default();
    settings.output.fader_db = -6.0;
    let mut chain = attended::<Master>(LatencyMode::Mix, &settings);
    chain.set_bypass(true);
    assert!(differences(&mut chain, &pink(48_000 * 4, 7, -20.0)).iter().all(Option::is_none), "of a bypass");
    chain.set_bypass(false);
    chain.set_comparable(false);
    assert!(differences(&mut chain, &pink(48_000 * 4, 7, -20.0)).iter().all(Option::is_none), "of a listen state");
}

#[test]
fn a_match_is_after_the_meters_and_never_on_the_bypass() {
    let signal = sine(48_000, RATE, 1_000.0, -6.0);
    let mut chain = attended::<Channel>(LatencyMode::Mix, &ChannelSettings::default());
    chain.set_match(-4.5);
    let mut output = signal.clone();
    chain.process(&mut output, &[]);
    let level = peak_db(&output[24_000..]);
    assert!((level + 10.5).abs() < 0.001, "{level:.3} dBFS, -10.5 expected");
    let shown = chain.output_level.read().peak_db[0];
    assert!((shown + 6.0).abs() < 0.01, "the meter shows {shown:.2} dBFS, -6 expected");
    chain.set_bypass(true);
    chain.process(&mut signal.clone()[..9_600], &[]);
    let mut output = signal[9_600..].to_vec();
    chain.process(&mut output, &[]);
    let wanted = &delayed(&signal, chain.latency())[9_600..];
    assert!(output[1_000..] == wanted[1_000..], "the bypass is not the input");
    let residue = {
        let mut chain = attended::<Channel>(LatencyMode::Mix, &ChannelSettings::default());
        let mut output = sine(48_000, RATE, 1_000.0, 0.0);
        chain.process(&mut output[..CHANGE], &[]);
        chain.set_match(-6.0);
        chain.process(&mut output[CHANGE..], &[]);
        peak_above_db(&tapered(lane(&output[4_800..], 0), 4_800), RATE, 4_000.0)
    };
    assert!(residue <= -80.0, "{residue:.1} dBFS above 4 kHz as the match sets in, -80 allowed");
}
