//! Parameters: each moves its own field, ids and names are unique, ids never change.

use std::collections::BTreeSet;
use std::path::Path;
use tandem::channel::Channel;
use tandem::master::Master;
use tandem::params::{Control, Controls, ParamTree, Refreshed};
use tandem::shell::{Product, parameters};
use tandem_dsp::control::{Choice, Dial, Enumerated, Sequence, Settings, Switch, Visit};
use tandem_dsp::order::{CODES, Order};

/// Every field of some settings as a number, in order.
fn fields<S: Settings>(settings: S) -> Vec<f64> {
    struct List(Vec<f64>);
    impl Visit for List {
        fn dial(&mut self, field: &mut f64, _: &'static Dial) {
            self.0.push(*field);
        }
        fn choice<E: Enumerated>(&mut self, field: &mut E, _: &'static Choice) {
            self.0.push(field.index() as f64);
        }
        fn switch(&mut self, field: &mut bool, _: &'static Switch) {
            self.0.push(f64::from(u8::from(*field)));
        }
        fn sequence(&mut self, field: &mut Order, _: &'static Sequence) {
            self.0.push(f64::from(field.encode()));
        }
    }
    let (mut settings, mut list) = (settings, List(Vec::new()));
    settings.visit(&mut list);
    list.0
}

/// Values of a control that differ from one another.
fn values(control: Control) -> Vec<f64> {
    match control {
        Control::Choice(choice) => (0..choice.options.len()).map(|i| i as f64).collect(),
        Control::Switch(_) => vec![0.0, 1.0],
        // With neighbours, which are closest together.
        Control::Sequence(_) => [0, 1, 2, CODES / 2, CODES - 2, CODES - 1].map(f64::from).to_vec(),
        Control::Dial(_) => [0.0, 0.13, 0.5, 0.87, 1.0].map(|way| control.from_normalized(way)).to_vec(),
    }
}

/// Whether two values are the same for a parameter's f32.
fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-5 * a.abs().max(b.abs()).max(1e-3)
}

fn each_parameter_moves_its_own_field<S: Settings>(tree: &ParamTree<S>) {
    let controls = tree.controls();
    let fresh = fields(tree.settings());
    assert_eq!(fresh.len(), controls.all().len(), "a field for each parameter");
    let mut followed = tree.settings();
    for (place, index) in controls.all().enumerate() {
        for value in values(controls.control(index)) {
            controls.set_quietly(&[(index, value)]);
            let (name, now) = (controls.name(index), fields(tree.settings()));
            for (other, (now, fresh)) in now.iter().zip(&fresh).enumerate() {
                let wanted = if other == place { value } else { *fresh };
                assert!(same(*now, wanted), "{name} at {value}: field {other} is {now}, {wanted} expected");
            }
            assert!(same(controls.value(index), value), "{name} reads {}, {value} expected", controls.value(index));
            tree.refresh(&mut followed);
            assert_eq!(fields(followed), now, "{name}: what the audio thread sees");
        }
        controls.set_quietly(&[(index, controls.default(index))]);
        tree.refresh(&mut followed);
    }
    assert_eq!(tree.refresh(&mut followed), Refreshed::Same, "nothing changed, and something is read");
}

#[test]
fn each_parameter_of_both_moves_its_own_field_and_no_other() {
    each_parameter_moves_its_own_field(&parameters::<Channel>());
    each_parameter_moves_its_own_field(&parameters::<Master>());
}

fn texts_go_round(controls: &Controls) {
    for index in controls.all() {
        let control = controls.control(index);
        for value in values(control) {
            let text = control.print(value);
            let back = control.parse(&text).unwrap_or_else(|| panic!("{}: {text:?} is no value", controls.name(index)));
            assert_eq!(
                control.print(back),
                text,
                "{}: {value} goes to {text:?} and back to {back}",
                controls.name(index)
            );
            let way = control.to_normalized(value);
            assert!((0.0..=1.0).contains(&way), "{}: {value} is at {way}", controls.name(index));
            assert!(same(control.from_normalized(way), value), "{}: {value} does not come back", controls.name(index));
        }
        for nonsense in ["", "banana", "12 parsecs", "nan", "inf inf"] {
            assert_eq!(control.parse(nonsense), None, "{} reads {nonsense:?}", controls.name(index));
        }
    }
}

#[test]
fn values_go_to_text_and_back() {
    texts_go_round(parameters::<Channel>().controls());
    texts_go_round(parameters::<Master>().controls());
}

fn hash(id: &str) -> u32 {
    id.bytes().fold(0u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte))) & 0x7fff_ffff
}

fn are_unique<P: Product>() {
    let tree = parameters::<P>();
    let controls = tree.controls();
    let names: BTreeSet<_> = controls.all().map(|i| controls.name(i).to_lowercase()).collect();
    let ids: BTreeSet<_> = controls.all().map(|i| controls.id(i).to_string()).collect();
    // What both formats know a parameter by: the framework's hash of its id.
    let hashes: BTreeSet<_> = ids.iter().map(|id| hash(id)).collect();
    let count = controls.all().len();
    assert_eq!([names.len(), ids.len(), hashes.len()], [count; 3], "{}: names, ids, hashes of {count}", P::NAME);
    for index in controls.all() {
        let (id, name) = (controls.id(index), controls.name(index));
        assert!(id.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_'), "{id:?} is an id");
        assert!(name.trim() == name && !name.contains("  ") && !name.is_empty(), "{name:?} is a name");
        assert!(!controls.control(index).help().is_empty(), "{name} says nothing of what it does");
    }
}

#[test]
fn ids_and_names_are_unique() {
    are_unique::<Channel>();
    are_unique::<Master>();
}

/// What never changes of a parameter, a line each: its product, id, kind and what its values mean.
fn frozen<P: Product>() -> Vec<String> {
    let tree = parameters::<P>();
    let controls = tree.controls();
    let line = |index| {
        let kind = match controls.control(index) {
            Control::Dial(dial) => {
                format!("dial {} {} {:?} {:?}", dial.range.0, dial.range.1, dial.unit, dial.scale).to_lowercase()
            }
            Control::Choice(choice) => {
                let ids: Vec<_> = choice.options.iter().map(|option| option.id).collect();
                format!("choice {}", ids.join(" "))
            }
            Control::Switch(_) => "switch".to_string(),
            Control::Sequence(sequence) => format!("sequence {}", sequence.modules.len()),
        };
        format!("{} {} {kind}", P::CLAP_ID, controls.id(index))
    };
    controls.all().map(line).chain(places::<P>(controls)).collect()
}

/// The places of the modules, which are what the codes of an order mean.
fn places<P: Product>(controls: &Controls) -> impl Iterator<Item = String> {
    let sequence = controls.order().map(|(_, sequence)| sequence);
    let places = sequence.into_iter().flat_map(|sequence| sequence.modules.iter().enumerate());
    places.filter_map(|(place, module)| module.map(|m| format!("{} place {place} {}", P::CLAP_ID, m.id)))
}

/// Sessions and presets refer to these ids, ranges and options for ever: a line may be added, none may change or go.
/// After adding a control, run this test with `TANDEM_WRITE_IDS=1` and look at the difference.
#[test]
fn ids_and_ranges_are_those_of_the_list() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/parameter_ids.txt");
    let mut lines = frozen::<Channel>();
    lines.extend(frozen::<Master>());
    lines.sort();
    if std::env::var_os("TANDEM_WRITE_IDS").is_some() {
        std::fs::write(&path, lines.join("\n") + "\n").expect("the list can be written");
    }
    let list = std::fs::read_to_string(&path).expect("tests/data/parameter_ids.txt");
    let listed: BTreeSet<_> = list.lines().collect();
    let present: BTreeSet<_> = lines.iter().map(String::as_str).collect();
    let gone: Vec<_> = listed.difference(&present).collect();
    let new: Vec<_> = present.difference(&listed).collect();
    assert!(
        gone.is_empty() && new.is_empty(),
        "gone or changed: {gone:#?}\nnew: {new:#?}\nIf only new ones are meant, run this test with TANDEM_WRITE_IDS=1."
    );
}
