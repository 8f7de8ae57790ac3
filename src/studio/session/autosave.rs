//! Hands every change to the library's thread, and at the start brings the window back to where it was.

use std::{
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use eframe::egui::{Context, ViewportCommand};
use serde::{Deserialize, Serialize};

use super::super::{
    exports::Running,
    generate::TakeResult,
    preferences::Preferences,
    state::{Page, Studio},
    toasts::Tone,
};
use crate::{
    library::{
        autosave::{Autosave, Notice, Restored, Start},
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
pub(super) struct Handed {
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
    page: usize,
    playhead: Tick,
    looping: bool,
    loop_range: Option<Range<Tick>>,
    audition: Option<usize>,
}

impl Studio {
    /// Reads settings and the last session beside the window.
    pub(in crate::studio) fn restore(&mut self) {
        let folders = self.session.folders().clone();
        let revision = self.history.revision();
        self.jobs.spawn("opening the library", move |poster| {
            let preferences = folders.settings.map(|path| Preferences::load(&path));
            let notices = poster.clone();
            let tell = move |notice| notices.post(move |studio| studio.take_notice(notice));
            let opened = folders.data.map(|folder| Autosave::start(folder, tell));
            poster.post(move |studio| {
                if let Some((preferences, told)) = preferences {
                    studio.preferences = preferences;
                    for text in told {
                        studio.toasts.add(Tone::Warning, super::super::status::sentence(&text));
                    }
                }
                studio.apply_preferences();
                match opened {
                    Some(Ok((autosave, start))) => {
                        studio.session.autosave = Some(autosave);
                        studio.take_start(start, revision);
                    }
                    Some(Err(error)) => studio.fail(format!("Nothing can be saved: {error}")),
                    None => studio.fail("This system names no folder for the library, so nothing is saved; set HOME"),
                }
                studio.session.looked = true;
                studio.after_settings();
            });
        });
    }

    fn take_start(&mut self, start: Start, revision: u64) {
        for notice in start.notices {
            self.take_notice(notice);
        }
        // files to open, or a quick hand, go before what was there last
        let is_free = self.pending_files.is_empty() && self.history.revision() == revision;
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
        self.page = Page::ALL.get(state.page).copied().unwrap_or_default();
        self.transport.loop_range = state.loop_range.filter(|range| range.start < range.end);
        self.transport.looping = state.looping && self.transport.loop_range.is_some();
        self.sound.seek(state.playhead);
        self.audition(state.audition);
        match (recorded, ended) {
            (Some(count), _) => self.toasts.add(
                Tone::Warning,
                format!("Cantus was ended while recording; the {count} notes played until then are back, Ctrl+Z takes them away"),
            ),
            (None, false) => self
                .toasts
                .add(Tone::Warning, "Cantus was ended suddenly; everything is back as it was"),
            (None, true) => self.tell("Your last session is back"),
        }
    }

    /// Works on a composition from now on; there is nothing to undo but a recording that was cut off.
    pub(in crate::studio) fn take_composition(&mut self, composition: Composition) {
        self.generate.audition = None;
        self.history.reset(Arc::clone(&composition.score));
        if let Some((position, part)) = composition.recording {
            self.history.edit("Record", |score| {
                if let Some(place) = score.parts.get_mut(position) {
                    *place = Arc::new(part);
                }
            });
        }
        self.part = composition.part;
        self.session.pristine = None;
        self.session.handed = Handed::default();
        self.session.copies.remove(&composition.score.id);
        self.generate.results.clear();
        self.generate.settings = None;
        if let Some(takes) = composition.takes {
            self.generate.settings = Some(Arc::clone(&takes.settings));
            self.generate.results = takes.takes.iter().map(TakeResult::from).collect();
        }
        self.transport.loop_range = None;
        self.transport.looping = false;
        self.roll.show_all = true;
    }

    pub(super) fn take_notice(&mut self, notice: Notice) {
        match notice {
            Notice::Trouble(text) => {
                self.session.trouble = Some(text.clone());
                self.fail(text);
            }
            Notice::SavedAgain => {
                for told in self.session.trouble.take().iter().map(String::as_str).chain([NOT_SAVED]) {
                    self.toasts.withdraw(told);
                }
                self.tell("Saving works again; everything is on the disk");
            }
            Notice::Copied { id, copy, title } => {
                self.session.copies.insert(id, copy);
                self.toasts.add(
                    Tone::Warning,
                    format!("“{title}” was changed in another window, too: both are in the Library, and this window works on its own copy"),
                );
            }
            Notice::Info(text) => self.toasts.add(Tone::Warning, text),
        }
    }

    /// Hands over what changed since the last frame. Costs a few comparisons of pointers where nothing did.
    pub(in crate::studio) fn autosave(&mut self) {
        if !self.session.looked || self.session.autosave.is_none() {
            return;
        }
        if self.history.committed().id == 0 {
            // from a place that does not know of the library: a composition of its own from here on
            self.history.name(new_id());
        }
        let takes = self.takes_to_keep();
        let score = Arc::clone(self.history.committed());
        let recording = self.recorded_so_far();
        let handed = &self.session.handed;
        let same_recording = match (&handed.recording, &recording) {
            (Some(old), Some(new)) => old.0 == new.0 && Arc::ptr_eq(&old.1, &new.1),
            (old, new) => old.is_none() && new.is_none(),
        };
        let same_score = handed.score.as_ref().is_some_and(|old| Arc::ptr_eq(old, &score));
        let same_takes = match (&handed.takes, &takes) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            (old, new) => old.is_none() && new.is_none(),
        };
        let kept_takes = std::mem::take(&mut self.session.kept_takes);
        let same = kept_takes.is_empty() && same_score && same_recording && same_takes && handed.part == self.part;
        let state = self.state_to_keep(score.id);
        let Some(autosave) = &self.session.autosave else { return };
        if !same {
            let touched = self.session.pristine.as_ref().is_none_or(|pristine| !Arc::ptr_eq(pristine, &score));
            autosave.save(Save {
                score: Arc::clone(&score),
                recording: recording.clone(),
                takes: takes.clone(),
                part: self.part,
                touched: touched || recording.is_some() || takes.is_some(),
                kept_takes,
            });
            let handed = &mut self.session.handed;
            handed.score = Some(score);
            handed.recording = recording;
            handed.takes = takes;
            handed.part = self.part;
        }
        if self.session.handed.state.as_ref() != Some(&state) {
            autosave.note_session(state.0, serde_json::to_string(&state.1).unwrap_or_default());
            self.session.handed.state = Some(state);
        }
    }

    /// Where the window is. A playhead that moves by itself is written down where it stops.
    fn state_to_keep(&self, id: u64) -> (u64, State) {
        let before = self.session.handed.state.as_ref().map(|(_, state)| state.playhead);
        let playhead = match before {
            Some(before) if self.is_playing() => before,
            _ => self.playhead(),
        };
        let state = State {
            page: Page::ALL.iter().position(|page| *page == self.page).unwrap_or(0),
            playhead,
            looping: self.transport.looping,
            loop_range: self.transport.loop_range.clone(),
            audition: self.generate.audition,
        };
        (id, state)
    }

    /// The takes to choose from, shared with what was handed over before where they are the same.
    pub(in crate::studio) fn takes_to_keep(&self) -> Option<Arc<Takes>> {
        let generate = &self.generate;
        let settings = generate.settings.as_ref().filter(|_| !generate.results.is_empty())?;
        if let Some(old) = &self.session.handed.takes
            && Arc::ptr_eq(&old.settings, settings)
            && old.takes.len() == generate.results.len()
        {
            return Some(Arc::clone(old));
        }
        Some(Arc::new(Takes {
            settings: Arc::clone(settings),
            takes: generate.results.iter().map(Take::from).collect(),
        }))
    }

    /// What would be lost if the window closed now.
    fn why_not_close(&self) -> Option<(Tone, &'static str)> {
        if self.session.trouble.is_some() {
            return Some((Tone::Error, NOT_SAVED));
        }
        let writing = self.exports.running.is_some();
        writing.then_some((Tone::Warning, "Audio is still being written; closing again gives it up"))
    }

    /// Does not let the window close at the first try while something would be lost.
    pub(in crate::studio) fn mind_unsaved_work(&mut self, ctx: &Context) {
        match self.why_not_close() {
            None => self.session.warned = false,
            Some((tone, reason)) if !self.session.warned && ctx.input(|input| input.viewport().close_requested()) => {
                self.session.warned = true;
                ctx.send_viewport_cmd(ViewportCommand::CancelClose);
                self.toasts.add(tone, reason);
            }
            Some(_) => {}
        }
    }

    /// Saves before the window closes, and waits for the disk. An export that was given up takes away what it has written.
    pub(in crate::studio) fn save_at_exit(&mut self) {
        if let Some(export) = &self.exports.running {
            export.cancel();
        }
        if self.recording.is_some() {
            self.stop_recording();
        }
        self.autosave();
        if let Some(mut autosave) = self.session.autosave.take()
            && !autosave.finish(FAREWELL)
        {
            log::error!("not everything could be saved at the end");
        }
        let end = Instant::now() + FAREWELL;
        let is_writing = |export: &Arc<Running>| Arc::strong_count(export) > 1;
        while self.exports.running.as_ref().is_some_and(is_writing) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl From<&Take> for TakeResult {
    fn from(take: &Take) -> Self {
        Self { parts: take.parts.clone(), rating: take.rating, seed: take.seed }
    }
}

impl From<&TakeResult> for Take {
    fn from(take: &TakeResult) -> Self {
        Self { parts: take.parts.clone(), rating: take.rating, seed: take.seed }
    }
}
