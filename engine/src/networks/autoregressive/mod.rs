//! A network that writes as one reads: sixteenth by sixteenth, and within a sixteenth line after line, the bass first.
//! Each note knows the last one of its line, what sounds with it, and the whole melody, past and future.
//!
//! It learns by likelihood first; then generator and discriminator are trained against each other, by policy gradient,
//! for choices of notes have no slope (as `SeqGAN`, Yu et al. 2017, and the Transformer-GANs of Muhamed et al. 2021).
//! The discriminator goes with the model: when composing, it chooses between drafts.

pub mod batch;
pub mod cells;
pub mod chords;
pub mod critic;
pub mod form;
pub mod generator;
pub mod gestures;
pub mod layers;
pub mod melody;
pub mod patterns;
pub mod policy;
pub mod settings;
pub mod sheet;
pub mod training;
pub mod writing;

use std::path::Path;

use cantus::corpus::hands::Hands;
use cantus::engine_client::ModelCard;
use cantus::music::kit::{Sound, Stroke};
use cantus::music::{Cell, Grid};
use tch::Device;
use tch::nn::VarStore;

use self::cells::{CHORD, FIRST_VOICE};
use self::critic::Critic;
use self::form::Section;
use self::generator::Generator;
use self::settings::Settings;
use self::sheet::{Hidden, Piece, Sheet};
use self::writing::{Writer, most_real};
use crate::composing::finishing::Finishing;
use crate::error::Error;
use crate::key::octaves_to_range;
use crate::network::{
    GenerateContext, KeptPart, Loaded, MAX_STEPS, ModelFiles, Network, PartSpec, Written, settings_of, steps_of,
};
use crate::networks::drummer::Drummer;
use crate::networks::lines::{LineStep, lines_of_part, melody_line};
use crate::random::{Purpose, Source};
use crate::weights;

/// Loads a model of this network.
///
/// # Errors
/// The card's settings make no sense, or the files cannot be read or are not for this network.
pub fn load(card: &ModelCard, files: &ModelFiles, device: Device) -> Loaded {
    Ok(Box::new(Autoregressive::load(card.parts.clone(), settings_of(card)?, files, device)?))
}

/// Loads a model from its folder.
///
/// # Errors
/// As [`load`], or it is a model of another network.
pub fn load_folder(folder: &Path, device: Device) -> Result<Autoregressive, Error> {
    let card = ModelCard::read(folder).map_err(|error| Error::Request(error.to_string()))?;
    if card.network != "autoregressive" {
        return Err(Error::Request(format!("the model to start from is one of the network “{:.40}”", card.network)));
    }
    Autoregressive::load(card.parts.clone(), settings_of(&card)?, &ModelFiles::in_folder(folder), device)
}

/// The generator, with a discriminator where one was kept.
#[derive(Debug)]
pub struct Autoregressive {
    parts: Vec<PartSpec>,
    settings: Settings,
    store: VarStore,
    generator: Generator,
    drummer: Option<Drummer>,
    critic: Option<(VarStore, Critic)>,
}

impl Autoregressive {
    /// A new network with its first weights.
    ///
    /// # Errors
    /// Settings out of bounds.
    pub fn new(parts: Vec<PartSpec>, settings: Settings, seed: u64, device: Device) -> Result<Self, Error> {
        // first weights are the only thing drawn by libtorch itself: on the CPU, so that a seed's are the same anywhere
        tch::manual_seed(seed as i64);
        let mut network = Self::blank(parts, settings, Device::Cpu)?;
        network.critic = Some(network.new_critic(Device::Cpu));
        if device == Device::Cpu {
            return Ok(network);
        }
        // layers hold their tensors: they are made anew where they are to be
        let mut there = Self::blank(network.parts.clone(), network.settings.clone(), device)?;
        weights::copy(&network.store, &there.store);
        there.critic = Some(there.new_critic(device));
        if let (Some((from, _)), Some((to, _))) = (&network.critic, &there.critic) {
            weights::copy(from, to);
        }
        Ok(there)
    }

    /// Loads a model's weights.
    ///
    /// # Errors
    /// Settings out of bounds, or files that cannot be read or are not for this network.
    pub fn load(parts: Vec<PartSpec>, settings: Settings, files: &ModelFiles, device: Device) -> Result<Self, Error> {
        let mut network = Self::blank(parts, settings, device)?;
        weights::load(&files.generator, &weights::sorted(&network.store))?;
        if let Some(path) = &files.critic {
            let (store, critic) = network.new_critic(device);
            weights::load(path, &weights::sorted(&store))?;
            network.critic = Some((store, critic));
        }
        Ok(network)
    }

    fn blank(parts: Vec<PartSpec>, settings: Settings, device: Device) -> Result<Self, Error> {
        settings.check(parts.len())?;
        let store = VarStore::new(device);
        let hears_kit = settings.drummer.is_some();
        let generator = Generator::new(&store.root(), settings.line_count(), settings.sizes, hears_kit);
        let drummer = hears_kit.then(|| Drummer::new(&(store.root() / "drummer")));
        Ok(Self { parts, settings, store, generator, drummer, critic: None })
    }

    fn new_critic(&self, device: Device) -> (VarStore, Critic) {
        let store = VarStore::new(device);
        let critic = Critic::new(&store.root(), self.settings.line_count(), self.settings.sizes.critic);
        (store, critic)
    }

    /// Takes what another model of this network has learned, whatever its parts: the weights that both have, and of
    /// tables the rows.
    pub fn start_from(&self, other: &Self) {
        take_common(&other.store, &self.store);
        self.generator.take_tables(&other.generator);
        if let (Some((from, _)), Some((to, _))) = (&other.critic, &self.critic) {
            take_common(from, to);
        }
    }

    /// What it needs to know besides its parts and weights.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The melody and what stays of the parts, on a sheet.
    fn sheet(&self, melody: &Grid, context: &GenerateContext<'_>) -> Sheet {
        let steps = melody.steps();
        let (low, high) = (i32::from(self.settings.melody_low), i32::from(self.settings.melody_high));
        let octaves = octaves_to_range(melody, low, high);
        let moved = |cell: LineStep| LineStep {
            pitch: cell.pitch.map(|pitch| (i32::from(pitch) + 12 * octaves).clamp(0, 127) as u8),
            ..cell
        };
        let line: Vec<LineStep> = melody_line(melody).into_iter().map(moved).collect();
        let (voices, known) = self.kept_voices(context, steps);
        let analysis = melody::analyse(&line, context.steps_per_bar, context.key);
        // where all voices stay, so do their chords
        let all_stay = |step: &usize| !known.is_empty() && known.iter().all(|line| line[*step]);
        let chords = if (0..steps).any(|step| all_stay(&step)) {
            chords::label_lines(&line, &voices, analysis.home.tonic, context.steps_per_bar)
        } else {
            Vec::new()
        };
        let piece = Piece {
            steps_per_bar: context.steps_per_bar,
            analysis,
            melody: line,
            chords,
            voices,
            density: self.settings.density(context.density),
            kit: Vec::new(),
        };
        let mut sheet = Sheet::new(&piece, 0..steps, 0, &Hidden::default());
        let lines = sheet.lines();
        for step in 0..steps {
            sheet.known[step * lines + CHORD] = all_stay(&step);
            for (voice, known) in known.iter().enumerate() {
                sheet.known[step * lines + FIRST_VOICE + voice] = known[step];
            }
        }
        sheet
    }

    /// The voices that stay, and at which steps they do.
    fn kept_voices(&self, context: &GenerateContext<'_>, steps: usize) -> (Vec<Vec<LineStep>>, Vec<Vec<bool>>) {
        let mut voices = vec![vec![LineStep::default(); steps]; self.settings.lines.len()];
        let mut known = vec![vec![false; steps]; self.settings.lines.len()];
        for part in 0..self.parts.len() {
            let Some(Some(KeptPart { grid, written })) = context.kept.get(part) else { continue };
            let own = (0..self.settings.lines.len()).filter(|line| self.settings.lines[*line].part == part);
            let own: Vec<usize> = own.collect();
            for (line, kept) in own.iter().zip(lines_of_part(grid, own.len(), false)) {
                for (step, cell) in kept.into_iter().enumerate().take(steps) {
                    voices[*line][step] = cell;
                    known[*line][step] = !written.contains(&step);
                }
            }
        }
        (voices, known)
    }

    /// Plans figures that go on, who plays how, and phrases in which a part rests, for what is to be written.
    fn plan(&self, sheet: &mut Sheet, sections: &[Section], song: u64, context: &GenerateContext<'_>) {
        if self.settings.policy.keeps_figures() {
            sheet.figure = form::figures(sections, &sheet.echo, sheet.steps_per_bar).into();
        }
        if !self.settings.patterns.is_empty() {
            let (patterns, lines) = (&self.settings.patterns, &self.settings.lines);
            let mut source = Source::new(context.seed, Purpose::Patterns, song);
            let planned = patterns::plan(patterns, lines, sections, sheet, context.density, &mut source);
            sheet.follow(&planned);
        }
        if self.settings.policy.presence > 0.0 && context.kept.iter().all(Option::is_none) {
            self.call(sheet, sections, context);
        }
        // sparser or busier as the user wishes
        let wish = 2.0 * (1.0 - context.density.clamp(0.0, 1.0));
        let shares: Vec<f32> = self.settings.rests.iter().map(|share| share * wish).collect();
        let rests = form::rests(sections, &shares, &mut Source::new(context.seed, Purpose::Form, 0));
        let lines = sheet.lines();
        for (part, rests) in rests.into_iter().enumerate() {
            if context.kept.get(part).is_some_and(Option::is_some) {
                continue;
            }
            let own = (0..self.settings.lines.len()).filter(|line| self.settings.lines[*line].part == part);
            for line in own.map(|line| FIRST_VOICE + line) {
                let steps =
                    rests.iter().flat_map(|bars| bars.start * sheet.steps_per_bar..bars.end * sheet.steps_per_bar);
                for step in steps.take_while(|step| *step < sheet.cells.steps()).collect::<Vec<_>>() {
                    let is_called = sheet.called.get(step * lines + line).is_some_and(|part| *part > 0);
                    sheet.known[step * lines + line] |= !is_called;
                }
            }
        }
    }

    /// Calls for parts, so that none is silent throughout.
    fn call(&self, sheet: &mut Sheet, sections: &[Section], context: &GenerateContext<'_>) {
        let (bar, lines, steps) = (sheet.steps_per_bar, sheet.lines(), sheet.steps());
        let introduction = context.introduction.div_ceil(bar.max(1));
        let sections: Vec<Section> =
            sections.iter().filter(|section| section.bars.start >= introduction).cloned().collect();
        let mut called = vec![0; steps * lines];
        for bars in form::calls(&sections) {
            for step in (bars.start * bar..bars.end * bar).take_while(|step| *step < steps) {
                for (line, spec) in self.settings.lines.iter().enumerate() {
                    called[step * lines + FIRST_VOICE + line] = spec.part as u8 + 1;
                }
            }
        }
        sheet.called = called.into();
    }

    /// The strokes of the kit and which part it is, where there is one: what stays of it, and what is written to the
    /// rest.
    fn drums(
        &self,
        line: &[LineStep],
        sections: &[Section],
        context: &GenerateContext<'_>,
    ) -> Result<Option<(usize, Vec<Stroke>)>, Error> {
        let (Some(drummer), Some(settings)) = (&self.drummer, &self.settings.drummer) else { return Ok(None) };
        let Some(part) = settings.part else { return Ok(None) };
        let kept = context.kept.get(part).and_then(Option::as_ref);
        let stays = |step: u32| kept.is_some_and(|kept| !kept.written.contains(&(step as usize)));
        let mut strokes = Vec::new();
        if kept.is_none_or(|kept| !kept.written.is_empty()) {
            let boldness = 1.0 + 0.4 * (context.surprise.clamp(0.0, 1.0) - 0.5);
            let mut source = Source::new(context.seed, Purpose::Drumming, form::number_of(line));
            let bar = context.steps_per_bar.max(1);
            strokes = form::drums(drummer, settings, line, sections, bar, boldness, &mut source)?;
            strokes.retain(|stroke| !stays(stroke.step));
        }
        if let Some(kept) = kept {
            for step in (0..kept.grid.steps()).filter(|step| stays(*step as u32)) {
                let sounds = kept.grid.onsets(step).filter_map(|key| Sound::of_key(key as u8));
                strokes.extend(sounds.map(|sound| Stroke { step: step as u32, sound, velocity: 80, late: 0 }));
            }
        }
        Ok(Some((part, strokes)))
    }

    fn ranges(&self) -> Vec<(u8, u8)> {
        std::iter::once(FULL_RANGE).chain(self.settings.lines.iter().map(|line| (line.low, line.high))).collect()
    }
}

/// All pitches that a line can sing.
pub const FULL_RANGE: (u8, u8) = (cells::LOWEST as u8, (cells::LOWEST + cells::PITCHES as i32 - 1) as u8);

/// Copies the tensors that two stores have by the same names and shapes.
fn take_common(from: &VarStore, to: &VarStore) {
    let theirs = from.variables();
    tch::no_grad(|| {
        for (name, mut tensor) in weights::sorted(to) {
            if let Some(other) = theirs.get(&name).filter(|other| other.size() == tensor.size()) {
                tensor.copy_(other);
            }
        }
    });
}

/// Writes a line into its part.
fn write_line(grid: &mut Grid, line: &[LineStep], repeats: bool) {
    let mut before = None;
    for (step, cell) in line.iter().enumerate().take(grid.steps()) {
        if let Some(pitch) = cell.pitch {
            let is_new = before != Some(pitch) || (cell.struck && repeats);
            let place = usize::from(pitch);
            // another voice of the part may have struck it
            if grid.get(step, place) != Cell::Onset {
                grid.set(step, place, if is_new { Cell::Onset } else { Cell::Held });
            }
        }
        before = cell.pitch;
    }
}

impl Network for Autoregressive {
    fn parts(&self) -> &[PartSpec] {
        &self.parts
    }

    fn generate(&self, melody: &Grid, context: &GenerateContext<'_>) -> Result<Written, Error> {
        let steps = steps_of(melody)?;
        let mut grids = vec![Grid::silent(steps); self.parts.len()];
        if steps == 0 {
            return Ok(grids.into());
        }
        let device = self.store.device();
        let critic = self.critic.as_ref().map(|(_, critic)| critic);
        let drafts = if critic.is_some() { self.settings.drafts } else { 1 };
        let mut sheet = self.sheet(melody, context);
        let line = melody_line(melody);
        let sections = form::sections(&line, sheet.steps_per_bar, context.introduction);
        let strokes = self.drums(&line, &sections, context)?;
        let hears = self.settings.drummer.as_ref().is_some_and(|drummer| drummer.is_heard);
        if let Some((_, strokes)) = strokes.as_ref().filter(|_| hears) {
            sheet.kit = form::heard(strokes, steps).into();
        }
        self.plan(&mut sheet, &sections, form::number_of(&line), context);
        let mut sheets = vec![sheet; drafts];
        let writer = Writer {
            generator: &self.generator,
            critic,
            policy: self.settings.policy.with_surprise(context.surprise),
            ranges: &self.ranges(),
            drafts,
            cancel: context.cancel,
            progress: context.progress,
        };
        writer.write(&mut sheets, &mut Source::new(context.seed, Purpose::Composing, 0))?;
        let best = match critic {
            Some(critic) if drafts > 1 => most_real(critic, &sheets, device)?,
            _ => 0,
        };
        let written = &sheets[best].cells;
        for (line, spec) in self.settings.lines.iter().enumerate() {
            write_line(&mut grids[spec.part], &written.line(FIRST_VOICE + line), self.settings.repeats);
        }
        let chords = chords::sounding_chords(written, sheets[best].home.tonic);
        if let Some((part, strokes)) = &strokes {
            for stroke in strokes.iter().filter(|stroke| (stroke.step as usize) < steps) {
                grids[*part].set(stroke.step as usize, usize::from(stroke.sound.key()), Cell::Onset);
            }
        }
        let sections = sections
            .into_iter()
            .map(|section| (section.bars.start * context.steps_per_bar, section.letter))
            .filter(|(step, _)| *step >= context.introduction)
            .collect();
        let strokes = strokes.map(|(_, strokes)| strokes).unwrap_or_default();
        Ok(Written { parts: grids, chords, sections, strokes })
    }

    fn finishing(&self, wished: Finishing) -> Finishing {
        // it hears what it writes: what mends others would break its lines
        Finishing { move_clashes: false, drop_lone: false, bridge_gaps: false, sustain: false, ..wished }
    }

    fn swing(&self) -> f32 {
        self.settings.swing.unwrap_or(0.5)
    }

    fn hands(&self) -> &[Option<Hands>] {
        &self.settings.hands
    }

    fn is_small(&self) -> bool {
        true
    }

    fn rate(&self, melody: &Grid, parts: &[Grid]) -> Result<f32, Error> {
        let Some((_, critic)) = &self.critic else { return Ok(0.0) };
        let steps = melody.steps().min(MAX_STEPS);
        if steps == 0 || parts.len() != self.parts.len() {
            return Ok(0.0);
        }
        let kept: Vec<Option<KeptPart>> =
            parts.iter().map(|grid| Some(KeptPart { grid: grid.clone(), written: 0..0 })).collect();
        let sheet = self.sheet(melody, &GenerateContext { kept: &kept, ..GenerateContext::new(0) });
        let heard = critic.hear(&[(&sheet, 0..steps)], self.store.device())?;
        Ok(heard.iter().flatten().sum::<f32>() / steps as f32)
    }
}

#[cfg(test)]
mod tests;
