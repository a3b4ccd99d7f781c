//! Interworking of SIP and ISUP (RFC 3398) as pure functions and tables.
//!
//! [`iam_from_invite`] and [`invite_from_iam`] begin a call, the functions of [`backward`] let it
//! progress, those of [`release`] end it. [`CauseMap`] holds the cause tables, [`TrunkProfile`] what
//! else the mapping has to know of a trunk group. No state, no clock: the call machines of the MGC
//! decide when to call what.

mod address;
pub mod backward;
pub mod cause;
mod hop_counter;
pub mod iam_to_invite;
pub mod invite_to_iam;
pub mod reason;
pub mod release;
pub mod trunk;

pub use backward::{
    Progress, answer_message, backward_before_acm, cpg_from_status, early_acm, is_early_acm,
    response_from_acm, response_from_cpg,
};
pub use cause::{CauseMap, Diagnostic, NotMapped, ProfileName, Remedy, ToIsup, ToSip};
pub use iam_to_invite::{InviteParts, invite_from_iam};
pub use invite_to_iam::{Refusal, address_messages, dialled_number, iam_from_invite};
pub use reason::{parse_reason, reason_header};
pub use release::{rel, rel_from_request, rel_from_response, status_from_rel};
pub use trunk::{Bearer, SendSt, TrunkProfile};
pub use trunkline_sip::reason_phrase;
