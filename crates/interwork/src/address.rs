//! Telephone numbers in ISUP format and in URIs (RFC 3398 12).
//!
//! The nature of address alone says what a number is; its length never does.

use crate::trunk::TrunkProfile;
use trunkline_isup::{AddressDigits, NatureOfAddress, NumberingPlan};
use trunkline_sip::name_addr::NameAddr;
use trunkline_sip::params::Params;
use trunkline_sip::uri::Uri;

/// The digits of a number for ISUP, and of what nature they are (RFC 3398 12.2). `None` if it is
/// no number: empty, too long, or with characters that ISUP has no signal for. `*` and `#` are
/// among these; codes 11 and 12 are `B` and `C`, and the others are spare.
pub(crate) fn to_isup(
    number: &str,
    trunk: &TrunkProfile,
) -> Option<(NatureOfAddress, AddressDigits)> {
    let (nature, digits) = match number.strip_prefix('+') {
        Some(global) if !is_e164(global) => return None,
        Some(global) => match national_part(global, trunk) {
            Some(national) => (NatureOfAddress::National, national),
            None => (NatureOfAddress::International, global),
        },
        None => (trunk.unmarked_nature, number),
    };
    let signals = digits
        .bytes()
        .all(|digit| matches!(digit, b'0'..=b'9' | b'B' | b'C'));
    let digits: AddressDigits = digits.parse().ok().filter(|_| signals)?;
    (!digits.is_empty()).then_some((nature, digits))
}

/// The national (significant) number in a global one of the trunk's country.
fn national_part<'a>(global: &'a str, trunk: &TrunkProfile) -> Option<&'a str> {
    if trunk.country_code.is_empty() {
        return None;
    }
    global
        .strip_prefix(trunk.country_code.as_str())
        .filter(|national| !national.is_empty())
}

/// A number from ISUP as URIs have it (RFC 3398 12.1): with `+` if it is known to be a global one,
/// else the digits as they came. ST is left out. `None` if there are no digits, or spare signals
/// among them, or if the numbering plan is not that of telephones.
pub(crate) fn from_isup(
    nature: NatureOfAddress,
    plan: NumberingPlan,
    digits: &AddressDigits,
    trunk: &TrunkProfile,
) -> Option<String> {
    let digits = digits.without_st();
    let known = digits
        .chars()
        .all(|signal| matches!(signal, '0'..='9' | 'B' | 'C'));
    if digits.is_empty() || !known || matches!(plan, NumberingPlan::Data | NumberingPlan::Telex) {
        return None;
    }
    let TrunkProfile {
        country_code,
        area_code,
        ..
    } = trunk;
    let global = match nature {
        NatureOfAddress::International => Some(format!("+{digits}")),
        NatureOfAddress::National if !country_code.is_empty() => {
            Some(format!("+{country_code}{digits}"))
        }
        NatureOfAddress::Subscriber if !country_code.is_empty() && !area_code.is_empty() => {
            Some(format!("+{country_code}{area_code}{digits}"))
        }
        _ => None,
    };
    // Codes 11 and 12 reach operators and have no place in an E.164 number.
    let global = global.filter(|_| digits.is_decimal() && plan == NumberingPlan::Isdn);
    Some(global.unwrap_or_else(|| digits.to_string()))
}

/// The telephone number in a URI: of a `tel:` URI, or the user of a `sip:` URI, without visual
/// separators and parameters. `None` if there is no user, or another scheme.
pub(crate) fn number_in(uri: &Uri<'_>) -> Option<String> {
    match uri {
        Uri::Tel(tel) => Some(tel.digits()),
        Uri::Sip(sip) => {
            let user = sip.user_decoded()?;
            // The user of a SIP URI that stands for a tel: URI has the parameters of the latter
            // (RFC 3261 19.1.6).
            let user = user.split(';').next().unwrap_or_default();
            Some(without_separators(user))
        }
        Uri::Other { .. } => None,
    }
}

/// The parameters of a telephone number in a URI, where they are part of the user or of `tel:`.
pub(crate) fn number_has(uri: &Uri<'_>, parameter: &str) -> bool {
    match uri {
        Uri::Tel(tel) => has(tel.params, parameter),
        Uri::Sip(sip) => sip.user_decoded().is_some_and(|user| {
            user.split(';').skip(1).any(|found| {
                found
                    .split('=')
                    .next()
                    .is_some_and(|name| name.eq_ignore_ascii_case(parameter))
            })
        }),
        Uri::Other { .. } => false,
    }
}

fn has(params: Params<'_>, parameter: &str) -> bool {
    params.get(parameter).is_some()
}

/// The E.164 number, `+` first, that an address says it is: in a `tel:` URI, or in a `sip:` URI
/// with `user=phone` or with a `+`. Without a `+` nothing says in which country a number lies.
pub(crate) fn e164_of(address: &NameAddr<'_>) -> Option<String> {
    let uri = address.parsed_uri().ok()?;
    number_in(&uri).filter(|number| number.strip_prefix('+').is_some_and(is_e164))
}

/// E.164 6.1: up to 15 digits, of which the country code comes first and never begins with 0.
fn is_e164(digits: &str) -> bool {
    (1..=15).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && !digits.starts_with('0')
}

/// The user of a URI without visual separators (RFC 3966 5.1.1), if it is a telephone number.
fn without_separators(user: &str) -> String {
    let number = user.bytes().all(|octet| {
        matches!(octet, b'0'..=b'9' | b'A'..=b'F' | b'+' | b'*' | b'#' | b'-' | b'.' | b'(' | b')')
    });
    // A name like `a-b.c` keeps what belongs to it.
    if number && user.bytes().any(|octet| octet.is_ascii_digit()) {
        user.chars()
            .filter(|c| !matches!(c, '-' | '.' | '(' | ')'))
            .collect()
    } else {
        user.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use trunkline_sip::uri;

    fn trunk() -> TrunkProfile {
        TrunkProfile {
            area_code: "30".to_owned(),
            ..TrunkProfile::new("49")
        }
    }

    fn isup(number: &str) -> Option<(NatureOfAddress, String)> {
        to_isup(number, &trunk()).map(|(nature, digits)| (nature, digits.to_string()))
    }

    fn sip(nature: NatureOfAddress, digits: &str) -> Option<String> {
        from_isup(
            nature,
            NumberingPlan::Isdn,
            &digits.parse().unwrap(),
            &trunk(),
        )
    }

    #[test]
    fn number_of_the_trunks_country_is_national_and_of_another_international() {
        // expert-checks 29
        use NatureOfAddress::{International, National};
        assert_eq!(isup("+4930123"), Some((National, "30123".to_owned())));
        assert_eq!(
            isup("+17208881000"),
            Some((International, "17208881000".to_owned()))
        );
        // A number that only looks like ours.
        assert_eq!(isup("+4"), Some((International, "4".to_owned())));
        assert_eq!(isup("+49"), Some((International, "49".to_owned())));
        assert_eq!(isup("110"), Some((National, "110".to_owned())));
        assert_eq!(isup("004930123"), Some((National, "004930123".to_owned())));
    }

    #[test]
    fn what_isup_has_no_signal_for_is_no_number() {
        // expert-checks 30: B and C stay; A, D, E and ST itself do not come from outside.
        assert!(isup("12BC").is_some());
        for number in [
            "", "+", "+0123", "*21#", "12A", "12D", "12E", "12F", "alice", "+49*1", "b",
        ] {
            assert_eq!(isup(number), None, "{number}");
        }
        assert_eq!(isup("+1234567890123456"), None);
        assert_eq!(isup(&"1".repeat(33)), None);
    }

    #[test]
    fn nature_of_address_alone_decides_what_a_number_is() {
        // expert-checks 29
        use NatureOfAddress::{International, National, NetworkSpecific, Subscriber, Unknown};
        assert_eq!(
            sip(International, "17208881000F").as_deref(),
            Some("+17208881000")
        );
        assert_eq!(sip(National, "30123").as_deref(), Some("+4930123"));
        assert_eq!(sip(National, "4930123").as_deref(), Some("+494930123"));
        assert_eq!(sip(Subscriber, "123F").as_deref(), Some("+4930123"));
        assert_eq!(sip(Unknown, "004930123").as_deref(), Some("004930123"));
        assert_eq!(sip(NetworkSpecific, "19123").as_deref(), Some("19123"));
        assert_eq!(sip(National, "11B").as_deref(), Some("11B"));
        for digits in ["", "F", "1A", "1D", "1E", "1F2"] {
            assert_eq!(sip(National, digits), None, "{digits}");
        }
    }

    #[test]
    fn unknown_country_completes_nothing() {
        let trunk = TrunkProfile::default();
        let digits = "30123".parse().unwrap();
        let number = from_isup(
            NatureOfAddress::National,
            NumberingPlan::Isdn,
            &digits,
            &trunk,
        );
        assert_eq!(number.as_deref(), Some("30123"));
        assert_eq!(
            to_isup("+4930123", &trunk).map(|(nature, _)| nature),
            Some(NatureOfAddress::International)
        );
    }

    #[test]
    fn number_stands_in_tel_and_in_sip_uris() {
        let number = |text: &str| number_in(&uri::parse(text).unwrap());
        assert_eq!(number("tel:+49-30-123;isub=1").as_deref(), Some("+4930123"));
        assert_eq!(
            number("sip:+49(30)123@gw;user=phone").as_deref(),
            Some("+4930123")
        );
        assert_eq!(
            number("sip:%2B4930123;npdi=yes@gw").as_deref(),
            Some("+4930123")
        );
        assert_eq!(number("sip:a-b.c@gw").as_deref(), Some("a-b.c"));
        assert_eq!(number("sip:gw"), None);
        assert_eq!(number("mailto:a@b"), None);
        let has_npdi = |text: &str| number_has(&uri::parse(text).unwrap(), "npdi");
        assert!(has_npdi("tel:+4930123;npdi"));
        assert!(has_npdi("sip:+4930123;npdi=yes@gw;user=phone"));
        assert!(!has_npdi("sip:+4930123@gw;npdi"));
    }

    proptest! {
        #[test]
        fn global_number_survives_the_circuit(number in "\\+[1-9][0-9]{0,14}") {
            let (nature, digits) = to_isup(&number, &trunk()).unwrap();
            prop_assert_eq!(from_isup(nature, NumberingPlan::Isdn, &digits, &trunk()), Some(number));
        }
    }
}
