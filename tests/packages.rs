//! Packages from outside: what is packed is found again, what was changed is named, and signatures
//! hold with OpenSSH as the other side.

#[path = "support/package.rs"]
mod package;
mod support;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use package::{repacked, unpacked};
use support::{CLINIC, Place, all_yes};
use tenken::pack::{self, Package, Refused, Signature, Signers, Source, Who};
use tenken::wire::package::{Link, Manifest};

fn key(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/packages").join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(key(name)).unwrap()
}

/// A clinic with a document, audited.
fn clinic() -> Place {
    let place = Place::new();
    place.write("clinic/tenken.yaml", CLINIC);
    let answers = all_yes().replacen("page: \"3\"", "page: \"3\", file: evidence/rules.pdf", 1);
    place.write("clinic/answers.yaml", answers);
    place.write("clinic/evidence/rules.pdf", "%PDF-1.4 the rules");
    audited(&place);
    place
}

fn audited(place: &Place) {
    let run = place.run(&["audit", "clinic", "--no-probe", "-q", "--at", "2026-11-20"]);
    assert!(run.code() < 2, "{}", run.err());
}

fn packed(place: &Place) -> Vec<u8> {
    let run = place.run(&["pack", "clinic", "--out", "p.zip"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    std::fs::read(place.path().join("p.zip")).unwrap()
}

fn verified(place: &Place, bytes: &[u8]) -> (i32, String) {
    place.write("other.zip", bytes);
    let run = place.run(&["verify", "other.zip", "--lang", "en"]);
    assert_eq!(run.err(), "");
    (run.code(), run.out())
}

#[test]
fn what_is_packed_is_found_again_and_decided_the_same() {
    let place = clinic();
    let bytes = packed(&place);
    let (code, out) = verified(&place, &bytes);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("13 items were decided again"), "{out}");
    let files = unpacked(&bytes);
    for name in ["workspace/tenken.yaml", "workspace/answers.yaml", "workspace/evidence/rules.pdf"] {
        let original = std::fs::read(place.path().join(name.replace("workspace", "clinic"))).unwrap();
        assert!(files[name] == original, "{name}");
    }
    assert!(files.keys().any(|name| name.starts_with("policy/built-in/rules/")));
}

#[test]
fn what_the_profile_names_is_packed_with_it_wherever_it_lies() {
    let vendor = Place::new();
    assert_eq!(vendor.run(&["demo", "d"]).code(), 0);
    let assessment = vendor.read("d/reports/assessment.json");
    for path in ["vendor.json", "from/vendor.json", "./evidence/vendor.json", "official/vendor.json"] {
        let place = Place::new();
        let profile = format!(
            "subject: {{name: 見本内科, kind: clinic}}\nchecklists: [mhlw-clinic]\nfeatures: [dedicated_system]\n\
             vendor_assessment: {path}\n"
        );
        place.write("clinic/tenken.yaml", profile);
        place.write("clinic/answers.yaml", "answers:\n");
        place.write(
            "clinic/waivers.yaml",
            "waivers:\n  mhlw-clinic/1-1-i: {by: 院長, reason: 年内, until: 2026-12-31}\n",
        );
        place.write(&format!("clinic/{path}"), &assessment);
        audited(&place);
        let (code, out) = verified(&place, &packed(&place));
        assert_eq!(code, 0, "{path}: {out}");
    }
}

#[test]
fn files_that_show_a_sign_in_stay_at_home_and_are_not_needed_to_decide_again() {
    let place = clinic();
    for path in ["evidence/token.txt", "sign-in.har"] {
        place.write(&format!("clinic/{path}"), "not-to-be-packed");
    }
    let profile = "targets:\n  - {url: 'https://telemed.example.jp', authorized_by: 院長, sign_in: {id_token: evidence/token.txt, har: sign-in.har}}\n";
    place.write("clinic/tenken.yaml", format!("{CLINIC}{profile}"));
    #[cfg(unix)]
    std::os::unix::fs::symlink("../sign-in.har", place.path().join("clinic/evidence/alias.har")).unwrap();
    audited(&place);
    let bytes = packed(&place);
    assert!(!bytes.windows(16).any(|part| part == b"not-to-be-packed"));
    let (code, out) = verified(&place, &bytes);
    assert_eq!(code, 0, "{out}");
    // They are read to measure, and to see that they can be.
    assert_eq!(place.run(&["check", "clinic"]).code(), 2);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let place = clinic();
    let first = packed(&place);
    std::fs::rename(place.path().join("p.zip"), place.path().join("first.zip")).unwrap();
    assert!(packed(&place) == first);
    let run = place.run(&["pack", "clinic", "--out", "p.zip"]);
    assert_eq!(run.code(), 2, "a package is never written over another file");
    assert!(std::fs::read(place.path().join("p.zip")).unwrap() == first);
}

#[test]
fn the_chain_goes_on_from_the_results_before() {
    let place = clinic();
    let chain = |bytes: &[u8]| -> Vec<Link> {
        serde_json::from_slice::<Manifest>(&unpacked(bytes)["manifest.json"]).unwrap().chain
    };
    let first = chain(&packed(&place));
    std::fs::remove_file(place.path().join("p.zip")).unwrap();
    audited(&place);
    let second = chain(&packed(&place));
    assert_eq!((first.len(), second.len()), (1, 2));
    assert_eq!(first[0], second[0]);
}

#[test]
fn answers_that_have_changed_since_the_audit_are_not_packed() {
    let place = clinic();
    place.write("clinic/answers.yaml", "answers:\n  takeout/C-1: {status: no}\n");
    let run = place.run(&["pack", "clinic", "--out", "p.zip", "--lang", "en"]);
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("takeout/C-1"), "{}", run.err());
    assert!(!place.path().join("p.zip").exists());
}

#[test]
fn secrets_stop_packing_with_their_line_and_are_not_repeated() {
    let place = clinic();
    place.write("clinic/evidence/notes.txt", "line\npassword: hunter22!\n保険者番号 01234567\n");
    let run = place.run(&["pack", "clinic", "--out", "p.zip"]);
    assert_eq!(run.code(), 1);
    let said = run.err();
    assert!(said.contains("notes.txt:2:1") && said.contains("notes.txt:3:1"), "{said}");
    assert!(!said.contains("hunter22") && !said.contains("01234567"), "{said}");
    assert!(!place.path().join("p.zip").exists());
    assert_eq!(place.run(&["pack", "clinic", "--out", "p.zip", "--allow-warnings"]).code(), 0);
}

/// Beside the texts that people attach: cells, and what was made of answers that have been mended since.
#[test]
fn secrets_are_seen_in_cells_and_in_what_was_made_of_the_answers() {
    let place = clinic();
    let answers = place.read("clinic/answers.yaml");
    let with =
        |measure: &str| answers.replacen("status: yes", &format!("status: yes\n    measure: '{measure}'"), 1);
    place.write("clinic/answers.yaml", with("テスト用 パスワード：Abc12345"));
    assert_eq!(place.run(&["form", "clinic"]).code(), 0);
    std::fs::remove_file(place.path().join("clinic/answers.yaml.bak")).unwrap();
    let run =
        place.run(&["audit", "clinic", "--no-probe", "-q", "--at", "2026-11-21", "--format", "md,html,csv"]);
    assert!(run.code() < 2, "{}", run.err());
    let pack = || place.run(&["pack", "clinic", "--out", "p.zip", "--lang", "en"]);
    let run = pack();
    let said = run.err();
    assert_eq!(run.code(), 1, "{said}");
    assert!(said.contains("clinic/answers.xlsx "), "{said}");
    let cell = said.lines().find(|line| line.contains("answers.xlsx ")).unwrap();
    assert!(cell.contains('!') && cell.trim_end().ends_with(|c: char| c.is_ascii_digit()), "{cell}");
    assert!(
        said.contains("clinic/results/2026-11-21") && said.contains("clinic/reports/2026-11-21.html:"),
        "{said}"
    );
    assert!(said.contains("delete this result or report"), "{said}");
    assert!(!said.contains("Abc12345"), "{said}");
    assert!(!place.path().join("p.zip").exists());
    let later = || {
        let run = place.run(&["audit", "clinic", "--no-probe", "-q", "--at", "2026-11-22"]);
        assert!(run.code() < 2, "{}", run.err());
    };
    // Taken out of the answers, it still stands in the result that was kept.
    std::fs::remove_file(place.path().join("clinic/answers.xlsx")).unwrap();
    std::fs::remove_dir_all(place.path().join("clinic/reports")).unwrap();
    place.write("clinic/answers.yaml", &answers);
    later();
    let run = pack();
    assert!(run.code() == 1 && run.err().contains("clinic/results/2026-11-21"), "{}", run.err());
    let old = place.files().into_iter().find(|name| name.starts_with("clinic/results/2026-11-21")).unwrap();
    std::fs::remove_file(place.path().join(old)).unwrap();
    later();
    let run = pack();
    assert_eq!(run.code(), 0, "{}", run.err());
}

/// What stands to the left of a cell says what it is.
#[test]
fn a_cell_is_read_with_the_one_before_it() {
    let place = clinic();
    assert_eq!(place.run(&["form", "clinic"]).code(), 0);
    std::fs::remove_file(place.path().join("clinic/answers.yaml.bak")).unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (at, text) in [(0, "tenken-item"), (1, "回答"), (2, "対応策"), (3, "パスワード"), (4, "控え")]
    {
        sheet.write_string(0, at, text).unwrap();
    }
    for (at, text) in [(0, "takeout/C-1"), (1, "はい"), (3, "マイナンバー"), (4, "123456789018")] {
        sheet.write_string(1, at, text).unwrap();
    }
    place.write("clinic/answers.xlsx", book.save_to_buffer().unwrap());
    audited(&place);
    let run = place.run(&["pack", "clinic", "--out", "p.zip", "--lang", "en"]);
    assert!(run.code() == 1 && run.err().contains("E2") && run.err().contains("My Number"), "{}", run.err());
    assert_eq!(run.err().matches("answers.xlsx").count(), 1, "{}", run.err());
}

#[test]
fn forged_answers_and_verdicts_do_not_come_out_the_same() {
    let place = clinic();
    let files = unpacked(&packed(&place));
    assert_eq!(verified(&place, &repacked(files.clone())).0, 0);
    let forged = |name: &str, from: &str, to: &str| {
        let mut files = files.clone();
        let path = files.keys().find(|path| path.starts_with(name)).unwrap().clone();
        let text = String::from_utf8(files[&path].clone()).unwrap();
        assert!(text.contains(from), "{path} has no {from}");
        files.insert(path, text.replacen(from, to, 1).into_bytes());
        verified(&place, &repacked(files))
    };
    let (code, out) = forged("workspace/answers.yaml", "status: yes", "status: no");
    assert!(code == 1 && out.contains("takeout/C-1"), "{out}");
    let (code, out) =
        forged("workspace/results/", "\"assurance\": \"documented\"", "\"assurance\": \"measured\"");
    assert!(code == 1 && out.contains("takeout/C-1"), "{out}");
    let (code, out) = forged("workspace/evidence/", "rules", "lures");
    assert!(code == 1 && out.contains("takeout/C-1"), "{out}");
    let (code, out) = forged("policy/built-in/checklists/takeout", "level: mandatory", "level: recommended");
    assert!(code == 1 && out.contains("checklists/takeout.yaml"), "{out}");
}

/// Another version may word things otherwise, and nothing else.
#[test]
fn what_another_version_made_is_held_against_all_but_its_wording() {
    let place = clinic();
    let mut files = unpacked(&packed(&place));
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    for (name, bytes) in &mut files {
        if name == "manifest.json" || name.starts_with("workspace/results/") {
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert!(text.contains(&version), "{name}");
            *bytes = text.replacen(&version, "\"version\": \"0.0.1\"", 1).into_bytes();
        }
    }
    let forged = |from: &str, to: &str| {
        let mut files = files.clone();
        let (_, bytes) = files.iter_mut().find(|(name, _)| name.starts_with("workspace/results/")).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains(from), "no {from}");
        *bytes = text.replacen(from, to, 1).into_bytes();
        verified(&place, &repacked(files))
    };
    let (code, out) = forged("\"items\"", "\"items\"");
    assert!(code == 0 && out.contains("another version of tenken (0.0.1)"), "{out}");
    let reviewed = "\"reviewed\": {\"subject\": \"x\", \"at\": \"x\", \"manifest\": \"x\", \"signature\": \"verified\"}, \"facts\"";
    let (code, out) = forged("\"facts\"", reviewed);
    assert!(code == 1 && out.contains("the head of the assessment"), "{out}");
    let (code, out) = forged("\"code\": \"", "\"code\": \"x_");
    assert!(code == 1 && out.contains("takeout/"), "{out}");
}

#[test]
fn an_applicant_hands_in_no_word_of_an_evaluator_however_it_is_written() {
    let place = clinic();
    let mut files = unpacked(&packed(&place));
    files.insert("workspace/Reviews.yaml".to_owned(), b"reviews: {}\n".to_vec());
    files.insert("workspace/Evaluator/x.pdf".to_owned(), b"%PDF-1.4".to_vec());
    place.write("p2.zip", repacked(files));
    let run = place.run(&["review", "p2.zip", "r"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    let names: Vec<String> = place.files().into_iter().filter(|name| name.starts_with("r/")).collect();
    assert!(!names.iter().any(|name| name.to_lowercase().contains("evaluator/") || name.to_lowercase().contains("reviews")), "{names:?}");
}

#[test]
fn a_packed_review_holds_nothing_that_the_applicant_did_not_hand_in() {
    let place = clinic();
    packed(&place);
    assert_eq!(place.run(&["review", "p.zip", "r"]).code(), 0);
    assert!(place.run(&["audit", "r", "--no-probe", "-q"]).code() < 2);
    assert_eq!(place.run(&["pack", "r", "--out", "r.zip"]).code(), 0);
    let mut files = unpacked(&std::fs::read(place.path().join("r.zip")).unwrap());
    assert_eq!(verified(&place, &repacked(files.clone())).0, 0);
    files.insert("workspace/waivers.yaml".to_owned(), b"waivers: {}\n".to_vec());
    let (code, out) = verified(&place, &repacked(files));
    assert!(code == 1 && out.contains("'waivers.yaml' was not in the package"), "{out}");
}

#[test]
fn a_file_more_or_less_is_named() {
    let place = clinic();
    let files = unpacked(&packed(&place));
    let manifest = files["manifest.json"].clone();
    type Files = BTreeMap<String, Vec<u8>>;
    let with = |change: &dyn Fn(&mut Files)| {
        let mut files = files.clone();
        files.remove("manifest.json");
        change(&mut files);
        let plan = files.into_iter().map(|(name, bytes)| Source::bytes(name, bytes)).collect();
        let mut out = Vec::new();
        pack::write(&pack::plan(plan).unwrap(), &manifest, None, &mut out).unwrap();
        verified(&place, &out)
    };
    let (code, out) = with(&|files| drop(files.insert("workspace/extra.txt".to_owned(), vec![1])));
    assert!(code == 1 && out.contains("workspace/extra.txt"), "{out}");
    let (code, out) = with(&|files| drop(files.remove("workspace/evidence/rules.pdf")));
    assert!(code == 1 && out.contains("workspace/evidence/rules.pdf"), "{out}");
    let (code, out) = with(&|files| drop(files.insert("workspace/answers.yaml".to_owned(), vec![b'#'])));
    assert!(code == 1 && out.contains("workspace/answers.yaml"), "{out}");
}

/// A package of a few bytes.
fn small(sign: impl FnOnce(&[u8]) -> Option<String>) -> Vec<u8> {
    let result = "workspace/results/a.json".to_owned();
    let file = |name: &str, content: &str| Source::bytes(name.to_owned(), content.as_bytes().to_vec());
    let plan = pack::plan(vec![file(&result, "{}"), file("workspace/b", "12345")]).unwrap();
    let digest = plan.files().iter().find(|file| file.path == result).unwrap().sha256.clone();
    let chain = pack::links([(result.clone(), digest)]);
    let manifest = serde_json::json!({
        "schema": "tenken.package/1", "tool": {"name": "tenken", "version": "0"}, "at": "2026-11-20T00:00:00Z",
        "subject": "x", "assessment": result, "policy": [], "chain": chain, "files": plan.files(),
    });
    let manifest = manifest.to_string();
    let signature = sign(manifest.as_bytes());
    let mut out = Vec::new();
    pack::write(&plan, manifest.as_bytes(), signature.as_deref(), &mut out).unwrap();
    out
}

fn holds(place: &Place, bytes: &[u8]) -> bool {
    let path = place.write("small.zip", bytes);
    Package::open(&path).is_ok_and(|package| package.problems().is_empty())
}

/// A package that was made and signed once and is kept: what is made today has the same bytes, and what
/// was made then can still be read. Fuzzing begins with it too.
#[test]
fn a_package_that_is_kept_has_the_bytes_that_are_made_today() {
    let made = small(|manifest| Some(pack::sign(&text("id_ed25519"), None, manifest).unwrap()));
    let kept = std::fs::read(key("small.zip")).unwrap();
    assert!(made == kept, "the form of packages has changed");
    let package = Package::open(&key("small.zip")).unwrap();
    assert_eq!(package.problems(), []);
    assert!(matches!(package.signature(None, Timestamp::now()), Signature::Valid { .. }));
}

#[test]
fn one_changed_byte_anywhere_is_found() {
    let place = Place::new();
    let whole = small(|manifest| Some(pack::sign(&text("id_ed25519"), None, manifest).unwrap()));
    let path = place.write("small.zip", &whole);
    assert_eq!(Package::open(&path).unwrap().problems(), []);
    assert!(holds(&place, &whole));
    for at in 0..whole.len() {
        for change in [1_u8, 0x20, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] ^= change;
            assert!(!holds(&place, &bytes), "byte {at} changed by {change}");
        }
        assert!(!holds(&place, &whole[..at]), "cut at {at}");
    }
    let longer = [whole.as_slice(), b"x"].concat();
    assert!(!holds(&place, &longer) && !holds(&place, &[b"x", whole.as_slice()].concat()));
}

#[test]
fn one_changed_byte_is_found_in_a_package_of_the_usual_size() {
    let place = clinic();
    let whole = packed(&place);
    assert!(holds(&place, &whole));
    for sample in 0..150 {
        let at = (sample * 7919 * 104_729 + 13) % whole.len();
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (sample % 8);
        assert!(!holds(&place, &bytes), "byte {at}");
    }
}

/// Many files and a large one: in each part of the container, at its borders, and spread over the whole.
#[test]
fn one_changed_byte_is_found_in_a_large_package() {
    use std::io::{Seek, SeekFrom, Write};
    let place = Place::new();
    let result = "workspace/results/a.json".to_owned();
    let mut sources = vec![Source::bytes(result.clone(), b"{}".to_vec())];
    let content =
        |number: u32, size: u32| (0..size).map(|at| (at.wrapping_mul(31) ^ number) as u8).collect::<Vec<_>>();
    sources.extend((0..500).map(|n| Source::bytes(format!("workspace/evidence/{n}.pdf"), content(n, 4096))));
    sources.push(Source::bytes("workspace/evidence/large.pdf".to_owned(), content(7, 8 << 20)));
    let plan = pack::plan(sources).unwrap();
    let digest = plan.files().iter().find(|file| file.path == result).unwrap().sha256.clone();
    let manifest = serde_json::json!({
        "schema": "tenken.package/1", "tool": {"name": "tenken", "version": "0"}, "at": "2026-11-20T00:00:00Z",
        "subject": "x", "assessment": result, "policy": [], "chain": pack::links([(result.clone(), digest)]),
        "files": plan.files(),
    });
    let mut out = Vec::new();
    pack::write(&plan, manifest.to_string().as_bytes(), None, &mut out).unwrap();
    let path = place.write("large.zip", &out);
    let holds = || Package::open(&path).is_ok_and(|package| package.problems().is_empty());
    assert!(holds());
    let find = |needle: &[u8]| out.windows(needle.len()).rposition(|part| part == needle).unwrap();
    let (large, central, end) = (find(b"evidence/large.pdf"), find(b"PK\x01\x02"), find(b"PK\x05\x06"));
    let spread = (0..24).map(|sample: usize| (sample * 7919 * 104_729 + 17) % out.len());
    let borders = [0, 29, 40, large, central, central + 20, end, end + 4, out.len() - 1];
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    let mut put = |at: usize, byte: u8| {
        file.seek(SeekFrom::Start(at as u64)).unwrap();
        file.write_all(&[byte]).unwrap();
    };
    for at in spread.chain(borders) {
        put(at, out[at] ^ 1);
        assert!(!holds(), "byte {at}");
        put(at, out[at]);
    }
    assert!(holds());
}

#[test]
fn archives_that_reach_out_of_the_package_are_refused() {
    let place = Place::new();
    for name in
        ["../evil", "/etc/passwd", "C:/evil", "a/../../evil", "a\\..\\evil", "nul", "a/", "é\u{202e}x"]
    {
        let plan = pack::plan(vec![Source::bytes(name.to_owned(), vec![1])]).unwrap();
        let mut bytes = Vec::new();
        pack::write(&plan, b"{}", None, &mut bytes).unwrap();
        let path = place.write("evil.zip", bytes);
        let refused = Package::open(&path);
        assert!(
            matches!(&refused, Err(Refused::Malformed(what)) if what.id == "package.name"),
            "{name}: {refused:?}"
        );
    }
    let both = ["workspace/A", "workspace/a"].map(|name| Source::bytes(name.to_owned(), vec![1]));
    assert!(pack::plan(both.to_vec()).is_err());
}

/// Anything but the one form is refused: packed by others, compressed, a link, a claim of size.
#[test]
fn archives_that_others_made_are_refused() {
    use std::io::Write;
    use zip::write::SimpleFileOptions;
    let place = Place::new();
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    archive.start_file("manifest.json", options).unwrap();
    archive.write_all(&vec![b' '; 1 << 20]).unwrap();
    let bomb = archive.finish().unwrap().into_inner();
    let mut claim = small(|_| None);
    claim[22..26].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
    claim[18..22].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
    for bytes in [bomb.as_slice(), &claim, b"", b"PK\x03\x04", b"PK\x05\x06", &[0; 64]] {
        let path = place.write("other.zip", bytes);
        assert!(matches!(Package::open(&path), Err(Refused::Malformed(_))));
    }
}

#[test]
fn a_signature_names_its_signer_and_covers_the_manifest() {
    let place = clinic();
    let signer = |name: &str| format!("evaluator@example.jp {}", text(&format!("id_{name}.pub")));
    for kind in ["ed25519", "ecdsa", "ecdsa384", "rsa"] {
        let out = format!("{kind}.zip");
        let private = key(&format!("id_{kind}"));
        let run = place.run(&["pack", "clinic", "--out", &out, "--sign", private.to_str().unwrap()]);
        assert_eq!(run.code(), 0, "{}", run.err());
        place.write("signers", signer(kind));
        let run = place.run(&["verify", &out, "--signers", "signers", "--lang", "en"]);
        assert!(run.code() == 0 && run.out().contains("Signed by evaluator@example.jp"), "{}", run.out());
    }
    // Too short to be relied on, and too long to be checked by whoever receives it.
    for name in ["id_rsa1024", "id_rsa5120"] {
        let odd = key(name);
        let run = place.run(&["pack", "clinic", "--out", "odd.zip", "--sign", odd.to_str().unwrap()]);
        assert!(run.code() == 2 && run.err().contains("この種類の鍵では署名できません"), "{}", run.err());
        assert!(!place.path().join("odd.zip").exists());
    }
    // The key of another, and the right key for another purpose.
    place.write("signers", signer("rsa"));
    assert_eq!(place.run(&["verify", "ed25519.zip", "--signers", "signers"]).code(), 1);
    place.write("signers", format!("a namespaces=\"file\" {}", text("id_ed25519.pub")));
    assert_eq!(place.run(&["verify", "ed25519.zip", "--signers", "signers"]).code(), 1);
    assert_eq!(place.run(&["verify", "ed25519.zip"]).code(), 0);
    // Unsigned where a signer is wanted; and a signature that belongs to another manifest.
    packed(&place);
    place.write("signers", signer("ed25519"));
    assert_eq!(place.run(&["verify", "p.zip", "--signers", "signers"]).code(), 1);
    let bytes = small(|_| Some(pack::sign(&text("id_ed25519"), None, b"another").unwrap()));
    let (code, out) = verified(&place, &bytes);
    assert!(code == 1 && out.contains("not that of this manifest"), "{out}");
}

#[test]
fn a_key_that_cannot_sign_says_why() {
    let place = clinic();
    let run = |name: &str| {
        let path = key(name);
        let run = place
            .run_with_input(&["pack", "clinic", "--out", "p.zip", "--sign", path.to_str().unwrap()], "x\n");
        assert!(!place.path().join("p.zip").exists());
        (run.code(), run.err())
    };
    let (code, said) = run("id_locked");
    assert!(code == 2 && said.contains("パスフレーズ"), "{said}");
    assert_eq!(run("id_ed25519.pub").0, 2);
    assert_eq!(run("missing").0, 2);
    assert!(pack::is_encrypted(&text("id_locked")).unwrap());
    assert!(pack::sign(&text("id_locked"), Some("wrong"), b"x").is_err());
    assert!(pack::sign(&text("id_locked"), Some("correct horse"), b"x").is_ok());
}

/// The signatures in `tests/packages` were made by `ssh-keygen -Y sign`.
#[test]
fn signatures_that_openssh_made_are_read() {
    let (message, now) = (text("message"), Timestamp::now());
    let state = |name: &str, message: &str, signers: Option<&Signers>| {
        Signature::of(message.as_bytes(), Some(text(name).as_bytes()), signers, now)
    };
    for kind in ["ed25519", "ecdsa", "rsa"] {
        let name = format!("{kind}.sig");
        let valid = |state| matches!(state, Signature::Valid { who: Who::NotAsked, .. });
        assert!(valid(state(&name, &message, None)), "{kind}");
        assert_eq!(state(&name, "another message", None), Signature::Invalid);
    }
    assert_eq!(state("other_namespace.sig", &message, None), Signature::Invalid);
    // What cannot be checked is neither good nor forged.
    assert!(matches!(state("rsa5120.sig", &message, None), Signature::Unchecked { .. }));
    let place = clinic();
    let (_, out) = verified(&place, &small(|_| Some(text("rsa5120.sig"))));
    assert!(out.contains("too long to be checked here"), "{out}");
    place.write("signers", format!("evaluator@example.jp {}", text("id_rsa.pub")));
    let run = place.run(&["verify", "other.zip", "--signers", "signers", "--lang", "en"]);
    assert!(run.code() == 1 && run.out().contains("verify the rest without --signers"), "{}", run.out());
    let public = text("id_ed25519.pub");
    let who = |line: String| match state("ed25519.sig", &message, Signers::read(&line).ok().as_ref()) {
        Signature::Valid { who, .. } => who,
        other => panic!("{other:?}"),
    };
    let known = Who::Known("a@example.jp,b@example.jp".to_owned());
    let names = "a@example.jp,b@example.jp";
    assert_eq!(who(format!("# who\n\n{names} namespaces=\"file,tenken-*\" {public}")), known);
    assert_eq!(
        who(format!("{names} valid-after=\"20200101\",valid-before=\"29990101000000Z\" {public}")),
        known
    );
    assert_eq!(who(format!("{names} valid-before=\"20200101\" {public}")), Who::Unknown);
    assert_eq!(who(format!("{names} namespaces=\"*,!tenken-package\" {public}")), Who::Unknown);
    for wrong in
        ["a", "a cert-authority ssh-ed25519 AAAA", "a ssh-ed25519 AAAA", "a valid-before=\"soon\" x y"]
    {
        assert_eq!(Signers::read(&format!("\n{wrong}\n")).err(), Some(2), "{wrong}");
    }
}
