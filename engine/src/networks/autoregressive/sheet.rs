//! A piece as the network reads it: cells, which of them are known, and small whole numbers that say what there is to
//! know of a step. The same functions serve training, which looks at all steps at once, and writing, step by step.

use std::ops::Range;
use std::sync::Arc;

use super::cells::{
    Action, CHORD, CLASS_SIZE, Cells, FIRST_VOICE, MAX_LENGTH, MELODY, NARROW, NARROW_SIZE, PITCHES, WIDE, WIDE_SIZE,
    class_in_key, interval, pitch_from_index,
};
use super::chords::{BEAT, CHORDS, QUALITIES, root_and_quality};
use super::gestures::{Gesture, Wished};
use super::melody::{Analysis, Scale};
use crate::networks::lines::LineStep;

/// Looked back at: so many bars; and where the phrase was sung before.
pub const LOOK_BACK_BARS: [usize; 5] = [1, 2, 4, 8, 16];
/// How many places are looked back at.
pub const LAGS: usize = LOOK_BACK_BARS.len() + 1;
const PITCH_SIZE: i64 = PITCHES as i64 + 1;
const LENGTH_SIZE: i64 = MAX_LENGTH as i64 + 1;
/// Levels of density; 0 is none in particular.
pub const DENSITIES: u8 = 9;

/// Sizes of [`Sheet::context`]'s columns.
pub const CONTEXT_SIZES: [i64; 20] = [
    PITCH_SIZE + 1, // the melody's pitch; one more: hidden
    CLASS_SIZE + 1,
    3,
    17, // steps since it was struck
    18, // until the next is; one more: nobody knows
    NARROW_SIZE,
    CLASS_SIZE,
    32, // place in the bar
    4,  // of the bar in four
    21, // steps to the end
    13, // from the beginning
    5,  // bars to the end
    3,  // metre
    2,  // mode
    12, // the local key above home
    32, // steps since the phrase began
    21, // until it ends
    2,  // whether the phrase was sung before
    DENSITIES as i64,
    2, // whether the future is hidden
];
/// Intervals above a possible root, of four windows of the melody.
pub const EVIDENCE: usize = 48;

/// What of the melody is hidden from the network.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    /// These steps.
    pub steps: Vec<Range<usize>>,
    /// Whether nothing of what lies behind may be known either: its phrases and its end.
    pub future: bool,
}

/// A melody and what goes with it, in steps; step 0 begins a bar.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Steps in a bar.
    pub steps_per_bar: usize,
    /// What was found in its melody.
    pub analysis: Analysis,
    /// The melody.
    pub melody: Vec<LineStep>,
    /// The chord of each step, as a value above the home tonic.
    pub chords: Vec<u8>,
    /// The voices, in the order of the lines.
    pub voices: Vec<Vec<LineStep>>,
    /// How busy the voices are, 1 to 8; 0 where it does not matter.
    pub density: u8,
    /// What is heard of its kit at each step; empty where it has none.
    pub kit: Vec<u8>,
}

impl Piece {
    /// Its length.
    pub fn steps(&self) -> usize {
        self.melody.len()
    }
}

/// Steps of a note on which a phrase comes to rest.
const LONG_NOTE: usize = 8;

/// A part that was heard for so many of the last bars is not missed.
const HEARD_FOR: usize = 2;
const HEARD_WITHIN: usize = 32;
/// Bars of a figure that goes on.
pub const FIGURE_BARS: usize = 2;

/// A piece, or a passage of one, being read or written. Copies, such as drafts, share what they are told.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Steps in a bar.
    pub steps_per_bar: usize,
    /// The key of the piece, transposed.
    pub home: Scale,
    /// \[steps, [`CONTEXT_SIZES`]\].
    pub context: Arc<[i64]>,
    /// \[steps, 12, [`EVIDENCE`]\].
    pub evidence: Arc<[f32]>,
    /// The local tonic at each step.
    pub tonic: Vec<u8>,
    /// How many steps before each step the same was sung, where a phrase comes back; 0 where it does not.
    pub echo: Vec<u32>,
    /// What is heard of a kit at each step (see [`super::form::heard`]); empty where there is none.
    pub kit: Arc<[u8]>,
    /// How many steps before each step the figure is that goes on there (see [`super::form::figures`]); empty where
    /// there is no such plan.
    pub figure: Arc<[u32]>,
    /// What a line is wished to do, \[steps, lines\] (see [`super::patterns`]); empty where nothing is.
    pub wished: Arc<[Option<Gesture>]>,
    /// Which part a line belongs to where that is called for, from 1, \[steps, lines\], 0 elsewhere (see
    /// [`super::form::calls`]); empty where none is.
    pub called: Arc<[u8]>,
    /// For how many steps the last note of a phrase has sounded, where it is a long one; 0 elsewhere, and where nothing
    /// of phrases may be known.
    pub breath: Vec<u8>,
    /// The step from which on the last note of the melody sounds, where the passage has the end of the piece.
    pub last_onset: Option<usize>,
    /// Which cells are known beforehand, \[steps, lines\].
    pub known: Vec<bool>,
    /// The cells.
    pub cells: Cells,
}

impl Sheet {
    /// A passage of a piece, `shift` semitones higher. Melody and whatever else is there are written into the cells; of
    /// them only the melody is known, but for what is hidden.
    pub fn new(piece: &Piece, steps: Range<usize>, shift: i32, hidden: &Hidden) -> Self {
        let length = steps.len();
        let mut cells = Cells::new(FIRST_VOICE + piece.voices.len(), length);
        cells.write_line(MELODY, &piece.melody[steps.clone()], shift);
        for step in 0..length {
            let value = piece.chords.get(steps.start + step).copied().unwrap_or(0);
            let before = if step == 0 { 0 } else { cells.value(step - 1, CHORD) };
            cells.write(step, CHORD, value, value != before);
        }
        for (index, voice) in piece.voices.iter().enumerate() {
            if voice.len() >= steps.end {
                cells.write_line(FIRST_VOICE + index, &voice[steps.clone()], shift);
            }
        }
        let lines = cells.lines();
        let mut known = vec![false; length * lines];
        for step in 0..length {
            known[step * lines + MELODY] = !hidden.steps.iter().any(|hidden| hidden.contains(&step));
        }
        let home = piece.analysis.home.transposed(shift);
        let sounds = |step: &usize| piece.melody[*step].pitch.is_some();
        let last_onset = (steps.end == piece.steps()).then(|| {
            let last = steps.clone().rev().find(sounds)?;
            let begins = |step: &usize| *step == steps.start || piece.melody[*step].struck;
            (steps.start..=last).rev().find(begins).map(|step| step - steps.start)
        });
        let breath = steps.clone().map(|step| if hidden.future { 0 } else { breath(piece, step) }).collect();
        let echo = (0..length).map(|step| {
            let back = piece.analysis.echo[steps.start + step];
            if back as usize <= step { back } else { 0 }
        });
        let mut sheet = Self {
            steps_per_bar: piece.steps_per_bar.max(1),
            home,
            context: Arc::default(),
            evidence: Arc::default(),
            tonic: steps.clone().map(|step| piece.analysis.scale[step].transposed(shift).tonic).collect(),
            echo: echo.collect(),
            kit: piece.kit.get(steps.clone()).unwrap_or_default().into(),
            figure: Arc::default(),
            wished: Arc::default(),
            called: Arc::default(),
            breath,
            last_onset: last_onset.flatten(),
            known,
            cells,
        };
        sheet.context = sheet.read_context(piece, &steps, shift, hidden.future).into();
        sheet.evidence = sheet.read_evidence().into();
        sheet
    }

    /// Its length.
    pub const fn steps(&self) -> usize {
        self.cells.steps()
    }

    /// How many lines it has.
    pub const fn lines(&self) -> usize {
        self.cells.lines()
    }

    /// Whether a cell is known beforehand.
    pub fn is_known(&self, step: usize, line: usize) -> bool {
        self.known[step * self.lines() + line]
    }

    /// Whether a chord may change here: on the quarters of a bar.
    pub const fn is_beat(&self, step: usize) -> bool {
        (step % self.steps_per_bar).is_multiple_of(4)
    }

    /// Whether a kit is heard, struck or not.
    pub fn hears_kit(&self, step: usize) -> bool {
        self.kit.get(step).is_some_and(|heard| *heard > 0)
    }

    /// Whether a kick is heard.
    pub fn has_kick(&self, step: usize) -> bool {
        is_kick(&self.kit, step)
    }

    /// The melody's pitch, where it is known beforehand.
    fn melody(&self, step: usize) -> Option<u8> {
        self.is_known(step, MELODY).then(|| self.cells.value(step, MELODY))
    }

    fn read_context(&self, piece: &Piece, passage: &Range<usize>, shift: i32, future_hidden: bool) -> Vec<i64> {
        let steps = self.steps();
        let bar = self.steps_per_bar;
        // the next onset, counted from the end; what is hidden hides what comes behind it
        let mut next: Vec<Option<usize>> = vec![None; steps];
        let mut coming = (passage.end == piece.steps() && !future_hidden).then_some(steps);
        for step in (0..steps).rev() {
            next[step] = coming;
            match self.melody(step) {
                None => coming = None,
                Some(_) if self.cells.onset(step, MELODY) => coming = Some(step),
                Some(_) => {}
            }
        }
        let mut context = Vec::with_capacity(steps * CONTEXT_SIZES.len());
        let mut since = 16;
        for step in 0..steps {
            let at = passage.start + step; // within the piece
            let tonic = self.tonic[step];
            let pitch = self.melody(step);
            since = match pitch {
                None => 16,
                Some(_) if self.cells.onset(step, MELODY) => 0,
                Some(_) => (since + 1).min(16),
            };
            let following = next[step].filter(|next| *next < steps).map_or(0, |next| self.cells.value(next, MELODY));
            let to_end = piece.steps() - 1 - at;
            let scale = piece.analysis.scale[at].transposed(shift);
            let phrase = (piece.analysis.phrase_start[at] as usize, piece.analysis.phrase_end[at] as usize);
            context.extend([
                pitch.map_or(PITCH_SIZE, i64::from),
                pitch.map_or(CLASS_SIZE, |pitch| class_in_key(pitch, tonic)),
                pitch.map_or(2, |_| i64::from(self.cells.onset(step, MELODY))),
                since,
                next[step].map_or(17, |next| (next - step).min(16) as i64),
                pitch.map_or(0, |pitch| interval(following, pitch, NARROW)),
                class_in_key(following, tonic),
                (at % bar).min(31) as i64,
                (at / bar % 4) as i64,
                if future_hidden { 20 } else { to_end.min(20) as i64 },
                at.min(12) as i64,
                if future_hidden { 4 } else { (to_end / bar).min(4) as i64 },
                match bar {
                    16 => 0,
                    12 => 1,
                    _ => 2,
                },
                i64::from(scale.minor),
                i64::from((scale.tonic + 12 - self.home.tonic) % 12),
                (at - phrase.0.min(at)).min(31) as i64,
                if future_hidden { 20 } else { (phrase.1 - 1 - at).min(20) as i64 },
                i64::from(self.echo[step] > 0),
                i64::from(piece.density.min(DENSITIES - 1)),
                i64::from(future_hidden),
            ]);
        }
        context
    }

    /// Share of each melody note above each possible root: of this beat, half bar, bar, and the next bar.
    fn read_evidence(&self) -> Vec<f32> {
        let (steps, bar) = (self.steps(), self.steps_per_bar);
        let mut total = vec![[0.0_f32; 12]; steps + 1];
        for step in 0..steps {
            total[step + 1] = total[step];
            if let Some(pitch) = self.melody(step).filter(|pitch| *pitch > 0) {
                total[step + 1][class_in_key(pitch, self.home.tonic) as usize - 1] += 1.0;
            }
        }
        let mut evidence = vec![0.0; steps * 12 * EVIDENCE];
        for step in 0..steps {
            let in_bar = step % bar;
            let start = step - in_bar;
            let beat = (step - in_bar % 4, 4.min(bar));
            let half = (bar / 2).max(1);
            let windows = [beat, (start + in_bar / half * half, half), (start, bar), (start + bar, bar)];
            for (number, (from, length)) in windows.into_iter().enumerate() {
                let (from, to) = (from.min(steps), (from + length).min(steps));
                let counts: [f32; 12] = std::array::from_fn(|class| total[to][class] - total[from][class]);
                let sum: f32 = counts.iter().sum::<f32>().max(1.0);
                for root in 0..12 {
                    for above in 0..12 {
                        evidence[(step * 12 + root) * EVIDENCE + number * 12 + above] =
                            counts[(root + above) % 12] / sum;
                    }
                }
            }
        }
        evidence
    }

    /// How many notes of one step the voices have in the two bars before a step.
    pub fn short_before(&self, step: usize) -> usize {
        let steps = step.saturating_sub(2 * self.steps_per_bar)..step.saturating_sub(1);
        let ends = |at: usize, line: usize| self.cells.onset(at, line) || self.cells.value(at, line) == 0;
        let short = |at: usize| {
            (FIRST_VOICE..self.lines()).filter(|line| self.cells.onset(at, *line) && ends(at + 1, *line)).count()
        };
        steps.map(short).sum()
    }

    /// The step whose figure goes on here.
    pub fn figure(&self, step: usize) -> Option<usize> {
        let back = self.figure.get(step).copied().filter(|back| *back > 0)?;
        step.checked_sub(back as usize)
    }

    /// Whether a line's part is called for and lacks: it has rested for half a bar, and was hardly heard for a while.
    /// For how many beats it has rested, two bars at most.
    pub fn missing(&self, step: usize, line: usize) -> Option<usize> {
        let (lines, bar) = (self.lines(), self.steps_per_bar);
        let part = self.called.get(step * lines + line).copied().filter(|part| *part > 0)?;
        let own: Vec<usize> = (FIRST_VOICE..lines).filter(|line| self.called[step * lines + line] == part).collect();
        let rests = |step: &usize| own.iter().all(|line| self.cells.value(*step, *line) == 0);
        let lately = |bars: usize| (step.saturating_sub(bars * bar)..step).rev();
        let rested = lately(2).take_while(rests).count();
        let heard = lately(HEARD_WITHIN).filter(|step| !rests(step)).take(HEARD_FOR * bar).count();
        (rested >= (bar / 2).min(step) && heard < HEARD_FOR * bar).then_some(rested / BEAT)
    }

    /// Whether a step is in the bar of the melody's last note, or in the one before: there the music closes.
    pub fn is_near_end(&self, step: usize) -> bool {
        let bar = self.steps_per_bar.max(1);
        self.last_onset.is_some_and(|last| step / bar + 1 >= last / bar)
    }

    /// Lays out patterns.
    pub fn follow(&mut self, plan: &[Wished]) {
        let mut wished = vec![None; self.steps() * self.lines()];
        for part in plan {
            for (voice, gestures) in part.lines.iter().zip(&part.gestures) {
                for (step, gesture) in gestures.iter().enumerate().take(self.steps()) {
                    wished[step * self.lines() + FIRST_VOICE + voice] = *gesture;
                }
            }
        }
        self.wished = wished.into();
    }

    /// What a line is wished to do.
    pub fn wish(&self, step: usize, line: usize) -> Option<Gesture> {
        self.wished.get(step * self.lines() + line).copied().flatten()
    }

    /// The steps that are looked back at.
    fn lags(&self, step: usize) -> [Option<usize>; LAGS] {
        std::array::from_fn(|lag| match LOOK_BACK_BARS.get(lag) {
            Some(bars) => step.checked_sub(bars * self.steps_per_bar),
            None => Some(self.echo[step] as usize).filter(|back| *back > 0).map(|back| step - back),
        })
    }

    /// What a line sang there, and what it did: (0, Rest) before the beginning.
    fn earlier(&self, step: Option<usize>, line: usize) -> (u8, Action) {
        step.map_or((0, Action::Rest), |step| (self.cells.value(step, line), self.cells.action(step, line)))
    }

    /// What a line sang at each of the places that are looked back at, and what it did.
    pub fn copies(&self, step: usize, line: usize) -> [(u8, Action); LAGS] {
        self.lags(step).map(|lag| self.earlier(lag, line))
    }

    /// The columns of known cells: for each line value + 1 and action + 1, or 0 and 0.
    pub fn known_columns(&self, step: usize, out: &mut Vec<i64>) {
        for line in CHORD..self.lines() {
            let known = self.is_known(step, line);
            out.push(if known { i64::from(self.cells.value(step, line)) + 1 } else { 0 });
            out.push(if known { self.cells.action(step, line) as i64 + 1 } else { 0 });
        }
    }

    /// What happened before a step, for the recurrent layer.
    pub fn past_columns(&self, step: usize, out: &mut Vec<i64>) {
        let cells = &self.cells;
        let before = step.checked_sub(1);
        let tonic = self.tonic[step];
        let melody_now = self.melody(step).unwrap_or(0);
        let lags = self.lags(step);
        for line in 0..self.lines() {
            let (value, onset, length, moved) = before.map_or((0, false, 0, 0), |before| {
                (
                    cells.value(before, line),
                    cells.onset(before, line),
                    cells.length(before, line),
                    cells.moved(before, line),
                )
            });
            out.extend([i64::from(value), i64::from(onset), i64::from(length)]);
            if line == CHORD {
                out.extend(lags.map(|lag| i64::from(self.earlier(lag, line).0)));
                continue;
            }
            out.extend([class_in_key(value, tonic), i64::from(moved)]);
            if line >= FIRST_VOICE {
                out.push(interval(melody_now, value, WIDE));
                for lag in lags {
                    let (then, action) = self.earlier(lag, line);
                    out.extend([interval(then, value, WIDE), action as i64]);
                }
            }
        }
    }

    /// What a pitched line knows of this very step, its own past and the lines before it.
    pub fn voice_columns(&self, step: usize, line: usize, out: &mut Vec<i64>) {
        let cells = &self.cells;
        let before = step.checked_sub(1);
        let was = |line: usize| before.map_or(0, |before| cells.value(before, line));
        let own = was(line);
        out.extend([
            i64::from(own),
            before.map_or(0, |before| i64::from(cells.length(before, line))),
            before.map_or(0, |before| i64::from(cells.moved(before, line))),
        ]);
        for other in 0..line {
            let now = cells.value(step, other);
            if other == CHORD {
                let above_root = self.chord_root(step).map_or(0, |root| class_in_key(own, root));
                out.extend([i64::from(now), above_root]);
            } else {
                out.extend([
                    interval(now, own, WIDE),
                    interval(was(other), own, WIDE),
                    interval(now, was(other), NARROW),
                    i64::from(cells.onset(step, other)),
                ]);
            }
        }
    }

    /// What the chords' line knows of this very step.
    pub fn chord_columns(&self, step: usize, out: &mut Vec<i64>) {
        let before = step.checked_sub(1);
        out.extend([
            before.map_or(0, |before| i64::from(self.cells.value(before, CHORD))),
            before.map_or(0, |before| i64::from(self.cells.length(before, CHORD))),
            class_in_key(self.cells.value(step, MELODY), self.home.tonic),
            self.cells.action(step, MELODY) as i64,
        ]);
    }

    /// The pitch class of the root of the chord that was chosen for a step.
    pub fn chord_root(&self, step: usize) -> Option<u8> {
        let (root, _) = root_and_quality(self.cells.value(step, CHORD))?;
        Some((root as u8 + self.home.tonic) % 12)
    }

    /// The pitches that intervals are counted from: the line's own last, and the other pitched lines' before it.
    pub fn references(&self, step: usize, line: usize, out: &mut Vec<u8>) {
        out.push(step.checked_sub(1).map_or(0, |before| self.cells.last(before, line)));
        out.extend((0..line).filter(|other| *other != CHORD).map(|other| self.cells.value(step, other)));
    }

    /// Where the last chord stands in the table of progressions: its root and its quality, one more for none.
    pub fn last_chord(&self, step: usize) -> (usize, usize) {
        let value = step.checked_sub(1).map_or(0, |before| self.cells.value(before, CHORD));
        root_and_quality(value).unwrap_or((0, QUALITIES.len()))
    }

    /// Whether a line sounds a pitch class at a step.
    pub fn sounds_class(&self, step: usize, line: usize, class: usize) -> bool {
        let value = self.cells.value(step, line);
        value > 0 && Self::class(value) == class
    }

    /// The pitch class of a pitch index 1 and up.
    pub const fn class(index: u8) -> usize {
        pitch_from_index(index).rem_euclid(12) as usize
    }
}

/// For how many steps, this one included, the last note of a phrase has sounded, where it is a long one.
fn breath(piece: &Piece, step: usize) -> u8 {
    let (from, to) = (piece.analysis.phrase_start[step] as usize, piece.analysis.phrase_end[step] as usize);
    let sung = &piece.melody[from..to.min(piece.melody.len())];
    let Some(last) = sung.iter().rposition(|cell| cell.pitch.is_some()) else { return 0 };
    let first = sung[..=last].iter().rposition(|cell| cell.struck).unwrap_or(0);
    let (first, last) = (from + first, from + last);
    let is_long = last + 1 - first >= LONG_NOTE && (first..=last).contains(&step);
    if is_long { (step + 1 - first).min(usize::from(u8::MAX)) as u8 } else { 0 }
}

/// Whether a kick is among what is heard of a kit (see [`super::form::heard`]) at a step.
pub fn is_kick(kit: &[u8], step: usize) -> bool {
    kit.get(step).is_some_and(|heard| *heard > 0 && (heard - 1) & 1 == 1)
}

/// How many references a pitched line has.
pub const fn reference_count(line: usize) -> usize {
    match line {
        MELODY => 1,
        line => line, // itself and all before it but the chords
    }
}

/// A named column and how many values it may have. By name a model finds its rows in another one's tables.
pub type Columns = Vec<(String, i64)>;

/// The columns of [`Sheet::context`].
pub fn context_sizes() -> Columns {
    CONTEXT_SIZES.iter().enumerate().map(|(index, size)| (format!("context{index}"), *size)).collect()
}

/// The column of a kit that is heard.
pub fn kit_sizes() -> Columns {
    vec![("kit".to_owned(), 5)]
}

/// The columns of [`Sheet::known_columns`].
pub fn known_sizes(lines: usize) -> Columns {
    let values = |line| if line == CHORD { CHORDS as i64 } else { PITCH_SIZE };
    (CHORD..lines).flat_map(|line| [(format!("value{line}"), values(line) + 1), (format!("action{line}"), 4)]).collect()
}

/// The columns of [`Sheet::past_columns`].
pub fn past_sizes(lines: usize) -> Columns {
    let mut sizes = Columns::new();
    for line in 0..lines {
        let mut add = |name: &str, size: i64| sizes.push((format!("{name}{line}"), size));
        add("before", if line == CHORD { CHORDS as i64 } else { PITCH_SIZE });
        add("onset", 2);
        add("length", LENGTH_SIZE);
        if line == CHORD {
            (0..LAGS).for_each(|lag| add(&format!("lag{lag}."), CHORDS as i64));
            continue;
        }
        add("class", CLASS_SIZE);
        add("moved", NARROW_SIZE);
        if line >= FIRST_VOICE {
            add("melody", WIDE_SIZE);
            for lag in 0..LAGS {
                add(&format!("lag{lag}."), WIDE_SIZE);
                add(&format!("lag{lag}.action"), 3);
            }
        }
    }
    sizes
}

/// The columns of [`Sheet::voice_columns`].
pub fn voice_sizes(line: usize) -> Columns {
    let mut sizes = vec![("own".into(), PITCH_SIZE), ("length".into(), LENGTH_SIZE), ("moved".into(), NARROW_SIZE)];
    for other in 0..line {
        let mut add = |name: &str, size: i64| sizes.push((format!("{name}{other}"), size));
        if other == CHORD {
            add("chord", CHORDS as i64);
            add("above_root", CLASS_SIZE);
        } else {
            add("now", WIDE_SIZE);
            add("was", WIDE_SIZE);
            add("moves", NARROW_SIZE);
            add("struck", 2);
        }
    }
    sizes
}

/// The columns of [`Sheet::chord_columns`].
pub fn chord_sizes() -> Columns {
    let named = [("before", CHORDS as i64), ("length", LENGTH_SIZE), ("melody", CLASS_SIZE), ("action", 3)];
    named.into_iter().map(|(name, size)| (name.to_owned(), size)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::autoregressive::melody::analyse;

    fn piece() -> Piece {
        let note = |pitch: u8, length: usize| {
            (0..length).map(move |step| LineStep { pitch: Some(pitch), struck: step == 0 }).collect::<Vec<_>>()
        };
        let melody = [note(72, 4), note(74, 4), note(76, 8), note(74, 4), note(71, 4), note(72, 8)].concat();
        let voice = |down: u8| {
            melody.iter().map(|cell| LineStep { pitch: cell.pitch.map(|pitch| pitch - down), ..*cell }).collect()
        };
        let analysis = analyse(&melody, 16, None);
        Piece {
            steps_per_bar: 16,
            analysis,
            chords: vec![1; 32],
            voices: vec![voice(24), voice(12)],
            melody,
            density: 0,
            kit: Vec::new(),
        }
    }

    #[test]
    fn columns_are_as_many_and_as_large_as_they_say() {
        let piece = piece();
        let hidden = Hidden { steps: std::iter::once(20..32).collect(), future: true };
        for (passage, hidden) in [(0..32, Hidden::default()), (16..32, Hidden::default()), (0..32, hidden)] {
            let sheet = Sheet::new(&piece, passage, 3, &hidden);
            let check = |columns: &[i64], sizes: &Columns| {
                assert_eq!(columns.len(), sizes.len());
                for (column, (name, size)) in columns.iter().zip(sizes) {
                    assert!((0..*size).contains(column), "{name}: {column} of {size}");
                }
            };
            for step in 0..sheet.steps() {
                let width = CONTEXT_SIZES.len();
                check(&sheet.context[step * width..(step + 1) * width], &context_sizes());
                let columns = |fill: &dyn Fn(&mut Vec<i64>)| {
                    let mut out = Vec::new();
                    fill(&mut out);
                    out
                };
                check(&columns(&|out| sheet.known_columns(step, out)), &known_sizes(4));
                check(&columns(&|out| sheet.past_columns(step, out)), &past_sizes(4));
                check(&columns(&|out| sheet.chord_columns(step, out)), &chord_sizes());
                for line in [0, 2, 3] {
                    check(&columns(&|out| sheet.voice_columns(step, line, out)), &voice_sizes(line));
                    let mut references = Vec::new();
                    sheet.references(step, line, &mut references);
                    assert_eq!(references.len(), reference_count(line));
                }
            }
        }
    }

    #[test]
    fn what_is_hidden_cannot_be_seen() {
        let piece = piece();
        let mut other = piece.clone();
        for cell in &mut other.melody[20..] {
            cell.pitch = Some(60);
        }
        let hidden = Hidden { steps: std::iter::once(20..32).collect(), future: true };
        let of = |piece: &Piece| Sheet::new(piece, 0..32, 0, &hidden);
        assert_eq!(of(&piece).context, of(&other).context);
        assert_eq!(of(&piece).evidence, of(&other).evidence);
        let seen = Sheet::new(&piece, 0..32, 0, &Hidden::default());
        assert_ne!(seen.context, Sheet::new(&other, 0..32, 0, &Hidden::default()).context);
        assert_eq!(seen.last_onset, Some(24));
        assert_eq!(Sheet::new(&piece, 0..16, 0, &Hidden::default()).last_onset, None);
    }
}
