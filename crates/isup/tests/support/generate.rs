//! Messages that make sense, from the tables of a variant: for each parameter contents that an
//! exchange might send.

use super::random::Random;
use trunkline_isup::{MessageRow, MessageType, ParameterCode as Code, Variant};

/// Makes messages of a variant; the same ones for the same seed.
pub(crate) struct Generator {
    pub(crate) variant: &'static Variant,
    pub(crate) random: Random,
}

impl Generator {
    pub(crate) fn new(variant: &'static Variant, seed: u64) -> Self {
        Self {
            variant,
            random: Random::new(seed),
        }
    }

    /// A message with those optional parameters, as far as it may have any, in plain form: parts
    /// without gaps, spare bits 0.
    pub(crate) fn message(&mut self, row: &MessageRow, optional: &[Code]) -> Vec<u8> {
        let cic = self.random.next() as u32 & self.variant.cic_max();
        let mut octets = cic.to_le_bytes()[..self.variant.cic_octets()].to_vec();
        octets.push(row.message_type.code());
        let whole = row.has_optional_part || row.mandatory().count() > 0;
        match row.message_type {
            _ if whole => {}
            // Another message from its type on; national octets.
            MessageType::Pam => octets.extend([MessageType::Rel.code(), 2, 0, 2, 0x82, 0x90]),
            MessageType::Crg => {
                let length = self.random.between(1, 8);
                octets.extend(self.random.octets(length));
            }
            _ => {}
        }
        let range = self.random.between(1, 31) as u8;
        for &(code, length) in row.fixed {
            let mut contents = self.in_message(row, code, range);
            contents.resize(length, 0);
            octets.extend(contents);
        }
        let mut pointers = row.variable.len() + usize::from(row.has_optional_part);
        let mut parts = Vec::new();
        for &code in row.variable {
            octets.push((pointers + parts.len()) as u8);
            pointers -= 1;
            let contents = self.in_message(row, code, range);
            parts.push(contents.len() as u8);
            parts.extend(contents);
        }
        if row.has_optional_part {
            octets.push(if optional.is_empty() {
                0
            } else {
                (1 + parts.len()) as u8
            });
        }
        octets.extend(parts);
        if row.has_optional_part && !optional.is_empty() {
            for &code in optional {
                let contents = self.contents(code);
                octets.extend([code.0, contents.len() as u8]);
                octets.extend(contents);
            }
            octets.push(Code::END_OF_OPTIONAL_PARAMETERS.0);
        }
        octets
    }

    /// Contents of a mandatory parameter, which may have to fit the message.
    fn in_message(&mut self, row: &MessageRow, code: Code, range: u8) -> Vec<u8> {
        let range_alone = matches!(
            row.message_type,
            MessageType::Grs | MessageType::Cqm | MessageType::Cqr
        );
        match code {
            Code::RANGE_AND_STATUS if range_alone => vec![range],
            // One octet for each circuit of the range (Q.763 3.14).
            Code::CIRCUIT_STATE_INDICATOR => {
                let states = [0x00, 0x03, 0x0c, 0x0d, 0x0e, 0x1c, 0x2f];
                (0..=range).map(|_| self.random.pick(&states)).collect()
            }
            _ => self.contents(code),
        }
    }

    /// Contents of a parameter, as they are written here.
    pub(crate) fn contents(&mut self, code: Code) -> Vec<u8> {
        let coding = self.variant.parameter(code).and_then(|row| row.coding);
        for _ in 0..1_000 {
            let raw = self.raw(code);
            let Some(coding) = coding else { return raw };
            let mut contents = Vec::new();
            if coding.rewrite(&raw, &mut contents).is_ok() && contents.len() <= LONGEST {
                return contents;
            }
        }
        panic!("no contents for {code}, {coding:?}");
    }

    fn raw(&mut self, code: Code) -> Vec<u8> {
        if let Some(number) = numbers(self.variant).find(|number| number.code == code) {
            return self.number(number.head);
        }
        let random = &mut self.random;
        match code {
            Code::CAUSE_INDICATORS => {
                let length = random.below(4);
                let mut cause = vec![0x80 | random.octet() & 0x0f, 0x80 | random.octet()];
                cause.extend(random.octets(length));
                cause
            }
            Code::RANGE_AND_STATUS => {
                let range = random.between(1, 31);
                let mut contents = vec![range as u8];
                contents.extend(random.octets(range / 8 + 1));
                contents
            }
            Code::PARAMETER_COMPATIBILITY_INFORMATION => (0..random.between(1, 4))
                .flat_map(|_| [random.octet().max(1), 0x80 | random.octet()])
                .collect(),
            // Information elements: progress indicator, called party subaddress, display.
            Code::ACCESS_TRANSPORT => (0..random.between(1, 3))
                .flat_map(|_| {
                    random.pick(&[
                        &[0x1e, 0x02, 0x82, 0x88][..],
                        &[0x71, 0x04, 0x80, 0x50, 0x12, 0x34],
                        &[0x28, 0x03, 0x41, 0x42, 0x43],
                    ])
                })
                .copied()
                .collect(),
            Code::USER_SERVICE_INFORMATION | Code::USER_SERVICE_INFORMATION_PRIME => random
                .pick(&[
                    &[0x80, 0x90, 0xa3][..],
                    &[0x90, 0x90, 0xa2],
                    &[0x88, 0x90],
                    &[0x88, 0x90, 0x21, 0x8f],
                    &[0x88, 0x18, 0x95, 0xa8],
                ])
                .to_vec(),
            Code::USER_TELESERVICE_INFORMATION => vec![0x91, 0x81],
            // Application context, instructions, all in one segment; then the addresses of both ends,
            // but not in the applications of the first version; then what the application says
            // (Q.763 3.82).
            Code::APPLICATION_TRANSPORT => {
                let application = random.pick(&[0, 1, 2, 6, 0x40, 0x7e]);
                let mut contents = vec![0x80 | application, 0x80 | random.octet() & 3, 0xc0];
                if application > 3 {
                    contents.extend([5, 0x83, 0x10, 0x21, 0x43, 0x05, 0]);
                }
                let length = random.between(1, 20);
                contents.extend(random.octets(length));
                contents
            }
            // Local reference, point code, protocol class, credit (Q.763 3.17).
            Code::CONNECTION_REQUEST => {
                let length = random.between(5, 7);
                random.octets(length)
            }
            // Map type and 31 or 24 bits (Q.763 3.69).
            Code::CIRCUIT_ASSIGNMENT_MAP => {
                let map = random.between(1, 2) as u8;
                let mut contents = vec![map];
                contents.extend(random.octets(if map == 1 { 4 } else { 3 }));
                contents
            }
            _ => {
                let length = match random.below(4) {
                    0 => random.between(13, 40),
                    1 => random.between(5, 12),
                    _ => random.between(1, 4),
                };
                random.octets(length)
            }
        }
    }

    /// A number of decimal digits behind octets of indicators, the last but one of which says
    /// whether the count of digits is odd.
    fn number(&mut self, head: usize) -> Vec<u8> {
        // A number without indicators consists of whole octets; there is one, of six digits.
        let count = if head == 0 {
            6
        } else {
            self.random.between(1, 18)
        };
        let digits: Vec<u8> = (0..count).map(|_| self.random.below(10) as u8).collect();
        let mut number = self.random.octets(head);
        if let Some(octet) = number.get_mut(head.saturating_sub(2)) {
            *octet = *octet & 0x7f | ((count % 2) as u8) << 7;
        }
        number.extend(
            digits
                .chunks(2)
                .map(|pair| pair[0] | pair.get(1).unwrap_or(&0) << 4),
        );
        number
    }
}

/// A parameter that consists of address signals behind octets of indicators.
pub(crate) struct Number {
    pub(crate) code: Code,
    /// How many octets stand before the address signals. The last but one of them, or the only
    /// one, has the odd/even indicator as its highest bit; without any, the count is even.
    pub(crate) head: usize,
    /// The name of Wireshark's field with the digits.
    #[allow(dead_code, reason = "not every test asks Wireshark")]
    pub(crate) field: &'static str,
}

const fn number(code: Code, head: usize, field: &'static str) -> Number {
    Number { code, head, field }
}

/// The numbers of ITU-T and of ANSI.
pub(crate) fn numbers(variant: &Variant) -> impl Iterator<Item = &'static Number> + use<> {
    let special = if is_ansi(variant) {
        ANSI_NUMBERS
    } else {
        ITU_NUMBERS
    };
    NUMBERS.iter().chain(special)
}

pub(crate) fn is_ansi(variant: &Variant) -> bool {
    variant.clause().starts_with("T1.113")
}

const NUMBERS: &[Number] = &[
    number(Code::CALLED_PARTY_NUMBER, 2, "isup.called"),
    number(Code::SUBSEQUENT_NUMBER, 1, "isup.subsequent_number"),
    number(Code::CALLING_PARTY_NUMBER, 2, "isup.calling"),
    number(Code::REDIRECTING_NUMBER, 2, "isup.redirecting"),
    number(Code::REDIRECTION_NUMBER, 2, "isup.redirection_number"),
    number(Code::CONNECTED_NUMBER, 2, "isup.connected_number"),
    number(
        Code::ORIGINAL_CALLED_NUMBER,
        2,
        "isup.original_called_number",
    ),
    number(Code::LOCATION_NUMBER, 2, "isup.location_number"),
    number(Code::CALL_TRANSFER_NUMBER, 2, "isup.call_transfer_number"),
    number(Code::CALLED_IN_NUMBER, 2, "isup.called_in_number"),
    // The generic address in ANSI.
    number(Code::GENERIC_NUMBER, 3, "isup.generic_number"),
];

const ITU_NUMBERS: &[Number] = &[number(
    Code::TRANSIT_NETWORK_SELECTION,
    1,
    "isup.transit_network_selection",
)];

const ANSI_NUMBERS: &[Number] = &[
    number(Code::CHARGE_NUMBER, 2, "isup.charge_number"),
    number(Code::JURISDICTION_INFORMATION, 0, "isup.jurisdiction"),
];

/// Longer contents are not made, so that a message with many parameters fits MTP.
const LONGEST: usize = 64;
