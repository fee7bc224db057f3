//! What of the voice comes again: the periods of a vowel before and after a click say most of what lies beneath it, which the
//! prediction alone cannot, as it reaches back for less than a period. Without them a click near a resonance of the vowel is
//! hidden by the vowel's own pulses.
//!
//! The whitened sound of the window is taken together, by least squares, from smoothed pieces as long that lie periods before
//! and after it (long-term prediction with a few taps, on both sides: B. Atal, 1982); then a second prediction whitens what is
//! left, which is weaker where the voice repeats itself best, and so lets a click there count for more.

use super::equations::{convolve, dot, solve};
use super::{ALL, LEAD, Mender, ORDER, Past, SECOND, SILENCE, Stage};
use crate::block::linear_prediction::error_filter;
use crate::units::ms_to_frames;

/// The longest period, in ms: of 80 Hz.
const LONGEST_MS: f64 = 12.5;

/// About where the pieces are 6 dB down, in Hz: above that there is more breath than voice.
const SMOOTH_HZ: f64 = 6_000.0;

/// Places are compared so many times a second, at every such frame.
const SEARCH_HZ: f64 = 12_000.0;

/// Taps on each side of each of the two places, so many of them a second.
const TAPS_ASIDE: usize = 1;
const TAP_HZ: f64 = 20_000.0;
const TAPS: usize = 2 * TAPS_ASIDE + 1;

/// Share of white noise in the second prediction, and of power in the taps.
const WHITE: f64 = 1e-3;
const RIDGE: f64 = 1e-6;

/// Frames that are whitened, and places that are looked at, in a step.
const FRAMES_A_STEP: usize = 256;
const PLACES_A_STEP: usize = 50;

/// The sound about the window, and the places in it that are most like the window.
#[derive(Clone, Debug, Default)]
pub struct Periods {
    /// Frames between two places.
    stride: usize,
    /// Frames between two taps.
    tap: usize,
    smoothing: usize,
    /// Frames of the longest period, and known after the beginning of a window.
    longest: usize,
    known: usize,
    /// Frames before the window.
    before: usize,
    /// Whitened by the first prediction; smoothed; and of that every frame at which a place may be.
    around: Box<[f64]>,
    smooth: Box<[f64]>,
    coarse: Box<[f32]>,
    /// Before and after: how much of the window a place explains, and where it is.
    places: [(f32, usize); 2],
}

impl Periods {
    /// Readies for windows of up to `window` frames, and `known` frames that have come since a window began. Allocates.
    pub fn prepare(&mut self, rate: f64, window: usize, known: usize) {
        self.stride = (rate / SEARCH_HZ).max(1.0) as usize;
        self.tap = (rate / TAP_HZ).max(1.0) as usize;
        self.smoothing = (rate / SMOOTH_HZ).round().max(1.0) as usize;
        (self.longest, self.known) = (ms_to_frames(LONGEST_MS, rate) as usize, known);
        let most = 2 * (window + self.longest + 2 * self.margin()) + window;
        (self.around, self.smooth) = (vec![0.0; most].into(), vec![0.0; most].into());
        self.coarse = vec![0.0; most / self.stride + 1].into();
    }

    /// Frames that a piece begins earlier or ends later than its place says, at most.
    fn margin(&self) -> usize {
        TAPS_ASIDE * self.tap + self.stride
    }
}

impl Mender {
    /// Frames of the window that are whitened.
    fn window(&self) -> usize {
        self.length + ALL
    }

    /// The least that a place lies off the window, so that nothing of the click is in its piece.
    fn least_off(&self) -> usize {
        (self.length - LEAD).next_multiple_of(self.periods.stride)
    }

    /// Frames of the sound about the window that are looked at.
    fn all(&self) -> usize {
        let off = self.least_off() + self.periods.longest + self.periods.margin();
        self.periods.before + self.window() + off.min(self.periods.known.saturating_sub(self.window()))
    }

    /// Places on each side.
    fn sides(&self) -> [usize; 2] {
        let periods = &self.periods;
        let most = periods.longest / periods.stride;
        let after = self.all() - periods.before - self.window();
        let places = after.saturating_sub(self.least_off() + TAPS_ASIDE * periods.tap) / periods.stride;
        [most, most.min(places)]
    }

    pub(super) fn surround(&mut self, past: &Past, first: usize) {
        if first == 0 {
            let before = self.least_off() + self.periods.longest + self.periods.margin();
            self.periods.before = before.next_multiple_of(self.periods.stride);
        }
        let (all, before) = (self.all(), self.periods.before);
        let last = (first + FRAMES_A_STEP).min(all);
        let mut sound = [0.0; FRAMES_A_STEP + ORDER];
        for (i, x) in sound.iter_mut().enumerate() {
            *x = match (self.start + first + i).checked_sub(before + ORDER) {
                Some(number) => past.at(number)[self.channel],
                None => 0.0,
            };
        }
        convolve(&self.first, &sound, &mut self.periods.around[first..last]);
        self.stage = if last < all { Stage::Surround(last) } else { Stage::Smooth };
    }

    /// Less the click as it is known so far, through two running sums: one that ends with a frame and one that begins with it.
    pub(super) fn smooth(&mut self) {
        let (all, window) = (self.all(), self.window());
        self.sound();
        convolve(&self.first, &self.own[SECOND..], &mut self.own_white[..window]);
        let Periods { around, smooth, before, smoothing, .. } = &mut self.periods;
        for (x, own) in around[*before..].iter_mut().zip(&self.own_white[..window]) {
            *x -= own;
        }
        let (around, smooth) = (&around[..all], &mut smooth[..all]);
        let mut sum = 0.0;
        for i in 0..all {
            sum += around[i] - if i >= *smoothing { around[i - *smoothing] } else { 0.0 };
            smooth[i] = sum;
        }
        self.stage = Stage::SmoothBack;
    }

    pub(super) fn smooth_back(&mut self) {
        let all = self.all();
        let Periods { smooth, coarse, smoothing, stride, .. } = &mut self.periods;
        let smooth = &mut smooth[..all];
        let mut sum: f64 = smooth[..*smoothing].iter().sum();
        for i in 0..all {
            let leaves = std::mem::replace(&mut smooth[i], sum);
            sum += smooth.get(i + *smoothing).copied().unwrap_or(0.0) - leaves;
        }
        for (to, from) in coarse.iter_mut().zip(smooth.iter().step_by(*stride)) {
            *to = *from as f32;
        }
        self.periods.places = [(0.0, 0); 2];
        self.stage = Stage::Compare(0);
    }

    /// How much of the window each of some places explains.
    pub(super) fn compare(&mut self, first: usize) {
        let sides = self.sides();
        let (least, window) = (self.least_off(), self.window());
        let periods = &mut self.periods;
        let (at, frames) = (periods.before / periods.stride, window / periods.stride);
        let off = least / periods.stride;
        let last = (first + PLACES_A_STEP).min(sides[0] + sides[1]);
        for place in first..last {
            let (side, begin) = match place.checked_sub(sides[0]) {
                None => (0, at - off - place),
                Some(place) => (1, at + off + place),
            };
            let (own, piece) = (&periods.coarse[at..at + frames], &periods.coarse[begin..begin + frames]);
            let (alike, power) = (dot(own, piece).max(0.0), dot(piece, piece));
            let explains = alike * alike / power.max(f32::MIN_POSITIVE);
            if explains > periods.places[side].0 {
                periods.places[side] = (explains, begin * periods.stride);
            }
        }
        self.stage = if last < sides[0] + sides[1] { Stage::Compare(last) } else { Stage::Explain };
    }

    /// Takes the window from the pieces.
    pub(super) fn explain(&mut self) {
        let window = self.window();
        let Periods { around, smooth, places, before, tap, .. } = &mut self.periods;
        let target = &mut around[*before..*before + window];
        let column = |i: usize| {
            let (explains, begin) = places[i / TAPS];
            let begin = if explains > 0.0 { begin + i % TAPS * *tap - TAPS_ASIDE * *tap } else { 0 };
            (explains > 0.0, &smooth[begin..begin + window])
        };
        let mut rows = [[0.0; 2 * TAPS + 1]; 2 * TAPS];
        for i in 0..2 * TAPS {
            let (is, x) = column(i);
            if is {
                for k in 0..=i {
                    let (is, y) = column(k);
                    rows[i][k] = if is { dot(x, y) } else { 0.0 };
                    rows[k][i] = rows[i][k];
                }
                rows[i][2 * TAPS] = dot(x, target);
            }
            rows[i][i] += RIDGE * rows[i][i] + SILENCE;
        }
        if let Some(shares) = solve::<{ 2 * TAPS }, { 2 * TAPS + 1 }>(rows) {
            for (i, share) in shares.iter().enumerate() {
                for (x, piece) in target.iter_mut().zip(column(i).1) {
                    *x -= share * piece;
                }
            }
        }
        self.stage = Stage::WhitenAgain;
    }

    /// A second prediction, of what is left; both together take the place of the first.
    pub(super) fn whiten_again(&mut self) {
        let window = self.window();
        let before = self.periods.before;
        let around = &mut self.periods.around[before - SECOND..before + window];
        around[..SECOND].fill(0.0);
        let mut lags: [f64; SECOND + 1] =
            std::array::from_fn(|lag| dot(&around[SECOND..], &around[SECOND - lag..SECOND - lag + window]));
        lags[0] *= 1.0 + WHITE;
        let (second, power) = error_filter(&lags);
        self.filter = [0.0; ALL + 1];
        for (i, a) in self.first.iter().enumerate() {
            for (k, b) in second.iter().enumerate() {
                self.filter[i + k] += a * b;
            }
        }
        for (x, own) in around[SECOND..].iter_mut().zip(&self.own_white[..window]) {
            *x += own;
        }
        convolve(&second, around, &mut self.white[..window]);
        // More is left only of a click that lasts too long.
        self.unforeseen = (power / window as f64).min(self.unforeseen).max(SILENCE);
        self.stage = Stage::Back;
    }
}
