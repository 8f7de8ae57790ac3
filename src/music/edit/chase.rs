//! What controllers, wheels and program a part is set to at a tick, and what must be said for it to be set otherwise.
//!
//! Bars that are moved, copied or taken out leave what lies around them as it sounded: a pedal that was pressed in them
//! is not held for ever, and one that was pressed before them is pressed again behind.

use std::collections::BTreeMap;

use super::ControlKind;
use crate::music::{Control, ControlEvent, Part, Tick, parameters::Parameters};

/// What a part is set to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// Of each kind that the part has anywhere.
    values: BTreeMap<ControlKind, i16>,
    /// Where the part has changes of program.
    program: Option<u8>,
}

impl State {
    /// What a part is set to just before a tick.
    pub(super) fn before(part: &Part, tick: Tick) -> Self {
        let mut state = Self::default();
        for event in &part.controls {
            if let Control::Program(program) = event.control {
                let known = state.program.get_or_insert(part.program);
                if event.tick < tick {
                    *known = program;
                }
            } else if let Some((kind, value)) = ControlKind::of(event.control).filter(|(kind, _)| is_chased(*kind)) {
                let known = state.values.entry(kind).or_insert_with(|| kind.at_start(part));
                if event.tick < tick {
                    *known = value;
                }
            }
        }
        state
    }

    /// The same without program and bank: for a part of another instrument.
    pub(super) fn without_program(mut self) -> Self {
        self.program = None;
        self.values.retain(|kind, _| !is_bank(*kind));
        self
    }

    /// What must be said at a tick for a part that is set like this to be set as is wanted. Banks come before programs.
    pub(super) fn changes_to(&self, wanted: &Self, part: &Part, tick: Tick) -> Vec<ControlEvent> {
        let value = |state: &Self, kind: ControlKind| state.values.get(&kind).copied();
        let kinds: std::collections::BTreeSet<ControlKind> =
            self.values.keys().chain(wanted.values.keys()).copied().collect();
        let mut says_bank = false;
        let mut changes = Vec::new();
        for kind in kinds {
            let [now, then] = [self, wanted].map(|state| value(state, kind).unwrap_or_else(|| kind.at_start(part)));
            if now != then {
                says_bank |= is_bank(kind);
                changes.push(ControlEvent { tick, control: kind.control(then) });
            }
        }
        let [now, then] = [self, wanted].map(|state| state.program.unwrap_or(part.program));
        if now != then || says_bank {
            changes.push(ControlEvent { tick, control: Control::Program(then) });
        }
        changes
    }
}

/// Says these at their tick, ahead of what is said there already; what is said of the same kind there counts.
pub(super) fn say(part: &mut Part, changes: Vec<ControlEvent>) {
    let Some(tick) = changes.first().map(|event| event.tick) else { return };
    let at = part.controls.partition_point(|event| event.tick < tick);
    let there = part.controls[at..].iter().take_while(|event| event.tick == tick);
    let said: Vec<_> = there.map(|event| kind_of(event.control)).collect();
    let new: Vec<ControlEvent> =
        changes.into_iter().filter(|change| !said.contains(&kind_of(change.control))).collect();
    part.controls.splice(at..at, new);
    part.normalise_controls();
}

/// Whether an event at the very start sets the part up, whatever its bars hold.
pub(super) fn sets_up(event: ControlEvent) -> bool {
    event.tick == 0 && (is_program(event.control) || is_parameter(event.control))
}

/// Whether an event says which instrument plays.
pub(super) fn is_program(control: Control) -> bool {
    matches!(control, Control::Program(_) | Control::Controller { number: 0 | 32, .. })
}

/// Whether an event is part of what cannot be said in one event, or no value at all.
pub(super) const fn is_parameter(control: Control) -> bool {
    matches!(control, Control::Controller { number, .. } if Parameters::are_meant(number) || number >= 120)
}

fn is_chased(kind: ControlKind) -> bool {
    !matches!(kind, ControlKind::Controller(number) if Parameters::are_meant(number) || number >= 120)
}

const fn is_bank(kind: ControlKind) -> bool {
    matches!(kind, ControlKind::Controller(0 | 32))
}

/// What tells kinds of events apart: a controller's kind, or that it is a program.
pub(super) fn kind_of(control: Control) -> Option<ControlKind> {
    ControlKind::of(control).map(|(kind, _)| kind)
}
