//! What holds for both chains, and for any module in a chain of its own, whatever is set: null, latency, independence of
//! blocks, repeatability, clean numbers, no allocation.

use tandem_dsp::chain::channel::{Channel, ChannelSettings};
use tandem_dsp::chain::master::{Master, MasterSettings};
use tandem_dsp::chain::{Chain, Rack};
use tandem_dsp::control::{Choice, Dial, Enumerated, Sequence, Settings, Switch, Visit};
use tandem_dsp::module::compressor::Character;
use tandem_dsp::module::input::ZeroVu;
use tandem_dsp::module::key::Source;
use tandem_dsp::module::saturator::Curve;
use tandem_dsp::order::Order;
use tandem_dsp::units::db_to_gain;
use tandem_dsp::{Frame, LatencyMode};
use tandem_tests::measure::{lane, null_db, peak_above_db, peak_db, tapered};
use tandem_tests::signals::{Random, impulse, pink, sine, white};

const RATES: [f64; 4] = [44_100.0, 48_000.0, 96_000.0, 192_000.0];

/// A chain that has been started with `settings`.
pub fn started<R: Rack + Default>(rate: f64, mode: LatencyMode, settings: &R::Settings) -> Chain<R> {
    let mut chain = Chain::<R>::default();
    chain.prepare(rate, mode);
    chain.set(settings);
    chain.set_bypass(false);
    chain
}

/// Any settings at all, every control drawn from its whole range.
pub fn random_settings<S: Settings>(seed: u64) -> S {
    struct Draw(Random);
    impl Visit for Draw {
        fn dial(&mut self, field: &mut f64, dial: &'static Dial) {
            let (low, high) = (dial.scale.to_way(dial.range.0), dial.scale.to_way(dial.range.1));
            *field = dial.scale.from_way(low + (high - low) * self.0.uniform());
        }
        fn choice<E: Enumerated>(&mut self, field: &mut E, choice: &'static Choice) {
            *field = E::from_index((self.0.uniform() * choice.options.len() as f64) as usize);
        }
        fn switch(&mut self, field: &mut bool, _: &'static Switch) {
            *field = self.0.uniform() < 0.7;
        }
        fn sequence(&mut self, field: &mut Order, _: &'static Sequence) {
            *field = Order::decode(self.0.bits() as u32);
        }
    }
    let mut settings = S::default();
    settings.visit(&mut Draw(Random::new(seed)));
    settings
}

/// The input as it should come out of a chain that does nothing: `latency` frames later.
pub fn delayed(input: &[Frame], latency: usize) -> Vec<Frame> {
    let silence = std::iter::repeat_n([0.0; 2], latency);
    silence.chain(input.iter().copied()).take(input.len()).collect()
}

pub fn fresh_instance_nulls<R: Rack + Default>() {
    for rate in RATES {
        for mode in LatencyMode::ALL {
            let mut chain = started::<R>(rate, *mode, &R::Settings::default());
            let input = white((0.3 * rate) as usize, 1, -12.0);
            let mut output = input.clone();
            chain.process(&mut output, &[]);
            let null = null_db(&output, &delayed(&input, chain.latency()));
            assert!(null <= -120.0, "{mode:?} at {rate} Hz: a fresh instance leaves {null:.1} dB, -120 expected");
        }
    }
}

#[test]
fn a_fresh_channel_nulls() {
    fresh_instance_nulls::<Channel>();
}

#[test]
fn a_fresh_master_nulls() {
    fresh_instance_nulls::<Master>();
}

pub fn reports_the_latency_it_has<R: Rack + Default>(most_ms: [f64; 3]) {
    for rate in RATES {
        for (mode, most_ms) in LatencyMode::ALL.iter().zip(most_ms) {
            let mut chain = started::<R>(rate, *mode, &R::Settings::default());
            let mut output = impulse((0.3 * rate) as usize);
            chain.process(&mut output, &[]);
            let at = output.iter().position(|frame| frame[0].abs() > 0.5).expect("the impulse comes out");
            assert_eq!(at, chain.latency(), "{mode:?} at {rate} Hz: measured against reported latency in frames");
            let ms = 1e3 * at as f64 / rate;
            assert!(ms <= most_ms, "{mode:?} at {rate} Hz: {ms:.2} ms, at most {most_ms} allowed");
        }
    }
}

#[test]
fn the_channel_reports_the_latency_it_has() {
    reports_the_latency_it_has::<Channel>([0.0, 5.0, 100.0]);
}

#[test]
fn the_master_reports_the_latency_it_has() {
    reports_the_latency_it_has::<Master>([0.0, 10.0, 150.0]);
}

/// Processes with a change of settings at the same frames however the blocks are cut.
fn with_changes<R: Rack + Default>(input: &[Frame], keys: &[Frame], mut cut: impl FnMut() -> usize) -> Vec<Frame> {
    const CHANGES: [usize; 4] = [0, 1_000, 4_321, 9_999];
    let mut chain = started::<R>(48_000.0, LatencyMode::Mix, &R::Settings::default());
    let mut output = input.to_vec();
    let mut at = 0;
    while at < input.len() {
        if let Some(k) = CHANGES.iter().position(|change| *change == at) {
            chain.set(&random_settings(100 + k as u64));
            chain.set_bypass(k == 2);
        }
        let next = CHANGES.iter().copied().filter(|change| *change > at).min().unwrap_or(input.len());
        let end = (at + cut().max(1)).min(next).min(input.len());
        chain.process(&mut output[at..end], &keys[at..end]);
        at = end;
    }
    output
}

pub fn does_not_depend_on_blocks<R: Rack + Default>() {
    let (input, keys) = (pink(20_000, 2, -18.0), pink(20_000, 3, -18.0));
    let whole = with_changes::<R>(&input, &keys, || usize::MAX / 2);
    for block in [1, 7, 16, 64, 441, 4_096] {
        let cut = with_changes::<R>(&input, &keys, || block);
        let null = null_db(&whole, &cut);
        assert!(null <= -120.0, "blocks of {block}: {null:.1} dB from one whole block, -120 expected");
    }
    let mut random = Random::new(5);
    let cut = with_changes::<R>(&input, &keys, || (random.uniform() * 900.0) as usize);
    let null = null_db(&whole, &cut);
    assert!(null <= -120.0, "random blocks: {null:.1} dB from one whole block, -120 expected");
    assert!(whole == with_changes::<R>(&input, &keys, || usize::MAX / 2), "the same again is the same bit for bit");
}

#[test]
fn the_channels_sound_does_not_depend_on_blocks() {
    does_not_depend_on_blocks::<Channel>();
}

#[test]
fn the_masters_sound_does_not_depend_on_blocks() {
    does_not_depend_on_blocks::<Master>();
}

/// Many intervals at once, as in a long block, are interval after interval, as in blocks of one; a pause among them.
pub fn is_the_same_interval_by_interval<R: Rack + Default>() {
    let (mut input, keys) = (pink(20_000, 4, -18.0), pink(20_000, 5, -18.0));
    input[12_000..13_000].fill([0.0; 2]);
    let whole = with_changes::<R>(&input, &keys, || usize::MAX / 2);
    let cut = with_changes::<R>(&input, &keys, || 16);
    let differs = whole.iter().zip(&cut).position(|(whole, cut)| whole != cut);
    assert_eq!(differs, None, "the first frame that differs in blocks of one interval");
}

#[test]
fn the_channel_is_the_same_interval_by_interval() {
    is_the_same_interval_by_interval::<Channel>();
}

#[test]
fn the_master_is_the_same_interval_by_interval() {
    is_the_same_interval_by_interval::<Master>();
}

pub fn reset_is_fresh<R: Rack + Default>() {
    let input = pink(20_000, 7, -12.0);
    let settings = random_settings(9);
    let mut chain = started::<R>(48_000.0, LatencyMode::Full, &settings);
    let mut first = input.clone();
    chain.process(&mut first, &[]);
    chain.set(&random_settings(10));
    chain.process(&mut input.clone()[..777], &[]);
    chain.reset();
    chain.set(&settings);
    chain.set_bypass(false);
    let mut second = input.clone();
    chain.process(&mut second, &[]);
    assert!(first == second, "after a reset the same input gives the same bits");
}

#[test]
fn a_reset_channel_is_a_fresh_one() {
    reset_is_fresh::<Channel>();
}

#[test]
fn a_reset_master_is_a_fresh_one() {
    reset_is_fresh::<Master>();
}

/// NaN, infinities, denormals and enormous values in; finite, normal numbers out, and the sound comes back.
pub fn survives_bad_numbers<R: Rack + Default>() {
    for seed in 0..20 {
        let mut chain = started::<R>(44_100.0, LatencyMode::Mix, &random_settings(seed));
        let mut random = Random::new(seed);
        let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e-310, -1e-310, 1e30, f64::from(f32::MAX)];
        let mut signal = pink(6_000, seed, -12.0);
        let mut keys = pink(6_000, seed + 1, -12.0);
        for signal in [&mut signal, &mut keys] {
            for _ in 0..50 {
                let (at, lane) = ((random.uniform() * 3_000.0) as usize, random.bits() as usize % 2);
                signal[at][lane] = bad[random.bits() as usize % bad.len()];
            }
        }
        chain.process(&mut signal, &keys);
        assert!(signal.as_flattened().iter().all(|x| x.is_finite()), "settings {seed}: every output is finite");
        let mut silence = vec![[0.0; 2]; 480_000];
        chain.process(&mut silence, &[]);
        let late = &silence[470_000..];
        let subnormal = late.as_flattened().iter().filter(|x| x.is_subnormal()).count();
        assert_eq!(subnormal, 0, "settings {seed}: no denormal after ten seconds of silence");
    }
}

#[test]
fn the_channel_survives_bad_numbers() {
    survives_bad_numbers::<Channel>();
}

#[test]
fn the_master_survives_bad_numbers() {
    survives_bad_numbers::<Master>();
}

/// Runs at any rate from 1 kHz to 768 kHz and stays finite and bounded.
pub fn is_safe_at_any_rate<R: Rack + Default>() {
    for rate in [1_000.0, 8_000.0, 22_050.0, 44_100.0, 192_000.0, 768_000.0] {
        for seed in 0..10 {
            let mut chain = started::<R>(rate, LatencyMode::Full, &random_settings(seed));
            let mut signal = white(8_000, seed, -20.0);
            chain.process(&mut signal[..4_000], &[]);
            chain.set(&random_settings(seed + 50));
            chain.process(&mut signal[4_000..], &[]);
            let peak = peak_db(&signal);
            assert!(
                signal.as_flattened().iter().all(|x| x.is_finite()) && peak < 300.0,
                "settings {seed} at {rate} Hz: peak {peak:.0} dBFS"
            );
        }
    }
}

#[test]
fn the_channel_is_safe_at_any_rate() {
    is_safe_at_any_rate::<Channel>();
}

#[test]
fn the_master_is_safe_at_any_rate() {
    is_safe_at_any_rate::<Master>();
}

/// Bypass is the dry input, aligned and bit-exact, once faded; the fade does not click.
fn bypass_is_dry_and_aligned<R: Rack + Default>(loud: R::Settings) {
    let rate = 48_000.0;
    let input = sine(48_000, rate, 1_000.0, 0.0);
    let mut chain = started::<R>(rate, LatencyMode::Mix, &loud);
    let mut output = input.clone();
    chain.process(&mut output[..24_000], &[]);
    chain.set_bypass(true);
    chain.process(&mut output[24_000..], &[]);
    let dry = delayed(&input, chain.latency());
    assert!(output[26_000..] == dry[26_000..], "bypassed output is the delayed input bit for bit 42 ms later");
    let residue = peak_above_db(&tapered(lane(&output[chain.latency()..], 0), 4_800), rate, 4_000.0);
    assert!(residue <= -80.0, "bypassing leaves {residue:.1} dBFS above 4 kHz, -80 allowed");
}

#[test]
fn channel_bypass_is_dry_and_aligned() {
    let mut settings = ChannelSettings::default();
    settings.input.trim_db = -6.0;
    bypass_is_dry_and_aligned::<Channel>(settings);
}

#[test]
fn master_bypass_is_dry_and_aligned() {
    let mut settings = MasterSettings::default();
    settings.input.trim_db = -6.0;
    bypass_is_dry_and_aligned::<Master>(settings);
}

/// Silence puts a chain to sleep only after its tail, and it wakes at the first frame.
#[test]
fn sleep_cuts_no_tail_and_wakes_at_once() {
    let rate = 48_000.0;
    let mut settings = ChannelSettings::default();
    let band = &mut settings.eq.module.bands[0];
    (band.on, band.freq_hz, band.q, band.gain_db) = (true, 30.0, 40.0, 12.0);
    let mut chain = started::<Channel>(rate, LatencyMode::Live, &settings);
    let mut signal = sine(48_000, rate, 30.0, -6.0);
    chain.process(&mut signal, &[]);
    let mut ringing = vec![[0.0; 2]; 25 * 48_000];
    chain.process(&mut ringing, &[]);
    assert!(chain.asleep(), "25 s of silence put a Channel to sleep");
    let last = ringing.iter().rposition(|frame| *frame != [0.0; 2]).expect("it rings");
    let left = peak_db(&ringing[last.saturating_sub(1_600)..=last]) - peak_db(&signal);
    assert!(left <= -119.0, "it fell asleep {left:.1} dB below the signal, -120 expected");
    let mut awake = impulse(16);
    chain.process(&mut awake, &[]);
    assert!(awake[0][0].abs() > 0.5, "the first frame after sleep is {:.3}", awake[0][0]);
}

/// After `prepare`, nothing allocates or panics in any mode: settings, bypass, resets, sleep and processing.
pub fn allocates_nothing_but_in_prepare<R: Rack + Default>() {
    let settings: Vec<R::Settings> = (0..24).map(random_settings).collect();
    for &mode in LatencyMode::ALL {
        let mut chain = started::<R>(48_000.0, mode, &R::Settings::default());
        let sound = pink(4_096, 11, -18.0);
        let mut output = sound.clone();
        nice_assert_no_alloc::assert_no_alloc(|| {
            for (i, settings) in settings.iter().enumerate() {
                chain.set(settings);
                chain.set_bypass(i % 5 == 0);
                output.copy_from_slice(&sound);
                chain.process(&mut output, if i % 2 == 0 { &sound } else { &[] });
                if i % 7 == 5 {
                    chain.reset();
                    output.fill([0.0; 2]);
                    chain.process(&mut output, &[]);
                }
            }
        });
    }
}

#[test]
fn the_channel_allocates_nothing_but_in_prepare() {
    allocates_nothing_but_in_prepare::<Channel>();
}

#[test]
fn the_master_allocates_nothing_but_in_prepare() {
    allocates_nothing_but_in_prepare::<Master>();
}

/// What depends on level works the same on everything that is as far above 0 VU.
#[test]
fn what_is_louder_over_a_louder_0_vu_sounds_the_same() {
    let settings = |zero_vu, character, curve| {
        let mut settings = ChannelSettings::default();
        settings.input.zero_vu = zero_vu;
        // No threshold is a level in dBFS here: it moves along.
        settings.comp.on = true;
        settings.comp.module.character = character;
        settings.comp.module.threshold_db = zero_vu.dbfs() - 6.0;
        settings.saturator.on = true;
        settings.saturator.module.curve = curve;
        settings.saturator.module.drive_db = 12.0;
        settings
    };
    let input = pink(96_000, 5, -18.0);
    let by_4_db = |frames: &[Frame], db: f64| -> Vec<Frame> {
        frames.iter().map(|frame| frame.map(|x| x * db_to_gain(db))).collect()
    };
    let processed = |settings: &ChannelSettings, input: &[Frame]| {
        let mut chain = started::<Channel>(48_000.0, LatencyMode::Mix, settings);
        let mut output = input.to_vec();
        chain.process(&mut output, &[]);
        output
    };
    for character in [Character::VariMu, Character::Rms] {
        let expected = processed(&settings(ZeroVu::Minus18, character, Curve::Tape), &input);
        let louder = processed(&settings(ZeroVu::Minus14, character, Curve::Tape), &by_4_db(&input, 4.0));
        let null = null_db(&by_4_db(&louder, -4.0)[9_600..], &expected[9_600..]);
        assert!(null < -80.0, "{character:?}: 4 dB louder over a 0 VU 4 dB higher leaves {null:.1} dB");
    }
}

/// The side-chain reaches a module at the same time as the sound that it belongs to, whatever lies before it.
#[test]
fn the_key_comes_as_late_as_the_sound() {
    const AT: usize = 24_000;
    for mode in LatencyMode::ALL {
        let mut settings = ChannelSettings::default();
        settings.comp.on = true;
        settings.comp.module.key.source = Source::External;
        settings.comp.module.threshold_db = -40.0;
        settings.comp.module.ratio = 20.0;
        settings.comp.module.attack_ms = 0.02;
        let mut chain = started::<Channel>(48_000.0, *mode, &settings);
        let mut output = sine(48_000, 48_000.0, 997.0, -20.0);
        let keys: Vec<Frame> = (0..48_000).map(|i| if i < AT { [0.0; 2] } else { [0.5; 2] }).collect();
        for (frames, keys) in output.chunks_mut(256).zip(keys.chunks(256)) {
            chain.process(frames, keys);
        }
        let mut plain = started::<Channel>(48_000.0, *mode, &ChannelSettings::default());
        let mut expected = sine(48_000, 48_000.0, 997.0, -20.0);
        plain.process(&mut expected, &[]);
        // What is taken begins with the key's step, at the frame of the sound that came with it.
        let taken = |(out, dry): (&Frame, &Frame)| (out[0] - dry[0]).abs() > 1e-4;
        let begins = output.iter().zip(&expected).position(taken).expect("the key takes something");
        let due = AT + chain.latency();
        assert!(begins.abs_diff(due) <= 24, "{mode:?}: it sets in at frame {begins}, the sound of the key is at {due}");
    }
}
