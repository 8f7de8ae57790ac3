//! Counts as people write them.

/// A count of things: `1 note`, `2 notes`. For things whose plural ends in an s.
pub fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    #[test]
    fn one_is_singular_and_all_else_plural() {
        assert_eq!([0, 1, 2].map(|count| super::counted(count, "note")), ["0 notes", "1 note", "2 notes"]);
    }
}
