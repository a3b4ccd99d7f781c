//! The non-INVITE client transaction (RFC 3261 17.1.2 and its figure 6).
//!
//! ```text
//!        request sent
//!             |           E: send request, double E up to T2
//!             v           +---+
//!        +--------+<------+   |   F or transport error: tell the core
//!        | Trying |-----------+--------------------------+
//!        +--------+                                      |
//!  200-699: |  | 1xx: up                                 |
//!  up       |  v            E: send request, E := T2     |
//!           | +------------+---+ 1xx: up                 |
//!           | | Proceeding |<--+  F or transport error   |
//!           | +------------+----------------------------+|
//!           |  | 200-699: up                             v
//!           v  v                K                 +------------+
//!        +-----------+--------------------------->| Terminated |
//!        | Completed |                            +------------+
//!        +-----------+
//! ```

use super::{Timer, Timers, earlier};
use core::time::Duration;
use trunkline_model::Time;

/// One non-INVITE client transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientNonInvite {
    state: State,
    /// Whether the transport loses nothing: timer E does not run and timer K is 0.
    reliable: bool,
}

/// The states of figure 6, each with the timers that run in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The request is out and nothing has come back.
    Trying {
        /// When timer E fires; it runs over an unreliable transport only.
        e: Option<Time>,
        /// The interval that timer E waits for.
        interval: Duration,
        /// When timer F fires.
        f: Time,
    },
    /// A 1xx came.
    Proceeding {
        /// When timer E fires; it runs over an unreliable transport only.
        e: Option<Time>,
        /// When timer F fires.
        f: Time,
    },
    /// A final response came.
    Completed {
        /// When timer K fires.
        k: Time,
    },
    /// Over.
    Terminated,
}

/// What can happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A 1xx response.
    Provisional,
    /// A 200-699 response.
    Final,
    /// Timer E, F or K.
    Timer(Timer),
    /// The transport could not send.
    TransportError,
}

/// What to do then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    None,
    /// Send the request again.
    SendRequest,
    /// Pass the response to the core.
    Inform,
    /// Tell the core that nobody answered: 408 (RFC 3261 8.1.3.1).
    InformTimeout,
    /// Tell the core that the transport failed: 503 (RFC 3261 8.1.3.1).
    InformTransportError,
}

impl ClientNonInvite {
    /// The machine at the moment the request is first sent.
    pub fn new(now: Time, reliable: bool, timers: &Timers) -> Self {
        Self {
            state: State::Trying {
                e: (!reliable).then_some(now + timers.t1),
                interval: timers.t1,
                f: now + timers.sixty_four_t1(),
            },
            reliable,
        }
    }

    /// Where it is.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether it is over.
    pub fn is_terminated(&self) -> bool {
        self.state == State::Terminated
    }

    /// The next timer.
    pub fn poll_timeout(&self) -> Option<(Time, Timer)> {
        match self.state {
            State::Trying { e, f, .. } | State::Proceeding { e, f } => {
                Some(earlier((f, Timer::F), e.map(|e| (e, Timer::E))))
            }
            State::Completed { k } => Some((k, Timer::K)),
            State::Terminated => None,
        }
    }

    /// One step of the figure.
    pub fn handle(&mut self, now: Time, event: Event, timers: &Timers) -> Action {
        let (next, action) = match (&self.state, event) {
            (State::Trying { interval, f, .. }, Event::Timer(Timer::E)) => {
                let interval = timers.backed_off(*interval);
                let (e, f) = (Some(now + interval), *f);
                (State::Trying { e, interval, f }, Action::SendRequest)
            }
            (State::Proceeding { f, .. }, Event::Timer(Timer::E)) => {
                let (e, f) = (Some(now + timers.t2), *f);
                (State::Proceeding { e, f }, Action::SendRequest)
            }
            (State::Trying { .. } | State::Proceeding { .. }, Event::Timer(Timer::F)) => {
                (State::Terminated, Action::InformTimeout)
            }
            (State::Trying { .. } | State::Proceeding { .. }, Event::TransportError) => {
                (State::Terminated, Action::InformTransportError)
            }
            // Timer E runs on as it was set; it takes T2 when it next fires.
            (State::Trying { e, f, .. } | State::Proceeding { e, f }, Event::Provisional) => {
                let (e, f) = (*e, *f);
                (State::Proceeding { e, f }, Action::Inform)
            }
            (State::Trying { .. } | State::Proceeding { .. }, Event::Final) => {
                let next = match self.reliable {
                    true => State::Terminated,
                    false => State::Completed { k: now + timers.t4 },
                };
                (next, Action::Inform)
            }
            (State::Completed { .. }, Event::Timer(Timer::K)) => (State::Terminated, Action::None),

            // A timer of another state, stopped on leaving that state.
            (
                State::Trying { .. }
                | State::Proceeding { .. }
                | State::Completed { .. }
                | State::Terminated,
                Event::Timer(_),
            ) => return Action::None,
            // Completed is there to swallow retransmitted responses.
            (
                State::Completed { .. } | State::Terminated,
                Event::Provisional | Event::Final | Event::TransportError,
            ) => return Action::None,
        };
        self.state = next;
        action
    }
}
