//! Header field names.

use core::fmt;

/// Declares the header fields: variant, name, compact form, whether its value is a comma list,
/// clause.
macro_rules! names {
    ($($variant:ident $name:literal $compact:tt $list:ident $clause:literal;)*) => {
        /// A header field name (RFC 3261 20 and the extensions). Names are compared without case.
        #[derive(Clone, Copy, Debug)]
        pub enum Name {
            $(
                #[doc = concat!("`", $name, "`, ", $clause, ".")]
                $variant,
            )*
            /// Any other, by its name.
            Other(&'static str),
        }

        /// All known names, with what the grammar says of them.
        pub const NAMES: &[Definition] = &[$(
            Definition {
                name: Name::$variant,
                text: $name,
                compact: names!(@compact $compact),
                list: names!(@list $list),
                clause: $clause,
            },
        )*];

        impl Name {
            /// The name in its usual spelling.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other(name) => name,
                }
            }

            /// Whether a field may carry several values separated by commas (RFC 3261 7.3.1).
            pub const fn is_list(self) -> bool {
                match self {
                    $(Self::$variant => names!(@list $list),)*
                    Self::Other(_) => false,
                }
            }

            /// The usual spelling, byte for byte.
            const fn exact(text: &[u8]) -> Option<Self> {
                // A constant table of this size compiles to a switch on the length.
                $(
                    if const_eq(text, $name.as_bytes()) {
                        return Some(Self::$variant);
                    }
                )*
                None
            }
        }
    };
    (@compact -) => { None };
    (@compact $letter:literal) => { Some($letter) };
    (@list list) => { true };
    (@list one) => { false };
}

/// One row of [`NAMES`].
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// The name.
    pub name: Name,
    /// Its usual spelling.
    pub text: &'static str,
    /// The compact form (RFC 3261 7.3.3), a lower-case letter.
    pub compact: Option<u8>,
    /// Whether a field may carry several values separated by commas.
    pub list: bool,
    /// The clause that defines it.
    pub clause: &'static str,
}

names! {
    Via "Via" b'v' list "RFC 3261 20.42";
    From "From" b'f' one "RFC 3261 20.20";
    To "To" b't' one "RFC 3261 20.39";
    CallId "Call-ID" b'i' one "RFC 3261 20.8";
    CSeq "CSeq" - one "RFC 3261 20.16";
    Contact "Contact" b'm' list "RFC 3261 20.10";
    MaxForwards "Max-Forwards" - one "RFC 3261 20.22";
    Route "Route" - list "RFC 3261 20.34";
    RecordRoute "Record-Route" - list "RFC 3261 20.30";
    ContentLength "Content-Length" b'l' one "RFC 3261 20.14";
    ContentType "Content-Type" b'c' one "RFC 3261 20.15";
    ContentDisposition "Content-Disposition" - one "RFC 3261 20.11";
    ContentEncoding "Content-Encoding" b'e' list "RFC 3261 20.12";
    ContentLanguage "Content-Language" - list "RFC 3261 20.13";
    ContentTransferEncoding "Content-Transfer-Encoding" - one "RFC 5621 3.2";
    MimeVersion "MIME-Version" - one "RFC 3261 20.24";
    Accept "Accept" - list "RFC 3261 20.1";
    AcceptContact "Accept-Contact" b'a' list "RFC 3841 9.2";
    AcceptEncoding "Accept-Encoding" - list "RFC 3261 20.2";
    AcceptLanguage "Accept-Language" - list "RFC 3261 20.3";
    AcceptResourcePriority "Accept-Resource-Priority" - list "RFC 4412 3.2";
    AdditionalIdentity "Additional-Identity" - list "TS 24.229 7.2.20";
    AlertInfo "Alert-Info" - list "RFC 3261 20.4";
    Allow "Allow" - list "RFC 3261 20.5";
    AllowEvents "Allow-Events" b'u' list "RFC 6665 8.2.2";
    AnswerMode "Answer-Mode" - one "RFC 5373 4.1";
    AuthenticationInfo "Authentication-Info" - one "RFC 3261 20.6";
    Authorization "Authorization" - one "RFC 3261 20.7";
    CallInfo "Call-Info" - list "RFC 3261 20.9";
    Date "Date" - one "RFC 3261 20.17";
    Diversion "Diversion" - list "RFC 5806 5";
    ErrorInfo "Error-Info" - list "RFC 3261 20.18";
    Event "Event" b'o' one "RFC 6665 8.2.1";
    Expires "Expires" - one "RFC 3261 20.19";
    FeatureCaps "Feature-Caps" - list "RFC 6809 6.2";
    FlowTimer "Flow-Timer" - one "RFC 5626 11";
    Geolocation "Geolocation" - list "RFC 6442 4.1";
    GeolocationError "Geolocation-Error" - one "RFC 6442 4.3";
    GeolocationRouting "Geolocation-Routing" - one "RFC 6442 4.2";
    HistoryInfo "History-Info" - list "RFC 7044 5";
    Identity "Identity" b'y' one "RFC 8224 4";
    IdentityInfo "Identity-Info" b'n' one "RFC 4474 9";
    InReplyTo "In-Reply-To" - list "RFC 3261 20.21";
    InfoPackage "Info-Package" - one "RFC 6086 8.2";
    Join "Join" - one "RFC 3911 7.1";
    MaxBreadth "Max-Breadth" - one "RFC 5393 5.3";
    MinExpires "Min-Expires" - one "RFC 3261 20.23";
    MinSe "Min-SE" - one "RFC 4028 5";
    Organization "Organization" - one "RFC 3261 20.25";
    PAccessNetworkInfo "P-Access-Network-Info" - list "RFC 7315 5.4";
    PAnswerState "P-Answer-State" - one "RFC 4964 7";
    PAssertedIdentity "P-Asserted-Identity" - list "RFC 3325 9.1";
    PAssertedService "P-Asserted-Service" - list "RFC 6050 4.1";
    PAssociatedUri "P-Associated-URI" - list "RFC 7315 5.1";
    PCalledPartyId "P-Called-Party-ID" - one "RFC 7315 5.2";
    PChargingFunctionAddresses "P-Charging-Function-Addresses" - list "RFC 7315 5.5";
    PChargingVector "P-Charging-Vector" - one "RFC 7315 5.6";
    PEarlyMedia "P-Early-Media" - list "RFC 5009 8";
    PMediaAuthorization "P-Media-Authorization" - list "RFC 3313 5.1";
    PPreferredIdentity "P-Preferred-Identity" - list "RFC 3325 9.2";
    PPreferredService "P-Preferred-Service" - list "RFC 6050 4.2";
    PPrivateNetworkIndication "P-Private-Network-Indication" - one "RFC 7316 7";
    PProfileKey "P-Profile-Key" - one "RFC 5002 5";
    PRefusedUriList "P-Refused-URI-List" - list "RFC 5318 5";
    PServedUser "P-Served-User" - one "RFC 5502 6";
    PUserDatabase "P-User-Database" - one "RFC 4457 4";
    PVisitedNetworkId "P-Visited-Network-ID" - list "RFC 7315 5.3";
    Path "Path" - list "RFC 3327 4";
    PermissionMissing "Permission-Missing" - list "RFC 5360 5.9.3";
    Priority "Priority" - one "RFC 3261 20.26";
    PriorityVerstat "Priority-Verstat" - one "TS 24.229 7.2.21";
    PrivAnswerMode "Priv-Answer-Mode" - one "RFC 5373 4.1";
    Privacy "Privacy" - one "RFC 3323 4.2";
    ProxyAuthenticate "Proxy-Authenticate" - one "RFC 3261 20.27";
    ProxyAuthorization "Proxy-Authorization" - one "RFC 3261 20.28";
    ProxyRequire "Proxy-Require" - list "RFC 3261 20.29";
    RAck "RAck" - one "RFC 3262 7.2";
    Reason "Reason" - list "RFC 3326 2";
    RecvInfo "Recv-Info" - list "RFC 6086 8.3";
    ReferEventsAt "Refer-Events-At" - one "RFC 7614 5";
    ReferSub "Refer-Sub" - one "RFC 4488 4";
    ReferTo "Refer-To" b'r' one "RFC 3515 2.1";
    ReferredBy "Referred-By" b'b' one "RFC 3892 3";
    RejectContact "Reject-Contact" b'j' list "RFC 3841 9.2";
    Replaces "Replaces" - one "RFC 3891 6.1";
    ReplyTo "Reply-To" - one "RFC 3261 20.31";
    RequestDisposition "Request-Disposition" b'd' list "RFC 3841 9.1";
    Require "Require" - list "RFC 3261 20.32";
    ResourcePriority "Resource-Priority" - list "RFC 4412 3.1";
    ResponseSource "Response-Source" - list "TS 24.229 7.2.17";
    RetryAfter "Retry-After" - one "RFC 3261 20.33";
    RSeq "RSeq" - one "RFC 3262 7.1";
    SecurityClient "Security-Client" - list "RFC 3329 2.2";
    SecurityServer "Security-Server" - list "RFC 3329 2.2";
    SecurityVerify "Security-Verify" - list "RFC 3329 2.2";
    Server "Server" - one "RFC 3261 20.35";
    ServiceRoute "Service-Route" - list "RFC 3608 5";
    SessionExpires "Session-Expires" b'x' one "RFC 4028 4";
    SessionId "Session-ID" - one "RFC 7989 5";
    SipEtag "SIP-ETag" - one "RFC 3903 11.3.1";
    SipIfMatch "SIP-If-Match" - one "RFC 3903 11.3.2";
    Subject "Subject" b's' one "RFC 3261 20.36";
    SubscriptionState "Subscription-State" - one "RFC 6665 8.2.3";
    Supported "Supported" b'k' list "RFC 3261 20.37";
    SuppressIfMatch "Suppress-If-Match" - one "RFC 5839 7.2";
    TargetDialog "Target-Dialog" - one "RFC 4538 7";
    Timestamp "Timestamp" - one "RFC 3261 20.38";
    TriggerConsent "Trigger-Consent" - list "RFC 5360 5.11.1";
    Unsupported "Unsupported" - list "RFC 3261 20.40";
    UserAgent "User-Agent" - one "RFC 3261 20.41";
    UserToUser "User-to-User" - list "RFC 7433 4";
    Warning "Warning" - list "RFC 3261 20.43";
    WwwAuthenticate "WWW-Authenticate" - one "RFC 3261 20.44";
}

impl Name {
    /// The name, in whatever case or in compact form; `None` if it is none of [`NAMES`].
    pub fn from_text(text: &str) -> Option<Self> {
        Self::recognise(text.as_bytes())
    }

    /// The variant of the name: `Other("Via")` is `Via`.
    pub(crate) fn known(self) -> Self {
        match self {
            Self::Other(text) => Self::from_text(text).unwrap_or(self),
            known => known,
        }
    }

    pub(crate) fn recognise(text: &[u8]) -> Option<Self> {
        if let [letter] = text {
            let letter = letter.to_ascii_lowercase();
            return NAMES
                .iter()
                .find(|row| row.compact == Some(letter))
                .map(|row| row.name);
        }
        Self::exact(text).or_else(|| {
            NAMES
                .iter()
                .find(|row| row.text.as_bytes().eq_ignore_ascii_case(text))
                .map(|row| row.name)
        })
    }
}

/// Two names are equal if they name the same field: `Other("via")` is `Via`.
impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Other(_), _) | (_, Self::Other(_)) => {
                self.as_str().eq_ignore_ascii_case(other.as_str())
            }
            _ => core::mem::discriminant(self) == core::mem::discriminant(other),
        }
    }
}

impl Eq for Name {}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const fn const_eq(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_each_of_its_names() {
        for row in NAMES {
            assert_eq!(Name::from_text(row.text), Some(row.name));
            assert_eq!(Name::from_text(&row.text.to_uppercase()), Some(row.name));
            assert_eq!(row.name.as_str(), row.text);
            assert_eq!(row.name.is_list(), row.list);
            assert!(
                row.clause.starts_with("RFC ") || row.clause.starts_with("TS "),
                "{}",
                row.text
            );
            if let Some(letter) = row.compact {
                let text = char::from(letter).to_string();
                assert_eq!(Name::from_text(&text), Some(row.name));
                assert_eq!(Name::from_text(&text.to_uppercase()), Some(row.name));
            }
        }
    }

    #[test]
    fn no_name_and_no_compact_form_stands_twice() {
        for (index, row) in NAMES.iter().enumerate() {
            for other in &NAMES[index + 1..] {
                assert!(!row.text.eq_ignore_ascii_case(other.text), "{}", row.text);
                assert!(
                    row.compact.is_none() || row.compact != other.compact,
                    "{}",
                    row.text
                );
            }
        }
    }

    #[test]
    fn other_is_compared_by_its_text() {
        assert_eq!(Name::Other("X-Id"), Name::Other("x-iD"));
        assert_eq!(Name::Other("via"), Name::Via);
        assert_ne!(Name::Other("X-Id"), Name::Via);
        assert_ne!(Name::From, Name::To);
    }
}
