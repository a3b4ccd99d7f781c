//! One audio stream over RTP.
//!
//! An offer lists every codec that we have. An answer takes the first audio stream that can be
//! used, with one codec and telephone-event, and refuses all other streams by port 0.

use super::fit::{Mismatch, check_answer};
use super::lines::answer_lines;
use crate::sdp::{
    Attribute, Attributes, Direction, Formats, Media, MediaKind, Protocol, RtpMap,
    SessionDescription, SessionVersion,
};
use std::net::SocketAddr;
use trunkline_model::media::{Codec, RtpParameters, TelephoneEvent};

/// Whose order of codecs decides an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preference {
    /// The offer's (RFC 3264 6.1).
    #[default]
    Offer,
    /// Our own.
    Own,
}

/// What we can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The codecs, the preferred one first.
    pub codecs: Vec<Codec>,
    /// Whether we take telephone-event (RFC 4733).
    pub telephone_event: bool,
    /// Milliseconds of sound in a packet that we ask for, and send unless the peer asks
    /// otherwise: 10 to 60, a multiple of 10.
    pub ptime: u8,
    /// Whose order of codecs decides our answer.
    pub preference: Preference,
}

/// What offer and answer agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// How RTP is spoken with the far end.
    pub parameters: RtpParameters,
    /// The direction, seen from us. It never sends to the unspecified address, which is how old
    /// phones put on hold (RFC 3264 8.4), whatever the attributes say.
    pub direction: Direction,
}

/// Why an offer or an answer cannot be taken: 488 with a Warning (RFC 3261 20.43).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAcceptable {
    /// No stream of audio over RTP that is not disabled.
    #[error("expected an audio stream over RTP/AVP with a port (RFC 3264 6)")]
    NoAudio,
    /// No codec that both sides have.
    #[error("expected a common codec (RFC 3264 6.1)")]
    NoCommonCodec,
    /// The address is a name, multicast, missing, or of the other family than ours.
    #[error("expected a unicast address of our family (RFC 3264 6.1)")]
    Address,
    /// The answer does not match the offer.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
}

impl NotAcceptable {
    /// The status to refuse an offer with.
    pub const fn status(self) -> u16 {
        488
    }

    /// The value of a Warning header field that says why, by the agent of that name (host and
    /// port, or a pseudonym).
    pub fn warning(self, agent: &str) -> String {
        let (code, text) = match self {
            Self::NoAudio => (304, "Media type not available"),
            Self::NoCommonCodec => (305, "Incompatible media format"),
            Self::Address => (301, "Incompatible network address formats"),
            Self::Mismatch(_) => (399, "Answer does not match the offer"),
        };
        let agent: String = agent
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '"')
            .collect();
        let agent = if agent.is_empty() { "-" } else { &agent };
        format!("{code} {agent} \"{text}\"")
    }
}

impl Default for Capabilities {
    /// All codecs in the order of [`Codec::ALL`], telephone-event, 20 ms.
    fn default() -> Self {
        Self {
            codecs: Codec::ALL.to_vec(),
            telephone_event: true,
            ptime: 20,
            preference: Preference::Offer,
        }
    }
}

/// Our offer. Without codecs, the stream is disabled.
pub fn offer(
    local: SocketAddr,
    capabilities: &Capabilities,
    direction: Direction,
    session: SessionVersion,
) -> SessionDescription {
    let mut formats: Vec<_> = capabilities
        .codecs
        .iter()
        .map(|&codec| Format::audio(payload_type(codec), codec))
        .collect();
    if capabilities.telephone_event {
        let has = |rate| {
            capabilities
                .codecs
                .iter()
                .any(|codec| codec.clock_rate() == rate)
        };
        let events = TELEPHONE_EVENTS
            .iter()
            .filter(|(_, clock_rate)| has(*clock_rate));
        formats.extend(events.map(|&(number, clock_rate)| Format::event(number, clock_rate)));
    }
    let port = if formats.is_empty() { 0 } else { local.port() };
    if formats.is_empty() {
        formats.push(Format::audio(payload_type(Codec::Pcma), Codec::Pcma));
    }
    let mut offer = SessionDescription::new(session, local.ip());
    let (protocol, ptime) = (Protocol::RTP_AVP, capabilities.ptime);
    offer.media = vec![audio(port, protocol, &formats, ptime, direction)];
    offer
}

/// Whether [`answer`] would take an offer, given a local address of the family that the offer
/// has: to be asked before that address is allocated.
pub fn is_acceptable(offer: &SessionDescription, capabilities: &Capabilities) -> bool {
    offer
        .media
        .iter()
        .filter(|media| media.is_usable_audio())
        .any(|media| {
            let any = Direction::SendRecv;
            let remote = offer.address_of(media);
            remote.is_some_and(|remote| accept(offer, media, remote, capabilities, any).is_ok())
        })
}

/// Our answer to an offer. `direction` is the most that we want.
///
/// # Errors
/// See [`NotAcceptable`].
pub fn answer(
    offer: &SessionDescription,
    local: SocketAddr,
    capabilities: &Capabilities,
    direction: Direction,
    session: SessionVersion,
) -> Result<(SessionDescription, Negotiated), NotAcceptable> {
    let (index, stream, negotiated) = accept_audio(offer, local, capabilities, direction)?;
    let answer = answer_lines(offer, local.ip(), session, [(index, stream)]);
    Ok((answer, negotiated))
}

/// The first audio stream of an offer that we can take: which it is, and what to answer there.
/// `direction` is the most that we want. With [`answer_lines`] it makes an answer in which other
/// streams are taken too.
///
/// # Errors
/// See [`NotAcceptable`].
pub fn accept_audio(
    offer: &SessionDescription,
    local: SocketAddr,
    capabilities: &Capabilities,
    direction: Direction,
) -> Result<(usize, Media, Negotiated), NotAcceptable> {
    let mut refusal = NotAcceptable::NoAudio;
    let streams = offer.media.iter().enumerate();
    for (index, media) in streams.filter(|(_, media)| media.is_usable_audio()) {
        match accept(offer, media, local, capabilities, direction) {
            Ok((stream, negotiated)) => return Ok((index, stream, negotiated)),
            Err(why) => refusal = why,
        }
    }
    Err(refusal)
}

/// What our offer and the peer's answer agree on.
///
/// # Errors
/// See [`NotAcceptable`].
pub fn negotiated(
    offer: &SessionDescription,
    answer: &SessionDescription,
) -> Result<Negotiated, NotAcceptable> {
    check_answer(offer, answer)?;
    let mut pairs = offer.media.iter().zip(&answer.media);
    let (ours, theirs) = pairs
        .find(|(ours, _)| ours.is_usable_audio())
        .ok_or(NotAcceptable::NoAudio)?;
    if !theirs.is_usable_audio() {
        return Err(NotAcceptable::NoAudio);
    }
    let local = offer.address_of(ours).ok_or(NotAcceptable::Address)?;
    let remote = usable_address(answer, theirs, local)?;
    let our_formats = Format::all(ours);
    let their_formats = Format::all(theirs);
    // Of several codecs in the answer, the first is the preferred one (RFC 3264 6.1).
    let (codec, send, receive) = their_formats
        .iter()
        .find_map(|theirs| {
            let codec = theirs.codec()?;
            let ours = our_formats
                .iter()
                .find(|ours| ours.codec() == Some(codec))?;
            Some((codec, theirs.number, ours.number))
        })
        .ok_or(NotAcceptable::NoCommonCodec)?;
    let event = event_for(&their_formats, codec).and_then(|theirs| {
        let ours = our_formats
            .iter()
            .find(|ours| ours.encoding == theirs.encoding)?;
        theirs.telephone_event(ours.number)
    });
    let own_ptime = ours
        .ptime()
        .and_then(|time| u8::try_from(time).ok())
        .unwrap_or(20);
    Ok(agreed(
        RtpParameters {
            remote,
            codec,
            send_payload_type: send,
            receive_payload_type: receive,
            telephone_event: event,
            ptime: packet_time(codec, theirs, own_ptime),
        },
        offer
            .direction_of(ours)
            .and(answer.direction_of(theirs).reversed()),
    ))
}

/// A payload type and what it stands for, as far as it concerns us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Format {
    number: u8,
    encoding: Encoding,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Audio(Codec),
    TelephoneEvent { clock_rate: u32 },
}

impl Format {
    const fn audio(number: u8, codec: Codec) -> Self {
        Self {
            number,
            encoding: Encoding::Audio(codec),
        }
    }

    const fn event(number: u8, clock_rate: u32) -> Self {
        Self {
            number,
            encoding: Encoding::TelephoneEvent { clock_rate },
        }
    }

    /// The formats of a media description that concern us, in its order.
    fn all(media: &Media) -> Vec<Self> {
        media
            .formats
            .iter()
            .filter_map(|format| Self::of(media, format))
            .collect()
    }

    fn of(media: &Media, format: &str) -> Option<Self> {
        let number = format.parse().ok().filter(|number| *number < 128)?;
        // Static payload types need no rtpmap (RFC 3264 5.1).
        let map = media.encoding(format)?;
        if map.encoding.eq_ignore_ascii_case("telephone-event") {
            return Some(Self::event(number, map.clock_rate));
        }
        let codec = Codec::ALL
            .into_iter()
            .find(|codec| map.is_same_encoding(&rtpmap(number, *codec)))?;
        Some(Self::audio(number, codec))
    }

    const fn codec(self) -> Option<Codec> {
        match self.encoding {
            Encoding::Audio(codec) => Some(codec),
            Encoding::TelephoneEvent { .. } => None,
        }
    }

    /// Events as the far end describes them, which come under the number of our description.
    const fn telephone_event(self, receive_payload_type: u8) -> Option<TelephoneEvent> {
        match self.encoding {
            Encoding::TelephoneEvent { clock_rate } => Some(TelephoneEvent {
                payload_type: self.number,
                receive_payload_type,
                clock_rate,
            }),
            Encoding::Audio(_) => None,
        }
    }

    /// Writes the attributes that describe it.
    fn describe(self, attributes: &mut Attributes) {
        let number = self.number;
        let (map, parameters) = match self.encoding {
            Encoding::Audio(codec) => {
                let parameters = match codec {
                    // The default is yes (RFC 4856 2.1.9); we send no comfort noise.
                    Codec::G729 => Some("annexb=no"),
                    // A telephone network has no more (RFC 7587 6.1).
                    Codec::Opus => Some("maxplaybackrate=8000;sprop-maxcapturerate=8000"),
                    Codec::Pcma | Codec::Pcmu => None,
                };
                (rtpmap(number, codec), parameters)
            }
            // DTMF (RFC 4733 2.4.1).
            Encoding::TelephoneEvent { clock_rate } => {
                let map = RtpMap {
                    payload_type: number,
                    encoding: "telephone-event",
                    clock_rate,
                    channels: 1,
                };
                (map, Some("0-15"))
            }
        };
        attributes.push(Attribute::typed(&map));
        if let Some(parameters) = parameters {
            attributes.push(Attribute::value(
                "fmtp",
                format_args!("{number} {parameters}"),
            ));
        }
    }
}

/// Takes one offered stream.
fn accept(
    offer: &SessionDescription,
    media: &Media,
    local: SocketAddr,
    capabilities: &Capabilities,
    wanted: Direction,
) -> Result<(Media, Negotiated), NotAcceptable> {
    let remote = usable_address(offer, media, local)?;
    let formats = Format::all(media);
    let common = formats.iter().filter_map(|format| {
        let rank = capabilities
            .codecs
            .iter()
            .position(|&codec| format.codec() == Some(codec))?;
        Some((rank, *format))
    });
    let chosen = match capabilities.preference {
        Preference::Offer => common.map(|(_, format)| format).next(),
        Preference::Own => common
            .min_by_key(|(rank, _)| *rank)
            .map(|(_, format)| format),
    };
    let (format, codec) = chosen
        .and_then(|format| Some((format, format.codec()?)))
        .ok_or(NotAcceptable::NoCommonCodec)?;
    let event = event_for(&formats, codec).filter(|_| capabilities.telephone_event);
    // The payload types are those of the offer, so they are the same both ways (RFC 3264 6.1).
    let formats: Vec<_> = [Some(format), event].into_iter().flatten().collect();
    let direction = wanted.and(offer.direction_of(media).reversed());
    let stream = audio(
        local.port(),
        media.protocol.clone(),
        &formats,
        capabilities.ptime,
        direction,
    );
    let parameters = RtpParameters {
        remote,
        codec,
        send_payload_type: format.number,
        receive_payload_type: format.number,
        telephone_event: event.and_then(|event| event.telephone_event(event.number)),
        ptime: packet_time(codec, media, capabilities.ptime),
    };
    Ok((stream, agreed(parameters, direction)))
}

fn agreed(parameters: RtpParameters, direction: Direction) -> Negotiated {
    let held = parameters.remote.ip().is_unspecified();
    let direction = if held {
        direction.and(Direction::RecvOnly)
    } else {
        direction
    };
    Negotiated {
        parameters,
        direction,
    }
}

fn usable_address(
    description: &SessionDescription,
    media: &Media,
    local: SocketAddr,
) -> Result<SocketAddr, NotAcceptable> {
    let is_ours =
        |remote: &SocketAddr| remote.is_ipv4() == local.is_ipv4() || remote.ip().is_unspecified();
    description
        .address_of(media)
        .filter(is_ours)
        .ok_or(NotAcceptable::Address)
}

/// The telephone-event that goes with a codec: that of its clock rate (RFC 4733 2.1), or for
/// want of one that of 8000 Hz, which phones send beside Opus too.
fn event_for(formats: &[Format], codec: Codec) -> Option<Format> {
    let at = |clock_rate| {
        let encoding = Encoding::TelephoneEvent { clock_rate };
        formats
            .iter()
            .find(|format| format.encoding == encoding)
            .copied()
    };
    at(codec.clock_rate()).or_else(|| at(8_000))
}

/// Milliseconds in a packet that we send: what the peer asks for and its decoder takes.
fn packet_time(codec: Codec, theirs: &Media, own: u8) -> u8 {
    let wanted = theirs.ptime().unwrap_or(u32::from(own));
    let bounded = wanted
        .min(theirs.maxptime().unwrap_or(u32::MAX))
        .clamp(10, 60);
    let time = u8::try_from(bounded / 10 * 10).unwrap_or(20);
    match (codec, time) {
        // Frames of Opus last 10, 20, 40 or 60 ms (RFC 6716 2.1.4).
        (Codec::Opus, 30) => 20,
        (Codec::Opus, 50) => 40,
        _ => time,
    }
}

fn audio(
    port: u16,
    protocol: Protocol,
    formats: &[Format],
    ptime: u8,
    direction: Direction,
) -> Media {
    let numbers: Formats = formats
        .iter()
        .map(|format| format.number.to_string())
        .collect();
    let mut media = Media::new(MediaKind::Audio, port, protocol, numbers);
    let attributes = &mut media.attributes;
    for format in formats {
        format.describe(attributes);
    }
    attributes.push(Attribute::value("ptime", ptime));
    attributes.push(Attribute::property(direction.attribute()));
    media
}

/// The payload type under which we offer a codec.
const fn payload_type(codec: Codec) -> u8 {
    match codec.static_payload_type() {
        Some(number) => number,
        None => OPUS,
    }
}

/// How a codec stands in an rtpmap.
const fn rtpmap(payload_type: u8, codec: Codec) -> RtpMap<'static> {
    RtpMap {
        payload_type,
        encoding: codec.name(),
        clock_rate: codec.clock_rate(),
        channels: match codec {
            // Always two (RFC 7587 7).
            Codec::Opus => 2,
            Codec::Pcma | Codec::Pcmu | Codec::G729 => 1,
        },
    }
}

/// The payload type under which we offer Opus.
const OPUS: u8 = 111;

/// The payload types under which we offer telephone-event, by clock rate in Hz.
const TELEPHONE_EVENTS: [(u8, u32); 2] = [(101, 8_000), (110, 48_000)];
