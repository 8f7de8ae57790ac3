//! The menus by keyboard: a key opens one and goes into it, left and right go on to the next, Esc goes back to where
//! the focus was.

use eframe::egui::{
    Button, Context, FocusDirection, Id, Key, LayerId, MenuBar, Modifiers, Order, Popup, Response, SetOpenCommand,
    Stroke, TextFormat, Ui, Vec2, text::LayoutJob,
};

use crate::studio::{
    commands::Menu,
    theme::{self, Theme, size},
    widgets,
};

/// A menu as it was drawn.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    menu: Menu,
    button: Id,
    popup: Id,
}

/// What had the focus when a key opened the first menu.
#[derive(Clone, Copy, Debug, Default)]
enum Before {
    /// No key has opened one.
    #[default]
    Unknown,
    Nothing,
    Control(Id),
}

/// Where the keyboard is in the menus.
#[derive(Debug, Default)]
pub(super) struct MenuKeys {
    drawn: Vec<Drawn>,
    /// To be opened when it is drawn next.
    asked: Option<Menu>,
    /// Opened by a key: its first entry gets the focus as soon as it is seen.
    entering: Option<Menu>,
    before: Before,
    /// Whether the entry with the focus opens a submenu that has something to choose.
    on_submenu: bool,
}

impl MenuKeys {
    /// Opens a menu; closes it where it is open.
    pub(super) const fn ask(&mut self, menu: Menu) {
        self.asked = Some(menu);
    }

    /// Draws the menus. `entries` draws those of one and says whether the focus is on one that opens a submenu with
    /// something to choose.
    pub(super) fn show(&mut self, ui: &mut Ui, mut entries: impl FnMut(&mut Ui, Menu) -> bool) {
        let was_open = self.take_keys(ui);
        let on_submenu = &mut false;
        self.drawn.clear();
        MenuBar::new().ui(ui, |ui| {
            for menu in Menu::ALL {
                // a title at which the pointer was left does not look as if its menu were open
                let theme = Theme::of(ui);
                ui.visuals_mut().widgets.hovered.weak_bg_fill =
                    if was_open == Some(menu) { theme.raised_active } else { theme.raised };
                let response = ui.add(Button::new(title(ui, menu)));
                let popup = Popup::default_response_id(&response);
                self.drawn.push(Drawn { menu, button: response.id, popup });
                if self.asked == Some(menu) {
                    self.asked = None;
                    self.open(&response, menu, popup, was_open);
                }
                self.enter(&response, menu, popup);
                // a pointer that rests there does not take a menu away from the keys
                let is_crossed = response.hovered() && ui.input(|input| input.pointer.delta() != Vec2::ZERO);
                let change = if is_crossed && was_open.is_some_and(|open| open != menu) {
                    Some(SetOpenCommand::Bool(true))
                } else {
                    response.clicked().then_some(SetOpenCommand::Toggle)
                };
                Popup::menu(&response).open_memory(change).show(|ui| {
                    ui.set_min_width(260.0);
                    *on_submenu |= entries(ui, menu);
                });
            }
        });
        self.on_submenu = *on_submenu;
    }

    fn open(&mut self, response: &Response, menu: Menu, popup: Id, was_open: Option<Menu>) {
        let ctx = &response.ctx;
        if was_open == Some(menu) {
            Popup::close_id(ctx, popup);
            self.go_back(ctx);
            return;
        }
        if matches!(self.before, Before::Unknown) {
            self.before = ctx.memory(eframe::egui::Memory::focused).map_or(Before::Nothing, Before::Control);
        }
        response.request_focus();
        Popup::open_id(ctx, popup);
        self.entering = Some(menu);
        ctx.request_repaint();
    }

    /// Goes to the first entry of a menu that was opened by a key: as by the arrow, and once the menu has its size.
    fn enter(&mut self, response: &Response, menu: Menu, popup: Id) {
        let ctx = &response.ctx;
        if self.entering != Some(menu) {
            return;
        }
        ctx.request_repaint();
        if ctx.memory(|memory| memory.areas().visible_last_frame(&layer(popup))) {
            self.entering = None;
            ctx.memory_mut(|memory| memory.move_focus(FocusDirection::Down));
        }
    }

    /// Takes the arrows that lead from menu to menu, and Esc; says which menu is open.
    fn take_keys(&mut self, ctx: &Ui) -> Option<Menu> {
        let open = self.drawn.iter().position(|drawn| Popup::is_id_open(ctx, drawn.popup));
        let focused = ctx.memory(eframe::egui::Memory::focused);
        let Some(open) = open else {
            if let Some(closed) = self.drawn.iter().find(|drawn| focused == Some(drawn.button))
                && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::ArrowDown))
            {
                ctx.memory_mut(|memory| memory.move_focus(FocusDirection::None));
                self.asked = Some(closed.menu);
            }
            self.entering = None;
            if self.asked.is_none() {
                self.before = Before::Unknown;
            }
            return None;
        };
        let Drawn { menu, button, popup } = self.drawn[open];
        if widgets::given_up(ctx) {
            self.go_back(ctx); // the menu closes by itself
            return Some(menu);
        }
        let of_focused = |id| ctx.viewport(|viewport| viewport.prev_pass.widgets.get(id).map(|widget| widget.layer_id));
        let in_submenu = focused.is_some_and(|id| id != button && of_focused(id) != Some(layer(popup)));
        let pressed = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let count = self.drawn.len();
        // to the right of a submenu's entries, and of one in which all is out of use, lies the next menu
        let next = if !self.on_submenu && pressed(Key::ArrowRight) {
            Some((open + 1) % count)
        } else if !in_submenu && pressed(Key::ArrowLeft) {
            Some((open + count - 1) % count)
        } else {
            None
        };
        if let Some(next) = next {
            ctx.memory_mut(|memory| memory.move_focus(FocusDirection::None));
            self.asked = Some(self.drawn[next].menu);
        }
        Some(menu)
    }

    /// Gives the focus back to what had it before a key opened a menu.
    fn go_back(&mut self, ctx: &Context) {
        let before = std::mem::take(&mut self.before);
        ctx.memory_mut(|memory| match before {
            Before::Control(id) => memory.request_focus(id),
            Before::Nothing => memory.stop_text_input(),
            Before::Unknown => {}
        });
    }
}

/// The layer that a menu is drawn in.
fn layer(popup: Id) -> LayerId {
    LayerId::new(Order::Foreground, popup)
}

/// A menu's title; the letter that opens it is underlined while Alt is held.
fn title(ui: &Ui, menu: Menu) -> LayoutJob {
    let color = Theme::of(ui).text_muted;
    let is_alt_held = ui.input(|input| input.modifiers.alt);
    let format = |underline| TextFormat { font_id: theme::regular(size::BODY), color, underline, ..Default::default() };
    let (letter, rest) = menu.title().split_at(1);
    let mut job = LayoutJob::default();
    job.append(letter, 0.0, format(if is_alt_held { Stroke::new(1.0, color) } else { Stroke::NONE }));
    job.append(rest, 0.0, format(Stroke::NONE));
    job
}
