//! Work beside the window: files, dialogs, SoundFonts, engines. The window never waits for any of it.
//!
//! A job runs on a named thread of its own and posts what is to be done with its result; the window does it at its next
//! frame. Knows nothing of what jobs do.

use crossbeam_channel::{Receiver, Sender, bounded};
use eframe::egui::Context;

use crate::studio::{actions::Action, toasts::Tone};

/// Results that may wait for a frame; a job that posts faster than that waits.
const WAITING: usize = 256;

/// The way from a job back to the window.
#[derive(Clone)]
pub struct Poster {
    results: Sender<Action>,
    ctx: Context,
}

impl Poster {
    /// Asks for this at the window's next frame, which comes at once.
    pub fn ask(&self, action: impl Into<Action>) {
        // refused only where the window is gone, and then nobody minds
        if self.results.send(action.into()).is_ok() {
            self.ctx.request_repaint();
        }
    }

    /// The window, to ask for frames.
    pub fn ctx(&self) -> &Context {
        &self.ctx
    }
}

/// Starts jobs and collects what they post.
pub struct Jobs {
    poster: Poster,
    results: Receiver<Action>,
}

impl Jobs {
    /// For this window.
    pub fn new(ctx: Context) -> Self {
        let (sender, results) = bounded(WAITING);
        Self { poster: Poster { results: sender, ctx }, results }
    }

    /// The way back, for threads that were started elsewhere.
    pub fn poster(&self) -> Poster {
        self.poster.clone()
    }

    /// Runs this beside the window. A panic in it ends the job and no more.
    pub fn spawn(&self, name: &str, work: impl FnOnce(&Poster) + Send + 'static) {
        let poster = self.poster();
        let title = name.to_owned();
        let started = std::thread::Builder::new().name(format!("studio {name}")).spawn(move || {
            let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&poster)));
            if caught.is_err() {
                let text = format!("Something went wrong in “{title}”; your work is kept");
                poster.ask(Action::Say(Tone::Error, text));
            }
        });
        if let Err(error) = started {
            self.poster.ask(Action::Say(Tone::Error, format!("“{name}” could not be started: {error}")));
        }
    }

    /// What has been posted since the last call.
    pub fn take(&self) -> Vec<Action> {
        self.results.try_iter().collect()
    }
}
