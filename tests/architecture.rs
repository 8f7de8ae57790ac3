//! The arrows of ARCHITECTURE.md: which folder may use which. Reads the sources and fails on a wrong one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each folder of `src/` and the others it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("music", &[]),
    ("devices", &["music"]),
    ("sound", &["music"]),
    ("engine_client", &["music"]),
    ("library", &["music"]),
    ("corpus", &["music", "engine_client"]),
    ("measures", &["music", "corpus"]),
    ("cli", &["music", "devices", "sound", "engine_client", "library", "corpus", "measures"]),
    ("studio", &["music", "devices", "sound", "engine_client", "library", "corpus", "measures"]),
];

/// The source without its line comments.
fn code_of(source: &str) -> String {
    source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn identifier(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The items of a `{…}` group (given without its opening brace), split at its own commas only.
fn group_items(text: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = items.last_mut() {
            last.push(c);
        }
    }
    items
}

/// The first names behind every `crate::` (or `cantus::`) of a source, grouped ones included.
fn used_folders(source: &str) -> BTreeSet<String> {
    let code = code_of(source);
    let mut found = BTreeSet::new();
    for prefix in ["crate::", "cantus::"] {
        for (at, _) in code.match_indices(prefix) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
                continue;
            }
            let rest = &code[at + prefix.len()..];
            match rest.strip_prefix('{') {
                Some(group) => found.extend(group_items(group).iter().map(|item| identifier(item))),
                None => {
                    found.insert(identifier(rest));
                }
            }
        }
    }
    found.remove("");
    found
}

fn uses_tch(source: &str) -> bool {
    let code = code_of(source);
    ["tch::", "tch;", "torch_sys"].iter().any(|name| {
        code.match_indices(name).any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')) // not Pitch::
    })
}

fn sources_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn wrong_arrows(folder: &str, source: &str) -> Vec<String> {
    let allowed = ARROWS.iter().find(|(name, _)| *name == folder).map(|(_, allowed)| *allowed).unwrap_or_default();
    let mut wrong: Vec<String> = used_folders(source)
        .into_iter()
        .filter(|used| {
            used != folder && ARROWS.iter().any(|(name, _)| name == used) && !allowed.contains(&used.as_str())
        })
        .collect();
    if uses_tch(source) {
        wrong.push("tch".into());
    }
    wrong
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn folders_use_only_what_they_may() {
    let mut wrong = Vec::new();
    let mut read = 0;
    for (folder, _) in ARROWS {
        for path in sources_below(&src().join(folder)) {
            read += 1;
            let source = fs::read_to_string(&path).expect("a source is readable");
            for used in wrong_arrows(folder, &source) {
                wrong.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    assert!(read > 15, "only {read} sources were found");
    assert!(wrong.is_empty(), "wrong arrows:\n{}", wrong.join("\n"));
}

#[test]
fn every_folder_has_its_arrows() {
    for entry in fs::read_dir(src()).expect("src is there").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            assert!(ARROWS.iter().any(|(folder, _)| *folder == name), "src/{name} has no arrows in this test");
        }
    }
}

#[test]
fn the_studio_program_knows_no_networks() {
    let main = fs::read_to_string(src().join("main.rs")).expect("main.rs is readable");
    assert!(!main.contains("cantus_engine") && !uses_tch(&main));
}

#[test]
fn the_studio_program_links_no_libtorch() {
    let needs_libtorch = |program: &str| {
        let bytes = fs::read(program).expect("cargo has built it");
        bytes.windows(16).any(|window| window == b"libtorch_cpu.so\0")
    };
    assert!(!needs_libtorch(env!("CARGO_BIN_EXE_cantus")));
}

#[test]
fn a_wrong_arrow_is_seen() {
    assert_eq!(wrong_arrows("music", "use crate::sound::Player;"), ["sound"]);
    assert_eq!(wrong_arrows("sound", "use crate::{music::{Note, Score}, devices::Port};"), ["devices"]);
    assert_eq!(wrong_arrows("cli", "fn f() { crate::studio::run(); }"), ["studio"]);
    assert_eq!(wrong_arrows("library", "use tch::Tensor;"), ["tch"]);
    assert!(!uses_tch("Pitch::new(60)"));
    assert!(wrong_arrows("sound", "// crate::devices\nuse crate::music::Score; use crate::sound::gate;").is_empty());
}
