//! Long-term power in thirds of an octave, of programme only.
//!
//! Each third is a Butterworth band-pass of fourth order, from 10^(-1/20) to 10^(1/20) times its centre (IEC 61260-1). What
//! counts is gated as loudness is: blocks of 400 ms above -70 LUFS, and above 10 LU below the mean of those (BS.1770-5);
//! without overlap, and the relative gate rounded to a LU.

use super::k_weighting::KWeighting;
use crate::CONTROL_INTERVAL;
use crate::Frame;
use crate::block::graphic::{BANDS, CENTRES_HZ, Curve};
use crate::block::svf::{self, Design, Section};
use crate::captured::NOTHING_DB;
use crate::units::{power_to_db, power_to_lufs};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// Upper band edge over centre: 10^(1/20). The lower one is its inverse.
const EDGE: f64 = 1.122_018_454_301_963_3;

/// Thirds with a higher upper edge, as a part of the rate, are not measured.
const HIGHEST: f64 = 0.48;

/// Bandwidth for noise over that between the edges: (π/4) / sin(π/4), of a Butterworth filter of this order.
const NOISE_BANDWIDTH: f64 = 1.110_720_734_539_591_6;

/// Of a gating block.
const BLOCK_MS: f64 = 400.0;

/// The absolute gate, and the relative one below the mean of what passes it.
const ABSOLUTE_LUFS: f64 = -70.0;
const RELATIVE_LU: f64 = 10.0;

/// One for each LU from the absolute gate to +11; the last also holds what is louder.
const BINS: usize = 82;

/// Blocks of about the same loudness: their number, summed K-weighted power and summed power of each third.
#[derive(Clone, Copy, Debug)]
struct Bin {
    blocks: f64,
    weighted: f64,
    thirds: Curve,
}

const EMPTY: Bin = Bin { blocks: 0.0, weighted: 0.0, thirds: [0.0; BANDS] };

/// The meter. Costs nothing but while it runs.
#[derive(Clone, Debug, Default)]
pub struct Thirds {
    bands: Box<[[Section; 2]]>,
    weighting: KWeighting,
    block_frames: usize,
    /// Of the block so far.
    frames: usize,
    weighted: Frame,
    thirds: Curve,
    bins: Box<[Bin]>,
    blocks: u32,
    levels_db: Option<Curve>,
}

impl Thirds {
    /// Readies for `rate` Hz. Allocates.
    pub fn prepare(&mut self, rate: f64) {
        let edge = |hz: f64| (PI * hz / rate).tan();
        let measured = CENTRES_HZ.iter().filter(|hz| **hz * EDGE <= HIGHEST * rate);
        self.bands = measured
            .map(|hz| {
                band_pass(edge(hz / EDGE), edge(hz * EDGE)).map(|design| {
                    let mut section = Section::default();
                    section.jump(design.coefs().map(|c| [c; 2]));
                    section
                })
            })
            .collect();
        self.weighting.prepare(rate);
        self.block_frames = (BLOCK_MS * 1e-3 * rate).round().max(1.0) as usize;
        self.bins = vec![EMPTY; BINS].into();
        self.reset();
    }

    /// Forgets all that it has heard.
    pub fn reset(&mut self) {
        self.interrupt();
        self.bins.fill(EMPTY);
        (self.blocks, self.levels_db) = (0, None);
    }

    /// What comes next does not go on from what came before: the block that has begun is lost.
    pub fn interrupt(&mut self) {
        self.bands.as_flattened_mut().iter_mut().for_each(Section::clear);
        self.weighting.reset();
        (self.frames, self.weighted, self.thirds) = (0, [0.0; 2], [0.0; BANDS]);
    }

    /// Hears up to [`CONTROL_INTERVAL`] frames.
    pub fn run(&mut self, frames: &[Frame]) {
        let mut band = [[0.0; 2]; CONTROL_INTERVAL];
        let band = &mut band[..frames.len()];
        for ([first, second], sum) in self.bands.iter_mut().zip(&mut self.thirds) {
            band.copy_from_slice(frames);
            svf::run_two([first, second], band);
            *sum += band.iter().fold(0.0, |sum, [left, right]| sum + (left * left + right * right));
        }
        self.weighting.run(frames, &mut self.weighted);
        self.frames += frames.len();
        if self.frames >= self.block_frames {
            self.end_block();
        }
    }

    fn end_block(&mut self) {
        let scale = 1.0 / self.frames as f64;
        let weighted = scale * (self.weighted[0] + self.weighted[1]);
        let lufs = power_to_lufs(weighted);
        if lufs > ABSOLUTE_LUFS && weighted.is_finite() {
            let bin = &mut self.bins[((lufs - ABSOLUTE_LUFS) as usize).min(BINS - 1)];
            bin.blocks += 1.0;
            bin.weighted += weighted;
            bin.thirds.iter_mut().zip(self.thirds).for_each(|(sum, third)| *sum += scale * third);
            self.blocks += 1;
            self.levels_db = Some(self.gated());
        }
        (self.frames, self.weighted, self.thirds) = (0, [0.0; 2], [0.0; BANDS]);
        self.bands.as_flattened_mut().iter_mut().for_each(Section::flush);
    }

    /// The mean of what passes the gates.
    fn gated(&self) -> Curve {
        let all = self.bins.iter().fold([0.0; 2], |[blocks, power], bin| [blocks + bin.blocks, power + bin.weighted]);
        let gate = power_to_lufs(all[1] / all[0]) - RELATIVE_LU - ABSOLUTE_LUFS;
        let passing = &self.bins[(gate.round().max(0.0) as usize).min(BINS - 1)..];
        let blocks: f64 = passing.iter().map(|bin| bin.blocks).sum();
        std::array::from_fn(|third| {
            let power: f64 = passing.iter().map(|bin| bin.thirds[third]).sum();
            power_to_db(power / (blocks * NOISE_BANDWIDTH)).max(NOTHING_DB)
        })
    }

    /// Level of each third, dB: both channels' power, 0 dB a full-scale sine's in one of them and as much again in the
    /// other. [`NOTHING_DB`] of those that cannot be measured at this rate. `None` until there has been programme.
    pub fn levels_db(&self) -> Option<&Curve> {
        self.levels_db.as_ref()
    }

    /// Seconds of programme heard.
    pub fn heard_s(&self) -> f64 {
        f64::from(self.blocks) * BLOCK_MS * 1e-3
    }
}

/// The band-pass of the second-order Butterworth low-pass between two edges, as tan(π f / rate), 1 in the middle: two
/// sections beside it (P. R. Geffe, "Designers' guide to active bandpass filters", EDN 1974).
fn band_pass(low: f64, high: f64) -> [Design; 2] {
    let (middle, q) = ((low * high).sqrt(), (low * high).sqrt() / (high - low));
    // Poles of the low-pass: σ = 1/√2, σ² + ω² = 1.
    let (d, e) = (2.0 * FRAC_1_SQRT_2 / q, 1.0 / (q * q) + 4.0);
    let section_q = (0.5 * (e + (e * e - 4.0 * d * d).sqrt())).sqrt() / d;
    let m = FRAC_1_SQRT_2 * section_q / q;
    let apart = m + (m * m - 1.0).max(0.0).sqrt();
    // A section that is 1 at its own frequency has 1 / √(1 + q² (x - 1/x)²) in the middle.
    let in_the_middle = (1.0 + (section_q * (apart - 1.0 / apart)).powi(2)).sqrt();
    [middle / apart, middle * apart].map(|g| {
        let k = g / section_q;
        Design { b: [0.0, k * in_the_middle, 0.0], a: [g * g, k] }
    })
}
