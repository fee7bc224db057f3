//! The bass's balance over time.

use super::{AFTER, BEFORE, BOTTOM_PX, GRID, LABEL_PX, LEFT_PX, MUTE, NAME_PX, WIDTH, failed, text, themed};
use anyhow::Result;
use plotters::prelude::*;
use tandem_render::song::Section;

/// The bass beside the rest over time before and after, dB, and the song's sections. The points start at the first of
/// `grid_s`, seconds, and are as far apart as the second.
pub fn balance(before: &[f64], after: &[f64], grid_s: (f64, f64), sections: &[&Section]) -> Result<String> {
    const HEIGHT: u32 = 260;
    /// About the middle, dB: what an ending does beyond is off the chart.
    const SHOWN_DB: f64 = 8.0;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        let at = |point: usize| grid_s.0 + point as f64 * grid_s.1;
        let seconds = at(before.len().max(after.len()));
        let mut middle: Vec<f64> = before.iter().copied().filter(|db| db.is_finite()).collect();
        middle.sort_by(f64::total_cmp);
        let middle = middle.get(middle.len() / 2).copied().unwrap_or_default().round();
        let (bottom, top) = (middle - SHOWN_DB, middle + SHOWN_DB);
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
            .y_labels(7)
            .x_label_style(text(LABEL_PX, MUTE))
            .y_label_style(text(LABEL_PX, MUTE))
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_label_formatter(&|y| if y.abs() < 0.05 { "0".into() } else { format!("{y:+.0}") })
            .axis_desc_style(text(NAME_PX, MUTE))
            .x_desc("time, s")
            .y_desc("bass, dB")
            .draw()
            .map_err(failed)?;
        for section in sections {
            let edge = [(section.from_s, bottom), (section.from_s, top)];
            chart.draw_series(LineSeries::new(edge, GRID.stroke_width(1))).map_err(failed)?;
            let name = Text::new(section.name, (section.from_s + 0.4, top - 0.4), text(NAME_PX, MUTE));
            chart.draw_series(std::iter::once(name)).map_err(failed)?;
        }
        for (values, colour) in [(before, BEFORE), (after, AFTER)] {
            let points = values.iter().enumerate().filter(|(_, db)| db.is_finite());
            let points = points.map(|(i, db)| (at(i), db.clamp(bottom, top)));
            chart.draw_series(LineSeries::new(points, colour.stroke_width(3))).map_err(failed)?;
        }
        area.present().map_err(failed)?;
    }
    Ok(themed(svg))
}
