//! The INVITE server transaction (RFC 3261 17.2.1, RFC 6026 7.1 and its figure 7).
//!
//! ```text
//!             INVITE: up
//!                |
//!                v        +---+ INVITE: send last response
//!          +------------+<+   | 101-199 from the core: send
//!          | Proceeding |-----+ transport error: tell the core
//!          +------------+
//!  300-699:  |         | 2xx from the core: send
//!  send      |         +-------------------+
//!            v                             v     +---+ INVITE: -
//!      +-----------+ INVITE, G: send  +----------+   | ACK: up
//!      | Completed |<--+ again        | Accepted |---+ 2xx from the core: send
//!      +-----------+---+              +----------+     transport error: tell the core
//!    ACK:  |    | H: tell the core         | L
//!          v    +------------------+       |
//!      +-----------+       I       v       v
//!      | Confirmed |---------->+------------+
//!      +-----------+           | Terminated |
//!                              +------------+
//! ```

use super::{Timer, Timers, earlier};
use core::time::Duration;
use trunkline_model::Time;

/// One INVITE server transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerInvite {
    state: State,
    /// Whether the transport loses nothing: timer G does not run and timer I is 0.
    reliable: bool,
}

/// The states of figure 7, each with the timers that run in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The INVITE has no final response yet.
    Proceeding,
    /// A 300-699 is out and waits for its ACK.
    Completed {
        /// When timer G fires; it runs over an unreliable transport only.
        g: Option<Time>,
        /// The interval that timer G waits for.
        interval: Duration,
        /// When timer H fires.
        h: Time,
    },
    /// The ACK for the 300-699 came; further ones are swallowed.
    Confirmed {
        /// When timer I fires.
        i: Time,
    },
    /// A 2xx is out; INVITE retransmissions are swallowed (RFC 6026).
    Accepted {
        /// When timer L fires.
        l: Time,
    },
    /// Over.
    Terminated,
}

/// What can happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The INVITE came again.
    Invite,
    /// An ACK that matches the transaction.
    Ack,
    /// The core answers with 1xx.
    Provisional,
    /// The core answers with 2xx, or repeats it.
    Success,
    /// The core answers with 300-699.
    Failure,
    /// Timer G, H, I or L.
    Timer(Timer),
    /// The transport could not send.
    TransportError,
}

/// What to do then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    None,
    /// Send the response that the core gave.
    Send,
    /// Send the last response again.
    SendAgain,
    /// Pass the ACK to the core (only RFC 2543 clients make one that matches: RFC 6026 6).
    PassAck,
    /// Tell the core that no ACK came.
    InformTimeout,
    /// Tell the core that the transport failed.
    InformTransportError,
}

impl ServerInvite {
    /// The machine at the moment the INVITE came.
    pub const fn new(reliable: bool) -> Self {
        Self {
            state: State::Proceeding,
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
            State::Proceeding | State::Terminated => None,
            State::Completed { g, h, .. } => Some(earlier((h, Timer::H), g.map(|g| (g, Timer::G)))),
            State::Confirmed { i } => Some((i, Timer::I)),
            State::Accepted { l } => Some((l, Timer::L)),
        }
    }

    /// One step of the figure.
    pub fn handle(&mut self, now: Time, event: Event, timers: &Timers) -> Action {
        let (next, action) = match (&self.state, event) {
            (State::Proceeding, Event::Invite) => return Action::SendAgain,
            (State::Proceeding, Event::Provisional) => return Action::Send,
            (State::Proceeding, Event::Success) => {
                let l = now + timers.sixty_four_t1();
                (State::Accepted { l }, Action::Send)
            }
            (State::Proceeding, Event::Failure) => {
                let interval = timers.t1;
                let g = (!self.reliable).then_some(now + interval);
                let h = now + timers.sixty_four_t1();
                (State::Completed { g, interval, h }, Action::Send)
            }
            (State::Completed { .. }, Event::Invite) => return Action::SendAgain,
            (State::Completed { interval, h, .. }, Event::Timer(Timer::G)) => {
                let interval = timers.backed_off(*interval);
                let (g, h) = (Some(now + interval), *h);
                (State::Completed { g, interval, h }, Action::SendAgain)
            }
            (State::Completed { .. }, Event::Timer(Timer::H)) => {
                (State::Terminated, Action::InformTimeout)
            }
            (State::Completed { .. }, Event::Ack) => {
                let next = match self.reliable {
                    true => State::Terminated,
                    false => State::Confirmed { i: now + timers.t4 },
                };
                (next, Action::None)
            }
            (State::Confirmed { .. }, Event::Timer(Timer::I)) => (State::Terminated, Action::None),
            // The core repeats its 2xx by its own timer, not on each INVITE (RFC 6026 7.1).
            (State::Accepted { .. }, Event::Invite) => return Action::None,
            (State::Accepted { .. }, Event::Success) => return Action::Send,
            (State::Accepted { .. }, Event::Ack) => return Action::PassAck,
            (State::Accepted { .. }, Event::Timer(Timer::L)) => (State::Terminated, Action::None),
            // The state stays, so that repeated INVITEs are still recognised (RFC 6026 7.1).
            (
                State::Proceeding | State::Completed { .. } | State::Accepted { .. },
                Event::TransportError,
            ) => return Action::InformTransportError,

            // An ACK before a final response answers nothing.
            (State::Proceeding, Event::Ack) => return Action::None,
            // A timer of another state, stopped on leaving that state.
            (
                State::Proceeding
                | State::Completed { .. }
                | State::Confirmed { .. }
                | State::Accepted { .. }
                | State::Terminated,
                Event::Timer(_),
            ) => return Action::None,
            // One final response only.
            (
                State::Completed { .. } | State::Confirmed { .. },
                Event::Provisional | Event::Success | Event::Failure,
            )
            | (State::Accepted { .. }, Event::Provisional | Event::Failure) => {
                return Action::None;
            }
            (State::Confirmed { .. }, Event::Invite | Event::Ack | Event::TransportError) => {
                return Action::None;
            }
            (
                State::Terminated,
                Event::Invite
                | Event::Ack
                | Event::Provisional
                | Event::Success
                | Event::Failure
                | Event::TransportError,
            ) => return Action::None,
        };
        self.state = next;
        action
    }
}
