//! Which track of a file is the melody, the bass, the drums…: told from what is played, from program and
//! channel, and from names as far as the file has any.
//!
//! Every answer carries its reason, so that a user who disagrees sees why. Knows single files only, no statistics of
//! corpora.

mod leading;
mod sounding;
pub mod texture;
mod tunefulness;

use std::sync::Arc;

use self::texture::{Texture, textures};
use self::tunefulness::{NAMED, tunefulness};
use crate::music::instruments::program_name;
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

/// The part that is likeliest the melody: what the file says, else the one of that role, else the most tuneful part
/// that is no kit. `None` where no such part has notes.
pub fn propose_melody(score: &Score) -> Option<usize> {
    let has_notes = |index: &usize| score.parts.get(*index).is_some_and(|part| !part.notes.is_empty() && !part.is_drum);
    if let Some(said) = score.melody.filter(has_notes) {
        return Some(said);
    }
    let found = find(&score.parts, false);
    let by_role = found.iter().position(|(role, _)| *role == Role::Melody).filter(has_notes);
    let scores = tunefulness(&score.parts, &textures(&score.parts));
    let likeliest = |is_bass: bool| {
        let candidates = (0..score.parts.len()).filter(has_notes);
        let of_kind = candidates.filter(|&index| (found[index].0 == Role::Bass) == is_bass);
        of_kind.max_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(b.cmp(a)))
    };
    by_role.or_else(|| likeliest(false)).or_else(|| likeliest(true))
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
    (Role::Guitar, &["guitar", "guitars", "gtr", "gt", "guit", "gitarre", "ukulele", "banjo"]),
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

fn letters(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

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
    if letters(&part.name) == letters(program_name(part.program)) {
        return None; // programs write that where nobody named it: it says no more than its program
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

fn choose_melody(parts: &[Arc<Part>], textures: &[Texture], found: &mut [Option<Found>]) {
    let scores = tunefulness(parts, textures);
    let is_named = |found: &[Option<Found>], index: usize| matches!(found[index], Some((Role::Melody, _)));
    let is_candidate = |index: &usize| {
        let (part, texture) = (&parts[*index], &textures[*index]);
        let may_be = match found[*index] {
            Some((Role::Melody, _)) => return texture.notes > 0,
            // named after its instrument, not after what it does
            None | Some((Role::Pad | Role::Guitar, _)) => true,
            Some((Role::Chords, _)) => texture.alone >= 0.9 && !part.name.to_lowercase().contains("chord"),
            Some(_) => false,
        };
        let plays_tunes = !part.is_drum && !matches!(part.program, 32..=39 | 43 | 47 | 96..=103 | 112..=127);
        let looks_so = texture.notes >= 8 && texture.alone >= 0.5 && texture.coverage >= 0.1;
        may_be && plays_tunes && looks_so && texture.entropy >= 1.2 && (50..=100).contains(&texture.median)
    };
    let likeliest = (0..parts.len()).filter(is_candidate).max_by(|&a, &b| {
        let score = |index: usize| scores[index] + if is_named(found, index) { NAMED } else { 0.0 };
        score(a).total_cmp(&score(b)).then(b.cmp(&a))
    });
    for index in 0..parts.len() {
        if is_named(found, index) && Some(index) != likeliest {
            found[index] = None; // a second lead: what it is, its program says
        }
    }
    if let Some(chosen) = likeliest.filter(|chosen| !is_named(found, *chosen)) {
        let texture = &textures[chosen];
        let reason = format!(
            "the most tuneful line ({:.0}% single notes, in {:.0}% of the piece)",
            texture.alone * 100.0,
            texture.coverage * 100.0
        );
        found[chosen] = Some((Role::Melody, reason));
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
