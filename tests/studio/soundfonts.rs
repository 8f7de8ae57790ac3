//! SoundFonts looked at and taken while the window goes on.

use super::*;

#[test]
fn a_soundfont_is_looked_at_and_taken_and_a_bad_one_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let sound = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("soundfonts/cantus-gm.sf2")).unwrap();
    let (good, bad) = (folder.path().join("Mine.sf2"), folder.path().join("Damaged.sf2"));
    std::fs::write(&good, &sound).unwrap();
    std::fs::write(&bad, &sound[..10_000]).unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    take_path(&mut harness, Purpose::SoundFont, &bad);
    until(&mut harness, "the damage was noticed", |studio| studio.services.soundfonts.refused.contains_key(&bad));
    harness.get_by_label("This SoundFont can't be used");
    assert!(harness.get_by_label("Use this SoundFont").accesskit_node().is_disabled());
    take_path(&mut harness, Purpose::SoundFont, &good);
    until(&mut harness, "the presets were read", |studio| studio.services.soundfonts.font.is_some());
    harness.state_mut().dialogs.open = Some(Dialog::SoundFonts { search: "no such name".into() });
    harness.run_steps(2);
    harness.get_by_label("No matching preset");
    click(&mut harness, "Use this SoundFont");
    until(&mut harness, "it was taken", |studio| studio.services.preferences.soundfont.is_some());
    assert_eq!(harness.state().services.preferences.soundfont, Some(good.clone()));
    assert_eq!(harness.state().services.sound.font.as_ref().map(cantus::sound::SoundFont::name), Some("Mine"));
    // what plays stays where another is refused
    take_path(&mut harness, Purpose::SoundFont, &bad);
    until(&mut harness, "it was looked at again", |studio| studio.services.soundfonts.work.is_none());
    assert_eq!(harness.state().services.preferences.soundfont, Some(good));
    click(&mut harness, "Close");
    assert!(harness.state().dialogs.open.is_none());
}

/// How long the font that is named by `CANTUS_SF2` takes from the choice to the sound, and the longest frame meanwhile.
#[test]
#[ignore = "measures, and needs a large font that is not in the repository"]
fn a_large_soundfont_is_taken_while_frames_go_on() {
    let path = std::path::PathBuf::from(std::env::var("CANTUS_SF2").expect("CANTUS_SF2 names a SoundFont"));
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    take_path(&mut harness, Purpose::SoundFont, &path);
    until(&mut harness, "the presets were read", |studio| studio.services.soundfonts.font.is_some());
    let mut usual: Vec<Duration> = (0..30).map(|_| frame(&mut harness)).collect();
    usual.sort();
    let began = Instant::now();
    harness.get_by_label("Use this SoundFont").click();
    let mut frames = Vec::new();
    while harness.state().services.preferences.soundfont.is_none() {
        frames.push(frame(&mut harness));
        assert!(began.elapsed() < Duration::from_mins(1));
    }
    let taken = began.elapsed();
    frames.sort();
    println!(
        "playable after {taken:?}; {} frames meanwhile, the middle one {:?}, the longest {:?}; before, {:?} and {:?}",
        frames.len(),
        frames[frames.len() / 2],
        frames[frames.len() - 1],
        usual[15],
        usual[29],
    );
    assert!(frames.len() > 2);
}

/// How long one frame takes to lay out; the screen is not drawn.
fn frame(harness: &mut Harness<'static, Studio>) -> Duration {
    let began = Instant::now();
    harness.step();
    let took = began.elapsed();
    std::thread::sleep(Duration::from_millis(5));
    took
}

/// A longer composition is exported meanwhile; the machine of the test may be a quick one.
#[test]
fn undo_is_heard_while_audio_is_exported_wherever_the_keys_were() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    let font = Path::new(env!("CARGO_MANIFEST_DIR")).join("soundfonts/cantus-gm.sf2");
    take_path(&mut harness, Purpose::SoundFont, &font);
    until(&mut harness, "the presets were read", |studio| studio.services.soundfonts.font.is_some());
    harness.state_mut().dialogs.open = Some(Dialog::SoundFonts { search: String::new() });
    harness.run_steps(2);
    click(&mut harness, "Use this SoundFont");
    until(&mut harness, "it was taken", |studio| studio.services.sound.font.is_some());
    click(&mut harness, "Close");
    harness.state_mut().document.edit("Many notes", |score| {
        let chords = (0..20_000).flat_map(|at| [48, 52, 55, 60].map(|pitch| note(at * 480, pitch)));
        score.part_mut(0).unwrap().notes = chords.collect();
    });
    harness.run_steps(2);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    click(&mut harness, "Normalise to");
    let loudness = eframe::egui::accesskit::Role::SpinButton;
    harness.get_by_role_and_label(loudness, "Target loudness").click();
    harness.run_steps(3);
    harness.event(eframe::egui::Event::Text("-16".into()));
    harness.run_steps(1);
    assert!(harness.ctx.text_edit_focused());
    // the path is typed where the system has no dialog, and Enter takes it
    harness.state_mut().dialogs.open = Some(Dialog::Path { purpose: Purpose::ExportAudio, text: String::new() });
    harness.run_steps(2);
    harness.get_by_label("Path").type_text(folder.path().join("long.wav").to_str().unwrap());
    harness.run_steps(1);
    harness.key_press(Key::Enter);
    until(&mut harness, "it was written", |studio| studio.services.exports.running.is_some());
    let runs = |harness: &Harness<'static, Studio>| harness.state().services.exports.running.is_some();
    assert!(harness.state().dialogs.export.open.is_some());
    let undone = |harness: &Harness<'static, Studio>| harness.state().score().parts[0].notes.len() < 1000;
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.step();
    harness.step();
    assert!(undone(&harness) && runs(&harness), "by a key");
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert!(!undone(&harness) && runs(&harness));
    click(&mut harness, "Undo");
    assert!(undone(&harness) && runs(&harness), "by a click");
    click(&mut harness, "Cancel");
    until(&mut harness, "it ended", |studio| studio.services.exports.running.is_none());
}
