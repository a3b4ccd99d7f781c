//! Telephone events.

use crate::{EventError, TelephoneEvent};

#[test]
fn reads_and_writes_a_digit() {
    // RFC 4733 2.3: event 11 (#), end, volume 10, 1,200 units.
    let data = [11, 0x8a, 0x04, 0xb0];
    let event = TelephoneEvent::parse(&data).unwrap();
    assert_eq!(
        event,
        TelephoneEvent {
            event: 11,
            end: true,
            volume: 10,
            duration: 1_200
        }
    );
    assert_eq!(event.digit(), Some('#'));
    assert_eq!(event.to_bytes(), data);
}

#[test]
fn digits_and_codes_are_one_table() {
    for code in 0..16 {
        let event = TelephoneEvent {
            event: code,
            end: false,
            volume: 0,
            duration: 0,
        };
        assert_eq!(TelephoneEvent::code(event.digit().unwrap()), Some(code));
    }
    let flash = TelephoneEvent {
        event: 16,
        end: false,
        volume: 0,
        duration: 0,
    };
    assert_eq!(flash.digit(), None);
    assert_eq!(TelephoneEvent::code('x'), None);
}

#[test]
fn three_octets_are_too_few() {
    assert_eq!(
        TelephoneEvent::parse(&[1, 2, 3]),
        Err(EventError::Truncated { have: 3 })
    );
}
