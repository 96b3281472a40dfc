//! Ctrl-C while something is measured: the first stops measuring, and what was measured is shown and kept; the
//! second ends the program at once, and so does the first when nothing is measured any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use super::Session;
use crate::msg;
use crate::probe::stop::Stop;

/// As shells count a program that Ctrl-C has ended.
const ENDED: i32 = 130;

/// Watches for as long as it lives.
pub struct Watch {
    pub stop: Stop,
    is_over: Arc<AtomicBool>,
}

impl Watch {
    pub fn new(session: &Session) -> Watch {
        let (ask, asked) = watch::channel(false);
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let hint = (!session.quiet).then(|| session.say(&msg!("probe.stopping")));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                // Where signals cannot be had, they end the program as they always do.
                if tokio::signal::ctrl_c().await.is_err() {
                    return;
                }
                if over.load(Ordering::SeqCst) {
                    std::process::exit(ENDED);
                }
                if let Some(hint) = hint {
                    use std::io::Write;
                    let _ = writeln!(anstream::stderr(), "\n{hint}");
                }
                ask.send_replace(true);
                if tokio::signal::ctrl_c().await.is_ok() {
                    std::process::exit(ENDED);
                }
            });
        });
        Watch { stop: Stop::new(asked), is_over }
    }

    /// Nothing is measured any more; whether that is because somebody stopped it.
    pub fn over(&self) -> bool {
        self.is_over.store(true, Ordering::SeqCst);
        self.stop.is_asked()
    }
}
