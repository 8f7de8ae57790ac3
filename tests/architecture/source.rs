//! Reads one Rust source as far as imports need it: its words, and the modules, items, `use`s and paths in it.
//! Comments, strings and whatever is only built for tests are left out.

use std::collections::BTreeSet;

/// A word or sign of the source; `::` is one, a literal is `"`.
pub struct Token {
    pub text: String,
    pub line: usize,
}

/// What one module (a file, or a `mod x { … }` in it) says.
#[derive(Default)]
pub struct Module {
    /// Names of `mod x;`.
    pub files: Vec<String>,
    /// Modules written out in place.
    pub inline: Vec<(String, Module)>,
    /// Names of functions, types, constants, macros.
    pub items: BTreeSet<String>,
    pub imports: Vec<Import>,
    /// The paths in the code, of one name or more.
    pub paths: BTreeSet<Vec<String>>,
    /// The whole file is for tests only.
    pub is_test: bool,
}

/// One name (or, without a name, everything) that a `use` brings in.
pub struct Import {
    pub name: Option<String>,
    pub path: Vec<String>,
    pub is_public: bool,
}

/// The first name of a path such as `::tch::Tensor`, whose second is a crate's.
pub const OUTSIDE: &str = "::";

const ITEMS: [&str; 8] = ["fn", "struct", "enum", "trait", "type", "const", "static", "union"];
const BEFORE_ITEMS: [&str; 7] = ["pub", "mod", "use", "impl", "unsafe", "async", "extern"];

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The words of a source.
pub fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    // how many signs of a kind stand there
    let run = |from: usize, is: &dyn Fn(char) -> bool| chars.iter().skip(from).take_while(|&&c| is(c)).count();
    let (mut i, mut line) = (0, 1);
    let mut found = Vec::new();
    while i < chars.len() {
        let start = i;
        let mut text = None;
        // b"…", r#"…"#, br"…", c"…": where a string with a prefix has its quote, and its number of #.
        let prefix = run(i, &|c| matches!(c, 'b' | 'r' | 'c')).min(2);
        let hashes = run(i + prefix, &|c| c == '#');
        let is_raw = chars[i..i + prefix].contains(&'r');
        match (at(i), at(i + 1)) {
            ('/', '/') => i = (i..chars.len()).find(|&j| chars[j] == '\n').unwrap_or(chars.len()),
            ('/', '*') => {
                let mut depth = 0;
                while i < chars.len() {
                    match (at(i), at(i + 1)) {
                        ('/', '*') => (depth, i) = (depth + 1, i + 2),
                        ('*', '/') => (depth, i) = (depth - 1, i + 2),
                        _ => i += 1,
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
            _ if is_raw && at(i + prefix + hashes) == '"' => {
                let end: String = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                i += prefix + hashes + 1;
                while i < chars.len()
                    && !(chars[i] == '"' && chars[i..].iter().take(hashes + 1).eq(&end.chars().collect::<Vec<_>>()))
                {
                    i += 1;
                }
                (i, text) = (i + hashes + 1, Some("\"".to_owned()));
            }
            _ if at(i + prefix) == '"' => {
                i += prefix + 1;
                while i < chars.len() && at(i) != '"' {
                    i += if at(i) == '\\' { 2 } else { 1 };
                }
                (i, text) = (i + 1, Some("\"".to_owned()));
            }
            ('\'', '\\') => {
                i = (i + 3..chars.len()).find(|&j| chars[j] == '\'').unwrap_or(chars.len()) + 1;
                text = Some("\"".to_owned());
            }
            ('\'', _) if at(i + 2) == '\'' => (i, text) = (i + 3, Some("\"".to_owned())),
            ('\'', _) => {
                i += 1 + run(i + 1, &is_word); // a lifetime
                text = Some("'".to_owned());
            }
            ('r', '#') if is_word(at(i + 2)) => i += 2,
            (c, _) if c.is_ascii_digit() => {
                i += run(i, &is_word);
                text = Some("\"".to_owned());
            }
            (c, _) if is_word(c) => {
                i += run(i, &is_word);
                text = Some(chars[start..i].iter().collect());
            }
            (':', ':') => (i, text) = (i + 2, Some("::".to_owned())),
            (c, _) => {
                i += 1;
                text = (!c.is_whitespace()).then(|| c.to_string());
            }
        }
        if let Some(text) = text {
            found.push(Token { text, line });
        }
        line += chars[start..i.min(chars.len())].iter().filter(|&&c| c == '\n').count();
    }
    found
}

/// What the source of a file says.
pub fn read(source: &str) -> Module {
    let tokens = tokens(source);
    let mut reader = Reader { tokens: &tokens, at: 0 };
    reader.module()
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Reader<'_> {
    fn text(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |token| token.text.as_str())
    }

    fn module(&mut self) -> Module {
        let mut module = Module::default();
        let mut depth = 0;
        while self.at < self.tokens.len() {
            let next = self.text(self.at + 1);
            match self.text(self.at) {
                "#" if next == "[" || next == "!" => {
                    let is_inner = next == "!";
                    if self.attribute_is_for_tests() {
                        if is_inner {
                            return Module { is_test: true, ..Module::default() };
                        }
                        self.skip_item();
                    }
                    continue;
                }
                "mod" if is_name(next) => {
                    let name = next.to_owned();
                    self.at += 3;
                    match self.text(self.at - 1) {
                        "{" => module.inline.push((name, self.module())),
                        _ => module.files.push(name),
                    }
                    continue;
                }
                "use" => {
                    let before = self.at.checked_sub(1).map_or("", |i| self.text(i));
                    let is_public = before == "pub" || before == ")";
                    self.at += 1;
                    self.import(&[], is_public, &mut module.imports);
                }
                "macro_rules" if next == "!" => {
                    module.items.insert(self.text(self.at + 2).to_owned());
                    self.at += 2;
                }
                word if ITEMS.contains(&word) && is_name(next) && !ITEMS.contains(&next) => {
                    if depth == 0 {
                        module.items.insert(next.to_owned());
                    }
                    self.at += 1;
                }
                "{" => depth += 1,
                "}" if depth == 0 => {
                    self.at += 1;
                    return module;
                }
                "}" => depth -= 1,
                word if is_name(word) => {
                    let is_field = self.at > 0 && self.text(self.at - 1) == "." && self.text(self.at.max(2) - 2) != ".";
                    let is_after = |sign| self.at > 0 && self.text(self.at - 1) == sign;
                    // `::name` is a crate, `Vec::<u8>::name` is no path of its own
                    let is_continued = is_after("::") && self.at > 1 && self.text(self.at - 2) == ">";
                    let mut path = if is_after("::") { vec![OUTSIDE.to_owned()] } else { Vec::new() };
                    path.push(word.to_owned());
                    while self.text(self.at + 1) == "::" && is_name(self.text(self.at + 2)) {
                        self.at += 2;
                        path.push(self.text(self.at).to_owned());
                    }
                    if !is_field && !is_continued {
                        module.paths.insert(path);
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        module
    }

    /// Steps over an attribute; whether it is `cfg(test)` or the like.
    fn attribute_is_for_tests(&mut self) -> bool {
        let start = self.at;
        let mut depth = 0;
        while self.at < self.tokens.len() {
            match self.text(self.at) {
                "[" => depth += 1,
                "]" => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 && self.text(self.at - 1) == "]" {
                break;
            }
        }
        let has = |word: &str| (start..self.at).any(|i| self.text(i) == word);
        has("cfg") && has("test") && !has("not")
    }

    /// Steps over what an attribute stands before: an item, a field, a statement.
    fn skip_item(&mut self) {
        while self.text(self.at) == "#" {
            self.attribute_is_for_tests();
        }
        let first = self.text(self.at);
        let is_use = (self.at..self.at + 5).any(|i| self.text(i) == "use");
        let is_item = BEFORE_ITEMS.contains(&first) || ITEMS.contains(&first);
        let mut depth = 0;
        while self.at < self.tokens.len() {
            match self.text(self.at) {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" if depth == 0 => return,
                "}" | ")" | "]" => depth -= 1,
                _ => {}
            }
            self.at += 1;
            let last = self.text(self.at - 1);
            if depth == 0 && (last == ";" || last == "}" && !is_use || last == "," && !is_item) {
                return;
            }
        }
    }

    /// Reads one tree of a `use` and stops at the sign behind it.
    fn import(&mut self, before: &[String], is_public: bool, imports: &mut Vec<Import>) {
        let mut path = before.to_vec();
        loop {
            match self.text(self.at) {
                "::" if path.is_empty() => path.push(OUTSIDE.to_owned()),
                "::" => {}
                "*" => imports.push(Import { name: None, path: path.clone(), is_public }),
                "{" => loop {
                    self.at += 1;
                    self.import(&path, is_public, imports);
                    if self.text(self.at) != "," {
                        self.at += 1;
                        return;
                    }
                },
                "as" => {
                    let name = self.text(self.at + 1).to_owned();
                    self.at += 2;
                    return imports.push(Import { name: Some(name), path, is_public });
                }
                "self" if !path.is_empty() => {}
                word if is_name(word) => path.push(word.to_owned()),
                _ => {
                    let before_end = self.at.checked_sub(1).map_or("", |i| self.text(i));
                    if before_end != "*" && (path.len() > before.len() || before_end == "self") {
                        imports.push(Import { name: path.last().cloned(), path, is_public });
                    }
                    return;
                }
            }
            self.at += 1;
        }
    }
}
