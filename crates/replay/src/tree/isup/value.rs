//! Parameters that the codec has read, in words.

use super::Node;
use std::collections::{BTreeMap, VecDeque};
use trunkline_isup::*;
use trunkline_model::Location;

/// What a parameter says.
#[derive(Default)]
pub(super) struct Readable {
    pub(super) value: Option<String>,
    pub(super) fields: Vec<Node>,
}

impl Readable {
    pub(super) fn value(value: impl ToString) -> Self {
        Self {
            value: Some(value.to_string()),
            fields: Vec::new(),
        }
    }

    pub(super) fn field(mut self, name: &str, value: impl ToString) -> Self {
        self.fields.push(Node::new(name, value.to_string()));
        self
    }

    pub(super) fn flag(self, name: &str, set: bool, text: [&str; 2]) -> Self {
        self.field(name, text[usize::from(!set)])
    }
}

/// The parameters of a message; of several with one code, the first first.
pub(super) struct Values(BTreeMap<ParameterCode, VecDeque<Readable>>);

macro_rules! values {
    ($message:ident, $values:ident; $($variant:ident { $($field:ident: $code:ident),* $(,)? })*) => {
        match $message {
            // Without `..`: a field that is added to a message must be named here.
            $(Message::$variant($variant { $($field,)* other: _, order: _ }) => {
                $($field.all($values.0.entry(ParameterCode::$code).or_default());)*
            })*
            Message::Grs(Grs { range }) => {
                RangeAndStatus { range: *range, status: None }.all($values.range_and_status());
            }
            Message::Gra(Gra { range, status }) => {
                let value = RangeAndStatus { range: *range, status: Some(*status) };
                value.all($values.range_and_status());
            }
            Message::Rsc | Message::Blo | Message::Bla | Message::Ubl | Message::Uba
            | Message::Ucic | Message::Unknown(_) => {}
        }
    };
}

impl Values {
    pub(super) fn of(message: &Message) -> Self {
        let mut values = Self(BTreeMap::new());
        values! { message, values;
            Iam {
                nature_of_connection: NATURE_OF_CONNECTION_INDICATORS,
                forward_call: FORWARD_CALL_INDICATORS,
                calling_category: CALLING_PARTYS_CATEGORY,
                transmission_medium: TRANSMISSION_MEDIUM_REQUIREMENT,
                called: CALLED_PARTY_NUMBER,
                calling: CALLING_PARTY_NUMBER,
                redirecting: REDIRECTING_NUMBER,
                redirection_information: REDIRECTION_INFORMATION,
                original_called: ORIGINAL_CALLED_NUMBER,
                user_to_user: USER_TO_USER_INFORMATION,
                access_transport: ACCESS_TRANSPORT,
                user_service_information: USER_SERVICE_INFORMATION,
                parameter_compatibility: PARAMETER_COMPATIBILITY_INFORMATION,
                generic_numbers: GENERIC_NUMBER,
                hop_counter: HOP_COUNTER,
            }
            Sam { subsequent: SUBSEQUENT_NUMBER }
            Acm {
                backward_call: BACKWARD_CALL_INDICATORS,
                optional_backward_call: OPTIONAL_BACKWARD_CALL_INDICATORS,
                cause: CAUSE_INDICATORS,
                user_to_user: USER_TO_USER_INFORMATION,
                access_transport: ACCESS_TRANSPORT,
                redirection_number: REDIRECTION_NUMBER,
                parameter_compatibility: PARAMETER_COMPATIBILITY_INFORMATION,
                call_diversion: CALL_DIVERSION_INFORMATION,
                redirection_number_restriction: REDIRECTION_NUMBER_RESTRICTION,
            }
            Cpg {
                event: EVENT_INFORMATION,
                cause: CAUSE_INDICATORS,
                backward_call: BACKWARD_CALL_INDICATORS,
                optional_backward_call: OPTIONAL_BACKWARD_CALL_INDICATORS,
                access_transport: ACCESS_TRANSPORT,
                redirection_number: REDIRECTION_NUMBER,
                user_to_user: USER_TO_USER_INFORMATION,
                parameter_compatibility: PARAMETER_COMPATIBILITY_INFORMATION,
                call_diversion: CALL_DIVERSION_INFORMATION,
                redirection_number_restriction: REDIRECTION_NUMBER_RESTRICTION,
                connected: CONNECTED_NUMBER,
                generic_numbers: GENERIC_NUMBER,
            }
            Anm {
                backward_call: BACKWARD_CALL_INDICATORS,
                optional_backward_call: OPTIONAL_BACKWARD_CALL_INDICATORS,
                user_to_user: USER_TO_USER_INFORMATION,
                connected: CONNECTED_NUMBER,
                access_transport: ACCESS_TRANSPORT,
                parameter_compatibility: PARAMETER_COMPATIBILITY_INFORMATION,
                generic_numbers: GENERIC_NUMBER,
                redirection_number: REDIRECTION_NUMBER,
                redirection_number_restriction: REDIRECTION_NUMBER_RESTRICTION,
            }
            Con {
                backward_call: BACKWARD_CALL_INDICATORS,
                optional_backward_call: OPTIONAL_BACKWARD_CALL_INDICATORS,
                connected: CONNECTED_NUMBER,
                user_to_user: USER_TO_USER_INFORMATION,
                access_transport: ACCESS_TRANSPORT,
                parameter_compatibility: PARAMETER_COMPATIBILITY_INFORMATION,
                generic_numbers: GENERIC_NUMBER,
                redirection_number: REDIRECTION_NUMBER,
                redirection_number_restriction: REDIRECTION_NUMBER_RESTRICTION,
            }
            Rel {
                cause: CAUSE_INDICATORS,
                redirection_information: REDIRECTION_INFORMATION,
                redirection_number: REDIRECTION_NUMBER,
                access_transport: ACCESS_TRANSPORT,
                user_to_user: USER_TO_USER_INFORMATION,
                automatic_congestion_level: AUTOMATIC_CONGESTION_LEVEL,
                parameter_compatibility: PARAMETER_COMPATIBILITY_INFORMATION,
            }
            Rlc { cause: CAUSE_INDICATORS }
            Sus { indicators: SUSPEND_RESUME_INDICATORS }
            Res { indicators: SUSPEND_RESUME_INDICATORS }
            Cfn { cause: CAUSE_INDICATORS }
        }
        values
    }

    /// The next parameter of that code.
    pub(super) fn next(&mut self, code: ParameterCode) -> Option<Readable> {
        self.0.get_mut(&code)?.pop_front()
    }

    fn range_and_status(&mut self) -> &mut VecDeque<Readable> {
        self.0.entry(ParameterCode::RANGE_AND_STATUS).or_default()
    }
}

/// The values of a field of a message.
trait All {
    fn all(&self, values: &mut VecDeque<Readable>);
}

impl<T: Describe> All for T {
    fn all(&self, values: &mut VecDeque<Readable>) {
        values.push_back(self.describe());
    }
}

impl<T: Describe> All for Option<T> {
    fn all(&self, values: &mut VecDeque<Readable>) {
        values.extend(self.iter().map(Describe::describe));
    }
}

impl<T: Describe> All for Vec<T> {
    fn all(&self, values: &mut VecDeque<Readable>) {
        values.extend(self.iter().map(Describe::describe));
    }
}

pub(super) trait Describe {
    fn describe(&self) -> Readable;
}

/// Counters and levels.
impl Describe for u8 {
    fn describe(&self) -> Readable {
        Readable::value(self)
    }
}

impl Describe for NatureOfConnection {
    fn describe(&self) -> Readable {
        Readable::default()
            .field("satellite indicator", self.satellite)
            .field("continuity check indicator", self.continuity_check)
            .flag(
                "echo control device indicator",
                self.echo_control,
                ["outgoing echo control device included", "not included"],
            )
    }
}

const INTERWORKING: [&str; 2] = ["interworking encountered", "no interworking encountered"];
const END_TO_END: [&str; 2] = [
    "end-to-end information available",
    "no end-to-end information available",
];
const ALL_THE_WAY: [&str; 2] = ["used all the way", "not used all the way"];

impl Describe for ForwardCallIndicators {
    fn describe(&self) -> Readable {
        let readable = Readable::default()
            .flag(
                "national/international call indicator",
                self.international_call,
                [
                    "to be treated as an international call",
                    "to be treated as a national call",
                ],
            )
            .field("end-to-end method indicator", self.end_to_end_method)
            .flag("interworking indicator", self.interworking, INTERWORKING)
            .flag(
                "end-to-end information indicator",
                self.end_to_end_information,
                END_TO_END,
            )
            .flag(
                "ISDN user part indicator",
                self.isdn_user_part_all_the_way,
                ALL_THE_WAY,
            )
            .field("ISDN user part preference indicator", self.preference)
            .flag(
                "ISDN access indicator",
                self.isdn_access,
                ["originating access ISDN", "originating access non-ISDN"],
            )
            .field("SCCP method indicator", self.sccp_method)
            .flag(
                "ported number translation indicator",
                self.number_translated,
                ["number translated", "number not translated"],
            )
            .flag(
                "query on release attempt indicator",
                self.qor_attempt,
                ["QoR routing attempt in progress", "no QoR routing attempt"],
            );
        match self.national {
            0 => readable,
            bits => readable.field("reserved for national use", bits),
        }
    }
}

impl Describe for CallingPartyCategory {
    fn describe(&self) -> Readable {
        Readable::value(format!("{} {}", self.code(), self.name()))
    }
}

impl Describe for TransmissionMedium {
    fn describe(&self) -> Readable {
        Readable::value(format!("{} {}", self.code(), self.name()))
    }
}

impl Describe for BackwardCallIndicators {
    fn describe(&self) -> Readable {
        Readable::default()
            .field("charge indicator", self.charge)
            .field("called party's status indicator", self.called_status)
            .field("called party's category indicator", self.called_category)
            .field("end-to-end method indicator", self.end_to_end_method)
            .flag("interworking indicator", self.interworking, INTERWORKING)
            .flag(
                "end-to-end information indicator",
                self.end_to_end_information,
                END_TO_END,
            )
            .flag(
                "ISDN user part indicator",
                self.isdn_user_part_all_the_way,
                ALL_THE_WAY,
            )
            .flag(
                "holding indicator",
                self.holding,
                ["holding requested", "holding not requested"],
            )
            .flag(
                "ISDN access indicator",
                self.isdn_access,
                ["terminating access ISDN", "terminating access non-ISDN"],
            )
            .flag(
                "echo control device indicator",
                self.echo_control,
                ["incoming echo control device included", "not included"],
            )
            .field("SCCP method indicator", self.sccp_method)
    }
}

impl Describe for OptionalBackwardCallIndicators {
    fn describe(&self) -> Readable {
        let readable = Readable::default()
            .flag(
                "in-band information indicator",
                self.in_band_information,
                [
                    "in-band information or an appropriate pattern is now available",
                    "no indication",
                ],
            )
            .flag(
                "call diversion may occur indicator",
                self.call_diversion_may_occur,
                ["call diversion may occur", "no indication"],
            )
            .flag(
                "simple segmentation indicator",
                self.segmentation,
                [
                    "additional information will be sent in a segmentation message",
                    "none will be sent",
                ],
            )
            .flag(
                "MLPP user indicator",
                self.mlpp_user,
                ["MLPP user", "no indication"],
            );
        match self.national {
            0 => readable,
            bits => readable.field("reserved for national use", bits),
        }
    }
}

impl Describe for EventInformation {
    fn describe(&self) -> Readable {
        Readable::value(format!("{} {}", self.event.code(), self.event.name())).flag(
            "event presentation restricted indicator",
            self.presentation_restricted,
            ["presentation restricted", "no indication"],
        )
    }
}

impl Describe for SuspendResumeIndicators {
    fn describe(&self) -> Readable {
        Readable::value(if self.network_initiated {
            "network initiated"
        } else {
            "ISDN subscriber initiated"
        })
    }
}

impl Describe for RangeAndStatus {
    fn describe(&self) -> Readable {
        let circuits = u16::from(self.range) + 1;
        let readable = Readable::value(format!("range {}, {circuits} circuits", self.range));
        match self.status {
            None => readable,
            Some(status) => {
                let ones: Vec<_> = status.ones().map(|index| index.to_string()).collect();
                let ones = if ones.is_empty() {
                    "none".to_owned()
                } else {
                    ones.join(", ")
                };
                readable.field(
                    "status bits set, counted from the circuit of the label",
                    ones,
                )
            }
        }
    }
}

impl Describe for RedirectionInformation {
    fn describe(&self) -> Readable {
        Readable::default()
            .field("redirecting indicator", self.indicator)
            .field("original redirection reason", self.original_reason)
            .field("redirection counter", self.counter)
            .field("redirecting reason", self.reason)
    }
}

impl Describe for CallDiversionInformation {
    fn describe(&self) -> Readable {
        Readable::default()
            .field("notification subscription options", self.notification)
            .field("redirecting reason", self.reason)
    }
}

impl Describe for RedirectionNumberRestriction {
    fn describe(&self) -> Readable {
        Readable::value(self.presentation)
    }
}

impl Describe for CauseIndicators {
    fn describe(&self) -> Readable {
        let cause = self.cause();
        let itu = self.coding_standard == CodingStandard::ItuT && cause.value.value() == self.value;
        let name = if itu {
            cause.value.name()
        } else {
            "not coded by Q.850"
        };
        let mut readable = Readable::value(format!("{} {name}", self.value))
            .field("coding standard", self.coding_standard)
            .field("location", location(self.location));
        if let Some(recommendation) = self.recommendation {
            readable = readable.field("recommendation", recommendation);
        }
        if self.diagnostics.is_empty() {
            return readable;
        }
        readable.field("diagnostics", diagnostics(self.value, &self.diagnostics))
    }
}

/// What stands behind a cause (Q.850 table 1).
fn diagnostics(cause: u8, octets: &[u8]) -> String {
    let list = |name: &dyn Fn(u8) -> String| {
        let names: Vec<_> = octets.iter().map(|&octet| name(octet)).collect();
        names.join(", ")
    };
    match cause {
        97 => list(&|code| MessageType::from_code(code).to_string()),
        99 | 103 | 110 => list(&|code| ParameterCode(code).to_string()),
        // The number of the timer, in digits of IA5.
        102 if octets.iter().all(u8::is_ascii_graphic) => {
            format!("timer {}", String::from_utf8_lossy(octets))
        }
        _ => super::super::node::hex(octets, " "),
    }
}

fn location(location: Location) -> String {
    let text = match location {
        Location::User => "user",
        Location::PrivateNetworkLocalUser => "private network serving the local user",
        Location::PublicNetworkLocalUser => "public network serving the local user",
        Location::TransitNetwork => "transit network",
        Location::PublicNetworkRemoteUser => "public network serving the remote user",
        Location::PrivateNetworkRemoteUser => "private network serving the remote user",
        Location::InternationalNetwork => "international network",
        Location::BeyondInterworkingPoint => "network beyond interworking point",
        Location::Spare(bits) => return format!("spare ({bits})"),
    };
    format!("{text} ({})", location.name())
}

impl Describe for ParameterCompatibilityInformation {
    fn describe(&self) -> Readable {
        let fields = self.instructions.iter().map(|(code, instruction)| {
            Node::named(format!("for {code}")).with(self::instruction(*instruction))
        });
        Readable {
            value: None,
            fields: fields.collect(),
        }
    }
}

/// What a node that does not know a message or parameter is to do with it (Q.763 3.33, 3.41).
pub(super) fn instruction(instruction: Instruction) -> Vec<Node> {
    let pass_on = match instruction.pass_on_not_possible {
        0 => "release the call",
        1 => "discard the message",
        2 => "discard the parameter",
        _ => "reserved",
    };
    let flag = |name: &str, set: bool, text: [&str; 2]| Node::new(name, text[usize::from(!set)]);
    vec![
        flag(
            "transit at intermediate exchange indicator",
            instruction.end_node_interpretation,
            ["end node interpretation", "transit interpretation"],
        ),
        flag(
            "release call indicator",
            instruction.release_call,
            ["release the call", "do not"],
        ),
        flag(
            "send notification indicator",
            instruction.send_notification,
            ["send notification", "do not"],
        ),
        flag(
            "discard message indicator",
            instruction.discard_message,
            ["discard the message", "do not"],
        ),
        flag(
            "discard parameter indicator",
            instruction.discard_parameter,
            ["discard the parameter", "do not"],
        ),
        Node::new("if passing on is not possible", pass_on),
    ]
}

/// What the codec passes on without a look inside.
impl Describe for UserServiceInformation {
    fn describe(&self) -> Readable {
        super::raw::user_service_information(&self.0)
    }
}

impl Describe for AccessTransport {
    fn describe(&self) -> Readable {
        super::raw::access_transport(&self.0)
    }
}

impl Describe for UserToUserInformation {
    fn describe(&self) -> Readable {
        super::raw::user_to_user_information(&self.0)
    }
}
