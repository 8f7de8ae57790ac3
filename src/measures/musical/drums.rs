//! The counting of the kit's measures, in passages of 16 bars.

use std::collections::HashMap;

use super::counting::{FIRST_TO_COME_BACK, LEAST_BACK};
use super::{Measure, Tally};
use crate::corpus::Planes;
use crate::measures::drums::{KitBar, fills, is_backbeat, kit_bars};
use crate::measures::lines::Voices;

const PASSAGE_BARS: usize = 16;
/// Bars as like as this are the same but for details.
const NEARLY: f64 = 0.75;

/// Counts the kit of a piece; passages of less than half the length, and silent ones, are left out.
pub fn count(tally: &mut Tally, kit: &Planes, voices: &Voices, steps_per_bar: usize) {
    let bars = kit_bars(kit, steps_per_bar);
    for passage in bars.chunks(PASSAGE_BARS) {
        let is_short = passage.len() * 2 < PASSAGE_BARS && bars.len() > PASSAGE_BARS;
        if !is_short && !passage.iter().all(KitBar::is_silent) {
            returns(tally, passage);
            turns(tally, passage, steps_per_bar);
        }
    }
    for note in voices.bass.iter().flat_map(|bass| &voices.lines[*bass].notes) {
        if let Some(bar) = bars.get(note.step / steps_per_bar).filter(|bar| !bar.is_silent()) {
            tally.count(Measure::BassOnKick, bar.has_kick(note.step % steps_per_bar));
        }
    }
}

fn returns(tally: &mut Tally, passage: &[KitBar]) {
    passage.windows(2).for_each(|pair| tally.add(Measure::KitLikeBefore, (pair[0].likeness(&pair[1]), 1.0)));
    let count = passage.len() as f64;
    let mut distinct: HashMap<&KitBar, u32> = HashMap::new();
    let mut nearly: Vec<&KitBar> = Vec::new();
    for bar in passage {
        *distinct.entry(bar).or_default() += 1;
        if !nearly.iter().any(|other| other.likeness(bar) >= NEARLY) {
            nearly.push(bar);
        }
    }
    tally.add(Measure::KitDifferent, (distinct.len() as f64, count));
    tally.add(Measure::KitDifferentByAQuarter, (nearly.len() as f64, count));
    tally.add(Measure::KitMostFrequent, (distinct.values().max().map_or(0.0, |most| f64::from(*most)), count));
    for now in FIRST_TO_COME_BACK..passage.len() {
        tally.count(Measure::KitComesBack, passage[..=now - LEAST_BACK].contains(&passage[now]));
    }
}

fn turns(tally: &mut Tally, passage: &[KitBar], steps_per_bar: usize) {
    for bar in passage.iter().filter(|bar| !bar.is_silent()) {
        if let Some(is) = is_backbeat(bar, steps_per_bar) {
            tally.count(Measure::Backbeat, is);
        }
    }
    let fills = fills(passage, steps_per_bar);
    let mut phases = [0.0; 4];
    for (nth, is_fill) in fills.iter().enumerate() {
        tally.count(Measure::Fills, *is_fill);
        if *is_fill {
            phases[nth % 4] += 1.0;
            if let Some(next) = passage.get(nth + 1) {
                tally.count(Measure::CrashAfterFill, next.begins_with_crash());
            }
        }
    }
    tally.add(Measure::FillsOnOnePhase, (phases.iter().copied().fold(0.0, f64::max), phases.iter().sum()));
}
