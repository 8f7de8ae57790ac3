//! Which of the first steps are done.

/// A first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Hear,
    Play,
    Accompany,
}

impl Step {
    /// All of them, in their order.
    pub(super) const ALL: [Self; 3] = [Self::Hear, Self::Play, Self::Accompany];
}

/// Which of the first steps are done, and whether they are shown.
#[derive(Debug, Default)]
pub struct Welcome {
    /// Whether they are shown.
    pub is_open: bool,
    done: [bool; 3],
    /// The composition whose first take is to be heard, by its number.
    awaited: Option<u64>,
}

impl Welcome {
    /// Shows them, none done yet.
    pub fn open(&mut self) {
        *self = Self { is_open: true, ..Self::default() };
    }

    /// The piece was heard.
    pub const fn heard(&mut self) {
        self.done[Step::Hear as usize] = true;
    }

    /// A key was played.
    pub const fn played(&mut self) {
        self.done[Step::Play as usize] = true;
    }

    /// A composition was asked for, whose first take is to be heard when it comes.
    pub const fn await_take(&mut self, request: Option<u64>) {
        self.awaited = request;
    }

    /// The first take of a composition came, wherever it was asked for; whether that was here, so that it is to be
    /// heard.
    pub fn take_came(&mut self, request: Option<u64>) -> bool {
        self.done[Step::Accompany as usize] = true;
        let is_awaited = self.awaits(request);
        if is_awaited {
            self.awaited = None;
        }
        is_awaited
    }

    /// Whether the composition under way was asked for here, and none of its takes has come.
    pub(super) fn awaits(&self, request: Option<u64>) -> bool {
        request.is_some() && self.awaited == request
    }

    pub(super) const fn is_done(&self, step: Step) -> bool {
        self.done[step as usize]
    }

    /// The first that is not done.
    pub(super) fn next(&self) -> Option<Step> {
        Step::ALL.into_iter().find(|step| !self.is_done(*step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_done_in_any_order_and_a_take_is_heard_once() {
        let mut welcome = Welcome::default();
        welcome.open();
        assert_eq!(welcome.next(), Some(Step::Hear));
        assert!(!welcome.is_done(Step::Accompany));
        assert!(!welcome.take_came(Some(1)) && !welcome.take_came(None), "nobody asked for it here");
        assert!(welcome.is_done(Step::Accompany), "but a melody was accompanied");
        welcome.await_take(Some(2));
        assert!(!welcome.take_came(Some(3)), "that one was cancelled");
        assert!(welcome.take_came(Some(2)) && !welcome.take_came(Some(2)));
        welcome.heard();
        assert_eq!(welcome.next(), Some(Step::Play));
        welcome.played();
        assert_eq!(welcome.next(), None);
        welcome.open();
        assert_eq!(welcome.next(), Some(Step::Hear), "opened again, they begin anew");
    }
}
