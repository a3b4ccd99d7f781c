//! How sound gets from one termination to the other.

use crate::paced::Paced;
use crate::relay::Relay;
use trunkline_codecs::CodecKind;
use trunkline_model::media::{Codec, RtpParameters};
use trunkline_rtp::JitterConfig;

/// One direction of a context.
#[derive(Debug)]
pub(crate) enum Path {
    /// Packets go on as they come.
    Relay(Relay),
    /// Packets are taken apart, and new ones are made on ticks.
    Paced(Box<Paced>),
}

impl Path {
    /// The cheapest path between two far ends.
    pub(crate) fn new(
        from: &RtpParameters,
        to: &RtpParameters,
        continuous: bool,
        jitter: JitterConfig,
    ) -> Self {
        Relay::new(from.codec, to.codec).map_or_else(
            || Self::Paced(Box::new(Paced::new(from, to, continuous, jitter))),
            Self::Relay,
        )
    }

    /// Something else is played to the far end from now on.
    pub(crate) fn halt(&mut self) {
        match self {
            Self::Relay(relay) => relay.halt(),
            Self::Paced(paced) => paced.halt(),
        }
    }
}

/// The codec's name in the codecs crate.
pub(crate) const fn kind(codec: Codec) -> CodecKind {
    match codec {
        Codec::Pcma => CodecKind::Pcma,
        Codec::Pcmu => CodecKind::Pcmu,
        Codec::G729 => CodecKind::G729,
        Codec::Opus => CodecKind::Opus,
    }
}

/// The samples of a packet towards that far end.
pub(crate) const fn packet_samples(parameters: &RtpParameters) -> usize {
    let ptime = if parameters.ptime == 0 {
        20
    } else {
        parameters.ptime
    };
    kind(parameters.codec).packet_samples(ptime)
}
