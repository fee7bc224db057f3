//! The user's presets: a folder of files for each plug-in.
//!
//! Nothing of the user's is lost: files are written whole or not at all, and what is deleted or replaced moves into the
//! folder [`DELETED`]. Every method here may wait for a disk: none is for the audio thread or the one that draws.

use crate::entry::{Entry, Origin};
use crate::factory;
use crate::format::{ENDING, Fault, MOST_BYTES, Preset, renamed};
use etcetera::BaseStrategy;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// The environment variable that names the folder of presets, before the system's own place for them.
pub const VARIABLE: &str = "TANDEM_PRESETS";

/// Where deleted and replaced presets go, inside the folder.
pub const DELETED: &str = "Deleted";

/// The file with the ids of the favourites, a line each.
const FAVOURITES: &str = "favourites.txt";

/// Folders inside one another that are looked into: more are a loop of links.
const DEEPEST: usize = 8;

/// The user's presets of a plug-in.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    /// "channel".
    plugin: String,
}

/// What is in a library.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Init, then the factory's and the user's by name.
    pub entries: Vec<Entry>,
    /// Ids of the favourites.
    pub favourites: BTreeSet<String>,
}

/// What came of an import.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// Files that are here now and were not before.
    pub copied: usize,
    /// Files that were here already.
    pub known: usize,
    /// Why the others were left out.
    pub refused: Vec<Fault>,
}

/// The folder of all presets of the user's: what [`VARIABLE`] says, else where the system keeps such files.
pub fn of_user() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
        return Some(folder.into());
    }
    let base = etcetera::choose_base_strategy().ok()?;
    Some(match std::env::consts::OS {
        "macos" => base.home_dir().join("Library/Audio/Presets/Tandem"),
        "windows" => base.data_dir().join("Tandem").join("Presets"),
        _ => base.data_dir().join("tandem").join("presets"),
    })
}

/// What there is without a folder: the factory presets of `plugin`.
pub fn factory_entries(plugin: &str) -> Vec<Entry> {
    let presets = factory::presets(plugin).unwrap_or_else(|_| vec![factory::init(plugin)]);
    let entry = |preset: Preset| Entry {
        id: format!("factory/{}", preset.name),
        name: preset.name.clone(),
        origin: Origin::Factory,
        content: Ok(preset),
    };
    let mut entries: Vec<_> = presets.into_iter().map(entry).collect();
    sort(&mut entries);
    entries
}

impl Folder {
    /// Presets of `plugin` ("channel") in a folder below `presets`, which need not be there yet.
    pub fn new(presets: &Path, plugin: &str) -> Self {
        Self { path: presets.join(plugin), plugin: plugin.to_string() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Everything in the library, the factory's too. Ends early once `stop` is set.
    pub fn list(&self, stop: &AtomicBool) -> Listing {
        let mut entries = factory_entries(&self.plugin);
        for path in files(&self.path, stop) {
            let inside = path.strip_prefix(&self.path).unwrap_or(&path).with_extension("");
            let inside: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
            let content = self.read(&path);
            let given = content.as_ref().ok().map(|preset| preset.name.clone()).filter(|name| !name.is_empty());
            let name = given.unwrap_or_else(|| inside.last().map(|name| name.to_string()).unwrap_or_default());
            entries.push(Entry { id: format!("user/{}", inside.join("/")), name, origin: Origin::User(path), content });
        }
        sort(&mut entries);
        Listing { entries, favourites: self.favourites() }
    }

    /// Reads a preset of this plug-in from any file.
    pub fn read(&self, path: &Path) -> Result<Preset, Fault> {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        match read_bytes(path) {
            Ok(bytes) => Preset::read(&bytes, &file, &self.plugin),
            Err(error) => Err(Fault { file: file.into_owned(), line: 0, text: format!("It cannot be read: {error}.") }),
        }
    }

    /// Saves `preset` in a file by its name. A file that has that name already moves to [`DELETED`]. Gives the file.
    pub fn save(&self, preset: &Preset) -> io::Result<PathBuf> {
        let mut preset = preset.clone();
        preset.tidy();
        let path = self.path.join(file_name(&preset.name)?);
        if path.exists() {
            // A copy: the file is there at every moment.
            let kept = self.free_place(&self.path.join(DELETED), &path)?;
            fs::copy(&path, kept)?;
        }
        write_whole(&path, preset.write().as_bytes(), true)?;
        Ok(path)
    }

    /// Whether [`save`](Self::save) would replace a file.
    pub fn has(&self, name: &str) -> bool {
        file_name(name).is_ok_and(|file| self.path.join(file).exists())
    }

    /// Gives the preset in the file another name, inside and outside; the rest of it stays as it is. Gives the new file.
    pub fn rename(&self, path: &Path, name: &str) -> io::Result<PathBuf> {
        let to = path.with_file_name(file_name(name)?);
        let text = String::from_utf8(read_bytes(path)?).map_err(|_| io::Error::other("it is no text"))?;
        let renamed = renamed(&text, name);
        if to == path {
            write_whole(path, renamed.as_bytes(), true)?;
            return Ok(to);
        }
        write_whole(&to, renamed.as_bytes(), false).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => io::Error::other(format!("there is a preset \"{name}\" already")),
            _ => error,
        })?;
        fs::remove_file(path)?;
        let (old, new) = (self.id(path), self.id(&to));
        let mut favourites = self.favourites();
        if favourites.remove(&old) {
            favourites.insert(new);
            self.write_favourites(&favourites)?;
        }
        Ok(to)
    }

    /// Moves the file to [`DELETED`]. Gives where it is then.
    pub fn delete(&self, path: &Path) -> io::Result<PathBuf> {
        let to = self.free_place(&self.path.join(DELETED), path)?;
        fs::rename(path, &to)?;
        Ok(to)
    }

    /// Copies this plug-in's presets from the folder `from` and the folders in it.
    pub fn import(&self, from: &Path, stop: &AtomicBool) -> io::Result<Imported> {
        if !from.is_dir() {
            return Err(io::Error::other(format!("{} is no folder", from.display())));
        }
        let mut done = Imported::default();
        let mut known: BTreeSet<_> = files(&self.path, stop).iter().filter_map(|path| read_bytes(path).ok()).collect();
        for path in files(from, stop) {
            if let Err(fault) = self.read(&path) {
                done.refused.push(fault);
                continue;
            }
            let bytes = read_bytes(&path)?;
            if known.contains(&bytes) {
                done.known += 1;
                continue;
            }
            write_whole(&self.free_place(&self.path, &path)?, &bytes, false)?;
            known.insert(bytes);
            done.copied += 1;
        }
        Ok(done)
    }

    /// Marks `id` as a favourite or not. Other instances may have marked others meanwhile: those stay.
    pub fn mark(&self, id: &str, favourite: bool) -> io::Result<()> {
        let mut favourites = self.favourites();
        let changed = if favourite { favourites.insert(id.to_string()) } else { favourites.remove(id) };
        if changed { self.write_favourites(&favourites) } else { Ok(()) }
    }

    /// The id of the preset in the file.
    pub fn id(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.path).unwrap_or(path).with_extension("");
        let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
        format!("user/{}", parts.join("/"))
    }

    fn favourites(&self) -> BTreeSet<String> {
        let text = fs::read_to_string(self.path.join(FAVOURITES)).unwrap_or_default();
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_string).collect()
    }

    fn write_favourites(&self, favourites: &BTreeSet<String>) -> io::Result<()> {
        let lines: String = favourites.iter().map(|id| format!("{id}\n")).collect();
        write_whole(&self.path.join(FAVOURITES), lines.as_bytes(), true)
    }

    /// A place in `folder` for a file that is called as `like`, or with a number behind.
    fn free_place(&self, folder: &Path, like: &Path) -> io::Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let stem = like.file_stem().unwrap_or_default().to_string_lossy();
        let numbered = |number: usize| match number {
            1 => folder.join(format!("{stem}.{ENDING}")),
            _ => folder.join(format!("{stem} {number}.{ENDING}")),
        };
        (1..).map(numbered).find(|path| !path.exists()).ok_or_else(|| io::Error::other("no name is free"))
    }
}

/// Init first, then by name in any case, the factory's before the user's.
fn sort(entries: &mut [Entry]) {
    entries.sort_by_cached_key(|entry| {
        let user = entry.origin != Origin::Factory;
        (user || entry.name != factory::INIT, entry.name.to_lowercase(), user)
    });
}

/// Preset files in `folder` and the folders in it, but for [`DELETED`], in the order of their names.
fn files(folder: &Path, stop: &AtomicBool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut rest = vec![(folder.to_path_buf(), 0)];
    while let Some((folder, depth)) = rest.pop() {
        for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if stop.load(Relaxed) {
                return found;
            }
            if path.is_dir() {
                let deleted = path.file_name().is_some_and(|name| name == DELETED);
                if depth < DEEPEST && !deleted {
                    rest.push((path, depth + 1));
                }
            } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(ENDING)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A file's contents; of one that is too large to be a preset, a little more than a preset may have.
fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file so that it is there whole or not at all, whatever happens meanwhile.
fn write_whole(path: &Path, bytes: &[u8], replace: bool) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut place = tempfile::Builder::new();
    // As other programs make files, not for this user alone: a folder of presets may be shared.
    #[cfg(unix)]
    place.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = place.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    let done = if replace { file.persist(path) } else { file.persist_noclobber(path) };
    done.map(drop).map_err(|error| error.error)
}

/// The file for a preset called `name`: what some system does not allow in a file name becomes a dash.
fn file_name(name: &str) -> io::Result<String> {
    let safe = |c: char| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '-' } else { c };
    let name: String = name.trim().chars().map(safe).collect();
    // Windows drops a dot at the end, and elsewhere one in front hides the file.
    let name = name.trim_matches(['.', ' ']);
    if name.is_empty() {
        return Err(io::Error::other("a preset needs a name"));
    }
    Ok(format!("{name}.{ENDING}"))
}
