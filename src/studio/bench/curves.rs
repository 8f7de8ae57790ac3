//! How long a frame of the charts takes with a million points in each curve: logic, layout and tessellation.

use std::time::Instant;

use eframe::egui::{CentralPanel, Context, Pos2, RawInput, Rect, ScrollArea, Vec2};

use super::{percentile, rows, table};
use crate::engine_client::curves::CURVES;
use crate::studio::{
    charts::{Charts, curves::Curves},
    theme,
};

/// The page that is measured, in points.
const PAGE: Vec2 = Vec2::new(1280.0, 1000.0);
const POINTS: usize = 1_000_000;
const FRAMES: usize = 200;

/// Measures all scenes: a table, or JSON.
///
/// # Errors
/// The times cannot be written as JSON, that is: never, but for numbers that are none.
pub fn report(as_json: bool) -> serde_json::Result<String> {
    let of = |times: &[f64]| [0.0, 0.5, 0.99].map(|share| percentile(times, share));
    let measured = Scene::ALL.map(|(title, scene)| (title, of(&frame_times_ms(scene, POINTS, FRAMES))));
    let behind = [("the slider let go of, until all is as it says", of(&behind_ms(POINTS, FRAMES / 10)))];
    if as_json {
        let rows: Vec<_> = rows(&measured).chain(rows(&behind)).collect();
        return Ok(serde_json::to_string_pretty(&rows)? + "\n");
    }
    let frames = table("ms a frame, 1,000,000 points a curve", &measured);
    Ok(frames + "\n" + &table("ms", &behind))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scene {
    /// All of it in sight while points come in.
    Growing,
    /// A part of it, moved along.
    Panning,
    /// Another smoothing with each frame; the curves are smoothed over some frames.
    Smoothing,
}

impl Scene {
    const ALL: [(&'static str, Self); 3] = [
        ("all in sight, points coming in", Self::Growing),
        ("a thousandth in sight, panning", Self::Panning),
        ("the smoothing slider dragged", Self::Smoothing),
    ];
}

/// A page of charts with so many points in each curve, smoothed.
fn page(points: usize) -> (Context, Charts) {
    let ctx = Context::default();
    theme::install(&ctx);
    let mut charts = Charts { curves: curves(0, points), ..Charts::default() };
    // the first frames load fonts
    for _ in 0..3 {
        frame(&ctx, &mut charts);
    }
    catch_up(&ctx, &mut charts);
    (ctx, charts)
}

/// Draws frames until all curves are smoothed as the slider says.
fn catch_up(ctx: &Context, charts: &mut Charts) {
    let weight = charts.choices.smoothing;
    while !charts.curves.0.values_mut().all(|curve| curve.smooth(weight, &mut 0)) {
        frame(ctx, charts);
    }
}

/// Milliseconds from each of a number of moves of the slider until all curves are drawn so.
fn behind_ms(points: usize, moves: usize) -> Vec<f64> {
    let (ctx, mut charts) = page(points);
    let moves = (0..moves).map(|number| {
        charts.choices.smoothing = if number % 2 == 0 { 0.9 } else { 0.99 };
        let began = Instant::now();
        catch_up(&ctx, &mut charts);
        frame(&ctx, &mut charts);
        began.elapsed().as_secs_f64() * 1e3
    });
    moves.collect()
}

/// Milliseconds of each of a number of frames, with so many points in each curve.
fn frame_times_ms(scene: Scene, points: usize, frames: usize) -> Vec<f64> {
    let (ctx, mut charts) = page(points);
    let mut at = points;
    let times = (0..frames).map(|number| {
        match scene {
            Scene::Growing => {
                charts.curves.extend(curves(at, at + 10));
                at += 10;
            }
            Scene::Panning => {
                let from = (number * points / frames) as f64;
                charts.visible = Some(from..from + points as f64 / 1000.0);
                charts.follow = false;
            }
            Scene::Smoothing => charts.choices.smoothing = 0.5 + 0.4 * number as f64 / frames as f64,
        }
        frame(&ctx, &mut charts)
    });
    times.collect()
}

/// Noise on a slope, for every column of every chart.
fn curves(from: usize, to: usize) -> Curves {
    let mut curves = Curves::default();
    let mut random = fastrand::Rng::with_seed(from as u64);
    for row in &CURVES {
        for x in from..to {
            curves.get(row.key).push(x as f64, 1.0 / (1.0 + x as f64 * 1e-4) + random.f64() * 0.1);
        }
    }
    curves
}

/// One frame: what the window would do but for the renderer. In milliseconds.
fn frame(ctx: &Context, charts: &mut Charts) -> f64 {
    let input = RawInput { screen_rect: Some(Rect::from_min_size(Pos2::ZERO, PAGE)), ..RawInput::default() };
    let began = Instant::now();
    let mut output = ctx.run_ui(input, |ui| {
        CentralPanel::default()
            .show(ui, |ui| ScrollArea::vertical().show(ui, |ui| drop(charts.show_with_controls(ui, &[]))));
    });
    let primitives = ctx.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
    let took = began.elapsed().as_secs_f64() * 1e3;
    output.textures_delta.clear();
    drop(primitives);
    took
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scene_draws_its_curves() {
        for (title, scene) in Scene::ALL {
            let times = frame_times_ms(scene, 1000, 4);
            assert!(times.len() == 4 && times.iter().all(|took| *took > 0.0), "{title}");
        }
        assert!(behind_ms(30_000, 2).iter().all(|took| *took > 0.0));
        let mut curves = curves(0, 1000);
        assert_eq!(curves.get("discriminator_loss").len(), 1000);
    }
}
