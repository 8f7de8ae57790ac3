//! Texts of a file: UTF-8 where they are that, else what a browser would take them for.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{EUC_KR, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::limits::MAX_NAME_CHARS;
use crate::music::lyrics::MAX_LYRIC;
use crate::one_line::one_line;

/// How much of a file's texts is looked at to tell their encoding.
const MOST_BYTES: usize = 16 << 10;
/// As many letters that may all be Korean syllables hardly are Chinese.
const LETTERS_THAT_TELL: usize = 12;

/// Gathers texts, then tells what they are written in.
#[derive(Debug, Default)]
pub struct Texts {
    /// Those that are not UTF-8, one a line but for syllables.
    unclear: Vec<u8>,
}

impl Texts {
    /// A text of the file, of whatever kind.
    pub fn add(&mut self, bytes: &[u8]) {
        self.add_with(bytes, b"\n");
    }

    /// What is sung: syllables make words, and tell their encoding only together.
    pub fn add_sung(&mut self, bytes: &[u8]) {
        self.add_with(bytes, b"");
    }

    fn add_with(&mut self, bytes: &[u8], end: &[u8]) {
        let room = MOST_BYTES.saturating_sub(self.unclear.len());
        if room > 0 && str::from_utf8(bytes).is_err() && utf_16(bytes).is_none() {
            self.unclear.extend(&bytes[..bytes.len().min(room)]);
            self.unclear.extend(end);
        }
    }

    /// What texts are written in that are not UTF-8; `None` where there are none.
    pub fn encoding(&self) -> Option<&'static Encoding> {
        if self.unclear.is_empty() {
            return None;
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(&self.unclear, true);
        let guessed = detector.guess(None, Utf8Detection::Deny);
        // without blanks between words, Korean is taken for Chinese
        Some(if !guessed.is_single_byte() && is_korean(&self.unclear) { EUC_KR } else { guessed })
    }
}

/// Whether all letters of two bytes are Korean syllables. About half of what Chinese writes has the same bytes, so a
/// dozen letters tell.
fn is_korean(bytes: &[u8]) -> bool {
    let (mut letters, mut rest) = (0, bytes);
    loop {
        rest = match rest {
            [] => return letters >= LETTERS_THAT_TELL,
            [first, behind @ ..] if first.is_ascii() => behind,
            [0xB0..=0xC8, 0xA1..=0xFE, behind @ ..] => {
                letters += 1;
                behind
            }
            _ => return false,
        };
    }
}

/// The first bytes of a text, as many as a name may have at most.
pub fn kept(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(MAX_NAME_CHARS * 4)]
}

/// A name: one line, without blanks around it.
pub fn name(bytes: &[u8], otherwise: Option<&'static Encoding>) -> String {
    let text = decoded(bytes, otherwise);
    let text = without_escapes(&text);
    one_line(&text, MAX_NAME_CHARS).trim().to_owned()
}

/// What is sung, with the blanks around it; what begins and ends a line is a blank, too.
pub fn lyric(bytes: &[u8], otherwise: Option<&'static Encoding>) -> String {
    let text = decoded(bytes, otherwise);
    let text = without_escapes(&text);
    let line = text.strip_prefix(['/', '\\', '<']); // the last begins a page in Yamaha's XF
    let begins = line.map_or("", |_| " ");
    let blank = |letter: char| if matches!(letter, '\r' | '\n' | '\t') { ' ' } else { letter };
    let letters = line.unwrap_or(&text).chars().map(blank).filter(|letter| !letter.is_control());
    begins.chars().chain(letters).take(MAX_LYRIC).collect()
}

/// A text, whatever it is written in.
fn decoded(bytes: &[u8], otherwise: Option<&'static Encoding>) -> String {
    let bytes = kept(bytes);
    // we may have cut the last letter
    let is_cut =
        str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none() && bytes.len() == MAX_NAME_CHARS * 4);
    let is_utf_8 = is_cut || str::from_utf8(bytes).is_ok_and(|text| !is_chance(text, otherwise));
    let encoding = match utf_16(bytes) {
        Some(encoding) => encoding,
        None if is_utf_8 => UTF_8,
        None => otherwise.unwrap_or(WINDOWS_1252),
    };
    let (text, _) = encoding.decode_with_bom_removal(bytes);
    if is_cut { text.trim_end_matches('\u{FFFD}').to_owned() } else { text.into_owned() }
}

/// Whether a text is UTF-8 by chance only: a syllable in the two bytes of a file's Chinese, Japanese or Korean encoding
/// can be a letter of two bytes there. Their own letters take three.
fn is_chance(text: &str, otherwise: Option<&'static Encoding>) -> bool {
    otherwise.is_some_and(|encoding| !encoding.is_single_byte())
        && !text.is_ascii()
        && text.chars().all(|letter| letter < '\u{800}')
}

/// A text without what terminals take for colours and the like: ESC, `[`, up to a letter.
fn without_escapes(text: &str) -> Cow<'_, str> {
    const BEGINNING: &str = "\u{1b}[";
    if !text.contains(BEGINNING) {
        return Cow::Borrowed(text);
    }
    let mut pieces = text.split(BEGINNING);
    let mut clean = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let parameters = piece.find(|letter: char| !(' '..='?').contains(&letter));
        let behind = parameters
            .map_or("", |end| piece[end..].strip_prefix(|last| ('@'..='~').contains(&last)).unwrap_or(&piece[end..]));
        clean += behind;
    }
    Cow::Owned(clean)
}

/// Which UTF-16 a text is, by its mark or by the zeros of its Latin letters.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes).filter(|(encoding, _)| *encoding != UTF_8) {
        return Some(encoding);
    }
    let (pairs, rest) = bytes.as_chunks::<2>();
    let all = |is_so: fn(&[u8; 2]) -> bool| rest.is_empty() && pairs.len() > 1 && pairs.iter().all(is_so);
    if all(|pair| pair[0] != 0 && pair[1] == 0) {
        Some(UTF_16LE)
    } else if all(|pair| pair[0] == 0 && pair[1] != 0) {
        Some(UTF_16BE)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> String {
        let mut texts = Texts::default();
        texts.add(bytes);
        name(bytes, texts.encoding())
    }

    #[test]
    fn names_are_legible_whatever_they_are_written_in() {
        let names = [
            ("windows-1251", "Гитара и бас"),
            ("shift_jis", "ピアノの曲"),
            ("euc-kr", "피아노 선율"),
            ("gbk", "钢琴和小提琴"),
            ("windows-1252", "Flöte für Élise"),
            ("windows-1250", "Žluťoučký kůň"),
            ("utf-8", "B♭ Clarinet 🎹"),
        ];
        for (label, text) in names {
            let encoding = Encoding::for_label(label.as_bytes()).unwrap();
            assert_eq!(read(&encoding.encode(text).0), text, "{label}");
        }
        for order in [u16::to_le_bytes, u16::to_be_bytes] {
            let plain: Vec<u8> = "Piano".encode_utf16().flat_map(order).collect();
            let marked: Vec<u8> = "\u{FEFF}ピアノ".encode_utf16().flat_map(order).collect();
            assert_eq!((read(&plain), read(&marked)), ("Piano".to_owned(), "ピアノ".to_owned()));
        }
    }

    #[test]
    fn songs_are_legible_whose_syllables_come_one_by_one() {
        for (label, song) in [
            ("shift_jis", "きらきらひかるおそらのほしよ"),
            ("gbk", "月亮代表我的心你问我爱你有多深"),
            ("euc-kr", "나의살던고향은꽃피는산골복숭아꽃살구꽃"),
        ] {
            let encoding = Encoding::for_label(label.as_bytes()).unwrap();
            let syllables = || song.chars().map(move |letter| encoding.encode(&letter.to_string()).0.into_owned());
            let mut texts = Texts::default();
            syllables().for_each(|syllable| texts.add_sung(&syllable));
            assert_eq!(syllables().map(|syllable| lyric(&syllable, texts.encoding())).collect::<String>(), song);
        }
    }

    #[test]
    fn a_syllable_that_might_be_utf_8_is_read_as_the_others_of_its_file() {
        for (label, song, syllable) in [("euc-kr", "플루트 멜로디 반주", "트"), ("gbk", "长笛的旋律第一声部", "一")]
        {
            let encode = |text: &'static str| Encoding::for_label(label.as_bytes()).unwrap().encode(text).0;
            assert!(str::from_utf8(&encode(syllable)).is_ok());
            let mut texts = Texts::default();
            texts.add(&encode(song));
            assert_eq!(lyric(&encode(syllable), texts.encoding()), syllable);
            // names in UTF-8 among them are what they are
            assert_eq!(name("笛".as_bytes(), texts.encoding()), "笛");
        }
    }

    #[test]
    fn escape_sequences_go_as_a_whole() {
        assert_eq!(read(b"A\x07B\x1b[31mC\r\nD\0E"), "ABCDE");
        assert_eq!(read(b"\x1b[1;32mLead\x1b[0m \x1b[2"), "Lead");
    }

    #[test]
    fn a_long_name_is_cut_between_letters() {
        let long = "é".repeat(MAX_NAME_CHARS * 3);
        assert_eq!(read(long.as_bytes()), "é".repeat(MAX_NAME_CHARS));
    }
}
