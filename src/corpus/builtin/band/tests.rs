//! Bands made by rule: whole, in harmony, with form.

use super::*;
use crate::corpus::builtin::Style;
use crate::music::Cell;

const BANDS: [Style; 4] = [Style::Rock, Style::Jazz, Style::FolkRock, Style::Symphony];

fn onsets(grid: &Grid) -> impl Iterator<Item = (usize, usize)> + '_ {
    (0..grid.steps()).flat_map(move |step| {
        let struck = grid.sounding(step).filter(move |pitch| grid.get(step, *pitch) == Cell::Onset);
        struck.map(move |pitch| (step, pitch))
    })
}

#[test]
fn each_style_has_its_own_band() {
    let roles = BANDS.map(|style| style.piece(1, 0).parts.iter().map(|(role, _)| *role).collect::<Vec<_>>());
    assert_eq!(roles[0], [Role::Guitar, Role::Pad, Role::Bass, Role::Drums]);
    assert_eq!(roles[1], [Role::Chords, Role::Bass, Role::Drums]);
    assert_eq!(roles[2], [Role::Guitar, Role::Bass, Role::Drums]);
    assert_eq!(roles[3], [Role::Pad, Role::Chords, Role::Bass]);
    for style in BANDS {
        for number in 0..10 {
            let piece = style.piece(3, number);
            assert!(piece.parts.iter().all(|(_, grid)| onsets(grid).count() > 8), "{}", piece.name);
        }
    }
}

/// What the tune strikes on strong beats, the band has in the same half bar.
#[test]
fn tunes_belong_to_their_chords() {
    for style in BANDS {
        let (mut within, mut all) = (0, 0);
        for number in 0..20 {
            let piece = style.piece(5, number);
            let pitched = || piece.parts.iter().filter(|(role, _)| *role != Role::Drums).map(|(_, grid)| grid);
            for (step, pitch) in onsets(&piece.melody).filter(|(step, _)| step % 8 == 0) {
                let sounds = |grid: &Grid| {
                    (step..step + 8).any(|step| grid.sounding(step).any(|other| other % 12 == pitch % 12))
                };
                all += 1;
                within += u32::from(pitched().any(sounds));
            }
        }
        let share = f64::from(within) / f64::from(all);
        let least = if style == Style::Jazz { 0.7 } else { 0.9 }; // a comping hand leaves fifths out
        assert!(all > 200 && share > least, "{style:?}: {share} of {all}");
    }
}

#[test]
fn a_walking_bass_walks_and_verses_come_back() {
    let piece = Style::Jazz.piece(2, 0);
    let bass = piece.parts.iter().find(|(role, _)| *role == Role::Bass).map(|(_, grid)| grid).unwrap();
    let struck = onsets(bass).filter(|(step, _)| step % 4 == 0).count();
    assert!(struck * 10 >= piece.steps() / 4 * 9, "{struck} of {}", piece.steps() / 4);
    let of = |section: usize| {
        let steps = section * SECTION_BARS * BAR..(section + 1) * SECTION_BARS * BAR;
        let first = steps.start;
        onsets(&piece.melody)
            .filter(move |(step, _)| steps.contains(step))
            .map(move |(step, pitch)| (step - first, pitch))
            .collect::<Vec<_>>()
    };
    let sections: Vec<_> = (0..piece.bars() / SECTION_BARS).map(of).collect();
    assert!(sections.iter().enumerate().any(|(index, one)| sections[..index].contains(one)));
}
