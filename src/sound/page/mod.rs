//! A composition as one web page: a roll that moves with the sound, parts to mute, the sound within. It needs no
//! network, no other file and no player but a browser.
//!
//! Each part's sound is an MP3, which every browser plays, as text in the page.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderWriter;
use serde::Serialize;

use super::export::{self, ExportError, ExportOptions, Exported, Format};
use crate::music::instruments::program_name;
use crate::music::lyrics::syllables;
use crate::music::{Key, Score, excerpt};
use crate::sound::SoundFont;
use crate::whole_file::{WholeFile, folder_of};

const TEMPLATE: &str = include_str!("page.html");
/// Good enough for a part alone, at half the size of an export's.
const FORMAT: Format = Format::Mp3 { kbps: 128 };
const SAMPLE_RATE_HZ: u32 = 44_100;
/// Bars that are drawn and numbered; a page with more has none beyond.
const MOST_BARS: u32 = 10_000;

/// What the page draws. Times are in seconds.
#[derive(Serialize)]
struct Content {
    seconds: f64,
    bars: Vec<f64>,
    /// Their names.
    parts: Vec<String>,
    /// Part, start, length, MIDI key, velocity.
    notes: Vec<(usize, f64, f64, u8, u8)>,
    chords: Vec<(f64, String)>,
    /// What is sung, a blank behind each word.
    lyrics: Vec<(f64, String)>,
}

/// Writes a score as a page, with the parts that are heard. Where no key is set, its chords are spelled in the one that
/// was `found`.
///
/// `progress` gets the share that is done, from 0 to 1, and cancels by breaking. Returns what was rendered; its first
/// file is the page, and the only one.
///
/// # Errors
/// See [`ExportError`]; no file is left behind then.
pub fn write(
    (score, found): (&Score, Option<Key>),
    font: &SoundFont,
    path: &Path,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<Exported, ExportError> {
    let failed = |error| ExportError::write(error, path);
    let folder = tempfile::Builder::new().prefix(".cantus-").tempdir_in(folder_of(path)).map_err(failed)?;
    let options =
        ExportOptions { format: FORMAT, sample_rate_hz: SAMPLE_RATE_HZ, stems: true, loudness: None, range: None };
    let mix = folder.path().join("mix.mp3");
    let mut exported = export::export(score, font, &mix, &options, progress)?;
    let stems: Vec<PathBuf> = exported.files.split_off(1);
    let heard: Vec<usize> = export::stem_paths(score, &mix, &options).into_iter().map(|(part, _)| part).collect();
    let heard = excerpt::with_parts(score, |index| heard.contains(&index));
    let content = content(&heard, found, exported.frames);
    let page = WholeFile::create(path).map_err(failed)?;
    page.handle().and_then(|file| fill(BufWriter::new(file), &score.title, &content, &stems)).map_err(failed)?;
    page.keep().map_err(failed)?;
    exported.files = vec![path.to_owned()];
    Ok(exported)
}

/// What is drawn of a score whose sound lasts so many frames.
fn content(score: &Score, found: Option<Key>, frames: u64) -> Content {
    let end = score.end();
    // a hundredth of a millisecond is finer than anybody hears, and keeps the page small
    let seconds = |tick| (score.tempo.seconds_from_tick(tick) * 1e5).round() / 1e5;
    let name = |name: &str, is_drum: bool, program: u8| match (name, is_drum) {
        ("", true) => "Drums".to_owned(),
        ("", false) => program_name(program).to_owned(),
        (name, _) => name.to_owned(),
    };
    let notes = score.parts.iter().enumerate().flat_map(|(index, part)| {
        part.notes.iter().map(move |note| (index, note.start, note.end(), note.pitch.get(), note.velocity.get()))
    });
    Content {
        seconds: frames as f64 / f64::from(SAMPLE_RATE_HZ),
        bars: (0..MOST_BARS)
            .map(|bar| score.metre.bar_start(bar))
            .take_while(|start| *start < end)
            .map(seconds)
            .collect(),
        parts: score.parts.iter().map(|part| name(&part.name, part.is_drum, part.program)).collect(),
        notes: notes
            .map(|(part, start, end, pitch, velocity)| {
                (part, seconds(start), seconds(end) - seconds(start), pitch, velocity)
            })
            .collect(),
        chords: (score.chords.iter())
            .map(|chord| (seconds(chord.tick), chord.symbol_in(score.written_key_at(chord.tick, found))))
            .collect(),
        lyrics: (score.lyrics.iter().zip(syllables(&score.lyrics)))
            .map(|(lyric, syllable)| {
                (seconds(lyric.tick), format!("{}{}", lyric.shown(), if syllable.ends { " " } else { "" }))
            })
            .collect(),
    }
}

/// Writes the page, the sounds bit by bit.
fn fill(mut out: impl Write, title: &str, content: &Content, stems: &[PathBuf]) -> io::Result<()> {
    let title = if title.is_empty() { "Untitled composition" } else { title };
    // whatever a name says, it ends no element
    let json = serde_json::to_string(content)?.replace('<', "\\u003c");
    let mut rest = TEMPLATE;
    while let Some((before, after)) = rest.split_once("{{") {
        out.write_all(before.as_bytes())?;
        let Some((slot, after)) = after.split_once("}}") else { break };
        match slot {
            "title" => out.write_all(quick_xml::escape::escape(title).as_bytes())?,
            "score" => out.write_all(json.as_bytes())?,
            _ => {
                for (index, stem) in stems.iter().enumerate() {
                    write!(out, "<script type=\"text/plain\" id=\"stem-{index}\">")?;
                    write_as_text(&mut out, stem)?;
                    writeln!(out, "</script>")?;
                }
            }
        }
        rest = after;
    }
    out.write_all(rest.as_bytes())?;
    out.flush()
}

fn write_as_text(out: &mut impl Write, path: &Path) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut text = EncoderWriter::new(out, &STANDARD);
    let mut bytes = vec![0; 1 << 16];
    loop {
        match file.read(&mut bytes)? {
            0 => break,
            read => text.write_all(&bytes[..read])?,
        }
    }
    text.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::music::testing::note;
    use crate::music::{Chord, ChordChange, Lyric, Part};
    use crate::sound::soundfont::testing;

    fn score() -> Score {
        let part = |name: &str, pitch| Part { notes: vec![note(480, 480, pitch)], ..Part::new(name, 0) };
        let mut muted = part("Muted", 50);
        muted.muted = true;
        Score {
            title: "<b>Mine</b>".into(),
            parts: vec![Arc::new(part("</script><i>", 60)), Arc::new(muted), Arc::new(part("Low", 40))],
            chords: vec![ChordChange { tick: 960, chord: Some(Chord::major(0)), bass: 0 }],
            lyrics: [(480, "Glo-"), (960, "ria ")].map(|(tick, text)| Lyric { tick, text: text.into() }).into(),
            ..Score::default()
        }
    }

    #[test]
    fn one_file_holds_the_notes_and_the_sound_of_each_part() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("song.html");
        let done = write((&score(), None), &testing::font(), &path, &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(done.files, std::slice::from_ref(&path));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
        let page = std::fs::read_to_string(&path).unwrap();
        assert!(page.contains("<title>&lt;b&gt;Mine&lt;/b&gt;</title>"));
        let json = page.split("id=\"score\">").nth(1).unwrap().split("</script>").next().unwrap();
        let content: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(content["parts"][0], "</script><i>");
        assert_eq!(content["parts"].as_array().unwrap().len(), 2, "what is muted is not heard");
        assert_eq!(content["notes"][1], serde_json::json!([1, 0.5, 0.5, 40, 96]));
        assert_eq!(content["chords"], serde_json::json!([[1.0, "C"]]));
        assert_eq!(content["lyrics"], serde_json::json!([[0.5, "Glo"], [1.0, "ria "]]));
        assert_eq!(page.matches("id=\"stem-").count(), 2);
        assert!(!page.contains("{{") && !page.contains("http://") && !page.contains("https://"));
        let stem = page.split("id=\"stem-1\">").nth(1).unwrap().split("</script>").next().unwrap();
        let bytes = base64::Engine::decode(&STANDARD, stem).unwrap();
        assert!(bytes.len() > 10_000, "{}", bytes.len());
    }

    #[test]
    fn a_cancelled_page_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("song.html");
        let cancelled = write((&score(), None), &testing::font(), &path, &mut |_| ControlFlow::Break(()));
        assert!(matches!(cancelled, Err(ExportError::Cancelled)));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
