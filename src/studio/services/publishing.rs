//! Publishing to SoundCloud beside the window: who is connected, how far an upload is, what came of it.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use crate::soundcloud::{Cancel, Profile, Published, Secrets, Stage, SystemSecrets, open_in_browser};

/// Shows an address in a browser; says whether there is one.
pub type Browser = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Who is connected.
#[derive(Clone, Debug, Default)]
pub enum AccountState {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    /// It is being looked for.
    Looking,
    /// Nobody.
    None,
    /// The user is asked in the browser.
    Connecting(Cancel),
    /// Somebody.
    Connected(Profile),
}

/// How far an upload is.
#[derive(Debug, Default)]
pub struct Sending {
    /// 0 to 1000 while it is rendered, on to 2000 while it is sent, 2001 while the answer is waited for.
    progress: AtomicU32,
    /// Ends it.
    pub cancel: Cancel,
}

impl Sending {
    /// Takes note of how far it is.
    pub fn at(&self, stage: Stage) {
        let thousandths = |share: f32| (share.clamp(0.0, 1.0) * 1000.0) as u32;
        let progress = match stage {
            Stage::Rendering(share) => thousandths(share),
            Stage::Sending(share) => 1000 + thousandths(share),
            Stage::Waiting => 2001,
        };
        self.progress.store(progress, Ordering::Relaxed);
    }

    /// How far it is.
    pub fn stage(&self) -> Stage {
        match self.progress.load(Ordering::Relaxed) {
            progress @ 0..1000 => Stage::Rendering(progress as f32 / 1000.0),
            progress @ 1000..=2000 => Stage::Sending((progress - 1000) as f32 / 1000.0),
            _ => Stage::Waiting,
        }
    }
}

/// The studio's end of SoundCloud.
pub struct Publishing {
    /// Where tokens are kept.
    pub secrets: Arc<dyn Secrets>,
    /// How a page is shown.
    pub browser: Browser,
    /// Who is connected.
    pub account: AccountState,
    /// An upload under way.
    pub running: Option<Arc<Sending>>,
    /// What was published last.
    pub done: Option<Published>,
    /// Why something failed.
    pub failed: Option<String>,
}

impl Default for Publishing {
    fn default() -> Self {
        Self {
            secrets: Arc::new(SystemSecrets::default()),
            browser: Arc::new(open_in_browser),
            account: AccountState::Unknown,
            running: None,
            done: None,
            failed: None,
        }
    }
}
