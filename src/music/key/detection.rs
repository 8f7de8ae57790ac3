//! Finding the key of a melody or a score.
//!
//! Krumhansl and Schmuckler's way: correlate how long each pitch class sounds with the profile of each key. The
//! profiles are David Temperley's, "What's Key for Key?" (Music Perception 17, 1999), made for just this.

use crate::music::{Key, Mode, Note};

/// How well each pitch class above the tonic fits, in major.
const MAJOR: [f64; 12] = [5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0];
/// The same in minor, with the raised leading note.
const MINOR: [f64; 12] = [5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0];
/// What the last note weighs more than the others, as a share of all. In melodies of a few bars the tonic is often not
/// the longest note, but nearly always the last.
const LAST_NOTE_SHARE: f64 = 0.1;

/// What an accompaniment weighs beside its melody. Its chords and bass tell apart keys that the melody leaves open, and
/// no more.
const ACCOMPANIMENT_SHARE: f64 = 0.15;
/// How much better another key must fit than the present one to take its place, in correlation.
const CLEARLY: f64 = 0.1;

/// The most likely key of some notes (of pitched parts: leave kits out), or `None` without notes.
///
/// Longer notes weigh more, and the last one weighs most.
pub fn detect<'a>(notes: impl Iterator<Item = &'a Note>) -> Option<Key> {
    most_likely(&weights(notes)?)
}

/// The most likely key of a melody, with the help of what accompanies it (kits left out); without a melody, that of the
/// accompaniment. The `present` key stays unless another one is clearly likelier.
pub fn detect_from<'a>(
    melody: impl Iterator<Item = &'a Note>,
    accompaniment: impl Iterator<Item = &'a Note>,
    present: Option<Key>,
) -> Option<Key> {
    let weights = match (weights(melody), weights(accompaniment)) {
        (Some(melody), Some(others)) => {
            let share = ACCOMPANIMENT_SHARE * melody.iter().sum::<f64>() / others.iter().sum::<f64>().max(1.0);
            std::array::from_fn(|class| melody[class] + share * others[class])
        }
        (melody, others) => melody.or(others)?,
    };
    let found = most_likely(&weights)?;
    let is_clear = |present: Key| correlation(found, &weights) - correlation(present, &weights) > CLEARLY;
    Some(present.filter(|present| !is_clear(*present)).unwrap_or(found))
}

/// How long each pitch class sounds, C first, the last note's longer; `None` without notes.
fn weights<'a>(notes: impl Iterator<Item = &'a Note>) -> Option<[f64; 12]> {
    let mut weights = [0.0; 12];
    let mut last: Option<&Note> = None;
    for note in notes {
        weights[usize::from(note.pitch.class())] += f64::from(note.duration);
        // of several that end together the lowest: the bass has the root
        if last.is_none_or(|last| (note.end(), last.pitch) > (last.end(), note.pitch)) {
            last = Some(note);
        }
    }
    weights[usize::from(last?.pitch.class())] += LAST_NOTE_SHARE * weights.iter().sum::<f64>();
    Some(weights)
}

fn most_likely(weights: &[f64; 12]) -> Option<Key> {
    candidates().max_by(|a, b| correlation(*a, weights).total_cmp(&correlation(*b, weights)))
}

/// All keys, minor before major: of equally likely ones the last is taken.
fn candidates() -> impl Iterator<Item = Key> {
    [Mode::Minor, Mode::Major].into_iter().flat_map(|mode| (0..12).map(move |tonic| Key { tonic, mode }))
}

/// Pearson's correlation of the key's profile with the weights.
fn correlation(key: Key, weights: &[f64; 12]) -> f64 {
    let profile = match key.mode {
        Mode::Major => &MAJOR,
        Mode::Minor => &MINOR,
    };
    profile_correlation(profile, key.tonic.into(), weights)
}

/// Pearson's correlation of a profile, which counts from a tonic, with what each pitch class weighs, C first.
pub fn profile_correlation(profile: &[f64; 12], tonic: usize, weights: &[f64; 12]) -> f64 {
    let mean = |values: &[f64; 12]| values.iter().sum::<f64>() / 12.0;
    let (profile_mean, weight_mean) = (mean(profile), mean(weights));
    let (mut both, mut profile_square, mut weight_square) = (0.0, 0.0, 0.0);
    for (class, weight) in weights.iter().enumerate() {
        let p = profile[(class + 12 - tonic) % 12] - profile_mean;
        let w = weight - weight_mean;
        both += p * w;
        profile_square += p * p;
        weight_square += w * w;
    }
    both / (profile_square * weight_square).sqrt().max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::melodies;
    use crate::music::testing::note;

    fn line(pitches: &[i32]) -> Vec<Note> {
        (pitches.iter().enumerate()).map(|(index, pitch)| note(index as u32 * 480, 480, *pitch)).collect()
    }

    #[test]
    fn nothing_has_no_key() {
        assert_eq!(detect([].iter()), None);
    }

    #[test]
    fn scales_down_to_their_tonic() {
        let name = |pitches: &[i32]| detect(line(pitches).iter()).unwrap().name();
        assert_eq!(name(&[72, 71, 69, 67, 65, 64, 62, 60]), "C major");
        assert_eq!(name(&[69, 67, 65, 64, 62, 60, 59, 57]), "A minor");
        assert_eq!(name(&[60, 62, 63, 65, 67, 68, 71, 72]), "C minor");
        assert_eq!(name(&[66, 70, 73, 71, 70, 68, 66]), "F♯ major");
    }

    #[test]
    fn the_present_key_stays_unless_another_is_clearly_likelier() {
        let c_major = Some(Key::C_MAJOR);
        let mut tune = line(&[60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 72]);
        let after = |tune: &[Note], chords: &[Note], present| detect_from(tune.iter(), chords.iter(), present);
        assert_eq!(after(&tune, &[], None), c_major);
        // chords and basses on other degrees, long and many
        let mut chords = line(&[50, 54, 57, 61, 50, 54, 57, 62]);
        for note in &mut chords {
            note.duration *= 6;
        }
        assert_eq!(after(&tune, &chords, None), c_major, "the melody says it");
        assert_ne!(detect(tune.iter().chain(&chords)), c_major, "and all together would not");
        tune.push(note(12 * 480, 960, 62));
        assert_eq!(after(&tune, &chords, c_major), c_major, "one note is no other key");
        for note in &mut tune {
            note.pitch = note.pitch.transposed(6).unwrap();
        }
        assert_ne!(after(&tune, &[], c_major), c_major, "another tune is");
        assert_eq!(after(&[], &chords, None), detect(chords.iter()), "what accompanies nothing is the music");
    }

    #[test]
    fn the_prepared_melodies_are_in_the_key_they_say() {
        for melody in melodies::all() {
            let score = melody.score();
            let notes = &score.melody_part().unwrap().notes;
            assert_eq!(detect(notes.iter()), score.keys.first().map(|change| change.key), "{}", melody.name);
        }
    }

    #[test]
    fn transposing_moves_the_tonic_and_nothing_else() {
        for melody in melodies::all() {
            let score = melody.score();
            let mut notes = score.melody_part().unwrap().notes.clone();
            let key = detect(notes.iter()).unwrap();
            for note in &mut notes {
                note.pitch = note.pitch.transposed(5).unwrap();
            }
            let moved = detect(notes.iter()).unwrap();
            assert_eq!((moved.tonic, moved.mode), ((key.tonic + 5) % 12, key.mode), "{}", melody.name);
        }
    }
}
