//! Octets of each message, and the message that they are.

// What helpers of tests unwrap is a failure of the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod ansi;
mod call;
mod circuits;
#[path = "../support/hex.rs"]
mod hex;
mod services;

use hex::{hex, octets};
use trunkline_isup::{
    AccessTransport, AddressDigits, CauseIndicators, InformationElement, Message, Octets,
    OptionalParameters, Pdu, ProtocolDiscriminator, UserToUserInformation, Variant,
};
use trunkline_model::{Cause, CauseValue, Cic, Location};

/// The octets are the message on circuit 0x123, and the other way round.
#[track_caller]
fn same(text: &str, message: impl Into<Message>) {
    same_in(Variant::itu(), text, message);
}

#[track_caller]
fn same_in(variant: &'static Variant, text: &str, message: impl Into<Message>) {
    let octets = octets(text);
    let pdu = Pdu::new(Cic::new(0x123).unwrap(), message.into());
    assert_eq!(variant.decode(&octets), Ok(pdu.clone()));
    assert_eq!(
        variant.encode(&pdu).map(|octets| hex(&octets)),
        Ok(hex(&octets))
    );
}

fn digits(text: &str) -> AddressDigits {
    text.parse().unwrap()
}

fn cause(value: CauseValue) -> CauseIndicators {
    Cause::new(value, Location::PublicNetworkLocalUser).into()
}

fn none() -> OptionalParameters {
    OptionalParameters::new()
}

/// Called party subaddress.
fn subaddress() -> AccessTransport {
    let element = InformationElement {
        identifier: 0x71,
        contents: Octets::from([0x80, 0x21]),
    };
    AccessTransport {
        elements: vec![element],
        rest: Octets::new(),
    }
}

/// "hi" in IA5.
fn greeting() -> UserToUserInformation {
    UserToUserInformation {
        protocol_discriminator: ProtocolDiscriminator(4),
        information: Octets::from([b'h', b'i']),
    }
}
