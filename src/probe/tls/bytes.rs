//! Bytes in network order: a cursor that never reads past the end, and a writer of counted vectors.

/// Reads from the front. Every read says `None` where the bytes do not suffice.
#[derive(Debug, Clone, Copy)]
pub struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor(bytes)
    }

    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    pub fn u24(&mut self) -> Option<usize> {
        let bytes = self.take(3)?;
        Some(bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }

    /// A vector with its length in one byte before it, and so on.
    pub fn vector8(&mut self) -> Option<Cursor<'a>> {
        let length = self.u8()?;
        self.take(usize::from(length)).map(Cursor)
    }

    pub fn vector16(&mut self) -> Option<Cursor<'a>> {
        let length = self.u16()?;
        self.take(usize::from(length)).map(Cursor)
    }

    pub fn vector24(&mut self) -> Option<Cursor<'a>> {
        let length = self.u24()?;
        self.take(length).map(Cursor)
    }

    pub fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Appends vectors whose length stands before them.
pub trait Put {
    fn u16(&mut self, value: u16);
    fn vector8(&mut self, content: &[u8]);
    fn vector16(&mut self, content: &[u8]);
    fn extension(&mut self, kind: u16, content: &[u8]);
}

impl Put for Vec<u8> {
    fn u16(&mut self, value: u16) {
        self.extend(value.to_be_bytes());
    }

    fn vector8(&mut self, content: &[u8]) {
        // What we write is short by construction; a longer one would be cut, never miscounted.
        let content = content.get(..255).unwrap_or(content);
        self.push(content.len() as u8);
        self.extend(content);
    }

    fn vector16(&mut self, content: &[u8]) {
        let content = content.get(..65_535).unwrap_or(content);
        self.u16(content.len() as u16);
        self.extend(content);
    }

    fn extension(&mut self, kind: u16, content: &[u8]) {
        self.u16(kind);
        self.vector16(content);
    }
}

/// A list of numbers as bytes.
pub fn list16(list: &[u16]) -> Vec<u8> {
    list.iter().flat_map(|number| number.to_be_bytes()).collect()
}
