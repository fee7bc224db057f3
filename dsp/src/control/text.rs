//! Values as text, and back: what hosts show, what people type, what presets store.

use super::{Choice, Dial, Scale, Sequence, Unit};
use crate::order::Order;

impl Dial {
    /// `value` as people read it: "240 Hz", "1.20 kHz", "-6.0 dB", "3.0:1", "12 ms", "C", "30L".
    pub fn print(&self, value: f64) -> String {
        let text = self.print_number(value);
        // What would read like an end is that end: so a text of its own comes back as what it was printed from.
        for (own_text, end) in [(self.lowest, self.range.0), (self.highest, self.range.1)] {
            if let Some(own_text) = own_text
                && text == self.print_number(end)
            {
                return own_text.to_string();
            }
        }
        text
    }

    /// As [`print`](Self::print), with as many decimals as it takes for [`parse`](Self::parse) to give `value` back.
    pub fn print_exactly(&self, value: f64) -> String {
        const MOST_DECIMALS: usize = 9;
        let way = |value: f64| self.scale.to_way(value);
        // What a parameter's f32 does not tell apart is the same.
        let near = 2.5e-7 * (way(self.range.1) - way(self.range.0));
        let comes_back = |text: &String| self.parse(text).is_some_and(|read| (way(read) - way(value)).abs() <= near);
        let unit = match self.unit {
            Unit::Decibels => " dB",
            Unit::Lufs => " LUFS",
            Unit::Lu => " LU",
            Unit::Hertz => " Hz",
            Unit::Octaves => " oct",
            Unit::Millis => " ms",
            Unit::Ratio => ":1",
            Unit::Percent => " %",
            Unit::Pan | Unit::Plain => "",
        };
        let exact = (0..=MOST_DECIMALS).map(|decimals| format!("{value:.decimals$}{unit}"));
        std::iter::once(self.print(value)).chain(exact).find(comes_back).unwrap_or_else(|| format!("{value}{unit}"))
    }

    fn print_number(&self, value: f64) -> String {
        match self.unit {
            // A tenth of a dB is coarse where there are few.
            Unit::Decibels if self.range.1 - self.range.0 < 5.0 => format!("{} dB", plus_or_minus(value, 2)),
            Unit::Decibels => format!("{} dB", plus_or_minus(value, 1)),
            Unit::Lufs => format!("{} LUFS", plus_or_minus(value, 1)),
            Unit::Lu => format!("{} LU", plus_or_minus(value, 1)),
            Unit::Hertz if value >= 999.5 => format!("{} kHz", significant(value / 1000.0)),
            Unit::Hertz => format!("{} Hz", significant(value)),
            Unit::Octaves => format!("{} oct", significant(value)),
            Unit::Millis if value >= 999.5 => format!("{} s", significant(value / 1000.0)),
            Unit::Millis => format!("{} ms", significant(value)),
            Unit::Ratio => format!("{}:1", significant(value)),
            Unit::Percent if self.scale == Scale::Log => format!("{} %", significant(value)),
            Unit::Percent => format!("{} %", unsigned_zero(format!("{value:.0}"))),
            Unit::Pan => match value.round() {
                0.0 => "C".to_string(),
                value => format!("{}{}", value.abs(), if value < 0.0 { 'L' } else { 'R' }),
            },
            Unit::Plain => significant(value),
        }
    }

    /// What someone typed as a value within the range, or `None` if it is no value of this control.
    ///
    /// Takes the unit or leaves it: "1k2", "1.2k", "1200 Hz", "-6", "-6 dB", "3:1", "0.25 s", "250 ms", "50 %", "L30".
    pub fn parse(&self, text: &str) -> Option<f64> {
        self.parse_beyond(text).map(|value| value.clamp(self.range.0, self.range.1))
    }

    /// As [`parse`](Self::parse), but a value beyond the range stays where it is.
    pub fn parse_beyond(&self, text: &str) -> Option<f64> {
        let text = text.trim().to_ascii_lowercase().replace('\u{2212}', "-").replace(',', ".");
        if let Some(lowest) = self.lowest
            && (text == lowest.to_ascii_lowercase()
                || matches!(text.as_str(), "-inf" | "-inf db" | "-\u{221e}" | "off"))
        {
            return Some(self.range.0);
        }
        if let Some(highest) = self.highest
            && (text == highest.to_ascii_lowercase()
                || matches!(text.as_str(), "inf" | "inf:1" | "\u{221e}" | "\u{221e}:1" | "off"))
        {
            return Some(self.range.1);
        }
        match self.unit {
            Unit::Decibels => number(text.strip_suffix("db").unwrap_or(&text)),
            Unit::Lufs => number(text.strip_suffix("lufs").unwrap_or(&text)),
            Unit::Lu => number(text.strip_suffix("lu").unwrap_or(&text)),
            Unit::Hertz => scaled(&text, &[("khz", 1000.0), ("k", 1000.0), ("hz", 1.0)]),
            Unit::Octaves => number(text.strip_suffix("oct").unwrap_or(&text)),
            Unit::Millis => scaled(&text, &[("ms", 1.0), ("s", 1000.0)]),
            Unit::Ratio => number(text.split_once(':').filter(|(_, one)| one.trim() == "1").map_or(&*text, |(n, _)| n)),
            Unit::Percent => number(text.strip_suffix('%').unwrap_or(&text)),
            Unit::Pan => pan(&text),
            Unit::Plain => number(text.strip_prefix('q').unwrap_or(&text)),
        }
    }
}

impl Choice {
    /// The option's index by its name or id, in any case.
    pub fn parse(&self, text: &str) -> Option<usize> {
        let text = text.trim();
        self.options.iter().position(|o| o.name.eq_ignore_ascii_case(text) || o.id.eq_ignore_ascii_case(text))
    }
}

/// Switches as text.
pub(super) fn parse_switch(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "on" | "1" | "true" | "yes" => Some(true),
        "off" | "0" | "false" | "no" => Some(false),
        _ => None,
    }
}

impl super::Switch {
    /// "On" or "Off".
    pub fn print(&self, on: bool) -> String {
        if on { "On" } else { "Off" }.to_string()
    }

    /// "on", "off", "1", "0", "true", "false", "yes", "no" in any case.
    pub fn parse(&self, text: &str) -> Option<bool> {
        parse_switch(text)
    }
}

impl Sequence {
    /// "EQ > Comp": the modules' names, first to process first.
    pub fn print(&self, order: Order) -> String {
        self.arrange(order).map(|module| module.name).collect::<Vec<_>>().join(" > ")
    }

    /// What [`print`](Self::print) gives, or ids with spaces between: "eq comp", in any case. Modules that are left out
    /// stay where the natural order has them.
    pub fn parse(&self, text: &str) -> Option<Order> {
        let names: Vec<&str> = match text.contains('>') {
            true => text.split('>').collect(),
            false if self.find(text).is_some() => vec![text],
            false => text.split_whitespace().collect(),
        };
        let modules: Option<Vec<_>> = names.into_iter().map(|name| self.find(name)).collect();
        self.order_of(&modules.filter(|modules| !modules.is_empty())?)
    }

    fn find(&self, name: &str) -> Option<&'static super::Group> {
        let name = name.trim();
        let named =
            |module: &&super::Group| module.name.eq_ignore_ascii_case(name) || module.id.eq_ignore_ascii_case(name);
        self.modules.iter().flatten().copied().find(named)
    }
}

/// A sign for every value but one that prints as zero.
fn plus_or_minus(value: f64, decimals: usize) -> String {
    unsigned_zero(format!("{value:+.decimals$}"))
}

/// Without its sign, if the number prints as zero.
fn unsigned_zero(text: String) -> String {
    if text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        text
    } else {
        text.trim_start_matches(['+', '-']).to_string()
    }
}

/// Three significant digits from 1 up, two decimals below; three where two would leave one digit.
fn significant(value: f64) -> String {
    unsigned_zero(match value.abs() {
        a if a >= 99.95 => format!("{value:.0}"),
        a if a >= 9.995 => format!("{value:.1}"),
        a if (0.0005..0.0995).contains(&a) => format!("{value:.3}"),
        _ => format!("{value:.2}"),
    })
}

/// A finite number and nothing else.
fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|v| v.is_finite())
}

/// A number with one of `suffixes`, or none (factor 1); "1k2" is 1.2 k.
fn scaled(text: &str, suffixes: &[(&str, f64)]) -> Option<f64> {
    for (suffix, factor) in suffixes {
        if let Some(head) = text.strip_suffix(suffix) {
            return number(head).map(|v| v * factor);
        }
    }
    if let Some((whole, part)) = text.split_once('k')
        && suffixes.iter().any(|(s, _)| *s == "k")
        && [whole.trim(), part].iter().all(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
    {
        return number(&format!("{}.{part}", whole.trim())).map(|v| v * 1000.0);
    }
    number(text)
}

/// "c", "30l", "l30", "-30".
fn pan(text: &str) -> Option<f64> {
    let text = text.replace(' ', "");
    if text == "c" || text == "center" || text == "centre" {
        return Some(0.0);
    }
    let side = |letter: char, sign: f64| {
        text.strip_suffix(letter).or(text.strip_prefix(letter)).and_then(number).map(|v| v * sign)
    };
    side('l', -1.0).or_else(|| side('r', 1.0)).or_else(|| number(&text))
}
