//! The words that are sung, in a row below the notes of the part that sings them.

use std::{ops::Range, sync::Arc};

use eframe::egui::{Align2, Rect, pos2, vec2};

use super::paint::Canvas;
use crate::{
    music::{
        Lyric, Score, Tick,
        lyrics::{Syllable, syllables},
    },
    studio::theme::{self, radius, size, space},
};

/// The height of the row, in points.
pub const HEIGHT: f32 = 22.0;
/// How far to the right of its note a syllable may stand where they are crowded, in points.
const MOST_SHIFT: f32 = 24.0;
/// What is left free between two words, in points.
const WORD_SPACE: f32 = 4.0;
/// A hyphen stands where so much is free, in points.
const HYPHEN_FROM: f32 = 7.0;
/// How many syllables before those in sight are looked at: they may push the first ones aside.
const BEFORE: usize = 16;
/// How many syllables a screen reader is told at once.
const MOST_TOLD: usize = 200;

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
        let mut words = String::new();
        for (lyric, syllable) in self.score.lyrics[seen.clone()].iter().zip(&self.syllables[seen]).take(MOST_TOLD) {
            words.push_str(lyric.shown());
            words.push_str(if syllable.ends { " " } else { "" });
        }
        format!("Lyrics: {}", if words.is_empty() { "none here" } else { words.trim_end() })
    }

    /// Which of them begin in sight.
    fn seen(&self, canvas: &Canvas<'_>) -> Range<usize> {
        let ticks = canvas.coordinates.visible_ticks();
        let before = |tick: Tick| self.score.lyrics.partition_point(|lyric| lyric.tick < tick);
        before(ticks.start)..before(ticks.end)
    }

    /// Paints the row, its title from `left` on. What is sung while the music is at `playing_at` stands out.
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
        let mut free_from = f32::NEG_INFINITY;
        let sung = lyrics.iter().zip(&self.syllables).enumerate();
        for (index, (lyric, syllable)) in sung.take(seen.end).skip(seen.start.saturating_sub(BEFORE)) {
            let own_x = x(lyric);
            let at = own_x.max(free_from + if syllable.begins { WORD_SPACE } else { 0.0 });
            if at > own_x + MOST_SHIFT {
                continue; // there is no room at this zoom
            }
            let is_now = now == Some(index);
            let (font, color) = if is_now {
                (theme::bold(size::BODY), theme.text)
            } else {
                (theme::regular(size::BODY), theme.text_muted)
            };
            let galley = painter.layout_no_wrap(lyric.shown().to_owned(), font, color);
            let text = Rect::from_min_size(pos2(at, place.center().y - galley.size().y / 2.0), galley.size());
            if is_now {
                painter.rect_filled(text.expand2(vec2(3.0, 1.0)), theme::corners(radius::S), theme.accent_soft);
            }
            painter.galley(text.min, galley, color);
            free_from = text.right();
            let gap = lyrics.get(index + 1).map_or(0.0, |next| x(next) - free_from);
            if !syllable.ends && gap >= HYPHEN_FROM {
                let middle = pos2(free_from + gap / 2.0, place.center().y);
                painter.text(middle, Align2::CENTER_CENTER, "-", theme::regular(size::BODY), theme.text_muted);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::{self, Color32, Shape};

    use super::*;
    use crate::studio::{pages::compose::roll::coordinates::Coordinates, theme::Theme};

    fn sung(texts: &[&str]) -> Arc<Score> {
        let lyrics = (0..).zip(texts).map(|(index, text)| Lyric { tick: index * 480, text: (*text).into() });
        Arc::new(Score { lyrics: lyrics.collect(), ..Score::default() })
    }

    /// What is painted at a zoom: texts and where they stand, and the colours of grounds.
    fn painted(score: &Arc<Score>, zoom: f32, playing_at: Option<Tick>) -> (Vec<(String, Rect)>, Vec<Color32>) {
        let ctx = egui::Context::default();
        theme::install(&ctx);
        let mut coordinates = Coordinates::default();
        coordinates.set_area(Rect::from_min_max(pos2(72.0, 30.0), pos2(800.0, 400.0)));
        coordinates.zoom_time(zoom, 72.0);
        let place = Rect::from_min_max(pos2(72.0, 400.0), pos2(800.0, 400.0 + HEIGHT));
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
            assert!(texts[1..].windows(2).all(|pair| pair[0].1.right() <= pair[1].1.left()), "{texts:?}");
        }
    }

    #[test]
    fn what_is_sung_now_stands_out() {
        let song = sung(&["Hel-", "lo ", "world"]);
        let grounds = |playing_at| painted(&song, 1.0, playing_at).1.len();
        assert_eq!([None, Some(500)].map(grounds), [1, 2]);
    }
}
