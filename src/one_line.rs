//! Texts from outside, fit to be shown on a line.

/// The first `most` characters of a text, control characters left out.
pub fn one_line(text: &str, most: usize) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(most).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_breaks_a_line_is_left_out_and_what_is_too_long_is_cut() {
        assert_eq!(super::one_line("a\nb\u{1b}\u{7f}ç♭d", 4), "abç♭");
    }
}
