//! All messages.

use crate::codes::codes;
use crate::msg::{Acm, Anm, Cfn, Con, Cpg, Gra, Grs, Iam, Rel, Res, Rlc, Sam, Sus, UnknownMessage};
use trunkline_model::Cic;

/// A message and the circuit that it is about: all that MTP carries for ISUP (Q.763 1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pdu {
    /// Circuit identification code.
    pub cic: Cic,
    /// The message.
    pub message: Message,
}

impl Pdu {
    /// A message about a circuit.
    pub const fn new(cic: Cic, message: Message) -> Self {
        Self { cic, message }
    }
}

/// A message (Q.763 clause 4).
// An IAM is the largest by far. Boxing it would put one allocation into the path of each call;
// messages live for one function call and are not stored in numbers.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Initial address.
    Iam(Iam),
    /// Subsequent address.
    Sam(Sam),
    /// Address complete.
    Acm(Acm),
    /// Call progress.
    Cpg(Cpg),
    /// Answer.
    Anm(Anm),
    /// Connect.
    Con(Con),
    /// Release.
    Rel(Rel),
    /// Release complete.
    Rlc(Rlc),
    /// Suspend.
    Sus(Sus),
    /// Resume.
    Res(Res),
    /// Reset circuit.
    Rsc,
    /// Circuit group reset.
    Grs(Grs),
    /// Circuit group reset acknowledgement.
    Gra(Gra),
    /// Blocking.
    Blo,
    /// Blocking acknowledgement.
    Bla,
    /// Unblocking.
    Ubl,
    /// Unblocking acknowledgement.
    Uba,
    /// Confusion.
    Cfn(Cfn),
    /// Unequipped CIC (national use).
    Ucic,
    /// Any other, with or without a name in [`MessageType`].
    Unknown(UnknownMessage),
}

impl Message {
    /// The type.
    pub fn message_type(&self) -> MessageType {
        match self {
            Self::Iam(_) => MessageType::Iam,
            Self::Sam(_) => MessageType::Sam,
            Self::Acm(_) => MessageType::Acm,
            Self::Cpg(_) => MessageType::Cpg,
            Self::Anm(_) => MessageType::Anm,
            Self::Con(_) => MessageType::Con,
            Self::Rel(_) => MessageType::Rel,
            Self::Rlc(_) => MessageType::Rlc,
            Self::Sus(_) => MessageType::Sus,
            Self::Res(_) => MessageType::Res,
            Self::Rsc => MessageType::Rsc,
            Self::Grs(_) => MessageType::Grs,
            Self::Gra(_) => MessageType::Gra,
            Self::Blo => MessageType::Blo,
            Self::Bla => MessageType::Bla,
            Self::Ubl => MessageType::Ubl,
            Self::Uba => MessageType::Uba,
            Self::Cfn(_) => MessageType::Cfn,
            Self::Ucic => MessageType::Ucic,
            Self::Unknown(unknown) => MessageType::from_code(unknown.message_type),
        }
    }

    /// The acronym of the type: `"IAM"`.
    pub fn name(&self) -> &'static str {
        self.message_type().name()
    }
}

codes! {
    /// Message type (Q.763 1.3, table 4). All of the table have names here, also those that
    /// [`Message`] does not know.
    pub enum MessageType {
        Iam = 0x01, "IAM";
        Sam = 0x02, "SAM";
        Inr = 0x03, "INR";
        Inf = 0x04, "INF";
        Cot = 0x05, "COT";
        Acm = 0x06, "ACM";
        Con = 0x07, "CON";
        Fot = 0x08, "FOT";
        Anm = 0x09, "ANM";
        Rel = 0x0c, "REL";
        Sus = 0x0d, "SUS";
        Res = 0x0e, "RES";
        Rlc = 0x10, "RLC";
        Ccr = 0x11, "CCR";
        Rsc = 0x12, "RSC";
        Blo = 0x13, "BLO";
        Ubl = 0x14, "UBL";
        Bla = 0x15, "BLA";
        Uba = 0x16, "UBA";
        Grs = 0x17, "GRS";
        Cgb = 0x18, "CGB";
        Cgu = 0x19, "CGU";
        Cgba = 0x1a, "CGBA";
        Cgua = 0x1b, "CGUA";
        Far = 0x1f, "FAR";
        Faa = 0x20, "FAA";
        Frj = 0x21, "FRJ";
        Lpa = 0x24, "LPA";
        Pam = 0x28, "PAM";
        Gra = 0x29, "GRA";
        Cqm = 0x2a, "CQM";
        Cqr = 0x2b, "CQR";
        Cpg = 0x2c, "CPG";
        Usr = 0x2d, "USR";
        Ucic = 0x2e, "UCIC";
        Cfn = 0x2f, "CFN";
        Olm = 0x30, "OLM";
        Crg = 0x31, "CRG";
        Nrm = 0x32, "NRM";
        Fac = 0x33, "FAC";
        Upt = 0x34, "UPT";
        Upa = 0x35, "UPA";
        Idr = 0x36, "IDR";
        Irs = 0x37, "IRS";
        Sgm = 0x38, "SGM";
        Lop = 0x40, "LOP";
        Apm = 0x41, "APM";
        Pri = 0x42, "PRI";
        _ => Unknown, "unknown message"
    }
}
