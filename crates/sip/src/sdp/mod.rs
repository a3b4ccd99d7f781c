//! SDP: session descriptions (RFC 8866) and offer/answer (RFC 3264).
//!
//! [`SessionDescription`] reads and writes; [`offer`], [`answer`] and [`negotiated`] agree with
//! a peer on one audio stream.

mod description;
mod direction;
mod offer_answer;
mod parse;

pub use description::{
    Attribute, Connection, Media, MediaKind, Origin, RtpMap, SessionDescription, SessionVersion,
};
pub use direction::Direction;
pub use offer_answer::{
    Capabilities, Negotiated, NotAcceptable, Preference, answer, is_acceptable, negotiated, offer,
};
pub use parse::{MAX_ATTRIBUTES, MAX_FORMATS, MAX_MEDIA, MAX_SDP, SdpError};

#[cfg(test)]
mod tests;
