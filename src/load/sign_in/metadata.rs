//! Reads SAML metadata: whether it names a context that means several factors.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::meaning;
use crate::model::message::Message;
use crate::model::sign_in::Metadata;
use crate::msg;

/// Parts of a document that are looked at, at most.
const MOST_EVENTS: usize = 500_000;

pub fn names_several_factors(text: &str, digest: String) -> Result<Metadata, Message> {
    let wrong = || msg!("sign_in.not_saml");
    let mut reader = Reader::from_str(text);
    let (mut is_saml, mut names_several_factors, mut open) = (false, false, 0_usize);
    for _ in 0..MOST_EVENTS {
        match reader.read_event().map_err(|_| wrong())? {
            Event::Start(element) => {
                let name = element.local_name();
                is_saml |= matches!(name.as_ref(), "EntityDescriptor" | "EntitiesDescriptor");
                open += 1;
            }
            Event::End(_) => open = open.saturating_sub(1),
            // In a comment it would mean nothing, and entities are not resolved.
            Event::Text(text) => names_several_factors |= meaning().is_strong(text.trim()),
            // One that was cut off is not the whole.
            Event::Eof if is_saml && open == 0 => return Ok(Metadata { digest, names_several_factors }),
            Event::Eof => return Err(wrong()),
            _ => {}
        }
    }
    Err(wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_counts_where_it_is_a_value() {
        let of = |inside: &str| {
            let text = format!("<md:EntityDescriptor xmlns:md='urn:x'>{inside}</md:EntityDescriptor>");
            names_several_factors(&text, String::new()).unwrap().names_several_factors
        };
        assert!(of("<a:AttributeValue> https://refeds.org/profile/mfa </a:AttributeValue>"));
        assert!(!of("<!-- https://refeds.org/profile/mfa -->"));
        assert!(!of("<a:AttributeValue>https://refeds.org/profile/sfa</a:AttributeValue>"));
        for bad in ["", "<a/>", "<md:EntityDescriptor>", "<md:EntityDescriptor></x>", "no"] {
            assert!(names_several_factors(bad, String::new()).is_err(), "{bad}");
        }
    }
}
