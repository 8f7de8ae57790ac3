//! Letters that our own fonts do not have: found among the system's fonts, as browsers do, once the window shows some.
//! Where no font has them, that is told once.

mod script;

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
    sync::mpsc::{Receiver, channel},
};

use eframe::egui::{Context, FontData, FontFamily, FontId, Shape};
use fontdb::{Database, FaceInfo, Source, Style, Weight};
use skrifa::{FontRef, MetadataProvider as _};

use self::script::Script;
use crate::studio::theme;

/// Larger font files are not loaded.
const MOST_BYTES: usize = 64 << 20;
/// More fonts than this are not loaded.
const MOST_FONTS: usize = 12;

/// A font of the system: its name and content.
pub type SystemFont = (String, Arc<FontData>);

/// What a search came to.
struct Found {
    fonts: Vec<SystemFont>,
    /// Of which scripts letters were found.
    legible: BTreeSet<Script>,
    /// Of which scripts letters were not.
    lacking: BTreeSet<Script>,
}

/// Which letters the window has shown, and the fonts that were found for them.
pub struct Letters {
    seen: HashSet<char>,
    /// The fonts of the system.
    system: fn() -> Database,
    /// A search under way.
    search: Option<Receiver<Found>>,
    /// Letters that nothing was looked for yet.
    wanted: Vec<char>,
    fonts: Vec<SystemFont>,
    /// Of which scripts there are letters.
    legible: BTreeSet<Script>,
    /// Which scripts were said to be missing.
    told: BTreeSet<Script>,
}

impl Default for Letters {
    fn default() -> Self {
        Self::among(system_fonts)
    }
}

impl Letters {
    fn among(system: fn() -> Database) -> Self {
        let (fonts, wanted, search) = Default::default();
        let (seen, legible, told) = Default::default();
        Self { seen, system, search, wanted, fonts, legible, told }
    }

    /// Looks at what the frame shows, and has fonts looked for beside the window where letters are missing. Answers
    /// with what to tell the user where there is no font for a script, once for each.
    pub fn keep_up(&mut self, ctx: &Context) -> Option<String> {
        let mut new = Vec::new();
        let layers: Vec<_> = ctx.memory(|memory| memory.layer_ids().collect());
        ctx.graphics(|graphics| {
            for list in layers.iter().filter_map(|layer| graphics.get(*layer)) {
                list.all_entries().for_each(|entry| self.look_at(&entry.shape, &mut new));
            }
        });
        let font = FontId::new(theme::size::BODY, FontFamily::Proportional);
        let has_glyph = |letter: &char| ctx.fonts_mut(|fonts| fonts.has_glyph(&font, *letter));
        let (drawn, missing): (Vec<char>, Vec<char>) = new.into_iter().partition(has_glyph);
        self.legible.extend(drawn.into_iter().filter_map(script::of));
        self.wanted.extend(missing);
        let mut told = None;
        if let Some(found) = self.search.as_ref().and_then(|search| search.try_recv().ok()) {
            self.search = None;
            self.legible.extend(found.legible);
            let is_new = |script: &Script| !self.legible.contains(script) && self.told.insert(*script);
            told = script::without_font(found.lacking.into_iter().filter(is_new).collect());
            if !found.fonts.is_empty() {
                self.fonts.extend(found.fonts);
                theme::install_fonts(ctx, &self.fonts);
                ctx.request_repaint();
            }
        }
        if self.search.is_none() && !self.wanted.is_empty() && self.fonts.len() < MOST_FONTS {
            let wanted = std::mem::take(&mut self.wanted);
            let (sender, search) = channel();
            let (ctx, system) = (ctx.clone(), self.system);
            let look = move || {
                let _ = sender.send(fonts_with(&system(), wanted)); // nobody waits when the window is closed
                ctx.request_repaint();
            };
            match std::thread::Builder::new().name("studio fonts".into()).spawn(look) {
                Ok(_) => self.search = Some(search),
                Err(error) => log::warn!("no fonts were looked for: {error}"),
            }
        }
        told
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
fn fonts_with(database: &Database, mut wanted: Vec<char>) -> Found {
    let mut faces: Vec<&FaceInfo> = database.faces().filter(|face| !face.post_script_name.contains("Emoji")).collect();
    faces.sort_by_key(|face| rank(face));
    let mut fonts = Vec::new();
    let mut legible: BTreeSet<Script> = BTreeSet::new();
    for face in faces {
        if wanted.is_empty() || fonts.len() >= MOST_FONTS {
            break;
        }
        let before = wanted.len();
        let data = database.with_face_data(face.id, |data, index| {
            let font = FontRef::from_index(data, index).ok().filter(|_| data.len() <= MOST_BYTES)?;
            let letters = font.charmap();
            let has = wanted.extract_if(.., |letter| letters.map(*letter).is_some());
            legible.extend(has.filter_map(script::of));
            (wanted.len() < before).then(|| FontData { index, ..FontData::from_owned(data.to_vec()) })
        });
        if let Some(data) = data.flatten() {
            fonts.push((format!("system {} {}", face.post_script_name, face.index), Arc::new(data)));
        }
    }
    Found { fonts, legible, lacking: wanted.into_iter().filter_map(script::of).collect() }
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
    use eframe::egui::RawInput;

    #[test]
    fn a_font_is_found_that_has_the_letters() {
        let mut database = Database::new();
        database.load_font_data(lucide_icons::LUCIDE_FONT_BYTES.to_vec());
        database.load_font_data(notosans::BOLD_TTF.to_vec());
        database.load_font_data(notosans::REGULAR_TTF.to_vec());
        let found = fonts_with(&database, vec!['Я', 'ω', '語']);
        assert_eq!(found.fonts.len(), 1);
        assert_eq!(found.fonts[0].0, "system NotoSans 0");
        assert_eq!(found.lacking.into_iter().collect::<Vec<_>>(), [script::of('語').unwrap()]);
        assert!(fonts_with(&database, vec!['語']).fonts.is_empty());
    }

    /// What is told while a window shows these texts, one after the other.
    fn told(letters: &mut Letters, texts: &[&str]) -> Vec<String> {
        let ctx = Context::default();
        theme::install(&ctx);
        let mut told = Vec::new();
        for text in texts {
            let mut is_looked_for = false;
            for _ in 0..1000 {
                let mut output = ctx.run_ui(RawInput::default(), |ui| {
                    ui.label(*text);
                    told.extend(letters.keep_up(ui.ctx()));
                });
                output.textures_delta.clear();
                if is_looked_for && letters.search.is_none() {
                    break;
                }
                is_looked_for |= letters.search.is_some();
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            assert!(is_looked_for && letters.search.is_none(), "{text}");
        }
        told
    }

    #[test]
    fn a_script_that_no_font_has_is_told_once() {
        let mut letters = Letters::among(|| {
            let mut database = Database::new();
            database.load_font_data(notosans::REGULAR_TTF.to_vec());
            database
        });
        let lacks = |what: &str| {
            let advice = "Install one, for example fonts-noto-cjk, and restart Cantus";
            format!("No font on this computer has {what} characters. {advice}")
        };
        let texts = ["ほしのうた 星", "夜空 そら", "노래 별"];
        assert_eq!(told(&mut letters, &texts), [lacks("Japanese"), lacks("Korean")]);
    }
}
