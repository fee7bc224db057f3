//! Slots A to D: sounds to be compared.

use super::captures;
use super::snapshot::Snapshot;
use crate::params::Controls;
use nice_plug::plugin::ParamValue;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_dsp::captured::Captured;

/// One of the four.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Slot {
    /// The one that a fresh instance is in.
    #[default]
    A,
    /// The second.
    B,
    /// The third.
    C,
    /// The fourth.
    D,
}

impl Slot {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::D];

    /// Its letter.
    pub fn name(self) -> &'static str {
        ["A", "B", "C", "D"][self as usize]
    }

    /// The one that it is compared with: A with B, C with D.
    pub fn other(self) -> Self {
        [Self::B, Self::A, Self::D, Self::C][self as usize]
    }
}

/// What the slots hold. What the current one holds are the parameters as they stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slots {
    current: Slot,
    /// `None` where nothing is yet. The current one's is what it held when it was left.
    held: [Option<Snapshot>; 4],
    /// How much louder each makes what it gets, LU, once that is known.
    loudness_lu: [Option<f32>; 4],
    /// What is applied in each of what has been captured.
    captured: [Option<Arc<Captured>>; 4],
}

impl Slots {
    /// The one that is heard.
    pub fn current(&self) -> Slot {
        self.current
    }

    /// Whether nothing is in `slot` yet.
    pub fn is_empty(&self, slot: Slot) -> bool {
        slot != self.current && self.held[slot as usize].is_none()
    }

    /// What is in `slot`; of the current one, what stands. `None` where nothing is yet.
    pub fn snapshot(&self, slot: Slot, controls: &Controls) -> Option<Snapshot> {
        let held = self.held[slot as usize].as_ref();
        if slot != self.current {
            return held.cloned();
        }
        Some(held.map_or_else(|| Snapshot::take(controls), |before| Snapshot::retake(controls, before)))
    }

    /// How much louder `slot` makes what it gets, LU, once that is known.
    pub fn loudness_lu(&self, slot: Slot) -> Option<f32> {
        self.loudness_lu[slot as usize]
    }

    /// Notes that.
    pub(super) fn set_loudness(&mut self, slot: Slot, lu: Option<f32>) {
        self.loudness_lu[slot as usize] = lu;
    }

    /// What is applied in `slot` of what has been captured.
    pub fn captured(&self, slot: Slot) -> Option<&Arc<Captured>> {
        self.captured[slot as usize].as_ref()
    }

    /// Applies it.
    pub(super) fn set_captured(&mut self, slot: Slot, captured: Option<Arc<Captured>>) {
        self.captured[slot as usize] = captured;
    }

    /// Puts `snapshot` into a slot; of the current one, the parameters have to follow.
    pub(super) fn put(&mut self, slot: Slot, snapshot: Snapshot, loudness_lu: Option<f32>) {
        self.held[slot as usize] = Some(snapshot);
        self.loudness_lu[slot as usize] = loudness_lu;
    }

    /// Goes to `slot` and gives what it holds, for the parameters to follow. An empty one takes along what stands.
    pub(super) fn go_to(&mut self, slot: Slot, controls: &Controls) -> Snapshot {
        let left = self.current;
        let stands = self.snapshot(left, controls).unwrap_or_else(|| Snapshot::take(controls));
        let loudness_lu = self.loudness_lu(left);
        self.put(left, stands.clone(), loudness_lu);
        self.current = slot;
        match &self.held[slot as usize] {
            Some(held) => held.clone(),
            None => {
                self.put(slot, stands.clone(), loudness_lu);
                self.set_captured(slot, self.captured(left).cloned());
                stands
            }
        }
    }

    /// The gain in dB that makes `slot` as loud as the softest one whose loudness is known; `None` while its own is not.
    pub fn match_db(&self, slot: Slot) -> Option<f32> {
        let softest = self.loudness_lu.iter().flatten().fold(f32::INFINITY, |softest, lu| softest.min(*lu));
        self.loudness_lu(slot).map(|lu| softest - lu)
    }

    /// As they are stored; `None` of a fresh instance's.
    pub(super) fn to_json(&self, controls: &Controls) -> Option<String> {
        let stored = |slot: Slot| {
            let held = self.held[slot as usize].as_ref().filter(|_| slot != self.current);
            let stored = StoredSlot {
                params: held.map(|held| held.to_stored(controls)),
                loudness_lu: self.loudness_lu(slot).map(|lu| (lu * 100.0).round() / 100.0),
                match_eq: self.captured(slot).and_then(|captured| captures::store(captured)),
            };
            let holds = stored.params.is_some() || stored.loudness_lu.is_some() || stored.match_eq.is_some();
            holds.then_some((slot, stored))
        };
        let slots: BTreeMap<_, _> = Slot::ALL.into_iter().filter_map(stored).collect();
        if slots.is_empty() && self.current == Slot::default() {
            return None;
        }
        serde_json::to_string(&StoredSlots { current: self.current, slots }).ok()
    }

    /// The inverse; what is none is a fresh instance's. And why something captured was left out, if it was.
    pub(super) fn from_json(json: Option<&str>, controls: &Controls) -> (Self, Option<&'static str>) {
        let Some(stored) = json.and_then(|json| serde_json::from_str::<StoredSlots>(json).ok()) else {
            return (Self::default(), None);
        };
        let mut refused = None;
        let mut slots = Self { current: stored.current, ..Self::default() };
        for (slot, StoredSlot { params, loudness_lu, match_eq }) in stored.slots {
            let params = params.filter(|_| slot != stored.current);
            slots.held[slot as usize] = params.map(|params| Snapshot::from_stored(controls, &params));
            slots.loudness_lu[slot as usize] = loudness_lu.filter(|lu| lu.abs() <= MOST_LU);
            match match_eq.as_ref().map(captures::restore).transpose() {
                Ok(captured) => slots.captured[slot as usize] = captured.map(Arc::new),
                Err(why) => refused = Some(why),
            }
        }
        (slots, refused)
    }
}

/// A difference in loudness beyond which a stored one is none, LU.
const MOST_LU: f32 = 200.0;

/// [`Slots`] as they are stored. What the current one holds are the stored parameters.
#[derive(Serialize, Deserialize)]
struct StoredSlots {
    current: Slot,
    slots: BTreeMap<Slot, StoredSlot>,
}

#[derive(Serialize, Deserialize)]
struct StoredSlot {
    /// What differs from a fresh instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    params: Option<BTreeMap<String, ParamValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    loudness_lu: Option<f32>,
    /// What is applied of what has been captured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    match_eq: Option<Value>,
}
