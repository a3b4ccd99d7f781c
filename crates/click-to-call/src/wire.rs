//! What a call needs of SIP messages, and what it puts into them.

use crate::call::Failure;
use crate::reason::{self, Reason};
use trunkline_sip::{Message, Name, reason_phrase};

/// The header fields that carry the reasons.
pub(crate) fn reason_headers(reasons: &[Reason]) -> Vec<(Name, String)> {
    reasons
        .iter()
        .map(|reason| (Name::Reason, reason.to_string()))
        .collect()
}

/// The reasons that a message carries.
pub(crate) fn reasons(message: &Message) -> Vec<Reason> {
    message
        .headers(Name::Reason)
        .flat_map(Reason::parse)
        .take(reason::MAX_VALUES)
        .collect()
}

/// The session description of a message.
pub(crate) fn sdp(message: &Message) -> Option<Vec<u8>> {
    message.sdp().map(<[u8]>::to_vec)
}

/// What a final response of 300 or more says.
pub(crate) fn failure(response: Option<&Message>, status: u16) -> Failure {
    let phrase = response
        .and_then(Message::reason)
        .filter(|phrase| !phrase.is_empty())
        .unwrap_or_else(|| reason_phrase(status));
    Failure {
        status,
        phrase: phrase.chars().take(reason::MAX_TEXT).collect(),
        reasons: response.map(reasons).unwrap_or_default(),
    }
}
