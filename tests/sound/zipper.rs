//! Moving a control makes no sound of its own: what a 6 dB step on a 1 kHz full-scale sine leaves above 4 kHz.

use tandem_dsp::LatencyMode;
use tandem_dsp::chain::channel::{Channel, ChannelSettings};
use tandem_dsp::chain::master::{Master, MasterSettings};
use tandem_dsp::chain::{Chain, Rack};
use tandem_dsp::smooth::Glide;
use tandem_tests::measure::{lane, peak_above_db, tapered};
use tandem_tests::signals::{Random, sine};

const RATE: f64 = 48_000.0;

/// Residue above 4 kHz in dBFS when a chain goes from `before` to `after` in the middle of a second.
fn residue_db<R: Rack + Default>(before: R::Settings, after: R::Settings) -> f64 {
    residue_along_db::<R>(before, &[(24_007, after)])
}

/// The same when it gets each of `aims` at its frame.
fn residue_along_db<R: Rack + Default>(before: R::Settings, aims: &[(usize, R::Settings)]) -> f64 {
    let mut chain = Chain::<R>::default();
    chain.prepare(RATE, LatencyMode::Mix);
    chain.set(&before);
    chain.set_bypass(false);
    let mut signal = sine(48_000, RATE, 1_000.0, 0.0);
    let mut done = 0;
    for (at, after) in aims {
        chain.process(&mut signal[done..*at], &[]);
        chain.set(after);
        done = *at;
    }
    chain.process(&mut signal[done..], &[]);
    // Before the latency there is silence: the sine's start after it is not the chain's doing.
    peak_above_db(&tapered(lane(&signal[chain.latency()..], 0), 4_800), RATE, 4_000.0)
}

fn assert_silent(what: &str, residue: f64) {
    assert!(residue <= -80.0, "{what}: {residue:.1} dBFS above 4 kHz, -80 allowed");
}

#[test]
fn level_steps_make_no_zipper_noise() {
    let channel = ChannelSettings::default();
    let mut moved = channel;
    moved.input.trim_db = -6.0;
    assert_silent("Channel trim", residue_db::<Channel>(channel, moved));
    let mut moved = channel;
    moved.output.fader_db = -6.0;
    assert_silent("Channel fader", residue_db::<Channel>(channel, moved));
    let mut moved = channel;
    moved.output.pan = 50.0;
    assert_silent("Channel pan", residue_db::<Channel>(channel, moved));
    let master = MasterSettings::default();
    let mut moved = master;
    moved.input.trim_db = -6.0;
    assert_silent("Master trim", residue_db::<Master>(master, moved));
    let mut moved = master;
    moved.output.fader_db = -6.0;
    assert_silent("Master fader", residue_db::<Master>(master, moved));
}

#[test]
fn switching_polarity_and_channels_does_not_click() {
    let channel = ChannelSettings::default();
    let mut moved = channel;
    moved.input.flip_left = true;
    assert_silent("polarity", residue_db::<Channel>(channel, moved));
    moved = channel;
    moved.input.channels = tandem_dsp::module::input::Channels::Swap;
    assert_silent("channels", residue_db::<Channel>(channel, moved));
}

#[test]
fn equaliser_steps_and_switches_do_not_click() {
    let mut before = ChannelSettings::default();
    let band = &mut before.eq.module.bands[0];
    (band.on, band.freq_hz, band.gain_db, band.q) = (true, 1_000.0, 6.0, 1.0);
    let mut moved = before;
    moved.eq.module.bands[0].gain_db = 0.0;
    assert_silent("bell from +6 dB to 0", residue_db::<Channel>(before, moved));
    moved = before;
    moved.eq.module.bands[0].freq_hz = 2_000.0;
    assert_silent("bell moved by an octave", residue_db::<Channel>(before, moved));
    // On the way the correction of the highest frequencies begins to work, or ends.
    moved = before;
    moved.eq.module.bands[0].q = 0.3;
    assert_silent("bell widened until it needs a correction", residue_db::<Channel>(before, moved));
    assert_silent("bell narrowed until it needs none", residue_db::<Channel>(moved, before));
    moved = before;
    moved.eq.module.bands[0].on = false;
    assert_silent("band switched off", residue_db::<Channel>(before, moved));
    moved = before;
    moved.eq.on = false;
    assert_silent("module switched off", residue_db::<Channel>(before, moved));
    assert_silent("module switched on", residue_db::<Channel>(moved, before));
}

/// Frames after which a control that glides is as fast as it gets.
const HALF_WAY: usize = 576;

#[test]
fn turning_back_in_full_motion_makes_no_zipper_noise() {
    let before = ChannelSettings::default();
    let mut trim = before;
    trim.input.trim_db = -6.0;
    let mut fader = before;
    fader.output.fader_db = -6.0;
    let mut bell = before;
    let band = &mut bell.eq.module.bands[0];
    (band.on, band.freq_hz, band.gain_db, band.q) = (true, 1_000.0, 6.0, 1.0);
    let mut flat = bell;
    flat.eq.module.bands[0].gain_db = 0.0;
    for (what, before, after) in [("trim", before, trim), ("fader", before, fader), ("bell", bell, flat)] {
        let turned = residue_along_db::<Channel>(before, &[(24_007, after), (24_007 + HALF_WAY, before)]);
        assert_silent(&format!("{what}, back at half its way"), turned);
        let aims: Vec<_> =
            (0..8).map(|i| (24_007 + i * HALF_WAY / 2, if i % 2 == 0 { after } else { before })).collect();
        assert_silent(&format!("{what}, to and fro"), residue_along_db::<Channel>(before, &aims));
    }
}

#[test]
fn a_glide_never_leaves_the_range_of_its_targets_and_always_arrives() {
    let mut random = Random::new(7);
    for _ in 0..2_000 {
        let mut glide = Glide::default();
        glide.prepare(RATE);
        glide.aim(0.0);
        let (mut lowest, mut highest) = (0.0f64, 0.0f64);
        for _ in 0..20 {
            let target = 10.0 * random.uniform();
            (lowest, highest) = (lowest.min(target), highest.max(target));
            glide.aim(target);
            // Mostly aimed elsewhere before it has arrived: that takes 72 control ticks.
            for _ in 0..(random.bits() % 90) {
                let now = glide.step();
                assert!(now > lowest - 1e-5 && now < highest + 1e-5, "{now} in {lowest} to {highest}");
            }
        }
        (0..72).for_each(|_| _ = glide.step());
        assert!(!glide.moving() && glide.now() == glide.target(), "{} of {}", glide.now(), glide.target());
    }
}
