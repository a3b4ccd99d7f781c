//! ISUP of ETSI.

use super::Delta;
use crate::message::MessageType;

/// EN 300 356-1: Q.763 (12/1999) for the international interface, which has nothing that is for
/// national use. The messages left out are those that Q.763 marks so; the European standard
/// itself was not at hand. Parameters for national use are kept, so that they have names where a
/// network has them all the same.
pub(super) const ETSI: Delta = Delta {
    without_messages: &[
        MessageType::Inr.code(),
        MessageType::Inf.code(),
        MessageType::Lpa.code(),
        MessageType::Pam.code(),
        MessageType::Cqm.code(),
        MessageType::Cqr.code(),
        MessageType::Ucic.code(),
        MessageType::Olm.code(),
        MessageType::Crg.code(),
        MessageType::Sdn.code(),
    ],
    ..Delta::new(
        "etsi",
        "ETSI EN 300 356-1, ISUP for the international interface",
        "EN 300 356",
        "itu",
    )
};
