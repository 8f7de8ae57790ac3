//! Curves for elsewhere: all runs as one table, and a chart as a picture.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use eframe::egui::{ColorImage, Rect};

use crate::engine_client::curves::present_name;
use crate::engine_client::run_folder::{METRICS_FILE, PARTS_FILE};

/// The part of a picture at a place of the window, as PNG.
///
/// # Errors
/// The place is not in it, or it is too large.
pub fn cut_out(image: &ColorImage, rect: Rect, pixels_per_point: f32) -> Result<Vec<u8>, String> {
    let cut = image.region(
        &rect.intersect(Rect::from_min_size(
            eframe::egui::Pos2::ZERO,
            eframe::egui::vec2(image.width() as f32, image.height() as f32) / pixels_per_point,
        )),
        Some(pixels_per_point),
    );
    if cut.pixels.is_empty() {
        return Err("the chart is not in view".into());
    }
    let bytes: Vec<u8> = cut.pixels.iter().flat_map(eframe::egui::Color32::to_srgba_unmultiplied).collect();
    let buffer =
        image::RgbaImage::from_raw(cut.width() as u32, cut.height() as u32, bytes).ok_or("it is no picture")?;
    let mut png = std::io::Cursor::new(Vec::new());
    buffer.write_to(&mut png, image::ImageFormat::Png).map_err(|error| error.to_string())?;
    Ok(png.into_inner())
}

/// All runs' curves as one table, a row an iteration: the run's name first, then what all have.
///
/// # Errors
/// What the system says.
pub fn write_table(runs: &[(String, PathBuf)], path: &Path) -> std::io::Result<()> {
    let mut rows: Vec<(String, Vec<(String, String)>)> = Vec::new();
    let mut columns: Vec<String> = Vec::new();
    for (name, folder) in runs {
        let mut of_run: BTreeMap<u64, Vec<(String, String)>> = BTreeMap::new();
        for file in [METRICS_FILE, PARTS_FILE] {
            let text = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
            let mut lines = text.lines();
            let heads: Vec<&str> = lines.next().unwrap_or_default().split(',').map(present_name).collect();
            for head in &heads {
                if !head.is_empty() && !columns.iter().any(|known| known == head) {
                    columns.push((*head).to_owned());
                }
            }
            for line in lines {
                let Some(iteration) = line.split(',').next().and_then(|number| number.parse().ok()) else { continue };
                let fields = heads.iter().zip(line.split(',')).filter(|(_, field)| !field.is_empty());
                let fields = fields.map(|(head, field)| ((*head).to_owned(), field.to_owned()));
                of_run.entry(iteration).or_default().extend(fields);
            }
        }
        rows.extend(of_run.into_values().map(|fields| (name.clone(), fields)));
    }
    let mut text = format!("run,{}\n", columns.join(","));
    for (name, fields) in rows {
        let _ = write!(text, "\"{}\"", name.replace('"', "\"\""));
        for column in &columns {
            let field = fields.iter().find(|(head, _)| head == column);
            text.push(',');
            text.push_str(field.map_or("", |(_, field)| field));
        }
        text.push('\n');
    }
    crate::whole_file::replace(path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::{Color32, pos2};

    #[test]
    fn runs_of_different_columns_share_a_table() {
        let root = tempfile::tempdir().unwrap();
        let put = |run: &str, file: &str, text: &str| {
            std::fs::create_dir_all(root.path().join(run)).unwrap();
            std::fs::write(root.path().join(run).join(file), text).unwrap();
        };
        put("a", METRICS_FILE, "iteration,critic_loss\n1,0.5\n2,\n");
        put("b, too", METRICS_FILE, "iteration,discriminator_loss,style\n0,,1\n1,0.25,\n10,0.5,3\n");
        put("b, too", PARTS_FILE, "iteration,Bass/polyphony\n0,1.5\n10,\n");
        let runs = ["a", "b, too"].map(|name| (name.to_owned(), root.path().join(name)));
        let path = root.path().join("all.csv");
        write_table(&runs, &path).unwrap();
        let of_b = ["\"b, too\",0,,1,1.5", "\"b, too\",1,0.25,,", "\"b, too\",10,0.5,3,"];
        let rows = [&["\"a\",1,0.5,,", "\"a\",2,,,"], &of_b[..]].concat();
        let expected = format!("run,iteration,discriminator_loss,style,Bass/polyphony\n{}\n", rows.join("\n"));
        assert_eq!(std::fs::read_to_string(path).unwrap(), expected);
    }

    #[test]
    fn a_picture_is_what_was_at_the_place() {
        let mut image = ColorImage::filled([40, 20], Color32::BLACK);
        image[(20, 10)] = Color32::WHITE;
        let rect = Rect::from_min_max(pos2(10.0, 5.0), pos2(15.0, 10.0));
        let png = cut_out(&image, rect, 2.0).unwrap();
        let read = image::load_from_memory(&png).unwrap().to_rgba8();
        assert_eq!(read.dimensions(), (10, 10));
        assert_eq!((read.get_pixel(0, 0).0, read.get_pixel(1, 1).0), ([255; 4], [0, 0, 0, 255]));
    }
}
