//! What the commands write: tables and JSON on standard output, progress on standard error.

use std::io::Write;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

/// Writes a text to standard output. A reader that went away (`cantus … | head`) is no error.
///
/// # Errors
/// Standard output cannot be written.
pub fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes one JSON object to standard output.
///
/// # Errors
/// Standard output cannot be written.
pub fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    print(&(serde_json::to_string_pretty(value)? + "\n"))
}

/// Tells on standard error what is worth knowing beside the result, a line each; gives the sentences back.
pub fn tell(notices: &[impl std::fmt::Display]) -> Vec<String> {
    let sentences: Vec<String> = notices.iter().map(ToString::to_string).collect();
    for sentence in &sentences {
        #[expect(clippy::print_stderr, reason = "this is what a command tells beside its result")]
        {
            eprintln!("note: {sentence}");
        }
    }
    sentences
}

/// A progress bar on standard error, where that is a terminal; silent elsewhere.
pub fn progress_bar(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos} of {len}") {
        bar.set_style(style);
    }
    bar.with_message(what)
}

/// Lines up columns: the first to the left, the others to the right.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().enumerate().map(|(column, cell)| match column {
            0 => format!("{cell:<0$}", widths[0]),
            _ => format!("{cell:>0$}", widths[column]),
        });
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
}

/// A measured value for people; a dash where it is undefined.
pub fn value(value: Option<f64>) -> String {
    value.map_or_else(|| "–".into(), |value| format!("{value:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = [vec!["a".into(), "1".into(), "22".into()], vec!["longer".into(), "333".into()]];
        assert_eq!(table(&rows), "a         1  22\nlonger  333\n");
        assert_eq!((value(Some(0.25)).as_str(), value(None).as_str()), ("0.250", "–"));
    }
}
