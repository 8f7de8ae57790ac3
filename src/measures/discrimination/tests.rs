//! Music that can be told apart, and music that cannot.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::corpus::builtin::Style;
use crate::measures::Property;
use crate::music::Role;

const ROLES: &[Role] = &[Role::Alto, Role::Tenor, Role::Bass];

fn chorales(numbers: std::ops::Range<usize>) -> Vec<Sample> {
    let piece = |number: usize| {
        let piece = Style::Chorale.piece(1, number as _);
        Sample::from_piece(&piece, 0..piece.steps(), ROLES)
    };
    numbers.map(piece).collect()
}

#[test]
fn areas_under_the_curve() {
    assert_eq!(auc(&[0.1, 0.2, 0.3, 0.4], &[0.0, 0.0, 1.0, 1.0]), 1.0);
    assert_eq!(auc(&[0.4, 0.3, 0.2, 0.1], &[0.0, 0.0, 1.0, 1.0]), 0.0);
    assert_eq!(auc(&[0.5; 4], &[0.0, 1.0, 0.0, 1.0]), 0.5);
    assert_eq!(auc(&[0.1, 0.3, 0.2, 0.4], &[0.0, 0.0, 1.0, 1.0]), 0.75);
    assert_eq!(auc(&[0.1], &[1.0]), 0.5);
    assert_eq!(auc(&[1.0, 2.0, 0.0, -1.0], &[1.0, 1.0, 0.0, 0.0]), 1.0);
    assert_eq!(auc(&[1.0, 2.0, 1.5, 1.0], &[1.0, 1.0, 0.0, 0.0]), 0.625);
    assert_eq!(auc(&[0.0; 8], &[1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]), 0.5);
}

#[test]
fn the_same_kind_cannot_be_told_apart_and_broken_lines_can() {
    let (real, training) = (chorales(0..24), chorales(24..72));
    let layout = Layout::new(ROLES, 16);
    let random = &mut ChaCha8Rng::seed_from_u64(1);
    let broken: Vec<Sample> =
        real.iter().map(|sample| Property::Lines.destroyed(sample, &training, &layout, random)).collect();
    let passes = |generated: &[Sample]| passes_as_real(generated, &real, &training, &layout).unwrap();
    let found = passes(&broken);
    assert!(found.auc.linear > 0.9 && found.auc.boosted > 0.9, "{found:?}");
    let null = found.null.unwrap();
    assert!((0.3..0.7).contains(&null.linear) && (0.3..0.7).contains(&null.boosted), "{null:?}");
    assert_eq!(found.strongest.len(), NAMED);
    let (first, last) = (&found.strongest[0], &found.strongest[NAMED - 1]);
    assert!(first.weight.abs() >= last.weight.abs());
    assert!((first.generated > first.real) == (first.weight > 0.0), "{first:?}");
    assert_eq!(passes(&broken), found);
    // other real music passes
    let others = passes(&chorales(72..96)).auc;
    assert!(others.linear < 0.7 && others.boosted < 0.7, "{others:?}");
}

#[test]
fn few_pieces_say_nothing() {
    let few = chorales(0..LEAST_PIECES - 1);
    let layout = Layout::new(ROLES, 16);
    assert_eq!(passes_as_real(&few, &few, &[], &layout), None);
    let enough = chorales(0..12);
    assert_eq!(passes_as_real(&enough, &enough, &few, &layout).unwrap().null, None);
}

#[test]
fn features_have_names_of_their_own_and_numbers_throughout() {
    let roles = [Role::Bass, Role::Pad, Role::Drums];
    let piece = Style::Pop.piece(1, 0);
    let sample = Sample::from_piece(&piece, 0..piece.steps(), &roles);
    let layout = Layout::new(&roles, 16);
    for sample in [&sample, &sample.silenced()] {
        for window in features(sample, &layout) {
            let names: std::collections::HashSet<&String> = window.names.iter().collect();
            assert_eq!((names.len(), window.values.len()), (window.names.len(), window.names.len()));
            assert!(window.values.iter().all(|value| value.is_finite()));
        }
    }
}
