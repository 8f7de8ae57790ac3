//! The start and the end of a session, and what is kept in between.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use eframe::egui::{Context, UserAttentionType, ViewportCommand};

use super::{engine, files, library, models, recording, saving, sound, transport, welcome};
use crate::{
    library::{
        autosave::{Autosave, Notice, Restored, Start},
        store::Composition,
    },
    plural::counted,
    studio::{
        actions::{Opened, SessionAction},
        dialogs::Dialog,
        page::Page,
        services::{
            engine::EngineState,
            exports::Running,
            preferences::{Preferences, WindowPlace},
            session::{place_of, state::WindowState},
        },
        state::Studio,
        status_bar::sentence,
        toasts::Tone,
    },
};

/// How long the end of the program may wait for the disk.
const FAREWELL: Duration = Duration::from_secs(5);

/// Carries out what the library's thread and other windows tell.
pub fn execute(action: SessionAction, studio: &mut Studio) {
    match action {
        SessionAction::Opened(opened) => take_opened(studio, *opened),
        SessionAction::Notice(notice) => take_notice(studio, notice),
        SessionAction::Close => {
            studio.services.session.closes = true;
            studio.services.ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        SessionAction::HandedFiles(paths) => take_handed_files(studio, paths),
        #[cfg(unix)]
        SessionAction::HandoverReady(server) => studio.services.handover = Some(server),
    }
}

/// Reads settings and the last session beside the window.
pub fn restore(studio: &Studio) {
    let folders = studio.services.session.folders().clone();
    let revision = studio.document.history.revision();
    studio.services.jobs.spawn("opening the library", move |poster| {
        let preferences = folders.settings.map(|path| Preferences::load(&path));
        let notices = poster.clone();
        let tell = move |notice| notices.ask(SessionAction::Notice(notice));
        let library = folders.data.map(|folder| Autosave::start(folder, tell).map_err(|error| error.to_string()));
        poster.ask(SessionAction::Opened(Box::new(Opened { preferences, library, revision })));
    });
}

fn take_opened(studio: &mut Studio, opened: Opened) {
    let Opened { preferences, library, revision } = opened;
    let services = &mut studio.services;
    if let Some((preferences, told)) = preferences {
        services.preferences = preferences;
        for text in told {
            services.say(Tone::Warning, sentence(&text));
        }
    }
    services.apply_preferences();
    let (autosave, start) = match library {
        Some(Ok((autosave, start))) => (Some(autosave), Some(start)),
        Some(Err(error)) => {
            services.fail(format!("Nothing can be saved: {error}"));
            (None, None)
        }
        None => {
            services.fail("This system names no folder for the library, so nothing is saved; set HOME");
            (None, None)
        }
    };
    services.session.begin_keeping(autosave);
    if let Some(start) = start {
        take_start(studio, start, revision);
    }
    welcome::begin(studio);
    start_services(studio);
}

/// What starts once the settings are known.
fn start_services(studio: &mut Studio) {
    let services = &mut studio.services;
    sound::start(services);
    if let (Some(backend), Some(player)) = (studio.startup.midi.take(), services.sound.player()) {
        services.keyboards.start(backend, player, &services.ctx, &services.preferences);
    }
    models::find(services);
    if services.engine.state == EngineState::Off {
        engine::start(services);
    }
    let paths = std::mem::take(&mut studio.startup.files);
    files::take_any(studio, paths);
    #[cfg(unix)]
    wait_for_handed_files(studio);
}

fn take_start(studio: &mut Studio, start: Start, revision: u64) {
    for notice in start.notices {
        take_notice(studio, notice);
    }
    // files to open, or a quick hand, go before what was there last
    let is_free = studio.startup.files.is_empty() && studio.document.history.revision() == revision;
    let restored = start.restored.filter(|restored| is_free && !restored.composition.score.parts.is_empty());
    if let Some(restored) = restored {
        take_restored(studio, restored);
    } else if is_free && start.is_second {
        studio.services.say(
            Tone::Plain,
            "Cantus is already open in another window. What you do in this one is a composition of its own",
        );
    }
}

fn take_restored(studio: &mut Studio, restored: Restored) {
    let Restored { composition, state, ended } = restored;
    let recorded = composition.recording.as_ref().map(|(position, part)| {
        let before = composition.score.parts.get(*position).map_or(0, |part| part.notes.len());
        part.notes.len().saturating_sub(before)
    });
    open(studio, composition);
    let state: WindowState = serde_json::from_str(&state).unwrap_or_default();
    studio.page = state.page;
    if state.page == Page::Library {
        library::show(&mut studio.pages.library, &studio.services);
    }
    studio.pages.compose.editor.view = state.view;
    if let Some(setup) = state.training {
        studio.pages.train.setup = setup.with_models_there();
        studio.pages.train.form_is_begun = false;
    }
    studio.pages.train.restore_charts(state.charts);
    let transport = &mut studio.document.transport;
    transport.loop_range = state.loop_range.filter(|range| range.start < range.end);
    transport.looping = state.looping && transport.loop_range.is_some();
    studio.services.sound.seek(state.playhead);
    studio.document.audition(state.audition);
    let (tone, text) = match (recorded, ended) {
        (Some(count), _) => (
            Tone::Warning,
            format!(
                "Cantus didn't close properly while you recorded; the {} played until then were restored \
                 (Ctrl+Z removes them)",
                counted(count, "note")
            ),
        ),
        (None, false) => (Tone::Warning, "Cantus didn't close properly; your work was restored".to_owned()),
        (None, true) => (Tone::Good, "Your last session was restored".to_owned()),
    };
    studio.services.say(tone, text);
}

/// Works on a composition from now on, as the document opens it.
pub fn open(studio: &mut Studio, composition: Composition) {
    let id = composition.score.id;
    let Studio { document, services, pages, .. } = studio;
    transport::leave_composition(document, services, &mut pages.compose);
    document.open(composition);
    services.session.note_opened(id);
}

fn take_notice(studio: &mut Studio, notice: Notice) {
    let services = &mut studio.services;
    match notice {
        Notice::Trouble(text) => {
            services.session.trouble = Some(text.clone());
            services.fail(text);
        }
        Notice::SavedAgain => {
            if let Some(told) = services.session.trouble.take() {
                services.toasts.withdraw(&told);
            }
            services.tell("Saving works again; everything is saved");
        }
        Notice::Copied { id, copy, title } => {
            services.session.note_copy(id, copy);
            services.say(
                Tone::Warning,
                format!(
                    "“{title}” was changed in another window, too: both are in the Library, and this window works on \
                     its own copy"
                ),
            );
        }
        Notice::Numbered { id, title, numbered } => {
            studio.document.history.retitle(id, &title, &numbered);
            services.tell(format!("There is another “{title}” in the Library: this one is “{numbered}”"));
        }
        Notice::Info(text) => services.say(Tone::Warning, text),
    }
}

/// Remembers where the window stands, once it has stood there for a moment.
pub fn remember_window(studio: &mut Studio, ctx: &Context) {
    let services = &mut studio.services;
    let Some(mut place) = place_of(ctx).filter(|_| services.session.has_looked()) else { return };
    if let (true, Some(before)) = (place.maximised, services.preferences.window) {
        place = WindowPlace { maximised: true, ..before }; // the size to go back to
    }
    if services.preferences.window == Some(place) {
        return;
    }
    if services.session.has_settled(place) {
        services.preferences.window = Some(place);
        services.session.keep_preferences(&services.jobs, &services.preferences);
    } else {
        ctx.request_repaint_after(Duration::from_millis(300));
    }
}

/// Asks before the window closes while something would be lost, or goes on without it.
pub fn guard_closing(studio: &mut Studio, ctx: &Context) {
    let services = &studio.services;
    let closing = ctx.input(|input| input.viewport().close_requested());
    if closing && !services.session.closes && !services.ends_by_closing().is_empty() {
        ctx.send_viewport_cmd(ViewportCommand::CancelClose);
        // the answer that keeps it open takes the keys
        ctx.memory_mut(|memory| memory.focused().into_iter().for_each(|id| memory.surrender_focus(id)));
        studio.dialogs.open = Some(Dialog::Closing);
    }
}

/// Saves before the window closes, and waits for the disk. An export that was given up takes away what it has written.
pub fn end(studio: &mut Studio) {
    if let Some(export) = &studio.services.exports.running {
        export.cancel();
    }
    recording::stop(&mut studio.document, &mut studio.services);
    saving::save(studio);
    if !studio.services.session.finish(FAREWELL) {
        log::error!("not everything could be saved at the end");
    }
    let end = Instant::now() + FAREWELL;
    let is_writing = |export: &Arc<Running>| Arc::strong_count(export) > 1;
    while studio.services.exports.running.as_ref().is_some_and(is_writing) && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Takes what later starts of the program are given from now on, where this is the first window.
#[cfg(unix)]
fn wait_for_handed_files(studio: &Studio) {
    use crate::studio::services::handover::HandoverServer;
    let Some(folder) = studio.services.session.folders().handover.clone() else { return };
    studio.services.jobs.spawn("waiting for handed files", move |poster| {
        let window = poster.clone();
        match HandoverServer::open(&folder, move |paths| window.ask(SessionAction::HandedFiles(paths))) {
            Ok(server) => poster.ask(SessionAction::HandoverReady(server)),
            Err(error) => log::warn!("no files can be handed to this window: {error}"),
        }
    });
}

/// Takes files that a second start of the program was given, and comes to the front where the system lets it.
fn take_handed_files(studio: &mut Studio, paths: Vec<PathBuf>) {
    for command in [
        ViewportCommand::Minimized(false),
        ViewportCommand::Focus,
        ViewportCommand::RequestUserAttention(UserAttentionType::Informational),
    ] {
        studio.services.ctx.send_viewport_cmd(command);
    }
    files::take_any(studio, paths);
}
