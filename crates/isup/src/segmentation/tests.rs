use super::*;
use crate::msg::{Acm, Anm, Cot, Cpg, Iam, Rel};
use crate::param::{
    BackwardCallIndicators, CalledPartyNumber, ClosedUserGroupCall, ContinuityIndicators, Event,
    HopCounter, NatureOfAddress, OptionalForwardCallIndicators,
};
use crate::wire::decode;
use trunkline_model::{Cause, CauseValue, Cic, Location};

const ATP: ParameterCode = ParameterCode::ACCESS_TRANSPORT;
const UUI: ParameterCode = ParameterCode::USER_TO_USER_INFORMATION;
const NUMBER: ParameterCode = ParameterCode::GENERIC_NUMBER;
const LIMIT: usize = 268;

fn iam(parameters: &[(ParameterCode, usize)]) -> Message {
    let called = CalledPartyNumber::new(NatureOfAddress::International, "4930123".parse().unwrap());
    let mut iam = Iam::new(called);
    for (code, length) in parameters {
        iam.optional
            .push_octets(*code, &vec![code.0; *length])
            .unwrap();
    }
    Message::Iam(iam)
}

fn pdu(message: Message) -> Pdu {
    Pdu::new(Cic::new(5).unwrap(), message)
}

fn length(message: &Message) -> usize {
    Variant::itu().encode(&pdu(message.clone())).unwrap().len()
}

fn split_itu(message: &Message) -> Result<Split, SplitError> {
    split(
        Variant::itu(),
        &pdu(message.clone()),
        message_limit(Variant::itu()),
    )
}

/// The names of the parameters of the two segments, and whether user information was left out.
fn segments(message: &Message) -> (Vec<u8>, Vec<u8>, bool) {
    let Split::Segmented {
        first,
        second,
        without_user_information,
    } = split_itu(message).unwrap()
    else {
        panic!("not segmented")
    };
    assert!(length(&first) <= LIMIT && length(&Message::Sgm(second.clone())) <= LIMIT);
    assert!(is_announced(&first));
    let names = |optional: &OptionalParameters| optional.iter().map(|(code, _)| code.0).collect();
    (
        names(first.optional().unwrap()),
        names(&second.optional),
        without_user_information,
    )
}

#[test]
fn a_message_that_fits_stays_whole() {
    // CIC 2, type 1, fixed part 5, pointers 2, called party number 7, end 1: 18 octets.
    let longest = iam(&[(UUI, 129), (ATP, 117)]);
    assert_eq!(length(&longest), LIMIT);
    assert_eq!(split_itu(&longest), Ok(Split::Whole(longest)));
}

#[test]
fn as_little_as_possible_moves() {
    // Optional forward call indicators (8) are made; the number (192) alone is enough.
    let message = iam(&[(UUI, 129), (NUMBER, 10), (ATP, 110)]);
    assert_eq!(segments(&message), (vec![32, 3, 8], vec![192], false));
    // Neither the number nor access transport alone would do, and both together less than the
    // user information.
    let operations = (ParameterCode::REMOTE_OPERATIONS, 100);
    let message = iam(&[(UUI, 129), operations, (ATP, 40), (NUMBER, 30)]);
    assert_eq!(segments(&message), (vec![32, 50, 8], vec![3, 192], false));
    // Another parameter than those of table 49 does not move, however long.
    let message = iam(&[(ParameterCode::REMOTE_OPERATIONS, 200), (ATP, 60)]);
    assert_eq!(segments(&message), (vec![50, 8], vec![3], false));
}

#[test]
fn indicators_that_are_there_are_kept() {
    let mut message = iam(&[(UUI, 129), (ATP, 117)]);
    let indicators = OptionalForwardCallIndicators {
        closed_user_group: ClosedUserGroupCall::OutgoingAccessNotAllowed,
        connected_line_identity_request: true,
        ..Default::default()
    };
    let Message::Iam(iam) = &mut message else {
        unreachable!()
    };
    iam.optional.push(&indicators);
    let Split::Segmented {
        first: Message::Iam(first),
        ..
    } = split_itu(&message).unwrap()
    else {
        panic!("not segmented")
    };
    let announced = OptionalForwardCallIndicators {
        segmentation: true,
        ..indicators
    };
    assert_eq!(first.optional.get(), Some(announced));
}

/// Q.764 2.1.12 b.
#[test]
fn user_information_gives_way_to_access_transport() {
    // Beside the one that stays there is no room for the number either.
    let message = iam(&[(UUI, 129), (NUMBER, 100), (ATP, 250), (NUMBER, 100)]);
    assert_eq!(segments(&message), (vec![192, 192, 8], vec![3], true));
}

#[test]
fn what_cannot_go_in_two_is_refused() {
    let message = iam(&[(ParameterCode::REMOTE_OPERATIONS, 255), (ATP, 60)]);
    let expected = SplitError::TooLong {
        message: MessageType::Iam,
        length: 337,
        limit: LIMIT,
    };
    assert_eq!(split_itu(&message), Err(expected));
    assert_eq!(
        expected.to_string(),
        "IAM of 337 octets does not fit into two segments of 268 (Q.764 2.1.12)"
    );
    let mut rel = Rel::new(Cause::new(CauseValue::USER_BUSY, Location::User));
    rel.optional.push_octets(ATP, &[0; 255]).unwrap();
    rel.optional.push_octets(UUI, &[0; 10]).unwrap();
    let expected = SplitError::NotSegmentable {
        message: MessageType::Rel,
        length: 278,
        limit: LIMIT,
    };
    assert_eq!(split_itu(&Message::Rel(rel)), Err(expected));
}

#[test]
fn merging_what_was_split_gives_the_message_again() {
    let mut backward = Acm::new(BackwardCallIndicators::default());
    for code in [UUI, ATP] {
        backward.optional.push_octets(code, &[code.0; 131]).unwrap();
    }
    for message in [Message::Acm(backward), iam(&[(UUI, 129), (ATP, 250)])] {
        let Split::Segmented {
            mut first,
            mut second,
            ..
        } = split_itu(&message).unwrap()
        else {
            panic!("not segmented")
        };
        // It tells older exchanges to discard the SGM, nothing about the message.
        second
            .optional
            .push_octets(ParameterCode::MESSAGE_COMPATIBILITY_INFORMATION, &[0x88])
            .unwrap();
        merge(&mut first, &second);
        assert!(!is_announced(&first));
        let sorted = |message: &Message| {
            let mut parameters: Vec<_> = message
                .optional()
                .into_iter()
                .flatten()
                .filter(|(code, _)| !matches!(code.0, 8 | 41))
                .map(|(code, contents)| (code, contents.to_vec()))
                .collect();
            parameters.sort();
            parameters
        };
        assert_eq!(sorted(&first), sorted(&message));
    }
}

#[test]
fn the_limit_leaves_room_for_the_routing_label() {
    assert_eq!(message_limit(Variant::itu()), LIMIT);
    for (name, label) in [("ansi-1995", 7), ("japan", 5)] {
        let variant = Variant::named(name).unwrap();
        assert_eq!(message_limit(variant), 272 - label, "{name}");
    }
}

// ---- reassembly

const T34: Duration = Duration::from_secs(3);

fn announced() -> Message {
    let mut cpg = Cpg::new(Event::Progress);
    cpg.optional.push(&OptionalBackwardCallIndicators {
        in_band_information: true,
        segmentation: true,
        ..Default::default()
    });
    Message::Cpg(cpg)
}

/// The same without a segment to follow.
fn alone() -> Message {
    let mut cpg = Cpg::new(Event::Progress);
    cpg.optional.push(&OptionalBackwardCallIndicators {
        in_band_information: true,
        ..Default::default()
    });
    Message::Cpg(cpg)
}

fn segment() -> Sgm {
    let mut sgm = Sgm::default();
    sgm.optional.push_octets(UUI, &[4, 1]).unwrap();
    sgm
}

fn holding() -> Reassembly {
    let mut machine = Reassembly::new(T34);
    assert_eq!(machine.handle(Time::ZERO, announced()), Reassembled::Held);
    assert_eq!(machine.poll_timeout(), Some(Time::ZERO + T34));
    machine
}

#[test]
fn the_segment_completes_the_message() {
    let mut machine = holding();
    let Reassembled::Message(whole) = machine.handle(Time::ZERO, Message::Sgm(segment())) else {
        panic!()
    };
    assert_eq!(whole.optional().unwrap().octets(UUI), Some(&[4, 1][..]));
    assert!(!is_announced(&whole));
    assert_eq!(machine.poll_timeout(), None);
    // The same once more was not announced.
    let late = machine.handle(Time::ZERO, Message::Sgm(segment()));
    assert_eq!(late, Reassembled::Discarded(segment()));
}

#[test]
fn without_the_segment_the_message_goes_on_alone() {
    let mut machine = holding();
    let end = Time::ZERO + T34;
    assert_eq!(machine.handle_timeout(Time::ZERO + T34 / 2), None);
    assert_eq!(machine.handle_timeout(end), Some(alone()));
    assert_eq!(machine.handle_timeout(end), None);
    let late = machine.handle(end, Message::Sgm(segment()));
    assert_eq!(late, Reassembled::Discarded(segment()));
    assert_eq!(holding().give_up(), Some(alone()));
}

#[test]
fn another_message_of_the_call_means_that_the_segment_is_lost() {
    let anm = Message::Anm(Anm::default());
    let given_up = holding().handle(Time::ZERO, anm.clone());
    assert_eq!(given_up, Reassembled::GivenUp(alone(), Some(anm)));
    // One that announces a segment itself is held in its turn.
    let mut machine = holding();
    let later = Time::ZERO + T34 / 2;
    assert_eq!(
        machine.handle(later, announced()),
        Reassembled::GivenUp(alone(), None)
    );
    assert_eq!(machine.poll_timeout(), Some(later + T34));
}

#[test]
fn messages_about_the_circuit_do_not_end_the_wait() {
    let cot = Cot {
        indicators: ContinuityIndicators::default(),
    };
    for message in [Message::Blo, Message::Uba, Message::Cot(cot)] {
        let mut machine = holding();
        let passed = machine.handle(Time::ZERO, message.clone());
        assert_eq!(passed, Reassembled::Message(message));
        assert!(machine.poll_timeout().is_some());
    }
}

#[test]
fn messages_without_announcement_pass() {
    // CPG, event progress, optional backward call indicators with spare bits but not bit C.
    let octets = [0x05, 0x00, 0x2c, 0x02, 0x01, 41, 1, 0xf1, 61, 1, 3, 0];
    let cpg = decode(&octets).unwrap().message;
    assert_eq!(cpg.optional().unwrap().get(), Some(HopCounter(3)));
    let mut machine = Reassembly::new(T34);
    assert_eq!(
        machine.handle(Time::ZERO, cpg.clone()),
        Reassembled::Message(cpg)
    );
    assert_eq!(machine.poll_timeout(), None);
}
