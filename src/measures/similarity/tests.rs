//! Real music and its nulls, on the built-in corpora.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::corpus::builtin::Style;
use crate::measures::Density;
use crate::music::Role;

const CHORALE: &[Role] = &[Role::Alto, Role::Tenor, Role::Bass];
const POP: &[Role] = &[Role::Bass, Role::Chords, Role::Drums];

struct Corpus {
    training: Vec<Sample>,
    held_out: Vec<Sample>,
    others: Vec<Sample>,
    layout: Layout,
}

fn corpus(style: Style, roles: &[Role]) -> Corpus {
    let piece = |number| {
        let piece = style.piece(1, number);
        Sample::from_piece(&piece, 0..piece.steps(), roles)
    };
    let samples: Vec<Sample> = (0..120).map(piece).collect();
    Corpus {
        training: samples[..72].to_vec(),
        held_out: samples[72..96].to_vec(),
        others: samples[96..].to_vec(),
        layout: Layout::new(roles, 16),
    }
}

impl Corpus {
    fn reference(&self) -> Reference {
        Reference::new(&self.training, &self.held_out, &self.layout, 1).unwrap()
    }
}

#[test]
fn real_music_is_like_itself_and_each_null_is_nothing_in_its_group() {
    for (style, roles, least) in [(Style::Chorale, CHORALE, 5), (Style::Pop, POP, 4)] {
        let corpus = corpus(style, roles);
        let reference = corpus.reference();
        let real = reference.measure(&corpus.others);
        println!("{style:?}: real {real:?}");
        assert!(real.similarity.unwrap() > 0.85, "{style:?}: {real:?}");
        let spoken: Vec<Property> =
            real.groups.iter().filter(|score| score.score.is_some()).map(|score| score.group).collect();
        assert!(spoken.len() >= least, "{style:?}: {spoken:?}");
        let random = &mut ChaCha8Rng::seed_from_u64(9);
        for row in GROUPS.iter().filter(|row| spoken.contains(&row.group)) {
            // of the pieces that it is to be measured by, drawn anew
            let null: Vec<Sample> = corpus
                .held_out
                .iter()
                .map(|sample| row.group.destroyed(sample, &corpus.training, &corpus.layout, random))
                .collect();
            let measured = reference.measure(&null);
            println!("  without {}: {measured:?}", row.title);
            assert!(measured.of(row.group).unwrap() < 0.06, "{style:?}, {}: {measured:?}", row.title);
            assert!(measured.similarity.unwrap() < 0.75 * real.similarity.unwrap(), "{}: {measured:?}", row.title);
        }
    }
}

#[test]
fn noise_and_silence_are_nothing() {
    let corpus = corpus(Style::Chorale, CHORALE);
    let reference = corpus.reference();
    let density = Density::of(&corpus.training, CHORALE);
    let random = &mut ChaCha8Rng::seed_from_u64(4);
    let noise: Vec<Sample> = corpus.others.iter().map(|sample| density.noise_for(sample, random)).collect();
    let measured = reference.measure(&noise);
    assert!(measured.similarity.unwrap() < 0.02, "{measured:?}");
    let silent = Sample::silenced;
    let measured = reference.measure(&corpus.others.iter().map(silent).collect::<Vec<_>>());
    assert_eq!(measured.similarity, Some(0.0));
    assert_eq!(reference.measure(&[]).similarity, Some(0.0));
}

#[test]
fn few_pieces_are_as_like_as_many() {
    let corpus = corpus(Style::Chorale, CHORALE);
    let reference = corpus.reference();
    let few = mean(corpus.others.chunks(6).map(|few| reference.measure(few).similarity)).unwrap();
    assert!(few > 0.75, "{few}");
    // two takes of each
    let twice = [corpus.others.clone(), corpus.others.clone()].concat();
    assert_eq!(reference.measure(&twice), reference.measure(&corpus.others));
}

#[test]
fn what_a_style_does_not_have_is_left_out_and_told() {
    let corpus = corpus(Style::Chorale, CHORALE);
    let measured = corpus.reference().measure(&corpus.others);
    assert!(measured.left_out().any(|group| group == Property::Kit));
    let json = serde_json::to_value(&measured).unwrap();
    assert_eq!(json["groups"][7], serde_json::json!({"group": "kit", "score": null}));
    assert_eq!(json["similarity"].as_f64(), measured.similarity);
}

#[test]
fn the_same_seed_gives_the_same_and_nothing_gives_no_reference() {
    let corpus = corpus(Style::Chorale, CHORALE);
    assert_eq!(corpus.reference().measure(&corpus.others), corpus.reference().measure(&corpus.others));
    assert!(Reference::new(&[], &[], &corpus.layout, 1).is_none());
    let alone = Reference::new(&corpus.training, &[], &corpus.layout, 1).unwrap();
    assert!(alone.measure(&corpus.training).similarity.unwrap() > 0.95);
}
