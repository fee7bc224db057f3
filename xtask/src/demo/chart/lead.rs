//! Charts of what a lead's chain did: its distance from the band, and its clicks.

use super::{AFTER, BEFORE, BOTTOM_PX, GRID, LABEL_PX, LEFT_PX, MUTE, NAME_PX, WIDTH, YOURS, failed, text, themed};
use anyhow::Result;
use plotters::prelude::*;
use tandem_render::measure::HISTORY_STEP_S;
use tandem_render::session::{ClickLeft, Distance};

/// How far the rider may be off, LU: shaded.
const NEAR_LU: f64 = 1.0;

/// A lead's distance from its band before and after it is ridden to `aim_lu`.
pub fn distance(before: &Distance, after: &Distance, aim_lu: f64) -> Result<String> {
    const HEIGHT: u32 = 300;
    /// Further off, LU, is off the chart.
    const SHOWN_LU: f64 = 6.0;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        let seconds = before.over_time.len().max(after.over_time.len()).max(1) as f64 * HISTORY_STEP_S;
        let (bottom, top) = (aim_lu - SHOWN_LU, aim_lu + SHOWN_LU);
        let mut chart = ChartBuilder::on(&area)
            .margin_top(8)
            .margin_right(12)
            .set_label_area_size(LabelAreaPosition::Left, LEFT_PX)
            .set_label_area_size(LabelAreaPosition::Bottom, BOTTOM_PX)
            .build_cartesian_2d(0.0..seconds, bottom..top)
            .map_err(failed)?;
        let near = Rectangle::new([(0.0, aim_lu - NEAR_LU), (seconds, aim_lu + NEAR_LU)], YOURS.mix(0.14).filled());
        chart.draw_series(std::iter::once(near)).map_err(failed)?;
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
            .y_desc("over the band, LU")
            .draw()
            .map_err(failed)?;
        let aim = [(0.0, aim_lu), (seconds, aim_lu)];
        chart.draw_series(DashedLineSeries::new(aim, 6, 4, YOURS.stroke_width(2))).map_err(failed)?;
        for (distance, colour) in [(before, BEFORE), (after, AFTER)] {
            for stretch in stretches(distance) {
                let points = stretch.into_iter().map(|(seconds, lu)| (seconds, lu.clamp(bottom, top)));
                chart.draw_series(LineSeries::new(points, colour.stroke_width(3))).map_err(failed)?;
            }
        }
        area.present().map_err(failed)?;
    }
    Ok(themed(svg))
}

/// Seconds and LU, stretch by stretch between the rests.
fn stretches(distance: &Distance) -> Vec<Vec<(f64, f64)>> {
    let mut stretches = vec![Vec::new()];
    for (step, lu) in distance.over_time.iter().enumerate() {
        match (lu, stretches.last_mut()) {
            (Some(lu), Some(stretch)) => stretch.push(((step + 1) as f64 * HISTORY_STEP_S, *lu)),
            (None, Some(stretch)) if !stretch.is_empty() => stretches.push(Vec::new()),
            _ => {}
        }
    }
    stretches.retain(|stretch| stretch.len() > 1);
    stretches
}

/// Each click's level re the lead about it, as it was put in and as it is left.
pub fn clicks(clicks: &[ClickLeft], seconds: f64) -> Result<String> {
    const HEIGHT: u32 = 230;
    /// What is left of a click below this, dB re the lead, is drawn here.
    const LOWEST_DB: f64 = -60.0;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin_top(8)
            .margin_right(12)
            .set_label_area_size(LabelAreaPosition::Left, LEFT_PX)
            .set_label_area_size(LabelAreaPosition::Bottom, BOTTOM_PX)
            .build_cartesian_2d(0.0..seconds, LOWEST_DB - 4.0..0.0)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .axis_style(GRID)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .disable_x_mesh()
            .x_labels(12)
            .y_labels(5)
            .x_label_style(text(LABEL_PX, MUTE))
            .y_label_style(text(LABEL_PX, MUTE))
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_label_formatter(&|y| if y.abs() < 0.05 { "0".into() } else { format!("{y:.0}") })
            .axis_desc_style(text(NAME_PX, MUTE))
            .x_desc("time, s")
            .y_desc("re the lead, dB")
            .draw()
            .map_err(failed)?;
        for ClickLeft { click, left_db } in clicks {
            let (was, is) = (click.level_db, (click.level_db + left_db).max(LOWEST_DB));
            let fall = [(click.at_s, was), (click.at_s, is)];
            chart.draw_series(LineSeries::new(fall, GRID.stroke_width(2))).map_err(failed)?;
            let dot = |db: f64, colour: RGBColor| Circle::new((click.at_s, db), 5, colour.filled());
            // What was not taken shows as one dot, in the colour of what was there.
            let dots = if *left_db > -1.0 { vec![dot(was, BEFORE)] } else { vec![dot(was, BEFORE), dot(is, AFTER)] };
            chart.draw_series(dots).map_err(failed)?;
        }
        area.present().map_err(failed)?;
    }
    Ok(themed(svg))
}
