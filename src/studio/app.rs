//! The frame: takes what came, draws the pages, carries out what was asked, and asks to be drawn again only where needed.

use std::time::Duration;

use eframe::{
    App, Frame,
    egui::{self, CentralPanel, Panel, Ui},
};

use super::{
    state::{Page, Studio},
    theme::{Theme, space},
};
use crate::studio::pages::compose::side_panels::Side;

/// Frames a second while something moves. The eye wants no more of a playhead, and the synth wants the core.
const MOVING: Duration = Duration::from_millis(30);

impl App for Studio {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        self.frame(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.save_at_exit();
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        Theme::get(visuals.dark_mode).background.to_normalized_gamma_f32()
    }
}

impl Studio {
    /// One frame.
    pub fn frame(&mut self, ui: &mut Ui) {
        self.frames += 1;
        if self.frames == 2 {
            // the window is on screen; now everything that takes time, beside it
            self.restore();
        } else if self.frames == 1 {
            ui.ctx().request_repaint();
        }
        self.poll();
        let ctx = ui.ctx().clone();
        self.mind_unsaved_work(&ctx);
        self.take_computer_keys(&ctx);
        self.take_keys(&ctx);
        self.take_dropped_files(&ctx);
        self.draw(ui);
        self.show_note_tool(&ctx);
        self.show_exports(&ctx);
        self.show_import(&ctx);
        if self.page == Page::Studio {
            self.show_recorded_takes(&ctx);
        }
        self.show_dialog(&ctx);
        self.toasts.show(&ctx, crate::studio::status_bar::HEIGHT + space::M);
        self.execute_queue();
        self.settle(&ctx);
    }

    /// Takes what jobs, keyboards and the engine have brought.
    fn poll(&mut self) {
        for then in self.jobs.take() {
            then(self);
        }
        self.poll_keyboards();
        self.poll_output();
        self.poll_engine();
        self.poll_training();
        self.poll_recording();
        self.settle_turn();
    }

    fn draw(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        let bar = |margin: egui::Margin| egui::Frame::new().fill(theme.surface).inner_margin(margin);
        Panel::top("menus")
            .frame(bar(egui::Margin::symmetric(12, 0)))
            .exact_size(40.0)
            .show(ui, |ui| self.menu_bar(ui));
        Panel::bottom("status")
            .frame(bar(egui::Margin::symmetric(12, 0)))
            .exact_size(crate::studio::status_bar::HEIGHT)
            .show(ui, |ui| self.status_bar(ui));
        Panel::left("rail")
            .frame(bar(egui::Margin::symmetric(4, 8)))
            .exact_size(64.0)
            .resizable(false)
            .show(ui, |ui| self.rail(ui));
        match self.page {
            Page::Studio => self.studio_page(ui),
            Page::Train => self.train_page(ui), // a list at its side, and scrolls by itself
            Page::Models => self.page_frame(ui, Self::models_page),
            Page::Library => self.library_page(ui),
            Page::Settings => self.page_frame(ui, Self::settings_page),
        }
    }

    fn page_frame(&mut self, ui: &mut Ui, page: fn(&mut Self, &mut Ui)) {
        let theme = Theme::of(ui);
        CentralPanel::default().frame(egui::Frame::new().fill(theme.background)).show(ui, |ui| {
            egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                egui::Frame::new().inner_margin(egui::Margin::same(space::XXL as i8)).show(ui, |ui| {
                    ui.set_max_width(ui.available_width().min(1080.0));
                    page(self, ui);
                });
            });
        });
    }

    fn studio_page(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        let side = egui::Frame::new().fill(theme.surface).inner_margin(egui::Margin::same(12));
        Panel::top("transport")
            .frame(egui::Frame::new().fill(theme.surface).inner_margin(egui::Margin::symmetric(12, 8)))
            .exact_size(Self::transport_height(ui.ctx().content_rect().width()))
            .show(ui, |ui| self.transport_bar(ui));
        if self.shows_panel(Side::Left) {
            Panel::left("left")
                .frame(side)
                .default_size(284.0)
                .size_range(232.0..=360.0)
                .show(ui, |ui| self.left_panel(ui));
        }
        if self.shows_panel(Side::Right) {
            Panel::right("right")
                .frame(side)
                .default_size(288.0)
                .size_range(256.0..=380.0)
                .show(ui, |ui| self.generate_panel(ui));
        }
        CentralPanel::default().frame(egui::Frame::new().fill(theme.background)).show(ui, |ui| self.centre(ui));
    }

    /// Keeps sound and disk up with the score, and says when to draw again.
    fn settle(&mut self, ctx: &egui::Context) {
        let score = std::sync::Arc::clone(self.score());
        let heard = self.heard_instead().unwrap_or_else(|| self.heard());
        self.part = self.part.min(score.parts.len().saturating_sub(1));
        self.sound.keep_up(&heard);
        if let Some(part) = score.parts.get(self.part) {
            self.sound.set_live_instrument(part.program, part.is_drum);
        }
        self.settle_takes();
        let looping = self.transport.looping && std::sync::Arc::ptr_eq(&heard, &score);
        let range = self.transport.loop_range.clone().filter(|_| looping);
        self.sound.set_loop(range);
        self.autosave();
        self.remember_window(ctx);
        let position = self.sound.position();
        let sounding = self.sound.peaks().master.iter().any(|&peak| peak > 0.002);
        if position.playing || self.recording.is_some() || sounding {
            ctx.request_repaint_after(MOVING);
        }
    }
}
