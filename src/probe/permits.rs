//! How many connections a host has to bear at once. Whoever continues a chain of questions goes
//! before whoever asks a single one, for the longest chain decides how long the whole takes.

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
    used: Cell<usize>,
    first: RefCell<VecDeque<oneshot::Sender<Permit>>>,
    later: RefCell<VecDeque<oneshot::Sender<Permit>>>,
}

/// One connection's place, given back when it is dropped.
#[derive(Debug)]
pub struct Permit(Option<Rc<Inner>>);

impl Permits {
    pub fn new(limit: usize) -> Permits {
        Permits(Rc::new(Inner {
            limit: Cell::new(limit.max(1)),
            used: Cell::new(0),
            first: RefCell::default(),
            later: RefCell::default(),
        }))
    }

    pub async fn take(&self, turn: Turn) -> Permit {
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
        receiver.await.unwrap_or(Permit(None))
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
        Permit(Some(Rc::clone(self)))
    }

    fn next(&self) -> Option<oneshot::Sender<Permit>> {
        let first = self.first.borrow_mut().pop_front();
        first.or_else(|| self.later.borrow_mut().pop_front())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let Some(inner) = self.0.take() else { return };
        inner.used.set(inner.used.get().saturating_sub(1));
        while inner.used.get() < inner.limit.get() {
            let Some(waiting) = inner.next() else { return };
            // Whoever gave up waiting hands the permit back at once, without waking others.
            if let Err(mut unwanted) = waiting.send(inner.grant()) {
                unwanted.0 = None;
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
