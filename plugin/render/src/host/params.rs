//! A plug-in's parameters, found by name.

use anyhow::{Result, bail};
use clack_host::utils::ClapId;

/// What a plug-in says of one of its parameters. Values are the plug-in's own, as hosts see them.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// What events and calls name it by.
    pub id: ClapId,
    /// Unique in the plug-in: "EQ 3 Gain".
    pub name: String,
    /// Its group, '/' between levels.
    pub group: String,
    /// Lowest and highest value.
    pub range: (f64, f64),
    /// Value of a fresh instance.
    pub default: f64,
    /// Whether it takes whole numbers only: switches and choices.
    pub stepped: bool,
    /// Whether the host may move it while it plays.
    pub automatable: bool,
    /// Whether it is the plug-in's bypass.
    pub bypass: bool,
    /// Whether the host leaves it out of its lists.
    pub hidden: bool,
}

/// A page of parameters for a remote controller.
#[derive(Clone, Debug, PartialEq)]
pub struct RemotePage {
    /// Pages of one section belong together.
    pub section: String,
    /// As shown.
    pub name: String,
    /// A parameter for each knob, `None` where it has none.
    pub params: Vec<Option<ClapId>>,
}

/// All parameters, in the plug-in's order.
#[derive(Clone, Debug, Default)]
pub struct Params(pub(super) Vec<Param>);

impl std::ops::Deref for Params {
    type Target = [Param];

    fn deref(&self) -> &[Param] {
        &self.0
    }
}

impl Params {
    /// The parameter called `name`, in any case; the error names those that come nearest.
    pub fn find(&self, name: &str) -> Result<&Param> {
        let wanted = name.trim();
        if let Some(param) = self.iter().find(|param| param.name.eq_ignore_ascii_case(wanted)) {
            return Ok(param);
        }
        let near = self.nearest(wanted);
        bail!("There is no parameter \"{wanted}\". Did you mean {}?", or_list(&near));
    }

    /// Up to three names that look most like `name`.
    fn nearest(&self, name: &str) -> Vec<String> {
        const SUGGESTIONS: usize = 3;
        let name = name.to_lowercase();
        let mut names: Vec<_> =
            self.iter().map(|p| (strsim::jaro_winkler(&p.name.to_lowercase(), &name), p.name.as_str())).collect();
        names.sort_by(|a, b| b.0.total_cmp(&a.0));
        names.into_iter().take(SUGGESTIONS).map(|(_, name)| format!("\"{name}\"")).collect()
    }
}

/// "a", "a or b", "a, b or c".
pub(crate) fn or_list(items: &[String]) -> String {
    match items {
        [] => "nothing".to_string(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}
