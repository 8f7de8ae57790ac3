//! The frame: takes what came, draws the pages, carries out what was asked, and asks to be drawn again only where
//! needed.

use std::{path::PathBuf, sync::Arc, time::Duration};

use eframe::{
    App, Frame,
    egui::{self, Panel, Ui},
};

use super::{
    actions::{ComposeAction, EngineAction, FileAction},
    commands::{
        execute::{self, engine, keyboards, midi_learn, recording, saving, session},
        keys,
    },
    context::Context,
    dialogs::{self, Dialogs},
    document::Document,
    in_turn::InTurn,
    menu_bar::{self, TopLine},
    page::Page,
    pages::{self, Pages},
    pointer_in_place::PointerInPlace,
    regions::{self, Region},
    second_click::SecondClick,
    services::{Services, files::Purpose, models::Model, session::Folders},
    state::{Startup, Studio, StudioOptions},
    theme::{self, Theme},
    toasts::Tone,
};
use crate::music::Score;

/// Frames a second while something moves. The eye wants no more of a playhead, and the synth wants the core.
const MOVING: Duration = Duration::from_millis(30);
/// What of the window's height a list that opens leaves free, and how high it may be in any window, in points.
const BESIDE_LISTS: f32 = 170.0;
const LEAST_LIST: f32 = 360.0;

impl App for Studio {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        self.frame(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        session::end(self);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        Theme::get(visuals.dark_mode).background.to_normalized_gamma_f32()
    }
}

impl Studio {
    /// A studio whose window has just been made. Devices, engine and files wait for the first frame.
    pub fn new(ctx: egui::Context, options: StudioOptions) -> Self {
        theme::install(&ctx);
        ctx.add_plugin(PointerInPlace::default());
        ctx.add_plugin(InTurn::default());
        ctx.add_plugin(SecondClick::default());
        let mut studio = Self {
            document: Document::default(),
            services: Services::new(ctx, Folders::new(options.folder), options.engine, options.sound),
            pages: Pages::default(),
            page: Page::default(),
            dialogs: Dialogs::default(),
            top_line: TopLine::default(),
            startup: Startup { files: options.files, midi: Some(options.midi), frames: 0 },
        };
        if let Some(melody) = studio.pages.compose.left.first_melody() {
            studio.document.history.reset(studio.services.session.begin(melody));
        }
        studio.services.apply_preferences();
        studio
    }

    /// The score as shown and heard.
    pub fn score(&self) -> &Arc<Score> {
        self.document.score()
    }

    /// Puts these models at choice.
    pub fn take_models(&mut self, found: Vec<Model>, wanted: Option<&str>) {
        self.services.preferences.model = wanted.map(str::to_owned);
        self.execute(EngineAction::ModelsFound(found).into());
    }

    /// Does with a path what it was asked for.
    pub fn take_path(&mut self, purpose: Purpose, path: PathBuf) {
        self.take_paths(purpose, vec![path]);
    }

    /// The same with several.
    pub fn take_paths(&mut self, purpose: Purpose, paths: Vec<PathBuf>) {
        self.services.ask(FileAction::Take(purpose, paths));
    }

    /// One frame.
    pub fn frame(&mut self, ui: &mut Ui) {
        self.startup.frames += 1;
        let page = self.page;
        if self.startup.frames == 2 {
            // the window is on screen; now everything that takes time, beside it
            session::restore(self);
            self.pages.compose.editor.computer_keys.ask_system();
        } else if self.startup.frames == 1 {
            ui.ctx().request_repaint();
        }
        self.poll();
        let ctx = ui.ctx().clone();
        session::guard_closing(self, &ctx);
        self.take_input(ui);
        let dropped = ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
        execute::files::take_any(self, dropped);
        self.services.toasts.settle(&ctx);
        self.draw(ui);
        self.execute_actions();
        if self.page != page {
            SecondClick::change_page(&ctx);
        }
        self.settle(&ctx);
    }

    /// Takes the keys, and a press over the roll: what must be done before anything is drawn.
    fn take_input(&mut self, ui: &Ui) {
        let Self { services, pages, dialogs, .. } = self;
        let editor = &mut pages.compose.editor;
        if dialogs.open.is_some() || self.page != Page::Compose {
            editor.release_keys(&services.actions);
        } else {
            editor.take_computer_keys(ui, &services.actions);
        }
        if self.page == Page::Compose && editor.is_roll_pressed(ui) {
            services.ask(ComposeAction::PressRoll);
        }
        self.execute_actions();
        if self.dialogs.open.is_none() {
            regions::begin_with_page(ui);
        }
        let steps = self.document.step_entry.is_some();
        keys::take(ui, self.page, steps, &mut self.pages.compose.editor, &mut self.dialogs, &self.services);
    }

    /// Takes what jobs, keyboards and the engine have brought.
    fn poll(&mut self) {
        for action in self.services.jobs.take() {
            self.execute(action);
        }
        let is_busy = self.pages.compose.editor.roll.is_busy() || self.dialogs.note_tool.is_some();
        keyboards::poll(&mut self.document, &mut self.services, is_busy);
        execute::sound::poll(&mut self.services);
        engine::poll(self);
        execute::train::poll(&mut self.services, &mut self.pages.train);
        execute::listening::poll(&self.document, &mut self.services, self.page);
        recording::poll(&mut self.document, &self.services);
        midi_learn::settle_turn(&mut self.document, &mut self.services);
        self.execute_actions();
    }

    fn draw(&mut self, ui: &mut Ui) {
        let states = self.command_states();
        let Self { document, services, pages, page, dialogs, top_line, .. } = self;
        let context = Context { document, services, commands: &states, page: *page };
        let theme = Theme::of(ui);
        // lists that open are as high as there is room for below the tools
        ui.spacing_mut().combo_height = (ui.ctx().content_rect().height() - BESIDE_LISTS).max(LEAST_LIST);
        let bar = |margin: egui::Margin| egui::Frame::new().fill(theme.surface).inner_margin(margin);
        regions::begin(ui);
        let menus = Panel::top("menus")
            .frame(bar(egui::Margin::symmetric(12, 0)))
            .exact_size(40.0)
            .show(ui, |ui| menu_bar::menu_bar(top_line, &context, ui));
        regions::mark(ui, Region::Menus, menus.response.rect);
        let status = Panel::bottom("status")
            .frame(bar(egui::Margin::symmetric(12, 0)))
            .exact_size(super::status_bar::HEIGHT)
            .show(ui, |ui| super::status_bar::status_bar(&context, ui));
        regions::mark(ui, Region::Status, status.response.rect);
        services.toasts.show_strip(ui, &|answer| context.answer(answer));
        let rail = Panel::left("rail")
            .frame(bar(egui::Margin::symmetric(4, 8)))
            .exact_size(64.0)
            .resizable(false)
            .show(ui, |ui| menu_bar::rail(&context, ui));
        regions::mark(ui, Region::Rail, rail.response.rect);
        pages::ui(pages, &context, ui);
        dialogs::show(dialogs, &context, ui);
        regions::end(ui);
    }

    /// Keeps sound and disk up with the score, and says when to draw again.
    fn settle(&mut self, ctx: &egui::Context) {
        let score = Arc::clone(self.score());
        let heard = self.services.listening.score().cloned().unwrap_or_else(|| Arc::clone(&score));
        self.document.clamp_part();
        let services = &mut self.services;
        // while a take is heard, undo is for that
        let last_step = self.document.history.undo_step().filter(|_| self.document.takes.audition.is_none());
        services.toasts.keep_up_with(last_step);
        if let Some(number) = self.document.kept_by_change.take() {
            let why = format!("Take {number} was kept because you edited the piece; undo twice to choose another");
            services.say(Tone::Plain, why);
        }
        if let Some(missing) = services.letters.keep_up(ctx) {
            services.toasts.add(Tone::Warning, missing);
        }
        services.sound.keep_up(&heard);
        if let Some(part) = self.document.chosen_part() {
            services.sound.set_live_instrument(part.program, part.is_drum);
        }
        services.sound.set_loop(self.document.active_loop().filter(|_| Arc::ptr_eq(&heard, &score)));
        self.document.settle_recorded_takes();
        saving::save(self);
        session::remember_window(self, ctx);
        let sound = &self.services.sound;
        let sounding = sound.peaks().master.iter().any(|&peak| peak > 0.002);
        if sound.position().playing || self.document.recording.is_some() || sounding {
            ctx.request_repaint_after(MOVING);
        }
    }
}
