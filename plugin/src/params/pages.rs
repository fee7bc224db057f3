//! Pages of eight parameters for hosts' remote controllers, out of the modules and their groups.

use super::{Control, Controls, Host, ParamIndex};
use nice_plug::context::remote_controls::RemoteControlsPage;
use tandem_dsp::control::Group;

/// Parameters of a page: what controllers have knobs for, and what CLAP gives a page.
const PAGE: usize = 8;

/// A page of a remote controller.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The module: pages of one belong together.
    pub section: &'static str,
    /// "Comp", "EQ 3", "EQ 3, more".
    pub name: String,
    /// At most eight, most used first, as modules describe them.
    pub params: Vec<ParamIndex>,
}

impl Controls {
    /// The pages, module by module. A group has a page of its own, or goes to the end of its module's last one if that
    /// has room for all of it; a larger one has more pages.
    pub fn pages(&self) -> Vec<Page> {
        let mut pages: Vec<Page> = Vec::new();
        for group in self.groups() {
            let params: Vec<_> = self.group(group).all().filter(|index| self.is_for_hands(*index)).collect();
            let Some(first) = params.first() else { continue };
            let section = self.module_of(*first).name;
            match pages.last_mut() {
                Some(page) if page.section == section && page.params.len() + params.len() <= PAGE => {
                    page.params.extend(params);
                }
                _ => pages.extend(params.chunks(PAGE).enumerate().map(|(i, params)| page(section, group, i, params))),
            }
        }
        pages
    }

    /// What a hand on a controller may move: not what is no automation, nor the plug-in's own bypass, which hosts have
    /// a button for.
    fn is_for_hands(&self, index: ParamIndex) -> bool {
        match self.control(index) {
            Control::Choice(choice) => choice.automatable,
            Control::Sequence(_) => false,
            Control::Dial(_) | Control::Switch(_) => !self.module_of(index).name.is_empty(),
        }
    }

    /// Puts the parameter on the framework's `page`.
    pub fn add_to(&self, page: &mut impl RemoteControlsPage, index: ParamIndex) {
        match &self.entry(index).host {
            Host::Float(param) => page.add_param(param),
            Host::Int(param) => page.add_param(param),
            Host::Bool(param) => page.add_param(param),
        }
    }
}

fn page(section: &'static str, group: &Group, number: usize, params: &[ParamIndex]) -> Page {
    let name = match number {
        0 => group.name.to_string(),
        1 => format!("{}, more", group.name),
        _ => format!("{}, more {number}", group.name),
    };
    Page { section, name, params: params.to_vec() }
}
