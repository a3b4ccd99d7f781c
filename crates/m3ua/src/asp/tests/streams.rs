//! Which messages are taken on which streams, and what is taken when (RFC 4666 1.4.7, 4.3.1).

use super::*;

fn on(l: &mut Ladder, stream: u16, message: impl Into<Message>) -> Vec<Output> {
    l.input(Input::Message {
        stream: Some(stream),
        message: message.into(),
    })
}

#[test]
fn data_on_the_stream_of_management_is_refused() {
    let mut l = Ladder::active();
    let code = ErrorCode::InvalidStreamIdentifier;
    assert_eq!(
        on(&mut l, 0, data(Some(7))),
        [
            error(Error::new(code), data(Some(7))),
            refused("DATA", code)
        ]
    );
    assert_eq!(on(&mut l, 1, data(Some(7))), [indication()]);
}

#[test]
fn management_on_another_stream_is_refused() {
    let mut l = Ladder::new();
    l.input(Input::AssociationUp);
    let code = ErrorCode::InvalidStreamIdentifier;
    assert_eq!(
        on(&mut l, 1, AspUpAck::default()),
        [
            error(Error::new(code), AspUpAck::default()),
            refused("ASPUP_ACK", code)
        ]
    );
    assert_eq!(l.asp.state(), AspState::Down);
    on(&mut l, 0, AspUpAck::default());
    assert_eq!(l.asp.state(), AspState::Inactive);
    // ASPTM, SSNM, BEAT and NTFY may come on any, and Errors are never refused.
    on(&mut l, 5, active_ack());
    assert_eq!(l.asp.state(), AspState::Active);
    assert_eq!(on(&mut l, 5, Heartbeat::default()).len(), 1);
    assert_eq!(on(&mut l, 5, notify(Status::AsActive)).len(), 1);
    let code = ErrorCode::ProtocolError;
    assert_eq!(on(&mut l, 5, Error::new(code)), [Output::Reported(code)]);
}

#[test]
fn gateway_that_does_not_know_streams_is_put_up_with() {
    let mut l = Ladder::with(|settings| settings.quirks.any_stream = true);
    l.input(Input::AssociationUp);
    on(&mut l, 3, AspUpAck::default());
    on(&mut l, 3, active_ack());
    assert_eq!(on(&mut l, 0, data(Some(7))), [indication()]);
}

#[test]
fn only_what_belongs_there_is_taken_while_down() {
    let mut l = Ladder::new();
    l.input(Input::AssociationUp);
    // Those may come on another stream than ASPUP_ACK.
    assert_eq!(l.receive(notify(Status::AsActive)), []);
    assert_eq!(l.receive(Duna::default()), []);
    assert_eq!(l.receive(data(Some(7))), [Output::EarlyData]);
    assert_eq!(l.receive(HeartbeatAck::default()), []);
    let code = ErrorCode::UnexpectedMessage;
    assert_eq!(
        l.receive(active_ack()),
        [
            error(err(code, &[7]), active_ack()),
            refused("ASPAC_ACK", code)
        ]
    );
    assert_eq!(l.asp.state(), AspState::Down);
}

#[test]
fn states_of_destinations_count_while_inactive_if_the_gateway_tells_them_only_then() {
    let affected = vec![AffectedPointCode::one(pc(2))];
    let duna = || Duna {
        affected: affected.clone(),
        ..Duna::default()
    };
    let inactive = |believe: bool| {
        let mut l = Ladder::with(|s| s.quirks.ssnm_while_inactive = believe);
        l.input(Input::Block);
        l.input(Input::AssociationUp);
        l.receive(AspUpAck::default());
        l
    };
    let unavailable = told(&affected, DestinationState::Unavailable);
    assert_eq!(inactive(true).receive(duna()), [unavailable]);
    assert_eq!(inactive(false).receive(duna()), []);
}

#[test]
fn routing_context_of_the_only_application_server_may_be_implied() {
    let mut l = Ladder::with(|settings| {
        settings.application_servers[0] = AsSettings::default();
    });
    l.input(Input::AssociationUp);
    assert_eq!(
        l.receive(AspUpAck::default())[1..],
        [sends(AspActive::default())]
    );
    // What the gateway knows it may show, and it means us.
    assert_eq!(
        l.receive(active_ack_for(&[12])),
        [Output::State(AspState::Active)]
    );
    assert_eq!(l.input(request()), [sends(data(None))]);
    assert_eq!(l.receive(data(Some(12))), [indication()]);
    assert_eq!(l.receive(data(None)), [indication()]);
}

#[test]
fn long_audits_are_cut_in_pieces() {
    let mut l = Ladder::active();
    let destinations: Vec<PointCode> = (0..MAX_AUDITED as u32 * 2 + 1).map(pc).collect();
    let outputs = l.input(Input::Audit {
        application_server: 0,
        destinations: destinations.clone(),
    });
    let mut asked = Vec::new();
    for output in outputs {
        let Output::Send(Message::Daud(daud)) = output else {
            panic!("{output:?}");
        };
        assert!(daud.affected.len() <= MAX_AUDITED);
        asked.extend(daud.affected.iter().map(|affected| affected.point_code));
    }
    assert_eq!(asked, destinations);
    assert_eq!(
        l.input(Input::Audit {
            application_server: 0,
            destinations: Vec::new(),
        }),
        []
    );
}

#[test]
fn destinations_that_are_not_available_are_audited_periodically() {
    let every = Duration::from_secs(30);
    let mut l = Ladder::with(|settings| settings.audit = Some(every)).activate();
    let one = |value| AffectedPointCode::one(pc(value));
    let duna = |affected: &[AffectedPointCode]| Duna {
        affected: affected.to_vec(),
        ..Duna::default()
    };
    let daud = |affected: &[AffectedPointCode]| {
        sends(Daud {
            routing_contexts: vec![7],
            affected: affected.to_vec(),
            ..Daud::default()
        })
    };
    l.receive(duna(&[one(2), one(3)]));
    assert_eq!(l.after(every), [daud(&[one(2), one(3)])]);
    // DAVA ends it for one, and for the other it goes on.
    let dava = Dava {
        affected: vec![one(2)],
        ..Dava::default()
    };
    l.receive(dava);
    assert_eq!(l.after(every), [daud(&[one(3)])]);
    // Congestion restarts the wait, and its end ends it.
    l.after(every / 2);
    let scon = |level| Scon {
        affected: vec![one(3)],
        level: Some(level),
        ..Scon::default()
    };
    l.receive(scon(2));
    assert_eq!(l.after(every / 2), []);
    assert_eq!(l.after(every / 2), [daud(&[one(3)])]);
    l.receive(scon(0));
    assert_eq!(l.after(every * 10), []);
    // A range covers what is in it.
    l.receive(duna(&[one(8), one(9)]));
    let range = AffectedPointCode {
        mask: 3,
        point_code: pc(8),
    };
    l.receive(duna(&[range]));
    assert_eq!(l.after(every), [daud(&[range])]);
    // But not the other way round.
    l.receive(Dava {
        affected: vec![one(8)],
        ..Dava::default()
    });
    assert_eq!(l.after(every), [daud(&[range])]);
    // Nobody asks while inactive.
    l.receive(inactive_ack());
    assert_eq!(l.asp.application_servers[0].audits.next(), None);
}

#[test]
fn what_is_audited_is_bounded() {
    let every = Duration::from_secs(30);
    let mut l = Ladder::with(|settings| settings.audit = Some(every)).activate();
    for start in 0..4 {
        let affected = (0..10_000).map(|n| AffectedPointCode::one(pc(start * 10_000 + n)));
        l.receive(Duna {
            affected: affected.collect(),
            ..Duna::default()
        });
    }
    let asked: usize = l
        .after(every)
        .iter()
        .map(|output| match output {
            Output::Send(Message::Daud(daud)) => daud.affected.len(),
            other => panic!("{other:?}"),
        })
        .sum();
    assert_eq!(asked, MAX_AUDITS);
}
