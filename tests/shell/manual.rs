//! The manual's tables of controls say what the controls are.

use std::path::PathBuf;
use tandem::channel::Channel;
use tandem::master::Master;
use tandem::params::{Control, Controls};
use tandem::shell::parameters;

/// The pages with a table, and the groups of controls in each. The equaliser's bands are alike: the first stands for all.
const PAGES: &[(&str, &[&str])] = &[
    ("plugin", &["", "chain"]),
    ("input", &["input"]),
    ("declick", &["declick"]),
    ("demud", &["demud", "demud_1"]),
    ("equaliser", &["eq", "eq_hp", "eq_lp", "eq_1"]),
    ("gate", &["gate"]),
    ("deesser", &["deess"]),
    ("compressor", &["comp"]),
    ("leveler", &["leveler"]),
    ("multiband", &["multi", "multi_1"]),
    ("imager", &["imager"]),
    ("saturator", &["sat"]),
    ("limiter", &["limiter"]),
    ("dither", &["dither"]),
    ("rider", &["rider"]),
    ("delay", &["delay"]),
    ("reverb", &["reverb"]),
    ("output", &["output"]),
];

/// Groups that are described under another's name: the Master's compressor, and the other bands and nodes.
const ALIKE: &[&str] = &[
    "demud_2", "demud_3", "demud_4", "demud_5", "demud_6", "glue", "eq_2", "eq_3", "eq_4", "eq_5", "eq_6", "eq_7",
    "eq_8", "multi_2", "multi_3", "multi_4", "multi_5",
];

const BEGIN: &str = "<!-- controls: written by the test manual::tables_are_what_the_controls_are -->\n";
const END: &str = "<!-- end of controls -->\n";

fn row(controls: &Controls, index: tandem::params::ParamIndex) -> String {
    let control = controls.control(index);
    let values = match control {
        Control::Dial(dial) => format!("{} to {}", dial.print(dial.range.0), dial.print(dial.range.1)),
        Control::Choice(choice) => choice.options.iter().map(|option| option.name).collect::<Vec<_>>().join(", "),
        Control::Switch(_) => "Off, On".to_string(),
        Control::Sequence(_) => "the modules, with > between".to_string(),
    };
    let default = control.print(controls.default(index));
    let help = control.help();
    let own: Vec<_> = match control {
        Control::Choice(choice) => {
            choice.options.iter().filter_map(|o| o.help.map(|help| format!("*{}*: {help}", o.name))).collect()
        }
        _ => Vec::new(),
    };
    let help = std::iter::once(help.to_string()).chain(own).collect::<Vec<_>>().join("<br>");
    format!("| {} | {values} | {default} | {help} |\n", controls.name(index))
}

fn table(groups: &[&str]) -> String {
    let (channel, master) = (parameters::<Channel>(), parameters::<Master>());
    let mut table = "| control | values | fresh | what it does |\n|---|---|---|---|\n".to_string();
    for group in groups {
        let own = |controls: &Controls| -> Vec<String> {
            let mine = controls.all().filter(|index| controls.group_of(*index).id == *group);
            mine.map(|index| row(controls, index)).collect()
        };
        let (on_channel, on_master) = (own(channel.controls()), own(master.controls()));
        let more = on_master.into_iter().filter(|row| {
            let name = row.split('|').nth(1);
            !on_channel.iter().any(|other| other.split('|').nth(1) == name)
        });
        let rows: Vec<_> = on_channel.iter().cloned().chain(more).collect();
        assert!(!rows.is_empty(), "no control is in the group {group:?}");
        table.extend(rows);
    }
    table
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../assets/manual")
}

/// After changing a control, run this test with `TANDEM_WRITE_MANUAL=1` and read the difference.
#[test]
fn tables_are_what_the_controls_are() {
    for (page, groups) in PAGES {
        let path = folder().join(format!("{page}.md"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("assets/manual/{page}.md: {error}"));
        let parts = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?)));
        let Some((before, (written, after))) = parts else {
            panic!("assets/manual/{page}.md has no place for a table")
        };
        let wanted = table(groups);
        if std::env::var_os("TANDEM_WRITE_MANUAL").is_some() {
            let text = format!("{before}{BEGIN}{wanted}{END}{after}");
            std::fs::write(&path, text).expect("the page can be written");
        } else {
            assert!(written == wanted, "assets/manual/{page}.md: run this test with TANDEM_WRITE_MANUAL=1");
        }
    }
}

#[test]
fn every_control_is_on_a_page() {
    let (channel, master) = (parameters::<Channel>(), parameters::<Master>());
    for controls in [channel.controls(), master.controls()] {
        for index in controls.all() {
            let group = controls.group_of(index).id;
            let described = PAGES.iter().any(|(_, groups)| groups.contains(&group)) || ALIKE.contains(&group);
            assert!(described, "{} is on no page of the manual", controls.name(index));
        }
    }
}
