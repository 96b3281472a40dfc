//! How many connections a whole run opens at once, to all of its targets together.

use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tenken::load::catalog::{self, Folders, Wanted};
use tenken::model::diagnostic::Diagnostics;
use tenken::model::workspace::Target;
use tenken::probe::authority::Authorized;
use tenken::probe::{self, Options};

/// A server that holds every connection for a moment, and counts those of all servers.
fn server(open: &Arc<AtomicUsize>, most: &Arc<AtomicUsize>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (open, most) = (Arc::clone(open), Arc::clone(most));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (open, most) = (Arc::clone(&open), Arc::clone(&most));
            std::thread::spawn(move || {
                most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 512]);
                std::thread::sleep(Duration::from_millis(5));
                // Before the connection is closed, so that none is counted that the other side may replace.
                open.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
    port
}

#[test]
fn a_run_keeps_to_its_limit_however_many_targets_it_has() {
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let target = |_| {
        let endpoint = format!("127.0.0.1:{}", server(&open, &most));
        let authorized_by = Some("責任者".to_owned());
        let target = Target { authorized_by, ..Target::system(format!("https://{endpoint}"), endpoint) };
        Authorized::new(&target).unwrap()
    };
    let targets: Vec<Authorized> = (0..8).map(target).collect();
    let catalog = catalog::load(&Folders::default(), &Wanted::All, &Diagnostics::default()).unwrap();
    let options = Options { overall: 5, timeout: Duration::from_secs(20), ..Options::new(Timestamp::now()) };
    let measured = probe::measure(&targets, &options, &catalog.registry, &|_| {}).unwrap();
    assert_eq!(measured.len(), 8);
    assert!(measured.iter().all(|one| !one.observations.is_empty()));
    assert_eq!(most.load(Ordering::SeqCst), 5);
}
