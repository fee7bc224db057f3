//! Takes a click out of a sound that goes on beneath it.
//!
//! A mouth click is a resonance that is struck: an exponentially damped sine. Interpolating over it would have to guess
//! milliseconds of voice; the click itself is found much more exactly, because the prediction of the voice around it says
//! how little of the voice is unforeseen. So the voice's prediction, made from what lies before and after, whitens the
//! sound; a matched filter in that domain (S. Godsill and P. Rayner, "Digital Audio Restoration", 1998, 5.3) says where a
//! damped sine begins and about which it is; least squares refine it (K. Steiglitz and L. McBride, 1965), and it is
//! subtracted. What is left is looked at once more: a click may have two resonances.
//!
//! The work is cut into steps of about equal size, so that no block is late.

use super::detector::ORDER;
use super::past::Past;
use super::settings::{DeclickSettings, LONGEST};
use crate::Frame;
use crate::units::ms_to_frames;
use std::f64::consts::TAU;

/// Frames of the window before the run in which a click begins.
const LEAD: usize = 32;

/// Frames from the start of the window in which the first resonance begins.
const FIRST: usize = 112;

/// What of the voice the prediction is made from, on each side, in ms.
const CONTEXT_MS: f64 = 16.0;

/// Share of white noise in the prediction.
const WHITE: f64 = 1e-8;

/// What a click's power costs, over what it would if it were as loud as the sound around it.
const COST: f64 = 0.01;

/// Mean square below which there is nothing to do: -160 dBFS.
const SILENCE: f64 = 1e-16;

/// A lag takes half as long as a step.
const LAGS_A_STEP: usize = 4;

/// Time constants, and frequencies, of the damped sines by which a beginning is looked for.
const DECAYS: usize = 3;
const FREQUENCIES: usize = 16;

/// And of those that are tried there.
const TRIED_DECAYS: usize = 3;
const TRIED_FREQUENCIES: usize = 32;

/// Each time constant over the one before it.
const NEXT_DECAY: f64 = 0.45;

/// Frequencies are spread evenly where they are far below this, in Hz, and in equal ratios far above.
const EVEN_HZ: f64 = 1_000.0;

/// They are tried so many at a time.
const LANES: usize = 8;

/// Time constants in which a click falls by 40 dB.
const FALL: f64 = 4.6;

/// Rounds of refinement of each of the starts that are tried: of the best damped sine of each time constant, then of the
/// best of all a frame earlier. The whitened sound is mostly the click's first frames; that the ring after them fits as well
/// decides among starts that hold nearly the same.
const REFINEMENTS: usize = 4;
const STARTS: usize = TRIED_DECAYS + 1;

/// Resonances of a click.
const PARTS: usize = 2;

/// What is left of a click that is well known, over what is unforeseen.
const VOICE: f64 = 2.0;

/// What a frame's rest is, over the usual one, where it counts half.
const PULSE: f64 = 3.0;

/// What a resonance holds at least, over the power of a frame that is unforeseen; and what of a click has to be left for a
/// second one.
const LEAST: f64 = 60.0;
const LEAST_OF_FIRST: f64 = 0.02;

/// Frames over which what is subtracted ends where it has not yet died away.
const END: usize = 24;

/// The longest time constant over that of the longest click.
const LONGEST_TAU: f64 = 1.3;

/// A resonance may lie outside the band by this factor, and anywhere if the square of its radius is below that: it is an
/// impulse.
const OUTSIDE: f64 = 1.15;
const SHORT: f64 = 0.25;

/// What is left of something that lasts too long, over what is unforeseen.
const GOES_ON: f64 = 3.0;

/// Below this what is subtracted is nothing.
const NOTHING: f64 = 1e-9;

/// What is next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Stage {
    #[default]
    Rest,
    Gather,
    Correlate(usize),
    Predict,
    Whiten,
    Back,
    Search(usize),
    Try(usize),
    Refine(usize, usize),
    Weigh,
    Subtract,
}

/// Taps of a damped sine: two give it any phase, and one more lets it begin a frame later.
const TAPS: usize = 3;

/// Unknowns of a refinement, and what they are compared with.
const UNKNOWNS: usize = 2 + TAPS;

/// A damped sine: what a beginning, one pole pair and a few taps make of one frame of 1.
#[derive(Clone, Copy, Debug, Default)]
struct Sine {
    /// Where it begins.
    at: usize,
    /// y = x - b1 y₁ - b2 y₂.
    poles: [f64; 2],
    taps: [f64; TAPS],
    /// What it leaves of the whitened sound.
    left: f64,
}

/// What the matched filter likes best.
#[derive(Clone, Copy, Debug, Default)]
struct Match {
    /// What it holds of the whitened sound.
    holds: f32,
    at: usize,
    poles: [f64; 2],
}

/// A click that is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Done {
    /// Number of its window's first frame.
    pub start: usize,
    /// The highest magnitude of what is subtracted.
    pub peak: f64,
}

/// Takes one click after the other.
#[derive(Clone, Debug, Default)]
pub struct Mender {
    rate: f64,
    longest_ms: f64,
    band_hz: (f64, f64),
    stage: Stage,
    /// The window, and the click that comes after it.
    start: usize,
    length: usize,
    next: Option<usize>,
    channel: usize,
    part: usize,
    context: Box<[f64]>,
    lags: [f64; ORDER + 1],
    filter: [f64; ORDER + 1],
    /// Mean power that is unforeseen, and that over the mean power of the sound: what power of a click costs, as it is not
    /// likely to be louder than the sound.
    unforeseen: f64,
    cost: f64,
    /// The window's whitened sound, and that through the prediction backwards.
    white: Box<[f64]>,
    back: Box<[f32]>,
    /// Where it begins.
    found: Match,
    /// The best damped sine of each time constant that begins there.
    tried: [Match; TRIED_DECAYS],
    held: f64,
    /// What the best damped sine leaves of it.
    left: f64,
    trial: Sine,
    best: Sine,
    /// How much each frame of the window counts.
    weights: Box<[f64]>,
    /// One of its resonances.
    own: Box<[f64]>,
    click: Box<[Frame]>,
}

impl Mender {
    /// Readies for `rate` in Hz. Allocates.
    pub fn prepare(&mut self, rate: f64) {
        self.rate = rate;
        let longest = self.frames(LONGEST.range.1);
        let context = (ms_to_frames(CONTEXT_MS, rate) as usize).max(2 * ORDER);
        self.context = vec![0.0; 2 * context].into();
        for buffer in [&mut self.white, &mut self.own, &mut self.weights] {
            *buffer = vec![0.0; longest + ORDER].into();
        }
        self.back = vec![0.0; longest].into();
        self.click = vec![[0.0; 2]; longest].into();
        self.reset();
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        (self.stage, self.next) = (Stage::Rest, None);
    }

    /// Follows the settings from the next click on.
    pub fn set(&mut self, settings: &DeclickSettings) {
        self.longest_ms = settings.longest_ms;
        self.band_hz = settings.band_hz();
    }

    /// Frames of a window for clicks of up to `longest_ms`.
    fn frames(&self, longest_ms: f64) -> usize {
        ms_to_frames(longest_ms, self.rate).ceil() as usize + FIRST + ORDER
    }

    /// Frames after the beginning of a click that it has to know.
    pub fn needs(&self) -> usize {
        self.frames(LONGEST.range.1) + self.context.len() / 2 + ORDER
    }

    /// Takes on the click that begins at frame number `at` or within the run after it.
    pub fn begin(&mut self, at: usize) {
        self.next = Some(at.saturating_sub(LEAD));
        if self.stage == Stage::Rest {
            self.start_next();
        }
    }

    fn start_next(&mut self) {
        if let Some(start) = self.next.take() {
            (self.start, self.channel, self.stage) = (start, 0, Stage::Gather);
            self.length = self.frames(self.longest_ms).min(self.click.len());
            self.click.fill([0.0; 2]);
        }
    }

    /// What is subtracted from the `i`-th frame of the click that is done.
    pub fn click(&self) -> &[Frame] {
        &self.click[..self.length]
    }

    /// A step of the work; tells when a click is done.
    pub fn step(&mut self, past: &Past) -> Option<Done> {
        match self.stage {
            Stage::Rest => {}
            Stage::Gather => self.gather(past),
            Stage::Correlate(lag) => self.correlate(lag),
            Stage::Predict => {
                self.predict();
                (self.part, self.stage) = (0, Stage::Whiten);
            }
            Stage::Whiten => self.whiten(past),
            Stage::Back => self.go_back(),
            Stage::Search(pass) => self.search(pass),
            Stage::Try(pass) => self.attempt(pass),
            Stage::Refine(start, round) => self.refine(start, round),
            Stage::Weigh => self.weigh(),
            Stage::Subtract => self.subtract(),
        }
        if self.stage != Stage::Rest || self.channel < 2 {
            return None;
        }
        self.channel = 0;
        let peak = self.click().as_flattened().iter().fold(0.0f64, |peak, x| peak.max(x.abs()));
        Some(Done { start: self.start, peak })
    }

    /// After a click is done with: the next one.
    pub fn go_on(&mut self) {
        self.start_next();
    }

    fn next_channel(&mut self) {
        self.channel += 1;
        self.stage = if self.channel < 2 { Stage::Gather } else { Stage::Rest };
    }

    fn gather(&mut self, past: &Past) {
        let context = self.context.len() / 2;
        let (before, after) = self.context.split_at_mut(context);
        let end = self.start + self.length;
        let mut power = 0.0;
        for i in 0..context {
            before[i] = match (self.start + i).checked_sub(context) {
                Some(number) => past.at(number)[self.channel],
                None => 0.0,
            };
            after[i] = past.at(end + i)[self.channel];
            power += before[i] * before[i] + after[i] * after[i];
        }
        let window = (self.start..end).map(|number| past.at(number)[self.channel]);
        power += window.map(|x| x * x).sum::<f64>();
        if power < SILENCE * self.context.len() as f64 {
            self.next_channel();
        } else {
            self.stage = Stage::Correlate(0);
        }
    }

    fn correlate(&mut self, first: usize) {
        let (before, after) = self.context.split_at(self.context.len() / 2);
        let last = (first + LAGS_A_STEP).min(ORDER + 1);
        for lag in first..last {
            self.lags[lag] = product(before, lag) + product(after, lag);
        }
        self.stage = if last > ORDER { Stage::Predict } else { Stage::Correlate(last) };
    }

    /// Least squares over both contexts as they are (the covariance method), which sees more in a few periods of a voice than
    /// tapered lags do.
    fn predict(&mut self) {
        let (before, after) = self.context.split_at(self.context.len() / 2);
        // Row 0 has been summed; each other one follows from the one before it, but for what enters and leaves.
        let mut sums = [[0.0; ORDER + 1]; ORDER + 1];
        sums[0] = self.lags;
        for i in 0..ORDER {
            for k in i..ORDER {
                let change = |y: &[f64]| {
                    let last = y.len() - 1;
                    y[ORDER - 1 - i] * y[ORDER - 1 - k] - y[last - i] * y[last - k]
                };
                sums[i + 1][k + 1] = sums[i][k] + change(before) + change(after);
                sums[k + 1][i + 1] = sums[i + 1][k + 1];
            }
            sums[i + 1][0] = sums[0][i + 1];
        }
        let rows: [[f64; ORDER + 1]; ORDER] = std::array::from_fn(|i| {
            let mut row = [0.0; ORDER + 1];
            row[..ORDER].copy_from_slice(&sums[i + 1][1..]);
            row[i] += WHITE * sums[0][0];
            row[ORDER] = -sums[i + 1][0];
            row
        });
        self.filter = [0.0; ORDER + 1];
        self.filter[0] = 1.0;
        if let Some(rest) = solve::<ORDER, { ORDER + 1 }>(rows) {
            self.filter[1..].copy_from_slice(&rest);
        }
        let power: f64 = self.filter.iter().zip(&sums[0]).map(|(a, r)| a * r).sum();
        self.unforeseen = (power / (self.context.len() - 2 * ORDER) as f64).max(SILENCE);
        self.cost = COST * power.max(0.0) / sums[0][0].max(SILENCE);
    }

    fn whiten(&mut self, past: &Past) {
        let sound = |i: usize| match (self.start + i).checked_sub(ORDER) {
            Some(number) => past.at(number)[self.channel],
            None => 0.0,
        };
        for (i, white) in self.white[..self.length + ORDER].iter_mut().enumerate() {
            *white = (0..=ORDER).map(|k| self.filter[k] * sound(i + ORDER - k)).sum();
        }
        self.stage = Stage::Back;
    }

    fn go_back(&mut self) {
        for (i, back) in self.back[..self.length].iter_mut().enumerate() {
            let sum: f64 = self.filter.iter().zip(&self.white[i..]).map(|(a, x)| a * x).sum();
            *back = sum as f32;
        }
        self.held = self.white[..self.length].iter().map(|x| x * x).sum();
        (self.found, self.tried) = (Match::default(), [Match::default(); TRIED_DECAYS]);
        self.stage = Stage::Search(0);
    }

    /// The largest radius of a pole.
    fn radius(&self) -> f64 {
        let tau = LONGEST_TAU * ms_to_frames(self.longest_ms, self.rate) / FALL;
        (-1.0 / tau.max(1.0)).exp()
    }

    /// Poles of the damped sines of a pass, over all of its time constants and frequencies.
    fn poles(&self, pass: usize, frequencies: usize) -> [[f64; 2]; LANES] {
        let groups = frequencies / LANES;
        let tau = ms_to_frames(self.longest_ms, self.rate) / FALL * NEXT_DECAY.powi((pass / groups) as i32);
        let radius = (-1.0 / tau.max(1.0)).exp();
        let (low_hz, high_hz) = (self.band_hz.0, self.band_hz.1.min(0.45 * self.rate));
        let ratio = (high_hz + EVEN_HZ) / (low_hz + EVEN_HZ);
        std::array::from_fn(|lane| {
            let way = (pass % groups * LANES + lane) as f64 / (frequencies - 1) as f64;
            let freq_hz = (low_hz + EVEN_HZ) * ratio.powf(way) - EVEN_HZ;
            let (sin, cos) = (TAU * freq_hz / self.rate).sin_cos();
            [radius * cos, radius * sin]
        })
    }

    /// Matched filters: the sum over a damped sine from each frame on, all in one pass from the end.
    fn search(&mut self, pass: usize) {
        let poles = self.poles(pass, FREQUENCIES);
        let scale = poles.map(|[re, im]| {
            // Power of the damped sine once it is whitened: what the prediction begins with, and what goes on from there.
            let (mut power, mut x, mut y) = (0.0, 0.0, 0.0);
            for a in self.filter {
                (x, y) = (x * re - y * im + a, x * im + y * re);
                power += x * x + y * y;
            }
            let squared = re * re + im * im;
            (2.0 / (power + (x * x + y * y) * squared / (1.0 - squared))) as f32
        });
        let (re, im) = (poles.map(|pole| pole[0] as f32), poles.map(|pole| pole[1] as f32));
        let (mut x, mut y) = ([0.0f32; LANES], [0.0f32; LANES]);
        let (mut most, mut place) = ([0.0f32; LANES], [0.0f32; LANES]);
        let last = if self.part == 0 { FIRST } else { self.length.saturating_sub(END) };
        for (i, back) in self.back[..self.length].iter().enumerate().rev() {
            for lane in 0..LANES {
                let (a, b) = (x[lane], y[lane]);
                x[lane] = a * re[lane] - b * im[lane] + back;
                y[lane] = a * im[lane] + b * re[lane];
            }
            if i < last {
                for lane in 0..LANES {
                    let power = x[lane] * x[lane] + y[lane] * y[lane];
                    let higher = power > most[lane];
                    most[lane] = if higher { power } else { most[lane] };
                    place[lane] = if higher { i as f32 } else { place[lane] };
                }
            }
        }
        for lane in 0..LANES {
            let holds = most[lane] * scale[lane];
            if holds > self.found.holds {
                self.found = Match { holds, at: place[lane] as usize, poles: denominator(poles[lane]) };
            }
        }
        self.stage = if pass + 1 < DECAYS * FREQUENCIES / LANES {
            Stage::Search(pass + 1)
        } else if f64::from(self.found.holds) > LEAST * self.unforeseen {
            Stage::Try(0)
        } else {
            self.next_channel();
            self.stage
        };
    }

    /// Least squares of the two taps of each of some damped sines that begin where one was found.
    fn attempt(&mut self, pass: usize) {
        let poles = self.poles(pass, TRIED_FREQUENCIES).map(denominator);
        let (b1, b2) = (poles.map(|pole| pole[0] as f32), poles.map(|pole| pole[1] as f32));
        let (mut c1, mut c2) = ([0.0f32; LANES], [0.0f32; LANES]);
        // Of the whitened sine with itself, one and two frames later, and with the whitened sound now, before, and before that.
        let mut sums = [[0.0f32; LANES]; 6];
        for (i, white) in self.white[self.found.at..self.length].iter().enumerate() {
            let (white, start) = (*white as f32, self.filter.get(i).map_or(0.0, |a| *a as f32));
            for lane in 0..LANES {
                let c = start - b1[lane] * c1[lane] - b2[lane] * c2[lane];
                let row = [c * c, c * c1[lane], c * c2[lane], c * white, c1[lane] * white, c2[lane] * white];
                for (sums, value) in sums.iter_mut().zip(row) {
                    sums[lane] += value;
                }
                (c2[lane], c1[lane]) = (c1[lane], c);
            }
        }
        for lane in 0..LANES {
            let [power, next, after, h0, h1, h2] = sums.map(|sums| f64::from(sums[lane]));
            let [r0, r1, r2] = correlations(poles[lane]).map(|r| self.cost * r);
            let (power, next, after) = (power + r0, next + r1, after + r2);
            let rows = [[power, next, after, h0], [next, power, next, h1], [after, next, power, h2]];
            let Some(taps) = solve(rows) else { continue };
            let holds = (taps[0] * h0 + taps[1] * h1 + taps[2] * h2) as f32;
            let tried = Match { holds, at: self.found.at, poles: poles[lane] };
            let best = &mut self.tried[pass * LANES / TRIED_FREQUENCIES];
            if holds > best.holds {
                *best = tried;
            }
        }
        self.stage = if pass + 1 < TRIED_DECAYS * TRIED_FREQUENCIES / LANES {
            Stage::Try(pass + 1)
        } else {
            self.best = Sine { left: self.held, ..Sine::default() };
            self.weights.fill(1.0);
            Stage::Refine(0, 0)
        };
    }

    /// One round of least squares: of the poles, by what they leave of both sides; of the taps, and so of what is left.
    fn refine(&mut self, start: usize, round: usize) {
        if round == 0 {
            self.trial = match self.tried.get(start) {
                Some(tried) => Sine { at: tried.at, poles: tried.poles, ..Sine::default() },
                None if start == TRIED_DECAYS => Sine { at: self.best.at.saturating_sub(1), ..self.best },
                None => self.best,
            };
        }
        let Sine { at, poles: [b1, b2], .. } = self.trial;
        let length = self.length - at;
        let white = &self.white[at..at + length];
        let (mut s1, mut s2, mut c1, mut c2) = (0.0, 0.0, 0.0, 0.0);
        // Products of: the sound before, and before that; the click, before, and before that; with each other, and with the
        // sound filtered and not.
        let mut sums = [[0.0; UNKNOWNS + 2]; UNKNOWNS];
        let mut columns = [0.0; UNKNOWNS];
        let mut held = 0.0;
        for i in 0..length {
            let weight = self.weights[at + i];
            held += weight * white[i] * white[i];
            let s = white[i] - b1 * s1 - b2 * s2;
            let c = self.filter.get(i).copied().unwrap_or(0.0) - b1 * c1 - b2 * c2;
            columns = [-s1, -s2, c, columns[2], columns[3]];
            let [a, b, d, e, f] = columns;
            let row = [a, b, d, e, f, s, white[i]];
            for (sums, column) in sums.iter_mut().zip(columns) {
                let column = weight * column;
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += column * value;
                }
            }
            (s2, s1, c2, c1) = (s1, s, c1, c);
        }
        // With these poles.
        let costs = correlations([b1, b2]).map(|r| self.cost * r);
        let rows = std::array::from_fn(|i| {
            let [.., a, b, c, _, right] = sums[2 + i];
            [a + costs[i], b + costs[i.abs_diff(1)], c + costs[2 - i], right]
        });
        let (low_hz, high_hz) = self.band_hz;
        let freq_hz = (-0.5 * b1 / b2.max(f64::MIN_POSITIVE).sqrt()).clamp(-1.0, 1.0).acos() / TAU * self.rate;
        let within = b2 < SHORT || (freq_hz > low_hz / OUTSIDE && freq_hz < high_hz * OUTSIDE);
        if let Some(taps) = solve::<TAPS, { TAPS + 1 }>(rows).filter(|_| within) {
            let before: f64 = self.white[..at].iter().zip(&self.weights).map(|(x, weight)| weight * x * x).sum();
            let left = before + held - (0..TAPS).map(|i| taps[i] * sums[2 + i][UNKNOWNS + 1]).sum::<f64>();
            if left < self.best.left {
                self.best = Sine { at, poles: [b1, b2], taps, left };
            }
        }
        // Better poles.
        let rows = sums.map(|[a, b, c, d, e, right, _]| [a, b, c, d, e, right]);
        let next = solve::<UNKNOWNS, { UNKNOWNS + 1 }>(rows)
            .map(|solution| settled([solution[0], solution[1]], self.radius()));
        self.stage = match next {
            Some(poles) if round < REFINEMENTS => {
                self.trial.poles = poles;
                Stage::Refine(start, round + 1)
            }
            _ if start + 1 < STARTS => Stage::Refine(start + 1, 0),
            _ if start + 1 == STARTS => {
                self.left = self.best.left;
                // Else what is left is not the voice's but the click's.
                if self.left < VOICE * self.length as f64 * self.unforeseen { Stage::Weigh } else { Stage::Subtract }
            }
            _ => Stage::Subtract,
        };
    }

    /// The best sine in frames, and whitened in what it is taken from.
    fn sound(&mut self) {
        let Sine { at, poles: [b1, b2], taps, .. } = self.best;
        let (mut y1, mut y2) = (0.0, 0.0);
        let ends = self.length.saturating_sub(END);
        let own = &mut self.own[..self.length];
        own.fill(0.0);
        for i in at..self.length {
            let y = taps.get(i - at).copied().unwrap_or(0.0) - b1 * y1 - b2 * y2;
            (y2, y1) = (y1, y);
            let fade = if i < ends { 1.0 } else { (self.length - i) as f64 / (END + 1) as f64 };
            own[i] = if y.abs() < NOTHING { 0.0 } else { fade * y };
        }
    }

    /// What the best sine is of the whitened frame `i`.
    fn whitened(&self, i: usize) -> f64 {
        let from = (i + 1).saturating_sub(self.length);
        (from..=ORDER.min(i)).map(|k| self.filter[k] * self.own[i - k]).sum()
    }

    /// The frames in which the voice has its pulses count less: what is left of them is no measure of the fit.
    fn weigh(&mut self) {
        self.sound();
        let mut usual = 0.0;
        for i in 0..self.length {
            let rest = self.white[i] - self.whitened(i);
            self.weights[i] = rest * rest;
            usual += (rest * rest).min(self.unforeseen);
        }
        let usual = PULSE * usual / self.length as f64 + SILENCE;
        for weight in &mut self.weights[..self.length] {
            *weight = usual / (usual + *weight);
        }
        self.best.left = f64::MAX;
        self.stage = Stage::Refine(STARTS, 0);
    }

    fn subtract(&mut self) {
        let [_, b2] = self.best.poles;
        let left = self.left;
        let holds = self.held - left;
        // A tone that sets in would like to go on for longer than a click may.
        let longest = b2 > 0.999 * self.radius().powi(2) && left > GOES_ON * self.length as f64 * self.unforeseen;
        if longest {
            return self.next_channel();
        }
        if holds < LEAST * self.unforeseen || !holds.is_finite() {
            return self.next_channel();
        }
        self.sound();
        for (click, own) in self.click.iter_mut().zip(&self.own[..self.length]) {
            click[self.channel] += own;
        }
        self.part += 1;
        if self.part == PARTS || left < LEAST_OF_FIRST * self.held {
            return self.next_channel();
        }
        for i in 0..self.length + ORDER {
            self.white[i] -= self.whitened(i);
        }
        self.stage = Stage::Back;
    }
}

/// Lags 0, 1 and 2 of the autocorrelation of what the poles make of one frame of 1.
fn correlations([b1, b2]: [f64; 2]) -> [f64; 3] {
    let r0 = (1.0 + b2) / ((1.0 - b2) * ((1.0 + b2) * (1.0 + b2) - b1 * b1)).max(f64::MIN_POSITIVE);
    let r1 = -b1 / (1.0 + b2) * r0;
    [r0, r1, -b1 * r1 - b2 * r0]
}

/// z² + b1 z + b2 of a pole and its conjugate.
fn denominator([re, im]: [f64; 2]) -> [f64; 2] {
    [-2.0 * re, re * re + im * im]
}

/// The poles, moved inside where they would ring longer than any click.
fn settled([b1, b2]: [f64; 2], most: f64) -> [f64; 2] {
    let root = b1 * b1 - 4.0 * b2;
    if root < 0.0 {
        let radius = b2.sqrt();
        if radius > most { [b1 * most / radius, most * most] } else { [b1, b2] }
    } else {
        let half = 0.5 * root.sqrt();
        let [p, q] = [-0.5 * b1 + half, -0.5 * b1 - half].map(|pole| pole.clamp(-most, most));
        [-p - q, p * q]
    }
}

/// Solves `N` equations whose right side is in the last column: symmetric, all of it positive.
fn solve<const N: usize, const COLUMNS: usize>(mut rows: [[f64; COLUMNS]; N]) -> Option<[f64; N]> {
    let least: [f64; N] = std::array::from_fn(|i| 1e-12 * rows[i][i]);
    for i in 0..N {
        if rows[i][i] <= least[i] || !rows[i][i].is_finite() {
            return None;
        }
        let pivot = rows[i];
        for row in rows.iter_mut().skip(i + 1) {
            let factor = row[i] / pivot[i];
            for (x, from) in row.iter_mut().zip(pivot) {
                *x -= factor * from;
            }
        }
    }
    let mut solution = [0.0; N];
    for i in (0..N).rev() {
        let known: f64 = (i + 1..N).map(|k| rows[i][k] * solution[k]).sum();
        solution[i] = (rows[i][COLUMNS - 1] - known) / rows[i][i];
    }
    Some(solution)
}

/// Sum of each value from [`ORDER`] on times the one `lag` before it.
fn product(samples: &[f64], lag: usize) -> f64 {
    const LANES: usize = 4;
    let (now, before) = (&samples[ORDER..], &samples[ORDER - lag..samples.len() - lag]);
    let (chunks, rest) = now.as_chunks::<LANES>();
    let (chunks_before, rest_before) = before.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (now, before) in chunks.iter().zip(chunks_before) {
        for i in 0..LANES {
            sums[i] += now[i] * before[i];
        }
    }
    let rest: f64 = rest.iter().zip(rest_before).map(|(now, before)| now * before).sum();
    sums.iter().sum::<f64>() + rest
}
