//! The one theme: every colour, size, radius and font of the window is named here.
//!
//! No other file may make a colour out of numbers (clippy forbids it). Widgets ask
//! [`Theme::of`] for tokens that say what they are *for*, and so dark and light stay in step.
//! Knows nothing of music or of what the studio does.

#![allow(clippy::disallowed_methods, reason = "this is the place where colours are made")]

mod fonts;
mod style;

use eframe::egui::{Color32, Context, CornerRadius, FontFamily, FontId, RichText, Shadow, Stroke, Ui};
pub use lucide_icons::Icon;

/// Distances, in points: a grid of 4.
pub mod space {
    /// Between an icon and its word.
    pub const XS: f32 = 4.0;
    /// Between things that belong together.
    pub const S: f32 = 8.0;
    /// Inside cards.
    pub const M: f32 = 12.0;
    /// Inside panels, between groups.
    pub const L: f32 = 16.0;
    /// Between sections.
    pub const XL: f32 = 24.0;
    /// Around pages.
    pub const XXL: f32 = 32.0;
    /// The usual height of a control.
    pub const CONTROL: f32 = 28.0;
}

/// Corner radii, in points.
pub mod radius {
    /// Notes, meters, badges.
    pub const S: u8 = 3;
    /// Controls.
    pub const M: u8 = 6;
    /// Cards, menus, dialogs.
    pub const L: u8 = 10;
}

/// Sizes of type, in points.
pub mod size {
    /// Units, ruler numbers, badges.
    pub const CAPTION: f32 = 11.0;
    /// Nearly everything.
    pub const BODY: f32 = 13.0;
    /// Heads of sections.
    pub const SECTION: f32 = 14.0;
    /// Heads of cards and dialogs.
    pub const TITLE: f32 = 18.0;
    /// Heads of pages, the transport's clock.
    pub const DISPLAY: f32 = 22.0;
    /// Icons beside body text.
    pub const ICON: f32 = 16.0;
    /// Icons of the transport.
    pub const ICON_LARGE: f32 = 18.0;
}

/// How much of its own colour the ground of a badge has.
const TINT: f32 = 0.16;

/// How many part colours there are; [`Theme::part`] wraps around.
pub const PART_COLORS: usize = 8;

/// The tokens of one theme.
#[derive(Debug)]
pub struct Theme {
    /// Whether this is the dark one.
    pub dark: bool,
    /// Behind everything.
    pub background: Color32,
    /// Panels and bars.
    pub surface: Color32,
    /// Cards and controls on a panel.
    pub raised: Color32,
    /// The same under the pointer.
    pub raised_hover: Color32,
    /// The same while pressed.
    pub raised_active: Color32,
    /// Wells: text fields, slider rails, meters.
    pub sunken: Color32,
    /// Menus, dialogs, toasts.
    pub overlay: Color32,
    /// Hairlines between surfaces.
    pub border: Color32,
    /// Lines between things, and around what is chosen weakly.
    pub border_strong: Color32,
    /// Outlines by which a control is seen: tick boxes, knobs, text fields.
    pub outline: Color32,
    /// Text to read.
    pub text: Color32,
    /// Text beside it: labels, units.
    pub text_muted: Color32,
    /// Text that may be missed: hints, ruler numbers. Still 4.5:1 wherever it stands.
    pub text_faint: Color32,
    /// The one colour that says "this" : what is chosen, the main button, focus.
    pub accent: Color32,
    /// The main button under the pointer.
    pub accent_hover: Color32,
    /// Behind what is chosen.
    pub accent_soft: Color32,
    /// Text and icons on [`Theme::accent`].
    pub on_accent: Color32,
    /// Done, connected.
    pub success: Color32,
    /// Something is missing, but the studio goes on.
    pub warning: Color32,
    /// Failed.
    pub error: Color32,
    /// Recording.
    pub record: Color32,
    /// Playing, and the playhead's flag.
    pub play: Color32,
    /// The roll behind white keys.
    pub roll_white: Color32,
    /// The roll behind black keys.
    pub roll_black: Color32,
    /// The roll behind pitches outside the key.
    pub roll_out_of_key: Color32,
    /// The row of the key's root.
    pub roll_root: Color32,
    /// Lines at steps.
    pub grid_step: Color32,
    /// Lines at beats.
    pub grid_beat: Color32,
    /// Lines at bars.
    pub grid_bar: Color32,
    /// The playhead.
    pub playhead: Color32,
    /// Piano keys at rest.
    pub key_white: Color32,
    /// Piano keys at rest.
    pub key_black: Color32,
    /// Lines between piano keys.
    pub key_border: Color32,
    /// Letters on white keys.
    pub key_text: Color32,
    /// Shadow colour of what floats.
    pub shadow: Color32,
    parts: [Color32; PART_COLORS],
}

/// Colours that people with any of the usual colour blindnesses tell apart: Okabe and Ito's set, its hues kept,
/// lightness spread and tuned to the dark surfaces.
const DARK: Theme = Theme {
    dark: true,
    background: Color32::from_rgb(0x12, 0x14, 0x18),
    surface: Color32::from_rgb(0x1a, 0x1d, 0x23),
    raised: Color32::from_rgb(0x26, 0x2a, 0x32),
    raised_hover: Color32::from_rgb(0x30, 0x35, 0x40),
    raised_active: Color32::from_rgb(0x3a, 0x40, 0x4d),
    sunken: Color32::from_rgb(0x11, 0x13, 0x17),
    overlay: Color32::from_rgb(0x21, 0x25, 0x2c),
    border: Color32::from_rgb(0x2a, 0x2e, 0x37),
    border_strong: Color32::from_rgb(0x42, 0x48, 0x55),
    outline: Color32::from_rgb(0x6e, 0x76, 0x84),
    text: Color32::from_rgb(0xe9, 0xeb, 0xf0),
    text_muted: Color32::from_rgb(0xa9, 0xb0, 0xbd),
    text_faint: Color32::from_rgb(0x96, 0x9e, 0xac),
    accent: Color32::from_rgb(0x8f, 0x9d, 0xff),
    accent_hover: Color32::from_rgb(0xa6, 0xb1, 0xff),
    accent_soft: Color32::from_rgb(0x2b, 0x30, 0x52),
    on_accent: Color32::from_rgb(0x10, 0x13, 0x2b),
    success: Color32::from_rgb(0x5f, 0xcf, 0x9a),
    warning: Color32::from_rgb(0xf0, 0xb3, 0x55),
    error: Color32::from_rgb(0xff, 0x7d, 0x72),
    record: Color32::from_rgb(0xff, 0x5a, 0x52),
    play: Color32::from_rgb(0x5f, 0xcf, 0x9a),
    roll_white: Color32::from_rgb(0x19, 0x1c, 0x22),
    roll_black: Color32::from_rgb(0x15, 0x17, 0x1c),
    roll_out_of_key: Color32::from_rgb(0x13, 0x15, 0x19),
    roll_root: Color32::from_rgb(0x20, 0x24, 0x33),
    grid_step: Color32::from_rgb(0x1f, 0x23, 0x2a),
    grid_beat: Color32::from_rgb(0x2a, 0x2f, 0x38),
    grid_bar: Color32::from_rgb(0x40, 0x47, 0x54),
    playhead: Color32::from_rgb(0xf4, 0xf6, 0xfb),
    key_white: Color32::from_rgb(0xe7, 0xe9, 0xee),
    key_black: Color32::from_rgb(0x1c, 0x1f, 0x26),
    key_border: Color32::from_rgb(0x7c, 0x84, 0x93),
    key_text: Color32::from_rgb(0x4d, 0x55, 0x63),
    shadow: Color32::from_black_alpha(110),
    parts: [
        Color32::from_rgb(0xf5, 0xa6, 0x23), // orange: the melody
        Color32::from_rgb(0x62, 0xbd, 0xf2), // sky blue
        Color32::from_rgb(0x2f, 0xb8, 0x8c), // bluish green
        Color32::from_rgb(0xe2, 0x83, 0xb8), // reddish purple
        Color32::from_rgb(0xf0, 0xe4, 0x62), // yellow
        Color32::from_rgb(0xea, 0x6f, 0x3c), // vermilion
        Color32::from_rgb(0x52, 0x83, 0xe8), // blue
        Color32::from_rgb(0xb4, 0xba, 0xc6), // grey
    ],
};

const LIGHT: Theme = Theme {
    dark: false,
    background: Color32::from_rgb(0xf0, 0xf2, 0xf5),
    surface: Color32::from_rgb(0xf7, 0xf8, 0xfa),
    raised: Color32::from_rgb(0xe5, 0xe8, 0xee),
    raised_hover: Color32::from_rgb(0xdb, 0xdf, 0xe7),
    raised_active: Color32::from_rgb(0xcf, 0xd4, 0xde),
    sunken: Color32::from_rgb(0xff, 0xff, 0xff),
    overlay: Color32::from_rgb(0xff, 0xff, 0xff),
    border: Color32::from_rgb(0xda, 0xdd, 0xe4),
    border_strong: Color32::from_rgb(0xb6, 0xbc, 0xc8),
    outline: Color32::from_rgb(0x7c, 0x83, 0x91),
    text: Color32::from_rgb(0x1b, 0x1e, 0x26),
    text_muted: Color32::from_rgb(0x4f, 0x57, 0x66),
    text_faint: Color32::from_rgb(0x58, 0x60, 0x70),
    accent: Color32::from_rgb(0x44, 0x52, 0xd2),
    accent_hover: Color32::from_rgb(0x38, 0x44, 0xbd),
    accent_soft: Color32::from_rgb(0xe0, 0xe3, 0xfb),
    on_accent: Color32::from_rgb(0xff, 0xff, 0xff),
    success: Color32::from_rgb(0x09, 0x70, 0x4a),
    warning: Color32::from_rgb(0x8a, 0x54, 0x00),
    error: Color32::from_rgb(0xb5, 0x2a, 0x22),
    record: Color32::from_rgb(0xd9, 0x2d, 0x25),
    play: Color32::from_rgb(0x09, 0x70, 0x4a),
    roll_white: Color32::from_rgb(0xff, 0xff, 0xff),
    roll_black: Color32::from_rgb(0xf3, 0xf4, 0xf7),
    roll_out_of_key: Color32::from_rgb(0xf0, 0xf1, 0xf4),
    roll_root: Color32::from_rgb(0xea, 0xed, 0xfb),
    grid_step: Color32::from_rgb(0xec, 0xee, 0xf2),
    grid_beat: Color32::from_rgb(0xde, 0xe1, 0xe7),
    grid_bar: Color32::from_rgb(0xbb, 0xc1, 0xcc),
    playhead: Color32::from_rgb(0x1b, 0x1e, 0x26),
    key_white: Color32::from_rgb(0xff, 0xff, 0xff),
    key_black: Color32::from_rgb(0x2c, 0x30, 0x3a),
    key_border: Color32::from_rgb(0x8b, 0x93, 0xa1),
    key_text: Color32::from_rgb(0x5c, 0x64, 0x73),
    shadow: Color32::from_black_alpha(38),
    parts: [
        Color32::from_rgb(0xbe, 0x72, 0x00), // orange: the melody
        Color32::from_rgb(0x21, 0x88, 0xc9), // sky blue
        Color32::from_rgb(0x00, 0x7f, 0x59), // bluish green
        Color32::from_rgb(0xc6, 0x5a, 0x9b), // reddish purple
        Color32::from_rgb(0x8c, 0x86, 0x20), // yellow
        Color32::from_rgb(0xad, 0x32, 0x08), // vermilion
        Color32::from_rgb(0x1f, 0x4f, 0xae), // blue
        Color32::from_rgb(0x59, 0x60, 0x6d), // grey
    ],
};

static DARK_THEME: Theme = DARK;
static LIGHT_THEME: Theme = LIGHT;

impl Theme {
    /// The tokens for what this `Ui` is drawn in.
    pub fn of(ui: &Ui) -> &'static Self {
        Self::get(ui.visuals().dark_mode)
    }

    /// The dark or the light tokens.
    pub fn get(dark: bool) -> &'static Self {
        if dark { &DARK_THEME } else { &LIGHT_THEME }
    }

    /// The colour of the part with that colour number ([`crate::music::Part::color`]).
    pub fn part(&self, color: u8) -> Color32 {
        self.parts[usize::from(color) % PART_COLORS]
    }

    /// Text that stays readable on a fill of that colour.
    pub fn on(&self, fill: Color32) -> Color32 {
        const INK: Color32 = Color32::from_rgb(0x14, 0x16, 0x1b);
        if contrast(INK, fill) > contrast(Color32::WHITE, fill) { INK } else { Color32::WHITE }
    }

    /// The ground of a badge or of a switch that is on: a little of its own colour.
    pub fn tint(&self, color: Color32) -> Color32 {
        Self::mix(self.surface, color, TINT)
    }

    /// A colour between two, `amount` of 0 (all `from`) to 1 (all `to`).
    pub fn mix(from: Color32, to: Color32, amount: f32) -> Color32 {
        from.lerp_to_gamma(to, amount.clamp(0.0, 1.0))
    }

    /// The hairline between surfaces.
    pub fn hairline(&self) -> Stroke {
        Stroke::new(1.0, self.border)
    }

    /// The shadow under what floats.
    pub fn floating_shadow(&self) -> Shadow {
        Shadow { offset: [0, 8], blur: 24, spread: 0, color: self.shadow }
    }
}

/// How much two colours differ in lightness, from 1 to 21: WCAG 2.2's contrast ratio.
fn contrast(a: Color32, b: Color32) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// WCAG 2.2's relative luminance, 0 to 1.
fn luminance(color: Color32) -> f64 {
    let channel = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(color.r()) + 0.7152 * channel(color.g()) + 0.0722 * channel(color.b())
}

/// Corner radius of that many points on all corners.
pub fn corners(points: u8) -> CornerRadius {
    CornerRadius::same(points)
}

/// The font for emphasis.
pub fn bold(points: f32) -> FontId {
    FontId::new(points, FontFamily::Name(fonts::BOLD.into()))
}

/// The font of icons.
pub fn icons(points: f32) -> FontId {
    FontId::new(points, FontFamily::Name(fonts::ICONS.into()))
}

/// The font for text.
pub fn regular(points: f32) -> FontId {
    FontId::new(points, FontFamily::Proportional)
}

/// An icon as text, at the size of icons beside body text.
pub fn icon(icon: Icon) -> RichText {
    icon_sized(icon, size::ICON)
}

/// An icon as text.
pub fn icon_sized(icon: Icon, points: f32) -> RichText {
    RichText::new(char::from(icon).to_string()).font(icons(points))
}

/// The head of a section, card or dialog.
pub fn strong(text: impl Into<String>, points: f32) -> RichText {
    RichText::new(text).font(bold(points))
}

/// Gives a window its fonts and both its styles.
pub fn install(ctx: &Context) {
    install_fonts(ctx, &[]);
    ctx.set_style_of(eframe::egui::Theme::Dark, style::style(&DARK_THEME));
    ctx.set_style_of(eframe::egui::Theme::Light, style::style(&LIGHT_THEME));
}

/// Gives a window its fonts, with others behind them for letters that they do not have.
pub fn install_fonts(ctx: &Context, behind: &[(String, std::sync::Arc<eframe::egui::FontData>)]) {
    let mut definitions = fonts::definitions();
    for (name, data) in behind {
        definitions.font_data.insert(name.clone(), std::sync::Arc::clone(data));
        definitions.families.values_mut().for_each(|family| family.push(name.clone()));
    }
    ctx.set_fonts(definitions);
}

#[cfg(test)]
mod tests;
