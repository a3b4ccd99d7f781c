//! Attempts that move to another circuit (Q.764 2.8.1, 2.9.1.4).

use super::*;

/// Q.764 2.9.1.4: the exchange has the higher point code and controls circuit 2.
#[test]
fn dual_seizure_moves_the_call_without_rel() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.invite(CALLED);
    gw.invite(CALLED);
    gw.expect(&[
        "SIP 100",
        "ISUP IAM 1",
        "SIP 100",
        "ISUP IAM 3",
        "SIP 100",
        "ISUP IAM 2",
    ]);
    gw.isup(2, iam_to("8012345F"));
    gw.expect(&["SIP INVITE SDP", "ISUP IAM 4"]);
    gw.isup(1, iam_to("8012345F"));
    gw.expect(&[]); // we control circuit 1
    assert_eq!(gw.mgc.calls(), 4);
}

/// Cause 44 is not translated: the attempt is repeated (RFC 3398 7.2.4.1), but not for ever.
#[test]
fn cause_44_tries_three_circuits() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "ISUP IAM 1"]);
    gw.isup(1, rel(44));
    gw.expect(&["ISUP RLC 1", "ISUP IAM 3"]);
    gw.isup(3, rel(44));
    gw.expect(&["ISUP RLC 3", "ISUP IAM 2"]);
    gw.isup(2, rel(44));
    gw.expect(&["ISUP RLC 2", "SIP 503"]);
    gw.ack();
    gw.finish();
}

/// expert-checks 5: RSC before a backward message moves the call, afterwards it ends it.
#[test]
fn rsc_moves_a_call_that_has_no_acm_and_ends_one_that_has() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.skip();
    gw.isup(1, Isup::Rsc);
    gw.expect(&["ISUP RLC 1", "ISUP IAM 3"]);
    gw.isup(3, acm());
    gw.expect(&["SIP 180"]);
    gw.isup(3, Isup::Rsc);
    gw.expect(&["ISUP RLC 3", "SIP 503"]);
    gw.ack();
    gw.finish();
}

#[test]
fn rsc_ends_a_call_that_is_up_with_bye() {
    let mut gw = talking();
    gw.isup(1, Isup::Rsc);
    gw.expect(&["ISUP RLC 1", "SIP BYE"]);
    let bye = gw.sent_request().clone();
    gw.respond_to(&bye, 200, "", "");
    gw.finish();
}

/// One GRS takes the circuits of all calls. The call that may try another one must not get a
/// circuit whose own call does not know yet that it has lost it.
#[test]
fn grs_moves_the_call_in_set_up_and_ends_all_others() {
    let mut gw = Ladder::default();
    for _ in 0..CIRCUITS {
        gw.invite(CALLED);
        gw.skip();
    }
    // Circuits are taken in the order 1, 3, 2, 4: circuit 1 is still in set-up.
    for circuit in 2..=CIRCUITS {
        gw.isup(circuit, acm());
    }
    gw.skip();
    let range = u8::try_from(CIRCUITS - 1).unwrap();
    gw.isup(1, Isup::Grs(trunkline_isup::Grs { range }));
    gw.expect(&["SIP 503", "SIP 503", "SIP 503", "ISUP GRA 1", "ISUP IAM 3"]);
    let circuits: Vec<_> = gw.mgc.each_call().filter_map(|call| call.circuit).collect();
    assert_eq!(circuits, [Circuit::Active(circuit(3))]);
    gw.isup(3, rel(17));
    gw.after(seconds(64));
    gw.finish();
}

/// Q.764 2.8.1 ii.
#[test]
fn blo_that_crosses_the_iam_moves_the_call() {
    let mut gw = Ladder::default();
    gw.invite(CALLED);
    gw.isup(1, Isup::Blo);
    gw.expect(&[
        "SIP 100",
        "ISUP IAM 1",
        "ISUP BLA 1",
        "ISUP REL 1 cause 31",
        "ISUP IAM 3",
    ]);
    gw.isup(1, rlc());
    gw.isup(3, acm());
    gw.isup(3, Isup::Blo);
    gw.isup(3, anm());
    gw.expect(&["SIP 180", "ISUP BLA 3", "SIP 200 SDP"]);
    gw.ack();
    gw.bye("");
    gw.isup(3, rlc());
    gw.isup(1, Isup::Ubl);
    gw.isup(3, Isup::Ubl);
    gw.finish();
}
