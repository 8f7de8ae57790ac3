//! Which parts a network will write: what most of the training pieces have, with their ranges, names and instruments.

use crate::error::Error;
use cantus::corpus::{Dataset, Split, usual_name};
use cantus::engine_client::PartSpec;
use cantus::music::{Grid, Role, instruments};

/// So much of what was written at either end of a part’s range is a slip, or another octave.
const STRAY: f64 = 0.002;

/// A part, and how many voices it takes.
#[derive(Clone, Debug)]
pub struct ChosenPart {
    /// The part.
    pub spec: PartSpec,
    /// Voices at once, at least 1; for a kit as many as were asked for.
    pub voices: usize,
}

/// The parts that at least half of the training pieces have, at most `limit` with `most_voices` together, from high to
/// low, kits last.
///
/// # Errors
/// No part is in so many.
pub fn choose_parts(
    dataset: &Dataset,
    limit: usize,
    most_voices: usize,
    kit_voices: usize,
) -> Result<Vec<ChosenPart>, Error> {
    let pieces = dataset.split(Split::Train).count();
    let mut roles: Vec<(Role, usize)> = dataset.roles();
    roles.retain(|&(_, count)| count * 2 >= dataset.pieces.len());
    roles.truncate(limit);
    if roles.is_empty() || pieces == 0 {
        return Err(Error::Request(
            "no part is in half of the training pieces; see “cantus dataset” for what was found".into(),
        ));
    }
    let of_voices = roles.iter().any(|(role, _)| matches!(role, Role::Alto | Role::Tenor));
    let mut found: Vec<(bool, i64, ChosenPart)> = roles
        .into_iter()
        .map(|(role, _)| {
            let grids = dataset.split(Split::Train).filter_map(|piece| piece.part(role));
            let (mut part, middle) = describe(role, of_voices, kit_voices, grids);
            if let Some((name, program)) = dataset.agreed_track(role) {
                (part.spec.name, part.spec.program) = (name, program);
            }
            // a part of several instruments, as an orchestra’s winds, has the range of what was written
            let plays_alone = matches!(role, Role::Bass | Role::Guitar);
            if plays_alone && !of_voices {
                let (low, high) = instruments::range(part.spec.program);
                let (from, to) = (part.spec.low.max(low), part.spec.high.min(high));
                if from + 11 < to {
                    (part.spec.low, part.spec.high) = (from, to);
                }
            }
            (part.spec.is_drum, -middle, part)
        })
        .collect();
    found.sort_by_key(|&(is_drum, middle, _)| (is_drum, middle));
    let mut chosen: Vec<ChosenPart> = found.into_iter().map(|(_, _, part)| part).collect();
    while chosen.iter().map(|part| part.voices).sum::<usize>() > most_voices {
        // the fullest gives one up; a kit keeps its limbs
        let fullest = chosen.iter_mut().filter(|part| !part.spec.is_drum).max_by_key(|part| part.voices);
        match fullest.filter(|part| part.voices > 1) {
            Some(part) => part.voices -= 1,
            None => return Err(Error::Request(format!("the parts have more than {most_voices} voices"))),
        }
    }
    Ok(chosen)
}

/// A part, and its middle pitch.
fn describe<'a>(
    role: Role,
    of_voices: bool,
    kit_voices: usize,
    grids: impl Iterator<Item = &'a Grid>,
) -> (ChosenPart, i64) {
    let mut counts = [0_u64; 128];
    let mut at_once = [0_u64; 128];
    for grid in grids {
        for step in 0..grid.steps() {
            let mut sounding = 0;
            for pitch in grid.sounding(step) {
                counts[pitch] += 1;
                sounding += 1;
            }
            at_once[sounding] += 1;
        }
    }
    at_once[0] = 0;
    let is_drum = role == Role::Drums;
    let spec = PartSpec {
        role,
        name: usual_name(role).into(),
        program: program(role, of_voices),
        is_drum,
        low: quantile(&counts, STRAY) as u8,
        high: quantile(&counts, 1.0 - STRAY) as u8,
    };
    let voices = if is_drum { kit_voices } else { quantile(&at_once, 0.9).clamp(1, 4) };
    (ChosenPart { spec, voices }, quantile(&counts, 0.5) as i64)
}

/// The index below which that share of the counts lies.
fn quantile(counts: &[u64; 128], share: f64) -> usize {
    let total: u64 = counts.iter().sum();
    let wanted = ((total as f64 * share).ceil() as u64).clamp(1, total.max(1));
    let mut seen = 0;
    counts
        .iter()
        .position(|count| {
            seen += count;
            seen >= wanted
        })
        .unwrap_or(0)
}

/// The General MIDI program; the bass of a choir sings.
const fn program(role: Role, of_voices: bool) -> u8 {
    match role {
        Role::Bass if !of_voices => 33,
        Role::Alto | Role::Tenor | Role::Bass => 52,
        Role::Pad => 48,
        Role::Guitar => 25,
        Role::Melody | Role::Drums | Role::Chords | Role::Other => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::chorales;

    #[test]
    fn the_parts_come_from_high_to_low_with_their_ranges() {
        let dataset = chorales(6);
        let chosen = choose_parts(&dataset, 3, 16, 5).unwrap();
        let roles: Vec<Role> = chosen.iter().map(|part| part.spec.role).collect();
        assert_eq!(roles, [Role::Alto, Role::Bass]);
        assert!(chosen.iter().all(|part| part.voices == 1 && part.spec.program == 52));
        assert!(chosen[1].spec.high < chosen[0].spec.low);
    }

    #[test]
    fn quantiles_of_counts() {
        let mut counts = [0; 128];
        (counts[3], counts[5], counts[9]) = (1, 8, 1);
        assert_eq!([0.0, 0.5, 1.0].map(|share| quantile(&counts, share)), [3, 5, 9]);
        assert_eq!(quantile(&[0; 128], 0.5), 0);
    }
}
