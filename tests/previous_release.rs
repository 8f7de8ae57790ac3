//! Files that the release before wrote still open with all that is in them; `previous-release/README.md` lists them.

#![allow(clippy::unwrap_used, reason = "a test fails where it is")]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use assert_cmd::Command;
use cantus::{
    devices::{ButtonMap, ButtonMode, fake::FakeBackend},
    engine_client::{
        ModelCard,
        run_folder::{self, METRICS_FILE, RunState},
    },
    library::{
        project,
        store::{Composition, Filter, Store},
    },
    music::{
        Control, Pitch, Role, Score, midi_file,
        quantise::{GridStep, Humanise, Quantise},
    },
    studio::{
        services::midi_learn::{Assignments, Takeover, Turned},
        services::preferences::{Preferences, RollChoices, ThemeChoice, WindowPlace},
    },
};
use egui_kittest::kittest::Queryable as _;
use serde_json::{Value, json};

const EVENING: u64 = 1_000_000_007;
const WALTZ: u64 = 1_000_000_009;
const THROWN_AWAY: u64 = 1_000_000_011;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/previous-release").join(name)
}

/// A folder of the user's data with the library and the settings.
fn data() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["library.db", "settings.toml"] {
        fs::copy(file(name), folder.path().join(name)).unwrap();
    }
    folder
}

/// Runs a command line of the program in a folder, and reads the JSON that it prints.
fn cantus(folder: &Path, arguments: &str) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cantus"));
    command.timeout(Duration::from_mins(5)).current_dir(folder).env("HOME", folder);
    for variable in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "CANTUS_MODELS", "CANTUS_ENGINE"] {
        command.env_remove(variable);
    }
    let output = command.args(arguments.split(' ')).arg("--json").assert().success();
    serde_json::from_slice(&output.get_output().stdout).unwrap()
}

/// Four takes that the model in `model/` writes to the melody.
fn composed(folder: &Path) -> Vec<Score> {
    let melody = Score { parts: vec![evening_from_project().score.parts[0].clone()], ..Score::default() };
    fs::write(folder.join("melody.mid"), midi_file::write(&melody)).unwrap();
    cantus(folder, "generate --model ./model --melody melody.mid --out out.mid --takes 4 --surprise 0.9 --device cpu");
    (1..=4).map(|take| midi_file::read(&fs::read(folder.join(format!("out-{take}.mid"))).unwrap()).unwrap()).collect()
}

fn evening_from_project() -> Composition {
    project::read(&file("project.cantus")).unwrap()
}

fn assert_is_evening(composition: &Composition) {
    let score = &composition.score;
    assert_eq!((score.title.as_str(), score.melody, composition.part), ("Evening song", Some(0), 1));
    let of_parts =
        |of: fn(&cantus::music::Part) -> [u8; 5]| score.parts.iter().map(|part| of(part)).collect::<Vec<_>>();
    let mix = of_parts(|part| [part.volume, part.pan, part.reverb, part.chorus, part.color]);
    assert_eq!(mix[1..], [[90, 40, 55, 20, 1], [90, 50, 55, 20, 2], [90, 60, 55, 20, 3]]);
    let switches = of_parts(|part| [part.soloed, part.muted, part.locked, part.is_drum, false].map(u8::from));
    assert_eq!(switches, [[0; 5], [1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0]]);
    let parts: Vec<_> = score.parts.iter().map(|part| (part.role, part.name.as_str(), part.notes.len())).collect();
    let names = [(Role::Alto, "Alto", 40), (Role::Tenor, "Tenor", 55), (Role::Bass, "Bass", 60)];
    assert_eq!((parts[0].0, &parts[1..]), (Role::Melody, &names[..]));
    let controls: Vec<Control> = score.parts[0].controls.iter().map(|event| event.control).collect();
    let expected = [
        Control::Program(73),
        Control::Controller { number: 64, value: 127 },
        Control::PitchBend(-512),
        Control::Pressure(33),
        Control::KeyPressure { pitch: Pitch::clamped(60), value: 44 },
    ];
    assert_eq!(controls, expected);
    assert_eq!(composition.tags, ["slow", "for Anna"]);
    let takes = composition.takes.as_ref().unwrap();
    assert_eq!(
        takes.takes.iter().map(|take| (take.seed, take.rating)).collect::<Vec<_>>(),
        [(11, 0.25), (12, 0.5), (13, 0.75)]
    );
    let kept = &composition.kept_takes[0];
    assert_eq!((kept.settings.seed, kept.settings.bars, kept.made_ms), (12, Some((2, 6)), 1_760_000_000_000));
    let alto = |parts: &[cantus::music::Part]| parts[0].notes.clone();
    assert!(alto(&kept.parts) == score.parts[1].notes && alto(&kept.parts) == alto(&takes.takes[1].parts));
    for recipe in [&*takes.settings, &kept.settings] {
        assert_eq!((recipe.model.as_str(), recipe.surprise, recipe.density), ("Bach", 0.25, 0.75));
        assert_eq!((recipe.model_hash.len(), &recipe.score.parts[0].notes), (64, &score.parts[0].notes));
    }
}

#[test]
fn the_library_has_all_its_compositions() {
    let folder = data();
    let opened = Store::open(folder.path()).unwrap();
    assert!(opened.messages.is_empty(), "{:?}", opened.messages);
    let store = opened.store;
    let titles = |deleted| -> Vec<_> {
        let list = store.list(&Filter { deleted, ..Filter::default() }).unwrap();
        list.into_iter().map(|line| (line.id, line.title, line.notes, line.model)).collect()
    };
    let line = |id, title: &str, notes, model: &str| (id, title.to_owned(), notes, model.to_owned());
    let listed = [line(EVENING, "Evening song", 197, "Bach"), line(WALTZ, "Waltz — “Frühling”", 7, "")];
    assert_eq!(titles(false), listed);
    assert_eq!(titles(true), [line(THROWN_AWAY, "Thrown away", 44, "")]);
    assert_eq!(store.tags().unwrap(), ["dance", "for Anna", "slow"]);
    assert_is_evening(&store.load(EVENING).unwrap());
    let waltz = store.load(WALTZ).unwrap();
    let (position, recording) = waltz.recording.unwrap();
    assert_eq!((position, waltz.score.parts[0].notes.len(), recording.notes.len()), (0, 6, 7));
    assert_eq!(
        store.recent().unwrap(),
        ["/home/user/Music/evening.mid", "/home/user/Music/first.mid"].map(PathBuf::from)
    );
    let killed = store.other_windows(1).unwrap();
    assert_eq!((killed[0].composition, killed[0].is_open), (WALTZ, false));
}

#[test]
fn a_project_is_the_composition_of_the_library() {
    let project = evening_from_project();
    assert_is_evening(&project);
    let folder = data();
    let kept = Store::open(folder.path()).unwrap().store.load(EVENING).unwrap();
    assert_eq!(
        (project.score.parts.clone(), project.takes, project.kept_takes),
        (kept.score.parts.clone(), kept.takes, kept.kept_takes)
    );
    assert_eq!((&project.score.tempo, &project.score.metre), (&kept.score.tempo, &kept.score.metre));
}

#[test]
fn every_setting_is_as_it_was_chosen() {
    let chosen = Preferences {
        theme: ThemeChoice::Light,
        scale: 1.25,
        soundfont: Some("/home/user/Music/Grand.sf2".into()),
        output_device: Some("USB Audio".into()),
        buffer_frames: Some(256),
        measured_buffers: [("Built-in Audio".to_owned(), 128), ("USB Audio".to_owned(), 512)].into(),
        midi_input: Some("Keystation 61".into()),
        recording_offset_ms: 12.5,
        record_replaces: true,
        record_waits: true,
        metronome: true,
        metronome_volume: 0.25,
        count_in_bars: 2,
        model: Some("bach".into()),
        takes: 5,
        surprise: 0.75,
        density: 0.125,
        assignments: Assignments {
            buttons: Some(ButtonMap {
                play: Some(117),
                stop: Some(116),
                record: Some(118),
                mode: ButtonMode::Momentary,
            }),
            knobs: (20..).zip(Turned::ALL).collect(),
            steps: vec![20, 21],
            takeover: Takeover::Jump,
        },
        quantise: Quantise { step: GridStep::EighthTriplet, strength: 0.5, swing: 0.25, starts: false, lengths: true },
        humanise: Humanise { timing_ticks: 30, velocity: 20, seed: 77 },
        roll: RollChoices {
            grid: GridStep::ThirtySecond,
            snaps: false,
            ghosts: false,
            lyrics: true,
            scale_rows: false,
            scale_snap: true,
            follow: false,
            tempo_track: None,
        },
        left_panel: false,
        right_panel: false,
        recent_files: vec!["/home/user/Music/evening.mid".into(), "/home/user/Music/first.mid".into()],
        window: Some(WindowPlace { x: Some(40.0), y: Some(30.0), width: 1500.0, height: 950.0, maximised: false }),
        welcome: false,           // who has settings knows Cantus
        ..Preferences::default()  // what came later
    };
    assert_eq!(Preferences::load(&file("settings.toml")), (chosen, Vec::new()));
}

#[test]
fn the_window_opens_where_it_was() {
    let folder = data();
    let mut harness = support::open(folder.path(), &FakeBackend::new(), support::fake_engine());
    support::until(&mut harness, "the composition was back", |studio| studio.score().id == EVENING);
    harness.get_by_label("Search the library");
    assert!(!harness.ctx.global_style().visuals.dark_mode);
    let studio = harness.state();
    assert_eq!(
        (studio.document.transport.looping, studio.document.transport.loop_range.clone()),
        (true, Some(0..3840))
    );
    assert_eq!((studio.document.takes.all().len(), studio.document.takes.audition), (3, Some(1)));
}

/// A run's folder with its weights, under the name `model` in a folder of its own.
fn run(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&file(name), &folder.path().join("model"));
    let weights = fs::File::open(file(name).join("weights.zip")).unwrap();
    zip::ZipArchive::new(weights).unwrap().extract(folder.path().join("model")).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

#[test]
fn trainings_are_shown_go_on_and_compose() {
    let changes = ["learning rate 0.002 → 0.001", "iterations 100 → 20"];
    for (name, state, iteration, changes, resumed) in [
        ("run-cantus", RunState::Complete, 20, &changes[..], 21),
        ("run-unet", RunState::Stopped, 3, &["iterations 100 → 6"], 4),
    ] {
        let folder = run(name);
        let path = folder.path().join("model");
        let status = run_folder::read_status(&path).unwrap();
        assert_eq!((status.state, status.iteration, status.checkpoint), (state, iteration, Some(iteration)), "{name}");
        assert_eq!((status.tuning.batch, status.host.as_str()), (2, "studio"));
        let request = run_folder::read_request(&path).unwrap();
        assert_eq!((request.data.as_str(), request.batch, request.threads), ("builtin:chorale", Some(2), Some(1)));
        assert_eq!(run_folder::read_changes(&path).iter().map(|change| &*change.text).collect::<Vec<_>>(), changes);
        assert_eq!(run_folder::list_samples(&path)[0].0, iteration);
        let card = ModelCard::read(&path).unwrap();
        assert_eq!((card.iterations, card.parts.len(), card.parts[2].role), (iteration, 3, Role::Bass));
        let rows = |path: &Path| -> Vec<String> {
            fs::read_to_string(path.join(METRICS_FILE)).unwrap().lines().skip(1).map(str::to_owned).collect()
        };
        let before = rows(&path);
        let report = cantus(
            folder.path(),
            &format!("train --resume --out model --iterations {resumed} --device cpu --threads 1"),
        );
        assert_eq!((&report["complete"], &report["iterations"]), (&json!(true), &json!(resumed)), "{name}");
        let after = rows(&path);
        assert_eq!((&after[..before.len()], after.len() as u64), (&before[..], resumed), "{name}: the curves go on");
        assert!(composed(folder.path()).iter().all(|take| take.parts.len() == 4), "{name}");
    }
}

/// A model, what people call it, and words of its card with other values.
type Card<'a> = (&'a str, &'a str, &'a [(&'a str, Value)]);

/// Each word of a model's card is understood: another value gives other notes.
#[test]
fn models_compose_and_their_cards_are_understood() {
    let words: [Card<'_>; 2] = [
        (
            "bach",
            "Bach",
            &[
                ("drafting/settling", json!(4)),
                ("drafting/revising", json!(0)),
                ("drafting/first_share", json!(0.9)),
                ("drafting/last_share", json!(0.9)),
                ("drafting/warmth", json!(1.9)),
                ("drafting/revising_warmth", json!(0.1)),
                ("drafting/planned", json!(false)),
                ("drafting/trust", json!(0.0)),
                ("manners/0/hold", json!(3.0)),
                ("manners/0/steadiness", json!(1.0)),
                ("manners/0/boldness", json!(-2.0)),
                ("manners/2/sixteenths", json!(4.0)),
                ("repeats", json!(true)),
                ("grates", json!(true)),
                ("lines/0/high", json!(60)),
                ("sizes/beat_blocks", json!(7)),
            ],
        ),
        (
            "jazz",
            "Jazz",
            &[
                ("manners/1/rest", json!(8.0)),
                ("swing", json!(0.5)),
                ("sustained", json!([false, false, false])),
                ("staccato", json!(true)),
            ],
        ),
    ];
    for (name, title, changes) in words {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        copy(&file(name), &path);
        let mut card: Value = serde_json::from_slice(&fs::read(file(&format!("{name}.json"))).unwrap()).unwrap();
        if name == "bach" {
            card["settings"]["drafting"]["revising"] = json!(8); // else some words say nothing
        }
        let write = |card: &Value| fs::write(path.join("model.json"), card.to_string()).unwrap();
        write(&card);
        assert_eq!(cantus(folder.path(), "models show ./model")["card"]["name"], title);
        let before = composed(folder.path());
        let parts = before.iter().flat_map(|take| &take.parts);
        assert_eq!(parts.filter(|part| !part.notes.is_empty()).count(), 4 * 4);
        for (word, value) in changes {
            let mut changed = card.clone();
            let settings = &mut changed["settings"];
            match settings.pointer_mut(&format!("/{word}")) {
                Some(place) => *place = value.clone(),
                None => match word.rsplit_once('/') {
                    Some((above, word)) => settings.pointer_mut(&format!("/{above}")).unwrap()[word] = value.clone(),
                    None => settings[word] = value.clone(),
                },
            }
            write(&changed);
            assert!(composed(folder.path()) != before, "{name}: {word} is not understood");
        }
    }
}
