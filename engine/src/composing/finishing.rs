//! Which steps of postprocessing are taken on what a network writes, each a switch of its own.

/// Which steps of postprocessing are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finishing {
    /// Pitches outside the part's range come back by octaves.
    pub clamp_range: bool,
    /// One-step holes in a note are closed.
    pub bridge_gaps: bool,
    /// One-step notes with nothing of their part around them go.
    pub drop_lone: bool,
    /// Bass and voices play one note at a time, keyboards and guitars what hands can hold.
    pub limit_polyphony: bool,
    /// Parts that never play a note as short as a step get none.
    pub sustain: bool,
    /// Notes struck on strong beats that clash with the melody move to a tone of the chord.
    pub move_clashes: bool,
    /// Bars in which the melody sounds alone get the chord that fits it best.
    pub fill_silent_bars: bool,
    /// Velocities are those of hands that follow the melody (from the seed).
    pub dynamics: bool,
    /// Notes stand as early or late as the network plays them; otherwise on the grid.
    pub timing: bool,
}

impl Finishing {
    /// What the network writes, as it writes it.
    pub const OFF: Self = Self {
        clamp_range: false,
        bridge_gaps: false,
        drop_lone: false,
        limit_polyphony: false,
        sustain: false,
        move_clashes: false,
        fill_silent_bars: false,
        dynamics: false,
        timing: false,
    };

    /// The default.
    pub const USUAL: Self = Self {
        clamp_range: true,
        bridge_gaps: true,
        drop_lone: true,
        limit_polyphony: true,
        sustain: true,
        move_clashes: true,
        fill_silent_bars: true,
        dynamics: true,
        timing: true,
    };
}
