//! A processing order that is also an integer, so that one host parameter can hold it.

/// Places that a code orders: 10! codes survive a trip through a normalised f32, of 11! 39 % do not.
pub const PLACES: usize = 10;

/// Number of codes: 10!.
pub const CODES: u32 = 3_628_800;

/// The order in which ten places process: a permutation of `0..PLACES`. A place may be empty: which module has which
/// place is the rack's to say, so that a code means the same whatever is added to the empty ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    places: [u8; PLACES],
}

impl Default for Order {
    fn default() -> Self {
        Self::decode(0)
    }
}

impl Order {
    /// The places' numbers, first to process first.
    pub fn places(&self) -> &[u8; PLACES] {
        &self.places
    }

    /// The order with the Lehmer code `code` (factorial number system); 0 is the natural order.
    ///
    /// Codes of [`CODES`] and above wrap, so that every integer is an order.
    pub fn decode(code: u32) -> Self {
        let mut rest = code;
        let mut digits = [0u8; PLACES];
        for (i, digit) in digits.iter_mut().enumerate().rev() {
            let base = (PLACES - i) as u32;
            *digit = (rest % base) as u8;
            rest /= base;
        }
        let mut left: [u8; PLACES] = std::array::from_fn(|i| i as u8);
        let mut places = [0; PLACES];
        for (i, place) in places.iter_mut().enumerate() {
            let pick = digits[i] as usize;
            *place = left[pick];
            left.copy_within(pick + 1..PLACES - i, pick);
        }
        Self { places }
    }

    /// The code that [`decode`](Self::decode) turns into this order; below [`CODES`].
    pub fn encode(&self) -> u32 {
        let mut code = 0;
        for (i, place) in self.places.iter().enumerate() {
            let smaller_later = self.places[i + 1..].iter().filter(|later| *later < place).count();
            code = code * (PLACES - i) as u32 + smaller_later as u32;
        }
        code
    }

    /// The natural order, but with `named`, each a place and none twice, in this order where the natural order has them.
    /// `None` if one is no place or is there twice.
    pub fn arranged(named: &[u8]) -> Option<Self> {
        let mut is_named = [false; PLACES];
        for place in named {
            let seen = is_named.get_mut(*place as usize)?;
            if std::mem::replace(seen, true) {
                return None;
            }
        }
        let mut order = Self::default();
        let slots = order.places.iter_mut().zip(is_named).filter_map(|(slot, is_named)| is_named.then_some(slot));
        for (slot, place) in slots.zip(named) {
            *slot = *place;
        }
        Some(order)
    }
}
