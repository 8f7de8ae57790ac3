//! Drumming that people played: folders of performances, one file each, as the Groove MIDI Dataset has them.

use std::path::Path;

use crate::music::grid::TICKS_PER_STEP;
use crate::music::kit::{Sound, Stroke, general_midi_of_roland};
use crate::music::swing::Swing;
use crate::music::{Note, Tick, midi_file};

/// No performance is longer.
const MOST_BYTES: u64 = 4 << 20;
const MOST_FILES: usize = 10_000;
const MOST_BARS: u32 = 1000;
/// How a swung performance swings that is too short to tell: as most of the data set's jazz does.
const USUAL_SWING: f32 = 0.62;
/// Softer strokes are ghosts: they colour a groove, but do not make it.
pub const SOFTEST: u8 = 36;

/// A performance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drumming {
    /// Its style, such as `rock` or `jazz`.
    pub family: String,
    /// Whether it is no more than a fill.
    pub is_fill: bool,
    /// Sixteenths in a bar.
    pub steps_per_bar: usize,
    /// Its strokes in order, swung ones brought to straight eighths.
    pub strokes: Vec<Stroke>,
}

impl Drumming {
    /// Its bars, from the first stroke's to the last one's; steps are counted from the beginning of each.
    pub fn bars(&self) -> Vec<Vec<Stroke>> {
        let bar = self.steps_per_bar.max(1) as u32;
        let first = self.strokes.first().map_or(0, |stroke| stroke.step / bar);
        let mut bars: Vec<Vec<Stroke>> = Vec::new();
        for stroke in &self.strokes {
            let index = (stroke.step / bar - first) as usize;
            bars.resize_with(bars.len().max(index + 1), Vec::new);
            bars[index].push(Stroke { step: stroke.step % bar, ..*stroke });
        }
        bars
    }
}

/// Reads the performances of a folder, whose names say style, kind and metre
/// (`SESSION_jazz-swing_110_beat_4-4.mid`), in order of their names.
///
/// # Errors
/// The folder cannot be listed. Files that are named otherwise or cannot be read are passed over.
pub fn read_drumming(folder: &Path) -> std::io::Result<Vec<Drumming>> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths.truncate(MOST_FILES);
    Ok(paths.iter().filter_map(|path| read_one(path)).collect())
}

fn read_one(path: &Path) -> Option<Drumming> {
    let name = path.file_name()?.to_str()?.strip_suffix(".mid")?;
    let mut words = name.rsplit('_');
    let (metre, kind, _tempo, style) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let (beats, unit) = metre.split_once('-')?;
    let steps_per_bar = beats.parse::<usize>().ok()?.checked_mul(16)?.checked_div(unit.parse().ok()?)?;
    if !(4..=32).contains(&steps_per_bar) {
        return None;
    }
    let family = style.split('-').next().unwrap_or(style);
    let is_swung = family == "jazz" || style.contains("swing") || style.contains("shuffle");
    let small = std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MOST_BYTES);
    let score = midi_file::read(&std::fs::read(path).ok().filter(|_| small)?).ok()?;
    let notes: Vec<Note> =
        score.parts.iter().filter(|part| part.is_drum).flat_map(|part| &part.notes).copied().collect();
    let swing = if is_swung {
        Swing::of_swung(&notes).unwrap_or_else(|| Swing::new(USUAL_SWING))
    } else {
        Swing::of_melody(&notes, 0).unwrap_or(Swing::STRAIGHT)
    };
    let mut strokes: Vec<Stroke> = notes
        .iter()
        .filter_map(|note| {
            let (step, late) = place(note.start, swing);
            Some(Stroke {
                step,
                sound: Sound::of_key(general_midi_of_roland(note.pitch.get()))?,
                velocity: note.velocity.get(),
                late,
            })
        })
        .filter(|stroke| stroke.step / (steps_per_bar as u32) < MOST_BARS)
        .collect();
    one_a_limb(&mut strokes);
    let is_fill = kind == "fill";
    (!strokes.is_empty()).then(|| Drumming { family: family.to_owned(), is_fill, steps_per_bar, strokes })
}

/// Leaves a limb the loudest of what it strikes on one step.
pub fn one_a_limb(strokes: &mut Vec<Stroke>) {
    strokes.sort_unstable_by_key(|stroke| (stroke.step, stroke.sound.limb, std::cmp::Reverse(stroke.velocity)));
    strokes.dedup_by_key(|stroke| (stroke.step, stroke.sound.limb));
}

/// The sixteenth a stroke belongs to, and how late it is in hundredths of one, once straight.
fn place(tick: Tick, swing: Swing) -> (u32, i8) {
    let steps = swing.straight(i64::from(tick)) as f64 / f64::from(TICKS_PER_STEP);
    let step = steps.round();
    (step as u32, ((steps - step) * 100.0).round().clamp(-50.0, 50.0) as i8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::kit::Limb;
    use crate::music::{Note, Part, Pitch, Score, Velocity};
    use std::sync::Arc;

    #[test]
    fn swung_off_beats_become_eighths() {
        let triplets = Swing::new(2.0 / 3.0);
        let steps = |swing| [0, 20, 160, 320, 400, 470].map(|tick| place(tick, swing).0);
        assert_eq!(steps(triplets), [0, 0, 1, 2, 3, 4]);
        assert_eq!(steps(Swing::STRAIGHT), [0, 0, 1, 3, 3, 4]);
        let straight = Swing::STRAIGHT;
        assert_eq!([place(250, straight), place(470, straight), place(330, triplets)], [(2, 8), (4, -8), (2, 13)]);
    }

    #[test]
    fn each_performance_swings_its_own_way() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, off_beat: Tick| {
            let mut part = Part { is_drum: true, ..Part::default() };
            part.notes = (0..16)
                .map(|eighth| Note {
                    start: eighth / 2 * 480 + eighth % 2 * off_beat,
                    pitch: Pitch::clamped(51),
                    duration: 30,
                    velocity: Velocity::clamped(80),
                })
                .collect();
            let score = Score { parts: vec![Arc::new(part)], ..Score::default() };
            let path = folder.path().join(name);
            std::fs::write(&path, midi_file::write(&score)).unwrap();
            read_one(&path).unwrap().strokes.iter().map(|stroke| (stroke.step, stroke.late)).collect::<Vec<_>>()
        };
        let eighths: Vec<_> = (0..16).map(|eighth| (eighth * 2, 0)).collect();
        // a march that is filed under jazz is straight; a rock shuffle need not be called one
        for (name, off_beat) in [
            ("a_jazz-march_88_beat_4-4.mid", 240),
            ("b_jazz-swing_180_beat_4-4.mid", 288),
            ("c_jazz_112_beat_4-4.mid", 346),
            ("d_rock_112_beat_4-4.mid", 320),
        ] {
            assert_eq!(read(name, off_beat), eighths, "{name}");
        }
    }

    #[test]
    fn a_folder_of_performances_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let hit = |start, key: u8, velocity: i32| Note {
            start,
            pitch: Pitch::clamped(key.into()),
            duration: 30,
            velocity: Velocity::clamped(velocity),
        };
        let mut part = Part { is_drum: true, ..Part::default() };
        part.notes = vec![hit(5, 36, 100), hit(0, 22, 60), hit(480, 38, 90), hit(484, 38, 20), hit(1920, 58, 80)];
        part.sort();
        let score = Score { parts: vec![Arc::new(part)], ..Score::default() };
        let bytes = midi_file::write(&score);
        for name in
            ["a__1_rock-halftime_120_beat_4-4.mid", "b__2_jazz_90_fill_4-4.mid", "song.mid", "x_rock_1_beat_0-0.mid"]
        {
            std::fs::write(folder.path().join(name), &bytes).unwrap();
        }
        let read = read_drumming(folder.path()).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].family.as_str(), read[0].is_fill, read[0].steps_per_bar), ("rock", false, 16));
        assert_eq!((read[1].family.as_str(), read[1].is_fill), ("jazz", true));
        let bars = read[0].bars();
        assert_eq!(bars.len(), 2);
        let first: Vec<_> = bars[0].iter().map(|stroke| (stroke.step, stroke.sound.limb, stroke.velocity)).collect();
        assert_eq!(first, [(0, Limb::Kick, 100), (0, Limb::Hand, 60), (4, Limb::Snare, 90)]);
        assert_eq!(bars[1][0].sound.key(), 43);
        assert_eq!(bars[0][0].late, 4);
    }
}
