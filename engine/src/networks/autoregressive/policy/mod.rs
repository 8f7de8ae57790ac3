//! How logits become choices: temperatures, and rules for what is too rare to be learned or forbidden altogether.

mod closing;
mod rules;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

/// What a style's music does, as shares.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Manners {
    /// Of steps at which a voice moves, those with parallel fifths or octaves.
    pub parallels: f64,
    /// Of notes, those of one step.
    pub short: f64,
    /// Of melodic intervals, tritones, sevenths and what is wider than an octave.
    pub leaps: f64,
    /// Of bars in which a voice strikes, those with the rhythm of two bars ago.
    pub returns: f64,
    /// Of bars on whose first beat the lowest voice strikes, those in which that is the chord's root.
    pub roots: f64,
    /// Of the lowest voice's notes, those on a kick; 0 without a kit.
    pub on_kick: f64,
    /// Of the same, those that come by step from where the one before came from.
    pub rocks: f64,
}

/// More parallels than these, and a style does not mind them.
const RARELY: f64 = 0.03;
/// With more short notes than these a style is lively; chance would add more of them.
const SELDOM: f64 = 0.08;
/// More wide leaps than these, and a style likes them.
const WIDELY: f64 = 0.1;
/// Where the rhythm of fewer bars is that of two bars ago, no figure goes on by plan.
const RETURNING: f64 = 0.3;
/// From these shares on the bass is to stand on roots, and to play with the kick.
const ROOTED: f64 = 0.7;
const WITH_KICK: f64 = 0.35;
/// Up to this share of notes that rock to and fro a bass is to travel.
const ROCKING: f64 = 0.07;

/// With how much of its penalty a note of one step weighs on those of the next two bars, in music that is not lively.
const CROWDED: f32 = 0.3;

/// What is never chosen.
pub const NEVER: f32 = -1e9;

/// How choices are made; part of a model's card.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Coldest, for a bad draw costs most there.
    pub chord_temperature: f32,
    /// Of holding, resting and striking.
    pub action_temperature: f32,
    /// Of pitches.
    pub pitch_temperature: f32,
    /// Taken from the logits of pitches that make parallel fifths or octaves with a line that has chosen.
    pub parallels: f32,
    /// Of what would end a note after one step.
    pub short: f32,
    /// With how much of that each note of one step weighs on those of the next two bars: one calls for the next, and
    /// long pieces would end in nothing else.
    pub crowded: f32,
    /// Of a semitone, over any octaves, against another voice.
    pub semitone: f32,
    /// Of holding a note against one that is struck a semitone from it.
    pub held: f32,
    /// Of melodic tritones, sevenths, and what is wider than an octave.
    pub leap: f32,
    /// Added to those of moving by step.
    pub step: f32,
    /// Taken from those of turning back, for a voice that has just moved by step: lines go on in one direction more
    /// often than those that are drawn.
    pub turn: f32,
    /// Of pitches above a line that is higher, or below one that is lower.
    pub crossing: f32,
    /// Added to the logits of what a figure did that goes on, and some of it to its pitches.
    pub steady: f32,
    /// The same for what was played where the tune was sung before.
    pub returning: f32,
    /// Added to the logit of the chord that was played where the tune was sung before.
    pub reprise: f32,
    /// Added to the logits of what a pattern says.
    pub pattern: f32,
    /// Added to the logit of striking for the lowest voice where the kick is struck, and taken from it elsewhere.
    pub kick: f32,
    /// Added to the logits of the chord's root for the lowest voice on the first beat of a bar.
    pub root: f32,
    /// Taken from the logit of resting for parts that are called for and rest, and more the longer they do.
    pub presence: f32,
    /// Taken from the logit of striking where a phrase comes to rest on its last note, if that is long.
    pub breath: f32,
    /// Taken from those of pitches a semitone beside another voice that is not the lowest.
    pub narrow: f32,
    /// Taken, for the lowest voice, from that of the pitch from which it came by step.
    pub rocking: f32,
    /// Taken from those of a chord's third where the melody has the other one in this bar.
    pub thirds: f32,
    /// Taken from those of a chord's root for each beat that it has stood longer than two bars.
    pub lingering: f32,
    /// Closes with the tonic triad, and a dominant before it.
    pub ending: bool,
    /// Gives voices a beat of the melody's last note to get there, where that is long.
    pub suspends: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { pitch_temperature: 0.75, parallels: 100.0, short: 1.7, leap: 1.0, ending: true, ..Self::LEARNING }
    }
}

impl Policy {
    /// How drafts are drawn that are learned from: milder, for what is forbidden altogether cannot be learned, and what
    /// happens once in a piece neither.
    pub const LEARNING: Self = Self {
        chord_temperature: 0.7,
        action_temperature: 0.95,
        pitch_temperature: 0.85,
        parallels: 8.0,
        short: 0.5,
        semitone: 1.0,
        leap: 0.7,
        crossing: 0.7,
        ..Self::PLAIN
    };

    /// How to compose in a style, by what its music does. The numbers were found on pieces of the built-in styles that
    /// trained nothing.
    pub fn for_style(manners: Manners, has_kit: bool) -> Self {
        let usual = Self::default();
        let lively = manners.short > SELDOM;
        let calm = !has_kit && !lively;
        // drawn colder where a beat goes through: a bad note of the bass costs more there
        let (chord_temperature, pitch_temperature) = match (has_kit, lively) {
            (false, true) => (usual.chord_temperature, usual.pitch_temperature),
            (true, true) if manners.returns >= RETURNING => (0.5, 0.65),
            (false, false) | (true, true) => (usual.chord_temperature, 0.65),
            (true, false) => (0.5, 0.4),
        };
        let when = |what: bool, value: f32| if what { value } else { 0.0 };
        // what returns by itself needs less of a plan
        let steady = when(manners.returns >= RETURNING, 3.0 - 2.0 * manners.returns as f32);
        Self {
            chord_temperature,
            pitch_temperature,
            action_temperature: if lively { 0.8 } else { usual.action_temperature },
            parallels: when(manners.parallels <= RARELY, usual.parallels),
            // what nobody plays a beat to runs away in sixteenths
            short: match (has_kit, lively) {
                (false, false) => 1.9,
                (true, false) => usual.short,
                (true, true) => 0.3,
                (false, true) => 1.4,
            },
            crowded: when(!lively, CROWDED),
            semitone: match (has_kit, lively) {
                (true, true) if manners.returns >= RETURNING => 2.0,
                (false, false) => 1.6,
                _ => usual.semitone,
            },
            held: when(calm, 0.5),
            step: when(calm, 0.7),
            turn: when(calm, 0.6),
            leap: match manners.leaps {
                some if some > WIDELY => 0.5,
                _ if calm => 1.2,
                _ => usual.leap,
            },
            steady,
            // where no figure goes on, the tune brings back what was played to it
            returning: if steady > 0.0 { steady } else { when(has_kit, 9.0) },
            // where figures neither go on nor are alike, people keep up what they play for a section, and then change
            pattern: when(has_kit && steady == 0.0, 4.5),
            // jazz returns to its chords by itself, and more often than its players do
            reprise: when(has_kit && (lively || steady > 0.0), 4.0),
            kick: when(manners.on_kick >= WITH_KICK, 1.3),
            root: when(manners.roots >= ROOTED, 2.5),
            presence: when(!calm, 4.0),
            breath: when(calm, 2.0),
            narrow: when(has_kit, 3.0),
            rocking: when(has_kit && manners.rocks <= ROCKING, 2.5),
            thirds: when(!calm, 2.0),
            lingering: when(has_kit, 0.7),
            suspends: calm,
            ..usual
        }
    }

    /// How many drafts a discriminator chooses among in a style. Where nothing comes back by itself, it likes the
    /// calmest best, and the more there are, the calmer the music becomes.
    pub fn drafts_for_style(manners: Manners, has_kit: bool) -> usize {
        match (has_kit, manners.short > SELDOM) {
            (true, _) if manners.returns < RETURNING => 6,
            (false, false) => 16,
            _ => 12,
        }
    }

    /// The same as drafts are drawn that are learned from late: as it composes, but for what cannot be learned.
    #[must_use]
    pub fn learning_late(self) -> Self {
        Self { parallels: self.parallels.min(Self::LEARNING.parallels), ending: false, ..self }
    }

    /// The same as drafts are drawn that are learned from at first.
    #[must_use]
    pub fn learning(self) -> Self {
        let milder = |own: f32, learning: f32| own.min(learning);
        Self {
            parallels: milder(self.parallels, Self::LEARNING.parallels),
            short: milder(self.short, Self::LEARNING.short),
            semitone: milder(self.semitone, Self::LEARNING.semitone),
            leap: milder(self.leap, Self::LEARNING.leap),
            crossing: milder(self.crossing, Self::LEARNING.crossing),
            ..Self::LEARNING
        }
    }

    /// What the network itself says.
    pub const PLAIN: Self = Self {
        chord_temperature: 1.0,
        action_temperature: 1.0,
        pitch_temperature: 1.0,
        parallels: 0.0,
        short: 0.0,
        crowded: 0.0,
        semitone: 0.0,
        held: 0.0,
        leap: 0.0,
        step: 0.0,
        turn: 0.0,
        crossing: 0.0,
        steady: 0.0,
        returning: 0.0,
        reprise: 0.0,
        pattern: 0.0,
        kick: 0.0,
        root: 0.0,
        presence: 0.0,
        breath: 0.0,
        narrow: 0.0,
        rocking: 0.0,
        thirds: 0.0,
        lingering: 0.0,
        ending: false,
        suspends: false,
    };

    /// Whether a model may ask for it.
    pub fn is_sane(&self) -> bool {
        let temperatures = [self.chord_temperature, self.action_temperature, self.pitch_temperature];
        let penalties = [
            self.parallels,
            self.short,
            self.crowded,
            self.semitone,
            self.held,
            self.leap,
            self.step,
            self.turn,
            self.crossing,
            self.steady,
            self.returning,
            self.reprise,
            self.pattern,
            self.kick,
            self.root,
            self.presence,
            self.breath,
            self.narrow,
            self.rocking,
            self.thirds,
            self.lingering,
        ];
        temperatures.iter().all(|temperature| (0.05..=4.0).contains(temperature))
            && penalties.iter().all(|penalty| (0.0..=1000.0).contains(penalty))
    }

    /// Bolder or tamer: 0.5 is as it is.
    #[must_use]
    pub fn with_surprise(mut self, surprise: f32) -> Self {
        let by = 1.0 + 0.6 * (surprise.clamp(0.0, 1.0) - 0.5);
        self.chord_temperature *= by;
        self.action_temperature *= by;
        self.pitch_temperature *= by;
        self
    }
}
