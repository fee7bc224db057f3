//! What Tandem needs of the system, in Debian's packages, and how to get it.

use crate::project::on_path;
use anyhow::{Result, bail};
use std::process::{Command, Stdio};

/// Something that the system has or lacks.
#[derive(Clone, Copy, Debug)]
pub struct Need {
    /// The Debian package that brings it.
    package: &'static str,
    probe: Probe,
}

/// How to tell whether it is there.
#[derive(Clone, Copy, Debug)]
enum Probe {
    /// A program on the path.
    Program(&'static str),
    /// A shared library that the loader finds.
    Library(&'static str),
    /// A Python module that can be imported.
    Python(&'static str),
}

/// To open an editor where there is no screen.
pub const WINDOW: &[Need] = &[
    Need { package: "xvfb", probe: Probe::Program("Xvfb") },
    Need { package: "libgl1", probe: Probe::Library("libGL.so.1") },
    Need { package: "libgl1-mesa-dri", probe: Probe::Library("libGLX_mesa.so.0") },
    Need { package: "libx11-xcb1", probe: Probe::Library("libX11-xcb.so.1") },
    Need { package: "libxcursor1", probe: Probe::Library("libXcursor.so.1") },
];

/// To set up the VST3 hosts of the tests, which are Python modules.
pub const PYTHON: &[Need] = &[
    Need { package: "python3", probe: Probe::Program("python3") },
    Need { package: "python3-venv", probe: Probe::Python("ensurepip") },
    Need { package: "libfreetype6", probe: Probe::Library("libfreetype.so.6") },
    Need { package: "libglib2.0-0", probe: Probe::Library("libglib-2.0.so.0") },
];

/// Makes sure of `needs`: installs the packages that are lacking where this program may, and otherwise says what to do.
/// Without a Debian package manager nothing is checked or changed but what can be seen.
pub fn ensure(needs: &[Need]) -> Result<()> {
    let lacking: Vec<_> = needs.iter().filter(|need| !present(need.probe)).map(|need| need.package).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let list = lacking.join(" ");
    if !on_path("apt-get") {
        bail!("This needs what Debian calls {list}. Install the same from your system's packages.");
    }
    let Some(prefix) = privilege() else {
        bail!("This needs: sudo apt-get install {list}\nRun that, then this again.");
    };
    eprintln!("Installing {list}");
    // The lists may be missing or old: fetch them only if it does not work without.
    if !apt_get(prefix, &["install", "--yes", "--no-install-recommends"], &lacking) {
        apt_get(prefix, &["update"], &[]);
        if !apt_get(prefix, &["install", "--yes", "--no-install-recommends"], &lacking) {
            bail!("apt-get could not install {list}. Install that by hand, then run this again.");
        }
    }
    let still: Vec<_> = needs.iter().filter(|need| !present(need.probe)).map(|need| need.package).collect();
    if !still.is_empty() {
        bail!("{} is installed but not found by the system.", still.join(" "));
    }
    Ok(())
}

fn present(probe: Probe) -> bool {
    match probe {
        Probe::Program(name) => on_path(name),
        Probe::Library(name) => {
            let listed = quiet(Command::new("/sbin/ldconfig").arg("-p")).output();
            // Where the loader's list cannot be read, the plug-in itself will say what is lacking.
            listed.map_or(true, |out| !out.status.success() || String::from_utf8_lossy(&out.stdout).contains(name))
        }
        Probe::Python(module) => {
            quiet(Command::new("python3").args(["-c", &format!("import {module}")])).status().is_ok_and(|s| s.success())
        }
    }
}

/// What to put before a command that changes the system: nothing as root, `sudo` where it asks for no password.
fn privilege() -> Option<&'static [&'static str]> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0");
    if is_root {
        return Some(&[]);
    }
    let may = on_path("sudo") && quiet(Command::new("sudo").args(["-n", "true"])).status().is_ok_and(|s| s.success());
    may.then_some(&["sudo", "-n"])
}

fn apt_get(prefix: &[&str], arguments: &[&str], packages: &[&str]) -> bool {
    let words: Vec<&str> = prefix
        .iter()
        .copied()
        .chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"])
        .chain(arguments.iter().copied())
        .chain(packages.iter().copied())
        .collect();
    Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stderr(Stdio::null())
}
