//! Offer and answer (RFC 3264, RFC 6337).
//!
//! [`OfferAnswer`] is the state of one dialog: who may offer when, what a description in a message
//! is, whether it fits. [`offer`], [`answer`] and [`negotiated`] make and read the descriptions of
//! one audio stream; [`answer_lines`] makes an answer of any streams.

mod audio;
mod exchange;
mod fit;
mod lines;
mod pattern;
mod turns;

pub use audio::{
    Capabilities, Negotiated, NotAcceptable, Preference, accept_audio, answer, is_acceptable,
    negotiated, offer,
};
pub use exchange::{Agreed, Meaning, OfferAnswer, Refusal, State};
pub use fit::{Mismatch, Oddity, answer_oddities, check_answer};
pub use lines::answer_lines;
pub use pattern::{Carrier, PATTERNS, Pattern};
pub(crate) use turns::{Kind, Turns, Way};
