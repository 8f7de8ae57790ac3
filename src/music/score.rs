//! A score and its parts: what the studio edits, plays, generates and writes to files.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fine::FineTimes;
use super::instruments::program_name;
use super::key::WrittenKey;
use super::{
    ChordChange, Key, KeyChange, Lyric, MAX_TICK, MetreMap, OwnMarks, Pitch, SectionChange, TICKS_PER_QUARTER,
    TempoMap, Tick, Velocity, bounded, chord, lyrics, outline,
};

/// One note. Ordered by start, then pitch, then length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Note {
    /// Where it begins, in ticks from the start of the score.
    pub start: Tick,
    /// Its key.
    pub pitch: Pitch,
    /// How long it is held, in ticks; at least 1.
    pub duration: Tick,
    /// How hard it is struck.
    pub velocity: Velocity,
}

impl Note {
    /// Where it ends, in ticks from the start of the score.
    pub const fn end(&self) -> Tick {
        self.start.saturating_add(self.duration)
    }

    /// The note within [`MAX_TICK`], at least a tick long.
    #[must_use]
    pub fn in_range(self) -> Self {
        let start = self.start.min(MAX_TICK - 1);
        Self { start, duration: self.duration.clamp(1, MAX_TICK - start), ..self }
    }
}

/// What a controller, wheel or program event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// A control change, both 0 to 127; 64 is the sustain pedal.
    Controller {
        /// Which controller.
        #[serde(deserialize_with = "bounded::data_byte")]
        number: u8,
        /// Its new value.
        #[serde(deserialize_with = "bounded::data_byte")]
        value: u8,
    },
    /// The pitch wheel, -8192 to 8191; 0 is the middle.
    PitchBend(#[serde(deserialize_with = "bounded::pitch_bend")] i16),
    /// Pressure on the whole keyboard (channel aftertouch), 0 to 127.
    Pressure(#[serde(deserialize_with = "bounded::data_byte")] u8),
    /// Pressure on one key (polyphonic aftertouch).
    KeyPressure {
        /// The key.
        pitch: Pitch,
        /// 0 to 127.
        #[serde(deserialize_with = "bounded::data_byte")]
        value: u8,
    },
    /// Another General MIDI program from here on, 0 to 127.
    Program(#[serde(deserialize_with = "bounded::data_byte")] u8),
}

/// A control at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ControlEvent {
    /// When, in ticks from the start of the score.
    pub tick: Tick,
    /// What.
    pub control: Control,
}

/// What a part does in the piece. Networks are trained for roles, and names and programs follow from them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The tune, the user's own.
    Melody,
    /// The lowest line.
    Bass,
    /// The kit.
    Drums,
    /// Piano, organ: chords struck.
    Chords,
    /// Strings, choir, synth: chords held.
    Pad,
    /// Strummed or picked.
    Guitar,
    /// Second voice of a chorale.
    Alto,
    /// Third voice of a chorale.
    Tenor,
    /// Nothing known.
    #[default]
    Other,
}

impl Role {
    /// The role in a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Melody => "melody",
            Self::Bass => "bass",
            Self::Drums => "drums",
            Self::Chords => "chords",
            Self::Pad => "pad",
            Self::Guitar => "guitar",
            Self::Alto => "alto",
            Self::Tenor => "tenor",
            Self::Other => "other",
        }
    }
}

/// One part: its notes, its instrument and how it stands in the mix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, remote = "Self")] // so that `sanitise` can have the last word
pub struct Part {
    /// What the user calls it.
    pub name: String,
    /// What it does in the piece.
    pub role: Role,
    /// The General MIDI program at the start, 0 to 127.
    #[serde(deserialize_with = "bounded::data_byte")]
    pub program: u8,
    /// Whether it is a kit (channel 10 in files, bank 128 in SoundFonts).
    pub is_drum: bool,
    /// 0 to 127, as controller 7 has it.
    #[serde(deserialize_with = "bounded::data_byte")]
    pub volume: u8,
    /// 0 (left) to 127 (right), as controller 10 has it; 64 is the middle.
    #[serde(deserialize_with = "bounded::data_byte")]
    pub pan: u8,
    /// How much goes to the reverb, 0 to 127, as controller 91 has it.
    #[serde(deserialize_with = "bounded::data_byte")]
    pub reverb: u8,
    /// How much goes to the chorus, 0 to 127, as controller 93 has it.
    #[serde(deserialize_with = "bounded::data_byte")]
    pub chorus: u8,
    /// Not heard.
    pub muted: bool,
    /// Heard alone, with the other soloed parts.
    pub soloed: bool,
    /// Kept when the other parts are generated again.
    pub locked: bool,
    /// Which of the theme's part colours it has.
    pub color: u8,
    /// Sorted by [`Note`]'s order.
    pub notes: Vec<Note>,
    /// Sorted by tick; controllers 7, 10, 91 and 93 at the very start live in `volume`, `pan`, `reverb` and `chorus`.
    pub controls: Vec<ControlEvent>,
    /// Where notes and controls of a file lie beside the ticks, until they are edited.
    #[serde(skip_serializing_if = "FineTimes::is_empty")]
    pub fine: FineTimes,
}

impl Default for Part {
    fn default() -> Self {
        Self {
            name: String::new(),
            role: Role::Other,
            program: 0,
            is_drum: false,
            volume: 100,
            pan: 64,
            reverb: 40,
            chorus: 0,
            muted: false,
            soloed: false,
            locked: false,
            color: 0,
            notes: Vec::new(),
            controls: Vec::new(),
            fine: FineTimes::default(),
        }
    }
}

impl Part {
    /// An empty part of that name and General MIDI program (0 to 127).
    pub fn new(name: impl Into<String>, program: u8) -> Self {
        Self { name: name.into(), program: program.min(127), ..Self::default() }
    }

    /// What it is called where it has to be called something: its name, else what it does, else its instrument.
    pub fn shown_name(&self) -> &str {
        match (self.name.trim(), self.role) {
            ("", Role::Melody) => "Melody",
            ("", Role::Alto) => "Alto",
            ("", Role::Tenor) => "Tenor",
            ("", Role::Bass) => "Bass",
            ("", _) if self.is_drum => "Drums",
            ("", _) => program_name(self.program),
            (name, _) => name,
        }
    }

    /// Brings notes and controls into order; to be called after changing them freely.
    pub fn sort(&mut self) {
        self.notes.sort_unstable();
        self.controls.sort_by_key(|event| event.tick); // stable: bank before program stays so
    }

    /// Makes volume, pan and effects that controllers set at the very start the part's own, and sorts the controls.
    pub fn normalise_controls(&mut self) {
        let mut controls = std::mem::take(&mut self.controls);
        controls.retain(|event| {
            let (0, Control::Controller { number, value }) = (event.tick, event.control) else { return true };
            let own = match number {
                7 => &mut self.volume,
                10 => &mut self.pan,
                91 => &mut self.reverb,
                93 => &mut self.chorus,
                _ => return true,
            };
            *own = value;
            false
        });
        controls.sort_by_key(|event| event.tick); // stable: bank before program stays so
        self.controls = controls;
    }

    /// Where the last note or control ends, in ticks.
    pub fn end(&self) -> Tick {
        let notes = self.notes.iter().map(Note::end).max().unwrap_or(0);
        notes.max(self.controls.iter().map(|event| event.tick).max().unwrap_or(0))
    }
}

/// A piece: parts over one tempo map, metre and key. Cheap to clone, parts are shared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, remote = "Self")] // so that `sanitise` can have the last word
pub struct Score {
    /// Which composition it is a state of, however it is edited, undone and renamed; 0 where it is not in the library.
    #[serde(skip_serializing_if = "is_zero")]
    pub id: u64,
    /// What the user calls it.
    pub title: String,
    /// Tempo throughout.
    pub tempo: TempoMap,
    /// Metre throughout.
    pub metre: MetreMap,
    /// Keys as the user or a file set them; may be empty. Sorted by tick.
    pub keys: Vec<KeyChange>,
    /// The chords that the generated parts were written on, as far as they are known. Sorted by tick.
    #[serde(deserialize_with = "chord::deserialize", skip_serializing_if = "Vec::is_empty")]
    pub chords: Vec<ChordChange>,
    /// The sections of the song, as far as they are known. Sorted by tick.
    #[serde(deserialize_with = "outline::deserialize", skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<SectionChange>,
    /// Where chords and sections are the user's own, which takes leave as they are.
    #[serde(skip_serializing_if = "OwnMarks::is_empty")]
    pub own: OwnMarks,
    /// The words that are sung to the melody. Sorted by tick.
    #[serde(deserialize_with = "lyrics::deserialize", skip_serializing_if = "Vec::is_empty")]
    pub lyrics: Vec<Lyric>,
    /// The master fader, 0 to 127, as General MIDI's master volume has it: 127 changes nothing, 0 is silence.
    #[serde(deserialize_with = "bounded::data_byte")]
    pub volume: u8,
    /// From top to bottom as shown.
    pub parts: Vec<Arc<Part>>,
    /// Which of the parts is the melody, if one is.
    pub melody: Option<usize>,
    /// Ticks a quarter of the file that it comes from; MIDI files are written with as many.
    #[serde(skip_serializing_if = "is_usual_resolution")]
    pub resolution: u16,
}

impl Default for Score {
    fn default() -> Self {
        Self {
            id: 0,
            title: String::new(),
            tempo: TempoMap::default(),
            metre: MetreMap::default(),
            keys: Vec::new(),
            chords: Vec::new(),
            sections: Vec::new(),
            own: OwnMarks::default(),
            lyrics: Vec::new(),
            volume: 127,
            parts: Vec::new(),
            melody: None,
            resolution: TICKS_PER_QUARTER as u16,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_usual_resolution(ticks: &u16) -> bool {
    u32::from(*ticks) == TICKS_PER_QUARTER
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(id: &u64) -> bool {
    *id == 0
}

impl Score {
    /// The most parts that sound; further ones are silent.
    pub const MAX_SOUNDING: usize = 127;
    /// The most parts that are read from a file.
    pub const MAX_PARTS: usize = 1024;

    /// Which of the parts sings the lyrics, if there are any: the melody, else the part that has most notes where
    /// lyrics are.
    pub fn singer(&self) -> Option<usize> {
        let has_note = |part: &Part, tick: Tick| {
            let after = part.notes.partition_point(|note| note.start + lyrics::LATE < tick);
            part.notes.get(after).is_some_and(|note| note.start <= tick + lyrics::LATE)
        };
        let together = |part: &Part| self.lyrics.iter().filter(|lyric| has_note(part, lyric.tick)).count();
        let by_notes = || {
            let sing = self.parts.iter().enumerate().rev().filter(|(_, part)| !part.is_drum);
            let most = sing.map(|(index, part)| (index, together(part))).max_by_key(|(_, count)| *count);
            most.filter(|(_, count)| *count > 0).map(|(index, _)| index)
        };
        (!self.lyrics.is_empty()).then(|| self.melody.or_else(by_notes))?
    }

    /// The key in force at a tick, before the first the first one; where none is set, the one that was `found`. Without
    /// any, names are written as in C major.
    pub fn written_key_at(&self, tick: Tick, found: Option<Key>) -> WrittenKey {
        let change = self.key_change_at(tick).or_else(|| found.map(|key| KeyChange::new(0, key)));
        change.unwrap_or_else(|| KeyChange::new(0, Key::C_MAJOR)).into()
    }

    /// The key that is set at a tick: the last one begun, before the first the first one.
    pub fn key_change_at(&self, tick: Tick) -> Option<KeyChange> {
        let begun = self.keys.partition_point(|change| change.tick <= tick);
        self.keys.get(begun.saturating_sub(1)).copied()
    }

    /// Where the last note or control of any part ends, in ticks.
    pub fn end(&self) -> Tick {
        self.parts.iter().map(|part| part.end()).max().unwrap_or(0)
    }

    /// The melody's part, if the score has one.
    pub fn melody_part(&self) -> Option<&Arc<Part>> {
        self.parts.get(self.melody?)
    }

    /// A part to change, copied first where a snapshot still shares it.
    pub fn part_mut(&mut self, index: usize) -> Option<&mut Part> {
        self.parts.get_mut(index).map(Arc::make_mut)
    }

    /// Whether a part is heard, given its own mute and everybody's solo.
    pub fn is_audible(&self, index: usize) -> bool {
        let any_solo = self.parts.iter().any(|part| part.soloed);
        self.parts.get(index).is_some_and(|part| !part.muted && (part.soloed || !any_solo))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(start: Tick, pitch: i32) -> Note {
        Note { start, pitch: Pitch::clamped(pitch), duration: 240, velocity: Velocity::DEFAULT }
    }

    #[test]
    fn solo_silences_the_others_and_mute_wins() {
        let mut score = Score { parts: (0..3).map(|_| Arc::new(Part::default())).collect(), ..Score::default() };
        assert!((0..3).all(|index| score.is_audible(index)));
        score.part_mut(1).expect("there are three").soloed = true;
        assert_eq!((0..3).map(|index| score.is_audible(index)).collect::<Vec<_>>(), [false, true, false]);
        score.part_mut(1).expect("there are three").muted = true;
        assert!(!score.is_audible(1));
    }

    #[test]
    fn a_snapshot_keeps_its_own_notes() {
        let mut part = Part::new("Lead", 0);
        part.notes = vec![note(480, 62), note(0, 60)];
        part.sort();
        let mut score = Score { parts: vec![Arc::new(part)], melody: Some(0), ..Score::default() };
        let before = score.clone();
        score.part_mut(0).expect("there is one").notes.clear();
        assert_eq!(before.melody_part().map(|part| part.notes.len()), Some(2));
        assert_eq!(before.end(), 720);
        assert_eq!(score.end(), 0);
    }
}
