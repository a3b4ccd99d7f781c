//! 5.2 ASP traffic failover examples.

use super::ladder::Net;
use trunkline_m3ua::{AspState, TrafficMode};

#[test]
fn section_5_2_1_withdrawal_and_backup_override() {
    let mut net = Net::sharing(TrafficMode::Override, 1, 2);
    net.connect(0);
    net.connect(1);
    net.activate(0);
    net.forget();
    net.withdraw(0);
    assert_eq!(
        net.ladder(),
        [
            "SGP <- ASPIA (1) <- ASP1",
            "SGP -> ASPIA_ACK (1) -> ASP1",
            "SGP -> NTFY AS-PENDING (1) -> ASP1",
            "SGP -> NTFY AS-PENDING (1) -> ASP2",
        ]
    );
    net.activate(1);
    assert_eq!(
        net.ladder(),
        [
            "SGP <- ASPAC override (1) <- ASP2",
            "SGP -> ASPAC_ACK override (1) -> ASP2",
            "SGP -> NTFY AS-ACTIVE (1) -> ASP1",
            "SGP -> NTFY AS-ACTIVE (1) -> ASP2",
        ]
    );
}

/// The same with a backup that sees for itself that it is needed.
#[test]
fn section_5_2_1_backup_takes_over_by_itself() {
    let mut net = with_backup(TrafficMode::Override, 1, 2);
    net.withdraw(0);
    assert_eq!(
        net.ladder(),
        [
            "SGP <- ASPIA (1) <- ASP1",
            "SGP -> ASPIA_ACK (1) -> ASP1",
            "SGP -> NTFY AS-PENDING (1) -> ASP1",
            "SGP -> NTFY AS-PENDING (1) -> ASP2",
            "SGP <- ASPAC override (1) <- ASP2",
            "SGP -> ASPAC_ACK override (1) -> ASP2",
            "SGP -> NTFY AS-ACTIVE (1) -> ASP1",
            "SGP -> NTFY AS-ACTIVE (1) -> ASP2",
        ]
    );
    assert!(net.asps[1].carries_traffic(0));
}

/// "... if the SGP M3UA layer detects the loss of the M3UA peer ..., the initial ASP Inactive
/// message exchange ... would not occur."
#[test]
fn section_5_2_1_loss_of_the_association() {
    let mut net = with_backup(TrafficMode::Override, 1, 2);
    net.lose(0);
    assert_eq!(
        net.ladder(),
        [
            "SGP -> NTFY ASP failure of 1 (1) -> ASP2",
            "SGP -> NTFY AS-PENDING of 1 (1) -> ASP2",
            "SGP <- ASPAC override (1) <- ASP2",
            "SGP -> ASPAC_ACK override (1) -> ASP2",
            "SGP -> NTFY AS-ACTIVE (1) -> ASP2",
        ]
    );
}

#[test]
fn section_5_2_2_backup_override() {
    let mut net = Net::sharing(TrafficMode::Override, 1, 2);
    net.connect(0);
    net.connect(1);
    net.activate(0);
    net.forget();
    net.activate(1);
    assert_eq!(
        net.ladder(),
        [
            "SGP <- ASPAC override (1) <- ASP2",
            "SGP -> ASPAC_ACK override (1) -> ASP2",
            "SGP -> NTFY alternate ASP active of 2 (1) -> ASP1",
        ]
    );
    assert_eq!(net.asps[0].state(), AspState::Inactive);
    assert!(net.asps[1].carries_traffic(0));
    // And back when the backup is lost.
    net.lose(1);
    assert_eq!(
        net.ladder(),
        [
            "SGP -> NTFY ASP failure of 2 (1) -> ASP1",
            "SGP -> NTFY AS-PENDING of 2 (1) -> ASP1",
            "SGP <- ASPAC override (1) <- ASP1",
            "SGP -> ASPAC_ACK override (1) -> ASP1",
            "SGP -> NTFY AS-ACTIVE (1) -> ASP1",
        ]
    );
    assert!(net.asps[0].carries_traffic(0));
}

#[test]
fn section_5_2_3_loadsharing_withdrawal() {
    let mut net = with_backup(TrafficMode::Loadshare, 2, 3);
    net.withdraw(0);
    assert_eq!(
        net.ladder(),
        [
            "SGP <- ASPIA (1) <- ASP1",
            "SGP -> ASPIA_ACK (1) -> ASP1",
            "SGP -> NTFY insufficient ASP resources (1) -> ASP1",
            "SGP -> NTFY insufficient ASP resources (1) -> ASP3",
            "SGP <- ASPAC loadshare (1) <- ASP3",
            "SGP -> ASPAC_ACK loadshare (1) -> ASP3",
            "SGP -> NTFY AS-ACTIVE (1) -> ASP1",
            "SGP -> NTFY AS-ACTIVE (1) -> ASP2",
            "SGP -> NTFY AS-ACTIVE (1) -> ASP3",
        ]
    );
    assert!(net.asps[1].carries_traffic(0) && net.asps[2].carries_traffic(0));
}

/// An AS of that mode that needs `minimum_active` ASPs and has them, all but the last of `asps`
/// being active and that a backup.
fn with_backup(mode: TrafficMode, minimum_active: usize, asps: usize) -> Net {
    let mut net = Net::with_backup(mode, minimum_active, asps);
    for index in 0..asps {
        net.connect(index);
    }
    for index in 0..asps - 1 {
        net.activate(index);
    }
    assert_eq!(net.asps[asps - 1].state(), AspState::Inactive);
    net.forget();
    net
}
