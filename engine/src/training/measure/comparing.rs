//! Ways to sample compared: what a trained network plays to held-out pieces beside what is played there.

use std::convert::Infallible;
use std::ops::Range;

use super::{Measure, PASSAGE_BARS, SEED};
use crate::error::Error;
use crate::network::{GenerateContext, Network, PartSpec};
use cantus::corpus::Planes;
use cantus::corpus::{Dataset, Piece, taken_evenly};
use cantus::measures::metrics::{Metric, PartMetrics, Subject};
use cantus::measures::similarity::Reference;
use cantus::measures::{Sample, mean};
use cantus::music::Grid;

/// How many bars ways to sample are compared by, and how many of a piece at least, where it has them.
const COMPARED_BARS: usize = 400;
const LEAST_BARS: usize = 32;
/// Length of the windows that characters are measured in, in bars.
const WINDOW_BARS: usize = 4;
/// What a tenth off in the parts' characters weighs against a tenth of similarity.
const OFF_WEIGHT: f64 = 0.5;

/// What similarity hardly sees and ears do: pitch classes in a bar, the share of qualified notes, of those in
/// one scale, and of the pairs with the melody that are dissonant.
const CHARACTERS: [Metric; 4] =
    [Metric::PitchClassesUsed, Metric::QualifiedNotes, Metric::ScaleConsistency, Metric::Dissonance];

/// What a trained network is to come near to.
#[derive(Clone, Debug)]
pub struct Target {
    characters: Vec<Option<f64>>,
    /// What each part is like.
    pub profiles: Vec<PartProfile>,
    /// What is played to the same excerpts.
    reference: Option<Reference>,
}

/// What decides how a trained network composes.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The similarity, less what the parts are off in [`Measure::characters`], relatively.
    pub score: f64,
    /// The mean of the groups of S: it tells apart what S says 0 of.
    pub similarity: f64,
    /// What each part is like.
    pub profiles: Vec<PartProfile>,
}

/// What a part's sampling is to bring near to the data.
#[derive(Clone, Copy, Debug, Default)]
pub struct PartProfile {
    /// Share of the steps at which it sounds.
    pub sounding: Option<f64>,
    /// Notes in a bar.
    pub notes: Option<f64>,
    /// Groove consistency.
    pub groove: Option<f64>,
    /// Its drum pattern, whether it is a kit or not: how much keeps to the eighths.
    pub eighths: Option<f64>,
    /// Scale consistency of whole excerpts; in a window alone, most notes are in some scale.
    pub scale: Option<f64>,
}

/// What was played to the excerpts.
#[derive(Default)]
struct Played {
    /// Its windows, but for those in which the melody or all real parts are silent: these are not compared.
    windows: Vec<Sample>,
    /// Its passages, of [`PASSAGE_BARS`] where there are so many.
    passages: Vec<Sample>,
    /// The parts of each excerpt.
    pieces: Vec<Vec<Planes>>,
}

/// Plays the parts of an excerpt.
type Play<'a, E> = dyn Fn(&Piece, &Range<usize>) -> Result<Vec<Grid>, E> + 'a;

impl Measure {
    /// Accompanies held-out pieces, and says how like the data the windows in them are: alone, a window begins and ends
    /// a piece, and what its parts do there tells little of what they do in the middle of a song.
    ///
    /// # Errors
    /// What the network says.
    pub fn compare(
        &self,
        dataset: &Dataset,
        network: &dyn Network,
        data: &Target,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Comparison, Error> {
        let played = self.play_excerpts::<Error>(dataset, &|piece, within| {
            let context =
                GenerateContext { steps_per_bar: self.layout.steps_per_bar, cancel, ..GenerateContext::new(SEED) };
            let melody = piece.melody.window(within.start, within.len());
            Ok(network.generate(&melody, &context)?.parts)
        })?;
        let measured = data.reference.as_ref().and_then(|real| real.measure(&played.passages).mean_of_groups());
        let similarity = measured.unwrap_or(0.0);
        let pairs = self.characters(&played.windows).into_iter().zip(&data.characters);
        // what the data has and the model has nothing of is as far off as can be
        let off = pairs.map(|(model, real): (Option<f64>, &Option<f64>)| {
            real.map(|real| model.map_or(1.0, |model| ((model - real).abs() / real.max(1e-3)).min(1.0)))
        });
        Ok(Comparison {
            score: similarity - OFF_WEIGHT * mean(off).unwrap_or(0.0),
            similarity,
            profiles: self.profiles(&played),
        })
    }

    /// What the same pieces are like as they are.
    pub fn target(&self, dataset: &Dataset) -> Target {
        let Ok(played) = self.play_excerpts::<Infallible>(dataset, &|piece, within| {
            let cut = |grid: &Grid| grid.window(within.start, within.len());
            let part = |spec: &PartSpec| piece.part(spec.role).map_or_else(|| Grid::silent(within.len()), cut);
            Ok(self.parts.iter().map(part).collect())
        });
        Target {
            characters: self.characters(&played.windows),
            profiles: self.profiles(&played),
            reference: Reference::new(&self.training, &played.passages, &self.layout, SEED),
        }
    }

    /// Has `play` play the parts of each excerpt that ways to sample are compared by.
    fn play_excerpts<E>(&self, dataset: &Dataset, play: &Play<'_, E>) -> Result<Played, E> {
        let bar = self.layout.steps_per_bar;
        let window = WINDOW_BARS * bar;
        let mut all = Played::default();
        for (piece, within) in self.excerpts(dataset) {
            let parts = play(piece, &within)?;
            let played = |at: &usize| {
                let begins =
                    |grid: &Grid| (*at..at + window).any(|step| grid.onsets(within.start + step).next().is_some());
                begins(&piece.melody) && self.parts.iter().any(|spec| piece.part(spec.role).is_some_and(begins))
            };
            for at in (0..within.len() / window).map(|nth| nth * window).filter(played) {
                let melody = piece.melody.window(within.start + at, window);
                let parts: Vec<Grid> = parts.iter().map(|part| part.window(at, window)).collect();
                all.windows.push(Sample::new(&melody, &parts));
            }
            let whole = Sample::new(&piece.melody.window(within.start, within.len()), &parts);
            // what is left over is less than half a passage, or a passage of its own
            let bars = (within.len() / bar).max(1);
            let count = ((bars + PASSAGE_BARS / 2) / PASSAGE_BARS).max(1);
            let ends = (0..=count).map(|nth| if nth < count { nth * PASSAGE_BARS * bar } else { within.len() });
            let ends: Vec<usize> = ends.collect();
            all.passages.extend(ends.windows(2).map(|pair| whole.cut(pair[0]..pair[1])));
            all.pieces.push(whole.parts);
        }
        Ok(all)
    }

    /// Held-out pieces from where their melodies begin, [`COMPARED_BARS`] in all: a long excerpt each where there are
    /// few, and some of the pieces where there are many.
    fn excerpts<'a>(&self, dataset: &'a Dataset) -> Vec<(&'a Piece, Range<usize>)> {
        let pieces = &self.pieces;
        let bar = self.layout.steps_per_bar;
        let most = (COMPARED_BARS / pieces.len().max(1)).max(LEAST_BARS) * bar;
        let all: Vec<_> = pieces
            .iter()
            .map(|&piece| {
                let piece = &dataset.pieces[piece];
                let first = piece.melody_bars().map_or(0, |spanned| spanned.start);
                (piece, first..(first + most).min(piece.steps()))
            })
            .collect();
        let steps: usize = all.iter().map(|(_, within)| within.len()).sum();
        let kept = (all.len() * COMPARED_BARS * bar / steps.max(1)).clamp(1, all.len().max(1));
        let count = all.len();
        let numbered = all.into_iter().enumerate();
        let taken = numbered.filter(|(nth, _)| taken_evenly(*nth, kept, count));
        taken.map(|(_, excerpt)| excerpt).collect()
    }

    fn profiles(&self, played: &Played) -> Vec<PartProfile> {
        let bar = self.layout.steps_per_bar as f64;
        let of = |index: usize| {
            let measured = |sample: &Sample| {
                let part = &sample.parts[index];
                let steps = part.steps().max(1) as f64;
                let sounding = part.sound.iter().filter(|word| **word != 0).count() as f64 / steps;
                let notes = f64::from(part.onset.iter().map(|word| word.count_ones()).sum::<u32>()) * bar / steps;
                let as_kit = PartMetrics::measure(&Subject::new(part, self.layout.steps_per_bar, true));
                [Some(sounding), Some(notes), as_kit[Metric::GrooveConsistency], as_kit[Metric::DrumPattern]]
            };
            let all: Vec<[Option<f64>; 4]> = played.windows.iter().map(measured).collect();
            [0, 1, 2, 3].map(|which| mean(all.iter().map(|one| one[which])))
        };
        let scale = |index: usize, spec: &PartSpec| {
            let of = |parts: &Vec<Planes>| {
                let subject = Subject::new(&parts[index], self.layout.steps_per_bar, spec.is_drum);
                PartMetrics::measure(&subject)[Metric::ScaleConsistency]
            };
            mean(played.pieces.iter().map(of))
        };
        let parts = self.parts.iter().enumerate();
        parts
            .map(|(index, spec)| {
                let [sounding, notes, groove, eighths] = of(index);
                PartProfile { sounding, notes, groove, eighths, scale: scale(index, spec) }
            })
            .collect()
    }

    /// [`CHARACTERS`] of each pitched part.
    fn characters(&self, samples: &[Sample]) -> Vec<Option<f64>> {
        let mut characters = Vec::new();
        for (index, _) in self.parts.iter().enumerate().filter(|(_, spec)| !spec.is_drum) {
            let of = |sample: &Sample| {
                let subject = Subject::new(&sample.parts[index], self.layout.steps_per_bar, false);
                PartMetrics::measure(&subject.with_melody(Some(&sample.melody)))
            };
            let means = PartMetrics::mean(&samples.iter().map(of).collect::<Vec<_>>());
            characters.extend(CHARACTERS.map(|metric| means[metric]));
        }
        characters
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::chorales;
    use cantus::corpus::Split;
    use cantus::music::{Cell, Role};

    /// A measure of held-out pieces, each with two silent bars and so many bars of quarters after them.
    fn measured(bars: &[usize]) -> (Measure, Dataset) {
        let mut dataset = chorales(3);
        let piece = dataset.pieces[2].clone();
        dataset.pieces.truncate(2);
        for &bars in bars {
            let mut grid = Grid::silent((bars + 2) * 16);
            (32..grid.steps()).step_by(4).for_each(|step| grid.set(step, 60 + step % 7, Cell::Onset));
            let parts = vec![(Role::Alto, grid.clone()), (Role::Bass, grid.clone())];
            dataset.pieces.push(Piece { split: Split::Valid, melody: grid, parts, ..piece.clone() });
        }
        let parts = [Role::Alto, Role::Bass].map(|role| crate::testing::part(role, 40, 80));
        (Measure::of_parts(&dataset, &parts).unwrap(), dataset)
    }

    #[test]
    fn excerpts_are_long_where_pieces_are_few_and_begin_with_the_melody() {
        let bars = |held_out: &[usize]| {
            let (measure, dataset) = measured(held_out);
            let excerpts = measure.excerpts(&dataset);
            assert!(excerpts.iter().all(|(_, within)| within.start == 32));
            excerpts.iter().map(|(_, within)| within.len() / 16).collect::<Vec<_>>()
        };
        assert_eq!(bars(&[300, 20]), [200, 20]);
        assert_eq!(bars(&[10; 80]), [10; 40]);
        assert_eq!(bars(&[100; 25]), [32; 12]);
    }

    #[test]
    fn real_parts_are_like_themselves() {
        let (measure, dataset) = measured(&[40, 24]);
        let target = measure.target(&dataset);
        assert_eq!(target.profiles.len(), 2);
        for profile in &target.profiles {
            assert_eq!((profile.sounding, profile.notes), (Some(0.25), Some(4.0)));
            assert_eq!((profile.groove, profile.eighths), (Some(1.0), Some(1.0)));
        }
        let silent = crate::testing::Toy::new(crate::testing::Habit::Silent);
        let compared = measure.compare(&dataset, &silent, &target, &|| false).unwrap();
        assert!(compared.similarity < 0.1 && compared.score < compared.similarity);
    }
}
