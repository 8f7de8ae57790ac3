//! Disks that fill up while something is written: no file is damaged, each is told once, and what waits is written when
//! there is room. On a real small disk: a tmpfs that is mounted where only this test sees it.

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command as Process,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use cantus::{
    devices::fake::FakeBackend,
    library::{
        autosave::{Autosave, Notice},
        project,
        store::{Composition, Filter, Save, Store},
    },
    music::{Score, melodies},
    sound::{
        SoundFont,
        export::{self, Depth, ExportOptions, Format},
    },
    studio::{
        Studio,
        commands::Command,
        page::Page,
        services::training::setup::Length,
        services::{engine_line, files::Purpose},
    },
    whole_file,
};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};

use super::{
    PATIENCE,
    run::Run,
    support::{fake_engine, open, tunes, until},
};

/// Names the small disk to the process that sees it.
const DISK: &str = "CANTUS_SMALL_DISK";
/// What the process says once the disk is mounted: without it nothing was tried.
const MOUNTED: &str = "the small disk is mounted";

/// Does this with a disk of so many megabytes; the test named is run again for it, in a process that may mount one.
fn on_a_small_disk(test: &str, megabytes: u32, work: impl FnOnce(&Path)) {
    if let Some(disk) = std::env::var_os(DISK) {
        return work(Path::new(&disk));
    }
    let place = tempfile::tempdir().unwrap();
    let script =
        format!("mount -t tmpfs -o size={megabytes}m tmpfs \"${DISK}\" || exit; echo '{MOUNTED}'; exec \"$0\" \"$@\"");
    let mut unshare = Process::new("unshare");
    if !rustix::process::geteuid().is_root() {
        unshare.args(["--user", "--map-root-user"]);
    }
    let run = unshare
        .args(["--mount", "sh", "-c", &script])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("full_disk::{test}"), "--nocapture"])
        .env(DISK, place.path())
        .output();
    let output = match run {
        Ok(output) => output,
        Err(error) => return println!("skipped: there is no unshare to mount a small disk with ({error})"),
    };
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // no right to, or a root folder that is no mount of its own (a chroot)
    if !said.contains(MOUNTED) {
        return println!("skipped: no small disk can be mounted here: {}", said.trim());
    }
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

/// Takes what room there is, but for so many bytes.
fn fill(disk: &Path, but_for: usize) -> PathBuf {
    let ballast = disk.join("ballast");
    let mut file = File::create(&ballast).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(but_for as u64)).unwrap();
    ballast
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn autosave_waits_for_room_and_loses_nothing() {
    on_a_small_disk("autosave_waits_for_room_and_loses_nothing", 16, |disk| {
        let data = disk.join("data");
        let (send, notices) = mpsc::channel();
        let (mut autosave, _) = Autosave::start(data.clone(), move |notice| drop(send.send(notice))).unwrap();
        let mut saved = Vec::new();
        for index in 0..200_u64 {
            if index == 20 {
                fill(disk, 0);
            }
            let score = Score { id: index + 1, title: index.to_string(), ..melodies::all()[0].score() };
            saved.push(score.title.clone());
            autosave.save(Save { score: Arc::new(score), touched: true, ..Save::default() });
            std::thread::sleep(Duration::from_millis(10));
        }
        let trouble = notices.recv_timeout(PATIENCE).unwrap();
        assert!(matches!(&trouble, Notice::Trouble(text) if text.contains("disk is full")), "{trouble:?}");
        std::fs::remove_file(disk.join("ballast")).unwrap();
        assert_eq!(notices.recv_timeout(PATIENCE), Ok(Notice::SavedAgain), "told once");
        assert!(autosave.finish(PATIENCE));
        let store = Store::open(&data).unwrap().store;
        store.check().unwrap();
        let list = store.list(&Filter::default()).unwrap();
        let mut there: Vec<String> = list.into_iter().map(|summary| summary.title).collect();
        there.sort();
        saved.sort();
        assert_eq!(there, saved);
    });
}

/// The failures that show.
fn failures(studio: &Studio) -> Vec<String> {
    let told =
        studio.services.toasts.texts().filter(|text| text.contains("No space left") || text.contains("disk is full"));
    told.map(str::to_owned).collect()
}

#[test]
fn exports_are_whole_or_not_there() {
    on_a_small_disk("exports_are_whole_or_not_there", 16, |disk| {
        let home = tempfile::tempdir().unwrap();
        let font = SoundFont::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("soundfonts/cantus-gm.sf2")).unwrap();
        // what stood there before stands there still
        let old = disk.join("old.wav");
        std::fs::write(&old, "old").unwrap();
        let ballast = fill(disk, 32 << 10);
        let score = melodies::all()[0].score();
        let options = ExportOptions {
            format: Format::Wav(Depth::Bits16),
            sample_rate_hz: 44_100,
            stems: false,
            loudness: None,
            range: None,
        };
        let refused = export::export(&score, &font, &old, &options, &mut |_| std::ops::ControlFlow::Continue(()));
        assert!(refused.is_err());
        let project = project::write(&Composition::new(score)).unwrap();
        std::fs::remove_file(&ballast).unwrap();
        fill(disk, 0);
        assert!(whole_file::write(&old, &project).is_err());
        assert_eq!(std::fs::read(&old).unwrap(), b"old");
        // by the window: each is told once
        let mut harness = open(home.path(), &FakeBackend::new(), fake_engine());
        harness.state_mut().services.sound.font = Some(font);
        for (purpose, name) in
            [(Purpose::ExportMidi, "x.mid"), (Purpose::SaveProject, "x.cantus"), (Purpose::ExportAudio, "x.wav")]
        {
            harness.state_mut().take_path(purpose, disk.join(name));
            let names_it = |studio: &Studio| failures(studio).iter().any(|text| text.contains(name));
            until(&mut harness, "it was told", names_it);
            harness.run_steps(30);
            assert_eq!(failures(harness.state()).iter().filter(|text| text.contains(name)).count(), 1);
        }
        assert_eq!(names_in(disk), ["ballast", "old.wav"], "nothing else was left");
        std::fs::remove_file(&ballast).unwrap();
        harness.state_mut().document.history.edit("Shorten", |score| score.part_mut(0).unwrap().notes.truncate(4));
        harness.state_mut().take_path(Purpose::ExportAudio, disk.join("x.wav"));
        until(&mut harness, "it was written", |studio| studio.services.exports.done.is_some());
    });
}

#[test]
fn a_training_ends_with_a_checkpoint_and_a_reason_and_is_resumed() {
    on_a_small_disk("a_training_ends_with_a_checkpoint_and_a_reason_and_is_resumed", 100, |disk| {
        let home = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(disk, home.path().join("models")).unwrap();
        tunes::write(&home.path().join("tunes"));
        let mut harness = open(home.path(), &FakeBackend::new(), engine_line::real());
        harness.state_mut().services.ask(Command::Show(Page::Train));
        harness.run_steps(3);
        harness.state_mut().take_path(Purpose::TrainingData, home.path().join("tunes"));
        let setup = &mut harness.state_mut().pages.train.setup;
        (setup.name, setup.batch) = ("small".into(), Some(2));
        setup.length = Length::Iterations(10_000_000);
        harness.run_steps(3);
        harness.get_by_label("Start training").click_accesskit();
        let run = Run::new(&disk.join("small"));
        run.wait_until_it_learns(|| harness.step());
        until(&mut harness, "it is seen to learn", |studio| studio.services.training.running() == 1);
        fill(disk, 0);
        until(&mut harness, "the end was told", |studio| !failures(studio).is_empty());
        until(&mut harness, "its end was seen", |studio| studio.services.training.running() == 0);
        harness.run_steps(30);
        let told = failures(harness.state());
        assert!(told.len() == 1 && told[0].contains("small failed; what was checkpointed is kept"), "{told:?}");
        run.check();
        let learned = run.iteration();
        std::fs::remove_file(disk.join("ballast")).unwrap();
        resume(&mut harness);
        let end = Instant::now() + PATIENCE;
        while run.iteration() <= learned {
            assert!(Instant::now() < end, "it does not go on");
            harness.step();
        }
        click(&mut harness, "Stop and keep");
        until(&mut harness, "it stopped", |studio| {
            studio.services.toasts.texts().any(|text| text.contains("it can be resumed"))
        });
        assert!(!run.check());
    });
}

fn resume(harness: &mut Harness<'static, Studio>) {
    let end = Instant::now() + PATIENCE;
    while harness.query_by_label("Resume").is_none_or(|button| button.accesskit_node().is_disabled()) {
        assert!(Instant::now() < end, "it cannot be resumed");
        harness.step();
    }
    click(harness, "Resume");
}

fn click(harness: &mut Harness<'static, Studio>, label: &str) {
    let end = Instant::now() + PATIENCE;
    while harness.query_by_label(label).is_none() {
        assert!(Instant::now() < end, "there is no “{label}”");
        harness.step();
    }
    harness.get_by_label(label).click_accesskit();
    harness.run_steps(3);
}
