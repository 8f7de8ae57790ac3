//! `cargo bench --bench roll`: how long a frame of the piano roll takes, without a renderer.
#![allow(clippy::print_stdout, reason = "a table is all it is for")]

use cantus::studio::roll::bench::{Scene, frame_times_ms, percentile};

fn main() {
    println!(
        "{:<44} {:>9} {:>9} {:>9}",
        "ms a frame (logic, layout, tessellation)", "best", "median", "p99"
    );
    for (title, scene, notes) in [
        ("10,000 notes, all in sight", Scene::AllInSight, 10_000),
        ("100,000 notes, usual zoom", Scene::UsualZoom, 100_000),
        ("100,000 notes, all in sight", Scene::AllInSight, 100_000),
        ("10,000 notes, dragging 1,000", Scene::Dragging, 10_000),
        ("100,000 notes, dragging 10,000", Scene::Dragging, 100_000),
    ] {
        let times = frame_times_ms(scene, notes, 300);
        let [best, median, p99] = [0.0, 0.5, 0.99].map(|share| percentile(&times, share));
        println!("{title:<44} {best:>9.2} {median:>9.2} {p99:>9.2}");
    }
}
