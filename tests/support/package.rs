//! Opens packages as others would, and makes them anew as a forger would.

#![allow(dead_code)]

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use tenken::pack::{self, Source};
use tenken::wire::package::Manifest;

/// Every file in a package, as a reader that others wrote sees it.
pub fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut all = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        all.insert(file.name().unwrap().into_owned(), content);
    }
    all
}

/// A package of these files whose hashes and chain are right: what a forger can do without a key.
pub fn repacked(files: BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut manifest: Manifest = serde_json::from_slice(&files["manifest.json"]).unwrap();
    let inner = files.into_iter().filter(|(name, _)| !name.starts_with("manifest.json"));
    let plan = pack::plan(inner.map(|(name, bytes)| Source::bytes(name, bytes)).collect()).unwrap();
    manifest.files = plan.files();
    let digest = |path: &str| manifest.files.iter().find(|file| file.path == path).unwrap().sha256.clone();
    for file in &mut manifest.policy {
        file.sha256 = digest(&file.path);
    }
    let chain = manifest.chain.iter().map(|link| (link.path.clone(), digest(&link.path)));
    manifest.chain = pack::links(chain.collect::<Vec<_>>());
    let mut out = Vec::new();
    pack::write(&plan, &serde_json::to_vec(&manifest).unwrap(), None, &mut out).unwrap();
    out
}
