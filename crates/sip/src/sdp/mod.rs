//! SDP: session descriptions (RFC 8866) and offer/answer (RFC 3264).
//!
//! [`SessionDescription`] reads and writes; it keeps every attribute as it came, and
//! [`Attributes::first`] and [`Attributes::every`] read those that have a type here.
//! [`OfferAnswer`] is the exchange in a dialog; [`offer`], [`answer`] and [`negotiated`] agree with
//! a peer on one audio stream.

mod attribute;
mod bandwidth;
mod connection;
mod crypto;
mod description;
mod direction;
mod dtls;
mod error;
mod fields;
mod format;
mod group;
mod ice;
mod media;
mod offer_answer;
mod parse;
mod precondition;
mod rtcp;
mod t38;
mod text;
mod write;

pub use attribute::{Attribute, Attributes, TypedAttribute};
pub use bandwidth::BandwidthType;
pub use connection::Connection;
pub use crypto::{Crypto, CryptoSuite, InlineKey};
pub use description::{Origin, SessionDescription, SessionVersion, TimeDescription};
pub use direction::Direction;
pub use dtls::{Fingerprint, Setup, TlsId};
pub use error::{AttributeError, SdpError};
pub use fields::{Expected, Fields};
pub use format::{OpusParameters, Parameters, RtpMap, TelephoneEvents, g729_annex_b};
pub use group::{Group, Mid};
pub use ice::{Candidate, CandidateAddress, CandidateType, IceCredentials, IceOptions};
pub use media::{Formats, Media, MediaKind, Protocol};
pub use offer_answer::{
    Agreed, Capabilities, Carrier, Meaning, Mismatch, Negotiated, NotAcceptable, Oddity,
    OfferAnswer, PATTERNS, Pattern, Preference, Refusal, State, accept_audio, answer, answer_lines,
    answer_oddities, check_answer, is_acceptable, negotiated, offer,
};
pub(crate) use offer_answer::{Kind, Turns, Way};
pub use parse::{MAX_ATTRIBUTES, MAX_FORMATS, MAX_MEDIA, MAX_OTHER_LINES, MAX_SDP, TOLERATED};
pub use precondition::{
    ConfirmStatus, CurrentStatus, DesiredStatus, DirectionTag, Row, StatusTable, StatusType,
    Strength, StrengthTag,
};
pub use rtcp::Rtcp;
pub use t38::{RateManagement, T38, UdpErrorCorrection};
pub use text::{Personal, Text};

#[cfg(test)]
mod tests;
