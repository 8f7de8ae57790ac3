//! The words that are sung, in a row below the notes of the part that sings them.

use std::{ops::Range, sync::Arc};

use eframe::egui::{Align2, Color32, Painter, Rect, pos2, vec2};

use super::paint::Canvas;
use crate::{
    music::{
        Lyric, Score, Tick,
        lyrics::{Syllable, syllables},
    },
    studio::{
        theme::{self, radius, size, space},
        widgets,
    },
};

/// The height of the row, in points.
pub const HEIGHT: f32 = 26.0;
/// How syllables stand, the best first.
const SETTINGS: [Setting; 3] = [
    Setting { points: size::BODY, lines: 1 },
    Setting { points: size::CAPTION, lines: 1 },
    Setting { points: 10.0, lines: 2 },
];
/// No more than one syllable of so many in sight may lack room for a setting.
const ONE_OF: usize = 8;
/// A syllable with less room is an ellipsis, and so are those beside it together, in points.
const LEAST_ROOM: f32 = 12.0;
/// What is left free between two words, in points.
const WORD_SPACE: f32 = 4.0;
/// A hyphen stands where so much is free, in points.
const HYPHEN_FROM: f32 = 7.0;
/// How many syllables before and behind the one under the pointer are read with it.
const READ_AROUND: usize = 6;
/// How many syllables a screen reader is told at once.
const MOST_TOLD: usize = 200;

/// The size of type, and on how many lines syllables take turns.
#[derive(Clone, Copy, Debug)]
struct Setting {
    points: f32,
    lines: usize,
}

/// Who sings a score's lyrics, and how they make words.
#[derive(Debug)]
pub struct Lyrics {
    score: Arc<Score>,
    singer: Option<usize>,
    syllables: Vec<Syllable>,
}

impl Lyrics {
    /// Those of a score.
    pub fn new(score: &Arc<Score>) -> Self {
        Self { score: Arc::clone(score), singer: score.singer(), syllables: syllables(&score.lyrics) }
    }

    /// Whether they are this score's.
    pub fn are_of(&self, score: &Arc<Score>) -> bool {
        Arc::ptr_eq(&self.score, score)
    }

    /// Whether a part sings them.
    pub fn are_sung_by(&self, part: usize) -> bool {
        self.singer == Some(part)
    }

    /// The words in sight, as a screen reader says them.
    pub fn label(&self, canvas: &Canvas<'_>) -> String {
        let seen = self.seen(canvas);
        let words = self.words(seen.start..seen.end.min(seen.start + MOST_TOLD));
        format!("Lyrics: {}", if words.is_empty() { "none here" } else { &words })
    }

    /// The words that are sung around a tick, whole; none before the first.
    pub fn around(&self, tick: Tick) -> Option<String> {
        let at = self.score.lyrics.partition_point(|lyric| lyric.tick <= tick).checked_sub(1)?;
        let begins = |index: &usize| self.syllables[*index].begins;
        let start = (0..=at.saturating_sub(READ_AROUND)).rev().find(begins).unwrap_or(0);
        let last = self.syllables.len();
        let end = (at + READ_AROUND..last).find(begins).unwrap_or(last);
        Some(self.words(start..end))
    }

    fn words(&self, range: Range<usize>) -> String {
        let mut words = String::new();
        for (lyric, syllable) in self.score.lyrics[range.clone()].iter().zip(&self.syllables[range]) {
            words.push_str(lyric.shown());
            words.push_str(if syllable.ends { " " } else { "" });
        }
        words.truncate(words.trim_end().len());
        words
    }

    /// Which of them begin in sight.
    fn seen(&self, canvas: &Canvas<'_>) -> Range<usize> {
        let ticks = canvas.coordinates.visible_ticks();
        let before = |tick: Tick| self.score.lyrics.partition_point(|lyric| lyric.tick < tick);
        before(ticks.start)..before(ticks.end)
    }

    /// How wide a syllable may be, in points, where so many lines take turns.
    fn room(&self, index: usize, lines: usize, x: &impl Fn(&Lyric) -> f32) -> f32 {
        let lyrics = &self.score.lyrics;
        let next = lyrics.get(index + lines).map_or(f32::INFINITY, x);
        next - x(&lyrics[index]) - if self.syllables[index].ends { WORD_SPACE } else { 1.0 }
    }

    /// How the syllables in sight stand best in a row so high, in points; `None` where not all words have room.
    fn setting(
        &self,
        painter: &Painter,
        height: f32,
        seen: Range<usize>,
        x: &impl Fn(&Lyric) -> f32,
    ) -> Option<Setting> {
        let [largest, smaller, smallest] = SETTINGS;
        let suits = |setting: &Setting| {
            let font = theme::regular(setting.points);
            let lacks_room = |index: &usize| {
                let text = self.score.lyrics[*index].shown().to_owned();
                let width = painter.layout_no_wrap(text, font.clone(), Color32::PLACEHOLDER).size().x;
                width > self.room(*index, setting.lines, x)
            };
            seen.clone().filter(lacks_room).nth(seen.len() / ONE_OF).is_none()
        };
        [largest, smaller].into_iter().find(suits).or_else(|| (height >= HEIGHT).then_some(smallest))
    }

    /// Paints whole words where they begin, each that has room behind the one before.
    fn paint_some_words(
        &self,
        painter: &Painter,
        color: Color32,
        middle: f32,
        seen: Range<usize>,
        x: &impl Fn(&Lyric) -> f32,
    ) {
        let mut free_from = f32::NEG_INFINITY;
        let begins = seen.clone().filter(|index| self.syllables[*index].begins);
        for begin in begins {
            let left = x(&self.score.lyrics[begin]);
            if left < free_from {
                continue;
            }
            let ends = (begin..self.syllables.len()).find(|index| self.syllables[*index].ends);
            let word = self.words(begin..ends.map_or(self.syllables.len(), |last| last + 1));
            let place =
                painter.text(pos2(left, middle), Align2::LEFT_CENTER, word, theme::regular(size::CAPTION), color);
            free_from = place.right() + WORD_SPACE;
        }
    }

    /// Paints the syllables in sight, each at its note.
    fn paint_syllables(
        &self,
        painter: &Painter,
        color: Color32,
        place: Rect,
        setting: Setting,
        seen: Range<usize>,
        x: &impl Fn(&Lyric) -> f32,
    ) {
        let lyrics = &self.score.lyrics;
        let Setting { points, lines } = setting;
        let font = theme::regular(points);
        let before = seen.start.saturating_sub(lines); // it may still be seen
        let mut free_from = f32::NEG_INFINITY;
        for (index, (lyric, syllable)) in lyrics.iter().zip(&self.syllables).enumerate().take(seen.end).skip(before) {
            let ends = syllable.ends;
            let (left, room) = (x(lyric), self.room(index, lines, x));
            if room < LEAST_ROOM && left < free_from {
                continue; // the ellipsis there is for this one, too
            }
            let mut shown = if room < LEAST_ROOM { "…".to_owned() } else { lyric.shown().to_owned() };
            if lines > 1 && !ends && room >= LEAST_ROOM {
                shown.push('-');
            }
            let galley = widgets::cut(painter, &shown, font.clone(), color, room.max(LEAST_ROOM));
            let line = place.height() * ((index % lines) as f32 + 0.5) / lines as f32;
            let text = Rect::from_min_size(pos2(left, place.top() + line - galley.size().y / 2.0), galley.size());
            painter.galley(text.min, galley, color);
            free_from = left + LEAST_ROOM;
            let gap = self.room(index, lines, x) - text.width();
            if lines == 1 && !ends && gap.is_finite() && gap >= HYPHEN_FROM {
                let middle = pos2(text.right() + gap / 2.0, place.center().y);
                painter.text(middle, Align2::CENTER_CENTER, "-", font.clone(), color);
            }
        }
    }

    /// Paints the row, its title from `left` on. Each syllable stands under its note: smaller where there is little
    /// room, then on two lines in turn, then cut; in a row of one line some of the words stand for all, then. What is
    /// sung while the music is at `playing_at` stands out, and is whole.
    pub fn paint(&self, canvas: &Canvas<'_>, place: Rect, left: f32, playing_at: Option<Tick>) {
        let (theme, painter) = (canvas.theme, canvas.painter);
        let whole = place.with_min_x(left);
        painter.rect_filled(whole, 0.0, theme.surface);
        painter.hline(whole.x_range(), whole.top() + 0.5, theme.hairline());
        let title = pos2(left + space::S, whole.center().y);
        painter.text(title, Align2::LEFT_CENTER, "Lyrics", theme::regular(size::CAPTION), theme.text_faint);

        let painter = painter.with_clip_rect(place.intersect(painter.clip_rect()));
        let lyrics = &self.score.lyrics;
        let now = playing_at.and_then(|tick| lyrics.partition_point(|lyric| lyric.tick <= tick).checked_sub(1));
        let x = |lyric: &Lyric| canvas.coordinates.x_from_tick(f64::from(lyric.tick)) + 2.0;
        let seen = self.seen(canvas);
        match self.setting(&painter, place.height(), seen.clone(), &x) {
            Some(setting) => self.paint_syllables(&painter, theme.text_muted, place, setting, seen, &x),
            None => self.paint_some_words(&painter, theme.text_muted, place.center().y, seen, &x),
        }
        if let Some(lyric) = now.map(|now| &lyrics[now]) {
            let galley = painter.layout_no_wrap(lyric.shown().to_owned(), theme::bold(size::BODY), theme.text);
            let top = place.center().y - galley.size().y / 2.0;
            let text = Rect::from_min_size(pos2(x(lyric), top), galley.size());
            // over its neighbours, where there is no room beside them
            for ground in [theme.surface, theme.accent_soft] {
                painter.rect_filled(text.expand2(vec2(3.0, 1.0)), theme::corners(radius::S), ground);
            }
            painter.galley(text.min, galley, theme.text);
        }
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::{self, Shape};

    use super::*;
    use crate::studio::{pages::compose::roll::coordinates::Coordinates, theme::Theme};

    fn sung(texts: &[&str]) -> Arc<Score> {
        let lyrics = (0..).zip(texts).map(|(index, text)| Lyric { tick: index * 480, text: (*text).into() });
        Arc::new(Score { lyrics: lyrics.collect(), ..Score::default() })
    }

    /// What is painted at a zoom: texts and where they stand, and the colours of grounds.
    fn painted(score: &Arc<Score>, zoom: f32, playing_at: Option<Tick>) -> (Vec<(String, Rect)>, Vec<Color32>) {
        painted_in(score, zoom, playing_at, HEIGHT)
    }

    fn painted_in(
        score: &Arc<Score>,
        zoom: f32,
        playing_at: Option<Tick>,
        height: f32,
    ) -> (Vec<(String, Rect)>, Vec<Color32>) {
        let ctx = egui::Context::default();
        theme::install(&ctx);
        let mut coordinates = Coordinates::default();
        coordinates.set_area(Rect::from_min_max(pos2(72.0, 30.0), pos2(800.0, 400.0)));
        coordinates.zoom_time(zoom, 72.0);
        let place = Rect::from_min_max(pos2(72.0, 400.0), pos2(800.0, 400.0 + height));
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            let canvas = Canvas { painter: ui.painter(), theme: Theme::of(ui), coordinates: &coordinates };
            Lyrics::new(score).paint(&canvas, place, 0.0, playing_at);
        });
        output.textures_delta.clear();
        let (mut texts, mut grounds) = (Vec::new(), Vec::new());
        for shape in output.shapes {
            match shape.shape {
                Shape::Text(text) => {
                    assert!(shape.clip_rect.left() >= 72.0 || text.galley.text() == "Lyrics");
                    texts.push((text.galley.text().to_owned(), text.galley.rect.translate(text.pos.to_vec2())));
                }
                Shape::Rect(rect) => grounds.push(rect.fill),
                _ => {}
            }
        }
        (texts, grounds)
    }

    fn words(texts: &[(String, Rect)]) -> Vec<&str> {
        texts.iter().map(|(text, _)| text.as_str()).collect()
    }

    #[test]
    fn syllables_stand_at_their_notes_with_hyphens_where_words_go_on() {
        let (texts, _) = painted(&sung(&["Hel-", "lo ", "world"]), 1.0, None);
        assert_eq!(words(&texts), ["Lyrics", "Hel", "-", "lo", "world"]);
        let lefts: Vec<f32> = [1, 3, 4].map(|index| texts[index].1.left()).to_vec();
        assert_eq!(lefts, [74.0, 74.0 + 48.0, 74.0 + 96.0]);
        let songs = [sung(&["ほ", "し", "の"]), sung(&["oh", "oh"])];
        assert_eq!(songs.map(|song| painted(&song, 1.0, None).0.len()), [4, 3], "no hyphens");
    }

    #[test]
    fn crowded_syllables_do_not_lie_on_each_other_and_cost_little() {
        let song = sung(&["lit-", "tle ", "star "].repeat(20_000));
        for (zoom, least) in [(0.5, 25), (0.02, 10)] {
            let (texts, _) = painted(&song, zoom, None);
            assert!((least..120).contains(&texts.len()), "{}", texts.len());
            let text = |index: usize| texts[index].1.shrink2(vec2(0.0, 2.0));
            let lies_on_next = |index: &usize| (1..=3).any(|by| text(*index).intersect(text(index + by)).is_positive());
            assert_eq!((1..texts.len() - 3).find(lies_on_next), None, "{texts:?}");
        }
    }

    #[test]
    fn in_a_row_of_one_line_whole_words_stand_where_they_have_room() {
        let song = sung(&["Twin-", "kle ", "lit-", "tle ", "star "].repeat(40));
        let (texts, _) = painted_in(&song, 0.2, None, 20.0);
        let shown = words(&texts);
        assert!(shown.len() > 15 && shown.len() < 100, "{shown:?}");
        assert!(shown[1..].iter().all(|word| ["Twinkle", "little", "star"].contains(word)), "{shown:?}");
        assert!(texts.windows(2).all(|pair| pair[0].1.right() < pair[1].1.left()), "{texts:?}");
    }

    #[test]
    fn what_is_sung_now_stands_out() {
        let song = sung(&["Hel-", "lo ", "world"]);
        let grounds = |playing_at| painted(&song, 1.0, playing_at).1.len();
        assert_eq!([None, Some(500)].map(grounds), [1, 3]);
    }

    #[test]
    fn every_syllable_stands_under_its_note_however_crowded() {
        let song = sung(&["Twin-", "kle ", "won-", "der ", "straight "].repeat(20));
        for zoom in [1.0, 0.4] {
            let (texts, _) = painted(&song, zoom, Some(480));
            let at = |index: u32| 74.0 + f32::from(u16::try_from(index).unwrap()) * 48.0 * zoom;
            for index in 0..10 {
                let stands = |(text, place): &&(String, Rect)| {
                    text != "-" && text != "Lyrics" && (place.left() - at(index)).abs() < 0.6 && text != "…"
                };
                let (text, _) = texts.iter().find(stands).unwrap_or_else(|| panic!("{zoom}: none at {index}"));
                assert!(text.len() > 1 && !text.starts_with('…'), "{zoom}: {text}");
            }
            let (lit, place) = texts.last().unwrap();
            assert_eq!((lit.as_str(), (place.left() - at(1)).abs() < 0.6), ("kle", true), "whole, under its note");
        }
        let (texts, _) = painted(&song, 0.1, None);
        assert!(texts.iter().filter(|(text, _)| text.starts_with('…')).count() > 10, "what has no room is not silent");
        let lyrics = Lyrics::new(&song);
        assert_eq!(lyrics.around(0).as_deref(), Some("Twinkle wonder straight Twinkle"));
        assert_eq!(lyrics.around(480 * 6).as_deref(), Some("Twinkle wonder straight Twinkle wonder straight Twinkle"));
    }
}
