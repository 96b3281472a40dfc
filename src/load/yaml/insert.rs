//! Puts one more document into `answers.yaml`, as text: comments, order and layout stay as somebody
//! wrote them. It knows the ways in which people write such a file and gives up on any other; whoever
//! calls it reads the outcome again and sees whether it says what it should.

use super::node::{self, Node, NodeKind};

/// The text with a document, written as a flow mapping, added to an item's evidence. Nothing where it
/// is written in a way that cannot be added to.
pub fn evidence(text: &str, item: &str, document: &str) -> Option<String> {
    let root = node::parse(text).ok()?;
    let editor = Editor { text, line_end: if text.contains("\r\n") { "\r\n" } else { "\n" } };
    let flow = format!("{item}: {{evidence: [{document}]}}");
    let block =
        |indent: usize| [indented(indent, &format!("{item}:"))].into_iter().chain(list(indent + 2, document));
    let entries = match &root.kind {
        NodeKind::Null => return editor.at_end(["answers:".to_owned()].into_iter().chain(block(2))),
        NodeKind::Map(entries) => entries,
        _ => return None,
    };
    let Some((key, answers)) = child(entries, "answers") else {
        return match editor.is_flow(&root) {
            true => None,
            false => editor.at_end(["answers:".to_owned()].into_iter().chain(block(2))),
        };
    };
    match &answers.kind {
        NodeKind::Null => editor.below(key, answers, &format!("{{{flow}}}"), block(editor.indent(key)? + 2)),
        NodeKind::Map(items) => match child(items, item) {
            Some((key, answer)) => editor.answer(key, answer, document),
            None if editor.is_flow(answers) => editor.first(answers, &flow, items.is_empty()),
            None => {
                let (last, _) = items.last()?;
                let indent = editor.indent(last)?;
                editor.at(editor.end_of(last, indent)?, block(indent))
            }
        },
        _ => None,
    }
}

fn child<'n, 's>(entries: &'n [(Node<'s>, Node<'s>)], name: &str) -> Option<&'n (Node<'s>, Node<'s>)> {
    entries.iter().find(|(key, _)| key.scalar() == Some(name))
}

fn indented(indent: usize, text: &str) -> String {
    format!("{}{text}", " ".repeat(indent))
}

/// `evidence:` with a document below it.
fn list(indent: usize, document: &str) -> [String; 2] {
    [indented(indent, "evidence:"), indented(indent + 2, &format!("- {document}"))]
}

struct Editor<'t> {
    text: &'t str,
    line_end: &'static str,
}

impl Editor<'_> {
    fn answer(&self, key: &Node, answer: &Node, document: &str) -> Option<String> {
        let flow = format!("evidence: [{document}]");
        let parts = match &answer.kind {
            NodeKind::Null => {
                let indent = self.indent(key)?;
                return self.below(key, answer, &format!("{{{flow}}}"), list(indent + 2, document));
            }
            NodeKind::Map(parts) => parts,
            _ => return None,
        };
        if let Some((key, list)) = child(parts, "evidence") {
            return self.evidence(key, list, document);
        }
        if self.is_flow(answer) {
            return self.first(answer, &flow, parts.is_empty());
        }
        let (first, _) = parts.first()?;
        let indent = self.indent(first)?;
        // Where questionnaires have it: after the answer and the measure.
        let before = ["measure", "status"].iter().find_map(|name| child(parts, name));
        let place = match before {
            Some((key, _)) => self.end_of(key, indent)?,
            None => self.line_of(first.start),
        };
        self.at(place, list(indent, document))
    }

    fn evidence(&self, key: &Node, list: &Node, document: &str) -> Option<String> {
        let documents = match &list.kind {
            NodeKind::Null => {
                let indent = self.indent(key)?;
                let line = indented(indent + 2, &format!("- {document}"));
                return self.below(key, list, &format!("[{document}]"), [line]);
            }
            NodeKind::List(documents) => documents,
            _ => return None,
        };
        if self.is_flow(list) {
            let end = self.closing(list.start)?;
            let before = self.text.get(..end)?.trim_end();
            let comma = match () {
                () if documents.is_empty() => "",
                () if before.ends_with(',') => " ",
                () => ", ",
            };
            return self.replace(before.len(), before.len(), &format!("{comma}{document}"));
        }
        let start = self.line_of(documents.last()?.start);
        let line = self.text.get(start..)?.lines().next()?;
        let indent = line.len() - line.trim_start().len();
        line.trim_start().starts_with('-').then_some(())?;
        self.at(self.end_of_line(start, indent)?, [indented(indent, &format!("- {document}"))])
    }

    /// Whether a list or a mapping is written in brackets.
    fn is_flow(&self, node: &Node) -> bool {
        self.text.get(node.start..).is_some_and(|rest| rest.starts_with(['{', '[']))
    }

    /// How far a key is indented; nothing where something stands before it.
    fn indent(&self, key: &Node) -> Option<usize> {
        let before = self.text.get(self.line_of(key.start)..key.start)?;
        before.chars().all(|c| c == ' ').then_some(before.len())
    }

    /// Where the line of a place begins.
    fn line_of(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
    }

    fn end_of(&self, key: &Node, indent: usize) -> Option<usize> {
        self.end_of_line(self.line_of(key.start), indent)
    }

    /// Where that ends which begins on a line: after the last line below it that is indented further.
    fn end_of_line(&self, start: usize, indent: usize) -> Option<usize> {
        let (mut at, mut end) = (start, start);
        for (number, line) in self.text.get(start..)?.split_inclusive('\n').enumerate() {
            let bare = line.trim_start_matches(' ');
            let is_blank = bare.trim().is_empty();
            if number > 0 && !is_blank && line.len() - bare.len() <= indent {
                break;
            }
            at += line.len();
            if !is_blank {
                end = at;
            }
        }
        Some(end)
    }

    /// Instead of a null that is written out, or on lines below the key of one that is not.
    fn below(
        &self,
        key: &Node,
        null: &Node,
        instead: &str,
        lines: impl IntoIterator<Item = String>,
    ) -> Option<String> {
        let spelt = ["null", "Null", "NULL", "~"];
        let rest = self.text.get(null.start..)?;
        let written = spelt.iter().find(|word| rest.starts_with(**word)).filter(|_| null.start > key.start);
        match written {
            Some(word) => self.replace(null.start, null.start + word.len(), instead),
            None => {
                let start = self.line_of(key.start);
                let line = self.text.get(start..)?.split_inclusive('\n').next()?;
                self.at(start + line.len(), lines)
            }
        }
    }

    /// As the first entry of a mapping in brackets.
    fn first(&self, map: &Node, entry: &str, is_empty: bool) -> Option<String> {
        let comma = if is_empty { "" } else { ", " };
        self.replace(map.start + 1, map.start + 1, &format!("{entry}{comma}"))
    }

    fn at_end(&self, lines: impl IntoIterator<Item = String>) -> Option<String> {
        self.at(self.text.len(), lines)
    }

    /// Lines of their own, at the beginning of a line or the end of the text.
    fn at(&self, place: usize, lines: impl IntoIterator<Item = String>) -> Option<String> {
        let is_open = place > 0 && !self.text.get(..place)?.ends_with('\n');
        let start = if is_open { self.line_end } else { "" };
        let lines: String = lines.into_iter().map(|line| line + self.line_end).collect();
        self.replace(place, place, &format!("{start}{lines}"))
    }

    fn replace(&self, from: usize, to: usize, with: &str) -> Option<String> {
        Some([self.text.get(..from)?, with, self.text.get(to..)?].concat())
    }

    /// Where the bracket closes that opens at a place.
    fn closing(&self, open: usize) -> Option<usize> {
        let (mut depth, mut quote, mut before) = (0_u32, None, ' ');
        let mut characters = self.text.get(open..)?.char_indices().peekable();
        while let Some((at, c)) = characters.next() {
            match (quote, c) {
                (Some('"'), '\\') => drop(characters.next()),
                // Twice in a row it stands for itself.
                (Some('\''), '\'') if characters.peek().is_some_and(|(_, next)| *next == '\'') => {
                    characters.next();
                }
                (Some(mark), c) if mark == c && c != '#' => quote = None,
                (Some('#'), '\n') => quote = None,
                (Some(_), _) => {}
                // Within a word it is an apostrophe.
                (None, '"' | '\'') if before.is_whitespace() || "[{,:".contains(before) => quote = Some(c),
                (None, '#') if before.is_whitespace() => quote = Some('#'),
                (None, '[' | '{') => depth += 1,
                (None, ']' | '}') => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(open + at);
                    }
                }
                (None, _) => {}
            }
            before = c;
        }
        None
    }
}
