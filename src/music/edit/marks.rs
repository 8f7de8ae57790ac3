//! Sections, chords, keys, tempi and metres of a whole score: put, moved and taken out, as people type them.

use crate::music::{
    ChordChange, Key, KeyChange, MAX_TICK, Metre, Score, SectionChange, TempoChange, Tick, chord,
    outline::{MAX_LABEL, MAX_SECTIONS},
    time::{Change, in_order},
};

/// The slowest and the fastest that is typed, in quarters a minute.
const TEMPI: std::ops::RangeInclusive<f64> = 20.0..=300.0;

/// What a score is marked with; each holds until the next of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarkKind {
    /// Sections of the song.
    Section,
    /// Chords.
    Chord,
    /// Keys.
    Key,
    /// Tempi.
    Tempo,
    /// Time signatures.
    Metre,
}

impl MarkKind {
    /// All.
    pub const ALL: [Self; 5] = [Self::Section, Self::Chord, Self::Key, Self::Tempo, Self::Metre];

    /// What one of them is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Section => "section",
            Self::Chord => "chord",
            Self::Key => "key change",
            Self::Tempo => "tempo change",
            Self::Metre => "time signature",
        }
    }

    /// Where the mark begins that is in force at a tick; `None` where there is none yet.
    pub fn start_at(self, score: &Score, tick: Tick) -> Option<Tick> {
        self.around(score, tick).0
    }

    /// Where the next one begins behind a tick.
    pub fn next_after(self, score: &Score, tick: Tick) -> Option<Tick> {
        self.around(score, tick).1
    }

    fn around(self, score: &Score, tick: Tick) -> (Option<Tick>, Option<Tick>) {
        fn of<C: Change>(changes: &[C], tick: Tick) -> (Option<Tick>, Option<Tick>) {
            let at = changes.partition_point(|change| change.tick() <= tick);
            (changes[..at].last().map(Change::tick), changes.get(at).map(Change::tick))
        }
        match self {
            Self::Section => of(&score.sections, tick),
            Self::Chord => of(&score.chords, tick),
            Self::Key => of(&score.keys, tick),
            Self::Tempo => of(score.tempo.changes(), tick),
            Self::Metre => of(score.metre.changes(), tick),
        }
    }

    /// Where each begins, in order.
    pub fn ticks(self, score: &Score) -> Vec<Tick> {
        match self {
            Self::Section => score.sections.iter().map(Change::tick).collect(),
            Self::Chord => score.chords.iter().map(Change::tick).collect(),
            Self::Key => score.keys.iter().map(Change::tick).collect(),
            Self::Tempo => score.tempo.changes().iter().map(Change::tick).collect(),
            Self::Metre => score.metre.changes().iter().map(Change::tick).collect(),
        }
    }

    /// What is in force at a tick, as it is typed, chords as the key has them (the one that was `found`, where none is
    /// set); nothing where nothing is.
    pub fn text_at(self, score: &Score, tick: Tick, found: Option<Key>) -> String {
        fn at<C: Change>(changes: &[C], tick: Tick) -> Option<&C> {
            changes[..changes.partition_point(|change| change.tick() <= tick)].last()
        }
        match self {
            Self::Section => at(&score.sections, tick).map_or_else(String::new, |section| section.label.clone()),
            Self::Chord => at(&score.chords, tick)
                .map_or_else(String::new, |change| change.ascii_symbol_in(score.written_key_at(change.tick, found))),
            Self::Key => at(&score.keys, tick).map_or_else(String::new, KeyChange::ascii_name),
            Self::Tempo => tempo_text(score.tempo.qpm_at(tick)),
            Self::Metre => {
                let metre = score.metre.metre_at(tick);
                format!("{}/{}", metre.numerator(), metre.denominator())
            }
        }
    }

    /// The same as it is shown, with the signs of music.
    pub fn name_at(self, score: &Score, tick: Tick, found: Option<Key>) -> String {
        let Some(start) = self.start_at(score, tick) else { return String::new() };
        let chord = || score.chords.iter().find(|change| change.tick == start);
        let key = || score.keys.iter().find(|change| change.tick == start);
        match self {
            Self::Chord => chord().map(|change| change.symbol_in(score.written_key_at(start, found))),
            Self::Key => key().map(KeyChange::name),
            Self::Section | Self::Tempo | Self::Metre => None,
        }
        .unwrap_or_else(|| self.text_at(score, tick, found))
    }

    /// Lets what is typed hold from a tick on; one that begins there is changed.
    ///
    /// # Errors
    /// Says in a sentence why that cannot be typed.
    pub fn put(self, score: &mut Score, tick: Tick, text: &str) -> Result<(), String> {
        let text = text.trim();
        match self {
            Self::Section => {
                let label: String = text.chars().filter(|letter| !letter.is_control()).take(MAX_LABEL).collect();
                if label.is_empty() {
                    return Err("A section needs a name".into());
                }
                let is_new = score.sections.iter().all(|section| section.tick != tick);
                if is_new && score.sections.len() >= MAX_SECTIONS {
                    return Err("There are as many sections as a composition can have".into());
                }
                score.sections.push(SectionChange { tick, label });
                score.sections = in_order(std::mem::take(&mut score.sections));
            }
            Self::Chord => {
                let change = ChordChange::from_symbol(text, tick).map_err(|error| error.to_string())?;
                if score.chords.len() >= chord::MAX_CHANGES {
                    return Err("There are as many chords as a composition can have".into());
                }
                score.chords.push(change);
                score.chords = in_order(std::mem::take(&mut score.chords));
            }
            Self::Key => {
                let change = KeyChange::from_name(text, tick).ok_or("A key is written as D major, F# minor or Bb")?;
                score.keys.push(change);
                score.keys = in_order(std::mem::take(&mut score.keys));
            }
            Self::Tempo => {
                let qpm = text.trim_end_matches("BPM").trim().replace(',', ".").parse::<f64>();
                let qpm = qpm.ok().filter(|qpm| TEMPI.contains(qpm)).ok_or("A tempo is a number from 20 to 300")?;
                score.tempo = score.tempo.with_change(tick, qpm);
            }
            Self::Metre => {
                let numbers = text
                    .split_once('/')
                    .and_then(|(beats, unit)| Some((beats.trim().parse().ok()?, unit.trim().parse().ok()?)));
                let metre = numbers.and_then(|(beats, unit)| Metre::new(beats, unit));
                let metre = metre.ok_or("A time signature is written as 3/4 or 6/8, of 64 beats at most")?;
                score.metre = score.metre.with_change(tick, metre);
            }
        }
        self.note_own(score, [tick; 2], true);
        Ok(())
    }

    /// The same; before the first key change, the key goes on that was `found` in the notes, as one that is set.
    ///
    /// # Errors
    /// Says in a sentence why that cannot be typed.
    pub fn put_beside(self, score: &mut Score, tick: Tick, text: &str, found: Option<Key>) -> Result<(), String> {
        let is_first_key = self == Self::Key && tick > 0 && score.keys.is_empty();
        self.put(score, tick, text)?;
        if let Some(key) = found.filter(|_| is_first_key) {
            score.keys.insert(0, KeyChange::new(0, key));
        }
        Ok(())
    }

    /// Why the mark that begins at a tick cannot be taken out or moved; `None` where it can.
    pub const fn why_fixed(self, tick: Tick) -> Option<&'static str> {
        match self {
            Self::Tempo if tick == 0 => Some("A composition begins with a tempo: it can be changed"),
            Self::Metre if tick == 0 => Some("A composition begins with a time signature: it can be changed"),
            _ => None,
        }
    }

    /// Remembers that what holds between these ticks, and until the next mark, is the user's own; or that nothing is.
    fn note_own(self, score: &mut Score, ticks: [Tick; 2], is_own: bool) {
        let next = self.next_after(score, ticks[1]);
        // a section holds to the end; of a chord behind which nothing is known, its bar is meant
        let (spans, end) = match self {
            Self::Section => (&mut score.own.sections, MAX_TICK),
            Self::Chord => (&mut score.own.chords, score.metre.bar_after(ticks[1])),
            Self::Key | Self::Tempo | Self::Metre => return,
        };
        let span = ticks[0]..next.unwrap_or(end);
        if is_own { spans.add(span) } else { spans.remove(&span) }
    }

    /// Takes the mark out that begins at a tick; what holds before it goes on.
    pub fn remove(self, score: &mut Score, tick: Tick) {
        let goes_on = tick.checked_sub(1).and_then(|before| self.start_at(score, before)).is_some();
        self.note_own(score, [tick; 2], goes_on);
        match self {
            Self::Section => score.sections.retain(|section| section.tick != tick),
            Self::Chord => score.chords.retain(|change| change.tick != tick),
            Self::Key => score.keys.retain(|change| change.tick != tick),
            Self::Tempo => score.tempo = score.tempo.without_change(tick),
            Self::Metre => score.metre = score.metre.without_change(tick),
        }
    }

    /// Lets the mark that begins at a tick begin at another, between its neighbours. Returns where it begins then.
    pub fn shift(self, score: &mut Score, from: Tick, to: Tick) -> Tick {
        let ticks = self.ticks(score);
        let Some(at) = ticks.iter().position(|tick| *tick == from) else { return from };
        if self.why_fixed(from).is_some() {
            return from;
        }
        let least = at.checked_sub(1).map_or(0, |before| ticks[before] + 1);
        let most = ticks.get(at + 1).map_or(MAX_TICK, |next| next - 1);
        let to = to.clamp(least, most.max(least));
        if to != from {
            self.note_own(score, [from.min(to), from.max(to)], true);
        }
        match self {
            Self::Section => score.sections[at].tick = to,
            Self::Chord => score.chords[at].tick = to,
            Self::Key => score.keys[at].tick = to,
            Self::Tempo => {
                let mut changes: Vec<TempoChange> = score.tempo.changes().to_vec();
                changes[at].tick = to;
                score.tempo = changes.into();
            }
            Self::Metre => {
                let mut changes = score.metre.changes().to_vec();
                changes[at].tick = to;
                score.metre = changes.into();
            }
        }
        to
    }
}

/// A tempo as it is typed and shown: with two decimals at most, and none that say nothing.
pub fn tempo_text(qpm: f64) -> String {
    let text = format!("{qpm:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_put_changed_moved_and_taken_out() {
        let mut score = Score::default();
        for (kind, text, other) in [
            (MarkKind::Section, "Verse", "Chorus"),
            (MarkKind::Chord, "Am7", "G/B"),
            (MarkKind::Key, "D minor", "Gb major"),
            (MarkKind::Tempo, "96.5", "140"),
            (MarkKind::Metre, "3/4", "6/8"),
        ] {
            assert_eq!(kind.put(&mut score, 1920, text), Ok(()));
            assert_eq!(kind.put(&mut score, 3840, other), Ok(()));
            let said = |score: &Score, tick| kind.text_at(score, tick, None);
            assert_eq!((said(&score, 2000), said(&score, 3840)), (text.into(), other.into()));
            assert_eq!(kind.put(&mut score, 1920, other), Ok(()), "the one that begins there is changed");
            assert_eq!(said(&score, 1920), other);
            assert_eq!(kind.shift(&mut score, 1920, 9000), 3839, "not beyond the next one");
            assert_eq!(kind.shift(&mut score, 3839, 960), 960);
            assert_eq!((kind.start_at(&score, 1000), kind.next_after(&score, 960)), (Some(960), Some(3840)));
            kind.remove(&mut score, 960);
            kind.remove(&mut score, 3840);
            kind.remove(&mut score, 0);
        }
        assert_eq!(score, Score::default());
    }

    #[test]
    fn what_is_set_is_the_users_own_as_far_as_it_holds() {
        let mut score = Score::default();
        let chord = |tick, text| ChordChange::from_symbol(text, tick).unwrap();
        score.chords = vec![chord(0, "C"), chord(1920, "F"), chord(7680, "G")];
        let theirs = vec![chord(0, "D"), chord(3840, "E"), chord(9600, "A")];
        let kept = |score: &Score| {
            let kept = score.own.chords.kept(&score.chords, &theirs);
            kept.iter().map(|change| format!("{} {}", change.tick, change.symbol())).collect::<Vec<_>>()
        };
        assert_eq!(kept(&score), ["0 D", "3840 E", "9600 A"]);
        MarkKind::Chord.put(&mut score, 1920, "Am").unwrap();
        assert_eq!(kept(&score), ["0 D", "1920 Am", "7680 E", "9600 A"]);
        MarkKind::Chord.shift(&mut score, 7680, 5760);
        assert_eq!(kept(&score), ["0 D", "1920 Am", "5760 G", "9600 A"], "a bar of the last one");
        MarkKind::Chord.remove(&mut score, 1920);
        assert_eq!(kept(&score), ["0 D", "1920 C", "5760 G", "9600 A"], "what holds there now");
        MarkKind::Chord.remove(&mut score, 0);
        MarkKind::Tempo.put(&mut score, 0, "90").unwrap();
        assert!(!score.own.is_empty() && score.own.sections.is_empty());
    }

    #[test]
    fn before_the_first_key_change_the_key_stays_that_was_found() {
        let found = KeyChange::from_name("A minor", 0).unwrap().key;
        let mut score = Score::default();
        MarkKind::Key.put_beside(&mut score, 1920, "Hm", Some(found)).unwrap_err();
        assert_eq!(score, Score::default());
        MarkKind::Key.put_beside(&mut score, 1920, "Bb", Some(found)).unwrap();
        let said = |score: &Score, tick| MarkKind::Key.text_at(score, tick, None);
        assert_eq!([0, 1919, 1920].map(|tick| said(&score, tick)), ["A minor", "A minor", "Bb major"]);
        MarkKind::Key.put_beside(&mut score, 3840, "C", Some(found)).unwrap();
        assert_eq!(MarkKind::Key.ticks(&score), [0, 1920, 3840]);
        let mut score = Score::default();
        MarkKind::Key.put_beside(&mut score, 0, "Bb", Some(found)).unwrap();
        assert_eq!(MarkKind::Key.ticks(&score), [0], "all of it is in this one");
    }

    #[test]
    fn what_cannot_be_typed_says_why_and_changes_nothing() {
        let mut score = Score::default();
        for (kind, text) in [
            (MarkKind::Section, " \n"),
            (MarkKind::Chord, "Hm"),
            (MarkKind::Key, "H major"),
            (MarkKind::Key, "D dorian"),
            (MarkKind::Tempo, "fast"),
            (MarkKind::Tempo, "1000"),
            (MarkKind::Tempo, "NaN"),
            (MarkKind::Metre, "3/5"),
            (MarkKind::Metre, "4"),
        ] {
            let why = kind.put(&mut score, 0, text).unwrap_err();
            assert!(!why.is_empty() && !why.ends_with('.'), "{why}");
        }
        assert_eq!(score, Score::default());
    }
}
