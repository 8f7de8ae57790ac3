//! How a take and the score become one: the melody, the user's own parts and locked ones stay, the rest is written
//! anew.
//!
//! Pure: scores in, scores out.

use std::{ops::Range, sync::Arc};

use super::rests;
use crate::{
    library::store::Take,
    music::{
        ChordChange, MAX_TICK, Note, Part, Role, Score, TICKS_PER_QUARTER, Tick, chord, edit, outline::bars_before,
    },
    studio::theme::PART_COLORS,
};

/// The score with a take's parts in place of those of the same roles and of those that `was_generated` before, and the
/// take's outline. It was `asked` for about this score, to write `anew` what is within these ticks.
///
/// The melody stays as it is, note for note. So do parts that are locked, parts that were not to be written when the
/// take was asked for, and all others that the user made or opened. What comes instead of a part of the same role
/// stands where that stood, has its volume, pan, effects and colour, and of the same name its instrument, too; and it
/// goes on with what the user's own part plays while the melody rests.
pub fn with_take(
    score: &Score,
    take: &Take,
    asked: &Score,
    anew: &Range<Tick>,
    was_generated: impl Fn(&Part) -> bool,
) -> Score {
    let known = bars_before(score, take.outline.bars_before).chords;
    let score = take.outline.applied_to(score);
    let stays = staying(&score, take, asked, &was_generated);
    let written = written(&score, take, asked);
    let instead = instead(&score, &written, &stays);
    let rests = rests::left_by(take, &score, anew);
    let mut parts: Vec<Arc<Part>> = Vec::new();
    let (mut melody_now, mut rests_kept) = (None, Vec::new());
    for (index, part) in score.parts.iter().enumerate() {
        if Some(index) == score.melody {
            melody_now = Some(parts.len());
        }
        if stays[index] {
            parts.push(Arc::clone(part));
            continue;
        }
        let kept = kept_in(&rests, part, anew, &was_generated);
        rests_kept.extend(kept.iter().map(|(rest, _)| rest.clone()));
        let own = kept.iter().flat_map(|(_, notes)| notes.iter().copied());
        if let Some(new) = instead.iter().position(|old| *old == Some(index)) {
            let mut new = written[new].clone();
            mixed_instead(&mut new, part);
            for (rest, _) in &kept {
                rests::make_room(&mut new, rest, anew);
            }
            new.notes.extend(own);
            // the take ends where such a rest begins, as it does where the bars end that it was to write
            for end in kept.iter().map(|(rest, _)| rest.start).chain([anew.end]).filter(|end| *end > anew.start) {
                hold_beyond(&mut new, part, &(anew.start..end));
            }
            new.sort();
            parts.push(Arc::new(new));
        } else {
            let mut notes: Vec<Note> = own.collect();
            notes.extend(part.notes.iter().filter(|note| !anew.contains(&note.start)));
            if !notes.is_empty() {
                let mut left = Part { notes, ..Part::clone(part) };
                left.sort();
                parts.push(Arc::new(left));
            }
        }
    }
    for (part, _) in written.into_iter().zip(&instead).filter(|(_, old)| old.is_none()) {
        parts.push(Arc::new(Part { color: free_color(&parts), ..part.clone() }));
    }
    let mut score = Score { parts, melody: melody_now, ..score };
    if !take.outline.chords.is_empty() {
        name_chords_kept(&mut score, &known, &rests_kept);
    }
    score
}

/// Has the chords of what is kept in rests: those that were known before, else those that its notes spell. A take knows
/// no other notes than its own, so that it may say there is no chord where others play one.
fn name_chords_kept(score: &mut Score, known: &[ChordChange], rests: &[Range<Tick>]) {
    for rest in rests {
        if known.is_empty() {
            edit::name_chords(score, rest);
        } else {
            score.chords = chord::spliced(&score.chords, known, rest);
        }
    }
    edit::name_where_none_is_said(score);
}

/// What the user plays in a part during rests like these, and in which: it stays as it is.
fn kept_in(
    rests: &[Range<Tick>],
    part: &Part,
    anew: &Range<Tick>,
    was_generated: impl Fn(&Part) -> bool,
) -> Vec<(Range<Tick>, Vec<Note>)> {
    let notes = rests.iter().map(|rest| Part { notes: rests::notes_in(rest, part, anew), ..part.clone() });
    let kept = rests.iter().zip(notes).filter(|(_, left)| !left.notes.is_empty() && !was_generated(left));
    kept.map(|(rest, left)| (rest.clone(), left.notes)).collect()
}

/// What a note is held for beyond an end, less of which is as people play.
pub(super) const SHORTEST_TAIL: Tick = TICKS_PER_QUARTER / 4;

/// What is held from within the bars that are written anew into those behind them is still heard there: a note of the
/// take that leads there goes on, else the rest of it is struck where they begin.
fn hold_beyond(new: &mut Part, old: &Part, anew: &Range<Tick>) {
    let end = anew.end;
    let is_held = |note: &&Note| anew.contains(&note.start) && note.end() >= end.saturating_add(SHORTEST_TAIL);
    for held in old.notes.iter().filter(is_held).filter(|_| !old.is_drum) {
        let mut same = new.notes.iter_mut().filter(|note| note.pitch == held.pitch);
        let leads_there = |note: &&mut Note| note.start < end && note.end() + SHORTEST_TAIL > end;
        if let Some(note) = same.by_ref().find(leads_there) {
            note.duration = note.duration.max(held.end() - note.start);
        } else if !new.notes.iter().any(|note| note.pitch == held.pitch && (end..held.end()).contains(&note.start)) {
            new.notes.push(Note { start: end, duration: held.end() - end, ..*held });
        }
    }
}

/// The parts of a take that come into a score: the engine writes around what is locked, and so do we.
fn written<'a>(score: &Score, take: &'a Take, asked: &Score) -> Vec<&'a Part> {
    let is_locked = |part: &Part, score: &Score| {
        let mut others = score.parts.iter().enumerate().filter(|(index, _)| Some(*index) != score.melody);
        others.any(|(_, old)| old.locked && is_same(old, part))
    };
    take.parts.iter().filter(|part| !is_locked(part, score) && !is_locked(part, asked)).collect()
}

/// For each part of a score whether it stays beside a take.
fn staying(score: &Score, take: &Take, asked: &Score, was_generated: impl Fn(&Part) -> bool) -> Vec<bool> {
    let is_written = |role: Role| take.parts.iter().any(|part| part.role == role);
    let parts = score.parts.iter().enumerate();
    parts.map(|(index, part)| Some(index) == score.melody || stays(part, asked, is_written, &was_generated)).collect()
}

/// For each part that a take writes the place of the one that it comes instead of: of its role and name, else of its
/// role.
fn instead(score: &Score, written: &[&Part], stays: &[bool]) -> Vec<Option<usize>> {
    let mut free: Vec<usize> = (0..score.parts.len()).filter(|index| !stays[*index]).collect();
    let mut instead = vec![None; written.len()];
    for by_name in [true, false] {
        let is_meant = |old: &Part, part: &Part| {
            if by_name { is_same(old, part) } else { old.role == part.role && part.role != Role::Other }
        };
        for (part, place) in written.iter().zip(&mut instead).filter(|(_, place)| place.is_none()) {
            let found = free.iter().position(|index| is_meant(&score.parts[*index], part));
            *place = found.map(|at| free.remove(at));
        }
    }
    instead
}

/// Calls what a take has in place of a part as that is called, where its name `is_own`: the user's and no take's.
pub fn hand_on_names(
    take: &mut Take,
    asked: &Score,
    was_generated: impl Fn(&Part) -> bool,
    is_own: impl Fn(&Part) -> bool,
) {
    let stays = staying(asked, take, asked, was_generated);
    let written = written(asked, take, asked);
    let mut own_names: Vec<(Role, String, String)> = Vec::new();
    for (new, old) in written.iter().zip(instead(asked, &written, &stays)) {
        let old = old.map(|old| &asked.parts[old]);
        if let Some(old) = old.filter(|old| !old.name.trim().is_empty() && is_own(old)) {
            own_names.push((new.role, new.name.clone(), old.name.clone()));
        }
    }
    for part in &mut take.parts {
        if let Some((.., own)) = own_names.iter().find(|(role, name, _)| (*role, name) == (part.role, &part.name)) {
            part.name.clone_from(own);
        }
    }
}

/// The place in a score of the part that one of a take's, as it is heard, comes instead of.
pub fn replaced_by(
    part: &Part,
    score: &Score,
    take: &Take,
    asked: &Score,
    was_generated: impl Fn(&Part) -> bool,
) -> Option<usize> {
    let stays = staying(score, take, asked, was_generated);
    let written = written(score, take, asked);
    let place = written.iter().position(|other| is_same(other, part))?;
    instead(score, &written, &stays)[place]
}

/// Whether a part that is not the melody stays beside a take that has parts of some roles.
fn stays(part: &Part, asked: &Score, is_written: impl Fn(Role) -> bool, was_generated: impl Fn(&Part) -> bool) -> bool {
    let was_not_wanted = || asked.parts.iter().any(|other| other.locked && is_same(other, part));
    let is_nobodys = || part.notes.is_empty() || was_generated(part);
    part.locked
        || was_not_wanted()
        || part.role == Role::Melody
        || ((part.role == Role::Other || !is_written(part.role)) && !is_nobodys())
}

/// What a take would leave and what not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Foreseen {
    /// The user's own parts that it replaces, by their places.
    pub own: Vec<usize>,
    /// Parts of earlier takes that it replaces.
    pub generated: Vec<usize>,
    /// Parts that stay as they are, the melody besides.
    pub staying: Vec<usize>,
    /// The bars, from 0, the last one excluded, in which a part that it replaces keeps what it has: the melody rests.
    pub resting: Vec<(u32, u32)>,
}

/// What a take with parts of some roles and an introduction of so many bars would leave, when it was `asked` for like
/// this; of the parts that have notes.
pub fn foreseen(
    score: &Score,
    asked: &Score,
    introduction: u32,
    is_written: impl Fn(Role) -> bool,
    was_generated: impl Fn(&Part) -> bool,
) -> Foreseen {
    let mut foreseen = Foreseen::default();
    let rests = rests::beside_introduction(score, introduction);
    let mut kept: Vec<Range<Tick>> = Vec::new();
    for (index, part) in score.parts.iter().enumerate() {
        if Some(index) == score.melody || part.notes.is_empty() {
            continue;
        }
        if stays(part, asked, &is_written, &was_generated) {
            foreseen.staying.push(index);
            continue;
        }
        let places = if was_generated(part) { &mut foreseen.generated } else { &mut foreseen.own };
        places.push(index);
        kept.extend(kept_in(&rests, part, &(0..MAX_TICK), &was_generated).into_iter().map(|(rest, _)| rest));
    }
    foreseen.resting = rests::bars_of(&rests.into_iter().filter(|rest| kept.contains(rest)).collect::<Vec<_>>(), score);
    foreseen
}

/// Whether parts do the same in a piece.
pub fn is_same(one: &Part, other: &Part) -> bool {
    one.role == other.role && one.name == other.name
}

/// Gives a part the instrument and the place in the mix of another.
pub fn mixed_like(part: &mut Part, other: &Part) {
    part.program = other.program;
    part.muted = other.muted;
    part.soloed = other.soloed;
    placed_like(part, other);
}

/// Gives a part the place in the mix of another that it comes instead of; all of the mix, if it does the same.
fn mixed_instead(part: &mut Part, old: &Part) {
    if is_same(part, old) { mixed_like(part, old) } else { placed_like(part, old) }
}

/// Gives a part the place in the mix of another, and its colour.
pub fn placed_like(part: &mut Part, other: &Part) {
    part.volume = other.volume;
    part.pan = other.pan;
    part.reverb = other.reverb;
    part.chorus = other.chorus;
    part.color = other.color;
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
    use crate::music::{Chord, Outline, SectionChange, testing::note};

    const ALL: Range<Tick> = 0..MAX_TICK;

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
        let after =
            with_take(&before, &Take { outline, ..take([part("Bass", Role::Bass, 41)]) }, &before, &ALL, |_| false);
        assert_eq!((after.parts[0].notes[0].start, after.parts[1].notes[0].start), (3840, 0));
        assert_eq!(after.sections[0].label, "Intro");
        // a network without sections leaves those of the file
        let plain = with_take(&after, &take([part("Bass", Role::Bass, 41)]), &after, &ALL, |_| false);
        assert_eq!(plain.sections, after.sections);
    }

    #[test]
    fn the_chords_are_those_of_the_take() {
        let before = Score { chords: chords(0), ..score(vec![part("Tune", Role::Melody, 60)]) };
        let outline = Outline { chords: chords(5), ..Outline::default() };
        let with_chords = Take { outline, ..take([part("Bass", Role::Bass, 41)]) };
        assert_eq!(with_take(&before, &with_chords, &before, &ALL, |_| false).chords, chords(5));
        // a network without chords does not leave those of other parts behind
        assert_eq!(with_take(&before, &take([part("Bass", Role::Bass, 41)]), &before, &ALL, |_| false).chords, []);
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
        let after = with_take(&before, &take, &before, &ALL, |_| false);
        let names: Vec<&str> = after.parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["Tune", "Bass", "My own", "Drums"]);
        assert_eq!(after.melody_part(), before.melody_part());
        assert_eq!(after.parts[1].notes[0].pitch.get(), 40);
        assert_eq!(after.parts[3].notes[0].pitch.get(), 38);
    }

    #[test]
    fn parts_of_other_roles_stay_unless_they_were_generated() {
        let guitar = part("Rhythm guitar", Role::Guitar, 50);
        let before = score(vec![part("Tune", Role::Melody, 60), guitar.clone(), part("Slap bass", Role::Bass, 30)]);
        let take = take([part("Alto", Role::Alto, 60), part("Bass", Role::Bass, 41)]);
        let names = |after: Score| after.parts.iter().map(|part| part.name.clone()).collect::<Vec<_>>();
        assert_eq!(
            names(with_take(&before, &take, &before, &ALL, |_| false)),
            ["Tune", "Rhythm guitar", "Bass", "Alto"]
        );
        assert_eq!(names(with_take(&before, &take, &before, &ALL, |part| *part == guitar)), ["Tune", "Bass", "Alto"]);
    }

    #[test]
    fn own_parts_that_a_take_replaces_are_known_before() {
        let locked = Part { locked: true, ..part("Bass 2", Role::Bass, 40) };
        let empty = Part { notes: Vec::new(), ..part("Bass 3", Role::Bass, 40) };
        let choir = part("Choir", Role::Other, 60);
        let bass = part("Slap bass", Role::Bass, 40);
        let drums = part("Drums", Role::Drums, 36);
        let before = score(vec![part("Tune", Role::Melody, 60), locked, empty, choir, bass.clone(), drums]);
        let is_bass = |role| role == Role::Bass;
        let seen = foreseen(&before, &before, 0, is_bass, |_| false);
        assert_eq!((seen.own, seen.generated, seen.staying), (vec![4], vec![], vec![1, 3, 5]));
        assert_eq!(foreseen(&before, &before, 0, |_| true, |_| false).own, [4, 5]);
        let seen = foreseen(&before, &before, 0, is_bass, |part| *part == bass);
        assert_eq!((seen.own, seen.generated), (vec![], vec![4]), "a model's own");
        // it is what comes of it
        let after = with_take(&before, &take([part("Bass", Role::Bass, 41)]), &before, &ALL, |_| false);
        let stays = |name: &str| after.parts.iter().any(|part| part.name == name);
        assert_eq!(["Tune", "Bass 2", "Choir", "Slap bass", "Drums"].map(stays), [true, true, true, false, true]);
    }

    #[test]
    fn what_was_not_to_be_written_stays() {
        let tune = part("Tune", Role::Melody, 60);
        let before = score(vec![tune.clone(), part("Bass", Role::Bass, 40), part("Drums", Role::Drums, 36)]);
        let asked = score(vec![tune, part("Bass", Role::Bass, 40), {
            let mut drums = part("Drums", Role::Drums, 36);
            drums.locked = true;
            drums
        }]);
        let after = with_take(&before, &take([part("Bass", Role::Bass, 41)]), &asked, &ALL, |_| false);
        let mut heard: Vec<(&str, u8)> =
            after.parts.iter().map(|part| (part.name.as_str(), part.notes[0].pitch.get())).collect();
        heard.sort_unstable();
        assert_eq!(heard, [("Bass", 41), ("Drums", 36), ("Tune", 60)]);
    }

    #[test]
    fn the_mix_of_a_part_outlives_its_notes() {
        let before = score(vec![part("Tune", Role::Melody, 60)]);
        let first = with_take(&before, &take([part("Bass", Role::Bass, 40)]), &before, &ALL, |_| false);
        assert_eq!(first.parts[1].color, 1);
        let mut mixed = first.clone();
        let bass = mixed.part_mut(1).unwrap();
        (bass.volume, bass.program, bass.muted) = (33, 35, true);
        let second = with_take(&mixed, &take([part("Bass", Role::Bass, 45)]), &mixed, &ALL, |_| false);
        let bass = &second.parts[1];
        assert_eq!((bass.volume, bass.program, bass.muted, bass.color), (33, 35, true, 1));
        assert_eq!(bass.notes[0].pitch.get(), 45);
        assert_eq!(second.parts.len(), 2);
    }

    #[test]
    fn what_comes_instead_of_a_part_has_its_place_and_its_mix() {
        let mut slap = Part { program: 36, volume: 117, pan: 97, reverb: 9, chorus: 8, ..part("Slap", Role::Bass, 30) };
        slap.color = 5;
        let choir = part("Choir", Role::Other, 60);
        let before = score(vec![part("Tune", Role::Melody, 60), slap.clone(), choir]);
        let new = Part { program: 33, ..part("Bass", Role::Bass, 41) };
        let written = take([part("Drums", Role::Drums, 38), new]);
        let after = with_take(&before, &written, &before, &ALL, |_| false);
        let names: Vec<&str> = after.parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["Tune", "Bass", "Choir", "Drums"]);
        let bass = &after.parts[1];
        let mix = |part: &Part| (part.volume, part.pan, part.reverb, part.chorus, part.color);
        assert_eq!((mix(bass), bass.program, bass.notes[0].pitch.get()), (mix(&slap), 33, 41));
        assert_eq!(replaced_by(bass, &before, &written, &before, |_| false), Some(1));
        assert_eq!(replaced_by(&after.parts[3], &before, &written, &before, |_| false), None);
    }

    #[test]
    fn where_the_melody_rests_a_take_takes_nothing_away() {
        let longer = |name: &str, role| Part {
            notes: vec![note(0, 480, 30), note(3840, 480, 31), note(5760, 480, 32)],
            ..part(name, role, 30)
        };
        let mut tune = part("Tune", Role::Melody, 60);
        tune.notes[0].start = 1920;
        let before =
            score(vec![tune, longer("Bass", Role::Bass), longer("Fretless", Role::Bass), longer("Kit", Role::Drums)]);
        let mut bass = part("Bass", Role::Bass, 41);
        bass.notes[0].start = 1920;
        let heard = |after: &Score| -> Vec<(String, Vec<(Tick, u8)>)> {
            let notes = |part: &Part| part.notes.iter().map(|note| (note.start, note.pitch.get())).collect();
            after.parts[1..].iter().map(|part| (part.name.clone(), notes(part))).collect()
        };
        let kit = ("Kit".to_owned(), vec![(0, 30), (3840, 31), (5760, 32)]);
        let after = with_take(&before, &take([bass.clone()]), &before, &ALL, |_| false);
        let own = ("Fretless".to_owned(), vec![(0, 30), (3840, 31), (5760, 32)]);
        assert_eq!(
            heard(&after),
            [("Bass".to_owned(), vec![(0, 30), (1920, 41), (3840, 31), (5760, 32)]), own.clone(), kit.clone()]
        );
        // what a model wrote there goes with the rest of it
        let after = with_take(&before, &take([bass.clone()]), &before, &ALL, |part| part.name != "Kit");
        assert_eq!(heard(&after), [("Bass".to_owned(), vec![(1920, 41)]), kit.clone()]);
        // the engine gives back what is outside of the bars that it writes
        bass.notes = vec![note(0, 480, 30), note(1920, 480, 41), note(5760, 480, 32)];
        let after = with_take(&before, &take([bass]), &before, &(1920..5760), |_| false);
        let whole = vec![(0, 30), (1920, 41), (3840, 31), (5760, 32)];
        assert_eq!(heard(&after), [("Bass".to_owned(), whole), own, kit]);
    }

    #[test]
    fn a_solo_within_the_melody_keeps_what_the_users_parts_play() {
        const BAR: Tick = 1920;
        let mut tune = part("Tune", Role::Melody, 60);
        tune.notes = vec![note(0, BAR, 60), note(7 * BAR, BAR, 62)];
        // bars 2 to 7 are a solo of the bass, into which it holds its note; the drums rest there
        let mut bass = part("Bass", Role::Bass, 30);
        bass.notes = vec![note(0, BAR + 480, 30), note(2 * BAR, 480, 31), note(7 * BAR - 480, 960, 32)];
        let before = score(vec![tune, bass, part("Kit", Role::Drums, 36)]);
        let bars = |name: &str, role, pitch| Part {
            notes: (0..8).map(|bar| note(bar * BAR + 960, BAR, pitch)).collect(),
            ..part(name, role, pitch)
        };
        let take = take([bars("Bass", Role::Bass, 41), bars("Kit", Role::Drums, 38), bars("Pad", Role::Pad, 70)]);
        let heard = |was_generated: fn(&Part) -> bool| {
            let after = with_take(&before, &take, &before, &ALL, was_generated);
            let notes = |part: &Arc<Part>| part.notes.iter().map(|note| (note.start, note.end())).collect::<Vec<_>>();
            after.parts[1..].iter().map(notes).collect::<Vec<_>>()
        };
        let written: Vec<(Tick, Tick)> = (0..8).map(|bar| (bar * BAR + 960, bar * BAR + 960 + BAR)).collect();
        let solo = vec![
            (960, BAR),
            (BAR, BAR + 480),
            (2 * BAR, 2 * BAR + 480),
            (7 * BAR - 480, 7 * BAR),
            (7 * BAR + 960, 8 * BAR + 960),
        ];
        assert_eq!(heard(|_| false), [solo, written.clone(), written.clone()]);
        assert_eq!(heard(|_| true)[0], written, "what a take wrote there goes with the rest of it");
        assert_eq!(foreseen(&before, &before, 0, |_| true, |_| false).resting, [(1, 7)]);
        // so are the chords there
        let chord = |tick, root| ChordChange { tick, chord: Some(Chord::major(root)), bass: root };
        let with_chords = Take { outline: Outline { chords: chords(5), ..Outline::default() }, ..take.clone() };
        let known = Score { chords: chords(7), ..before.clone() };
        let after = with_take(&known, &with_chords, &known, &ALL, |_| false);
        assert_eq!(after.chords, [chord(0, 5), chord(BAR, 7), chord(7 * BAR, 5)]);
        assert_eq!(foreseen(&before, &before, 0, |_| true, |_| true).resting, []);
    }

    #[test]
    fn what_is_held_into_the_next_bar_is_heard_there() {
        let mut piano = part("Piano", Role::Chords, 60);
        // of a chord that is struck before the bar line one note is held for long, one hardly beyond it
        piano.notes = vec![note(3760, 1900, 62), note(3760, 100, 65), note(3760, 1900, 69), note(5760, 480, 60)];
        let before = score(vec![part("Tune", Role::Melody, 60), piano.clone()]);
        let written = |notes: Vec<Note>| take([Part { notes, ..piano.clone() }]);
        let heard = |take: &Take| -> Vec<(Tick, Tick, u8)> {
            let after = with_take(&before, take, &before, &(1920..3840), |_| true);
            after.parts[1].notes.iter().map(|note| (note.start, note.end(), note.pitch.get())).collect()
        };
        let new = written(vec![note(1920, 480, 64), note(2880, 960, 69), note(5760, 480, 60)]);
        assert_eq!(heard(&new), [(1920, 2400, 64), (2880, 5660, 69), (3840, 5660, 62), (5760, 6240, 60)]);
        // where something of that pitch is struck meanwhile, that is what is heard
        let struck = written(vec![note(1920, 480, 64), note(4320, 480, 62), note(4800, 480, 69)]);
        assert_eq!(heard(&struck), [(1920, 2400, 64), (4320, 4800, 62), (4800, 5280, 69)]);
    }

    #[test]
    fn a_melody_that_is_not_first_is_still_the_melody() {
        let mut before = score(vec![part("Old", Role::Alto, 50), part("Tune", Role::Other, 60)]);
        before.melody = Some(1);
        let after = with_take(&before, &take([part("Bass", Role::Bass, 40)]), &before, &ALL, |_| true);
        assert_eq!(after.melody, Some(0));
        assert_eq!(after.melody_part().unwrap().name, "Tune");
    }
}
