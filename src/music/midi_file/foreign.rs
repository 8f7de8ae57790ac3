//! What a file is that is not MIDI, by how it begins.

/// How far into the file the name of an XML document is looked for.
const WINDOW: usize = 2048;
/// How files begin, and what they are then.
const BEGINNINGS: [(&[u8], &str); 20] = [
    (b"SMF2CLIP", "a MIDI 2.0 clip"),
    (b"MUS\x1a", "a MUS file of a game"),
    (b"Extended Module: ", "a tracker module"),
    (b"IMPM", "a tracker module"),
    (b"\x18FICHIER GUITAR PRO", "a Guitar Pro file"),
    (b"\x1f\x8b", "a gzip-compressed file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"OggS", "an Ogg file"),
    (b"fLaC", "a FLAC file"),
    (b"ID3", "an MP3 file"),
    (b"\xff\xfb", "an MP3 file"),
    (b"\xff\xf3", "an MP3 file"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3\0", "a database"),
    (b"\x7fELF", "a program"),
];

/// What bytes are, with its article; `None` where that is not known.
pub fn kind(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"RIFF") || bytes.starts_with(b"FORM") {
        return match bytes.get(8..12)? {
            b"WAVE" => Some("a WAV file"),
            b"sfbk" => Some("a SoundFont"),
            b"AVI " => Some("a video"),
            b"AIFF" | b"AIFC" => Some("an AIFF file"),
            b"XDIR" | b"XMID" => Some("an XMI file of a game"),
            _ => None,
        };
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some("an MP4 file");
    }
    let by_beginning = BEGINNINGS.iter().find(|(beginning, _)| bytes.starts_with(beginning));
    by_beginning.map(|(_, kind)| *kind).or_else(|| markup(bytes))
}

/// What a text in angle brackets is.
fn markup(bytes: &[u8]) -> Option<&'static str> {
    // UTF-16 has a zero beside each letter of a tag
    let window = bytes[..bytes.len().min(WINDOW)].iter().filter(|byte| **byte != 0);
    let text: String = window.map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    let begins = text.trim_start_matches(|letter: char| letter.is_whitespace() || !letter.is_ascii());
    if !begins.starts_with('<') {
        return None;
    }
    let has = |word: &str| begins.contains(word);
    if has("<score-partwise") || has("<score-timewise") {
        Some("MusicXML")
    } else if has("<!doctype html") || has("<html") {
        Some("a web page")
    } else {
        has("<?xml").then_some("an XML document")
    }
}
