//! The table of musical measures: all that anybody needs to know of one stands in its row.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::measures::Property;

/// One of the measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each has its row in MEASURES, which says what it is")]
pub enum Measure {
    ParallelsPerSteps,
    ParallelsPerMoves,
    Stepwise,
    BassStepwise,
    OddLeaps,
    SemitoneInside,
    Crossing,
    FinalTriad,
    Cadence,
    BassBits,
    OneStepNotes,
    NotesPerBar,
    Rests,
    BarsComeBack,
    LikeEightBarsAgo,
    KitLikeBefore,
    KitDifferent,
    KitDifferentByAQuarter,
    KitMostFrequent,
    KitComesBack,
    Backbeat,
    Fills,
    FillsOnOnePhase,
    CrashAfterFill,
    BassOnKick,
    Agreement,
    BarsCopied,
}

/// What is to be known of a measure.
#[derive(Debug)]
pub struct MeasureRow {
    /// Which it is.
    pub measure: Measure,
    /// Its name in JSON.
    pub key: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What the ratio is multiplied by.
    scale: f64,
    /// Without which property music would measure worst, where there is such a one.
    pub destroyed: Option<Property>,
}

const fn row(
    measure: Measure,
    destroyed: Option<Property>,
    key: &'static str,
    title: &'static str,
    scale: f64,
) -> MeasureRow {
    MeasureRow { measure, key, title, scale, destroyed }
}

/// All measures, in the order of [`Measure`].
#[rustfmt::skip]
pub static MEASURES: [MeasureRow; 27] = {
    use Measure as M;
    use Property as D;
    [
        // pairs of voices, the melody among them, that move the same way from a fifth to a fifth or an octave to an
        // octave (compound ones too): per step at which any voice changes, and per move of two voices
        row(M::ParallelsPerSteps, Some(D::VoiceLeading), "parallels_per_100_steps",
            "parallel fifths and octaves per 100 changes", 100.0),
        row(M::ParallelsPerMoves, Some(D::VoiceLeading), "parallels_per_100_moves",
            "the same per 100 moves of two voices", 100.0),
        // intervals of one or two semitones / intervals between successive notes of the accompanying voices, repeated
        // notes counted, gaps of more than a quarter left out; those of 6, 10, 11 or more than 12 semitones / the
        // same
        row(M::Stepwise, Some(D::Lines), "stepwise", "stepwise", 1.0),
        row(M::BassStepwise, Some(D::Lines), "bass_stepwise", "bass stepwise", 1.0),
        row(M::OddLeaps, Some(D::Lines), "odd_leaps_per_100", "tritone, seventh or more than an octave per 100", 100.0),
        // beats on which two accompanying voices sound a semitone apart by class / beats
        row(M::SemitoneInside, Some(D::VoiceLeading), "semitone_inside", "a semitone inside, of beats", 1.0),
        // steps at which a higher voice lies below a lower one / steps
        row(M::Crossing, Some(D::VoiceLeading), "crossing", "voices crossed, of steps", 1.0),
        // pieces whose accompaniment comes to rest on the tonic triad, major or minor: all of it that sounds last
        // within the melody's last beat / pieces
        row(M::FinalTriad, Some(D::Harmony), "final_triad", "last chord the tonic triad", 1.0),
        // pieces whose last change of chord goes from V or vii to I / pieces
        row(M::Cadence, Some(D::Harmony), "dominant_to_tonic", "V–I at the end", 1.0),
        // of the bass's intervals, under an interpolated trigram model of the training pieces
        row(M::BassBits, Some(D::Lines), "bass_bits", "bits a note of bass intervals", 1.0),
        // notes of the accompanying voices that last one sixteenth / notes
        row(M::OneStepNotes, Some(D::Rhythm), "one_step_notes", "notes of one sixteenth", 1.0),
        row(M::NotesPerBar, None, "voice_notes_per_bar", "notes a bar of the voices", 1.0),
        // bars in which a part is silent / bars, over parts
        row(M::Rests, None, "rests", "resting bars of a part", 1.0),
        // bars of a pitched part from the ninth on that stood four or more bars before / bars from the ninth on
        row(M::BarsComeBack, Some(D::Repetition), "bars_come_back", "bars that come back", 1.0),
        // mean Jaccard index of what is struck in a bar of a pitched part and eight bars before
        row(M::LikeEightBarsAgo, Some(D::Repetition), "like_eight_bars_ago", "like eight bars ago", 1.0),
        // the kit in passages of 16 bars, a stroke by its place and kind: mean Jaccard index of neighbouring bars
        row(M::KitLikeBefore, Some(D::Kit), "kit_like_before", "kit: like the bar before", 1.0),
        // distinct bars / bars; the same, where bars of a Jaccard index of 0.75 count as one
        row(M::KitDifferent, None, "kit_different_bars", "kit: different bars", 1.0),
        row(M::KitDifferentByAQuarter, None, "kit_different_by_a_quarter",
            "kit: different by more than a quarter", 1.0),
        // the most frequent bar / bars; bars from the ninth on that stood four or more bars before / bars from the
        // ninth on
        row(M::KitMostFrequent, None, "kit_most_frequent_bar", "kit: most frequent bar", 1.0),
        row(M::KitComesBack, Some(D::Kit), "kit_comes_back", "kit: bars that come back", 1.0),
        // bars with a snare on both 2 and 4 / bars in which the kit plays
        row(M::Backbeat, Some(D::Rhythm), "backbeat", "backbeat", 1.0),
        // bars whose second half has three more strokes of snare and toms than the passage's median, or one more,
        // where the bar has two strokes of toms / bars; those on the commonest place in four bars / fills; crash on
        // the next one / fills
        row(M::Fills, Some(D::Rhythm), "fills", "fills, of bars", 1.0),
        row(M::FillsOnOnePhase, Some(D::Kit), "fills_on_one_phase", "fills on one phase of four bars", 1.0),
        row(M::CrashAfterFill, Some(D::Kit), "crash_after_fill", "crash after fill", 1.0),
        // notes of the bass that begin with a kick / notes of the bass in bars in which the kit plays
        row(M::BassOnKick, Some(D::Kit), "bass_on_kick", "bass on kick", 1.0),
        // cells of two takes of one melody that hold the same / cells in which either sounds
        row(M::Agreement, None, "agreement_of_takes", "agreement of two takes", 1.0),
        // bars whose pitched parts are those of a training bar, in whatever key / bars that sound
        row(M::BarsCopied, Some(D::Lines), "bars_copied", "bars copied", 1.0),
    ]
};

/// The sums of all measures over some music: of what is counted, and of what it is a share of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally([(f64, f64); MEASURES.len()]);

impl Tally {
    /// Adds to both sums.
    pub(super) fn add(&mut self, measure: Measure, (counted, of): (f64, f64)) {
        let sums = &mut self.0[measure as usize];
        *sums = (sums.0 + counted, sums.1 + of);
    }

    /// Adds one to the second sum, and to the first where it is so.
    pub(super) fn count(&mut self, measure: Measure, is_so: bool) {
        self.add(measure, (f64::from(u8::from(is_so)), 1.0));
    }

    /// The sums over more music.
    #[must_use]
    pub fn merged(mut self, more: &Self) -> Self {
        self.0.iter_mut().zip(&more.0).for_each(|(sums, more)| *sums = (sums.0 + more.0, sums.1 + more.1));
        self
    }

    /// A measure; `None` where there is nothing that it would be a share of.
    pub fn get(&self, measure: Measure) -> Option<f64> {
        let (counted, of) = self.0[measure as usize];
        (of > 0.0).then(|| MEASURES[measure as usize].scale * counted / of)
    }
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(MEASURES.len()))?;
        for row in &MEASURES {
            map.serialize_entry(row.key, &self.get(row.measure))?;
        }
        map.end()
    }
}
