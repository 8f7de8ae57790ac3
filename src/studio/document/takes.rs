//! What a model wrote, to choose from: the takes of every request, until there are too many.

use std::{borrow::Cow, cell::RefCell, ops::Range, sync::Arc};

use super::{
    rests,
    with_take::{SHORTEST_TAIL, hand_on_names, is_same, mixed_like},
};
use crate::{
    library::store::{EarlierTakes, GenerationSettings, KeptTake, Take, Takes, now_ms},
    music::{MAX_TICK, Note, Outline, Part, Score, Tick, edit::TimeChange},
};

/// How many takes stay to choose from; beyond them the oldest go, though never the one that is heard.
pub const MOST_TAKES: usize = 24;

/// A take to choose from, and how it was made.
#[derive(Clone, Debug)]
pub struct GeneratedTake {
    /// What came.
    pub take: Take,
    /// How its request was made.
    pub settings: Arc<GenerationSettings>,
    /// Its number among all takes of the composition, from 1; it keeps it.
    pub number: usize,
    /// How the time of the composition changed since.
    time: Vec<TimeChange>,
}

impl GeneratedTake {
    /// What came, as the time of the composition is by now.
    pub fn now(&self) -> Cow<'_, Take> {
        let mut take = Cow::Borrowed(&self.take);
        let first_bar = self.settings.score.metre.metre_at(0).bar_ticks();
        for change in &self.time {
            let change = change.later_by(first_bar * take.outline.bars_before);
            let Outline { chords, sections, bars_before } = take.outline.clone();
            let parts = take.parts.iter().cloned().map(Arc::new).collect();
            let Score { chords, sections, parts, .. } =
                change.applied_to(&Score { chords, sections, parts, ..Score::default() });
            let outline = Outline { chords, sections, bars_before };
            let parts = parts.into_iter().map(Arc::unwrap_or_clone).collect();
            take = Cow::Owned(Take { parts, outline, ..take.into_owned() });
        }
        take
    }

    /// The time that it was to write anew, as the time of the composition is by now.
    pub fn written(&self) -> Range<Tick> {
        let metre = &self.settings.score.metre;
        let Some((first, end)) = self.settings.bars else { return 0..MAX_TICK };
        let asked = metre.bar_start(first)..metre.bar_start(end);
        self.time.iter().try_fold(asked, |range, change| change.range_after(&range)).unwrap_or(0..0)
    }

    /// Which notes it wrote in a score: not those outside of its bars, nor where the melody rests and the user's parts
    /// may have kept what they had.
    fn is_written(&self, score: &Score) -> impl Fn(&&Note) -> bool {
        let anew = self.written();
        let rests = rests::left_by(&self.now(), score, &anew);
        move |note| anew.contains(&note.start) && !rests.iter().any(|rest| rests::begins_in(rest, note, &anew))
    }
}

/// How many notes begin at the same time on the same pitch, of two lists in order.
fn shared(one: &[Note], other: &[Note]) -> usize {
    let place = |note: &Note| (note.start, note.pitch);
    let mut others = other.iter().map(place).peekable();
    let is_there = |note: &&Note| {
        while others.next_if(|other| *other < place(note)).is_some() {}
        others.next_if_eq(&place(note)).is_some()
    };
    one.iter().filter(is_there).count()
}

/// The kept take that is in a score: the one most of whose notes are there, the last one of several.
pub fn kept_in(score: &Score, kept: &[KeptTake]) -> Option<usize> {
    let share = |take: &KeptTake| {
        let same = |part: &Part| score.parts.iter().find(|other| is_same(part, other)).map(|same| &same.notes[..]);
        let there: usize = take.parts.iter().map(|part| shared(&part.notes, same(part).unwrap_or_default())).sum();
        let written: usize = take.parts.iter().map(|part| part.notes.len()).sum();
        there as f64 / written.max(1) as f64
    };
    let shares = kept.iter().map(share).enumerate();
    shares.max_by(|(_, one), (_, other)| one.total_cmp(other)).map(|(index, _)| index)
}

/// Adds a change of the time to others; what only takes the last one back leaves neither.
fn add_change(changes: &mut Vec<TimeChange>, change: &TimeChange) {
    if changes.last().is_some_and(|last| last.reversed() == *change) {
        changes.pop();
    } else {
        changes.push(change.clone());
    }
}

/// The take that the discriminator likes most among those of one request, where it said anything.
pub fn pick_of(group: &[GeneratedTake]) -> Option<usize> {
    let rating = |at: &usize| group[*at].take.rating;
    let best = (0..group.len()).max_by(|one, other| rating(one).total_cmp(&rating(other)))?;
    (group.len() > 1 && group.iter().any(|take| take.take.rating != 0.0)).then_some(best)
}

/// What a model wrote, to choose from.
#[derive(Debug, Default)]
pub struct GeneratedTakes {
    /// Those of all requests, the first one first.
    all: Vec<GeneratedTake>,
    /// How the takes of the last request are made.
    request: Option<Arc<GenerationSettings>>,
    /// What was discarded last, until it is brought back or another composition is opened.
    discarded: Vec<GeneratedTake>,
    /// How the time of the composition changed since the last request.
    time: Vec<TimeChange>,
    /// What should come, where something is made again.
    pub expected: Option<Vec<Part>>,
    /// The take that is heard now instead of the score as it was.
    pub audition: Option<usize>,
    /// Whether the user chose what is heard since the last request, played, mixed or kept it: then nothing else comes
    /// to be heard by itself.
    pub chosen: bool,
    /// How takes were made that were kept, until the library has taken them.
    kept: Vec<KeptTake>,
    /// What the library is to have of them; `None` where they changed since it was made.
    to_keep: RefCell<Option<Arc<Takes>>>,
}

impl GeneratedTakes {
    /// Those that were kept with a composition.
    pub fn from_kept(takes: Option<&Takes>) -> Self {
        let mut read = Self::default();
        let Some(takes) = takes else { return read };
        let earlier = takes.earlier.iter().map(|earlier| (&earlier.settings, &earlier.takes));
        for (settings, takes) in earlier.chain([(&takes.settings, &takes.takes)]) {
            read.request = Some(Arc::clone(settings));
            for take in takes {
                read.add(take.clone());
            }
        }
        read
    }

    /// All of them, those of the first request first.
    pub fn all(&self) -> &[GeneratedTake] {
        &self.all
    }

    /// The takes of each request, the first one first: where they begin among all, and the takes.
    pub fn by_request(&self) -> impl DoubleEndedIterator<Item = (usize, &[GeneratedTake])> {
        let mut placed = Vec::new();
        let mut begin = 0;
        for group in self.all.chunk_by(|one, other| Arc::ptr_eq(&one.settings, &other.settings)) {
            placed.push((begin, group));
            begin += group.len();
        }
        placed.into_iter()
    }

    /// How many the last request has brought by now.
    pub fn of_last_request(&self) -> usize {
        let Some(request) = &self.request else { return 0 };
        self.all.iter().filter(|take| Arc::ptr_eq(&take.settings, request)).count()
    }

    /// The take that is heard now instead of the score as it was.
    pub fn heard(&self) -> Option<&GeneratedTake> {
        self.all.get(self.audition?)
    }

    /// The take of the last request that is to be heard instead of the one that is, since the discriminator likes it
    /// more; none where the user has chosen by now.
    pub fn better_offer(&self) -> Option<usize> {
        let heard = self.audition.filter(|_| !self.chosen)?;
        let (begin, group) = self.by_request().next_back()?;
        pick_of(group).map(|pick| begin + pick).filter(|pick| heard != *pick)
    }

    /// The kept take that is in a score: the one most of whose notes are there, at least half of them; the last one of
    /// several. What it gave back as it was, outside of the bars that it wrote, is not counted.
    pub fn in_score(&self, score: &Score) -> Option<usize> {
        let share = |take: &GeneratedTake| {
            let is_written = take.is_written(score);
            let (mut written, mut there) = (0, 0);
            for part in &take.now().parts {
                let notes: Vec<Note> = part.notes.iter().filter(&is_written).copied().collect();
                let same = score.parts.iter().find(|other| is_same(part, other));
                written += notes.len();
                there += same.map_or(0, |same| shared(&notes, &same.notes));
            }
            there as f64 / written.max(1) as f64
        };
        let kept = self.all.iter().enumerate().filter(|(_, take)| take.take.kept);
        let shares = kept.map(|(index, take)| (index, share(take))).filter(|(_, share)| *share >= 0.5);
        shares.max_by(|(_, one), (_, other)| one.total_cmp(other)).map(|(index, _)| index)
    }

    /// Whether a part is a take's: at least half of its notes are.
    pub fn wrote(&self, part: &Part) -> bool {
        let is_it = |own: &Part| is_same(own, part) && shared(&own.notes, &part.notes) * 2 >= part.notes.len();
        self.all.iter().any(|take| take.now().parts.iter().any(is_it))
    }

    /// Whether a score has other notes than a take that is in it where that wrote: it was changed since.
    pub fn differs(&self, take: usize, score: &Score) -> bool {
        let Some(written) = self.all.get(take) else { return false };
        let (take, is_written) = (written.now(), written.is_written(score));
        let anew = written.written();
        let rests = rests::left_by(&take, score, &anew);
        let ends: Vec<Tick> = rests.iter().map(|rest| rest.start).chain([anew.end]).collect();
        take.parts.iter().any(|part| {
            let there = score.parts.iter().find(|other| is_same(part, other));
            // what is held into what was there before may have become longer when it came in
            let cut = |note: &Note| {
                let leads_out = |end: &&Tick| note.start < **end && note.end().saturating_add(SHORTEST_TAIL) > **end;
                let end = ends.iter().find(leads_out).map_or(note.end(), |end| *end);
                Note { duration: end - note.start, ..*note }
            };
            let notes = |part: &Part| -> Vec<Note> { part.notes.iter().filter(&is_written).map(cut).collect() };
            there.is_none_or(|there| notes(there) != notes(part))
        })
    }

    /// How takes that are still to come are made, and the number of the first of them.
    pub fn to_come(&self) -> Option<(&GenerationSettings, usize)> {
        self.request.as_deref().map(|settings| (settings, self.next_number()))
    }

    /// The number of the next take: those that were discarded keep theirs.
    fn next_number(&self) -> usize {
        self.all.last().or(self.discarded.last()).map_or(0, |last| last.number) + 1
    }

    /// The seed that made what is heard: that of the take that is listened to, else of the one that was kept last.
    pub fn seed_of_heard(&self) -> Option<u64> {
        let last_kept = || self.all.iter().rfind(|take| take.take.kept);
        self.heard().or_else(last_kept).map(|take| take.take.seed)
    }

    /// Takes that come from now on are made like this.
    pub fn begin_request(&mut self, settings: GenerationSettings) {
        self.request = Some(Arc::new(settings));
        self.chosen = false;
        self.time.clear();
    }

    /// Adds a take that has come. What it has in place of a part that the user has named is called the same.
    pub fn receive(&mut self, mut take: Take) {
        if let Some(settings) = &self.request {
            let is_whole = settings.bars.is_none();
            hand_on_names(
                &mut take,
                &settings.score,
                |part| is_whole && self.wrote(part),
                |part| self.has_own_name(part),
            );
        }
        self.add(take);
    }

    /// Whether no take gave a part its name: it was called so before the first take that has such a part.
    fn has_own_name(&self, part: &Part) -> bool {
        let first = self.all.iter().find(|take| take.take.parts.iter().any(|own| is_same(own, part)));
        first.is_none_or(|first| first.settings.score.parts.iter().any(|own| is_same(own, part)))
    }

    /// Adds a take of the last request; beyond [`MOST_TAKES`] the oldest goes that is not heard.
    pub fn add(&mut self, mut take: Take) {
        let number = self.next_number();
        let settings = self.request.get_or_insert_default();
        if settings.bars.is_some() {
            take.outline.sections.clear(); // the form stays as it is where only some bars are written
        }
        self.all.push(GeneratedTake { take, settings: Arc::clone(settings), number, time: self.time.clone() });
        self.drop_oldest();
        self.to_keep.take();
    }

    /// Beyond [`MOST_TAKES`] the oldest goes that is not heard.
    fn drop_oldest(&mut self) {
        while self.all.len() > MOST_TAKES {
            let oldest = usize::from(self.audition == Some(0));
            self.all.remove(oldest);
            self.audition = self.audition.map(|heard| if heard > oldest { heard - 1 } else { heard });
        }
    }

    /// The number of the first earlier take with the same notes in the same parts, where there is one.
    pub fn same_as(&self, take: usize) -> Option<usize> {
        let (earlier, take) = (self.all.get(..take)?, self.all.get(take)?);
        let is_same = |other: &&GeneratedTake| {
            let (one, two) = (&other.take.parts, &take.take.parts);
            one.len() == two.len()
                && one.iter().zip(two).all(|(one, two)| one.name == two.name && one.notes == two.notes)
        };
        earlier.iter().find(is_same).map(|other| other.number)
    }

    /// Goes with a change of the composition's time; so will those of the last request that are still to come.
    pub fn go_with(&mut self, change: &TimeChange) {
        let times = self.all.iter_mut().map(|take| &mut take.time);
        times.chain([&mut self.time]).for_each(|time| add_change(time, change));
        self.to_keep.take();
    }

    /// Discards all of them; [`Self::bring_back`] takes that back.
    pub fn discard(&mut self) {
        let discarded = std::mem::take(&mut self.all);
        self.clear();
        self.discarded = discarded;
    }

    /// How many were discarded last and can be brought back.
    pub const fn discarded(&self) -> usize {
        self.discarded.len()
    }

    /// Brings back what was discarded last, before what came since.
    pub fn bring_back(&mut self) {
        let came = std::mem::replace(&mut self.all, std::mem::take(&mut self.discarded));
        self.audition = self.audition.map(|heard| heard + self.all.len());
        self.request = self.request.take().or_else(|| self.all.last().map(|last| Arc::clone(&last.settings)));
        self.all.extend(came);
        self.drop_oldest();
        self.to_keep.take();
    }

    /// Leaves them for another composition's; what the library still has to take stays.
    #[must_use]
    pub fn leave(&mut self) -> Self {
        let kept = std::mem::take(&mut self.kept);
        std::mem::replace(self, Self { kept, ..Self::default() })
    }

    /// Has those again that were left.
    pub fn return_to(&mut self, left: Self) {
        let kept = std::mem::take(&mut self.kept);
        *self = Self { kept, ..left };
    }

    /// Forgets all of them.
    fn clear(&mut self) {
        self.discarded.clear();
        self.all.clear();
        self.request = None;
        self.audition = None;
        self.to_keep.take();
    }

    /// Gives a part of a name and role the mix of another one, in every take that has it.
    pub fn mix_like(&mut self, mixed: &Part) {
        for part in self.all.iter_mut().flat_map(|take| &mut take.take.parts) {
            if is_same(part, mixed) {
                mixed_like(part, mixed);
            }
        }
        self.to_keep.take();
    }

    /// Marks a take as kept, and remembers how it was made, so that it can be made again.
    pub fn note_kept(&mut self, take: usize) {
        let Some(GeneratedTake { take, settings, .. }) = self.all.get_mut(take) else { return };
        take.kept = true;
        self.chosen = true;
        self.kept.push(KeptTake {
            settings: GenerationSettings { seed: take.seed, ..GenerationSettings::clone(settings) },
            parts: take.parts.clone(),
            outline: take.outline.clone(),
            made_ms: now_ms(),
        });
        self.to_keep.take();
    }

    /// How takes were made that were kept since this was last asked.
    pub fn take_kept(&mut self) -> Vec<KeptTake> {
        std::mem::take(&mut self.kept)
    }

    /// What the library is to have of them: the same `Arc` as before where nothing changed.
    pub fn to_keep(&self) -> Option<Arc<Takes>> {
        if self.all.is_empty() {
            return None;
        }
        let made = || {
            let mut earlier: Vec<EarlierTakes> = self
                .by_request()
                .map(|(_, group)| EarlierTakes {
                    settings: Arc::clone(&group[0].settings),
                    takes: group.iter().map(|take| take.now().into_owned()).collect(),
                })
                .collect();
            let last = earlier.pop().unwrap_or_default();
            Arc::new(Takes { settings: last.settings, takes: last.takes, earlier })
        };
        Some(Arc::clone(self.to_keep.borrow_mut().get_or_insert_with(made)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(seed: u64) -> Take {
        Take { seed, ..Take::default() }
    }

    fn by(model: &str) -> GenerationSettings {
        GenerationSettings { model: model.into(), ..GenerationSettings::default() }
    }

    #[test]
    fn the_pick_is_the_one_with_the_highest_score_of_several() {
        let mut takes = GeneratedTakes::default();
        let rated = |rating| Take { rating, ..Take::default() };
        takes.add(rated(-3.0));
        assert_eq!(pick_of(takes.all()), None, "one of one is no choice");
        takes.add(rated(-1.0));
        takes.add(rated(-2.0));
        assert_eq!(pick_of(takes.all()), Some(1));
        let mut silent = GeneratedTakes::default();
        (0..2).for_each(|_| silent.add(rated(0.0)));
        assert_eq!(pick_of(silent.all()), None, "it said nothing");
    }

    #[test]
    fn a_better_take_is_offered_until_the_user_chooses() {
        let mut takes = GeneratedTakes::default();
        let rated = |rating| Take { rating, ..Take::default() };
        takes.add(rated(-3.0));
        takes.audition = Some(0);
        assert_eq!(takes.better_offer(), None);
        takes.add(rated(-1.0));
        assert_eq!(takes.better_offer(), Some(1));
        takes.audition = None;
        assert_eq!(takes.better_offer(), None, "the user went back to the melody");
        takes.audition = Some(1);
        takes.add(rated(-2.0));
        assert_eq!(takes.better_offer(), None, "it is the best");
        (takes.audition, takes.chosen) = (Some(2), true);
        assert_eq!(takes.better_offer(), None, "the user chose another");
        takes.begin_request(by("Band"));
        assert!(!takes.chosen, "what comes now may be heard by itself");
    }

    fn seeds(takes: &GeneratedTakes) -> Vec<u64> {
        takes.all().iter().map(|take| take.take.seed).collect()
    }

    #[test]
    fn takes_that_were_discarded_come_back_before_what_came_since() {
        let mut takes = GeneratedTakes::default();
        takes.begin_request(by("Chorale"));
        (1..=3).for_each(|seed| takes.add(take(seed)));
        takes.discard();
        assert_eq!((takes.all().len(), takes.discarded(), takes.to_keep()), (0, 3, None));
        takes.begin_request(by("Band"));
        takes.add(take(7));
        takes.audition = Some(0);
        takes.bring_back();
        assert_eq!((seeds(&takes), takes.audition, takes.discarded()), (vec![1, 2, 3, 7], Some(3), 0));
        let numbers: Vec<usize> = takes.all().iter().map(|take| take.number).collect();
        assert_eq!(numbers, [1, 2, 3, 4]);
        takes.discard();
        takes.clear();
        assert_eq!(takes.discarded(), 0, "another composition was opened");
    }

    #[test]
    fn takes_of_several_requests_stay_in_groups_and_come_back() {
        let mut takes = GeneratedTakes::default();
        takes.begin_request(by("Chorale"));
        (1..=3).for_each(|seed| takes.add(take(seed)));
        takes.begin_request(by("Band"));
        assert_eq!(takes.of_last_request(), 0);
        (7..=8).for_each(|seed| takes.add(take(seed)));
        takes.note_kept(1);
        let groups = |takes: &GeneratedTakes| -> Vec<(usize, String, usize)> {
            takes.by_request().map(|(at, group)| (at, group[0].settings.model.clone(), group.len())).collect()
        };
        assert_eq!(groups(&takes), [(0, "Chorale".into(), 3), (3, "Band".into(), 2)]);
        let kept = takes.to_keep().unwrap();
        assert!(Arc::ptr_eq(&kept, &takes.to_keep().unwrap()), "nothing changed");
        assert_eq!((kept.settings.model.as_str(), kept.takes.len()), ("Band", 2), "as earlier releases read it");
        let read = GeneratedTakes::from_kept(Some(&kept));
        assert_eq!((groups(&read), seeds(&read)), (groups(&takes), vec![1, 2, 3, 7, 8]));
        assert_eq!(
            read.all().iter().map(|take| take.take.kept).collect::<Vec<_>>(),
            [false, true, false, false, false]
        );
        assert_eq!(read.seed_of_heard(), Some(2), "the one that was kept");
    }

    #[test]
    fn the_kept_take_whose_notes_are_there_is_the_one_in_the_score() {
        use crate::music::testing::note;
        let bass = |pitches: &[i32]| {
            let notes = (0..).step_by(480).zip(pitches).map(|(start, pitch)| note(start, 480, *pitch)).collect();
            Part { notes, ..Part::new("Bass", 32) }
        };
        let score = |part: &Part| Score { parts: vec![Arc::new(part.clone())], ..Score::default() };
        let written = [bass(&[40, 43, 45, 47]), bass(&[40, 43, 45, 48]), bass(&[50, 52, 53, 55])];
        let mut takes = GeneratedTakes::default();
        for part in &written {
            takes.add(Take { parts: vec![part.clone()], ..Take::default() });
        }
        assert_eq!(takes.in_score(&score(&written[0])), None, "nobody kept it");
        (0..3).for_each(|take| takes.note_kept(take));
        for (index, part) in written.iter().enumerate() {
            assert_eq!(takes.in_score(&score(part)), Some(index));
        }
        assert_eq!(takes.in_score(&score(&bass(&[50, 52, 53, 60]))), Some(2), "though a note was changed");
        assert_eq!(takes.in_score(&score(&bass(&[70, 71, 72, 73]))), None, "nothing of them is left");
        // the one that the Library makes again
        let kept = |part: &Part| KeptTake {
            settings: by("Band"),
            parts: vec![part.clone()],
            outline: Outline::default(),
            made_ms: 0,
        };
        let all = written.each_ref().map(kept);
        for (index, part) in written.iter().enumerate() {
            assert_eq!(kept_in(&score(part), &all), Some(index));
        }
        assert_eq!(kept_in(&Score::default(), &all), Some(2), "the last one");
        assert_eq!(kept_in(&Score::default(), &[]), None);
    }

    #[test]
    fn the_oldest_takes_go_but_never_the_one_that_is_heard() {
        let mut takes = GeneratedTakes::default();
        takes.begin_request(by("Chorale"));
        (0..MOST_TAKES as u64).for_each(|seed| takes.add(take(seed)));
        takes.audition = Some(0);
        takes.add(take(100));
        assert_eq!((takes.all().len(), takes.audition, &seeds(&takes)[..2]), (MOST_TAKES, Some(0), &[0, 2][..]));
        takes.audition = Some(5);
        takes.add(take(101));
        assert_eq!((takes.audition, takes.heard().unwrap().take.seed), (Some(4), 6));
        assert_eq!(takes.all().last().unwrap().number, MOST_TAKES + 2, "numbers stay as they were");
    }
}
