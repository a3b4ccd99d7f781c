//! All messages.

use crate::codes::codes;
use crate::error::DecodeError;
use crate::msg::*;
use crate::optional::OptionalParameters;
use crate::param::MessageCompatibilityInformation;
use crate::wire::{Body, Form, Frame, ReadBody};
use trunkline_model::Cic;

/// A message and the circuit that it is about: all that MTP carries for ISUP (Q.763 1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pdu {
    /// Circuit identification code.
    pub cic: Cic,
    /// The message.
    pub message: Message,
    /// What the octets had that the message does not show; plain for a message that is made here.
    pub form: Form,
}

impl Pdu {
    /// A message about a circuit.
    pub fn new(cic: Cic, message: Message) -> Self {
        Self {
            cic,
            message,
            form: Form::default(),
        }
    }
}

/// Declares the messages: those with parameters, those that consist of CIC and type alone, those
/// whose contents are not taken apart.
macro_rules! messages {
    (
        parameters { $($name:ident, $text:literal;)+ }
        nothing { $($empty:ident, $empty_text:literal;)+ }
        contents { $($raw:ident, $raw_text:literal;)+ }
    ) => {
        /// A message (Q.763 clause 4).
        // An IAM is the largest by far. Boxing it would put one allocation into the path of each
        // call; messages live for one function call and are not stored in numbers.
        #[allow(clippy::large_enum_variant)]
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Message {
            $(
                #[doc = $text]
                $name($name),
            )+
            $(
                #[doc = $empty_text]
                $empty,
            )+
            $(
                #[doc = $raw_text]
                $raw($raw),
            )+
            /// Any other, with or without a name in [`MessageType`].
            Unknown(UnknownMessage),
        }

        impl Message {
            /// Reads the parameters of a message whose parts have been found. A message that the
            /// variant calls otherwise than [`MessageType`] is another one that has its code: it
            /// is kept as [`Unknown`](Self::Unknown), and its parameters are those of the frame.
            ///
            /// # Errors
            /// [`DecodeError`] says which mandatory parameter makes no sense.
            pub fn read(frame: &Frame<'_>) -> Result<Self, DecodeError> {
                let message_type = frame.message_type();
                if frame.row().is_none_or(|row| row.acronym != message_type.name()) {
                    return Ok(Self::Unknown(UnknownMessage {
                        message_type: message_type.code(),
                        content: frame.content().to_vec(),
                    }));
                }
                Ok(match message_type {
                    $(MessageType::$name => Self::$name(ReadBody::read(frame)?),)+
                    $(MessageType::$empty => Self::$empty,)+
                    $(MessageType::$raw => Self::$raw($raw { content: frame.content().to_vec() }),)+
                    other => Self::Unknown(UnknownMessage {
                        message_type: other.code(),
                        content: frame.content().to_vec(),
                    }),
                })
            }

            /// The type.
            pub fn message_type(&self) -> MessageType {
                match self {
                    $(Self::$name(_) => MessageType::$name,)+
                    $(Self::$empty => MessageType::$empty,)+
                    $(Self::$raw(_) => MessageType::$raw,)+
                    Self::Unknown(unknown) => MessageType::from_code(unknown.message_type),
                }
            }

            /// Whether the mandatory parameters, or the contents of a message that is not taken
            /// apart, are written as they stand in the frame.
            pub(crate) fn is_written_as(&self, frame: &Frame<'_>) -> bool {
                match self {
                    $(Self::$name(message) => message.is_written_as(frame),)+
                    other => other.content().len() == frame.content().len(),
                }
            }

            /// The parameters, if it is a message that has any.
            pub(crate) fn body(&self) -> Option<&dyn Body> {
                match self {
                    $(Self::$name(message) => Some(message),)+
                    _ => None,
                }
            }

            /// What follows the message type, of a message that is not taken apart.
            pub(crate) fn content(&self) -> &[u8] {
                match self {
                    $(Self::$raw(message) => &message.content,)+
                    Self::Unknown(unknown) => &unknown.content,
                    _ => &[],
                }
            }
        }
    };
}

messages! {
    parameters {
        Iam, "Initial address.";
        Sam, "Subsequent address.";
        Inr, "Information request.";
        Inf, "Information.";
        Cot, "Continuity.";
        Acm, "Address complete.";
        Con, "Connect.";
        Fot, "Forward transfer.";
        Anm, "Answer.";
        Rel, "Release.";
        Sus, "Suspend.";
        Res, "Resume.";
        Rlc, "Release complete.";
        Grs, "Circuit group reset.";
        Cgb, "Circuit group blocking.";
        Cgu, "Circuit group unblocking.";
        Cgba, "Circuit group blocking acknowledgement.";
        Cgua, "Circuit group unblocking acknowledgement.";
        Far, "Facility request.";
        Faa, "Facility accepted.";
        Frj, "Facility reject.";
        Gra, "Circuit group reset acknowledgement.";
        Cqm, "Circuit group query.";
        Cqr, "Circuit group query response.";
        Cpg, "Call progress.";
        Usr, "User-to-user information.";
        Cfn, "Confusion.";
        Nrm, "Network resource management.";
        Fac, "Facility.";
        Upt, "User part test.";
        Upa, "User part available.";
        Idr, "Identification request.";
        Irs, "Identification response.";
        Sgm, "Segmentation.";
        Lop, "Loop prevention.";
        Apm, "Application transport.";
        Pri, "Pre-release information.";
        Sdn, "Subsequent directory number.";
        Crm, "Circuit reservation.";
        Cvr, "Circuit validation response.";
        Exm, "Exit.";
    }
    nothing {
        Ccr, "Continuity check request.";
        Rsc, "Reset circuit.";
        Blo, "Blocking.";
        Ubl, "Unblocking.";
        Bla, "Blocking acknowledgement.";
        Uba, "Unblocking acknowledgement.";
        Lpa, "Loop back acknowledgement (national use).";
        Ucic, "Unequipped CIC (national use).";
        Olm, "Overload (national use).";
        Cra, "Circuit reservation acknowledgement (ANSI).";
        Cvt, "Circuit validation test (ANSI).";
    }
    contents {
        Pam, "Pass-along (national use).";
        Crg, "Charge information (national use).";
    }
}

impl Message {
    /// The acronym of the type: `"IAM"`.
    pub fn name(&self) -> &'static str {
        self.message_type().name()
    }

    /// The optional parameters, of a message that may have any.
    pub fn optional(&self) -> Option<&OptionalParameters> {
        self.body()?.optional()
    }

    /// What an exchange that does not know the message is to do with it (Q.763 3.33).
    pub fn compatibility(&self) -> Option<MessageCompatibilityInformation> {
        match self {
            Self::Unknown(unknown) => unknown.compatibility(),
            known => known.optional()?.get(),
        }
    }
}

codes! {
    /// Message type (Q.763 1.3, table 4; T1.113 table 3).
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
        Sdn = 0x43, "SDN";
        Cra = 0xe9, "CRA";
        Crm = 0xea, "CRM";
        Cvr = 0xeb, "CVR";
        Cvt = 0xec, "CVT";
        Exm = 0xed, "EXM";
        _ => Unknown, "unknown message"
    }
}
