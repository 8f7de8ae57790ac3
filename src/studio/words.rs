//! Words and numbers as people read them. Knows no window.

/// A reason as a sentence of its own, without its full stop.
pub fn sentence(reason: &str) -> String {
    let reason = reason.trim().trim_end_matches('.');
    with_first(reason, |first| first.to_uppercase().collect())
}

/// A sentence's beginning within another.
pub fn lower_first(text: &str) -> String {
    with_first(text, |first| first.to_lowercase().collect())
}

fn with_first(text: &str, change: impl FnOnce(char) -> String) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| change(first) + letters.as_str())
}

/// A name that fits its place.
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).chain(['…']).collect() }
}

/// `1 file`, `2 files`.
pub fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// `alto, tenor and bass`.
pub fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => one.to_lowercase(),
        [many @ .., last] => format!("{} and {}", many.join(", ").to_lowercase(), last.to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_well() {
        assert_eq!(sentence(" the device is gone. "), "The device is gone");
        assert_eq!((lower_first("Stopped"), lower_first("")), ("stopped".into(), String::new()));
        assert_eq!((shortened("Bass", 4), shortened("Double bass", 4)), ("Bass".into(), "Dou…".into()));
        assert_eq!((counted(1, "file"), counted(0, "file")), ("1 file".into(), "0 files".into()));
    }

    #[test]
    fn lists_read_as_people_write_them() {
        assert_eq!(list(&[]), "");
        assert_eq!(list(&["Bass"]), "bass");
        assert_eq!(list(&["Alto", "Tenor", "Bass"]), "alto, tenor and bass");
    }
}
