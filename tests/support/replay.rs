//! Holds a transcript against the measurement that wrote it: the same facts.

#![allow(dead_code)]

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::Place;

/// The name under which tests keep a transcript.
pub const FILE: &str = "transcript.json";

/// Every fact that names a transcript, by place and key.
fn shown(json: &Value) -> BTreeMap<String, Value> {
    let targets = json["targets"].as_array().unwrap();
    let mut all = BTreeMap::new();
    for target in targets {
        for (key, look) in target["facts"].as_object().unwrap() {
            if look["transcript"].is_string() {
                let place = format!("{} {} {key}", target["target"], target["addresses"]);
                assert!(all.insert(place.clone(), look.clone()).is_none(), "{place} stands twice");
            }
        }
    }
    all
}

/// The transcript that was kept comes to the same facts again, with the same digest. Gives their number.
pub fn holds(place: &Place, measured: &Value, more: &[&str]) -> usize {
    let run = place.run(&[&["probe", "--replay", FILE, "--json"], more].concat());
    let again: Value = serde_json::from_str(&run.out()).unwrap_or_else(|_| panic!("{}", run.err()));
    let (then, now) = (shown(measured), shown(&again));
    for (key, look) in &then {
        assert_eq!(Some(look), now.get(key), "{key}");
    }
    assert_eq!(then.keys().collect::<Vec<_>>(), now.keys().collect::<Vec<_>>());
    then.len()
}
