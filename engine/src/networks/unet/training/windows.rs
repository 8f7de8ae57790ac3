//! The windows that `unet` learns from, kept on the device it learns on: a batch is gathered, moved and unpacked there.

use tch::{Device, Kind, Tensor};

use crate::networks::unet::{STEPS, TRACKS};
use crate::random::Source;
use cantus::corpus::{Dataset, Split, Window, WindowShape};
use cantus::music::grid::PITCHES;
use cantus::music::{Grid, Role};

/// Semitones a window is moved by in training, at most.
const TRANSPOSED: i32 = 6;
/// Pitches that share a byte.
const PACKED: usize = 8;
const BYTES: usize = PITCHES / PACKED;

/// Two-bar windows of all training pieces.
#[derive(Debug)]
pub struct Windows {
    /// What sounds, a bit a pitch: \[steps of all pieces + 1, TRACKS, BYTES\]; the last step is silent.
    steps: Tensor,
    /// First step and length of each window.
    places: Vec<(i64, i64)>,
    silent_step: i64,
    device: Device,
}

impl Windows {
    /// The windows of the training pieces, the melody in the first track and a role in each of the others.
    pub fn new(dataset: &Dataset, roles: &[Role], device: Device) -> Self {
        let shape = WindowShape { bars: 2, hop_bars: 1, steps_per_bar: None };
        let mut packed: Vec<u8> = Vec::new();
        let mut first_steps = vec![0; dataset.pieces.len()];
        let mut all_steps = 0;
        for (index, piece) in dataset.pieces.iter().enumerate().filter(|(_, piece)| piece.split == Split::Train) {
            first_steps[index] = all_steps as i64;
            let parts: Vec<Option<&Grid>> =
                std::iter::once(Some(&piece.melody)).chain(roles.iter().map(|&role| piece.part(role))).collect();
            packed.resize((all_steps + piece.steps()) * TRACKS as usize * BYTES, 0);
            for step in 0..piece.steps() {
                for (track, part) in parts.iter().enumerate() {
                    let at = ((all_steps + step) * TRACKS as usize + track) * BYTES;
                    for pitch in part.iter().flat_map(|part| part.sounding(step)) {
                        packed[at + pitch / PACKED] |= 1 << (pitch % PACKED);
                    }
                }
            }
            all_steps += piece.steps();
        }
        packed.resize((all_steps + 1) * TRACKS as usize * BYTES, 0);
        let place = |window: &Window| (first_steps[window.piece] + window.first_step as i64, window.steps as i64);
        let windows = dataset.windows(Split::Train, shape);
        Self {
            steps: Tensor::from_slice(&packed).view([-1, TRACKS, BYTES as i64]).to_device(device),
            places: windows.iter().filter(|window| window.steps <= STEPS).map(place).collect(),
            silent_step: all_steps as i64,
            device,
        }
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.places.len()
    }

    /// Tracks of windows drawn at random (\[count, TRACKS, STEPS, PITCHES\], -1 and +1), each in a key of its own.
    pub fn batch(&self, count: usize, source: &mut Source) -> Tensor {
        let (mut steps, mut shifts) = (Vec::with_capacity(count * STEPS), Vec::with_capacity(count));
        for _ in 0..count {
            let (first, length) = self.places[source.below(self.places.len())];
            steps.extend((0..STEPS as i64).map(|step| if step < length { first + step } else { self.silent_step }));
            shifts.push(source.below(2 * TRANSPOSED as usize) as i64 - i64::from(TRANSPOSED) + 1);
        }
        let to_device = |numbers: &[i64]| Tensor::from_slice(numbers).to_device(self.device);
        self.gather(count as i64, &to_device(&steps), &to_device(&shifts))
    }

    fn gather(&self, count: i64, steps: &Tensor, shifts: &Tensor) -> Tensor {
        let whole = (Kind::Int64, self.device);
        let packed = self.steps.index_select(0, steps).unsqueeze(-1);
        let bits = Tensor::from_slice(&[1_u8, 2, 4, 8, 16, 32, 64, 128]).to_device(self.device);
        let sounding = packed.bitwise_and_tensor(&bits).ne(0).view([count, STEPS as i64, TRACKS, PITCHES as i64]);
        // a pitch sounds where one so many semitones lower sounds in the piece
        let from = Tensor::arange(PITCHES as i64, whole).unsqueeze(0) - shifts.unsqueeze(1);
        let within = from.ge(0).logical_and(&from.lt(PITCHES as i64)).view([count, 1, 1, -1]);
        let from = from.clamp(0, PITCHES as i64 - 1).view([count, 1, 1, -1]);
        let moved = sounding.gather(3, &from.expand_as(&sounding), false).logical_and(&within);
        moved.permute([0, 2, 1, 3]).to_kind(Kind::Float).contiguous() * 2.0 - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::unet::cells_from_grid;
    use crate::random::Purpose;
    use crate::testing::chorales;

    #[test]
    fn batches_are_the_windows_cells_moved() {
        let dataset = chorales(4);
        let roles = [Role::Alto, Role::Bass];
        let windows = Windows::new(&dataset, &roles, Device::Cpu);
        assert_eq!(windows.len(), 9); // three training pieces of four bars
        let source = || Source::new(5, Purpose::Training, 1);
        let tracks = windows.batch(6, &mut source());
        assert_eq!(tracks.size(), [6, TRACKS, 32, 128]);
        let shape = WindowShape { bars: 2, hop_bars: 1, steps_per_bar: None };
        let all = dataset.windows(Split::Train, shape);
        let mut source = source();
        for nth in 0..6 {
            let window = all[source.below(9)];
            let shift = source.below(12) as i32 - 5;
            let melody = window.melody(&dataset);
            let parts = roles.iter().map(|&role| window.part(&dataset, role));
            for (track, grid) in std::iter::once(melody).chain(parts).enumerate() {
                let cells = Vec::<f32>::try_from(tracks.get(nth).get(track as i64).contiguous().view(-1)).unwrap();
                assert_eq!(cells, cells_from_grid(&grid, shift), "window {nth}, track {track}");
            }
        }
        assert_eq!(tracks.narrow(1, 3, 1).max().double_value(&[]), -1.0); // there is no fourth part
    }

    #[test]
    fn shorter_bars_leave_silence() {
        let mut dataset = chorales(3);
        for piece in &mut dataset.pieces {
            piece.steps_per_bar = 12;
        }
        let windows = Windows::new(&dataset, &[Role::Bass], Device::Cpu);
        let tracks = windows.batch(4, &mut Source::new(1, Purpose::Training, 0));
        let last = tracks.narrow(2, 24, 8).max().double_value(&[]);
        assert!(last == -1.0 && tracks.narrow(2, 0, 24).max().double_value(&[]) == 1.0);
    }
}
