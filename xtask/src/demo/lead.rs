//! The report's part on the lead: what each step of its chain did, in figures.

use super::chart::lead as chart;
use super::page::{escape, figure, legend, number, signed};
use super::report::Report;
use anyhow::Result;
use tandem_render::audio::Sound;
use tandem_render::measure::{Measured, band_db, tilt_db};
use tandem_render::session::{Channelled, Distance, Mended, SIBILANTS_HZ, Sibilants, Step};

/// A click that is softer by so much, dB, is no longer heard beside the voice.
const GONE_DB: f64 = -12.0;

/// How near to its place a lead counts as being there, LU.
const NEAR_LU: f64 = 1.0;

/// The range in which the de-mud looks by default, Hz.
const MUD_HZ: (f64, f64) = (100.0, 600.0);

/// The section on the lead, if there is a lead.
pub fn section(report: &Report) -> Result<String> {
    let (Some(lead), Some(band)) = (report.mix.lead(), &report.mix.band) else { return Ok(String::new()) };
    let aim_lu = lead.track.above_lu.unwrap_or(0.0);
    let measured: Vec<Measured> = lead.steps.iter().map(|step| Measured::of(&step.sound)).collect();
    let distances: Vec<Distance> = lead.steps.iter().map(|step| Distance::of(&step.sound, band)).collect();
    let steps = Steps { report, lead, measured: &measured, distances: &distances, aim_lu };
    Ok(format!(
        "<h2>The lead, step by step</h2>{}<section>{}{}{}</section>",
        steps.figures(),
        steps.table(),
        steps.ridden()?,
        steps.faults()?
    ))
}

struct Steps<'a> {
    report: &'a Report<'a>,
    lead: &'a Channelled,
    measured: &'a [Measured],
    distances: &'a [Distance],
    aim_lu: f64,
}

impl Steps<'_> {
    fn at(&self, module: &str) -> Option<usize> {
        self.lead.steps.iter().position(|step| step.module == module)
    }

    /// What comes before and behind a module.
    fn around(&self, module: &str) -> Option<[&Step; 2]> {
        let at = self.at(module).filter(|at| *at > 0)?;
        Some([&self.lead.steps[at - 1], &self.lead.steps[at]])
    }

    /// Level of the esses before and behind the de-esser, dBFS.
    fn esses_db(&self) -> Option<[f64; 2]> {
        let sounds = self.around("De-ess")?.map(|step| &step.sound);
        let esses = Sibilants::of(sounds[0]);
        Some(sounds.map(|sound| esses.level_db(sound)))
    }

    /// Parts of the time, in per cent, for which the lead is at its place before and behind the rider.
    fn near_percent(&self) -> Option<[f64; 2]> {
        let at = self.at("Rider").filter(|at| *at > 0)?;
        Some([at - 1, at].map(|at| 100.0 * self.distances[at].within(self.aim_lu, NEAR_LU)))
    }

    /// The main figures, large.
    fn figures(&self) -> String {
        let mut figures = String::new();
        if let Some(mended) = &self.report.mended {
            let note = format!("{:.0} dB softer or more", -GONE_DB);
            figures += &figure("clicks gone", &gone(mended).to_string(), &format!("of {}", mended.clicks.len()), &note);
            if let Some(worst) = mended.mud.iter().max_by(|a, b| a.recorded_db.total_cmp(&b.recorded_db)) {
                let note = format!("as recorded {}, at {:.0} Hz", signed(worst.recorded_db), worst.freq_hz);
                figures += &figure("mud over the clean voice", &signed(worst.equalised_db), "dB", &note);
            }
        }
        if let Some([before, after]) = self.esses_db() {
            figures += &figure("esses", &signed(after - before), "dB", "by the de-esser");
        }
        if let Some([before, after]) = self.near_percent() {
            let name = format!("within {NEAR_LU:.0} LU of its place");
            figures += &figure(&name, &format!("{after:.0}"), "%", &format!("of the time; {before:.0} % unridden"));
        }
        if figures.is_empty() { figures } else { format!("<div class=\"figures steps\">{figures}</div>") }
    }

    fn table(&self) -> String {
        let rows: String = (0..self.lead.steps.len())
            .map(|at| {
                let (step, reading) = (&self.lead.steps[at], &self.measured[at].reading);
                let figures = [
                    reading.integrated_lufs,
                    reading.max_true_peak_db,
                    reading.lra_lu,
                    self.distances[at].below_lu(0.5),
                ];
                let cells = figures.map(|value| format!("<td>{}</td>", number(value))).concat();
                format!("<tr><th>{}</th>{cells}<td class=\"words\">{}</td></tr>", step.module, escape(&self.did(at)))
            })
            .collect();
        format!(
            "<table class=\"numbers\"><thead><tr><th>behind</th><th>loudness, LUFS</th><th>true peak, dBTP</th><th>range, LU</th><th>over the band, LU</th><th class=\"words\">what it did</th></tr></thead><tbody>{rows}</tbody></table>"
        )
    }

    /// What a step did, in words and figures.
    fn did(&self, at: usize) -> String {
        let Some(before) = at.checked_sub(1) else {
            return "The stem at 0 VU, its fader where the mix has it.".to_string();
        };
        let [was, is] = [before, at].map(|at| &self.lead.steps[at].sound);
        let [measured_was, measured_is] = [before, at].map(|at| &self.measured[at].reading);
        match self.lead.steps[at].module {
            "De-click" => match &self.report.mended {
                Some(mended) => format!(
                    "{} of {} clicks softer by {:.0} dB or more, half of all by {:.0} dB or more",
                    gone(mended),
                    mended.clicks.len(),
                    -GONE_DB,
                    -middle_db(mended)
                ),
                None => format!("takes {} clicks", spots(was, is)),
            },
            "De-mud" => match &self.report.mended {
                Some(mended) => {
                    let mean = |value: fn(&tandem_render::session::MudLeft) -> f64| {
                        mended.mud.iter().map(value).sum::<f64>() / mended.mud.len() as f64
                    };
                    format!(
                        "mud from {:.1} to {:.1} dB over the clean voice, mean of the sections",
                        mean(|m| m.recorded_db),
                        mean(|m| m.demudded_db)
                    )
                }
                None => {
                    let balance = |sound| band_db(sound, MUD_HZ.0, MUD_HZ.1) - band_db(sound, 700.0, 3_000.0);
                    format!(
                        "{:.0} to {:.0} Hz by {} dB beside what is above",
                        MUD_HZ.0,
                        MUD_HZ.1,
                        signed(balance(is) - balance(was))
                    )
                }
            },
            "EQ" => format!("above 1 kHz by {} dB beside what is below", signed(tilt_db(is) - tilt_db(was))),
            "De-ess" => match self.esses_db() {
                Some([was, is]) => format!(
                    "esses ({:.0} to {:.0} kHz) from {} to {} dBFS",
                    SIBILANTS_HZ.0 / 1e3,
                    SIBILANTS_HZ.1 / 1e3,
                    number(was),
                    number(is)
                ),
                None => String::new(),
            },
            "Comp" => format!(
                "loudness range from {} to {} LU, peaks over loudness from {} to {} LU",
                number(measured_was.lra_lu),
                number(measured_is.lra_lu),
                number(measured_was.plr_lu),
                number(measured_is.plr_lu)
            ),
            "Rider" => match self.near_percent() {
                Some([was, is]) => {
                    format!("within {NEAR_LU:.0} LU of its place for {is:.0} % of the time, unridden for {was:.0} %")
                }
                None => String::new(),
            },
            "Delay" => format!("{}echoes {} LU re the voice", self.spacing(), number(added_lu(was, is))),
            "Reverb" => format!("{} LU re the voice", number(added_lu(was, is))),
            _ => format!("loudness by {} LU", signed(measured_is.integrated_lufs - measured_was.integrated_lufs)),
        }
    }

    /// How far the echoes are apart: quarters.
    fn spacing(&self) -> String {
        self.report
            .tempo_bpm
            .map_or_else(String::new, |bpm| format!("a quarter at {bpm} bpm, {:.0} ms; ", 60_000.0 / bpm))
    }

    /// The distance from the band over time.
    fn ridden(&self) -> Result<String> {
        let Some(at) = self.at("Rider").filter(|at| *at > 0) else { return Ok(String::new()) };
        let chart = chart::distance(&self.distances[at - 1], &self.distances[at], self.aim_lu)?;
        let legend = legend(&[("in", "before the rider"), ("out", "behind it"), ("yours dashed", "its place")]);
        Ok(format!(
            "<figure>{chart}{legend}<figcaption>Short-term loudness of the lead less that of all other stems together, while it sings. Shaded: within {NEAR_LU:.0} LU of its place.</figcaption></figure>"
        ))
    }

    /// The known faults, one by one.
    fn faults(&self) -> Result<String> {
        let Some(mended) = &self.report.mended else { return Ok(String::new()) };
        let chart = chart::clicks(&mended.clicks, self.lead.track.sound.seconds())?;
        let legend = legend(&[("in", "as recorded"), ("out", "behind the de-click")]);
        let rows: String = mended
            .mud
            .iter()
            .map(|mud| {
                let figures =
                    [mud.recorded_db, mud.demudded_db, mud.equalised_db].map(|db| format!("<td>{}</td>", signed(db)));
                format!(
                    "<tr><th>{:.0} Hz, {:.1}–{:.1} s</th>{}</tr>",
                    mud.freq_hz,
                    mud.span_s.0,
                    mud.span_s.1,
                    figures.concat()
                )
            })
            .collect();
        Ok(format!(
            "<figure>{chart}{legend}<figcaption>Every mouth click of the recording: its level beside the lead about it, and what is left of it.</figcaption></figure><table class=\"numbers\"><thead><tr><th>mud, dB over the voice without any</th><th>as recorded</th><th>behind De-mud</th><th>behind EQ</th></tr></thead><tbody>{rows}</tbody></table>"
        ))
    }
}

fn gone(mended: &Mended) -> usize {
    mended.clicks.iter().filter(|click| click.left_db <= GONE_DB).count()
}

/// What half of the clicks are left at or below, dB.
fn middle_db(mended: &Mended) -> f64 {
    let mut left: Vec<f64> = mended.clicks.iter().map(|click| click.left_db).collect();
    left.sort_by(f64::total_cmp);
    left.get(left.len() / 2).copied().unwrap_or(0.0)
}

/// Places that differ between two sounds; within 20 ms they are one.
fn spots(was: &Sound, is: &Sound) -> usize {
    let apart = (0.02 * f64::from(was.rate)) as usize;
    let (mut spots, mut last) = (0, None);
    for (frame, (a, b)) in was.channels[0].iter().zip(&is.channels[0]).enumerate() {
        if a != b {
            if last.is_none_or(|last: usize| frame - last > apart) {
                spots += 1;
            }
            last = Some(frame);
        }
    }
    spots
}

/// Loudness of what was added to a sound, beside it, LU.
fn added_lu(was: &Sound, is: &Sound) -> f64 {
    let (dry, all) = (was.to_frames(), is.to_frames());
    let more: Vec<_> = all
        .iter()
        .enumerate()
        .map(|(i, frame)| {
            let dry = dry.get(i).copied().unwrap_or([0.0; 2]);
            [frame[0] - dry[0], frame[1] - dry[1]]
        })
        .collect();
    let loudness = |sound: &Sound| Measured::of(sound).reading.integrated_lufs;
    loudness(&Sound::from_frames(&more, is.rate)) - loudness(was)
}
