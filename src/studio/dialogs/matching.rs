//! How close a title is to what somebody typed.

/// The smaller, the closer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closeness {
    /// The title begins with it.
    Beginning,
    /// Its words begin words of the title, in any order.
    Words,
    /// Its words stand within the title.
    Within,
    /// The title begins with it, but for a slip of the finger.
    SlipAtBeginning,
    /// Its words begin words of the title but for a slip of the finger.
    Slip,
}

impl Closeness {
    /// Whether only a slip of the finger makes it fit.
    pub fn is_slip(self) -> bool {
        self >= Self::SlipAtBeginning
    }
}

/// How close a title is to what was typed; `None` where it is something else.
pub fn closeness(typed: &str, title: &str) -> Option<Closeness> {
    let (typed, title) = (typed.trim().to_lowercase(), title.to_lowercase());
    if title.starts_with(&typed) {
        return Some(Closeness::Beginning);
    }
    let words = || title.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let all = |fits: &dyn Fn(&str) -> bool| typed.split_whitespace().all(fits);
    if all(&|typed| words().any(|word| word.starts_with(typed))) {
        Some(Closeness::Words)
    } else if all(&|typed| title.contains(typed)) {
        Some(Closeness::Within)
    } else if words().next().is_some_and(|first| is_slip(&typed, first)) {
        Some(Closeness::SlipAtBeginning)
    } else if all(&|typed| words().any(|word| is_slip(typed, word))) {
        Some(Closeness::Slip)
    } else {
        None
    }
}

/// Whether a word, or its beginning, is one letter more, less, other or swapped away from what was typed.
fn is_slip(typed: &str, word: &str) -> bool {
    let length = typed.chars().count();
    if word.starts_with(typed) {
        return true;
    }
    let mut beginnings = (length - 1..=length + 1).map(|letters| word.chars().take(letters).collect::<String>());
    length >= 4 && beginnings.any(|beginning| strsim::osa_distance(typed, &beginning) <= 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_close_is_found() {
        assert_eq!(closeness("", "Undo"), Some(Closeness::Beginning));
        assert_eq!(closeness("gen", "Generate composition"), Some(Closeness::Beginning));
        assert_eq!(closeness("comp gen", "Generate composition"), Some(Closeness::Words));
        assert_eq!(closeness("tch", "Pitch"), Some(Closeness::Within));
        for slip in ["qantise", "quantsie", "quanntise", "quantize"] {
            assert_eq!(closeness(slip, "Quantise…"), Some(Closeness::SlipAtBeginning), "{slip}");
            assert_eq!(closeness(slip, "Last quantise"), Some(Closeness::Slip), "{slip}");
        }
        assert_eq!(closeness("restore", "Generate composition"), None);
        assert_eq!(closeness("cap", "Cut"), None, "three letters are no word to slip in");
    }
}
