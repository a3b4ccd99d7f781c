//! The INVITE client transaction (RFC 3261 17.1.1, RFC 6026 7.2 and its figure 5).
//!
//! ```text
//!            INVITE sent
//!                |          A: send INVITE, double A
//!                v            +---+
//!           +---------+<------+   |    B or transport error: tell the core
//!           | Calling |-----------+--------------------------------+
//!           +---------+-------------+                              |
//!   300-699:  |   | 1xx: up         | 2xx: up                      |
//!   ACK, up   |   v                 v                              |
//!             | +------------+ 2xx +----------+                    |
//!             | | Proceeding |---->| Accepted |--+ 2xx: up          |
//!             | +------------+ up  +----------+<-+                 |
//!             |   |  300-699: ACK, up   | M                        |
//!             v   v                     v                          v
//!           +-----------+   D    +------------+                    |
//!       +-->| Completed |------->| Terminated |<-------------------+
//!       |   +-----------+        +------------+
//!       +------+ 300-699: ACK
//! ```

use super::{Timer, Timers, earlier};
use core::time::Duration;
use trunkline_model::Time;

/// One INVITE client transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientInvite {
    state: State,
    /// Whether the transport loses nothing: timer A does not run and timer D is 0.
    reliable: bool,
}

/// The states of figure 5, each with the timers that run in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The INVITE is out and nothing has come back.
    Calling {
        /// When timer A fires; it runs over an unreliable transport only.
        a: Option<Time>,
        /// The interval that timer A waits for.
        interval: Duration,
        /// When timer B fires.
        b: Time,
    },
    /// A 1xx came. No timer: a UAC waits until its user cancels.
    Proceeding,
    /// A 300-699 came and was acknowledged.
    Completed {
        /// When timer D fires.
        d: Time,
    },
    /// A 2xx came (RFC 6026).
    Accepted {
        /// When timer M fires.
        m: Time,
    },
    /// Over.
    Terminated,
}

/// What can happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A 1xx response.
    Provisional,
    /// A 2xx response.
    Success,
    /// A 300-699 response.
    Failure,
    /// Timer A, B, D or M.
    Timer(Timer),
    /// The transport could not send.
    TransportError,
    /// The core gives the transaction up, 64*T1 after its CANCEL (RFC 3261 9.1).
    Abandon,
}

/// What to do then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    None,
    /// Send the INVITE again.
    SendRequest,
    /// Pass the response to the core.
    Inform,
    /// Acknowledge the response (RFC 3261 17.1.1.3) and pass it to the core.
    AckAndInform,
    /// Send the ACK again.
    Ack,
    /// Tell the core that nobody answered: 408 (RFC 3261 8.1.3.1).
    InformTimeout,
    /// Tell the core that the transport failed: 503 (RFC 3261 8.1.3.1).
    InformTransportError,
}

impl ClientInvite {
    /// The machine at the moment the INVITE is first sent.
    pub fn new(now: Time, reliable: bool, timers: &Timers) -> Self {
        Self {
            state: State::Calling {
                a: (!reliable).then_some(now + timers.t1),
                interval: timers.t1,
                b: now + timers.sixty_four_t1(),
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
            State::Calling { a, b, .. } => Some(earlier((b, Timer::B), a.map(|a| (a, Timer::A)))),
            State::Proceeding | State::Terminated => None,
            State::Completed { d } => Some((d, Timer::D)),
            State::Accepted { m } => Some((m, Timer::M)),
        }
    }

    /// One step of the figure.
    pub fn handle(&mut self, now: Time, event: Event, timers: &Timers) -> Action {
        let (next, action) = match (&self.state, event) {
            (State::Calling { interval, b, .. }, Event::Timer(Timer::A)) => {
                // The interval of timer A doubles without a bound; timer B ends it.
                let interval = interval.saturating_mul(2);
                let (a, b) = (Some(now + interval), *b);
                (State::Calling { a, interval, b }, Action::SendRequest)
            }
            (State::Calling { .. }, Event::Timer(Timer::B)) => {
                (State::Terminated, Action::InformTimeout)
            }
            (State::Calling { .. } | State::Proceeding, Event::Provisional) => {
                (State::Proceeding, Action::Inform)
            }
            (State::Calling { .. } | State::Proceeding, Event::Success) => {
                let m = now + timers.sixty_four_t1();
                (State::Accepted { m }, Action::Inform)
            }
            (State::Calling { .. } | State::Proceeding, Event::Failure) => {
                let next = match self.reliable {
                    true => State::Terminated,
                    false => State::Completed {
                        d: now + timers.d(),
                    },
                };
                (next, Action::AckAndInform)
            }
            (State::Calling { .. } | State::Completed { .. }, Event::TransportError) => {
                (State::Terminated, Action::InformTransportError)
            }
            (State::Calling { .. } | State::Proceeding, Event::Abandon) => {
                (State::Terminated, Action::InformTimeout)
            }
            (State::Completed { .. }, Event::Failure) => return Action::Ack,
            (State::Completed { .. }, Event::Timer(Timer::D)) => (State::Terminated, Action::None),
            // Retransmissions and the 2xx of other branches; the core tells them apart.
            (State::Accepted { .. }, Event::Success) => return Action::Inform,
            (State::Accepted { .. }, Event::Timer(Timer::M)) => (State::Terminated, Action::None),

            // A timer of another state, stopped on leaving that state.
            (
                State::Calling { .. }
                | State::Proceeding
                | State::Completed { .. }
                | State::Accepted { .. }
                | State::Terminated,
                Event::Timer(_),
            ) => return Action::None,
            // Nothing is sent in these states, so no transport error is theirs.
            (State::Proceeding | State::Accepted { .. }, Event::TransportError) => {
                return Action::None;
            }
            // A final response stands; what comes late changes nothing.
            (State::Completed { .. }, Event::Provisional | Event::Success | Event::Abandon)
            | (State::Accepted { .. }, Event::Provisional | Event::Failure | Event::Abandon) => {
                return Action::None;
            }
            (
                State::Terminated,
                Event::Provisional
                | Event::Success
                | Event::Failure
                | Event::TransportError
                | Event::Abandon,
            ) => return Action::None,
        };
        self.state = next;
        action
    }
}
