//! Values of options, as they are typed.

use std::ops::RangeInclusive;

/// A number within a range, such as `--tempo 90`.
pub fn number_in(range: RangeInclusive<f64>, text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("expected a number from {} to {}", range.start(), range.end()))
}

/// A number above 0, up to a limit.
pub fn positive_up_to(limit: f64, text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| *number > 0.0 && *number <= limit);
    number.ok_or_else(|| format!("expected a number above 0, at most {limit}"))
}

/// A share from 0 to 1.
pub fn share(text: &str) -> Result<f32, String> {
    number_in(0.0..=1.0, text).map(|share| share as f32)
}

/// Bars, typed from 1 with both ends included (`5` or `5-8`); given from 0, the last one excluded.
pub fn bars(text: &str) -> Result<(u32, u32), String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|number| (1..=1_000_000).contains(number));
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => Ok((first - 1, last)),
        _ => Err("expected a bar or a range of bars, such as 5-12".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_to_their_range() {
        assert_eq!(share("0.25"), Ok(0.25));
        for text in ["-0.1", "1.1", "NaN", "inf", "much", ""] {
            assert!(share(text).is_err(), "{text}");
        }
        assert_eq!(positive_up_to(1.0, "0.001"), Ok(0.001));
        for text in ["0", "-1", "1.5", "NaN", "fast"] {
            assert!(positive_up_to(1.0, text).is_err(), "{text}");
        }
        assert_eq!(number_in(-40.0..=-5.0, "3"), Err("expected a number from -40 to -5".into()));
    }

    #[test]
    fn bars_are_counted_from_one() {
        assert_eq!(bars("5"), Ok((4, 5)));
        assert_eq!(bars("5-8"), Ok((4, 8)));
        for text in ["0", "8-5", "", "a-b", "1-", "-1", "0-3", "1000001"] {
            assert!(bars(text).is_err(), "{text}");
        }
    }
}
