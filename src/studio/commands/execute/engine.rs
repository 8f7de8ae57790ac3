//! The engine that composes: started, listened to, and what is done of what it says.

use super::{generate, models};
use crate::{
    engine_client::{EngineEvent, protocol::Event},
    library::store::Take,
    studio::{
        actions::{EngineAction, LibraryAction, ModelsAction},
        services::{Services, engine::EngineState},
        state::Studio,
        toasts::Tone,
    },
};

/// Carries out what starting the engine and looking for models came to.
pub fn execute(action: EngineAction, studio: &mut Studio) {
    match action {
        EngineAction::Start => start(&mut studio.services),
        EngineAction::Restart => {
            let is_busy = studio.services.engine.running.is_some() || studio.pages.models.is_waiting();
            if matches!(studio.services.engine.state, EngineState::Ready { .. }) && !is_busy {
                studio.services.engine.end();
                start(&mut studio.services);
            }
        }
        EngineAction::Started(Ok(line)) => {
            studio.services.engine.connect(line);
            poll(studio);
        }
        EngineAction::Started(Err(reason)) => {
            studio.pages.models.stop_waiting();
            studio.services.engine_stopped(&reason);
        }
        EngineAction::FindModels => models::find(&studio.services),
        EngineAction::ModelsFound(found) => {
            let services = &mut studio.services;
            services.models.set(found, services.preferences.model.as_deref());
            services.engine.forget_warmed();
            models::warm(services);
        }
    }
}

/// Starts the engine beside the window, unless it is there.
pub fn start(services: &mut Services) {
    if !services.engine.begin_starting() {
        return;
    }
    let starter = services.engine.starter();
    let threads = services.preferences.threads.map(usize::from);
    let wake = services.ctx.clone();
    services.jobs.spawn("starting the engine", move |poster| {
        let started = crate::studio::services::engine::start(&starter, threads, move || wake.request_repaint());
        poster.ask(EngineAction::Started(started.map_err(|error| error.to_string())));
    });
}

/// Takes what the engine says.
pub fn poll(studio: &mut Studio) {
    for event in studio.services.engine.events() {
        match event {
            EngineEvent::Event(event) => take(studio, event),
            EngineEvent::Hung { seconds } => studio.services.say(
                Tone::Warning,
                format!("The engine has not responded for {seconds} s; wait a little, or restart it in Settings"),
            ),
            EngineEvent::Died { reason } => {
                studio.pages.models.stop_waiting();
                studio.services.engine_stopped(&reason);
            }
            EngineEvent::Ended => studio.services.engine.end(),
        }
    }
}

fn take(studio: &mut Studio, event: Event) {
    let services = &mut studio.services;
    match event {
        Event::Ready { devices, libtorch, .. } => {
            services.engine.state = EngineState::Ready { libtorch, devices };
            models::warm(services);
        }
        Event::Progress { id, done, total, label } => {
            if let Some(running) = services.engine.running.as_mut().filter(|running| running.id == id) {
                (running.done, running.total) = (done, total);
                if !label.is_empty() {
                    running.label = label;
                }
            }
        }
        Event::Take { id, parts, outline, rating, seed, .. } if services.engine.is_running(id) => {
            studio.document.takes.receive(Take { parts, outline, rating, seed, kept: false });
            if studio.document.takes.of_last_request() == 1 {
                generate::listen_to_first(studio);
            } else {
                generate::listen_to_better(studio);
            }
        }
        Event::Take { id, parts, .. } if studio.pages.models.awaits(id) => {
            if let Some(folder) = studio.pages.models.stop_waiting() {
                services.ask(ModelsAction::Written(folder, parts));
            }
        }
        Event::Done { id } if studio.pages.models.awaits(id) => {
            studio.pages.models.stop_waiting();
            services.fail("The model wrote nothing to be heard");
        }
        Event::Failed { id, message } if studio.pages.models.awaits(id) => {
            studio.pages.models.stop_waiting();
            services.fail(format!("The model cannot be heard: {message}"));
        }
        Event::Done { id } if services.engine.is_running(id) => {
            let running = services.engine.running.take();
            services.engine.last_seconds = running.map(|running| running.started.elapsed().as_secs_f64());
            services.ask(LibraryAction::CompareAgain);
            if studio.document.takes.of_last_request() == 0 {
                studio.services.fail("The model returned no takes. Your composition is unchanged");
            }
        }
        Event::Failed { id, message } if services.engine.is_running(id) => {
            services.engine.running = None;
            services.fail(format!("Couldn't generate: {message}. Your composition is unchanged"));
        }
        Event::Cancelled { id } if services.engine.is_running(id) => {
            services.engine.running = None;
            services.say(Tone::Plain, "Generation cancelled. Your composition is unchanged");
        }
        Event::Cancelled { id } if studio.pages.models.awaits(id) => drop(studio.pages.models.stop_waiting()),
        _ => {}
    }
}
