//! Lines in, lines out: what the dialogues of the terminal have in common. They work over any connection,
//! with any input method, and can be piped.

use std::io::{self, BufRead, Write};

use crate::model::message::Message;
use crate::model::text::Lang;
use crate::texts::render;
use crate::typeset::plain;

/// Where questions go and answers come from.
pub struct Terminal<'t> {
    pub input: &'t mut dyn BufRead,
    pub output: &'t mut dyn Write,
}

impl std::fmt::Debug for Terminal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Terminal")
    }
}

/// A terminal, and the language that is spoken on it.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    pub terminal: Terminal<'t>,
    pub lang: Lang,
}

/// Nobody types longer lines; what is piped may be anything.
const LONGEST_LINE: u64 = 100_000;

impl Lines<'_> {
    /// One line, trimmed; nothing where the input has ended.
    pub fn prompt(&mut self, question: &Message) -> io::Result<Option<String>> {
        let question = render(question, self.lang);
        self.write(&question)?;
        let mut bytes = Vec::new();
        let mut limited = io::Read::take(&mut *self.terminal.input, LONGEST_LINE);
        if limited.read_until(b'\n', &mut bytes)? == 0 {
            self.write("\n")?;
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&bytes);
        Ok(Some(plain(line.trim()).trim().to_owned()))
    }

    pub fn say(&mut self, message: &Message) -> io::Result<()> {
        let mut text = render(message, self.lang);
        text.push('\n');
        self.write(&text)
    }

    pub fn write(&mut self, text: &str) -> io::Result<()> {
        self.terminal.output.write_all(text.as_bytes())?;
        self.terminal.output.flush()
    }
}
