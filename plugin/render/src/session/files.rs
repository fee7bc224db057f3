//! What a session leaves behind: one folder with the mix, the master and the report.

use super::{Mastered, Mix};
use crate::audio::{self, Bits};
use crate::output;
use anyhow::{Context, Result, bail};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The folder's files.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
    force: bool,
}

impl Files {
    /// The files in `folder`, which is made when the first of them is written. Refuses if one of them exists, unless
    /// `force`.
    pub fn new(folder: &Path, force: bool) -> Result<Self> {
        let files = Self { folder: folder.to_path_buf(), force };
        if folder.exists() && !folder.is_dir() {
            bail!("{} is a file. Name a folder.", folder.display());
        }
        if folder.is_dir() {
            for path in [files.mix(), files.master(), files.report()] {
                output::check(&path, force)?;
            }
        }
        Ok(files)
    }

    /// The mix, 24-bit WAV.
    pub fn mix(&self) -> PathBuf {
        self.folder.join("mix.wav")
    }

    /// The master, WAV.
    pub fn master(&self) -> PathBuf {
        self.folder.join("master.wav")
    }

    /// The report, a page that needs no other file.
    pub fn report(&self) -> PathBuf {
        self.folder.join("report.html")
    }

    /// Writes mix and master; says how many samples of the two were beyond full scale, which is none unless something
    /// is wrong. The master has been dithered to `bits` by Master, and is not dithered again.
    pub fn write_audio(&self, mix: &Mix, master: &Mastered, bits: Bits) -> Result<usize> {
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make the folder {}", self.folder.display()))?;
        let mix = audio::write(&self.mix(), &mix.sound, Bits::Int24, self.force)?;
        let master = audio::write_dithered(&self.master(), &master.sound, bits, self.force)?;
        Ok(mix + master)
    }

    /// Writes the report.
    pub fn write_report(&self, page: &str) -> Result<()> {
        output::write(&self.report(), self.force, |file| Ok(file.write_all(page.as_bytes())?))
    }
}
