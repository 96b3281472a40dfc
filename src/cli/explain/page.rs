//! One item as a page of a handbook: what is asked and why, how to mend it, how it is decided, where
//! it is written.

use anstyle::Style;

use crate::cli::Session;
use crate::load::catalog::Catalog;
use crate::model::checklist::{Checklist, Demand, Item};
use crate::model::criterion::Power;
use crate::model::feature::Applies;
use crate::model::message::{Arg, Message};
use crate::model::policy::Rule;
use crate::model::verdict::Actor;
use crate::msg;
use crate::report::sentence;
use crate::report::typeset::{Page, styled};
use crate::texts::word;

pub(super) fn page(checklist: &Checklist, item: &Item, catalog: &Catalog, session: &Session) -> String {
    let rule = catalog.policy.rules.get(&item.name);
    let feature = |key: &str| match catalog.features.get(key) {
        Some(feature) => Arg::from(&feature.title),
        None => Arg::from(key),
    };
    let mut writer = Writer { page: Page::default(), session };
    writer.head(checklist, item);
    writer.body(item);
    writer.applies(&item.when, feature);
    writer.decision(rule.map(|rule| &**rule));
    writer.evidence(item);
    writer.links(item, catalog);
    writer.source(checklist, item, catalog);
    writer.page.into_text()
}

struct Writer<'a> {
    page: Page,
    session: &'a Session,
}

impl Writer<'_> {
    fn word(&self, id: &str) -> String {
        word(id, self.session.lang).to_owned()
    }

    fn heading(&mut self, id: &str) {
        let heading = styled(Style::new().bold(), &self.word(id));
        self.page.blank();
        self.page.line(&heading);
    }

    fn section(&mut self, id: &str, text: &str) {
        self.heading(id);
        self.page.paragraph(2, text);
    }

    fn bullet(&mut self, text: &str) {
        self.page.hanging("  ・", text);
    }

    fn say(&mut self, message: &Message) {
        let text = self.session.say(message);
        self.page.paragraph(2, &text);
    }

    fn head(&mut self, checklist: &Checklist, item: &Item) {
        let lang = self.session.lang;
        let title = format!("{}  {}", item.name, item.title.to(lang));
        self.page.hanging("", &styled(Style::new().bold(), &title));
        let actor = |actor: Actor| Arg::from(word(actor.label(), lang));
        let theme = checklist.theme(&item.theme).map(|theme| theme.title.clone()).unwrap_or_default();
        let line = msg!(
            "explain.head",
            level = word(item.level.label(), lang),
            theme = theme,
            actor = actor(item.actor),
        );
        let mut line = self.session.say(&line);
        if !item.with.is_empty() {
            let with = Arg::List(item.with.iter().map(|one| actor(*one)).collect());
            line += &self.session.say(&msg!("explain.with", actors = with));
        }
        self.page.paragraph(0, &line);
    }

    fn body(&mut self, item: &Item) {
        let lang = self.session.lang;
        self.section("explain.ask", item.ask.to(lang));
        for (number, point) in item.points.iter().enumerate() {
            self.page.hanging(&format!("  ({}) ", number + 1), point.to(lang));
        }
        if let Some(remark) = &item.remark {
            self.section("explain.remark", remark.to(lang));
        }
        self.section("explain.why", item.why.to(lang));
        self.section("explain.fix", item.fix.to(lang));
    }

    fn applies(&mut self, when: &Applies, feature: impl Fn(&str) -> Arg) {
        if *when == Applies::default() {
            return;
        }
        self.heading("explain.applies");
        let titles = |keys: &[String]| Arg::List(keys.iter().map(|key| feature(key)).collect());
        if !when.all.is_empty() {
            self.say(&msg!("explain.when_all", features = titles(&when.all)));
        }
        if !when.any.is_empty() {
            self.say(&msg!("explain.when_any", features = titles(&when.any)));
        }
    }

    fn decision(&mut self, rule: Option<&Rule>) {
        self.heading("explain.decision");
        let criteria = rule.map(|rule| rule.measure.as_slice()).unwrap_or_default();
        if criteria.is_empty() {
            self.say(&msg!("explain.by_answer"));
        }
        for power in [Power::Both, Power::Refutes, Power::Confirms, Power::Hints] {
            let own: Vec<_> = criteria.iter().filter(|criterion| criterion.power == power).collect();
            if own.is_empty() {
                continue;
            }
            let heading = self.word(match power {
                Power::Both => "power.both",
                Power::Refutes => "power.refutes",
                Power::Confirms => "power.confirms",
                Power::Hints => "power.hints",
            });
            self.page.paragraph(2, &heading);
            for criterion in own {
                let (fact, expected) = (&criterion.fact.label, sentence::expected(criterion));
                let line = self.session.say(&msg!("power.criterion", fact = fact, expected = expected));
                self.page.hanging("    ・", &line);
            }
        }
        if !criteria.is_empty() {
            self.say(&msg!("explain.then_answer"));
        }
        if rule.is_some_and(|rule| rule.documented) {
            self.say(&msg!("explain.documented"));
        }
    }

    fn evidence(&mut self, item: &Item) {
        self.heading("explain.evidence");
        for one in &item.evidence {
            self.bullet(one.to(self.session.lang));
        }
    }

    /// What one answer serves beside this item, and what is worth reading with it.
    fn links(&mut self, item: &Item, catalog: &Catalog) {
        let links = catalog.policy.crosswalk.links(&item.name);
        let tables = catalog.references.values().filter(|table| table.items.contains(&item.name));
        let tables: Vec<_> = tables.collect();
        if links.is_empty() && tables.is_empty() {
            return;
        }
        self.heading("explain.links");
        for link in links {
            let other = catalog.checklists.get(link.to.checklist());
            let title = other.and_then(|list| list.item(link.to.id())).map(|item| item.title.clone());
            let line = msg!(
                "explain.link",
                item = link.to.as_str(),
                title = title.unwrap_or_default(),
                relation = Message::label(link.relation.label()),
                note = link.note.clone().unwrap_or_default(),
            );
            let line = self.session.say(&line);
            self.bullet(line.trim_end());
        }
        for table in tables {
            let line = msg!("explain.reference", title = &table.title, reference = &table.id);
            let line = self.session.say(&line);
            self.bullet(&line);
        }
    }

    fn also(&mut self, item: &Item) {
        for also in &item.also {
            let (document, place) = (&also.document, &also.place);
            let level = Message::label(also.level.label());
            let line = match also.level.departs_from(item.level) {
                true => msg!(
                    "explain.also_departs",
                    own = Message::label(Demand::from(item.level).label()),
                    publisher = &document.publisher,
                    document = &document.document,
                    place = place,
                    level = level,
                ),
                false => msg!(
                    "explain.also",
                    publisher = &document.publisher,
                    document = &document.document,
                    place = place,
                    level = level,
                ),
            };
            self.say(&line);
            if let Some(says) = &also.says {
                self.page.paragraph(4, says.to(self.session.lang));
            }
        }
    }

    fn source(&mut self, checklist: &Checklist, item: &Item, catalog: &Catalog) {
        self.heading("explain.source");
        let source = &checklist.source;
        let line = msg!(
            "explain.cited",
            document = &source.document,
            publisher = &source.publisher,
            part = &source.place,
            place = &item.place,
        );
        self.say(&line);
        if let Some(date) = source.published {
            self.say(&msg!("explain.published", date = date));
        }
        if !item.facts.is_empty() {
            let figure = |(key, value): &(String, String)| {
                let name = catalog.figures.get(key).map_or_else(|| Arg::from(key), Arg::from);
                Arg::from(msg!("explain.figure", name = name, value = value))
            };
            let figures = Arg::List(item.facts.iter().map(figure).collect());
            self.say(&msg!("explain.figures", figures = figures));
        }
        if item.certification_desirable {
            self.say(&msg!("explain.certification"));
        }
        self.also(item);
        for later in &item.later {
            let confidence = Message::label(later.confidence.label());
            self.say(&msg!(
                "explain.later",
                document = &later.document,
                says = &later.says,
                confidence = confidence,
            ));
        }
    }
}
