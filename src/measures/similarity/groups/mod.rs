//! The groups that S is the mean of: what is counted for each, and what music without just that property is.

mod harmony;
mod kit;
mod lines;
mod subject;
mod time;
mod vertical;

pub use subject::Subject;

use super::histogram::Counts;
use crate::measures::destroyed::Property;

/// All that is to be known of a group.
#[derive(Debug)]
pub struct GroupRow {
    /// The property that is counted, and that its null destroys.
    pub group: Property,
    /// Its name for people, and in JSON, where spaces are underscores.
    pub title: &'static str,
    count: fn(&Subject<'_>) -> Counts,
}

const fn row(group: Property, title: &'static str, count: fn(&Subject<'_>) -> Counts) -> GroupRow {
    GroupRow { group, title, count }
}

/// All groups, in the order of [`Property`].
pub static GROUPS: [GroupRow; 8] = [
    // two intervals in a row, of each pitched part
    row(Property::Lines, "lines", lines::count),
    // how each two voices move: from which kind of interval to which, in which motion, and who is above
    row(Property::VoiceLeading, "voice leading", vertical::voice_leading),
    // interval classes with the melody, of each pitched part and of each two together
    row(Property::Fit, "fit", vertical::fit),
    // which chord follows which, how often chords change, and how the music ends
    row(Property::Harmony, "harmony", harmony::count),
    // where in the bar parts strike, and how long they hold
    row(Property::Rhythm, "rhythm", time::rhythm),
    // how like bars are to those 1, 2, 4 and 8 before, part by part
    row(Property::Repetition, "repetition", time::repetition),
    // who plays, and how densely, phrase by phrase
    row(Property::Form, "form", time::form),
    // kick with bass, backbeat, and fills by the place in four bars
    row(Property::Kit, "kit", kit::count),
];

impl GroupRow {
    /// Counts the sample.
    pub fn count(&self, subject: &Subject<'_>) -> Counts {
        (self.count)(subject)
    }
}
