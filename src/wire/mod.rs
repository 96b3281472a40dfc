//! The forms of what tenken writes for other programs, and reads back. Types of their own: a change
//! of the vocabulary does not change a file, and a change that breaks a reader raises the number.

pub mod assessment;
pub mod diff;
pub mod directory;
pub mod evidence;
pub mod facts;
pub mod package;
pub mod review;
pub mod transcript;
pub mod visit;
