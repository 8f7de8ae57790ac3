//! What this program is, what it uses, and a report for problems.

use eframe::egui::{RichText, ScrollArea, TextEdit, Ui};

use super::modal::{Stay, buttons};
use crate::studio::{
    theme::{self, Icon, Theme, size, space},
    widgets,
};

/// The libraries and their terms.
const LICENCES: &str = include_str!("../../../LICENCES.md");

/// Draws it, with the report.
pub fn ui(report: &str, ui: &mut Ui) -> Stay {
    let theme = Theme::of(ui);
    ui.label(theme::strong("Cantus", size::TITLE));
    ui.label(RichText::new(concat!("Version ", env!("CARGO_PKG_VERSION"))).color(theme.text_muted));
    ui.label("Play a melody, and a GAN on your own machine writes the other parts.");
    ui.add_space(space::M);
    ui.label(theme::strong("Problem report", size::SECTION));
    widgets::caption(ui, "This is all that is copied. Paste it where you report a problem.");
    let mut shown = report; // can be selected, and not be changed
    widgets::card(ui, false).fill(theme.background).inner_margin(space::XS).show(ui, |ui| {
        widgets::scroll(ui, ScrollArea::vertical().id_salt("report").max_height(172.0), |ui| {
            let edit = TextEdit::multiline(&mut shown).desired_width(f32::INFINITY).desired_rows(8);
            ui.add(edit).accessible_name("Problem report");
        });
    });
    if widgets::text_button(ui, Icon::Copy, "Copy the report", None).clicked() {
        ui.ctx().copy_text(report.to_owned());
    }
    ui.add_space(space::M);
    ui.label(theme::strong("Licences", size::SECTION));
    widgets::scroll(ui, ScrollArea::vertical().id_salt("licences").max_height(140.0), |ui| {
        for block in LICENCES.split("\n\n").skip(1) {
            licence_block(block, theme, ui);
        }
    });
    let mut stay = Stay::Open;
    buttons(ui, |ui| {
        if ui.button("Close").clicked() {
            stay = Stay::Closed;
        }
    });
    stay
}

/// A heading, a table or a paragraph of Markdown, without its marks.
fn licence_block(block: &str, theme: &Theme, ui: &mut Ui) {
    let block = block.replace('`', "");
    if let Some(heading) = block.strip_prefix("## ") {
        ui.label(theme::strong(heading, size::BODY));
        return;
    }
    let is_table = block.starts_with('|');
    let lines: Vec<String> = if is_table {
        let rows = block.lines().filter(|row| !row.starts_with("|---")).skip(1);
        rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>().join(": ")).collect()
    } else {
        vec![block.replace('\n', " ")]
    };
    for line in lines {
        ui.label(RichText::new(line).color(theme.text_muted));
    }
    ui.add_space(space::XS);
}
