//! Chords found, planned and drawn.

use super::*;

const C: Chord = Chord::major(0);
const F: Chord = Chord::major(5);
const G: Chord = Chord::major(7);
const A_MINOR: Chord = Chord::minor(9);

fn chroma(classes: &[usize]) -> Chroma {
    let mut chroma = [0.0; 12];
    for class in classes {
        chroma[*class] += 1.0;
    }
    chroma
}

#[test]
fn chords_are_found_and_passing_notes_are_not() {
    let (c, a) = (chroma(&[0, 4, 7]), chroma(&[9, 0, 4]));
    let passing = chroma(&[0, 2, 5]); // over a bass that stays
    assert_eq!(chords_of(&[c, c, passing, c, a, a, a, a], 16), [C, C, C, C, A_MINOR, A_MINOR, A_MINOR, A_MINOR]);
    assert_eq!(chords_of(&[c, [0.0; 12], c], 16), [C; 3]);
    assert_eq!(chords_of(&[], 16), []);
}

fn cadences() -> Progressions {
    let mut progressions = Progressions::default();
    let chords = [C, C, C, C, F, F, G, G, C, C, C, C];
    let melody = [0, 4, 7, 4, 5, 9, 11, 2, 4, 0, 7, 4].map(|class| chroma(&[class]));
    let deceptive = [C, C, C, C, F, F, G, G, A_MINOR, A_MINOR, A_MINOR, A_MINOR];
    for number in 0..25 {
        progressions.count(if number % 5 == 0 { &deceptive } else { &chords }, &melody, 16);
    }
    progressions
}

fn sung(classes: &[usize]) -> Evidence {
    let melody: Vec<Chroma> = classes.iter().map(|&class| chroma(&[class])).collect();
    let silent = vec![[0.0; 12]; melody.len()];
    Evidence { melody, kept: silent.clone(), expected: silent }
}

#[test]
fn a_plan_follows_the_melody_and_the_style_and_ends_as_the_style_does() {
    let progressions = cadences();
    assert!(progressions.is_sane());
    // C E G E, F A B D, and at the end an E that C or A minor could bear
    let mut evidence = sung(&[0, 4, 7, 4, 5, 9, 11, 2, 4, 4, 4, 4]);
    let plan = |evidence: &Evidence, trust| progressions.plan(evidence, trust, 16, &|_, _| 0.0);
    assert_eq!(plan(&evidence, 0.0), [C, C, C, C, F, F, G, G, C, C, C, C]);
    // what the network expects counts as far as it is trusted, what stays as it is in any case
    evidence.expected[8..].fill(chroma(&[9, 0, 4, 9]));
    assert_eq!(plan(&evidence, 0.0)[8..], [C; 4]);
    assert_eq!(plan(&evidence, 1.0)[8..], [A_MINOR; 4]);
    evidence.kept[8..].fill(chroma(&[0, 4, 7, 7]));
    assert_eq!(plan(&evidence, 1.0)[8..], [C; 4]);
    // noise decides where it is strong enough
    let noisey = progressions.plan(&evidence, 0.0, 16, &|_, chord| if chord == index_of(F) { 99.0 } else { 0.0 });
    assert_eq!(noisey, [F; 12]);
}

#[test]
fn chords_are_drawn_as_likely_as_they_are() {
    // three beats, the middle one torn between C and A minor as 3 to 1
    let silent = [0.0; CHORDS];
    let torn = std::array::from_fn(|chord| match chord_at(chord) {
        C => 3.0_f32.ln(),
        A_MINOR => 0.0,
        _ => -99.0,
    });
    let gumbel = |key: u64| crate::random::gumbel_of(crate::random::uniform_of(key));
    let drawn_c = |seed: u64| {
        drawn(&[silent, torn, silent], &|_, _, _| 0.0, &|beat, chord| gumbel(seed << 16 | (beat << 8 | chord) as u64))
            [1]
            == C
    };
    let share = (0..2000).filter(|&seed| drawn_c(seed)).count();
    assert!((1400..1600).contains(&share), "{share}");
}

#[test]
fn a_network_is_given_root_and_tones() {
    let given = channels(&|step| (step > 0).then_some(A_MINOR), 2);
    assert_eq!(given.len(), 50);
    let at = |step: usize| (0..25).filter(|channel| given[channel * 2 + step] == 1.0).collect::<Vec<_>>();
    assert_eq!(at(0), [0; 0]);
    assert_eq!(at(1), [9, 12, 16, 21, 24]);
}

#[test]
fn tables_of_another_size_are_refused() {
    let mut progressions = cadences();
    progressions.within.pop();
    assert!(!progressions.is_sane());
}
