//! The lane below the notes: its menu, its commands, and what is drawn and pointed at in it.

use std::sync::Arc;

use eframe::egui::{
    Button, Color32, Pos2, Rect, Response, RichText, Ui, UiBuilder, containers::menu::MenuButton, pos2, vec2,
};

use super::{
    active::Gesture,
    gestures::{
        Base, DRAG_THRESHOLD, Pointer,
        controls::{self, Controls, LaneScale},
        velocities::Velocities,
    },
    index::ControlIndex,
    interface::RollInput,
    lane::Lane,
    paint::{self, velocity_lane::bars_area},
    places::{Places, Responses},
    state::Roll,
};
use crate::{
    music::{
        Part, Score, Tick,
        edit::{self, ControlKind},
    },
    studio::{
        actions::RollAction,
        theme::{self, Icon, Theme, size},
        widgets,
    },
};

impl Roll {
    /// Which lane is shown, if it is not hidden.
    pub const fn lane(&self) -> Lane {
        self.lane
    }

    /// Shows a lane.
    pub const fn show_lane(&mut self, lane: Lane) {
        self.lane = lane;
        self.hide_lane = false;
    }

    /// Shows the velocities, or hides them where they are shown.
    pub(super) fn toggle_velocity_lane(&mut self) {
        if self.lane == Lane::Velocity {
            self.hide_lane = !self.hide_lane;
        } else {
            self.show_lane(Lane::Velocity);
        }
    }

    /// Shows the next lane or the one before.
    pub(super) fn step_lane(&mut self, part: &Part, forward: bool) {
        let offered = Lane::offered(part);
        let count = offered.len();
        let at = offered.iter().position(|lane| *lane == self.lane).unwrap_or(0);
        let next = if forward { at + 1 } else { at + count - 1 } % count;
        self.show_lane(offered[next]);
    }

    /// The controller that is shown; `None` for velocities and where the lane is hidden.
    pub(super) const fn shown_control(&self) -> Option<ControlKind> {
        match self.lane {
            Lane::Control(kind) if !self.hide_lane => Some(kind),
            _ => None,
        }
    }

    /// Takes all of the shown controller out, within the selection or everywhere.
    pub(super) fn clear_lane(&mut self, input: &RollInput<'_>) {
        let Some(kind) = self.shown_control() else { return };
        let span = self.selection.span().unwrap_or(0..Tick::MAX);
        self.edit_controls(input, format!("Clear {}", kind.name().to_lowercase()), |part| {
            edit::clear_controls(part, kind, &span);
        });
    }

    /// Raises or lowers the shown controller at the playhead by a sixteenth of its range, where it is a switch: on or
    /// off.
    pub(super) fn nudge_lane(&mut self, input: &RollInput<'_>, up: bool) {
        let Some((kind, part)) = self.shown_control().zip(input.score.parts.get(input.part)) else {
            return;
        };
        let at = input.snap.floor(&input.score.metre, input.playhead_tick.max(0.0) as Tick);
        let range = kind.range();
        let (low, high) = (*range.start(), *range.end());
        let now = ControlIndex::new(part, kind).value_at(at);
        let step = kind.step();
        let value = if up { now.saturating_add(step).min(high) } else { now.saturating_sub(step).max(low) };
        self.edit_controls(input, format!("Set {}", kind.name().to_lowercase()), |part| {
            edit::draw_controls(part, kind, &(at..at + 1), &[(at, value)]);
        });
    }

    fn edit_controls(&mut self, input: &RollInput<'_>, label: String, change: impl FnOnce(&mut Part)) {
        let mut score = Score::clone(input.score);
        let Some(part) = score.part_mut(input.part) else { return };
        change(part);
        if score.parts.get(input.part) != input.score.parts.get(input.part) {
            let score = Arc::new(score);
            self.actions.push(RollAction::Commit { label, score });
        }
    }

    /// The gesture that a press in the lane begins.
    pub(super) fn begin_in_lane(
        &self,
        lane: Rect,
        pointer: Pointer,
        erasing: bool,
        input: &RollInput<'_>,
    ) -> Option<Gesture> {
        let base = Base::new(input.score, input.part, &self.selection);
        let bars = bars_area(lane);
        match self.lane {
            Lane::Velocity if erasing => None,
            Lane::Velocity => {
                Some(Gesture::Velocities(Velocities::begin(base, self.measure_for(pointer, input), bars, pointer)))
            }
            Lane::Control(kind) => {
                let scale = LaneScale { bars, kind };
                let point = self.point_at(scale, pointer.pos);
                Some(Gesture::Controls(Controls::begin(base, scale, pointer, point, erasing)))
            }
        }
    }

    /// The tick of the point at a place of the lane.
    fn point_at(&self, scale: LaneScale, pos: Pos2) -> Option<Tick> {
        let reach = |x: f32| self.coordinates.clamped_tick_from_x(x);
        let index = self.control_index.as_ref()?;
        let (_, near) = index.seen(reach(pos.x - controls::GRAB)..reach(pos.x + controls::GRAB).saturating_add(1));
        let distance = |&(tick, value): &(Tick, i16)| {
            let x = self.coordinates.x_from_tick(f64::from(tick));
            pos2(x, scale.y_from_value(value)).distance(pos)
        };
        let nearest = near.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        (distance(nearest) <= controls::GRAB + DRAG_THRESHOLD).then_some(nearest.0)
    }

    /// Looks what lies under the resting pointer in a controller's lane.
    pub(super) fn hover_control(&mut self, responses: &Responses, places: Places, pos: Option<Pos2>) {
        let over = responses.lane.as_ref().is_some_and(Response::contains_pointer);
        let lane = places.lane.zip(self.shown_control()).filter(|_| over);
        self.hovered_control = pos.zip(lane).and_then(|(pos, (lane, kind))| {
            let scale = LaneScale { bars: bars_area(lane), kind };
            self.point_at(scale, pos)
        });
    }

    /// Keeps the index of the shown controller up with the part.
    pub(super) fn update_control_index(&mut self, part: Option<&Arc<Part>>) {
        let wanted = part.zip(self.shown_control());
        match (wanted, &self.control_index) {
            (Some((part, kind)), Some(index)) if index.is_of(part, kind) => {}
            (wanted, _) => self.control_index = wanted.map(|(part, kind)| ControlIndex::new(part, kind)),
        }
    }

    /// Paints the shown controller's lane.
    pub(super) fn paint_control_lane(&self, ui: &Ui, canvas: &paint::Canvas<'_>, lane: Rect, color: Color32) {
        let Some((kind, index)) = self.shown_control().zip(self.control_index.as_ref()) else {
            return;
        };
        let scale = LaneScale { bars: bars_area(lane), kind };
        let look = paint::control_lane::Look {
            color,
            hovered: self.hovered_control,
            pointer: ui.input(|state| state.pointer.hover_pos()).filter(|pos| lane.contains(*pos)),
            ramp: self.ramp(ui),
            part: index.part(),
        };
        paint::control_lane::paint(canvas, lane, scale, index, look);
    }

    /// The button beside the lane that says which it is, and its menu.
    pub(super) fn lane_menu(&mut self, ui: &mut Ui, corner: Rect, input: &RollInput<'_>) {
        let Some(part) = input.score.parts.get(input.part) else { return };
        let colors = Theme::of(ui);
        let name = self.lane.name();
        let place = Rect::from_min_max(corner.min + vec2(3.0, 4.0), pos2(corner.right() - 4.0, corner.top() + 38.0));
        let mut ui = ui.new_child(UiBuilder::new().max_rect(place).id_salt("lane menu"));
        ui.spacing_mut().button_padding = vec2(3.0, 2.0);
        let text = RichText::new(&name).size(size::CAPTION).color(colors.text_muted);
        let chevron = theme::icon_sized(Icon::ChevronDown, size::CAPTION).color(colors.text_faint);
        let button = Button::new((text, chevron)).wrap().frame_when_inactive(false);
        let (response, _) = MenuButton::from_button(button).ui(&mut ui, |ui| {
            ui.set_min_width(190.0);
            let present = edit::kinds_present(part);
            for lane in Lane::offered(part) {
                if let Lane::Control(kind) = lane
                    && !present.contains(&kind)
                    && kind == ControlKind::USUAL.into_iter().find(|usual| !present.contains(usual)).unwrap_or(kind)
                {
                    ui.separator();
                    widgets::caption(ui, "Not in this part yet");
                }
                if ui.selectable_label(self.lane == lane, lane.name()).clicked() {
                    self.show_lane(lane);
                    ui.close();
                }
            }
            ui.separator();
            ui.horizontal(|ui| {
                ui.label("Controller");
                let mut number = match self.lane {
                    Lane::Control(ControlKind::Controller(number)) => number,
                    _ => 21,
                };
                let field = widgets::number_field(&mut number).range(0..=119).speed(0.2);
                if ui.add(field).accessible_name("Controller number").changed() {
                    self.show_lane(Lane::Control(ControlKind::Controller(number)));
                }
            });
        });
        let mut hover = "Which lane is shown: velocities, wheels, pedals".to_owned();
        if self.lane == Lane::Control(ControlKind::PitchBend) {
            let range = edit::bend_range(part, input.playhead_tick.max(0.0) as Tick);
            hover = format!("{hover}\nThe wheel bends this part by up to {range} semitones");
        }
        response.accessible_name(format!("Lane: {name}")).on_hover_text(hover);
    }
}
