//! The Monitor on the audio thread: behind the meters, and behind everything that is sent to the editor.

use crate::telemetry::monitoring::{Compared, Monitoring};
use tandem_dsp::Frame;
use tandem_dsp::monitor::{Heard, Monitor, Player};
use tandem_dsp::units::db_to_gain;

/// What the host gets to hear.
pub struct Path {
    rate: f64,
    monitor: Monitor,
    player: Player,
    /// How often it has been told to jump.
    jumps: usize,
    /// What the player loops over: which recording, from where to where.
    looped: (Option<u32>, (usize, usize)),
}

/// Who is there to hear it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Someone at an open editor.
    Editor,
    /// The same, who listens to what bypass lets hear.
    Bypassed,
    /// No one looks.
    None,
    /// The host writes a file.
    Offline,
}

impl Path {
    /// Of a plug-in that runs at `rate` Hz. Allocates.
    pub fn new(rate: f64) -> Box<Self> {
        // What the audio thread is to look up is there before it does.
        tandem_translation::all();
        let (monitor, player) = (Monitor::default(), Player::default());
        let mut path = Self { rate, monitor, player, jumps: 0, looped: (None, (0, 0)) };
        path.reset();
        Box::new(path)
    }

    /// The rate that it was made for, Hz.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Lets hear the output at once.
    pub fn reset(&mut self) {
        self.monitor.prepare(self.rate);
        self.player.prepare(self.rate);
    }

    /// A block begins: does what `asked` says as far as `audience` allows. Returns whether something waits to be freed.
    pub fn follow(&mut self, asked: &Monitoring, audience: Audience) -> bool {
        if audience == Audience::Offline && !(self.monitor.is_off() && self.player.is_off()) {
            self.reset();
        }
        let attended = audience == Audience::Editor;
        self.monitor.set(&if attended { asked.heard() } else { Heard::default() });
        if matches!(audience, Audience::None | Audience::Offline) || asked.is_unloading() {
            if self.player.id().is_some() {
                self.player.unload();
            }
        } else if self.player.can_load()
            && let Some((recording, at)) = asked.take()
        {
            self.player.load(recording, at);
            self.jumps = asked.jump().0;
        }
        let (jumps, at) = asked.jump();
        if jumps != self.jumps {
            self.jumps = jumps;
            self.player.go_to(at);
        }
        let looped = (self.player.id(), asked.looped());
        if looped != self.looped {
            self.looped = looped;
            self.player.set_loop(looped.1.0, looped.1.1);
        }
        let [reference, master] = if attended { asked.gains_db() } else { [0.0; 2] };
        self.player.set_levels(db_to_gain(f64::from(reference)), db_to_gain(f64::from(master)));
        self.player.hear(attended && asked.compared() == Compared::Reference);
        let full = asked.retired.is_full();
        let done = if full { None } else { self.player.take_done() };
        let waits = done.is_some();
        if let Some(done) = done {
            // There is a place: nobody else gives any back.
            drop(asked.retired.push(done));
        }
        asked.tell(self.player.id(), self.player.position());
        waits
    }

    /// Processes frames in place.
    pub fn run(&mut self, frames: &mut [Frame]) {
        self.player.run(frames);
        self.monitor.run(frames);
    }

    /// Whether it makes a sound of its own, whatever comes in.
    pub fn sounds(&self) -> bool {
        self.player.is_heard()
    }
}
