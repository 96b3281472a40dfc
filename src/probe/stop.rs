//! Whether to stop: because somebody asked for it, or because the time for the whole run is over. What has been
//! seen by then is kept, and the rest is unknown.

use tokio::sync::watch;
use tokio::time::Instant;

use crate::model::message::Message;
use crate::msg;

/// Asked for from outside, at any time; never asked where nobody can.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    asked: Option<watch::Receiver<bool>>,
    end: Option<Instant>,
}

impl Stop {
    pub fn new(asked: watch::Receiver<bool>) -> Stop {
        Stop { asked: Some(asked), end: None }
    }

    /// The same, and at some moment in any case.
    pub fn at(&self, end: Option<Instant>) -> Stop {
        Stop { end, ..self.clone() }
    }

    pub fn is_asked(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| *asked.borrow())
    }

    /// Why nobody new is contacted any more.
    pub fn why(&self) -> Option<Message> {
        match () {
            () if self.is_asked() => Some(msg!("probe.stopped")),
            () if self.end.is_some_and(|end| end <= Instant::now()) => Some(msg!("probe.run_over")),
            () => None,
        }
    }

    /// Waits until it is time to stop; says why.
    pub async fn wait(&self) -> Message {
        let asked = async {
            if let Some(mut asked) = self.asked.clone()
                && asked.wait_for(|is_asked| *is_asked).await.is_ok()
            {
                return msg!("probe.stopped");
            }
            std::future::pending().await
        };
        match self.end {
            Some(end) => tokio::time::timeout_at(end, asked).await.unwrap_or_else(|_| msg!("probe.run_over")),
            None => asked.await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_stops_until_somebody_asks() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let moment = std::time::Duration::from_millis(5);
            assert!(tokio::time::timeout(moment, Stop::default().wait()).await.is_err());
            let (ask, asked) = watch::channel(false);
            let stop = Stop::new(asked);
            assert!(stop.why().is_none() && tokio::time::timeout(moment, stop.wait()).await.is_err());
            let ending = stop.at(Some(Instant::now() + moment));
            assert_eq!(ending.wait().await.id, "probe.run_over");
            assert_eq!(ending.why().unwrap().id, "probe.run_over");
            assert!(!ending.is_asked());
            ask.send_replace(true);
            assert!(stop.is_asked());
            assert_eq!((stop.wait().await.id, stop.why().unwrap().id), ("probe.stopped", "probe.stopped"));
        });
    }
}
