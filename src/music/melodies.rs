//! The prepared melodies: well-known tunes of the public domain, as text in `assets/melodies/`.
//!
//! A file has lines of `field: value`, an empty line, and the notes: `F#4/4.` is a dotted quarter, `r/8` a rest of an
//! eighth, `~` ties a note to the next of its pitch; bars end with `|` or the line. A first bar that is too short is an
//! upbeat: it stands at the end of a bar that begins with silence, and the last bar may lack as much.

use std::sync::{Arc, LazyLock};

use super::{
    Key, KeyChange, Metre, MetreMap, Mode, Note, Part, Pitch, Role, Score, TICKS_PER_QUARTER, TempoMap, Tick, Velocity,
};

const TEXTS: [&str; 17] = [
    include_str!("../../assets/melodies/twinkle.txt"),
    include_str!("../../assets/melodies/ode_to_joy.txt"),
    include_str!("../../assets/melodies/new_world.txt"),
    include_str!("../../assets/melodies/deck_the_halls.txt"),
    include_str!("../../assets/melodies/we_wish_you.txt"),
    include_str!("../../assets/melodies/mary.txt"),
    include_str!("../../assets/melodies/jingle_bells.txt"),
    include_str!("../../assets/melodies/amazing_grace.txt"),
    include_str!("../../assets/melodies/auld_lang_syne.txt"),
    include_str!("../../assets/melodies/saints.txt"),
    include_str!("../../assets/melodies/greensleeves.txt"),
    include_str!("../../assets/melodies/fur_elise.txt"),
    include_str!("../../assets/melodies/brahms_lullaby.txt"),
    include_str!("../../assets/melodies/o_tannenbaum.txt"),
    include_str!("../../assets/melodies/silent_night.txt"),
    include_str!("../../assets/melodies/frere_jacques.txt"),
    include_str!("../../assets/melodies/minuet_in_g.txt"),
];

static MELODIES: LazyLock<Vec<PreparedMelody>> = LazyLock::new(|| {
    let parse = |text: &&'static str| parse(text).expect("the texts are part of the program and each is tested");
    TEXTS.iter().map(parse).collect()
});

/// A tune that the studio brings along.
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
        keys: vec![KeyChange { tick: 0, key }],
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

/// A little weight on the first of the bar, less on the other beats, least between them.
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
mod tests {
    use super::*;

    #[test]
    fn every_text_is_a_tune_of_at_least_eight_bars() {
        assert!(TEXTS.len() >= 12);
        for text in TEXTS {
            let melody = parse(text).unwrap_or_else(|problem| panic!("{problem} in\n{text}"));
            let score = melody.score();
            let bars = score.metre.position(score.end() - 1).bar + 1;
            assert!(bars >= 8, "{} has {bars} bars", melody.name);
            assert!(!melody.origin.is_empty());
        }
    }

    /// How each tune begins, in degrees of its scale as it is sung, written down apart from the texts. `'` is an octave up,
    /// `,` an octave down, `#` a semitone up.
    const INCIPITS: [(&str, &str); 17] = [
        ("Twinkle, Twinkle, Little Star", "1 1 5 5 6 6 5 4 4 3 3 2 2 1 5 5 4 4 3 3 2"),
        ("Ode to Joy", "3 3 4 5 5 4 3 2 1 1 2 3 3 2 2 3 3 4 5 5 4 3 2 1 1 2 3 2 1 1 2 2 3 1"),
        ("New World: Largo", "3 5 5 3 2 1 2 3 5 3 2 3 5 5 3 2 1 2 3 2 1 1"),
        ("Deck the Halls", "5 4 3 2 1 2 3 1 2 3 4 2 3 2 1 7, 1"),
        ("We Wish You a Merry Christmas", "5, 1 1 2 1 7, 6, 6, 6, 2 2 3 2 1 7, 5, 5, 3 3 4 3 2 1 6, 5, 5, 6, 2 7, 1"),
        ("Mary Had a Little Lamb", "3 2 1 2 3 3 3 2 2 2 3 5 5 3 2 1 2 3 3 3 3 2 2 3 2 1"),
        ("Jingle Bells", "3 3 3 3 3 3 3 5 1 2 3 4 4 4 4 4 3 3 3 3 3 2 2 3 2 5"),
        ("Amazing Grace", "5, 1 3 1 3 2 1 6, 5, 5, 1 3 1 3 2 5 3 5 3 1 3 2 1 6, 5, 5, 1 3 1 3 2 1"),
        ("Auld Lang Syne", "5, 1 1 1 3 2 1 2 3 1 1 3 5 6 6 5 3 3 1 2 1 2 3 1 6, 6, 5, 1"),
        ("Frère Jacques", "1 2 3 1 1 2 3 1 3 4 5 3 4 5 5 6 5 4 3 1 5 6 5 4 3 1 1 5, 1 1 5, 1"),
        ("When the Saints Go Marching In", "1 3 4 5 1 3 4 5 1 3 4 5 3 1 3 2 3 3 2 1 1 3 5 5 4 3 4 5 3 1 2 1"),
        ("Silent Night", "5 6 5 3 5 6 5 3 2' 2' 7 1' 1' 5 6 6 1' 7 6 5 6 5 3 6 6 1' 7 6 5 6 5 3 2' 2' 4' 2' 7 1' 3'"),
        ("Greensleeves", "1 3 4 5 6 5 4 2 7, 1 2 3 1 1 #7, 1 2 #7, 5,"),
        ("Für Elise", "5 #4 5 #4 5 2 4 3 1 3, 5, 1 2 5, #7, 2 3"),
        ("Lullaby", "3 3 5 3 3 5 3 5 1' 7 6 6 5 2 3 4 2 2 3 4 2 4 7 6 5 7 1' 1 1 1' 6 4 5 3 1 4 5 6 5"),
        ("O Tannenbaum", "5, 1 1 1 2 3 3 3 3 2 3 4 7, 2 1 5 5 3 6 5 5 4 4 4 4 2 5 4 4 3 3"),
        ("Minuet in G", "5 1 2 3 4 5 1 1 6 4 5 6 7 1' 1 1 4 5 4 3 2 3 4 3 2 1 7, 1 2 3 1 2"),
    ];

    /// Semitones above the tonic of a degree.
    fn semitones(degree: &str, mode: Mode) -> i32 {
        let scale = match mode {
            Mode::Major => [0, 2, 4, 5, 7, 9, 11],
            Mode::Minor => [0, 2, 3, 5, 7, 8, 10],
        };
        let number: usize = degree.trim_matches(['#', '\'', ',']).parse().unwrap();
        let octaves = degree.matches('\'').count() as i32 - degree.matches(',').count() as i32;
        scale[number - 1] + 12 * octaves + i32::from(degree.starts_with('#'))
    }

    #[test]
    fn every_tune_begins_as_it_is_sung() {
        assert_eq!(INCIPITS.len(), all().len());
        for (name, degrees) in INCIPITS {
            let melody = all().iter().find(|melody| melody.name == name).unwrap();
            let score = melody.score();
            let mode = score.keys[0].key.mode;
            let sung: Vec<i32> = degrees.split(' ').map(|degree| semitones(degree, mode)).collect();
            let pitches = score.parts[0].notes.iter().map(|note| i32::from(note.pitch.get()));
            let above: Vec<i32> = pitches.take(sung.len()).collect();
            let tonic = above[0] - sung[0];
            assert_eq!(tonic.rem_euclid(12), i32::from(score.keys[0].key.tonic), "{name}");
            let above: Vec<i32> = above.into_iter().map(|pitch| pitch - tonic).collect();
            assert_eq!(above, sung, "{name}");
        }
    }

    #[test]
    fn names_are_all_different() {
        let names: std::collections::BTreeSet<_> = all().iter().map(|melody| melody.name).collect();
        assert_eq!(names.len(), TEXTS.len());
    }

    #[test]
    fn melodies_have_one_voice_within_singing_range() {
        for melody in all() {
            let notes = &melody.score().parts[0].notes;
            assert!(notes.windows(2).all(|pair| pair[0].end() <= pair[1].start), "{}", melody.name);
            assert!(notes.iter().all(|note| (57..=88).contains(&note.pitch.get())), "{}", melody.name);
        }
    }

    #[test]
    fn bars_that_do_not_add_up_are_found() {
        let head = "title: x\norigin: x\nkey: C major\nmetre: 3/4\ntempo: 90\n\n";
        let problem = |notes: &str| parse(Box::leak(format!("{head}{notes}").into_boxed_str())).err();
        assert_eq!(problem("C4/4 | C4/2. | C4/2"), None);
        assert_eq!(problem("C4/2. | C4/2 | C4/2."), Some("bar 2 has 960 ticks instead of 1440".into()));
        assert_eq!(problem("C4/2. | H4/2."), Some("bar 2: H4/2. is no note".into()));
        assert_eq!(problem("C4/2. | C4/3"), Some("bar 2: C4/3 is no note".into()));
    }

    #[test]
    fn upbeats_stand_before_the_second_bar_and_ties_join() {
        let saints = all().iter().find(|melody| melody.name.contains("Saints")).unwrap().score();
        let notes = &saints.parts[0].notes;
        assert_eq!(notes[0].start, 480, "three quarters of upbeat end with the first bar");
        assert_eq!(notes[3].start, 1920);
        assert_eq!(notes.last().unwrap().duration, 1920 + 480);
        let ode = all()[1].score();
        assert_eq!(ode.parts[0].notes.iter().filter(|note| note.duration == 960).count(), 4);
    }
}
