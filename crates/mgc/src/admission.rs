//! Whether a request is let in by its credentials (RFC 3261 22.2).

use trunkline_model::Time;
use trunkline_sip::digest::{Refusal, Secret, Verdict, Verifier};
use trunkline_sip::{Message, Name};

/// What the credentials of a request come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// They are good.
    Admitted,
    /// 401 with these header fields.
    Challenge(Vec<(Name, String)>),
    /// They are wrong.
    Refused,
    /// They cannot be read.
    Malformed,
}

/// Looks at the credentials of a request.
pub(crate) fn admit<'s>(
    verifier: &mut Verifier,
    now: Time,
    request: &Message,
    lookup: &mut dyn FnMut(&str, &str) -> Option<&'s Secret>,
) -> Admission {
    match verifier.verify(now, request, lookup) {
        Verdict::Accepted { .. } | Verdict::Exempt => Admission::Admitted,
        Verdict::Stale => Admission::Challenge(verifier.challenge(now, true)),
        // Another algorithm may do.
        Verdict::NoCredentials
        | Verdict::Refused {
            refusal: Refusal::NotOffered,
            ..
        } => Admission::Challenge(verifier.challenge(now, false)),
        Verdict::Refused { .. } => Admission::Refused,
        Verdict::Malformed(_) => Admission::Malformed,
    }
}
