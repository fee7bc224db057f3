//! Files that are written whole or not at all, and never over another without leave.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Refuses a target that exists, unless `force`, and a folder that does not.
pub fn check(path: &Path, force: bool) -> Result<()> {
    if path.is_dir() {
        bail!("{} is a folder. Name a file.", path.display());
    }
    if path.exists() && !force {
        bail!("{} exists already. Give --force to replace it, or another name.", path.display());
    }
    let folder = folder_of(path);
    if !folder.is_dir() {
        bail!("The folder {} does not exist. Make it, or write elsewhere.", folder.display());
    }
    Ok(())
}

/// Writes `path` by way of a temporary file beside it, renamed once `write` has succeeded.
pub fn write(path: &Path, force: bool, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    check(path, force)?;
    let about = || format!("cannot write {}", path.display());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tandem-").suffix(".part");
    // Temporary files are private by default; this one becomes a file like any other.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let temporary = builder.tempfile_in(folder_of(path)).with_context(about)?;
    let (file, temporary) = temporary.into_parts();
    let mut writer = BufWriter::new(file);
    write(&mut writer)?;
    writer.flush().with_context(about)?;
    drop(writer);
    if force {
        temporary.persist(path).map_err(|e| e.error).with_context(about)?;
    } else {
        // Once more without a gap in which another program could have made the file.
        temporary.persist_noclobber(path).map_err(|e| e.error).with_context(about)?;
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
