//! `cargo xtask bundle`: builds the plug-ins and lays them out as hosts expect them.
//!
//! `target/bundled/` then holds `Tandem.clap`, `Tandem.vst3` and `Tandem-licenses/` (a CLAP on Linux and Windows is a
//! single file and cannot carry them inside).

use crate::project::{bundled, cargo, root, succeed, target};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};

/// Builds the plug-ins and bundles them into target/bundled/.
#[derive(Args)]
pub struct Bundle {
    /// Cargo profile: "dev" is what the tests run, "release" what is installed.
    #[arg(long, default_value = "release")]
    profile: String,
}

/// Does what the command line says.
pub fn run(command: &Bundle) -> Result<()> {
    for path in build(&command.profile)? {
        println!("{}", path.display());
    }
    Ok(())
}

/// The name of the bundles and of the binaries in them; a VST3's binary has to bear its bundle's name.
const NAME: &str = "Tandem";

/// The folder with the licence texts, beside the bundles.
pub const LICENSES: &str = "Tandem-licenses";

/// Builds and bundles under a Cargo profile; gives the bundles' paths, CLAP first.
pub fn build(profile: &str) -> Result<[PathBuf; 2]> {
    succeed(cargo().args(["build", "--package", "tandem", "--lib", "--profile", profile]))?;
    let folder = if profile == "dev" { "debug" } else { profile };
    let library =
        target()?.join(folder).join(format!("{}tandem{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX));
    let bundled = bundled()?;
    let clap = bundled.join(format!("{NAME}.clap"));
    let vst3 = bundled.join(format!("{NAME}.vst3"));

    copy(&library, &bundled.join(clap_binary()))?;
    copy(&library, &bundled.join(vst3_binary()?))?;
    let mut licenses = vec![bundled.join(LICENSES), vst3.join("Contents/Resources/licenses")];
    if cfg!(target_os = "macos") {
        licenses.push(clap.join("Contents/Resources/licenses"));
        for bundle in [&clap, &vst3] {
            write_macos_description(bundle)?;
            // Apple's loader on ARM wants a signature, if only an ad-hoc one.
            succeed(std::process::Command::new("codesign").args(["--force", "--sign", "-"]).arg(bundle))?;
        }
    }
    for folder in licenses {
        copy_tree(&root().join("assets/licenses"), &folder)?;
    }
    Ok([clap, vst3])
}

/// The CLAP's binary within the folder of bundles: the bundle itself, but on macOS, where it is a folder.
fn clap_binary() -> String {
    if cfg!(target_os = "macos") { format!("{NAME}.clap/Contents/MacOS/{NAME}") } else { format!("{NAME}.clap") }
}

/// The VST3's binary within the folder of bundles
/// (<https://steinbergmedia.github.io/vst3_dev_portal/pages/Technical+Documentation/Locations+Format/Plugin+Format.html>).
fn vst3_binary() -> Result<String> {
    let architecture = match std::env::consts::ARCH {
        known @ ("x86_64" | "aarch64" | "riscv64") => known,
        other => bail!("no VST3 folder name is known for {other}"),
    };
    let inside = match std::env::consts::OS {
        "macos" => format!("MacOS/{NAME}"),
        "windows" if architecture == "aarch64" => format!("arm64-win/{NAME}.vst3"),
        "windows" => format!("{architecture}-win/{NAME}.vst3"),
        _ => format!("{architecture}-linux/{NAME}.so"),
    };
    Ok(format!("{NAME}.vst3/Contents/{inside}"))
}

/// Copies a file by way of a temporary one: a running program that has loaded the old one keeps it.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    let about = || format!("cannot copy {} to {}", from.display(), to.display());
    let folder = to.parent().with_context(about)?;
    fs::create_dir_all(folder).with_context(about)?;
    let temporary = folder.join(format!(".{NAME}-{}.part", std::process::id()));
    fs::copy(from, &temporary).with_context(about)?;
    fs::rename(&temporary, to).with_context(about)
}

/// Copies a folder and what is in it; a file counts as a folder of one.
pub fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    if from.is_file() {
        return copy(from, to);
    }
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        copy_tree(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// What makes a folder a bundle on macOS.
fn write_macos_description(bundle: &Path) -> Result<()> {
    let kind = bundle.extension().unwrap_or_default().to_string_lossy();
    let entries = [
        ("CFBundleExecutable", NAME),
        ("CFBundleIdentifier", &format!("audio.tandem.{kind}")),
        ("CFBundleName", NAME),
        ("CFBundlePackageType", "BNDL"),
        ("CFBundleShortVersionString", env!("CARGO_PKG_VERSION")),
        ("CFBundleVersion", env!("CARGO_PKG_VERSION")),
    ]
    .map(|(key, value)| format!("  <key>{key}</key>\n  <string>{value}</string>\n"))
    .concat();
    let plist = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n{entries}  <key>NSHighResolutionCapable</key>\n  <true/>\n</dict>\n</plist>\n"
    );
    fs::write(bundle.join("Contents/Info.plist"), plist)?;
    fs::write(bundle.join("Contents/PkgInfo"), "BNDL????")?;
    Ok(())
}
