//! Registered parameters (RPN): bend range and tuning, which are set by several controllers one after the other.
//!
//! What counts is what they come to: played from anywhere, a channel has the range and tuning that it would have, had
//! all been played from the beginning.

/// How many of the registered parameters are known: bend range, fine and coarse tuning, tuning program and bank.
const KNOWN: usize = 5;
/// The one that makes channels a zone of MIDI Polyphonic Expression, which is for whoever reads files.
const MPE_CONFIGURATION: u8 = 6;
/// The controllers that select and set parameters.
const DATA: u8 = 6;
const DATA_FINE: u8 = 38;
const INCREMENT: u8 = 96;
const NRPN_FINE: u8 = 98;
const NRPN: u8 = 99;
const RPN_FINE: u8 = 100;
const RPN: u8 = 101;
/// What both halves of a selection are where nothing is selected.
const NOTHING: u8 = 127;

/// The parameters of a channel, and which of them the next data are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Coarse and fine value of each that was set.
    values: [Option<[u8; 2]>; KNOWN],
    /// Coarse and fine number of what is selected.
    selected: [u8; 2],
    /// Whether that is one of a maker's own (NRPN), which mean nothing here.
    is_makers: bool,
}

impl Parameters {
    /// By how many semitones the pitch wheel bends, and cents beside them.
    pub const BEND_RANGE: usize = 0;

    /// Nothing set, nothing selected.
    pub const START: Self = Self { values: [None; KNOWN], selected: [NOTHING; 2], is_makers: false };

    /// What deselects.
    pub const NO_SELECTION: [(u8, u8); 2] = [(RPN, NOTHING), (RPN_FINE, NOTHING)];

    /// Whether a controller is about parameters.
    pub const fn are_meant(controller: u8) -> bool {
        matches!(controller, DATA | DATA_FINE | INCREMENT..=RPN)
    }

    /// Takes a controller that is; returns the parameter that it sets, with its coarse and fine value.
    pub fn apply(&mut self, controller: u8, value: u8) -> Option<(usize, [u8; 2])> {
        match controller {
            RPN | NRPN => (self.selected[0], self.is_makers) = (value, controller == NRPN),
            RPN_FINE | NRPN_FINE => (self.selected[1], self.is_makers) = (value, controller == NRPN_FINE),
            _ => {
                let known = usize::from(self.selected[1]);
                if self.is_makers || self.selected[0] != 0 || known >= KNOWN {
                    return None;
                }
                let [coarse, fine] = self.values[known].unwrap_or(Self::usual(known));
                let set = match controller {
                    DATA => [value, fine],
                    DATA_FINE => [coarse, value],
                    INCREMENT => [(coarse + 1).min(127), fine],
                    _ => [coarse.saturating_sub(1), fine], // decrement
                };
                self.values[known] = Some(set);
                return Some((known, set));
            }
        }
        None
    }

    /// How many member channels a controller gives to the zone of its channel, if it is MPE's configuration message.
    pub const fn zone_members(&self, controller: u8, value: u8) -> Option<u8> {
        let is_meant = controller == DATA && !self.is_makers && matches!(self.selected, [0, MPE_CONFIGURATION]);
        if is_meant { Some(value) } else { None }
    }

    /// The controllers that select a parameter and set its coarse and fine value, in order.
    pub const fn setting(parameter: u8, [coarse, fine]: [u8; 2]) -> [(u8, u8); 4] {
        [(RPN, 0), (RPN_FINE, parameter), (DATA, coarse), (DATA_FINE, fine)]
    }

    /// What a parameter is before it is set.
    const fn usual(parameter: usize) -> [u8; 2] {
        match parameter {
            0 => [2, 0],      // two semitones
            1 | 2 => [64, 0], // in tune
            _ => [0, 0],
        }
    }

    /// Nothing is selected; what was set stays.
    pub const fn deselect(&mut self) {
        (self.selected, self.is_makers) = ([NOTHING; 2], false);
    }

    /// The controllers that set back what is not as usual and select nothing, in order; none where nothing was done.
    pub fn set_back(&self, mut send: impl FnMut(u8, u8)) {
        let mut after = *self;
        for (parameter, value) in (0_u8..).zip(&self.values) {
            let usual = Self::usual(parameter.into());
            if value.is_some_and(|value| value != usual) {
                for (controller, value) in Self::setting(parameter, usual) {
                    after.apply(controller, value);
                    send(controller, value);
                }
            }
        }
        if (after.selected, after.is_makers) != ([NOTHING; 2], false) {
            for (controller, value) in Self::NO_SELECTION {
                send(controller, value);
            }
        }
    }

    /// Whether `wanted` is reached from here by setting parameters: none was set that is not set there.
    pub fn can_become(&self, wanted: &Self) -> bool {
        self.values.iter().zip(&wanted.values).all(|(has, wants)| has.is_none() || wants.is_some())
    }

    /// The controllers that set these parameters anew and select what is selected, in order.
    pub fn for_each(&self, mut send: impl FnMut(u8, u8)) {
        let mut selected = Self::START;
        for (parameter, value) in (0_u8..).zip(&self.values).filter_map(|(n, value)| Some((n, (*value)?))) {
            selected.selected = [0, parameter];
            for (controller, value) in Self::setting(parameter, value) {
                send(controller, value);
            }
        }
        if (selected.selected, selected.is_makers) != (self.selected, self.is_makers) {
            let (coarse, fine) = if self.is_makers { (NRPN, NRPN_FINE) } else { (RPN, RPN_FINE) };
            send(coarse, self.selected[0]);
            send(fine, self.selected[1]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(controllers: &[(u8, u8)]) -> Parameters {
        let mut parameters = Parameters::START;
        for &(controller, value) in controllers {
            parameters.apply(controller, value);
        }
        parameters
    }

    fn again(parameters: &Parameters) -> Vec<(u8, u8)> {
        let mut sent = Vec::new();
        parameters.for_each(|controller, value| sent.push((controller, value)));
        sent
    }

    #[test]
    fn they_are_set_again_in_the_order_that_makes_sense() {
        let range = [(RPN_FINE, 0), (RPN, 0), (DATA, 12)];
        assert_eq!(again(&after(&range)), [(RPN, 0), (RPN_FINE, 0), (DATA, 12), (DATA_FINE, 0)]);
        let then_nothing = [&range[..], &[(RPN, NOTHING), (RPN_FINE, NOTHING), (DATA, 3)]].concat();
        let parameters = after(&then_nothing);
        assert_eq!(again(&parameters)[..4], again(&after(&range))[..4]);
        assert_eq!(again(&parameters)[4..], [(RPN, NOTHING), (RPN_FINE, NOTHING)]);
        for controllers in [&range[..], &then_nothing, &[(NRPN, 1), (NRPN_FINE, 8), (DATA, 70)]] {
            let parameters = after(controllers);
            assert_eq!(after(&again(&parameters)), parameters, "{controllers:?}");
        }
    }

    #[test]
    fn data_for_nothing_or_for_a_makers_own_set_nothing() {
        assert_eq!(after(&[(DATA, 12)]), Parameters::START);
        let mut parameters = after(&[(RPN, 0), (RPN_FINE, 0), (NRPN, 1), (NRPN_FINE, 8)]);
        assert_eq!(parameters.apply(DATA, 99), None);
        assert_eq!(parameters.values, [None; KNOWN]);
        let mut tuning = after(&[(RPN, 0), (RPN_FINE, 1)]);
        assert_eq!(tuning.apply(DATA_FINE, 5), Some((1, [64, 5])));
        assert_eq!(after(&[(RPN, 0), (RPN_FINE, 0)]).apply(INCREMENT, 0), Some((0, [3, 0])));
    }
}
