//! What a control is. A module describes its controls once, beside its settings; everything that shows, stores or
//! automates them is derived from that description by a visitor.

mod text;

use crate::LatencyMode;
use crate::order::{Order, PLACES};

/// A continuous control.
#[derive(Debug)]
pub struct Dial {
    /// Stable for ever: sessions and presets refer to it. Lower case, unique in its group.
    pub id: &'static str,
    /// As shown, without the group: "Gain".
    pub name: &'static str,
    /// Lowest and highest value in `unit`. With [`Scale::Log`] both are positive.
    pub range: (f64, f64),
    /// In `unit`, within `range`.
    pub default: f64,
    /// What the value counts.
    pub unit: Unit,
    /// How the way of a knob maps to the value, and in which domain the value glides.
    pub scale: Scale,
    /// Text for the lowest value where that means something of its own: "-inf dB".
    pub lowest: Option<&'static str>,
    /// Text for the highest value where that means something of its own: "inf:1".
    pub highest: Option<&'static str>,
    /// One or two sentences: what it does.
    pub help: &'static str,
}

/// A choice among named options.
#[derive(Debug)]
pub struct Choice {
    /// As [`Dial::id`].
    pub id: &'static str,
    /// As [`Dial::name`].
    pub name: &'static str,
    /// In the order of the enum's [`Enumerated::ALL`].
    pub options: &'static [Named],
    /// Index into `options`.
    pub default: usize,
    /// Whether a host may move it while it plays.
    pub automatable: bool,
    /// One or two sentences: what it does.
    pub help: &'static str,
}

/// An option of a [`Choice`].
#[derive(Debug)]
pub struct Named {
    /// Stable for ever; presets refer to it.
    pub id: &'static str,
    /// As shown.
    pub name: &'static str,
    /// What it is for, where its name does not say that.
    pub help: Option<&'static str>,
}

/// An on/off control.
#[derive(Debug)]
pub struct Switch {
    /// As [`Dial::id`].
    pub id: &'static str,
    /// As [`Dial::name`].
    pub name: &'static str,
    /// State of a fresh instance.
    pub default: bool,
    /// One or two sentences: what it does.
    pub help: &'static str,
}

/// The order in which modules process. Not automatable: a change is heard as a short gap.
#[derive(Debug)]
pub struct Sequence {
    /// As [`Dial::id`].
    pub id: &'static str,
    /// As [`Dial::name`].
    pub name: &'static str,
    /// The module at each place of an [`Order`]; `None` where there is none. A module keeps its place for ever.
    pub modules: [Option<&'static Group>; PLACES],
    /// One or two sentences: what it does.
    pub help: &'static str,
}

/// A set of controls that belong together: a module, or one band of it.
#[derive(Debug)]
pub struct Group {
    /// Goes before the ids of what is inside: "eq_3" gives "eq_3_gain".
    pub id: &'static str,
    /// Goes before the names of what is inside: "EQ 3" gives "EQ 3 Gain".
    pub name: &'static str,
}

/// The unit of a [`Dial`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Level or gain in dB.
    Decibels,
    /// Loudness, LUFS.
    Lufs,
    /// Difference of two loudnesses, LU.
    Lu,
    /// Frequency in Hz.
    Hertz,
    /// Distance of two frequencies, octaves.
    Octaves,
    /// Time in ms.
    Millis,
    /// A compression ratio n:1.
    Ratio,
    /// Per cent.
    Percent,
    /// Position between left (-100) and right (+100).
    Pan,
    /// A bare number, such as Q.
    Plain,
}

/// How a [`Dial`] maps way to value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Equal ways are equal differences.
    Linear,
    /// Equal ways are equal ratios.
    Log,
}

impl Scale {
    /// A value into the domain in which equal ways are equal differences (log2 for [`Scale::Log`]).
    pub fn to_way(self, value: f64) -> f64 {
        match self {
            Scale::Linear => value,
            Scale::Log => value.log2(),
        }
    }

    /// The inverse of [`to_way`](Self::to_way).
    pub fn from_way(self, way: f64) -> f64 {
        match self {
            Scale::Linear => way,
            Scale::Log => way.exp2(),
        }
    }
}

/// An enum whose variants are the options of a [`Choice`].
pub trait Enumerated: Copy + PartialEq + 'static {
    /// All variants, in the order of the choice's options.
    const ALL: &'static [Self];

    /// Position in [`ALL`](Self::ALL).
    fn index(self) -> usize {
        Self::ALL.iter().position(|v| *v == self).unwrap_or(0)
    }

    /// The variant at `index`; the last one beyond the end.
    fn from_index(index: usize) -> Self {
        Self::ALL[index.min(Self::ALL.len() - 1)]
    }
}

/// Walks through settings, control by control, always in the same order.
pub trait Visit {
    /// A continuous control; `field` is in the dial's unit.
    fn dial(&mut self, field: &mut f64, dial: &'static Dial);
    /// A choice.
    fn choice<E: Enumerated>(&mut self, field: &mut E, choice: &'static Choice);
    /// An on/off control.
    fn switch(&mut self, field: &mut bool, switch: &'static Switch);
    /// An order of modules.
    fn sequence(&mut self, field: &mut Order, sequence: &'static Sequence);
    /// Everything that `inside` visits belongs to `group`.
    fn group(&mut self, inside: &mut impl Settings, group: &'static Group)
    where
        Self: Sized,
    {
        let _ = group;
        inside.visit(self);
    }
}

/// What the user can set of a processor: plain data that says what each of its fields' control is.
pub trait Settings: Copy + PartialEq + Default + Send + Sync + 'static {
    /// Whether a module with these settings is on in a fresh instance; see [`Staged`]. Those that would change the sound
    /// at their defaults are off until asked for.
    const STARTS_ON: bool = true;

    /// The mode with the least latency in which a module with these settings works; in the others it lets everything pass.
    const NEEDS: LatencyMode = LatencyMode::Live;

    /// Shows every field with its control to `visitor`. Destructure `Self` without `..`, so that a field without a
    /// control does not build.
    fn visit(&mut self, visitor: &mut impl Visit);
}

/// Settings with every control at its default: what `Default` of a settings struct returns.
pub fn defaults<S: Settings>(mut blank: S) -> S {
    struct Defaults;
    impl Visit for Defaults {
        fn dial(&mut self, field: &mut f64, dial: &'static Dial) {
            *field = dial.default;
        }
        fn choice<E: Enumerated>(&mut self, field: &mut E, choice: &'static Choice) {
            *field = E::from_index(choice.default);
        }
        fn switch(&mut self, field: &mut bool, switch: &'static Switch) {
            *field = switch.default;
        }
        fn sequence(&mut self, field: &mut Order, _: &'static Sequence) {
            *field = Order::default();
        }
    }
    blank.visit(&mut Defaults);
    blank
}

impl Sequence {
    /// The modules in `order`.
    pub fn arrange(&self, order: Order) -> impl Iterator<Item = &'static Group> {
        order.places().map(|place| self.modules[place as usize]).into_iter().flatten()
    }

    /// The order in which `groups` follow each other; modules that are not among them are where the natural order has
    /// them. `None` where one is none of the modules or is there twice.
    pub fn order_of(&self, groups: &[&Group]) -> Option<Order> {
        let place = |group: &&Group| self.modules.iter().position(|module| module.is_some_and(|m| m.id == group.id));
        let places: Option<Vec<u8>> = groups.iter().map(|group| place(group).map(|place| place as u8)).collect();
        Order::arranged(&places?)
    }
}

/// A module's settings with the switch that every module has; see [`crate::chain::Stage`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Staged<S> {
    /// Whether the module works at all.
    pub on: bool,
    /// Its own settings.
    pub module: S,
}

/// The on/off control of a module that is on in a fresh instance.
pub static ON: Switch = on_switch(true);

/// The on/off control of a module that is off until asked for.
pub static ON_WHEN_ASKED: Switch = on_switch(false);

const fn on_switch(default: bool) -> Switch {
    Switch { id: "on", name: "On", default, help: "Switches the module on and off, without a click." }
}

impl<S: Settings> Default for Staged<S> {
    fn default() -> Self {
        Self { on: Self::switch().default, module: S::default() }
    }
}

impl<S: Settings> Staged<S> {
    /// The on/off control of this module.
    pub fn switch() -> &'static Switch {
        if S::STARTS_ON { &ON } else { &ON_WHEN_ASKED }
    }
}

impl<S: Settings> Settings for Staged<S> {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { on, module } = self;
        visitor.switch(on, Self::switch());
        module.visit(visitor);
    }
}
