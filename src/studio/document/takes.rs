//! How a take and the score become one: the melody, the user's own parts and locked ones stay, the rest is written
//! anew.
//!
//! Pure: scores in, scores out.

use std::sync::Arc;

use crate::{
    library::store::{GenerationSettings, KeptTake, Take, Takes, now_ms},
    music::{Part, Role, Score},
};

/// What a model wrote, to choose from.
#[derive(Debug, Default)]
pub struct GeneratedTakes {
    /// What came of the last request.
    pub results: Vec<Take>,
    /// How it was made.
    pub settings: Option<Arc<GenerationSettings>>,
    /// What should come, where something is made again.
    pub expected: Option<Vec<Part>>,
    /// The take that is heard now instead of the score as it was.
    pub audition: Option<usize>,
    /// How takes were made that were kept, until the library has taken them.
    kept: Vec<KeptTake>,
}

impl GeneratedTakes {
    /// Those that were kept with a composition.
    pub fn from_kept(takes: Option<&Takes>) -> Self {
        takes.map_or_else(Self::default, |takes| Self {
            settings: Some(Arc::clone(&takes.settings)),
            results: takes.takes.clone(),
            ..Self::default()
        })
    }

    /// Remembers how a take was made that is kept, so that it can be made again.
    pub fn note_kept(&mut self, take: usize) {
        if let (Some(settings), Some(result)) = (&self.settings, self.results.get(take)) {
            self.kept.push(KeptTake {
                settings: GenerationSettings { seed: result.seed, ..GenerationSettings::clone(settings) },
                parts: result.parts.clone(),
                outline: result.outline.clone(),
                made_ms: now_ms(),
            });
        }
    }

    /// How takes were made that were kept since this was last asked.
    pub fn take_kept(&mut self) -> Vec<KeptTake> {
        std::mem::take(&mut self.kept)
    }
}
use crate::studio::theme::PART_COLORS;

/// The score with a take's parts in place of those that were generated before, and the take's outline.
///
/// The melody stays as it is, note for note. So do locked parts, and parts the user made (of no role). Where a part of
/// the same role and name was there before, its instrument, volume, pan and colour stay as the user had them.
pub fn with_take(score: &Score, take: &Take) -> Score {
    let score = &take.outline.applied_to(score);
    let melody = score.melody;
    let stays = |index: usize, part: &Part| {
        Some(index) == melody
            || part.locked
            || (part.role == Role::Other && !part.notes.is_empty())
            || part.role == Role::Melody
    };
    let mut kept: Vec<Arc<Part>> = Vec::new();
    let mut replaced: Vec<Arc<Part>> = Vec::new();
    let mut melody_now = None;
    for (index, part) in score.parts.iter().enumerate() {
        if stays(index, part) {
            if Some(index) == melody {
                melody_now = Some(kept.len());
            }
            kept.push(Arc::clone(part));
        } else {
            replaced.push(Arc::clone(part));
        }
    }
    let same = |a: &Part, b: &Part| a.role == b.role && a.name == b.name;
    for part in &take.parts {
        if kept.iter().any(|old| old.locked && same(old, part)) {
            continue; // the engine writes around it, and so do we
        }
        let mut part = part.clone();
        if let Some(old) = replaced.iter().find(|old| same(old, &part)) {
            part.program = old.program;
            part.volume = old.volume;
            part.pan = old.pan;
            part.reverb = old.reverb;
            part.chorus = old.chorus;
            part.muted = old.muted;
            part.soloed = old.soloed;
            part.color = old.color;
        } else {
            part.color = free_color(&kept);
        }
        kept.push(Arc::new(part));
    }
    Score { parts: kept, melody: melody_now, ..score.clone() }
}

/// The first part colour that none of these has; the least used where all are.
pub fn free_color(parts: &[Arc<Part>]) -> u8 {
    let uses =
        |color: u8| parts.iter().filter(|part| usize::from(part.color) % PART_COLORS == usize::from(color)).count();
    (0..PART_COLORS as u8).min_by_key(|&color| uses(color)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Chord, ChordChange, Outline, SectionChange, testing::note};

    fn part(name: &str, role: Role, pitch: i32) -> Part {
        let mut part = Part::new(name, 0);
        part.role = role;
        part.notes = vec![note(0, 480, pitch)];
        part
    }

    fn score(parts: Vec<Part>) -> Score {
        Score { parts: parts.into_iter().map(Arc::new).collect(), melody: Some(0), ..Score::default() }
    }

    fn take(parts: impl Into<Vec<Part>>) -> Take {
        Take { parts: parts.into(), ..Take::default() }
    }

    fn chords(root: u8) -> Vec<ChordChange> {
        vec![ChordChange { tick: 0, chord: Some(Chord::major(root)), bass: root }]
    }

    #[test]
    fn a_take_with_an_introduction_moves_what_was_there() {
        let before = score(vec![part("Tune", Role::Melody, 60)]);
        let sections = vec![SectionChange { tick: 0, label: "Intro".into() }];
        let outline = Outline { sections, bars_before: 2, ..Outline::default() };
        let after = with_take(&before, &Take { outline, ..take([part("Bass", Role::Bass, 41)]) });
        assert_eq!((after.parts[0].notes[0].start, after.parts[1].notes[0].start), (3840, 0));
        assert_eq!(after.sections[0].label, "Intro");
    }

    #[test]
    fn the_chords_are_those_of_the_take() {
        let before = Score { chords: chords(0), ..score(vec![part("Tune", Role::Melody, 60)]) };
        let outline = Outline { chords: chords(5), ..Outline::default() };
        let with_chords = Take { outline, ..take([part("Bass", Role::Bass, 41)]) };
        assert_eq!(with_take(&before, &with_chords).chords, chords(5));
        // a network without chords does not leave those of other parts behind
        assert_eq!(with_take(&before, &take([part("Bass", Role::Bass, 41)])).chords, []);
        let mut takes =
            GeneratedTakes { settings: Some(Arc::default()), results: vec![with_chords], ..GeneratedTakes::default() };
        takes.note_kept(0);
        assert_eq!(takes.take_kept()[0].outline.chords, chords(5));
    }

    #[test]
    fn melody_own_and_locked_parts_stay() {
        let mut locked = part("Bass", Role::Bass, 40);
        locked.locked = true;
        let before = score(vec![
            part("Tune", Role::Melody, 60),
            locked,
            part("My own", Role::Other, 70),
            part("Old drums", Role::Drums, 36),
        ]);
        let take = take([part("Bass", Role::Bass, 41), part("Drums", Role::Drums, 38)]);
        let after = with_take(&before, &take);
        let names: Vec<&str> = after.parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["Tune", "Bass", "My own", "Drums"]);
        assert_eq!(after.melody_part(), before.melody_part());
        assert_eq!(after.parts[1].notes[0].pitch.get(), 40);
        assert_eq!(after.parts[3].notes[0].pitch.get(), 38);
    }

    #[test]
    fn the_mix_of_a_part_outlives_its_notes() {
        let before = score(vec![part("Tune", Role::Melody, 60)]);
        let first = with_take(&before, &take([part("Bass", Role::Bass, 40)]));
        assert_eq!(first.parts[1].color, 1);
        let mut mixed = first.clone();
        let bass = mixed.part_mut(1).unwrap();
        (bass.volume, bass.program, bass.muted) = (33, 35, true);
        let second = with_take(&mixed, &take([part("Bass", Role::Bass, 45)]));
        let bass = &second.parts[1];
        assert_eq!((bass.volume, bass.program, bass.muted, bass.color), (33, 35, true, 1));
        assert_eq!(bass.notes[0].pitch.get(), 45);
        assert_eq!(second.parts.len(), 2);
    }

    #[test]
    fn a_melody_that_is_not_first_is_still_the_melody() {
        let mut before = score(vec![part("Old", Role::Alto, 50), part("Tune", Role::Other, 60)]);
        before.melody = Some(1);
        let after = with_take(&before, &take([part("Bass", Role::Bass, 40)]));
        assert_eq!(after.melody, Some(0));
        assert_eq!(after.melody_part().unwrap().name, "Tune");
    }
}
