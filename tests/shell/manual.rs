//! The manual: its tables say what the controls and the destinations are, and its links lead somewhere.

use std::collections::BTreeSet;
use std::path::PathBuf;
use tandem::channel::Channel;
use tandem::master::Master;
use tandem::params::{Control, Controls};
use tandem::shell::parameters;
use tandem::targets::{self, Status};
use tandem_presets::factory;

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
    ("match_eq", &["match_eq"]),
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

/// The table in `meter.md` that says what a status is worth lists the destinations by it.
#[test]
fn every_destination_is_listed_by_its_status() {
    let page = std::fs::read_to_string(folder().join("meter.md")).expect("assets/manual/meter.md");
    for status in [Status::Official, Status::Quoted, Status::ThirdParty, Status::Practice] {
        let row = page.lines().find(|line| line.starts_with(&format!("| {} |", status.name())));
        let listed = row.and_then(|row| row.trim_end_matches(" |").rsplit("| ").next()).unwrap_or_default();
        let of_it = targets::all().iter().filter(|target| target.status == status);
        let wanted = of_it.map(|target| target.name.as_str()).collect::<Vec<_>>().join(", ");
        assert_eq!(listed, wanted, "meter.md, {}", status.name());
    }
}

/// Every page can be reached from the first, and every link leads somewhere.
#[test]
fn links_lead_to_pages_pictures_and_sections() {
    let mut linked = BTreeSet::new();
    for (page, text) in pages() {
        for part in text.split("](").skip(1) {
            let link = part.split_once(')').expect("a link ends").0;
            if link.contains("://") {
                continue;
            }
            let (file, section) = link.split_once('#').unwrap_or((link, ""));
            let file = if file.is_empty() { &page } else { file };
            let path = folder().join(file);
            assert!(path.exists(), "{page} leads to {link}, which is not there");
            if !section.is_empty() {
                let other = std::fs::read_to_string(&path).expect("a page");
                let sections: Vec<_> = other.lines().filter_map(|line| line.strip_prefix("## ")).map(anchor).collect();
                assert!(
                    sections.iter().any(|found| found == section),
                    "{page} leads to {link}, not among {sections:?}"
                );
            }
            linked.insert((page.clone(), file.to_string()));
        }
    }
    for (page, _) in pages().into_iter().filter(|(page, _)| page != "README.md") {
        assert!(linked.contains(&("README.md".to_string(), page.clone())), "README.md does not lead to {page}");
    }
}

/// What stands in italics and has a comma in it is a preset's name.
#[test]
fn recipes_name_presets_that_there_are() {
    let text = std::fs::read_to_string(folder().join("recipes.md")).expect("assets/manual/recipes.md");
    let text = text.replace("**", "").split_whitespace().collect::<Vec<_>>().join(" ");
    let named: Vec<_> = text.split('*').skip(1).step_by(2).filter(|words| words.contains(", ")).collect();
    assert!(named.len() >= 10, "{named:?}");
    let all = ["channel", "master"].map(|plugin| factory::presets(plugin).expect("they can be read")).concat();
    for name in named {
        assert!(all.iter().any(|preset| preset.name == name), "recipes.md names a preset \"{name}\", which is none");
    }
}

/// Names and texts of the manual's pages.
fn pages() -> Vec<(String, String)> {
    let files = std::fs::read_dir(folder()).expect("assets/manual").map(|file| file.expect("an entry").path());
    let pages = files.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    pages
        .map(|path| {
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a page"))
        })
        .collect()
}

/// What a heading is linked by.
fn anchor(heading: &str) -> String {
    heading.to_lowercase().replace(' ', "-").chars().filter(|c| c.is_alphanumeric() || *c == '-').collect()
}
