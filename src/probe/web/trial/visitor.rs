//! The requests of one sign-in: with its cookies, at its own host, to a server that is trusted.

use url::Url;

use super::jar::Jar;
use crate::model::message::Message;
use crate::msg;
use crate::probe::web::Visit;
use crate::probe::web::client::{Answer, Client, Route};
use crate::probe::web::site::nothing;
use crate::probe::web::unexpected;

/// Redirects that are followed, at most.
const MOST_STEPS: usize = 10;

pub struct Visitor<'a> {
    visit: &'a Visit<'a>,
    jar: Jar,
}

/// The page that a way ended at.
pub struct Way {
    pub page: Answer,
    /// Redirects on the way.
    pub steps: usize,
}

impl Way {
    pub fn fine_page(self) -> Result<Answer, Message> {
        if self.page.is_fine() { Ok(self.page) } else { Err(unexpected(self.page.status)) }
    }
}

impl<'a> Visitor<'a> {
    pub fn new(visit: &'a Visit<'a>) -> Visitor<'a> {
        Visitor { visit, jar: Jar::default() }
    }

    /// Whether a page lies on the host that was allowed, behind its encrypted door.
    pub fn is_here(&self, url: &Url) -> bool {
        url.scheme() == "https" && self.visit.target.place().has(url)
    }

    pub async fn follow(&mut self, start: &Url) -> Result<Way, Message> {
        let mut next = start.clone();
        for steps in 0..=MOST_STEPS {
            let page = self.ask(&next, None).await?;
            match page.redirect() {
                Some(to) => next = to,
                None => return Ok(Way { page, steps }),
            }
        }
        Err(msg!("probe.web.endless"))
    }

    /// Sends a form, and follows where that leads; why that is not known. Nothing is sent a second time,
    /// even where the server asks for it.
    pub async fn send(
        &mut self,
        action: &Url,
        body: String,
        from: &Url,
    ) -> Result<Result<Way, Message>, Message> {
        let page = self.ask(action, Some((body, from))).await?;
        match (page.redirect(), page.status) {
            (None, _) => Ok(Ok(Way { page, steps: 0 })),
            (Some(_), 307 | 308) => Ok(Err(msg!("trial.asked_again"))),
            (Some(to), _) => Ok(self.follow(&to).await),
        }
    }

    async fn ask(&mut self, url: &Url, form: Option<(String, &Url)>) -> Result<Answer, Message> {
        if !self.is_here(url) {
            // Where it leads is not said: an address may repeat what was sent.
            return Err(msg!("trial.led_elsewhere"));
        }
        let mut headers: Vec<(&str, String)> = Vec::new();
        headers.extend(self.jar.header(url).map(|cookies| ("cookie", cookies)));
        let body = form.map(|(body, from)| {
            headers.push(("origin", from.origin().ascii_serialization()));
            headers.push(("referer", from.as_str().to_owned()));
            body
        });
        // A connection that is used again can make a client repeat a request that got lost.
        let answer = self.client()?.ask(url, headers, body).await.map_err(nothing)?;
        self.jar.take(&answer, self.visit.now);
        Ok(answer)
    }

    fn client(&self) -> Result<Client, Message> {
        let Visit { target, way, deadline, roots, book, .. } = self.visit;
        let client = Client::trusting(roots, &target.place().host, &Route::Way((*way).clone()), *deadline);
        Ok(client.ok_or_else(|| msg!("probe.web.not_http"))?.sharing(&book.permits(way)))
    }
}
