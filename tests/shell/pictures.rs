//! Pictures of every panel, beside those in `tests/data/panels`.
//!
//! After a change that is meant to be seen, run this test with `TANDEM_WRITE_PICTURES=1` and look at the pictures that
//! differ. How far one may be off is in [`OFF`].

use crate::desk::Desk;
use crate::raster::Picture;
use crate::walk::panels;
use egui::{Color32, Rect, Shape, pos2};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tandem::channel::Channel;
use tandem::editor::LEAST;
use tandem::master::Master;
use tandem::shell::Product;
use tandem::state::Theme;

/// The looks that each panel is kept in: scale and theme. The other two are the same but for their colours, see
/// [`both_themes_draw_the_same_at_every_scale`].
const LOOKS: [(f32, Theme); 2] = [(0.75, Theme::Dark), (1.5, Theme::Light)];

/// Pictures that go by while the module plays.
const PLAYED: usize = 45;

/// Colours that a kept picture has.
const COLOURS: usize = 96;

/// How many levels, of 255, a pixel may be off, and the part of a picture's pixels that may be off further. A surface that
/// changes its colour is many pixels that are a little off; a letter that changes is a few that are far off. Processors
/// round differently, and a rounding may take the edge of a letter to the next of the colours.
const OFF: [(u8, f64); 2] = [(3, 2e-3), (64, 2e-5)];

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/panels")
}

/// The panel alone, its module on, while it plays.
fn picture<P: Product>(panel: &str, scale: f32, theme: Theme) -> Picture {
    let mut desk = Desk::of::<P>(panel, LEAST, scale, theme);
    let on = format!("{panel} On");
    if desk.bench().controls.find_name(&on).is_some() {
        desk.set(&on, 1.0);
    }
    desk.play(PLAYED);
    let screen = desk.bench().screen;
    let area = Rect::from_min_max(pos2(screen.left(), screen.top() + 126.0), screen.max - egui::vec2(168.0, 28.0));
    desk.canvas().cut(area).reduced(COLOURS)
}

/// The part of the pixels that are off by more than each of [`OFF`], where it is too large a part.
fn difference(a: &Picture, b: &Picture) -> Option<f64> {
    if (a.width, a.height) != (b.width, b.height) {
        return Some(1.0);
    }
    let part = |levels: u8| {
        let off = |(a, b): &(&Color32, &Color32)| (0..3).any(|i| a.to_array()[i].abs_diff(b.to_array()[i]) > levels);
        a.pixels.iter().zip(&b.pixels).filter(off).count() as f64 / a.pixels.len() as f64
    };
    OFF.into_iter().map(|(levels, few)| (part(levels), few)).find(|(part, few)| part > few).map(|(part, _)| part)
}

/// Compares or writes each picture of `P`. Adds the names of the files that belong to it to `known`, and what is wrong to
/// `wrong`.
fn look<P: Product>(known: &mut BTreeSet<String>, wrong: &mut Vec<String>) {
    let write = std::env::var_os("TANDEM_WRITE_PICTURES").is_some();
    let plugin = P::NAME.trim_start_matches("Tandem ").to_lowercase();
    for panel in panels::<P>() {
        for (scale, theme) in LOOKS {
            let theme_name = if theme == Theme::Dark { "dark" } else { "light" };
            let file = format!("{plugin}-{}-{theme_name}.png", panel.to_lowercase().replace(' ', "-"));
            let now = picture::<P>(panel, scale, theme);
            let path = directory().join(&file);
            let then = std::fs::read(&path).ok().and_then(|bytes| Picture::read(&bytes));
            let off = then.map_or(Some(1.0), |then| difference(&now, &then));
            known.insert(file.clone());
            let Some(off) = off else { continue };
            if write {
                std::fs::create_dir_all(directory()).expect("a place for pictures");
                std::fs::write(&path, now.png()).expect("the picture can be written");
            } else {
                let seen = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&file);
                std::fs::write(&seen, now.png()).expect("a picture to look at");
                wrong.push(format!("{file}: {:.2} % of it differ; see {}", 100.0 * off, seen.display()));
            }
        }
    }
}

#[test]
fn every_panel_looks_as_it_did_at_two_scales_and_in_both_themes() {
    let (mut known, mut wrong) = (BTreeSet::new(), Vec::new());
    look::<Channel>(&mut known, &mut wrong);
    look::<Master>(&mut known, &mut wrong);
    for entry in std::fs::read_dir(directory()).into_iter().flatten().flatten() {
        let file = entry.file_name().to_string_lossy().to_string();
        if !known.contains(&file) {
            wrong.push(format!("{file} belongs to no panel: remove it"));
        }
    }
    let how = "If that is meant, run this test with TANDEM_WRITE_PICTURES=1.";
    assert!(wrong.is_empty(), "{}\n{how}", wrong.join("\n"));
}

/// Everything that was painted: what it says, where it is in points, and which colour of its theme it has.
fn outline<P: Product>(panel: &str, scale: f32, theme: Theme) -> Vec<(String, Rect, String)> {
    let mut desk = Desk::of::<P>(panel, LEAST, scale, theme);
    crate::walk::switch_all_on(&mut desk);
    desk.play(4);
    let pieces = crate::legible::pieces(&desk.harness.output().shapes);
    pieces
        .iter()
        .map(|piece| {
            let (kind, rect, colour) = match &piece.shape {
                Shape::Text(text) => {
                    let colour = text.galley.job.sections.first().map(|section| section.format.color);
                    (text.galley.text().to_string(), text.galley.rect.translate(text.pos.to_vec2()), colour)
                }
                Shape::Rect(shape) => ("rectangle".to_string(), shape.rect, Some(shape.fill)),
                Shape::Circle(shape) => ("circle".to_string(), shape.visual_bounding_rect(), Some(shape.fill)),
                Shape::Path(path) => {
                    let colour = match path.stroke.color {
                        egui::epaint::ColorMode::Solid(colour) => Some(colour),
                        _ => None,
                    };
                    ("line".to_string(), Rect::from_points(&path.points), colour)
                }
                Shape::LineSegment { points, stroke } => {
                    ("line".to_string(), Rect::from_points(points), Some(stroke.color))
                }
                _ => ("other".to_string(), piece.clip_rect, None),
            };
            (kind, rect, colour.map_or(String::new(), |colour| token(theme, colour)))
        })
        .collect()
}

/// What a colour of a theme means; nothing where it is a mixture, or means two things.
fn token(theme: Theme, colour: Color32) -> String {
    let colours = tandem::editor::theme::colours(theme);
    let all = [
        ("bg", colours.bg),
        ("panel", colours.panel),
        ("raised", colours.raised),
        ("on yours", colours.on_yours),
        ("line", colours.line),
        ("grid", colours.grid),
        ("ink", colours.ink),
        ("mute", colours.mute),
        ("yours", colours.yours),
        ("input", colours.input),
        ("output", colours.output),
        ("taken", colours.taken),
    ];
    let mut found = all.into_iter().filter(|(_, of)| *of == colour);
    match (found.next(), found.next()) {
        (Some((name, _)), None) => name.to_string(),
        _ => String::new(),
    }
}

/// Text and rectangles move by less than this between two scales, whose pixels are not in the same places, in points.
const NEAR: f32 = 1.5;

fn draws_the_same<P: Product>() {
    for panel in panels::<P>() {
        let first = outline::<P>(panel, 0.75, Theme::Dark);
        for (scale, theme) in [(0.75, Theme::Light), (1.5, Theme::Dark), (1.5, Theme::Light)] {
            let other = outline::<P>(panel, scale, theme);
            let view = format!("{}, {panel} at {scale}, {theme:?}", P::NAME);
            assert_eq!(first.len(), other.len(), "{view}: things that are painted");
            for ((what, rect, token), (other_what, other_rect, other_token)) in first.iter().zip(&other) {
                assert_eq!(what, other_what, "{view}");
                let (low, high) = ((rect.min - other_rect.min).abs(), (rect.max - other_rect.max).abs());
                let off = low.max_elem().max(high.max_elem());
                assert!(off < NEAR, "{view}: {what} is at {other_rect:?}, elsewhere at {rect:?}");
                let alike = token == other_token || token.is_empty() || other_token.is_empty();
                assert!(alike, "{view}: {what} at {rect:?} is {other_token}, elsewhere {token}");
            }
        }
    }
}

#[test]
fn both_themes_draw_the_same_at_every_scale() {
    draws_the_same::<Channel>();
    draws_the_same::<Master>();
}

/// Writes whole screens to a folder, to be looked at: `TANDEM_LOOK=FOLDER cargo test … look_at_everything -- --ignored`.
#[test]
#[ignore = "for eyes: writes pictures of every page of every panel"]
fn look_at_everything() {
    fn all<P: Product>(folder: &Path, theme: Theme, scale: f32) {
        let prepare = |desk: &mut Desk| {
            crate::walk::switch_all_on(desk);
            desk.play(20 * 60);
        };
        crate::walk::each_view::<P>(LEAST, scale, theme, prepare, |desk, view| {
            desk.play(2);
            let name = view.trim_start_matches("Tandem ").replace(", ", "-").replace(' ', "-").to_lowercase();
            let file = folder.join(format!("{name}-{theme:?}-{scale}.png"));
            let screen = desk.bench().screen;
            std::fs::write(file, desk.canvas().cut(screen).png()).expect("a picture");
        });
    }
    let Some(folder) = std::env::var_os("TANDEM_LOOK").map(PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).expect("a folder");
    for (theme, scale) in [(Theme::Dark, 1.0), (Theme::Light, 1.0)] {
        all::<Channel>(&folder, theme, scale);
        all::<Master>(&folder, theme, scale);
    }
}
