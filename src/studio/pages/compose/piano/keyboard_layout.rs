//! Which letters stand on the keys that play: the system says so, or the keys do as they are pressed.

use eframe::egui::Key;

/// How the letters are arranged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyboardLayout {
    /// As in English.
    #[default]
    Qwerty,
    /// As in French.
    Azerty,
    /// As in German.
    Qwertz,
}

impl KeyboardLayout {
    /// The layout that the system is set to, where it says so.
    pub fn of_system() -> Option<Self> {
        let said = std::env::var("XKB_DEFAULT_LAYOUT").ok();
        let name = said.or_else(|| {
            let text = std::fs::read_to_string("/etc/default/keyboard").ok()?;
            let line = text.lines().find_map(|line| line.trim().strip_prefix("XKBLAYOUT="))?;
            Some(line.trim_matches('"').to_owned())
        })?;
        Self::of_name(&name)
    }

    /// The layout of a country's code; of several the first counts.
    fn of_name(name: &str) -> Option<Self> {
        match name.split([',', '(']).next().unwrap_or_default().trim() {
            "fr" | "be" => Some(Self::Azerty),
            "de" | "at" | "ch" | "cz" | "hu" | "sk" | "si" | "hr" => Some(Self::Qwertz),
            "us" | "gb" | "it" | "es" | "nl" | "pt" | "br" | "se" | "no" | "dk" | "fi" | "pl" => Some(Self::Qwerty),
            _ => None,
        }
    }

    /// What it is after a key was pressed that stands at `place` and means `key`.
    #[must_use]
    pub const fn after(self, place: Key, key: Key) -> Self {
        match (place, key, self) {
            (Key::A, Key::Q, _) | (Key::Q, Key::A, _) | (Key::W, Key::Z, _) => Self::Azerty,
            (Key::Y, Key::Z, _) | (Key::Z, Key::Y, _) => Self::Qwertz,
            (Key::A, Key::A, Self::Azerty) | (Key::Q, Key::Q, Self::Azerty) | (Key::W, Key::W, Self::Azerty) => {
                Self::Qwerty
            }
            (Key::Y, Key::Y, Self::Qwertz) | (Key::Z, Key::Z, Self::Qwertz) => Self::Qwerty,
            _ => self,
        }
    }

    /// The letter on the key at a place.
    pub fn letter(self, place: Key) -> &'static str {
        match (self, place) {
            (Self::Azerty, Key::A) => "Q",
            (Self::Azerty, Key::Semicolon) => "M",
            (Self::Azerty, Key::Quote) => "Ù",
            (Self::Azerty, Key::W) | (Self::Qwertz, Key::Y) => "Z",
            (Self::Qwertz, Key::Semicolon) => "Ö",
            (Self::Qwertz, Key::Quote) => "Ä",
            (Self::Qwerty, Key::Quote) => "'",
            (_, place) => place.symbol_or_name(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_the_layout_as_they_are_pressed() {
        let azerty = KeyboardLayout::Qwerty.after(Key::S, Key::S).after(Key::A, Key::Q);
        assert_eq!((azerty, azerty.letter(Key::W)), (KeyboardLayout::Azerty, "Z"));
        let qwertz = azerty.after(Key::A, Key::A).after(Key::Y, Key::Z);
        assert_eq!((qwertz, qwertz.letter(Key::Semicolon)), (KeyboardLayout::Qwertz, "Ö"));
        assert_eq!(qwertz.after(Key::Z, Key::Z), KeyboardLayout::Qwerty);
    }

    #[test]
    fn the_first_layout_of_the_system_counts() {
        assert_eq!(KeyboardLayout::of_name("de(nodeadkeys),us"), Some(KeyboardLayout::Qwertz));
        assert_eq!(KeyboardLayout::of_name("fr"), Some(KeyboardLayout::Azerty));
        assert_eq!(KeyboardLayout::of_name("jp"), None);
    }
}
