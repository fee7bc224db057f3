//! A capture under way.

use crate::editor::session::Session;
use tandem_dsp::block::graphic::{BANDS, Curve};
use tandem_dsp::captured::Source;
use tandem_dsp::module::match_eq::{BEGUN_READOUT, GROUP, HEARD_READOUT, LEVEL_READOUT};

/// What it is, and what has come of it.
pub(super) struct Taking {
    pub source: Source,
    /// The count of captures before it: until that changes, what is read is of another one.
    before: Option<f32>,
    heard_s: f32,
    levels_db: Option<Curve>,
}

impl Taking {
    /// Begins to capture.
    pub fn begin(session: &Session, source: Source) -> Self {
        session.telemetry.capturing.begin(source);
        let before = session.look.get(&GROUP, &BEGUN_READOUT);
        Self { source, before, heard_s: 0.0, levels_db: None }
    }

    /// Every picture.
    pub fn update(&mut self, session: &Session) {
        let read = |readout| session.look.get(&GROUP, readout);
        let begun = read(&BEGUN_READOUT);
        if begun.is_none() || begun == self.before {
            return;
        }
        self.heard_s = read(&HEARD_READOUT).unwrap_or(0.0);
        let levels: [Option<f32>; BANDS] = std::array::from_fn(|third| read(&LEVEL_READOUT[third]));
        self.levels_db = levels[0].is_some().then(|| levels.map(|level| f64::from(level.unwrap_or(-200.0))));
    }

    /// Seconds of programme so far.
    pub fn heard_s(&self) -> f32 {
        self.heard_s
    }

    /// The levels so far, once there are so many seconds of programme.
    pub fn levels_db(&self, enough_s: f32) -> Option<&Curve> {
        self.levels_db.as_ref().filter(|_| self.heard_s >= enough_s)
    }

    /// Ends it and gives the levels, or why there are none.
    pub fn end(&self, session: &Session) -> Result<Curve, String> {
        session.telemetry.capturing.end();
        let too_short =
            || format!("Only {:.0} s of programme were heard, 3 are needed: nothing was kept.", self.heard_s);
        self.levels_db(super::ENOUGH_S).copied().ok_or_else(too_short)
    }
}
