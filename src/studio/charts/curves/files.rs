//! The curves in a run's folder: tables that grow, read on where they were left.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use super::Curves;
use crate::engine_client::curves::present_name;
use crate::engine_client::run_folder::{self, METRICS_FILE, PARTS_FILE, REFERENCE_FILE};

/// All tables of a run.
#[derive(Debug)]
pub struct CurveFiles([Tail; 2]);

impl CurveFiles {
    /// Those of the run in this folder, from their beginning.
    pub fn new(folder: &Path) -> Self {
        Self([METRICS_FILE, PARTS_FILE].map(|file| Tail::new(folder.join(file))))
    }

    /// The points that are new, if there are any, and whether they replace what was there.
    pub fn read(&mut self) -> Option<(Curves, bool)> {
        let reset = self.0.iter().any(Tail::was_replaced);
        let mut curves = Curves::default();
        let mut any = reset;
        for tail in &mut self.0 {
            if reset {
                tail.rewind();
            }
            any |= tail.read(&mut curves);
        }
        any.then_some((curves, reset))
    }
}

/// All curves of a run.
pub fn read_curves(folder: &Path) -> Curves {
    CurveFiles::new(folder).read().map(|(curves, _)| curves).unwrap_or_default()
}

/// What the held-out music of a run itself measures.
pub fn read_reference(folder: &Path) -> BTreeMap<String, f64> {
    let text = run_folder::read_small(&folder.join(REFERENCE_FILE));
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// A growing table, read on where it was left.
#[derive(Debug)]
struct Tail {
    path: PathBuf,
    columns: Vec<String>,
    offset: u64,
    identity: Option<u64>,
}

impl Tail {
    const fn new(path: PathBuf) -> Self {
        Self { path, columns: Vec::new(), offset: 0, identity: None }
    }

    /// Whether another file has its name now, or it has become shorter: a resumed run drops what came after its
    /// checkpoint.
    fn was_replaced(&self) -> bool {
        match std::fs::metadata(&self.path) {
            Ok(now) => now.len() < self.offset || (self.offset > 0 && identity(&now) != self.identity),
            Err(_) => self.offset > 0,
        }
    }

    fn rewind(&mut self) {
        (self.offset, self.columns) = (0, Vec::new());
    }

    /// Reads the whole lines that are new.
    fn read(&mut self, curves: &mut Curves) -> bool {
        let Ok(mut file) = std::fs::File::open(&self.path) else {
            return false;
        };
        self.identity = file.metadata().ok().as_ref().and_then(identity);
        if file.seek(SeekFrom::Start(self.offset)).is_err() {
            return false;
        }
        let mut reader = BufReader::with_capacity(1 << 20, file);
        let mut line = String::new();
        let mut any = false;
        loop {
            line.clear();
            match reader.read_line(&mut line) {
                Ok(1..) if line.ends_with('\n') => {}
                _ => return any, // the end, or a line that is being written
            }
            self.offset += line.len() as u64;
            let row = line.trim_end();
            if self.columns.is_empty() {
                self.columns = row.split(',').map(|column| present_name(column).to_owned()).collect();
            } else {
                push_row(curves, &self.columns, row);
                any = true;
            }
        }
    }
}

/// Adds a row: the first number is the iteration; what is empty, was not measured then.
fn push_row(curves: &mut Curves, columns: &[String], row: &str) {
    let mut fields = row.split(',');
    let Some(Ok(x)) = fields.next().map(str::parse::<f64>) else {
        return;
    };
    for (column, field) in columns.iter().skip(1).zip(fields) {
        if let Ok(y) = field.trim().parse() {
            curves.get(column).push(x, y);
        }
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn identity(metadata: &std::fs::Metadata) -> Option<u64> {
    Some(std::os::unix::fs::MetadataExt::ino(metadata))
}

#[cfg(not(unix))]
fn identity(_: &std::fs::Metadata) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::charts::curves::As;
    use crate::whole_file;

    #[test]
    fn rows_become_curves_and_come_in_order() {
        let columns: Vec<String> = ["iteration", "a", "b"].map(String::from).to_vec();
        let mut curves = Curves::default();
        push_row(&mut curves, &columns, "1,0.5,");
        push_row(&mut curves, &columns, "what,is,this");
        let mut newer = Curves::default();
        push_row(&mut newer, &columns, "2,0.25,7");
        push_row(&mut newer, &columns, "2,9,9");
        curves.extend(newer);
        assert_eq!(curves.get("a").points(0.0..9.0, 10, As::Raw), [[1.0, 0.5], [2.0, 0.25]]);
        assert_eq!(curves.get("b").last(), Some([2.0, 7.0]));
    }

    #[test]
    fn a_table_is_read_on_and_begun_again_when_it_was_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(METRICS_FILE);
        std::fs::write(&path, "iteration,loss\n1,0.5\n2,0.").unwrap();
        let mut files = CurveFiles::new(folder.path());
        let mut last = || files.read().map(|(mut curves, reset)| (curves.get("loss").last(), reset));
        assert_eq!(last(), Some((Some([1.0, 0.5]), false)));
        std::fs::write(&path, "iteration,loss\n1,0.5\n2,0.25\n").unwrap();
        assert_eq!(last(), Some((Some([2.0, 0.25]), false)));
        assert_eq!(last(), None);
        whole_file::replace(&path, b"iteration,loss\n1,0.5\n").unwrap();
        assert_eq!(last(), Some((Some([1.0, 0.5]), true)));
    }

    #[test]
    fn columns_of_earlier_versions_have_their_present_names() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(METRICS_FILE), "iteration,critic_loss,critic_auc\n1,0.5,0.75\n").unwrap();
        let curves = read_curves(folder.path());
        let last = |column: &str| curves.0[column].last();
        assert_eq!((last("discriminator_loss"), last("discriminator_auc")), (Some([1.0, 0.5]), Some([1.0, 0.75])));
        assert_eq!(curves.0.len(), 2);
    }
}
