//! What the backward messages say of the call: backward call indicators, optional backward call
//! indicators, event information, suspend/resume indicators.

use crate::codes::codes;
use crate::param::{EndToEndMethod, SccpMethod};

codes! {
    /// Charge indicator (Q.763 3.5 a): 2 bits.
    pub enum Charge {
        NoIndication = 0, "no indication";
        NoCharge = 1, "no charge";
        Charge = 2, "charge";
        _ => Spare, "spare charge indicator"
    }
}

codes! {
    /// Called party's status indicator (Q.763 3.5 b): 2 bits.
    pub enum CalledPartyStatus {
        NoIndication = 0, "no indication";
        SubscriberFree = 1, "subscriber free";
        ConnectWhenFree = 2, "connect when free";
        _ => Spare, "spare called party's status indicator"
    }
}

codes! {
    /// Called party's category indicator (Q.763 3.5 c): 2 bits.
    pub enum CalledPartyCategory {
        NoIndication = 0, "no indication";
        Ordinary = 1, "ordinary subscriber";
        Payphone = 2, "payphone";
        _ => Spare, "spare called party's category indicator"
    }
}

/// Backward call indicators (Q.763 3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BackwardCallIndicators {
    /// Charge indicator.
    pub charge: Charge,
    /// Called party's status indicator.
    pub called_status: CalledPartyStatus,
    /// Called party's category indicator.
    pub called_category: CalledPartyCategory,
    /// End-to-end method indicator.
    pub end_to_end_method: EndToEndMethod,
    /// Interworking indicator: interworking encountered.
    pub interworking: bool,
    /// End-to-end information indicator: end-to-end information available.
    pub end_to_end_information: bool,
    /// ISDN user part indicator: used all the way.
    pub isdn_user_part_all_the_way: bool,
    /// Holding indicator: holding requested.
    pub holding: bool,
    /// ISDN access indicator: the terminating access is ISDN.
    pub isdn_access: bool,
    /// Echo control device indicator: an incoming echo control device is included.
    pub echo_control: bool,
    /// SCCP method indicator.
    pub sccp_method: SccpMethod,
}

/// All indicators 0.
impl Default for BackwardCallIndicators {
    fn default() -> Self {
        Self {
            charge: Charge::NoIndication,
            called_status: CalledPartyStatus::NoIndication,
            called_category: CalledPartyCategory::NoIndication,
            end_to_end_method: EndToEndMethod::LinkByLink,
            interworking: false,
            end_to_end_information: false,
            isdn_user_part_all_the_way: false,
            holding: false,
            isdn_access: false,
            echo_control: false,
            sccp_method: SccpMethod::NoIndication,
        }
    }
}

/// Optional backward call indicators (Q.763 3.37).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OptionalBackwardCallIndicators {
    /// In-band information indicator: in-band information or an appropriate pattern is now
    /// available.
    pub in_band_information: bool,
    /// Call diversion may occur indicator.
    pub call_diversion_may_occur: bool,
    /// Simple segmentation indicator: additional information will be sent in a segmentation
    /// message.
    pub segmentation: bool,
    /// MLPP user indicator.
    pub mlpp_user: bool,
    /// Bits E to H, reserved for national use: 4 bits, kept as they came.
    pub national: u8,
}

codes! {
    /// Event indicator (Q.763 3.21): 7 bits.
    pub enum Event {
        Alerting = 1, "alerting";
        Progress = 2, "progress";
        InBandInformation = 3, "in-band information or an appropriate pattern is now available";
        CallForwardedBusy = 4, "call forwarded on busy";
        CallForwardedNoReply = 5, "call forwarded on no reply";
        CallForwardedUnconditional = 6, "call forwarded unconditional";
        _ => Spare, "spare event"
    }
}

/// Event information (Q.763 3.21).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventInformation {
    /// Event indicator.
    pub event: Event,
    /// Event presentation restricted indicator.
    pub presentation_restricted: bool,
}

impl EventInformation {
    /// The event, its presentation not restricted.
    pub const fn new(event: Event) -> Self {
        Self {
            event,
            presentation_restricted: false,
        }
    }
}

impl From<Event> for EventInformation {
    fn from(event: Event) -> Self {
        Self::new(event)
    }
}

/// Suspend/resume indicators (Q.763 3.52).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SuspendResumeIndicators {
    /// Initiated by the network; otherwise by an ISDN subscriber.
    pub network_initiated: bool,
}
