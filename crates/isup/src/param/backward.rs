//! What the backward messages say of the call: backward call indicators, optional backward call
//! indicators, event information, suspend/resume indicators.

use super::{FixedParameter, Parameter, ParameterCode, bit, first};
use crate::codes::codes;
use crate::error::Problem;
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

impl Parameter for BackwardCallIndicators {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::BACKWARD_CALL_INDICATORS;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [a, i] = first(octets)?;
        Ok(Self {
            charge: Charge::from_code(a & 3),
            called_status: CalledPartyStatus::from_code(a >> 2 & 3),
            called_category: CalledPartyCategory::from_code(a >> 4 & 3),
            end_to_end_method: EndToEndMethod::from_code(a >> 6),
            interworking: bit(i, 0),
            end_to_end_information: bit(i, 1),
            isdn_user_part_all_the_way: bit(i, 2),
            holding: bit(i, 3),
            isdn_access: bit(i, 4),
            echo_control: bit(i, 5),
            sccp_method: SccpMethod::from_code(i >> 6),
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        out.push(
            value.charge.code() & 3
                | (value.called_status.code() & 3) << 2
                | (value.called_category.code() & 3) << 4
                | value.end_to_end_method.code() << 6,
        );
        out.push(
            u8::from(value.interworking)
                | u8::from(value.end_to_end_information) << 1
                | u8::from(value.isdn_user_part_all_the_way) << 2
                | u8::from(value.holding) << 3
                | u8::from(value.isdn_access) << 4
                | u8::from(value.echo_control) << 5
                | value.sccp_method.code() << 6,
        );
    }
}

impl FixedParameter for BackwardCallIndicators {
    const LENGTH: usize = 2;
}

impl Parameter for OptionalBackwardCallIndicators {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::OPTIONAL_BACKWARD_CALL_INDICATORS;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet] = first(octets)?;
        Ok(Self {
            in_band_information: bit(octet, 0),
            call_diversion_may_occur: bit(octet, 1),
            segmentation: bit(octet, 2),
            mlpp_user: bit(octet, 3),
            national: octet >> 4,
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        out.push(
            u8::from(value.in_band_information)
                | u8::from(value.call_diversion_may_occur) << 1
                | u8::from(value.segmentation) << 2
                | u8::from(value.mlpp_user) << 3
                | value.national << 4,
        );
    }
}

impl Parameter for EventInformation {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::EVENT_INFORMATION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet] = first(octets)?;
        Ok(Self {
            event: Event::from_code(octet & 0x7f),
            presentation_restricted: bit(octet, 7),
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        out.push(value.event.code() & 0x7f | u8::from(value.presentation_restricted) << 7);
    }
}

impl FixedParameter for EventInformation {
    const LENGTH: usize = 1;
}

impl Parameter for SuspendResumeIndicators {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::SUSPEND_RESUME_INDICATORS;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet] = first(octets)?;
        Ok(Self {
            network_initiated: bit(octet, 0),
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        out.push(u8::from(value.network_initiated));
    }
}

impl FixedParameter for SuspendResumeIndicators {
    const LENGTH: usize = 1;
}
