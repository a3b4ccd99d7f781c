//! Mandatory parameters of one variant that say what another parameter says in the next.

use crate::param::ParameterCode;

/// Appends the contents of a parameter that is not there, made from those that are; whether that
/// could be done.
///
/// ANSI has no transmission medium requirement, and the user service information is mandatory in
/// its IAM instead (T1.113 table 14): each is made from the other (Q.931 4.5.5).
pub(super) fn contents<'a>(
    code: ParameterCode,
    out: &mut Vec<u8>,
    other: impl Fn(ParameterCode) -> Option<&'a [u8]>,
) -> bool {
    match code {
        ParameterCode::TRANSMISSION_MEDIUM_REQUIREMENT => {
            let capability = other(ParameterCode::USER_SERVICE_INFORMATION);
            let Some([capability, rest @ ..]) = capability else {
                return false;
            };
            let medium = match (capability & 0x1f, rest.first()) {
                (SPEECH, _) => 0,
                (UNRESTRICTED, Some(rate)) => match rate & 0x1f {
                    0x11 => 7,
                    0x13 => 8,
                    0x15 => 9,
                    0x17 => 10,
                    _ => 2,
                },
                (UNRESTRICTED, None) => 2,
                _ => 3,
            };
            out.push(medium);
            true
        }
        ParameterCode::USER_SERVICE_INFORMATION => {
            let medium = other(ParameterCode::TRANSMISSION_MEDIUM_REQUIREMENT);
            let Some([medium, ..]) = medium else {
                return false;
            };
            // CCITT coding, circuit mode; voice comes in mu-law in ANSI networks.
            match medium {
                0 => out.extend([0x80 | SPEECH, 0x90, 0xa2]),
                2 => out.extend([0x80 | UNRESTRICTED, 0x90]),
                7 => out.extend([0x80 | UNRESTRICTED, 0x91]),
                8 => out.extend([0x80 | UNRESTRICTED, 0x93]),
                9 => out.extend([0x80 | UNRESTRICTED, 0x95]),
                10 => out.extend([0x80 | UNRESTRICTED, 0x97]),
                _ => out.extend([0x90, 0x90, 0xa2]),
            }
            true
        }
        _ => false,
    }
}

/// Information transfer capability (Q.931 4.5.5).
const SPEECH: u8 = 0x00;
const UNRESTRICTED: u8 = 0x08;
