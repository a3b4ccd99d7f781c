//! The primitives between an MTP user (here ISUP) and MTP level 3 (Q.701 9.2, RFC 4666 1.6.1).

use crate::{NetworkIndicator, PointCode};

/// The service indicator of ISUP (Q.704 14.2.1).
pub const SI_ISUP: u8 = 5;

/// Service indicator of BICC (Q.704 14.2.1).
pub const SI_BICC: u8 = 13;

/// MTP-TRANSFER: one message signal unit, in either direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MtpTransfer {
    /// Originating point code.
    pub opc: PointCode,
    /// Destination point code.
    pub dpc: PointCode,
    /// Service indicator, four bits; [`SI_ISUP`] for ISUP.
    pub si: u8,
    /// Network indicator.
    pub ni: NetworkIndicator,
    /// Message priority, two bits (national option; 0 where it is not used).
    pub mp: u8,
    /// Signaling link selection, 0 to 15 (ITU-T) or 255.
    pub sls: u8,
    /// The user's octets, from the CIC on for ISUP.
    pub data: Vec<u8>,
}

/// What MTP tells its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MtpIndication {
    /// MTP-TRANSFER indication: a message arrived.
    Transfer(MtpTransfer),
    /// MTP-PAUSE: the destination cannot be reached.
    Pause(PointCode),
    /// MTP-RESUME: the destination can be reached again.
    Resume(PointCode),
    /// MTP-STATUS: the destination is congested (level 0 to 3), or its user part is unavailable.
    Status(PointCode, MtpStatus),
}

/// The cause of an MTP-STATUS indication (Q.701 9.2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MtpStatus {
    /// The network towards the destination is congested; level 0 to 3.
    Congestion(u8),
    /// The user part there is unavailable: unknown.
    UserPartUnknown,
    /// The user part there is unavailable: unequipped remote user.
    UserPartUnequipped,
    /// The user part there is unavailable: inaccessible remote user.
    UserPartInaccessible,
}
