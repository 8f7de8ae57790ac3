//! The curves of a run, and how they are shown.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

use eframe::egui::{Context, Rect};

use super::curves::Curves;
use crate::engine_client::run_folder::Change;

/// Points that each chart may smooth anew in a frame: about half a millisecond of work.
const SMOOTHED_A_FRAME: usize = 150_000;

/// What is asked for beside the charts.
#[derive(Clone, Debug, PartialEq)]
pub enum ChartsAction {
    /// Lay the curves of this run, of this name, under these.
    Compare(PathBuf, String),
    /// Write the curves of all runs.
    ExportAll,
    /// Keep what is shown there as a picture, now.
    TakePicture(Rect),
}

/// How far the picture of a chart is. The buttons go first, so that it shows the chart alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Picture {
    /// These charts give none.
    Never,
    /// Nobody has asked for one.
    Possible,
    /// Of what is there; the frame that is drawn has its buttons yet.
    Wanted(Rect),
    /// So many frames have been drawn without buttons.
    Coming(Rect, u8),
}

/// Another run, laid under the one that is shown.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// Its folder.
    pub folder: PathBuf,
    /// What it is called.
    pub name: String,
    /// Its curves.
    pub curves: Curves,
}

/// A line to be drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The column of the curves.
    pub column: String,
    /// What it is called.
    pub name: String,
    /// Its colour.
    pub color: eframe::egui::Color32,
    /// What the data have, dashed.
    pub data: Option<f64>,
}

/// The curves, and how they are shown.
#[derive(Debug)]
pub struct Charts {
    /// The curves.
    pub curves: Curves,
    /// Where settings were changed on the way.
    pub changes: Vec<Change>,
    /// What the held-out music itself measures, by column.
    pub reference: BTreeMap<String, f64>,
    /// The weight of what came before in the smoothed lines, from 0 to 1.
    pub smoothing: f64,
    /// Whether the axes are logarithmic.
    pub logarithmic: bool,
    /// Whether the newest points are kept in view.
    pub follow: bool,
    /// The iterations shown, where that is not all of them.
    pub visible: Option<Range<f64>>,
    /// The iteration under the pointer.
    pub cursor: Option<f64>,
    /// The same in this frame, as far as its charts are drawn.
    pub pointed_at: Option<f64>,
    /// The metric whose values are shown part by part.
    pub metric: String,
    /// Columns whose lines are not drawn.
    pub hidden: BTreeSet<String>,
    /// Another run, laid under this one.
    pub overlay: Option<Overlay>,
    /// Whether a picture is being taken.
    pub picture: Picture,
}

impl Default for Charts {
    fn default() -> Self {
        Self {
            curves: Curves::default(),
            changes: Vec::new(),
            reference: BTreeMap::new(),
            smoothing: 0.6,
            logarithmic: false,
            follow: true,
            visible: None,
            cursor: None,
            pointed_at: None,
            metric: "scale_consistency".into(),
            hidden: BTreeSet::new(),
            overlay: None,
            picture: Picture::Possible,
        }
    }
}

impl Charts {
    /// Has the lines of a chart smoothed as the slider says. What takes longer than a frame comes with later ones;
    /// until then the line stays as it was.
    pub fn smooth(&mut self, ctx: &Context, drawn: &[Drawn]) {
        let overlay = self.overlay.as_mut().map(|overlay| &mut overlay.curves);
        let mut budget = SMOOTHED_A_FRAME;
        for curves in [&mut self.curves].into_iter().chain(overlay) {
            for line in drawn {
                if !curves.get(&line.column).smooth(self.smoothing, &mut budget) {
                    ctx.request_repaint();
                }
            }
        }
    }

    /// Metrics that were measured of some part.
    pub fn metrics(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self.curves.0.keys().filter_map(|column| Some(column.split_once('/')?.1)).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// The picture that is to be taken in this frame, over some frames after it was asked for.
    pub fn picture_to_take(&mut self, ctx: &Context) -> Option<Rect> {
        /// Frames without buttons before a picture is taken, and when it is taken for certain.
        const FRAMES: (u8, u8) = (1, 3);
        let (rect, frames) = match self.picture {
            Picture::Never | Picture::Possible => return None,
            Picture::Wanted(rect) => (rect, 0),
            Picture::Coming(rect, frames) => (rect, frames + 1),
        };
        self.picture = if frames < FRAMES.1 { Picture::Coming(rect, frames) } else { Picture::Possible };
        ctx.request_repaint();
        (frames == FRAMES.0).then_some(rect)
    }
}
