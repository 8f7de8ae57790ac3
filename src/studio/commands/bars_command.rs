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
    /// As many bars beside those that are selected; where none are, the part above or below.
    Select(Way),
    /// The selection reaches a bar or a part further, or less far.
    Extend(Way),
}

/// A way from one bar to another, or from one part to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// To the bar before.
    Earlier,
    /// To the bar behind.
    Later,
    /// To the part above.
    Up,
    /// To the part below.
    Down,
}

impl BarsCommand {
    /// Whether it has an arrow, which a command for notes has, too.
    pub const fn is_by_arrow(self) -> bool {
        matches!(self, Self::Select(_) | Self::Extend(_))
    }
}
