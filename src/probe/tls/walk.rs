//! Walks lists: offers everything, takes out what the server picks, and offers the rest, until it
//! refuses. Several parts of a list are walked side by side; where the server has an order of its
//! own, the parts are joined in it. Where the order does not matter, what is left is halved each time,
//! which takes as many questions and far fewer one after the other; where it is the client's, lists are
//! asked forwards and backwards, which shows both their ends.

use std::pin::Pin;

use futures_util::StreamExt;
use futures_util::future::{join, join_all};
use futures_util::stream::FuturesUnordered;

use super::flight::{Flight, Until};
use super::hello::Hello;
use super::line::Line;
use super::reading::{Reading, read};
use crate::model::message::Message;
use crate::msg;
use crate::probe::permits::Turn;

/// What a walk found, in the order in which the server picked it.
#[derive(Debug, Clone, Default)]
pub struct Walked {
    pub found: Vec<u16>,
    /// Why the walk could not be finished, where it could not.
    pub broken_off: Option<Message>,
}

impl Walked {
    /// Takes in the ends of a list; what lies outside them is put aside, and what lies between is still to
    /// be asked for, in parts.
    fn take_in(
        &mut self,
        list: &[u16],
        ends: Result<Option<(u16, u16)>, Message>,
        outside: &mut Vec<u16>,
    ) -> Option<Vec<Vec<u16>>> {
        let (first, last) = match ends {
            Ok(ends) => ends?,
            Err(why) => {
                self.broken_off.get_or_insert(why);
                return None;
            }
        };
        self.found.push(first);
        if first != last {
            self.found.push(last);
        }
        let (between, beyond) = cut(list, first, last);
        outside.extend(beyond);
        // Of two, each is asked for by itself: their ends would be as many questions.
        let part = if between.len() < 3 { 1 } else { between.len().div_ceil(2) };
        Some(between.chunks(part).map(<[u16]>::to_vec).collect())
    }
}

/// What lies between two members of a list, and what lies outside of them.
fn cut(list: &[u16], first: u16, last: u16) -> (Vec<u16>, Vec<u16>) {
    let place = |wanted: u16| list.iter().position(|one| *one == wanted);
    let between = match (place(first), place(last)) {
        (Some(from), Some(to)) => list.get(from + 1..to).unwrap_or_default(),
        _ => &[],
    };
    let is_outside = |one: &u16| !between.contains(one) && ![first, last].contains(one);
    (between.to_vec(), list.iter().copied().filter(is_outside).collect())
}

/// How to ask for a list, and how to see what was picked from it.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations)]
pub struct Way<'a> {
    pub line: &'a Line,
    pub ask: &'a dyn Fn(&[u16]) -> Hello,
    pub until: Until,
    pub pick: &'a dyn Fn(&Flight) -> Option<u16>,
}

impl Way<'_> {
    /// One question with a list: what is picked, or nothing where all of it is refused.
    pub async fn pick(&self, list: &[u16]) -> Result<Option<u16>, Message> {
        let hello = (self.ask)(list);
        let ask = || async { read(&hello, self.line.ask(&hello, self.until, Turn::First).await) };
        let mut reading = ask().await;
        // A refusal that is not plain could be a moment's trouble.
        if matches!(reading, Reading::Refused { is_plain: false, .. }) {
            reading = ask().await;
        }
        match reading {
            Reading::Accepted(flight) => match (self.pick)(&flight) {
                Some(picked) if list.contains(&picked) => Ok(Some(picked)),
                Some(_) => Err(msg!("probe.group_not_offered")),
                None => Err(msg!("probe.malformed")),
            },
            Reading::Refused { .. } => Ok(None),
            Reading::Unclear(why) => Err(why),
        }
    }

    /// One part of a list to its end.
    pub async fn walk(&self, mut list: Vec<u16>) -> Walked {
        let mut walked = Walked::default();
        while !list.is_empty() {
            match self.pick(&list).await {
                Ok(Some(picked)) => {
                    list.retain(|one| *one != picked);
                    walked.found.push(picked);
                }
                Ok(None) => break,
                Err(why) => {
                    walked.broken_off = Some(why);
                    break;
                }
            }
        }
        walked
    }

    /// All parts side by side.
    pub async fn walk_all(&self, parts: Vec<Vec<u16>>) -> Vec<Walked> {
        join_all(parts.into_iter().map(|part| self.walk(part))).await
    }

    /// All parts side by side, in no order that says anything.
    pub async fn sift_all(&self, parts: Vec<Vec<u16>>) -> Vec<Walked> {
        join_all(parts.into_iter().map(|part| self.sift(part))).await
    }

    fn sift(&self, mut list: Vec<u16>) -> Pin<Box<dyn Future<Output = Walked> + '_>> {
        Box::pin(async move {
            if list.is_empty() {
                return Walked::default();
            }
            let picked = match self.pick(&list).await {
                Ok(Some(picked)) => picked,
                Ok(None) => return Walked::default(),
                Err(why) => return Walked { found: Vec::new(), broken_off: Some(why) },
            };
            list.retain(|one| *one != picked);
            let rest = list.split_off(list.len().div_ceil(2));
            let (one, other) = join(self.sift(list), self.sift(rest)).await;
            let found = [vec![picked], one.found, other.found].concat();
            Walked { found, broken_off: one.broken_off.or(other.broken_off) }
        })
    }

    /// All parts, of a server that picks what its client names first: it has shown the first and the last
    /// that it takes. What lies between is asked for in the same way, part by part, each forwards and
    /// backwards; what lies outside is asked for all at once in the end, so that nothing rests on the
    /// server's order.
    /// Says, too, whether anything lay there, for then the order is not the client's alone.
    pub async fn close_in_all(&self, parts: &[Vec<u16>], (first, last): (u16, u16)) -> (Walked, bool) {
        let mut walked = Walked { found: vec![first, last], broken_off: None };
        let (between, mut outside) = cut(&parts.concat(), first, last);
        let within = |part: &Vec<u16>| part.iter().copied().filter(|one| between.contains(one)).collect();
        let parts: Vec<Vec<u16>> =
            parts.iter().map(within).filter(|part: &Vec<u16>| !part.is_empty()).collect();
        let mut open = parts.iter().filter(|part| part.len() > 1).count();
        let mut asked: FuturesUnordered<_> = parts.into_iter().map(|part| self.ends(part)).collect();
        while open > 0
            && let Some((list, ends)) = asked.next().await
        {
            open -= usize::from(list.len() > 1);
            if let Some(between) = walked.take_in(&list, ends, &mut outside) {
                open += between.iter().filter(|part| part.len() > 1).count();
                asked.extend(between.into_iter().map(|part| self.ends(part)));
            }
        }
        // Whichever answer came first: a transcript is asked the same.
        outside.sort_unstable();
        let last = async {
            let mut last = Walked::default();
            while let Some((list, ends)) = asked.next().await {
                last.take_in(&list, ends, &mut Vec::new());
            }
            last
        };
        let (last, outside) = join(last, self.sift(outside)).await;
        let has_strays = !outside.found.is_empty();
        let mut found = [walked.found, last.found, outside.found].concat();
        found.sort_unstable();
        let broken_off = walked.broken_off.or(last.broken_off).or(outside.broken_off);
        (Walked { found, broken_off }, has_strays)
    }

    /// What is picked from a list, and from the same list backwards.
    async fn ends(&self, list: Vec<u16>) -> (Vec<u16>, Result<Option<(u16, u16)>, Message>) {
        let ends = async {
            if list.len() < 2 {
                return Ok(self.pick(&list).await?.map(|only| (only, only)));
            }
            let backwards: Vec<u16> = list.iter().rev().copied().collect();
            match join(self.pick(&list), self.pick(&backwards)).await {
                (Ok(Some(first)), Ok(Some(last))) => Ok(Some((first, last))),
                (Ok(None), Ok(None)) => Ok(None),
                (Err(why), _) | (_, Err(why)) => Err(why),
                _ => Err(msg!("probe.inconsistent")),
            }
        };
        let ends = ends.await;
        (list, ends)
    }

    /// Whether the server picks by an order of its own. Every list is in the order in which it picked
    /// from that part; nothing where there is no choice to make.
    pub async fn has_order(&self, lists: &[Vec<u16>]) -> Result<Option<bool>, Message> {
        let all: Vec<u16> = lists.concat();
        if all.len() < 2 {
            return Ok(None);
        }
        // A suite that the server has picked last, offered first: only a server that follows its
        // client picks it now.
        let chosen = lists.iter().find(|list| list.len() > 1).and_then(|list| list.last().copied());
        if let Some(last) = chosen {
            let offered: Vec<u16> =
                std::iter::once(last).chain(all.into_iter().filter(|one| *one != last)).collect();
            return Ok(Some(self.must_pick(&offered).await? != last));
        }
        let backwards: Vec<u16> = all.iter().rev().copied().collect();
        let (one, other) = join(self.must_pick(&all), self.must_pick(&backwards)).await;
        Ok(Some(one? == other?))
    }

    /// Joins lists, each in the server's order, to one in its order. Where a whole list comes before
    /// all others, one question shows it.
    pub async fn join(&self, lists: Vec<Vec<u16>>) -> Result<Vec<u16>, Message> {
        let mut lists: Vec<std::collections::VecDeque<u16>> =
            lists.into_iter().filter(|list| !list.is_empty()).map(Into::into).collect();
        let mut joined = Vec::new();
        while lists.len() > 1 {
            let heads: Vec<u16> = lists.iter().filter_map(|list| list.front().copied()).collect();
            let head = self.must_pick(&heads).await?;
            let Some(place) = lists.iter().position(|list| list.front() == Some(&head)) else { break };
            let mut best = lists.swap_remove(place);
            joined.extend(best.pop_front());
            if let Some(last) = best.back().copied() {
                let others = lists.iter().filter_map(|list| list.front().copied());
                let offered: Vec<u16> = others.chain([last]).collect();
                if self.must_pick(&offered).await? == last {
                    joined.extend(best);
                    continue;
                }
                lists.push(best);
            }
        }
        joined.extend(lists.into_iter().flatten());
        Ok(joined)
    }

    /// What is picked from a list of which everything was accepted before.
    async fn must_pick(&self, list: &[u16]) -> Result<u16, Message> {
        self.pick(list).await?.ok_or_else(|| msg!("probe.inconsistent"))
    }
}
