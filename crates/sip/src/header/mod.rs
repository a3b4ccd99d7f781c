//! Header field values, read and written as types.
//!
//! A type is one value of a header field: `parse` reads it and borrows from the text, `Display`
//! writes it so that [`parse`](Value::parse) reads the same again. What a type holds is checked
//! when it is made ([`Token`], [`Text`], [`UriText`]), so that nothing that is written can end its
//! field or its parameter.
//!
//! [`get`] and [`all`] read the header fields of a message by the type alone; [`get_in`] and
//! [`all_in`] read those whose form several names share:
//!
//! ```
//! use trunkline_sip::header::{self, Expires, Token};
//! use trunkline_sip::{Message, Name};
//! # let text = "OPTIONS sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nMax-Forwards: 1\r\n\
//! # From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nExpires: 60\r\n\
//! # Supported: path, 100rel\r\n\r\n";
//! let message = Message::parse(text.into())?;
//! assert_eq!(header::get::<Expires>(&message), Some(Ok(Expires(60))));
//! let mut supported = header::all_in::<Token<'_>>(&message, Name::Supported).flatten();
//! assert!(supported.any(|option| option.is("100rel")));
//! # Ok::<(), trunkline_sip::ParseError>(())
//! ```

mod address;
mod auth;
mod date;
mod declare;
mod dialog_id;
mod diversion;
mod event;
mod history;
mod identity;
mod ims;
mod info;
mod media;
mod number;
mod parts;
mod plain;
mod precedence;
mod privacy;
mod reader;
mod reason;
mod sequence;
mod user_to_user;
mod value;
mod via;
mod warning;

pub use address::{Address, Contact, ContactAddress, Qvalue};
pub use auth::{AuthParams, AuthenticationInfo, Challenge, Credentials};
pub use auth::{DigestChallenge, DigestCredentials};
pub use date::Date;
pub use dialog_id::{CallId, Join, Replaces, SessionId, SessionUuid, TargetDialog};
pub use diversion::{Diversion, DiversionPrivacy, DiversionReason, DiversionScreen};
pub use diversion::{PServedUser, ReferredBy};
pub use event::{Event, EventReason, InfoPackage, MinSe, ReferSub, Refresher, RetryAfter};
pub use event::{SessionExpires, SubscriptionState, Substate};
pub use history::{HistoryIndex, HistoryInfo, HistoryTarget};
pub use identity::{Identity, Passport};
pub use ims::{ContactFeatures, FeatureCaps, Icid, PAccessNetworkInfo, PChargingVector};
pub use ims::{PEarlyMedia, PVisitedNetworkId, Star};
pub use info::{AlertInfo, CallInfo, ErrorInfo, Geolocation, Purpose};
pub use media::{Accept, AcceptEncoding, AcceptLanguage, ContentDisposition, ContentType};
pub use media::{DispositionType, Handling, MediaType, MimeVersion};
pub use number::{ContentLength, Expires, FlowTimer, MaxBreadth, MaxForwards, MinExpires, RSeq};
pub use parts::{Part, PartKind, parts};
pub use plain::Line;
pub use precedence::{AnswerMode, Answerer, Priority, ResourcePriority, SecurityMechanism};
pub use privacy::{Privacy, PrivacyValue};
pub use reason::{Reason, ReasonProtocol};
pub use sequence::{Decimal, RAck, Timestamp};
pub use user_to_user::UserToUser;
pub use value::{Bare, Checked, GenValue, GenericParam, GenericParams, Text, Token, UriText, Word};
pub use via::Via;
pub use warning::Warning;

use crate::error::ParseError;
use crate::message::Message;
use crate::name::Name;
use crate::scan::List;
use core::fmt::Display;

/// One value of a header field.
pub trait Value<'a>: Sized + Display {
    /// Parses one value: of a comma list, one element.
    ///
    /// # Errors
    /// The place in the text, what was expected there, and the clause.
    fn parse(text: &'a str) -> Result<Self, ParseError>;

    /// Its parts, to be shown; none if it is one part itself.
    fn parts(&self) -> Vec<Part> {
        Vec::new()
    }
}

/// One value of the header field that has this form alone.
pub trait Typed<'a>: Value<'a> {
    /// The header field.
    const NAME: Name;
}

/// The first value of a header field; `None` if there is none.
///
/// # Errors
/// Of the value; line and column are those in the header field's value.
pub fn get<'a, H: Typed<'a>>(message: &'a Message) -> Option<Result<H, ParseError>> {
    all(message).next()
}

/// All values of a header field in order. Comma lists are split, their empty elements left out.
pub fn all<'a, H: Typed<'a>>(
    message: &'a Message,
) -> impl Iterator<Item = Result<H, ParseError>> + use<'a, H> {
    all_in(message, H::NAME)
}

/// The first value of the header field of that name; `None` if there is none.
///
/// # Errors
/// Of the value; line and column are those in the header field's value.
pub fn get_in<'a, V: Value<'a>>(message: &'a Message, name: Name) -> Option<Result<V, ParseError>> {
    all_in(message, name).next()
}

/// All values of the header fields of that name in order.
pub fn all_in<'a, V: Value<'a>>(
    message: &'a Message,
    name: Name,
) -> impl Iterator<Item = Result<V, ParseError>> + use<'a, V> {
    message.fields_of(name).flat_map(move |value| {
        split(name, value).map(move |(at, element)| {
            V::parse(element).map_err(|mut error| {
                error.field = Some(name);
                error.shifted(at)
            })
        })
    })
}

/// The values in one header field, each with its position in octets: the elements of a comma list
/// where the field has one, empty ones left out, or the value as a whole.
pub fn split(name: Name, value: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_list = name.known().is_list();
    let list = is_list.then(|| {
        // Elements are parts of the value, so this is where the element stands.
        let start = value.as_ptr().addr();
        let placed = move |element: &'_ str| element.as_ptr().addr() - start;
        List::new(value)
            .filter(|element| !element.is_empty())
            .map(move |element| (placed(element), element))
    });
    let whole = (!is_list).then_some((0, value));
    whole.into_iter().chain(list.into_iter().flatten())
}

#[cfg(test)]
mod tests;
