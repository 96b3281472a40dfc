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
use crate::wire::visit::{Port, Ports};

/// A port that says nothing for so long is behind something that keeps us out.
const PATIENCE: Duration = Duration::from_secs(2);
const AT_ONCE: usize = 4;

/// Every port of the list, and whether somebody answers there.
pub async fn ask(address: IpAddr, deadline: Instant, run: &Permits) -> Ports {
    let one = |port: u16| async move {
        let Ok(_permit) = tokio::time::timeout_at(deadline, run.take(Turn::Later)).await else {
            return Port { port, end: Some(Silence::Deadline) };
        };
        let until = deadline.min(Instant::now() + PATIENCE);
        let end = Connection::open(SocketAddr::new(address, port), until).await.err();
        Port { port, end }
    };
    let ports = list().ports.iter().map(|port| port.port);
    let tried = futures_util::stream::iter(ports).map(one).buffered(AT_ONCE).collect().await;
    Ports { tried, is_late: Instant::now() >= deadline }
}

/// The open ones by number and name; the fact is missing where no port could be tried.
pub fn judge(ports: &Ports) -> State {
    if ports.is_late || ports.tried.iter().all(|one| one.end == Some(Silence::Unreachable)) {
        let why = if ports.is_late { Silence::Deadline } else { Silence::Unreachable };
        return State::Unknown(silence(why));
    }
    let open = ports.tried.iter().filter(|one| one.end.is_none()).map(|one| one.port);
    State::list(open.map(shown).collect())
}

fn shown(port: u16) -> String {
    match list().ports.iter().find(|one| one.port == port) {
        Some(known) => format!("{port} ({})", known.name),
        None => port.to_string(),
    }
}
