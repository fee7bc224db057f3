//! The esses of a voice: where they are, and how loud.

use crate::audio::Sound;
use realfft::RealFftPlanner;
use tandem_dsp::units::power_to_db;

/// Where sibilants lie, Hz.
pub const SIBILANTS_HZ: (f64, f64) = (4_000.0, 12_000.0);

/// A moment: shorter than any ess, long enough to tell lows from highs.
const MOMENT_S: f64 = 0.02;

/// What is softer than the loudest moment by more, dB, is no ess but air or noise.
const HEARD_WITHIN_DB: f64 = 45.0;

/// A moment's power, linear.
#[derive(Clone, Copy, Debug)]
struct Moment {
    all: f64,
    high: f64,
}

/// Moments of a voice in which more of its power is in the sibilants' range than in all others.
#[derive(Clone, Debug)]
pub struct Sibilants {
    at: Vec<usize>,
    /// Of all moments that are heard, the part that are esses.
    pub share: f64,
}

impl Sibilants {
    /// Finds them.
    pub fn of(sound: &Sound) -> Self {
        let moments = moments(sound);
        let loudest = moments.iter().map(|moment| moment.all).fold(0.0, f64::max);
        let heard = |moment: &Moment| power_to_db(moment.all / loudest) > -HEARD_WITHIN_DB;
        let of: Vec<_> = moments.iter().enumerate().filter(|(_, moment)| heard(moment)).collect();
        let at: Vec<_> = of.iter().filter(|(_, moment)| moment.high > 0.5 * moment.all).map(|(i, _)| *i).collect();
        let share = at.len() as f64 / of.len().max(1) as f64;
        Self { at, share }
    }

    /// Level of `sound` in the sibilants' range at these moments, which were found in it before it was worked on, dBFS; NaN
    /// where there are none.
    pub fn level_db(&self, sound: &Sound) -> f64 {
        let moments = moments(sound);
        let powers: Vec<f64> = self.at.iter().filter_map(|at| moments.get(*at)).map(|moment| moment.high).collect();
        if powers.is_empty() {
            return f64::NAN;
        }
        power_to_db(powers.iter().sum::<f64>() / powers.len() as f64)
    }
}

/// The moments of both channels together, one after the other.
fn moments(sound: &Sound) -> Vec<Moment> {
    let rate = f64::from(sound.rate);
    let length = 2 * ((0.5 * MOMENT_S * rate) as usize).max(8);
    let plan = RealFftPlanner::<f64>::new().plan_fft_forward(length);
    let (mut time, mut spectrum) = (plan.make_input_vec(), plan.make_output_vec());
    let turn = std::f64::consts::TAU / length as f64;
    let window: Vec<f64> = (0..length).map(|i| 0.5 - 0.5 * (turn * i as f64).cos()).collect();
    // Parseval, with the mean of a squared Hann window.
    let scale = 2.0 / (0.375 * (length * length) as f64 * sound.channels.len().max(1) as f64);
    let bin = |hz: f64| ((hz * length as f64 / rate) as usize).min(spectrum.len());
    let (low, high) = (bin(SIBILANTS_HZ.0), bin(SIBILANTS_HZ.1));
    (0..sound.frames() / length)
        .map(|number| {
            let mut moment = Moment { all: 0.0, high: 0.0 };
            for channel in &sound.channels {
                let part = &channel[number * length..(number + 1) * length];
                time.iter_mut().zip(part).zip(&window).for_each(|((to, x), w)| *to = f64::from(*x) * w);
                if plan.process(&mut time, &mut spectrum).is_ok() {
                    moment.all += scale * spectrum.iter().map(|x| x.norm_sqr()).sum::<f64>();
                    moment.high += scale * spectrum[low..high].iter().map(|x| x.norm_sqr()).sum::<f64>();
                }
            }
            moment
        })
        .collect()
}
