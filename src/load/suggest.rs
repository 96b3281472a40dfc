//! "Did you mean": the nearest of the words that would have been right, or all of them.

use crate::model::message::{Arg, Message};
use crate::msg;

/// What to do about a word that is not known.
pub fn suggest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Message {
    let known: Vec<&str> = known.collect();
    match nearest(word, &known) {
        Some(near) => msg!("suggest.did_you_mean", word = near),
        None if known.is_empty() => msg!("suggest.none"),
        None if known.len() > MOST_LISTED => {
            let some: Vec<Arg> = known.iter().take(MOST_LISTED).map(|word| Arg::from(*word)).collect();
            msg!("suggest.some", words = Arg::List(some))
        }
        None => msg!("suggest.one_of", words = known),
    }
}

const MOST_LISTED: usize = 14;

/// Longer words are not compared: nobody mistypes that much, and comparing costs their product.
const LONGEST: usize = 80;

fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    if word.chars().count() > LONGEST {
        return None;
    }
    let folded = word.to_lowercase();
    known
        .iter()
        .map(|known| (strsim::jaro_winkler(&folded, &known.to_lowercase()), *known))
        .filter(|(likeness, _)| *likeness > 0.82)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_a_different_word_is_not() {
        let known = ["checklist", "rules", "takeout/C-1", "takeout/C-10"];
        assert_eq!(nearest("chekclist", &known), Some("checklist"));
        assert_eq!(nearest("Rules", &known), Some("rules"));
        assert_eq!(nearest("takeout/c-1", &known), Some("takeout/C-1"));
        assert_eq!(nearest("zebra", &known), None);
    }
}
