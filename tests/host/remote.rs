//! Pages for remote controllers, and where hosts find a parameter.

use crate::bundles::{BOTH, open};
use std::collections::BTreeSet;

#[test]
fn every_parameter_for_hands_is_on_one_page_of_its_module() {
    for name in BOTH {
        let mut plugin = open(name);
        let pages = plugin.remote_pages();
        let params = plugin.params();
        let mut seen = BTreeSet::new();
        for page in &pages {
            assert_eq!(page.params.len(), 8, "{name}: knobs of page {}", page.name);
            assert!(page.params[0].is_some(), "{name}: page {} begins with a gap", page.name);
            for id in page.params.iter().flatten() {
                let param = params.iter().find(|param| param.id == *id).expect("a parameter of the plug-in");
                let module = param.group.split('/').next().unwrap_or_default();
                assert_eq!(module, page.section, "{name}: {} on page {}", param.name, page.name);
                assert!(seen.insert(*id), "{name}: {} is on two pages", param.name);
            }
        }
        for param in params.iter() {
            let for_hands = param.automatable && !param.bypass;
            assert_eq!(seen.contains(&param.id), for_hands, "{name}: {} is on a page", param.name);
        }
        let sections: Vec<_> = pages.chunk_by(|a, b| a.section == b.section).map(|pages| &pages[0].section).collect();
        let different: BTreeSet<_> = sections.iter().collect();
        assert_eq!(sections.len(), different.len(), "{name}: a module's pages are together: {sections:?}");
        let names: BTreeSet<_> = pages.iter().map(|page| (&page.section, &page.name)).collect();
        assert_eq!(names.len(), pages.len(), "{name}: pages can be told apart");
    }
}

#[test]
fn a_page_begins_with_what_is_used_most() {
    let mut plugin = open(BOTH[0]);
    let pages = plugin.remote_pages();
    let knobs = |section: &str, page: &str| -> Vec<String> {
        let page = pages.iter().find(|p| p.section == section && p.name == page).expect("the page");
        let name =
            |id| plugin.params().iter().find(|param| param.id == id).map_or("?", |param| &param.name).to_string();
        page.params.iter().flatten().map(|id| name(*id)).collect()
    };
    let comp = knobs("Comp", "Comp");
    for name in ["Comp On", "Comp Threshold", "Comp Ratio", "Comp Attack", "Comp Release"] {
        assert!(comp.iter().any(|knob| knob == name), "{name} is on the compressor's first page: {comp:?}");
    }
    let band = knobs("EQ", "EQ 3");
    assert_eq!(band[..2], ["EQ 3 On", "EQ 3 Shape"], "a band's page");
    assert!(band.iter().any(|knob| knob == "EQ 3 Gain"), "{band:?}");
}

#[test]
fn a_parameter_is_found_under_its_module() {
    let plugin = open(BOTH[0]);
    for (name, path) in [("Comp Threshold", "Comp"), ("EQ On", "EQ"), ("EQ 3 Gain", "EQ/EQ 3"), ("Bypass", "")] {
        assert_eq!(plugin.params().find(name).expect("the parameter").group, path, "where {name} is");
    }
}
