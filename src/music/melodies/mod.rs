//! The prepared melodies: well-known tunes of the public domain, as text in `assets/melodies/`.
//!
//! A file has lines of `field: value`, an empty line, and the notes: `F#4/4.` is a dotted quarter, `r/8` a rest of an
//! eighth, `~` ties a note to the next of its pitch; bars end with `|` or the line. A first bar that is too short is an
//! upbeat: it stands at the end of a bar that begins with silence, and the last bar may lack as much.

pub mod piece;

use std::sync::{Arc, LazyLock};

use super::{
    Key, KeyChange, Metre, MetreMap, Mode, Note, Part, Pitch, Role, Score, TICKS_PER_QUARTER, TempoMap, Tick, Velocity,
};

const TEXTS: [&str; 17] = [
    include_str!("../../../assets/melodies/twinkle.txt"),
    include_str!("../../../assets/melodies/ode_to_joy.txt"),
    include_str!("../../../assets/melodies/new_world.txt"),
    include_str!("../../../assets/melodies/deck_the_halls.txt"),
    include_str!("../../../assets/melodies/we_wish_you.txt"),
    include_str!("../../../assets/melodies/mary.txt"),
    include_str!("../../../assets/melodies/jingle_bells.txt"),
    include_str!("../../../assets/melodies/amazing_grace.txt"),
    include_str!("../../../assets/melodies/auld_lang_syne.txt"),
    include_str!("../../../assets/melodies/saints.txt"),
    include_str!("../../../assets/melodies/greensleeves.txt"),
    include_str!("../../../assets/melodies/fur_elise.txt"),
    include_str!("../../../assets/melodies/brahms_lullaby.txt"),
    include_str!("../../../assets/melodies/o_tannenbaum.txt"),
    include_str!("../../../assets/melodies/silent_night.txt"),
    include_str!("../../../assets/melodies/frere_jacques.txt"),
    include_str!("../../../assets/melodies/minuet_in_g.txt"),
];

static MELODIES: LazyLock<Vec<PreparedMelody>> = LazyLock::new(|| {
    let parse = |text: &&'static str| parse(text).expect("the texts are part of the program and each is tested");
    TEXTS.iter().map(parse).collect()
});

/// A tune that comes with the studio.
#[derive(Clone, Debug)]
pub struct PreparedMelody {
    /// Its title.
    pub name: &'static str,
    /// Who wrote it, or where it comes from.
    pub origin: &'static str,
    score: Score,
}

impl PreparedMelody {
    /// As a score of one part, which is its melody.
    pub fn score(&self) -> Score {
        self.score.clone()
    }
}

/// The one of a title, whatever its capitals, blanks and signs.
pub fn named(title: &str) -> Option<&'static PreparedMelody> {
    let letters = |text: &str| -> String {
        text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    all().iter().find(|melody| letters(melody.name) == letters(title))
}

/// All of them, in the order in which they are shown.
pub fn all() -> &'static [PreparedMelody] {
    &MELODIES
}

/// What is wrong with a text, for the tests.
type Problem = String;

fn parse(text: &'static str) -> Result<PreparedMelody, Problem> {
    let (head, body) = text.split_once("\n\n").ok_or("no empty line between fields and notes")?;
    let field = |name: &str| {
        let value = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        value.ok_or_else(|| format!("no field {name}"))
    };
    let name = field("title")?;
    let metre = parse_metre(field("metre")?).ok_or("a metre is written 3/4")?;
    let key = parse_key(field("key")?).ok_or("a key is written Bb minor")?;
    let qpm: f64 = field("tempo")?.parse().map_err(|_| "the tempo is a number of quarters a minute")?;
    let mut part = Part { role: Role::Melody, ..Part::new("Melody", 0) };
    part.notes = parse_notes(body, metre)?;
    let score = Score {
        title: name.to_owned(),
        tempo: TempoMap::constant(qpm),
        metre: MetreMap::constant(metre),
        keys: vec![KeyChange::new(0, key)],
        parts: vec![Arc::new(part)],
        melody: Some(0),
        ..Score::default()
    };
    Ok(PreparedMelody { name, origin: field("origin")?, score })
}

fn parse_metre(text: &str) -> Option<Metre> {
    let (numerator, denominator) = text.split_once('/')?;
    Metre::new(numerator.parse().ok()?, denominator.parse().ok()?)
}

fn parse_key(text: &str) -> Option<Key> {
    let (tonic, mode) = text.split_once(' ')?;
    let mode = match mode {
        "major" => Mode::Major,
        "minor" => Mode::Minor,
        _ => return None,
    };
    Some(Key { tonic: parse_class(tonic)?.rem_euclid(12) as u8, mode })
}

/// Semitones above C of a letter with or without an accidental.
fn parse_class(text: &str) -> Option<i32> {
    let mut characters = text.chars();
    let natural = match characters.next()? {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    };
    match characters.as_str() {
        "" => Some(natural),
        "#" => Some(natural + 1),
        "b" => Some(natural - 1),
        _ => None,
    }
}

fn parse_pitch(text: &str) -> Option<Pitch> {
    let digit = text.find(|character: char| character.is_ascii_digit())?;
    let (class, octave) = text.split_at(digit);
    let octave: i32 = octave.parse().ok()?;
    u8::try_from(12 * (octave + 1) + parse_class(class)?).ok().and_then(Pitch::new)
}

fn parse_duration(text: &str) -> Option<Tick> {
    let (number, dot) = text.strip_suffix('.').map_or((text, false), |number| (number, true));
    let ticks = match number {
        "1" | "2" | "4" | "8" | "16" => TICKS_PER_QUARTER * 4 / number.parse::<Tick>().ok()?,
        _ => return None,
    };
    Some(if dot { ticks + ticks / 2 } else { ticks })
}

fn parse_notes(body: &str, metre: Metre) -> Result<Vec<Note>, Problem> {
    let bars: Vec<&str> = body.split(['|', '\n']).map(str::trim).filter(|bar| !bar.is_empty()).collect();
    let mut notes: Vec<Note> = Vec::new();
    let mut upbeat = 0;
    let mut now = 0;
    for (index, bar) in bars.iter().enumerate() {
        let mut tied = None;
        if let Some(last) = notes.last_mut().filter(|_| bars[index.saturating_sub(1)].ends_with('~')) {
            tied = Some(last.pitch);
        }
        let begin = now;
        for word in bar.split_whitespace() {
            let wrong = || format!("bar {}: {word} is no note", index + 1);
            let (word, ties) = word.strip_suffix('~').map_or((word, false), |word| (word, true));
            let (pitch, duration) = word.split_once('/').ok_or_else(wrong)?;
            let duration = parse_duration(duration).ok_or_else(wrong)?;
            if pitch != "r" {
                let pitch = parse_pitch(pitch).ok_or_else(wrong)?;
                match notes.last_mut().filter(|_| tied == Some(pitch)) {
                    Some(last) => last.duration += duration,
                    None => notes.push(Note { start: now, pitch, duration, velocity: velocity_at(now - begin, metre) }),
                }
                tied = ties.then_some(pitch);
            }
            now += duration;
        }
        let length = now - begin;
        let full = metre.bar_ticks();
        let is_upbeat = index == 0 && length < full;
        let completes_upbeat = index + 1 == bars.len() && length + upbeat == full;
        if is_upbeat {
            upbeat = length;
            let silence = full - length;
            for note in &mut notes {
                note.start += silence;
                note.velocity = velocity_at(note.start, metre);
            }
            now += silence;
        } else if length != full && !completes_upbeat {
            return Err(format!("bar {} has {length} ticks instead of {full}", index + 1));
        }
    }
    Ok(notes)
}

/// The first beat of the bar is loudest, then the other beats, then what lies between them.
const fn velocity_at(into_bar: Tick, metre: Metre) -> Velocity {
    Velocity::clamped(if into_bar == 0 {
        102
    } else if into_bar.is_multiple_of(metre.beat_ticks()) {
        92
    } else {
        84
    })
}

#[cfg(test)]
mod tests;
