//! placeholder
#![forbid(unsafe_code)]
pub mod model;
pub mod audit;
pub mod cli;
pub mod evaluate;
pub mod evidence;
pub mod load;
pub mod report;
pub mod texts;
pub mod wire;
