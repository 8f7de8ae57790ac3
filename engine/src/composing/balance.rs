//! How loud parts are beside their melody: it leads.

use cantus::music::{Part, TICKS_PER_QUARTER, Tick};

/// The accompaniment as a whole stays so many decibels below the melody.
const BELOW_DB: f64 = 2.5;
/// A stroke of a kit is as loud as a note of this length; measured with the SoundFont that comes along.
const STROKE: f64 = 1.4 * TICKS_PER_QUARTER as f64;
/// Softer than this a part is not made.
const SOFTEST: u8 = 24;

/// Of the accompaniment's power, what a kit may have beside other parts.
const KIT: f64 = 0.42;

/// Turns the volumes of parts down where they would be louder than the melody less [`BELOW_DB`]: kits together, and all
/// others together.
///
/// Instruments are taken to be equally loud. Power goes with the fourth power of velocity and of volume: SoundFont
/// synthesisers take these for the amplitude's square roots (SoundFont 2.04, section 8.4).
pub fn balance(parts: &mut [Part], melody: &Part) {
    let most = power(melody) * 10.0_f64.powf(-BELOW_DB / 10.0);
    let is_mixed = parts.iter().any(|part| part.is_drum) && !parts.iter().all(|part| part.is_drum);
    for (is_drum, share) in [(true, KIT), (false, 1.0 - KIT)] {
        let most = if is_mixed { most * share } else { most };
        let together: f64 = parts.iter().filter(|part| part.is_drum == is_drum).map(power).sum();
        if most <= 0.0 || together <= most {
            continue;
        }
        let down = (most / together).powf(0.25);
        for part in parts.iter_mut().filter(|part| part.is_drum == is_drum) {
            let softer = (f64::from(part.volume) * down).round() as u8;
            part.volume = softer.max(SOFTEST.min(part.volume));
        }
    }
}

/// The mean power of a part while it sounds: 1 is one note at full velocity and volume.
fn power(part: &Part) -> f64 {
    let loud = |value: u8| (f64::from(value) / 127.0).powi(4);
    let (mut sounding, mut end) = (0_u64, 0 as Tick);
    let mut sum = 0.0;
    for note in &part.notes {
        let (from, to) = (note.start.max(end), note.end());
        sounding += u64::from(to.saturating_sub(from));
        end = end.max(to);
        sum += loud(note.velocity.get()) * if part.is_drum { STROKE } else { f64::from(note.duration) };
    }
    // a kit rings between its strokes
    let time =
        if part.is_drum { f64::from(end - part.notes.first().map_or(0, |note| note.start)) } else { sounding as f64 };
    sum / time.max(1.0) * loud(part.volume)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantus::music::{Note, Pitch, Velocity};

    fn part(notes: u32, voices: u8, velocity: i32) -> Part {
        let note = |start: u32, voice: u8| Note {
            start: start * TICKS_PER_QUARTER,
            pitch: Pitch::clamped(60 + i32::from(voice)),
            duration: TICKS_PER_QUARTER,
            velocity: Velocity::clamped(velocity),
        };
        let notes = (0..notes).flat_map(|start| (0..voices).map(move |voice| note(start, voice))).collect();
        Part { notes, volume: 100, ..Part::default() }
    }

    #[test]
    fn a_full_band_stays_below_its_melody() {
        let melody = part(16, 1, 80);
        let mut parts = vec![part(16, 3, 90), part(8, 1, 80)];
        balance(&mut parts, &melody);
        let decibels = 10.0 * (parts.iter().map(power).sum::<f64>() / power(&melody)).log10();
        assert!((-2.9..=-2.1).contains(&decibels), "{decibels}");
        assert_eq!(parts[0].volume, parts[1].volume);
    }

    #[test]
    fn what_is_soft_stays_as_it_is_and_nothing_falls_silent() {
        let melody = part(16, 1, 110);
        let mut parts = vec![part(4, 1, 50)];
        balance(&mut parts, &melody);
        assert_eq!(parts[0].volume, 100);
        let mut parts = vec![part(16, 8, 127)];
        balance(&mut parts, &part(16, 1, 10));
        assert_eq!(parts[0].volume, SOFTEST);
        balance(&mut parts, &Part::default());
        assert_eq!(parts[0].volume, SOFTEST);
    }
}
