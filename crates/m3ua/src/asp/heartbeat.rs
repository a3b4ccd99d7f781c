//! Our Heartbeats (RFC 4666 4.3.4.6).

use super::association::State;
use super::{Asp, Output};
use crate::msg::Heartbeat;
use core::time::Duration;
use trunkline_model::Time;

/// T(beat), and when something came last.
#[derive(Debug)]
pub(super) struct Beat {
    interval: Option<Duration>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    next: Time,
    heard: Time,
}

impl Beat {
    pub(super) const fn new(interval: Option<Duration>) -> Self {
        Self {
            interval,
            running: None,
        }
    }

    pub(super) fn start(&mut self, now: Time) {
        self.running = self.interval.map(|interval| Running {
            next: now + interval,
            heard: now,
        });
    }

    pub(super) const fn stop(&mut self) {
        self.running = None;
    }

    pub(super) const fn heard(&mut self, now: Time) {
        if let Some(running) = &mut self.running {
            running.heard = now;
        }
    }

    pub(super) fn next(&self) -> Option<Time> {
        self.running.as_ref().map(|running| running.next)
    }
}

impl Asp {
    pub(super) fn beat_due(&mut self, now: Time) {
        let Some(interval) = self.beat.interval else {
            return;
        };
        let Some(running) = &mut self.beat.running else {
            return;
        };
        if running.next > now {
            return;
        }
        if now.since(running.heard) >= interval * 2 {
            self.beat.stop();
            self.outputs.push_back(Output::Unresponsive);
            return;
        }
        running.next = now + interval;
        // Before ASPUP_ACK nothing but ASPUP is sent (RFC 4666 4.3.4.1); it asks for an answer
        // just as well.
        if self.association == State::Up {
            self.send(Heartbeat {
                data: Some(now.as_micros().to_be_bytes().to_vec()),
            });
        }
    }
}
