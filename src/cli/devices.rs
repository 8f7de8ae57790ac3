//! `cantus devices`: what this computer has for playing, sounding and composing, and what is missing.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use crate::devices::{MidiBackend, Profile, alsa_backend};
use crate::engine_client::{Engine, EngineOptions};
use crate::library::paths;
use crate::sound;

/// Arguments of `cantus devices`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// How long the engine may take to say what it has: libtorch from a cold disk takes seconds.
const ENGINE_ANSWERS: Duration = Duration::from_secs(30);

#[derive(Debug, PartialEq, Serialize)]
struct Report {
    midi: Midi,
    sound: Sound,
    soundfonts: Vec<SoundFontEntry>,
    compute: Compute,
    missing: Vec<Missing>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Midi {
    inputs: Vec<MidiInput>,
    /// Why there is no MIDI at all, where there is none.
    unavailable: Option<String>,
}

#[derive(Debug, PartialEq, Serialize)]
struct MidiInput {
    name: String,
    /// The keyboard's own name, where its controls are known.
    known_as: Option<&'static str>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Sound {
    outputs: Vec<String>,
    /// How the thread that sounds would stand.
    priority: String,
    is_real_time: bool,
}

#[derive(Debug, PartialEq, Serialize)]
struct SoundFontEntry {
    name: String,
    path: PathBuf,
}

#[derive(Debug, PartialEq, Serialize)]
struct Compute {
    devices: Vec<String>,
    libtorch: Option<String>,
    /// Why the networks cannot run, where they cannot.
    unavailable: Option<String>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Missing {
    what: String,
    remedy: String,
}

/// What is asked of the system beyond the lists.
#[derive(Clone, Copy, Debug)]
struct System {
    has_nvidia_gpu: bool,
    has_dialogs: bool,
}

/// Runs `cantus devices`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let midi = midi(&mut *alsa_backend());
    let priority = sound::offered_priority();
    let sound = Sound {
        outputs: sound::output_devices(),
        is_real_time: !matches!(priority, sound::Priority::Normal { .. }),
        priority: priority.to_string(),
    };
    let soundfonts = sound::find_soundfonts(paths::soundfonts_folder().ok().as_deref())
        .into_iter()
        .map(|file| SoundFontEntry { name: file.name, path: file.path });
    let soundfonts: Vec<_> = soundfonts.collect();
    let compute = compute();
    let missing = missing(&midi, &sound, &soundfonts, &compute, look_around());
    let report = Report { midi, sound, soundfonts, compute, missing };
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer(&mut out, &report)?;
        writeln!(out)?;
    } else {
        out.write_all(report.to_text().as_bytes())?;
    }
    Ok(())
}

fn midi(backend: &mut dyn MidiBackend) -> Midi {
    match backend.input_names() {
        Ok(names) => Midi {
            inputs: names
                .into_iter()
                .map(|name| MidiInput { known_as: Profile::find(&name).map(|profile| profile.name), name })
                .collect(),
            unavailable: None,
        },
        Err(error) => Midi { inputs: Vec::new(), unavailable: Some(error.to_string()) },
    }
}

/// Asks the engine, which alone knows libtorch.
fn compute() -> Compute {
    let ready = Engine::start(EngineOptions::default()).and_then(|engine| engine.wait_ready(ENGINE_ANSWERS));
    match ready {
        Ok(ready) => Compute { devices: ready.devices, libtorch: Some(ready.libtorch), unavailable: None },
        Err(error) => Compute { devices: Vec::new(), libtorch: None, unavailable: Some(error.to_string()) },
    }
}

fn look_around() -> System {
    let in_path = |program: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    };
    System {
        has_nvidia_gpu: Path::new("/dev/nvidia0").exists(),
        has_dialogs: in_path("zenity")
            || Path::new("/usr/share/dbus-1/services/org.freedesktop.portal.Desktop.service").exists(),
    }
}

fn missing(
    midi: &Midi,
    sound: &Sound,
    soundfonts: &[SoundFontEntry],
    compute: &Compute,
    system: System,
) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut note = |what: &str, remedy: &str| {
        missing.push(Missing { what: what.to_owned(), remedy: remedy.to_owned() });
    };
    if midi.unavailable.is_some() {
        note(
            "the system's MIDI",
            "load the kernel's sequencer with “sudo modprobe snd-seq”; kernels made for clouds do not have it: “sudo apt-get install linux-image-amd64” (Debian) or “linux-image-generic” (Ubuntu), and restart",
        );
    } else if midi.inputs.is_empty() {
        note("a MIDI keyboard", "plug one in: it is noticed within two seconds. The computer's own keys play too");
    }
    if sound.outputs.is_empty() {
        note(
            "a sound output",
            "“aplay -l” (package alsa-utils) lists the sound cards; where it lists some, “sudo adduser $USER audio” and a new login may help",
        );
    }
    if !sound.is_real_time {
        note(
            "real-time priority for the sound",
            "“sudo apt-get install rtkit” and a new login; without it, a busy computer may be heard as gaps",
        );
    }
    let is_system = |entry: &SoundFontEntry| entry.path.starts_with("/usr");
    if !soundfonts.iter().any(is_system) {
        let what = if soundfonts.is_empty() { "a SoundFont" } else { "a larger SoundFont" };
        note(what, "“sudo apt-get install timgm6mb-soundfont” (6 MB) or “fluid-soundfont-gm” (145 MB)");
    }
    if compute.unavailable.is_some() {
        note("the composing engine", "“./run” builds it together with the libtorch it needs");
    } else if system.has_nvidia_gpu && !compute.devices.iter().any(|device| device.to_lowercase().contains("cuda")) {
        note(
            "the GPU",
            "“./run” fetches the libtorch for NVIDIA GPUs where one is found; see that “nvidia-smi” answers",
        );
    }
    if !system.has_dialogs {
        note("file dialogs", "“sudo apt-get install zenity”; without it, paths are typed");
    }
    missing
}

impl Report {
    fn to_text(&self) -> String {
        let mut text = String::new();
        let mut section = |title: &str, lines: Vec<String>, none: &str| {
            text.push_str(title);
            text.push('\n');
            let lines = if lines.is_empty() { vec![none.to_owned()] } else { lines };
            for line in lines {
                text.push_str("  ");
                text.push_str(&line);
                text.push('\n');
            }
        };
        let input = |input: &MidiInput| match input.known_as {
            Some(known_as) => format!("{} · {known_as}", input.name),
            None => input.name.clone(),
        };
        let none = self.midi.unavailable.as_deref().unwrap_or("none is plugged in");
        section("MIDI inputs", self.midi.inputs.iter().map(input).collect(), none);
        section("Sound outputs", self.sound.outputs.clone(), "none");
        section("Priority of the sound", vec![self.sound.priority.clone()], "");
        let entry = |entry: &SoundFontEntry| format!("{} · {}", entry.name, entry.path.display());
        section("SoundFonts, the best first", self.soundfonts.iter().map(entry).collect(), "none");
        let none = self.compute.unavailable.as_deref().unwrap_or("none");
        section("Compute devices, the best first", self.compute.devices.clone(), none);
        if let Some(version) = &self.compute.libtorch {
            section("libtorch", vec![version.clone()], "");
        }
        if !self.missing.is_empty() {
            let line = |missing: &Missing| format!("{}: {}", missing.what, missing.remedy);
            section("Missing", self.missing.iter().map(line).collect(), "");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::devices::fake::FakeBackend;

    const ALL: System = System { has_nvidia_gpu: false, has_dialogs: true };

    fn working() -> Report {
        let mut backend = FakeBackend::new();
        backend.plug("AKM322 MIDI 1");
        backend.plug("Keystation 49");
        Report {
            midi: midi(&mut backend),
            sound: Sound {
                outputs: vec!["default".into()],
                priority: "real time, by rtkit".into(),
                is_real_time: true,
            },
            soundfonts: vec![SoundFontEntry {
                name: "TimGM6mb".into(),
                path: "/usr/share/sounds/sf2/TimGM6mb.sf2".into(),
            }],
            compute: Compute { devices: vec!["CPU".into()], libtorch: Some("2.11.0".into()), unavailable: None },
            missing: Vec::new(),
        }
    }

    fn whats(report: &Report, system: System) -> Vec<String> {
        let missing = missing(&report.midi, &report.sound, &report.soundfonts, &report.compute, system);
        missing.into_iter().map(|missing| missing.what).collect()
    }

    #[test]
    fn where_all_is_there_nothing_is_missing() {
        let report = working();
        assert!(whats(&report, ALL).is_empty());
        let text = report.to_text();
        assert!(text.contains("  AKM322 MIDI 1 · DeepComposer keyboard (AKM322)\n  Keystation 49\n"), "{text}");
        assert!(text.contains("  CPU\nlibtorch\n  2.11.0\n"), "{text}");
    }

    #[test]
    fn where_nothing_is_there_all_of_it_is_told() {
        let mut backend = FakeBackend::new();
        backend.set_unavailable(Some("no sequencer"));
        let report = Report {
            midi: midi(&mut backend),
            sound: Sound { outputs: Vec::new(), priority: "normal: there is no rtkit".into(), is_real_time: false },
            soundfonts: Vec::new(),
            compute: Compute { devices: Vec::new(), libtorch: None, unavailable: Some("no engine".into()) },
            missing: Vec::new(),
        };
        let system = System { has_dialogs: false, ..ALL };
        assert_eq!(
            whats(&report, system),
            [
                "the system's MIDI",
                "a sound output",
                "real-time priority for the sound",
                "a SoundFont",
                "the composing engine",
                "file dialogs"
            ]
        );
        let text = report.to_text();
        assert!(text.contains("MIDI inputs\n  no sequencer\n") && text.contains("  no engine\n"), "{text}");
    }

    #[test]
    fn a_gpu_that_is_not_used_is_told() {
        let system = System { has_nvidia_gpu: true, ..ALL };
        let mut report = working();
        assert_eq!(whats(&report, system), ["the GPU"]);
        report.compute.devices.insert(0, "CUDA 0".into());
        assert!(whats(&report, system).is_empty());
    }
}
