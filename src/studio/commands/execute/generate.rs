//! Asking for compositions, and choosing among their takes.

use std::{ops::Range, sync::Arc};

use super::{models, transport};
use crate::{
    engine_client::PartSpec,
    library::store::GenerationSettings,
    music::Tick,
    sound::Player,
    studio::{
        actions::GenerateAction,
        document::{
            Document,
            asked::{asked_score, is_free},
            rests,
        },
        pages::compose::generate::GenerateSettings,
        services::Services,
        state::Studio,
        toasts::Tone,
        words,
    },
};

/// Carries out what the generate panel asks for.
pub fn execute(
    action: GenerateAction,
    document: &mut Document,
    services: &mut Services,
    settings: &mut GenerateSettings,
) {
    match action {
        GenerateAction::ChooseModel(index) => models::choose(services, index),
        GenerateAction::PlayTake(take) => play_take(take, document, services),
        GenerateAction::WithoutTake => document.choose_take(None),
        GenerateAction::BringBackTakes => document.takes.bring_back(),
        GenerateAction::WritePart(name, wanted) => {
            services.change_preferences(|preferences| {
                if wanted {
                    preferences.left_out.remove(&name);
                } else {
                    preferences.left_out.insert(name);
                }
            });
        }
        GenerateAction::UseSeed(seed) => {
            settings.seed = seed;
            settings.new_seed = false;
            services.say(Tone::Plain, "With one take, this seed gives exactly these notes again");
        }
    }
}

/// Why no composition can be asked for now.
pub fn why_not(document: &Document, services: &Services) -> Option<String> {
    if services.engine.running.is_some() {
        return Some("A composition is under way".into());
    }
    if document.recording.is_some() {
        return Some("Stop recording first".into());
    }
    if document.score().melody_part().is_none_or(|part| part.notes.is_empty()) {
        return Some("There is no melody yet: choose one, play one or draw one".into());
    }
    services.models.why_not().or_else(|| services.engine.why_not())
}

/// Why a composition of all bars cannot be asked for now.
pub fn why_not_all(document: &Document, services: &Services) -> Option<String> {
    why_not(document, services).or_else(|| {
        let card = services.models.chosen()?.card.as_ref().ok()?;
        let is_written = |part: &PartSpec| {
            is_free(part, &card.parts, document.score()) && !services.preferences.left_out.contains(&part.name)
        };
        let is_nothing = !card.parts.is_empty() && !card.parts.iter().any(is_written);
        is_nothing.then(|| "Every part is locked or left out: choose one under “Parts to generate”".into())
    })
}

/// Why bars cannot be regenerated now, if they cannot.
pub fn why_not_vary(document: &Document, services: &Services) -> Option<String> {
    let score = document.score();
    let mut others = score.parts.iter().enumerate().filter(|(index, _)| Some(*index) != score.melody);
    if others.all(|(_, part)| part.notes.is_empty()) {
        return Some("There is nothing to regenerate yet: generate a composition first".into());
    }
    if score.metre.bar_start(document.bars_to_regenerate(services.playhead()).0) >= score.end() {
        return Some("There is no music in these bars: move the playhead, or the loop".into());
    }
    let (first, end) = document.bars_to_regenerate(services.playhead());
    let anew = score.metre.bar_start(first)..score.metre.bar_start(end);
    if rests::around_melody(score).iter().any(|rest| rest.start <= anew.start && anew.end <= rest.end) {
        let bars = words::bars((first, end));
        return Some(format!("The melody rests in {bars}: nothing new is written there"));
    }
    why_not_all(document, services)
}

/// Asks for a composition, of all bars or of some (from 0, the last one excluded) of what is heard now.
pub fn start(
    document: &mut Document,
    services: &mut Services,
    settings: &mut GenerateSettings,
    bars: Option<(u32, u32)>,
) {
    let Some(model) = services.models.chosen() else { return };
    let (name, folder) = (model.title().to_owned(), model.folder.path.clone());
    if settings.new_seed {
        settings.seed = fastrand::u64(1..1_000_000);
    }
    document.takes.expected = None;
    let score = if bars.is_some() { document.base() } else { Arc::clone(document.history.committed()) };
    let parts = model.card.as_ref().map_or(&[][..], |card| &card.parts);
    let settings = GenerationSettings {
        model: name,
        model_folder: folder,
        model_hash: String::new(), // filled in where it is kept
        iterations: model.card.as_ref().map_or(0, |card| card.iterations),
        seed: settings.seed,
        surprise: services.preferences.surprise,
        density: services.preferences.density,
        on_grid: services.preferences.on_grid,
        introduction: services.preferences.introduction,
        bars,
        score: Arc::new(asked_score(&score, parts, &services.preferences.left_out)),
    };
    let takes = services.preferences.takes;
    compose(document, services, settings, takes);
}

/// Asks for takes made like this.
pub fn compose(document: &mut Document, services: &mut Services, settings: GenerationSettings, takes: u32) {
    match services.engine.compose(&settings, takes) {
        Ok(()) => document.takes.begin_request(settings),
        Err(reason) => services.engine_stopped(&reason),
    }
}

/// Lets the take that came last be heard, the first of its request, unless the user chose another one meanwhile; and
/// plays it, where the user wants that.
pub fn listen_to_first(studio: &mut Studio) {
    let Studio { document, services, pages, .. } = studio;
    let Some(last) = document.takes.all().len().checked_sub(1) else { return };
    let request = services.engine.running.as_ref().map(|running| running.id);
    let is_wanted = pages.compose.welcome.take_came(request) || services.preferences.play_when_ready;
    if document.takes.chosen {
        return;
    }
    document.audition(Some(last));
    if is_wanted && !services.is_playing() && document.recording.is_none() {
        let begin = document.active_loop().map_or_else(|| written(document).start, |range| range.start);
        transport::play_from(begin, document, services);
    }
}

/// Lets the take be heard that the discriminator likes most by now, unless the user chose one or one is playing.
pub fn listen_to_better(studio: &mut Studio) {
    let Studio { document, services, .. } = studio;
    if let Some(take) = document.takes.better_offer().filter(|_| !services.is_playing()) {
        document.audition(Some(take));
    }
}

/// Chooses a take and plays it, from the playhead where that is in what is to be heard; the one that was chosen pauses,
/// or goes on.
fn play_take(take: usize, document: &mut Document, services: &mut Services) {
    let was_chosen = document.takes.chosen && document.takes.audition == Some(take);
    document.choose_take(Some(take));
    if document.recording.is_some() {
        return;
    }
    if !services.is_playing() {
        let heard = document.active_loop().unwrap_or_else(|| written(document));
        let playhead = services.playhead();
        // from where the user is, unless only a tail of less than a bar would be heard, as after recording
        let has_time = heard.contains(&playhead) && document.score().metre.bar_after(playhead) < heard.end;
        let from = if has_time { playhead } else { heard.start };
        transport::play_from(from, document, services);
    } else if was_chosen {
        services.sound.with_player(Player::pause);
    }
}

/// What the take that is heard has written: some bars, or all of the score.
fn written(document: &Document) -> Range<Tick> {
    let score = document.score();
    let bars = document.takes.heard().and_then(|heard| heard.settings.bars);
    bars.map_or(0..score.end(), |(first, end)| score.metre.bar_start(first)..score.metre.bar_start(end))
}

/// Listens to the next take, or the one before.
pub fn step_take(document: &mut Document, forward: bool) {
    let count = document.takes.all().len();
    let next = match (document.takes.audition, forward) {
        (Some(take), true) => (take + 1) % count.max(1),
        (Some(take), false) => (take + count).saturating_sub(1) % count.max(1),
        (None, true) => 0,
        (None, false) => count.saturating_sub(1),
    };
    document.choose_take(Some(next));
}
