//! The numbers of calls, in words (Q.763 3.9 and its like).

use super::value::{Describe, Readable};
use trunkline_isup::{
    AddressDigits, CalledPartyNumber, CallingPartyNumber, ConnectedNumber, GenericNumber,
    OriginalCalledNumber, RedirectingNumber, RedirectionNumber, SubsequentNumber,
};

/// The digits, and in words whether they are complete.
pub(super) fn digits(digits: &AddressDigits) -> String {
    match (digits.is_empty(), digits.ends_with_st()) {
        (true, _) => "no digits".to_owned(),
        (false, false) => digits.to_string(),
        (false, true) => format!("{} ST", digits.without_st()),
    }
}

const INTERNAL: [&str; 2] = [
    "routing to an internal network number allowed",
    "not allowed",
];
const COMPLETE: [&str; 2] = ["number incomplete", "number complete"];

impl Describe for CalledPartyNumber {
    fn describe(&self) -> Readable {
        Readable::value(digits(&self.digits))
            .field("nature of address indicator", self.nature)
            .flag(
                "internal network number indicator",
                self.internal_network_allowed,
                INTERNAL,
            )
            .field("numbering plan indicator", self.plan)
    }
}

impl Describe for RedirectionNumber {
    fn describe(&self) -> Readable {
        Readable::value(digits(&self.digits))
            .field("nature of address indicator", self.nature)
            .flag(
                "internal network number indicator",
                self.internal_network_allowed,
                INTERNAL,
            )
            .field("numbering plan indicator", self.plan)
    }
}

impl Describe for CallingPartyNumber {
    fn describe(&self) -> Readable {
        Readable::value(digits(&self.digits))
            .field("nature of address indicator", self.nature)
            .flag("number incomplete indicator", self.incomplete, COMPLETE)
            .field("numbering plan indicator", self.plan)
            .field(
                "address presentation restricted indicator",
                self.presentation,
            )
            .field("screening indicator", self.screening)
    }
}

impl Describe for ConnectedNumber {
    fn describe(&self) -> Readable {
        Readable::value(digits(&self.digits))
            .field("nature of address indicator", self.nature)
            .field("numbering plan indicator", self.plan)
            .field(
                "address presentation restricted indicator",
                self.presentation,
            )
            .field("screening indicator", self.screening)
    }
}

impl Describe for OriginalCalledNumber {
    fn describe(&self) -> Readable {
        Readable::value(digits(&self.digits))
            .field("nature of address indicator", self.nature)
            .field("numbering plan indicator", self.plan)
            .field(
                "address presentation restricted indicator",
                self.presentation,
            )
    }
}

impl Describe for RedirectingNumber {
    fn describe(&self) -> Readable {
        Readable::value(digits(&self.digits))
            .field("nature of address indicator", self.nature)
            .field("numbering plan indicator", self.plan)
            .field(
                "address presentation restricted indicator",
                self.presentation,
            )
    }
}

impl Describe for GenericNumber {
    fn describe(&self) -> Readable {
        Readable::value(digits(&self.digits))
            .field("number qualifier indicator", self.qualifier)
            .field("nature of address indicator", self.nature)
            .flag("number incomplete indicator", self.incomplete, COMPLETE)
            .field("numbering plan indicator", self.plan)
            .field(
                "address presentation restricted indicator",
                self.presentation,
            )
            .field("screening indicator", self.screening)
    }
}

impl Describe for SubsequentNumber {
    fn describe(&self) -> Readable {
        Readable::value(digits(&self.digits))
    }
}
