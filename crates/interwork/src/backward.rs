//! Backward messages and provisional responses, both ways (RFC 3398 7.2.5 to 7.2.9 and 8.2.3 to
//! 8.2.4).

use crate::reason::reason_header;
use crate::trunk::TrunkProfile;
use trunkline_isup::{
    AccessTransport, BackwardCallIndicators, CalledPartyCategory, CalledPartyStatus,
    CauseIndicators, Charge, Event, OptionalBackwardCallIndicators, OptionalParameters,
    ProgressDescription, ProgressIndicator,
};
use trunkline_isup::{Acm, Anm, Con, Cpg, Message};
use trunkline_model::Cause;
use trunkline_sip::name::Name;

/// A provisional response to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Its status: 180, 181 or 183.
    pub status: u16,
    /// Whether there is something to hear in the backward direction: the response then carries SDP
    /// and the path is cut through.
    pub early_media: bool,
    /// Why the call will fail, if the network tells the caller by a tone or announcement: the final
    /// response follows when an interwork timer runs out (RFC 3398 7.1.6).
    pub cause: Option<Cause>,
    /// Further headers: Reason for that cause (RFC 6432).
    pub headers: Vec<(Name, String)>,
}

impl Progress {
    fn new(status: u16, early_media: bool) -> Self {
        Self {
            status,
            early_media,
            cause: None,
            headers: Vec::new(),
        }
    }

    /// The network says by itself, audibly, why the call fails.
    fn failing(cause: &CauseIndicators) -> Self {
        let cause = cause.cause();
        let headers = vec![(Name::Reason, reason_header(cause))];
        Self {
            status: 183,
            early_media: true,
            cause: Some(cause),
            headers,
        }
    }
}

/// Whether an ACM only says that the call is on its way (RFC 3398 7.2.5).
pub fn is_early_acm(acm: &Acm) -> bool {
    acm.backward_call.called_status != CalledPartyStatus::SubscriberFree
}

/// The response to an ACM (RFC 3398 7.1.6, 7.2.5, 7.2.6).
///
/// | ACM | response |
/// |---|---|
/// | with a cause | 183 with SDP and Reason |
/// | subscriber free | 180, with SDP if there is something to hear |
/// | no indication, interworking or in-band information | 183 with SDP |
/// | no indication | 183 without SDP |
///
/// RFC 3398 7.2.6 asks for 183 as soon as early media flows. A subscriber who is free *and* heard
/// gives 180 with SDP here: a phone that gets no SDP makes a ringing tone, one that gets it plays
/// what comes, and both know that the other side is being alerted.
pub fn response_from_acm(acm: &Acm) -> Option<Progress> {
    if let Some(cause) = acm.optional.get() {
        return Some(Progress::failing(&cause));
    }
    let audible = acm.backward_call.interworking || is_in_band(&acm.optional);
    let status = if is_early_acm(acm) { 183 } else { 180 };
    Some(Progress::new(status, audible))
}

/// The response to a CPG (RFC 3398 7.2.9): 180 for alerting, 181 for a forwarded call, else 183.
/// A spare event is taken for progress.
pub fn response_from_cpg(cpg: &Cpg) -> Option<Progress> {
    if let Some(cause) = cpg.optional.get() {
        return Some(Progress::failing(&cause));
    }
    let interworking = cpg
        .optional
        .get::<BackwardCallIndicators>()
        .is_some_and(|bci| bci.interworking);
    let audible = interworking || is_in_band(&cpg.optional);
    Some(match cpg.event.event {
        Event::Alerting => Progress::new(180, audible),
        Event::InBandInformation => Progress::new(183, true),
        Event::CallForwardedBusy
        | Event::CallForwardedNoReply
        | Event::CallForwardedUnconditional => Progress::new(181, audible),
        Event::Progress | Event::Spare(_) => Progress::new(183, audible),
    })
}

/// The ACM that says no more than that the call is on its way: when T11 runs out (RFC 3398 8.2.8),
/// and before a forwarding is told (8.2.3).
pub fn early_acm(trunk: &TrunkProfile) -> Acm {
    Acm::new(backward_call(trunk, CalledPartyStatus::NoIndication))
}

/// What the first provisional response becomes (RFC 3398 8.2.3, first table): 180 an ACM
/// "subscriber free", 181 an early ACM and a CPG, any other an ACM "no indication". Nothing for 100
/// (8.2.2) and for 199, which ends one of several branches (RFC 6228).
///
/// `early_media` says that media comes with the response.
pub fn backward_before_acm(trunk: &TrunkProfile, status: u16, early_media: bool) -> Vec<Message> {
    if !tells_something(status) {
        return Vec::new();
    }
    let mut acm = early_acm(trunk);
    if status == 180 {
        acm.backward_call.called_status = CalledPartyStatus::SubscriberFree;
    }
    acm.optional = in_band(early_media);
    let mut messages = vec![Message::Acm(acm)];
    if status == 181 {
        messages.extend(cpg_from_status(status, early_media).map(Message::Cpg));
    }
    messages
}

/// What a provisional response becomes once an ACM has been sent (RFC 3398 8.2.3, second table).
/// Media makes a progress an in-band information.
pub fn cpg_from_status(status: u16, early_media: bool) -> Option<Cpg> {
    if !tells_something(status) {
        return None;
    }
    let event = match status {
        180 => Event::Alerting,
        181 => Event::CallForwardedUnconditional,
        _ if early_media => Event::InBandInformation,
        _ => Event::Progress,
    };
    let mut cpg = Cpg::new(event);
    if event != Event::InBandInformation {
        cpg.optional = in_band(early_media);
    }
    Some(cpg)
}

/// The answer (RFC 3398 8.2.4): ANM, or CON if no ACM has been sent.
pub fn answer_message(trunk: &TrunkProfile, had_acm: bool) -> Message {
    if had_acm {
        Message::Anm(Anm::default())
    } else {
        Message::Con(Con::new(backward_call(
            trunk,
            CalledPartyStatus::NoIndication,
        )))
    }
}

/// The backward call indicators of RFC 3398 8.2.3.
fn backward_call(trunk: &TrunkProfile, called_status: CalledPartyStatus) -> BackwardCallIndicators {
    BackwardCallIndicators {
        charge: Charge::Charge,
        called_status,
        called_category: CalledPartyCategory::Ordinary,
        interworking: trunk.interworking_encountered,
        isdn_user_part_all_the_way: !trunk.interworking_encountered,
        echo_control: trunk.echo_control,
        ..BackwardCallIndicators::default()
    }
}

/// 101 to 198; RFC 3261 8.1.3.2 takes an unknown one for 183.
const fn tells_something(status: u16) -> bool {
    matches!(status, 101..=198)
}

fn in_band(early_media: bool) -> OptionalParameters {
    let indicators = OptionalBackwardCallIndicators {
        in_band_information: true,
        ..OptionalBackwardCallIndicators::default()
    };
    OptionalParameters::new().with_some(early_media.then_some(indicators))
}

/// Whether a message says that there is something to hear: by the optional backward call
/// indicators, or by a progress indicator of the access (expert-checks 37).
fn is_in_band(optional: &OptionalParameters) -> bool {
    optional
        .get::<OptionalBackwardCallIndicators>()
        .is_some_and(|indicators| indicators.in_band_information)
        || optional
            .get::<AccessTransport>()
            .is_some_and(|access| access.all().any(is_audible))
}

/// Whether a progress indicator says that there may be something to hear (Q.931 4.5.23).
fn is_audible(progress: ProgressIndicator) -> bool {
    matches!(
        progress.description,
        ProgressDescription::NotEndToEndIsdn | ProgressDescription::InBandInformation
    )
}

#[cfg(test)]
mod tests;
