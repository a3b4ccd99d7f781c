//! Event, Subscription-State, Refer-Sub, Info-Package, Recv-Info, Session-Expires, Min-SE and
//! Retry-After: what holds on, and how long.

use super::declare::{IntoOwned, Lead, ParamValue, header, parameterised, tokens};
use super::parts::Parts;
use super::reader::{ReadParam, Reader};
use super::value::{GenericParams, Text, Token};
use crate::error::ParseError;
use core::fmt;

parameterised! {
    /// An event package and which of its subscriptions (RFC 6665 8.2.1).
    Event, "RFC 6665 8.4",
    {
        /// The package, with its templates behind dots: `presence.winfo`.
        package: Token<'a>,
    }
    optional {
        /// Which subscription of the dialog it is.
        "id" id: Token<'a>,
    }
}
header!(Event<'a>, Event);

tokens! {
    /// The state of a subscription (RFC 6665 4.1.3).
    Substate, "RFC 6665 8.4" {
        /// It is accepted.
        Active "active",
        /// It waits for its authorization.
        Pending "pending",
        /// It is over.
        Terminated "terminated",
    }
}

tokens! {
    /// Why a subscription is over (RFC 6665 4.1.3).
    EventReason, "RFC 6665 8.4" {
        /// To be subscribed again at once.
        Deactivated "deactivated",
        /// To be subscribed again later.
        Probation "probation",
        /// The authorization was taken back.
        Rejected "rejected",
        /// It was not refreshed.
        Timeout "timeout",
        /// Nobody authorized it.
        Giveup "giveup",
        /// What it was for is gone.
        Noresource "noresource",
        /// What it was for changes no more.
        Invariant "invariant",
    }
}

parameterised! {
    /// The state of a subscription (RFC 6665 8.2.3).
    SubscriptionState, "RFC 6665 8.4",
    {
        /// The state.
        state: Substate<'a>,
    }
    optional {
        /// Why it is over.
        "reason" reason: EventReason<'a>,
        /// How many seconds it still lasts.
        "expires" expires: u32,
        /// After how many seconds to subscribe again.
        "retry-after" retry_after: u32,
    }
}
header!(SubscriptionState<'a>, SubscriptionState);

parameterised! {
    /// Whether a REFER makes a subscription (RFC 4488 4).
    ReferSub, "RFC 4488 4",
    {
        /// Whether it does.
        subscribes: bool,
    }
}
header!(ReferSub<'a>, ReferSub);

impl Lead<'_> for bool {
    fn read(reader: &mut Reader<'_>) -> Result<Self, ParseError> {
        let expected = reader.expected("`true` or `false`");
        match reader.token("`true` or `false`")? {
            token if token.is("true") => Ok(true),
            token if token.is("false") => Ok(false),
            _ => Err(expected),
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

parameterised! {
    /// A value of Info-Package or Recv-Info (RFC 6086 8.2, 8.3).
    InfoPackage, "RFC 6086 9.2",
    {
        /// The package.
        package: Token<'a>,
    }
}
header!(InfoPackage<'a>, InfoPackage);

/// Which side refreshes a session (RFC 4028 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresher {
    /// The client of the request that is answered.
    Uac,
    /// Its server.
    Uas,
}

impl ParamValue<'_> for Refresher {
    fn read(param: &ReadParam<'_>) -> Result<Self, ParseError> {
        param.parsed("`uac` or `uas`", |text| match text {
            _ if text.eq_ignore_ascii_case("uac") => Some(Self::Uac),
            _ if text.eq_ignore_ascii_case("uas") => Some(Self::Uas),
            _ => None,
        })
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Uac => "uac",
            Self::Uas => "uas",
        })
    }
}

impl IntoOwned for Refresher {
    type Owned = Self;

    fn into_owned(self) -> Self {
        self
    }
}

parameterised! {
    /// How long a session lasts without a refresh (RFC 4028 4).
    SessionExpires, "RFC 4028 4",
    {
        /// Seconds.
        seconds: u32,
    }
    optional {
        /// Who refreshes it.
        "refresher" refresher: Refresher,
    }
}
header!(SessionExpires<'a>, SessionExpires);

impl SessionExpires<'_> {
    /// So many seconds, and who refreshes it.
    pub fn new(seconds: u32, refresher: Option<Refresher>) -> Self {
        Self {
            seconds,
            refresher,
            others: GenericParams::default(),
        }
    }
}

parameterised! {
    /// The shortest session interval that is taken (RFC 4028 5).
    MinSe, "RFC 4028 5",
    {
        /// Seconds.
        seconds: u32,
    }
}
header!(MinSe<'a>, MinSe);

impl MinSe<'_> {
    /// So many seconds.
    pub fn new(seconds: u32) -> Self {
        Self {
            seconds,
            others: GenericParams::default(),
        }
    }
}

parameterised! {
    /// When to ask again (RFC 3261 20.33).
    RetryAfter, "RFC 3261 20.33",
    {
        /// After so many seconds.
        seconds: u32,
        /// Why, in words.
        comment: Option<Text<'a>>,
    }
    optional {
        /// For how many seconds it will do then.
        "duration" duration: u32,
    }
}
header!(RetryAfter<'a>, RetryAfter);

impl RetryAfter<'_> {
    /// After so many seconds.
    pub fn new(seconds: u32) -> Self {
        Self {
            seconds,
            comment: None,
            duration: None,
            others: GenericParams::default(),
        }
    }
}

/// A comment in parentheses behind a value, if there is one.
impl<'a> Lead<'a> for Option<Text<'a>> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, ParseError> {
        reader.space();
        match reader.peek() {
            Some(b'(') => reader.comment().map(Some),
            _ => Ok(None),
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(text) = self else { return Ok(()) };
        f.write_str(" (")?;
        for c in text.as_str().chars() {
            if matches!(c, '(' | ')' | '\\') {
                f.write_str("\\")?;
            }
            write!(f, "{c}")?;
        }
        f.write_str(")")
    }

    /// A display name is one, too.
    fn show(&self, name: &str, parts: &mut Parts) {
        let name = if name == "display" {
            "display name"
        } else {
            name
        };
        parts.text(name, self.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_rfcs() {
        // RFC 6665 8.2.1, RFC 3515 4.1
        let event = Event::parse("refer;id=93809824").unwrap();
        assert_eq!(event.id.as_ref().unwrap().as_str(), "93809824");
        let state = SubscriptionState::parse("terminated;reason=noresource").unwrap();
        assert_eq!(state.state, Substate::Terminated);
        assert_eq!(state.reason, Some(EventReason::Noresource));
        let state = SubscriptionState::parse("active;expires=(x)").unwrap_err();
        assert_eq!(state.column, 16);
        // RFC 4028 7.1
        let expires = SessionExpires::parse("4000;refresher=uac").unwrap();
        assert_eq!(expires, SessionExpires::new(4_000, Some(Refresher::Uac)));
        assert_eq!(MinSe::parse("3600").map(|min| min.seconds), Ok(3_600));
        // RFC 4488 4
        assert_eq!(
            ReferSub::parse("false").map(|sub| sub.subscribes),
            Ok(false)
        );
        // RFC 6086 10.1
        assert!(InfoPackage::parse("P").unwrap().package.is("p"));
        // RFC 3261 20.33
        let retry = RetryAfter::parse("18000;duration=3600").unwrap();
        assert_eq!((retry.seconds, retry.duration), (18_000, Some(3_600)));
        let retry = RetryAfter::parse("120 (I'm in a meeting)").unwrap();
        assert_eq!(retry.comment, Some(Text::new("I'm in a meeting")));
        assert_eq!(retry.to_string(), "120 (I'm in a meeting)");
    }

    #[test]
    fn comments_nest_and_are_escaped() {
        let retry = RetryAfter::parse("1(a (b) \\) c\\\\) ;x").unwrap();
        assert_eq!(retry.comment, Some(Text::new("a (b) ) c\\")));
        let written = retry.to_string();
        assert_eq!(written, "1 (a \\(b\\) \\) c\\\\);x");
        assert_eq!(RetryAfter::parse(&written), Ok(retry));
    }

    #[test]
    fn errors_say_where() {
        assert_eq!(RetryAfter::parse("1 (a").unwrap_err().column, 5);
        assert_eq!(RetryAfter::parse("soon").unwrap_err().column, 1);
        assert_eq!(RetryAfter::parse("1 x").unwrap_err().column, 3);
        assert_eq!(
            SessionExpires::parse("1;refresher=b").unwrap_err().column,
            13
        );
        assert_eq!(ReferSub::parse("maybe").unwrap_err().column, 1);
        assert_eq!(Event::parse("a;id=b;id=c").unwrap_err().column, 11);
        assert_eq!(Event::parse("").unwrap_err().column, 1);
    }
}
