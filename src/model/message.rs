//! A sentence that is not worded yet: the id of a text and what to fill in. The wording in both
//! languages stands in `reports/texts.yaml`; code never carries sentences of its own.

use super::text::Text;

/// The id of a text with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub id: &'static str,
    pub args: Vec<(&'static str, Arg)>,
}

impl Message {
    /// A text without placeholders: the label of a word of the vocabulary.
    pub fn label(id: &'static str) -> Message {
        Message { id, args: Vec::new() }
    }
}

/// What fills a placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// The same in every language: a name, a figure, something the user typed.
    Plain(String),
    /// Worded in both languages already: a label from the data.
    Worded(Text),
    /// Another message.
    Message(Box<Message>),
    /// Several, joined by the list separator of the language.
    List(Vec<Arg>),
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl From<$type> for Arg {
            fn from(value: $type) -> Arg {
                Arg::Plain(value.to_string())
            }
        }
    )*};
}
plain!(&str, String, &String, usize, u32, u64, i64, jiff::civil::Date);

impl From<Text> for Arg {
    fn from(text: Text) -> Arg {
        Arg::Worded(text)
    }
}

impl From<&Text> for Arg {
    fn from(text: &Text) -> Arg {
        Arg::Worded(text.clone())
    }
}

impl From<Message> for Arg {
    fn from(message: Message) -> Arg {
        Arg::Message(Box::new(message))
    }
}

impl<A: Into<Arg>> From<Vec<A>> for Arg {
    fn from(list: Vec<A>) -> Arg {
        Arg::List(list.into_iter().map(Into::into).collect())
    }
}

/// `msg!("id")` or `msg!("id", name = value, ...)`. A test reads the sources for these calls and
/// holds every id and placeholder against the texts.
#[macro_export]
macro_rules! msg {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::model::message::Message {
            id: $id,
            args: vec![$((stringify!($name), $crate::model::message::Arg::from($value))),*],
        }
    };
}
