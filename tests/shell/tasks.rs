//! Tasks of a working day, each in at most three actions from the panel that is open: a click, a drag, a key, or a value
//! that is typed. `assets/manual/tasks.md` lists them.

use crate::desk::{Desk, Done};
use crate::told::tell;
use egui::{Key, Modifiers, vec2};
use std::sync::atomic::Ordering::Relaxed;
use tandem::state::locks::Lock;
use tandem::state::slots::Slot;
use tandem_dsp::Listen;
use tandem_dsp::module::limiter::{
    self, EXPECTED_READOUT, LEARNED_READOUT, PROPOSED_READOUT, PROPOSED_REDUCTION_READOUT, VERDICT_READOUT,
};
use tandem_dsp::module::{compressor, eq};

/// The most actions that a task may take.
const MOST: usize = 3;

/// Hands that count what they do.
struct Hands {
    desk: Desk,
    actions: usize,
}

impl Hands {
    fn at(desk: Desk) -> Self {
        Self { desk, actions: 0 }
    }

    fn acted(&mut self) {
        self.actions += 1;
        assert!(self.actions <= MOST, "{} actions", self.actions);
    }

    fn click(&mut self, label: &str) {
        self.acted();
        self.desk.click(self.desk.rect(label).center(), Modifiers::NONE);
    }

    fn double_click(&mut self, label: &str) {
        self.acted();
        self.desk.double_click(self.desk.rect(label).center());
    }

    fn drag(&mut self, label: &str, by: egui::Vec2) {
        self.acted();
        self.desk.drag(self.desk.rect(label).center(), by, Modifiers::NONE);
    }

    fn key(&mut self, key: Key) {
        self.acted();
        self.desk.key(key);
    }

    /// A value and Enter: one thing to do.
    fn type_value(&mut self, text: &str) {
        self.acted();
        self.desk.text(text);
        self.desk.key(Key::Enter);
    }
}

#[test]
fn type_1_2_khz_into_a_frequency() {
    let mut hands = Hands::at(Desk::channel("EQ"));
    hands.click("EQ 1 Frequency");
    hands.type_value("1k2");
    assert!((hands.desk.value("EQ 1 Frequency") - 1_200.0).abs() < 0.01);
}

#[test]
fn sweep_for_mud_with_the_band_soloed() {
    let mut hands = Hands::at(Desk::channel("EQ"));
    hands.double_click("EQ curve");
    hands.click("EQ Solo");
    let before = hands.desk.value("EQ 1 Frequency");
    hands.drag("EQ 1 node", vec2(-120.0, 0.0));
    assert_eq!(hands.desk.bench().telemetry.listening.get(&eq::GROUP), Listen::Band(0), "the band is heard alone");
    assert!(hands.desk.value("EQ 1 Frequency") < 0.6 * before, "it goes down");
}

#[test]
fn hear_only_what_the_compressor_takes() {
    let mut hands = Hands::at(Desk::channel("EQ"));
    hands.click("Comp On");
    hands.click("Comp");
    hands.click("Comp Delta");
    assert_eq!(hands.desk.bench().telemetry.listening.get(&compressor::GROUP), Listen::Delta);
    assert_eq!(hands.desk.value("Comp On"), 1.0);
}

#[test]
fn learn_the_gain_for_the_destination_and_apply_it() {
    let mut desk = Desk::master("Meter");
    desk.set("Limiter On", 1.0);
    let mut hands = Hands::at(desk);
    hands.click("Limiter");
    hands.click("Learn");
    assert!(!hands.desk.bench().telemetry.learn_for.load(Relaxed).is_nan(), "it learns");
    tell(
        &hands.desk.bench().telemetry,
        &[
            (&limiter::GROUP, &LEARNED_READOUT, 30.0),
            (&limiter::GROUP, &PROPOSED_READOUT, 4.5),
            (&limiter::GROUP, &EXPECTED_READOUT, -14.0),
            (&limiter::GROUP, &PROPOSED_REDUCTION_READOUT, 1.0),
            (&limiter::GROUP, &VERDICT_READOUT, 0.0),
        ],
    );
    hands.click("Apply learned gain");
    assert!((hands.desk.value("Limiter Gain") - 4.5).abs() < 1e-4);
}

#[test]
fn hear_the_limiter_as_loud_as_its_input() {
    let mut hands = Hands::at(Desk::master("EQ"));
    hands.click("Limiter");
    hands.click("Limiter Unity");
    assert_eq!(hands.desk.bench().telemetry.listening.get(&limiter::GROUP), Listen::UnityGain);
}

#[test]
fn see_what_another_destination_makes_of_the_master() {
    let mut hands = Hands::at(Desk::master("EQ"));
    hands.click("Meter");
    hands.click("Loudness target");
    hands.click("EBU R128, -23 LUFS");
    assert_eq!(hands.desk.bench().state.target().id, "ebu_r128");
}

#[test]
fn put_a_control_back() {
    let mut desk = Desk::channel("Input");
    desk.set("Input Trim", 7.0);
    let mut hands = Hands::at(desk);
    hands.double_click("Input Trim");
    assert_eq!(hands.desk.value("Input Trim"), 0.0);
}

#[test]
fn compare_with_and_without_a_module() {
    let mut hands = Hands::at(Desk::channel("Input"));
    let before = hands.desk.value("EQ On");
    hands.click("EQ On");
    hands.key(Key::Enter);
    assert_eq!(hands.desk.value("EQ On"), before, "there and back");
    let sets = hands.desk.done().into_iter().filter(|done| matches!(done, Done::Set(..))).count();
    assert_eq!(sets, 2);
}

#[test]
fn record_without_latency() {
    let desk = Desk::master("EQ");
    assert_eq!(desk.value("Latency"), 1.0, "a Master begins in Mix");
    desk.done();
    let mut hands = Hands::at(desk);
    hands.click("Latency");
    hands.click("Live");
    assert_eq!(hands.desk.value("Latency"), 0.0);
}

#[test]
fn lock_the_ceiling() {
    let mut hands = Hands::at(Desk::master("Limiter"));
    hands.click("Preset");
    hands.click("Lock Ceiling");
    assert!(hands.desk.bench().state.preset.locks().has(Lock::Ceiling));
}

#[test]
fn undo_a_preset() {
    let mut desk = Desk::channel("Input");
    desk.set("Input Trim", 7.0);
    let mut hands = Hands::at(desk);
    hands.click("Next preset");
    assert_eq!(hands.desk.value("Input Trim"), 0.0, "the preset sets it");
    hands.click("Undo");
    assert!((hands.desk.value("Input Trim") - 7.0).abs() < 1e-4, "it is back");
}

#[test]
fn compare_two_presets_equally_loud() {
    let mut desk = Desk::channel("Input");
    desk.focus("Preset");
    desk.key(Key::Enter);
    desk.key(Key::ArrowDown);
    let mut hands = Hands::at(desk);
    hands.key(Key::Enter);
    hands.desk.key(Key::ArrowDown);
    hands.acted();
    hands.desk.key_with(Modifiers::ALT, Key::Enter);
    hands.click("Match");
    let bench = hands.desk.bench();
    assert_eq!(bench.recall.slots().current(), Slot::B);
    assert_ne!(bench.state.preset.base(Slot::A), bench.state.preset.base(Slot::B));
    assert!(bench.telemetry.matching.is_on(), "they are heard equally loud");
}
