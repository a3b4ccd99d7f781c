//! The media of one call: what was agreed, the mouth and the ear.

use super::PhoneConfig;
use crate::chance::Chance;
use crate::sound::{Ear, Heard, Mouth, Sound, kind};
use core::time::Duration;
use std::net::SocketAddr;
use trunkline_model::Time;
use trunkline_sip::sdp::{Negotiated, SessionVersion};

#[derive(Debug)]
pub(super) struct Line {
    /// The port of this call.
    pub(super) local: SocketAddr,
    /// The version of the session description that goes out next (RFC 3264 5).
    version: SessionVersion,
    agreed: Option<Negotiated>,
    mouth: Option<Mouth>,
    ear: Option<Ear>,
    /// What is said once the call is answered.
    plays: Sound,
    answered: bool,
    /// Counters of codecs that are no longer spoken.
    before: Counters,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counters {
    sent: u64,
    packets: u64,
    lost: u64,
    discarded: u64,
    events: u64,
}

impl Line {
    pub(super) fn new(local: SocketAddr, plays: Sound, chance: &mut Chance) -> Self {
        Self {
            local,
            // Half the range: RFC 4566 5.2 wants it numeric, many read 63 bits.
            version: SessionVersion {
                id: chance.next() >> 2,
                version: 1,
            },
            agreed: None,
            mouth: None,
            ear: None,
            plays,
            answered: false,
            before: Counters::default(),
        }
    }

    /// The origin of a description that is about to be sent; each has a new version.
    pub(super) const fn next_version(&mut self) -> SessionVersion {
        let version = self.version;
        self.version.version += 1;
        version
    }

    pub(super) const fn agreed(&self) -> Option<&Negotiated> {
        self.agreed.as_ref()
    }

    /// Takes over what was agreed.
    pub(super) fn agree(&mut self, agreed: Negotiated, config: &PhoneConfig, chance: &mut Chance) {
        let before = self.agreed.replace(agreed);
        let parameters = &agreed.parameters;
        let kind = kind(parameters.codec);
        let same_ear = before.is_some_and(|before| {
            before.parameters.codec == parameters.codec
                && before.parameters.receive_payload_type == parameters.receive_payload_type
        });
        if !same_ear {
            self.drop_ear();
            self.ear = Some(Ear::new(
                kind,
                parameters.receive_payload_type,
                parameters.telephone_event,
                config.window,
            ));
        }
        if let Some(ear) = &mut self.ear {
            ear.set_telephone_event(parameters.telephone_event);
        }
        if let Some(ear) = &mut self.ear
            && !(same_ear && before.is_some_and(|before| before.direction.receives()))
        {
            ear.listen_anew();
        }
        match &mut self.mouth {
            Some(mouth) if mouth.kind() == kind => {
                mouth.set_payload_type(parameters.send_payload_type);
            }
            _ => {
                self.before.sent += self.mouth.as_ref().map_or(0, Mouth::sent);
                let sound = if self.answered {
                    self.plays
                } else {
                    Sound::Ringback
                };
                self.mouth = Some(Mouth::new(
                    kind,
                    parameters.send_payload_type,
                    parameters.ptime,
                    sound,
                    chance,
                ));
            }
        }
    }

    /// The call is answered: the ringing tone ends, and what was heard does not count.
    pub(super) fn answer(&mut self) {
        self.answered = true;
        if let Some(mouth) = &mut self.mouth {
            mouth.play(self.plays);
        }
        if let Some(ear) = &mut self.ear {
            ear.listen_anew();
        }
    }

    pub(super) fn receive(&mut self, now: Time, data: &[u8]) {
        if let Some(ear) = &mut self.ear
            && self
                .agreed
                .is_some_and(|agreed| agreed.direction.receives())
        {
            ear.receive(now, data);
        }
    }

    pub(super) fn interval(&self) -> Option<Duration> {
        self.mouth.as_ref().map(Mouth::interval)
    }

    /// The time of a packet has come: the packet, and where it goes, unless it is not to be sent.
    pub(super) fn packet(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        let agreed = self.agreed?;
        let mouth = self.mouth.as_mut()?;
        let remote = agreed.parameters.remote;
        // RFC 3264 8.4: the old way to put a call on hold.
        if !agreed.direction.sends() || remote.ip().is_unspecified() || remote.port() == 0 {
            mouth.skip();
            return None;
        }
        Some((remote, mouth.packet()?))
    }

    pub(super) fn sent(&self) -> u64 {
        self.before.sent + self.mouth.as_ref().map_or(0, Mouth::sent)
    }

    pub(super) fn heard(&mut self) -> Heard {
        let mut heard = self.ear.as_mut().map_or(Heard::NOTHING, Ear::heard);
        heard.packets += self.before.packets;
        heard.lost += self.before.lost;
        heard.discarded += self.before.discarded;
        heard.events += self.before.events;
        heard
    }

    fn drop_ear(&mut self) {
        if let Some(mut ear) = self.ear.take() {
            let heard = ear.heard();
            self.before.packets += heard.packets;
            self.before.lost += heard.lost;
            self.before.discarded += heard.discarded;
            self.before.events += heard.events;
        }
    }
}
