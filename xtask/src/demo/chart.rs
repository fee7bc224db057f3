//! Charts of the report as SVG, drawn in the page's own colours: both the dark and the light ones.

pub mod lead;
pub mod tone;
pub mod translation;

use anyhow::{Result, anyhow};
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::prelude::*;
use std::ops::Range;
use tandem_render::measure::{Band, HISTORY_STEP_S, History};
use tandem_render::song::Section;

/// Width of every chart, in pixels at 100 %.
const WIDTH: u32 = 920;

/// Stand-ins for the page's colours, which it replaces: SVG has no names of its own for them.
const INK: RGBColor = RGBColor(1, 0, 1);
const MUTE: RGBColor = RGBColor(1, 0, 2);
const GRID: RGBColor = RGBColor(1, 0, 3);
const BEFORE: RGBColor = RGBColor(1, 0, 4);
const AFTER: RGBColor = RGBColor(1, 0, 5);
const YOURS: RGBColor = RGBColor(1, 0, 6);
const TAKEN: RGBColor = RGBColor(1, 0, 7);
const COLOURS: [(RGBColor, &str); 7] =
    [(INK, "ink"), (MUTE, "mute"), (GRID, "grid"), (BEFORE, "in"), (AFTER, "out"), (YOURS, "yours"), (TAKEN, "taken")];

/// Text sizes in pixels.
const LABEL_PX: u32 = 16;
const NAME_PX: u32 = 16;

/// Space for the labels of the axes, pixels.
const LEFT_PX: u32 = 66;
const BOTTOM_PX: u32 = 48;

/// Columns of a waveform.
pub const COLUMNS: usize = 840;

/// Waveforms before and after, one above the other: lowest and highest sample by column.
pub fn waveforms(before: &[[f32; 2]], after: &[[f32; 2]], seconds: f64) -> Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, 260)).into_drawing_area();
        let (upper, lower) = area.split_vertically(106);
        let highest = before.iter().chain(after).flatten().fold(0.0f32, |peak, x| peak.max(x.abs()));
        let top = f64::from(highest).max(1e-3) * 1.05;
        for (area, outline, colour, bottom) in [(upper, before, BEFORE, 0), (lower, after, AFTER, BOTTOM_PX)] {
            let mut chart = ChartBuilder::on(&area)
                .margin_top(6)
                .margin_right(12)
                .set_label_area_size(LabelAreaPosition::Left, LEFT_PX)
                .set_label_area_size(LabelAreaPosition::Bottom, bottom)
                .build_cartesian_2d(0.0..seconds, -top..top)
                .map_err(failed)?;
            let mut mesh = chart.configure_mesh();
            let (y_text, x_text) = (text(LABEL_PX, MUTE), text(LABEL_PX, MUTE));
            mesh.axis_style(GRID)
                .bold_line_style(GRID)
                .light_line_style(TRANSPARENT)
                .y_labels(5)
                .x_labels(10)
                .y_label_style(y_text)
                .x_label_style(x_text)
                .y_label_formatter(&|y| if y.abs() < 0.05 { "0".into() } else { format!("{y:.1}") })
                .x_label_formatter(&|x| format!("{x:.0}"))
                .axis_desc_style(text(NAME_PX, MUTE))
                .y_desc("full scale");
            if bottom > 0 {
                mesh.x_desc("time, s");
            }
            mesh.draw().map_err(failed)?;
            let at = |column: usize| seconds * (column as f64 + 0.5) / outline.len().max(1) as f64;
            let upper = outline.iter().enumerate().map(|(i, [_, high])| (at(i), f64::from(*high)));
            let lower = outline.iter().enumerate().rev().map(|(i, [low, _])| (at(i), f64::from(*low)));
            let shape: Vec<_> = upper.chain(lower).collect();
            chart.draw_series(std::iter::once(Polygon::new(shape, colour.filled()))).map_err(failed)?;
        }
        area.present().map_err(failed)?;
    }
    Ok(themed(svg))
}

/// Third-octave spectra before and after.
pub fn spectra(before: &[Band], after: &[Band]) -> Result<String> {
    const HEIGHT: u32 = 300;
    const SHOWN_DB: f64 = 66.0;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        let highest = before.iter().chain(after).map(|b| b.level_db).fold(-200.0, f64::max);
        let top = (highest / 6.0).ceil() * 6.0 + 3.0;
        let mut chart = ChartBuilder::on(&area)
            .margin_top(8)
            .margin_right(18)
            .set_label_area_size(LabelAreaPosition::Left, LEFT_PX)
            .set_label_area_size(LabelAreaPosition::Bottom, BOTTOM_PX)
            .build_cartesian_2d(Octaves, (top - SHOWN_DB)..top)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .axis_style(GRID)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .x_labels(12)
            .y_labels(8)
            .x_label_style(text(LABEL_PX, MUTE))
            .y_label_style(text(LABEL_PX, MUTE))
            .y_label_formatter(&|y| format!("{y:.0}"))
            .axis_desc_style(text(NAME_PX, MUTE))
            .x_desc("third-octave band, Hz")
            .y_desc("level, dBFS")
            .draw()
            .map_err(failed)?;
        let bottom = top - SHOWN_DB;
        let points = |bands: &[Band]| -> Vec<(f64, f64)> {
            bands.iter().map(|band| (band.freq_hz.log2(), band.level_db.max(bottom))).collect()
        };
        chart.draw_series(LineSeries::new(points(before), BEFORE.stroke_width(2))).map_err(failed)?;
        chart.draw_series(LineSeries::new(points(after), AFTER.stroke_width(2))).map_err(failed)?;
        area.present().map_err(failed)?;
    }
    Ok(themed(svg))
}

/// Loudness over time before and after, momentary thin and short-term thick, the target, and the song's sections.
pub fn loudness(before: &History, after: &History, target_lufs: f64, sections: &[Section]) -> Result<String> {
    const HEIGHT: u32 = 340;
    /// Below the target, LU.
    const SHOWN_BELOW_LU: f64 = 24.0;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        let seconds = before.momentary_lufs.len().max(after.momentary_lufs.len()) as f64 * HISTORY_STEP_S;
        let highest = before.momentary_lufs.iter().chain(&after.momentary_lufs).copied().fold(target_lufs, f64::max);
        let (bottom, top) = (target_lufs - SHOWN_BELOW_LU, highest + 3.0);
        let mut chart = ChartBuilder::on(&area)
            .margin_top(8)
            .margin_right(12)
            .set_label_area_size(LabelAreaPosition::Left, LEFT_PX)
            .set_label_area_size(LabelAreaPosition::Bottom, BOTTOM_PX)
            .build_cartesian_2d(0.0..seconds, bottom..top)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .axis_style(GRID)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .disable_x_mesh()
            .x_labels(12)
            .y_labels(9)
            .x_label_style(text(LABEL_PX, MUTE))
            .y_label_style(text(LABEL_PX, MUTE))
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_label_formatter(&|y| format!("{y:.0}"))
            .axis_desc_style(text(NAME_PX, MUTE))
            .x_desc("time, s")
            .y_desc("loudness, LUFS")
            .draw()
            .map_err(failed)?;
        for section in sections {
            let edge = [(section.from_s, bottom), (section.from_s, top)];
            chart.draw_series(LineSeries::new(edge, GRID.stroke_width(1))).map_err(failed)?;
            let name = Text::new(section.name, (section.from_s + 0.4, top - 0.4), text(NAME_PX, MUTE));
            chart.draw_series(std::iter::once(name)).map_err(failed)?;
        }
        let target = [(0.0, target_lufs), (seconds, target_lufs)];
        chart.draw_series(DashedLineSeries::new(target, 6, 4, YOURS.stroke_width(2))).map_err(failed)?;
        for (history, colour) in [(before, BEFORE), (after, AFTER)] {
            let points = |values: &[f64], skip: usize| -> Vec<(f64, f64)> {
                let place = |(i, lufs): (usize, &f64)| ((i + 1) as f64 * HISTORY_STEP_S, lufs.max(bottom));
                values.iter().enumerate().skip(skip).map(place).collect()
            };
            // A window that is not yet full tells of the silence before the song.
            let momentary = points(&history.momentary_lufs, 3);
            chart.draw_series(LineSeries::new(momentary, colour.mix(0.45).stroke_width(1))).map_err(failed)?;
            let short_term = points(&history.short_term_lufs, 29);
            chart.draw_series(LineSeries::new(short_term, colour.stroke_width(3))).map_err(failed)?;
        }
        area.present().map_err(failed)?;
    }
    Ok(themed(svg))
}

/// What a module turns down over time, in dB, hanging from zero.
pub fn taken(taken_db: &[f64]) -> Result<String> {
    const HEIGHT: u32 = 170;
    /// A module that rests is not to look busy.
    const LEAST_DB: f64 = 3.0;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        let seconds = taken_db.len().max(1) as f64 * HISTORY_STEP_S;
        let deepest = taken_db.iter().copied().fold(LEAST_DB, f64::max).ceil();
        let mut chart = ChartBuilder::on(&area)
            .margin_top(10)
            .margin_right(12)
            .set_label_area_size(LabelAreaPosition::Left, LEFT_PX)
            .set_label_area_size(LabelAreaPosition::Bottom, BOTTOM_PX)
            .build_cartesian_2d(0.0..seconds, -deepest..0.0)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .axis_style(GRID)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .disable_x_mesh()
            .x_labels(12)
            .y_labels(4)
            .x_label_style(text(LABEL_PX, MUTE))
            .y_label_style(text(LABEL_PX, MUTE))
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_label_formatter(&|y| if y.abs() < 0.05 { "0".into() } else { format!("{y:.0}") })
            .axis_desc_style(text(NAME_PX, MUTE))
            .x_desc("time, s")
            .y_desc("gain, dB")
            .draw()
            .map_err(failed)?;
        // Each step holds to its end.
        let steps =
            taken_db.iter().enumerate().flat_map(|(i, db)| [i, i + 1].map(|edge| (edge as f64 * HISTORY_STEP_S, -db)));
        chart.draw_series(AreaSeries::new(steps, 0.0, TAKEN.mix(0.7))).map_err(failed)?;
        area.present().map_err(failed)?;
    }
    Ok(themed(svg))
}

/// An axis of octaves above 1 Hz, from 20 Hz to 20 kHz, with the frequencies at it that people know.
struct Octaves;

impl Ranged for Octaves {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let Range { start, end } = self.range();
        limit.0 + (f64::from(limit.1 - limit.0) * (value - start) / (end - start)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        [31.5f64, 63.0, 125.0, 250.0, 500.0, 1e3, 2e3, 4e3, 8e3, 16e3].map(f64::log2).to_vec()
    }

    fn range(&self) -> Range<f64> {
        22.4f64.log2()..22_400f64.log2()
    }
}

impl ValueFormatter<f64> for Octaves {
    fn format_ext(&self, value: &f64) -> String {
        let hz = value.exp2();
        if hz >= 999.0 { format!("{:.0} k", hz / 1000.0) } else { format!("{}", (hz * 2.0).round() / 2.0) }
    }
}

fn text(size: u32, colour: RGBColor) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&colour)
}

/// Gives the stand-in colours their names in the page's style, and lets the picture grow with the page.
fn themed(mut svg: String) -> String {
    for (RGBColor(r, g, b), name) in COLOURS {
        svg = svg.replace(&format!("\"#{r:02X}{g:02X}{b:02X}\""), &format!("\"var(--{name})\""));
    }
    svg
}

fn failed(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("cannot draw a chart: {error}")
}
