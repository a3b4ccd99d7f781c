//! What every Error does to every request (RFC 4666 3.8.1).

use super::*;
use crate::msg::RegReq;

/// What comes after an Error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// The request goes on: T(ack) repeats it with the remark that it was not answered.
    Repeated,
    /// The request is tried again after T(ack).
    Retried,
    /// ASPUP is sent after T(ack).
    UpAgain,
    /// The request is not sent any more.
    GivenUp,
    /// Registration is given up, and the configured routing context used.
    Configured,
}

/// By code: the Error alone as the answer to ASPUP, ASPAC and REG_REQ.
const BARE: &[(ErrorCode, [After; 3])] = {
    use After::{Configured, GivenUp, Repeated, Retried, UpAgain};
    use ErrorCode::*;
    &[
        (InvalidVersion, [GivenUp, Repeated, Configured]),
        (UnsupportedMessageClass, [Repeated, Repeated, Configured]),
        (UnsupportedMessageType, [Repeated, Repeated, Configured]),
        (UnsupportedTrafficModeType, [Retried, Retried, Retried]),
        // It may be the answer to something else; but if nothing else comes, we are down there.
        (UnexpectedMessage, [Repeated, UpAgain, UpAgain]),
        (ProtocolError, [Repeated, Repeated, Repeated]),
        (InvalidStreamIdentifier, [Repeated, Repeated, Repeated]),
        (RefusedManagementBlocking, [Retried, Retried, Retried]),
        (AspIdentifierRequired, [Retried, Retried, Retried]),
        (InvalidAspIdentifier, [Retried, Retried, Retried]),
        (InvalidParameterValue, [Retried, Retried, Retried]),
        (ParameterFieldError, [Retried, Retried, Retried]),
        (UnexpectedParameter, [Retried, Retried, Retried]),
        (DestinationStatusUnknown, [Repeated, Repeated, Repeated]),
        (InvalidNetworkAppearance, [Repeated, Repeated, Repeated]),
        (MissingParameter, [Retried, Retried, Retried]),
        (InvalidRoutingContext, [Retried, Retried, Retried]),
        (NoConfiguredAsForAsp, [Retried, Retried, Retried]),
        (Unknown(0x1b), [Repeated, Repeated, Repeated]),
    ]
};

/// By code: the Error that shows the request.
const SHOWN: &[(ErrorCode, [After; 3])] = {
    use After::{Configured, GivenUp, UpAgain};
    use ErrorCode::*;
    &[
        (UnsupportedMessageClass, [GivenUp, GivenUp, Configured]),
        (UnsupportedMessageType, [GivenUp, GivenUp, Configured]),
        (UnexpectedMessage, [After::Repeated, UpAgain, UpAgain]),
    ]
};

/// An ASP that waits for the answer to ASPUP, ASPAC or REG_REQ, and that request.
fn asking(request: usize) -> (Ladder, Message) {
    let mut l = Ladder::with(|settings| {
        if request == 2 {
            settings.application_servers[0].registration = Some(registration::key());
        }
    });
    let mut outputs = l.input(Input::AssociationUp);
    if request > 0 {
        outputs = l.receive(AspUpAck::default());
    }
    let Some(Output::Send(message)) = outputs.pop() else {
        panic!("{outputs:?}");
    };
    (l, message)
}

fn check(code: ErrorCode, request: usize, diagnostic: bool, after: After) {
    let (mut l, message) = asking(request);
    let what = format!("{code} to {message}");
    let answer = Error {
        diagnostic: diagnostic.then(|| encode(&message)),
        ..Error::new(code)
    };
    let now = l.receive(answer);
    assert_eq!(now[0], Output::Reported(code), "{what}");
    let later = l.after(ACK);
    let up = sends(AspUp::default());
    match after {
        After::Repeated => {
            assert_eq!(now.len(), 1, "{what}");
            assert_eq!(
                later,
                [Output::NoAnswer(message.name()), sends(message)],
                "{what}"
            );
        }
        After::Retried => {
            assert_eq!(now.len(), 1, "{what}");
            assert_eq!(later, [sends(message)], "{what}");
        }
        After::UpAgain => {
            let told = now.iter().chain(&later);
            let down = Output::State(AspState::Down);
            assert_eq!(told.filter(|output| **output == down).count(), 1, "{what}");
            assert_eq!(later.last(), Some(&up), "{what}");
        }
        After::GivenUp => {
            assert_eq!(now.len(), 1, "{what}");
            assert_eq!(later, [], "{what}");
            assert_eq!(l.asp.poll_timeout(), None, "{what}");
            // A new association begins anew.
            assert_eq!(l.input(Input::AssociationRestarted).last(), Some(&up));
        }
        After::Configured => assert_eq!(now[1..], [sends(aspac())], "{what}"),
    }
}

#[test]
fn every_error_to_every_request() {
    let codes: Vec<ErrorCode> = BARE.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes[..codes.len() - 1], *ErrorCode::NAMED);
    for (table, diagnostic) in [(BARE, false), (SHOWN, true)] {
        for (code, after) in table {
            for (request, after) in after.iter().enumerate() {
                check(*code, request, diagnostic, *after);
            }
        }
    }
}

#[test]
fn error_to_something_else_does_not_stop_the_request() {
    for code in [
        ErrorCode::RefusedManagementBlocking,
        ErrorCode::UnsupportedMessageType,
        ErrorCode::InvalidRoutingContext,
        ErrorCode::UnexpectedMessage,
    ] {
        for (request, message) in [(0, "ASPUP"), (1, "ASPAC"), (2, "REG_REQ")] {
            let (mut l, _) = asking(request);
            let about_beat = Error {
                diagnostic: Some(encode(&Heartbeat::default().into())),
                ..Error::new(code)
            };
            assert_eq!(l.receive(about_beat), [Output::Reported(code)]);
            assert_eq!(l.after(ACK)[0], Output::NoAnswer(message), "{code}");
        }
    }
}

#[test]
fn unexpected_message_that_goes_with_up_ack_is_no_refusal() {
    let (mut l, _) = asking(1);
    l.receive(Error::new(ErrorCode::UnexpectedMessage));
    assert_eq!(l.receive(active_ack()), [Output::State(AspState::Active)]);
    assert_eq!(l.after(ACK * 10), []);
    // What is not answered later has nothing to do with it.
    l.input(Input::Block);
    assert_eq!(l.after(ACK), [Output::NoAnswer("ASPIA"), sends(aspia())]);
}

#[test]
fn data_that_was_not_expected_leads_to_a_new_request() {
    let mut l = Ladder::active();
    let code = ErrorCode::UnexpectedMessage;
    let about_data = Error {
        diagnostic: Some(encode(&data(Some(7)).into())),
        ..err(code, &[7])
    };
    assert_eq!(
        l.receive(about_data),
        [Output::Reported(code), Output::State(AspState::Inactive)]
    );
    assert_eq!(l.after(ACK), [sends(aspac())]);
}

#[test]
fn application_server_that_is_no_longer_configured_is_left() {
    for code in [
        ErrorCode::InvalidRoutingContext,
        ErrorCode::NoConfiguredAsForAsp,
    ] {
        let mut l = Ladder::active();
        assert_eq!(l.receive(err(code, &[8])), [Output::Reported(code)]);
        assert!(l.asp.carries_traffic(0), "another one is");
        let about_data = Error {
            diagnostic: Some(encode(&data(Some(7)).into())),
            ..Error::new(code)
        };
        assert_eq!(
            l.receive(about_data),
            [Output::Reported(code), Output::State(AspState::Inactive)]
        );
        l.after(ACK);
        l.receive(active_ack());
        assert_eq!(
            l.receive(err(code, &[7])),
            [Output::Reported(code), Output::State(AspState::Inactive)]
        );
        assert_eq!(l.after(ACK), [sends(aspac())]);
    }
}

#[test]
fn refused_audit_leaves_the_traffic_alone() {
    let mut l = Ladder::active();
    l.input(audit());
    let daud = Daud {
        routing_contexts: vec![7],
        affected: vec![AffectedPointCode::one(pc(2))],
        ..Daud::default()
    };
    for &code in ErrorCode::NAMED {
        let about_audit = Error {
            diagnostic: Some(encode(&daud.clone().into())),
            affected: daud.affected.clone(),
            ..err(code, &[7])
        };
        assert_eq!(l.receive(about_audit), [Output::Reported(code)]);
    }
    assert!(l.asp.carries_traffic(0));
}

#[test]
fn with_traffic_elsewhere_only_the_request_is_unexpected() {
    let mut l = Ladder::with(|settings| {
        let other = AsSettings {
            routing_context: Some(8),
            ..settings.application_servers[0].clone()
        };
        settings.application_servers.push(other);
    });
    l.input(Input::AssociationUp);
    l.receive(AspUpAck::default());
    l.receive(active_ack());
    let code = ErrorCode::UnexpectedMessage;
    assert_eq!(l.receive(err(code, &[8])), [Output::Reported(code)]);
    assert_eq!(l.after(ACK), [sends(aspac_for(&[8]))]);
    assert!(l.asp.carries_traffic(0));
}

#[test]
fn our_errors_never_answer_errors() {
    let mut l = Ladder::active();
    let answer = l.receive(RegReq {
        routing_keys: vec![registration::key()],
    });
    let [Output::Send(Message::Error(ours)), _] = &answer[..] else {
        panic!("{answer:?}");
    };
    assert_eq!(
        l.receive(ours.clone()),
        [Output::Reported(ErrorCode::UnexpectedMessage)]
    );
}
