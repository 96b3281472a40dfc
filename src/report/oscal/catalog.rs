//! The catalogue: one group per checklist, one per theme below it, one control per item.

use serde_json::{Value, json};

use super::{Writer, control, line, property, put, statement};
use crate::report::reading::checklist_id;
use crate::wire::assessment::{Checklist, Item};

pub fn document(writer: &Writer) -> Value {
    let assessment = writer.assessment();
    let groups: Vec<Value> = assessment.checklists.iter().map(|one| group(one, writer)).collect();
    let resources = assessment.checklists.iter().map(|one| source(one, writer)).collect();
    let mut catalog = json!({
        "uuid": writer.id("document", "catalog"),
        "metadata": writer.metadata("oscal.catalog"),
    });
    put(&mut catalog, "groups", groups);
    let mut back = json!({});
    put(&mut back, "resources", resources);
    json!({ "catalog": merged(catalog, back) })
}

fn merged(mut catalog: Value, back: Value) -> Value {
    if let (Value::Object(map), true) = (&mut catalog, back.get("resources").is_some()) {
        map.insert("back-matter".to_owned(), back);
    }
    catalog
}

fn group(checklist: &Checklist, writer: &Writer) -> Value {
    let mut group = json!({
        "id": control(&checklist.id),
        "class": "checklist",
        "title": line(writer.reading.text(&checklist.title)),
        "props": [property("edition", &checklist.edition), property("sha256", &checklist.digest)],
        "links": [{ "href": format!("#{}", writer.id("source", &checklist.id)), "rel": "reference" }],
    });
    let themes = checklist.themes.iter().filter_map(|theme| {
        let own = |item: &&Item| item.theme == theme.key && checklist_id(&item.item) == checklist.id;
        let controls: Vec<Value> =
            writer.assessment().items.iter().filter(own).map(|item| one(item, writer)).collect();
        (!controls.is_empty()).then(|| {
            json!({
                "id": control(&format!("{}/{}_theme", checklist.id, theme.key)),
                "class": "theme",
                "title": line(writer.reading.text(&theme.title)),
                "controls": controls,
            })
        })
    });
    put(&mut group, "groups", themes.collect());
    group
}

fn one(item: &Item, writer: &Writer) -> Value {
    let reading = &writer.reading;
    let id = control(&item.item);
    let points = item.points.iter().map(|point| reading.text(point));
    let remark = item.remark.iter().map(|remark| reading.text(remark));
    let prose: Vec<&str> = [reading.text(&item.ask)].into_iter().chain(points).chain(remark).collect();
    json!({
        "id": id,
        "class": item.level.word(),
        "title": line(reading.text(&item.title)),
        "props": [
            { "name": "label", "value": line(&item.item) },
            property("level", item.level.word()),
            property("actor", item.actor.word()),
            property("place", &item.place),
        ],
        "parts": [
            { "id": statement(&item.item), "name": "statement", "prose": prose.join("\n\n") },
            { "id": format!("{id}_why"), "name": "overview", "prose": reading.text(&item.why) },
            { "id": format!("{id}_gdn"), "name": "guidance", "prose": reading.text(&item.fix) },
        ],
    })
}

/// The published document behind a checklist.
fn source(checklist: &Checklist, writer: &Writer) -> Value {
    let source = &checklist.source;
    let published = source.published.as_deref().unwrap_or_default();
    let text = format!("{} {} {} {published}", source.publisher, source.document, source.place);
    json!({
        "uuid": writer.id("source", &checklist.id),
        "title": line(&source.document),
        "citation": { "text": line(&text) },
    })
}
