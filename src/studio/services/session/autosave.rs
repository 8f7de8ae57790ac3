//! Hands every change to the library's thread, and at the start brings the window back to where it was.

use std::{
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use eframe::egui::{Context, ViewportCommand};
use serde::{Deserialize, Deserializer, Serialize};

use crate::studio::{
    page::Page,
    services::{exports::Running, preferences::Preferences},
    state::Studio,
    toasts::Tone,
};
use crate::{
    library::{
        keeper::{Keeper, Notice, Restored, Start},
        store::{Composition, Save, Take, Takes, new_id},
    },
    music::{Part, Score, Tick},
};

/// How long the end of the program may wait for the disk.
const FAREWELL: Duration = Duration::from_secs(5);
/// What the first try to close the window is answered with while work cannot be saved.
const NOT_SAVED: &str =
    "Your work is not saved. Save project as… (Ctrl+S) puts it elsewhere; closing again leaves it behind";

/// What the library's thread was handed last.
#[derive(Debug, Default)]
pub(in crate::studio) struct Handed {
    score: Option<Arc<Score>>,
    recording: Option<(usize, Arc<Part>)>,
    part: usize,
    takes: Option<Arc<Takes>>,
    state: Option<(u64, State)>,
}

/// Where the window is, beside the score.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct State {
    #[serde(deserialize_with = "page_by_name_or_place")]
    page: Page,
    playhead: Tick,
    looping: bool,
    loop_range: Option<Range<Tick>>,
    audition: Option<usize>,
}

/// A page by its name; earlier releases kept its place among five.
fn page_by_name_or_place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Page, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        Name(Page),
        Place(usize),
        Other(serde::de::IgnoredAny),
    }
    const PLACES: [Page; 5] = [Page::Compose, Page::Train, Page::Models, Page::Library, Page::Settings];
    Ok(match Kept::deserialize(deserializer)? {
        Kept::Name(page) => page,
        Kept::Place(place) => PLACES.get(place).copied().unwrap_or_default(),
        Kept::Other(_) => Page::default(),
    })
}

impl Studio {
    /// Reads settings and the last session beside the window.
    pub(in crate::studio) fn restore(&mut self) {
        let folders = self.services.session.folders().clone();
        let revision = self.document.history.revision();
        self.services.jobs.spawn("opening the library", move |poster| {
            let preferences = folders.settings.map(|path| Preferences::load(&path));
            let notices = poster.clone();
            let tell = move |notice| notices.post(move |studio| studio.take_notice(notice));
            let opened = folders.data.map(|folder| Keeper::start(folder, tell));
            poster.post(move |studio| {
                if let Some((preferences, told)) = preferences {
                    studio.services.preferences = preferences;
                    for text in told {
                        studio.services.toasts.add(Tone::Warning, crate::studio::status_bar::sentence(&text));
                    }
                }
                studio.services.apply_preferences();
                match opened {
                    Some(Ok((keeper, start))) => {
                        studio.services.session.keeper = Some(keeper);
                        studio.take_start(start, revision);
                    }
                    Some(Err(error)) => studio.fail(format!("Nothing can be saved: {error}")),
                    None => studio.fail("This system names no folder for the library, so nothing is saved; set HOME"),
                }
                studio.services.session.looked = true;
                studio.after_settings();
            });
        });
    }

    fn take_start(&mut self, start: Start, revision: u64) {
        for notice in start.notices {
            self.take_notice(notice);
        }
        // files to open, or a quick hand, go before what was there last
        let is_free = self.startup.files.is_empty() && self.document.history.revision() == revision;
        if let Some(restored) =
            start.restored.filter(|restored| is_free && !restored.composition.score.parts.is_empty())
        {
            self.take_restored(restored);
        }
    }

    fn take_restored(&mut self, restored: Restored) {
        let Restored { composition, state, ended } = restored;
        let recorded = composition.recording.as_ref().map(|(position, part)| {
            let before = composition.score.parts.get(*position).map_or(0, |part| part.notes.len());
            part.notes.len().saturating_sub(before)
        });
        self.take_composition(composition);
        let state: State = serde_json::from_str(&state).unwrap_or_default();
        self.page = state.page;
        self.document.transport.loop_range = state.loop_range.filter(|range| range.start < range.end);
        self.document.transport.looping = state.looping && self.document.transport.loop_range.is_some();
        self.services.sound.seek(state.playhead);
        self.audition(state.audition);
        match (recorded, ended) {
            (Some(count), _) => self.services.toasts.add(
                Tone::Warning,
                format!("Cantus was ended while recording; the {count} notes played until then are back, Ctrl+Z takes them away"),
            ),
            (None, false) => self
                .services.toasts
                .add(Tone::Warning, "Cantus was ended suddenly; everything is back as it was"),
            (None, true) => self.tell("Your last session is back"),
        }
    }

    /// Works on a composition from now on; there is nothing to undo but a recording that was cut off.
    pub(in crate::studio) fn take_composition(&mut self, composition: Composition) {
        let id = composition.score.id;
        self.document.open(composition);
        self.services.session.pristine = None;
        self.services.session.handed = Handed::default();
        self.services.session.copies.remove(&id);
        self.pages.compose.editor.show_all = true;
    }

    pub(in crate::studio) fn take_notice(&mut self, notice: Notice) {
        match notice {
            Notice::Trouble(text) => {
                self.services.session.trouble = Some(text.clone());
                self.fail(text);
            }
            Notice::Recovered => {
                for told in self.services.session.trouble.take().iter().map(String::as_str).chain([NOT_SAVED]) {
                    self.services.toasts.withdraw(told);
                }
                self.tell("Saving works again; everything is on the disk");
            }
            Notice::Copied { id, copy, title } => {
                self.services.session.copies.insert(id, copy);
                self.services.toasts.add(
                    Tone::Warning,
                    format!("“{title}” was changed in another window, too: both are in the Library, and this window works on its own copy"),
                );
            }
            Notice::Told(text) => self.services.toasts.add(Tone::Warning, text),
        }
    }

    /// Hands over what changed since the last frame. Costs a few comparisons of pointers where nothing did.
    pub(in crate::studio) fn autosave(&mut self) {
        if !self.services.session.looked || self.services.session.keeper.is_none() {
            return;
        }
        if self.document.history.committed().id == 0 {
            // from a place that does not know of the library: a composition of its own from here on
            self.document.history.name(new_id());
        }
        let takes = self.takes_to_keep();
        let score = Arc::clone(self.document.history.committed());
        let recording = self.recorded_so_far();
        let handed = &self.services.session.handed;
        let same_recording = match (&handed.recording, &recording) {
            (Some(old), Some(new)) => old.0 == new.0 && Arc::ptr_eq(&old.1, &new.1),
            (old, new) => old.is_none() && new.is_none(),
        };
        let same_score = handed.score.as_ref().is_some_and(|old| Arc::ptr_eq(old, &score));
        let same_takes = match (&handed.takes, &takes) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            (old, new) => old.is_none() && new.is_none(),
        };
        let makings = self.document.takes.take_kept();
        let same =
            makings.is_empty() && same_score && same_recording && same_takes && handed.part == self.document.part;
        let state = self.state_to_keep(score.id);
        let Some(keeper) = &self.services.session.keeper else { return };
        if !same {
            let touched = self.services.session.pristine.as_ref().is_none_or(|pristine| !Arc::ptr_eq(pristine, &score));
            keeper.save(Save {
                score: Arc::clone(&score),
                recording: recording.clone(),
                takes: takes.clone(),
                part: self.document.part,
                touched: touched || recording.is_some() || takes.is_some(),
                makings,
            });
            let handed = &mut self.services.session.handed;
            handed.score = Some(score);
            handed.recording = recording;
            handed.takes = takes;
            handed.part = self.document.part;
        }
        if self.services.session.handed.state.as_ref() != Some(&state) {
            keeper.note_session(state.0, serde_json::to_string(&state.1).unwrap_or_default());
            self.services.session.handed.state = Some(state);
        }
    }

    /// Where the window is. A playhead that moves by itself is written down where it stops.
    fn state_to_keep(&self, id: u64) -> (u64, State) {
        let before = self.services.session.handed.state.as_ref().map(|(_, state)| state.playhead);
        let playhead = match before {
            Some(before) if self.is_playing() => before,
            _ => self.playhead(),
        };
        let state = State {
            page: self.page,
            playhead,
            looping: self.document.transport.looping,
            loop_range: self.document.transport.loop_range.clone(),
            audition: self.document.takes.audition,
        };
        (id, state)
    }

    /// The takes to choose from, shared with what was handed over before where they are the same.
    pub(in crate::studio) fn takes_to_keep(&self) -> Option<Arc<Takes>> {
        let generate = &self.document.takes;
        let recipe = generate.recipe.as_ref().filter(|_| !generate.results.is_empty())?;
        if let Some(old) = &self.services.session.handed.takes
            && Arc::ptr_eq(&old.recipe, recipe)
            && old.takes.len() == generate.results.len()
        {
            return Some(Arc::clone(old));
        }
        Some(Arc::new(Takes { recipe: Arc::clone(recipe), takes: generate.results.clone() }))
    }

    /// What would be lost if the window closed now.
    fn why_not_close(&self) -> Option<(Tone, &'static str)> {
        if self.services.session.trouble.is_some() {
            return Some((Tone::Error, NOT_SAVED));
        }
        let writing = self.services.exports.running.is_some();
        writing.then_some((Tone::Warning, "Audio is still being written; closing again gives it up"))
    }

    /// Does not let the window close at the first try while something would be lost.
    pub(in crate::studio) fn mind_unsaved_work(&mut self, ctx: &Context) {
        match self.why_not_close() {
            None => self.services.session.warned = false,
            Some((tone, reason))
                if !self.services.session.warned && ctx.input(|input| input.viewport().close_requested()) =>
            {
                self.services.session.warned = true;
                ctx.send_viewport_cmd(ViewportCommand::CancelClose);
                self.services.toasts.add(tone, reason);
            }
            Some(_) => {}
        }
    }

    /// Saves before the window closes, and waits for the disk. An export that was given up takes away what it has written.
    pub(in crate::studio) fn save_at_exit(&mut self) {
        if let Some(export) = &self.services.exports.running {
            export.cancel();
        }
        if self.document.recording.is_some() {
            self.stop_recording();
        }
        self.autosave();
        if let Some(mut keeper) = self.services.session.keeper.take()
            && !keeper.finish(FAREWELL)
        {
            log::error!("not everything could be saved at the end");
        }
        let end = Instant::now() + FAREWELL;
        let is_writing = |export: &Arc<Running>| Arc::strong_count(export) > 1;
        while self.services.exports.running.as_ref().is_some_and(is_writing) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
