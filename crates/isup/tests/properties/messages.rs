//! All messages.

use super::octets::valid;
use super::{values, variant};
use crate::hex::hex;
use proptest::prelude::*;
use trunkline_isup::{Message, Pdu, Variant};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// Of every variant, every message, every parameter.
    #[test]
    fn a_message_is_written_and_read_as_the_same((variant, octets) in valid()) {
        let pdu = variant.decode(&octets).unwrap();
        prop_assert!(pdu.form.is_plain(), "{}", hex(&octets));
        let made = Pdu::new(pdu.cic, pdu.message.clone());
        let written = variant.encode(&made).unwrap();
        prop_assert_eq!(hex(&written), hex(&octets));
        let mut irregular = Vec::new();
        let read = variant.decode_with(&written, &mut |error| irregular.push(error)).unwrap();
        prop_assert_eq!(&read, &made);
        prop_assert_eq!(irregular, []);
    }

    /// Values that are made here, not read: all that fits its bits.
    #[test]
    fn a_value_is_written_and_read_as_the_same(pdu in values::pdu()) {
        let octets = Variant::itu().encode(&pdu).unwrap();
        let mut irregular = Vec::new();
        let read = Variant::itu().decode_with(&octets, &mut |error| irregular.push(error)).unwrap();
        prop_assert!(read.form.is_plain());
        prop_assert_eq!(read, pdu);
        prop_assert_eq!(irregular, []);
    }

    /// From one network to the other: written or refused, and what is written is a message there.
    #[test]
    fn a_message_of_one_variant_is_written_in_another_or_refused(
        (of, octets) in valid(),
        other in variant(),
    ) {
        let pdu = of.decode(&octets).unwrap();
        // Contents that are not taken apart go through as they are.
        let raw = matches!(pdu.message, Message::Unknown(_) | Message::Crg(_) | Message::Pam(_));
        prop_assume!(!raw);
        for pdu in [Pdu::new(pdu.cic, pdu.message.clone()), pdu] {
            if let Ok(written) = other.encode(&pdu) {
                let read = other.decode(&written);
                prop_assert!(read.is_ok(), "{of:?} {} {other:?} {}", hex(&octets), hex(&written));
            }
        }
    }
}
