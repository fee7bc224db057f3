//! Everything can be read: it stands out, nothing covers it, it is whole, and it has glyphs. Seen on the pictures
//! themselves, of every page of every panel.

use crate::desk::{Desk, SIZE};
use crate::raster::Canvas;
use crate::told::{Value, tell_all};
use crate::walk::{each_view, is_free, switch_all_on};
use egui::epaint::{ClippedShape, TextShape};
use egui::{Color32, Rect, Shape, Vec2};
use std::sync::atomic::Ordering::Relaxed;
use tandem::channel::Channel;
use tandem::editor::LEAST;
use tandem::editor::theme::{Colours, DARK, LIGHT};
use tandem::master::Master;
use tandem::params::Control;
use tandem::shell::Product;
use tandem::state::Theme;
use tandem_dsp::meter::level::LevelReading;
use tandem_dsp::meter::programme;
use tandem_dsp::module::limiter;

/// The least contrast of text, WCAG 2.2, 1.4.3.
const LEAST_CONTRAST: f64 = 4.5;

/// Contrast of two opaque colours, WCAG 2.2.
fn contrast(a: Color32, b: Color32) -> f64 {
    let luminance = |colour: Color32| {
        let linear = |x: u8| {
            let x = f64::from(x) / 255.0;
            if x <= 0.04045 { x / 12.92 } else { ((x + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    };
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}

#[test]
fn text_stands_out_4_5_to_1() {
    for (theme, colours) in [("dark", &DARK), ("light", &LIGHT)] {
        let Colours { bg, panel, raised, line, ink, mute, yours, on_yours, input, output, taken, .. } = *colours;
        for (what, text, ground) in [
            ("ink on bg", ink, bg),
            ("ink on panel", ink, panel),
            ("ink on raised", ink, raised),
            ("ink on line", ink, line),
            ("mute on bg", mute, bg),
            ("mute on panel", mute, panel),
            ("mute on raised", mute, raised),
            ("text on yours", on_yours, yours),
            ("taken on panel", taken, panel),
        ] {
            let contrast = contrast(text, ground);
            assert!(contrast >= LEAST_CONTRAST, "{theme}, {what}: {contrast:.2}:1, 4.5:1 at least");
        }
        // Pictures, WCAG 1.4.11.
        for (what, colour) in [("yours", yours), ("input", input), ("output", output), ("taken", taken)] {
            let contrast = contrast(colour, bg);
            assert!(contrast >= 3.0, "{theme}, {what} in a picture: {contrast:.2}:1, 3:1 at least");
        }
    }
}

/// The longest text that a control shows.
fn longest(control: Control) -> f64 {
    let values: Vec<f64> = match control {
        Control::Dial(_) => (0..=400).map(|i| control.from_normalized(f64::from(i) / 400.0)).collect(),
        Control::Choice(choice) => (0..choice.options.len()).map(|i| i as f64).collect(),
        _ => return control.from_normalized(1.0),
    };
    values.into_iter().max_by_key(|value| control.print(*value).chars().count()).expect("values")
}

/// Figures with long texts and long verdicts.
static MEASURED: [Value; 10] = [
    (&programme::GROUP, &programme::INTEGRATED, -38.8),
    (&programme::GROUP, &programme::SHORT_TERM, -38.8),
    (&programme::GROUP, &programme::MOMENTARY, -38.8),
    (&programme::GROUP, &programme::TRUE_PEAK[0], 10.8),
    (&programme::GROUP, &programme::PLR, 48.8),
    (&limiter::GROUP, &limiter::LEARNED_READOUT, 3_888.0),
    (&limiter::GROUP, &limiter::PROPOSED_READOUT, 24.0),
    (&limiter::GROUP, &limiter::EXPECTED_READOUT, -38.8),
    (&limiter::GROUP, &limiter::PROPOSED_REDUCTION_READOUT, 18.8),
    (&limiter::GROUP, &limiter::VERDICT_READOUT, 2.0),
];

/// A text that was painted.
struct Text {
    shape: TextShape,
    /// Where it is, and what it was cut off by.
    rect: Rect,
    clip: Rect,
}

impl Text {
    fn words(&self) -> &str {
        self.shape.galley.text()
    }

    /// The colour of its first letter.
    fn colour(&self) -> Color32 {
        let own = self.shape.galley.job.sections.first().map_or(Color32::PLACEHOLDER, |section| section.format.color);
        let own = if own == Color32::PLACEHOLDER { self.shape.fallback_color } else { own };
        self.shape.override_text_color.unwrap_or(own).gamma_multiply(self.shape.opacity_factor)
    }
}

/// Everything that was painted, piece by piece, in its order.
pub fn pieces(shapes: &[ClippedShape]) -> Vec<ClippedShape> {
    fn collect(shape: &Shape, of: &ClippedShape, found: &mut Vec<ClippedShape>) {
        let ClippedShape { clip_rect, transform_after_tessellation, .. } = *of;
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, of, found)),
            Shape::Noop => {}
            shape => found.push(ClippedShape { clip_rect, transform_after_tessellation, shape: shape.clone() }),
        }
    }
    let mut found = Vec::new();
    shapes.iter().for_each(|shape| collect(&shape.shape, shape, &mut found));
    found
}

/// The text that a piece is, if it is one with letters.
fn text_of(piece: &ClippedShape) -> Option<Text> {
    let Shape::Text(shape) = &piece.shape else { return None };
    let rect = shape.galley.rect.translate(shape.pos.to_vec2());
    let text = Text { shape: shape.clone(), rect, clip: piece.clip_rect };
    (!text.words().trim().is_empty()).then_some(text)
}

fn texts(shapes: &[ClippedShape]) -> Vec<Text> {
    pieces(shapes).iter().filter_map(text_of).collect()
}

/// Sets everything to what takes most room, in a rack that measures what takes most room.
fn fill<P: Product>(desk: &mut Desk) {
    let controls = desk.bench().controls.clone();
    let free = controls.all().filter(|index| is_free(controls.name(*index)));
    let changes: Vec<_> = free.map(|index| (index, longest(controls.control(index)))).collect();
    controls.set_quietly(&changes);
    let bench = desk.bench();
    bench.telemetry.rate.store(176_400.0, Relaxed);
    bench.telemetry.latency.store(26_460, Relaxed);
    tell_all::<P::Rack>(&bench.telemetry, &MEASURED, -88.8);
    bench.state.set_target("td1008_speech");
    bench.telemetry.learn_for.store(-18.0, Relaxed);
    for cells in [&bench.telemetry.input, &bench.telemetry.output] {
        cells.publish(LevelReading { peak_db: [-66.6; 2], vu_db: [-66.6; 2] });
    }
    desk.harness.run();
}

/// What is cut off, and what runs into what.
fn misplaced(desk: &Desk, view: &str, scale: f32) -> Vec<String> {
    let screen = desk.bench().screen;
    let texts = texts(&desk.harness.output().shapes);
    assert!(texts.len() > 20, "{view}: {} texts", texts.len());
    let mut wrong = Vec::new();
    for (i, text) in texts.iter().enumerate() {
        let (words, rect) = (text.words(), text.rect);
        let inside = text.clip.intersect(screen).expand(0.5);
        if !inside.contains_rect(rect) {
            wrong.push(format!("{view} at {scale}: \"{words}\" at {rect:?} is cut off by {inside:?}"));
        }
        for other in &texts[i + 1..] {
            let common = rect.shrink(1.0).intersect(other.rect.shrink(1.0));
            if common.width() > 0.0 && common.height() > 2.0 {
                wrong.push(format!("{view} at {scale}: \"{words}\" and \"{}\" share {common:?}", other.words()));
            }
        }
    }
    wrong
}

fn texts_fit<P: Product>(size: Vec2, scale: f32) {
    let mut wrong = Vec::new();
    for prepare in [fill::<P>, switch_all_on] {
        each_view::<P>(size, scale, Theme::Dark, prepare, |desk, view| wrong.extend(misplaced(desk, view, scale)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_text_is_cut_off_or_runs_into_another_at_75_100_and_300_per_cent() {
    for scale in [0.75, 1.0, 3.0] {
        texts_fit::<Channel>(LEAST, scale);
        texts_fit::<Master>(LEAST, scale);
    }
    texts_fit::<Channel>(SIZE, 1.0);
    texts_fit::<Master>(SIZE, 1.0);
}

/// Levels that a pixel has to differ by for a letter to be seen on it.
const SEEN: u8 = 40;

/// Of the pixels that a text is painted on, how many may stand out less: an edge may run through a letter.
const FEW: f64 = 0.03;

fn differs(a: Color32, b: Color32) -> bool {
    (0..3).any(|i| a.to_array()[i].abs_diff(b.to_array()[i]) > SEEN)
}

/// Whether `text`, painted on `before`, stands out from it, and whether `last` still has it.
fn faults(text: &Text, before: &Canvas, after: &Canvas, last: &Canvas) -> Vec<String> {
    let rect = text.rect.intersect(text.clip);
    let [before, after, last] = [before, after, last].map(|canvas| canvas.cut(rect).pixels);
    let inked: Vec<usize> = (0..before.len()).filter(|i| differs(before[*i], after[*i])).collect();
    let words = text.words();
    if inked.is_empty() {
        return vec![format!("\"{words}\" cannot be seen")];
    }
    let colour = text.colour();
    let on = |ground: Color32| {
        let part = |i: usize| {
            let under = u32::from(ground.to_array()[i]) * (255 - u32::from(colour.a())) / 255;
            (u32::from(colour.to_array()[i]) + under).min(255) as u8
        };
        Color32::from_rgb(part(0), part(1), part(2))
    };
    let mut faults = Vec::new();
    let contrasts: Vec<f64> = inked.iter().map(|i| contrast(on(before[*i]), before[*i])).collect();
    let low = contrasts.iter().filter(|contrast| **contrast < LEAST_CONTRAST).count();
    if low as f64 > FEW * inked.len() as f64 {
        let least = contrasts.iter().copied().fold(f64::MAX, f64::min);
        faults.push(format!("\"{words}\" stands out by {least:.2}:1 on {low} of {} pixels", inked.len()));
    }
    let covered = inked.iter().filter(|i| differs(after[**i], last[**i])).count();
    if covered as f64 > FEW * inked.len() as f64 {
        faults.push(format!("\"{words}\" is covered on {covered} of {} pixels", inked.len()));
    }
    faults
}

fn stands_out<P: Product>(theme: Theme) {
    let mut wrong = Vec::new();
    let prepare = |desk: &mut Desk| {
        switch_all_on(desk);
        desk.play(40);
    };
    each_view::<P>(LEAST, 1.0, theme, prepare, |desk, view| {
        let ctx = &desk.harness.ctx;
        let (last, mut canvas) = (desk.canvas(), Canvas::of(ctx));
        // What lies between two texts is painted at once.
        let mut between = Vec::new();
        for piece in pieces(&desk.harness.output().shapes) {
            let Some(text) = text_of(&piece) else {
                between.push(piece);
                continue;
            };
            canvas.paint(ctx, std::mem::take(&mut between));
            let before = canvas.clone();
            canvas.paint(ctx, vec![piece]);
            let faults = faults(&text, &before, &canvas, &last);
            wrong.extend(faults.into_iter().map(|fault| format!("{view}, {theme:?}: {fault}")));
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_text_stands_out_from_what_it_is_painted_on_and_nothing_covers_it() {
    for theme in [Theme::Dark, Theme::Light] {
        stands_out::<Channel>(theme);
        stands_out::<Master>(theme);
    }
}

/// The harness itself panics at a glyph that no font has; this sees to it that the editor has no other font than its own,
/// and that what it may show later is in it as well.
#[test]
fn every_text_has_its_glyphs() {
    fn check<P: Product>() {
        let desk = Desk::of::<P>("", SIZE, 1.0, Theme::Dark);
        let controls = &desk.bench().controls;
        let mut words: Vec<String> = Vec::new();
        for index in controls.all() {
            let control = controls.control(index);
            words.extend([controls.name(index).to_string(), control.help().to_string()]);
            words.extend((0..=40).map(|i| control.print(control.from_normalized(f64::from(i) / 40.0))));
            if let Control::Choice(choice) = control {
                words.extend(choice.options.iter().filter_map(|option| option.help).map(str::to_string));
            }
        }
        words.extend(tandem::targets::all().iter().flat_map(|target| [target.name.clone(), target.source.clone()]));
        words.extend(tandem_translation::all().iter().flat_map(|device| [device.name.clone(), device.source.clone()]));
        desk.harness.ctx.fonts_mut(|fonts| {
            let families = fonts.families();
            for family in families {
                let font = egui::FontId::new(13.0, family);
                for text in &words {
                    assert!(fonts.has_glyphs(&font, text), "{}: a glyph of \"{text}\" is missing in {font:?}", P::NAME);
                }
            }
        });
    }
    check::<Channel>();
    check::<Master>();
}
