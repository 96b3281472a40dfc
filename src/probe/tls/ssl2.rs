//! SSL 2.0, which has a hello and an answer of its own. One question shows all: the server answers
//! with its certificate and every cipher it shares with us.

use super::bytes::{Cursor, Put};

/// Code and name of every cipher kind there was.
const KINDS: [(u32, &str); 7] = [
    (0x01_00_80, "SSL_CK_RC4_128_WITH_MD5"),
    (0x02_00_80, "SSL_CK_RC4_128_EXPORT40_WITH_MD5"),
    (0x03_00_80, "SSL_CK_RC2_128_CBC_WITH_MD5"),
    (0x04_00_80, "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5"),
    (0x05_00_80, "SSL_CK_IDEA_128_CBC_WITH_MD5"),
    (0x06_00_40, "SSL_CK_DES_64_CBC_WITH_MD5"),
    (0x07_00_c0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"),
];

/// What a server that speaks SSL 2.0 answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub suites: Vec<String>,
}

pub fn names() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(_, name)| *name)
}

pub fn hello() -> Vec<u8> {
    let kinds: Vec<u8> = KINDS.iter().flat_map(|(code, _)| code.to_be_bytes().into_iter().skip(1)).collect();
    let challenge = [0x74; 16];
    let mut body = vec![1];
    body.u16(0x0002);
    body.u16(kinds.len() as u16);
    body.u16(0);
    body.u16(challenge.len() as u16);
    body.extend(kinds);
    body.extend(challenge);
    let mut record = Vec::new();
    record.u16(0x8000 | body.len() as u16);
    record.extend(body);
    record
}

/// Whether these bytes can be the beginning of an answer in SSL 2.0: a record of two bytes' header
/// that holds a server hello.
pub fn may_begin(bytes: &[u8]) -> bool {
    matches!(bytes, [high, _, kind, ..] if high & 0x80 != 0 && *kind == 4)
}

/// These bytes can never become an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAnswer;

/// The answer, once all of it is there.
pub fn read(bytes: &[u8]) -> Result<Option<Answer>, NoAnswer> {
    let mut cursor = Cursor::new(bytes);
    let Some(length) = cursor.u16() else { return Ok(None) };
    if length & 0x8000 == 0 {
        return Err(NoAnswer);
    }
    let Some(body) = cursor.take(usize::from(length & 0x7fff)) else { return Ok(None) };
    answer(Cursor::new(body)).map(Some).ok_or(NoAnswer)
}

fn answer(mut body: Cursor) -> Option<Answer> {
    let (kind, _hit, _certificate_kind, version) = (body.u8()?, body.u8()?, body.u8()?, body.u16()?);
    let (certificate, kinds, _connection) = (body.u16()?, body.u16()?, body.u16()?);
    body.take(usize::from(certificate))?;
    let kinds = body.take(usize::from(kinds))?;
    if (kind, version) != (4, 2) {
        return None;
    }
    let name = |code: &[u8]| {
        let code = code.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
        KINDS.iter().find(|(one, _)| *one == code).map(|(_, name)| (*name).to_owned())
    };
    Some(Answer { suites: kinds.chunks_exact(3).filter_map(name).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_names_what_is_shared() {
        let mut body = vec![4, 0, 1, 0, 2, 0, 2, 0, 6, 0, 0, 0xaa, 0xbb];
        body.extend([0x01, 0x00, 0x80, 0x07, 0x00, 0xc0]);
        let mut bytes = vec![0x80, body.len() as u8];
        bytes.extend(&body);
        assert_eq!(read(&bytes[..8]), Ok(None));
        let answer = read(&bytes).unwrap().unwrap();
        assert_eq!(answer.suites, ["SSL_CK_RC4_128_WITH_MD5", "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"]);
        assert_eq!(read(b"HTTP/1.1 400"), Err(NoAnswer));
    }

    #[test]
    fn the_hello_counts_its_bytes() {
        let hello = hello();
        assert_eq!(usize::from(hello[1]), hello.len() - 2);
        assert_eq!(hello.len(), 2 + 9 + 21 + 16);
    }
}
