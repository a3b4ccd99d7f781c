//! Redirection and call diversion.

use super::{Parameter, ParameterCode, first, indicators};
use crate::codes::codes;
use crate::describe::Description;
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

impl Parameter for RedirectionInformation {
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

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.indicator.code() & 7 | self.original_reason.code() << 4);
        let last = self.counter & 7 | self.reason.code() << 4;
        if last != 0 {
            out.push(last);
        }
    }

    fn describe(&self) -> Description {
        Description::default()
            .field(0, "redirecting indicator", self.indicator)
            .field(0, "original redirection reason", self.original_reason)
            .field(1, "redirection counter", self.counter)
            .field(1, "redirecting reason", self.reason)
    }
}

indicators! {
    /// Call diversion information (Q.763 3.6).
    pub struct CallDiversionInformation: CALL_DIVERSION_INFORMATION {
        0 {
            /// Notification subscription options.
            notification: NotificationSubscription, 0..3, "notification subscription options";
            /// Redirecting reason.
            reason: RedirectionReason, 3..7, "redirecting reason";
        }
    }

    /// Redirection number restriction (Q.763 3.47): whether the redirection number may be
    /// presented.
    pub struct RedirectionNumberRestriction: REDIRECTION_NUMBER_RESTRICTION {
        0 {
            /// Presentation restricted indicator.
            presentation: Presentation, 0..2, "presentation restricted indicator";
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn redirection_information() {
        // Call diverted for no reply; diverted twice, the last time for busy.
        let value = RedirectionInformation {
            indicator: RedirectingIndicator::CallDiverted,
            original_reason: RedirectionReason::NoReply,
            counter: 2,
            reason: RedirectionReason::UserBusy,
        };
        reads_and_writes(&[0x23, 0x12], value);
        refuses_fewer::<RedirectionInformation>(1);
    }

    #[test]
    fn second_octet_of_redirection_information_may_be_left_out() {
        let value = RedirectionInformation {
            indicator: RedirectingIndicator::CallRerouted,
            original_reason: RedirectionReason::Unknown,
            counter: 0,
            reason: RedirectionReason::Unknown,
        };
        reads_and_writes(&[0x01], value);
    }

    #[test]
    fn fields_that_do_not_fit_are_cut() {
        let value = RedirectionInformation {
            indicator: RedirectingIndicator::Spare(0xff),
            original_reason: RedirectionReason::Spare(0x1f),
            counter: 0x1f,
            reason: RedirectionReason::Unknown,
        };
        let mut octets = Vec::new();
        value.write(&mut octets);
        assert_eq!(octets, [0xf7, 0x07]);
    }

    #[test]
    fn call_diversion_information() {
        // Presentation allowed without number; not reachable.
        let value = CallDiversionInformation {
            notification: NotificationSubscription::AllowedWithoutNumber,
            reason: RedirectionReason::MobileNotReachable,
        };
        reads_and_writes(&[0b0011_0011], value);
        refuses_fewer::<CallDiversionInformation>(1);
    }

    #[test]
    fn redirection_number_restriction() {
        let value = RedirectionNumberRestriction {
            presentation: Presentation::Restricted,
        };
        reads_and_writes(&[1], value);
        assert_eq!(described(&value), ["presentation restricted"]);
        refuses_fewer::<RedirectionNumberRestriction>(1);
    }
}
