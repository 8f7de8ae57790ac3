//! `cargo bench --bench roll`: how long a frame of the piano roll takes, without a renderer.
#![allow(clippy::print_stdout, reason = "a table is all it is for")]

use cantus::studio::roll::bench::{Scene, frame_times_ms, percentile};

fn main() {
    println!("{:<44} {:>9} {:>9}", "ms a frame (logic, layout, tessellation)", "median", "p99");
    for (title, scene, notes) in [
        ("10,000 notes, all in sight", Scene::AllInSight, 10_000),
        ("100,000 notes, usual zoom", Scene::UsualZoom, 100_000),
        ("100,000 notes, all in sight", Scene::AllInSight, 100_000),
        ("10,000 notes, dragging 1,000", Scene::Dragging, 10_000),
        ("100,000 notes, dragging 10,000", Scene::Dragging, 100_000),
    ] {
        let times = frame_times_ms(scene, notes, 300);
        println!("{title:<44} {:>9.2} {:>9.2}", percentile(&times, 0.5), percentile(&times, 0.99));
    }
}
