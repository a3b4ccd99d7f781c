//! Redirection and call diversion.

use super::{Parameter, ParameterCode, first};
use crate::codes::codes;
use crate::error::Problem;
use crate::param::Presentation;

codes! {
    /// Redirecting indicator (Q.763 3.45 a): 3 bits.
    pub enum RedirectingIndicator {
        NoRedirection = 0, "no redirection";
        CallRerouted = 1, "call rerouted";
        CallReroutedAllRestricted = 2, "call rerouted, all redirection information restricted";
        CallDiverted = 3, "call diverted";
        CallDivertedAllRestricted = 4, "call diverted, all redirection information restricted";
        CallReroutedNumberRestricted = 5, "call rerouted, redirection number restricted";
        CallDivertedNumberRestricted = 6, "call diverted, redirection number restricted";
        _ => Spare, "spare redirecting indicator"
    }
}

codes! {
    /// Redirecting reason and original redirection reason (Q.763 3.45 b and d, 3.6 b): 4 bits.
    /// As original reason only the values 0 to 3 are used.
    pub enum RedirectionReason {
        Unknown = 0, "unknown or not available";
        UserBusy = 1, "user busy";
        NoReply = 2, "no reply";
        Unconditional = 3, "unconditional";
        DeflectionDuringAlerting = 4, "deflection during alerting";
        DeflectionImmediate = 5, "deflection immediate response";
        MobileNotReachable = 6, "mobile subscriber not reachable";
        _ => Spare, "spare redirection reason"
    }
}

/// Redirection information (Q.763 3.45).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RedirectionInformation {
    /// Redirecting indicator.
    pub indicator: RedirectingIndicator,
    /// Original redirection reason.
    pub original_reason: RedirectionReason,
    /// Redirection counter: how often the call was redirected, 1 to 5. Together with an unknown
    /// reason, 0 stands for a second octet that is absent.
    pub counter: u8,
    /// Redirecting reason, that of the last redirection.
    pub reason: RedirectionReason,
}

codes! {
    /// Notification subscription options (Q.763 3.6 a): 3 bits.
    pub enum NotificationSubscription {
        Unknown = 0, "unknown";
        PresentationNotAllowed = 1, "presentation not allowed";
        AllowedWithNumber = 2, "presentation allowed with redirection number";
        AllowedWithoutNumber = 3, "presentation allowed without redirection number";
        _ => Spare, "spare notification subscription option"
    }
}

/// Call diversion information (Q.763 3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallDiversionInformation {
    /// Notification subscription options.
    pub notification: NotificationSubscription,
    /// Redirecting reason.
    pub reason: RedirectionReason,
}

/// Redirection number restriction (Q.763 3.47): whether the redirection number may be presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RedirectionNumberRestriction {
    /// Presentation restricted indicator.
    pub presentation: Presentation,
}

impl Parameter for RedirectionInformation {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::REDIRECTION_INFORMATION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [original] = first(octets)?;
        // The second octet may be left out (Q.763 3.45, length 3-4 with code and length).
        let last = octets.get(1).copied().unwrap_or(0);
        Ok(Self {
            indicator: RedirectingIndicator::from_code(original & 7),
            original_reason: RedirectionReason::from_code(original >> 4),
            counter: last & 7,
            reason: RedirectionReason::from_code(last >> 4),
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        out.push(value.indicator.code() & 7 | value.original_reason.code() << 4);
        let last = value.counter & 7 | value.reason.code() << 4;
        if last != 0 {
            out.push(last);
        }
    }
}

impl Parameter for CallDiversionInformation {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::CALL_DIVERSION_INFORMATION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet] = first(octets)?;
        Ok(Self {
            notification: NotificationSubscription::from_code(octet & 7),
            reason: RedirectionReason::from_code(octet >> 3 & 0x0f),
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        out.push(value.notification.code() & 7 | (value.reason.code() & 0x0f) << 3);
    }
}

impl Parameter for RedirectionNumberRestriction {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::REDIRECTION_NUMBER_RESTRICTION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet] = first(octets)?;
        Ok(Self {
            presentation: Presentation::from_code(octet & 3),
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        out.push(value.presentation.code() & 3);
    }
}
