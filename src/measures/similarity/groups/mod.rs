//! The groups that S is the mean of: what is counted for each, and what music without just that property is.

mod harmony;
mod kit;
mod lines;
mod subject;
mod time;
mod vertical;

use serde::Serialize;

pub use subject::Subject;

use super::histogram::Counts;
use crate::measures::destroyed::Destroyed;

/// A property of music.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Two intervals in a row, of each pitched part.
    Lines,
    /// How each two voices move: from which kind of interval to which, in which motion, and who is above.
    VoiceLeading,
    /// Interval classes with the melody, of each pitched part and of each two together.
    Fit,
    /// Which chord follows which, how often chords change, and how the music ends.
    Harmony,
    /// Where in the bar parts strike, and how long they hold.
    Rhythm,
    /// How like bars are to those 1, 2, 4 and 8 before, part by part.
    Repetition,
    /// Who plays, and how densely, phrase by phrase.
    Form,
    /// Kick with bass, backbeat, and fills by the place in four bars.
    Kit,
}

/// All that is to be known of a group.
#[derive(Debug)]
pub struct GroupRow {
    /// Which it is.
    pub group: Group,
    /// Its name for people, and in JSON, where spaces are underscores.
    pub title: &'static str,
    /// What its null destroys.
    pub destroyed: Destroyed,
    count: fn(&Subject<'_>) -> Counts,
}

const fn row(group: Group, title: &'static str, destroyed: Destroyed, count: fn(&Subject<'_>) -> Counts) -> GroupRow {
    GroupRow { group, title, destroyed, count }
}

/// All groups, in the order of [`Group`].
pub static GROUPS: [GroupRow; 8] = [
    row(Group::Lines, "lines", Destroyed::Lines, lines::count),
    row(Group::VoiceLeading, "voice leading", Destroyed::VoiceLeading, vertical::voice_leading),
    row(Group::Fit, "fit", Destroyed::Fit, vertical::fit),
    row(Group::Harmony, "harmony", Destroyed::Harmony, harmony::count),
    row(Group::Rhythm, "rhythm", Destroyed::Rhythm, time::rhythm),
    row(Group::Repetition, "repetition", Destroyed::Repetition, time::repetition),
    row(Group::Form, "form", Destroyed::Form, time::form),
    row(Group::Kit, "kit", Destroyed::Kit, kit::count),
];

impl GroupRow {
    /// Counts the sample.
    pub fn count(&self, subject: &Subject<'_>) -> Counts {
        (self.count)(subject)
    }
}
