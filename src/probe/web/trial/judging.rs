//! What the pages of a sign-in say. Where they do not say that a second step is asked for and that nothing
//! has opened, it is not known how the attempt ended.

use std::collections::BTreeSet;

use super::Ended;
use super::form::Fields;
use super::marks::SecondStep;
use super::visitor::Way;
use crate::model::message::Message;
use crate::msg;
use crate::probe::web::client::Answer;
use crate::probe::web::unexpected;

/// A part of a path that was drawn for one visit is so long, at least.
const SHORTEST_DRAWN: usize = 16;

/// What is looked for, at one site.
pub struct Eye<'a> {
    marks: &'a SecondStep,
    /// A script that the sign-in page carries too asks for no second step.
    ignores_scripts: bool,
}

/// How a page behind the sign-in answers.
#[derive(Debug, PartialEq)]
pub enum Door {
    Opens,
    Shut(Shut),
    Unclear(Message),
}

/// By what it is known that it is shut.
#[derive(Debug, PartialEq, Eq)]
pub enum Shut {
    Status(u16),
    /// A password is asked for: on the page itself, or on the one to which it leads.
    Password(Option<String>),
    /// It leads to this page, which asks for a second step.
    SecondStep(String),
}

/// How it is shut to somebody who has not signed in, as two visits show.
pub struct Before(Shut, Shut);

impl Before {
    /// None where it is shut in another way each time.
    pub fn new(first: Shut, second: Shut) -> Option<Before> {
        let is_steady = match (&first, &second) {
            (Shut::Password(Some(first)), Shut::Password(Some(second))) => varies(first, second).is_some(),
            _ => first == second,
        };
        is_steady.then_some(Before(first, second))
    }

    fn is(&self, now: &Shut) -> bool {
        match (&self.0, &self.1, now) {
            (Shut::Password(Some(first)), Shut::Password(Some(second)), Shut::Password(Some(now))) => {
                let by_visit = varies(first, second);
                by_visit
                    .is_some_and(|by_visit| varies(first, now).is_some_and(|now| now.is_subset(&by_visit)))
            }
            (before, _, now) => before == now,
        }
    }
}

/// Which parts of a path name the visit: they differ between two, and are as long. Some services lead to
/// another address each time, such as `/interaction/` and a number drawn for it.
fn varies(one: &str, other: &str) -> Option<BTreeSet<usize>> {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.split('/').collect(), other.split('/').collect());
    if one.len() != other.len() {
        return None;
    }
    let mut drawn = BTreeSet::new();
    for (at, (one, other)) in one.iter().zip(&other).enumerate().filter(|(_, (one, other))| one != other) {
        if one.len() != other.len() || one.len() < SHORTEST_DRAWN {
            return None;
        }
        drawn.insert(at);
    }
    Some(drawn)
}

impl<'a> Eye<'a> {
    pub fn new(marks: &'a SecondStep, page: &Answer) -> Eye<'a> {
        Eye { marks, ignores_scripts: Fields::read(page).calls_for_passkey(marks) }
    }

    fn asks_for_second_step(&self, fields: &Fields) -> bool {
        fields.asks_for_code(self.marks) || (!self.ignores_scripts && fields.calls_for_passkey(self.marks))
    }

    pub fn door(&self, way: &Way) -> Door {
        let page = &way.page;
        if matches!(page.status, 401 | 403) {
            return Door::Shut(Shut::Status(page.status));
        }
        if !page.is_fine() {
            return Door::Unclear(unexpected(page.status));
        }
        let fields = Fields::read(page);
        let leads_to = (way.steps > 0).then(|| page.url.path().to_owned());
        match () {
            () if fields.asks_for_password(self.marks) => Door::Shut(Shut::Password(leads_to)),
            () if fields.is_cut => Door::Unclear(msg!("trial.page_unread")),
            () => match leads_to {
                // The page itself may be open and have such a field, as for a code of another kind.
                None if self.asks_for_second_step(&fields) => Door::Unclear(msg!("trial.maybe_open")),
                None => Door::Opens,
                Some(path) if self.asks_for_second_step(&fields) => Door::Shut(Shut::SecondStep(path)),
                // To whom another page is shown is not known.
                Some(_) => Door::Unclear(msg!("trial.led_on")),
            },
        }
    }

    /// Of how the door was before and after, and the page that came after the password.
    pub fn ended(&self, before: &Before, after: Door, next: Result<Way, Message>) -> Result<Ended, Message> {
        let after = match after {
            Door::Opens => return Ok(Ended::LetIn),
            Door::Unclear(why) => return Err(why),
            Door::Shut(how) => how,
        };
        let page = next?.page;
        if page.is_no_word() {
            return Err(unexpected(page.status));
        }
        let fields = Fields::read(&page);
        let path = page.url.path().to_owned();
        let is_step = after == Shut::SecondStep(path.clone());
        let is_password_page = !page.is_fine() || fields.asks_for_password(self.marks);
        match () {
            () if is_password_page => Err(msg!("trial.password_refused")),
            () if fields.is_cut => Err(msg!("trial.page_unread")),
            () if self.marks.sets_up(&page.text()) => Err(msg!("trial.sets_up")),
            () if !self.asks_for_second_step(&fields) => Err(msg!("trial.no_second_step")),
            () if self.marks.is_for_those_within(&page.text()) => Err(msg!("trial.is_within")),
            () if before.is(&after) => Ok(Ended::Refused),
            // Where the page led before as well, everybody may be led who is not to see it.
            () if is_step && !before.is(&Shut::Password(Some(path))) => Ok(Ended::Refused),
            // Shut in another way: it may be that somebody is in, and may not see this page.
            () => Err(msg!("trial.shut_otherwise")),
        }
    }
}
