//! How many connections a host has to bear at once, and how many there are in a whole run. Whoever continues
//! a chain of questions goes before whoever asks a single one, for the longest chain decides how long the
//! whole takes.
//!
//! The host's permit is taken first and the run's last. Whoever holds one of the run's waits for no other
//! permit, so it comes back, and nobody waits in a circle.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use tokio::sync::oneshot;

/// Who goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    First,
    Later,
}

#[derive(Debug, Clone)]
pub struct Permits(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    limit: Cell<usize>,
    run: Option<Permits>,
    used: Cell<usize>,
    first: RefCell<VecDeque<oneshot::Sender<Permit>>>,
    later: RefCell<VecDeque<oneshot::Sender<Permit>>>,
}

/// One connection's place, given back when it is dropped.
#[derive(Debug)]
pub struct Permit {
    at: Option<Rc<Inner>>,
    of_run: Option<Box<Permit>>,
}

impl Permits {
    pub fn new(limit: usize) -> Permits {
        Permits::made(limit, None)
    }

    /// Of one host, within those of the run.
    pub fn of_host(limit: usize, run: &Permits) -> Permits {
        Permits::made(limit, Some(run.clone()))
    }

    fn made(limit: usize, run: Option<Permits>) -> Permits {
        Permits(Rc::new(Inner {
            limit: Cell::new(limit.max(1)),
            run,
            used: Cell::new(0),
            first: RefCell::default(),
            later: RefCell::default(),
        }))
    }

    pub async fn take(&self, turn: Turn) -> Permit {
        let mut permit = self.take_own(turn).await;
        if let Some(run) = &self.0.run {
            permit.of_run = Some(Box::new(run.take_own(turn).await));
        }
        permit
    }

    async fn take_own(&self, turn: Turn) -> Permit {
        if self.0.used.get() < self.0.limit.get() {
            return self.0.grant();
        }
        let (sender, receiver) = oneshot::channel();
        let queue = match turn {
            Turn::First => &self.0.first,
            Turn::Later => &self.0.later,
        };
        queue.borrow_mut().push_back(sender);
        // The sender lives in the queue, and the queue as long as we do.
        receiver.await.unwrap_or(Permit { at: None, of_run: None })
    }

    /// Halves the limit; says whether there was anything left to halve.
    pub fn halve(&self) -> bool {
        let limit = self.0.limit.get();
        self.0.limit.set((limit / 2).max(1));
        limit > 1
    }
}

impl Inner {
    fn grant(self: &Rc<Inner>) -> Permit {
        self.used.set(self.used.get() + 1);
        Permit { at: Some(Rc::clone(self)), of_run: None }
    }

    fn next(&self) -> Option<oneshot::Sender<Permit>> {
        let first = self.first.borrow_mut().pop_front();
        first.or_else(|| self.later.borrow_mut().pop_front())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let Some(inner) = self.at.take() else { return };
        inner.used.set(inner.used.get().saturating_sub(1));
        while inner.used.get() < inner.limit.get() {
            let Some(waiting) = inner.next() else { return };
            // Whoever gave up waiting hands the permit back at once, without waking others.
            if let Err(mut unwanted) = waiting.send(inner.grant()) {
                unwanted.at = None;
                inner.used.set(inner.used.get().saturating_sub(1));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;

    #[test]
    fn never_more_than_the_limit_and_chains_go_first() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let permits = Permits::new(2);
        let (busy, most) = (Cell::new(0), Cell::new(0));
        let order = RefCell::new(Vec::new());
        let work = |number: usize, turn: Turn| {
            let (permits, busy, most, order) = (&permits, &busy, &most, &order);
            async move {
                let _permit = permits.take(turn).await;
                order.borrow_mut().push(number);
                busy.set(busy.get() + 1);
                most.set(most.get().max(busy.get()));
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                busy.set(busy.get() - 1);
            }
        };
        let later = (0..6).map(|number| work(number, Turn::Later));
        let first = (10..12).map(|number| work(number, Turn::First));
        runtime.block_on(join_all(later.chain(first)));
        assert_eq!(most.get(), 2);
        let order = order.into_inner();
        assert_eq!(order[..4], [0, 1, 10, 11]);
        assert_eq!(order.len(), 8);
    }

    #[test]
    fn hosts_share_the_limit_of_the_run_and_all_of_them_come_to_an_end() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let run = Permits::new(3);
        let hosts: Vec<Permits> = (0..5).map(|_| Permits::of_host(2, &run)).collect();
        let (busy, most, done) = (Cell::new(0), Cell::new(0), Cell::new(0));
        let work = |number: usize| {
            let (permits, busy, most, done) = (&hosts[number % 5], &busy, &most, &done);
            async move {
                // Every fourth gives up while it holds its host's permit and waits for the run's.
                let moment =
                    std::time::Duration::from_micros(if number.is_multiple_of(4) { 100 } else { 10_000_000 });
                let turn = if number.is_multiple_of(3) { Turn::First } else { Turn::Later };
                let Ok(_permit) = tokio::time::timeout(moment, permits.take(turn)).await else { return };
                busy.set(busy.get() + 1);
                most.set(most.get().max(busy.get()));
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
                busy.set(busy.get() - 1);
                done.set(done.get() + 1);
            }
        };
        runtime.block_on(join_all((0..60).map(work)));
        assert_eq!(most.get(), 3);
        assert!(done.get() >= 45, "{}", done.get());
        assert_eq!(run.0.used.get() + hosts.iter().map(|host| host.0.used.get()).sum::<usize>(), 0);
    }

    #[test]
    fn a_halved_limit_holds_and_someone_who_gave_up_takes_nothing_away() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let permits = Permits::new(2);
            let (one, two) = (permits.take(Turn::First).await, permits.take(Turn::First).await);
            let millisecond = std::time::Duration::from_millis(1);
            assert!(tokio::time::timeout(millisecond, permits.take(Turn::First)).await.is_err());
            assert!(permits.halve());
            drop(one);
            assert!(tokio::time::timeout(millisecond, permits.take(Turn::First)).await.is_err());
            drop(two);
            let _one = permits.take(Turn::First).await;
            assert!(tokio::time::timeout(millisecond, permits.take(Turn::First)).await.is_err());
            assert!(!permits.halve());
        });
    }
}
