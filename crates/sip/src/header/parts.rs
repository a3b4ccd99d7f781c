//! Values taken apart to be shown, by the name of their header field.

use super::declare::{Lead, ParamValue};
use super::value::{GenValue, GenericParams, Text, UriText};
use super::*;
use crate::message::CSeq;
use crate::method::Method;
use core::fmt;

/// A part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What kind of part it is.
    pub kind: PartKind,
    /// What it is called; a parameter, by its name.
    pub name: String,
    /// What it says, without quotes; `None` for a parameter without value.
    pub value: Option<String>,
}

/// What kind of part of a value it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// Something that has its place.
    Field,
    /// A URI.
    Uri,
    /// A parameter.
    Parameter,
}

/// Takes a value apart as the type of its header field reads it: of a comma list, one element.
/// `None` if the header field has no type, so that its value is any text. A value of one part has
/// none to be shown.
///
/// # Errors
/// Of the type's `parse`; the position is that in the text.
pub fn parts(name: Name, text: &str) -> Option<Result<Vec<Part>, ParseError>> {
    let parts = match name.known() {
        Name::Via => read::<Via<'_>>(text),
        Name::From
        | Name::To
        | Name::ReplyTo
        | Name::Route
        | Name::RecordRoute
        | Name::Path
        | Name::ServiceRoute
        | Name::ReferTo
        | Name::PAssertedIdentity
        | Name::PPreferredIdentity
        | Name::PAssociatedUri
        | Name::PCalledPartyId => read::<Address<'_>>(text),
        Name::Contact => read::<Contact<'_>>(text),
        Name::PServedUser => read::<PServedUser<'_>>(text),
        Name::ReferredBy => read::<ReferredBy<'_>>(text),
        Name::Diversion => read::<Diversion<'_>>(text),
        Name::HistoryInfo => read::<HistoryInfo<'_>>(text),
        Name::CSeq => read::<CSeq>(text),
        Name::RAck => read::<RAck>(text),
        Name::RSeq => read::<RSeq>(text),
        Name::CallId | Name::InReplyTo => read::<CallId<'_>>(text),
        Name::Replaces => read::<Replaces<'_>>(text),
        Name::Join => read::<Join<'_>>(text),
        Name::TargetDialog => read::<TargetDialog<'_>>(text),
        Name::SessionId => read::<SessionId<'_>>(text),
        Name::MaxForwards => read::<MaxForwards>(text),
        Name::MaxBreadth => read::<MaxBreadth>(text),
        Name::FlowTimer => read::<FlowTimer>(text),
        Name::Expires => read::<Expires>(text),
        Name::MinExpires => read::<MinExpires>(text),
        Name::ContentLength => read::<ContentLength>(text),
        Name::SessionExpires => read::<SessionExpires<'_>>(text),
        Name::MinSe => read::<MinSe<'_>>(text),
        Name::RetryAfter => read::<RetryAfter<'_>>(text),
        Name::Timestamp => read::<Timestamp<'_>>(text),
        Name::Date => read::<Date>(text),
        Name::Allow => read::<Method>(text),
        Name::Require
        | Name::ProxyRequire
        | Name::Supported
        | Name::Unsupported
        | Name::AllowEvents
        | Name::ContentEncoding
        | Name::ContentLanguage
        | Name::ContentTransferEncoding
        | Name::RequestDisposition
        | Name::SipEtag
        | Name::SipIfMatch => read::<Token<'_>>(text),
        Name::Event => read::<Event<'_>>(text),
        Name::SubscriptionState => read::<SubscriptionState<'_>>(text),
        Name::ReferSub => read::<ReferSub<'_>>(text),
        Name::InfoPackage | Name::RecvInfo => read::<InfoPackage<'_>>(text),
        Name::Reason => read::<Reason<'_>>(text),
        Name::Privacy => read::<Privacy<'_>>(text),
        Name::Warning => read::<Warning<'_>>(text),
        Name::WwwAuthenticate | Name::ProxyAuthenticate => read::<Challenge<'_>>(text),
        Name::Authorization | Name::ProxyAuthorization => read::<Credentials<'_>>(text),
        Name::AuthenticationInfo => read::<AuthenticationInfo<'_>>(text),
        Name::Identity => read::<Identity<'_>>(text),
        Name::UserToUser => read::<UserToUser<'_>>(text),
        Name::CallInfo => read::<CallInfo<'_>>(text),
        Name::AlertInfo => read::<AlertInfo<'_>>(text),
        Name::ErrorInfo => read::<ErrorInfo<'_>>(text),
        Name::Geolocation => read::<Geolocation<'_>>(text),
        Name::ContentType => read::<ContentType<'_>>(text),
        Name::ContentDisposition => read::<ContentDisposition<'_>>(text),
        Name::MimeVersion => read::<MimeVersion>(text),
        Name::Accept => read::<Accept<'_>>(text),
        Name::AcceptEncoding => read::<AcceptEncoding<'_>>(text),
        Name::AcceptLanguage => read::<AcceptLanguage<'_>>(text),
        Name::AcceptContact | Name::RejectContact => read::<ContactFeatures<'_>>(text),
        Name::FeatureCaps => read::<FeatureCaps<'_>>(text),
        Name::PEarlyMedia => read::<PEarlyMedia<'_>>(text),
        Name::PChargingVector => read::<PChargingVector<'_>>(text),
        Name::PAccessNetworkInfo => read::<PAccessNetworkInfo<'_>>(text),
        Name::PVisitedNetworkId => read::<PVisitedNetworkId<'_>>(text),
        Name::Priority => read::<Priority<'_>>(text),
        Name::ResourcePriority | Name::AcceptResourcePriority => read::<ResourcePriority<'_>>(text),
        Name::AnswerMode | Name::PrivAnswerMode => read::<AnswerMode<'_>>(text),
        Name::SecurityClient | Name::SecurityServer | Name::SecurityVerify => {
            read::<SecurityMechanism<'_>>(text)
        }
        _ => return None,
    };
    Some(parts.map_err(|mut error| {
        error.field = Some(name);
        error
    }))
}

fn read<'a, V: Value<'a>>(text: &'a str) -> Result<Vec<Part>, ParseError> {
    V::parse(text).map(|value| value.parts())
}

/// What has parts to be shown.
pub(super) trait Show {
    fn show(&self, parts: &mut Parts);
}

/// Parts in order.
#[derive(Debug, Default)]
pub(super) struct Parts(Vec<Part>);

impl Parts {
    pub(super) fn of(value: &impl Show) -> Vec<Part> {
        let mut parts = Self::default();
        value.show(&mut parts);
        parts.0
    }

    pub(super) fn put(&mut self, kind: PartKind, name: &str, value: Option<String>) {
        let name = name.to_owned();
        self.0.push(Part { kind, name, value });
    }

    /// Something that has its place.
    pub(super) fn field(&mut self, name: &str, value: impl fmt::Display) {
        // Fields of a type have underscores for spaces.
        let name = name.replace('_', " ");
        self.put(PartKind::Field, &name, Some(value.to_string()));
    }

    /// As [`Parts::field`], if it is there.
    pub(super) fn optional(&mut self, name: &str, value: Option<impl fmt::Display>) {
        if let Some(value) = value {
            self.field(name, value);
        }
    }

    /// A text, if it is there.
    pub(super) fn text(&mut self, name: &str, text: Option<&Text<'_>>) {
        self.optional(name, text.map(Text::as_str));
    }

    /// A URI, before it the name that is shown for it.
    pub(super) fn address(&mut self, display: Option<&Text<'_>>, uri: &UriText<'_>) {
        self.text("display name", display);
        self.uri(uri);
    }

    pub(super) fn uri(&mut self, uri: &UriText<'_>) {
        self.put(PartKind::Uri, "URI", Some(uri.as_str().to_owned()));
    }

    /// A parameter, if it is there.
    pub(super) fn param<'a, T: ParamValue<'a>>(&mut self, name: &str, value: Option<&T>) {
        if let Some(value) = value {
            self.put(PartKind::Parameter, name, Some(value.shown()));
        }
    }

    /// A parameter without value, if it is there.
    pub(super) fn flag(&mut self, name: &str, is_there: bool) {
        if is_there {
            self.put(PartKind::Parameter, name, None);
        }
    }

    pub(super) fn others(&mut self, others: &GenericParams<'_>) {
        for param in &others.0 {
            let value = param.value.as_ref().map(GenValue::as_str);
            let value = value.map(ToOwned::to_owned);
            self.put(PartKind::Parameter, param.name.as_str(), value);
        }
    }
}

/// As a [`Lead`] writes itself.
pub(super) struct AsLead<'t, T>(pub(super) &'t T);

impl<'a, T: Lead<'a>> fmt::Display for AsLead<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f)
    }
}

/// As a [`ParamValue`] writes itself.
pub(super) struct AsParam<'t, T>(pub(super) &'t T);

impl<'a, T: ParamValue<'a>> fmt::Display for AsParam<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::NAMES;

    /// Those whose value is text, or which nobody here reads.
    const TEXT: &[Name] = &[
        Name::AdditionalIdentity,
        Name::GeolocationError,
        Name::GeolocationRouting,
        Name::IdentityInfo,
        Name::Organization,
        Name::PAnswerState,
        Name::PAssertedService,
        Name::PChargingFunctionAddresses,
        Name::PMediaAuthorization,
        Name::PPreferredService,
        Name::PPrivateNetworkIndication,
        Name::PProfileKey,
        Name::PRefusedUriList,
        Name::PUserDatabase,
        Name::PermissionMissing,
        Name::PriorityVerstat,
        Name::ReferEventsAt,
        Name::ResponseSource,
        Name::Server,
        Name::Subject,
        Name::SuppressIfMatch,
        Name::TriggerConsent,
        Name::UserAgent,
    ];

    #[test]
    fn every_name_has_a_type_or_is_text() {
        for row in NAMES {
            assert_eq!(
                parts(row.name, "").is_none(),
                TEXT.contains(&row.name),
                "{}",
                row.text
            );
        }
    }

    #[test]
    fn a_value_is_taken_apart() {
        let shown = |name, text| {
            let parts = parts(name, text).unwrap().unwrap();
            let lines = parts.iter().map(|part| match &part.value {
                Some(value) => format!("{:?} {}: {value}", part.kind, part.name),
                None => format!("{:?} {}", part.kind, part.name),
            });
            lines.collect::<Vec<_>>().join("\n")
        };
        assert_eq!(
            shown(
                Name::HistoryInfo,
                "\"A \\\"\" <sip:a@h?Reason=SIP%3Bcause%3D302%3Btext%3D%22x%22>;index=1.1;rc=1;y"
            ),
            "Field display name: A \"\nUri URI: sip:a@h\nField reason: SIP;cause=302;text=\"x\"\n\
             Parameter index: 1.1\nParameter rc: 1\nParameter y"
        );
        assert_eq!(
            shown(Name::Reason, "Q.850;cause=16;text=\"a b\";x=\"c\""),
            "Field protocol: Q.850\nParameter cause: 16\nParameter text: a b\nParameter x: c"
        );
        assert_eq!(shown(Name::Expires, "60"), "");
        let error = parts(Name::RAck, "1 2").unwrap().unwrap_err();
        assert_eq!((error.field, error.column), (Some(Name::RAck), 4));
        assert_eq!(parts(Name::Other("x-own"), "a"), None);
    }
}
