//! What each message consists of.

use crate::message::MessageType;
use crate::msg::{
    Acm, Anm, Apm, Cfn, Cgb, Cgba, Cgu, Cgua, Con, Cot, Cpg, Cqm, Cqr, Crm, Cvr, Exm, Faa, Fac,
    Far, Fot, Frj, Gra, Grs, Iam, Idr, Inf, Inr, Irs, Lop, Nrm, Pri, Rel, Res, Rlc, Sam, Sdn, Sgm,
    Sus, Upa, Upt, Usr,
};
use crate::param::ParameterCode;
use crate::wire::ReadBody;

/// What a message consists of: one row of [`MESSAGES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// The type.
    pub message_type: MessageType,
    /// The acronym: `"IAM"`.
    pub acronym: &'static str,
    /// What the standard calls it, in lower case.
    pub name: &'static str,
    /// The mandatory parameters of fixed length, and how many octets each has.
    pub fixed: &'static [(ParameterCode, usize)],
    /// The mandatory parameters of variable length.
    pub variable: &'static [ParameterCode],
    /// Whether optional parameters are allowed, and therefore a pointer to them is there.
    pub has_optional_part: bool,
    /// The optional parameters that the standard lists. Any other may come, and is kept.
    pub optional: &'static [ParameterCode],
    /// Where it is defined.
    pub clause: &'static str,
}

impl MessageRow {
    /// The mandatory parameters, in the order of the standard.
    pub fn mandatory(&self) -> impl Iterator<Item = ParameterCode> + use<> {
        let fixed = self.fixed.iter().map(|(code, _)| *code);
        fixed.chain(self.variable.iter().copied())
    }

    /// Whether that parameter is a mandatory one.
    pub fn has_mandatory(&self, code: ParameterCode) -> bool {
        self.mandatory().any(|mandatory| mandatory == code)
    }

    /// A message that consists of CIC and message type alone, or whose contents are not taken
    /// apart.
    const fn without_parameters(
        message_type: MessageType,
        name: &'static str,
        clause: &'static str,
    ) -> Self {
        Self {
            message_type,
            acronym: message_type.name(),
            name,
            fixed: &[],
            variable: &[],
            has_optional_part: false,
            optional: &[],
            clause,
        }
    }
}

/// Every message of Q.763 (table 4).
pub const MESSAGES: &[&MessageRow] = &[
    Iam::ROW,
    Sam::ROW,
    Inr::ROW,
    Inf::ROW,
    Cot::ROW,
    Acm::ROW,
    Con::ROW,
    Fot::ROW,
    Anm::ROW,
    Rel::ROW,
    Sus::ROW,
    Res::ROW,
    Rlc::ROW,
    Grs::ROW,
    Cgb::ROW,
    Cgu::ROW,
    Cgba::ROW,
    Cgua::ROW,
    Far::ROW,
    Faa::ROW,
    Frj::ROW,
    Gra::ROW,
    Cqm::ROW,
    Cqr::ROW,
    Cpg::ROW,
    Usr::ROW,
    Cfn::ROW,
    Nrm::ROW,
    Fac::ROW,
    Upt::ROW,
    Upa::ROW,
    Idr::ROW,
    Irs::ROW,
    Sgm::ROW,
    Lop::ROW,
    Apm::ROW,
    Pri::ROW,
    Sdn::ROW,
    &MessageRow::without_parameters(
        MessageType::Ccr,
        "continuity check request",
        "Q.763 table 39",
    ),
    &MessageRow::without_parameters(MessageType::Rsc, "reset circuit", "Q.763 table 39"),
    &MessageRow::without_parameters(MessageType::Blo, "blocking", "Q.763 table 39"),
    &MessageRow::without_parameters(MessageType::Ubl, "unblocking", "Q.763 table 39"),
    &MessageRow::without_parameters(
        MessageType::Bla,
        "blocking acknowledgement",
        "Q.763 table 39",
    ),
    &MessageRow::without_parameters(
        MessageType::Uba,
        "unblocking acknowledgement",
        "Q.763 table 39",
    ),
    &MessageRow::without_parameters(
        MessageType::Lpa,
        "loop back acknowledgement",
        "Q.763 table 39",
    ),
    &MessageRow::without_parameters(MessageType::Ucic, "unequipped CIC", "Q.763 table 39"),
    &MessageRow::without_parameters(MessageType::Olm, "overload", "Q.763 table 39"),
    &MessageRow::without_parameters(MessageType::Crg, "charge information", "Q.763 table 4"),
    &MessageRow::without_parameters(MessageType::Pam, "pass-along", "Q.763 table 43"),
];

/// Messages that ANSI T1.113 has besides those of Q.763. The table named is that of their types:
/// the numbers of those with their parameters are not known here.
pub const ANSI_MESSAGES: &[&MessageRow] = &[
    Crm::ROW,
    Cvr::ROW,
    Exm::ROW,
    &MessageRow::without_parameters(
        MessageType::Cra,
        "circuit reservation acknowledgement",
        "T1.113 table 3A",
    ),
    &MessageRow::without_parameters(
        MessageType::Cvt,
        "circuit validation test",
        "T1.113 table 3A",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::{ANSI_PARAMETERS, PARAMETERS};
    use crate::variant::Variant;
    use crate::wire::Frame;

    fn rows() -> impl Iterator<Item = &'static MessageRow> {
        MESSAGES.iter().chain(ANSI_MESSAGES).copied()
    }

    #[test]
    fn no_message_has_two_rows_and_every_named_type_has_one() {
        for row in rows() {
            let same = |other: &&MessageRow| {
                other.message_type == row.message_type || other.name == row.name
            };
            assert_eq!(rows().filter(same).count(), 1, "{}", row.name);
            assert_eq!(row.acronym, row.message_type.name());
        }
        for message_type in MessageType::NAMED {
            let here = rows().any(|row| row.message_type == *message_type);
            // Messages of one country stand in its variant alone.
            let national = || Variant::all().any(|it| it.message(message_type.code()).is_some());
            assert!(here || national(), "{message_type:?}");
        }
        assert!(
            MESSAGES
                .iter()
                .all(|row| row.clause.starts_with("Q.763 table "))
        );
        assert!(
            ANSI_MESSAGES
                .iter()
                .all(|row| row.clause.starts_with("T1.113 table "))
        );
    }

    #[test]
    fn every_parameter_of_a_row_has_a_name_and_stands_there_once() {
        for row in rows() {
            let codes: Vec<_> = row
                .mandatory()
                .chain(row.optional.iter().copied())
                .collect();
            for (index, code) in codes.iter().enumerate() {
                let named = PARAMETERS
                    .iter()
                    .chain(ANSI_PARAMETERS)
                    .any(|row| row.code == *code);
                assert!(named, "{}: {code}", row.acronym);
                assert!(!codes[..index].contains(code), "{}: {code}", row.acronym);
            }
            assert!(row.mandatory().count() <= Frame::MANDATORY);
            assert!(
                row.has_optional_part || row.optional.is_empty(),
                "{}",
                row.acronym
            );
        }
    }
}
