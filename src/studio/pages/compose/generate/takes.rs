//! The takes to choose from: those of each request together, under the model that wrote them.

use eframe::egui::{
    Align2, FontId, Rect, Response, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::{
    music::Tick,
    studio::{
        actions::GenerateAction,
        commands::{
            Command,
            buttons::{command_button, command_icon},
        },
        context::Context,
        document::takes::{GeneratedTake, MOST_TAKES, pick_of},
        theme::{self, Icon, Theme, radius, size, space},
        widgets::{
            self, IconButton,
            small_roll::{Extent, paint_small_roll},
        },
        words,
    },
};

/// How high a take's card is, in points.
const CARD_HEIGHT: f32 = 70.0;

/// Draws the head of the list.
pub fn head(context: &Context<'_>, ui: &mut Ui) {
    widgets::section(ui, "Takes", |ui| {
        command_icon(context, ui, Command::DropTakes);
        command_button(context, ui, Command::NextTake, IconButton::new(Icon::ChevronDown, "Next take"));
        command_button(context, ui, Command::PreviousTake, IconButton::new(Icon::ChevronUp, "Previous take"));
    });
}

/// Draws the list in a room of its own.
pub fn scrolling(context: &Context<'_>, ui: &mut Ui) {
    // the takes of a new request come into sight, wherever the list was
    let requests = context.document.takes.by_request().count();
    let id = ui.scope_id().with("requests");
    let before = ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or_default(id), requests));
    let mut area = ScrollArea::vertical().id_salt("takes").auto_shrink([false, false]);
    if before != requests {
        area = area.vertical_scroll_offset(0.0);
    }
    area.show(ui, |ui| list(context, ui));
}

/// Draws the list, the last request first.
pub fn list(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let takes = &context.document.takes;
    ui.spacing_mut().item_spacing.y = 6.0;
    let end = context.document.score().end();
    // what is heard comes into sight, however it was chosen
    let is_another = is_sought(takes.audition, ui);
    for (begin, group) in takes.by_request().rev() {
        let settings = &group[0].settings;
        let bars = settings.bars.map_or_else(String::new, |bars| format!(" · {} only", words::bars(bars)));
        let title = format!("{}{bars}", settings.model);
        ui.add(eframe::egui::Label::new(theme::strong(title, 12.0).color(theme.text_muted)).truncate());
        let pick = pick_of(group);
        for (index, take) in (begin..).zip(group) {
            let heard = takes.audition == Some(index);
            let told = Told { heard, is_pick: pick == Some(index - begin), same_as: takes.same_as(index) };
            let response = card(ui, take, end, told);
            if heard && is_another {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                context.ask(GenerateAction::Audition(if heard { None } else { Some(index) }));
            }
            response.context_menu(|ui| {
                if ui.button("Use this take's seed").clicked() {
                    context.ask(GenerateAction::UseSeed(take.take.seed));
                    ui.close();
                }
            });
        }
    }
    if takes.all().len() > MOST_TAKES / 2 {
        widgets::caption(
            ui,
            format!(
                "The latest {MOST_TAKES} takes stay here; older ones are removed. Takes you keep are in the composition"
            ),
        );
    }
}

/// Whether the take that is heard is to come into sight: for some frames, until all has its place.
fn is_sought(heard: Option<usize>, ui: &Ui) -> bool {
    const FRAMES: u8 = 3;
    let id = ui.scope_id().with("heard");
    let (before, left) = ui.data(|data| data.get_temp::<(Option<usize>, u8)>(id)).unwrap_or_default();
    let left = if before == heard { left } else { FRAMES };
    ui.data_mut(|data| data.insert_temp(id, (heard, left.saturating_sub(1))));
    if left > 0 {
        ui.request_repaint();
    }
    left > 0
}

/// Draws what is done with the take that is heard.
pub fn keep(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let heard = context.document.takes.heard();
    ui.horizontal(|ui| {
        let keep = heard.map_or_else(|| "Keep this take".to_owned(), |take| format!("Keep take {}", take.number));
        if widgets::text_button(ui, Icon::Check, &keep, context.why_not(Command::KeepTake)).clicked() {
            context.ask(Command::KeepTake);
        }
        if heard.is_some()
            && widgets::text_button(ui, Icon::Undo2, "Melody only", None)
                .on_hover_text("Listen without the take")
                .clicked()
        {
            context.ask(GenerateAction::Audition(None));
        }
    });
    let hint = if heard.is_some() {
        "Click takes during playback to compare them, across models too"
    } else {
        "Click a take to hear it"
    };
    ui.label(RichText::new(hint).size(size::CAPTION).color(theme.text_faint));
}

/// What is told of a take beside others.
#[derive(Clone, Copy)]
struct Told {
    /// Whether it is heard.
    heard: bool,
    /// Whether the discriminator likes it most.
    is_pick: bool,
    /// The number of an earlier take that has the same notes.
    same_as: Option<usize>,
}

/// A take as a small picture of its notes.
fn card(ui: &mut Ui, shown: &GeneratedTake, end: Tick, told: Told) -> Response {
    let theme = Theme::of(ui);
    let Told { heard, is_pick, same_as } = told;
    let GeneratedTake { take, settings, number, .. } = shown;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), CARD_HEIGHT), Sense::click());
    let name = format!("Take {number}");
    let same = same_as.map(|other| format!("same notes as take {other}"));
    let label = same.as_ref().map_or_else(|| name.clone(), |same| format!("{name}, {same}"));
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, heard, label.clone()));
    let ground = match (heard, response.hovered()) {
        (true, _) => theme.accent_soft,
        (false, true) => theme.raised_hover,
        (false, false) => theme.raised,
    };
    let corners = theme::corners(radius::L);
    ui.painter().rect_filled(rect, corners, ground);
    if heard {
        ui.painter().rect_stroke(rect, corners, Stroke::new(1.0, theme.accent), StrokeKind::Inside);
    }
    widgets::focus_ring(ui, &response, rect);
    let icon = if heard { Icon::AudioLines } else { Icon::Play };
    let icon_rect = Rect::from_center_size(pos2(rect.left() + 20.0, rect.top() + 15.0), vec2(14.0, 14.0));
    widgets::paint_icon(ui, icon_rect, icon, 14.0, if heard { theme.accent } else { theme.text_muted });
    let text = |x: f32, y: f32, align: Align2, text: &str, font: FontId, color| {
        ui.painter_at(rect).text(pos2(x, rect.top() + y), align, text, font, color)
    };
    let (left, right) = (rect.left() + 34.0, rect.right() - 12.0);
    let title = text(left, 15.0, Align2::LEFT_CENTER, &name, theme::bold(size::BODY), theme.text);
    if take.kept {
        let kept = Rect::from_center_size(pos2(title.right() + 14.0, rect.top() + 15.0), vec2(14.0, 14.0));
        widgets::paint_icon(ui, kept, Icon::CircleCheck, 13.0, theme.success);
        // beside the badge there is room for the sign alone
        let font = theme::regular(size::CAPTION);
        let word = if is_pick { "" } else { "Kept" };
        text(kept.right() + 3.0, 15.0, Align2::LEFT_CENTER, word, font, theme.success);
    }
    if is_pick {
        badge(ui, pos2(right, rect.top() + 15.0), "Discriminator's pick");
    }
    let caption = |x, align, words: &str| {
        text(x, 32.0, align, words, theme::regular(size::CAPTION), theme.text_muted);
    };
    caption(
        left,
        Align2::LEFT_CENTER,
        &same_as.map_or_else(|| format!("Seed {}", take.seed), |other| format!("Same notes as take {other}")),
    );
    if take.rating != 0.0 {
        caption(right, Align2::RIGHT_CENTER, &format!("Score {:.2}", take.rating));
    }
    let roll = Rect::from_min_max(pos2(rect.left() + 12.0, rect.top() + 43.0), pos2(right, rect.bottom() - 7.0));
    ui.painter().rect_filled(roll, theme::corners(radius::S), theme.sunken);
    if let Some((first, last)) = settings.bars {
        let x = |bar: u32| {
            let tick = settings.score.metre.bar_start(bar).min(end);
            roll.left() + roll.width() * tick as f32 / end.max(1) as f32
        };
        let written = Rect::from_x_y_ranges(x(first)..=x(last), roll.y_range());
        ui.painter().rect_filled(written, theme::corners(radius::S), theme.accent_soft);
        ui.painter().rect_stroke(
            written,
            theme::corners(radius::S),
            Stroke::new(1.0, theme.accent),
            StrokeKind::Inside,
        );
    }
    paint_small_roll(ui, roll, &take.parts, Extent::of(&take.parts, end), 1);
    let notes: usize = take.parts.iter().map(|part| part.notes.len()).sum();
    let mut hover = format!("{}, seed {}: {}", settings.model, take.seed, crate::plural::counted(notes, "note"));
    if take.rating != 0.0 {
        hover += "\nThe discriminator's score: higher is more like the training music. Only scores of the same \
                  model are comparable";
    }
    if let Some(same) = same {
        hover.push_str("\nIt has the ");
        hover.push_str(&same);
        hover += "; only the seed is different. A model that always writes the same has collapsed into one idea (mode \
                  collapse): try more surprise, or another model";
    }
    if take.kept {
        hover += "\nYou kept this take";
    }
    response.on_hover_text(hover)
}

/// A small word on a ground, its right end there.
fn badge(ui: &Ui, right: eframe::egui::Pos2, words: &str) {
    let theme = Theme::of(ui);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), theme::regular(size::CAPTION), theme.on_accent);
    let place = Align2::RIGHT_CENTER.anchor_size(right, galley.size() + vec2(2.0 * space::S, 4.0));
    ui.painter().rect_filled(place, theme::corners(radius::M), theme.accent);
    ui.painter().galley(place.min + vec2(space::S, 2.0), galley, theme.on_accent);
}

#[cfg(test)]
mod tests {
    use crate::{library::store::Take, studio::document::takes::GeneratedTakes};

    #[test]
    fn takes_of_the_same_notes_are_known() {
        use crate::music::{Note, Part, Pitch, Velocity};
        let mut takes = GeneratedTakes::default();
        let take = |pitch: i32, seed| {
            let notes =
                vec![Note { start: 0, duration: 480, pitch: Pitch::clamped(pitch), velocity: Velocity::DEFAULT }];
            Take { parts: vec![Part { notes, ..Part::new("Piano", 0) }], seed, ..Take::default() }
        };
        for (seed, pitch) in [60, 62, 60, 60].into_iter().enumerate() {
            takes.add(take(pitch, seed as u64));
        }
        assert_eq!([0, 1, 2, 3, 9].map(|index| takes.same_as(index)), [None, None, Some(1), Some(1), None]);
    }
}
