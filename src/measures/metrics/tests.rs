//! The test vectors: 4 steps per beat, 32 steps unless said.

use super::*;
use crate::music::Cell;

fn write(grid: &mut Grid, step: usize, length: usize, pitch: usize) {
    for at in step..step + length {
        grid.set(at, pitch, if at == step { Cell::Onset } else { Cell::Held });
    }
}

fn planes(steps: usize, notes: &[(usize, usize, usize)]) -> Planes {
    let mut grid = Grid::silent(steps);
    for &(step, length, pitch) in notes {
        write(&mut grid, step, length, pitch);
    }
    Planes::from(&grid)
}

fn measured(part: &Planes) -> PartMetrics {
    PartMetrics::measure(&Subject::new(part, 16, false).in_key(Some(Key::C_MAJOR)))
}

#[track_caller]
fn close(value: Option<f64>, expected: f64) {
    let value = value.expect("defined");
    assert!((value - expected).abs() < 5e-5, "{value} instead of {expected}");
}

fn beat(pitches: &[usize]) -> Planes {
    planes(4, &pitches.iter().map(|&pitch| (0, 4, pitch)).collect::<Vec<_>>())
}

#[test]
fn a_held_triad_and_an_empty_bar() {
    let metrics = measured(&planes(32, &[(0, 16, 60), (0, 16, 64), (0, 16, 67)]));
    close(metrics[Metric::EmptyBarRate], 0.5);
    close(metrics[Metric::PitchesUsed], 3.0);
    close(metrics[Metric::PitchClassesUsed], 3.0);
    close(metrics[Metric::QualifiedNotes], 1.0);
    close(metrics[Metric::PolyphonyRate], 0.5);
    close(metrics[Metric::Polyphony], 3.0);
    close(metrics[Metric::ScaleConsistency], 1.0);
    close(metrics[Metric::InScaleKey], 1.0);
    close(metrics[Metric::PitchClassEntropy], 1.5850);
    close(metrics[Metric::GrooveConsistency], 0.9375);
    assert_eq!(metrics[Metric::DrumPattern], None);
}

#[test]
fn repeated_quarters() {
    let notes: Vec<_> = (0..8).map(|index| (index * 4, 4, 60)).collect();
    let metrics = measured(&planes(32, &notes));
    close(metrics[Metric::EmptyBarRate], 0.0);
    close(metrics[Metric::PitchClassesUsed], 1.0);
    close(metrics[Metric::PitchClassEntropy], 0.0);
    close(metrics[Metric::GrooveConsistency], 1.0);
    close(metrics[Metric::Polyphony], 1.0);
    close(metrics[Metric::PolyphonyRate], 0.0);
}

#[test]
fn chromatic_sixteenths() {
    let notes: Vec<_> = (0..16).map(|index| (index, 1, 60 + index)).collect();
    let metrics = measured(&planes(32, &notes));
    close(metrics[Metric::EmptyBarRate], 0.5);
    close(metrics[Metric::PitchesUsed], 16.0);
    close(metrics[Metric::PitchClassesUsed], 12.0);
    close(metrics[Metric::QualifiedNotes], 0.0);
    close(metrics[Metric::ScaleConsistency], 0.625);
    close(metrics[Metric::PitchClassEntropy], 3.5);
}

#[test]
fn a_scale_in_eighths_twice() {
    let scale = [60, 62, 64, 65, 67, 69, 71, 72];
    let notes: Vec<_> = (0..16).map(|index| (index * 2, 2, scale[index % 8])).collect();
    let metrics = measured(&planes(32, &notes));
    close(metrics[Metric::PitchClassesUsed], 7.0);
    close(metrics[Metric::PitchesUsed], 8.0);
    close(metrics[Metric::ScaleConsistency], 1.0);
    close(metrics[Metric::InScaleCMajor], 1.0);
    close(metrics[Metric::PitchClassEntropy], 2.75);
    close(metrics[Metric::GrooveConsistency], 1.0);
    close(metrics[Metric::QualifiedNotes], 1.0);
}

#[test]
fn in_scale_takes_the_key_it_is_given() {
    let part = planes(16, &[(0, 4, 66), (4, 4, 67), (8, 4, 69), (12, 4, 65)]);
    let g_major = Key { tonic: 7, ..Key::C_MAJOR };
    let metrics = PartMetrics::measure(&Subject::new(&part, 16, false).in_key(Some(g_major)));
    close(metrics[Metric::InScaleKey], 0.75);
    close(metrics[Metric::InScaleCMajor], 0.75);
    assert_eq!(PartMetrics::measure(&Subject::new(&part, 16, false))[Metric::InScaleKey], None);
}

#[test]
fn silence_is_undefined_rather_than_zero() {
    let metrics = measured(&planes(32, &[]));
    close(metrics[Metric::EmptyBarRate], 1.0);
    close(metrics[Metric::PolyphonyRate], 0.0);
    let defined = [Metric::EmptyBarRate, Metric::PolyphonyRate, Metric::GrooveConsistency];
    for row in METRICS.iter().filter(|row| !defined.contains(&row.metric)) {
        assert_eq!(metrics[row.metric], None, "{}", row.key);
    }
    assert_eq!(measured(&planes(0, &[])), PartMetrics::default());
    assert_eq!(dissonance(&beat(&[60]), &beat(&[])), None);
    assert_eq!(tonal_distance(&beat(&[60]), &beat(&[])), None);
}

#[test]
fn tonal_distances_of_one_beat() {
    for (a, b, expected) in [
        (&[60][..], &[60][..], 0.0),
        (&[60], &[67], 1.7372),
        (&[60], &[64], 1.9365),
        (&[60], &[66], 2.8284),
        (&[60], &[61], 2.5460),
        (&[60, 64, 67], &[57, 60, 64], 0.7993),
        (&[60], &[48, 52, 55], 1.0293),
    ] {
        close(tonal_distance(&beat(a), &beat(b)), expected);
        close(tonal_distance(&beat(b), &beat(a)), expected);
    }
}

#[test]
fn tonal_distance_counts_beats_where_both_sound() {
    let a = planes(8, &[(0, 8, 60)]);
    let b = planes(8, &[(4, 4, 67)]);
    close(tonal_distance(&a, &b), 1.7372);
    assert_eq!(tonal_distances(&a, &b).count(), 1);
}

#[test]
fn dissonances() {
    let chord = beat(&[48, 52, 55]);
    close(dissonance(&beat(&[60]), &chord), 0.0);
    close(dissonance(&beat(&[61]), &chord), 2.0 / 3.0);
    close(dissonance(&beat(&[71]), &beat(&[60])), 1.0);
}

#[test]
fn drum_patterns() {
    let hits = |every: usize| planes(16, &(0..16).step_by(every).map(|step| (step, 1, 42)).collect::<Vec<_>>());
    let pattern = |part: &Planes| PartMetrics::measure(&Subject::new(part, 16, true))[Metric::DrumPattern];
    close(pattern(&hits(1)), 0.550);
    close(pattern(&hits(2)), 1.0);
    assert_eq!(pattern(&planes(16, &[])), None);
    assert_eq!(PartMetrics::measure(&Subject::new(&hits(1), 16, true))[Metric::PitchClassEntropy], None);
}

#[test]
fn a_report_tells_parts_apart() {
    let mut melody = Grid::silent(32);
    let mut bass = Grid::silent(32);
    let mut drums = Grid::silent(32);
    for beat in 0..8 {
        write(&mut melody, beat * 4, 4, 72);
        write(&mut bass, beat * 4, 4, 49);
        write(&mut drums, beat * 4, 1, 36);
    }
    let report = report(&[(Role::Melody, &melody), (Role::Bass, &bass), (Role::Drums, &drums)], 16, None);
    close(report.parts[1].metrics[Metric::Dissonance], 1.0);
    close(report.parts[1].metrics[Metric::TonalDistanceToMelody], 2.5460);
    assert_eq!(report.parts[0].metrics[Metric::Dissonance], None);
    assert_eq!(report.parts[2].metrics[Metric::Dissonance], None);
    close(report.parts[2].metrics[Metric::DrumPattern], 1.0);
    assert_eq!(report.tonal_distances, []);
}

#[test]
fn each_metric_has_its_row() {
    for (index, row) in METRICS.iter().enumerate() {
        assert_eq!(row.metric as usize, index);
        assert_eq!(row.metric.row().key, row.key);
        let snake = row.key.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect::<String>();
        assert_eq!(format!("{:?}", row.metric), snake);
    }
}
