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
