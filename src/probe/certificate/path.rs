//! The path from the leaf upwards through what the server sent, as far as it goes.

use super::chain::Certificate;
use super::der::Der;
use super::trust::Roots;

/// The sent certificates, and the way through them.
#[derive(Debug)]
pub struct Path {
    /// Places in the sent chain, from the leaf upwards.
    pub steps: Vec<usize>,
    pub end: End,
}

/// Where the path ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A known root, sent or not.
    AtRoot,
    /// A root that nobody knows.
    AtUnknownRoot,
    /// A certificate whose issuer was not sent and is no known root.
    Nowhere,
}

impl Path {
    pub fn through(sent: &[Certificate], roots: &Roots) -> Path {
        let mut steps = vec![0];
        loop {
            let Some(last) = steps.last().and_then(|place| sent.get(*place)) else {
                return Path { steps, end: End::Nowhere };
            };
            if last.is_issued_in_own_name() {
                let is_known = roots.has_name(name(last.x509.subject().as_raw()));
                return Path { steps, end: if is_known { End::AtRoot } else { End::AtUnknownRoot } };
            }
            let issuers = sent.iter().enumerate().filter(|(place, one)| {
                let has_the_name = one.x509.subject().as_raw() == last.x509.issuer().as_raw();
                has_the_name && !steps.contains(place) && last.is_signed_by(one) != Some(false)
            });
            // A root of the store ends the path, whatever else was sent.
            let is_rooted = roots.has_name(name(last.x509.issuer().as_raw()));
            match issuers.map(|(place, _)| place).next() {
                Some(place) => steps.push(place),
                None => return Path { steps, end: if is_rooted { End::AtRoot } else { End::Nowhere } },
            }
        }
    }

    /// Each certificate follows the one it issued.
    pub fn is_in_order(&self) -> bool {
        self.steps.is_sorted()
    }

    pub fn has_extras(&self, sent: usize) -> bool {
        self.steps.len() < sent
    }
}

/// A name without its outer tag, as trust anchors carry it.
fn name(raw: &[u8]) -> &[u8] {
    Der::new(raw).next().map_or(raw, |element| element.content)
}
