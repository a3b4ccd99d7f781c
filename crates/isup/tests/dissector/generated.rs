//! Thousands of messages, of every type and with every parameter.

use crate::generate::{Generator, is_ansi, numbers};
use crate::tshark::{self, Standard};
use std::collections::BTreeMap;
use trunkline_isup::{Frame, MessageRow, MessageType, ParameterCode as Code, Pdu, Variant};

/// Where the dissector knows less than the standard, or errs. A row without need is a fault.
const EXCEPTIONS: &[Exception] = &[
    Exception {
        of: &[Standard::Itu],
        what: What::Message(MessageType::Sdn),
        why: "shows the name alone",
    },
    Exception {
        of: &[Standard::Itu, Standard::Ansi],
        what: What::Parameter(Code::CIRCUIT_ASSIGNMENT_MAP),
        why: "reads six octets; there are a type and a map of three or four (Q.763 3.69)",
    },
    Exception {
        of: &[Standard::Itu, Standard::Ansi],
        what: What::Parameter(Code::CONNECTION_REQUEST),
        why: "wants protocol class and credit, which may be missing (Q.763 3.17)",
    },
    Exception {
        of: &[Standard::Ansi],
        what: What::Message(MessageType::Exm),
        why: "shows the name alone",
    },
    Exception {
        of: &[Standard::Ansi],
        what: What::Parameter(Code::ANSI_TRANSIT_NETWORK_SELECTION),
        why: "wants the circuit code, which may be left out (T1.113 3.31C)",
    },
    Exception {
        of: &[Standard::Ansi],
        what: What::Parameter(Code::CALLING_GEODETIC_LOCATION),
        why: "wants a shape, which a location that is not available has not (Q.763 3.88)",
    },
];

struct Exception {
    of: &'static [Standard],
    what: What,
    why: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// The parameters of the message.
    Message(MessageType),
    /// The contents of the parameter.
    Parameter(Code),
}

#[test]
fn wireshark_reads_every_message_and_parameter_of_itu() {
    check(
        "wireshark_reads_every_message_and_parameter_of_itu",
        Variant::itu(),
    );
}

#[test]
fn wireshark_reads_every_message_and_parameter_of_ansi() {
    let ansi = Variant::named("ansi-1995").unwrap();
    check("wireshark_reads_every_message_and_parameter_of_ansi", ansi);
}

fn check(test: &str, variant: &'static Variant) {
    let standard = if is_ansi(variant) {
        Standard::Ansi
    } else {
        Standard::Itu
    };
    let exceptions: Vec<&Exception> = EXCEPTIONS
        .iter()
        .filter(|exception| exception.of.contains(&standard))
        .collect();
    let messages = messages(variant, &exceptions);
    let Some(rows) = tshark::dissect(standard, &messages, &fields(variant)) else {
        return tshark::not_run(test);
    };
    let mut faults = Vec::new();
    let mut needed = vec![false; exceptions.len()];
    for (octets, values) in messages.iter().zip(rows) {
        let expected = expected(variant, octets);
        let Some(fault) = fault(&expected, &values) else {
            continue;
        };
        let frame = Frame::parse(variant, octets).unwrap();
        let excused = exceptions
            .iter()
            .position(|exception| match exception.what {
                What::Message(message_type) => message_type == frame.message_type(),
                What::Parameter(code) => frame.parameters().any(|part| part.code == code),
            });
        match excused {
            Some(index) => needed[index] = true,
            None => faults.push(format!(
                "{} {octets:02x?}\n  {fault}",
                frame.row().unwrap().acronym
            )),
        }
    }
    for (exception, _) in exceptions.iter().zip(needed).filter(|(_, needed)| !needed) {
        faults.push(format!(
            "an exception that nothing needs: {}",
            exception.why
        ));
    }
    let (count, shown) = (
        faults.len(),
        faults.iter().take(20).cloned().collect::<Vec<_>>(),
    );
    assert!(
        faults.is_empty(),
        "{count} faults, of them\n{}",
        shown.join("\n")
    );
}

/// Every message at least [`LEAST`] times, and every parameter. They are written by the crate, from
/// what it has read.
fn messages(variant: &'static Variant, exceptions: &[&Exception]) -> Vec<Vec<u8>> {
    let excepted = |code| {
        exceptions
            .iter()
            .any(|exception| exception.what == What::Parameter(code))
    };
    let end = Code::END_OF_OPTIONAL_PARAMETERS;
    let (odd, all): (Vec<Code>, Vec<Code>) = variant
        .parameters()
        .map(|row| row.code)
        .filter(|code| *code != end)
        .partition(|code| excepted(*code));
    let mut generator = Generator::new(variant, 1);
    let mut messages = Vec::new();
    let rows: Vec<&MessageRow> = variant.messages().collect();
    let mut next_of_all = all.iter().copied().cycle();
    for row in &rows {
        let mut listed = row
            .optional
            .iter()
            .copied()
            .filter(|code| !excepted(*code))
            .collect::<Vec<_>>()
            .into_iter()
            .cycle();
        for _ in 0..if row.has_optional_part { 200 } else { 50 } {
            let mut optional: Vec<Code> = listed.by_ref().take(generator.random.below(5)).collect();
            optional.extend(next_of_all.by_ref().take(generator.random.below(4)));
            messages.push(generator.message(row, &optional));
        }
    }
    // One that the dissector does not read right would hide what stands beside it.
    let with_optional: Vec<&MessageRow> = rows
        .iter()
        .copied()
        .filter(|row| row.has_optional_part)
        .collect();
    for code in odd {
        // Often enough for each of its forms to come, whatever the tables are.
        for row in with_optional.iter().cycle().take(12 * LEAST) {
            messages.push(generator.message(row, &[code]));
        }
    }
    let mut types: BTreeMap<u8, usize> = rows
        .iter()
        .map(|row| (row.message_type.code(), 0))
        .collect();
    let mut codes: BTreeMap<Code, usize> = variant.parameters().map(|row| (row.code, 0)).collect();
    codes.remove(&end);
    for message in &mut messages {
        let pdu = variant.decode(message).unwrap();
        assert!(pdu.form.is_plain(), "{message:02x?}");
        *message = variant.encode(&Pdu::new(pdu.cic, pdu.message)).unwrap();
        let frame = Frame::parse(variant, message).unwrap();
        *types.get_mut(&frame.message_type().code()).unwrap() += 1;
        for part in frame.parameters() {
            *codes.get_mut(&part.code).unwrap() += 1;
        }
    }
    assert!(messages.len() >= 3_000, "{}", messages.len());
    types.retain(|_, count| *count < LEAST);
    codes.retain(|_, count| *count < LEAST);
    assert!(
        types.is_empty() && codes.is_empty(),
        "too few of {types:?} {codes:?}"
    );
    messages
}

const LEAST: usize = 5;

/// The fields of the dissection: those of [`Expected`], then those of its numbers.
fn fields(variant: &Variant) -> Vec<&'static str> {
    let mut fields = vec![
        "isup.message_type",
        "isup.cic",
        "isup.parameter_type",
        "isup.cause_indicator",
        "_ws.malformed",
        "_ws.expert.severity",
        "_ws.expert.group",
    ];
    fields.extend(numbers(variant).map(|number| number.field));
    fields
}

/// What the dissector is to find.
#[derive(Default)]
struct Expected {
    types: Vec<String>,
    cic: String,
    parameters: Vec<String>,
    causes: Vec<String>,
    /// For each of [`numbers`], the digits of all such parameters.
    numbers: Vec<Vec<String>>,
}

fn expected(variant: &'static Variant, octets: &[u8]) -> Expected {
    let frame = Frame::parse(variant, octets).unwrap();
    let mut expected = Expected {
        cic: variant.cic(frame.cic()).to_string(),
        ..Expected::default()
    };
    expected.add(&frame);
    if frame.message_type() == MessageType::Pam {
        // The message that is passed along has no CIC.
        let inner = [&octets[..variant.cic_octets()], frame.content()].concat();
        expected.add(&Frame::parse(variant, &inner).unwrap());
    }
    expected
}

impl Expected {
    fn add(&mut self, frame: &Frame<'_>) {
        self.types.push(frame.message_type().code().to_string());
        self.numbers
            .resize(numbers(frame.variant()).count(), Vec::new());
        for part in frame.parameters() {
            self.parameters.push(part.code.0.to_string());
            if part.code == Code::CAUSE_INDICATORS {
                let value = part
                    .contents
                    .iter()
                    .skip(1)
                    .find(|octet| **octet & 0x80 != 0)
                    .unwrap();
                self.causes.push((value & 0x7f).to_string());
            }
            for (number, digits) in numbers(frame.variant()).zip(&mut self.numbers) {
                if part.code == number.code {
                    digits.push(text(number.head, part.contents));
                }
            }
        }
        if !frame.optional_octets().is_empty() {
            self.parameters
                .push(Code::END_OF_OPTIONAL_PARAMETERS.0.to_string());
        }
    }
}

/// The decimal digits of a number.
fn text(head: usize, contents: &[u8]) -> String {
    let odd = head > 0 && contents[head.saturating_sub(2)] & 0x80 != 0;
    let halves = contents[head..]
        .iter()
        .flat_map(|octet| [octet & 0x0f, octet >> 4]);
    let count = (contents.len() - head) * 2 - usize::from(odd);
    halves
        .take(count)
        .map(|digit| char::from(b'0' + digit))
        .collect()
}

/// What the dissector found instead.
fn fault(expected: &Expected, values: &[String]) -> Option<String> {
    let grave = |(severity, group): (&str, &str)| {
        severity
            .parse::<u32>()
            .is_ok_and(|severity| severity > NOTE)
            && group != UNDECODED
    };
    if !values[4].is_empty() || values[5].split(';').zip(values[6].split(';')).any(grave) {
        return Some(format!(
            "{:?}, severity {:?}, group {:?}",
            values[4], values[5], values[6]
        ));
    }
    let wanted = [
        &expected.types,
        &vec![expected.cic.clone()],
        &expected.parameters,
        &expected.causes,
    ];
    let mut pairs = wanted
        .into_iter()
        .zip(values)
        .chain(expected.numbers.iter().zip(&values[7..]));
    let (wanted, found) = pairs.find(|(wanted, found)| wanted.join(";") != **found)?;
    Some(format!("{found:?}, expected {wanted:?}"))
}

/// Severity of notes (`PI_NOTE` of Wireshark), which say what is usual: that a message can have no
/// optional parameters.
const NOTE: u32 = 0x0040_0000;
/// Group of remarks that something has not been looked into (`PI_UNDECODED`).
const UNDECODED: &str = "83886080";
