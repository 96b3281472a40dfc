//! What kind of number a finite-field Diffie-Hellman exchange reckons with. Of a prime without a name
//! it is worked out: a composite number can be a way in for whoever has chosen it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use num_bigint_dig::BigUint;
use num_bigint_dig::prime::probably_prime;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::primes::Prime;
use crate::model::message::Message;
use crate::msg;

/// Longer ones take more than half a second each, and hardly anybody makes them by himself.
const LONGEST: u32 = 4096;
/// Of one address. A server has one or two of its own.
const MOST: usize = 4;
/// In one run, where nothing but transcripts is read: nobody's deadline ends it.
const MOST_AGAIN: usize = 100;

/// The number that a server calls its prime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// A prime of which half is a prime as well, so that no small group hides in it.
    Safe,
    /// Whether the generator makes a group that is large enough is not to be seen from outside.
    Prime,
    Composite,
}

impl Nature {
    pub fn word(self) -> &'static str {
        match self {
            Nature::Safe => "safe_prime",
            Nature::Prime => "prime",
            Nature::Composite => "composite",
        }
    }

    /// By a test for which no composite number is known that passes it (Baillie, Pomerance, Selfridge and
    /// Wagstaff), and which finds the same each time.
    fn of(number: &BigUint) -> Nature {
        let one = BigUint::from(1u8);
        let is_odd = number.to_bytes_le().first().is_some_and(|byte| byte & 1 == 1);
        let half: BigUint = number >> 1usize;
        if is_odd && probably_prime(&half, 0) {
            // With a half that is prime, Pocklington's theorem needs no more than one power of two.
            let is_prime = BigUint::from(2u8).modpow(&(number - &one), number) == one;
            let by_three = number % 3u8 == BigUint::from(0u8);
            return match is_prime && !by_three {
                true => Nature::Safe,
                false => Nature::Composite,
            };
        }
        match probably_prime(number, 0) {
            true => Nature::Prime,
            false => Nature::Composite,
        }
    }
}

/// A prime, with what it really is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    pub prime: Prime,
    pub nature: Result<Nature, Message>,
}

/// Every prime once; but none of those for which there was no time then.
pub async fn examined(primes: Vec<Prime>, deadline: Option<Instant>, unworked: &[Vec<u8>]) -> Vec<Examined> {
    let mut all: Vec<Examined> = Vec::new();
    let mut unnamed = 0;
    for prime in primes {
        if all.iter().any(|one| one.prime == prime) {
            continue;
        }
        unnamed += usize::from(prime.nature().is_none());
        let nature = match prime.nature() {
            Some(published) => Ok(published),
            None if prime.bits > LONGEST => Err(msg!("probe.prime_too_long", bits = LONGEST)),
            None if unnamed > MOST => Err(msg!("probe.too_many_primes", count = MOST)),
            None if unworked.contains(&prime.digits) => Err(msg!("probe.deadline")),
            None => in_time(&prime, deadline).await,
        };
        all.push(Examined { prime, nature });
    }
    all
}

async fn in_time(prime: &Prime, deadline: Option<Instant>) -> Result<Nature, Message> {
    let working = worked_out(prime.digits.clone());
    let worked_out = match deadline {
        Some(deadline) => tokio::time::timeout_at(deadline, working).await.ok(),
        None if is_enough() => return Err(msg!("probe.too_many_primes", count = MOST_AGAIN)),
        None => Some(working.await),
    };
    worked_out.flatten().ok_or_else(|| msg!("probe.deadline"))
}

/// Counts what is worked out without a deadline.
fn is_enough() -> bool {
    static BEGUN: AtomicUsize = AtomicUsize::new(0);
    BEGUN.fetch_add(1, Ordering::Relaxed) >= MOST_AGAIN
}

/// In a thread of its own, because it takes the time of several answers, and others wait for theirs.
async fn worked_out(digits: Vec<u8>) -> Option<Nature> {
    /// Many servers share the file that one of them was given. While one is worked out the others
    /// wait, so that they take no more than one core.
    static KNOWN: Mutex<BTreeMap<Vec<u8>, Nature>> = Mutex::new(BTreeMap::new());
    let (sender, receiver) = oneshot::channel();
    let work = move || {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever asked may have gone while others were worked out.
        if sender.is_closed() {
            return;
        }
        let nature =
            *known.entry(digits).or_insert_with_key(|digits| Nature::of(&BigUint::from_bytes_be(digits)));
        let _ = sender.send(nature);
    };
    std::thread::Builder::new().spawn(work).ok()?;
    receiver.await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nature(number: u64) -> Nature {
        Nature::of(&BigUint::from(number))
    }

    fn is_prime(number: u64) -> bool {
        number > 1 && (2..).take_while(|one| one * one <= number).all(|one| !number.is_multiple_of(one))
    }

    fn examine(primes: Vec<Prime>) -> Vec<Result<Nature, Message>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let all = runtime.block_on(examined(primes, None, &[]));
        all.into_iter().map(|one| one.nature).collect()
    }

    #[test]
    fn small_numbers_are_what_trial_division_says() {
        for number in 1..20_000 {
            let wanted = match (is_prime(number), is_prime(number / 2)) {
                (true, true) if number % 2 == 1 => Nature::Safe,
                (true, _) => Nature::Prime,
                (false, _) => Nature::Composite,
            };
            assert_eq!(nature(number), wanted, "{number}");
        }
    }

    #[test]
    fn numbers_that_pass_weaker_tests_are_composite() {
        // Carmichael numbers; strong pseudoprimes to the bases 2, to 2 to 7, to all primes up to 37.
        for number in [561, 41_041, 825_265, 2047, 3_215_031_751] {
            assert_eq!(nature(number), Nature::Composite, "{number}");
        }
        let strong: BigUint = "318665857834031151167461".parse().unwrap();
        assert_eq!(Nature::of(&strong), Nature::Composite);
        // Its half is a prime, and it is none.
        assert_eq!(nature(2 * 7 + 1), Nature::Composite);
    }

    #[test]
    fn what_is_published_needs_no_working_out_and_what_is_too_much_is_not_begun() {
        let of = |digits: &[u8]| Prime::new(digits).unwrap();
        let too_long = of(&[0xff; 513]);
        assert_eq!(too_long.bits, 4104);
        let primes = vec![of(&[23]), of(&[0, 23]), of(&[13]), of(&[15]), of(&[19]), too_long, of(&[29])];
        let natures = examine(primes);
        assert_eq!(natures[..3], [Ok(Nature::Safe), Ok(Nature::Prime), Ok(Nature::Composite)]);
        assert_eq!(natures[3], Ok(Nature::Prime));
        assert_eq!(natures[4].as_ref().unwrap_err().id, "probe.prime_too_long");
        assert_eq!(natures[5].as_ref().unwrap_err().id, "probe.too_many_primes");
        assert_eq!(natures.len(), 6, "each once");
    }
}
