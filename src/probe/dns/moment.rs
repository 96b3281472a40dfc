//! The moment at which signatures are checked: the one that the measurement speaks of, and not that of the
//! computer, so that a transcript says the same later. The library asks a type for the time, not a value,
//! so the moment is kept with the thread that checks.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use hickory_resolver::net::runtime::{RuntimeProvider, Time, TokioRuntimeProvider, TokioTime};
use jiff::Timestamp;

thread_local! {
    static MOMENT: Cell<u64> = const { Cell::new(0) };
}

/// From now on, this thread checks signatures as of this moment.
pub fn set(moment: Timestamp) {
    MOMENT.set(u64::try_from(moment.as_second()).unwrap_or_default());
}

/// Tokio, at that moment.
#[derive(Clone)]
pub struct AtMoment(TokioRuntimeProvider);

impl fmt::Debug for AtMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AtMoment")
    }
}

impl RuntimeProvider for AtMoment {
    type Handle = <TokioRuntimeProvider as RuntimeProvider>::Handle;
    type Timer = Clock;
    type Udp = <TokioRuntimeProvider as RuntimeProvider>::Udp;
    type Tcp = <TokioRuntimeProvider as RuntimeProvider>::Tcp;

    fn create_handle(&self) -> Self::Handle {
        self.0.create_handle()
    }

    fn connect_tcp(
        &self,
        server: SocketAddr,
        bind: Option<SocketAddr>,
        timeout: Option<Duration>,
    ) -> Pin<Box<dyn Send + Future<Output = Result<Self::Tcp, io::Error>>>> {
        self.0.connect_tcp(server, bind, timeout)
    }

    fn bind_udp(
        &self,
        local: SocketAddr,
        server: SocketAddr,
    ) -> Pin<Box<dyn Send + Future<Output = Result<Self::Udp, io::Error>>>> {
        self.0.bind_udp(local, server)
    }
}

#[derive(Debug)]
pub struct Clock;

impl Time for Clock {
    fn delay_for<'a>(duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        TokioTime::delay_for(duration)
    }

    fn timeout<'a, F: 'static + Future + Send + 'a>(
        duration: Duration,
        future: F,
    ) -> Pin<Box<dyn Future<Output = Result<F::Output, io::Error>> + Send + 'a>> {
        TokioTime::timeout(duration, future)
    }

    fn current_time() -> u64 {
        MOMENT.get()
    }
}
