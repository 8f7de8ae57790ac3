//! What else people call commands, so that a search finds them.

use super::{BarsCommand as Bars, Command, RollCommand as Roll};
use crate::{
    music::edit::MarkKind,
    studio::page::{ComposeView, Page},
};

/// What else people call a command, in words that its title has not.
pub(super) const fn also_called(command: Command) -> &'static str {
    match command {
        Command::NewScore => "create file song piece",
        Command::OpenProject => "load file",
        Command::SaveProject => "backup file",
        Command::ImportMidi => "load song",
        Command::ExportMidi => "save daw",
        Command::ExportSomeMidi => "tracks stems loop section",
        Command::ExportAudio => "stems wav flac mp3 ogg render bounce mixdown sound",
        Command::ExportSheet => "score notation print",
        Command::ExportPage => "html share browser",
        Command::Publish => "upload share",
        Command::Bars(Bars::SelectBar) => "marquee range time selection arrangement",
        Command::Bars(Bars::InsertTime) => "silence empty open up",
        Command::Bars(Bars::DeleteTime) => "remove close up ripple",
        Command::Bars(Bars::DuplicateTime) => "repeat section again",
        Command::Mark(_, MarkKind::Section) => "marker label form verse chorus",
        Command::Mark(_, MarkKind::Chord) => "harmony symbol",
        Command::Mark(_, MarkKind::Tempo) | Command::ToggleTempoTrack => "bpm speed map",
        Command::Mark(_, MarkKind::Metre) => "meter metre beats",
        Command::Roll(Roll::AddNote) => "insert new draw",
        Command::Roll(Roll::Delete) => "remove erase clear",
        Command::Roll(Roll::ToggleVelocityLane) => "dynamics loudness",
        Command::Roll(Roll::Louder | Roll::Softer) => "velocity volume dynamics",
        Command::AddPart => "insert new track instrument",
        Command::RemovePart => "delete track",
        Command::QuantiseWith => "quantize snap timing",
        Command::Humanise => "humanize timing",
        Command::Stretch => "tempo double half",
        Command::ToggleLoop => "repeat cycle section",
        Command::ToggleMetronome => "click",
        Command::TapTempo => "bpm speed",
        Command::Generate => "compose accompany ai write model",
        Command::VaryBars => "section again rewrite model",
        Command::ToggleLeftPanel => "instruments tracks rename volume",
        Command::ToggleRightPanel => "choose model settings surprise density seed",
        Command::ChooseSoundFont => "instruments sounds presets sf2",
        Command::View(ComposeView::Mixer) => "volume pan faders reverb chorus levels",
        Command::View(ComposeView::Arrangement) => "sections chords form clips tracks song",
        Command::View(ComposeView::Roll) => "notes edit",
        Command::NextRegion | Command::PreviousRegion => "region pane area keyboard",
        Command::ToggleTheme => "colours night day",
        Command::KeySheet => "keys help",
        Command::Show(Page::Library) => "restore bin deleted recent find",
        Command::Welcome => "tour tutorial introduction help",
        _ => "",
    }
}
