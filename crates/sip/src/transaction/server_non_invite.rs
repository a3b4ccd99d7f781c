//! The non-INVITE server transaction (RFC 3261 17.2.2 and its figure 8).
//!
//! ```text
//!         request: up
//!             |
//!             v
//!        +--------+   200-699 from the core: send
//!        | Trying |-----------------------------+
//!        +--------+                             |
//!             | 1xx from the core: send         |
//!             v           +---+ request: send again
//!       +------------+<---+   | 1xx from the core: send
//!       | Proceeding |--------+                 |
//!       +------------+---------------+          |
//!             | 200-699: send        |          |
//!             v                      | transport error: tell the core
//!       +-----------+<---------------|----------+
//!       | Completed |--+ request: send again
//!       +-----------+<-+             |
//!             | J, or transport error: tell the core
//!             v                      |
//!       +------------+<--------------+
//!       | Terminated |
//!       +------------+
//! ```

use super::{Timer, Timers};
use trunkline_model::Time;

/// One non-INVITE server transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerNonInvite {
    state: State,
    /// Whether the transport loses nothing: timer J is 0.
    reliable: bool,
}

/// The states of figure 8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The request has no response yet.
    Trying,
    /// A 1xx is out.
    Proceeding,
    /// The final response is out.
    Completed {
        /// When timer J fires.
        j: Time,
    },
    /// Over.
    Terminated,
}

/// What can happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The request came again.
    Request,
    /// The core answers with 1xx.
    Provisional,
    /// The core answers with 200-699.
    Final,
    /// Timer J.
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
    /// Tell the core that the transport failed.
    InformTransportError,
}

impl ServerNonInvite {
    /// The machine at the moment the request came.
    pub const fn new(reliable: bool) -> Self {
        Self {
            state: State::Trying,
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
            State::Completed { j } => Some((j, Timer::J)),
            State::Trying | State::Proceeding | State::Terminated => None,
        }
    }

    /// One step of the figure.
    pub fn handle(&mut self, now: Time, event: Event, timers: &Timers) -> Action {
        let (next, action) = match (&self.state, event) {
            (State::Trying | State::Proceeding, Event::Provisional) => {
                (State::Proceeding, Action::Send)
            }
            (State::Trying | State::Proceeding, Event::Final) => {
                let next = match self.reliable {
                    true => State::Terminated,
                    false => State::Completed {
                        j: now + timers.sixty_four_t1(),
                    },
                };
                (next, Action::Send)
            }
            (State::Proceeding | State::Completed { .. }, Event::Request) => {
                return Action::SendAgain;
            }
            (State::Proceeding | State::Completed { .. }, Event::TransportError) => {
                (State::Terminated, Action::InformTransportError)
            }
            (State::Completed { .. }, Event::Timer(Timer::J)) => (State::Terminated, Action::None),

            // There is nothing to repeat, and nothing was sent that could fail.
            (State::Trying, Event::Request | Event::TransportError) => return Action::None,
            // One final response only.
            (State::Completed { .. }, Event::Provisional | Event::Final) => return Action::None,
            // A timer of another state.
            (
                State::Trying | State::Proceeding | State::Completed { .. } | State::Terminated,
                Event::Timer(_),
            ) => return Action::None,
            (
                State::Terminated,
                Event::Request | Event::Provisional | Event::Final | Event::TransportError,
            ) => return Action::None,
        };
        self.state = next;
        action
    }
}
