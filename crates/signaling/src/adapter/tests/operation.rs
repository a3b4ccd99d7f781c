//! What people see and do: audits, commands, peers that are not awaited.

use super::*;
use crate::WayState;
use crate::links::{LinkAction, LinkError, LinkState};
use trunkline_m3ua::ErrorCode;
use trunkline_model::mtp::MtpStatus;

fn command(net: &mut Net, action: LinkAction) {
    net.asp.command(net.now, "sg0", action).unwrap();
    net.run();
}

fn lines<'a>(net: &'a Net, start: &str) -> Vec<&'a String> {
    net.ladder.iter().filter(|l| l.starts_with(start)).collect()
}

#[test]
fn destination_is_unavailable_until_the_gateway_says_otherwise() {
    // The gateway knows nothing of destination 3.
    let with_three = |audit: Audit| {
        let mut net = Net::with(
            1,
            move |config| {
                config.peers[0].audit = audit;
                config.routes.push(Route {
                    dpc: pc(3),
                    ways: vec![Way::over("sg0")],
                });
            },
            |_| {},
        );
        net.run();
        net
    };
    let net = with_three(Audit::Ask);
    assert_eq!(lines(&net, "> DAUD").len(), 1);
    assert_eq!(net.asp_indications(), [MtpIndication::Resume(pc(2))]);
    let three = |net: &Net| {
        let links = net.asp.links(net.now);
        let three = &links.destinations[1];
        (three.available, three.ways[0].state)
    };
    assert_eq!(three(&net), (false, WayState::Unavailable));
    let off = with_three(Audit::Off);
    assert_eq!(three(&off), (true, WayState::Available));
}

#[test]
fn gateway_that_answers_no_audit_is_believed_to_be_connected_unless_told_otherwise() {
    for (audit, resumed) in [(Audit::Ask, true), (Audit::Insist, false)] {
        let mut net = Net::with(1, |config| config.peers[0].audit = audit, |_| {});
        net.deaf = true;
        net.run();
        assert_eq!(net.asp_indications(), []);
        net.after(Duration::from_millis(2_999));
        assert_eq!(net.asp_indications(), []);
        net.after(Duration::from_millis(1));
        let resume = [MtpIndication::Resume(pc(2))];
        let expected: &[MtpIndication] = if resumed { &resume } else { &[] };
        assert_eq!(net.asp_indications(), expected, "{audit:?}");
        if !resumed {
            net.deaf = false;
            net.after(Duration::from_secs(1));
            assert_eq!(net.asp_indications(), resume);
        }
    }
}

#[test]
fn message_of_a_destination_says_that_the_way_leads_there() {
    let mut net = Net::with(1, |config| config.peers[0].audit = Audit::Ask, |_| {});
    net.deaf = true;
    net.run();
    assert_eq!(net.asp_indications(), []);
    let message = from_exchange(1);
    net.sgps[0].handle(net.now, Input::Transfer(message.clone()));
    net.run();
    let expected = [
        MtpIndication::Resume(pc(2)),
        MtpIndication::Transfer(message),
    ];
    assert_eq!(net.asp_indications(), expected);
    net.transfer(to_exchange(0));
    assert_eq!(net.discarded(), []);
}

#[test]
fn unavailable_destination_is_asked_for_again() {
    let mut net = Net::with(1, |config| config.peers[0].audit = Audit::Ask, |_| {});
    net.run();
    let pause = Input::Indicate(MtpIndication::Pause(pc(2)));
    net.sgps[0].handle(net.now, pause);
    net.run();
    net.forget();
    // T10 of Q.704.
    net.after(Duration::from_secs(30));
    assert_eq!(net.ladder, ["> DAUD", "< DUNA"]);
}

#[test]
fn blocked_asp_stays_inactive_until_it_is_unblocked() {
    let mut net = Net::active(1);
    command(&mut net, LinkAction::Block);
    assert_eq!(net.ladder[..2], ["> ASPIA", "< ASPIA_ACK"]);
    assert_eq!(net.asp_indications(), [MtpIndication::Pause(pc(2))]);
    let link = &net.asp.links(net.now).peers[0];
    assert!(link.blocked);
    assert_eq!(
        (link.association, link.asp),
        (LinkState::Up, "ASP-INACTIVE")
    );
    // Also over a new association.
    net.lose(0);
    net.run();
    net.after(Duration::from_secs(5));
    assert!(lines(&net, "> ASPAC").is_empty(), "{:?}", net.ladder);
    net.forget();
    command(&mut net, LinkAction::Unblock);
    assert_eq!(net.ladder[..1], ["> ASPAC"]);
    assert_eq!(net.asp_indications(), [MtpIndication::Resume(pc(2))]);
    assert!(!net.asp.links(net.now).peers[0].blocked);
}

#[test]
fn association_that_was_taken_down_stays_down_until_told_otherwise() {
    let mut net = Net::active(1);
    command(&mut net, LinkAction::Down);
    assert_eq!(lines(&net, "> "), ["> ASPIA", "> ASPDN", "> SHUTDOWN"]);
    net.forget();
    net.after(Duration::from_secs(60));
    assert!(net.ladder.is_empty());
    let link = &net.asp.links(net.now).peers[0];
    assert_eq!(link.association, LinkState::TakenDown);
    command(&mut net, LinkAction::Up);
    assert_eq!(net.ladder[0], "connect 0");
    assert_eq!(net.asp_indications(), [MtpIndication::Resume(pc(2))]);
}

#[test]
fn command_for_nobody_is_an_error() {
    let mut net = Net::active(1);
    let nobody = net.asp.command(net.now, "sg7", LinkAction::Down);
    assert_eq!(nobody, Err(LinkError::UnknownPeer("sg7".to_owned())));
}

#[test]
fn stranger_is_not_let_in_and_a_known_peer_has_one_association() {
    let mut net = Net::with(
        1,
        |_| {},
        |config| {
            let address = "127.0.0.1:2905".parse().unwrap();
            let mut peer = PeerConfig::new("asp", Transport::RawIp, address, address);
            peer.role = crate::config::Role::Sgp;
            peer.initiate = false;
            config.peers.push(peer);
            config.admission = crate::Admission::Configured;
        },
    );
    net.run();
    assert_eq!(net.sgps[0].links(net.now).peers[0].asp, "ASP-ACTIVE");
    let come = |net: &mut Net, id: u64, from: &str| -> Vec<Output> {
        let event = AssociationEvent::Up {
            peer: from.parse().unwrap(),
            outbound_streams: STREAMS,
        };
        let id = AssociationId(FIRST_INCOMING + id);
        let input = Input::Association(id, event);
        net.sgps[0].handle(net.now, input);
        std::iter::from_fn(|| net.sgps[0].poll_output()).collect()
    };
    // The address is right, the port is not.
    let outputs = come(&mut net, 5, "127.0.0.1:2906");
    assert!(outputs.contains(&Output::Abort(AssociationId(FIRST_INCOMING + 5))));
    // The peer itself, once more: the earlier association must be dead.
    let outputs = come(&mut net, 6, "127.0.0.1:2905");
    assert!(outputs.contains(&Output::Abort(IN)));
    let link = &net.sgps[0].links(net.now).peers[0];
    assert_eq!((link.association, link.asp), (LinkState::Up, "ASP-DOWN"));
    assert_eq!(link.established, 2);
    // Taken down it does not come back, not as a guest either.
    let down = net.sgps[0].command(net.now, "asp", LinkAction::Down);
    assert_eq!(down, Ok(()));
    let second = AssociationId(FIRST_INCOMING + 6);
    let gone = AssociationEvent::Down(DownReason::Local);
    net.sgps[0].handle(net.now, Input::Association(second, gone));
    let outputs = come(&mut net, 7, "127.0.0.1:2905");
    assert!(outputs.contains(&Output::Abort(AssociationId(FIRST_INCOMING + 7))));
    let link = &net.sgps[0].links(net.now).peers[0];
    assert_eq!(link.association, LinkState::TakenDown);
}

#[test]
fn paths_and_full_buffers_are_told() {
    let mut net = Net::active(1);
    let address = "192.0.2.1".parse().unwrap();
    for up in [false, false, true] {
        net.tell_asp(0, AssociationEvent::Path { address, up });
    }
    net.tell_asp(0, AssociationEvent::Congestion(2));
    net.run();
    let peer = || "sg0".to_owned();
    let path = |up| SignalingEvent::Path {
        peer: peer(),
        address,
        up,
    };
    assert_eq!(net.asp_events[..2], [path(false), path(true)]);
    let status = MtpIndication::Status(pc(2), MtpStatus::Congestion(2));
    assert_eq!(net.asp_indications(), [status]);
    let link = &net.asp.links(net.now).peers[0];
    assert_eq!(link.congestion, 2);
    assert!(link.paths[0].up);
}
#[test]
fn gateway_that_blocks_an_asp_refuses_it() {
    let mut net = Net::active(1);
    let name = net.sgps[0].links(net.now).peers[0].name.clone();
    let block = net.sgps[0].command(net.now, &name, LinkAction::Block);
    assert_eq!(block, Ok(()));
    net.run();
    assert_eq!(net.asp_indications(), [MtpIndication::Pause(pc(2))]);
    net.after(Duration::from_secs(3));
    let code = ErrorCode::RefusedManagementBlocking;
    assert!(errors(&net.asp_events).contains(&PeerError::Reported(code)));
    net.forget();
    let unblock = net.sgps[0].command(net.now, &name, LinkAction::Unblock);
    assert_eq!(unblock, Ok(()));
    net.after(Duration::from_secs(3));
    assert_eq!(net.asp_indications(), [MtpIndication::Resume(pc(2))]);
}
