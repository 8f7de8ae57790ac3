//! The fonts: Noto Sans for text (regular and bold), our own signs of music that it lacks, Lucide for icons, egui's own
//! behind them.

use std::sync::Arc;

use eframe::egui::{FontData, FontDefinitions, FontFamily, FontTweak};

/// The family for emphasis.
pub(super) const BOLD: &str = "bold";
/// The family of icons.
pub(super) const ICONS: &str = "icons";

/// Everything the window writes with.
pub(super) fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let mut add = |name: &str, bytes: &'static [u8], tweak: FontTweak| {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes).tweak(tweak)));
    };
    add("noto-sans", notosans::REGULAR_TTF, FontTweak::default());
    add("noto-sans-bold", notosans::BOLD_TTF, FontTweak::default());
    add("music-signs", include_bytes!("../../../assets/fonts/music-signs.ttf"), FontTweak::default());
    add(
        "lucide",
        lucide_icons::LUCIDE_FONT_BYTES,
        FontTweak {
            // Lucide's glyphs fill the em and sit on the baseline's middle; a nudge centres them beside text.
            y_offset_factor: 0.0,
            ..FontTweak::default()
        },
    );
    let fallbacks = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let chain =
        |first: &[&str]| first.iter().map(|&name| name.to_owned()).chain(fallbacks.iter().cloned()).collect::<Vec<_>>();
    fonts.families.insert(FontFamily::Proportional, chain(&["noto-sans", "music-signs", "lucide"]));
    fonts.families.insert(FontFamily::Name(BOLD.into()), chain(&["noto-sans-bold", "music-signs", "lucide"]));
    fonts.families.insert(FontFamily::Name(ICONS.into()), vec!["lucide".to_owned()]);
    fonts
}
