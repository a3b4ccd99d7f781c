//! Parameter tags (RFC 4666 3.2).

use core::fmt;

macro_rules! tags {
    ($($name:ident = $code:literal, $min:literal $max:literal, $text:literal, $clause:literal;)*) => {
        /// The parameters that RFC 4666 defines.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Tag {
            $(
                #[doc = concat!("The ", $text, " (RFC 4666 ", $clause, ").")]
                $name,
            )*
        }

        impl Tag {
            /// The parameter with that tag.
            pub const fn from_code(code: u16) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name),)*
                    _ => None,
                }
            }
        }

        /// All parameters.
        pub const PARAMETERS: &[ParameterRow] = &[$(
            ParameterRow {
                tag: Tag::$name,
                code: $code,
                min: $min,
                max: $max,
                name: $text,
                clause: concat!("RFC 4666 ", $clause),
            },
        )*];
    };
}

tags! {
    InfoString = 0x0004, 0 255, "INFO string", "3.4.1";
    RoutingContext = 0x0006, 4 65531, "routing context", "3.4.1";
    DiagnosticInformation = 0x0007, 0 65531, "diagnostic information", "3.8.1";
    HeartbeatData = 0x0009, 0 65531, "heartbeat data", "3.5.5";
    TrafficModeType = 0x000b, 4 4, "traffic mode type", "3.7.1";
    ErrorCode = 0x000c, 4 4, "error code", "3.8.1";
    Status = 0x000d, 4 4, "status", "3.8.2";
    AspIdentifier = 0x0011, 4 4, "ASP identifier", "3.5.1";
    AffectedPointCode = 0x0012, 4 65531, "affected point code", "3.4.1";
    CorrelationId = 0x0013, 4 4, "correlation id", "3.3.1";
    NetworkAppearance = 0x0200, 4 4, "network appearance", "3.3.1";
    UserCause = 0x0204, 4 4, "user/cause", "3.4.5";
    CongestionIndications = 0x0205, 4 4, "congestion indications", "3.4.4";
    ConcernedDestination = 0x0206, 4 4, "concerned destination", "3.4.4";
    RoutingKey = 0x0207, 0 65531, "routing key", "3.6.1";
    RegistrationResult = 0x0208, 0 65531, "registration result", "3.6.2";
    DeregistrationResult = 0x0209, 0 65531, "deregistration result", "3.6.4";
    LocalRoutingKeyIdentifier = 0x020a, 4 4, "local routing key identifier", "3.6.1";
    DestinationPointCode = 0x020b, 4 4, "destination point code", "3.6.1";
    ServiceIndicators = 0x020c, 1 65531, "service indicators", "3.6.1";
    OriginatingPointCodeList = 0x020e, 4 65531, "originating point code list", "3.6.1";
    ProtocolData = 0x0210, 12 65531, "protocol data", "3.3.1";
    RegistrationStatus = 0x0212, 4 4, "registration status", "3.6.2";
    DeregistrationStatus = 0x0213, 4 4, "deregistration status", "3.6.4";
}

/// One line of [`PARAMETERS`].
#[derive(Clone, Copy, Debug)]
pub struct ParameterRow {
    /// The parameter.
    pub tag: Tag,
    /// Its tag on the wire.
    pub code: u16,
    /// The least octets of its value.
    pub min: u16,
    /// The most octets of its value.
    pub max: u16,
    /// Its name.
    pub name: &'static str,
    /// The section that describes it.
    pub clause: &'static str,
}

impl Tag {
    /// Its line in the table.
    pub const fn row(self) -> &'static ParameterRow {
        // The table is made from the same list as the enum, in the same order.
        &PARAMETERS[self as usize]
    }
}

/// A set of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TagSet(u32);

impl TagSet {
    pub(crate) const EMPTY: Self = Self(0);

    pub(crate) const fn insert(&mut self, tag: Tag) {
        self.0 |= 1 << tag as u32;
    }

    pub(crate) const fn has(self, tag: Tag) -> bool {
        self.0 & 1 << tag as u32 != 0
    }

    pub(crate) const fn has_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

const _: () = assert!(PARAMETERS.len() <= 32, "a bit for each parameter");

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_ascending_and_in_the_order_of_the_enum() {
        for (index, row) in PARAMETERS.iter().enumerate() {
            assert_eq!(row.tag as usize, index);
            assert_eq!(Tag::from_code(row.code), Some(row.tag));
            assert!(row.min <= row.max, "{}", row.name);
            assert!(index == 0 || PARAMETERS[index - 1].code < row.code);
        }
    }
}
