//! Bearer independent call control.

use super::Delta;
use crate::message::MessageType;
use crate::param::ParameterCode;

/// BICC (Q.1902.3): ISUP without circuits. The CIC is the call instance code of 32 bits (5.3.1);
/// bearers are described in the application transport parameter, by the BAT ASE (Q.765.5). The
/// messages left out are about single circuits or the MTP below; which they are is given from
/// memory.
pub(super) const BICC: Delta = Delta {
    cic_bits: Some(32),
    without_messages: &[
        MessageType::Ccr.code(),
        MessageType::Lpa.code(),
        MessageType::Blo.code(),
        MessageType::Bla.code(),
        MessageType::Ubl.code(),
        MessageType::Uba.code(),
        MessageType::Pam.code(),
        MessageType::Olm.code(),
        MessageType::Upt.code(),
        MessageType::Upa.code(),
    ],
    // 6.27: for ISUP alone.
    without_parameters: &[ParameterCode::CIRCUIT_ASSIGNMENT_MAP],
    ..Delta::new("bicc", "BICC, ITU-T Q.1902.3 (CS2)", "Q.1902.3", "itu")
};
