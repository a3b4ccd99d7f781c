//! Message classes and types (RFC 4666 3.1.2) and what each message may carry.

use crate::param::{Tag, TagSet};
use core::fmt;
use core::ops::Deref;

macro_rules! message_types {
    ($($name:ident = $class:literal $ty:literal, $text:literal, $clause:literal, [$($tag:ident $presence:ident),*];)*) => {
        /// A message that RFC 4666 defines and this crate knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum MessageType {
            $(
                #[doc = concat!($text, " (RFC 4666 ", $clause, ").")]
                $name,
            )*
        }

        impl MessageType {
            /// The message with that class and type.
            pub const fn from_codes(class: u8, code: u8) -> Option<Self> {
                match (class, code) {
                    $(($class, $ty) => Some(Self::$name),)*
                    _ => None,
                }
            }
        }

        /// All messages, with their parameters in the order in which they are written.
        pub const MESSAGES: &[MessageRow] = &[$(
            MessageRow {
                message_type: MessageType::$name,
                class: $class,
                code: $ty,
                name: $text,
                clause: concat!("RFC 4666 ", $clause),
                parameters: ParameterList::of(&[$((Tag::$tag, Presence::$presence)),*]),
            },
        )*];
    };
}

message_types! {
    Error = 0 0, "ERR", "3.8.1", [ErrorCode Mandatory, RoutingContext Optional, AffectedPointCode Optional, NetworkAppearance Optional, DiagnosticInformation Optional];
    Notify = 0 1, "NTFY", "3.8.2", [Status Mandatory, AspIdentifier Optional, RoutingContext Optional, InfoString Optional];
    Data = 1 1, "DATA", "3.3.1", [NetworkAppearance Optional, RoutingContext Optional, ProtocolData Mandatory, CorrelationId Optional];
    Duna = 2 1, "DUNA", "3.4.1", [NetworkAppearance Optional, RoutingContext Optional, AffectedPointCode Mandatory, InfoString Optional];
    Dava = 2 2, "DAVA", "3.4.2", [NetworkAppearance Optional, RoutingContext Optional, AffectedPointCode Mandatory, InfoString Optional];
    Daud = 2 3, "DAUD", "3.4.3", [NetworkAppearance Optional, RoutingContext Optional, AffectedPointCode Mandatory, InfoString Optional];
    Scon = 2 4, "SCON", "3.4.4", [NetworkAppearance Optional, RoutingContext Optional, AffectedPointCode Mandatory, ConcernedDestination Optional, CongestionIndications Optional, InfoString Optional];
    Dupu = 2 5, "DUPU", "3.4.5", [NetworkAppearance Optional, RoutingContext Optional, AffectedPointCode Mandatory, UserCause Mandatory, InfoString Optional];
    Drst = 2 6, "DRST", "3.4.6", [NetworkAppearance Optional, RoutingContext Optional, AffectedPointCode Mandatory, InfoString Optional];
    AspUp = 3 1, "ASPUP", "3.5.1", [AspIdentifier Optional, InfoString Optional];
    AspDown = 3 2, "ASPDN", "3.5.3", [InfoString Optional];
    Heartbeat = 3 3, "BEAT", "3.5.5", [HeartbeatData Optional];
    AspUpAck = 3 4, "ASPUP_ACK", "3.5.2", [AspIdentifier Optional, InfoString Optional];
    AspDownAck = 3 5, "ASPDN_ACK", "3.5.4", [InfoString Optional];
    HeartbeatAck = 3 6, "BEAT_ACK", "3.5.6", [HeartbeatData Optional];
    AspActive = 4 1, "ASPAC", "3.7.1", [TrafficModeType Optional, RoutingContext Optional, InfoString Optional];
    AspInactive = 4 2, "ASPIA", "3.7.3", [RoutingContext Optional, InfoString Optional];
    AspActiveAck = 4 3, "ASPAC_ACK", "3.7.2", [TrafficModeType Optional, RoutingContext Optional, InfoString Optional];
    AspInactiveAck = 4 4, "ASPIA_ACK", "3.7.4", [RoutingContext Optional, InfoString Optional];
    RegReq = 9 1, "REG_REQ", "3.6.1", [RoutingKey MandatoryRepeated];
    RegRsp = 9 2, "REG_RSP", "3.6.2", [RegistrationResult MandatoryRepeated];
    DeregReq = 9 3, "DEREG_REQ", "3.6.3", [RoutingContext Mandatory];
    DeregRsp = 9 4, "DEREG_RSP", "3.6.4", [DeregistrationResult MandatoryRepeated];
}

/// One line of [`MESSAGES`].
#[derive(Clone, Copy, Debug)]
pub struct MessageRow {
    /// The message.
    pub message_type: MessageType,
    /// Its class.
    pub class: u8,
    /// Its type within the class.
    pub code: u8,
    /// Its short name.
    pub name: &'static str,
    /// The section that describes it.
    pub clause: &'static str,
    /// The parameters that it may carry.
    pub parameters: ParameterList,
}

/// The parameters that a message, or a parameter made of parameters, may have.
#[derive(Clone, Copy, Debug)]
pub struct ParameterList {
    rows: &'static [(Tag, Presence)],
    // For a look at a parameter without a walk through the rows.
    listed: TagSet,
    mandatory: TagSet,
    repeated: TagSet,
}

impl ParameterList {
    pub(crate) const fn of(rows: &'static [(Tag, Presence)]) -> Self {
        let mut list = Self {
            rows,
            listed: TagSet::EMPTY,
            mandatory: TagSet::EMPTY,
            repeated: TagSet::EMPTY,
        };
        let mut index = 0;
        while index < rows.len() {
            let (tag, presence) = rows[index];
            list.listed.insert(tag);
            if presence.is_mandatory() {
                list.mandatory.insert(tag);
            }
            if presence.is_repeated() {
                list.repeated.insert(tag);
            }
            index += 1;
        }
        list
    }

    /// Whether that parameter may be there.
    pub const fn has(&self, tag: Tag) -> bool {
        self.listed.has(tag)
    }

    /// Whether that parameter may be there more than once.
    pub const fn may_repeat(&self, tag: Tag) -> bool {
        self.repeated.has(tag)
    }

    /// The first parameter that must be there and is not.
    pub(crate) fn missing(&self, seen: TagSet) -> Option<Tag> {
        if seen.has_all(self.mandatory) {
            return None;
        }
        let mut tags = self.rows.iter().map(|(tag, _)| *tag);
        tags.find(|tag| self.mandatory.has(*tag) && !seen.has(*tag))
    }
}

/// The rows, in the order in which they are written.
impl Deref for ParameterList {
    type Target = [(Tag, Presence)];

    fn deref(&self) -> &Self::Target {
        self.rows
    }
}

/// Whether a parameter must be there, and how often it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It must, once.
    Mandatory,
    /// It must, once or more often.
    MandatoryRepeated,
    /// It may once, or must under conditions that only its receiver can judge.
    Optional,
    /// It may, any number of times.
    OptionalRepeated,
}

impl Presence {
    /// Whether it must be there.
    pub const fn is_mandatory(self) -> bool {
        matches!(self, Self::Mandatory | Self::MandatoryRepeated)
    }

    /// Whether it may be there more than once.
    pub const fn is_repeated(self) -> bool {
        matches!(self, Self::MandatoryRepeated | Self::OptionalRepeated)
    }
}

impl MessageType {
    /// Its line in the table.
    pub const fn row(self) -> &'static MessageRow {
        // The table is made from the same list as the enum, in the same order.
        &MESSAGES[self as usize]
    }

    /// Its short name, as `"ASPUP_ACK"`.
    pub const fn name(self) -> &'static str {
        self.row().name
    }
}

impl fmt::Display for MessageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_has_each_message_once_and_in_the_order_of_the_enum() {
        for (index, row) in MESSAGES.iter().enumerate() {
            assert_eq!(row.message_type as usize, index);
            assert_eq!(
                MessageType::from_codes(row.class, row.code),
                Some(row.message_type)
            );
            for (other, _) in row.parameters.iter() {
                let count = row.parameters.iter().filter(|(tag, _)| tag == other);
                assert_eq!(count.count(), 1, "{} lists {other} twice", row.name);
            }
            assert_eq!(MESSAGES.iter().filter(|r| r.name == row.name).count(), 1);
        }
        assert_eq!(MESSAGES.len(), 23);
    }

    #[test]
    fn network_appearance_of_data_is_written_first() {
        // RFC 4666 3.3.1: where it is present, it must be the first parameter.
        assert_eq!(
            MessageType::Data.row().parameters[0].0,
            Tag::NetworkAppearance
        );
    }

    #[test]
    fn reserved_codes_are_no_messages() {
        for (class, code) in [
            (0, 2),
            (1, 0),
            (2, 0),
            (2, 7),
            (3, 0),
            (3, 7),
            (4, 5),
            (9, 0),
            (9, 5),
        ] {
            assert_eq!(MessageType::from_codes(class, code), None);
        }
    }
}
