//! State in the built CLAP: round trips, and what is no state.

use crate::bundles::{BLOCK, BOTH, RATE, active, noise, open, through};
use tandem_render::host::Plugin;
use tandem_tests::signals::Random;

/// Draws a value for every parameter.
fn shuffle(plugin: &mut Plugin, seed: u64) {
    let mut random = Random::new(seed);
    let events: Vec<_> = plugin
        .params()
        .iter()
        .map(|param| {
            let value = param.range.0 + random.uniform() * (param.range.1 - param.range.0);
            let value = if param.stepped { value.round() } else { value };
            tandem_render::host::Event { frame: 0, param: param.id, value }
        })
        .collect();
    plugin.flush(&events).expect("flushes");
}

fn values(plugin: &mut Plugin) -> Vec<f64> {
    plugin.params().to_vec().iter().map(|param| plugin.value(param.id).expect("a value")).collect()
}

/// A state's bytes with the length before them that the framework wants.
fn with_length(json: &[u8]) -> Vec<u8> {
    [&(json.len() as u64).to_le_bytes()[..], json].concat()
}

#[test]
fn save_load_save_gives_the_same_bytes() {
    for name in BOTH {
        for seed in 0..20 {
            let mut plugin = open(name);
            shuffle(&mut plugin, seed);
            let saved = plugin.save().expect("saves");
            let mut other = open(name);
            other.load(&saved).expect("loads");
            assert_eq!(values(&mut plugin), values(&mut other), "{name}: values after a round trip");
            assert!(saved == other.save().expect("saves"), "{name}, seed {seed}: the second save differs");
            assert!(saved.len() < 256_000, "{name}: a state of {} bytes, 256 kB at most", saved.len());
        }
    }
}

/// What version 0.1.0 saved of each, with something in three slots.
static SAVED: [&[u8]; 2] = [include_bytes!("../data/state_channel.json"), include_bytes!("../data/state_master.json")];

#[test]
fn what_an_earlier_version_saved_comes_back() {
    for (name, saved) in BOTH.into_iter().zip(SAVED) {
        let mut plugin = open(name);
        plugin.load(&with_length(saved)).expect("loads");
        for (param, text) in [
            ("Input Trim", "-3.5 dB"),
            ("EQ 3 On", "On"),
            ("EQ 3 Frequency", "240 Hz"),
            ("EQ 3 Gain", "+2.1 dB"),
            ("EQ 3 Shape", "High Shelf"),
            ("Output Fader", "-6.0 dB"),
            ("Latency", "Mix"),
            ("Bypass", "Off"),
        ] {
            assert_eq!(plugin.get(param).expect("a value"), text, "{name}: {param}");
        }
        let again = plugin.save().expect("saves");
        let fields = |json: &[u8]| serde_json::from_slice::<serde_json::Value>(json).expect("JSON")["fields"].clone();
        let (then, now) = (fields(saved), fields(&again[8..]));
        assert_eq!(now["slots"], then["slots"], "{name}: what is in the slots");
        assert_eq!(now["editor"], then["editor"], "{name}: how the editor was left");
        let mut other = open(name);
        other.load(&again).expect("loads");
        assert!(again == other.save().expect("saves"), "{name}: the second save differs");
    }
}

#[test]
fn a_session_with_four_full_slots_is_small() {
    for name in BOTH {
        let mut plugin = open(name);
        shuffle(&mut plugin, 7);
        let mut state: serde_json::Value =
            serde_json::from_slice(&plugin.save().expect("saves")[8..]).expect("a state is JSON");
        let held = serde_json::json!({ "params": state["params"], "loudness_lu": -1.25 });
        let slots = serde_json::json!({ "current": "a", "slots": { "b": held, "c": held, "d": held } });
        state["fields"]["slots"] = slots.to_string().into();
        plugin.load(&with_length(state.to_string().as_bytes())).expect("loads");
        let start = std::time::Instant::now();
        let saved = plugin.save().expect("saves");
        let took = start.elapsed();
        println!("{name}: {} bytes, saved in {:.2} ms", saved.len(), 1e3 * took.as_secs_f64());
        assert!(saved.len() > 3 * state["params"].to_string().len(), "{name}: {} bytes with all slots", saved.len());
        assert!(saved.len() < 256_000, "{name}: a state of {} bytes, 256 kB at most", saved.len());
    }
}

#[test]
fn a_state_of_old_leaves_what_it_lacks_at_its_default() {
    for name in BOTH {
        let mut plugin = open(name);
        let fresh = values(&mut plugin);
        shuffle(&mut plugin, 1);
        plugin.load(&with_length(br#"{"params":{"input_trim":{"f32":6.0}},"fields":{}}"#)).expect("loads");
        assert_eq!(plugin.get("Input Trim").expect("a value"), "+6.0 dB", "{name}");
        let now = values(&mut plugin);
        let params = plugin.params().to_vec();
        for ((param, fresh), now) in params.iter().zip(fresh).zip(now) {
            if param.name != "Input Trim" {
                assert_eq!(now, fresh, "{name}: {} after a state without it", param.name);
            }
        }
    }
}

#[test]
fn values_that_are_none_become_what_they_can() {
    for name in BOTH {
        let mut plugin = open(name);
        let fresh = values(&mut plugin);
        for json in [
            r#"{"params":{"input_trim":{"bool":true},"input_channels":{"f32":1.5},"bypass":{"i32":1}},"fields":{}}"#,
            r#"{"params":{"input_trim":{"f32":1e39},"input_channels":{"i32":-7},"latency":{"string":"x"}},"fields":{}}"#,
            r#"{"params":{"input_trim":{"f32":-1e30},"input_channels":{"i32":2147483647}},"fields":{"editor":"[","format":"x"}}"#,
            r#"{"params":{"unknown":{"f32":1.0}},"fields":{"unknown":"1"}}"#,
        ] {
            plugin.load(&with_length(json.as_bytes())).expect("loads");
            for (param, value) in plugin.params().to_vec().iter().zip(values(&mut plugin)) {
                let (low, high) = param.range;
                assert!((low..=high).contains(&value), "{name}: {} is {value} after {json}", param.name);
            }
            let saved = plugin.save().expect("saves");
            plugin.load(&saved).expect("loads what it saved");
        }
        assert_eq!(values(&mut plugin), fresh, "{name}: values after a state of unknown parameters");
    }
}

#[test]
fn what_is_no_state_is_refused_and_changes_nothing() {
    for name in BOTH {
        let mut plugin = open(name);
        shuffle(&mut plugin, 2);
        let saved = plugin.save().expect("saves");
        let mut random = Random::new(3);
        let mut bad: Vec<Vec<u8>> = vec![
            Vec::new(),
            vec![0; 8],
            with_length(b""),
            with_length(b"{}"),
            with_length(b"null"),
            with_length(&vec![b'['; 1_000_000]),
            with_length(br#"{"params":[],"fields":{}}"#),
            u64::MAX.to_le_bytes().to_vec(),
            [&(1u64 << 27).to_le_bytes()[..], b"{"].concat(),
        ];
        bad.extend((0..saved.len()).step_by(saved.len() / 40).map(|length| saved[..length].to_vec()));
        // Cut short within the length that it claims.
        bad.extend((10..saved.len() - 8).step_by(331).map(|length| with_length(&saved[8..8 + length])));
        bad.extend((0..50).map(|_| (0..1 + random.bits() % 5_000).map(|_| random.bits() as u8).collect()));
        bad.extend((0..50).map(|_| {
            let bytes: Vec<u8> = (0..1 + random.bits() % 5_000).map(|_| random.bits() as u8).collect();
            with_length(&bytes)
        }));
        for (index, bytes) in bad.iter().enumerate() {
            let start: String = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
            assert!(plugin.load(bytes).is_err(), "{name}: bad state {index} ({start:?}…) is accepted");
            assert!(saved == plugin.save().expect("saves"), "{name}: bad state {index} ({start:?}…) changed the state");
        }
        plugin.activate(RATE, BLOCK).expect("activates");
        let output = through(&mut plugin, &noise(4_800, 4), BLOCK);
        assert!(output.iter().flatten().all(|x| x.is_finite()), "{name}: sound after bad states");
    }
}

/// Every value of a state, for [`damage`] to change.
fn leaves(value: &mut serde_json::Value) -> Vec<&mut serde_json::Value> {
    match value {
        serde_json::Value::Object(fields) => fields.values_mut().flat_map(leaves).collect(),
        leaf => vec![leaf],
    }
}

/// A state with some of its values replaced: by other types, by numbers out of all ranges, by lists within lists.
fn damage(saved: &[u8], random: &mut Random) -> Vec<u8> {
    let mut state: serde_json::Value = serde_json::from_slice(&saved[8..]).expect("a state is JSON");
    let mut leaves = leaves(&mut state);
    for _ in 0..1 + random.bits() % 8 {
        let place = random.bits() as usize % leaves.len();
        let depth = 1 << (random.bits() % 7);
        let nested = serde_json::from_str(&format!("{}{}", "[".repeat(depth), "]".repeat(depth))).expect("lists");
        let values = [
            serde_json::Value::Null,
            true.into(),
            "-6 dB".into(),
            (-1).into(),
            i64::MAX.into(),
            u64::MAX.into(),
            1e308.into(),
            (-3.5e38).into(),
            serde_json::json!({ "f32": { "f32": 1 } }),
            nested,
        ];
        *leaves[place] = values[random.bits() as usize % values.len()].clone();
    }
    with_length(state.to_string().as_bytes())
}

/// Either refused, with everything as it was, or loaded with every value in its range, saved and loaded again.
fn is_refused_or_harmless(plugin: &mut Plugin, bytes: &[u8], what: &str) {
    let before = plugin.save().expect("saves");
    if plugin.load(bytes).is_err() {
        assert!(before == plugin.save().expect("saves"), "{what} is refused and has changed the state");
        return;
    }
    for (param, value) in plugin.params().to_vec().iter().zip(values(plugin)) {
        let (low, high) = param.range;
        assert!((low..=high).contains(&value), "{what}: {} is {value}", param.name);
    }
    let saved = plugin.save().expect("saves");
    assert!(saved.len() < 256_000, "{what} is saved as {} bytes", saved.len());
    plugin.load(&saved).unwrap_or_else(|error| panic!("{what}: cannot load what it saved: {error:#}"));
    assert!(saved == plugin.save().expect("saves"), "{what}: the second save differs");
}

#[test]
fn a_damaged_state_is_refused_or_harmless() {
    for (name, other) in [(BOTH[0], BOTH[1]), (BOTH[1], BOTH[0])] {
        let mut random = Random::new(11);
        let mut plugin = open(name);
        shuffle(&mut plugin, 5);
        let mut full: serde_json::Value =
            serde_json::from_slice(&plugin.save().expect("saves")[8..]).expect("a state is JSON");
        let held = serde_json::json!({ "params": full["params"], "loudness_lu": 2.5 });
        full["fields"]["slots"] =
            serde_json::json!({ "current": "c", "slots": { "a": held, "d": held } }).to_string().into();
        let full = with_length(full.to_string().as_bytes());
        plugin.load(&full).expect("loads");
        let saved = plugin.save().expect("saves");
        for round in 0..200 {
            is_refused_or_harmless(&mut plugin, &damage(&saved, &mut random), &format!("{name}, values {round}"));
            let mut flipped = saved.clone();
            for _ in 0..1 + random.bits() % 12 {
                let place = 8 + random.bits() as usize % (flipped.len() - 8);
                flipped[place] ^= 1 << (random.bits() % 8);
            }
            is_refused_or_harmless(&mut plugin, &flipped, &format!("{name}, flipped bits {round}"));
            let cut = 8 + random.bits() as usize % (saved.len() - 8);
            is_refused_or_harmless(&mut plugin, &with_length(&saved[8..cut]), &format!("{name}, cut at {cut}"));
        }
        for depth in [100, 10_000, 1_000_000] {
            let deep = format!("{}{}", r#"{"params":"#.repeat(depth), "}".repeat(depth));
            is_refused_or_harmless(&mut plugin, &with_length(deep.as_bytes()), &format!("{name}, {depth} deep"));
        }
        let mut foreign = open(other);
        shuffle(&mut foreign, 6);
        is_refused_or_harmless(&mut plugin, &foreign.save().expect("saves"), &format!("{name}, the state of {other}"));
        plugin.set("Latency", "Live").expect("sets");
        plugin.activate(RATE, BLOCK).expect("activates");
        let output = through(&mut plugin, &noise(9_600, 4), BLOCK);
        assert!(output.iter().flatten().all(|x| x.is_finite()), "{name}: sound after damaged states");
    }
}

#[test]
fn a_state_is_heard_at_once_in_a_plugin_that_plays() {
    for name in BOTH {
        let mut plugin = open(name);
        plugin.set("Latency", "Live").expect("sets");
        let mut donor = open(name);
        donor.set("Latency", "Live").expect("sets");
        donor.set("Output Fader", "-inf dB").expect("sets");
        let silent = donor.save().expect("saves");
        plugin.activate(RATE, BLOCK).expect("activates");
        let input = noise(9_600, 5);
        through(&mut plugin, &input, BLOCK);
        plugin.load(&silent).expect("loads");
        let output = through(&mut plugin, &input, BLOCK);
        let late = output.iter().flat_map(|channel| &channel[4_800..]).fold(0.0f32, |peak, x| peak.max(x.abs()));
        assert_eq!(late, 0.0, "{name}: peak 100 ms after a state with the fader down was loaded");
    }
}

/// The order is one of 10! codes in a normalised number: it comes through the host and the state to the last one.
#[test]
fn an_order_comes_back() {
    for (name, modules) in [(BOTH[0], ["EQ", "Comp", "Saturator"]), (BOTH[1], ["EQ", "Glue", "Saturator"])] {
        let [a, b, c] = modules;
        for order in [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]] {
            let mut plugin = active(name);
            let text = order.join(" > ");
            plugin.set("Chain Order", &text).unwrap_or_else(|error| panic!("{error:#}"));
            through(&mut plugin, &noise(BLOCK, 1), BLOCK);
            let saved = plugin.save().expect("saves");
            let mut other = open(name);
            other.load(&saved).expect("loads");
            let param = other.params().find("Chain Order").expect("the parameter").clone();
            let value = other.value(param.id).expect("a value");
            let back = other.text(param.id, value).expect("a text");
            let places = order.map(|module| back.split(" > ").position(|name| name == module));
            assert!(places.is_sorted() && places[0].is_some(), "{name}: \"{text}\" comes back as \"{back}\"");
        }
    }
}
