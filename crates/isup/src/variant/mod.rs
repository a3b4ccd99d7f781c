//! The variants of ISUP, as data: a base and deltas.

mod ansi;
mod bicc;
mod builtin;
mod china;
mod delta;
mod etsi;
mod europe;
mod israel;
mod itu;
mod japan;
mod point_code;
mod russia;
mod uk;

pub use builtin::DELTAS;
pub use delta::{Delta, DeltaError};
pub use point_code::{PointCodeFormat, PointCodeFormatError};

use crate::msg::{MESSAGES, MessageRow};
use crate::param::{PARAMETERS, ParameterCode, ParameterRow};
use core::fmt;
use std::sync::LazyLock;
use trunkline_model::Cic;

/// What a network speaks: its messages and parameters, and how wide its codes are.
///
/// Made of the base, which is ITU-T Q.763 of 1999 with its amendments ([`Variant::itu`]), and of
/// deltas that say only what is different. Those of this crate are found by
/// [`named`](Self::named); others are made by [`derive`](Self::derive), say from a file. A variant
/// lives as long as the process: it is leaked once, so that all that is read by it can refer to
/// its tables.
pub struct Variant {
    name: &'static str,
    title: &'static str,
    clause: &'static str,
    cic_bits: u8,
    point_code: PointCodeFormat,
    messages: Rows<MessageRow>,
    parameters: Rows<ParameterRow>,
}

type Rows<R> = Box<[Option<R>; 256]>;

impl Variant {
    /// ITU-T Q.763 (12/1999) with its amendments: the base of all others.
    pub fn itu() -> &'static Self {
        static ITU: LazyLock<Variant> = LazyLock::new(|| {
            let mut itu = Variant {
                name: "itu",
                title: "ITU-T Q.763 (1999) with amendments",
                clause: "Q.763",
                cic_bits: 12,
                point_code: PointCodeFormat::ITU,
                messages: Box::new([None; 256]),
                parameters: Box::new([None; 256]),
            };
            for row in MESSAGES {
                itu.messages[usize::from(row.message_type.code())] = Some(**row);
            }
            for row in PARAMETERS {
                itu.parameters[usize::from(row.code.0)] = Some(*row);
            }
            itu
        });
        &ITU
    }

    /// All variants of this crate, the base first.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        static DERIVED: LazyLock<Vec<&'static Variant>> = LazyLock::new(|| {
            let mut variants = vec![Variant::itu()];
            for delta in DELTAS {
                let base = variants.iter().find(|base| base.name == delta.base);
                // A test walks all deltas: each stands behind its base and can be applied.
                if let Some(Ok(variant)) = base.map(|base| base.derive(delta)) {
                    variants.push(variant);
                }
            }
            variants
        });
        DERIVED.iter().copied()
    }

    /// The variant of this crate with that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().find(|variant| variant.name == name)
    }

    /// A variant that differs from this one in what the delta says. It is never freed.
    ///
    /// # Errors
    /// [`DeltaError`] names what in the delta cannot be.
    pub fn derive(&self, delta: &Delta) -> Result<&'static Self, DeltaError> {
        let mut variant = Self {
            name: delta.name,
            title: delta.title,
            clause: delta.clause,
            cic_bits: delta.cic_bits.unwrap_or(self.cic_bits),
            point_code: delta.point_code.unwrap_or(self.point_code),
            messages: self.messages.clone(),
            parameters: self.parameters.clone(),
        };
        delta.check(&variant)?;
        for code in delta.without_messages {
            variant.messages[usize::from(*code)] = None;
        }
        for code in delta.without_parameters {
            variant.parameters[usize::from(code.0)] = None;
        }
        for row in delta.messages {
            variant.messages[usize::from(row.message_type.code())] = Some(*row);
        }
        for row in delta.parameters {
            variant.parameters[usize::from(row.code.0)] = Some(*row);
        }
        variant.settle(delta)?;
        Ok(Box::leak(Box::new(variant)))
    }

    /// Looks whether the messages fit the parameters, and takes from the inherited lists of
    /// optional parameters those that the variant has not.
    fn settle(&mut self, delta: &Delta) -> Result<(), DeltaError> {
        for new in delta.messages {
            let same = self
                .messages()
                .filter(|row| row.acronym == new.acronym)
                .count();
            if same > 1 {
                return Err(DeltaError::AcronymTwice {
                    message: new.acronym,
                });
            }
        }
        let parameters = &self.parameters;
        let known = |code: &ParameterCode| parameters[usize::from(code.0)].is_some();
        for row in self.messages.iter_mut().flatten() {
            let message = row.acronym;
            let is_new = delta
                .messages
                .iter()
                .any(|new| new.message_type == row.message_type);
            let listed = row.optional.iter().copied().filter(|_| is_new);
            if let Some(parameter) = row.mandatory().chain(listed).find(|code| !known(code)) {
                return Err(DeltaError::NoSuchParameter { message, parameter });
            }
            if !row.optional.iter().all(known) {
                row.optional = Vec::leak(row.optional.iter().copied().filter(known).collect());
            }
        }
        Ok(())
    }

    /// The name by which configuration and command line know it: `ansi-1995`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The standard, for people.
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// The standard, as it is cited: `T1.113`.
    pub const fn clause(&self) -> &'static str {
        self.clause
    }

    /// How the point codes of the network are written, and how wide they are.
    pub const fn point_code(&self) -> PointCodeFormat {
        self.point_code
    }

    /// What a message of that type consists of; `None` if the variant has no such message.
    pub fn message(&self, message_type: u8) -> Option<&MessageRow> {
        self.messages[usize::from(message_type)].as_ref()
    }

    /// What a parameter is called and how it is read; `None` if the variant has no such parameter.
    pub fn parameter(&self, code: ParameterCode) -> Option<&ParameterRow> {
        self.parameters[usize::from(code.0)].as_ref()
    }

    /// All messages, by type.
    pub fn messages(&self) -> impl Iterator<Item = &MessageRow> {
        self.messages.iter().flatten()
    }

    /// All parameters, by code.
    pub fn parameters(&self) -> impl Iterator<Item = &ParameterRow> {
        self.parameters.iter().flatten()
    }

    /// How many bits a CIC has: 12, 14, or 32 in BICC.
    pub const fn cic_bits(&self) -> u8 {
        self.cic_bits
    }

    /// How many octets a CIC takes.
    pub const fn cic_octets(&self) -> usize {
        if self.cic_bits > 16 { 4 } else { 2 }
    }

    /// The largest CIC.
    pub const fn cic_max(&self) -> u32 {
        u32::MAX >> (32 - self.cic_bits)
    }

    /// The CIC in those bits; the spare ones are not examined (Q.763 1.2, 1.10).
    pub const fn cic(&self, bits: u32) -> Cic {
        Cic::call_instance(bits & self.cic_max())
    }

    /// The octets of a CIC, its spare bits as they came.
    pub(crate) fn restore_cic(&self, cic: Cic, received: u32) -> Vec<u8> {
        let bits = received & !self.cic_max() | cic.value() & self.cic_max();
        bits.to_le_bytes()
            .into_iter()
            .take(self.cic_octets())
            .collect()
    }
}

impl fmt::Debug for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Variant({})", self.name)
    }
}

impl PartialEq for Variant {
    /// Variants are the same if they are the same tables.
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self, other)
    }
}

impl Eq for Variant {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_delta_makes_a_variant() {
        let names: Vec<_> = DELTAS.iter().map(|delta| delta.name).collect();
        let made: Vec<_> = Variant::all().skip(1).map(Variant::name).collect();
        assert_eq!(made, names);
        for name in names {
            assert_eq!(Variant::named(name).map(Variant::name), Some(name));
        }
    }
}
