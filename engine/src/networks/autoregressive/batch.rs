//! Sheets side by side, as training wants them: what all steps know, and what was done at each.

use tch::{Device, Kind, Tensor};

use super::cells::{Action, CHORD};
use super::chords::{CHORDS, QUALITIES};
use super::policy::Policy;
use super::sheet::{
    CONTEXT_SIZES, EVIDENCE, LAGS, Sheet, chord_sizes, known_sizes, past_sizes, reference_count, voice_sizes,
};

/// What one line knows and does at all steps.
#[derive(Debug)]
pub struct LineBatch {
    /// What its head looks up, \[rows, steps, columns\].
    pub columns: Vec<i64>,
    /// 1 where the cell is to be learned, \[rows, steps\].
    pub counted: Tensor,
    /// Whether that is anywhere.
    pub counts_anywhere: bool,
    /// The action (the chord, of chords), \[rows, steps\].
    pub target: Tensor,
    /// What was done where it is looked back at, one of three hot, \[rows, steps, LAGS, 3\]; empty of chords.
    pub copied_actions: Tensor,
    /// Added to the actions' logits, \[rows, steps, 3\]; empty of chords.
    pub action_bias: Tensor,
    /// Where the line strikes and that counts, as row * steps + step; of chords, empty.
    pub strikes: Tensor,
    /// The pitch struck, counted from 0, at each strike.
    pub pitches: Tensor,
    /// The tonic there.
    pub tonic: Tensor,
    /// The chord's root there, or -1.
    pub root: Tensor,
    /// What was sung where it is looked back at: \[strikes, LAGS\], of chords \[rows, steps, LAGS\].
    pub copied_pitches: Tensor,
    /// The pitches that intervals are counted from, \[strikes, references\]; of chords, where each stands in the table
    /// of progressions, \[rows, steps, chords\].
    pub references: Tensor,
    /// Added to the logits: \[strikes, PITCHES\], of chords \[rows, steps, CHORDS\].
    pub pitch_bias: Tensor,
}

/// Sheets, padded at the end to one length.
#[derive(Debug)]
pub struct Batch {
    /// How many.
    pub rows: i64,
    /// How long.
    pub steps: i64,
    /// What the encoder reads.
    pub inputs: EncoderInputs,
    /// \[rows, steps, past columns\].
    pub past: Vec<i64>,
    /// 1 within the sheets, \[rows, steps, 1\].
    pub valid: Tensor,
    /// \[rows, steps, 12, EVIDENCE\].
    pub evidence: Tensor,
    /// The lines.
    pub lines: Vec<LineBatch>,
    /// How choices were made.
    pub policy: Policy,
    /// Steps within the sheets.
    pub valid_steps: f64,
}

/// What the encoder reads of sheets, padded at the end to one length.
#[derive(Debug)]
pub struct EncoderInputs {
    /// \[rows, steps, context\].
    pub context: Vec<i64>,
    /// \[rows, steps, known columns\].
    pub known: Vec<i64>,
    /// \[rows, steps\].
    pub kit: Vec<i64>,
    /// 1 within the sheets, \[rows, steps\].
    pub valid: Vec<f32>,
}

/// Context, known cells and kits of sheets.
pub fn encoder_inputs(sheets: &[&Sheet], steps: usize) -> EncoderInputs {
    let lines = sheets.first().map_or(2, |sheet| sheet.lines());
    let (width, known_width) = (CONTEXT_SIZES.len(), known_sizes(lines).len());
    let mut context = Vec::with_capacity(sheets.len() * steps * width);
    let mut known = Vec::with_capacity(sheets.len() * steps * known_width);
    let mut valid = Vec::with_capacity(sheets.len() * steps);
    let mut kit = Vec::with_capacity(sheets.len() * steps);
    for sheet in sheets {
        context.extend(sheet.context.iter());
        (0..sheet.steps()).for_each(|step| sheet.known_columns(step, &mut known));
        let padding = steps - sheet.steps();
        context.extend(std::iter::repeat_n(0, padding * width));
        known.extend(std::iter::repeat_n(0, padding * known_width));
        valid.extend(std::iter::repeat_n(1.0, sheet.steps()));
        valid.extend(std::iter::repeat_n(0.0, padding));
        kit.extend((0..steps).map(|step| i64::from(sheet.kit.get(step).copied().unwrap_or(0))));
    }
    EncoderInputs { context, known, kit, valid }
}

impl Batch {
    /// Of sheets with the same lines, whose voices have these ranges (the melody's first, then the voices').
    pub fn new(sheets: &[&Sheet], policy: Policy, ranges: &[(u8, u8)], device: Device) -> Self {
        let rows = sheets.len();
        let steps = sheets.iter().map(|sheet| sheet.steps()).max().unwrap_or(0);
        let lines = sheets.first().map_or(2, |sheet| sheet.lines());
        let shape = [rows as i64, steps as i64];
        let inputs = encoder_inputs(sheets, steps);
        let past_width = past_sizes(lines).len();
        let mut past = Vec::with_capacity(rows * steps * past_width);
        let mut evidence = vec![0.0_f32; rows * steps * 12 * EVIDENCE];
        for (row, sheet) in sheets.iter().enumerate() {
            (0..sheet.steps()).for_each(|step| sheet.past_columns(step, &mut past));
            past.extend(std::iter::repeat_n(0, (steps - sheet.steps()) * past_width));
            let at = row * steps * 12 * EVIDENCE;
            evidence[at..at + sheet.evidence.len()].copy_from_slice(&sheet.evidence);
        }
        let line = |line: usize| {
            if line == CHORD {
                chord_line(sheets, steps, &policy, device)
            } else {
                voice_line(sheets, steps, line, &policy, ranges[if line == 0 { 0 } else { line - 1 }], device)
            }
        };
        Self {
            rows: shape[0],
            steps: shape[1],
            past,
            valid_steps: sheets.iter().map(|sheet| sheet.steps() as f64).sum(),
            valid: Tensor::from_slice(&inputs.valid).view([shape[0], shape[1], 1]).to_device(device),
            inputs,
            evidence: Tensor::from_slice(&evidence).view([shape[0], shape[1], 12, EVIDENCE as i64]).to_device(device),
            lines: (0..lines).map(line).collect(),
            policy,
        }
    }
}

/// 1 where a line's cells are to be learned.
fn counted(sheets: &[&Sheet], steps: usize, line: usize) -> Vec<f32> {
    let mut counted = vec![0.0; sheets.len() * steps];
    for (row, sheet) in sheets.iter().enumerate() {
        for step in 0..sheet.steps() {
            let is_choice = !sheet.is_known(step, line) && (line != CHORD || sheet.is_beat(step));
            counted[row * steps + step] = f32::from(u8::from(is_choice));
        }
    }
    counted
}

fn voice_line(
    sheets: &[&Sheet],
    steps: usize,
    line: usize,
    policy: &Policy,
    range: (u8, u8),
    device: Device,
) -> LineBatch {
    let rows = sheets.len();
    let width = voice_sizes(line).len();
    let counted = counted(sheets, steps, line);
    let mut columns = Vec::with_capacity(rows * steps * width);
    let mut target = vec![0_i64; rows * steps];
    let mut copied_actions = vec![0.0_f32; rows * steps * LAGS * 3];
    let mut action_bias = vec![0.0_f32; rows * steps * 3];
    let (mut strikes, mut pitches, mut tonic, mut root) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut copied_pitches, mut references, mut pitch_bias) = (Vec::new(), Vec::new(), Vec::new());
    for (row, sheet) in sheets.iter().enumerate() {
        for step in 0..sheet.steps() {
            let at = row * steps + step;
            sheet.voice_columns(step, line, &mut columns);
            let action = sheet.cells.action(step, line);
            target[at] = action as i64;
            let copies = sheet.copies(step, line);
            for (lag, (_, action)) in copies.iter().enumerate() {
                copied_actions[(at * LAGS + lag) * 3 + *action as usize] = 1.0;
            }
            action_bias[at * 3..][..3].copy_from_slice(&policy.action_bias(sheet, step, line));
            if action != Action::Strike || counted[at] == 0.0 {
                continue;
            }
            strikes.push(at as i64);
            pitches.push(i64::from(sheet.cells.value(step, line)) - 1);
            tonic.push(i64::from(sheet.tonic[step]));
            root.push(if line > CHORD { sheet.chord_root(step).map_or(-1, i64::from) } else { -1 });
            copied_pitches.extend(copies.map(|(pitch, _)| i64::from(pitch)));
            let mut from = Vec::with_capacity(reference_count(line));
            sheet.references(step, line, &mut from);
            references.extend(from.iter().map(|index| i64::from(*index)));
            pitch_bias.extend(policy.pitch_bias(sheet, step, line, range));
        }
        columns.extend(std::iter::repeat_n(0, (steps - sheet.steps()) * width));
    }
    let shape = [rows as i64, steps as i64];
    let count = strikes.len() as i64;
    let whole = |numbers: &[i64], shape: &[i64]| Tensor::from_slice(numbers).view(shape).to_device(device);
    let real = |numbers: &[f32], shape: &[i64]| Tensor::from_slice(numbers).view(shape).to_device(device);
    LineBatch {
        columns,
        counts_anywhere: counted.contains(&1.0),
        counted: real(&counted, &shape),
        target: whole(&target, &shape),
        copied_actions: real(&copied_actions, &[shape[0], shape[1], LAGS as i64, 3]),
        action_bias: real(&action_bias, &[shape[0], shape[1], 3]),
        strikes: whole(&strikes, &[count]),
        pitches: whole(&pitches, &[count]),
        tonic: whole(&tonic, &[count]),
        root: whole(&root, &[count]),
        copied_pitches: whole(&copied_pitches, &[count, LAGS as i64]),
        references: whole(&references, &[count, reference_count(line) as i64]),
        pitch_bias: real(&pitch_bias, &[count, super::cells::PITCHES as i64]),
    }
}

/// Where each chord stands in the table of progressions, after the last chord.
pub fn transitions((root, quality): (usize, usize)) -> impl Iterator<Item = usize> {
    let qualities = QUALITIES.len();
    (0..12 * qualities).map(move |chord| {
        let above = (chord / qualities + 12 - root) % 12;
        (quality * 12 + above) * qualities + chord % qualities
    })
}

fn chord_line(sheets: &[&Sheet], steps: usize, policy: &Policy, device: Device) -> LineBatch {
    let rows = sheets.len();
    let width = chord_sizes().len();
    let counted = counted(sheets, steps, CHORD);
    let chords = CHORDS - 1;
    let mut columns = Vec::with_capacity(rows * steps * width);
    let mut target = vec![0_i64; rows * steps];
    let mut copied = vec![0_i64; rows * steps * LAGS];
    let mut references = vec![0_i64; rows * steps * chords];
    let mut bias = vec![0.0_f32; if policy.plans_chords() { rows * steps * CHORDS } else { CHORDS }];
    for (row, sheet) in sheets.iter().enumerate() {
        for step in 0..sheet.steps() {
            let at = row * steps + step;
            sheet.chord_columns(step, &mut columns);
            target[at] = i64::from(sheet.cells.value(step, CHORD));
            for (lag, (value, _)) in sheet.copies(step, CHORD).into_iter().enumerate() {
                copied[at * LAGS + lag] = i64::from(value);
            }
            for (reference, place) in references[at * chords..].iter_mut().zip(transitions(sheet.last_chord(step))) {
                *reference = place as i64;
            }
            if policy.plans_chords() {
                bias[at * CHORDS..][..CHORDS].copy_from_slice(&policy.chord_bias(sheet, step));
            }
        }
        columns.extend(std::iter::repeat_n(0, (steps - sheet.steps()) * width));
    }
    let shape = [rows as i64, steps as i64];
    let whole = |numbers: &[i64], shape: &[i64]| Tensor::from_slice(numbers).view(shape).to_device(device);
    let none = || Tensor::zeros([0], (Kind::Int64, device));
    let bias_shape: &[i64] =
        if policy.plans_chords() { &[shape[0], shape[1], CHORDS as i64] } else { &[CHORDS as i64] };
    LineBatch {
        columns,
        counts_anywhere: counted.contains(&1.0),
        counted: Tensor::from_slice(&counted).view(shape).to_device(device),
        target: whole(&target, &shape),
        copied_actions: none(),
        action_bias: none(),
        strikes: none(),
        pitches: none(),
        tonic: none(),
        root: none(),
        copied_pitches: whole(&copied, &[shape[0], shape[1], LAGS as i64]),
        references: whole(&references, &[shape[0], shape[1], chords as i64]),
        pitch_bias: Tensor::from_slice(&bias).view(bias_shape).to_device(device),
    }
}
