//! Which script a character belongs to, and in which package fonts for it are.

use std::{collections::BTreeSet, ops::RangeInclusive};

/// A script, or another kind of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Script {
    name: &'static str,
    /// A package of Debian and Ubuntu with fonts for it.
    package: &'static str,
}

const CJK: &str = "fonts-noto-cjk";
const NOTO: &str = "fonts-noto-core";
const JAPANESE: &str = "Japanese";
/// Chinese characters are written in Japanese, too.
const CHINESE: &str = "Chinese";

/// Blocks of Unicode that songs are written in.
const BLOCKS: [(RangeInclusive<u32>, &str, &str); 25] = [
    (0x0370..=0x03FF, "Greek", NOTO),
    (0x0400..=0x052F, "Cyrillic", NOTO),
    (0x0530..=0x058F, "Armenian", NOTO),
    (0x0590..=0x05FF, "Hebrew", NOTO),
    (0x0600..=0x077F, "Arabic", NOTO),
    (0x0900..=0x097F, "Devanagari", NOTO),
    (0x0980..=0x09FF, "Bengali", NOTO),
    (0x0A00..=0x0A7F, "Punjabi", NOTO),
    (0x0A80..=0x0AFF, "Gujarati", NOTO),
    (0x0B80..=0x0BFF, "Tamil", NOTO),
    (0x0C00..=0x0C7F, "Telugu", NOTO),
    (0x0C80..=0x0CFF, "Kannada", NOTO),
    (0x0D00..=0x0D7F, "Malayalam", NOTO),
    (0x0E00..=0x0E7F, "Thai", NOTO),
    (0x0E80..=0x0EFF, "Lao", NOTO),
    (0x1000..=0x109F, "Burmese", NOTO),
    (0x10A0..=0x10FF, "Georgian", NOTO),
    (0x1100..=0x11FF, "Korean", CJK),
    (0x1780..=0x17FF, "Khmer", NOTO),
    (0x3040..=0x30FF, JAPANESE, CJK),
    (0x3400..=0x9FFF, CHINESE, CJK),
    (0xAC00..=0xD7AF, "Korean", CJK),
    (0xFF66..=0xFF9F, JAPANESE, CJK),
    (0x1D100..=0x1D1FF, "musical", NOTO),
    (0x20000..=0x3FFFF, CHINESE, CJK),
];

/// The script of a character, if it is one that the table has.
pub fn of(letter: char) -> Option<Script> {
    let (_, name, package) = BLOCKS.iter().find(|(block, ..)| block.contains(&u32::from(letter)))?;
    Some(Script { name, package })
}

/// What to tell the user where no font has these scripts.
pub fn without_font(mut scripts: BTreeSet<Script>) -> Option<String> {
    if scripts.iter().any(|script| script.name == JAPANESE) {
        scripts.retain(|script| script.name != CHINESE);
    }
    let names: Vec<&str> = scripts.iter().map(|script| script.name).collect();
    let packages: BTreeSet<&str> = scripts.iter().map(|script| script.package).collect();
    let packages: Vec<&str> = packages.into_iter().collect();
    (!names.is_empty()).then(|| {
        let (names, packages) = (names.join(" or "), packages.join(" and "));
        format!(
            "No font on this computer has {names} characters. Install one, for example {packages}, and restart Cantus"
        )
    })
}
