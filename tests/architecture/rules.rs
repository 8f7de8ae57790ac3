//! The rules. Each reads the tree and returns one line (or, for a circle, one block) for everything that breaks it.

use std::collections::BTreeSet;

use crate::graph::{Arrows, MANIFEST, Tree, circles, is_document};
use crate::source;
use crate::{ARROWS, MAY_NAME_PATHS, MAY_NAME_TCH, NEVER, SHARED};

/// The row of the table of arrows under which a file falls.
fn room(path: &str) -> Option<&'static (&'static str, &'static [&'static str])> {
    ARROWS.iter().find(|(room, _)| is_below(path, room))
}

fn above(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn serves_everyone(path: &str) -> bool {
    let module = path.trim_end_matches(".rs").trim_end_matches("/mod");
    SHARED.iter().any(|shared| is_below(module, shared))
}

fn list(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// A folder uses another that it may not.
pub fn arrows(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for ((from, to), names) in tree.imports_and_reexports() {
        let may = serves_everyone(&to)
            || match room(&from) {
                None => !serves_everyone(&from),
                Some((folder, others)) => {
                    is_below(&to, folder) || room(&to).is_none() || others.iter().any(|other| is_below(&to, other))
                }
            };
        if !may {
            wrong.push(format!("{from} uses {to}: {}", list(&names)));
        }
    }
    wrong
}

/// A folder that the table of arrows does not have, or a row without a folder.
pub fn every_folder_has_arrows(tree: &Tree) -> Vec<String> {
    let files = tree.files();
    let unknown = files.iter().filter(|path| !serves_everyone(path) && room(path).is_none());
    let unknown: BTreeSet<&str> = unknown.map(|path| above(path)).collect();
    let stale = ARROWS.iter().filter(|(room, _)| !files.iter().any(|path| is_below(path, room)));
    let unknown = unknown.into_iter().map(|folder| format!("{folder} stands in no row of the table ARROWS"));
    unknown.chain(stale.map(|(room, _)| format!("there is no {room}, which the table ARROWS names"))).collect()
}

/// How much of a path a pattern matches: `*` is any one name but `mod`.
fn matched<'p>(path: &'p str, pattern: &str) -> Option<Vec<&'p str>> {
    let names: Vec<&str> = path.strip_suffix(".rs").unwrap_or(path).split('/').collect();
    let pattern: Vec<&str> = pattern.split('/').collect();
    let fits = names.len() >= pattern.len()
        && pattern.iter().zip(&names).all(|(want, name)| if *want == "*" { *name != "mod" } else { want == name });
    fits.then(|| names[..pattern.len()].to_vec())
}

/// A file uses what `NEVER` forbids to it.
pub fn never(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for ((from, to), names) in tree.imports_and_reexports() {
        for (user, used, but) in NEVER {
            let (Some(user), Some(used)) = (matched(&from, user), matched(&to, used)) else { continue };
            if user != used && !but.iter().any(|but| matched(&to, but).is_some()) {
                wrong.push(format!("{from} uses {to}: {}", list(&names)));
            }
        }
    }
    wrong.dedup();
    wrong
}

/// tch outside its package: in a source, or in the manifest.
pub fn tensors(tree: &Tree) -> Vec<String> {
    let elsewhere = tree.sources.iter().filter(|(path, _)| !MAY_NAME_TCH.iter().any(|folder| is_below(path, folder)));
    let mut wrong = Vec::new();
    for (path, source) in elsewhere {
        let tokens = source::tokens(source);
        for token in tokens.iter().filter(|token| ["tch", "torch_sys"].contains(&token.text.as_str())) {
            wrong.push(format!("{path}:{} names {}", token.line, token.text));
        }
    }
    wrong
}

/// The folder of a file; one that holds nothing but `mod.rs` and its tests counts as a file of the folder above.
fn folder<'p>(tree: &Tree, path: &'p str) -> &'p str {
    let folder = above(path);
    let alone =
        path.ends_with("/mod.rs") && !tree.files().iter().any(|other| *other != path && is_below(other, folder));
    if alone { above(folder) } else { folder }
}

fn describe(circle: &BTreeSet<&str>, arrows: &Arrows) -> String {
    let inside = |(from, to): &(String, String)| circle.contains(from.as_str()) && circle.contains(to.as_str());
    let lines = arrows.iter().filter(|(arrow, _)| inside(arrow));
    let lines = lines.map(|((from, to), names)| format!("\n    {from} -> {to}: {}", list(names)));
    format!("a circle of {} files:{}", circle.len(), lines.collect::<String>())
}

/// Every circle there is, allowed or not.
pub fn all_circles(tree: &Tree) -> Vec<String> {
    let arrows = tree.imports();
    circles(&arrows).iter().map(|circle| describe(circle, &arrows)).collect()
}

/// A circle of imports that leaves a folder.
pub fn circles_across_folders(tree: &Tree) -> Vec<String> {
    let arrows = tree.imports();
    let mut found = circles(&arrows);
    found.retain(|circle| circle.iter().map(|path| folder(tree, path)).collect::<BTreeSet<_>>().len() > 1);
    found.iter().map(|circle| describe(circle, &arrows)).collect()
}

/// A circle of more than three files.
pub fn large_circles(tree: &Tree) -> Vec<String> {
    let arrows = tree.imports();
    circles(&arrows).iter().filter(|circle| circle.len() > 3).map(|circle| describe(circle, &arrows)).collect()
}

/// `#[path]`: a module lies where its name says.
pub fn path_attributes(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    let may = |path: &str| MAY_NAME_PATHS.iter().any(|(allowed, _reason)| is_below(path, allowed));
    for (path, source) in tree.sources.iter().filter(|(path, _)| !may(path)) {
        let tokens = source::tokens(source);
        for words in
            tokens.windows(4).filter(|words| words.iter().map(|token| token.text.as_str()).eq(["#", "[", "path", "="]))
        {
            wrong.push(format!("{path}:{}: #[path]", words[0].line));
        }
    }
    wrong
}

/// `x.rs` beside `x/`: it belongs in there, as `mod.rs`.
pub fn files_beside_folders(tree: &Tree) -> Vec<String> {
    let modules = tree.sources.keys().filter_map(|path| path.strip_suffix(".rs"));
    let beside = |path: &&str| tree.sources.keys().any(|other| is_below(other, path));
    modules.filter(beside).map(|path| format!("{path}.rs stands beside {path}/")).collect()
}

/// `impl Studio` (or eframe's `App`) in more than two files.
pub fn studio_in_two_files(tree: &Tree) -> Vec<String> {
    let implements = |path: &&str| {
        let tokens = source::tokens(&tree.sources[*path]);
        let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
        (0..words.len()).any(|at| {
            let is_item = words[at] == "impl" && (at == 0 || ["}", ";", "]", "{"].contains(&words[at - 1]));
            let head = words[at..].split(|word| ["{", "where"].contains(word)).next().unwrap_or_default();
            is_item && (head.last() == Some(&"Studio") || head.windows(2).any(|pair| pair == ["App", "for"]))
        })
    };
    let files: Vec<&str> = tree.files().into_iter().filter(implements).collect();
    if files.len() > 2 {
        vec![format!("{} files implement Studio: {}", files.len(), files.join(", "))]
    } else {
        Vec::new()
    }
}

/// Lines of more than 120 characters; a row of a document's table and a link cannot be broken.
pub fn long_lines(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in tree.sources.iter().filter(|(path, _)| *path != MANIFEST).chain(&tree.documents) {
        let may = |line: &str| is_document(path) && (line.starts_with('|') || line.contains("](http"));
        for (number, line) in text.lines().enumerate().filter(|(_, line)| line.chars().count() > 120 && !may(line)) {
            wrong.push(format!("{path}:{}: {} columns", number + 1, line.chars().count()));
        }
    }
    wrong
}
