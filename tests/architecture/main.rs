//! The arrows of ARCHITECTURE.md and the conventions of CONTRIBUTING.md, read from the sources. Needs no dependency.
//!
//! `cargo test --test architecture -- --nocapture circles` prints every circle of imports there is.

mod graph;
mod rules;
mod source;
mod tests;

use std::path::PathBuf;

use graph::Tree;

/// What the command line and the window may use: all but each other.
const BELOW_BOTH: [&str; 8] = [
    "src/music",
    "src/devices",
    "src/sound",
    "src/soundcloud",
    "src/library",
    "src/engine_client",
    "src/corpus",
    "src/measures",
];

/// Small modules that serve everyone and use none of the folders.
const SHARED: &[&str] =
    &["src/clock", "src/one_line", "src/plural", "src/resident", "src/system_open", "src/whole_file"];

/// Each folder, and the others that it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("src/music", &[]),
    ("src/devices", &["src/music"]),
    ("src/sound", &["src/music"]),
    ("src/soundcloud", &["src/music", "src/sound"]),
    ("src/library", &["src/music"]),
    ("src/engine_client", &["src/music"]),
    ("src/corpus", &["src/music", "src/engine_client"]),
    ("src/measures", &["src/music", "src/corpus"]),
    ("src/cli", &BELOW_BOTH),
    ("src/studio", &BELOW_BOTH),
    ("src/lib.rs", &[]),
    ("src/main.rs", &["src/cli", "src/studio"]),
    ("engine/src", &["src/music", "src/engine_client", "src/corpus", "src/measures"]),
];

/// Who never uses what, but for what is free. `*` is any one name; what matches both alike (a page and itself) is free.
const NEVER: &[(&str, &str, &[&str])] = &[
    // A page knows no other page, and nobody who carries its actions out.
    ("src/studio/pages/*", "src/studio/pages/*", &[]),
    ("src/studio/pages", "src/studio/app", &[]),
    ("src/studio/pages", "src/studio/state", &[]),
    ("src/studio/pages", "src/studio/commands/execute", &[]),
    ("src/studio/dialogs", "src/studio/pages", &[]),
    ("src/studio/dialogs", "src/studio/app", &[]),
    ("src/studio/dialogs", "src/studio/state", &[]),
    ("src/studio/dialogs", "src/studio/commands/execute", &[]),
    // What pages are drawn with, and what they are drawn from, knows no page.
    ("src/studio/charts", "src/studio/pages", &[]),
    ("src/studio/charts", "src/studio/services", &[]),
    ("src/studio/theme", "src/studio/*", &[]),
    ("src/studio/theme", "src/studio/mod", &[]),
    ("src/studio/widgets", "src/studio/*", &["src/studio/theme"]),
    ("src/studio/widgets", "src/studio/mod", &[]),
    ("src/studio/actions", "src/studio/pages", &[]),
    ("src/studio/services", "src/studio/pages", &[]),
    ("src/studio/services", "src/studio/dialogs", &[]),
    ("src/studio/services", "src/studio/charts", &["src/studio/charts/curves"]),
    ("src/studio/services", "src/studio/app", &[]),
    ("src/studio/services", "src/studio/commands/execute", &[]),
    ("src/studio/document", "src/studio/services", &[]),
    ("src/studio/document", "src/studio/pages", &[]),
    ("src/studio/document", "src/studio/dialogs", &[]),
    ("src/studio/document", "src/studio/app", &[]),
    // The training loop and the composer know no network by name.
    ("engine/src/training", "engine/src/networks/*", &["engine/src/networks/model_folder"]),
    ("engine/src/composing", "engine/src/networks/*", &["engine/src/networks/model_folder"]),
];

/// Where tch may be named.
const MAY_NAME_TCH: &[&str] = &["engine"];

/// Where `#[path]` may stand, and why there.
const MAY_NAME_PATHS: &[(&str, &str)] = &[
    ("tests/kill/main.rs", "two programs of tests share tests/support, and Cargo has no other place for it"),
    ("tests/studio/main.rs", "the same"),
    ("benches/publishing.rs", "the same"),
    ("tests/soundfont.rs", "runs the generator, which is a program and no library"),
    ("tests/soundfont-asan", "builds a few of our sources alone, with fluidlite under AddressSanitizer"),
];

/// A rule: its name, and what breaks it.
type Rule = (&'static str, fn(&Tree) -> Vec<String>);

const RULES: &[Rule] = &[
    ("folders use only what they may", rules::arrows),
    ("every folder stands in the table of arrows", rules::every_folder_has_arrows),
    ("what never uses what", rules::never),
    ("tch is named in engine/ only", rules::tensors),
    ("no circle of imports across folders", rules::circles_across_folders),
    ("no circle of more than three files", rules::large_circles),
    ("no #[path]", rules::path_attributes),
    ("no x.rs beside x/", rules::files_beside_folders),
    ("Studio is implemented in at most two files", rules::studio_in_two_files),
    ("lines of at most 120 columns", rules::long_lines),
];

fn tree() -> Tree {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the project is");
    Tree::load(&PathBuf::from(root))
}

#[test]
fn the_rules_hold() {
    let tree = tree();
    assert!(tree.files().len() > 100, "only {} sources were found", tree.files().len());
    let broken = RULES.iter().map(|(name, rule)| (name, rule(&tree))).filter(|(_, broken)| !broken.is_empty());
    let told =
        broken.map(|(name, broken)| format!("{name}: broken {} times\n  {}\n", broken.len(), broken.join("\n  ")));
    let told = told.collect::<Vec<_>>().join("\n");
    assert!(told.is_empty(), "\n{told}");
}

#[test]
fn the_studio_program_links_no_libtorch() {
    let Some(program) = option_env!("CARGO_BIN_EXE_cantus") else { return }; // built by rustc alone
    let program = std::fs::read(program).expect("cargo has built it");
    assert!(!program.windows(16).any(|window| window == b"libtorch_cpu.so\0"));
}

#[test]
fn circles() {
    println!("\n{}", rules::all_circles(&tree()).join("\n"));
}
