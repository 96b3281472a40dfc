//! Key exchange by a curve and ML-KEM together, for servers that take nothing else: rustls on ring knows
//! curves alone. It serves to see what a server shows once keys are agreed on; nothing of ours that would
//! have to stay secret goes over such a connection.

use std::marker::PhantomData;

use ml_kem::kem::{DecapsulationKey, FromSeed, Seed};
use ml_kem::{Decapsulate, KeyExport, MlKem768, MlKem1024};
use ring::rand::{SecureRandom, SystemRandom};
use rustls::crypto::ring::kx_group;
use rustls::crypto::{ActiveKeyExchange, SharedSecret, SupportedKxGroup};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, PeerMisbehaved, ProtocolVersion};

pub static ALL: [&dyn SupportedKxGroup; 3] = [
    &Hybrid::<MlKem768> {
        name: NamedGroup::X25519MLKEM768,
        curve: kx_group::X25519,
        order: Order::LatticeFirst,
        lattice: PhantomData,
    },
    &Hybrid::<MlKem768> {
        name: NamedGroup::secp256r1MLKEM768,
        curve: kx_group::SECP256R1,
        order: Order::CurveFirst,
        lattice: PhantomData,
    },
    &Hybrid::<MlKem1024> {
        name: NamedGroup::Unknown(0x11ed),
        curve: kx_group::SECP384R1,
        order: Order::CurveFirst,
        lattice: PhantomData,
    },
];

#[derive(Debug)]
struct Hybrid<K> {
    name: NamedGroup,
    curve: &'static dyn SupportedKxGroup,
    order: Order,
    lattice: PhantomData<K>,
}

/// What comes first, in the shares as in the secret.
#[derive(Debug, Clone, Copy)]
enum Order {
    LatticeFirst,
    CurveFirst,
}

impl Order {
    fn join(self, lattice: &[u8], curve: &[u8]) -> Vec<u8> {
        match self {
            Order::LatticeFirst => [lattice, curve].concat(),
            Order::CurveFirst => [curve, lattice].concat(),
        }
    }

    /// The part of the lattice, and that of the curve, which is as long as ours.
    fn split(self, share: &[u8], of_curve: usize) -> Option<(&[u8], &[u8])> {
        match self {
            Order::LatticeFirst => share.split_at_checked(share.len().checked_sub(of_curve)?),
            Order::CurveFirst => share.split_at_checked(of_curve).map(|(curve, lattice)| (lattice, curve)),
        }
    }
}

impl<K> SupportedKxGroup for Hybrid<K>
where
    K: FromSeed<EncapsulationKey: KeyExport, DecapsulationKey: Decapsulate + Send + Sync>,
{
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let mut seed = Seed::<K>::default();
        SystemRandom::new().fill(&mut seed).map_err(|_| Error::FailedToGetRandomBytes)?;
        let (lattice, public) = K::from_seed(&seed);
        let curve = self.curve.start()?;
        let share = self.order.join(&public.to_bytes(), curve.pub_key());
        Ok(Box::new(Begun::<K> { name: self.name, order: self.order, lattice, curve, share }))
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        self.name
    }

    fn usable_for_version(&self, version: ProtocolVersion) -> bool {
        version == ProtocolVersion::TLSv1_3
    }
}

/// An exchange for which the server's share is still to come.
struct Begun<K: FromSeed> {
    name: NamedGroup,
    order: Order,
    lattice: DecapsulationKey<K>,
    curve: Box<dyn ActiveKeyExchange>,
    share: Vec<u8>,
}

impl<K> ActiveKeyExchange for Begun<K>
where
    K: FromSeed<DecapsulationKey: Decapsulate + Send + Sync>,
{
    fn complete(self: Box<Self>, theirs: &[u8]) -> Result<SharedSecret, Error> {
        let wrong = || Error::from(PeerMisbehaved::InvalidKeyShare);
        let (lattice, curve) = self.order.split(theirs, self.curve.pub_key().len()).ok_or_else(wrong)?;
        let lattice = self.lattice.decapsulate_slice(lattice).map_err(|_| wrong())?;
        let curve = self.curve.complete(curve)?;
        Ok(self.order.join(&lattice, curve.secret_bytes()).into())
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn pub_key(&self) -> &[u8] {
        &self.share
    }

    fn group(&self) -> NamedGroup {
        self.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ml_kem::{B32, EncapsulationKey};

    const RANDOM: [u8; 32] = [7; 32];

    /// The server's share of the lattice and the secret, for ours.
    fn answered(name: NamedGroup, ours: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let wrong = "a key of ours";
        if name == NamedGroup::Unknown(0x11ed) {
            let key = EncapsulationKey::<MlKem1024>::new(ours.try_into().expect(wrong)).expect(wrong);
            let (capsule, secret) = key.encapsulate_deterministic(&B32::from(RANDOM));
            return (capsule.to_vec(), secret.to_vec());
        }
        let key = EncapsulationKey::<MlKem768>::new(ours.try_into().expect(wrong)).expect(wrong);
        let (capsule, secret) = key.encapsulate_deterministic(&B32::from(RANDOM));
        (capsule.to_vec(), secret.to_vec())
    }

    #[test]
    fn both_sides_come_to_the_same_secret_and_a_share_of_another_size_is_refused() {
        // Group, curve, the lengths of both keys, and whether the curve comes first.
        let cases = [
            (NamedGroup::X25519MLKEM768, kx_group::X25519, 1184, 32, false),
            (NamedGroup::secp256r1MLKEM768, kx_group::SECP256R1, 1184, 65, true),
            (NamedGroup::Unknown(0x11ed), kx_group::SECP384R1, 1568, 97, true),
        ];
        for (name, curve, of_lattice, of_curve, curve_first) in cases {
            let join = |lattice: &[u8], curve: &[u8]| match curve_first {
                true => [curve, lattice].concat(),
                false => [lattice, curve].concat(),
            };
            let group = ALL.iter().find(|group| group.name() == name).unwrap();
            let ours = group.start().unwrap();
            assert_eq!(ours.pub_key().len(), of_lattice + of_curve, "{name:?}");
            let (lattice, point) = match curve_first {
                true => (&ours.pub_key()[of_curve..], &ours.pub_key()[..of_curve]),
                false => (&ours.pub_key()[..of_lattice], &ours.pub_key()[of_lattice..]),
            };
            let (capsule, of_lattice) = answered(name, lattice);
            let theirs = curve.start_and_complete(point).unwrap();
            let share = join(&capsule, &theirs.pub_key);
            let secret = join(&of_lattice, theirs.secret.secret_bytes());
            assert_eq!(ours.complete(&share).unwrap().secret_bytes(), secret, "{name:?}");
            for length in [0, 31, 65, share.len() - 1] {
                assert!(group.start().unwrap().complete(&share[..length]).is_err(), "{name:?} {length}");
            }
        }
    }
}
