//! Files that answers refer to: whether they are there and may serve, their digests, and who refers to
//! them. Decides nothing.

mod accepted;
mod hash;
mod intact;
mod inventory;

pub use accepted::problem;
pub use hash::{LARGEST, digest, states};
pub use intact::{Own, altered};
pub use inventory::{Entry, FOLDER, Remark, Request, inventory};
