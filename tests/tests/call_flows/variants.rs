//! The exchange speaks another variant of ISUP than ITU-T.

use super::*;
use trunkline_isup::{Frame, ParameterCode, Place, Variant};
use trunkline_model::media::Law;

fn ansi() -> (Ladder, &'static Variant) {
    let variant = Variant::named("ansi-1995").expect("a variant of the crate");
    let options = Options {
        variant,
        profile: TrunkProfile {
            law: Law::Mu,
            ..TrunkProfile::new("49")
        },
        ..Options::default()
    };
    (Ladder::with(options), variant)
}

#[test]
fn call_to_an_ansi_trunk_group_begins_with_an_ansi_iam() {
    let (mut gw, ansi) = ansi();
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "ISUP IAM 1"]);
    let octets = gw.sent_isup();
    // CIC 1, IAM, nature of connection 0; then no transmission medium requirement, but pointers to
    // the user service information and the called party number (T1.113 table 14).
    assert_eq!(octets[..4], [0x01, 0x00, 0x01, 0x00]);
    let frame = Frame::parse(ansi, octets).expect("an IAM of ANSI");
    let mandatory: Vec<_> = frame
        .parameters()
        .filter(|part| part.place != Place::Optional)
        .map(|part| (part.code, part.octet, part.contents.len()))
        .collect();
    assert_eq!(
        mandatory,
        [
            (ParameterCode::NATURE_OF_CONNECTION_INDICATORS, 4, 1),
            (ParameterCode::FORWARD_CALL_INDICATORS, 5, 2),
            (ParameterCode::CALLING_PARTYS_CATEGORY, 7, 1),
            // Pointers in octets 8 to 10; 3.1 kHz audio, 64 kbit/s, mu-law.
            (ParameterCode::USER_SERVICE_INFORMATION, 12, 3),
            (ParameterCode::CALLED_PARTY_NUMBER, 16, 6),
        ]
    );
    assert_eq!(octets[7..14], [0x03, 0x06, 0x0c, 0x03, 0x90, 0x90, 0xa2]);
    let medium = ParameterCode::TRANSMISSION_MEDIUM_REQUIREMENT;
    assert!(frame.parameters().all(|part| part.code != medium));

    gw.isup(1, acm());
    gw.isup(1, anm());
    gw.ack();
    gw.expect(&["SIP 180", "SIP 200 SDP"]);
    gw.bye("");
    gw.expect(&["SIP 200 BYE", "ISUP REL 1 cause 16"]);
    // A release complete of ANSI is three octets long.
    gw.isup_octets(vec![0x01, 0x00, 0x10]);
    gw.finish();
}

#[test]
fn call_from_an_ansi_trunk_group_is_never_answered_by_con() {
    let (mut gw, _) = ansi();
    gw.isup(2, iam());
    gw.expect(&["SIP INVITE SDP"]);
    gw.respond(200, "", SDP);
    // ITU-T has CON for that; the backward call indicators of ACM are those that CON has.
    gw.expect(&["SIP ACK", "ISUP ACM 2 status 0", "ISUP ANM 2"]);
    gw.isup(2, rel(16));
    gw.expect(&["ISUP RLC 2", "SIP BYE"]);
    assert_eq!(gw.sent_isup(), [0x02, 0x00, 0x10]);
}
