//! Slots, history and diff, without an editor: what they hold, what is undone, and what is stored of them.

use nice_plug::params::Params;
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem::channel::Channel;
use tandem::edit::{Edit, Unhosted, is_far};
use tandem::master::Master;
use tandem::params::{Controls, ParamIndex};
use tandem::shell::{Product, Shell};
use tandem::state::diff;
use tandem::state::history::Direction::{Back, Forth};
use tandem::state::recall::Recall;
use tandem::state::slots::Slot;
use tandem::state::snapshot::{Snapshot, belongs_to_the_sound};
use tandem_tests::signals::Random;

/// An instance without a host or an editor, and hands.
struct Hands<P: Product> {
    shell: Shell<P>,
    edit: Unhosted,
}

impl<P: Product> Hands<P> {
    fn new() -> Self {
        let shell = Shell::<P>::default();
        let edit = Unhosted(shell.stored().tree.controls().clone());
        Self { shell, edit }
    }

    fn controls(&self) -> &Arc<Controls> {
        self.shell.stored().tree.controls()
    }

    fn recall(&self) -> &Recall {
        &self.shell.stored().recall
    }

    fn index(&self, name: &str) -> ParamIndex {
        self.controls().find_name(name).unwrap_or_else(|| panic!("no parameter {name}"))
    }

    fn value(&self, name: &str) -> f64 {
        self.controls().base(self.index(name))
    }

    /// A gesture on `name`, from the editor.
    fn turn(&self, name: &str, value: f64) {
        self.recall().remember(&self.edit).set_once(self.index(name), value);
    }

    /// As a host does it.
    fn automate(&self, name: &str, value: f64) {
        self.controls().set_quietly(&[(self.index(name), value)]);
    }

    fn switch(&self, slot: Slot) {
        self.recall().switch(&self.edit, slot);
    }

    fn undo(&self) -> Option<tandem::state::recall::Gone> {
        self.recall().go(&self.edit, Back)
    }

    fn redo(&self) -> Option<tandem::state::recall::Gone> {
        self.recall().go(&self.edit, Forth)
    }

    fn fields(&self) -> BTreeMap<String, String> {
        self.shell.stored().serialize_fields()
    }

    fn load(&self, fields: &BTreeMap<String, String>) {
        self.shell.stored().deserialize_fields(fields);
    }

    /// Any value for every parameter of the sound.
    fn shuffle(&self, seed: u64) {
        let mut random = Random::new(seed);
        let controls = self.controls();
        let sound = controls.all().filter(|index| belongs_to_the_sound(controls, *index));
        let changes: Vec<_> =
            sound.map(|index| (index, controls.control(index).from_normalized(random.uniform()))).collect();
        controls.set_quietly(&changes);
    }
}

fn near(value: f64, wanted: f64, what: &str) {
    assert!((value - wanted).abs() < 1e-4, "{what}: {value}, {wanted} expected");
}

#[test]
fn a_gesture_is_a_step_that_can_be_undone_and_redone() {
    let hands = Hands::<Channel>::new();
    let remembered = hands.recall().remember(&hands.edit);
    let trim = hands.index("Input Trim");
    remembered.begin(trim);
    for value in [1.0, 2.0, 3.0] {
        remembered.set(trim, value);
    }
    remembered.end(trim);
    hands.turn("EQ 3 Gain", 2.1);
    assert_eq!(hands.recall().lengths(), (2, 0), "steps after two gestures");
    assert_eq!(hands.recall().next(Back).as_deref(), Some("EQ 3 Gain to +2.1 dB"));
    hands.undo();
    hands.undo();
    near(hands.value("EQ 3 Gain"), 0.0, "gain undone");
    near(hands.value("Input Trim"), 0.0, "trim undone");
    assert_eq!(hands.recall().next(Forth).as_deref(), Some("Input Trim to +3.0 dB"));
    assert_eq!(hands.undo(), None, "there is nothing more");
    hands.redo();
    hands.redo();
    near(hands.value("EQ 3 Gain"), 2.1, "gain redone");
    near(hands.value("Input Trim"), 3.0, "trim redone");
    hands.undo();
    hands.turn("Input Trim", -1.0);
    assert_eq!(hands.redo(), None, "another gesture ends what could be redone");
}

#[test]
fn a_gesture_on_two_parameters_is_one_step_and_one_that_moves_nothing_is_none() {
    let hands = Hands::<Channel>::new();
    let remembered = hands.recall().remember(&hands.edit);
    let (freq, gain) = (hands.index("EQ 1 Frequency"), hands.index("EQ 1 Gain"));
    remembered.begin(freq);
    remembered.begin(gain);
    remembered.set(freq, 240.0);
    remembered.set(gain, -3.0);
    remembered.end(freq);
    remembered.end(gain);
    assert_eq!(hands.recall().next(Back).as_deref(), Some("EQ 1 Frequency to 240 Hz, Gain to -3.0 dB"));
    assert_eq!(hands.recall().lengths(), (1, 0));
    remembered.begin(gain);
    remembered.set(gain, 5.0);
    remembered.set(gain, -3.0);
    remembered.end(gain);
    assert_eq!(hands.recall().lengths(), (1, 0), "a gesture that comes back is no step");
    hands.undo();
    near(hands.value("EQ 1 Gain"), 0.0, "both are undone");
}

#[test]
fn notches_of_the_wheel_are_one_step_while_they_follow_soon() {
    let hands = Hands::<Channel>::new();
    let remembered = hands.recall().remember(&hands.edit);
    let trim = hands.index("Input Trim");
    for (value, now) in [(1.0, 0.0), (2.0, 0.5), (3.0, 1.2), (4.0, 9.0)] {
        remembered.nudge(trim, value, now);
    }
    assert_eq!(hands.recall().lengths(), (2, 0), "steps of three notches and a late one");
    hands.undo();
    near(hands.value("Input Trim"), 3.0, "the late one undone");
    hands.undo();
    near(hands.value("Input Trim"), 0.0, "the others undone");
}

#[test]
fn a_hundred_steps_and_more_can_be_undone() {
    let hands = Hands::<Channel>::new();
    for step in 1..=150 {
        hands.turn("Input Trim", f64::from(step) * 0.1);
    }
    for step in (0..150).rev() {
        assert!(hands.undo().is_some(), "step {step}");
        near(hands.value("Input Trim"), f64::from(step) * 0.1, "undone");
    }
    for _ in 0..1_000 {
        hands.turn("Input Trim", 1.0);
        hands.turn("Input Trim", 2.0);
    }
    assert!(hands.recall().lengths().0 <= 1_000, "what is kept has an end");
}

#[test]
fn what_a_host_does_is_no_step_and_is_not_undone() {
    let hands = Hands::<Channel>::new();
    hands.automate("Input Trim", 6.0);
    assert_eq!(hands.recall().lengths(), (0, 0), "a host's automation is a step");
    let remembered = hands.recall().remember(&hands.edit);
    remembered.bulk_as("Both", &[(hands.index("Input Trim"), 1.0), (hands.index("Output Fader"), -2.0)]);
    hands.automate("Input Trim", 3.0);
    let gone = hands.undo().expect("a step");
    assert_eq!((gone.name.as_str(), gone.left.as_slice()), ("Both", &[hands.index("Input Trim")][..]));
    near(hands.value("Input Trim"), 3.0, "what the host has set");
    near(hands.value("Output Fader"), 0.0, "what still held the step's value");
}

#[test]
fn each_slot_keeps_its_sound_and_an_empty_one_takes_along_what_stands() {
    let hands = Hands::<Channel>::new();
    hands.turn("Input Trim", 3.0);
    hands.switch(Slot::B);
    near(hands.value("Input Trim"), 3.0, "an empty slot takes along what stands");
    hands.turn("Input Trim", -4.0);
    hands.turn("Comp On", 1.0);
    hands.switch(Slot::A);
    near(hands.value("Input Trim"), 3.0, "A");
    near(hands.value("Comp On"), 0.0, "A");
    // What a host does to the current slot stays in it.
    hands.automate("Output Fader", -6.0);
    hands.switch(Slot::B);
    near(hands.value("Input Trim"), -4.0, "B");
    near(hands.value("Output Fader"), 0.0, "B");
    hands.switch(Slot::A);
    near(hands.value("Output Fader"), -6.0, "A");
    let slots = hands.recall().slots();
    assert!(!slots.is_empty(Slot::B) && slots.is_empty(Slot::C) && slots.is_empty(Slot::D));
}

#[test]
fn values_do_not_wander_however_often_slots_are_switched() {
    let hands = Hands::<Master>::new();
    hands.shuffle(1);
    hands.switch(Slot::B);
    hands.shuffle(2);
    let [b, a] = [Slot::B, Slot::A].map(|slot| hands.recall().snapshot(slot).expect("a snapshot"));
    let before = hands.controls().all().map(|index| hands.controls().base(index)).collect::<Vec<_>>();
    for _ in 0..50 {
        hands.switch(Slot::A);
        hands.switch(Slot::B);
    }
    assert_eq!(hands.recall().snapshot(Slot::A), Some(a), "A after 50 rounds");
    assert_eq!(hands.recall().snapshot(Slot::B), Some(b), "B after 50 rounds");
    for (index, before) in hands.controls().all().zip(before) {
        assert!(hands.controls().is_at(index, before), "{} after 50 rounds", hands.controls().name(index));
    }
}

#[test]
fn bypass_and_latency_are_of_no_slot() {
    let hands = Hands::<Channel>::new();
    hands.switch(Slot::B);
    hands.turn("Bypass", 1.0);
    hands.turn("Latency", 2.0);
    hands.switch(Slot::A);
    near(hands.value("Bypass"), 1.0, "bypass");
    near(hands.value("Latency"), 2.0, "latency");
}

#[test]
fn switching_and_copying_are_steps() {
    let hands = Hands::<Channel>::new();
    hands.switch(Slot::B);
    hands.turn("Input Trim", 5.0);
    hands.recall().copy(&hands.edit, Slot::B, Slot::C);
    hands.switch(Slot::A);
    assert_eq!(hands.recall().next(Back).as_deref(), Some("Slot A"));
    hands.undo();
    assert_eq!(hands.recall().slots().current(), Slot::B);
    near(hands.value("Input Trim"), 5.0, "back in B");
    assert!(!hands.recall().slots().is_empty(Slot::C));
    assert_eq!(hands.recall().next(Back).as_deref(), Some("Copy B to C"));
    hands.undo();
    assert!(hands.recall().slots().is_empty(Slot::C), "C is empty again");
    hands.undo();
    hands.undo();
    assert_eq!(hands.recall().slots().current(), Slot::A);
    assert!(hands.recall().slots().is_empty(Slot::B), "B was never there");
    for _ in 0..4 {
        hands.redo();
    }
    assert_eq!(hands.recall().slots().current(), Slot::A);
    let c = hands.recall().snapshot(Slot::C).and_then(|c| c.value(hands.index("Input Trim")));
    near(c.expect("C holds a trim"), 5.0, "C again");
    // Over the slot that is heard: the sound follows.
    hands.recall().copy(&hands.edit, Slot::C, Slot::A);
    near(hands.value("Input Trim"), 5.0, "C's sound in A");
    hands.undo();
    near(hands.value("Input Trim"), 0.0, "A's sound again");
}

#[test]
fn a_preset_into_the_other_slot_is_one_step() {
    let hands = Hands::<Channel>::new();
    hands.turn("Input Trim", 1.0);
    let values = [(hands.index("Input Trim"), 7.0), (hands.index("Comp On"), 1.0)];
    hands.recall().load_into(&hands.edit, "Warm vocal", Slot::A.other(), &values);
    assert_eq!(hands.recall().slots().current(), Slot::B);
    near(hands.value("Input Trim"), 7.0, "the preset's");
    assert_eq!(hands.recall().lengths(), (2, 0));
    hands.undo();
    assert_eq!(hands.recall().slots().current(), Slot::A);
    near(hands.value("Input Trim"), 1.0, "before the preset");
    hands.recall().load(&hands.edit, "Warm vocal", &values);
    assert_eq!(hands.recall().next(Back).as_deref(), Some("Warm vocal"));
    near(hands.value("Input Trim"), 7.0, "the preset's");
    hands.undo();
    near(hands.value("Input Trim"), 1.0, "before the preset");
}

/// A host that asks for the state as soon as it hears of an edit.
struct Asking<'a> {
    hands: &'a Hands<Channel>,
    asked: Cell<usize>,
}

impl Asking<'_> {
    fn ask(&self) {
        self.hands.fields();
        self.asked.set(self.asked.get() + 1);
    }
}

impl Edit for Asking<'_> {
    fn begin(&self, _: ParamIndex) {}
    fn set(&self, _: ParamIndex, _: f64) {}
    fn end(&self, _: ParamIndex) {}
    fn bulk(&self, changes: &[(ParamIndex, f64)]) {
        self.hands.edit.bulk(changes);
        self.ask();
    }
    fn state_changed(&self) {
        self.ask();
    }
}

#[test]
fn a_host_may_ask_for_the_state_in_the_midst_of_an_edit() {
    let hands = Hands::<Channel>::new();
    hands.switch(Slot::B);
    hands.turn("Input Trim", 5.0);
    let host = Asking { hands: &hands, asked: Cell::new(0) };
    hands.recall().switch(&host, Slot::A);
    hands.recall().go(&host, Back);
    hands.recall().copy(&host, Slot::A, Slot::B);
    hands.recall().load(&host, "Preset", &[(hands.index("Input Trim"), 2.0)]);
    hands.recall().remember(&host).bulk(&[(hands.index("Input Trim"), 3.0)]);
    // Nothing to be heard, but something to be saved.
    hands.recall().copy(&host, Slot::A, Slot::D);
    hands.recall().go(&host, Back);
    assert_eq!(host.asked.get(), 7, "edits that the host heard of");
}

#[test]
fn near_changes_glide_and_far_ones_do_not() {
    let hands = Hands::<Channel>::new();
    let far = |changes: &[(&str, f64)]| {
        let changes: Vec<_> = changes.iter().map(|(name, value)| (hands.index(name), *value)).collect();
        is_far(hands.controls(), &changes)
    };
    assert!(!far(&[("Input Trim", 6.0)]) && !far(&[("Input Trim", 2.0), ("Output Fader", -3.0)]));
    assert!(far(&[("Input Trim", 6.5)]) && far(&[("Input Trim", 4.0), ("Output Fader", -3.0)]));
    assert!(
        !far(&[("EQ 1 Shape", hands.value("EQ 1 Shape"))]) && far(&[("EQ 1 Shape", 1.0)]) && far(&[("EQ 1 On", 1.0)])
    );
    let freq = hands.value("EQ 1 Frequency");
    assert!(
        !far(&[("EQ 1 Frequency", freq)]) && far(&[("EQ 1 Frequency", 1.05 * freq)]),
        "a narrow filter may be there"
    );
    let attack = hands.value("Comp Attack");
    assert!(!far(&[("Comp Attack", 1.9 * attack)]) && far(&[("Comp Attack", 2.1 * attack)]));
}

/// The text of each difference from a fresh instance.
fn differences(hands: &Hands<Channel>, changes: &[(&str, f64)]) -> Vec<(String, bool)> {
    let ours = Snapshot::take(hands.controls());
    let theirs = Snapshot::of(hands.controls(), |index| {
        let changed = changes.iter().find(|(name, _)| hands.index(name) == index);
        changed.map_or_else(|| hands.controls().base(index), |(_, value)| *value)
    });
    diff::lines(hands.controls(), &ours, &theirs).into_iter().map(|line| (line.text, line.heard)).collect()
}

#[test]
fn differences_are_told_in_words() {
    let hands = Hands::<Channel>::new();
    hands.automate("EQ 3 On", 1.0);
    let line = |text: &str, heard| (text.to_string(), heard);
    let changes = [("EQ 3 Gain", 2.1), ("EQ 3 Frequency", 240.0), ("EQ 5 Gain", -3.0), ("Comp Ratio", 4.0)];
    assert_eq!(
        differences(&hands, &changes),
        [
            line("EQ 3 Frequency 240 Hz", true),
            line("EQ 3 Gain +2.1 dB at 240 Hz", true),
            // Band 5 and the compressor are off on both sides.
            line("EQ 5 Gain -3.0 dB at 1.00 kHz", false),
            line("Comp Ratio 4.00:1", false),
        ]
    );
    let changes = [("Comp On", 1.0), ("Comp Ratio", 4.0), ("Input Channels", 4.0)];
    let texts: Vec<_> = differences(&hands, &changes).into_iter().map(|(text, heard)| (heard, text)).collect();
    assert!(texts.iter().all(|(heard, _)| *heard), "{texts:?}");
    assert!(
        texts.iter().any(|(_, text)| text == "Comp on") && texts.iter().any(|(_, text)| text == "Input Channels Swap")
    );
    assert_eq!(differences(&hands, &[]), []);
}

fn slots_come_back<P: Product>() {
    let hands = Hands::<P>::new();
    assert!(!hands.fields().contains_key("slots"), "a fresh instance has nothing to tell of slots");
    hands.shuffle(3);
    for (slot, seed) in [(Slot::C, 4), (Slot::D, 5), (Slot::B, 6)] {
        hands.switch(slot);
        hands.shuffle(seed);
    }
    let fields = hands.fields();
    let other = Hands::<P>::new();
    other.shuffle(6);
    other.load(&fields);
    assert_eq!(other.recall().slots().current(), Slot::B);
    for slot in [Slot::A, Slot::C, Slot::D] {
        let [one, two] = [&hands, &other].map(|hands| hands.recall().snapshot(slot).expect("a snapshot"));
        for ((index, one), (_, two)) in one.values().iter().zip(two.values()) {
            let control = hands.controls().control(*index);
            assert!(control.same(*one, *two), "{} in {}", hands.controls().name(*index), slot.name());
        }
    }
    assert_eq!(other.fields(), fields, "the second save");
    assert_eq!(other.recall().lengths(), (0, 0), "history is of the instance, not of the session");
    let bytes: usize = fields.values().map(String::len).sum();
    assert!(bytes < 128_000, "{}: {bytes} bytes beside the parameters", P::NAME);
    // A session from before there were slots.
    other.load(&BTreeMap::new());
    assert_eq!(other.recall().slots(), Default::default(), "without any in the session");
}

#[test]
fn slots_are_stored_in_the_session() {
    slots_come_back::<Channel>();
    slots_come_back::<Master>();
}

#[test]
fn of_slots_that_are_none_nothing_is_taken() {
    for bad in [
        "",
        "{",
        "null",
        "[]",
        "7",
        r#"{"current":"e","slots":{}}"#,
        r#"{"current":"a"}"#,
        r#"{"current":"a","slots":{"b":{"params":[]}}}"#,
        r#"{"current":"a","slots":{"b":{"loudness_lu":"x"}}}"#,
        r#"{"current":"a","slots":{"b":{"loudness_lu":1e999}}}"#,
        r#"{"current":"a","slots":{"z":{}}}"#,
        &"[".repeat(100_000),
        &format!("{}1{}", r#"{"current":"#.repeat(5_000), "}".repeat(5_000)),
    ] {
        let hands = Hands::<Channel>::new();
        hands.switch(Slot::C);
        hands.load(&BTreeMap::from([("slots".to_string(), bad.to_string())]));
        let start: String = bad.chars().take(60).collect();
        assert_eq!(hands.recall().slots(), Default::default(), "after {start:?}");
    }
    // Numbers that are none, and parameters of the other plug-in.
    let hands = Hands::<Channel>::new();
    let odd = r#"{"current":"b","slots":{"a":{"params":{"input_trim":{"f32":1e30},"limiter_gain":{"f32":9},
        "eq_on":{"i32":7},"input_channels":{"i32":-9}},"loudness_lu":1e30}}}"#;
    hands.load(&BTreeMap::from([("slots".to_string(), odd.to_string())]));
    let slots = hands.recall().slots();
    assert_eq!((slots.current(), slots.loudness_lu(Slot::A)), (Slot::B, None));
    let a = hands.recall().snapshot(Slot::A).expect("A");
    for (name, wanted) in [("Input Trim", 24.0), ("EQ On", 1.0), ("Input Channels", 0.0)] {
        near(a.value(hands.index(name)).expect("a value"), wanted, name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever has become of the stored slots: no harm, and what is saved then comes back the same.
    #[test]
    fn damaged_slots_do_no_harm(cut in 0usize..4_000, flips in prop::collection::vec((0usize..4_000, 0u8..8), 0..6)) {
        let donor = Hands::<Channel>::new();
        donor.switch(Slot::B);
        for (name, value) in [("Input Trim", 5.0), ("EQ 3 Gain", -3.0), ("Comp On", 1.0)] {
            donor.turn(name, value);
        }
        donor.switch(Slot::D);
        let mut bytes = donor.fields()["slots"].clone().into_bytes();
        let length = bytes.len();
        for (at, bit) in flips {
            bytes[at % length] ^= 1 << bit;
        }
        bytes.truncate(if cut % 3 == 0 { cut % length } else { length });
        let hands = Hands::<Channel>::new();
        hands.load(&BTreeMap::from([("slots".to_string(), String::from_utf8_lossy(&bytes).into_owned())]));
        let fields = hands.fields();
        let again = Hands::<Channel>::new();
        again.load(&fields);
        prop_assert_eq!(again.fields(), fields);
        for slot in Slot::ALL {
            hands.switch(slot);
            for index in hands.controls().all() {
                let way = hands.controls().normalized(index);
                prop_assert!((0.0..=1.0).contains(&way), "{} at {way}", hands.controls().name(index));
            }
        }
    }
}
