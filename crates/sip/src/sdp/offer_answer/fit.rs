//! Whether an answer fits its offer, and a new offer the session.

use crate::sdp::{Connection, Media, SessionDescription};

/// Why an answer does not fit its offer, or a new offer the session. Lines of media count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// The answer has another number of `m=` lines.
    #[error("expected {offered} m= lines as in the offer, got {answered} (RFC 3264 6)")]
    Lines {
        /// In the offer.
        offered: usize,
        /// In the answer.
        answered: usize,
    },
    /// A new offer has fewer `m=` lines than the session.
    #[error("expected at least {before} m= lines as in the session, got {offered} (RFC 3264 8)")]
    Vanished {
        /// In the session.
        before: usize,
        /// In the offer.
        offered: usize,
    },
    /// The media type is another one.
    #[error("expected the media type of the offer in m= line {line} (RFC 3264 6.1)")]
    Kind {
        /// Which line.
        line: usize,
    },
    /// The transport is another one.
    #[error("expected the transport of the offer in m= line {line} (RFC 3264 6.1)")]
    Protocol {
        /// Which line.
        line: usize,
    },
    /// The answer takes a stream that is disabled in the offer.
    #[error("expected port 0 as in the offer in m= line {line} (RFC 3264 8.2)")]
    Revived {
        /// Which line.
        line: usize,
    },
    /// None of the formats of the answer was offered.
    #[error("expected a format of the offer in m= line {line} (RFC 3264 6.1)")]
    Formats {
        /// Which line.
        line: usize,
    },
    /// Unicast was offered and multicast answered, or another group.
    #[error("expected unicast or the group of the offer in m= line {line} (RFC 3264 6.1, 6.2)")]
    Group {
        /// Which line.
        line: usize,
    },
}

/// What a peer does against the RFC, and is forgiven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// The direction is none that may answer the offered one (RFC 3264 6.1). What both allow holds.
    Direction {
        /// Which `m=` line, from 1.
        line: usize,
    },
    /// The `t=` line is not that of the offer (RFC 3264 6).
    Time,
    /// `o=` names another session than before (RFC 3264 8).
    Origin,
    /// The version of `o=` is not the next one, though the description changed, or it rose without
    /// a change (RFC 3264 8).
    Version,
    /// A dynamic payload type stands for another encoding than before (RFC 3264 8.3.2).
    PayloadType {
        /// Which `m=` line, from 1.
        line: usize,
        /// Which payload type.
        payload_type: u8,
    },
}

/// Whether an answer can be one to the offer.
///
/// # Errors
/// See [`Mismatch`].
pub fn check_answer(
    offer: &SessionDescription,
    answer: &SessionDescription,
) -> Result<(), Mismatch> {
    if offer.media.len() != answer.media.len() {
        return Err(Mismatch::Lines {
            offered: offer.media.len(),
            answered: answer.media.len(),
        });
    }
    for (index, (offered, answered)) in offer.media.iter().zip(&answer.media).enumerate() {
        let line = index + 1;
        if answered.kind != offered.kind {
            return Err(Mismatch::Kind { line });
        }
        if answered.port == 0 {
            // All else that stands in a refused line is ignored (RFC 3264 6).
            continue;
        }
        if offered.port == 0 {
            return Err(Mismatch::Revived { line });
        }
        if answered.protocol != offered.protocol {
            return Err(Mismatch::Protocol { line });
        }
        if group(offer, offered) != group(answer, answered) {
            return Err(Mismatch::Group { line });
        }
        if !has_common_format(offered, answered) {
            return Err(Mismatch::Formats { line });
        }
    }
    Ok(())
}

/// The group of a multicast stream.
fn group<'a>(description: &'a SessionDescription, media: &'a Media) -> Option<&'a Connection> {
    description
        .connection_of(media)
        .filter(|connection| matches!(connection, Connection::Multicast { .. }))
}

/// Whether one format of the answer was offered. Payload types may differ by side, then their
/// encodings count; a payload type of unknown encoding counts by its number.
fn has_common_format(offered: &Media, answered: &Media) -> bool {
    let has_payload_types = offered.protocol.has_payload_types();
    answered.formats.iter().any(|theirs| {
        offered.formats.iter().any(|ours| {
            if !has_payload_types {
                return ours.eq_ignore_ascii_case(theirs);
            }
            match (offered.encoding(ours), answered.encoding(theirs)) {
                (Some(ours), Some(theirs)) => ours.is_same_encoding(&theirs),
                // The answer must have an rtpmap, but not all have, under the number of the offer.
                (_, None) => ours == theirs,
                (None, Some(_)) => false,
            }
        })
    })
}

/// Whether a description can follow one of the same side in a session.
///
/// # Errors
/// [`Mismatch::Vanished`].
pub(super) fn check_lines(
    before: &SessionDescription,
    offer: &SessionDescription,
) -> Result<(), Mismatch> {
    if offer.media.len() < before.media.len() {
        return Err(Mismatch::Vanished {
            before: before.media.len(),
            offered: offer.media.len(),
        });
    }
    Ok(())
}

/// What is odd about an answer that can be one to the offer.
pub fn answer_oddities(offer: &SessionDescription, answer: &SessionDescription) -> Vec<Oddity> {
    let mut oddities = Vec::new();
    if !offer
        .times
        .iter()
        .map(|time| &time.time)
        .eq(answer.times.iter().map(|time| &time.time))
    {
        oddities.push(Oddity::Time);
    }
    for (index, (offered, answered)) in offer.media.iter().zip(&answer.media).enumerate() {
        let direction = answer.direction_of(answered);
        if answered.port != 0 && !direction.may_answer(offer.direction_of(offered)) {
            oddities.push(Oddity::Direction { line: index + 1 });
        }
    }
    oddities
}

/// What is odd about a description that follows one of the same side in a session.
pub(super) fn oddities_since(
    before: &SessionDescription,
    description: &SessionDescription,
) -> Vec<Oddity> {
    let mut oddities = Vec::new();
    let (old, new) = (&before.origin, &description.origin);
    if !new.is_same_session(old) {
        oddities.push(Oddity::Origin);
    } else if is_unchanged(before, description) {
        if old.version != new.version {
            oddities.push(Oddity::Version);
        }
    } else if !new.follows(old) {
        oddities.push(Oddity::Version);
    }
    for (index, (old, new)) in before.media.iter().zip(&description.media).enumerate() {
        if old.port == 0 || new.port == 0 || !new.protocol.has_payload_types() {
            continue;
        }
        let remapped = new.formats.iter().filter_map(|format| {
            let (old, new) = (old.rtpmap(format)?, new.rtpmap(format)?);
            let is_dynamic = new.payload_type >= 96;
            (is_dynamic && !new.is_same_encoding(&old)).then_some(new.payload_type)
        });
        oddities.extend(remapped.map(|payload_type| Oddity::PayloadType {
            line: index + 1,
            payload_type,
        }));
    }
    oddities
}

/// Whether two descriptions of one side say the same, whatever their `o=`.
pub(super) fn is_unchanged(before: &SessionDescription, description: &SessionDescription) -> bool {
    // All fields stand here, so that a new one is not forgotten.
    let SessionDescription {
        origin: _,
        name,
        information,
        uri,
        emails,
        phones,
        connection,
        bandwidths,
        times,
        attributes,
        media,
    } = description;
    *name == before.name
        && *information == before.information
        && *uri == before.uri
        && *emails == before.emails
        && *phones == before.phones
        && *connection == before.connection
        && *bandwidths == before.bandwidths
        && *times == before.times
        && *attributes == before.attributes
        && *media == before.media
}
