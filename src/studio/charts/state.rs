//! The curves of a run, and how they are shown.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::thread;

use eframe::egui::{Color32, Context, Rect, Vec2, emath::GuiRounding as _, vec2};

use super::axis::SECONDS;
use super::curves::{Curve, Curves};
use super::marks;
use crate::engine_client::{curves::Curve as Column, protocol::Loss, run_folder::Change};
use crate::plural::counted;
use crate::studio::{chart_choices::ChartChoices, theme::Theme};

/// Points that all charts together may smooth anew in a frame: half a millisecond of work for each of two threads.
const SMOOTHED_A_FRAME: usize = 240_000;
/// How large the picture of a chart is, in points, where the window is.
const PICTURE: Vec2 = vec2(1000.0, 620.0);
/// Where curves have more points, it is worth a second thread.
const LONG: usize = 50_000;

/// What is asked for beside the charts.
#[derive(Clone, Debug, PartialEq)]
pub enum ChartsAction {
    /// Lay the curves of this run into these charts.
    Compare(PathBuf),
    /// Write the curves of all runs.
    ExportAll,
    /// Keep what is shown there as a picture, now; what it shows, and of which runs.
    TakePicture(Rect, String),
}

/// How far the picture of a chart is. For some frames it is drawn over the page, larger and without buttons, and with
/// all that says what it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// These charts give none.
    Never,
    /// Nobody has asked for one.
    Possible,
    /// Of the chart of this title, which has been drawn so for so many frames.
    Coming(String, u8),
}

/// Another run, laid into the charts of the one that is shown.
#[derive(Clone, Debug)]
pub struct ComparedRun {
    /// Its folder.
    pub folder: PathBuf,
    /// What it is called.
    pub name: String,
    /// Its curves.
    pub curves: Curves,
    /// Which loss it was told to use; `None` where its network has one of its own.
    pub loss: Option<Loss>,
    /// The number of its colour; given when it is laid in.
    pub color: u8,
    /// Whether it is left out for now.
    pub is_hidden: bool,
}

impl ComparedRun {
    /// A run whose curves are still to come.
    pub fn new(folder: PathBuf, name: String, loss: Option<Loss>) -> Self {
        Self { folder, name, curves: Curves::default(), loss, color: 0, is_hidden: false }
    }
}

/// A line to be drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The column of the curves.
    pub column: String,
    /// What it is called.
    pub name: String,
    /// Its colour, where one run is shown.
    pub color: Color32,
    /// What the data have, dashed.
    pub data: Option<f64>,
    /// Its place in its chart, by which it is told from others where colours tell runs.
    pub place: usize,
    /// Whether it keeps its colour beside other runs, so that marks alone tell runs.
    pub keeps_color: bool,
}

impl Drawn {
    /// Its colour for the run with this number, where several are shown.
    pub fn color_of(&self, run: u8, theme: &Theme) -> Color32 {
        if self.keeps_color { self.color } else { marks::color(run, theme) }
    }
}

/// The curves, and how they are shown.
#[derive(Debug)]
pub struct Charts {
    /// What the run is called.
    pub name: String,
    /// The curves.
    pub curves: Curves,
    /// Which loss the run was told to use; `None` where its network has one of its own.
    pub loss: Option<Loss>,
    /// Where settings were changed on the way.
    pub changes: Vec<Change>,
    /// What the held-out music itself measures, by column.
    pub reference: BTreeMap<String, f64>,
    /// How they are looked at.
    pub choices: ChartChoices,
    /// Whether the newest points are kept in view.
    pub follow: bool,
    /// The stretch of the axis that is shown, where that is not all of it.
    pub visible: Option<Range<f64>>,
    /// The values that a chart shows, by its title, where a box was drawn in it.
    pub heights: BTreeMap<String, Range<f64>>,
    /// The place on the axis under the pointer.
    pub cursor: Option<f64>,
    /// The same in this frame, as far as its charts are drawn.
    pub pointed_at: Option<f64>,
    /// The parts in their order, by which each has the colour that it has elsewhere; those that are not known come
    /// last.
    pub parts: Vec<String>,
    /// Samples without a note, by iteration: no metric could be measured of them.
    pub silent: Vec<u64>,
    /// The number of its colour, where others are laid beside.
    pub color: u8,
    /// Other runs, laid into the same charts.
    pub compared: Vec<ComparedRun>,
    /// Whether the run itself is left out for now, while others are shown.
    pub hides_own: bool,
    /// Curves that have a chart before they have a point, each with what it waits for, so that no chart changes its
    /// place when the first points come.
    pub awaited: Vec<(Column, String)>,
    /// Whether a picture is being taken.
    pub picture: Picture,
    /// Whether what is drawn now is the picture.
    pub in_picture: bool,
}

impl Default for Charts {
    fn default() -> Self {
        Self {
            name: String::new(),
            curves: Curves::default(),
            loss: Some(Loss::default()),
            changes: Vec::new(),
            reference: BTreeMap::new(),
            choices: ChartChoices::default(),
            follow: true,
            visible: None,
            heights: BTreeMap::new(),
            cursor: None,
            pointed_at: None,
            parts: Vec::new(),
            silent: Vec::new(),
            color: 0,
            compared: Vec::new(),
            hides_own: false,
            awaited: Vec::new(),
            picture: Picture::Possible,
            in_picture: false,
        }
    }
}

impl Charts {
    /// Has all lines smoothed as the slider says. What takes longer than a frame comes with later ones, evenly for all
    /// lines; until then a line stays as it was.
    pub fn smooth(&mut self, ctx: &Context) {
        let weight = self.choices.smoothing;
        let others = self.compared.iter_mut().filter(|run| !run.is_hidden).map(|run| &mut run.curves);
        let all = std::iter::once(&mut self.curves).chain(others).flat_map(|curves| curves.0.iter_mut());
        let mut drawn: Vec<&mut Curve> = all.filter(|(column, _)| *column != SECONDS).map(|(_, curve)| curve).collect();
        let is_unfinished: Vec<bool> = drawn.iter_mut().map(|curve| !curve.smooth(weight, &mut 0)).collect();
        if !is_unfinished.contains(&true) {
            // the slider rests: a curve in each frame
            for curve in &mut drawn {
                if curve.give_back() {
                    break;
                }
            }
            return;
        }
        let mut unfinished: Vec<&mut Curve> =
            drawn.into_iter().zip(is_unfinished).filter_map(|(curve, is)| is.then_some(curve)).collect();
        let share = SMOOTHED_A_FRAME / unfinished.len().max(1);
        let smooth = |curves: &mut [&mut Curve]| {
            for curve in curves {
                if !curve.smooth(weight, &mut share.clone()) {
                    ctx.request_repaint();
                }
            }
        };
        let half = unfinished.len().div_ceil(2);
        let (here, there) = unfinished.split_at_mut(half);
        let is_long = there.iter().any(|curve| curve.len() > LONG);
        thread::scope(|scope| {
            if is_long {
                scope.spawn(|| smooth(there));
            } else {
                smooth(there);
            }
            smooth(here);
        });
    }

    /// Lays another run in, once, in the first colour that no other has.
    pub fn compare(&mut self, mut run: ComparedRun) {
        if self.compared.iter().any(|known| known.folder == run.folder) {
            return;
        }
        run.color = self.free_color(Some(self.color));
        self.compared.push(run);
    }

    /// The first colour that no run has which is laid in, nor the one that is `taken`.
    fn free_color(&self, taken: Option<u8>) -> u8 {
        let is_free = |color: &u8| Some(*color) != taken && self.compared.iter().all(|known| known.color != *color);
        (0..=u8::MAX).find(is_free).unwrap_or(0)
    }

    /// The charts of another run, looked at in the same way and with the same runs beside it. Where it was one of
    /// these, the run that was shown takes its place: what lies together stays together, each in its colour.
    #[must_use]
    pub fn turned_to(mut self, before: Option<PathBuf>, folder: &Path, name: String) -> Self {
        let mut turned = Self { name, ..Self::default() };
        if let Some(place) = self.compared.iter_mut().find(|run| run.folder == folder) {
            let own = ComparedRun {
                curves: self.curves,
                color: self.color,
                is_hidden: self.hides_own,
                ..ComparedRun::new(before.unwrap_or_default(), self.name, self.loss)
            };
            let chosen = std::mem::replace(place, own);
            (turned.curves, turned.loss, turned.color) = (chosen.curves, chosen.loss, chosen.color);
            self.compared.retain(|run| !run.folder.as_os_str().is_empty());
        } else {
            turned.color = self.free_color(None);
        }
        Self { choices: self.choices, compared: self.compared, ..turned }
    }

    /// A run that is laid in has another folder now, or none any more.
    pub fn run_moved(&mut self, from: &Path, to: Option<(&Path, &str)>) {
        match to {
            Some((to, name)) => self.compared.iter_mut().filter(|run| run.folder == from).for_each(|run| {
                (run.folder, run.name) = (to.to_owned(), name.to_owned());
            }),
            None => self.compared.retain(|run| run.folder != from),
        }
        self.hides_own &= self.is_comparing();
    }

    /// Takes points of a run that was laid in, which replace those that were there or come after them.
    pub fn take_compared(&mut self, folder: &Path, curves: Curves, replaced: bool) {
        let Some(run) = self.compared.iter_mut().find(|run| run.folder == folder) else { return };
        if replaced {
            run.curves = curves;
        } else {
            run.curves.extend(curves);
        }
    }

    /// Whether there is something to be drawn of a column: a run that begins lies beside others at once.
    pub fn has_points(&self, column: &str) -> bool {
        let others = self.compared.iter().map(|run| &run.curves);
        let mut all = std::iter::once(&self.curves).chain(others);
        all.any(|curves| curves.0.get(column).is_some_and(|curve| !curve.is_empty()))
    }

    /// Whether several runs are shown, so that colours tell runs and dashes tell curves.
    pub fn is_comparing(&self) -> bool {
        !self.compared.is_empty()
    }

    /// Whether losses of different kinds are shown together, whose sizes tell nothing of each other.
    pub fn has_different_losses(&self) -> bool {
        let own = (!self.hides_own).then_some(self.loss);
        let others = self.compared.iter().filter(|run| !run.is_hidden).map(|run| run.loss);
        let mut shown = own.into_iter().chain(others);
        let first = shown.next();
        shown.any(|loss| Some(loss) != first)
    }

    /// The place on the axis of the newest point of all runs that are shown.
    pub fn newest(&self) -> f64 {
        let others = self.compared.iter().filter(|run| !run.is_hidden).map(|run| &run.curves);
        let places = std::iter::once(&self.curves).chain(others).map(|curves| {
            let last = curves.0.values().filter_map(Curve::last).map(|point| point[0]).fold(0.0, f64::max);
            self.choices.axis.place(curves, last)
        });
        places.fold(1.0, f64::max)
    }

    /// Shows all of it.
    pub fn show_all(&mut self) {
        self.visible = None;
        self.heights.clear();
    }

    /// Metrics that were measured of some part.
    pub fn metrics(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self.curves.0.keys().filter_map(|column| Some(column.split_once('/')?.1)).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// Where the picture lies: in the middle of the window, of a size that can be read anywhere.
    pub fn picture_rect(ctx: &Context) -> Rect {
        let window = ctx.content_rect();
        Rect::from_center_size(window.center(), PICTURE.min(window.size())).round_to_pixels(ctx.pixels_per_point())
    }

    /// The names of the runs that are shown; of many, how many there are.
    pub fn names_shown(&self) -> String {
        /// So many are named.
        const NAMED: usize = 3;
        let own = (!self.hides_own).then_some(self.name.as_str());
        let others = self.compared.iter().filter(|run| !run.is_hidden).map(|run| run.name.as_str());
        let mut names: Vec<String> = own.into_iter().chain(others).map(str::to_owned).collect();
        if names.len() > NAMED {
            let others = names.len() - 1;
            names.truncate(1);
            names.push(counted(others, "other"));
        }
        names.join(", ")
    }

    /// The picture that is to be taken in this frame, and the title of its chart, over some frames after it was asked
    /// for.
    pub fn picture_to_take(&mut self, ctx: &Context) -> Option<(Rect, String)> {
        /// Frames in which it is drawn before it is taken, and until it is taken for certain.
        const FRAMES: (u8, u8) = (2, 4);
        let Picture::Coming(title, frames) = &mut self.picture else { return None };
        *frames += 1;
        let (title, frames) = (title.clone(), *frames);
        if frames > FRAMES.1 {
            self.picture = Picture::Possible;
        }
        ctx.request_repaint();
        (frames == FRAMES.0).then(|| (Self::picture_rect(ctx), title))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(name: &str) -> ComparedRun {
        ComparedRun::new(name.into(), name.to_owned(), None)
    }

    #[test]
    fn a_run_that_is_compared_gets_what_it_learns_on() {
        let mut charts = Charts::default();
        charts.compare(run("a"));
        let points = |from: i32, to: i32| {
            let mut curves = Curves::default();
            (from..=to).for_each(|x| curves.get("similarity").push(f64::from(x), 0.5));
            curves
        };
        let mut take = |folder: &str, curves, replaced| {
            charts.take_compared(Path::new(folder), curves, replaced);
            charts.compared[0].curves.0["similarity"].len()
        };
        assert_eq!(take("a", points(1, 4), false), 4);
        assert_eq!(take("a", points(5, 6), false), 6);
        assert_eq!(take("b", points(7, 9), false), 6, "of another run");
        assert_eq!(take("a", points(1, 3), true), 3, "it went back to its checkpoint");
        assert!(charts.has_points("similarity") && !charts.has_points("copying"), "though its own has none yet");
    }

    #[test]
    fn runs_that_lie_together_stay_together_when_another_of_them_is_shown() {
        let mut charts = Charts { name: "a".into(), ..Charts::default() };
        charts.choices.smoothing = 0.9;
        for name in ["b", "c"] {
            charts.compare(run(name));
        }
        let look = |charts: &Charts| {
            let compared: Vec<(String, u8)> = charts.compared.iter().map(|run| (run.name.clone(), run.color)).collect();
            (charts.name.clone(), charts.color, compared)
        };
        let pair = |name: &str, color| (name.to_owned(), color);
        let charts = charts.turned_to(Some("a".into()), Path::new("c"), "c".into());
        assert_eq!(look(&charts), ("c".into(), 2, vec![pair("b", 1), pair("a", 0)]));
        // one that is not among them is shown with them, and has a colour of its own
        let charts = charts.turned_to(Some("c".into()), Path::new("d"), "d".into());
        assert_eq!(look(&charts), ("d".into(), 2, vec![pair("b", 1), pair("a", 0)]));
        // and so it is when no run was shown in between
        let mut charts = charts.turned_to(None, Path::new("b"), "b".into());
        assert_eq!(look(&charts), ("b".into(), 1, vec![pair("a", 0)]));
        assert_eq!(charts.choices.smoothing, 0.9);
        charts.run_moved(Path::new("a"), Some((Path::new("z"), "z")));
        assert_eq!(look(&charts).2, [pair("z", 0)]);
        charts.run_moved(Path::new("z"), None);
        assert!(!charts.is_comparing());
    }

    #[test]
    fn a_picture_is_named_by_the_runs_in_it() {
        let mut charts = Charts { name: "a".into(), ..Charts::default() };
        assert_eq!(charts.names_shown(), "a");
        charts.compare(run("b"));
        charts.compare(run("c"));
        assert_eq!(charts.names_shown(), "a, b, c");
        charts.hides_own = true;
        assert_eq!(charts.names_shown(), "b, c");
        charts.hides_own = false;
        charts.compare(run("d"));
        assert_eq!(charts.names_shown(), "a, 3 others");
    }

    #[test]
    fn each_run_has_a_colour_of_its_own_and_stands_once() {
        let mut charts = Charts::default();
        for name in ["a", "b", "a", "c"] {
            charts.compare(run(name));
        }
        let colors = |charts: &Charts| charts.compared.iter().map(|run| run.color).collect::<Vec<_>>();
        assert_eq!(colors(&charts), [1, 2, 3]);
        charts.compared.remove(1);
        charts.compare(run("d"));
        assert_eq!(colors(&charts), [1, 3, 2]);
    }
}
