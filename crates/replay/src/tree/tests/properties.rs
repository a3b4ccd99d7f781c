//! Whatever is put in: no panic, no control characters come out, and ISUP is written as it was
//! read.

use super::*;
use proptest::prelude::*;

fn show(input: &[u8]) {
    if let Ok(tree) = read(CHECK, input) {
        let text = tree.to_string();
        assert!(
            !text.contains(|c: char| c.is_control() && c != '\n'),
            "{text:?}"
        );
        assert!(tree.to_json().is_object());
    }
    for variant in Variant::all() {
        let options = Options {
            variant: Some(variant),
            check: true,
        };
        if let Ok(tree) = read_octets(options, input) {
            let _ = (tree.to_string(), tree.to_json());
            if tree.protocol != Protocol::M3ua {
                assert_eq!(tree.difference, None, "{tree}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_octets_do_no_harm(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        show(&octets);
    }

    #[test]
    fn arbitrary_text_does_no_harm(text in ".{0,200}", start in "(SIP/2.0 |INVITE sip:a|)") {
        show(format!("{start}{text}").as_bytes());
    }

    #[test]
    fn arbitrary_isup_does_no_harm(
        message_type in any::<u8>(),
        octets in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        show(&[&[7, 0, message_type], &octets[..]].concat());
    }

    #[test]
    fn arbitrary_m3ua_does_no_harm(
        class in 0_u8..10,
        code in 0_u8..7,
        parameters in prop::collection::vec(
            (0..PARAMETER_COUNT, prop::collection::vec(any::<u8>(), 0..40)), 0..5),
    ) {
        let mut octets = vec![1, 0, class, code, 0, 0, 0, 0];
        for (index, value) in parameters {
            let tag = trunkline_m3ua::param::PARAMETERS.get(index).map_or(2, |row| row.code);
            octets.extend(tag.to_be_bytes());
            octets.extend(u16::try_from(value.len() + 4).unwrap().to_be_bytes());
            octets.extend(value);
            octets.resize(octets.len().next_multiple_of(4), 0);
        }
        let length = u32::try_from(octets.len()).unwrap();
        octets[4..8].copy_from_slice(&length.to_be_bytes());
        show(&octets);
    }

    #[test]
    fn damaged_messages_do_no_harm(
        index in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let row = *index.get(MESSAGES);
        let mut octets = full_message(Variant::itu(), row);
        for (at, value) in &changes {
            *at.get_mut(&mut octets[..]) = *value;
        }
        show(&octets);
        let mut text = super::sip::INVITE.as_bytes().to_vec();
        for (at, value) in changes {
            *at.get_mut(&mut text[..]) = value;
        }
        show(&text);
    }
}

/// One more than there are: that of the drafts.
const PARAMETER_COUNT: usize = 25;
