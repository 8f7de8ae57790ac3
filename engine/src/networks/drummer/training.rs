//! What a drummer learns from, and how.

use tch::{Kind, Tensor};

use super::bars::{Bar, LIMBS, MOST_STEPS, fills, level};
use super::{Asked, Drummer, FAMILIES, Task};
use crate::random::Source;
use cantus::corpus::drumming::Drumming;
use cantus::music::kit::{Limb, Stroke};

/// Bars in a step of training.
const BATCH: usize = 64;
/// How often a bar is learned from nothing, as a groove.
const FROM_NOTHING: f32 = 0.25;
/// A bar is like one of so many before it.
const BARS_BACK: usize = 8;
/// What hands count beside strokes.
const HANDS_WEIGHT: f64 = 0.3;
/// A data set of its own is drawn from as often as all others together.
const OWN_SHARE: f32 = 0.5;
/// Where a limb's velocities deviate less within a song, nobody played: a program did. In Groove they do by 7 to 27, in
/// nine songs of ten by more than 14; in songs that were programmed mostly by less than 4.
const PLAYED: f32 = 12.0;

/// A performance, or the kit of a song, in bars.
#[derive(Clone, Debug)]
struct Song {
    family: i64,
    bars: Vec<Bar>,
    fills: Vec<bool>,
    player: [u8; LIMBS],
}

/// What a drummer learns from.
#[derive(Clone, Debug, Default)]
pub struct Drumbook {
    songs: Vec<Song>,
    own: usize,
    /// The mean of [`deviation`] of the data set's own kits.
    own_deviation: f32,
    families: Vec<String>,
}

impl Drumbook {
    /// The kits of a data set, each with its bar's length, and performances beside.
    pub fn new(own: impl Iterator<Item = (Vec<Stroke>, usize)>, others: &[Drumming]) -> Self {
        let mut book = Self { families: vec!["own".into()], ..Self::default() };
        let mut deviations = Vec::new();
        for (strokes, steps_per_bar) in own {
            deviations.push(deviation(&strokes));
            let drumming = Drumming { family: String::new(), is_fill: false, steps_per_bar, strokes };
            book.add(&drumming, 0);
        }
        book.own = book.songs.len();
        book.own_deviation = deviations.iter().sum::<f32>() / deviations.len().max(1) as f32;
        for drumming in others {
            let known = book.families.iter().position(|family| *family == drumming.family);
            let family = known.unwrap_or_else(|| {
                book.families.push(drumming.family.clone());
                book.families.len() - 1
            });
            book.add(drumming, (family as i64).min(FAMILIES - 1));
        }
        book
    }

    fn add(&mut self, drumming: &Drumming, family: i64) {
        let steps = drumming.steps_per_bar;
        if !(4..=MOST_STEPS).contains(&steps) {
            return;
        }
        let bars: Vec<Bar> = drumming.bars().iter().map(|strokes| Bar::of(strokes, steps)).collect();
        if bars.iter().all(Bar::is_silent) {
            return;
        }
        let mut fills = fills(&bars);
        if drumming.is_fill {
            fills.fill(true);
        }
        let mean = |limb: usize| {
            let struck = drumming.strokes.iter().filter(|stroke| stroke.sound.limb as usize == limb);
            let (sum, count) =
                struck.fold((0_u32, 0_u32), |(sum, count), stroke| (sum + u32::from(stroke.velocity), count + 1));
            level(sum.checked_div(count).unwrap_or(80) as u8)
        };
        self.songs.push(Song { family, bars, fills, player: std::array::from_fn(mean) });
    }

    /// Whether there is nothing to learn from.
    pub const fn is_empty(&self) -> bool {
        self.songs.is_empty()
    }

    /// The family whose grooves belong to the data set, and that whose hands play them: where a program played the data
    /// set's own, those of rock drummers, if there are some.
    pub fn families(&self) -> (i64, i64) {
        let own = if self.own > 0 { 0 } else { 1.min(self.families.len() as i64 - 1) };
        let played = self.own_deviation >= PLAYED;
        let rock = self.families.iter().position(|family| family == "rock");
        (own, if played { own } else { rock.map_or(own, |rock| rock as i64) })
    }

    /// How hard the players of a family strike, evenly taken.
    pub fn players(&self, family: i64) -> Vec<[u8; LIMBS]> {
        let long = |song: &&Song| song.family == family && song.bars.len() >= BARS_BACK;
        let mut players: Vec<[u8; LIMBS]> = self.songs.iter().filter(long).map(|song| song.player).collect();
        if players.is_empty() {
            players = self.songs.iter().map(|song| song.player).collect();
        }
        let step = players.len().div_ceil(64).max(1);
        players.into_iter().step_by(step).collect()
    }

    fn draw(&self, source: &mut Source) -> (&Song, usize) {
        let others = self.songs.len() - self.own;
        let own = others == 0 || self.own > 0 && source.uniform() < OWN_SHARE;
        let song = if own { source.below(self.own) } else { self.own + source.below(others) };
        let song = &self.songs[song];
        (song, source.below(song.bars.len()))
    }
}

/// The standard deviation of each limb's velocities from the mean of that limb, all strokes together.
fn deviation(strokes: &[Stroke]) -> f32 {
    let mut squares = 0.0;
    for limb in Limb::ALL {
        let of_limb =
            || strokes.iter().filter(|stroke| stroke.sound.limb == limb).map(|stroke| f32::from(stroke.velocity));
        let mean = of_limb().sum::<f32>() / of_limb().count().max(1) as f32;
        squares += of_limb().map(|velocity| (velocity - mean).powi(2)).sum::<f32>();
    }
    (squares / strokes.len().max(1) as f32).sqrt()
}

/// One bar to learn.
struct Lesson<'a> {
    song: &'a Song,
    bar: &'a Bar,
    asked: Asked<'a>,
}

fn lesson<'a>(book: &'a Drumbook, source: &mut Source) -> Lesson<'a> {
    let (song, at) = book.draw(source);
    let bar = &song.bars[at];
    let is_fill = song.fills[at];
    let before = at.checked_sub(1).map(|before| &song.bars[before]);
    // like one that is no fill, if there is one near
    let near = at.saturating_sub(BARS_BACK)..at;
    let steady: Vec<usize> = near.filter(|bar| !song.fills[*bar] && !song.bars[*bar].is_silent()).collect();
    let like = (!steady.is_empty()).then(|| &song.bars[steady[source.below(steady.len())]]);
    let from_nothing = !is_fill && (like.is_none() || source.uniform() < FROM_NOTHING);
    let task = if is_fill {
        Task::Fill
    } else if from_nothing {
        Task::Groove
    } else {
        Task::Vary
    };
    let asked = Asked {
        like: like.filter(|_| !from_nothing),
        before: before.filter(|_| !from_nothing),
        task,
        crash: bar.begins_with_crash(),
        family: song.family,
    };
    Lesson { song, bar, asked }
}

/// The loss of one step of training: cross-entropy of strokes, and of velocities and places of those that are struck,
/// in nats a sixteenth.
pub fn loss(drummer: &Drummer, book: &Drumbook, source: &mut Source) -> Tensor {
    let lessons: Vec<Lesson<'_>> = (0..BATCH).map(|_| lesson(book, source)).collect();
    let steps = lessons.iter().map(|lesson| lesson.bar.steps()).max().unwrap_or(1);
    let device = drummer.device();
    let size = [BATCH as i64, steps as i64];
    let silent = Bar::silent(steps);
    let (mut columns, mut hands) = (Vec::new(), Vec::new());
    let mut known: Vec<Vec<i64>> = vec![Vec::new(); LIMBS];
    let (mut kinds, mut levels, mut places) = (Vec::new(), Vec::new(), Vec::new());
    let (mut within, mut struck) = (Vec::new(), Vec::new());
    for lesson in &lessons {
        for step in 0..steps {
            let inside = step < lesson.bar.steps();
            let (bar, at) = if inside { (lesson.bar, step) } else { (&silent, step) };
            let last = at.checked_sub(1).map(|last| &bar.kinds[last]);
            Drummer::step_columns(&lesson.asked, at, lesson.bar.steps(), last, &mut columns);
            Drummer::hand_columns(lesson.song.family, lesson.song.player, bar, at, &mut hands);
            for (limb, known) in known.iter_mut().enumerate() {
                known.extend(bar.kinds[at][..limb].iter().map(|kind| i64::from(*kind)));
                known.push(0);
            }
            kinds.extend(bar.kinds[at].map(i64::from));
            levels.extend(bar.velocity[at].map(i64::from));
            places.extend(bar.place[at].map(i64::from));
            within.push(if inside { 1.0_f32 } else { 0.0 });
            struck.extend(bar.kinds[at].map(|kind| if kind > 0 { 1.0_f32 } else { 0.0 }));
        }
    }
    let whole = |numbers: &[i64]| Tensor::from_slice(numbers).view([size[0], size[1], LIMBS as i64]).to_device(device);
    let (kinds, levels, places) = (whole(&kinds), whole(&levels), whole(&places));
    let within = Tensor::from_slice(&within).view(size).to_device(device);
    let struck = Tensor::from_slice(&struck).view([size[0], size[1], LIMBS as i64]).to_device(device);
    let state = drummer.memory.forward(&drummer.columns.forward(&columns, &size).apply(&drummer.norm));
    let mut total = Tensor::zeros([], (Kind::Float, device));
    for (limb, known) in known.iter().enumerate() {
        let logits = drummer.limb_logits(&state, limb, known) + drummer.lacking(limb);
        let target = kinds.select(2, limb as i64).unsqueeze(-1);
        let log = logits.log_softmax(-1, Kind::Float).gather(-1, &target, false).squeeze_dim(-1);
        total -= (log * &within).sum(Kind::Float);
    }
    let state = drummer.hands_memory.forward(&drummer.hands.forward(&hands, &size).apply(&drummer.hands_norm));
    let (velocity, place) = drummer.hand_logits(&state);
    for (logits, target) in [(velocity, levels), (place, places)] {
        let log = logits.log_softmax(-1, Kind::Float).gather(-1, &target.unsqueeze(-1), false).squeeze_dim(-1);
        total -= (log * &struck).sum(Kind::Float) * HANDS_WEIGHT;
    }
    total / within.sum(Kind::Float)
}
