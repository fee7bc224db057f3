//! What a parameter stands for: one of the controls that modules describe, and its value as text and as a way.

use tandem_dsp::control::{Choice, Dial, Sequence, Switch};
use tandem_dsp::order::{CODES, Order};

/// Ways of a dial from 0 to 1 that differ by less are the same value.
const SAME: f64 = 1e-6;

/// Which control a parameter is.
#[derive(Clone, Copy, Debug)]
pub enum Control {
    /// A continuous one.
    Dial(&'static Dial),
    /// One of several options; its value is the option's index.
    Choice(&'static Choice),
    /// On or off; its value is 1 or 0.
    Switch(&'static Switch),
    /// An order of modules; its value is the order's code.
    Sequence(&'static Sequence),
}

impl Control {
    /// Its name without the group's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dial(dial) => dial.name,
            Self::Choice(choice) => choice.name,
            Self::Switch(switch) => switch.name,
            Self::Sequence(sequence) => sequence.name,
        }
    }

    /// What it does.
    pub fn help(self) -> &'static str {
        match self {
            Self::Dial(dial) => dial.help,
            Self::Choice(choice) => choice.help,
            Self::Switch(switch) => switch.help,
            Self::Sequence(sequence) => sequence.help,
        }
    }

    /// `value` as people read it.
    pub fn print(self, value: f64) -> String {
        match self {
            Self::Dial(dial) => dial.print(value),
            Self::Choice(choice) => {
                let index = (value.round().max(0.0) as usize).min(choice.options.len() - 1);
                choice.options[index].name.to_string()
            }
            Self::Switch(switch) => switch.print(value >= 0.5),
            Self::Sequence(sequence) => sequence.print(Order::decode(value.round() as u32)),
        }
    }

    /// What someone typed as a value, or `None` if it is none of this control.
    pub fn parse(self, text: &str) -> Option<f64> {
        match self {
            Self::Dial(dial) => dial.parse(text),
            Self::Choice(choice) => choice.parse(text).map(|index| index as f64),
            Self::Switch(switch) => switch.parse(text).map(|on| f64::from(u8::from(on))),
            Self::Sequence(sequence) => sequence.parse(text).map(|order| f64::from(order.encode())),
        }
    }

    /// `value` as a way from 0 to 1.
    pub fn to_normalized(self, value: f64) -> f64 {
        let (low, high, value) = match self {
            Self::Dial(dial) => {
                let way = |x: f64| dial.scale.to_way(x.clamp(dial.range.0, dial.range.1));
                (way(dial.range.0), way(dial.range.1), way(value))
            }
            Self::Choice(choice) => (0.0, (choice.options.len() - 1).max(1) as f64, value.round()),
            Self::Switch(_) => (0.0, 1.0, value.round()),
            Self::Sequence(_) => (0.0, f64::from(CODES - 1), value.round()),
        };
        ((value - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// The inverse of [`to_normalized`](Self::to_normalized).
    pub fn from_normalized(self, normalized: f64) -> f64 {
        let normalized = normalized.clamp(0.0, 1.0);
        match self {
            Self::Dial(dial) => {
                let (low, high) = (dial.scale.to_way(dial.range.0), dial.scale.to_way(dial.range.1));
                dial.scale.from_way(low + normalized * (high - low)).clamp(dial.range.0, dial.range.1)
            }
            Self::Choice(choice) => (normalized * (choice.options.len() - 1) as f64).round(),
            Self::Switch(_) => normalized.round(),
            Self::Sequence(_) => (normalized * f64::from(CODES - 1)).round(),
        }
    }

    /// Whether two values are the same to a parameter, whose f32 holds no finer differences.
    pub fn same(self, one: f64, other: f64) -> bool {
        match self {
            Self::Dial(_) => (self.to_normalized(one) - self.to_normalized(other)).abs() <= SAME,
            Self::Choice(_) | Self::Switch(_) | Self::Sequence(_) => one.round() == other.round(),
        }
    }
}
