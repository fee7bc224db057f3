//! Presets in the built plug-ins, as `tandem-render` loads them.

use crate::bundles::{BOTH, open};
use tandem_presets::{factory, short_name};
use tandem_render::preset;

#[test]
fn every_factory_preset_is_found_by_its_name_and_sets_what_it_says() {
    for name in BOTH {
        let mut plugin = open(name);
        for factory in factory::presets(&short_name(name)).expect("they can be read") {
            plugin.set("Input Trim", "-7 dB").expect("sets");
            preset::apply(&mut plugin, &factory.name.to_uppercase()).unwrap_or_else(|error| panic!("{error:#}"));
            for setting in &factory.settings {
                let found = plugin.get(&setting.parameter).expect("a parameter");
                assert_eq!(found, setting.value, "{name}, {}: {}", factory.name, setting.parameter);
            }
            let trim = plugin.get("Input Trim").expect("a parameter");
            assert_eq!(trim, "0.0 dB", "{name}, {}: what it does not name is at its default", factory.name);
        }
    }
}

#[test]
fn what_stands_is_written_and_read_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("mine.tandem");
    let mut plugin = open("Tandem Channel");
    plugin.set("Comp Threshold", "-31.5 dB").expect("sets");
    plugin.set("EQ 3 Shape", "Tilt").expect("sets");
    std::fs::write(&path, preset::write(&mut plugin).expect("writes")).expect("written");
    let mut other = open("Tandem Channel");
    preset::apply(&mut other, &path.display().to_string()).expect("reads");
    assert_eq!(other.get("Comp Threshold").expect("a value"), "-31.5 dB");
    assert_eq!(other.get("EQ 3 Shape").expect("a value"), "Tilt");
}

#[test]
fn what_is_no_preset_is_refused_and_sets_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let mut plugin = open("Tandem Channel");
    plugin.set("Comp Threshold", "-31.5 dB").expect("sets");
    for (preset, expected) in [
        (
            "No such thing".to_string(),
            "There is no preset \"No such thing\" of Tandem Channel, and no file of that name.",
        ),
        (file("a", "tandem-preset 1\nplugin: master\n"), "a, line 2: A preset of Tandem's master, not of its channel."),
        (file("b", "tandem-preset 2\n"), "b, line 1: Format 2 is later than this version of Tandem"),
        (
            file("c", "tandem-preset 1\nplugin: channel\nComp Threshold = -3 dB\nComp Ratio = steep\n"),
            "c, line 4: \"steep\" is no value of \"Comp Ratio\"",
        ),
        (
            file("d", "tandem-preset 1\nplugin: channel\nComp Rat = 3:1\n"),
            "d, line 3: There is no parameter \"Comp Rat\".",
        ),
    ] {
        let refused = preset::apply(&mut plugin, &preset).expect_err("it is refused").to_string();
        assert!(refused.contains(expected), "{refused:?} does not say {expected:?}");
        assert_eq!(plugin.get("Comp Threshold").expect("a value"), "-31.5 dB", "after {preset}");
    }
}
