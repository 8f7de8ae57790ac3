//! Made-up sources that break each rule: what the rules are meant to see is seen.

use crate::graph::{Tree, circles};
use crate::rules;

/// What a rule says of some files below `src/`; `lib.rs` and the folders' `mod.rs` name their modules.
fn broken(rule: fn(&Tree) -> Vec<String>, files: &[(&str, &str)]) -> Vec<String> {
    let mut sources =
        vec![("src/lib.rs", "pub mod music; pub mod sound; pub mod studio; pub mod clock; mod a; mod b;")];
    sources.extend(files);
    rule(&Tree::of(&sources))
}

fn arrows(files: &[(&str, &str)]) -> Vec<String> {
    let mut sources = vec![("src/lib.rs", "mod a; mod b; mod c;")];
    sources.extend(files);
    let arrows = Tree::of(&sources).imports();
    let line = |((from, to), names): (&(String, String), &std::collections::BTreeSet<String>)| {
        format!("{from} {to} {}", names.iter().cloned().collect::<Vec<_>>().join(" "))
    };
    arrows.iter().map(line).collect()
}

#[test]
fn imports_are_read_as_rust_reads_them() {
    let b = ("src/b.rs", "pub struct Note; pub fn play() {} pub enum Mode { Major }");
    let arrow = |source| arrows(&[("src/a.rs", source), b]).join(", ");
    assert_eq!(arrow("use crate::b::Note;"), "src/a.rs src/b.rs Note");
    assert_eq!(arrow("use super::{b::{self, Note as N}, b as c};"), "src/a.rs src/b.rs Note");
    assert_eq!(arrow("use crate::b; fn f() { b::play() }"), "src/a.rs src/b.rs play");
    assert_eq!(arrow("use crate::b;"), "", "a module that is not used");
    assert_eq!(arrow("use crate::b::*; fn f() { play() }"), "src/a.rs src/b.rs * play");
    assert_eq!(
        arrow("fn f() -> Vec<crate::b::Note> { [0..super::b::Mode::Major as u8] }"),
        "src/a.rs src/b.rs Mode Note"
    );
    assert_eq!(arrow("mod inner { use super::super::b::Note; }"), "src/a.rs src/b.rs Note");
    assert_eq!(arrow("fn f(b: B) { b.play(); std::b::play(); }"), "");
    assert_eq!(arrow("// crate::b::play\n/* crate::b::play /* */ crate::b::play */"), "");
    let strings = "const T: &str = r#\"\" crate::b::play \"\"#; const C: char = '\"'; const D: u8 = b'\"';";
    assert_eq!(arrow(strings), "");
    assert_eq!(arrow("fn f<'a>(x: &'a str) { \"\\\"\"; '\\''; crate::b::play() }"), "src/a.rs src/b.rs play");
    assert_eq!(
        arrow("#[cfg(test)] use crate::b::{Note, Mode}; #[cfg(not(test))] use crate::b::play;"),
        "src/a.rs src/b.rs play"
    );
    assert_eq!(arrow("#[cfg(test)]\nmod tests { use crate::b::Note; }"), "");
    assert_eq!(arrow("#![cfg(test)] use crate::b::Note;"), "");
}

#[test]
fn a_reexport_is_followed_to_where_the_name_is_defined() {
    let inner = [
        ("src/a/mod.rs", "mod inner; pub use inner::{Item, other as renamed};"),
        ("src/a/inner.rs", "pub struct Item; pub fn other() {}"),
    ];
    let with = |source| arrows(&[inner[0], inner[1], ("src/b.rs", source)]).join(", ");
    assert_eq!(with("use crate::a::Item;"), "src/b.rs src/a/inner.rs Item");
    assert_eq!(with("use crate::a; fn f() { a::renamed() }"), "src/b.rs src/a/inner.rs other");
    assert_eq!(with("pub use crate::a::Item; mod c {}"), "", "passed on only");
    assert_eq!(with("pub use crate::a::Item; fn f(item: Item) {}"), "src/b.rs src/a/inner.rs Item");
}

#[test]
fn a_wrong_arrow_is_seen() {
    let wrong = |path, source| {
        let folder = ("src/sound/mod.rs", "pub struct Player;");
        broken(rules::arrows, &[("src/music/mod.rs", "pub struct Score;"), folder, (path, source)])
    };
    assert_eq!(
        wrong("src/music/mod.rs", "use crate::sound::Player;"),
        ["src/music/mod.rs uses src/sound/mod.rs: Player"]
    );
    assert_eq!(wrong("src/music/mod.rs", "pub use crate::sound;").len(), 1, "nor may it be passed on");
    assert_eq!(wrong("src/clock.rs", "fn f() { crate::music::Score; }").len(), 1, "it serves everyone");
    assert_eq!(wrong("src/main.rs", "use cantus::music::Score;").len(), 1);
    assert_eq!(wrong("engine/src/main.rs", "use cantus::{music::Score, sound::Player};").len(), 1);
    assert_eq!(wrong("engine/src/main.rs", "mod cantus {} use ::cantus::sound::Player;").len(), 1);
    assert_eq!(wrong("engine/src/main.rs", "mod cantus {} fn f() { ::cantus::sound::Player; }").len(), 1);
    assert!(wrong("src/studio/mod.rs", "use crate::{music::Score, sound::Player};").is_empty());
}

#[test]
fn a_folder_without_arrows_is_seen() {
    let wrong = broken(rules::every_folder_has_arrows, &[("src/a/mod.rs", "")]);
    assert!(wrong.contains(&"src/a stands in no row of the table ARROWS".to_owned()), "{wrong:?}");
    assert!(wrong.contains(&"there is no src/devices, which the table ARROWS names".to_owned()), "{wrong:?}");
}

#[test]
fn a_page_that_knows_another_is_seen() {
    let wrong = |path, source| {
        let files = [
            ("src/studio/mod.rs", "mod app; mod pages; mod widgets; mod theme;"),
            ("src/studio/app.rs", "pub struct Studio;"),
            ("src/studio/theme.rs", "pub const RED: u8 = 1;"),
            ("src/studio/widgets.rs", ""),
            ("src/studio/pages/mod.rs", "pub mod train; pub mod models; pub enum Page {}"),
            ("src/studio/pages/models.rs", "pub struct Models;"),
            ("src/studio/pages/train/mod.rs", "mod charts;"),
            ("src/studio/pages/train/charts.rs", "pub struct Chart;"),
            (path, source),
        ];
        broken(rules::never, &files)
    };
    assert_eq!(wrong("src/studio/pages/train/charts.rs", "use super::super::models::Models;").len(), 1);
    assert_eq!(wrong("src/studio/pages/train/charts.rs", "use crate::studio::app::Studio;").len(), 1);
    assert_eq!(wrong("src/studio/widgets.rs", "use super::app::Studio; use super::theme::RED;").len(), 1);
    assert_eq!(wrong("src/studio/theme.rs", "use crate::studio::pages::Page;").len(), 1);
    assert!(wrong("src/studio/pages/models.rs", "use super::Page; use crate::studio::theme::RED;").is_empty());
    assert!(wrong("src/studio/app.rs", "use super::pages::{models::Models, train};").is_empty());
}

#[test]
fn tensors_outside_the_engine_are_seen() {
    let wrong = |path, source| broken(rules::tensors, &[(path, source)]);
    assert_eq!(wrong("src/music.rs", "\nuse tch::Tensor;"), ["src/music.rs:2 names tch"]);
    assert_eq!(wrong("Cargo.toml", "[dependencies]\ntch = \"0.24\""), ["Cargo.toml:2 names tch"]);
    assert!(wrong("src/music.rs", "Pitch::new(60) // no tch").is_empty());
    assert!(wrong("engine/src/lib.rs", "use tch::Tensor;").is_empty());
}

#[test]
fn circles_are_seen() {
    let chain = |path, source| {
        let files = [
            ("src/sound/mod.rs", "mod one; mod two; mod three; mod far;"),
            ("src/sound/one.rs", "use super::two::Two; pub struct One;"),
            ("src/sound/two.rs", "use super::three::Three; pub struct Two;"),
            ("src/sound/three.rs", "use super::one::One; pub struct Three;"),
            ("src/sound/far/mod.rs", "pub struct Far;"),
            (path, source),
        ];
        [rules::all_circles, rules::large_circles, rules::circles_across_folders].map(|rule| broken(rule, &files).len())
    };
    assert_eq!(chain("src/sound/three.rs", "pub struct Three;"), [0, 0, 0]);
    assert_eq!(chain("src/sound/other.rs", ""), [1, 0, 0]);
    let longer = "use super::{one::One, far::Far}; pub struct Three;";
    assert_eq!(chain("src/sound/three.rs", longer), [1, 0, 0], "far does not lead back");
    let mut files = vec![
        ("src/sound/mod.rs", "mod one; mod far; pub struct Sound;"),
        ("src/sound/one.rs", "use super::far::Far; pub struct One;"),
        ("src/sound/far/mod.rs", "use super::one::One; mod test; pub struct Far;"),
    ];
    assert!(broken(rules::circles_across_folders, &files).is_empty(), "a folder of one file is a file");
    files.push(("src/sound/far/test.rs", "pub struct Further;"));
    let wrong = broken(rules::circles_across_folders, &files);
    assert!(wrong[0].contains("src/sound/one.rs -> src/sound/far/mod.rs: Far"), "{wrong:?}");
    files.push(("src/sound/mod.rs", "mod one; mod far; pub struct Sound; use far::test::Further; use one::One;"));
    files[1].1 = "use super::{Sound, far::Far}; pub struct One;";
    files[3].1 = "use super::super::Sound; pub struct Further; use super::Far;";
    assert_eq!(broken(rules::large_circles, &files).len(), 1);
    assert!(circles(&Tree::of(&[]).imports()).is_empty());
}

#[test]
fn breaches_of_the_conventions_are_seen() {
    let wrong = |rule, path, source| broken(rule, &[(path, source)]);
    assert_eq!(wrong(rules::path_attributes, "src/a.rs", "\n#[path = \"b.rs\"] mod b;"), ["src/a.rs:2: #[path]"]);
    assert!(wrong(rules::path_attributes, "src/a.rs", "// #[path = \"b.rs\"]").is_empty());
    let both = [("src/a.rs", ""), ("src/a/b.rs", "")];
    assert_eq!(broken(rules::files_beside_folders, &both), ["src/a.rs stands beside src/a/"]);
    assert!(wrong(rules::files_beside_folders, "src/a/mod.rs", "").is_empty());
    let (long, fits) = ("x".repeat(121), "ä".repeat(120));
    let row = format!("| {long} |");
    assert_eq!(wrong(rules::long_lines, "src/a.rs", &long), ["src/a.rs:1: 121 columns"]);
    assert!(wrong(rules::long_lines, "src/a.rs", &fits).is_empty());
    assert_eq!(wrong(rules::long_lines, "README.md", &long), ["README.md:1: 121 columns"]);
    assert!(wrong(rules::long_lines, "README.md", &row).is_empty());
}

#[test]
fn a_third_file_of_studio_is_seen() {
    let wrong = |source| {
        let files = [
            ("src/studio/mod.rs", "mod app; mod execute;"),
            ("src/studio/app.rs", "pub struct Studio; impl eframe::App for Studio {}"),
            ("src/studio/execute.rs", "impl super::app::Studio { fn a() {} }"),
            ("src/a.rs", source),
        ];
        broken(rules::studio_in_two_files, &files)
    };
    assert_eq!(wrong("impl<T> From<T> for Studio {}").len(), 1);
    assert_eq!(wrong("use b::Studio;\nimpl Studio { fn b() {} }").len(), 1);
    assert!(wrong("impl Other { fn f(g: impl Fn(&mut Studio)) -> Studio { g } }").is_empty());
}
