//! Lists the factory presets of `assets/presets`, so that a new one needs nothing but its file.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let assets = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("set by Cargo")).join("../../assets/presets");
    let mut list = String::from("[\n");
    for plugin in ["channel", "master"] {
        let folder = assets.join(plugin);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files: Vec<PathBuf> =
            fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        files.sort();
        for path in files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "tandem")) {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            let path = path.canonicalize()?;
            list += &format!("    ({plugin:?}, {file:?}, include_bytes!({path:?}).as_slice()),\n");
        }
    }
    fs::write(Path::new(&env::var("OUT_DIR").expect("set by Cargo")).join("factory.rs"), list + "]\n")
}
