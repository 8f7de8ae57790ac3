//! Musical time: ticks, the tempo map and the metre map.

mod metre;
mod tempo;

pub use self::{
    metre::{BarPosition, Metre, MetreChange, MetreMap},
    tempo::{TempoChange, TempoMap},
};

/// A point or span in musical time; [`TICKS_PER_QUARTER`] make a quarter note.
pub type Tick = u32;

/// The resolution of every score in memory and of every file we write.
pub const TICKS_PER_QUARTER: Tick = 480;

/// The last tick at which anything may end: the longest time that one event of a MIDI file can wait, and 77 hours at
/// 120 quarters a minute.
pub const MAX_TICK: Tick = 0x0FFF_FFFF;

/// What is in force from a tick on, until the next of its kind.
pub(in crate::music) trait Change: Clone {
    /// Where it begins.
    fn tick(&self) -> Tick;

    /// The same from another tick on.
    fn moved_to(self, tick: Tick) -> Self;
}

/// Changes sorted by tick, the last of each tick only.
pub(in crate::music) fn in_order<C: Change>(mut changes: Vec<C>) -> Vec<C> {
    changes.reverse(); // the sort is stable: the last of a tick comes first and stays
    changes.sort_by_key(Change::tick);
    changes.dedup_by_key(|change| change.tick());
    changes
}

/// Sorted changes from a tick on, the one in force there moved to it.
pub(in crate::music) fn from_tick<C: Change>(changes: &[C], tick: Tick) -> Vec<C> {
    let after = changes.partition_point(|change| change.tick() <= tick);
    let in_force = after.checked_sub(1).map(|last| changes[last].clone().moved_to(tick));
    in_force.into_iter().chain(changes[after..].iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_tempi() -> TempoMap {
        TempoMap::from_changes(vec![TempoChange { tick: 960, micros_per_quarter: 1_000_000 }])
    }

    #[test]
    fn seconds_follow_tempo_changes() {
        let map = two_tempi();
        assert_eq!(map.seconds_from_tick(960), 1.0);
        assert_eq!(map.seconds_from_tick(960 + 480), 2.0);
        assert_eq!(map.tick_from_seconds(1.5), 960.0 + 240.0);
        assert_eq!(map.qpm_at(959), 120.0);
        assert_eq!(map.qpm_at(960), 60.0);
    }

    #[test]
    fn the_last_change_of_a_tick_wins() {
        let change = |micros_per_quarter| TempoChange { tick: 0, micros_per_quarter };
        let map = TempoMap::from_changes(vec![change(1), change(2)]);
        assert_eq!(map.changes(), &[change(2)]);
    }

    #[test]
    fn positions_across_metres() {
        let three = Metre::new(3, 4).expect("3/4 is a metre");
        let map = MetreMap::from_changes(vec![MetreChange { tick: 2 * 1920, metre: three }]);
        assert_eq!(map.position(1920 + 480), BarPosition { bar: 1, beat: 1, tick: 0 });
        assert_eq!(map.position(2 * 1920 + 1440 + 481), BarPosition { bar: 3, beat: 1, tick: 1 });
        assert_eq!(map.bar_start(3), 2 * 1920 + 1440);
        assert_eq!(map.bar_start(1), 1920);
    }

    #[test]
    fn one_change_is_turned_and_the_others_stay() {
        let map = two_tempi();
        let faster = map.with_qpm_at(1500, 90.0);
        assert_eq!([0, 959, 960, 5000].map(|tick| faster.qpm_at(tick).round()), [120.0, 120.0, 90.0, 90.0]);
        let slower = map.with_qpm_at(0, 30.0);
        assert_eq!([0, 960].map(|tick| slower.qpm_at(tick)), [30.0, 60.0]);
        assert_eq!(TempoMap::constant(90.0).with_qpm_at(77, 91.0), TempoMap::constant(91.0));

        let [three, two] =
            [(3, 4), (2, 4)].map(|(numerator, denominator)| Metre::new(numerator, denominator).expect("a metre"));
        let metres = MetreMap::from_changes(vec![MetreChange { tick: 1920, metre: three }]);
        let turned = metres.with_metre_at(1920, two);
        assert_eq!([0, 1919, 1920].map(|tick| turned.metre_at(tick)), [Metre::FOUR_FOUR, Metre::FOUR_FOUR, two]);
        assert_eq!(metres.with_metre_at(0, two).metre_at(1920), three);
    }

    #[test]
    fn nonsense_metres_do_not_exist() {
        assert!(Metre::new(0, 4).is_none() && Metre::new(4, 3).is_none() && Metre::new(4, 128).is_none());
    }
}
