//! Curves: what is drawn of them, smoothed and thinned.

use super::*;

fn curve(values: impl IntoIterator<Item = f64>) -> Curve {
    let mut curve = Curve::default();
    for (index, value) in values.into_iter().enumerate() {
        curve.push(index as f64, value);
    }
    curve
}

/// What is drawn of it where there is room for all, smoothed at once.
fn smoothed(curve: &mut Curve, weight: f64) -> Vec<[f64; 2]> {
    let mut budget = usize::MAX;
    assert!(curve.smooth(weight, &mut budget));
    curve.points(0.0..1e9, 1_000_000, As::Smoothed)
}

fn extremes(points: &[[f64; 2]]) -> (f64, f64) {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    points.iter().fold(start, |(low, high), point| (low.min(point[1]), high.max(point[1])))
}

#[test]
fn smoothing_is_unbiased_from_the_first_point() {
    let mut even = curve([4.0, 4.0, 4.0]);
    assert!(smoothed(&mut even, 0.9).iter().all(|point| (point[1] - 4.0).abs() < 1e-9));
    let mut step = curve([0.0, 10.0]);
    assert_eq!(smoothed(&mut step, 0.0), [[0.0, 0.0], [1.0, 10.0]]);
    let last = smoothed(&mut step, 0.5)[1][1];
    assert!((last - 20.0 / 3.0).abs() < 1e-9, "{last}");
    step.push(2.0, 10.0); // what is appended is smoothed on, not anew
    let expected = smoothed(&mut curve([0.0, 10.0, 10.0]), 0.5);
    assert_eq!(smoothed(&mut step, 0.5), expected);
}

#[test]
fn no_spike_is_lost_and_few_points_are_left() {
    let spiky = |index: usize| match index {
        77_777 => 50.0,
        31_000 => -50.0,
        _ => (index as f64 / 1e4).sin(),
    };
    let mut curve = curve((0..100_003).map(spiky));
    let points = curve.points(0.0..2e5, 500, As::Raw);
    assert!((500..=4100).contains(&points.len()), "{}", points.len());
    assert_eq!(extremes(&points), (-50.0, 50.0));
    assert_eq!(points.last().unwrap()[0], 100_002.0);
    assert!(points.windows(2).all(|pair| pair[0][0] <= pair[1][0]));
    // near enough, every point is there
    let near = curve.points(77_700.0..77_800.0, 500, As::Raw);
    assert_eq!(near.len(), 103);
    // and the same stretches are summed up wherever the view begins
    let a = curve.points(10_000.0..90_000.0, 500, As::Raw);
    let b = curve.points(10_500.0..90_500.0, 500, As::Raw);
    assert!(b.iter().filter(|point| a.contains(point)).count() > a.len() * 9 / 10);
    // smoothed, the extremes are those of all smoothed points
    let all = smoothed(&mut curve, 0.9);
    let few = curve.points(0.0..2e5, 500, As::Smoothed);
    assert_eq!((all.len(), extremes(&few)), (100_003, extremes(&all)));
    assert!(few.len() <= 4100, "{}", few.len());
}

#[test]
fn a_long_curve_is_smoothed_bit_by_bit_and_stays_as_it_was_meanwhile() {
    const LENGTH: usize = 100_000;
    let value = |index: usize| (index as f64 / 7e3).sin() + (index % 13) as f64 / 13.0;
    let mut long = curve((0..LENGTH).map(value));
    let expected = smoothed(&mut curve((0..LENGTH + 3).map(value)), 0.99);
    let before = smoothed(&mut long, 0.5);
    let mut budget = 40_000;
    assert!(!long.smooth(0.9, &mut budget) && budget == 0, "there is more to do");
    assert_eq!(long.points(0.0..1e9, 1_000_000, As::Smoothed), before);
    // the slider has gone on, and points have come
    for index in LENGTH..LENGTH + 3 {
        long.push(index as f64, value(index));
    }
    let calls = (1..99).find(|_| long.smooth(0.99, &mut 40_000));
    assert_eq!(calls, Some(5), "what was begun, and then what is wanted");
    assert_eq!(long.points(0.0..1e9, 1_000_000, As::Smoothed), expected);
    assert!(long.give_back() && !long.give_back(), "one room is enough, however often the slider moves");
    // a short one is at once what it is to be, and takes what it needs
    let mut budget = 10;
    assert!(curve([1.0, 2.0]).smooth(0.9, &mut budget) && budget == 8);
}

#[test]
fn what_a_stretch_comes_to_is_what_its_values_come_to() {
    let mut random = fastrand::Rng::with_seed(3);
    let mut values = Values::default();
    for count in [1, 62, 1, 100, 536, 3000] {
        values.extend((0..count).map(|_| random.f64()));
    }
    let stretches = [(0, 3700), (0, 0), (1, 63), (1, 64), (0, 64), (63, 193), (64, 640), (100, 700), (699, 700)];
    let drawn = (0..500).map(|_| (random.usize(0..3700), random.usize(0..=3700)));
    for (from, to) in stretches.into_iter().chain(drawn.collect::<Vec<_>>()) {
        let summary = values.summary(from..to);
        let of: &[f64] = values.all.get(from..to).unwrap_or_default();
        let least = |a: f64, b: &f64| a.min(*b);
        let wanted = of.first().zip(of.last()).map(|(first, last)| Summary {
            low: of.iter().fold(f64::INFINITY, least),
            high: -of.iter().map(|value| -value).fold(f64::INFINITY, |a, b| least(a, &b)),
            first: *first,
            last: *last,
        });
        assert_eq!(summary, wanted, "{from}..{to}");
    }
    values.clear();
    values.extend([3.0, 1.0].into_iter());
    assert_eq!(values.summary(0..2), Some(Summary { low: 1.0, high: 3.0, first: 3.0, last: 1.0 }));
}

#[test]
fn what_was_known_by_then_is_told_and_what_is_no_number_is_left_out() {
    let mut curve = curve([1.0, f64::NAN, 3.0]);
    assert_eq!(
        (curve.len(), curve.known_at(1.9), curve.known_at(2.0)),
        (2, Some([0.0, 1.0, 1.0]), Some([2.0, 3.0, 3.0]))
    );
    assert_eq!((curve.known_at(-0.5), curve.first(), curve.last()), (None, Some([0.0, 1.0]), Some([2.0, 3.0])));
    curve.smooth(0.5, &mut 9);
    let [x, _, smoothed] = curve.known_at(99.0).unwrap();
    assert!(x == 2.0 && (smoothed - 7.0 / 3.0).abs() < 1e-9, "{smoothed}");
    assert!(curve.is_positive());
    curve.push(5.0, -1.0);
    assert!(!curve.is_positive());
    for index in 6..200 {
        curve.push(f64::from(index), 1.0);
    }
    assert!(!curve.is_positive());
    assert_eq!(Curve::default().known_at(0.0), None);
}

#[test]
fn a_line_leads_there_and_back() {
    let mut seconds = Curve::default();
    for (iteration, second) in [(1.0, 2.0), (2.0, 4.0), (5.0, 4.0), (6.0, 14.0)] {
        seconds.push(iteration, second);
    }
    assert_eq!([0.0, 1.5, 4.0, 5.5, 9.0].map(|x| seconds.between(x)), [2.0, 3.0, 4.0, 9.0, 14.0]);
    assert_eq!([1.0, 3.0, 9.0, 99.0].map(|value| seconds.place_of(value)), [1.0, 1.5, 5.5, 6.0]);
    assert_eq!(Curve::default().between(7.0), 7.0);
}
