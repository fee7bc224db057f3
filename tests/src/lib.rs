//! What the tests share: signals, and measurements of them.

pub mod fit;
pub mod measure;
pub mod signals;
pub mod voice;
