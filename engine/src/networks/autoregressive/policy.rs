//! How logits become choices: temperatures, and rules for what is too rare to be learned or forbidden altogether.

use serde::{Deserialize, Serialize};

use super::cells::{Action, CHORD, FIRST_VOICE, LOWEST, MELODY, NARROW, PITCHES};
use super::chords::{BEAT, CHORDS, QUALITIES, chord_from_value, root_and_quality};
use super::melody::Scale;
use super::sheet::{FIGURE_BARS, Sheet};

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

/// What of a figure’s weight its pitches have.
const FIGURE_PITCHES: f32 = 0.6;
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

/// For how many steps all rest on the last note of a phrase; then some may go on to the next one.
const BREATH: u8 = 6;
/// Steps that a close lasts at least, however short the melody's last note is.
const SHORTEST_CLOSE: usize = 8;

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
    /// Added to the logit of striking for the lowest voice where the kick is struck, and taken from it elsewhere.
    pub kick: f32,
    /// Added to the logits of the chord's root for the lowest voice on the first beat of a bar.
    pub root: f32,
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
        crowded: 0.0,
        semitone: 1.0,
        held: 0.0,
        leap: 0.7,
        step: 0.0,
        turn: 0.0,
        crossing: 0.7,
        steady: 0.0,
        returning: 0.0,
        kick: 0.0,
        root: 0.0,
        breath: 0.0,
        narrow: 0.0,
        rocking: 0.0,
        thirds: 0.0,
        lingering: 0.0,
        ending: false,
        suspends: false,
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
            kick: when(manners.on_kick >= WITH_KICK, 1.3),
            root: when(manners.roots >= ROOTED, 2.5),
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
        kick: 0.0,
        root: 0.0,
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
            self.kick,
            self.root,
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

    /// Added to the logits of hold, rest and strike.
    pub fn action_bias(&self, sheet: &Sheet, step: usize, line: usize) -> [f32; 3] {
        let mut bias = [0.0; 3];
        let before = step.checked_sub(1);
        let own = before.map_or(0, |before| sheet.cells.value(before, line));
        if own == 0 {
            bias[0] = NEVER;
        }
        if line == MELODY {
            return bias;
        }
        if own > 0 && before.is_some_and(|before| sheet.cells.length(before, line) == 0) {
            let short = self.short * (1.0 + self.crowded * sheet.short_before(step) as f32);
            bias[1] -= short;
            bias[2] -= short;
        }
        if own > 0 && self.held > 0.0 {
            bias[0] -= self.held * clash(sheet, step, line, own, |other| sheet.cells.onset(step, other));
        }
        if let Some((then, weight)) = self.figure(sheet, step, line) {
            let action = sheet.cells.action(then, line);
            // rests that are copied again and again would spread
            if action != Action::Rest || !Self::goes_on(sheet, step, then) {
                bias[action as usize] += weight;
            }
        }
        // where a kit is heard, with its kick rather than beside it
        if line == FIRST_VOICE && sheet.hears_kit(step) {
            bias[2] += if sheet.has_kick(step) { self.kick } else { -self.kick };
        }
        if (2..=BREATH).contains(&sheet.breath[step]) {
            bias[2] -= self.breath;
        }
        if self.has_ended(sheet, step) {
            let rings = own > 0 && sheet.hears_kit(step);
            bias = if rings { [0.0, NEVER, NEVER] } else { [NEVER, 0.0, NEVER] };
        } else if let Some(close) = self.close(sheet, step) {
            let fits = own > 0 && close.allows(sheet, step, line, own);
            bias[0] = if fits { 0.0 } else { NEVER };
            bias[1] = NEVER;
            if !self.suspends {
                bias = self.closing_together(sheet, step, line, bias);
            } else if fits {
                bias[2] = NEVER;
            }
        } else if let Some(root) = self.dominant_root(sheet, step, line) {
            bias[0] = if own > 0 && Sheet::class(own) == root { 0.0 } else { NEVER };
            bias[1] = NEVER;
        }
        bias
    }

    /// Added to the logits of the pitches with the indices from 1, within a range of MIDI pitches.
    pub fn pitch_bias(&self, sheet: &Sheet, step: usize, line: usize, range: (u8, u8)) -> [f32; PITCHES] {
        let mut bias = [0.0; PITCHES];
        let index = |pitch: u8| (i32::from(pitch) - LOWEST + 1).clamp(1, PITCHES as i32) as u8;
        let (low, high) = (index(range.0), index(range.1));
        let close = self.close(sheet, step).filter(|_| line != MELODY);
        let close = close.filter(|close| (low..=high).any(|index| close.allows(sheet, step, line, index)));
        let dominant = self.dominant_root(sheet, step, line);
        let is_one = line == FIRST_VOICE && step.is_multiple_of(sheet.steps_per_bar.max(1));
        let root = sheet.chord_root(step).filter(|_| is_one && self.root > 0.0).map(usize::from);
        let crossed = self.crossed_third(sheet, step);
        let cells = &sheet.cells;
        let before = step.checked_sub(1);
        let was = |line: usize| before.map_or(0, |before| cells.value(before, line));
        let own = was(line);
        let last = before.map_or(0, |before| cells.last(before, line));
        let moved = before.map_or(0, |before| i32::from(cells.moved(before, line)));
        let by = moved - (NARROW + 1); // `moved` 0: not yet
        let (is_stepwise, rises) = (moved > 0 && matches!(by.abs(), 1 | 2), by > 0);
        for (index, bias) in (1..=PITCHES as u8).zip(&mut bias) {
            if index < low
                || index > high
                || close.as_ref().is_some_and(|close| !close.allows(sheet, step, line, index))
                || dominant.is_some_and(|root| root != Sheet::class(index))
            {
                *bias = NEVER;
                continue;
            }
            if line == MELODY {
                continue;
            }
            if root == Some(Sheet::class(index)) {
                *bias += self.root;
            }
            let leap = index.abs_diff(last);
            if last > 0 && (matches!(leap, 6 | 10 | 11) || leap > 12) {
                *bias -= self.leap;
            }
            if last > 0 && matches!(leap, 1 | 2) {
                *bias += self.step;
            }
            if line == FIRST_VOICE && is_stepwise && i32::from(index) == i32::from(last) - by {
                *bias -= self.rocking;
            }
            if crossed == Some(Sheet::class(index)) {
                *bias -= self.thirds;
            }
            if is_stepwise && (index > last) != rises && index != last {
                *bias -= self.turn;
            }
            let (mut parallel, mut crosses, mut is_narrow) = (false, false, false);
            for other in (0..line).filter(|other| *other != CHORD) {
                let now = cells.value(step, other);
                if now == 0 {
                    continue;
                }
                parallel |= is_parallel(own, was(other), index, now);
                is_narrow |= other > FIRST_VOICE && index.abs_diff(now) == 1;
                crosses |= if other == MELODY { index > now } else { index < now };
            }
            if parallel {
                *bias -= self.parallels;
            }
            *bias -= self.semitone * clash(sheet, step, line, index, |_| true);
            if crosses {
                *bias -= self.crossing;
            }
            if is_narrow {
                *bias -= self.narrow;
            }
        }
        if let Some((then, weight)) = self.figure(sheet, step, line) {
            // the same note of the chord, where that has moved
            let roots = (sheet.chord_root(then), sheet.chord_root(step));
            let by = match roots {
                (Some(was), Some(is)) => (i32::from(is) - i32::from(was) + 18).rem_euclid(12) - 6,
                _ => 0,
            };
            let pitch = i32::from(cells.value(then, line)) - 1 + by;
            if cells.value(then, line) > 0
                && let Some(bias) = usize::try_from(pitch).ok().and_then(|pitch| bias.get_mut(pitch))
            {
                *bias += weight * FIGURE_PITCHES;
            }
        }
        bias
    }

    /// The pitch class of the third of a chord, minor or major, of which the melody has the other one in this bar.
    fn crossed_third(&self, sheet: &Sheet, step: usize) -> Option<usize> {
        let root = sheet.chord_root(step).filter(|_| self.thirds > 0.0).map(usize::from)?;
        let bar = step / sheet.steps_per_bar * sheet.steps_per_bar;
        let sung = bar..(bar + sheet.steps_per_bar).min(sheet.steps());
        let [minor, major] = [3, 4].map(|above| (root + above) % 12);
        let has = |class: usize| sung.clone().any(|step| sheet.sounds_class(step, MELODY, class));
        match (has(minor), has(major)) {
            (true, false) => Some(major),
            (false, true) => Some(minor),
            _ => None,
        }
    }

    /// The step whose figure a line takes up, and how much that weighs.
    fn figure(&self, sheet: &Sheet, step: usize, line: usize) -> Option<(usize, f32)> {
        let then = sheet.figure(step).filter(|_| line >= FIRST_VOICE)?;
        let weight = if Self::goes_on(sheet, step, then) { self.steady } else { self.returning };
        (weight > 0.0).then_some((then, weight))
    }

    /// Whether a figure that was there before goes on, rather than comes back.
    const fn goes_on(sheet: &Sheet, step: usize, then: usize) -> bool {
        step - then <= FIGURE_BARS * sheet.steps_per_bar
    }

    /// Whether figures are planned.
    pub fn keeps_figures(&self) -> bool {
        self.steady > 0.0 || self.returning > 0.0
    }

    /// Whether there is something to add to the logits of chords.
    pub fn plans_chords(&self) -> bool {
        self.ending || self.lingering > 0.0
    }

    /// A root that has stood longer than two bars, and what is to be taken from its logits.
    fn stays_too_long(&self, sheet: &Sheet, step: usize) -> Option<(usize, f32)> {
        let root_at = |step: usize| root_and_quality(sheet.cells.value(step, CHORD)).map(|(root, _)| root);
        let root = root_at(step.checked_sub(1).filter(|_| self.lingering > 0.0)?)?;
        let stood = (0..step).rev().take_while(|step| root_at(*step) == Some(root)).count();
        let beats = stood.saturating_sub(2 * sheet.steps_per_bar) / BEAT;
        Some((root, self.lingering * (beats + 1) as f32)).filter(|_| stood >= 2 * sheet.steps_per_bar)
    }

    /// Added to the logits of chords.
    pub fn chord_bias(&self, sheet: &Sheet, step: usize) -> [f32; CHORDS] {
        let mut bias = [0.0; CHORDS];
        if let Some((root, by)) = self.stays_too_long(sheet, step) {
            for (value, bias) in (0..).zip(&mut bias) {
                if root_and_quality(value).is_some_and(|(of, _)| of == root) {
                    *bias -= by;
                }
            }
        }
        // its chord begins with the melody's last note, whatever is still suspended over it
        let close = sheet.last_onset.filter(|last| self.ending && step >= *last).and_then(|_| Close::new(sheet));
        if let Some(close) = close {
            for (value, bias) in bias.iter_mut().enumerate() {
                if !close.chords.contains(&(value as u8)) {
                    *bias = NEVER;
                }
            }
        } else if let Some(dominants) = self.dominants(sheet, step) {
            for (value, bias) in bias.iter_mut().enumerate() {
                if !dominants.contains(&(value as u8)) {
                    *bias = NEVER;
                }
            }
        }
        bias
    }

    /// In a close to which all come together: who plays strikes where it begins, and holds; who has long rested rests.
    fn closing_together(&self, sheet: &Sheet, step: usize, line: usize, bias: [f32; 3]) -> [f32; 3] {
        let Some(start) = self.close_start(sheet) else { return bias };
        let before = start.saturating_sub(2 * sheet.steps_per_bar)..start;
        if line > FIRST_VOICE && before.into_iter().all(|step| sheet.cells.value(step, line) == 0) {
            return [NEVER, 0.0, NEVER];
        }
        match bias {
            [_, _, strike] if step == start => [NEVER, NEVER, strike],
            [hold, _, _] if hold > NEVER => [hold, NEVER, NEVER],
            unfit => unfit,
        }
    }

    /// Whether the melody is over: voices end with it, and those of a band ring on.
    fn has_ended(&self, sheet: &Sheet, step: usize) -> bool {
        let ends = |last: usize| step >= last + SHORTEST_CLOSE && sheet.cells.value(step, MELODY) == 0;
        self.ending && sheet.last_onset.is_some_and(ends)
    }

    /// Where the close begins.
    fn close_start(&self, sheet: &Sheet) -> Option<usize> {
        let last = sheet.last_onset?;
        let is_long = sheet.steps() - last >= SHORTEST_CLOSE;
        Some(last + if is_long && self.suspends { BEAT } else { 0 })
    }

    /// What may sound in the close, where a step is in it: under the melody's last note, where that is long after its
    /// first quarter, so that there is time for a suspension, if the style has some. `None` where the melody ends on no
    /// note of a tonic triad.
    fn close(&self, sheet: &Sheet, step: usize) -> Option<Close> {
        let start = self.close_start(sheet).filter(|_| self.ending)?;
        (step >= start).then(|| Close::new(sheet))?
    }

    /// The pitch class that the lowest voice has where the dominant before the close begins: its root.
    fn dominant_root(&self, sheet: &Sheet, step: usize, line: usize) -> Option<usize> {
        let is_there = line == FIRST_VOICE && self.ending && sheet.is_beat(step) && sheet.last_onset? > step;
        let dominants = if is_there { self.dominants(sheet, step)? } else { return None };
        let value = sheet.cells.value(step, CHORD);
        let (root, quality) = root_and_quality(value).filter(|_| dominants.contains(&value))?;
        // a diminished chord on the leading note stands on any of its notes
        matches!(quality, 0 | 3).then(|| (root + usize::from(sheet.home.tonic)) % 12)
    }

    /// The dominants that fit the melody on the beats before its last note: those on the fifth, if there are some.
    fn dominants(&self, sheet: &Sheet, step: usize) -> Option<Vec<u8>> {
        let start = sheet.last_onset.filter(|_| self.ending)?;
        if step >= start || step + 2 * BEAT < start || Close::new(sheet).is_none() {
            return None;
        }
        let sung = |first: usize| -> Vec<u8> {
            let values = (first..start).map(|step| sheet.cells.value(step, MELODY));
            let mut classes: Vec<u8> =
                values.filter(|value| *value > 0).map(|value| Sheet::class(value) as u8).collect();
            classes.dedup();
            classes
        };
        let root = (sheet.home.root() + 12 - sheet.home.tonic) % 12; // above the home tonic
        let of = |above: u8, quality: usize| super::chords::chord_value(usize::from((root + above) % 12), quality);
        let (of_fifth, of_leading_note) = ([of(7, 0), of(7, 3)], [of(11, 2), of(11, 6), of(11, 7)]);
        let holds = |value: &&u8, class: &u8| {
            chord_from_value(**value, sheet.home.tonic).is_some_and(|chord| chord.contains(i32::from(*class)))
        };
        let fitting = |some: &[u8]| -> Vec<u8> {
            let of = |dominants: &[u8]| -> Vec<u8> {
                dominants.iter().filter(|value| some.iter().all(|class| holds(value, class))).copied().collect()
            };
            let best = of(&of_fifth);
            if best.is_empty() { of(&of_leading_note) } else { best }
        };
        // two beats of it where they fit the melody and nothing is suspended, else one
        let longer = start.checked_sub(2 * BEAT).filter(|_| !self.suspends).map(|first| fitting(&sung(first)));
        if let Some(longer) = longer.filter(|found| !found.is_empty()) {
            return Some(longer);
        }
        let first = start.checked_sub(BEAT).filter(|first| step >= *first)?;
        let classes = sung(first);
        let strict = fitting(&classes);
        let found = if strict.is_empty() { fitting(classes.last().map_or(&[], std::slice::from_ref)) } else { strict };
        (!found.is_empty()).then_some(found)
    }
}

/// The closing chords.
struct Close {
    chords: Vec<u8>,
}

impl Close {
    /// The tonic triads that hold the melody's last note: in minor with either third.
    fn new(sheet: &Sheet) -> Option<Self> {
        let last = sheet.cells.value(sheet.last_onset?, MELODY);
        if last == 0 {
            return None;
        }
        let of = |scale: Scale| -> Vec<u8> {
            let root = usize::from((scale.root() + 12 - sheet.home.tonic) % 12);
            let qualities: &[usize] = if scale.minor { &[1, 0] } else { &[0] };
            let chords = qualities.iter().map(|quality| root * QUALITIES.len() + quality + 1);
            let holds = |value: &usize| {
                chord_from_value(*value as u8, sheet.home.tonic)
                    .is_some_and(|chord| chord.contains(Sheet::class(last) as i32))
            };
            chords.filter(holds).map(|value| value as u8).collect()
        };
        let chords = of(sheet.home);
        (!chords.is_empty()).then_some(Self { chords })
    }

    /// Whether a line may sound a pitch there: the root for the bass, any note of the chord for the others.
    fn allows(&self, sheet: &Sheet, step: usize, line: usize, index: u8) -> bool {
        let value = sheet.cells.value(step, CHORD);
        let value = if self.chords.contains(&value) { value } else { self.chords[0] };
        let Some((root, _)) = root_and_quality(value) else { return true };
        let class = Sheet::class(index);
        if line == FIRST_VOICE {
            return class == (root + usize::from(sheet.home.tonic)) % 12;
        }
        chord_from_value(value, sheet.home.tonic).is_some_and(|chord| chord.contains(class as i32))
    }
}

/// How much a pitch rubs a semitone, over any octaves, against those of the lines before that count: half against the
/// melody, which is farther away.
fn clash(sheet: &Sheet, step: usize, line: usize, index: u8, counts: impl Fn(usize) -> bool) -> f32 {
    let others = (0..line).filter(|other| *other != CHORD && counts(*other));
    let against = others.map(|other| match sheet.cells.value(step, other) {
        now if now == 0 || !matches!(index.abs_diff(now) % 12, 1 | 11) => 0.0,
        _ if other == MELODY => 0.5,
        _ => 1.0,
    });
    against.fold(0.0, f32::max)
}

/// Whether two lines move in the same direction from a fifth to a fifth, or from an octave (unison) to an octave; all
/// are indices of pitches, 0 for a rest.
pub const fn is_parallel(own: u8, other: u8, own_now: u8, other_now: u8) -> bool {
    if own == 0 || other == 0 || own_now == 0 || other_now == 0 {
        return false;
    }
    let (size, size_now) = (own.abs_diff(other) % 12, own_now.abs_diff(other_now) % 12);
    let same_direction = (own_now > own && other_now > other) || (own_now < own && other_now < other);
    same_direction && size == size_now && (size == 0 || size == 7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::autoregressive::cells::index_from_pitch;
    use crate::networks::autoregressive::chords::chord_value;
    use crate::networks::autoregressive::melody::Analysis;
    use crate::networks::autoregressive::sheet::{Hidden, Piece};
    use crate::networks::lines::LineStep;

    #[test]
    fn parallels_are_told() {
        assert!(is_parallel(10, 17, 12, 19)); // fifths up
        assert!(is_parallel(10, 34, 8, 20)); // octaves down, from two to one
        assert!(!is_parallel(10, 17, 10, 17)); // nothing moves
        assert!(!is_parallel(10, 15, 12, 17)); // fourths
        assert!(!is_parallel(10, 17, 12, 7)); // contrary
        assert!(!is_parallel(0, 17, 12, 19));
    }

    const G_MINOR: u8 = chord_value(7, 1);

    /// A tune in C over three voices, in bars of common time; its last note, a phrase of its own, is this long.
    fn sheet(last: usize) -> Sheet {
        let note = |pitch: Option<u8>, length: usize| {
            (0..length).map(move |step| LineStep { pitch, struck: pitch.is_some() && step == 0 })
        };
        let sung = [(Some(72), 8), (Some(70), 8), (Some(74), 8), (Some(71), 8), (Some(72), last), (None, 16 - last)];
        let melody: Vec<LineStep> = sung.into_iter().flat_map(|(pitch, length)| note(pitch, length)).collect();
        let voices = vec![vec![LineStep::default(); melody.len()]; 3];
        let home = Scale { tonic: 0, minor: false };
        let phrases = |first: u32, second: u32| [vec![first; 32], vec![second; 16]].concat();
        let analysis = Analysis {
            home,
            scale: vec![home; 48],
            phrase_start: phrases(0, 32),
            phrase_end: phrases(32, 48),
            echo: vec![0; 48],
        };
        let chords = vec![G_MINOR; melody.len()];
        let piece = Piece { steps_per_bar: 16, analysis, chords, voices, melody, density: 0, kit: vec![1; 48] };
        Sheet::new(&piece, 0..48, 0, &Hidden::default())
    }

    fn at(bias: &[f32; PITCHES], pitch: i32) -> f32 {
        bias[usize::from(index_from_pitch(pitch)) - 1]
    }

    #[test]
    fn a_band_closes_together_and_holds() {
        let (together, mut sheet) = (Policy { suspends: false, ..Policy::default() }, sheet(8));
        let later = Policy { suspends: true, ..Policy::default() };
        let (bass, other, silent) = (FIRST_VOICE, FIRST_VOICE + 1, FIRST_VOICE + 2);
        sheet.cells.write(31, bass, index_from_pitch(43), true);
        sheet.cells.write(31, other, index_from_pitch(64), true);
        assert_eq!(together.action_bias(&sheet, 32, other)[..2], [NEVER, NEVER], "what fits is struck again");
        assert!(later.action_bias(&sheet, 32, other)[0] > NEVER, "not yet");
        assert_eq!(together.action_bias(&sheet, 32, silent), [NEVER, 0.0, NEVER], "who has rested does not come in");
        for step in 32..40 {
            sheet.cells.write(step, bass, index_from_pitch(48), step == 32);
            sheet.cells.write(step, other, index_from_pitch(64), step == 32);
        }
        assert_eq!(together.action_bias(&sheet, 33, bass)[1..], [NEVER, NEVER]);
        assert_eq!(together.action_bias(&sheet, 40, other), [0.0, NEVER, NEVER], "a band rings on");
        sheet.kit = [].into();
        assert_eq!(together.action_bias(&sheet, 40, other), [NEVER, 0.0, NEVER], "others end with the melody");
    }

    #[test]
    fn a_chord_gives_way_to_the_third_that_is_sung_and_to_time() {
        let mut sheet = sheet(16);
        let policy = Policy { thirds: 2.0, lingering: 0.5, ..Policy::default() };
        let bias = |policy: &Policy| policy.pitch_bias(&sheet, 9, FIRST_VOICE + 1, (48, 72));
        let either = Policy { thirds: 0.0, ..policy };
        let less = [58, 59].map(|pitch| (at(&bias(&policy), pitch) - at(&bias(&either), pitch)).round());
        assert_eq!(less, [0.0, -2.0], "B flat is sung to G minor");
        let g_minor = usize::from(G_MINOR);
        let plain = Policy { ending: false, ..policy };
        assert_eq!(plain.chord_bias(&sheet, 28)[g_minor], 0.0);
        assert_eq!([32, 36].map(|step| plain.chord_bias(&sheet, step)[g_minor]), [-0.5, -1.0]);
        sheet.cells.write(31, CHORD, chord_value(0, 0), true);
        assert_eq!(plain.chord_bias(&sheet, 32)[g_minor], 0.0, "it has changed");
    }

    #[test]
    fn voices_rest_with_a_phrase_and_a_bass_travels() {
        let mut sheet = sheet(16);
        let policy = Policy { breath: 2.0, rocking: 1.5, narrow: 3.0, ..Policy::default() };
        let strike = |policy: &Policy, step: usize| policy.action_bias(&sheet, step, FIRST_VOICE)[2];
        let less = |step: usize| strike(&policy, step) - strike(&Policy { breath: 0.0, ..policy }, step);
        assert_eq!([24, 25, 29, 30].map(less), [0.0, -2.0, -2.0, 0.0]);
        sheet.cells.write(10, FIRST_VOICE, index_from_pitch(45), true);
        sheet.cells.write(11, FIRST_VOICE, index_from_pitch(47), true);
        let bass = |policy: &Policy| policy.pitch_bias(&sheet, 12, FIRST_VOICE, (40, 60));
        let back = Policy { rocking: 0.0, ..policy };
        let less = [45, 48, 49].map(|pitch| ((at(&bass(&policy), pitch) - at(&bass(&back), pitch)) * 2.0).round());
        assert_eq!(less, [-3.0, 0.0, 0.0], "twice as much is a whole number");
        sheet.cells.write(12, FIRST_VOICE, index_from_pitch(47), true);
        sheet.cells.write(12, FIRST_VOICE + 1, index_from_pitch(60), true);
        let upper = |policy: &Policy| policy.pitch_bias(&sheet, 12, FIRST_VOICE + 2, (48, 72));
        let any = Policy { narrow: 0.0, ..policy };
        let less = [59, 61, 62].map(|pitch| (at(&upper(&policy), pitch) - at(&upper(&any), pitch)).round());
        assert_eq!(less, [-3.0, -3.0, 0.0], "B and C sharp are beside C");
    }

    #[test]
    fn a_style_gets_what_its_music_does() {
        let travels = Policy::for_style(Manners::default(), true);
        let rocks = Policy::for_style(Manners { rocks: 0.2, ..Manners::default() }, true);
        assert!(travels.rocking > 0.0 && rocks.rocking == 0.0);
        let calm = Policy::for_style(Manners::default(), false);
        assert!(calm.suspends && calm.breath > 0.0 && calm.lingering == 0.0 && !travels.suspends);
    }
}
