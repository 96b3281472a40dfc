//! Ports that should not face the internet: a connection each, closed at once, and only where somebody
//! asked for it.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::Instant;

use super::exposure::list;
use crate::probe::network::Connection;
use crate::probe::permits::{Permits, Turn};
use crate::probe::state::State;
use crate::probe::tls::silence;
use crate::wire::transcript::Silence;

/// A port that says nothing for so long is behind something that keeps us out.
const PATIENCE: Duration = Duration::from_secs(2);
const AT_ONCE: usize = 4;

/// The open ones by number and name; the fact is missing where no port could be tried.
pub async fn look(address: IpAddr, deadline: Instant, run: &Permits) -> State {
    let one = |port: u16| async move {
        let waiting = tokio::time::timeout_at(deadline, run.take(Turn::Later));
        let _permit = waiting.await.map_err(|_| Silence::Deadline)?;
        let until = deadline.min(Instant::now() + PATIENCE);
        Connection::open(SocketAddr::new(address, port), until).await.map(drop)
    };
    let ports = list().ports.iter();
    let tried: Vec<_> = futures_util::stream::iter(ports)
        .map(|port| async move { (port, one(port.port).await) })
        .buffered(AT_ONCE)
        .collect()
        .await;
    if Instant::now() >= deadline || tried.iter().all(|(_, end)| *end == Err(Silence::Unreachable)) {
        let why = if Instant::now() >= deadline { Silence::Deadline } else { Silence::Unreachable };
        return State::Unknown(silence(why));
    }
    let open = tried.into_iter().filter(|(_, end)| end.is_ok());
    State::list(open.map(|(port, _)| format!("{} ({})", port.port, port.name)).collect())
}
