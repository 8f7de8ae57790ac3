//! The life of a studio that is going to be killed: it edits, records, generates, and sees to it that a training goes
//! on.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use cantus::{
    clock,
    devices::fake::FakeBackend,
    engine_client::ModelCard,
    library::{
        models::{ModelFolder, Origin},
        store::now_ms,
    },
    studio::{
        Studio,
        commands::Command,
        page::Page,
        services::training::setup::Length,
        services::{engine_line, files::Purpose, models::Model},
    },
};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};

use super::{
    FOLDER,
    support::{open, until},
};

/// Where the music to learn from is.
pub const TUNES: &str = "tunes";
/// What the training is called.
pub const MODEL: &str = "tiny";
const KEYBOARD: &str = "Keys 1";

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").unwrap();
    out.flush().unwrap();
}

#[test]
fn a_studio_to_be_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let midi = FakeBackend::new();
    midi.plug(KEYBOARD);
    let mut harness = open(&folder, &midi, engine_line::real());
    let toasts: Vec<String> = harness.state().services.toasts.texts().map(str::to_owned).collect();
    say(""); // what the test runner has begun to say ends here
    for text in toasts.iter().filter(|text| !text.contains(KEYBOARD)) {
        say(&format!("told {text}"));
    }
    let is_first = !toasts.iter().any(|text| text.contains("Cantus was ended"));
    if is_first {
        give(&mut harness, Command::NewScore);
        harness.state_mut().services.change_preferences(|preferences| {
            preferences.count_in_bars = 0;
            preferences.takes = 1;
        });
    }
    harness.state_mut().take_models(vec![bach()], None);
    harness.state_mut().document.part = 0;
    until(&mut harness, "the keyboard was connected", |studio| {
        studio.services.keyboards.status().inputs.iter().any(|input| input.is_connected)
    });
    let mut edit: u64 = harness.state().score().title.parse().unwrap_or(0);
    let mut notes = harness.state().document.history.committed().parts[0].notes.len() as u64;
    let mut random = fastrand::Rng::new();
    say("ready");
    if is_first {
        begin_training(&mut harness, &folder);
    }
    loop {
        see_to_the_training(&mut harness);
        for _ in 0..random.u32(1..8) {
            edit += 1;
            let title = edit.to_string();
            harness.state_mut().document.history.edit("Rename", |score| score.title = title);
            harness.step();
            say(&format!("edit {edit} {}", now_ms()));
        }
        give(&mut harness, Command::Record);
        // what is played before time passes is none of the recording's
        until(&mut harness, "time passed", |studio| {
            studio.document.recording.is_some() && studio.services.sound.position().tick > 0.0
        });
        for _ in 0..random.u32(5..30) {
            // of notes that are the same in everything one is kept, and over hundreds of kills there are thousands: no
            // two of the first six thousand are
            let velocity = (notes % 127) as u8 + 1;
            let pitch = 40 + (notes / 127 % 50) as u8;
            midi.send(KEYBOARD, clock::now_micros(), &[0x90, pitch, velocity]);
            pause(&mut harness, random.u64(10..60));
            midi.send(KEYBOARD, clock::now_micros(), &[0x80, pitch, 0]);
            notes += 1;
            say(&format!("note {notes} {}", now_ms()));
            pause(&mut harness, random.u64(5..30));
        }
        give(&mut harness, Command::Stop);
        if harness.state().why_not(Command::Generate).is_some() {
            continue; // the engine is still starting
        }
        give(&mut harness, Command::Generate);
        until(&mut harness, "the take was there", |studio| {
            studio.services.engine.running.is_none() && !studio.document.takes.all().is_empty()
        });
        if random.bool() {
            give(&mut harness, Command::KeepTake);
            say("kept");
        } else {
            give(&mut harness, Command::DropTakes);
        }
    }
}

fn bach() -> Model {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/bach");
    Model {
        card: Ok(ModelCard::read(&path).unwrap()),
        folder: ModelFolder { name: "bach".into(), path, origin: Origin::Shipped },
    }
}

/// As a person does; it goes on when the window is killed.
fn begin_training(harness: &mut Harness<'static, Studio>, folder: &Path) {
    give(harness, Command::Show(Page::Train));
    harness.state_mut().take_path(Purpose::TrainingData, folder.join(TUNES));
    let setup = &mut harness.state_mut().pages.train.setup;
    setup.name = MODEL.into();
    (setup.batch, setup.update_ratio) = (Some(2), Some(1));
    setup.length = Length::Iterations(1_000_000);
    harness.run_steps(3);
    harness.get_by_label("Start training").click_accesskit();
    harness.run_steps(3);
    say("training");
    give(harness, Command::Show(Page::Compose));
}

/// Resumes the training where it was interrupted.
fn see_to_the_training(harness: &mut Harness<'static, Studio>) {
    give(harness, Command::Show(Page::Train));
    pause(harness, 20);
    let interrupted = format!("{MODEL}, interrupted");
    if let Some(run) = harness.query_by_label_contains(&interrupted) {
        run.click();
        harness.run_steps(3);
    }
    if let Some(resume) = harness.query_by_label("Resume")
        && !resume.accesskit_node().is_disabled()
    {
        resume.click();
        harness.run_steps(3);
        say("resumed");
    }
    give(harness, Command::Show(Page::Compose));
}

fn give(harness: &mut Harness<'static, Studio>, command: Command) {
    harness.state_mut().services.ask(command);
    harness.step();
    harness.step();
}

fn pause(harness: &mut Harness<'static, Studio>, ms: u64) {
    let end = Instant::now() + Duration::from_millis(ms);
    while Instant::now() < end {
        harness.step();
        std::thread::sleep(Duration::from_millis(2));
    }
}
