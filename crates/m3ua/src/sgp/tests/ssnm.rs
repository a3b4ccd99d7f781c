//! News of destinations, and audits.

use super::*;
use crate::msg::{Daud, Dava, Drst, Duna, Dupu, Scon, UnavailabilityCause};
use trunkline_model::mtp::MtpStatus;

fn duna(values: &[u32]) -> Duna {
    Duna {
        routing_contexts: vec![7],
        affected: affected(values),
        ..Duna::default()
    }
}

fn dava(values: &[u32]) -> Dava {
    Dava {
        routing_contexts: vec![7],
        affected: affected(values),
        ..Dava::default()
    }
}

fn drst(values: &[u32]) -> Drst {
    Drst {
        routing_contexts: vec![7],
        affected: affected(values),
        ..Drst::default()
    }
}

fn scon(values: &[u32], level: u8) -> Scon {
    Scon {
        routing_contexts: vec![7],
        affected: affected(values),
        level: Some(level),
        ..Scon::default()
    }
}

fn daud(affected: Vec<AffectedPointCode>) -> Daud {
    Daud {
        routing_contexts: vec![7],
        affected,
        ..Daud::default()
    }
}

fn pause_of(value: u32) -> Input {
    Input::Network(MtpIndication::Pause(pc(value)))
}

fn congestion(value: u32, level: u8) -> Input {
    let status = MtpStatus::Congestion(level);
    Input::Network(MtpIndication::Status(pc(value), status))
}

#[test]
fn news_of_destinations_go_to_active_asps_only() {
    let mut l = Ladder::active();
    l.up(B);
    assert_eq!(l.input(pause_of(2)), [sends(A, duna(&[2]))]);
    // B becomes active: it is told before its acknowledgement.
    assert_eq!(
        l.receive(B, aspac(None)),
        [
            sends(B, duna(&[2])),
            asp_is(B, AspState::Active),
            sends(B, aspac_ack(None)),
        ]
    );
    assert_eq!(
        l.receive(A, data(Some(7), from_as(2))),
        [sends(A, duna(&[2]))]
    );
    assert_eq!(
        l.input(Input::Network(MtpIndication::Resume(pc(2)))),
        [sends(A, dava(&[2])), sends(B, dava(&[2]))]
    );
    assert_eq!(
        l.input(congestion(2, 2)),
        [sends(A, scon(&[2], 2)), sends(B, scon(&[2], 2))]
    );
    assert_eq!(
        l.input(Input::Restricted(pc(2))),
        [sends(A, drst(&[2])), sends(B, drst(&[2]))]
    );
    // What is restricted can still be reached.
    assert_eq!(
        l.receive(A, data(Some(7), from_as(2))),
        [Output::Network(MtpIndication::Transfer(from_as(2)))]
    );
}

#[test]
fn user_part_that_is_missing_is_told_with_its_cause() {
    let mut l = Ladder::active();
    for (status, cause) in [
        (MtpStatus::UserPartUnknown, UnavailabilityCause::Unknown),
        (
            MtpStatus::UserPartUnequipped,
            UnavailabilityCause::UnequippedRemoteUser,
        ),
        (
            MtpStatus::UserPartInaccessible,
            UnavailabilityCause::InaccessibleRemoteUser,
        ),
    ] {
        let dupu = Dupu {
            network_appearance: None,
            routing_contexts: vec![7],
            affected: pc(2),
            cause,
            user: 5,
            info: None,
        };
        let input = Input::Network(MtpIndication::Status(pc(2), status));
        assert_eq!(l.input(input), [sends(A, dupu)]);
    }
}

#[test]
fn all_troubles_are_told_before_the_acknowledgement() {
    let mut l = Ladder::with(|s| s.destinations = (2..8).map(pc).collect());
    for input in [
        pause_of(2),
        pause_of(3),
        Input::Restricted(pc(4)),
        congestion(5, 1),
        congestion(6, 2),
    ] {
        assert_eq!(l.input(input), []);
    }
    l.up(A);
    assert_eq!(
        l.receive(A, aspac(None))[..6],
        [
            sends(A, scon(&[5], 1)),
            sends(A, scon(&[6], 2)),
            sends(A, drst(&[4])),
            sends(A, duna(&[2, 3])),
            asp_is(A, AspState::Active),
            sends(A, aspac_ack(None)),
        ]
    );
    // Who is active already knows.
    assert_eq!(l.receive(A, aspac(None)), [sends(A, aspac_ack(None))]);
}

#[test]
fn inactive_asp_hears_of_destinations_if_it_wants_to() {
    let mut l = Ladder::new();
    l.connect(A, |s| s.quirks.ssnm_while_inactive = true);
    l.connect(B, |_| {});
    assert_eq!(l.input(pause_of(2)), []);
    l.receive(A, AspUp::default());
    l.receive(B, AspUp::default());
    assert_eq!(l.input(pause_of(2)), [sends(A, duna(&[2]))]);
}

#[test]
fn each_network_is_told_by_its_name() {
    let mut l = Ladder::with(|s| {
        s.application_servers[0].network_appearance = Some(1);
        s.application_servers.extend([8, 9].map(|rc| AsSettings {
            network_appearance: Some(2),
            ..server(rc, rc)
        }));
    });
    l.up(A);
    l.receive(A, aspac_for(&[7, 8, 9]));
    let told = |network_appearance, routing_contexts| {
        let told = Duna {
            network_appearance: Some(network_appearance),
            routing_contexts,
            ..duna(&[2])
        };
        sends(A, told)
    };
    assert_eq!(
        l.input(pause_of(2)),
        [told(1, vec![7]), told(2, vec![8, 9])]
    );
    let of = |network_appearance| Daud {
        network_appearance: Some(network_appearance),
        routing_contexts: Vec::new(),
        affected: affected(&[2]),
        info: None,
    };
    assert_eq!(l.receive(A, of(2)), [told(2, vec![8, 9])]);
    let code = ErrorCode::InvalidNetworkAppearance;
    let error = Error {
        network_appearance: Some(3),
        ..Error::new(code)
    };
    assert_eq!(
        l.receive(A, of(3)),
        [sends(A, error), refused(A, "DAUD", code)]
    );
}

#[test]
fn audit_is_answered_once_for_each_point_code() {
    let mut l = Ladder::with(|s| s.destinations = [2, 3, 4, 8].map(pc).to_vec());
    l.activate(A);
    l.input(pause_of(3));
    l.input(Input::Restricted(pc(4)));
    l.input(congestion(8, 1));
    let range = |value, mask| AffectedPointCode {
        mask,
        point_code: pc(value),
    };
    let mut asked = vec![range(0, 24), range(0x1000, 4)];
    asked.extend(affected(&[2, 99, 2, 99]));
    let strays = [range(99, 0), range(0x1000, 4)];
    let mut gone = duna(&[3]);
    gone.affected.extend(strays);
    assert_eq!(
        l.receive(A, daud(asked)),
        [
            sends(A, scon(&[8], 1)),
            sends(A, dava(&[2, 8])),
            sends(A, drst(&[4])),
            sends(A, gone),
        ]
    );
}

// RFC 4666 5.4.1, 5.4.3
#[test]
fn audit_tells_that_there_is_no_congestion_only_if_that_is_known() {
    let mut l = Ladder::active();
    let asked = daud(affected(&[2]));
    assert_eq!(l.receive(A, asked.clone()), [sends(A, dava(&[2]))]);
    l.input(congestion(2, 0));
    assert_eq!(
        l.receive(A, asked),
        [sends(A, scon(&[2], 0)), sends(A, dava(&[2]))]
    );
}

#[test]
fn audit_is_for_active_asps() {
    let mut l = Ladder::new();
    l.up(A);
    let code = ErrorCode::UnexpectedMessage;
    let refusal = refusal(A, "DAUD", code, &[7]);
    assert_eq!(l.receive(A, daud(affected(&[2]))), refusal);
    l.connect(B, |s| s.quirks.daud_while_inactive = true);
    l.receive(B, AspUp::default());
    assert_eq!(l.receive(B, daud(affected(&[2]))), [sends(B, dava(&[2]))]);
    let strange = Daud {
        routing_contexts: vec![99],
        ..daud(affected(&[2]))
    };
    let code = ErrorCode::InvalidRoutingContext;
    assert_eq!(l.receive(B, strange), self::refusal(B, "DAUD", code, &[99]));
}

#[test]
fn long_audits_and_long_answers_are_bounded() {
    let mut l = Ladder::with(|s| s.destinations = (1..=1000).map(pc).collect());
    l.activate(A);
    let all = AffectedPointCode {
        mask: 24,
        point_code: pc(0),
    };
    let lengths: Vec<usize> = l
        .receive(A, daud(vec![all; 2]))
        .iter()
        .map(|output| match output {
            Output::Send(A, Message::Dava(dava)) => dava.affected.len(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(lengths, [256, 256, 256, 232]);
    let many: Vec<u32> = (1..=300).collect();
    let outputs = l.receive(A, daud(affected(&many)));
    let code = ErrorCode::DestinationStatusUnknown;
    let error = Error {
        affected: affected(&many[256..]),
        ..error(code, &[7])
    };
    assert_eq!(
        outputs,
        [
            sends(A, dava(&many[..256])),
            sends(A, error),
            refused(A, "DAUD", code),
        ]
    );
}

#[test]
fn congested_asp_is_reported_to_the_network() {
    let mut l = Ladder::two();
    l.up(A);
    let mut all = scon(&[1, 3, 4], 3);
    all.routing_contexts.clear();
    let code = ErrorCode::UnexpectedMessage;
    assert_eq!(l.receive(A, all.clone()), refusal(A, "SCON", code, &[]));
    // Only for what it stands for itself.
    l.receive(A, aspac(None));
    assert_eq!(
        l.receive(A, all),
        [Output::Network(MtpIndication::Status(
            pc(1),
            MtpStatus::Congestion(3)
        ))]
    );
    let strange = Scon {
        routing_contexts: vec![99],
        ..scon(&[1], 1)
    };
    let code = ErrorCode::InvalidRoutingContext;
    assert_eq!(l.receive(A, strange), refusal(A, "SCON", code, &[99]));
}
