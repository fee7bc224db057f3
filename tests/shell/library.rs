//! The user's presets on disk: saved whole, never lost, and worked on off the drawing thread.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use tandem::state::library::{Job, Library, Outcome};
use tandem_presets::entry::Part;
use tandem_presets::folder::{DELETED, Listing};
use tandem_presets::{Entry, Facet, Filter, Folder, Origin, Preset, Setting};
use tempfile::TempDir;

fn preset(name: &str) -> Preset {
    let settings = vec![Setting { line: 0, parameter: "Comp On".to_string(), value: "On".to_string() }];
    let mut preset = Preset { plugin: "channel".to_string(), name: name.to_string(), settings, ..Preset::default() };
    preset.tags.set(Facet::Source, "vocal");
    preset
}

fn folder() -> (TempDir, Folder) {
    let place = TempDir::new().expect("a temporary folder");
    let folder = Folder::new(place.path(), "channel");
    (place, folder)
}

fn list(folder: &Folder) -> Listing {
    folder.list(&AtomicBool::new(false))
}

/// The user's own.
fn users(folder: &Folder) -> Vec<Entry> {
    list(folder).entries.into_iter().filter(|entry| entry.origin != Origin::Factory).collect()
}

fn names(folder: &Folder) -> Vec<String> {
    users(folder).into_iter().map(|entry| entry.name).collect()
}

fn in_folder(path: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(path)
        .map(|entries| entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    names.sort();
    names
}

#[test]
fn what_is_saved_is_listed() {
    let (_place, folder) = folder();
    assert_eq!(list(&folder).entries[0].name, "Init", "Init comes first, and needs no folder");
    for name in ["Warm", "airy"] {
        folder.save(&preset(name)).expect("saved");
    }
    assert_eq!(names(&folder), ["airy", "Warm"], "by name, in any case");
    let entry = &users(&folder)[1];
    assert_eq!(entry.id, "user/Warm");
    assert_eq!(entry.content.as_ref().map(|preset| preset.tags.of(Facet::Source).to_vec()), Ok(vec!["vocal".into()]));
    assert_eq!(in_folder(folder.path()), ["Warm.tandem", "airy.tandem"], "and nothing half written");
}

#[test]
fn names_that_no_file_can_have_are_saved_all_the_same() {
    let (_place, folder) = folder();
    for (name, file) in [
        ("AC/DC: \"live\"?", "AC-DC- -live--.tandem"),
        ("../../escape", "-..-escape.tandem"),
        (" .hidden. ", "hidden.tandem"),
        ("Größe ♯", "Größe ♯.tandem"),
    ] {
        let path = folder.save(&preset(name)).expect("saved");
        assert_eq!(path, folder.path().join(file), "{name}");
        assert_eq!(folder.read(&path).map(|preset| preset.name), Ok(name.trim().to_string()));
    }
    for nothing in ["", "  ", ".", "..", "\n"] {
        assert!(folder.save(&preset(nothing)).is_err(), "{nothing:?} is no name");
    }
}

#[test]
fn nothing_is_lost_by_replacing_and_deleting() {
    let (_place, folder) = folder();
    let path = folder.save(&preset("Warm")).expect("saved");
    let first = fs::read(&path).expect("the file");
    for _ in 0..2 {
        let other = Preset { notes: "Another.".to_string(), ..preset("Warm") };
        assert_eq!(folder.save(&other).expect("saved"), path);
    }
    let deleted = folder.path().join(DELETED);
    assert_eq!(in_folder(&deleted), ["Warm 2.tandem", "Warm.tandem"]);
    assert_eq!(fs::read(deleted.join("Warm.tandem")).expect("kept"), first, "what was replaced is kept as it was");
    let to = folder.delete(&path).expect("deleted");
    assert_eq!(to, deleted.join("Warm 3.tandem"));
    assert!(to.exists() && !path.exists());
    assert_eq!(names(&folder), [""; 0], "what was deleted is not listed");
}

#[test]
fn a_new_name_replaces_no_other_preset_and_keeps_the_text() {
    let (_place, folder) = folder();
    let path = folder.save(&preset("Warm")).expect("saved");
    let commented = format!("{}# my comment\n", fs::read_to_string(&path).expect("text"));
    fs::write(&path, &commented).expect("written");
    folder.save(&preset("Airy")).expect("saved");
    folder.mark("user/Warm", true).expect("marked");
    let refused = folder.rename(&path, "Airy").expect_err("it would replace another one");
    assert!(refused.to_string().contains("\"Airy\" already"), "{refused}");
    assert_eq!(names(&folder), ["Airy", "Warm"]);
    let to = folder.rename(&path, "Warmer").expect("renamed");
    assert_eq!(fs::read_to_string(&to).expect("text"), commented.replace("name: Warm", "name: Warmer"));
    assert_eq!(names(&folder), ["Airy", "Warmer"]);
    assert!(list(&folder).favourites.contains("user/Warmer"), "a favourite stays one under its new name");
    assert_eq!(folder.rename(&to, "Warmer").expect("the same name"), to);
}

#[test]
fn favourites_of_two_instances_add_up() {
    let (place, folder) = folder();
    let other = Folder::new(place.path(), "channel");
    folder.mark("factory/Init", true).expect("marked");
    other.mark("user/Warm", true).expect("marked");
    other.mark("user/Warm", true).expect("marked again");
    let favourites: Vec<_> = list(&folder).favourites.into_iter().collect();
    assert_eq!(favourites, ["factory/Init", "user/Warm"]);
    folder.mark("factory/Init", false).expect("no more");
    assert_eq!(list(&other).favourites.into_iter().collect::<Vec<_>>(), ["user/Warm"]);
}

#[test]
fn an_import_takes_what_it_can_and_replaces_nothing() {
    let (_place, folder) = folder();
    folder.save(&preset("Warm")).expect("saved");
    let from = TempDir::new().expect("a temporary folder");
    let inside = from.path().join("Drums/Rooms");
    fs::create_dir_all(&inside).expect("folders");
    let mut other = preset("Warm");
    other.notes = "Another one of that name.".to_string();
    fs::write(from.path().join("Warm.tandem"), other.write()).expect("written");
    fs::write(inside.join("Room.tandem"), preset("Room").write()).expect("written");
    fs::write(inside.join("Same.tandem"), preset("Warm").write()).expect("written");
    fs::write(inside.join("Bus.tandem"), Preset { plugin: "master".to_string(), ..preset("Bus") }.write())
        .expect("written");
    fs::write(inside.join("notes.txt"), "no preset").expect("written");
    let stop = AtomicBool::new(false);
    let done = folder.import(from.path(), &stop).expect("imported");
    assert_eq!((done.copied, done.known, done.refused.len()), (2, 1, 1));
    assert_eq!(done.refused[0].to_string(), "Bus.tandem, line 2: A preset of Tandem's master, not of its channel.");
    assert_eq!(in_folder(folder.path()), ["Room.tandem", "Warm 2.tandem", "Warm.tandem"]);
    let again = folder.import(from.path(), &stop).expect("imported");
    assert_eq!((again.copied, again.known), (0, 3), "a second time changes nothing");
    assert!(folder.import(&from.path().join("nowhere"), &stop).is_err());
}

#[test]
fn a_broken_file_is_listed_with_what_is_wrong() {
    let (_place, folder) = folder();
    folder.save(&preset("Warm")).expect("saved");
    fs::write(folder.path().join("Broken.tandem"), "tandem-preset 9\n").expect("written");
    let users = users(&folder);
    assert_eq!(users[0].name, "Broken");
    let fault = users[0].content.as_ref().expect_err("it is broken").to_string();
    assert_eq!(fault, "Broken.tandem, line 1: Format 9 is later than this version of Tandem, which reads format 1.");
    assert_eq!(users[1].name, "Warm", "and hides no other");
}

#[test]
fn words_parts_and_tags_narrow_the_list() {
    let (_place, folder) = folder();
    let mut drums = preset("Room drums");
    drums.tags.set(Facet::Source, "drums");
    drums.tags.set(Facet::Genre, "jazz");
    drums.notes = "Brushes.".to_string();
    for preset in [preset("Warm"), drums] {
        folder.save(&preset).expect("saved");
    }
    folder.mark("user/Warm", true).expect("marked");
    let Listing { entries, favourites } = list(&folder);
    let found = |filter: Filter| -> Vec<String> {
        let entries = entries.iter().filter(|entry| entry.origin != Origin::Factory);
        entries.filter(|entry| filter.passes(entry, &favourites)).map(|entry| entry.name.clone()).collect()
    };
    let words = |words: &str| Filter { words: words.to_string(), ..Filter::default() };
    assert_eq!(found(words(" ROOM brushes ")), ["Room drums"]);
    assert_eq!(found(words("jazz")), ["Room drums"]);
    assert_eq!(found(words("room vocal")), [""; 0], "all of the words");
    assert_eq!(found(Filter { part: Part::Favourites, ..Filter::default() }), ["Warm"]);
    assert_eq!(found(Filter { part: Part::Factory, ..Filter::default() }), [""; 0]);
    let tags = |source: &[&str], genre: &[&str]| {
        let set = |tags: &[&str]| tags.iter().map(|tag| tag.to_string()).collect();
        Filter { tags: [set(source), set(genre), set(&[])], ..Filter::default() }
    };
    assert_eq!(found(tags(&["vocal", "drums"], &[])), ["Room drums", "Warm"], "one of a facet's tags");
    assert_eq!(found(tags(&["vocal", "drums"], &["jazz"])), ["Room drums"], "of each facet");
}

/// The outcome of the job that was asked for last.
fn outcome(library: &mut Library) -> Outcome {
    let start = Instant::now();
    loop {
        if let Some(outcome) = library.outcome() {
            return outcome;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "no outcome");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_library_works_on_its_own_thread() {
    let (_place, folder) = folder();
    let mut library = Library::new("channel", Some(folder.clone()));
    assert!(library.ask(Job::Save(Box::new(preset("Warm"))), || {}) && library.works());
    let saved = outcome(&mut library);
    assert_eq!(saved.result.map(|report| report.id), Ok(Some("user/Warm".to_string())));
    assert!(!library.works());
    assert!(library.listing().entries.iter().any(|entry| entry.id == "user/Warm"), "the listing is up to date");
    library.ask(Job::Delete(folder.path().join("None.tandem")), || {});
    assert!(outcome(&mut library).result.is_err(), "a failure is told");
    // Going away in the midst of work waits for the thread.
    for _ in 0..50 {
        library.ask(Job::List, || {});
    }
    drop(library);
    let mut without = Library::new("channel", None);
    assert!(!without.ask(Job::List, || {}), "without a folder there is nothing to do");
    assert_eq!(without.listing().entries[0].name, "Init");
}
