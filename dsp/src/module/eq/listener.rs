//! Listening to what a band works on, instead of to the equaliser.

use super::filter::{Filter, Kind};
use super::focus::Focus;
use crate::module::key::Source;
use crate::smooth::Gain;
use crate::{CONTROL_INTERVAL, Frame};

/// A listen state: not a setting.
#[derive(Clone, Debug, Default)]
pub struct Listener {
    /// The band asked for, and the one that is heard or fades.
    wanted: Option<usize>,
    heard: Option<usize>,
    focus: Focus,
    /// Whether that is the side-chain's.
    external: bool,
    /// 1 where the band is heard, 0 where the equaliser is.
    fade: Gain,
}

impl Listener {
    /// Readies for `rate` Hz.
    pub fn prepare(&mut self, rate: f64) {
        self.focus.prepare(rate);
        self.fade.prepare(rate);
        self.reset();
    }

    /// Forgets the past, but not what is listened to.
    pub fn reset(&mut self) {
        self.heard = None;
        self.focus.reset();
        self.fade.reset();
        self.fade.aim(0.0);
    }

    /// Asks for a band, from 0, or for the equaliser.
    pub fn listen_to(&mut self, band: Option<usize>) {
        self.wanted = band;
    }

    /// The band whose settings [`follow`](Self::follow) needs at the next control tick.
    pub fn band(&self) -> Option<usize> {
        self.heard.or(self.wanted)
    }

    /// Whether anything but the equaliser is heard, or will be.
    pub fn is_on(&self) -> bool {
        self.band().is_some()
    }

    /// A control tick, with the settings of [`band`](Self::band).
    pub fn follow(&mut self, filter: &Filter) {
        if self.heard.is_none() {
            self.heard = self.wanted;
            self.focus.reset();
        }
        if let Kind::Band(shape) = filter.kind {
            self.focus.set(shape, filter.placement, &filter.point);
            self.external = filter.dynamics.on && shape.has_gain() && filter.dynamics.key == Source::External;
        }
        self.fade.aim(if self.heard == self.wanted { 1.0 } else { 0.0 });
        self.fade.control();
        self.focus.control();
        if self.heard != self.wanted && self.fade.steady() == Some(0.0) {
            self.heard = None;
        }
    }

    /// Replaces the equaliser's output, as far as the fade says, with the band's range of its input or of the side-chain.
    pub fn run(&mut self, input: &[Frame], keys: &[Frame], output: &mut [Frame]) {
        if self.heard.is_none() {
            return;
        }
        let mut range = [[0.0; 2]; CONTROL_INTERVAL];
        let range = &mut range[..input.len()];
        range.copy_from_slice(if self.external { keys } else { input });
        self.focus.enter(range);
        self.focus.run(range);
        self.focus.leave(range);
        for (out, range) in output.iter_mut().zip(&*range) {
            let amount = self.fade.advance();
            *out = [out[0] + amount * (range[0] - out[0]), out[1] + amount * (range[1] - out[1])];
        }
    }
}
