//! The fields of a page, and the form among them that asks for a name and a password. A form of any other
//! kind is not filled in.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use url::Url;

use super::marks::{Field, SecondStep};
use crate::model::message::Message;
use crate::msg;
use crate::probe::web::client::Answer;

/// Elements on a page that are looked at, and fields that are kept, at most.
const MOST_TOKENS: usize = 200_000;
const MOST_FIELDS: usize = 500;

/// What stands on a page, as far as a sign-in goes.
#[derive(Default)]
pub struct Fields {
    forms: Vec<Raw>,
    /// Those in no form.
    loose: Vec<Field>,
    scripts: String,
    /// What the addresses on the page begin at, where it says.
    base: Option<String>,
    /// More stands on it than was looked at, or it cannot be read as UTF-8.
    pub is_cut: bool,
}

#[derive(Default)]
struct Raw {
    action: Option<String>,
    method: String,
    kind: Option<String>,
    fields: Vec<Field>,
}

/// A form that can be sent. Its fields may hold secrets of a session.
pub struct Form {
    pub action: Url,
    carried: Vec<(String, String)>,
    user: String,
    password: String,
}

impl Fields {
    pub fn read(answer: &Answer) -> Fields {
        let Ok(html) = std::str::from_utf8(&answer.body) else {
            return Fields { is_cut: true, ..Fields::default() };
        };
        let mut fields = Fields { is_cut: !answer.is_whole, ..Fields::default() };
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let (mut in_form, mut in_script, mut templates) = (false, false, 0_usize);
        for (count, token) in Tokenizer::new_with_emitter(html, emitter).enumerate() {
            let Ok(token) = token;
            if count == MOST_TOKENS {
                fields.is_cut = true;
                break;
            }
            match token {
                Token::StartTag(tag) => {
                    in_script = tag.name.as_slice() == b"script";
                    match tag.name.as_slice() {
                        b"template" => templates += 1,
                        _ if templates > 0 => {}
                        // As browsers do, a form within a form is passed over.
                        b"form" if !in_form => {
                            in_form = true;
                            fields.forms.push(Raw::new(&tag));
                        }
                        b"base" if fields.base.is_none() => fields.base = value(&tag, "href"),
                        b"input" | b"button" | b"select" | b"textarea" => fields.add(field(&tag), in_form),
                        _ => {}
                    }
                }
                Token::EndTag(tag) => match tag.name.as_slice() {
                    b"form" if templates == 0 => in_form = false,
                    b"template" => templates = templates.saturating_sub(1),
                    b"script" => in_script = false,
                    _ => {}
                },
                Token::String(words) if in_script => {
                    fields.scripts.push_str(&String::from_utf8_lossy(&words));
                }
                _ => {}
            }
        }
        fields
    }

    fn add(&mut self, field: Field, in_form: bool) {
        let list = match self.forms.last_mut() {
            Some(form) if in_form => &mut form.fields,
            _ => &mut self.loose,
        };
        if list.len() < MOST_FIELDS {
            list.push(field);
        } else {
            self.is_cut = true;
        }
    }

    fn all(&self) -> impl Iterator<Item = &Field> {
        self.forms.iter().flat_map(|form| &form.fields).chain(&self.loose)
    }

    /// Whether a password is asked for. A one-time code that is typed unseen is none.
    pub fn asks_for_password(&self, marks: &SecondStep) -> bool {
        self.all().any(|field| field.kind == "password" && !marks.is_code(field))
    }

    pub fn asks_for_code(&self, marks: &SecondStep) -> bool {
        self.all().any(|field| marks.is_code(field))
    }

    pub fn calls_for_passkey(&self, marks: &SecondStep) -> bool {
        marks.calls_for_passkey(&self.scripts)
    }

    /// The one form that asks for a name and a password; why there is none to send.
    pub fn form(&self, page: &Url, marks: &SecondStep) -> Result<Form, Message> {
        if self.is_cut {
            return Err(msg!("trial.page_unread"));
        }
        let base = match &self.base {
            Some(base) => page.join(base.trim()).map_err(|_| msg!("trial.unusual_form"))?,
            None => page.clone(),
        };
        let asks = |fields: &[Field]| fields.iter().any(|field| field.kind == "password");
        let mut asking = self.forms.iter().filter(|form| asks(&form.fields));
        match (asking.next(), asking.next(), asks(&self.loose)) {
            (Some(form), None, false) => form.checked(page, &base, marks),
            (None, _, _) => Err(msg!("trial.no_form")),
            _ => Err(msg!("trial.several_forms")),
        }
    }
}

impl Raw {
    fn new(tag: &StartTag<()>) -> Raw {
        Raw {
            action: value(tag, "action"),
            method: value(tag, "method").unwrap_or_default().to_ascii_lowercase(),
            kind: value(tag, "enctype"),
            fields: Vec::new(),
        }
    }

    fn is_plain(&self) -> bool {
        let kind = self.kind.as_deref().map(str::trim);
        kind.is_none_or(|kind| kind.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
    }

    /// Nothing but a name, a password and what the page fills in itself, sent as forms usually are.
    fn checked(&self, page: &Url, base: &Url, marks: &SecondStep) -> Result<Form, Message> {
        let unusual = || msg!("trial.unusual_form");
        let is_odd = |field: &Field| marks.is_code(field) || field.goes_elsewhere;
        if self.method != "post" || !self.is_plain() || self.fields.iter().any(is_odd) {
            return Err(unusual());
        }
        let action = match self.action.as_deref().map(str::trim).filter(|action| !action.is_empty()) {
            Some(action) => base.join(action).map_err(|_| unusual())?,
            None => page.clone(),
        };
        let (mut users, mut passwords, mut carried) = (Vec::new(), Vec::new(), Vec::new());
        let mut pressed = false;
        for field in self.fields.iter().filter(|field| !field.is_disabled) {
            let named = (field.name.clone(), field.value.clone());
            match field.kind.as_str() {
                "hidden" => carried.push(named),
                "checkbox" | "radio" if field.is_checked => {
                    let on = if field.has_value { named.1 } else { "on".to_owned() };
                    carried.push((named.0, on));
                }
                "checkbox" | "radio" | "button" | "reset" => {}
                // The first button is the one that Enter presses.
                "submit" | "image" if pressed => {}
                "submit" => {
                    pressed = true;
                    carried.push(named);
                }
                "password" => passwords.push(field.name.clone()),
                "text" | "email" | "tel" | "search" | "number" => users.push(field.name.clone()),
                _ => return Err(unusual()),
            }
        }
        carried.retain(|(name, _)| !name.is_empty());
        match (users.as_slice(), passwords.as_slice()) {
            ([user], [password]) if !user.is_empty() && !password.is_empty() => {
                Ok(Form { action, carried, user: user.clone(), password: password.clone() })
            }
            _ => Err(unusual()),
        }
    }
}

impl Form {
    /// What is sent. It holds the password.
    pub fn filled_in(&self, user: &str, password: &str) -> String {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&self.carried);
        body.append_pair(&self.user, user).append_pair(&self.password, password);
        body.finish()
    }
}

fn field(tag: &StartTag<()>) -> Field {
    let word = |name: &str| value(tag, name).unwrap_or_default().to_ascii_lowercase();
    let kind = match tag.name.as_slice() {
        b"input" if word("type").is_empty() => "text".to_owned(),
        b"input" => word("type"),
        b"button" if !["button", "reset"].contains(&word("type").as_str()) => "submit".to_owned(),
        b"button" => "button".to_owned(),
        other => String::from_utf8_lossy(other).into_owned(),
    };
    let has = |name: &str| value(tag, name).is_some();
    Field {
        kind,
        name: value(tag, "name").unwrap_or_default(),
        has_value: has("value"),
        value: value(tag, "value").unwrap_or_default(),
        completes: word("autocomplete"),
        longest: value(tag, "maxlength").and_then(|most| most.trim().parse().ok()),
        is_numeric: word("inputmode") == "numeric",
        is_checked: has("checked"),
        is_disabled: has("disabled"),
        goes_elsewhere: ["form", "formaction", "formmethod", "formenctype"].iter().any(|name| has(name)),
    }
}

fn value(tag: &StartTag<()>, wanted: &str) -> Option<String> {
    let found = tag.attributes.iter().find(|(known, _)| known.as_slice() == wanted.as_bytes());
    found.map(|(_, value)| String::from_utf8_lossy(&value.value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::web::measures::measures;

    const NAME_AND_PASSWORD: &str = "<input name=user><input type=password name=pw>";

    fn answer(html: &[u8]) -> Answer {
        Answer {
            url: Url::parse("https://telemed.example.jp/account/login").unwrap(),
            status: 200,
            headers: Vec::new(),
            body: html.to_vec(),
            is_whole: true,
            answered: jiff::Timestamp::UNIX_EPOCH,
            took: std::time::Duration::ZERO,
        }
    }

    fn form(html: &str) -> Result<Form, &'static str> {
        let answer = answer(html.as_bytes());
        Fields::read(&answer).form(&answer.url, &measures().second_step).map_err(|why| why.id)
    }

    fn sent(html: &str) -> (String, String) {
        let form = form(html).unwrap_or_else(|why| panic!("{why}: {html}"));
        (form.action.to_string(), form.filled_in("a&b", "p=w"))
    }

    #[test]
    fn a_form_is_sent_as_a_browser_sends_it() {
        let (action, body) = sent(
            "<form method=POST action='../in?x=1'><input type=hidden name=csrf value='t&amp;k'>\
             <input name=user value=old><input type=Password name=pw><input type=checkbox name=keep>\
             <input type=checkbox name=terms checked><input type=hidden name=off value=1 disabled>\
             <button name=go value=in>x</button><button name=other value=1>y</button></form>",
        );
        assert_eq!(action, "https://telemed.example.jp/in?x=1");
        assert_eq!(body, "csrf=t%26k&terms=on&go=in&user=a%26b&pw=p%3Dw");
        assert_eq!(
            sent(&format!("<form method=post>{NAME_AND_PASSWORD}</form>")).0,
            "https://telemed.example.jp/account/login"
        );
        assert_eq!(
            sent(&format!("<base href=/b/><form method=post action=c>{NAME_AND_PASSWORD}</form>")).0,
            "https://telemed.example.jp/b/c"
        );
    }

    #[test]
    fn a_form_of_another_kind_is_not_filled_in() {
        let with = |more: &str| format!("<form method=post>{NAME_AND_PASSWORD}{more}</form>");
        for (html, why) in [
            (String::new(), "trial.no_form"),
            ("<form method=post><input name=user></form>".to_owned(), "trial.no_form"),
            (format!("<template>{}</template>", with("")), "trial.no_form"),
            (format!("<script>'{}'</script>", with("")), "trial.no_form"),
            (NAME_AND_PASSWORD.to_owned(), "trial.no_form"),
            (with("") + &with(""), "trial.several_forms"),
            (with("") + "<input type=password>", "trial.several_forms"),
            (with("<input name=clinic>"), "trial.unusual_form"),
            (with("<select name=clinic></select>"), "trial.unusual_form"),
            (with("<input type=password name=again>"), "trial.unusual_form"),
            (with("<input name=otp>"), "trial.unusual_form"),
            (with("<button formaction=/other>x</button>"), "trial.unusual_form"),
            (with("").replace("name=pw", ""), "trial.unusual_form"),
            (with("").replace("method=post", ""), "trial.unusual_form"),
            (
                with("").replace("method=post", "method=post enctype=multipart/form-data"),
                "trial.unusual_form",
            ),
            (with("").replace("method=post", "method=post action=https://[/"), "trial.unusual_form"),
            (with(&"<input type=hidden name=x>".repeat(MOST_FIELDS)), "trial.page_unread"),
        ] {
            assert_eq!(form(&html).err(), Some(why), "{html:.200}");
        }
    }

    #[test]
    fn a_page_that_was_not_read_to_its_end_has_no_form() {
        let whole = format!("<form method=post>{NAME_AND_PASSWORD}</form>");
        let marks = &measures().second_step;
        let cut = Answer { is_whole: false, ..answer(whole.as_bytes()) };
        let japanese = answer(&[whole.as_bytes(), b"\x83\x8d\x83O"].concat());
        for page in [cut, japanese] {
            assert_eq!(Fields::read(&page).form(&page.url, marks).err().unwrap().id, "trial.page_unread");
        }
    }
}
