//! What a probe can say of one fact.

use crate::model::fact::Value;
use crate::model::message::Message;

/// A value, that there is none, or why it could not be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Known(Value),
    Absent,
    Unknown(Message),
}

impl State {
    /// A list; an empty one says that there is nothing.
    pub fn list(words: Vec<String>) -> State {
        if words.is_empty() { State::Absent } else { State::Known(Value::List(words)) }
    }

    pub fn flag(value: bool) -> State {
        State::Known(Value::Boolean(value))
    }

    pub fn text(word: &str) -> State {
        State::Known(Value::Text(word.to_owned()))
    }

    pub fn number(number: i64) -> State {
        State::Known(Value::Integer(number))
    }
}
