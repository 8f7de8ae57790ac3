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

/// How each tune begins, in degrees of its scale as it is sung, written down apart from the texts. `'` is an octave
/// up, `,` an octave down, `#` a semitone up.
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

#[test]
fn melodies_are_found_by_their_titles() {
    assert_eq!(named("amazing grace").unwrap().name, "Amazing Grace");
    assert_eq!(named("Für-Elise").unwrap().name, named("FÜR ELISE").unwrap().name);
    assert!(named("").is_none() && named("Amazing").is_none());
}
