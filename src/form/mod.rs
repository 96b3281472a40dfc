//! Questionnaires for people to fill in: a workbook, a commented YAML file, a dialogue in the
//! terminal. A form decides nothing and leaves nothing out that has been answered before.

pub mod evaluator;
mod lines;
pub mod official;
pub mod terminal;
pub mod workbook;
pub mod yaml;
