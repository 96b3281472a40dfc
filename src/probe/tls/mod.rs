//! What a server offers in TLS, found by hellos of our own and by real handshakes.

pub mod bytes;
pub mod facts;
pub mod flight;
pub mod groups;
pub mod handshake;
pub mod hello;
pub mod hybrid;
pub mod line;
pub mod offer;
pub mod primality;
pub mod primes;
mod reading;
pub mod scan;
pub mod ssl2;
pub mod suites;
pub mod version;
pub mod walk;

pub use reading::silence;
