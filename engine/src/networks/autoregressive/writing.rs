//! Writing: step by step, and within a step line after line. Several drafts of a melody grow side by side; where a
//! discriminator came along, all go on every few bars from the one that it takes most for real.

use tch::{Device, Kind, Tensor};

use super::batch::{encoder_inputs, transitions};
use super::cells::{CHORD, LOWEST, MELODY, PITCHES, WIDE};
use super::chords::{CHORDS, QUALITIES};
use super::critic::Critic;
use super::generator::{DISTANCES, Generator, VoiceHead};
use super::layers::Dropout;
use super::policy::{NEVER, Policy};
use super::sheet::{EVIDENCE, LAGS, Sheet};
use crate::error::Error;
use crate::random::Source;

/// Every so many bars the discriminator chooses among drafts.
const BARS_BETWEEN_CHOICES: usize = 2;

/// How to write.
pub struct Writer<'a> {
    /// What writes.
    pub generator: &'a Generator,
    /// What chooses between drafts, where it is to.
    pub critic: Option<&'a Critic>,
    /// How choices are made.
    pub policy: Policy,
    /// The ranges of the melody and of the voices, in MIDI pitches.
    pub ranges: &'a [(u8, u8)],
    /// So many sheets after each other are drafts of one melody.
    pub drafts: usize,
    /// Asked between steps; `true` ends with [`Error::Cancelled`].
    pub cancel: &'a dyn Fn() -> bool,
    /// Called with how many steps of how many are written.
    pub progress: &'a dyn Fn(u64, u64),
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("policy", &self.policy).field("drafts", &self.drafts).finish_non_exhaustive()
    }
}

/// The chords' constant tables, on the CPU.
struct ChordTables {
    /// \[rows, steps, 12 * qualities\].
    evidence: Vec<f32>,
    transition: Vec<f32>,
}

/// A tensor's numbers, row by row.
///
/// # Errors
/// What libtorch says.
pub fn numbers(tensor: &Tensor) -> Result<Vec<f32>, Error> {
    Ok(Vec::<f32>::try_from(tensor.to_device(Device::Cpu).to_kind(Kind::Float).contiguous().view(-1))?)
}

impl<'a> Writer<'a> {
    /// As is learned from: one draft, chosen by nobody, nobody watching.
    pub fn learning(generator: &'a Generator, policy: Policy, ranges: &'a [(u8, u8)]) -> Self {
        Self { generator, critic: None, policy, ranges, drafts: 1, cancel: &|| false, progress: &|_, _| {} }
    }
}

impl Writer<'_> {
    /// Fills in the unknown cells of the sheets. The log-probability of what was drawn, by sheet and step, all lines
    /// together.
    ///
    /// # Errors
    /// [`Error::Cancelled`], or what libtorch says.
    pub fn write(&self, sheets: &mut [Sheet], source: &mut Source) -> Result<Vec<Vec<f32>>, Error> {
        tch::no_grad(|| self.write_without_learning(sheets, source))
    }

    fn write_without_learning(&self, sheets: &mut [Sheet], source: &mut Source) -> Result<Vec<Vec<f32>>, Error> {
        let generator = self.generator;
        let device = generator.device();
        let steps = sheets.iter().map(Sheet::steps).max().unwrap_or(0);
        let (rows, lines) = (sheets.len(), sheets.first().map_or(2, Sheet::lines));
        let mut logs: Vec<Vec<f32>> = sheets.iter().map(|sheet| vec![0.0; sheet.steps()]).collect();
        if steps == 0 {
            return Ok(logs);
        }
        // drafts of one melody are told the same
        let leads: Vec<&Sheet> = sheets.iter().step_by(self.drafts).collect();
        let inputs = encoder_inputs(&leads, steps);
        let valid = Tensor::from_slice(&inputs.valid).view([leads.len() as i64, steps as i64, 1]).to_device(device);
        let encoded = generator.encode(&inputs, &valid, &mut Dropout(None));
        let mut evidence = vec![0.0_f32; leads.len() * steps * 12 * EVIDENCE];
        for (sheet, room) in leads.iter().zip(evidence.chunks_mut(steps * 12 * EVIDENCE)) {
            room[..sheet.evidence.len()].copy_from_slice(&sheet.evidence);
        }
        let evidence = Tensor::from_slice(&evidence).view([leads.len() as i64, steps as i64, 12, EVIDENCE as i64]);
        let tables = ChordTables {
            evidence: numbers(&generator.chords.evidence(&evidence.to_device(device)))?,
            transition: numbers(&generator.chords.transition)?,
        };
        let encoded = encoded.repeat_interleave_self_int(self.drafts as i64, 0, None);
        let told = generator.to_memory(&encoded);
        let mut memory = generator.first_memory(rows as i64);
        let mut past = Vec::with_capacity(rows * generator.past_columns());
        for step in 0..steps {
            if (self.cancel)() {
                return Err(Error::Cancelled);
            }
            if let Some(chosen) = self.choose(sheets, step, device)? {
                let index: Vec<i64> = chosen.iter().map(|row| *row as i64).collect();
                memory = memory.index_select(0, &Tensor::from_slice(&index).to_device(device));
                let (cells, old): (Vec<_>, Vec<_>) =
                    chosen.iter().map(|row| (sheets[*row].cells.clone(), logs[*row].clone())).unzip();
                for ((sheet, log), (cells, old)) in sheets.iter_mut().zip(&mut logs).zip(cells.into_iter().zip(old)) {
                    (sheet.cells, *log) = (cells, old);
                }
            }
            past.clear();
            for sheet in sheets.iter() {
                if step < sheet.steps() {
                    sheet.past_columns(step, &mut past);
                } else {
                    past.extend(std::iter::repeat_n(0, generator.past_columns()));
                }
            }
            memory = generator.remember(&told.select(1, step as i64), &past, &memory);
            let state = Tensor::cat(&[&memory, &encoded.select(1, step as i64)], -1).unsqueeze(1);
            for line in 0..lines {
                self.write_line(sheets, step, line, &state, &tables, source, &mut logs)?;
            }
            (self.progress)(step as u64 + 1, steps as u64);
        }
        Ok(logs)
    }

    /// From which row each goes on, where the discriminator is to choose now.
    fn choose(&self, sheets: &[Sheet], step: usize, device: Device) -> Result<Option<Vec<usize>>, Error> {
        let Some(critic) = self.critic.filter(|_| self.drafts > 1 && step > 0) else { return Ok(None) };
        let is_due =
            |sheet: &Sheet| step.is_multiple_of(BARS_BETWEEN_CHOICES * sheet.steps_per_bar) && step < sheet.steps();
        let due: Vec<usize> = (0..sheets.len()).filter(|row| is_due(&sheets[*row])).collect();
        if due.is_empty() {
            return Ok(None);
        }
        let window = |sheet: &Sheet| BARS_BETWEEN_CHOICES * sheet.steps_per_bar;
        let passages: Vec<_> =
            due.iter().map(|row| (&sheets[*row], step.saturating_sub(2 * window(&sheets[*row]))..step)).collect();
        let heard = critic.hear(&passages, device)?;
        let liked: Vec<f32> = due
            .iter()
            .zip(&heard)
            .map(|(row, logits)| {
                let last = window(&sheets[*row]).min(logits.len());
                logits[logits.len() - last..].iter().sum::<f32>() / last.max(1) as f32
            })
            .collect();
        let mut chosen: Vec<usize> = (0..sheets.len()).collect();
        for (group, likes) in due.chunks(self.drafts).zip(liked.chunks(self.drafts)) {
            let best = group[most_liked(likes)];
            for row in group {
                chosen[*row] = best;
            }
        }
        Ok(Some(chosen))
    }

    /// Chooses what one line does in a step, in all sheets.
    #[expect(clippy::too_many_arguments, reason = "the state of one loop")]
    fn write_line(
        &self,
        sheets: &mut [Sheet],
        step: usize,
        line: usize,
        state: &Tensor,
        tables: &ChordTables,
        source: &mut Source,
        logs: &mut [Vec<f32>],
    ) -> Result<(), Error> {
        let asked = |sheet: &Sheet| {
            step < sheet.steps() && !sheet.is_known(step, line) && (line != CHORD || sheet.is_beat(step))
        };
        if !sheets.iter().any(asked) {
            for sheet in sheets.iter_mut().filter(|sheet| step < sheet.steps()) {
                keep(sheet, step, line);
            }
            return Ok(());
        }
        let mut columns = Vec::new();
        let width = if line == CHORD { self.generator.chords.columns() } else { self.generator.voice(line).columns() };
        for sheet in sheets.iter() {
            if step >= sheet.steps() {
                columns.extend(std::iter::repeat_n(0, width));
            } else if line == CHORD {
                sheet.chord_columns(step, &mut columns);
            } else {
                sheet.voice_columns(step, line, &mut columns);
            }
        }
        if line == CHORD {
            let steps = logs.iter().map(Vec::len).max().unwrap_or(0);
            let outputs = numbers(&self.generator.chords.outputs(state, &columns, &mut Dropout(None)))?;
            for (row, (sheet, outputs)) in sheets.iter_mut().zip(outputs.chunks(CHORDS + LAGS + 2)).enumerate() {
                if step < sheet.steps() && asked(sheet) {
                    let evidence = &tables.evidence[(row / self.drafts * steps + step) * (CHORDS - 1)..];
                    logs[row][step] += self.write_chord(sheet, step, outputs, evidence, &tables.transition, source);
                } else if step < sheet.steps() {
                    keep(sheet, step, line);
                }
            }
            return Ok(());
        }
        let head = self.generator.voice(line);
        let hidden = head.hidden(state, &columns, &mut Dropout(None));
        let actions = numbers(&head.actions(&hidden))?;
        let mut striking: Vec<usize> = Vec::new();
        for (row, sheet) in sheets.iter_mut().enumerate().filter(|(_, sheet)| step < sheet.steps()) {
            if !asked(sheet) {
                keep(sheet, step, line);
                continue;
            }
            let outputs = &actions[row * (3 + LAGS)..(row + 1) * (3 + LAGS)];
            let mut logits = [outputs[0], outputs[1], outputs[2]];
            for ((_, action), copy) in sheet.copies(step, line).iter().zip(&outputs[3..]) {
                logits[*action as usize] += copy;
            }
            let bias = self.policy.action_bias(sheet, step, line);
            for (logit, bias) in logits.iter_mut().zip(bias) {
                *logit = *logit / self.policy.action_temperature + bias;
            }
            let (drawn, log) = draw(&mut logits, source);
            logs[row][step] += log;
            let before = if step == 0 { 0 } else { sheet.cells.value(step - 1, line) };
            match drawn {
                0 => sheet.cells.write(step, line, before, false),
                1 => sheet.cells.write(step, line, 0, false),
                _ => striking.push(row),
            }
        }
        if striking.is_empty() {
            return Ok(());
        }
        let pitches = numbers(&head.pitches(&hidden))?;
        let width: usize = VoiceHead::pitch_splits(line).iter().sum::<i64>() as usize;
        for row in striking {
            let sheet = &mut sheets[row];
            let mut logits = pitch_logits(sheet, step, line, &pitches[row * width..(row + 1) * width]);
            let range = self.ranges[if line == MELODY { 0 } else { line - 1 }];
            let bias = self.policy.pitch_bias(sheet, step, line, range);
            for (logit, bias) in logits.iter_mut().zip(bias) {
                *logit = *logit / self.policy.pitch_temperature + bias;
            }
            let (drawn, log) = draw(&mut logits, source);
            logs[row][step] += log;
            sheet.cells.write(step, line, drawn as u8 + 1, true);
        }
        Ok(())
    }

    fn write_chord(
        &self,
        sheet: &mut Sheet,
        step: usize,
        outputs: &[f32],
        evidence: &[f32],
        transition: &[f32],
        source: &mut Source,
    ) -> f32 {
        let mut logits: Vec<f32> = outputs[..CHORDS].to_vec();
        for ((value, _), copy) in sheet.copies(step, CHORD).iter().zip(&outputs[CHORDS..]) {
            logits[usize::from(*value)] += copy;
        }
        let softplus = |x: f32| if x > 20.0 { x } else { x.exp().ln_1p() };
        let (heard, follows) = (softplus(outputs[CHORDS + LAGS]), softplus(outputs[CHORDS + LAGS + 1]));
        debug_assert_eq!(CHORDS - 1, 12 * QUALITIES.len());
        for (chord, place) in transitions(sheet.last_chord(step)).enumerate() {
            logits[chord + 1] += heard * evidence[chord] + follows * transition[place];
        }
        if self.policy.plans_chords() {
            let bias = self.policy.chord_bias(sheet, step);
            for (logit, bias) in logits.iter_mut().zip(bias) {
                *logit = *logit / self.policy.chord_temperature + bias;
            }
        } else {
            for logit in &mut logits {
                *logit /= self.policy.chord_temperature;
            }
        }
        let (drawn, log) = draw(&mut logits, source);
        let before = if step == 0 { 0 } else { sheet.cells.value(step - 1, CHORD) };
        sheet.cells.write(step, CHORD, drawn as u8, drawn as u8 != before);
        log
    }
}

/// Which of some drafts of a melody the discriminator takes most for real.
///
/// # Errors
/// What libtorch says.
pub fn most_real(critic: &Critic, drafts: &[Sheet], device: Device) -> Result<usize, Error> {
    let passages: Vec<_> = drafts.iter().map(|draft| (draft, 0..draft.steps())).collect();
    let likes: Vec<f32> = critic.hear(&passages, device)?.iter().map(|logits| logits.iter().sum()).collect();
    Ok(most_liked(&likes))
}

/// Which of some drafts is liked best.
pub fn most_liked(likes: &[f32]) -> usize {
    (0..likes.len()).max_by(|a, b| likes[*a].total_cmp(&likes[*b])).unwrap_or(0)
}

/// A cell that is not asked for: known ones stay; chords last to the next beat.
fn keep(sheet: &mut Sheet, step: usize, line: usize) {
    if sheet.is_known(step, line) || step == 0 {
        let (value, onset) = (sheet.cells.value(step, line), sheet.cells.onset(step, line));
        sheet.cells.write(step, line, value, onset);
    } else {
        let before = sheet.cells.value(step - 1, line);
        sheet.cells.write(step, line, before, false);
    }
}

/// The logits of all pitches from a head's outputs, as [`Generator::log_probabilities`] has them.
fn pitch_logits(sheet: &Sheet, step: usize, line: usize, outputs: &[f32]) -> [f32; PITCHES] {
    let (absolute, rest) = outputs.split_at(PITCHES);
    let (in_key, rest) = rest.split_at(12);
    let (over_root, rest) = rest.split_at(12);
    let (copies, tables) = rest.split_at(LAGS);
    let class = |pitch: usize, above: u8| (pitch as i32 + LOWEST - i32::from(above)).rem_euclid(12) as usize;
    let root = if line > CHORD { sheet.chord_root(step) } else { None };
    let tonic = sheet.tonic[step];
    let mut logits: [f32; PITCHES] = std::array::from_fn(|pitch| {
        absolute[pitch] + in_key[class(pitch, tonic)] + root.map_or(0.0, |root| over_root[class(pitch, root)])
    });
    for ((value, _), copy) in sheet.copies(step, line).iter().zip(copies) {
        if *value > 0 {
            logits[usize::from(*value) - 1] += copy;
        }
    }
    let mut references = Vec::new();
    sheet.references(step, line, &mut references);
    for (reference, table) in references.into_iter().zip(tables.chunks(DISTANCES as usize)) {
        if reference > 0 {
            for (pitch, logit) in logits.iter_mut().enumerate() {
                let distance = (pitch as i32 + 1 - i32::from(reference)).clamp(-WIDE, WIDE) + WIDE;
                *logit += table[distance as usize];
            }
        }
    }
    logits
}

/// Draws from the softmax of logits, and says how likely that was. What is forbidden is never drawn, unless all is.
fn draw(logits: &mut [f32], source: &mut Source) -> (usize, f32) {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f32> = logits
        .iter()
        .map(|logit| if *logit <= NEVER / 2.0 && most > NEVER / 2.0 { 0.0 } else { (logit - most).exp() })
        .collect();
    let drawn = source.weighted(&weights);
    (drawn, logits[drawn] - most - weights.iter().sum::<f32>().ln())
}
