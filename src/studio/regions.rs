//! The regions of the window, and the keys that move the focus from one to the next.
//!
//! Whoever draws a region marks where it is; which controls it has, egui knows. Knows nothing of what is in them.

use std::collections::HashMap;

use eframe::egui::{Context, FocusDirection, Id, Key, LayerId, Popup, Rect, Stroke, StrokeKind, Ui};

use super::{
    theme::{self, Theme, radius},
    widgets,
};

/// A part of the window that the focus is moved to as a whole, in the order in which that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// The line with the menus and the title.
    Menus,
    /// The rail of pages.
    Rail,
    /// The transport's bar.
    Transport,
    /// Melodies and parts.
    Parts,
    /// The bar above roll and arrangement.
    Tools,
    /// All parts.
    Arrangement,
    /// The chosen part, or the mixer.
    Editor,
    /// The list at the left of a page that has one, by which it is told what to show.
    List,
    /// What a page that is not Compose shows.
    Page,
    /// The line at a page's foot with the button that begins something.
    Start,
    /// The Generate panel.
    Generate,
    /// The keys on screen and what stands above them.
    Piano,
    /// A window over the page.
    Window,
    /// The line at the bottom.
    Status,
}

/// Where a region was drawn.
#[derive(Clone, Copy, Debug)]
struct Place {
    region: Region,
    rect: Rect,
    layer: LayerId,
}

/// What is kept from frame to frame.
#[derive(Clone, Debug, Default)]
struct Regions {
    places: Vec<Place>,
    /// The control of each region that had the focus last.
    last: HashMap<Region, Id>,
    /// Whether the region with the focus has a ring: from when a key chose it until the pointer is used.
    ring: bool,
}

fn with<R>(ctx: &Context, use_them: impl FnOnce(&mut Regions) -> R) -> R {
    ctx.data_mut(|data| use_them(data.get_temp_mut_or_default(Id::unique("regions"))))
}

/// Forgets where the regions were. Call before they are drawn.
pub fn begin(ctx: &Context) {
    with(ctx, |regions| regions.places.clear());
}

/// Says that a region is drawn there.
pub fn mark(ui: &Ui, region: Region, rect: Rect) {
    with(ui.ctx(), |regions| regions.places.push(Place { region, rect, layer: ui.layer_id() }));
}

/// Remembers where the focus is, and draws the ring. Call after all is drawn.
pub fn end(ctx: &Context) {
    let focused = ctx.memory(eframe::egui::Memory::focused);
    let mut regions = with(ctx, |regions| regions.clone());
    regions.ring &= focused.is_some() && !ctx.input(|input| input.pointer.any_pressed());
    if let Some(id) = focused
        && let Some(place) = regions.of(ctx, id)
    {
        regions.last.insert(place.region, id);
        if regions.ring {
            let color = Theme::get(ctx.global_style().visuals.dark_mode).accent;
            let stroke = Stroke::new(2.0, color);
            ctx.layer_painter(place.layer).rect_stroke(
                place.rect,
                theme::corners(radius::S),
                stroke,
                StrokeKind::Inside,
            );
        }
    }
    with(ctx, |kept| *kept = regions);
}

/// Moves the focus to the next region that has a control, or to the one before: to the control that had it last there.
pub fn step(ctx: &Context, forward: bool) {
    Popup::close_all(ctx);
    let regions = with(ctx, |regions| {
        regions.places.sort_by_key(|place| place.region);
        regions.clone()
    });
    let focused = ctx.memory(eframe::egui::Memory::focused);
    // where nothing has the focus, the keys are the editor's
    let here = focused.and_then(|id| regions.of(ctx, id)).map_or(Region::Editor, |place| place.region);
    let (before, after): (Vec<Place>, Vec<Place>) = regions.places.iter().partition(|place| place.region < here);
    let others = after.into_iter().chain(before).filter(|place| place.region != here);
    let others: Vec<Place> = if forward { others.collect() } else { others.rev().collect() };
    if let Some(id) = others.into_iter().find_map(|place| regions.entry(ctx, place)) {
        ctx.memory_mut(|memory| memory.request_focus(id));
        with(ctx, |regions| regions.ring = true);
    }
}

/// Has Tab begin with what a page shows where nothing has the focus yet, behind menus and rail, which are the same on
/// all pages. Call before they are drawn.
pub fn begin_with_page(ctx: &Context) {
    let is_tab = ctx.input(|input| input.key_pressed(Key::Tab) && input.modifiers.is_none());
    let is_free = ctx.memory(|memory| memory.focused().is_none()) && !Popup::is_any_open(ctx);
    let regions = with(ctx, |regions| regions.clone());
    let mut of_page: Vec<Place> = regions.places.iter().filter(|place| is_of_page(place.region)).copied().collect();
    of_page.sort_by_key(|place| place.region);
    if is_tab
        && is_free
        && let Some(id) = of_page.into_iter().find_map(|place| regions.entry(ctx, place))
    {
        ctx.memory_mut(|memory| {
            memory.move_focus(FocusDirection::None);
            memory.request_focus(id);
        });
    }
}

/// Whether a region is what a page that is not Compose shows.
const fn is_of_page(region: Region) -> bool {
    matches!(region, Region::List | Region::Page | Region::Start)
}

impl Regions {
    /// The region in which a control was drawn.
    fn of(&self, ctx: &Context, id: Id) -> Option<Place> {
        let widget = ctx.viewport(|viewport| viewport.prev_pass.widgets.get(id).copied())?;
        let at = widget.interact_rect.center();
        self.places.iter().copied().find(|place| place.layer == widget.layer_id && place.rect.contains(at))
    }

    /// The control of a region that the focus goes to.
    fn entry(&self, ctx: &Context, place: Place) -> Option<Id> {
        let controls = controls(ctx, place);
        let last = self.last.get(&place.region).copied().filter(|id| controls.contains(id));
        let of_notes = || widgets::controls_without_keys(ctx).into_iter().find(|id| controls.contains(id));
        last.or_else(of_notes).or_else(|| first_to_read(ctx, &controls))
    }
}

/// How far apart the middles of controls in one row may be, in points.
const ROW: f32 = 12.0;

/// The leftmost one of the topmost row: some rows are drawn from right to left, and some panels from below.
fn first_to_read(ctx: &Context, controls: &[Id]) -> Option<Id> {
    let place = |id: &Id| ctx.viewport(|viewport| viewport.prev_pass.widgets.get(*id).map(|widget| widget.rect));
    let placed: Vec<(Id, Rect)> = controls.iter().filter_map(|id| Some((*id, place(id)?))).collect();
    let top = placed.iter().map(|(_, rect)| rect.center().y).fold(f32::INFINITY, f32::min);
    let row = placed.into_iter().filter(|(_, rect)| rect.center().y <= top + ROW);
    row.min_by(|(_, one), (_, other)| one.left().total_cmp(&other.left())).map(|(id, _)| id)
}

/// The controls that can have the focus and were seen within a region in the last frame, in the order they were drawn.
fn controls(ctx: &Context, place: Place) -> Vec<Id> {
    ctx.viewport(|viewport| {
        let widgets = viewport.prev_pass.widgets.get_layer(place.layer);
        let seen = widgets.filter(|widget| widget.enabled && widget.visible && widget.sense.is_focusable());
        let within = seen
            .filter(|widget| widget.interact_rect.is_positive() && place.rect.contains(widget.interact_rect.center()));
        within.map(|widget| widget.id).collect()
    })
}
