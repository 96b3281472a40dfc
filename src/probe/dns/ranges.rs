//! Sets of addresses, as stretches of numbers: IPv4 and IPv6 apart.

use std::net::IpAddr;

/// Addresses that anybody on the internet can have: all of IPv4, and 2000::/3.
const ALL_FOUR: Stretch = (0, u32::MAX as u128);
const ALL_SIX: Stretch = (0x2000 << 112, (0x4000 << 112) - 1);

/// From one number to another, both within.
type Stretch = (u128, u128);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses {
    four: Vec<Stretch>,
    six: Vec<Stretch>,
}

impl Addresses {
    /// The network that an address lies in.
    pub fn network(address: IpAddr, bits: u8) -> Addresses {
        let stretch = |number: u128, width: u32| {
            let free = width.saturating_sub(u32::from(bits));
            let mask = 1_u128.checked_shl(free).map_or(u128::MAX, |size| size - 1);
            vec![(number & !mask, number | mask)]
        };
        match address {
            IpAddr::V4(address) => {
                Addresses { four: stretch(u128::from(address.to_bits()), 32), six: Vec::new() }
            }
            IpAddr::V6(address) => Addresses { four: Vec::new(), six: stretch(address.to_bits(), 128) },
        }
    }

    pub fn add(&mut self, other: &Addresses) {
        self.four = joined(&self.four, &other.four);
        self.six = joined(&self.six, &other.six);
    }

    pub fn without(&self, other: &Addresses) -> Addresses {
        Addresses { four: cut(&self.four, &other.four), six: cut(&self.six, &other.six) }
    }

    /// Whether half of one kind or more are among them: not a choice of senders any more.
    pub fn are_most(&self) -> bool {
        self.are_most_of_four() || self.are_most_of_six()
    }

    pub fn are_most_of_four(&self) -> bool {
        is_half(&self.four, ALL_FOUR)
    }

    pub fn are_most_of_six(&self) -> bool {
        is_half(&self.six, ALL_SIX)
    }
}

fn is_half(list: &[Stretch], (first, last): Stretch) -> bool {
    let within = list.iter().filter(|one| one.0 <= last && one.1 >= first);
    let count: u128 = within.map(|one| one.1.min(last) - one.0.max(first) + 1).sum();
    count >= (last - first) / 2
}

/// In order, and none touching another.
fn joined(one: &[Stretch], other: &[Stretch]) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = one.iter().chain(other).copied().collect();
    all.sort_unstable();
    let mut out: Vec<Stretch> = Vec::new();
    for (first, last) in all {
        match out.last_mut() {
            Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
            _ => out.push((first, last)),
        }
    }
    out
}

fn cut(from: &[Stretch], what: &[Stretch]) -> Vec<Stretch> {
    let mut left = from.to_vec();
    for &(first, last) in what {
        let parts = |(from, to): Stretch| {
            let before = (from < first).then(|| (from, to.min(first.saturating_sub(1))));
            let after = (to > last).then(|| (from.max(last.saturating_add(1)), to));
            [before, after].into_iter().flatten()
        };
        left = left.into_iter().flat_map(parts).collect();
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(networks: &[&str]) -> Addresses {
        let mut all = Addresses::default();
        for network in networks {
            let (address, bits) = network.split_once('/').unwrap();
            all.add(&Addresses::network(address.parse().unwrap(), bits.parse().unwrap()));
        }
        all
    }

    #[test]
    fn most_are_half_of_a_kind_however_they_are_named() {
        for most in [
            &["0.0.0.0/0"][..],
            &["0.0.0.0/1", "128.0.0.0/1"],
            &["200.1.2.3/1"],
            &["0.0.0.0/2", "64.0.0.0/2", "10.0.0.0/8"],
            &["::/0"],
            &["2000::/3"],
            &["2000::/4"],
        ] {
            assert!(of(most).are_most(), "{most:?}");
        }
        for some in [
            &[][..],
            &["0.0.0.0/2", "0.0.0.0/2", "10.0.0.0/8"],
            &["192.0.2.1/32"],
            &["8000::/1"],
            &["2000::/5"],
        ] {
            assert!(!of(some).are_most(), "{some:?}");
        }
    }

    #[test]
    fn what_is_taken_away_is_not_there() {
        assert_eq!(of(&["10.0.0.0/8"]).without(&of(&["10.0.0.0/9"])), of(&["10.128.0.0/9"]));
        assert_eq!(of(&["10.0.0.0/9"]).without(&of(&["10.0.0.0/8"])), Addresses::default());
        assert_eq!(of(&["0.0.0.0/0", "::/0"]).without(&of(&["0.0.0.0/0", "::/0"])), Addresses::default());
        let holed = of(&["10.0.0.0/8"]).without(&of(&["10.64.0.0/10"]));
        assert_eq!(holed, of(&["10.0.0.0/10", "10.128.0.0/9"]));
    }
}
