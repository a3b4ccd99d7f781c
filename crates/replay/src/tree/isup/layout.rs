//! What of a message its parts cover, and so whether octets are such a message at all.

use core::ops::Range;
use trunkline_isup::{Frame, MessageRow, MessageType, Place, Variant};

/// How well octets fit as a message of a variant; better ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::tree) enum Fit {
    /// There is no such message type.
    NoSuchType,
    /// The type is there, its parts are not.
    Broken,
    /// Octets are left that mean nothing, or that are not taken apart.
    Gaps,
    /// What is left over may be padding, or what is odd is borne by every exchange.
    Irregular,
    /// Every octet has its place.
    Whole,
}

/// How well octets fit as a message from the CIC on.
pub(in crate::tree) fn fit(variant: &'static Variant, data: &[u8]) -> Fit {
    match Frame::parse(variant, data) {
        Ok(frame) => Layout::of(&frame).fit(&frame),
        Err(_) => match data
            .get(variant.cic_octets())
            .and_then(|code| variant.message(*code))
        {
            Some(_) => Fit::Broken,
            None => Fit::NoSuchType,
        },
    }
}

/// Which octets of a message belong to nothing.
pub(super) struct Layout {
    /// Octets that no part covers, counted from 0.
    pub(super) gaps: Vec<Range<usize>>,
    /// Whether what follows the message type is not taken apart.
    pub(super) opaque: bool,
    /// Where the last part ends.
    end: usize,
    /// Whether pointer or end of the optional part are missing.
    cut: bool,
}

impl Layout {
    pub(super) fn of(frame: &Frame<'_>) -> Self {
        let data = frame.octets();
        let mut position = frame.variant().cic_octets() + 1;
        let mut layout = Self {
            gaps: Vec::new(),
            opaque: false,
            end: position,
            cut: false,
        };
        let Some(row) = frame.row().filter(|row| !is_opaque(row)) else {
            layout.opaque = data.len() > position;
            return layout;
        };
        let mut spans = Vec::with_capacity(TYPICAL);
        let mut variable = 0;
        for part in frame.parameters() {
            // Parts are counted from 1, and their length indicator stands before them.
            let end = part.octet - 1 + part.contents.len();
            match part.place {
                Place::Fixed => position = end,
                Place::Variable => {
                    spans.push(part.octet.saturating_sub(2)..end);
                    variable += 1;
                }
                // They are taken together below.
                Place::Optional => break,
            }
        }
        position += variable;
        if row.has_optional_part {
            let pointer = data.get(position).copied().map(usize::from);
            layout.cut = pointer.is_none();
            if let Some(pointer @ 1..) = pointer {
                let start = position + pointer;
                let end = start + frame.optional_octets().len();
                layout.cut = end >= data.len();
                // With the end of optional parameters.
                spans.push(start..end + 1);
            }
            position += 1;
        }
        spans.push(0..position);
        spans.sort_unstable_by_key(|span| span.start);
        let mut covered = 0;
        for span in spans {
            if span.start > covered {
                layout.gaps.push(covered..span.start);
            }
            covered = covered.max(span.end);
        }
        layout.end = covered;
        if data.len() > covered {
            layout.gaps.push(covered..data.len());
        }
        layout
    }

    /// Whether a gap lies behind the last part.
    pub(super) const fn behind(&self, gap: &Range<usize>) -> bool {
        gap.start >= self.end
    }

    pub(super) fn fit(&self, frame: &Frame<'_>) -> Fit {
        let padding = |gap: &Range<usize>| {
            let octets = frame.octets().get(gap.clone()).unwrap_or_default();
            self.behind(gap) && octets.iter().all(|octet| *octet == 0)
        };
        match frame.row() {
            None if !super::has(frame) => Fit::NoSuchType,
            None => Fit::Gaps,
            Some(_) if self.opaque => Fit::Gaps,
            Some(_) if !self.gaps.iter().all(padding) => Fit::Gaps,
            Some(_) if !self.gaps.is_empty() || self.cut || spare_cic_bits(frame) != 0 => {
                Fit::Irregular
            }
            Some(_) => Fit::Whole,
        }
    }

    /// What was borne, but concerns no parameter alone.
    pub(super) fn remarks(&self, frame: &Frame<'_>) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.cut {
            frame.irregularities(&mut |error| {
                if error.parameter.is_none() {
                    remarks.push(error.to_string());
                }
            });
        }
        let spare = spare_cic_bits(frame);
        if spare != 0 {
            let variant = frame.variant();
            // The CIC comes with its low octet first.
            let octet = usize::from(variant.cic_bits() / 8) + 1;
            let bits = spare >> variant.cic_bits();
            let clause = cic_clause(variant);
            remarks.push(format!(
                "octet {octet}: spare bits are {bits:#x}, not 0 ({clause})"
            ));
        }
        remarks
    }
}

/// Whether the contents of a message are no parameters that are known.
fn is_opaque(row: &MessageRow) -> bool {
    let has_parameters = row.has_optional_part || row.mandatory().next().is_some();
    matches!(row.message_type, MessageType::Pam | MessageType::Crg) && !has_parameters
}

/// Where the circuit identification code is defined.
pub(super) fn cic_clause(variant: &Variant) -> &'static str {
    if is_ansi(variant) {
        "T1.113 1.2"
    } else {
        "Q.763 1.2"
    }
}

/// Where the message type is defined.
pub(super) fn type_clause(variant: &Variant) -> &'static str {
    if is_ansi(variant) {
        "T1.113 1.3"
    } else {
        "Q.763 1.3"
    }
}

/// Whether the network is one of North America.
pub(in crate::tree) fn is_ansi(variant: &Variant) -> bool {
    variant.clause().starts_with("T1.")
}

/// The spare bits of the CIC, in their place.
fn spare_cic_bits(frame: &Frame<'_>) -> u32 {
    frame.cic() & !frame.variant().cic_max()
}

/// Most messages have no more mandatory variable parameters than that, and an optional part.
const TYPICAL: usize = 4;
