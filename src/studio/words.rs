//! Words and numbers as people read them. Knows no window.

use std::borrow::Borrow;

use crate::plural::with_minus;

/// A reason as a sentence of its own, without its full stop.
pub fn sentence(reason: &str) -> String {
    let reason = without_error_numbers(reason);
    with_first(reason.trim().trim_end_matches('.'), |first| first.to_uppercase().collect())
}

/// What the system says of an error, without its number.
pub fn without_error_numbers(text: &str) -> String {
    let mut told = text.to_owned();
    while let Some(at) = told.find(" (os error ") {
        let Some(end) = told[at..].find(')') else { break };
        told.replace_range(at..=at + end, "");
    }
    told.replace("No such file or directory", "there is no such file or folder")
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

/// `alto, tenor and bass`.
pub fn list(names: &[&str]) -> String {
    list_of_names(names).to_lowercase()
}

/// `Alto, Tenor 2 and Bass`, as they are written.
pub fn list_of_names<S: Borrow<str>>(names: &[S]) -> String {
    match names {
        [] => String::new(),
        [one] => Borrow::<str>::borrow(one).to_owned(),
        [many @ .., last] => format!("{} and {}", many.join(", "), Borrow::<str>::borrow(last)),
    }
}

/// Bars as people count them: `bar 3`, `bars 3 to 5`. From 0, the last one excluded.
pub fn bars((first, end): (u32, u32)) -> String {
    if end <= first + 1 { format!("bar {}", first + 1) } else { format!("bars {} to {end}", first + 1) }
}

/// Several stretches of bars: `bars 1 to 4 and 21 to 36`. From 0, the last one excluded.
pub fn all_bars(spans: &[(u32, u32)]) -> String {
    if let [one] = spans {
        return bars(*one);
    }
    let short = |span| bars(span).trim_start_matches("bars ").trim_start_matches("bar ").to_owned();
    let spans: Vec<String> = spans.iter().map(|span| short(*span)).collect();
    format!("bars {}", list_of_names(&spans))
}

/// A number with a tenth, and with a true minus where it is negative.
pub fn signed(number: f64) -> String {
    with_minus(format_args!("{number:.1}"))
}

/// Minutes and seconds, such as `3:07`.
pub fn duration(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// `2 h 05 min`, `3 min 20 s`, `12 s`.
pub fn rough_duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "a long time".into();
    }
    let seconds = seconds.round() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

/// The size of a file.
pub fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
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
    }

    #[test]
    fn what_the_system_says_has_no_numbers() {
        let said = "couldn't open it: No such file or directory (os error 2): /a (b).mid";
        assert_eq!(without_error_numbers(said), "couldn't open it: there is no such file or folder: /a (b).mid");
        assert_eq!(sentence("Permission denied (os error 13)."), "Permission denied");
    }

    #[test]
    fn lists_read_as_people_write_them() {
        assert_eq!(list(&[]), "");
        assert_eq!(list(&["Bass"]), "bass");
        assert_eq!(list(&["Alto", "Tenor", "Bass"]), "alto, tenor and bass");
    }

    #[test]
    fn bars_are_counted_as_people_do() {
        assert_eq!([(0, 1), (2, 5), (2, 3)].map(bars), ["bar 1", "bars 3 to 5", "bar 3"]);
        assert_eq!(all_bars(&[(0, 4), (8, 9), (20, 36)]), "bars 1 to 4, 9 and 21 to 36");
        assert_eq!(all_bars(&[(20, 36)]), "bars 21 to 36");
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!([-1.04, 2.0].map(signed), ["−1.0", "2.0"]);
        assert_eq!([0.4, 59.6, 3725.0].map(duration), ["0:00", "1:00", "1:02:05"]);
        assert_eq!([12.4, 200.0, 7500.0].map(rough_duration), ["12 s", "3 min 20 s", "2 h 05 min"]);
        assert_eq!(rough_duration(f64::INFINITY), "a long time");
        assert_eq!([10, 1_234_567, 3_000_000_000].map(bytes), ["1 kB", "1.2 MB", "3.0 GB"]);
    }
}
