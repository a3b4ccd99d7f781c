//! Our Heartbeats to ASPs (RFC 4666 4.3.4.6).
//!
//! ```txt
//!                    T(beat) /BEAT            T(beat) /BEAT            T(beat) /Unresponsive
//!   0 unanswered -----------------> 1 -----------------------> 2 --------------------> stopped
//!        ^                          | any message              | any message              |
//!        +--------------------------+--------------------------+--------------------------+
//! ```

use super::{AspId, Output, Sgp, Timer};
use crate::msg::Heartbeat;
use crate::role::Role;
use trunkline_model::Time;

#[derive(Debug, Default)]
pub(super) struct Beat {
    /// Tells our Heartbeats from one another.
    sequence: u32,
    unanswered: u8,
}

impl Sgp {
    /// Starts T(beat) for a new association. On that of an IPSP of double exchange the client
    /// half watches over the peer.
    pub(super) fn start_beat(&mut self, now: Time, asp: AspId) {
        let Some(known) = self.asps.get_mut(&asp) else {
            return;
        };
        known.beat.unanswered = 0;
        let beat = self.settings.beat;
        let beat = beat.filter(|_| known.settings.role != Role::IpspDouble);
        self.deadlines
            .set(Timer::Beat(asp), beat.map(|beat| now + beat));
    }

    /// Any message shows that the ASP is there.
    pub(super) fn heard(&mut self, now: Time, asp: AspId) {
        if let Some(known) = self.asps.get_mut(&asp) {
            known.beat.unanswered = 0;
        }
        if self.settings.beat.is_some() && !self.deadlines.runs(Timer::Beat(asp)) {
            self.start_beat(now, asp);
        }
    }

    /// T(beat) expired.
    pub(super) fn beat_due(&mut self, now: Time, asp: AspId) {
        let (Some(known), Some(beat)) = (self.asps.get_mut(&asp), self.settings.beat) else {
            return;
        };
        if known.beat.unanswered >= LIMIT {
            self.outputs.push_back(Output::Unresponsive(asp));
            return self.asp_failed(now, asp);
        }
        known.beat.unanswered += 1;
        known.beat.sequence = known.beat.sequence.wrapping_add(1);
        let data = Some(known.beat.sequence.to_be_bytes().to_vec());
        self.send(asp, Heartbeat { data });
        self.deadlines.set(Timer::Beat(asp), Some(now + beat));
    }
}

/// The peer is unavailable if it answers nothing for 2 * T(beat).
const LIMIT: u8 = 2;
