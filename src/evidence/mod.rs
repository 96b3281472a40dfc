//! Files that answers refer to. For now: whether they are there, and their digests.

mod hash;
mod intact;

pub use hash::states;
pub use intact::{Own, altered};
