use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::sound::fluid::FluidSynth;
use crate::sound::testing::sound;

/// Half a second of a preset, left side.
fn heard(font: &SoundFont, program: u8, is_drum: bool) -> Vec<f32> {
    let mut synth = FluidSynth::new(font, 32_000).unwrap();
    synth.instrument(0, program, is_drum);
    synth.note_on(0, 59, 100);
    sound(&mut synth, 250).0
}

fn difference_db(one: &[f32], other: &[f32]) -> f32 {
    let energy = |values: &mut dyn Iterator<Item = f32>| values.map(|value| value * value).sum::<f32>();
    let apart = energy(&mut one.iter().zip(other).map(|(a, b)| a - b));
    10.0 * (apart / energy(&mut one.iter().copied())).log10()
}

#[test]
fn a_compressed_font_sounds_like_the_plain_one() {
    let plain = testing::font();
    let compressed = SoundFont::from_bytes("test", testing::sf3_bytes()).unwrap();
    assert!(compressed.is_compressed() && !plain.is_compressed());
    assert_eq!(compressed.preset_list(), plain.preset_list());
    for (program, is_drum, most_db) in [(0, false, -30.0), (40, false, -30.0), (0, true, -6.0)] {
        let (one, other) = (heard(&plain, program, is_drum), heard(&compressed, program, is_drum));
        let apart = difference_db(&one, &other);
        assert!(apart < most_db, "program {program}: {apart} dB apart");
    }
}

#[test]
fn a_decoded_font_is_kept_whatever_the_file_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("really-sf3.sf2");
    let cache = folder.path().join("cache");
    std::fs::write(&path, testing::sf3_bytes()).unwrap();
    let stages = Mutex::new(Vec::new());
    let progress = |stage| stages.lock().unwrap().push(stage);
    let loading = Loading { cache: Some(&cache), progress: &progress, cancelled: None };
    let first = SoundFont::load_with(&path, &loading).unwrap();
    assert_eq!(stages.lock().unwrap().last(), Some(&Stage::Decoding(1.0)));
    let entries = || std::fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path());
    assert_eq!(entries().count(), 1);
    stages.lock().unwrap().clear();
    let second = SoundFont::load_with(&path, &loading).unwrap();
    assert_eq!(*stages.lock().unwrap(), [Stage::Checking]);
    assert_eq!(first.image().bytes(), second.image().bytes());
    // a damaged entry is made again, and the font that is open goes on
    let entry = entries().next().unwrap();
    let mut bytes = std::fs::read(&entry).unwrap();
    bytes[1000] ^= 1;
    std::fs::write(&entry, bytes).unwrap();
    let third = SoundFont::load_with(&path, &loading).unwrap();
    assert!(stages.lock().unwrap().contains(&Stage::Decoding(1.0)));
    assert_eq!(first.image().bytes().len(), third.image().bytes().len());
    // where nothing can be kept, it is decoded all the same
    let loading = Loading { cache: Some(&path), ..loading };
    let uncached = SoundFont::load_with(&path, &loading).unwrap();
    assert_eq!(uncached.image().bytes(), third.image().bytes());
}

#[test]
fn a_cancelled_load_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("font.sf3");
    std::fs::write(&path, testing::sf3_bytes()).unwrap();
    let cache = folder.path().join("cache");
    let cancelled = AtomicBool::new(false);
    let loading = Loading {
        cache: Some(&cache),
        progress: &|_| cancelled.store(true, Ordering::Relaxed),
        cancelled: Some(&cancelled),
    };
    let loaded = SoundFont::load_with(&path, &loading);
    assert!(matches!(loaded, Err(SoundFontError::Cancelled)), "{loaded:?}");
    assert_eq!(std::fs::read_dir(&cache).unwrap().count(), 0);
}

#[test]
fn what_is_no_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = |path: &Path| SoundFont::load(path).unwrap_err().to_string();
    assert!(error(folder.path()).contains("it is no file"));
    assert!(error(&folder.path().join("missing.sf2")).contains("cannot be read"));
}

/// The samples of an SF3 that is named by `CANTUS_SF3`, against libvorbis. Takes a minute in a dev build.
#[test]
#[ignore = "needs a font that is not in the repository"]
fn a_real_compressed_font_decodes_as_from_libvorbis() {
    let path = std::env::var("CANTUS_SF3").expect("CANTUS_SF3 names an SF3 file");
    let source = Source::open(Path::new(&path)).unwrap();
    let font = gate::check(&source).unwrap();
    assert!(font.is_compressed());
    let (mut apart, mut frames) = (0, 0);
    for sample in font.samples.iter().flatten() {
        let at = |position: u32| font.data.start + u64::from(position);
        let stream = source.read(at(sample.start)..at(sample.end)).unwrap();
        let (ours, theirs) = vorbis::tests::both(&stream);
        assert_eq!(ours.len(), theirs.len());
        frames += ours.len();
        apart = ours.iter().zip(&theirs).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0).max(apart);
    }
    println!("{frames} frames, at most {apart} apart");
    assert!(apart <= 1);
}
