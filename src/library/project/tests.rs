use super::*;
use crate::{
    library::store::{GenerationSettings, Take},
    music::{Chord, ChordChange, Key, Outline, OwnMarks, SectionChange, Spans, melodies},
};

fn composition() -> Composition {
    let score = melodies::all()[0].score();
    let part = Arc::unwrap_or_clone(Arc::clone(&score.parts[0]));
    let chords = vec![ChordChange { tick: 480, chord: Some(Chord::major(6)), bass: 10 }];
    let sections = vec![SectionChange { tick: 0, label: "Intro".into() }];
    let marked = Score { chords: chords.clone(), sections: sections.clone(), ..score.clone() };
    let outline = Outline { chords, sections, bars_before: 2 };
    let settings = GenerationSettings {
        model: "Bach".into(),
        seed: u64::MAX,
        score: Arc::new(score.clone()),
        ..GenerationSettings::default()
    };
    Composition {
        left: AsLeft { found_key: Some(Key::C_MAJOR), loop_range: Some(480..960), looping: true },
        tags: vec!["slow".into()],
        takes: Some(Arc::new(Takes {
            settings: Arc::new(settings.clone()),
            takes: vec![Take {
                parts: vec![part.clone()],
                outline: outline.clone(),
                rating: 0.5,
                seed: 3,
                kept: false,
            }],
            earlier: Vec::new(),
        })),
        kept_takes: vec![KeptTake { settings, parts: vec![part], outline, made_ms: 1 }],
        ..Composition::new(Score { id: 9, own: OwnMarks { chords: Spans::all(), ..OwnMarks::default() }, ..marked })
    }
}

#[test]
fn a_project_is_read_as_it_was_written_and_holds_the_midi_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.cantus");
    let ours = composition();
    std::fs::write(&path, write(&ours).unwrap()).unwrap();
    assert!(is_project(&path));
    let read = read(&path).unwrap();
    assert_eq!(
        (read.score, read.left, read.tags, read.takes, read.kept_takes),
        (ours.score.clone(), ours.left, ours.tags, ours.takes, ours.kept_takes)
    );
    let mut zip = ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
    let mut midi = Vec::new();
    zip.by_name(MIDI).unwrap().read_to_end(&mut midi).unwrap();
    assert_eq!(midi_file::read(&midi).unwrap().parts, ours.score.parts);
    assert!(midi.windows(8).any(|bytes| bytes == b"\xFF\x06\x05F#/Bb".as_slice()), "its chord is a marker");
}

fn zipped(name: &str, text: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = FileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.start_file(name, options).unwrap();
    zip.write_all(text).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn what_is_newer_or_none_is_refused_with_its_reason() {
    let newer = r#"{"format":2,"score":{"parts":"in another way"}}"#;
    let reason = |bytes: &[u8]| from_bytes(bytes).unwrap_err().to_string();
    assert!(reason(&zipped(CONTENT, newer.as_bytes())).contains("newer version of Cantus (format 2"));
    assert!(reason(&zipped(CONTENT, b"{}")).contains("format"));
    assert!(reason(&zipped(CONTENT, b"{\"format\":1,\"score\":7}")).contains("damaged"));
    assert!(reason(&zipped("other.json", b"{}")).contains("project.json"));
    assert!(reason(b"MThd").contains("not a Cantus project"));
    assert!(reason(b"").contains("not a Cantus project"));
    // what says nothing but its format is an empty composition
    assert!(from_bytes(&zipped(CONTENT, b"{\"format\":1}")).unwrap().score.parts.is_empty());
    let mut crowded = write(&composition()).unwrap();
    let at = crowded.len() - 22;
    crowded[at + 10..at + 12].fill(0xFF);
    assert!(reason(&crowded).contains("too many"));
}

#[test]
fn a_small_file_cannot_unpack_to_more_than_memory_holds() {
    // 300 MB of spaces in 300 kB
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = FileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.start_file(CONTENT, options).unwrap();
    let spaces = vec![b' '; 1 << 20];
    for _ in 0..257 {
        zip.write_all(&spaces).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20);
    assert!(matches!(from_bytes(&bytes), Err(ProjectError::TooLarge)));
}
