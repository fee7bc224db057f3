//! Makes what hosts hand over as channels complete: the framework reads every pointer that a layout says is there.

/// Most frames of a block that can be completed; four times the longest that hosts use.
pub const LONGEST_BLOCK: usize = 1 << 16;

/// What a missing channel is. Read only: the framework copies inputs.
static SILENCE: [f32; LONGEST_BLOCK] = [0.0; LONGEST_BLOCK];

/// Channels of an input bus as the host hands them over: a list of pointers that may be null, as may be those in it.
#[derive(Clone, Copy)]
pub struct Given {
    /// The list.
    pub list: *mut *mut f32,
    /// How many there are said to be.
    pub channels: usize,
}

impl Given {
    /// No channels.
    pub const NONE: Self = Self { list: std::ptr::null_mut(), channels: 0 };

    /// The pointer at `index`, null where there is none.
    ///
    /// # Safety
    /// `list` is null or holds `channels` pointers.
    unsafe fn channel(self, index: usize) -> *mut f32 {
        if self.list.is_null() || index >= self.channels {
            return std::ptr::null_mut();
        }
        // SAFETY: the list holds as many, as the caller says.
        unsafe { *self.list.add(index) }
    }

    /// Pointers for two input lanes that can all be read for [`LONGEST_BLOCK`] frames or the host's block: a single
    /// channel serves both, a missing one is silence.
    ///
    /// # Safety
    /// `list` is null or holds `channels` pointers.
    pub unsafe fn inputs(self) -> [*mut f32; 2] {
        let silence = SILENCE.as_ptr().cast_mut();
        [0, 1].map(|lane| {
            // SAFETY: as the caller says.
            let channel = unsafe { self.channel(if self.channels == 1 { 0 } else { lane }) };
            if channel.is_null() { silence } else { channel }
        })
    }

    /// The first `wanted` pointers of an output bus, or `None` if one of them is missing.
    ///
    /// # Safety
    /// `list` is null or holds `channels` pointers.
    pub unsafe fn outputs(self, wanted: usize) -> Option<[*mut f32; 2]> {
        // SAFETY: as the caller says.
        let lanes = [0, 1].map(|lane| unsafe { self.channel(lane) });
        lanes.iter().take(wanted).all(|lane| !lane.is_null()).then_some(lanes)
    }

    /// Silences what there is of an output bus.
    ///
    /// # Safety
    /// `list` is null or holds `channels` pointers, each null or good to write `frames` floats to.
    pub unsafe fn silence(self, frames: usize) {
        for index in 0..self.channels {
            // SAFETY: as the caller says.
            let channel = unsafe { self.channel(index) };
            if !channel.is_null() {
                // SAFETY: as the caller says.
                unsafe { std::slice::from_raw_parts_mut(channel, frames) }.fill(0.0);
            }
        }
    }
}
