//! What the pages of a sign-in say. Where they do not say that a second step is asked for and that nothing
//! has opened, it is not known how the attempt ended.

use url::Url;

use super::Ended;
use super::form::Fields;
use super::marks::SecondStep;
use super::visitor::Way;
use crate::model::message::Message;
use crate::msg;
use crate::probe::web::client::Answer;
use crate::probe::web::unexpected;

/// What is looked for, at one site.
pub struct Eye<'a> {
    marks: &'a SecondStep,
    login: &'a Url,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shut {
    Status(u16),
    /// A password is asked for: on the page itself, or where it leads.
    Password {
        leads_there: bool,
    },
    SecondStep,
}

impl<'a> Eye<'a> {
    pub fn new(marks: &'a SecondStep, login: &'a Url, page: &Answer) -> Eye<'a> {
        Eye { marks, login, ignores_scripts: Fields::read(page).calls_for_passkey(marks) }
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
        let leads_there = way.steps > 0;
        match () {
            () if fields.asks_for_password(self.marks) => Door::Shut(Shut::Password { leads_there }),
            () if self.asks_for_second_step(&fields) => Door::Shut(Shut::SecondStep),
            () if fields.is_cut => Door::Unclear(msg!("trial.page_unread")),
            () if !leads_there => Door::Opens,
            () if page.url.path() == self.login.path() => Door::Shut(Shut::Password { leads_there }),
            // To whom another page is shown is not known.
            () => Door::Unclear(msg!("trial.led_on")),
        }
    }

    /// Of how the door was before and after, and the page that came after the password.
    pub fn ended(&self, before: Shut, after: Door, next: Result<Way, Message>) -> Result<Ended, Message> {
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
        let is_password_page = !page.is_fine() || fields.asks_for_password(self.marks);
        match () {
            () if is_password_page => Err(msg!("trial.password_refused")),
            () if fields.is_cut => Err(msg!("trial.page_unread")),
            () if self.marks.sets_up(&page.text()) => Err(msg!("trial.sets_up")),
            () if !self.asks_for_second_step(&fields) => Err(msg!("trial.no_second_step")),
            // Shut in another way: it may be that somebody is in, and may not see this page.
            () if after != before && after != Shut::SecondStep => Err(msg!("trial.shut_otherwise")),
            () => Ok(Ended::Refused),
        }
    }
}
