//! What can be done with time in the arrangement beside what the roll's commands do with the bars that are selected.

/// A command for the bars that are selected in the arrangement.
#[allow(missing_docs, reason = "the table says what each does")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BarsCommand {
    /// The bar at the playhead, in the chosen part.
    SelectBar,
    /// The same bars in all parts.
    AllParts,
    InsertTime,
    DeleteTime,
    DuplicateTime,
}
