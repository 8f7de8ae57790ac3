//! The channels of a zone as one voice.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use super::super::parts::BANKS;
use super::super::track::{RawControl, RawNote, Voice, end, kind_of, place, time_of};
use super::each_note::{CHANNELS, ChannelNote, EachNote};
use crate::music::parameters::Parameters;
use crate::music::{Control, ControlEvent, Pitch};

/// By how many semitones and cents members and managers bend where nothing else is said.
const MEMBERS_BEND: [u8; 2] = [48, 0];
const MANAGERS_BEND: [u8; 2] = [2, 0];
/// The controller of a finger's slide ("timbre"), and where it rests.
const SLIDE: u8 = 74;
const SLIDE_AT_REST: i32 = 64;
/// Controllers from here on are modes: they end notes. The one that resets bends and the like.
const FIRST_MODE: u8 = 120;
const RESET: u8 = 121;
/// A semitone, in the unit of the bends here, and how far beside one nobody hears.
const SEMITONE: i32 = 1000;
const UNHEARD: i32 = 50;
/// The least range that a wheel is given, in semitones: what it has where nothing is said.
const LEAST_RANGE: i32 = 2;

/// How many notes lost their own bend, and how many their own pressure or slide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    pub bends: usize,
    pub others: usize,
}

impl AddAssign for LeftOut {
    fn add_assign(&mut self, more: Self) {
        self.bends += more.bends;
        self.others += more.others;
    }
}

/// What is said on each channel: when, and what.
type Said = [Vec<(i64, i32)>; CHANNELS];

/// What is said in a zone.
struct ZoneControls {
    manager: u8,
    parameters: [Parameters; CHANNELS],
    members_bend: [u8; 2],
    managers_bend: [u8; 2],
    bends: Said,
    pressures: Said,
    slides: Said,
    /// What holds for all notes, and what was said last of each kind.
    of_all: Vec<RawControl>,
    last: BTreeMap<usize, Control>,
}

/// The voices of a zone as one.
pub fn one_voice<'a>(voices: impl Iterator<Item = &'a Voice>, manager: u8) -> (Voice, LeftOut) {
    let mut channel = (0, 0, manager);
    let mut notes: Vec<(RawNote, u8)> = Vec::new();
    let mut said: Vec<(RawControl, u8)> = Vec::new();
    for voice in voices {
        let (song, port, of) = voice.channel;
        channel = (song, port, manager);
        notes.extend(voice.notes.iter().map(|note| (*note, of)));
        said.extend(voice.controls.iter().map(|control| (*control, of)));
    }
    notes.sort_by_key(|((note, fine, _), _)| (note.start, *fine));
    said.sort_by_key(|((event, fine), _)| (event.tick, *fine)); // stable: channels in their order
    let mut zone = ZoneControls::new(manager);
    for (control, of) in said {
        zone.take(control, of);
    }
    let of_channels: Vec<ChannelNote> = notes
        .iter()
        .map(|((note, begins, ends), of)| {
            let start = place((note.start, *begins));
            ChannelNote { start, end: place((note.end(), *ends)).max(start + 1), channel: *of }
        })
        .collect();
    let of_manager = std::mem::take(&mut zone.bends[usize::from(manager)]);
    let bends = EachNote::new(&of_channels, zone.bends, 0);
    let pressures = EachNote::new(&of_channels, zone.pressures, 0);
    let slides = EachNote::new(&of_channels, zone.slides, SLIDE_AT_REST);
    let is_whole = |bend: i32| (bend + SEMITONE / 2).rem_euclid(SEMITONE).abs_diff(SEMITONE / 2) <= UNHEARD as u32;
    let count = |lost: &[bool]| lost.iter().filter(|lost| **lost).count();
    let (no_pressure, no_slide) = (pressures.lost(|value| value == 0), slides.lost(|value| value == SLIDE_AT_REST));
    let others: Vec<bool> = no_pressure.into_iter().zip(no_slide).map(|(one, other)| one || other).collect();
    let left_out = LeftOut { bends: count(&bends.lost(is_whole)), others: count(&others) };
    for ((raw, _), semitones) in notes.iter_mut().zip(bends.steps_of_crowded(SEMITONE)) {
        let pitch = raw.0.pitch;
        raw.0.pitch = semitones.and_then(|semitones| pitch.transposed(semitones)).unwrap_or(pitch);
    }
    let mut controls = wheel(&sum(&of_manager, &bends.heard()));
    // what sets the range stands first
    let range = controls.iter().take_while(|(event, _)| !matches!(event.control, Control::PitchBend(_))).count();
    controls.splice(range..range, zone.of_all);
    let control = |(at, control): (i64, Control)| {
        let (tick, fine) = time_of(at);
        (ControlEvent { tick, control }, fine)
    };
    let pressures = pressures.heard().into_iter().map(|(at, value)| (at, Control::Pressure(value as u8)));
    let slides = slides.heard().into_iter().map(|(at, value)| (at, controller(SLIDE, value as u8)));
    controls.extend(pressures.chain(slides).map(control));
    controls.sort_by_key(|(event, fine)| (event.tick, *fine));
    let notes = ended_in_order(notes.into_iter().map(|(note, _)| note).collect());
    (Voice { channel, notes, controls, is_zone: true }, left_out)
}

const fn controller(number: u8, value: u8) -> Control {
    Control::Controller { number, value }
}

impl ZoneControls {
    fn new(manager: u8) -> Self {
        Self {
            manager,
            parameters: [Parameters::START; CHANNELS],
            members_bend: MEMBERS_BEND,
            managers_bend: MANAGERS_BEND,
            bends: Said::default(),
            pressures: Said::default(),
            slides: Said::default(),
            of_all: Vec::new(),
            last: BTreeMap::new(),
        }
    }

    /// Takes the next control of a channel.
    fn take(&mut self, (event, fine): RawControl, channel: u8) {
        let (at, of, is_member) = (place((event.tick, fine)), usize::from(channel), channel != self.manager);
        match event.control {
            Control::PitchBend(bend) => {
                let [semitones, cents] = if is_member { self.members_bend } else { self.managers_bend };
                let range = i32::from(semitones) * SEMITONE + i32::from(cents) * SEMITONE / 100;
                self.bends[of].push((at, i32::from(bend) * range / 8192));
            }
            Control::Pressure(value) if is_member => self.pressures[of].push((at, value.into())),
            Control::Controller { number: SLIDE, value } if is_member => self.slides[of].push((at, value.into())),
            Control::Controller { number, value } if Parameters::are_meant(number) => {
                self.set_parameter((event, fine), channel, (number, value));
            }
            Control::Controller { number: RESET, .. } => {
                self.bends[of].push((at, 0));
                if is_member {
                    self.pressures[of].push((at, 0));
                    self.slides[of].push((at, SLIDE_AT_REST));
                }
            }
            // they would end notes of other channels
            Control::Controller { number: FIRST_MODE.., .. } => {}
            control => {
                // members often repeat what the manager says; a program also takes the bank
                let is_instrument = match control {
                    Control::Controller { number, .. } => BANKS.contains(&number),
                    control => matches!(control, Control::Program(_)),
                };
                if self.last.insert(kind_of(control), control) != Some(control) || is_instrument {
                    self.of_all.push((event, fine));
                }
            }
        }
    }

    /// Takes a controller that selects or sets a parameter. Only the manager's tuning is kept as it is.
    fn set_parameter(&mut self, (event, fine): RawControl, channel: u8, (number, value): (u8, u8)) {
        let is_member = channel != self.manager;
        let parameters = &mut self.parameters[usize::from(channel)];
        if parameters.zone_members(number, value).is_some() && !is_member {
            (self.members_bend, self.managers_bend) = (MEMBERS_BEND, MANAGERS_BEND);
        }
        match parameters.apply(number, value) {
            Some((Parameters::BEND_RANGE, range)) if is_member => self.members_bend = range,
            Some((Parameters::BEND_RANGE, range)) => self.managers_bend = range,
            Some((parameter, value)) if !is_member => {
                let set = Parameters::setting(parameter as u8, value);
                let event = |(number, value)| ControlEvent { control: controller(number, value), ..event };
                self.of_all.extend(set.map(|set| (event(set), fine)));
            }
            _ => {}
        }
    }
}

/// What two say together, each from some times on.
fn sum(one: &[(i64, i32)], other: &[(i64, i32)]) -> Vec<(i64, i32)> {
    let of_both = one.iter().map(|said| (*said, 0)).chain(other.iter().map(|said| (*said, 1)));
    let mut of_both: Vec<((i64, i32), usize)> = of_both.collect();
    of_both.sort_by_key(|((at, _), _)| *at); // stable
    let (mut now, mut last) = ([0, 0], 0);
    let mut sums = Vec::new();
    for at_once in of_both.chunk_by(|one, next| one.0.0 == next.0.0) {
        for ((_, value), whose) in at_once {
            now[*whose] = *value;
        }
        let sum = now[0] + now[1];
        if sum != last {
            sums.push((at_once[0].0.0, sum));
            last = sum;
        }
    }
    sums
}

/// Bends as a pitch wheel says them, behind the range that they need.
fn wheel(bends: &[(i64, i32)]) -> Vec<RawControl> {
    let farthest = bends.iter().map(|(_, bend)| bend.abs()).max().unwrap_or(0);
    let range = ((farthest + SEMITONE - 1) / SEMITONE).clamp(LEAST_RANGE, 127);
    let mut controls: Vec<RawControl> = Vec::new();
    if range > LEAST_RANGE {
        let set = Parameters::setting(Parameters::BEND_RANGE as u8, [range as u8, 0]).into_iter();
        let set = set.chain(Parameters::NO_SELECTION);
        controls.extend(set.map(|(number, value)| (ControlEvent { tick: 0, control: controller(number, value) }, 0)));
    }
    controls.extend(bends.iter().map(|(at, bend)| {
        let (tick, fine) = time_of(*at);
        let bend = (f64::from(*bend) * 8192.0 / f64::from(range * SEMITONE)).round().clamp(-8192.0, 8191.0);
        (ControlEvent { tick, control: Control::PitchBend(bend as i16) }, fine)
    }));
    controls
}

/// Notes of one key that were on several channels end in the order in which they began, as on one channel.
fn ended_in_order(mut notes: Vec<RawNote>) -> Vec<RawNote> {
    let mut by_key: BTreeMap<Pitch, Vec<usize>> = BTreeMap::new();
    for (index, (note, ..)) in notes.iter().enumerate() {
        by_key.entry(note.pitch).or_default().push(index);
    }
    for indices in by_key.into_values() {
        let end_of = |index: &usize| place((notes[*index].0.end(), notes[*index].2));
        let mut ends: Vec<i64> = indices.iter().map(end_of).collect();
        ends.sort_unstable();
        for (index, at) in indices.into_iter().zip(ends) {
            end(&mut notes[index], time_of(at));
        }
    }
    notes
}
