//! Whether somebody asked to stop. What has been seen by then is kept, and the rest is unknown.

use tokio::sync::watch;

/// Asked for from outside, at any time; never asked where nobody can.
#[derive(Debug, Clone, Default)]
pub struct Stop(Option<watch::Receiver<bool>>);

impl Stop {
    pub fn new(asked: watch::Receiver<bool>) -> Stop {
        Stop(Some(asked))
    }

    pub fn is_asked(&self) -> bool {
        self.0.as_ref().is_some_and(|asked| *asked.borrow())
    }

    /// Waits until it is asked for.
    pub async fn asked(&self) {
        if let Some(mut asked) = self.0.clone()
            && asked.wait_for(|is_asked| *is_asked).await.is_ok()
        {
            return;
        }
        std::future::pending().await
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
            assert!(tokio::time::timeout(moment, Stop::default().asked()).await.is_err());
            let (ask, asked) = watch::channel(false);
            let stop = Stop::new(asked);
            assert!(!stop.is_asked() && tokio::time::timeout(moment, stop.asked()).await.is_err());
            ask.send_replace(true);
            assert!(stop.is_asked());
            stop.asked().await;
        });
    }
}
