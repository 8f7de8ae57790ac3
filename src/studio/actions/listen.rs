//! What is asked for around hearing something else than the score.

use std::sync::Arc;

use crate::music::Score;

/// What is asked for around hearing something else than the score.
#[derive(Clone, Debug)]
pub enum ListenAction {
    /// Play this until its end, or until the page is left.
    To(Arc<Score>),
    /// Go back to the score.
    Stop,
}
