//! A raw REL message and what it becomes.

use crate::codes::shown;
use crate::record::{self, Record};
use trunkline_interwork::cause::{location_code, location_word};
use trunkline_interwork::{CauseMap, TrunkProfile, reason_header, status_from_rel};
use trunkline_isup::{Message, MessageType, Pdu, decode};

/// What the REL in a hexadecimal text becomes.
pub(crate) fn rel(map: &CauseMap, text: &str) -> Result<Record, String> {
    let octets = octets(text)?;
    let (pdu, has_cic) = parse(&octets)?;
    let Message::Rel(rel) = pdu.message else {
        return Err(format!(
            "{} is no REL but {}",
            shown(text),
            pdu.message.name()
        ));
    };
    let cause = rel.cause.cause();
    // Without a trunk group nothing is known of its country: numbers stay as they came.
    let to_sip = status_from_rel(map, &TrunkProfile::default(), &rel);
    let (_, origin) = map.to_sip_from(cause.value, cause.location, None);
    let mut record = record::isup_record(
        cause.value,
        &format!(
            "location {} ({})",
            location_word(cause.location),
            location_code(cause.location)
        ),
        &to_sip,
        origin,
    );
    let circuit = if has_cic {
        format!("CIC {}: ", pdu.cic)
    } else {
        String::new()
    };
    let diagnostics = &rel.cause.diagnostics;
    let hex = if diagnostics.is_empty() {
        None
    } else {
        Some(diagnostics.to_string())
    };
    let with = hex
        .as_ref()
        .map(|hex| format!(", diagnostics {hex}"))
        .unwrap_or_default();
    record.text = format!(
        "{circuit}REL {}{with}; Reason: {}",
        record.text,
        reason_header(cause)
    );
    record.columns.extend([
        (
            "cic",
            if has_cic {
                pdu.cic.value().into()
            } else {
                record::Value::Nothing
            },
        ),
        ("diagnostics", hex.into()),
        ("reason_header", reason_header(cause).into()),
    ]);
    Ok(record)
}

/// Decodes a message that begins with its CIC, or with its type.
fn parse(octets: &[u8]) -> Result<(Pdu, bool), String> {
    let rel = MessageType::Rel.code();
    let whole = decode(octets).map_err(|error| error.to_string());
    // The type is the third octet where a CIC leads, else the first.
    if octets.get(2) == Some(&rel) && whole.is_ok() || octets.first() != Some(&rel) {
        return whole.map(|pdu| (pdu, true));
    }
    let mut with_cic = vec![0, 0];
    with_cic.extend_from_slice(octets);
    // Its error would count two octets too many; that the CIC is missing is known.
    decode(&with_cic)
        .map(|pdu| (pdu, false))
        .map_err(|error| format!("{error}, counting two octets of CIC before the message"))
}

fn octets(text: &str) -> Result<Vec<u8>, String> {
    let text_without_prefix = text
        .strip_prefix("0x")
        .or(text.strip_prefix("0X"))
        .unwrap_or(text);
    let digits: Vec<u8> = text_without_prefix
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ':' | '-' | '.'))
        .map(|c| {
            // A digit of base 16 fits an octet.
            c.to_digit(16).map(|digit| digit as u8).ok_or_else(|| {
                format!(
                    "{} is no hexadecimal message: {c:?} is no digit",
                    shown(text)
                )
            })
        })
        .collect::<Result<_, _>>()?;
    match digits.len() {
        0 => Err(format!(
            "{} is no hexadecimal message: it has no digits",
            shown(text)
        )),
        odd if odd % 2 == 1 => Err(format!(
            "{} is no hexadecimal message: {odd} digits are no octets",
            shown(text)
        )),
        _ => Ok(digits
            .chunks_exact(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(hex: &str) -> String {
        rel(&CauseMap::default(), hex).map_or_else(|error| error, |record| record.text)
    }

    #[test]
    fn cic_may_lead_or_be_left_out() {
        let busy = "REL 17 user busy, location public-remote (RLN): 486 Busy Here \
                    [RFC 3398 7.2.4.1, normal event]; \
                    Reason: Q.850;cause=17;text=\"user busy\";location=RLN";
        assert_eq!(text("0c 02 00 02 84 91"), busy);
        assert_eq!(text("05:00:0c:02:00:02:84:91"), format!("CIC 5: {busy}"));
        assert_eq!(text("0x0500 0C02 0002 8491"), format!("CIC 5: {busy}"));
    }

    #[test]
    fn location_of_the_message_counts() {
        assert!(text("0c0200028095").contains("603 Decline"));
        assert!(text("0c0200028495").contains("403 Forbidden"));
    }

    #[test]
    fn new_number_in_the_diagnostics_is_the_contact() {
        let whole = "0c 02 00 0c 84 96 04 08 84 10 71 02 88 18 00 00";
        assert!(text(whole).contains("301 Moved Permanently, Contact: <tel:+17208881000>"));
        let cut = "0c 02 00 06 84 96 04 08 84 10";
        assert!(text(cut).contains("410 Gone"), "{}", text(cut));
    }

    #[test]
    fn what_is_no_rel_is_told_in_one_line() {
        for (hex, told) in [
            ("", "has no digits"),
            ("0c0", "3 digits are no octets"),
            ("0c zz", "'z' is no digit"),
            ("0500 10 00", "is no REL but RLC"),
            ("0500", ""),
            ("0c02", ""),
            ("05000c0200028491ff", ""),
        ] {
            let text = text(hex);
            assert!(text.contains(told) && !text.contains('\n'), "{hex}: {text}");
        }
    }
}
