//! Stored data with its version and a hash, so that what is damaged is not taken for a sound.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Counts changes of the layout.
const VERSION: u32 = 1;

/// What is said of data that are not what was stored.
pub const DAMAGED: &str = "The captured spectra of this session are damaged and were left out: capture them again.";

/// What is said of data of a later version.
const NEWER: &str = "The captured spectra of this session are of a newer Tandem and were left out.";

#[derive(Serialize, Deserialize)]
struct Sealed {
    version: u32,
    hash: String,
    data: Value,
}

/// `data` with version and hash.
pub fn seal<T: Serialize>(data: &T) -> Option<Value> {
    let data = serde_json::to_value(data).ok()?;
    serde_json::to_value(Sealed { version: VERSION, hash: hash(&data), data }).ok()
}

/// The inverse; why not where the version is a later one or the hash another.
pub fn open<T: DeserializeOwned>(sealed: &Value) -> Result<T, &'static str> {
    let Sealed { version, hash: stored, data } = Sealed::deserialize(sealed).map_err(|_| DAMAGED)?;
    if version > VERSION {
        return Err(NEWER);
    }
    if stored != hash(&data) {
        return Err(DAMAGED);
    }
    serde_json::from_value(data).map_err(|_| DAMAGED)
}

/// FNV-1a, 64 bit, of the data as text (G. Fowler, L. C. Noll, K.-P. Vo, 1991): their keys are in order, and all numbers
/// whole, so equal data are equal texts.
fn hash(data: &Value) -> String {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let hash = data.to_string().bytes().fold(BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    format!("{hash:016x}")
}
