//! The view: fitting, scrolling and zooming, by wheel and by the roll's own commands.

use eframe::egui::{Ui, Vec2};

use super::super::roll::coordinates::ZOOM_STEP;
use super::state::{Arrangement, ArrangementInput, LANE_HEIGHTS};
use crate::studio::commands::RollCommand;

impl Arrangement {
    /// Where nobody has looked elsewhere yet, all of the composition stays in sight.
    pub(super) fn fit(&mut self, input: &ArrangementInput<'_>) {
        // what is dragged makes the composition longer: it would run away from the pointer
        if !self.is_moved && !self.is_busy() {
            let end = self.lanes.end().max(input.score.metre.bar_start(4));
            self.coordinates.fit_ticks(&(0..end));
            self.coordinates.put_tick_at(0.0, 0.0);
        }
        self.clamp_scroll(input.score.parts.len());
    }

    /// Wheel and pinch over ruler, headers and lanes.
    pub(super) fn scroll_and_zoom(&mut self, ui: &Ui, input: &ArrangementInput<'_>) {
        let (scroll, zoom, modifiers, pos, now) = ui.input(|state| {
            (state.smooth_scroll_delta(), state.zoom_delta(), state.modifiers, state.pointer.hover_pos(), state.time)
        });
        let Some(pos) = pos else { return };
        if zoom != 1.0 {
            if modifiers.shift || modifiers.alt || pos.x < self.area().left() {
                self.zoom_lanes(zoom, pos.y, input);
            } else {
                self.is_moved = true;
                self.coordinates.zoom_time(zoom, pos.x);
            }
            self.follow.pause(now);
        } else if scroll != Vec2::ZERO {
            let over_ruler = pos.y < self.area().top();
            let by = if over_ruler { Vec2::new(scroll.x + scroll.y, 0.0) } else { scroll };
            self.pan(by, input);
            if by.x != 0.0 {
                self.follow.pause(now);
            }
        }
    }

    /// Makes lanes higher (above 1) or lower; what lies at `y` stays there.
    fn zoom_lanes(&mut self, factor: f32, y: f32, input: &ArrangementInput<'_>) {
        let count = input.score.parts.len();
        let before = self.lane_height(count);
        let after = (before * factor).clamp(*LANE_HEIGHTS.start(), *LANE_HEIGHTS.end());
        let at = y - self.area().top();
        self.scrolled = (self.scrolled + at) * (after / before) - at;
        self.lane_height = Some(after);
        self.clamp_scroll(count);
    }

    /// Carries out a command of the view, as the roll does where it is in sight.
    pub fn apply(&mut self, command: RollCommand, input: &ArrangementInput<'_>) {
        use RollCommand as C;
        let center = self.area().center();
        let width = self.area().width();
        match command {
            C::ZoomToFit if !input.selection.is_empty() || self.selected.is_some() => {
                let bars = self.selected_bars().map(|bars| bars.ticks);
                if let Some(span) = bars.or_else(|| input.selection.span()) {
                    self.is_moved = true;
                    self.coordinates.fit_ticks(&span);
                }
            }
            C::ZoomToFit | C::FitPart | C::FitAll => self.show_all(),
            C::ZoomIn | C::ZoomOut => {
                self.is_moved = true;
                let factor = if command == C::ZoomIn { ZOOM_STEP } else { 1.0 / ZOOM_STEP };
                self.coordinates.zoom_time(factor, center.x);
            }
            C::HigherRows => self.zoom_lanes(ZOOM_STEP, center.y, input),
            C::LowerRows => self.zoom_lanes(1.0 / ZOOM_STEP, center.y, input),
            C::ScrollUp => self.pan(Vec2::new(0.0, self.area().height() / 2.0), input),
            C::ScrollDown => self.pan(Vec2::new(0.0, -self.area().height() / 2.0), input),
            C::ScrollLeft => self.pan(Vec2::new(width / 2.0, 0.0), input),
            C::ScrollRight => self.pan(Vec2::new(-width / 2.0, 0.0), input),
            // the lanes below the notes, and the notes themselves, are the roll's
            C::ToggleVelocityLane
            | C::NextLane
            | C::PreviousLane
            | C::LaneUp
            | C::LaneDown
            | C::ClearLane
            | C::SelectAll
            | C::SelectNone
            | C::SelectSamePitch
            | C::SelectNext
            | C::SelectPrevious
            | C::ExtendNext
            | C::ExtendPrevious
            | C::Cut
            | C::Copy
            | C::Paste
            | C::Duplicate
            | C::Delete
            | C::AddNote
            | C::LoopSelection
            | C::MoveLeft
            | C::MoveRight
            | C::MoveUp
            | C::MoveDown
            | C::OctaveUp
            | C::OctaveDown
            | C::ScaleStepUp
            | C::ScaleStepDown
            | C::ToPreviousPart
            | C::ToNextPart
            | C::SnapToScale
            | C::Louder
            | C::Softer
            | C::Reverse
            | C::Longer
            | C::Shorter
            | C::StartEarlier
            | C::StartLater
            | C::Legato
            | C::Join
            | C::Split
            | C::SplitAtPointer => {}
        }
    }
}
