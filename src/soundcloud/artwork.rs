//! A picture of the piano roll, square, for the cover of a track.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use crate::music::Score;

/// Its height and width.
const SIZE: u32 = 800;
const MARGIN: f64 = 60.0;
const GROUND: [u8; 3] = [20, 22, 28];
const COLOURS: [[u8; 3]; 8] = [
    [139, 123, 255],
    [56, 198, 180],
    [240, 162, 75],
    [239, 107, 138],
    [95, 176, 245],
    [156, 207, 90],
    [212, 139, 240],
    [227, 207, 87],
];

/// The cover of a score, as a PNG; the melody lies over the other parts.
pub(super) fn draw(score: &Score) -> Vec<u8> {
    let mut picture = RgbImage::from_pixel(SIZE, SIZE, Rgb(GROUND));
    let notes = || score.parts.iter().flat_map(|part| &part.notes);
    let low = notes().map(|note| note.pitch.get()).min().unwrap_or(60);
    let high = notes().map(|note| note.pitch.get()).max().unwrap_or(60);
    let rows = f64::from(high - low).max(23.0) + 1.0;
    let (room, end) = (f64::from(SIZE) - 2.0 * MARGIN, f64::from(score.end().max(1)));
    let top = (f64::from(high) + f64::from(low) + rows) / 2.0;
    let order = (0..score.parts.len()).filter(|&index| Some(index) != score.melody).chain(score.melody);
    for (index, part) in order.filter_map(|index| Some((index, score.parts.get(index)?))) {
        let colour = COLOURS[index % COLOURS.len()];
        for note in &part.notes {
            let x = |tick: u32| MARGIN + f64::from(tick) / end * room;
            let y = MARGIN + (top - 0.5 - f64::from(note.pitch.get())) / rows * room;
            let (left, right) = (x(note.start), x(note.end()).max(x(note.start) + 3.0) - 1.0);
            let height = (room / rows - 1.0).max(2.0);
            let light = 0.5 + f64::from(note.velocity.get()) / 254.0;
            let colour = colour.map(|value| (f64::from(value) * light) as u8);
            for row in pixels(y, y + height) {
                for column in pixels(left, right) {
                    picture.put_pixel(column, row, Rgb(colour));
                }
            }
        }
    }
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).expect("memory takes all");
    bytes.into_inner()
}

fn pixels(from: f64, to: f64) -> std::ops::Range<u32> {
    let inside = |at: f64| at.round().clamp(0.0, f64::from(SIZE)) as u32;
    inside(from)..inside(to)
}
