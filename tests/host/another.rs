//! Tests that need a process of their own.

use std::process::Command;

/// Marks the process that a test has started for itself.
const INSIDE: &str = "TANDEM_INSIDE";

/// Runs the ignored test called `name` in a process of its own, in another environment.
pub fn another_process(name: &str, prepare: impl FnOnce(&mut Command)) {
    let mut command = Command::new(std::env::current_exe().expect("this test has a path"));
    command.args(["--exact", name, "--ignored", "--nocapture", "--test-threads", "1"]).env(INSIDE, "1");
    prepare(&mut command);
    let output = command.output().expect("starts");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{name}: {}\n{said}", output.status);
}
