//! The built CLAP as hosts use it.

use crate::bundles::{BLOCK, BOTH, Channels, RATE, active, bundle, delayed, difference, noise, open, through};
use tandem_dsp::CONTROL_INTERVAL;
use tandem_dsp::smooth::GLIDE_MS;
use tandem_render::host::{Event, Plugin, Silence};
use tandem_tests::signals::Random;

/// Hosts' rates and those beyond them, in Hz.
const RATES: [f64; 10] =
    [1_000.0, 8_000.0, 22_050.0, 44_100.0, 48_000.0, 96_000.0, 192_000.0, 384_000.0, 705_600.0, 768_000.0];

/// Settings that make every module of a chain work.
fn busy(plugin: &mut Plugin) {
    for (name, text) in [
        ("Input Trim", "3 dB"),
        ("EQ HP On", "On"),
        ("EQ 1 On", "On"),
        ("EQ 1 Gain", "6 dB"),
        ("EQ 2 On", "On"),
        ("EQ 2 Shape", "High shelf"),
        ("EQ 2 Gain", "-4 dB"),
        ("EQ 2 Placement", "Side"),
        ("Output Fader", "-2 dB"),
    ] {
        plugin.set(name, text).unwrap_or_else(|error| panic!("{error:#}"));
    }
}

#[test]
fn the_bundle_holds_both_plugins() {
    let plugins = bundle().plugins();
    let names: Vec<_> = plugins.iter().map(|plugin| (plugin.id.as_str(), plugin.name.as_str())).collect();
    assert_eq!(names, [("org.tandem-audio.channel", "Tandem Channel"), ("org.tandem-audio.master", "Tandem Master")]);
    for plugin in plugins {
        assert_eq!(plugin.vendor, "Tandem");
        for feature in ["audio-effect", "stereo", "mono"] {
            assert!(plugin.features.iter().any(|f| f == feature), "{}: no feature {feature}", plugin.name);
        }
    }
}

#[test]
fn a_fresh_instance_nulls_in_every_latency_mode() {
    for name in BOTH {
        for mode in ["Live", "Mix", "Full"] {
            let mut plugin = open(name);
            plugin.set("Latency", mode).expect("sets");
            plugin.activate(RATE, BLOCK).expect("activates");
            let input = noise(RATE as usize, 1);
            let output = through(&mut plugin, &input, BLOCK);
            let worst = difference(&output, &delayed(&input, plugin.latency()));
            assert!(worst <= 1e-6, "{name}, {mode}: null leaves {worst:e}, 1e-6 (-120 dB) at most");
        }
    }
}

#[test]
fn a_run_repeats_bit_for_bit() {
    for name in BOTH {
        let mut plugin = open(name);
        busy(&mut plugin);
        plugin.activate(RATE, BLOCK).expect("activates");
        let input = noise(24_000, 2);
        let [first, second] = [0; 2].map(|_| {
            let output = plugin.play(|audio| {
                audio.reset();
                audio.run(&input, None, BLOCK, &[])
            });
            output.expect("plays").expect("processes")
        });
        assert!(first == second, "{name}: two runs of the same differ by {:e}", difference(&first, &second));
        let mut other = open(name);
        busy(&mut other);
        other.activate(RATE, BLOCK).expect("activates");
        let third = through(&mut other, &input, BLOCK);
        assert!(first == third, "{name}: another instance differs by {:e}", difference(&first, &third));
    }
}

/// Output with the same automation, cut into blocks by `next_length`.
fn automated(name: &str, input: &Channels, mut next_length: impl FnMut() -> usize + Send) -> Channels {
    let mut plugin = open(name);
    busy(&mut plugin);
    let mut events: Vec<Event> = Vec::new();
    for (frame, param, text) in [
        (100, "EQ 1 Gain", "-9 dB"),
        (100, "Input Trim", "0 dB"),
        (1_333, "EQ 1 Frequency", "3 kHz"),
        (4_001, "EQ 2 On", "Off"),
        (4_002, "Output Fader", "1 dB"),
        (9_600, "Input Channels", "Swap"),
        (9_999, "EQ 1 Q", "4"),
    ] {
        events.push(plugin.event(param, text, frame).unwrap_or_else(|error| panic!("{error:#}")));
    }
    plugin.activate(RATE, 16_384).expect("activates");
    let played = plugin.play(move |audio| {
        let mut output: Channels = vec![Vec::new(); 2];
        let mut at = 0;
        while at < input[0].len() {
            let length = next_length().min(input[0].len() - at);
            for (channel, samples) in input.iter().enumerate() {
                audio.input(0, channel)[..length].copy_from_slice(&samples[at..at + length]);
                audio.input(1, channel)[..length].fill(0.0);
            }
            let now: Vec<_> = events.iter().filter(|e| (at..at + length).contains(&e.frame)).copied().collect();
            let now: Vec<_> = now.into_iter().map(|e| Event { frame: e.frame - at, ..e }).collect();
            audio.process(length, &now).expect("processes");
            for (channel, to) in output.iter_mut().enumerate() {
                to.extend_from_slice(&audio.output(0, channel)[..length]);
            }
            at += length;
        }
        output
    });
    played.expect("plays")
}

#[test]
fn automation_lands_at_its_frame_however_blocks_are_cut() {
    for name in BOTH {
        let input = noise(12_000, 3);
        let whole = automated(name, &input, || 12_000);
        for block in [1, 16, 100, 101, 511, 512, 4_096, 16_384] {
            let cut = automated(name, &input, || block);
            let worst = difference(&whole, &cut);
            assert!(worst <= 1e-6, "{name}: blocks of {block} differ from one of 12000 by {worst:e}, 1e-6 at most");
        }
        let mut random = Random::new(4);
        let cut = automated(name, &input, || 1 + (random.uniform() * 1_500.0) as usize);
        let worst = difference(&whole, &cut);
        assert!(worst <= 1e-6, "{name}: random blocks differ by {worst:e}, 1e-6 at most");
    }
}

#[test]
fn automation_moves_nothing_before_its_frame_and_something_soon_after() {
    const FRAME: usize = 100;
    for name in BOTH {
        let input = vec![vec![0.5f32; 2_000]; 2];
        let mut plugin = open(name);
        plugin.set("Latency", "Live").expect("sets");
        plugin.activate(RATE, BLOCK).expect("activates");
        let event = plugin.event("Input Trim", "-24 dB", FRAME).expect("an event");
        let output = plugin.play(|audio| audio.run(&input, None, BLOCK, &[event])).expect("plays").expect("processes");
        let first = output[0].iter().position(|x| (x - 0.5).abs() > 1e-7).expect("the trim moves the output");
        let tick = FRAME.next_multiple_of(CONTROL_INTERVAL);
        assert!(
            (FRAME..tick + 4).contains(&first),
            "{name}: an event at frame {FRAME} is first heard at {first}, {FRAME} to {} expected",
            tick + 3
        );
    }
}

#[test]
fn every_layout_is_offered_with_a_side_chain() {
    for name in BOTH {
        let mut plugin = open(name);
        let offered: Vec<_> = plugin.ports_on_offer().into_iter().map(|choice| choice.main).collect();
        assert_eq!(offered, [(2, 2), (1, 1), (1, 2)], "{name}");
        for main in offered {
            plugin.choose_main_channels(main).expect("chooses");
            let inputs = plugin.ports(true).expect("input ports");
            let outputs = plugin.ports(false).expect("output ports");
            let described: Vec<_> =
                inputs.iter().chain(&outputs).map(|p| (p.name.as_str(), p.channels, p.main)).collect();
            assert_eq!(
                described,
                [("Input", main.0, true), ("Side-chain", main.0, false), ("Output", main.1, true)],
                "{name}"
            );
        }
    }
}

#[test]
fn mono_is_the_left_lane_of_two_equal_ones() {
    for name in BOTH {
        let left = noise(12_000, 5).swap_remove(0);
        let run = |main: (usize, usize)| {
            let mut plugin = open(name);
            plugin.choose_main_channels(main).expect("chooses");
            busy(&mut plugin);
            plugin.activate(RATE, BLOCK).expect("activates");
            through(&mut plugin, &vec![left.clone(); main.0], BLOCK)
        };
        let (stereo, mono, mono_to_stereo) = (run((2, 2)), run((1, 1)), run((1, 2)));
        assert!(mono[0] == stereo[0], "{name}: mono differs by {:e}", difference(&mono, &stereo[..1]));
        assert!(
            mono_to_stereo == stereo,
            "{name}: mono to stereo differs by {:e}",
            difference(&mono_to_stereo, &stereo)
        );
    }
}

#[test]
fn a_key_that_nothing_listens_to_changes_nothing() {
    for name in BOTH {
        let (input, key) = (noise(12_000, 6), noise(12_000, 7));
        let run = |key: Option<&[Vec<f32>]>, unconnected| {
            let mut plugin = active(name);
            let output = plugin.play(|audio| {
                audio.unconnected = unconnected;
                audio.run(&input, key, BLOCK, &[])
            });
            output.expect("plays").expect("processes")
        };
        let silent = run(None, Silence::Zeros);
        assert!(run(Some(&key), Silence::Zeros) == silent, "{name}: the key leaks");
        assert!(run(None, Silence::NoPort) == silent, "{name}: a missing port differs from a silent one");
    }
}

#[test]
fn every_rate_and_block_gives_finite_sound() {
    for name in BOTH {
        for rate in RATES {
            let mut plugin = open(name);
            busy(&mut plugin);
            plugin.activate(rate, 16_384).unwrap_or_else(|error| panic!("{name} at {rate} Hz: {error:#}"));
            let input = noise(20_000, 8);
            for block in [1, 7, 64, 1_024, 16_384] {
                let frames = if block == 1 { 500 } else { 20_000 };
                let input: Channels = input.iter().map(|channel| channel[..frames].to_vec()).collect();
                let output = through(&mut plugin, &input, block);
                let loudest = output.iter().flatten().fold(0.0f32, |peak, x| peak.max(x.abs()));
                assert!(
                    loudest.is_finite() && loudest < 20.0 && output.iter().flatten().all(|x| x.is_finite()),
                    "{name} at {rate} Hz, blocks of {block}: peak {loudest}, below 20 expected"
                );
            }
        }
    }
}

#[test]
fn no_subnormal_leaves() {
    for name in BOTH {
        let mut random = Random::new(9);
        // Subnormal, barely normal, and fading down to there.
        let tiny: Vec<f32> = (0..48_000)
            .map(|i| {
                let scale = if i < 4_000 { 1e-39 } else { 0.5 * 10f64.powf(-f64::from(i) / 1_000.0) };
                (scale * random.normal()) as f32
            })
            .collect();
        let mut plugin = open(name);
        busy(&mut plugin);
        plugin.set("Output Fader", "-60 dB").expect("sets");
        plugin.activate(RATE, BLOCK).expect("activates");
        let output = through(&mut plugin, &[tiny.clone(), tiny], BLOCK);
        let subnormal = output.iter().flatten().filter(|x| x.is_subnormal()).count();
        assert_eq!(subnormal, 0, "{name}: {subnormal} subnormal numbers at the output, none expected");
    }
}

#[test]
fn what_is_no_number_is_silence() {
    for name in BOTH {
        let mut plugin = open(name);
        busy(&mut plugin);
        plugin.activate(RATE, BLOCK).expect("activates");
        let mut input = noise(24_000, 10);
        for (at, bad) in [(100, f32::NAN), (101, f32::INFINITY), (5_000, f32::NEG_INFINITY), (5_001, -f32::NAN)] {
            input[at % 2][at] = bad;
        }
        let output = through(&mut plugin, &input, BLOCK);
        assert!(output.iter().flatten().all(|x| x.is_finite()), "{name}: NaN or infinity passes through");
        let quiet = output.iter().flatten().skip(6_000).all(|x| x.abs() < 20.0);
        assert!(quiet, "{name}: the filters do not recover from NaN");
    }
}

#[test]
fn bypass_is_the_delayed_input_bit_for_bit() {
    // Later than the longest latency.
    const BYPASSED: usize = 9_600;
    for name in BOTH {
        for mode in ["Live", "Mix", "Full"] {
            let mut plugin = open(name);
            busy(&mut plugin);
            plugin.set("Latency", mode).expect("sets");
            plugin.activate(RATE, BLOCK).expect("activates");
            let bypass = plugin.event("Bypass", "On", BYPASSED).expect("an event");
            let input = noise(48_000, 11);
            let output =
                plugin.play(|audio| audio.run(&input, None, BLOCK, &[bypass])).expect("plays").expect("processes");
            let dry = delayed(&input, plugin.latency());
            // The fade, and the control ticks that it waits for.
            let faded = BYPASSED + (GLIDE_MS * 1e-3 * RATE) as usize + 2 * CONTROL_INTERVAL;
            for lane in 0..2 {
                assert!(output[lane][..BYPASSED] != dry[lane][..BYPASSED], "{name}: settings that do nothing");
                let wrong = output[lane][faded..].iter().zip(&dry[lane][faded..]).filter(|(a, b)| a != b).count();
                assert_eq!(wrong, 0, "{name}, {mode}: {wrong} bypassed samples differ from the delayed input");
            }
        }
    }
}

#[test]
fn the_bypass_is_the_hosts() {
    for name in BOTH {
        let plugin = open(name);
        let bypasses: Vec<_> = plugin.params().iter().filter(|p| p.bypass).map(|p| p.name.as_str()).collect();
        assert_eq!(bypasses, ["Bypass"], "{name}");
        let fixed: Vec<_> = plugin.params().iter().filter(|p| !p.automatable).map(|p| p.name.as_str()).collect();
        let expected: &[&str] = match name {
            "Tandem Channel" => &["Input 0 VU", "Chain Order", "Latency"],
            _ => &["Input 0 VU", "Match EQ Target", "Dither Bits", "Dither Noise Shape", "Chain Order", "Latency"],
        };
        assert_eq!(fixed, expected, "{name}: parameters that a host may not move");
    }
}

#[test]
fn values_go_to_text_and_back() {
    for name in BOTH {
        let mut plugin = open(name);
        for param in plugin.params().to_vec() {
            let (low, high) = param.range;
            for way in (0..=20).map(|step| f64::from(step) / 20.0) {
                let value = low + way * (high - low);
                let value = if param.stepped { value.round() } else { value };
                let text = plugin.text(param.id, value).expect("a text");
                let back = plugin.value_of(param.id, &text).expect("an answer");
                let back = back.unwrap_or_else(|| panic!("{name}: {} does not read its own {text:?}", param.name));
                let again = plugin.text(param.id, back).expect("a text");
                assert_eq!(text, again, "{name}: {} at {value} reads {back} from its own text", param.name);
                // Many codes stand for one order of the modules, which has one text.
                let step = if param.name == "Chain Order" { 0.0 } else { (back - value).abs() / (high - low) };
                assert!(step < 0.011, "{name}: {} at {value} comes back from {text:?} as {back}", param.name);
            }
            assert_eq!(plugin.value_of(param.id, "banana").expect("an answer"), None, "{name}: {}", param.name);
        }
    }
}

#[test]
fn an_event_beyond_the_range_is_held_at_its_end() {
    for name in BOTH {
        let mut plugin = open(name);
        for param in plugin.params().to_vec() {
            let (low, high) = param.range;
            for (value, end) in [(low - 1e6, low), (high + 1e6, high)] {
                plugin.flush(&[Event { frame: 0, param: param.id, value }]).expect("flushes");
                let now = plugin.value(param.id).expect("a value");
                assert!((now - end).abs() < 1e-6, "{name}: {} set to {value} is {now}, {end} expected", param.name);
            }
            plugin.flush(&[Event { frame: 0, param: param.id, value: f64::NAN }]).expect("flushes");
            let now = plugin.value(param.id).expect("a value");
            assert!(now.is_finite(), "{name}: {} takes NaN", param.name);
        }
    }
}

#[test]
fn many_instances_come_and_go() {
    let bundle = bundle();
    for _ in 0..3 {
        let mut plugins: Vec<_> = (0..20).map(|i| bundle.open(BOTH[i % 2]).expect("opens")).collect();
        for plugin in &mut plugins {
            plugin.activate(RATE, BLOCK).expect("activates");
            let event = plugin.event("Input Trim", "6 dB", 3).expect("an event");
            let input = noise(1_000, 12);
            plugin.play(|audio| audio.run(&input, None, BLOCK, &[event])).expect("plays").expect("processes");
        }
    }
}
