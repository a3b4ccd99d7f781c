//! DATA in both directions.

use super::*;

#[test]
fn data_goes_both_ways() {
    let mut l = Ladder::active();
    assert_eq!(
        l.receive(A, data(Some(7), from_as(2))),
        [Output::Network(MtpIndication::Transfer(from_as(2)))]
    );
    assert_eq!(l.transfer(to_as(3)), [sends(A, data(Some(7), to_as(3)))]);
}

#[test]
fn data_before_active_is_unexpected() {
    let mut l = Ladder::new();
    l.connect(A, |_| {});
    let refusal = refusal(A, "DATA", ErrorCode::UnexpectedMessage, &[7]);
    assert_eq!(l.receive(A, data(Some(7), from_as(2))), refusal);
    l.receive(A, AspUp::default());
    assert_eq!(l.receive(A, data(Some(7), from_as(2))), refusal);
    let refusal = self::refusal(A, "DATA", ErrorCode::UnexpectedMessage, &[]);
    assert_eq!(l.receive(A, data(None, from_as(2))), refusal);
}

#[test]
fn data_for_an_unknown_routing_context_is_refused() {
    let mut l = Ladder::active();
    let code = ErrorCode::InvalidRoutingContext;
    assert_eq!(
        l.receive(A, data(Some(99), from_as(2))),
        refusal(A, "DATA", code, &[99])
    );
}

#[test]
fn routing_context_may_be_left_out_while_it_is_clear() {
    let mut l = Ladder::two();
    l.up(A);
    l.receive(A, aspac(None));
    let passed = [Output::Network(MtpIndication::Transfer(from_as(2)))];
    assert_eq!(l.receive(A, data(None, from_as(2))), passed);
    l.receive(A, aspac_for(&[8]));
    let code = ErrorCode::MissingParameter;
    assert_eq!(
        l.receive(A, data(None, from_as(2))),
        refusal(A, "DATA", code, &[])
    );
    assert_eq!(l.receive(A, data(Some(8), from_as(2))), passed);
}

#[test]
fn network_appearance_must_be_one_of_ours() {
    let mut l = Ladder::with(|s| {
        s.network_appearance = Some(1);
        s.application_servers = vec![
            AsSettings {
                routing_context: None,
                ..server(0, 1)
            },
            AsSettings {
                routing_context: None,
                network_appearance: Some(2),
                ..server(0, 3)
            },
        ];
    });
    l.connect(A, |s| s.application_servers = Some(vec![0, 1]));
    l.receive(A, AspUp::default());
    l.receive(A, AspActive::default());
    let of = |network_appearance| Data {
        network_appearance,
        ..data(None, from_as(2))
    };
    // It tells ASs without routing contexts apart.
    let passed = [Output::Network(MtpIndication::Transfer(from_as(2)))];
    assert_eq!(l.receive(A, of(Some(1))), passed);
    assert_eq!(l.receive(A, of(Some(2))), passed);
    let code = ErrorCode::MissingParameter;
    assert_eq!(l.receive(A, of(None)), refusal(A, "DATA", code, &[]));
    let code = ErrorCode::InvalidNetworkAppearance;
    let error = Error {
        network_appearance: Some(3),
        ..Error::new(code)
    };
    assert_eq!(
        l.receive(A, of(Some(3))),
        [sends(A, error), refused(A, "DATA", code)]
    );
    // Each AS gets what its network is called.
    for (dpc, network_appearance) in [(1, Some(1)), (3, Some(2))] {
        let transfer = MtpTransfer {
            dpc: pc(dpc),
            ..to_as(0)
        };
        let data = Data {
            network_appearance,
            ..data(None, transfer.clone())
        };
        assert_eq!(l.transfer(transfer), [sends(A, data)]);
    }
}

#[test]
fn network_appearance_of_another_as_is_invalid() {
    let mut l = Ladder::with(|s| s.application_servers[0].network_appearance = Some(1));
    l.activate(A);
    let strange = Data {
        network_appearance: Some(2),
        ..data(Some(7), from_as(2))
    };
    let [Output::Send(A, Message::Error(error)), _] = &l.receive(A, strange)[..] else {
        panic!("no Error");
    };
    assert_eq!(error.code, ErrorCode::InvalidNetworkAppearance);
    assert_eq!(error.network_appearance, Some(2));
}

#[test]
fn data_on_stream_0_is_refused_unless_the_peer_knows_no_better() {
    let mut l = Ladder::active();
    let code = ErrorCode::InvalidStreamIdentifier;
    let message = data(Some(7), from_as(2));
    assert_eq!(
        l.on_stream(Some(0), A, message.clone()),
        refusal(A, "DATA", code, &[])
    );
    let passed = [Output::Network(MtpIndication::Transfer(from_as(2)))];
    assert_eq!(l.on_stream(Some(1), A, message.clone()), passed);
    l.connect(B, |s| s.quirks.any_stream = true);
    l.receive(B, AspUp::default());
    l.receive(B, aspac(None));
    assert_eq!(l.on_stream(Some(0), B, message), passed);
}

// RFC 4666 1.4.3.2
#[test]
fn asps_do_not_manage_the_network() {
    let mut l = Ladder::active();
    for si in 0..=2 {
        let management = MtpTransfer { si, ..from_as(2) };
        assert_eq!(
            l.receive(A, data(Some(7), management)),
            refusal(A, "DATA", ErrorCode::ProtocolError, &[])
        );
    }
    let management = MtpTransfer { si: 0, ..to_as(0) };
    assert_eq!(
        l.transfer(management.clone()),
        [Output::NotSent(management, NotSent::NoApplicationServer)]
    );
}

#[test]
fn message_for_no_as_is_dropped() {
    let mut l = Ladder::active();
    let stray = MtpTransfer {
        dpc: pc(5),
        ..to_as(0)
    };
    assert_eq!(
        l.transfer(stray.clone()),
        [Output::NotSent(stray, NotSent::NoApplicationServer)]
    );
}

#[test]
fn routing_keys_choose_the_as() {
    let mut l = Ladder::with(|s| {
        let sccp = RoutingKeyDestination {
            service_indicators: vec![3],
            ..to(1)
        };
        let from_9 = RoutingKeyDestination {
            opcs: affected(&[9]),
            ..to(1)
        };
        let rest = RoutingKeyDestination::to(AffectedPointCode {
            mask: 24,
            point_code: pc(0),
        });
        for (routing_context, key) in [(8, sccp), (9, from_9), (10, rest)] {
            s.application_servers.push(AsSettings {
                routing_key: vec![key],
                ..server(routing_context, 0)
            });
        }
    });
    l.up(A);
    l.receive(A, aspac_for(&[7, 8, 9, 10]));
    for (opc, dpc, si, routing_context) in
        [(2, 1, 5, 7), (2, 1, 3, 8), (9, 1, 5, 9), (2, 4711, 5, 10)]
    {
        let m = MtpTransfer {
            opc: pc(opc),
            dpc: pc(dpc),
            si,
            ..to_as(0)
        };
        assert_eq!(
            l.transfer(m.clone()),
            [sends(A, data(Some(routing_context), m))]
        );
    }
}

#[test]
fn point_code_is_reachable_while_one_of_its_as_is() {
    let mut l = Ladder::with(|s| {
        let sccp = RoutingKeyDestination {
            service_indicators: vec![3],
            ..to(1)
        };
        s.application_servers.push(AsSettings {
            routing_key: vec![sccp],
            ..server(8, 1)
        });
    });
    l.up(A);
    assert!(l.receive(A, aspac_for(&[7])).contains(&resume()));
    assert!(!l.receive(A, aspac_for(&[8])).contains(&resume()));
    l.receive(A, aspia());
    assert!(!l.after(RECOVERY).contains(&pause()));
    l.receive(A, AspInactive::default());
    assert!(l.after(RECOVERY).contains(&pause()));
}

#[test]
fn data_that_the_end_of_activity_overtook_counts_for_a_while() {
    let late = Duration::from_millis(500);
    for ending in [Message::from(aspia()), AspDown::default().into()] {
        let mut l = Ladder::with(|s| s.diversion = late);
        l.activate(A);
        l.receive(A, ending);
        l.after(late - Duration::from_micros(1));
        let network = Output::Network(MtpIndication::Transfer(from_as(2)));
        assert_eq!(l.receive(A, data(Some(7), from_as(2))), [network]);
        // Of what cannot be reached nothing is told to one that is not active.
        assert_eq!(l.receive(A, data(Some(7), from_as(9))), []);
        l.after(Duration::from_micros(1));
        assert_eq!(
            l.receive(A, data(Some(7), from_as(2))),
            refusal(A, "DATA", ErrorCode::UnexpectedMessage, &[7])
        );
    }
}

#[test]
fn what_a_lost_association_gave_back_goes_to_whoever_has_the_traffic_now() {
    let delay = Duration::from_millis(500);
    let mut l = Ladder::with(|s| (s.diversion, s.pending_queue) = (delay, 8));
    l.activate(A);
    l.activate(B);
    let numbered = |number| MtpTransfer {
        data: vec![1, 0, 6, number],
        ..to_as(0)
    };
    let home = l.receivers()[0];
    let other = if home == A { B } else { A };
    l.transfer(numbered(0));
    l.transfer(numbered(1));
    l.input(Input::AssociationDown(home));
    // What comes now waits behind it, however late it comes.
    assert_eq!(l.input(Input::Returned(vec![numbered(0)])), []);
    assert_eq!(l.transfer(numbered(2)), []);
    assert_eq!(l.input(Input::Returned(vec![numbered(1)])), []);
    let sent = (0..3).map(|number| sends(other, data(Some(7), numbered(number))));
    assert_eq!(l.after(delay), sent.collect::<Vec<_>>());
    // And while nobody is active.
    l.input(Input::AssociationDown(other));
    assert_eq!(l.transfer(numbered(4)), []);
    assert_eq!(l.input(Input::Returned(vec![numbered(3)])), []);
    l.up(C);
    let outputs = l.receive(C, aspac(None));
    assert_eq!(
        outputs
            .iter()
            .filter(|o| matches!(o, Output::NotSent(..)))
            .count(),
        0
    );
    let mut sent = l.after(delay);
    sent.retain(|output| matches!(output, Output::Send(..)));
    let expected = [3, 4].map(|number| sends(C, data(Some(7), numbered(number))));
    assert_eq!(sent, expected);
}
