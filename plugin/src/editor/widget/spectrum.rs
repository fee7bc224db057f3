//! The spectrum of what goes in and out, smoothed in time and over frequency.

use super::graph::Graph;
use crate::telemetry::{SAMPLES, Samples, Telemetry};
use egui::{Color32, Mesh, Painter, Pos2, Shape, Stroke, pos2};
use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Samples under the window: 5.9 Hz a bin at 48 kHz.
const LENGTH: usize = 8192;

/// Points of the picture, evenly spaced in octaves.
const POINTS: usize = 320;

/// Frequencies of the first and the last point, Hz.
const RANGE_HZ: (f32, f32) = (15.0, 25_000.0);

/// Each point is the loudest bin within this many octaves about it: a twelfth.
const WIDTH_OCTAVES: f32 = 1.0 / 12.0;

/// Nothing is shown below this.
const FLOOR_DB: f32 = -120.0;

/// Time constants of rise and fall, seconds.
const RISE_S: f32 = 0.03;
const FALL_S: f32 = 0.28;

/// With so long without samples, silence is what comes, seconds.
const STALE_S: f64 = 0.15;

/// Turns the picture so that music with its usual balance stands level, dB per octave about 1 kHz.
const TILT_DB: f32 = 4.5;

/// Levels at the bottom and the top of the picture, dBFS at 1 kHz.
const SHOWN_DB: (f32, f32) = (-84.0, 6.0);

/// One of the two: the last samples, and what the picture shows.
struct Trace {
    ring: Vec<f32>,
    /// Smoothed levels, dBFS.
    points_db: Vec<f32>,
}

impl Trace {
    fn new() -> Self {
        Self { ring: vec![0.0; LENGTH], points_db: vec![FLOOR_DB; POINTS] }
    }
}

/// Turns the samples that the audio thread sends into a picture.
pub struct Spectrum {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    input: Trace,
    output: Trace,
    /// Place of the oldest sample in both rings.
    oldest: usize,
    time: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
    power: Vec<f32>,
    at: f64,
    came_at: f64,
}

impl Default for Spectrum {
    fn default() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(LENGTH);
        // Hann; its sum is half its length, so that a full-scale sine's bin has the power 1.
        let window = (0..LENGTH)
            .map(|i| {
                let angle = std::f32::consts::TAU * i as f32 / LENGTH as f32;
                (1.0 - angle.cos()) * 2.0 / LENGTH as f32
            })
            .collect();
        Self {
            time: fft.make_input_vec(),
            bins: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            power: vec![0.0; LENGTH / 2 + 1],
            fft,
            window,
            input: Trace::new(),
            output: Trace::new(),
            oldest: 0,
            at: 0.0,
            came_at: 0.0,
        }
    }
}

impl Spectrum {
    /// Takes what has come by `now` seconds. Returns whether the next picture will differ.
    pub fn update(&mut self, telemetry: &Telemetry, now: f64) -> bool {
        let passed = (now - std::mem::replace(&mut self.at, now)).clamp(0.0, 1.0) as f32;
        let mut came = false;
        while let Some(block) = telemetry.samples.next() {
            self.push(&block);
            came = true;
        }
        if came {
            self.came_at = now;
        }
        let rate = telemetry.rate.load(Relaxed);
        let stale = rate <= 0.0 || now - self.came_at > STALE_S;
        if !stale && !came {
            return self.is_visible();
        }
        for input in [true, false] {
            if !stale {
                self.analyse(input);
            }
            let trace = if input { &mut self.input } else { &mut self.output };
            for (i, shown) in trace.points_db.iter_mut().enumerate() {
                let now_db = if stale { FLOOR_DB } else { level_db(&self.power, point_hz(i), rate) };
                let time = if now_db > *shown { RISE_S } else { FALL_S };
                *shown += (now_db - *shown) * (1.0 - (-passed / time).exp());
            }
        }
        self.is_visible()
    }

    /// What is shown: frequencies in Hz, and the levels before and after in dBFS (a sine reads its peak level).
    pub fn points(&self) -> impl Iterator<Item = (f32, [f32; 2])> + '_ {
        let levels = self.input.points_db.iter().zip(&self.output.points_db);
        levels.enumerate().map(|(i, (before, after))| (point_hz(i), [*before, *after]))
    }

    fn is_visible(&self) -> bool {
        self.input.points_db.iter().chain(&self.output.points_db).any(|db| *db > FLOOR_DB + 1.0)
    }

    fn push(&mut self, block: &Samples) {
        for (ring, samples) in [(&mut self.input.ring, &block.input), (&mut self.output.ring, &block.output)] {
            // The ring's length is a multiple of the block's.
            ring[self.oldest..self.oldest + SAMPLES].copy_from_slice(samples);
        }
        self.oldest = (self.oldest + SAMPLES) % LENGTH;
    }

    /// The power of each bin of one of the two, 1 for a full-scale sine.
    fn analyse(&mut self, input: bool) {
        let ring = if input { &self.input.ring } else { &self.output.ring };
        let (newer, older) = ring.split_at(self.oldest);
        for (to, (from, window)) in self.time.iter_mut().zip(older.iter().chain(newer).zip(&self.window)) {
            *to = from * window;
        }
        // Only buffers of the wrong length can make it fail.
        if self.fft.process_with_scratch(&mut self.time, &mut self.bins, &mut self.scratch).is_ok() {
            for (power, bin) in self.power.iter_mut().zip(&self.bins) {
                *power = bin.norm_sqr();
            }
        }
    }

    /// Paints the sound before as a line, and the sound after as a line with its area filled.
    pub fn paint(&self, painter: &Painter, graph: &Graph, before: Color32, after: Color32) {
        let painter = painter.with_clip_rect(graph.rect.intersect(painter.clip_rect()));
        let after_line = line(&self.output.points_db, graph);
        painter.add(area(&after_line, graph.rect.bottom(), after.gamma_multiply(0.14)));
        painter.line(line(&self.input.points_db, graph), Stroke::new(1.0, before.gamma_multiply(0.75)));
        painter.line(after_line, Stroke::new(1.3, after.gamma_multiply(0.9)));
    }
}

/// Frequency of a point, Hz.
fn point_hz(i: usize) -> f32 {
    let (low, high) = RANGE_HZ;
    low * (high / low).powf(i as f32 / (POINTS - 1) as f32)
}

/// Level about `freq_hz`, dBFS.
fn level_db(power: &[f32], freq_hz: f32, rate: f32) -> f32 {
    let bin_hz = rate / LENGTH as f32;
    let half = 2f32.powf(0.5 * WIDTH_OCTAVES);
    let (from, to) = (freq_hz / half / bin_hz, freq_hz * half / bin_hz);
    let last = power.len() - 1;
    if from >= last as f32 {
        return FLOOR_DB;
    }
    let mean = if to - from < 2.0 {
        // Between two bins.
        let (low, part) = ((freq_hz / bin_hz).floor(), (freq_hz / bin_hz).fract());
        let low = (low as usize).min(last - 1);
        power[low] + part * (power[low + 1] - power[low])
    } else {
        let (from, to) = (from.ceil() as usize, (to.floor() as usize).min(last));
        // The loudest bin: a single tone reads its level whatever the width.
        power[from..=to.max(from)].iter().fold(0.0, |loudest: f32, p| loudest.max(*p))
    };
    (10.0 * mean.max(1e-12).log10()).max(FLOOR_DB)
}

fn line(points_db: &[f32], graph: &Graph) -> Vec<Pos2> {
    let (low, high) = SHOWN_DB;
    points_db
        .iter()
        .enumerate()
        .map(|(i, db)| {
            let freq_hz = point_hz(i);
            let shown = db + TILT_DB * (freq_hz / 1000.0).log2();
            let way = (shown - low) / (high - low);
            pos2(graph.x_at(freq_hz), graph.rect.bottom() - way.clamp(-0.05, 1.05) * graph.rect.height())
        })
        .collect()
}

/// The area between a line and `bottom`.
pub fn area(line: &[Pos2], bottom: f32, colour: Color32) -> Shape {
    let mut mesh = Mesh::default();
    for point in line {
        mesh.colored_vertex(pos2(point.x, point.y.min(bottom)), colour);
        mesh.colored_vertex(pos2(point.x, bottom), colour);
    }
    for i in 0..(line.len().saturating_sub(1) as u32) {
        mesh.add_triangle(2 * i, 2 * i + 1, 2 * i + 2);
        mesh.add_triangle(2 * i + 1, 2 * i + 2, 2 * i + 3);
    }
    Shape::mesh(mesh)
}
