//! A processing order that is also an integer, so that one host parameter can hold it.

/// Most places that a code may order: 10! codes survive a trip through a normalised f32, of 11! 39 % do not.
pub const MAX_PLACES: usize = 10;

/// Number of codes: 10!.
pub const CODES: u32 = 3_628_800;

/// The order in which `N` modules process: a permutation of `0..N`, `N` ≤ [`MAX_PLACES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order<const N: usize> {
    slots: [u8; N],
}

impl<const N: usize> Default for Order<N> {
    fn default() -> Self {
        Self::decode(0)
    }
}

impl<const N: usize> Order<N> {
    /// The modules' numbers, first to process first.
    pub fn slots(&self) -> &[u8; N] {
        &self.slots
    }

    /// The order with the Lehmer code `code` (factorial number system); 0 is the natural order.
    ///
    /// Codes of N! and above are of orders with more places: they wrap, so that every integer is an order.
    pub fn decode(code: u32) -> Self {
        const { assert!(N <= MAX_PLACES) };
        let mut rest = code;
        let mut digits = [0u8; N];
        for place in (0..N).rev() {
            let base = (N - place) as u32;
            digits[place] = (rest % base) as u8;
            rest /= base;
        }
        let mut left: [u8; N] = std::array::from_fn(|i| i as u8);
        let mut slots = [0; N];
        for (place, slot) in slots.iter_mut().enumerate() {
            let pick = digits[place] as usize;
            *slot = left[pick];
            left.copy_within(pick + 1..N - place, pick);
        }
        Self { slots }
    }

    /// The code that [`decode`](Self::decode) turns into this order; below N!.
    pub fn encode(&self) -> u32 {
        let mut code = 0;
        for (place, slot) in self.slots.iter().enumerate() {
            let smaller_later = self.slots[place + 1..].iter().filter(|later| *later < slot).count();
            code = code * (N - place) as u32 + smaller_later as u32;
        }
        code
    }

    /// The order with the module at `from` taken out and put back at place `to`; both below `N`, else unchanged.
    pub fn moved(mut self, from: usize, to: usize) -> Self {
        if from < N && to < N {
            if from < to {
                self.slots[from..=to].rotate_left(1);
            } else {
                self.slots[to..=from].rotate_right(1);
            }
        }
        self
    }
}
