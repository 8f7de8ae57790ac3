//! Letters that our own fonts do not have: found among the system's fonts, as browsers do, once the window shows some.

use std::{
    collections::HashSet,
    sync::Arc,
    sync::mpsc::{Receiver, channel},
};

use eframe::egui::{Context, FontData, FontFamily, FontId, Shape};
use fontdb::{Database, FaceInfo, Source, Style, Weight};
use skrifa::{FontRef, MetadataProvider as _};

use crate::studio::theme;

/// Larger font files are not loaded.
const MOST_BYTES: usize = 64 << 20;
/// More fonts than this are not loaded.
const MOST_FONTS: usize = 12;

/// A font of the system: its name and content.
pub type SystemFont = (String, Arc<FontData>);

/// Which letters the window has shown, and the fonts that were found for them.
#[derive(Default)]
pub struct Letters {
    seen: HashSet<char>,
    /// A search under way.
    search: Option<Receiver<Vec<SystemFont>>>,
    /// Letters that nothing was looked for yet.
    wanted: Vec<char>,
    fonts: Vec<SystemFont>,
}

impl Letters {
    /// Looks at what the frame shows, and has fonts looked for beside the window where letters are missing.
    pub fn keep_up(&mut self, ctx: &Context) {
        let mut new = Vec::new();
        let layers: Vec<_> = ctx.memory(|memory| memory.layer_ids().collect());
        ctx.graphics(|graphics| {
            for list in layers.iter().filter_map(|layer| graphics.get(*layer)) {
                list.all_entries().for_each(|entry| self.look_at(&entry.shape, &mut new));
            }
        });
        let font = FontId::new(theme::size::BODY, FontFamily::Proportional);
        let is_missing = |letter: &char| !ctx.fonts_mut(|fonts| fonts.has_glyph(&font, *letter));
        self.wanted.extend(new.into_iter().filter(is_missing));
        if let Some(found) = self.search.as_ref().and_then(|search| search.try_recv().ok()) {
            self.search = None;
            if !found.is_empty() {
                self.fonts.extend(found);
                theme::install_fonts(ctx, &self.fonts);
                ctx.request_repaint();
            }
        }
        if self.search.is_none() && !self.wanted.is_empty() && self.fonts.len() < MOST_FONTS {
            let wanted = std::mem::take(&mut self.wanted);
            let (sender, search) = channel();
            let ctx = ctx.clone();
            let look = move || {
                let _ = sender.send(fonts_with(&system_fonts(), wanted)); // nobody waits when the window is closed
                ctx.request_repaint();
            };
            match std::thread::Builder::new().name("studio fonts".into()).spawn(look) {
                Ok(_) => self.search = Some(search),
                Err(error) => log::warn!("no fonts were looked for: {error}"),
            }
        }
    }

    fn look_at(&mut self, shape: &Shape, new: &mut Vec<char>) {
        match shape {
            Shape::Text(text) if !text.galley.text().is_ascii() => {
                let letters = text.galley.text().chars();
                new.extend(letters.filter(|letter| !letter.is_ascii() && self.seen.insert(*letter)));
            }
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| self.look_at(shape, new)),
            _ => {}
        }
    }
}

fn system_fonts() -> Database {
    let mut database = Database::new();
    database.load_system_fonts();
    database
}

/// Fonts that together have as many of the letters as can be had, the fittest first.
fn fonts_with(database: &Database, mut wanted: Vec<char>) -> Vec<SystemFont> {
    let mut faces: Vec<&FaceInfo> = database.faces().filter(|face| !face.post_script_name.contains("Emoji")).collect();
    faces.sort_by_key(|face| rank(face));
    let mut found = Vec::new();
    for face in faces {
        if wanted.is_empty() || found.len() >= MOST_FONTS {
            break;
        }
        let before = wanted.len();
        let data = database.with_face_data(face.id, |data, index| {
            let font = FontRef::from_index(data, index).ok().filter(|_| data.len() <= MOST_BYTES)?;
            let letters = font.charmap();
            wanted.retain(|letter| letters.map(*letter).is_none());
            (wanted.len() < before).then(|| FontData { index, ..FontData::from_owned(data.to_vec()) })
        });
        if let Some(data) = data.flatten() {
            found.push((format!("system {} {}", face.post_script_name, face.index), Arc::new(data)));
        }
    }
    found
}

/// The smaller, the more like our own font a face is: upright, of regular weight, without serifs, for reading.
fn rank(face: &FaceInfo) -> (bool, u16, bool, bool, bool, String) {
    let name = face.families.first().map_or(String::new(), |(name, _)| name.clone());
    let is_in_memory = matches!(face.source, Source::Binary(_));
    let weight = face.weight.0.abs_diff(Weight::NORMAL.0);
    (face.style != Style::Normal, weight, face.monospaced, !name.contains("Sans"), !is_in_memory, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_is_found_that_has_the_letters() {
        let mut database = Database::new();
        database.load_font_data(lucide_icons::LUCIDE_FONT_BYTES.to_vec());
        database.load_font_data(notosans::BOLD_TTF.to_vec());
        database.load_font_data(notosans::REGULAR_TTF.to_vec());
        let found = fonts_with(&database, vec!['Я', 'ω', '語']);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "system NotoSans 0");
        assert!(fonts_with(&database, vec!['語']).is_empty());
    }
}
