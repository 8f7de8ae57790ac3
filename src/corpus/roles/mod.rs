//! Which track of a file is the melody, the bass, the drums…: told from name, program, channel, register and texture.
//!
//! Every answer carries its reason, so that a user who disagrees sees why. Knows single files only, no statistics of
//! corpora.

pub mod texture;

use std::sync::Arc;

use self::texture::{Texture, textures};
use crate::music::{Part, Role, Score};

/// A role and the reason for it, in a few words.
pub type Found = (Role, String);

/// The role of each part, in order. At most one is the melody; `melody_elsewhere` says that none is, because it is
/// known already.
pub fn find(parts: &[Arc<Part>], melody_elsewhere: bool) -> Vec<Found> {
    let textures = textures(parts);
    let mut found: Vec<Option<Found>> = parts.iter().map(|part| by_name(part)).collect();
    if !melody_elsewhere && found.iter().all(|role| !matches!(role, Some((Role::Melody, _)))) {
        four_voices(parts, &textures, &mut found);
    }
    if melody_elsewhere {
        for role in &mut found {
            if matches!(role, Some((Role::Melody, _))) {
                *role = None;
            }
        }
    } else {
        choose_melody(parts, &textures, &mut found);
    }
    choose_bass(parts, &textures, &mut found);
    found
        .into_iter()
        .zip(parts)
        .zip(&textures)
        .map(|((role, part), texture)| role.unwrap_or_else(|| by_program(part, texture)))
        .collect()
}

/// The part that is likeliest the melody: what the file says, else the one of that role, else the highest part that is
/// no kit. `None` where no such part has notes.
pub fn propose_melody(score: &Score) -> Option<usize> {
    let has_notes = |index: &usize| score.parts.get(*index).is_some_and(|part| !part.notes.is_empty() && !part.is_drum);
    if let Some(said) = score.melody.filter(has_notes) {
        return Some(said);
    }
    let found = find(&score.parts, false);
    let by_role = found.iter().position(|(role, _)| *role == Role::Melody).filter(has_notes);
    let mean_pitch = |index: &usize| {
        let notes = &score.parts[*index].notes;
        notes.iter().map(|note| f64::from(note.pitch.get())).sum::<f64>() / notes.len() as f64
    };
    let highest = || {
        (0..score.parts.len()).filter(has_notes).max_by(|a, b| mean_pitch(a).total_cmp(&mean_pitch(b)).then(b.cmp(a)))
    };
    by_role.or_else(highest)
}

/// Words of track names by role; the first word of the list that occurs decides.
const NAMES: [(Role, &[&str]); 8] = [
    (Role::Drums, &["drum", "drums", "drumkit", "percussion", "schlagzeug"]),
    (
        Role::Melody,
        &[
            "melody", "melodie", "melodia", "soprano", "sopran", "vocal", "vocals", "vox", "voice", "voc", "lead",
            "solo", "cantus", "singer", "gesang",
        ],
    ),
    (Role::Bass, &["bass", "bas", "base", "basse", "basso", "bassline", "contrabass", "kontrabass", "tuba"]),
    (Role::Alto, &["alto", "alt"]),
    (Role::Tenor, &["tenor"]),
    (Role::Guitar, &["guitar", "guitars", "gtr", "guit", "gitarre", "ukulele", "banjo"]),
    (Role::Pad, &["pad", "pads", "strings", "string", "str", "choir", "chorus", "violins"]),
    (
        Role::Chords,
        &[
            "chord",
            "chords",
            "piano",
            "pia",
            "keys",
            "keyboard",
            "organ",
            "rhodes",
            "epiano",
            "harpsichord",
            "harp",
            "comping",
            "accordion",
        ],
    ),
];

/// Longer names are titles and remarks.
const LONGEST_NAME: usize = 40;

fn by_name(part: &Part) -> Option<Found> {
    if part.is_drum {
        return Some((Role::Drums, "the drum channel".into()));
    }
    if part.role != Role::Other {
        return Some((part.role, "the file says so".into()));
    }
    if part.name.len() > LONGEST_NAME {
        return None;
    }
    let name = part.name.to_lowercase();
    let words: Vec<&str> = name.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let saxophone = (64..=67).contains(&part.program) || words.iter().any(|word| word.starts_with("sax"));
    let role = NAMES.iter().find(|(_, names)| names.iter().any(|name| words.contains(name))).map(|(role, _)| *role)?;
    match role {
        Role::Alto | Role::Tenor | Role::Bass if saxophone => None,
        Role::Drums => None, // named a drum but not on the drum channel: its keys are pitches, not a kit
        // "lead guitar", "bass guitar" are caught above; a piano is named after its instrument, which says less than
        // its program
        _ => Some((role, format!("named “{}”", part.name.trim()))),
    }
}

/// Exactly four single lines of one family: the voices of a quartet or a chorale, by register.
fn four_voices(parts: &[Arc<Part>], textures: &[Texture], found: &mut [Option<Found>]) {
    let sounding: Vec<usize> = (0..parts.len()).filter(|&index| textures[index].notes > 0).collect();
    let family = |program: u8| match program {
        40..=55 => 0, // strings and voices
        56..=63 => 1, // brass
        64..=79 => 2, // winds
        _ => 3 + program / 8,
    };
    let one_family = sounding.windows(2).all(|pair| family(parts[pair[0]].program) == family(parts[pair[1]].program));
    let lines =
        sounding.iter().all(|&index| !parts[index].is_drum && textures[index].alone > 0.6 && found[index].is_none());
    if sounding.len() != 4 || !one_family || !lines {
        return;
    }
    let mut order = sounding;
    order.sort_by_key(|&index| (std::cmp::Reverse(textures[index].median), index));
    for (index, (role, place)) in order.into_iter().zip([
        (Role::Melody, "highest"),
        (Role::Alto, "second"),
        (Role::Tenor, "third"),
        (Role::Bass, "lowest"),
    ]) {
        found[index] = Some((role, format!("{place} of four voices")));
    }
}

/// How much like a melody a track looks; higher is more.
fn tunefulness(part: &Part, texture: &Texture) -> f64 {
    let instrument = match part.program {
        52..=54 | 85 => 0.35,           // voices
        80..=84 | 86 | 87 => 0.3,       // synth leads
        64..=79 | 40 | 22 => 0.25,      // winds, violin, harmonica
        29 | 30 | 56 | 59..=61 => 0.15, // driven guitars, brass
        11 | 12 | 105..=107 | 110 => 0.1,
        _ => 0.0,
    };
    let median = f64::from(texture.median);
    let register = 1.0 - ((median - 72.0).abs() / 24.0).min(1.0);
    texture.alone * 0.8
        + register * 0.6
        + texture.coverage.min(0.7) * 0.8
        + (texture.entropy / 4.0).min(1.0) * 0.6
        + instrument
}

fn choose_melody(parts: &[Arc<Part>], textures: &[Texture], found: &mut [Option<Found>]) {
    let best_of = |candidates: Vec<usize>| {
        candidates.into_iter().max_by(|&a, &b| {
            tunefulness(&parts[a], &textures[a]).total_cmp(&tunefulness(&parts[b], &textures[b])).then(b.cmp(&a))
        })
    };
    let named: Vec<usize> = (0..parts.len())
        .filter(|&index| matches!(found[index], Some((Role::Melody, _))) && textures[index].notes > 0)
        .collect();
    if let Some(chosen) = best_of(named.clone()) {
        for index in named {
            if index != chosen {
                found[index] = None; // a second lead: what it is, its program says
            }
        }
        return;
    }
    let likely: Vec<usize> = (0..parts.len())
        .filter(|&index| match found[index] {
            // named after its instrument, not after what it does
            None | Some((Role::Pad | Role::Guitar, _)) => true,
            Some((Role::Chords, _)) => {
                textures[index].alone >= 0.9 && !parts[index].name.to_lowercase().contains("chord")
            }
            Some(_) => false,
        })
        .filter(|&index| {
            let (part, texture) = (&parts[index], &textures[index]);
            let plays_tunes = !part.is_drum && !matches!(part.program, 32..=39 | 43 | 47 | 96..=103 | 112..=127);
            let looks_so = texture.notes >= 8 && texture.alone >= 0.6 && texture.coverage >= 0.1;
            plays_tunes && looks_so && texture.entropy >= 1.2 && (52..=96).contains(&texture.median)
        })
        .collect();
    if let Some(chosen) = best_of(likely) {
        let texture = &textures[chosen];
        found[chosen] = Some((
            Role::Melody,
            format!(
                "the most tuneful line ({:.0} % single notes, in {:.0} % of the piece)",
                texture.alone * 100.0,
                texture.coverage * 100.0
            ),
        ));
    }
}

fn choose_bass(parts: &[Arc<Part>], textures: &[Texture], found: &mut [Option<Found>]) {
    if found.iter().any(|role| matches!(role, Some((Role::Bass, _)))) {
        return;
    }
    if (0..parts.len()).any(|index| {
        found[index].is_none() && matches!(parts[index].program, 32..=39 | 43) && textures[index].notes > 0
    }) {
        return; // the program will say so
    }
    let lowest = (0..parts.len())
        .filter(|&index| found[index].is_none() && textures[index].notes >= 8)
        .filter(|&index| textures[index].alone > 0.7 && textures[index].median < 52)
        .min_by_key(|&index| (textures[index].median, index));
    if let Some(index) = lowest {
        found[index] = Some((Role::Bass, "the lowest line".into()));
    }
}

fn by_program(part: &Part, texture: &Texture) -> Found {
    let held = texture.quarters >= 1.5;
    let (role, family) = match part.program {
        0..=7 => (Role::Chords, "piano"),
        8..=15 | 46 => (Role::Chords, "mallets or harp"),
        16..=23 => (Role::Chords, "organ"),
        24..=31 | 104..=107 => (Role::Guitar, "plucked"),
        32..=39 | 43 | 58 => (Role::Bass, "bass"),
        42 | 70 if texture.median < 50 => (Role::Bass, "low strings or winds"),
        40..=45 | 48..=51 => (Role::Pad, "strings"),
        52..=54 => (Role::Pad, "voices"),
        88..=95 => (Role::Pad, "pad"),
        80..=87 if texture.polyphony > 1.5 => (if held { Role::Pad } else { Role::Chords }, "synth"),
        _ => (Role::Other, "neither tune nor accompaniment that has a role here"),
    };
    (role, format!("program {} ({family})", part.program + 1))
}

#[cfg(test)]
mod tests;
