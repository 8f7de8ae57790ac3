//! Which file imports which. A re-export is followed to the file that defines the name, because that is what a reader
//! has to open; `mod x;` is no import.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::source;

/// Where `crate::` begins: the file, and the name by which other crates call it.
const ROOTS: &[(&str, &str)] = &[
    ("src/lib.rs", "cantus"),
    ("src/main.rs", ""),
    ("engine/src/lib.rs", "cantus_engine"),
    ("engine/src/main.rs", ""),
];

/// What the root package depends on.
pub const MANIFEST: &str = "Cargo.toml";

/// The names that one file takes from another.
pub type Arrows = BTreeMap<(String, String), BTreeSet<String>>;

/// The sources, by path from the project's root.
pub struct Tree {
    pub sources: BTreeMap<String, String>,
    /// What is written about them, by path too.
    pub documents: BTreeMap<String, String>,
    modules: Vec<Module>,
    /// The crates that others can name.
    crates: BTreeMap<String, usize>,
}

struct Module {
    file: String,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    says: source::Module,
}

/// What a path leads to.
enum Target {
    Module(usize),
    /// Something in this module, and its name.
    Item(usize, String),
}

impl Tree {
    /// All sources and documents below the project's root, and the root's manifest.
    pub fn load(root: &Path) -> Self {
        let mut files = BTreeMap::new();
        for folder in ["src", "engine", "tests", "benches", "soundfonts", "models", "assets"] {
            find(root, folder, &mut files);
        }
        for entry in fs::read_dir(root).expect("the project's root is readable").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name == MANIFEST || is_document(&name) {
                files.insert(name, fs::read_to_string(entry.path()).expect("it is readable"));
            }
        }
        Self::new(files)
    }

    /// A tree of made-up sources.
    pub fn of(sources: &[(&str, &str)]) -> Self {
        Self::new(sources.iter().map(|(path, source)| ((*path).to_owned(), (*source).to_owned())).collect())
    }

    fn new(files: BTreeMap<String, String>) -> Self {
        let (documents, sources) = files.into_iter().partition(|(path, _)| is_document(path));
        let mut tree = Self { sources, documents, modules: Vec::new(), crates: BTreeMap::new() };
        let programs = tree.sources.keys().filter(|path| path.contains("src/bin/")).cloned().collect::<Vec<_>>();
        let roots = ROOTS.iter().map(|(path, name)| ((*path).to_owned(), *name));
        for (path, name) in roots.chain(programs.into_iter().map(|path| (path, ""))) {
            if let Some(source) = tree.sources.get(&path) {
                let says = source::read(source);
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
                let root = tree.add(&path, &folder, None, says);
                if !name.is_empty() {
                    tree.crates.insert(name.to_owned(), root);
                }
            }
        }
        tree
    }

    /// The files that are part of the programs: no tests.
    pub fn files(&self) -> BTreeSet<&str> {
        self.modules.iter().map(|module| module.file.as_str()).collect()
    }

    /// Adds a module whose children lie in `folder`.
    fn add(&mut self, file: &str, folder: &str, parent: Option<usize>, mut says: source::Module) -> usize {
        let (files, inline) = (std::mem::take(&mut says.files), std::mem::take(&mut says.inline));
        let this = self.modules.len();
        self.modules.push(Module { file: file.to_owned(), parent, children: BTreeMap::new(), says });
        for (name, says) in inline {
            let child = self.add(file, &format!("{folder}/{name}"), Some(this), says);
            self.modules[this].children.insert(name, child);
        }
        for name in files {
            let below = format!("{folder}/{name}");
            let found = [format!("{below}.rs"), format!("{below}/mod.rs")]
                .into_iter()
                .find(|path| self.sources.contains_key(path));
            let Some(path) = found else { continue };
            let says = source::read(&self.sources[&path]);
            if !says.is_test {
                let child = self.add(&path, &below, Some(this), says);
                self.modules[this].children.insert(name, child);
            }
        }
        this
    }

    /// The imports that a reader of a file has to follow.
    pub fn imports(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (from, module) in self.modules.iter().enumerate() {
            for import in module.says.imports.iter().filter(|import| !import.is_public) {
                match self.resolve(from, &import.path, false, 0) {
                    Some(Target::Item(to, name)) => self.add_arrow(&mut arrows, from, to, &name),
                    Some(Target::Module(to)) if import.name.is_none() => self.add_arrow(&mut arrows, from, to, "*"),
                    _ => {} // a module counts where something of it is named
                }
            }
            for path in &module.says.paths {
                if let Some(Target::Item(to, name)) = self.resolve(from, path, false, 0) {
                    self.add_arrow(&mut arrows, from, to, &name);
                }
            }
        }
        arrows
    }

    /// The imports, and what is only passed on or named as a whole module.
    pub fn imports_and_reexports(&self) -> Arrows {
        let mut arrows = self.imports();
        for (from, module) in self.modules.iter().enumerate() {
            for import in &module.says.imports {
                match self.resolve(from, &import.path, false, 0) {
                    Some(Target::Item(to, name)) => self.add_arrow(&mut arrows, from, to, &name),
                    Some(Target::Module(to)) => self.add_arrow(&mut arrows, from, to, "the module"),
                    None => {}
                }
            }
        }
        arrows
    }

    fn add_arrow(&self, arrows: &mut Arrows, from: usize, to: usize, name: &str) {
        let (from, to) = (&self.modules[from].file, &self.modules[to].file);
        if from != to {
            arrows.entry((from.clone(), to.clone())).or_default().insert(name.to_owned());
        }
    }

    /// Follows a path that is written in a module. `steps` ends what would go round for ever.
    fn resolve(&self, from: usize, path: &[String], to_module: bool, steps: usize) -> Option<Target> {
        let root = |mut module: usize| {
            while let Some(parent) = self.modules[module].parent {
                module = parent;
            }
            module
        };
        let mut target = None;
        for (i, name) in path.iter().enumerate() {
            let to_module = to_module || i + 1 < path.len();
            target = match (target, name.as_str()) {
                (None, source::OUTSIDE) => Some(Target::Module(*self.crates.get(path.get(1)?)?)),
                (Some(at), name) if i == 1 && path[0] == source::OUTSIDE && self.crates.contains_key(name) => Some(at),
                (None, "crate") => Some(Target::Module(root(from))),
                (None, "self") => Some(Target::Module(from)),
                (None, "super") => Some(Target::Module(self.modules[from].parent?)),
                (Some(Target::Module(at)), "super") => Some(Target::Module(self.modules[at].parent?)),
                (None, _) => Some(
                    self.named_in(from, name, to_module, steps + 1)
                        .or_else(|| Some(Target::Module(*self.crates.get(name).filter(|_| path.len() > 1)?)))?,
                ),
                (Some(Target::Module(at)), _) => Some(
                    self.named_in(at, name, to_module, steps + 1).unwrap_or_else(|| Target::Item(at, name.clone())),
                ),
                (item, _) => return item,
            };
        }
        target
    }

    /// What a name means in a module.
    fn named_in(&self, module: usize, name: &str, to_module: bool, steps: usize) -> Option<Target> {
        if steps > 12 {
            return None;
        }
        let Module { children, says, .. } = &self.modules[module];
        let child = || children.get(name).map(|child| Target::Module(*child));
        let item = || says.items.contains(name).then(|| Target::Item(module, name.to_owned()));
        let imported = || {
            let mut named = says.imports.iter().filter(|import| import.name.as_deref() == Some(name));
            named.find_map(|import| self.resolve(module, &import.path, to_module, steps + 1))
        };
        let by_glob = || {
            says.imports.iter().filter(|import| import.name.is_none()).find_map(|import| {
                match self.resolve(module, &import.path, true, steps + 1)? {
                    Target::Module(other) => self.named_in(other, name, to_module, steps + 1),
                    Target::Item(..) => None,
                }
            })
        };
        if to_module {
            child().or_else(imported).or_else(item).or_else(by_glob)
        } else {
            item().or_else(imported).or_else(child).or_else(by_glob)
        }
    }
}

/// Whether a file is a document and no source.
pub fn is_document(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "md")
}

fn find(root: &Path, folder: &str, sources: &mut BTreeMap<String, String>) {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return };
    for entry in entries.flatten() {
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            find(root, &name, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "md") {
            sources.insert(name, fs::read_to_string(path).expect("a source is readable"));
        }
    }
}

/// The groups of files that import each other, however far round, the largest first.
pub fn circles(arrows: &Arrows) -> Vec<BTreeSet<&str>> {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, to) in arrows.keys() {
        next.entry(from).or_default().push(to);
    }
    let mut search =
        Search { next: &next, indices: BTreeMap::new(), lowest: BTreeMap::new(), open: Vec::new(), found: Vec::new() };
    for file in next.keys() {
        if !search.indices.contains_key(file) {
            search.visit(file);
        }
    }
    let mut found = search.found;
    found.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
    found
}

/// Tarjan's strongly connected components.
struct Search<'a, 'n> {
    next: &'n BTreeMap<&'a str, Vec<&'a str>>,
    indices: BTreeMap<&'a str, usize>,
    lowest: BTreeMap<&'a str, usize>,
    open: Vec<&'a str>,
    found: Vec<BTreeSet<&'a str>>,
}

impl<'a> Search<'a, '_> {
    fn visit(&mut self, file: &'a str) {
        let index = self.indices.len();
        self.indices.insert(file, index);
        self.open.push(file);
        let mut lowest = index;
        for to in self.next.get(file).into_iter().flatten() {
            match self.indices.get(to) {
                None => {
                    self.visit(to);
                    lowest = lowest.min(self.lowest[to]);
                }
                Some(index) if self.open.contains(to) => lowest = lowest.min(*index),
                Some(_) => {}
            }
        }
        self.lowest.insert(file, lowest);
        if lowest == index {
            let start = self.open.iter().position(|open| *open == file).unwrap_or_default();
            let circle: BTreeSet<&str> = self.open.split_off(start).into_iter().collect();
            if circle.len() > 1 {
                self.found.push(circle);
            }
        }
    }
}
