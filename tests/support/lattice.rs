//! The server's half of a key exchange by X25519 and ML-KEM-768 together.

use ml_kem::{B32, EncapsulationKey, MlKem768};
use rustls::crypto::ring::kx_group::X25519;
use rustls::crypto::{ActiveKeyExchange, CompletedKeyExchange, SupportedKxGroup};
use rustls::{Error, NamedGroup};

#[derive(Debug)]
pub struct X25519MlKem768;

impl SupportedKxGroup for X25519MlKem768 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        Err(Error::General("only a server".into()))
    }

    fn start_and_complete(&self, theirs: &[u8]) -> Result<CompletedKeyExchange, Error> {
        let wrong = || Error::General("a share of another size".into());
        let (lattice, curve) = theirs.split_at_checked(1184).ok_or_else(wrong)?;
        let lattice = EncapsulationKey::<MlKem768>::new(lattice.try_into().map_err(|_| wrong())?)
            .map_err(|_| wrong())?;
        let (capsule, lattice) = lattice.encapsulate_deterministic(&B32::from([7; 32]));
        let curve = X25519.start_and_complete(curve)?;
        Ok(CompletedKeyExchange {
            group: self.name(),
            pub_key: [&capsule[..], &curve.pub_key].concat(),
            secret: [&lattice[..], curve.secret.secret_bytes()].concat().into(),
        })
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }
}
