//! An assessment, shown. Every format is a projection and decides nothing.

pub mod facts;
pub mod json;
pub mod measured;
pub mod sentence;
pub mod summary;
pub mod typeset;
