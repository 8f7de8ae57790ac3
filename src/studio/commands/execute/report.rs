//! What is in use, as a text that helps with a problem and tells nothing about the user.

use std::fmt::Write as _;

use crate::sound::OutputState;
use crate::studio::services::{Services, engine::EngineState, models::Model, sound::FontState};

/// The report: versions, devices, the last errors; no paths.
pub fn make(services: &Services) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name}: {}", without_paths(value)); // writing to a text cannot fail
    };
    line("Cantus", env!("CARGO_PKG_VERSION"));
    line("System", &system());
    match &services.engine.state {
        EngineState::Ready { libtorch, devices } => {
            line("libtorch", libtorch);
            line("Computes on", &devices.join(", "));
        }
        EngineState::Off | EngineState::Starting => line("Engine", "still starting"),
        EngineState::Failed(reason) => line("Engine", reason),
    }
    let font = match &services.sound.font_state {
        FontState::Loading => "loading",
        FontState::Loaded(name) => name,
        FontState::None(reason) => reason,
    };
    line("SoundFont", font);
    line("Sound output", &output(&services.sound.output()));
    let models: Vec<&str> = services.models.list.iter().flatten().map(Model::title).collect();
    line("Models", &if models.is_empty() { "none".to_owned() } else { models.join(", ") });
    let errors: Vec<&str> = services.toasts.last_errors().collect();
    if errors.is_empty() {
        line("Last errors", "none");
    } else {
        text += "Last errors:\n";
    }
    for error in errors {
        let _ = writeln!(text, "  {}", without_paths(error));
    }
    text
}

fn output(state: &OutputState) -> String {
    match state {
        OutputState::Opening => "being opened".to_owned(),
        OutputState::Running { device, sample_rate_hz, buffer_frames, latency_ms, .. } => {
            format!("{device}, {sample_rate_hz} Hz, {buffer_frames} frames, {latency_ms:.0} ms from key to sound")
        }
        OutputState::NoDevice { reason } => format!("none: {reason}"),
    }
}

fn system() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    format!("{} {}", name.map_or(std::env::consts::OS, |name| name.trim_matches('"')), std::env::consts::ARCH)
}

/// A line up to its first path: our messages have paths last, and those say whose computer it is.
fn without_paths(line: &str) -> String {
    let begins_path = |at: usize| {
        let before = line[..at].chars().next_back();
        let after = line[at + 1..].chars().next();
        before.is_none_or(|letter| !letter.is_alphanumeric() && letter != '/' && letter != ' ')
            || (before == Some(' ') && after.is_some_and(|letter| !letter.is_whitespace()))
    };
    match line.match_indices(['/', '~', '\\']).find(|(at, _)| begins_path(*at)) {
        Some((at, _)) => format!("{}(a path)", &line[..at]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_is_told_in_words() {
        assert_eq!(output(&OutputState::NoDevice { reason: "no sound card".into() }), "none: no sound card");
        assert_eq!(output(&OutputState::Opening), "being opened");
    }

    #[test]
    fn no_path_is_told() {
        for (line, told) in [
            ("couldn't read it: /home/ann/My Songs/a b.mid", "couldn't read it: (a path)"),
            ("Saved to ~/Music/x.mid", "Saved to (a path)"),
            ("“/home/ann/x” is no model", "“(a path)"),
            ("44.1 kHz, and/or 3 / 4", "44.1 kHz, and/or 3 / 4"),
        ] {
            assert_eq!(without_paths(line), told);
        }
    }
}
