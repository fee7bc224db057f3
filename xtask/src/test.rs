//! `cargo xtask test`: the one test command. Sets up what the tests need and runs every check.

use crate::project::{cargo, root, succeed, target};
use crate::{bundle, packages};
use anyhow::Result;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tandem_render::host::BUNDLE_VARIABLE;
use tandem_render::screen::Screen;

/// Checks and tests everything, and sets up what that needs.
#[derive(Args)]
pub struct Test {
    /// Only tests whose names contain this; formatting, lints and docs are not checked then.
    filter: Option<String>,
}

/// The environment variable with the VST3 bundle under test.
const VST3_VARIABLE: &str = "TANDEM_VST3";

/// The environment variable with the Python in which the VST3 hosts are installed.
const PYTHON_VARIABLE: &str = "TANDEM_PYTHON";

/// The VST3 hosts: JUCE-based, from PyPI, at the versions that the tests were written against.
const VST3_HOSTS: [&str; 2] = ["pedalboard==0.9.26", "dawdreamer==0.9.0"];

/// Does what the command line says.
pub fn run(command: &Test) -> Result<()> {
    let mut steps = Steps::default();
    steps.run("system packages", || packages::ensure(&[packages::WINDOW, packages::PYTHON].concat()))?;
    let python = steps.run("VST3 hosts", python)?;
    let [clap, vst3] = steps.run("bundle", || bundle::build("dev"))?;
    if command.filter.is_none() {
        steps.run("format", || succeed(cargo().args(["fmt", "--all", "--check"])))?;
        steps.run("lints", || {
            succeed(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
        })?;
        steps.run("docs", || {
            let mut doc = cargo();
            succeed(
                doc.args(["doc", "--workspace", "--no-deps", "--document-private-items"])
                    .env("RUSTDOCFLAGS", "-D warnings"),
            )
        })?;
    }
    // Windows are tested on a screen of their own, even where there is another.
    let screen = steps.run("screen", Screen::start)?;
    steps.run("tests", || {
        let mut test = cargo();
        test.args(["test", "--workspace"]).args(command.filter.iter());
        test.env(BUNDLE_VARIABLE, &clap).env(VST3_VARIABLE, &vst3).env(PYTHON_VARIABLE, &python);
        succeed(test.env("DISPLAY", &screen.display))
    })?;
    drop(screen);
    steps.print();
    Ok(())
}

/// The Python of a virtual environment with the VST3 hosts in it, in Cargo's target folder.
fn python() -> Result<PathBuf> {
    let folder = target()?.join("venv");
    let python = folder.join("bin/python");
    let installed = folder.join("installed.txt");
    let wanted = VST3_HOSTS.join("\n");
    if std::fs::read_to_string(&installed).is_ok_and(|text| text == wanted) && works(&python) {
        return Ok(python);
    }
    succeed(quiet(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder)))?;
    let pip =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--only-binary", ":all:"];
    succeed(quiet(Command::new(&python).args(pip).args(VST3_HOSTS)))?;
    std::fs::write(&installed, wanted)?;
    Ok(python)
}

fn works(python: &Path) -> bool {
    quiet(Command::new(python).args(["-c", "import pedalboard, dawdreamer"]))
        .status()
        .is_ok_and(|status| status.success())
}

fn quiet(command: &mut Command) -> &mut Command {
    command.current_dir(root()).stdin(Stdio::null())
}

/// Named steps and how long they took.
#[derive(Default)]
struct Steps(Vec<(&'static str, Duration)>);

impl Steps {
    fn run<T>(&mut self, name: &'static str, step: impl FnOnce() -> Result<T>) -> Result<T> {
        eprintln!("== {name}");
        let start = Instant::now();
        let result = step();
        self.0.push((name, start.elapsed()));
        if result.is_err() {
            self.print();
            eprintln!("failed: {name}");
        }
        result
    }

    fn print(&self) {
        for (name, time) in &self.0 {
            eprintln!("{name:<16} {:>7.1} s", time.as_secs_f64());
        }
    }
}
