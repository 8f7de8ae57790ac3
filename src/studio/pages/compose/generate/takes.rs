//! The takes to choose from: those of each request together, under the model that wrote them.

use std::ops::Range;

use eframe::egui::{
    Align, Align2, Color32, FontId, Label, Layout, Rect, Response, RichText, Role, ScrollArea, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::{
    library::store::GenerationSettings,
    music::Tick,
    plural::{counted, with_minus},
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
        words::{self, sentence},
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

/// Says what was discarded last, and brings it back.
pub fn discarded(context: &Context<'_>, ui: &mut Ui) {
    let count = context.document.takes.discarded();
    if count > 0 {
        ui.horizontal(|ui| {
            ui.label(RichText::new(format!("{} discarded", counted(count, "take"))).color(Theme::of(ui).text_muted));
            if widgets::text_button(ui, Icon::Undo2, "Undo", None).accessible_name("Undo discarding takes").clicked() {
                context.ask(GenerateAction::BringBackTakes);
            }
        });
    }
}

/// Draws the list in a room of its own.
pub fn scrolling(context: &Context<'_>, ui: &mut Ui) {
    // the takes of a new request come into sight, wherever the list was
    let begins = still_to_come(context).is_some_and(|_| context.document.takes.of_last_request() == 0);
    let requests = context.document.takes.by_request().count() + usize::from(begins);
    let id = ui.scope_id().with("requests");
    let before = ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or_default(id), requests));
    let mut area = ScrollArea::vertical().id_salt("takes").auto_shrink([false, false]);
    if before != requests {
        area = area.vertical_scroll_offset(0.0);
    }
    widgets::scroll(ui, area, |ui| list(context, ui));
}

/// Draws the list, the last request first.
pub fn list(context: &Context<'_>, ui: &mut Ui) {
    let takes = &context.document.takes;
    ui.spacing_mut().item_spacing.y = 6.0;
    let end = context.document.score().end();
    let in_piece = takes.in_score(context.document.history.committed());
    // what is heard comes into sight, however it was chosen; where none is, the one in the piece
    let sought = takes.audition.or(in_piece);
    let is_another = is_sought(sought, ui);
    let is_playing = context.services.is_playing();
    let mut coming = still_to_come(context);
    if let Some((settings, numbers)) = coming.take_if(|_| takes.of_last_request() == 0) {
        heading(ui, context, settings, (numbers.start, numbers.end - 1));
        numbers.for_each(|number| place_of_coming(ui, number));
    }
    for (begin, group) in takes.by_request().rev() {
        let coming = coming.take().map_or(0..0, |(_, numbers)| numbers);
        let last = group.last().map_or(0, |last| last.number).max(coming.end.saturating_sub(1));
        let head = heading(ui, context, &group[0].settings, (group[0].number, last));
        let pick = pick_of(group);
        for (index, take) in (begin..).zip(group) {
            let heard = takes.audition == Some(index);
            let told = Told {
                heard,
                plays: heard && is_playing,
                is_in_piece: in_piece == Some(index),
                is_changed: in_piece == Some(index) && takes.differs(index, context.document.history.committed()),
                is_pick: pick == Some(index - begin),
                same_as: takes.same_as(index),
            };
            let response = card(ui, take, context.services.models.name_of(&take.settings), end, told);
            if sought == Some(index) && is_another {
                // the first one with the heading above it
                let with_head = if index == begin { head.union(response.rect) } else { response.rect };
                ui.scroll_to_rect(with_head, None);
            }
            if response.clicked() {
                context.ask(GenerateAction::PlayTake(index));
            }
            response.context_menu(|ui| {
                if ui.button("Use this take's seed").clicked() {
                    context.ask(GenerateAction::UseSeed(take.take.seed));
                    ui.close();
                }
            });
        }
        coming.for_each(|number| place_of_coming(ui, number));
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

/// How the takes are made that are still being written, and their numbers.
fn still_to_come<'a>(context: &'a Context<'_>) -> Option<(&'a GenerationSettings, Range<usize>)> {
    let wanted = context.services.engine.running.as_ref()?.wanted as usize;
    let takes = &context.document.takes;
    let (settings, first) = takes.to_come()?;
    let left = wanted.saturating_sub(takes.of_last_request());
    (left > 0).then(|| (settings, first..first + left))
}

/// Says which model wrote the takes of a request, which bars, and the first and the last of them. Where takes of other
/// checkpoints of the same model are there, it says how long it had been trained.
fn heading(ui: &mut Ui, context: &Context<'_>, settings: &GenerationSettings, (first, last): (usize, usize)) -> Rect {
    let theme = Theme::of(ui);
    let models = &context.services.models;
    let model = models.name_of(settings);
    let is_other = |take: &GeneratedTake| {
        take.settings.iterations != settings.iterations && models.name_of(&take.settings) == model
    };
    let mut title = model.to_owned();
    if context.document.takes.all().iter().any(is_other) && settings.iterations > 0 {
        title = format!("{title} · {}", counted(settings.iterations as usize, "iteration"));
    }
    if let Some(bars) = settings.bars {
        title = format!("{title} · {} only", words::bars(bars));
    }
    let numbers = if first == last { format!("Take {first}") } else { format!("Takes {first}–{last}") };
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            // it is no take, and must not be found as one
            let label = ui.label(RichText::new(&numbers).size(size::CAPTION).color(theme.text_faint));
            label.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{title}: {numbers}")));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(theme::strong(&title, 12.0).color(theme.text_muted)).truncate());
            });
        });
    })
    .response
    .rect
}

/// The place of a take that is still being written, so that the others stay where they are when it comes.
fn place_of_coming(ui: &mut Ui, number: usize) {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), CARD_HEIGHT), Sense::hover());
    let text = format!("Take {number} is being written");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    ui.painter().rect_stroke(rect, theme::corners(radius::L), theme.hairline(), StrokeKind::Inside);
    let font = theme::regular(size::CAPTION);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, font, theme.text_faint);
}

/// Whether another take than before is to come into sight: for some frames, until all has its place.
fn is_sought(sought: Option<usize>, ui: &Ui) -> bool {
    const FRAMES: u8 = 3;
    let id = ui.scope_id().with("sought");
    let (before, left) = ui.data(|data| data.get_temp::<(Option<usize>, u8)>(id)).unwrap_or_default();
    let left = if before == sought { left } else { FRAMES };
    ui.data_mut(|data| data.insert_temp(id, (sought, left.saturating_sub(1))));
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
            && widgets::text_button(ui, Icon::Undo2, "Back to piece", None)
                .on_hover_text("Back to the composition as it is without this take")
                .clicked()
        {
            context.ask(GenerateAction::WithoutTake);
        }
    });
    let in_piece = || {
        let takes = &context.document.takes;
        takes.in_score(context.document.history.committed()).and_then(|index| takes.all().get(index))
    };
    let hint = if heard.is_some() {
        let again = if context.services.is_playing() { "pause" } else { "play" };
        format!("Click another take to compare; click this one to {again}")
    } else if let Some(take) = in_piece() {
        format!("Take {} is in the piece; click a take to hear it", take.number)
    } else {
        "Click a take to hear it".to_owned()
    };
    ui.label(RichText::new(hint).size(size::CAPTION).color(theme.text_faint));
}

/// What is told of a take beside others.
#[derive(Clone, Copy)]
struct Told {
    /// Whether it is the one that is heard when the music plays.
    heard: bool,
    /// Whether it plays now.
    plays: bool,
    /// Whether it was kept, and its notes are in the composition.
    is_in_piece: bool,
    /// Whether notes of it were changed there since.
    is_changed: bool,
    /// Whether the discriminator likes it most.
    is_pick: bool,
    /// The number of an earlier take that has the same notes.
    same_as: Option<usize>,
}

/// A take of a model as a small picture of its notes.
fn card(ui: &mut Ui, shown: &GeneratedTake, model: &str, end: Tick, told: Told) -> Response {
    let theme = Theme::of(ui);
    let Told { heard, plays, is_in_piece, is_changed, is_pick, same_as } = told;
    let GeneratedTake { take, settings, number, .. } = shown;
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), CARD_HEIGHT));
    // the same widget though other takes came since it was pressed
    let response = ui.interact(rect, ui.scope_id().with(("take", number)), Sense::click());
    let name = format!("Take {number}");
    let same = same_as.map(|other| format!("same notes as take {other}"));
    let kept = match (is_in_piece, take.kept) {
        (true, _) if is_changed => Some("In the piece, edited since"),
        (true, _) => Some(IN_PIECE),
        (false, true) => Some("Kept earlier"),
        (false, false) => None,
    };
    let told = kept.map(str::to_lowercase).into_iter().chain(same.clone());
    let label = told.fold(name.clone(), |label, told| format!("{label}, {told}"));
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, heard, label.clone()));
    let ground = match (heard, response.hovered()) {
        (true, _) => theme.accent_soft,
        (false, true) => theme.raised_hover,
        (false, false) => theme.raised,
    };
    let corners = theme::corners(radius::L);
    ui.painter().rect_filled(rect, corners, ground);
    if heard || is_in_piece {
        let color = if heard { theme.accent } else { theme.success };
        ui.painter().rect_stroke(rect, corners, Stroke::new(1.0, color), StrokeKind::Inside);
    }
    widgets::focus_ring(ui, &response, rect);
    let icon = match (plays, response.hovered()) {
        (true, true) => Icon::Pause,
        (true, false) => Icon::AudioLines,
        (false, _) => Icon::Play,
    };
    let icon_rect = Rect::from_center_size(pos2(rect.left() + 20.0, rect.top() + 15.0), vec2(14.0, 14.0));
    widgets::paint_icon(ui, icon_rect, icon, 14.0, if heard { theme.accent } else { theme.text_muted });
    let text = |x: f32, y: f32, align: Align2, text: &str, font: FontId, color| {
        ui.painter_at(rect).text(pos2(x, rect.top() + y), align, text, font, color)
    };
    let (left, right) = (rect.left() + 34.0, rect.right() - 12.0);
    let title = text(left, 15.0, Align2::LEFT_CENTER, &name, theme::bold(size::BODY), theme.text);
    let mut badges_from = title.right() + space::S;
    if is_in_piece {
        badges_from = badge(ui, pos2(badges_from, rect.top() + 15.0), Align2::LEFT_CENTER, IN_PIECE, theme.success);
        badges_from += space::S;
        let edge = Rect::from_min_max(rect.min, pos2(rect.left() + 4.0, rect.bottom()));
        ui.painter_at(edge).rect_filled(rect, corners, theme.success);
    }
    if is_pick && badge_width(ui, MOST_REALISTIC) <= right - badges_from {
        badge(ui, pos2(right, rect.top() + 15.0), Align2::RIGHT_CENTER, MOST_REALISTIC, theme.accent);
    }
    let score = with_minus(format_args!("{:.2}", (take.rating * 100.0).round() / 100.0 + 0.0));
    let caption = theme::regular(size::CAPTION);
    let mut line = Rect::from_x_y_ranges(left..=right, rect.top() + 24.0..=rect.top() + 40.0);
    if take.rating != 0.0 {
        let score = format!("Realism {score}");
        let score = text(right, 32.0, Align2::RIGHT_CENTER, &score, caption.clone(), theme.text_muted);
        line.max.x = score.left() - space::S;
    }
    let mut words = match (kept, same_as) {
        // that it is in the piece says its badge
        (Some(_), _) if is_changed => format!("Edited since · seed {}", take.seed),
        (Some(_), _) if is_in_piece => format!("Seed {}", take.seed),
        (Some(kept), _) => format!("{kept} · seed {}", take.seed),
        (None, Some(other)) => format!("Same notes as take {other}"),
        (None, None) => format!("Seed {}", take.seed),
    };
    let color = theme.text_muted;
    if let Some(first) = words.find(" · ")
        && ui.painter().layout_no_wrap(words.clone(), caption.clone(), color).size().x > line.width()
    {
        words.truncate(first); // the tooltip has the seed
    }
    widgets::paint_line(ui, line, Align2::LEFT_CENTER, &words, caption, color);
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
    let mut hover = format!("{model}, seed {}, {}", take.seed, counted(notes, "note"));
    if is_pick {
        hover += "\nMost realistic: the discriminator gives it the best score of these takes";
    }
    if take.rating != 0.0 {
        hover = format!("{hover}\nRealism {score}: {REALISM}");
    }
    if let Some(same) = same {
        hover = format!("{hover}\n{}: more surprise brings others", sentence(&same));
    }
    if is_changed {
        hover += "\nA click plays it as it was written";
    }
    response.on_hover_text(hover)
}

const REALISM: &str = "the score of the model's own discriminator: the higher, the more the take resembles the music \
                       that the model learned from. The scale has no ends, and less than 0 is usual; compare takes of \
                       one model by it, not models";

/// What is said of the take in the piece, and of the one that the discriminator likes most.
const IN_PIECE: &str = "In the piece";
const MOST_REALISTIC: &str = "Most realistic";

/// A small word on a ground, its left or right end there. Where it ends comes back.
fn badge(ui: &Ui, at: eframe::egui::Pos2, align: Align2, words: &str, color: Color32) -> f32 {
    let theme = Theme::of(ui);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), theme::regular(size::CAPTION), theme.on_accent);
    let place = align.anchor_size(at, galley.size() + vec2(2.0 * space::S, 4.0));
    ui.painter().rect_filled(place, theme::corners(radius::M), color);
    ui.painter().galley(place.min + vec2(space::S, 2.0), galley, theme.on_accent);
    place.right()
}

fn badge_width(ui: &Ui, words: &str) -> f32 {
    let galley = ui.painter().layout_no_wrap(words.to_owned(), theme::regular(size::CAPTION), Color32::PLACEHOLDER);
    galley.size().x + 2.0 * space::S
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
