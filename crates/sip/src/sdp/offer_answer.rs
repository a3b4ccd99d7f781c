//! Offer and answer (RFC 3264, RFC 6337) for one audio stream over RTP.
//!
//! An offer lists every codec that we have. An answer takes the first audio stream that can be
//! used, with one codec and telephone-event, and refuses all other streams by port 0.

use super::{
    Attribute, Connection, Direction, Media, MediaKind, Origin, SessionDescription, SessionVersion,
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
    #[error("expected the media descriptions of the offer (RFC 3264 6)")]
    Mismatch,
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
            Self::Mismatch => (399, "Answer does not match the offer"),
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
    let media = audio(port, "RTP/AVP", &formats, capabilities.ptime, direction);
    // An unbounded session (RFC 8866 5.9).
    describe(local, session, vec!["0 0".to_owned()], vec![media])
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
    let mut refusal = NotAcceptable::NoAudio;
    let mut accepted = None;
    for (index, media) in offer
        .media
        .iter()
        .enumerate()
        .filter(|(_, media)| media.is_usable_audio())
    {
        match accept(offer, media, local, capabilities, direction) {
            Ok(stream) => {
                accepted = Some((index, stream));
                break;
            }
            Err(why) => refusal = why,
        }
    }
    let (accepted, (stream, negotiated)) = accepted.ok_or(refusal)?;
    let media = offer.media.iter().enumerate().map(|(index, media)| {
        if index == accepted {
            stream.clone()
        } else {
            refused(media)
        }
    });
    // `t=` is that of the offer (RFC 3264 6).
    Ok((
        describe(local, session, offer.times.clone(), media.collect()),
        negotiated,
    ))
}

/// What our offer and the peer's answer agree on.
///
/// # Errors
/// See [`NotAcceptable`].
pub fn negotiated(
    offer: &SessionDescription,
    answer: &SessionDescription,
) -> Result<Negotiated, NotAcceptable> {
    if offer.media.len() != answer.media.len() {
        return Err(NotAcceptable::Mismatch);
    }
    let mut pairs = offer.media.iter().zip(&answer.media);
    let (ours, theirs) = pairs
        .find(|(ours, _)| ours.is_usable_audio())
        .ok_or(NotAcceptable::NoAudio)?;
    if theirs.kind != ours.kind || theirs.protocol != ours.protocol {
        return Err(NotAcceptable::Mismatch);
    }
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
        let Some(map) = media.rtpmap(format) else {
            // Static payload types need no rtpmap (RFC 3264 5.1).
            let codec = Codec::ALL
                .into_iter()
                .find(|c| c.static_payload_type() == Some(number))?;
            return Some(Self::audio(number, codec));
        };
        if map.encoding.eq_ignore_ascii_case("telephone-event") {
            return Some(Self::event(number, map.clock_rate));
        }
        let codec = Codec::ALL.into_iter().find(|codec| {
            map.encoding.eq_ignore_ascii_case(codec.name())
                && map.clock_rate == codec.clock_rate()
                && map.channels == channels(*codec)
        })?;
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
    fn describe(self, attributes: &mut Vec<Attribute>) {
        let number = self.number;
        let (map, parameters) = match self.encoding {
            Encoding::Audio(codec) => {
                let map = match channels(codec) {
                    1 => format!("{number} {}/{}", codec.name(), codec.clock_rate()),
                    n => format!("{number} {}/{}/{n}", codec.name(), codec.clock_rate()),
                };
                let parameters = match codec {
                    // The default is yes (RFC 4856 2.1.9); we send no comfort noise.
                    Codec::G729 => Some("annexb=no"),
                    // A telephone network has no more (RFC 7587 6.1).
                    Codec::Opus => Some("maxplaybackrate=8000;sprop-maxcapturerate=8000"),
                    Codec::Pcma | Codec::Pcmu => None,
                };
                (map, parameters)
            }
            // DTMF (RFC 4733 2.4.1).
            Encoding::TelephoneEvent { clock_rate } => (
                format!("{number} telephone-event/{clock_rate}"),
                Some("0-15"),
            ),
        };
        attributes.push(Attribute::value("rtpmap", map));
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
        &media.protocol,
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

fn audio(port: u16, protocol: &str, formats: &[Format], ptime: u8, direction: Direction) -> Media {
    let mut attributes = Vec::new();
    for format in formats {
        format.describe(&mut attributes);
    }
    attributes.push(Attribute::value("ptime", ptime));
    attributes.push(Attribute::property(direction.attribute()));
    Media {
        kind: MediaKind::Audio,
        port,
        ports: 1,
        protocol: protocol.to_owned(),
        formats: formats
            .iter()
            .map(|format| format.number.to_string())
            .collect(),
        connection: None,
        bandwidths: Vec::new(),
        attributes,
    }
}

/// A stream that we do not take: port 0; at least one format must stand there, which one does
/// not matter (RFC 3264 6).
fn refused(media: &Media) -> Media {
    Media {
        kind: media.kind.clone(),
        port: 0,
        ports: 1,
        protocol: media.protocol.clone(),
        formats: media.formats.iter().take(1).cloned().collect(),
        connection: None,
        bandwidths: Vec::new(),
        attributes: Vec::new(),
    }
}

fn describe(
    local: SocketAddr,
    session: SessionVersion,
    times: Vec<String>,
    media: Vec<Media>,
) -> SessionDescription {
    SessionDescription {
        origin: Origin::new(session, local.ip()),
        name: "-".to_owned(),
        connection: Some(Connection::Ip(local.ip())),
        bandwidths: Vec::new(),
        times,
        attributes: Vec::new(),
        media,
    }
}

/// The payload type under which we offer a codec.
const fn payload_type(codec: Codec) -> u8 {
    match codec.static_payload_type() {
        Some(number) => number,
        None => OPUS,
    }
}

/// The channels in the rtpmap: always two for Opus (RFC 7587 7).
const fn channels(codec: Codec) -> u8 {
    match codec {
        Codec::Opus => 2,
        Codec::Pcma | Codec::Pcmu | Codec::G729 => 1,
    }
}

/// The payload type under which we offer Opus.
const OPUS: u8 = 111;

/// The payload types under which we offer telephone-event, by clock rate in Hz.
const TELEPHONE_EVENTS: [(u8, u32); 2] = [(101, 8_000), (110, 48_000)];
