//! Training: set up, started, told what to do, and what came of it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    engine_client::{
        ModelCard,
        networks::NETWORKS,
        protocol::TrainRequest,
        run_folder::{self, RunState},
    },
    music::{Score, midi_file},
    plural::counted,
    studio::{
        actions::{Action, EngineAction, FileAction, ListenAction, TrainAction},
        charts::ComparedRun,
        commands::Command,
        page::Page,
        pages::train::TrainPage,
        services::{
            Services,
            files::Purpose,
            jobs::Poster,
            session::write_whole,
            training::{
                self, Watched, export,
                run::{RunInfo, RunNews, name_of},
                setup::Beginning,
            },
        },
        toasts::Tone,
        words::lower_first,
    },
};

/// No sample is larger.
const MOST_SAMPLE_BYTES: u64 = 1 << 20;

/// Carries out what is asked for around training.
pub fn execute(action: TrainAction, services: &mut Services, page: &mut TrainPage) {
    match action {
        TrainAction::Select(run) => select(run, services, page),
        TrainAction::LearnFrom(folder) => {
            page.setup.data = folder.display().to_string();
            page.form_is_begun = false;
            select(None, services, page);
        }
        TrainAction::StartFrom(model) => {
            let plan = |card: &ModelCard| NETWORKS.iter().find(|plan| plan.name == card.network);
            if let Some(plan) = model.card.as_ref().ok().and_then(plan) {
                page.setup.network = plan.name;
            }
            page.setup.name = format!("{} further", model.title());
            let is_base = services.models.base_of(page.setup.plan()).map(|base| &base.folder) == Some(&model.folder);
            page.setup.from = if is_base { Beginning::Base } else { Beginning::Model(model.folder.path.clone()) };
            page.form_is_begun = false;
            select(None, services, page);
            services.ask(Command::Show(Page::Train));
            services.tell(format!("Choose training data for {} now", model.title()));
        }
        TrainAction::OpenRun(folder) => open_run(folder, services, page),
        TrainAction::RunMoved(from, to) => {
            let name = to.as_deref().map(name_of).unwrap_or_default();
            if let Some(to) = &to {
                services.models.renamed(&from, to.clone());
            }
            page.charts_mut().run_moved(&from, to.as_deref().map(|to| (to, name.as_str())));
            if page.selected() == Some(&from) {
                select(to, services, page);
            }
        }
        TrainAction::Start => {
            if let Some(out) = page.setup.take_free_folder(services.session.models_folder().as_deref()) {
                let per_epoch = page.data.iterations_per_epoch(&page.setup);
                let base = services.models.base_of(page.setup.plan()).map(|model| model.folder.path.clone());
                train(page.setup.request(out, per_epoch, base), services, page);
            }
        }
        TrainAction::Resume(run, iterations) => {
            if let Some(run) = services.training.run(&run) {
                train(TrainRequest { resume: true, iterations, ..run.request.clone() }, services, page);
            }
        }
        TrainAction::Started(folder, Ok(line)) => services.training.connect(folder, line),
        TrainAction::Started(_, Err(reason)) => services.fail(format!("The training could not be started: {reason}")),
        TrainAction::Control(folder, control) => {
            services.training.ask(&folder, control);
            services.jobs.spawn("telling a training", move |poster| {
                if let Err(error) = run_folder::put_control(&folder, control) {
                    poster.ask(TrainAction::NotReached(folder, error.to_string()));
                }
            });
        }
        TrainAction::NotReached(folder, reason) => {
            services.training.give_up(&folder);
            services.fail(format!("The training cannot be reached ({reason}): {}", folder.display()));
        }
        TrainAction::News(news) => take_news(*news, services, page),
        TrainAction::Scan(scan) => services.jobs.spawn("looking through the data", move |poster| {
            let survey = scan.run(&|| poster.ctx().request_repaint());
            poster.ask(TrainAction::Scanned(scan, Box::new(survey)));
        }),
        TrainAction::Scanned(scan, survey) => page.data.take(&scan, *survey),
        TrainAction::Correct(correction) => services.jobs.spawn("correcting a role", move |poster| {
            poster.ask(match correction.keep() {
                Ok(()) => TrainAction::DataChanged.into(),
                Err(reason) => Action::Say(Tone::Error, format!("The correction could not be saved: {reason}")),
            });
        }),
        TrainAction::DataChanged => page.data.forget(),
        TrainAction::ReadSample(iteration) => {
            if let Some(shown) = &page.shown
                && let Some((_, path)) = shown.samples.files.iter().find(|(known, _)| *known == iteration).cloned()
            {
                let run = shown.folder.clone();
                services.jobs.spawn("reading a sample", move |poster| {
                    poster.ask(TrainAction::SampleRead(run, iteration, read_sample(&path).map(Arc::new)));
                });
            }
        }
        TrainAction::SampleRead(run, iteration, score) => {
            if let Some(shown) = page.shown.as_mut().filter(|shown| shown.folder == run) {
                shown.samples.scores.insert(iteration, score);
            }
        }
        TrainAction::ReadOriginal => {
            if let Some(shown) = &page.shown
                && let Some(path) = shown.samples.original.clone()
            {
                let run = shown.folder.clone();
                services.jobs.spawn("reading a piece", move |poster| {
                    poster.ask(TrainAction::OriginalRead(run, read_sample(&path).map(Arc::new)));
                });
            }
        }
        TrainAction::OriginalRead(run, score) => {
            if let Some(shown) = page.shown.as_mut().filter(|shown| shown.folder == run) {
                shown.samples.real = score;
            }
        }
        TrainAction::Compare(folder) => {
            if let Some(run) = services.training.run(&folder) {
                page.charts_mut().compare(ComparedRun::new(folder, run.name(), run.request.chosen_loss()));
            }
        }
        TrainAction::ExportCurves(path) => {
            let runs = services.training.runs().iter().map(|run| (run.name(), run.folder.clone())).collect::<Vec<_>>();
            services.jobs.spawn("writing curves", move |poster| {
                say_written(poster, "table", &path, export::write_table(&runs, &path));
            });
        }
        TrainAction::TakePicture(rect, name) => {
            let (pixels_per_point, poster) = (services.ctx.pixels_per_point(), services.jobs.poster());
            services.ctx.request_screenshot(move |image| {
                poster.ask(match export::cut_out(&image, rect, pixels_per_point) {
                    Ok(png) => TrainAction::PictureTaken(name, png).into(),
                    Err(reason) => Action::Say(Tone::Error, format!("The chart could not be saved: {reason}")),
                });
            });
        }
        TrainAction::PictureTaken(name, png) => {
            page.picture = Some((name, png));
            services.ask(FileAction::Ask(Purpose::Picture));
        }
        TrainAction::ExportPicture(path) => {
            if let Some((_, png)) = page.picture.take() {
                services.jobs.spawn("writing a picture", move |poster| {
                    say_written(poster, "picture", &path, write_whole(&path, &png));
                });
            }
        }
    }
}

/// Takes what engines say, and has the runs watched: those under way are seen from every page.
pub fn poll(services: &mut Services, page: &mut TrainPage) {
    if services.training.has_searched() {
        page.compare_kept(&services.training);
    }
    let watched = Watched {
        data: services.session.data_folder(),
        run: page.selected().map(Into::into),
        compared: page.charts().compared.iter().map(|run| run.folder.clone()).collect(),
    };
    let poster = services.jobs.poster();
    services.training.watch(poster, watched);
    for failure in services.training.failures() {
        services.fail(failure);
    }
}

fn select(run: Option<PathBuf>, services: &Services, page: &mut TrainPage) {
    if page.select(run) {
        services.ask(ListenAction::Stop);
    }
}

fn open_run(folder: PathBuf, services: &mut Services, page: &mut TrainPage) {
    if run_folder::read_request(&folder).is_none() {
        services.fail(format!("There is no training in this folder: {}", folder.display()));
        return;
    }
    training::register(services.session.data_folder().as_deref(), &folder);
    services.ask(Command::Show(Page::Train));
    select(Some(folder), services, page);
}

/// Starts an engine for a training, beside the window.
fn train(request: TrainRequest, services: &mut Services, page: &mut TrainPage) {
    let request = TrainRequest { threads: services.preferences.threads.map(usize::from), ..request };
    let out = request.out.clone();
    services.training.begins(&out);
    select(Some(out.clone()), services, page);
    let (starter, data, wake) = (services.engine.starter(), services.session.data_folder(), services.ctx.clone());
    services.jobs.spawn("starting a training", move |poster| {
        let started = training::start(&starter, request, data.as_deref(), move || wake.request_repaint());
        poster.ask(TrainAction::Started(out, started));
    });
}

/// Takes what is new of the runs there are.
fn take_news(mut news: RunNews, services: &mut Services, page: &mut TrainPage) {
    if let Some(runs) = news.runs.take() {
        // what was under way when the window opened is shown at once
        let first = runs.iter().find(|run| run.alive).map(|run| run.folder.clone());
        if !services.training.has_searched() && page.shown.is_none() && first.is_some() {
            select(first, services, page);
        }
        for (run, asked) in services.training.take_runs(runs) {
            services.ask(EngineAction::FindModels);
            if services.training.tells_end(&run.folder) {
                let (tone, text) = end_of(&run);
                services.say(tone, text);
            }
            if let Some(iterations) = asked.filter(|_| run.status.state == RunState::Complete) {
                services.say(
                    Tone::Warning,
                    format!(
                        "{} was complete before the change to {} reached it; Train further… goes on from there",
                        run.name(),
                        counted(iterations as usize, "iteration")
                    ),
                );
            }
        }
    }
    for (folder, curves, replaced) in news.compared.drain(..) {
        page.charts_mut().take_compared(&folder, curves, replaced);
    }
    let Some(shown) = &mut page.shown else { return };
    if news.folder.as_ref() == Some(&shown.folder) {
        shown.take(news);
    }
}

/// How a run ended.
fn end_of(run: &RunInfo) -> (Tone, String) {
    let name = run.name();
    match run.status.state {
        RunState::Complete | RunState::Stopped => (Tone::Good, format!("{name}: {}", lower_first(&run.status.message))),
        RunState::Failed => {
            (Tone::Error, format!("{name} failed; what was checkpointed is kept: {}", run.status.message))
        }
        RunState::Starting | RunState::Learning | RunState::Paused => {
            (Tone::Error, format!("{name} ended unexpectedly; it can be resumed from its last checkpoint"))
        }
    }
}

fn say_written(poster: &Poster, what: &str, path: &Path, written: std::io::Result<()>) {
    poster.ask(match written {
        Ok(()) => Action::Say(Tone::Good, format!("Saved to {}", path.display())),
        Err(error) => Action::Say(Tone::Error, format!("The {what} could not be saved ({error}): {}", path.display())),
    });
}

fn read_sample(path: &Path) -> Option<Score> {
    let metadata = std::fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > MOST_SAMPLE_BYTES {
        return None;
    }
    midi_file::read(&std::fs::read(path).ok()?).ok()
}
