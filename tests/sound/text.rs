//! Values as text and back, for every control there is.

use tandem_dsp::chain::channel::ChannelSettings;
use tandem_dsp::chain::master::MasterSettings;
use tandem_dsp::control::{Choice, Dial, Enumerated, Group, Scale, Sequence, Settings, Switch, Unit, Visit};
use tandem_dsp::order::{CODES, Order, PLACES};

/// Every control of both chains, groups in groups included; each once.
#[derive(Default)]
struct Controls {
    dials: Vec<&'static Dial>,
    choices: Vec<&'static Choice>,
    switches: Vec<&'static Switch>,
    sequences: Vec<&'static Sequence>,
}

impl Visit for Controls {
    fn dial(&mut self, _: &mut f64, dial: &'static Dial) {
        if !self.dials.iter().any(|known| std::ptr::eq(*known, dial)) {
            self.dials.push(dial);
        }
    }
    fn choice<E: Enumerated>(&mut self, _: &mut E, choice: &'static Choice) {
        if !self.choices.iter().any(|known| std::ptr::eq(*known, choice)) {
            self.choices.push(choice);
        }
    }
    fn switch(&mut self, _: &mut bool, switch: &'static Switch) {
        if !self.switches.iter().any(|known| std::ptr::eq(*known, switch)) {
            self.switches.push(switch);
        }
    }
    fn sequence(&mut self, _: &mut Order, sequence: &'static Sequence) {
        self.sequences.push(sequence);
    }
}

fn controls() -> Controls {
    let mut controls = Controls::default();
    ChannelSettings::default().visit(&mut controls);
    MasterSettings::default().visit(&mut controls);
    controls
}

const fn dial(unit: Unit, range: (f64, f64), scale: Scale) -> Dial {
    Dial { id: "dial", name: "Dial", range, default: range.0, unit, scale, lowest: None, highest: None, help: "" }
}

static LEVEL: Dial = dial(Unit::Decibels, (-24.0, 24.0), Scale::Linear);
static FADER: Dial = Dial { lowest: Some("-inf dB"), ..dial(Unit::Decibels, (-90.0, 12.0), Scale::Linear) };
static FREQ: Dial = dial(Unit::Hertz, (10.0, 30_000.0), Scale::Log);
static TIME: Dial = dial(Unit::Millis, (0.02, 5_000.0), Scale::Log);
static RATIO: Dial = Dial { highest: Some("inf:1"), ..dial(Unit::Ratio, (1.0, 100.0), Scale::Log) };
static AMOUNT: Dial = dial(Unit::Percent, (-100.0, 100.0), Scale::Linear);
static PAN: Dial = dial(Unit::Pan, (-100.0, 100.0), Scale::Linear);
static Q: Dial = dial(Unit::Plain, (0.1, 40.0), Scale::Log);
static ANY_UNIT: [&Dial; 8] = [&LEVEL, &FADER, &FREQ, &TIME, &RATIO, &AMOUNT, &PAN, &Q];

/// Half the last digit that `text` shows, in the dial's unit; 0 for a text of its own ("C", "-inf dB").
fn precision(text: &str) -> f64 {
    let number: String =
        text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len() as i32);
    let scale = if text.ends_with("kHz") || text.ends_with(" s") { 1_000.0 } else { 1.0 };
    if number.is_empty() { 0.0 } else { 0.5 * scale * 10f64.powi(-decimals) }
}

fn round_trips(dial: &Dial, value: f64) {
    let Dial { id, range, .. } = dial;
    let text = dial.print(value);
    let parsed = dial.parse(&text).unwrap_or_else(|| panic!("{id}: {value} prints as {text:?}, which does not parse"));
    assert_eq!(dial.print(parsed), text, "{id}: {value} and what its text says print alike");
    assert!(parsed != 0.0 || !text.starts_with(['-', '+']), "{id}: {value} prints as {text:?}, a zero with a sign");
    match text.as_str() {
        "C" => assert!(value.abs() <= 0.5 && parsed == 0.0, "{id}: {value} prints as {text}, which parses to {parsed}"),
        text if dial.lowest == Some(text) => assert_eq!(parsed, range.0, "{id}: {text}"),
        text if dial.highest == Some(text) => assert_eq!(parsed, range.1, "{id}: {text}"),
        text => assert!(
            (parsed - value).abs() <= precision(text) * (1.0 + 1e-9),
            "{id}: {value} prints as {text:?}, which parses to {parsed}: more than half a digit away"
        ),
    }
}

#[test]
fn what_a_dial_prints_it_reads_back() {
    let controls = controls();
    assert!(controls.dials.len() > 5, "the chains have dials");
    for dial in controls.dials.into_iter().chain(ANY_UNIT) {
        let (low, high) = (dial.scale.to_way(dial.range.0), dial.scale.to_way(dial.range.1));
        for point in 0..=20 {
            round_trips(dial, dial.scale.from_way(low + (high - low) * f64::from(point) / 20.0));
        }
        // Next to the ends and to zero, where texts of their own and roundings meet.
        for near in [dial.range.0, dial.range.1, 0.0] {
            for away in [-0.5, -0.051, -0.049, -0.004, -1e-9, 1e-9, 0.004, 0.049, 0.051, 0.5] {
                round_trips(dial, (near + away).clamp(dial.range.0, dial.range.1));
            }
        }
        round_trips(dial, dial.default);
    }
}

#[test]
fn rounding_up_to_the_next_unit_reads_back() {
    for value in [999.4, 999.5, 999.6, 994.9, 995.1, 1_004.9, 1_005.1, 9_994.0, 9_995.0, 9_996.0] {
        round_trips(&FREQ, value);
        round_trips(&TIME, value.min(5_000.0));
    }
    for value in [9.994, 9.995, 9.996, 99.94, 99.95, 99.96, 0.0249, 0.0951] {
        round_trips(&TIME, value);
        round_trips(&RATIO, value.max(1.0));
    }
}

#[test]
fn what_people_type_is_understood() {
    for (dial, text, expected) in [
        (&FREQ, "1k2", 1_200.0),
        (&FREQ, "1.2k", 1_200.0),
        (&FREQ, "1,2 kHz", 1_200.0),
        (&FREQ, "1200", 1_200.0),
        (&FREQ, " 1200 hz ", 1_200.0),
        (&FREQ, "12K", 12_000.0),
        (&FREQ, "5", 10.0),
        (&LEVEL, "-6", -6.0),
        (&LEVEL, "\u{2212}6 dB", -6.0),
        (&LEVEL, "+3.5db", 3.5),
        (&LEVEL, "100", 24.0),
        (&FADER, "-inf", -90.0),
        (&FADER, "-INF dB", -90.0),
        (&FADER, "-\u{221e}", -90.0),
        (&TIME, "250 ms", 250.0),
        (&TIME, "250", 250.0),
        (&TIME, "0.25 s", 250.0),
        (&TIME, ".25s", 250.0),
        (&RATIO, "3:1", 3.0),
        (&RATIO, "3 : 1", 3.0),
        (&RATIO, "3", 3.0),
        (&RATIO, "inf:1", 100.0),
        (&RATIO, "inf", 100.0),
        (&AMOUNT, "50 %", 50.0),
        (&AMOUNT, "50%", 50.0),
        (&PAN, "L30", -30.0),
        (&PAN, "30L", -30.0),
        (&PAN, "30 r", 30.0),
        (&PAN, "-30", -30.0),
        (&PAN, "c", 0.0),
        (&Q, "0.71", 0.71),
        (&Q, "Q 1.4", 1.4),
    ] {
        assert_eq!(dial.parse(text), Some(expected), "{text:?} as {:?}", dial.unit);
    }
}

#[test]
fn what_is_no_value_is_refused() {
    for dial in controls().dials.into_iter().chain(ANY_UNIT) {
        let endless = if dial.highest.is_some() { "banana" } else { "inf" };
        for text in ["banana", "", " ", "NaN", "nan dB", endless, "1..2", "--1", "1-2", "k", "k2", "1k2k", "0x10", "dB"]
        {
            assert_eq!(dial.parse(text), None, "{}: {text:?}", dial.id);
        }
    }
}

#[test]
fn options_and_switches_read_their_names_and_ids() {
    let controls = controls();
    for choice in controls.choices {
        for (index, option) in choice.options.iter().enumerate() {
            for text in [option.name.to_string(), option.id.to_string(), format!(" {} ", option.name.to_uppercase())] {
                assert_eq!(choice.parse(&text), Some(index), "{}: {text:?}", choice.id);
            }
        }
        assert_eq!(choice.parse("banana"), None, "{}", choice.id);
    }
    for switch in controls.switches {
        for on in [false, true] {
            assert_eq!(switch.parse(&switch.print(on)), Some(on), "{}", switch.id);
        }
        assert_eq!(switch.parse("banana"), None, "{}", switch.id);
    }
}

#[test]
fn orders_read_back_what_they_print() {
    let found = controls();
    assert_eq!(found.sequences.len(), 2, "one for each chain");
    for sequence in found.sequences {
        for code in (0..CODES).step_by(9_973) {
            let order = Order::decode(code);
            let text = sequence.print(order);
            let back = sequence.parse(&text).unwrap_or_else(|| panic!("{text:?} is no order"));
            assert_eq!(sequence.print(back), text, "code {code} comes back as {}", back.encode());
        }
    }
}

#[test]
fn orders_are_typed_by_names_or_ids_and_what_is_left_out_stays() {
    static GROUPS: [Group; 3] =
        [Group { id: "a", name: "De-a" }, Group { id: "b", name: "Big B" }, Group { id: "c", name: "C" }];
    let mut modules = [None; PLACES];
    // Not at neighbouring places.
    for (place, group) in [1, 4, 9].into_iter().zip(&GROUPS) {
        modules[place] = Some(group);
    }
    let sequence = Sequence { id: "order", name: "Order", modules, help: "" };
    let read = |text: &str| sequence.parse(text).map(|order| sequence.print(order));
    for (text, order) in [
        ("De-a > Big B > C", "De-a > Big B > C"),
        ("C > big b > de-A", "C > Big B > De-a"),
        ("c a b", "C > De-a > Big B"),
        ("c b", "De-a > C > Big B"),
        (" Big B ", "De-a > Big B > C"),
    ] {
        assert_eq!(read(text).as_deref(), Some(order), "{text:?}");
    }
    for nonsense in ["", " ", ">", "a a", "a > a", "a > d", "d", "a,b", "a >"] {
        assert_eq!(read(nonsense), None, "{nonsense:?} is no order");
    }
}

#[test]
fn an_exact_text_gives_the_value_back() {
    for dial in controls().dials.into_iter().chain(ANY_UNIT) {
        let way = |value: f64| dial.scale.to_way(value);
        let (low, high) = (way(dial.range.0), way(dial.range.1));
        for point in 0..=200 {
            let value = dial.scale.from_way(low + (high - low) * (f64::from(point) / 200.0).powf(1.3));
            let text = dial.print_exactly(value);
            let read = dial.parse(&text).unwrap_or_else(|| panic!("{}: {text:?} is no value", dial.id));
            let off = (way(read) - way(value)).abs() / (high - low);
            assert!(off <= 2.5e-7, "{}: {value} is {text:?}, which is {read}: {off:.1e} of the way", dial.id);
        }
        let short = dial.print(dial.default);
        if dial.parse(&short) == Some(dial.default) {
            assert_eq!(dial.print_exactly(dial.default), short, "{}: no more than needed", dial.id);
        }
    }
}

#[test]
fn a_value_beyond_the_range_can_be_told() {
    assert_eq!(LEVEL.parse_beyond("240 dB"), Some(240.0));
    assert_eq!(LEVEL.parse("240 dB"), Some(24.0));
    assert_eq!(FREQ.parse_beyond("1e300"), Some(1e300));
    assert_eq!(LEVEL.parse_beyond("banana"), None);
}
