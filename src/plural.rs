//! Counts as people write them.

/// A count of things: `1 note`, `2 notes`. For things whose plural ends in an s.
pub fn counted(count: usize, thing: &str) -> String {
    format!("{count} {}", noun(count, thing))
}

/// The word for so many things, after a count that is written otherwise.
pub fn noun(count: usize, thing: &str) -> String {
    if count == 1 { thing.to_owned() } else { format!("{thing}s") }
}

#[cfg(test)]
mod tests {
    #[test]
    fn one_is_singular_and_all_else_plural() {
        assert_eq!([0, 1, 2].map(|count| super::counted(count, "note")), ["0 notes", "1 note", "2 notes"]);
    }
}
