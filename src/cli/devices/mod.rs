//! `cantus devices`: what this computer has for playing, hearing and composing music, and what is missing.

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
    /// Print one JSON object on standard output
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
#[derive(Clone, Debug)]
struct System {
    has_nvidia_gpu: bool,
    has_dialogs: bool,
    /// Where the programs of a package lie, where Cantus runs from one.
    package: Option<PathBuf>,
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
    let missing = missing(&midi, &sound, &soundfonts, &compute, &detect());
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

fn detect() -> System {
    let in_path = |program: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    };
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent);
    System {
        has_nvidia_gpu: Path::new("/dev/nvidia0").exists(),
        package: beside.filter(|folder| folder.join("libtorch").is_dir()).map(Path::to_path_buf),
        has_dialogs: in_path("zenity")
            || Path::new("/usr/share/dbus-1/services/org.freedesktop.portal.Desktop.service").exists(),
    }
}

fn missing(
    midi: &Midi,
    sound: &Sound,
    soundfonts: &[SoundFontEntry],
    compute: &Compute,
    system: &System,
) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut note = |what: &str, remedy: &str| {
        missing.push(Missing { what: what.to_owned(), remedy: remedy.to_owned() });
    };
    if midi.unavailable.is_some() {
        note(
            "the system's MIDI",
            "load the kernel's sequencer: “sudo modprobe snd-seq”. Cloud kernels don't have it: \
             “sudo apt-get install linux-image-amd64” (Debian) or “linux-image-generic” (Ubuntu), then restart",
        );
    } else if midi.inputs.is_empty() {
        note(
            "a MIDI keyboard",
            "plug one in; it is found within two seconds. You can also play on the computer keyboard",
        );
    }
    if sound.outputs.is_empty() {
        note(
            "a sound output",
            "“aplay -l” (package alsa-utils) lists the sound cards; if it lists any, \
             try “sudo adduser $USER audio” and log in again",
        );
    }
    if !sound.is_real_time {
        note(
            "real-time priority for the sound",
            "“sudo apt-get install rtkit” and log in again; without it, the sound may \
             drop out when the computer is busy",
        );
    }
    let is_system = |entry: &SoundFontEntry| entry.path.starts_with("/usr");
    if !soundfonts.iter().any(is_system) {
        let what = if soundfonts.is_empty() { "a SoundFont" } else { "a larger SoundFont" };
        note(what, "“sudo apt-get install timgm6mb-soundfont” (6 MB) or “fluid-soundfont-gm” (145 MB)");
    }
    if compute.unavailable.is_some() {
        note("the composing engine", "“./run” builds it and fetches the libtorch it needs");
    } else if system.has_nvidia_gpu && !compute.devices.iter().any(|device| device.to_lowercase().contains("cuda")) {
        note("the GPU", &gpu_remedy(compute, system));
    }
    if !system.has_dialogs {
        note("file dialogs", "“sudo apt-get install zenity”; without it, paths have to be typed");
    }
    missing
}

/// What to do for a GPU that is not used. `package` gives the engine's search path these folders, too.
fn gpu_remedy(compute: &Compute, system: &System) -> String {
    let (Some(package), Some(version)) = (&system.package, &compute.libtorch) else {
        return "“./run” fetches libtorch for NVIDIA GPUs if it finds one; check that “nvidia-smi” works".into();
    };
    let folder = package.join(format!("libtorch-{version}-cuda"));
    if folder.exists() {
        return format!("libtorch for it is in {}; check that “nvidia-smi” works", folder.display());
    }
    let sudo = if folder.starts_with("/usr") { "sudo " } else { "" };
    format!(
        "“{sudo}python3 -m pip install --target \"{}\" torch=={version}” fetches libtorch for NVIDIA GPUs \
         (2.5 GB, 5 GB on disk); then check that “nvidia-smi” works",
        folder.display()
    )
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
        let none = self.midi.unavailable.as_deref().unwrap_or("none");
        section("MIDI inputs", self.midi.inputs.iter().map(input).collect(), none);
        section("Sound outputs", self.sound.outputs.clone(), "none");
        section("Audio thread priority", vec![self.sound.priority.clone()], "");
        let entry = |entry: &SoundFontEntry| format!("{} · {}", entry.name, entry.path.display());
        section("SoundFonts, best first", self.soundfonts.iter().map(entry).collect(), "none");
        let none = self.compute.unavailable.as_deref().unwrap_or("none");
        section("Compute devices, best first", self.compute.devices.clone(), none);
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
mod tests;
