//! What the mapping makes can be sent, and comes back as it was: both directions through the octets
//! of ISUP.

#![allow(clippy::panic, reason = "a test that cannot go on says so")]

use proptest::prelude::*;
use std::net::SocketAddr;
use trunkline_interwork::{
    CauseMap, TrunkProfile, address_messages, answer_message, backward_before_acm, cpg_from_status,
    dialled_number, iam_from_invite, invite_from_iam, rel_from_response, response_from_acm,
    response_from_cpg, status_from_rel,
};
use trunkline_isup::{Iam, Message as Isup, Pdu, decode, encode};
use trunkline_model::Cic;
use trunkline_sip::{Message, Name};

/// The message as the far end decodes it.
fn sent(message: Isup) -> Isup {
    let cic = Cic::new(31).expect("12 bits");
    let octets = encode(&Pdu::new(cic, message.clone()));
    let received = decode(&octets).expect("our own octets").message;
    assert_eq!(
        encode(&Pdu::new(cic, received.clone())),
        octets,
        "{}",
        message.name()
    );
    received
}

fn trunk() -> TrunkProfile {
    TrunkProfile {
        trust_identity: true,
        ..TrunkProfile::new("49")
    }
}

fn invite(called: &str, caller: &str, headers: &str) -> Message {
    let text = format!(
        "INVITE sip:{called}@gw.example;user=phone SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n\
         From: <sip:{caller}@example.net;user=phone>;tag=1\r\n\
         To: <sip:{called}@gw.example;user=phone>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\
         Contact: <sip:alice@192.0.2.1>\r\n{headers}Content-Length: 0\r\n\r\n"
    );
    Message::parse(text.into_bytes()).expect("a good INVITE")
}

/// INVITE, IAM, octets, IAM, INVITE.
fn across(invite: &Message) -> (Iam, trunkline_interwork::InviteParts) {
    let called = dialled_number(invite).expect("a number");
    let iam = iam_from_invite(invite, &called, &trunk()).expect("an IAM");
    let [message] = &address_messages(iam, &trunk())[..] else {
        panic!("more than an IAM")
    };
    let Isup::Iam(iam) = sent(message.clone()) else {
        panic!("no IAM")
    };
    let parts = invite_from_iam(&iam, &trunk()).expect("an INVITE");
    (iam, parts)
}

fn local() -> SocketAddr {
    "192.0.2.9:5060".parse().expect("an address")
}

#[test]
fn restricted_caller_stays_restricted_across_the_circuit() {
    let headers = "P-Asserted-Identity: <tel:+498912>\r\nPrivacy: id\r\n";
    let (_, parts) = across(&invite("+4930123", "+498912", headers));
    assert_eq!(parts.called, "+4930123");
    assert_eq!(
        parts.from(local()),
        "\"Anonymous\" <sip:anonymous@anonymous.invalid>"
    );
    assert_eq!(
        parts.headers(local()),
        [
            (
                Name::PAssertedIdentity,
                "<sip:+498912@192.0.2.9;user=phone>".to_owned()
            ),
            (Name::Privacy, "id".to_owned())
        ]
    );
    assert!(parts.max_forwards < 70);
}

#[test]
fn provisional_responses_come_back_as_they_were() {
    for (status, media, expected) in [
        (180, false, vec![(180, false)]),
        (180, true, vec![(180, true)]),
        (181, false, vec![(183, false), (181, false)]),
        (182, false, vec![(183, false)]),
        (183, false, vec![(183, false)]),
        (183, true, vec![(183, true)]),
    ] {
        let came: Vec<_> = backward_before_acm(&trunk(), status, media)
            .into_iter()
            .map(|message| match sent(message) {
                Isup::Acm(acm) => response_from_acm(&acm),
                Isup::Cpg(cpg) => response_from_cpg(&cpg),
                other => panic!("{}", other.name()),
            })
            .map(|progress| progress.map(|progress| (progress.status, progress.early_media)))
            .map(|progress| progress.expect("a response"))
            .collect();
        assert_eq!(came, expected, "{status} {media}");
        // 182 has no event of its own.
        let later = if status == 182 { 183 } else { status };
        let Isup::Cpg(cpg) = sent(Isup::Cpg(cpg_from_status(status, media).expect("a CPG"))) else {
            panic!("no CPG")
        };
        let progress = response_from_cpg(&cpg).expect("a response");
        assert_eq!(
            (progress.status, progress.early_media),
            (later, media),
            "{status} {media}"
        );
    }
    assert!(matches!(sent(answer_message(&trunk(), true)), Isup::Anm(_)));
    assert!(matches!(
        sent(answer_message(&trunk(), false)),
        Isup::Con(_)
    ));
}

#[test]
fn every_status_crosses_and_comes_back_as_a_final_one() {
    let map = CauseMap::default();
    for status in 300..700 {
        let Isup::Rel(rel) = sent(Isup::Rel(rel_from_response(&map, &trunk(), status, None)))
        else {
            panic!("no REL")
        };
        let back = status_from_rel(&map, &trunk(), &rel).status();
        assert!((400..700).contains(&back), "{status}: {back}");
    }
}

#[test]
fn redirection_number_crosses() {
    let text = "SIP/2.0 302 Moved\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
        From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\
        Contact: <tel:+17208881000>\r\nContent-Length: 0\r\n\r\n";
    let moved = Message::parse(text.as_bytes().to_vec()).expect("a good response");
    let rel = rel_from_response(&CauseMap::default(), &trunk(), 302, Some(&moved));
    let Isup::Rel(received) = sent(Isup::Rel(rel.clone())) else {
        panic!("no REL")
    };
    assert_eq!(received, rel);
}

proptest! {
    #[test]
    fn numbers_survive_the_circuit(
        called in "\\+[1-9][0-9]{0,13}",
        caller in "\\+[1-9][0-9]{0,14}",
    ) {
        let (iam, parts) = across(&invite(&called, &caller, ""));
        prop_assert!(iam.called.digits.ends_with_st());
        prop_assert_eq!(&parts.called, &called);
        prop_assert_eq!(parts.from(local()), format!("<sip:{caller}@192.0.2.9;user=phone>"));
    }
}
