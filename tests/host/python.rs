//! The built VST3 in JUCE-based hosts, by way of Python.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs `script` in the virtual environment that `cargo xtask test` sets up.
fn run(script: &str) {
    let named = |variable: &str, beside: &str| {
        std::env::var_os(variable).map(PathBuf::from).or_else(|| {
            let tests = std::env::current_exe().ok()?;
            tests.ancestors().map(|folder| folder.join(beside)).find(|path| path.exists())
        })
    };
    let python = named("TANDEM_PYTHON", "venv/bin/python").expect("`cargo xtask test` installs the VST3 hosts");
    let bundle = named("TANDEM_VST3", "bundled/Tandem.vst3").expect("`cargo xtask bundle --profile dev` builds it");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("host").join(script);
    let output = Command::new(python).arg(&script).arg(bundle).output().expect("Python starts");
    assert!(
        output.status.success(),
        "{} failed ({}):\n{}{}",
        script.display(),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn pedalboard_plays_it() {
    run("pedalboard_host.py");
}

#[test]
fn dawdreamer_plays_it() {
    run("dawdreamer_host.py");
}
