//! How associations end, as both sides tell it.

use super::*;

#[test]
fn shutdown_is_told_apart_from_the_end_of_a_process() {
    with_sctp(async {
        let network = Network::new();
        let (asp_side, mut gateway_side) = pair(&network, asp(), gateway()).await;
        asp_side.handle.shutdown();
        assert_eq!(until_down(&mut gateway_side).await, DownReason::Peer);
        asp_side.handle.stopped().await;

        let mut again = Side::new(network.on(1, || spawn(asp(), None)));
        again.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
        again.handle.kill();
        let DownReason::Failed(reason) = until_down(&mut gateway_side).await else {
            panic!("no failure");
        };
        assert_eq!(reason, "aborted by the peer: User-Initiated Abort");
    });
}

#[test]
fn shutdown_of_the_gateway_is_seen_by_the_asp() {
    with_sctp(async {
        let network = Network::new();
        let (mut asp, gateway) = pair(&network, asp(), gateway()).await;
        gateway.handle.shutdown();
        assert_eq!(until_down(&mut asp).await, DownReason::Peer);
        gateway.handle.stopped().await;
    });
}

#[test]
fn silence_is_the_end_in_bounded_time() {
    with_sctp(async {
        let network = Network::new();
        let mut config = asp();
        config.peers[0].sctp = pair::quick();
        let mut other = gateway();
        other.sctp = pair::quick();
        let (mut asp, mut gateway) = pair(&network, config, other).await;
        network.silence(1, true);
        network.silence(2, true);
        for side in [&mut asp, &mut gateway] {
            let DownReason::Failed(reason) = until_down(side).await else {
                panic!("no failure");
            };
            assert!(reason.starts_with("communication lost"), "{reason}");
        }
        // It comes back by itself.
        network.silence(1, false);
        network.silence(2, false);
        asp.until_mtp(MtpIndication::Resume(pc(EXCHANGE))).await;
        send(&asp, &mut gateway, ASP, EXCHANGE, 0..100).await;
    });
}

/// An ASP that lost its memory unnoticed comes back from the same addresses and port.
#[test]
fn a_restart_is_told_as_one() {
    with_sctp(async {
        let network = Network::new();
        let (asp_side, mut gateway_side) = pair(&network, asp(), gateway()).await;
        network.silence(1, true);
        network.silence(2, true);
        kill(&asp_side);
        let mut asp_side = Side::new(network.on(1, || spawn(asp(), None)));
        asp_side
            .until(|event| match event {
                SignalingEvent::Association { state, .. } => {
                    (*state == AssociationState::Connecting).then_some(())
                }
                _ => None,
            })
            .await;
        network.silence(1, false);
        network.silence(2, false);
        let reason = until_down(&mut gateway_side).await;
        assert_eq!(reason, DownReason::Restarted);
        asp_side
            .until_mtp(MtpIndication::Resume(pc(EXCHANGE)))
            .await;
        send(&asp_side, &mut gateway_side, ASP, EXCHANGE, 0..100).await;
    });
}

/// Ends a side without a word, and waits until its sockets are closed.
fn kill(side: &Side) {
    let _alone = network::without_processes();
    side.handle.kill();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap()
                .block_on(side.handle.stopped());
        });
    });
}
