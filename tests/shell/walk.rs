//! Ways through everything that the editor can show, whatever panels there are.

use crate::desk::{Desk, SIZE};
use egui::accesskit::Role;
use egui::{Modifiers, Vec2};
use tandem::params::Control;
use tandem::shell::Product;
use tandem::state::Theme;

/// Every panel of `P`.
pub fn panels<P: Product>() -> Vec<&'static str> {
    Desk::of::<P>("", SIZE, 1.0, Theme::Dark).bench().view.panels()
}

/// Hands each page of the open panel to `look`: as it is, and behind each of its tabs.
pub fn each_page(desk: &mut Desk, mut look: impl FnMut(&mut Desk, &str)) {
    let panels = desk.bench().view.panels();
    let tabs = desk.nodes().into_iter().filter(|node| node.role == Role::Tab && !panels.contains(&node.label.as_str()));
    let mut tabs: Vec<String> = tabs.map(|node| node.label).collect();
    tabs.reverse();
    let panel = desk.bench().view.panel();
    if tabs.is_empty() {
        // Nodes in a picture are as good as tabs where there are none.
        let nodes = desk.nodes().into_iter().map(|node| node.label).filter(|label| label.ends_with(" node"));
        tabs.extend(nodes);
    }
    if tabs.is_empty() {
        return look(desk, panel);
    }
    for tab in tabs {
        let at = desk.rect(&tab).center();
        desk.click(at, Modifiers::NONE);
        look(desk, &format!("{panel}, {tab}"));
    }
}

/// Hands every page of every panel of `P` to `look`, each panel on a desk of its own that `prepare` has set up.
pub fn each_view<P: Product>(
    size: Vec2,
    scale: f32,
    theme: Theme,
    mut prepare: impl FnMut(&mut Desk),
    mut look: impl FnMut(&mut Desk, &str),
) {
    for panel in panels::<P>() {
        let mut desk = Desk::of::<P>(panel, size, scale, theme);
        prepare(&mut desk);
        each_page(&mut desk, |desk, page| look(desk, &format!("{}, {page}", P::NAME)));
    }
}

/// Switches everything on, so that every row of every panel is there; but not the equaliser's bands, whose nodes would
/// lie on each other, nor what is not the modules'.
pub fn switch_all_on(desk: &mut Desk) {
    let controls = desk.bench().controls.clone();
    let changes: Vec<_> = controls
        .all()
        .filter(|index| matches!(controls.control(*index), Control::Switch(_)) && is_free(controls.name(*index)))
        .map(|index| (index, 1.0))
        .collect();
    controls.set_quietly(&changes);
    // As many bands as there can be.
    if let Some(bands) = controls.find_name("Multiband Bands") {
        controls.set_quietly(&[(bands, controls.control(bands).from_normalized(1.0))]);
    }
    desk.harness.run();
}

/// Whether the parameter called `name` may be set to anything without things that lie on each other.
pub fn is_free(name: &str) -> bool {
    let band = name.starts_with("EQ ") && name.ends_with(" On") && name != "EQ On";
    !band && name != "Latency" && name != "Bypass"
}
