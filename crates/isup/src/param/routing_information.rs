//! Pivot routing and redirect information, forward and backward: lists of tagged items (Q.763
//! 3.94, 3.95, 3.99, 3.100).

use super::group::{EXTENSION, group, kept, write_group};
use super::indicators::{Bits, put, take};
use super::{CallReference, Parameter, ParameterCode, PivotPossible, RedirectPossible};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;

codes! {
    /// Why a call is routed anew: performing or invoking pivot or redirect reason (Q.763 3.94,
    /// 3.99): 7 bits. 64 to 127 are for national use.
    pub enum RoutingReason {
        Unknown = 0, "unknown or not available";
        ServiceProviderPortability = 1, "service provider portability";
        LocationPortability = 2, "reserved for location portability";
        ServicePortability = 3, "reserved for service portability";
        _ => Other, "other reason"
    }
}

/// One item: information type tag, length, contents.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoutingItem {
    /// Information type tag, whose meaning depends on the parameter.
    pub tag: u8,
    /// The contents as they came.
    pub contents: Octets,
}

/// Why, and until when, an exchange on the way has routed the call anew: a pair of the performing
/// pivot or redirect indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Performing<P> {
    /// Performing pivot or redirect reason.
    pub reason: RoutingReason,
    /// Pivot or redirect possible indicator at the performing exchange: 3 bits.
    pub possible: P,
}

impl RoutingItem {
    fn invoking(tag: u8, reasons: &[RoutingReason]) -> Option<Self> {
        let (first, others) = reasons.split_first()?;
        let others: Vec<u8> = others.iter().map(|reason| reason.code()).collect();
        let mut contents = Vec::new();
        write_group(first.code(), &others, &mut contents);
        Some(Self {
            tag,
            contents: kept(contents),
        })
    }

    /// The reasons, each of which but the last says by its extension bit that another follows.
    fn reasons(&self) -> Vec<RoutingReason> {
        let Ok((first, _)) = group(&self.contents) else {
            return Vec::new();
        };
        let codes = core::iter::once(&first.first).chain(first.extension.iter());
        codes.map(|code| RoutingReason::from_code(*code)).collect()
    }

    fn call_identifier(identifier: &CallReference) -> Self {
        let mut contents = Vec::new();
        identifier.write(&mut contents);
        Self {
            tag: CALL_IDENTIFIER,
            contents: kept(contents),
        }
    }

    fn performing<P: Bits>(performing: &[Performing<P>]) -> Self {
        let mut contents = Vec::new();
        for (index, one) in performing.iter().enumerate() {
            let last = index + 1 == performing.len();
            contents.push(put(last.into(), 7, 8) | put(one.reason.code(), 0, 7));
            contents.push(put(one.possible.bits(), 0, 3));
        }
        Self {
            tag: PERFORMING,
            contents: kept(contents),
        }
    }

    /// The pairs of a performing indicator. The extension bit of a reason that has no indicator
    /// behind it is as good as none.
    fn performed<P: Bits>(&self) -> Vec<Performing<P>> {
        let mut pairs = Vec::new();
        for pair in self.contents.chunks(2) {
            let (reason, possible) = match pair {
                [reason, possible] => (*reason, *possible),
                [reason] => (*reason, 0),
                _ => break,
            };
            pairs.push(Performing {
                reason: RoutingReason::from_code(take(reason, 0, 7)),
                possible: P::from_bits(take(possible, 0, 3)),
            });
            if reason & EXTENSION != 0 {
                break;
            }
        }
        pairs
    }
}

/// Declares a parameter that is a list of items; `words` says what an item says, and its name.
macro_rules! lists {
    ($($(#[$meta:meta])* $name:ident: $code:ident, $words:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name {
            /// The items, in their order.
            pub items: Vec<RoutingItem>,
            /// Octets behind the last whole item: an item that is cut.
            pub rest: Octets,
        }

        impl $name {
            /// The first item with that tag.
            fn item(&self, tag: u8) -> Option<&RoutingItem> {
                self.items.iter().find(|item| item.tag == tag)
            }

            fn with(mut self, item: Option<RoutingItem>) -> Self {
                self.items.extend(item);
                self
            }

            /// Return to invoking exchange call identifier: the call that can be taken back.
            pub fn call_identifier(&self) -> Option<CallReference> {
                CallReference::read(&self.item(CALL_IDENTIFIER)?.contents).ok()
            }

            /// The same with that item.
            #[must_use]
            pub fn with_call_identifier(self, identifier: &CallReference) -> Self {
                self.with(Some(RoutingItem::call_identifier(identifier)))
            }
        }

        impl Parameter for $name {
            const CODE: ParameterCode = ParameterCode::$code;

            fn read(octets: &[u8]) -> Result<Self, Problem> {
                let (items, rest) = read(octets);
                Ok(Self { items, rest: Octets::copy(rest) })
            }

            fn write(&self, out: &mut Vec<u8>) {
                write(&self.items, out);
                out.extend_from_slice(&self.rest);
            }

            fn describe(&self) -> Description {
                let words: fn(&RoutingItem) -> Option<(&'static str, String)> = $words;
                describe(&self.items, &self.rest, words)
            }
        }
    )+};
}

lists! {
    /// Pivot routing forward information (Q.763 3.94).
    PivotRoutingForwardInformation: PIVOT_ROUTING_FORWARD_INFORMATION, |item| match item.tag {
        PERFORMING => {
            Some(("performing pivot indicator", pairs(&item.performed::<PivotPossible>())))
        }
        INVOKING_FORWARD => Some(("invoking pivot reason", names(&item.reasons()))),
        RETURN_POSSIBLE => Some((RETURN_POSSIBLE_NAME, "yes".to_owned())),
        _ => None,
    };
    /// Pivot routing backward information (Q.763 3.95).
    PivotRoutingBackwardInformation: PIVOT_ROUTING_BACKWARD_INFORMATION, |item| match item.tag {
        INVOKING_BACKWARD => Some(("invoking pivot reason", names(&item.reasons()))),
        DURATION => Some((DURATION_NAME, seconds(&item.contents)?)),
        _ => None,
    };
    /// Redirect forward information (Q.763 3.99).
    RedirectForwardInformation: REDIRECT_FORWARD_INFORMATION, |item| match item.tag {
        PERFORMING => {
            Some(("performing redirect indicator", pairs(&item.performed::<RedirectPossible>())))
        }
        INVOKING_FORWARD => Some(("invoking redirect reason", names(&item.reasons()))),
        RETURN_POSSIBLE => Some((RETURN_POSSIBLE_NAME, "yes".to_owned())),
        _ => None,
    };
    /// Redirect backward information (Q.763 3.100).
    RedirectBackwardInformation: REDIRECT_BACKWARD_INFORMATION, |item| match item.tag {
        INVOKING_BACKWARD => Some(("invoking redirect reason", names(&item.reasons()))),
        DURATION => Some((DURATION_NAME, seconds(&item.contents)?)),
        _ => None,
    };
}

/// The items of the forward parameters.
macro_rules! forward {
    ($($name:ident: $possible:ident;)+) => {$(
        impl $name {
            /// Whether the invoking exchange can take the call back.
            pub fn return_possible(&self) -> bool {
                self.item(RETURN_POSSIBLE).is_some()
            }

            /// The same with that item.
            #[must_use]
            pub fn with_return_possible(self) -> Self {
                let contents = Octets::new();
                self.with(Some(RoutingItem { tag: RETURN_POSSIBLE, contents }))
            }

            /// Performing indicator: why exchanges on the way have routed the call anew.
            pub fn performing(&self) -> Vec<Performing<$possible>> {
                self.item(PERFORMING).map(RoutingItem::performed).unwrap_or_default()
            }

            /// The same with that item.
            #[must_use]
            pub fn with_performing(self, performing: &[Performing<$possible>]) -> Self {
                self.with(Some(RoutingItem::performing(performing)))
            }

            /// Invoking reason: why an exchange has asked for the call to be routed anew.
            pub fn invoking_reasons(&self) -> Vec<RoutingReason> {
                self.item(INVOKING_FORWARD).map(RoutingItem::reasons).unwrap_or_default()
            }

            /// The same with that item, if there are reasons.
            #[must_use]
            pub fn with_invoking_reasons(self, reasons: &[RoutingReason]) -> Self {
                self.with(RoutingItem::invoking(INVOKING_FORWARD, reasons))
            }
        }
    )+};
}

forward! {
    PivotRoutingForwardInformation: PivotPossible;
    RedirectForwardInformation: RedirectPossible;
}

/// The items of the backward parameters.
macro_rules! backward {
    ($($name:ident)+) => {$(
        impl $name {
            /// Return to invoking exchange duration: how long, in seconds, the call can be taken
            /// back.
            pub fn duration(&self) -> Option<u16> {
                duration(&self.item(DURATION)?.contents)
            }

            /// The same with that item.
            #[must_use]
            pub fn with_duration(self, seconds: u16) -> Self {
                let contents = match u8::try_from(seconds) {
                    Ok(seconds) => Octets::from([seconds]),
                    Err(_) => Octets::from(seconds.to_le_bytes()),
                };
                self.with(Some(RoutingItem { tag: DURATION, contents }))
            }

            /// Invoking reason: why the call is to be routed anew.
            pub fn invoking_reasons(&self) -> Vec<RoutingReason> {
                self.item(INVOKING_BACKWARD).map(RoutingItem::reasons).unwrap_or_default()
            }

            /// The same with that item, if there are reasons.
            #[must_use]
            pub fn with_invoking_reasons(self, reasons: &[RoutingReason]) -> Self {
                self.with(RoutingItem::invoking(INVOKING_BACKWARD, reasons))
            }
        }
    )+};
}

backward! {
    PivotRoutingBackwardInformation
    RedirectBackwardInformation
}

/// The items, and what is left behind the last whole one.
fn read(mut octets: &[u8]) -> (Vec<RoutingItem>, &[u8]) {
    let mut items = Vec::new();
    while let [tag, length, behind @ ..] = octets {
        let Some((contents, behind)) = behind.split_at_checked(usize::from(*length)) else {
            break;
        };
        items.push(RoutingItem {
            tag: *tag,
            contents: Octets::copy(contents),
        });
        octets = behind;
    }
    (items, octets)
}

fn write(items: &[RoutingItem], out: &mut Vec<u8>) {
    for item in items {
        // Contents are at most 255 octets.
        out.extend([
            item.tag,
            u8::try_from(item.contents.len()).unwrap_or(u8::MAX),
        ]);
        out.extend_from_slice(&item.contents);
    }
}

fn describe(
    items: &[RoutingItem],
    rest: &Octets,
    words: fn(&RoutingItem) -> Option<(&'static str, String)>,
) -> Description {
    let mut octet = 0;
    let mut description = Description::default();
    for item in items {
        let contents = octet + 2;
        let identifier = CallReference::read(&item.contents);
        description = match (words(item), item.tag, identifier) {
            (Some((name, words)), _, _) => description.field(octet, name, words),
            (None, CALL_IDENTIFIER, Ok(identifier)) => {
                let name = "return to invoking exchange call identifier";
                description.nested(contents, name, identifier.describe())
            }
            _ => description.field(
                octet,
                format!("information type {}", item.tag),
                &item.contents,
            ),
        };
        octet = contents + item.contents.len();
    }
    if rest.is_empty() {
        return description;
    }
    description.field(octet, "incomplete information", rest)
}

fn names(reasons: &[RoutingReason]) -> String {
    let names: Vec<_> = reasons.iter().map(ToString::to_string).collect();
    names.join(", ")
}

fn pairs<P: Bits>(performing: &[Performing<P>]) -> String {
    let pairs: Vec<_> = performing
        .iter()
        .map(|one| format!("{} ({})", one.reason, one.possible.words(None)))
        .collect();
    pairs.join(", ")
}

fn duration(contents: &[u8]) -> Option<u16> {
    match contents {
        [seconds] => Some(u16::from(*seconds)),
        [low, high, ..] => Some(u16::from_le_bytes([*low, *high])),
        [] => None,
    }
}

fn seconds(contents: &[u8]) -> Option<String> {
    duration(contents).map(|seconds| format!("{seconds} s"))
}

// Information type tags (Q.763 3.94, 3.95, 3.99, 3.100).
const RETURN_POSSIBLE: u8 = 1;
const DURATION: u8 = 1;
const CALL_IDENTIFIER: u8 = 2;
const PERFORMING: u8 = 3;
const INVOKING_FORWARD: u8 = 4;
const INVOKING_BACKWARD: u8 = 3;

const RETURN_POSSIBLE_NAME: &str = "return to invoking exchange possible";
const DURATION_NAME: &str = "return to invoking exchange duration";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::PointCodeField;
    use crate::param::tests::{described, reads_and_writes};

    const IDENTIFIER: CallReference = CallReference {
        identity: 0x01_0203,
        point_code: PointCodeField::Itu(0x0405),
    };

    #[test]
    fn forward_information_has_four_kinds_of_items() {
        let performing = [
            Performing {
                reason: RoutingReason::ServiceProviderPortability,
                possible: PivotPossible::BeforeAcm,
            },
            Performing {
                reason: RoutingReason::Unknown,
                possible: PivotPossible::AnyTime,
            },
        ];
        let reasons = [
            RoutingReason::ServiceProviderPortability,
            RoutingReason::Other(126),
        ];
        let information = PivotRoutingForwardInformation::default()
            .with_return_possible()
            .with_call_identifier(&IDENTIFIER)
            .with_performing(&performing)
            .with_invoking_reasons(&reasons);
        assert!(information.return_possible());
        assert_eq!(information.call_identifier(), Some(IDENTIFIER));
        assert_eq!(information.performing(), performing);
        assert_eq!(information.invoking_reasons(), reasons);
        assert_eq!(
            described(&information)[3],
            "invoking pivot reason: service provider portability, other reason (126)"
        );
        assert_eq!(information.describe().fields[3].octet, 15);
        reads_and_writes(
            &[
                1, 0, // return to invoking exchange possible
                2, 5, 0x01, 0x02, 0x03, 0x05, 0x04, // call identifier
                3, 4, 0x01, 0x01, 0x80, 0x03, // performing pivot indicator
                4, 2, 0x01, 0xfe, // invoking pivot reason
            ],
            information,
        );
    }

    #[test]
    fn backward_information_has_three_kinds_of_items() {
        let information = RedirectBackwardInformation::default()
            .with_duration(300)
            .with_call_identifier(&IDENTIFIER)
            .with_invoking_reasons(&[RoutingReason::Unknown]);
        assert_eq!(information.duration(), Some(300));
        assert_eq!(information.invoking_reasons(), [RoutingReason::Unknown]);
        assert_eq!(
            described(&information)[0],
            "return to invoking exchange duration: 300 s"
        );
        let octets = [
            1, 2, 0x2c, 0x01, 2, 5, 0x01, 0x02, 0x03, 0x05, 0x04, 3, 1, 0x80,
        ];
        reads_and_writes(&octets, information);
        let short = PivotRoutingBackwardInformation::default().with_duration(60);
        reads_and_writes(&[1, 1, 60], short);
    }

    #[test]
    fn the_unusual_survives() {
        // An unknown tag, reasons without end, an item that is cut.
        let octets = [9, 1, 0xff, 4, 1, 0x01, 3, 5, 0x81];
        let information = RedirectForwardInformation::read(&octets).unwrap();
        assert_eq!(information.invoking_reasons(), []);
        assert_eq!(described(&information)[0], "information type 9: ff");
        reads_and_writes(&octets, information);
    }
}
