//! Counts and numbers as people write them.

/// A count of things: `1 note`, `2 notes`. For things whose plural ends in an s.
pub fn counted(count: usize, thing: &str) -> String {
    format!("{} {}", thousands(count), noun(count, thing))
}

/// A number with its thousands apart.
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The word for so many things, after a count that is written otherwise.
pub fn noun(count: usize, thing: &str) -> String {
    if count == 1 { thing.to_owned() } else { format!("{thing}s") }
}

/// A number as it is written out, with a true minus in place of each hyphen.
pub fn with_minus(number: impl std::fmt::Display) -> String {
    number.to_string().replace('-', "−")
}

#[cfg(test)]
mod tests {
    #[test]
    fn one_is_singular_and_all_else_plural() {
        assert_eq!([7, 999, 1000, 1_234_567].map(super::thousands), ["7", "999", "1,000", "1,234,567"]);
        assert_eq!([0, 1, 2].map(|count| super::counted(count, "note")), ["0 notes", "1 note", "2 notes"]);
        assert_eq!(super::with_minus(format_args!("{:+}", -3)), "−3");
    }
}
