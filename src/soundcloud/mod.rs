//! Publishing to SoundCloud, for users with an app of their own there.
//!
//! | file | does |
//! |---|---|
//! | `settings.rs` | the user's client id, the loopback port, where the API is |
//! | `secrets.rs` | where tokens are kept: the system's keyring, or memory |
//! | `sign_in.rs`, `loopback.rs` | signing in by the system's browser (OAuth 2.1, PKCE) |
//! | `http.rs`, `api.rs` | requests, and what their answers mean |
//! | `account.rs`, `tokens.rs` | tokens in use: refreshed, kept before they are used |
//! | `cancel.rs` | ends a sign-in or an upload |
//! | `multipart.rs` | a track's form as it is sent, streamed from the disk |
//! | `artwork.rs` | a picture of the piano roll |
//! | `publish.rs` | renders and sends: nothing is published twice |
//!
//! No token and no secret leaves this folder but to the keyring and to SoundCloud: none is in an error, a log line or a
//! `Debug` text.

mod account;
mod api;
mod artwork;
mod cancel;
mod error;
mod http;
mod loopback;
mod multipart;
mod publish;
mod secrets;
mod settings;
mod sign_in;
mod tokens;

pub use self::account::Account;
pub use self::api::Profile;
pub use self::cancel::Cancel;
pub use self::error::PublishError;
pub use self::publish::{Published, Stage, publish};
pub use self::secrets::{MemorySecrets, Secrets, SystemSecrets};
pub use self::settings::{Licence, REGISTER_PAGE, SoundCloudSettings, Track, UPLOAD_PAGE};
pub use self::sign_in::{open_in_browser, sign_in};
