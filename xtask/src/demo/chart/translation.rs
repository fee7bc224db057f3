//! Bars of what a playback device leaves of each band.

use super::{AFTER, BEFORE, GRID, MUTE, Octaves, TAKEN, failed, text, themed};
use anyhow::Result;
use plotters::prelude::*;
use std::ops::Range;
use tandem_translation::bands::{BANDS, centre_hz};

/// Two stand beside each other: in pixels at 100 %.
const WIDTH: u32 = 452;
const HEIGHT: u32 = 170;

const LABEL_PX: u32 = 13;
const LEFT_PX: u32 = 36;
const BOTTOM_PX: u32 = 22;

/// Below the highest bar, dB.
const SHOWN_DB: f64 = 48.0;

/// The lowest band that the axis has.
const LOWEST: usize = 1;

/// From the lowest to the highest of what is shown of several devices, dB, so that their bars compare.
pub fn range<'a>(levels_db: impl Iterator<Item = &'a [[f64; BANDS]; 2]>) -> Range<f64> {
    let highest = levels_db.flatten().flat_map(|levels| &levels[LOWEST..]).copied().fold(-200.0, f64::max);
    let top = (highest / 6.0).ceil() * 6.0;
    (top - SHOWN_DB)..top
}

/// Third-octave bands of a master and of what a device leaves of it, dB: what is left, what is lost, and where the
/// master is.
pub fn bars([before, after]: &[[f64; BANDS]; 2], range: Range<f64>) -> Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        let bottom = range.start;
        let mut chart = ChartBuilder::on(&area)
            .margin_top(6)
            .margin_right(4)
            .set_label_area_size(LabelAreaPosition::Left, LEFT_PX)
            .set_label_area_size(LabelAreaPosition::Bottom, BOTTOM_PX)
            .build_cartesian_2d(Octaves, range)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .axis_style(GRID)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .disable_x_mesh()
            .y_labels(5)
            .x_label_style(text(LABEL_PX, MUTE))
            .y_label_style(text(LABEL_PX, MUTE))
            .y_label_formatter(&|y| format!("{y:.0}"))
            .draw()
            .map_err(failed)?;
        for band in LOWEST..BANDS {
            // A third of an octave wide, with a gap between two.
            let sides = [-0.13, 0.13].map(|side| centre_hz(band).log2() + side);
            let [was, is] = [before[band], after[band]].map(|level| level.max(bottom));
            let bar =
                |from: f64, to: f64, colour: ShapeStyle| Rectangle::new([(sides[0], from), (sides[1], to)], colour);
            let shown = [bar(bottom, is, AFTER.mix(0.85).filled()), bar(is.min(was), was, TAKEN.mix(0.4).filled())];
            chart.draw_series(shown).map_err(failed)?;
            chart.draw_series(LineSeries::new(sides.map(|x| (x, was)), BEFORE.stroke_width(2))).map_err(failed)?;
        }
        area.present().map_err(failed)?;
    }
    Ok(themed(svg))
}
