//! The messages of ANSI T1.113 that differ from those of Q.763.

use super::{digits, none, same_in};
use trunkline_isup::{
    AlarmCarrier, CalledPartyNumber, CircuitGroupCarrier, CircuitGroupCharacteristicIndicator,
    CircuitValidation, CircuitValidationResponseIndicator, ContinuityCheckRequirements, Crm, Cvr,
    DoubleSeizingControl, Exm, HopCounter, Iam, Message, NatureOfAddress, NatureOfConnection,
    OriginatingLineInformation, OutgoingTrunkGroupNumber, Parameter, ParameterCode, Rlc,
    TransmissionMedium, UserServiceInformation, Variant,
};

fn ansi() -> &'static Variant {
    Variant::named("ansi-1995").unwrap()
}

/// The user service information is mandatory and comes first among the optional parameters of the
/// message; it says the transmission medium.
#[test]
fn iam_has_user_service_information_instead_of_the_transmission_medium() {
    let called = CalledPartyNumber {
        internal_network_allowed: true,
        ..CalledPartyNumber::new(NatureOfAddress::National, digits("2145551234"))
    };
    let service = UserServiceInformation::read(&[0x80, 0x90, 0xa2]).unwrap();
    let iam = Iam {
        transmission_medium: TransmissionMedium::Speech,
        optional: none()
            .with(service)
            .with(OriginatingLineInformation::from_code(0))
            .with(HopCounter(20)),
        ..Iam::new(called)
    };
    same_in(
        ansi(),
        "2301 01
         00 0000 0a           // no transmission medium requirement
         03 06 0d             // user service information, called party number, optional part
         03 8090a2            // speech, 64 kbit/s, mu-law
         07 03 10 1254552143  // national; E.164
         ea 01 00             // originating line information
         3d 01 14
         00",
        Message::Iam(iam),
    );
}

#[test]
fn release_complete_has_nothing_to_say() {
    same_in(ansi(), "2301 10", Message::Rlc(Rlc::default()));
}

#[test]
fn circuits_are_reserved_validated_and_left() {
    let nature_of_connection = NatureOfConnection::default();
    same_in(
        ansi(),
        "2301 ea 00",
        Message::Crm(Crm {
            nature_of_connection,
        }),
    );
    same_in(ansi(), "2301 e9", Message::Cra);
    same_in(ansi(), "2301 ec", Message::Cvt);
    let response = CircuitValidationResponseIndicator {
        response: CircuitValidation::Success,
    };
    let characteristics = CircuitGroupCharacteristicIndicator {
        carrier: CircuitGroupCarrier::Digital,
        double_seizing_control: DoubleSeizingControl::Odd,
        alarm_carrier: AlarmCarrier::Hardware,
        continuity_check: ContinuityCheckRequirements::PerCall,
    };
    let mut written = Vec::new();
    characteristics.write(&mut written);
    let cvr = Cvr {
        response,
        characteristics,
        optional: none(),
    };
    same_in(
        ansi(),
        &format!("2301 eb 00 {:02x} 00", written[0]),
        Message::Cvr(cvr),
    );
    let group = OutgoingTrunkGroupNumber {
        digits: digits("1234"),
    };
    let exm = Exm {
        optional: none().with(group),
    };
    assert!(
        exm.optional
            .contains(ParameterCode::OUTGOING_TRUNK_GROUP_NUMBER)
    );
    same_in(ansi(), "2301 ed 01 e7 02 2143 00", Message::Exm(exm));
}

/// A call to an operator: of the called party number, the nature of address alone is there
/// (T1.113 3.6).
#[test]
fn called_party_number_may_be_a_nature_of_address_alone() {
    let octets = [
        0x01, 0x00, 0x01, 0x00, 0x00, 0x00, 0x0a, // CIC, IAM, fixed part
        0x03, 0x06, 0x00, // pointers; no optional part
        0x03, 0x80, 0x90, 0xa2, // user service information
        0x01, 0x75, // no number present, operator requested
    ];
    let mut pdu = ansi().decode(&octets).unwrap();
    let Message::Iam(iam) = &mut pdu.message else {
        panic!("{pdu:?}")
    };
    assert_eq!(
        (iam.called.nature.code(), iam.called.digits.len()),
        (0x75, 0)
    );
    assert_eq!(ansi().encode(&pdu), Ok(octets.to_vec()));
    let Message::Iam(iam) = &mut pdu.message else {
        panic!("{pdu:?}")
    };
    iam.nature_of_connection.echo_control = true;
    let sent = ansi().encode(&pdu).unwrap();
    assert_eq!((sent[3], &sent[4..]), (0x10, &octets[4..]));
}
