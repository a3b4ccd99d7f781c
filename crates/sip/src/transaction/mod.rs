//! The four transaction machines of RFC 3261 17 with the corrections of RFC 6026, over unreliable
//! and over reliable transports.
//!
//! A machine knows states and timers only. It is told what happened and says what to do; the
//! messages themselves, the matching and the timer queue belong to [`crate::endpoint`].

pub mod client_invite;
pub mod client_non_invite;
pub mod server_invite;
pub mod server_non_invite;

#[cfg(test)]
mod tests;

pub use client_invite::ClientInvite;
pub use client_non_invite::ClientNonInvite;
pub use server_invite::ServerInvite;
pub use server_non_invite::ServerNonInvite;

use core::fmt;
use core::time::Duration;
use trunkline_model::Time;

/// The three values that all SIP timers derive from (RFC 3261 table 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// Estimate of the round-trip time; default 500 ms.
    pub t1: Duration,
    /// Longest interval between retransmissions of a non-INVITE request or an INVITE response;
    /// default 4 s.
    pub t2: Duration,
    /// How long a message may stay in the network; default 5 s.
    pub t4: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
        }
    }
}

impl Timers {
    /// 64*T1: timers B, F, H, J, L and M, and the wait for an ACK (RFC 3261 13.3.1.4).
    pub fn sixty_four_t1(&self) -> Duration {
        self.t1.saturating_mul(64)
    }

    /// Timer D: 64*T1, but never under 32 s, because the server's T1 is not known
    /// (RFC 3261 17.1.1.2).
    pub fn d(&self) -> Duration {
        self.sixty_four_t1().max(Duration::from_secs(32))
    }

    /// The interval after `interval` of a retransmission that doubles until T2.
    pub fn backed_off(&self, interval: Duration) -> Duration {
        interval.saturating_mul(2).min(self.t2)
    }
}

/// Why a wake-up is due: the timers of RFC 3261 table 4 and RFC 6026, and those of the user agent
/// core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// INVITE request retransmission (RFC 3261 17.1.1.2).
    A,
    /// INVITE transaction timeout (RFC 3261 17.1.1.2).
    B,
    /// Wait for response retransmissions (RFC 3261 17.1.1.2).
    D,
    /// Non-INVITE request retransmission (RFC 3261 17.1.2.2).
    E,
    /// Non-INVITE transaction timeout (RFC 3261 17.1.2.2).
    F,
    /// INVITE response retransmission (RFC 3261 17.2.1).
    G,
    /// Wait for ACK receipt (RFC 3261 17.2.1).
    H,
    /// Wait for ACK retransmissions (RFC 3261 17.2.1).
    I,
    /// Wait for non-INVITE request retransmissions (RFC 3261 17.2.2).
    J,
    /// Wait for response retransmissions (RFC 3261 17.1.2.2).
    K,
    /// Wait for INVITE retransmissions after a 2xx (RFC 6026 7.1).
    L,
    /// Wait for further 2xx responses (RFC 6026 7.2).
    M,
    /// Retransmission of a 2xx by the core (RFC 3261 13.3.1.4).
    Success,
    /// 64*T1 without an ACK for a 2xx (RFC 3261 13.3.1.4).
    Ack,
    /// 64*T1 without a final response after CANCEL (RFC 3261 9.1).
    Cancelled,
    /// Repetition of a provisional response every minute (RFC 3261 13.3.1.1).
    Progress,
    /// A subscription that a REFER made is over (RFC 3515 2.4.7).
    Referral,
    /// Another try of a re-INVITE after 491 (RFC 3261 14.1).
    Glare,
    /// A refresh of the session (RFC 4028 10).
    Refresh,
    /// A session that was not refreshed (RFC 4028 10).
    Expiry,
    /// Another try of an UPDATE after 491 (RFC 3311 5.3).
    UpdateGlare,
    /// Retransmission of a reliable provisional response by the core (RFC 3262 3).
    Reliable,
    /// 64*T1 without a PRACK for a reliable provisional response (RFC 3262 3).
    Prack,
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "timer {self:?}")
    }
}

/// The earlier of two timers, of which the second may not run; the first on a tie.
fn earlier(first: (Time, Timer), second: Option<(Time, Timer)>) -> (Time, Timer) {
    match second {
        Some(second) if second.0 < first.0 => second,
        _ => first,
    }
}
