//! What an answer says to a hello: accepted, refused, or nothing that anything follows from. Only a
//! server that answers can refuse.

use super::flight::{Flight, Wrong};
use super::hello::Hello;
use super::line::Answer;
use super::suites;
use super::version::Version;
use crate::model::message::Message;
use crate::msg;
use crate::wire::transcript::Silence;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    Accepted(Box<Flight>),
    Refused {
        /// The server says by its alert that versions or suites do not meet; any other refusal may be
        /// about the form of the hello.
        is_plain: bool,
        alert: Option<u8>,
    },
    Unclear(Message),
}

/// Alerts by which a server says that nothing it has was offered.
const NOTHING_SHARED: [u8; 3] = [40, 70, 71];

pub fn read(hello: &Hello, answer: Answer) -> Reading {
    match answer {
        Answer::Flight(flight) => flight_to(hello, flight),
        Answer::Wrong(wrong) => Reading::Unclear(self::wrong(wrong)),
        // Closing is an answer where it is repeated, and another hello is answered in between.
        Answer::Silent { why: Silence::Closed, is_meant: true } => {
            Reading::Refused { is_plain: false, alert: None }
        }
        Answer::Silent { why, .. } => Reading::Unclear(silence(why)),
    }
}

fn flight_to(hello: &Hello, flight: Flight) -> Reading {
    if flight.ssl2.is_some() {
        return match hello.version {
            Version::Ssl2 => Reading::Accepted(Box::new(flight)),
            _ => Reading::Unclear(msg!("probe.version_not_offered", version = Version::Ssl2.word())),
        };
    }
    let Some(answer) = &flight.hello else {
        let alert = flight.alerts.last().map(|alert| alert.code);
        let is_plain = alert.is_some_and(|alert| NOTHING_SHARED.contains(&alert));
        return Reading::Refused { is_plain, alert };
    };
    match Version::from_code(answer.version) {
        Some(version) if version == hello.version => {}
        // The server negotiates down: it has nothing as new as what was asked for.
        Some(version) if version < hello.version && hello.version != Version::Tls13 => {
            return Reading::Refused { is_plain: true, alert: None };
        }
        Some(version) => {
            return Reading::Unclear(msg!("probe.version_not_offered", version = version.word()));
        }
        None => {
            let code = format!("0x{:04X}", answer.version);
            return Reading::Unclear(msg!("probe.version_not_offered", version = code));
        }
    }
    if !hello.suites.contains(&answer.suite) {
        return Reading::Unclear(msg!("probe.suite_not_offered", suite = suites::name(answer.suite)));
    }
    if answer.group.is_some_and(|group| !hello.groups.contains(&group)) {
        return Reading::Unclear(msg!("probe.group_not_offered"));
    }
    Reading::Accepted(Box::new(flight))
}

pub fn silence(why: Silence) -> Message {
    match why {
        Silence::Refused => msg!("probe.refused"),
        Silence::Unreachable => msg!("probe.unreachable"),
        Silence::NoConnection => msg!("probe.no_connection"),
        Silence::Closed => msg!("probe.closed"),
        Silence::Reset => msg!("probe.reset"),
        Silence::TimedOut => msg!("probe.timed_out"),
        Silence::Deadline => msg!("probe.deadline"),
        Silence::NotThrough => msg!("probe.not_through"),
    }
}

pub fn wrong(wrong: Wrong) -> Message {
    match wrong {
        Wrong::NotTls => msg!("probe.not_tls"),
        Wrong::RecordTooLong => msg!("probe.record_too_long"),
        Wrong::TooMuch => msg!("probe.too_much"),
        Wrong::TooManyCertificates => msg!("probe.too_many_certificates"),
        Wrong::Malformed => msg!("probe.malformed"),
        Wrong::OutOfOrder => msg!("probe.out_of_order"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tls::flight::{Alert, ServerHello};

    fn answered(version: u16, suite: u16) -> Answer {
        let hello = ServerHello {
            version,
            suite,
            compression: 0,
            is_retry: false,
            group: None,
            alpn: None,
            extensions: vec![],
        };
        Answer::Flight(Flight { hello: Some(hello), ..Flight::default() })
    }

    fn alerted(code: u8) -> Answer {
        Answer::Flight(Flight { alerts: vec![Alert { is_fatal: true, code }], ..Flight::default() })
    }

    #[test]
    fn only_what_was_offered_can_be_accepted() {
        let hello = Hello::new(Version::Tls12, None).with_suites(vec![0xc02f]);
        assert!(matches!(read(&hello, answered(0x0303, 0xc02f)), Reading::Accepted(_)));
        assert!(matches!(read(&hello, answered(0x0303, 0xc030)), Reading::Unclear(_)));
        assert!(matches!(read(&hello, answered(0x0304, 0xc02f)), Reading::Unclear(_)));
        assert!(matches!(read(&hello, answered(0x0302, 0x002f)), Reading::Refused { is_plain: true, .. }));
        assert!(matches!(read(&hello, answered(0x7f1c, 0xc02f)), Reading::Unclear(_)));
        let modern = Hello::new(Version::Tls13, None);
        assert!(matches!(read(&modern, answered(0x0303, 0xc02f)), Reading::Unclear(_)));
    }

    #[test]
    fn silence_is_no_refusal() {
        let hello = Hello::new(Version::Tls10, None);
        let silent = |why, is_meant| read(&hello, Answer::Silent { why, is_meant });
        for why in
            [Silence::Reset, Silence::TimedOut, Silence::Deadline, Silence::Refused, Silence::NoConnection]
        {
            for is_meant in [false, true] {
                assert!(matches!(silent(why, is_meant), Reading::Unclear(_)), "{why:?}");
            }
        }
        assert!(matches!(silent(Silence::Closed, false), Reading::Unclear(_)));
        assert!(matches!(silent(Silence::Closed, true), Reading::Refused { .. }));
        assert!(matches!(read(&hello, alerted(70)), Reading::Refused { is_plain: true, .. }));
        assert!(matches!(read(&hello, alerted(80)), Reading::Refused { is_plain: false, .. }));
    }
}
