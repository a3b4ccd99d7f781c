//! What the backward messages say of the call: backward call indicators, optional backward call
//! indicators, event information, suspend/resume indicators, access delivery information.

use super::{Parameter, ParameterCode, bit, first, indicators};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::param::{EndToEndMethod, FixedParameter, SccpMethod};

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

impl Parameter for EventInformation {
    const CODE: ParameterCode = ParameterCode::EVENT_INFORMATION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet] = first(octets)?;
        Ok(Self {
            event: Event::from_code(octet & 0x7f),
            presentation_restricted: bit(octet, 7),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.event.code() & 0x7f | u8::from(self.presentation_restricted) << 7);
    }

    fn describe(&self) -> Description {
        let restricted = if self.presentation_restricted {
            "presentation restricted"
        } else {
            "no indication"
        };
        Description::of(format!("{} {}", self.event.code(), self.event.name())).field(
            0,
            "event presentation restricted indicator",
            restricted,
        )
    }
}

impl FixedParameter for EventInformation {
    const LENGTH: usize = 1;
}

indicators! {
    /// Backward call indicators (Q.763 3.5).
    pub struct BackwardCallIndicators: BACKWARD_CALL_INDICATORS {
        0 {
            /// Charge indicator.
            charge: Charge, 0..2, "charge indicator";
            /// Called party's status indicator.
            called_status: CalledPartyStatus, 2..4, "called party's status indicator";
            /// Called party's category indicator.
            called_category: CalledPartyCategory, 4..6, "called party's category indicator";
            /// End-to-end method indicator.
            end_to_end_method: EndToEndMethod, 6..8, "end-to-end method indicator";
        }
        1 {
            /// Interworking indicator: interworking encountered.
            interworking: bool, 0..1, "interworking indicator",
                ["no interworking encountered", "interworking encountered"];
            /// End-to-end information indicator: end-to-end information available.
            end_to_end_information: bool, 1..2, "end-to-end information indicator",
                ["no end-to-end information available", "end-to-end information available"];
            /// ISDN user part indicator: used all the way.
            isdn_user_part_all_the_way: bool, 2..3, "ISDN user part indicator",
                ["not used all the way", "used all the way"];
            /// Holding indicator: holding requested.
            holding: bool, 3..4, "holding indicator",
                ["holding not requested", "holding requested"];
            /// ISDN access indicator: the terminating access is ISDN.
            isdn_access: bool, 4..5, "ISDN access indicator",
                ["terminating access non-ISDN", "terminating access ISDN"];
            /// Echo control device indicator: an incoming echo control device is included.
            echo_control: bool, 5..6, "echo control device indicator",
                ["not included", "incoming echo control device included"];
            /// SCCP method indicator.
            sccp_method: SccpMethod, 6..8, "SCCP method indicator";
        }
    }

    /// Optional backward call indicators (Q.763 3.37).
    pub struct OptionalBackwardCallIndicators: OPTIONAL_BACKWARD_CALL_INDICATORS {
        0 {
            /// In-band information indicator: in-band information or an appropriate pattern is
            /// now available.
            in_band_information: bool, 0..1, "in-band information indicator",
                [
                    "no indication",
                    "in-band information or an appropriate pattern is now available"
                ];
            /// Call diversion may occur indicator.
            call_diversion_may_occur: bool, 1..2, "call diversion may occur indicator",
                ["no indication", "call diversion may occur"];
            /// Simple segmentation indicator: additional information will be sent in a
            /// segmentation message.
            segmentation: bool, 2..3, "simple segmentation indicator",
                [
                    "none will be sent",
                    "additional information will be sent in a segmentation message"
                ];
            /// MLPP user indicator.
            mlpp_user: bool, 3..4, "MLPP user indicator", ["no indication", "MLPP user"];
            /// Bits E to H, reserved for national use: 4 bits, kept as they came.
            national: u8, 4..8, "reserved for national use", unless 0;
        }
    }

    /// Suspend/resume indicators (Q.763 3.52).
    pub struct SuspendResumeIndicators: SUSPEND_RESUME_INDICATORS {
        0 {
            /// Initiated by the network; otherwise by an ISDN subscriber.
            network_initiated: bool, 0..1, "suspend/resume indicator",
                ["ISDN subscriber initiated", "network initiated"];
        }
    }

    /// Access delivery information (Q.763 3.2): whether the terminating access has got a SETUP.
    pub struct AccessDeliveryInformation: ACCESS_DELIVERY_INFORMATION {
        0 {
            /// Access delivery indicator: no set-up message was generated.
            no_setup_generated: bool, 0..1, "access delivery indicator",
                ["set-up message generated", "no set-up message generated"];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn backward_call_indicators() {
        // HG 11 both end-to-end methods, FE 10 payphone, DC 01 subscriber free, BA 10 charge;
        // PO 01 connectionless, N echo control, M 0, L holding, K 0, J end-to-end information,
        // I 0.
        let value = BackwardCallIndicators {
            charge: Charge::Charge,
            called_status: CalledPartyStatus::SubscriberFree,
            called_category: CalledPartyCategory::Payphone,
            end_to_end_method: EndToEndMethod::PassAlongAndSccp,
            end_to_end_information: true,
            holding: true,
            echo_control: true,
            sccp_method: SccpMethod::Connectionless,
            ..Default::default()
        };
        reads_and_writes(&[0b1110_0110, 0b0110_1010], value);
        refuses_fewer::<BackwardCallIndicators>(2);
    }

    #[test]
    fn optional_backward_call_indicators() {
        // HGFE 1001 national use, D MLPP user, C 0, B call diversion may occur, A 0.
        let value = OptionalBackwardCallIndicators {
            call_diversion_may_occur: true,
            mlpp_user: true,
            national: 9,
            ..Default::default()
        };
        reads_and_writes(&[0b1001_1010], value);
        refuses_fewer::<OptionalBackwardCallIndicators>(1);
    }

    #[test]
    fn event_information() {
        let value = EventInformation {
            event: Event::Progress,
            presentation_restricted: true,
        };
        reads_and_writes(&[0x82], value);
        let indicator = "event presentation restricted indicator";
        assert_eq!(
            described(&value),
            [
                "2 progress",
                &format!("{indicator}: presentation restricted")
            ]
        );
        refuses_fewer::<EventInformation>(1);
    }

    #[test]
    fn single_indicators_are_bit_a() {
        let suspend = SuspendResumeIndicators {
            network_initiated: true,
        };
        reads_and_writes(&[1], suspend);
        assert_eq!(described(&suspend), ["network initiated"]);
        refuses_fewer::<SuspendResumeIndicators>(1);
        let delivery = AccessDeliveryInformation {
            no_setup_generated: true,
        };
        reads_and_writes(&[1], delivery);
        assert_eq!(described(&delivery), ["no set-up message generated"]);
        refuses_fewer::<AccessDeliveryInformation>(1);
    }
}
