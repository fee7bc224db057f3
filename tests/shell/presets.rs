//! Preset files: what they set, what becomes of those that are none, and the factory's.

use proptest::prelude::*;
use proptest::test_runner::Config;
use tandem::channel::Channel;
use tandem::master::Master;
use tandem::params::{Control, Controls, ParamIndex};
use tandem::shell::{Product, parameters};
use tandem::state::locks::{Lock, Locks};
use tandem::state::preset::{Base, capture, differ, values};
use tandem::state::slots::Slot;
use tandem_presets::format::{LONGEST_NAME, LONGEST_TAG, MOST_BYTES, VERSION, renamed};
use tandem_presets::{Facet, Fault, Preset, Setting, factory, short_name};

fn plugin<P: Product>() -> String {
    short_name(P::NAME)
}

/// Reads the text as a preset of `P` and what it sets.
fn read<P: Product>(text: &[u8]) -> Result<(Preset, Vec<(ParamIndex, f64)>), Fault> {
    let preset = Preset::read(text, "Test.tandem", &plugin::<P>())?;
    let changes = values(&preset, "Test.tandem", parameters::<P>().controls(), Locks::NONE)?;
    Ok((preset, changes))
}

fn refusal<P: Product>(text: &str) -> String {
    match read::<P>(text.as_bytes()) {
        Ok((preset, _)) => panic!("{text:?} was read as {preset:?}"),
        Err(fault) => fault.to_string(),
    }
}

const GOOD: &str = "tandem-preset 1\nplugin: channel\nname: A: b = c\nsource: Vocal, choir\ntask: level\nnotes:\n  One.\n  \
                    Two: = #\n\nComp On = On\nComp Threshold = -24 dB\nComp Ratio = 3:1\nEQ 3 Frequency = 1k2\n";

#[test]
fn a_file_says_what_it_is_and_sets_what_it_names() {
    let (preset, changes) = read::<Channel>(GOOD.as_bytes()).expect("a good preset");
    assert_eq!(preset.name, "A: b = c");
    assert_eq!(preset.tags.of(Facet::Source), ["vocal", "choir"]);
    assert_eq!(preset.notes, "One.\nTwo: = #");
    let tree = parameters::<Channel>();
    let controls = tree.controls();
    let value = |name: &str| {
        let index = controls.find_name(name).expect("a parameter");
        changes.iter().find(|(other, _)| *other == index).map(|(_, value)| *value)
    };
    assert_eq!(value("Comp On"), Some(1.0));
    assert_eq!(value("Comp Threshold"), Some(-24.0));
    assert_eq!(value("Comp Ratio").map(|ratio| (ratio * 1e6).round() / 1e6), Some(3.0));
    assert_eq!(value("EQ 3 Frequency").map(|hz| (hz * 1e6).round() / 1e6), Some(1_200.0));
    assert_eq!(value("Input Trim"), Some(0.0), "what is not named goes to its default");
    assert_eq!(value("Bypass"), None, "bypass is the host's");
    assert_eq!(changes.len(), controls.all().len() - 1);
}

#[test]
fn line_ends_marks_and_comments_do_not_matter() {
    let (preset, changes) = read::<Channel>(GOOD.as_bytes()).expect("a good preset");
    let windows = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    let spaced = format!("# mine\n\n{}", GOOD.replace("Comp On", "# Comp Mix = 3 %\n\nComp On"));
    for text in [windows, spaced] {
        let (other, other_changes) = read::<Channel>(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(
            (other.name, other.tags, other.notes),
            (preset.name.clone(), preset.tags.clone(), preset.notes.clone())
        );
        assert_eq!(other_changes, changes);
    }
}

#[test]
fn what_is_no_preset_is_refused_with_file_and_line() {
    let line = |at: usize, with: &str| {
        let mut lines: Vec<&str> = GOOD.lines().collect();
        lines[at - 1] = with;
        lines.join("\n")
    };
    for (text, expected) in [
        (String::new(), "Test.tandem: The file is empty."),
        ("{}".to_string(), "Test.tandem, line 1: This is no preset"),
        (line(1, "tandem-preset 2"), "line 1: Format 2 is later than this version of Tandem, which reads format 1."),
        (line(1, "tandem-preset one"), "line 1: \"one\" is no format of presets"),
        (line(1, "tandem-preset1"), "line 1: This is no preset"),
        (line(2, "plugin: master"), "line 2: A preset of Tandem's master, not of its channel."),
        (line(2, "# nothing"), "Test.tandem: It does not say which plug-in it is for"),
        (line(3, "plugin: channel"), "line 3: A second \"plugin\"."),
        (line(3, "colour: red"), "line 3: \"colour\" is nothing that a preset says."),
        (line(3, &format!("name: {}", "x".repeat(99))), "line 3: The name has 99 letters, 64 at most."),
        (line(10, "Comp On"), "line 10: \"Comp On\" is not of the form \"Parameter = value\"."),
        (line(10, "Comp On ="), "line 10: \"Comp On =\" is not of the form"),
        (line(10, "Comp Off = On"), "line 10: There is no parameter \"Comp Off\"."),
        (line(10, "Bypass = On"), "line 10: \"Bypass\" is the host's"),
        (line(10, "Comp On = Maybe"), "line 10: \"Maybe\" is no value of \"Comp On\", which takes Off or On."),
        (line(11, "comp on = Off"), "line 11: \"comp on\" is set in line 10 already."),
        (
            line(11, "Comp Threshold = loud"),
            "line 11: \"loud\" is no value of \"Comp Threshold\", which takes -60.0 dB to",
        ),
        (line(11, "Comp Threshold = 1e300 dB"), "line 11: \"1e300 dB\" is no value of"),
        (line(11, "Comp Threshold = NaN"), "line 11: \"NaN\" is no value of"),
        (line(11, "Comp Threshold = \u{7}1"), "line 11: A character that is no text, U+0007."),
        (format!("{GOOD}{}", " ".repeat(MOST_BYTES)), "bytes are no preset"),
    ] {
        let refused = refusal::<Channel>(&text);
        assert!(refused.contains(expected), "{refused:?} does not say {expected:?}");
        assert!(refused.starts_with("Test.tandem"), "{refused:?} does not name the file");
    }
    let mut bytes = GOOD.as_bytes().to_vec();
    bytes[GOOD.find("Two").expect("it is there")] = 0xFF;
    let fault = read::<Channel>(&bytes).expect_err("no text");
    assert_eq!(fault.to_string(), "Test.tandem, line 8: This is no text.");
}

#[test]
fn another_name_changes_nothing_else() {
    let other = renamed(GOOD, "New\nname");
    assert_eq!(other, GOOD.replace("name: A: b = c", "name: New name"));
    let without = GOOD.replace("name: A: b = c\n", "");
    let (preset, _) = read::<Channel>(renamed(&without, "New").as_bytes()).expect("a good preset");
    assert_eq!(preset.name, "New");
}

/// Sets every parameter to a place of its own.
fn scatter(controls: &Controls, seed: u64) -> Vec<(ParamIndex, f64)> {
    let mut random = seed;
    let mut next = || {
        // Knuth's MMIX generator.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 11) as f64 / (1u64 << 53) as f64
    };
    controls.all().map(|index| (index, controls.control(index).from_normalized(next()))).collect()
}

fn comes_back<P: Product>(seed: u64) {
    let (tree, other) = (parameters::<P>(), parameters::<P>());
    let controls = tree.controls();
    controls.set_quietly(&scatter(controls, seed));
    let text = capture(&plugin::<P>(), controls).write();
    let (_, changes) = read::<P>(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault}\n{text}"));
    other.controls().set_quietly(&changes);
    for index in controls.all() {
        let (wanted, found) = (controls.normalized(index), other.controls().normalized(index));
        let control = controls.control(index);
        if let Control::Sequence(_) = control {
            // Where the places lie that no module has is not saved.
            assert_eq!(control.print(other.controls().value(index)), control.print(controls.value(index)));
            continue;
        }
        let name = controls.name(index);
        assert!(name == "Bypass" || (wanted - found).abs() <= 1e-6, "{name} is {found}, {wanted} was saved\n{text}");
    }
    assert!(!differ(other.controls(), &changes), "it stands as the preset has it");
}

#[test]
fn what_is_saved_comes_back_as_it_was() {
    for seed in 0..40 {
        comes_back::<Channel>(seed);
        comes_back::<Master>(seed);
    }
}

#[test]
fn a_fresh_instance_is_the_empty_preset() {
    let tree = parameters::<Master>();
    assert_eq!(capture("master", tree.controls()).settings, []);
    let init = values(&factory::init("master"), "Init", tree.controls(), Locks::NONE).expect("Init");
    assert!(!differ(tree.controls(), &init), "Init is what a fresh instance has");
}

#[test]
fn names_of_parameters_can_be_told_from_header_lines() {
    for tree in [parameters::<Channel>().controls(), parameters::<Master>().controls()] {
        for index in tree.all() {
            let name = tree.name(index);
            assert!(!name.contains([':', '=', '#']) && name.trim() == name, "{name}");
        }
    }
}

fn locked<P: Product>(lock: Lock) -> Vec<String> {
    let tree = parameters::<P>();
    let controls = tree.controls();
    let free = values(&Preset::default(), "", controls, Locks::NONE.with(lock, true)).expect("values");
    let kept = controls.all().filter(|index| free.iter().all(|(other, _)| other != index));
    kept.map(|index| controls.name(index).to_string()).filter(|name| name != "Bypass").collect()
}

#[test]
fn locks_keep_what_they_say() {
    assert_eq!(locked::<Channel>(Lock::Latency), ["Latency"]);
    assert_eq!(locked::<Master>(Lock::Latency), ["Latency"]);
    assert_eq!(locked::<Master>(Lock::Ceiling), ["Limiter Ceiling"]);
    assert_eq!(locked::<Channel>(Lock::Ceiling), [""; 0]);
    let kept = locked::<Master>(Lock::Dither);
    assert!(!kept.is_empty() && kept.iter().all(|name| name.starts_with("Dither ")), "{kept:?}");
    let kept = locked::<Channel>(Lock::InOut);
    for name in ["Input Trim", "Input Channels", "Output Fader", "Output Pan", "Output Width"] {
        assert!(kept.iter().any(|kept| kept == name), "{name} is not kept: {kept:?}");
    }
    assert!(kept.iter().all(|name| name.starts_with("Input") || name.starts_with("Output")), "{kept:?}");
    let kept = locked::<Master>(Lock::InOut);
    assert!(kept.iter().any(|name| name == "Output Fader"), "{kept:?}");
    assert_eq!(Locks::default(), Locks::NONE.with(Lock::Latency, true), "a fresh instance locks latency alone");
}

#[test]
fn a_session_remembers_preset_and_locks() {
    use nice_plug::params::Params;
    use tandem::shell::Shell;
    let [shell, other] = [0; 2].map(|_| Shell::<Channel>::default());
    let standing = &shell.stored().editor.preset;
    let (preset, changes) = read::<Channel>(GOOD.as_bytes()).expect("a good preset");
    standing.set_base(Slot::C, Base::new("user/Mine", "Mine", &preset));
    standing.set_lock(Lock::InOut, true);
    standing.set_lock(Lock::Latency, false);
    other.stored().deserialize_fields(&shell.stored().serialize_fields());
    let restored = &other.stored().editor.preset;
    assert_eq!((restored.base(Slot::C), restored.locks()), (standing.base(Slot::C), standing.locks()));
    assert_eq!(restored.base(Slot::A), Base::default());
    let sets = restored.base(Slot::C).values(other.stored().tree.controls(), Locks::NONE);
    assert_eq!(sets, changes, "the session knows what the preset sets without its file");
    let old = r#"{"width":1200,"height":800,"scale_percent":100,"theme":"dark"}"#;
    restored.set_lock(Lock::InOut, true);
    other.stored().deserialize_fields(&[("editor".to_string(), old.to_string())].into());
    assert_eq!((restored.base(Slot::C), restored.locks()), (Base::default(), Locks::default()), "an older session");
}

/// A preset of any name, tags, notes and settings.
fn any_preset() -> impl Strategy<Value = Preset> {
    let words = prop::collection::vec("[a-z][a-z ]{0,10}[a-z]", 0..4);
    let setting = ("[A-Z][a-z0-9 ]{0,20}[a-z]", "[-0-9a-zA-Z%:.]{1,12}");
    ("\\PC{0,80}", [words.clone(), words.clone(), words], "(\\PC|\n){0,300}", prop::collection::vec(setting, 0..30))
        .prop_map(|(name, tags, notes, settings)| {
            let mut preset = Preset { plugin: "channel".to_string(), name, notes, ..Preset::default() };
            for (facet, words) in Facet::ALL.into_iter().zip(tags) {
                preset.tags.set(facet, &words.join(","));
            }
            for (parameter, value) in settings {
                if preset.settings.iter().all(|other| !other.parameter.eq_ignore_ascii_case(&parameter)) {
                    preset.settings.push(Setting { line: 0, parameter, value });
                }
            }
            preset.tidy();
            preset
        })
}

fn config() -> Config {
    // No files of failures in the sources: a failure prints its case.
    Config { failure_persistence: None, cases: 400, ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    /// Any preset's text gives that preset back.
    #[test]
    fn presets_go_to_text_and_back(preset in any_preset()) {
        let text = preset.write();
        let mut read = Preset::read(text.as_bytes(), "x", "channel").map_err(|fault| TestCaseError::fail(format!("{fault}\n{text}")))?;
        read.settings.iter_mut().for_each(|setting| setting.line = 0);
        prop_assert_eq!(read, preset);
    }

    /// Cut off, flipped, with any bytes put in: read as a preset whose values are in range, or refused by name.
    #[test]
    fn damage_is_refused_or_harmless(
        seed in 0u64..8,
        cut in 0.0f64..1.2,
        flips in prop::collection::vec((0.0f64..1.0, 0u8..8), 0..6),
        put in (0.0f64..1.0, prop::collection::vec(any::<u8>(), 0..24)),
    ) {
        let tree = parameters::<Channel>();
        let controls = tree.controls();
        controls.set_quietly(&scatter(controls, seed));
        let mut bytes = capture("channel", controls).write().into_bytes();
        bytes.truncate((cut * bytes.len() as f64) as usize);
        for (at, bit) in flips {
            let at = (at * bytes.len() as f64) as usize;
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << bit;
            }
        }
        let at = (put.0 * bytes.len() as f64) as usize;
        bytes.splice(at..at, put.1);
        harmless(&bytes)?;
    }

    /// Wrong types and huge numbers in place of values, any text in place of names.
    #[test]
    fn wrong_values_are_refused_or_harmless(
        which in any::<prop::sample::Index>(),
        value in prop_oneof![
            any::<f64>().prop_map(|x| format!("{x:e} dB")),
            any::<i64>().prop_map(|x| x.to_string()),
            "\\PC{1,40}",
            Just("9".repeat(5_000)),
            Just("true".to_string()),
            Just("[".repeat(10_000)),
            Just("{\"a\":".repeat(3_000)),
        ],
    ) {
        let tree = parameters::<Channel>();
        let controls = tree.controls();
        let all: Vec<_> = controls.all().collect();
        let index = all[which.index(all.len())];
        let text = format!("tandem-preset {VERSION}\nplugin: channel\n{} = {value}\n", controls.name(index));
        harmless(text.as_bytes())?;
    }

    /// Any bytes at all, also behind a good first line.
    #[test]
    fn any_file_is_refused_or_harmless(bytes in prop::collection::vec(any::<u8>(), 0..2_000), header in any::<bool>()) {
        let mut file = if header { b"tandem-preset 1\nplugin: channel\n".to_vec() } else { Vec::new() };
        file.extend(bytes);
        harmless(&file)?;
    }
}

/// The file is refused with its name, or all that it sets is within range and its text is short enough to show.
fn harmless(bytes: &[u8]) -> Result<(), TestCaseError> {
    match read::<Channel>(bytes) {
        Err(fault) => {
            prop_assert!(fault.to_string().starts_with("Test.tandem"), "{}", fault);
            prop_assert!(fault.line <= bytes.len(), "{}", fault);
        }
        Ok((preset, changes)) => {
            prop_assert!(preset.name.chars().count() <= LONGEST_NAME);
            prop_assert!(preset.tags.all().all(|tag| tag.chars().count() <= LONGEST_TAG));
            let tree = parameters::<Channel>();
            for (index, value) in changes {
                let within = match tree.controls().control(index) {
                    Control::Dial(dial) => (dial.range.0..=dial.range.1).contains(&value),
                    control => control.from_normalized(control.to_normalized(value)) == value,
                };
                prop_assert!(within, "{} = {}", tree.controls().name(index), value);
            }
        }
    }
    Ok(())
}

/// What the notes of a factory preset have to say: what it was made on, what it did there, and where to begin.
const SAID: [&str; 3] = ["Made on: ", "Measured there: ", "Adjust first: "];

/// Words that factory presets are tagged with, so that one thing has one word.
const WORDS: [&[&str]; 3] = [
    &["vocal", "drums", "bass", "guitar", "keys", "strings", "brass", "woodwinds", "synth", "percussion", "mix"],
    &["any", "pop", "rock", "jazz", "orchestral", "electronic", "acoustic", "hip-hop", "speech"],
    &["level", "tone", "punch", "clean", "space", "colour", "glue", "loudness", "repair"],
];

/// What there has to be a preset for, by the beginning of its name: on Channel a source, on Master a destination or style.
const CHANNEL_PRESETS: [&str; 23] = [
    "Lead vocal, pop",
    "Lead vocal, intimate",
    "Backing vocals",
    "Spoken word",
    "Kick",
    "Snare",
    "Overheads",
    "Drum bus",
    "Electric bass",
    "Upright bass",
    "Acoustic guitar",
    "Electric guitar",
    "Piano",
    "String section",
    "Solo strings",
    "Brass",
    "Saxophone",
    "Flute",
    "Synth bass",
    "Synth lead",
    "Pad",
    "Jazz trio bus",
    "Orchestral tutti",
];
const MASTER_PRESETS: [&str; 15] = [
    "Streaming, transparent",
    "Streaming, loud",
    "CD",
    "Club",
    "EBU R128",
    "Podcast",
    "Vinyl pre-master",
    "Acoustic",
    "Jazz",
    "Orchestral",
    "Rock",
    "Hip-hop",
    "Electronic",
    "Stem bus",
    "Lo-fi repair",
];

/// Switches of modules that take, and what the notes then have to tell with figures.
const TAKEN: [(&str, &str); 3] =
    [("Comp On", "Comp takes "), ("Glue On", "Glue takes "), ("Limiter On", "Limiter takes ")];

fn factory_is_sound<P: Product>(wanted: &[&str]) {
    let plugin = plugin::<P>();
    let presets = factory::presets(&plugin).unwrap_or_else(|fault| panic!("{fault}"));
    let tree = parameters::<P>();
    let mut names: Vec<String> = Vec::new();
    for preset in &presets[1..] {
        let name = &preset.name;
        let changes = values(preset, name, tree.controls(), Locks::NONE).unwrap_or_else(|fault| panic!("{fault}"));
        assert!(differ(tree.controls(), &changes), "{name} is Init");
        for (facet, words) in Facet::ALL.into_iter().zip(WORDS) {
            let tags = preset.tags.of(facet);
            assert!(!tags.is_empty(), "{name} has no {}", facet.key());
            let unknown: Vec<_> = tags.iter().filter(|tag| !words.contains(&tag.as_str())).collect();
            assert!(unknown.is_empty(), "{name}: {} has other words than the rest: {unknown:?}", facet.key());
        }
        let first = preset.notes.lines().next().unwrap_or_default();
        assert!(first.len() > 20 && !SAID.iter().any(|said| first.starts_with(said)), "{name} does not say its task");
        for said in SAID {
            assert!(preset.notes.lines().any(|line| line.starts_with(said)), "{name} does not say \"{said}\"");
        }
        assert!(!names.contains(&name.to_lowercase()), "two are called {name}");
        names.push(name.to_lowercase());
        // Written as the plug-in writes it: a value is what it says.
        for setting in &preset.settings {
            let index = tree.controls().find_name(&setting.parameter).expect("it was read");
            let printed = tree
                .controls()
                .control(index)
                .print(changes.iter().find(|(other, _)| *other == index).map_or(f64::NAN, |(_, value)| *value));
            assert_eq!(setting.value, printed, "{name}: {}", setting.parameter);
            assert_eq!(setting.parameter, tree.controls().name(index), "{name}");
        }
        let measured = preset.notes.lines().find(|line| line.starts_with(SAID[1])).expect("it was found");
        let after = measured.split("loudness ").find_map(|rest| rest.split_once(" LU")?.0.parse::<f64>().ok());
        let change_lu = after.unwrap_or_else(|| panic!("{name}: {measured} does not tell the change of loudness"));
        assert!(
            plugin == "master" || change_lu.abs() <= 1.0,
            "{name} changes the loudness by {change_lu} LU: comparing with it is not fair"
        );
        for (switch, taken) in TAKEN {
            let on = preset.settings.iter().any(|setting| setting.parameter == switch && setting.value == "On");
            assert!(!on || measured.contains(taken), "{name}: {measured} does not say what it takes");
        }
        if preset.settings.iter().any(|setting| setting.parameter == "De-click On") {
            assert!(preset.notes.contains("Full"), "{name} does not say that De-click needs Latency Full");
        }
        let few = preset.settings.len();
        assert!((1..=40).contains(&few), "{name} sets {few} parameters");
        assert!(!preset.settings.iter().any(|s| s.parameter == "Latency"), "{name}: the Latency mode is the user's");
    }
    for wanted in wanted {
        let of_it = |name: &&String| {
            let rest = name.strip_prefix(&wanted.to_lowercase());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([',', ' ']))
        };
        assert!(names.iter().any(|name| of_it(&name)), "{plugin} has no preset for \"{wanted}\": {names:?}");
    }
}

#[test]
fn factory_presets_load_and_say_what_they_are_for() {
    factory_is_sound::<Channel>(&CHANNEL_PRESETS);
    factory_is_sound::<Master>(&MASTER_PRESETS);
}
