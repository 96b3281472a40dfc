//! One attempt to sign in with the password of a test account and nothing else. It shows that a second
//! factor is needed only where it shows both: that the password was taken, and that a page behind the
//! sign-in stays shut all the same. The password is sent once in a run, to a server that has proven who it
//! is, and stands in no message.

mod form;
mod jar;
mod judging;
mod marks;
mod visitor;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::OnceCell;
use url::Url;

use super::Visit;
use super::client::Answer;
use super::measures::measures;
use super::page::without_query;
use crate::model::keyword;
use crate::model::message::Message;
use crate::msg;
use crate::probe::authority::Place;
use crate::wire::visit;
use form::Fields;
use judging::{Before, Door, Eye, Shut};
pub(super) use marks::SecondStep;
use visitor::Visitor;

keyword! {
    /// Whose account it is. That of a patient says nothing of those whom the items speak of.
    Account in "account" {
        Doctor = "doctor",
        Staff = "staff",
    }
}

/// What to sign in with, and where.
pub struct Trial {
    /// The page with the form.
    pub login: Url,
    /// One that opens to whoever has signed in, and to nobody else.
    pub protected: Url,
    pub whose: Account,
    user: String,
    password: String,
    is_spent: AtomicBool,
    ended: OnceCell<Result<Ended, Message>>,
}

/// Without the account.
impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trial").field("whose", &self.whose).finish_non_exhaustive()
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The password was taken, and did not open the page.
    Refused,
    /// The password alone opened it.
    LetIn,
}

impl Trial {
    pub fn new(login: Url, protected: Url, whose: Account, user: String, password: String) -> Trial {
        Trial {
            login,
            protected,
            whose,
            user,
            password,
            is_spent: AtomicBool::new(false),
            ended: OnceCell::new(),
        }
    }

    pub fn is_at(&self, place: &Place) -> bool {
        place.has(&self.login)
    }

    /// Why it is not known how it ended, with whether the password was sent.
    pub fn unclear(&self, why: Message) -> Message {
        match self.is_spent.load(Ordering::Relaxed) {
            true => msg!("trial.sent", why = why),
            false => msg!("trial.not_sent", why = why),
        }
    }

    /// Whether the password may be sent: once.
    fn spend(&self) -> bool {
        !self.is_spent.swap(true, Ordering::Relaxed)
    }

    /// How it ends, whoever asks: two targets of one host have one sign-in.
    pub async fn attempt(&self, visit: &Visit<'_>) -> Result<Ended, Message> {
        self.ended.get_or_init(|| self.first_attempt(visit)).await.clone()
    }

    async fn first_attempt(&self, visit: &Visit<'_>) -> Result<Ended, Message> {
        let marks = &measures().second_step;
        let mut visitor = Visitor::new(visit);
        let login = visitor.follow(&self.login).await?;
        let eye = Eye::new(marks, &login.page);
        let (first, second) = (self.shut(&eye, &mut visitor).await?, self.shut(&eye, &mut visitor).await?);
        let before = Before::new(first, second).ok_or_else(|| msg!("trial.unsteady"))?;
        // Once more: a page that was visited in between can make a form stale.
        let page = visitor.follow(&self.login).await?.fine_page()?;
        let (action, body) = filled_in(&page, &self.user, &self.password)?;
        if !visitor.is_here(&action) {
            return Err(msg!("trial.form_elsewhere"));
        }
        if !self.spend() {
            return Err(msg!("trial.spent"));
        }
        let next = visitor.send(&action, body, &page.url).await?;
        let after = eye.door(&visitor.follow(&self.protected).await?);
        eye.ended(&before, after, next)
    }

    /// How the page behind the sign-in is shut to somebody who has not signed in.
    async fn shut(&self, eye: &Eye<'_>, visitor: &mut Visitor<'_>) -> Result<Shut, Message> {
        match eye.door(&visitor.follow(&self.protected).await?) {
            Door::Shut(Shut::SecondStep(_)) => Err(msg!("trial.asks_before")),
            Door::Shut(how) => Ok(how),
            Door::Opens => Err(msg!("trial.not_protected", url = without_query(&self.protected))),
            Door::Unclear(why) => Err(why),
        }
    }
}

/// What a transcript has of it.
pub fn kept(whose: Account, ended: &Result<Ended, Message>) -> visit::Trial {
    let account = match whose {
        Account::Doctor => visit::Account::Doctor,
        Account::Staff => visit::Account::Staff,
    };
    let ended = match ended {
        Ok(Ended::Refused) => visit::Ended::Refused,
        Ok(Ended::LetIn) => visit::Ended::LetIn,
        Err(_) => visit::Ended::Unclear,
    };
    visit::Trial { account, ended }
}

/// The same from a transcript.
pub(super) fn again(kept: visit::Trial) -> (Account, Result<Ended, Message>) {
    let whose = match kept.account {
        visit::Account::Doctor => Account::Doctor,
        visit::Account::Staff => Account::Staff,
    };
    let ended = match kept.ended {
        visit::Ended::Refused => Ok(Ended::Refused),
        visit::Ended::LetIn => Ok(Ended::LetIn),
        visit::Ended::Unclear => Err(msg!("trial.not_kept")),
    };
    (whose, ended)
}

/// The form of a page with an account filled in: where it is sent, and what.
pub fn filled_in(page: &Answer, user: &str, password: &str) -> Result<(Url, String), Message> {
    let form = Fields::read(page).form(&page.url, &measures().second_step)?;
    let body = form.filled_in(user, password);
    Ok((form.action, body))
}
