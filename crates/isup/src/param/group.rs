//! Groups of octets that their extension bit holds together (Q.931 4.5.1, Q.763 3.82).

use crate::error::Problem;
use crate::octets::Octets;

/// An octet with those that extend it, all of them without their extension bits.
pub(super) struct Group {
    /// The first octet: 7 bits.
    pub(super) first: u8,
    /// The octets a, b and so on: 7 bits each.
    pub(super) extension: Octets,
}

/// Reads a group and says what follows it. The extension bit is 0 in an octet that is continued,
/// 1 in the last one.
pub(super) fn group(octets: &[u8]) -> Result<(Group, &[u8]), Problem> {
    let last = octets.iter().position(|octet| octet & EXTENSION != 0);
    let (Some(last), Some((first, rest))) = (last, octets.split_first()) else {
        return Err(Problem::TooShort {
            need: octets.len() + 1,
            have: octets.len(),
        });
    };
    let (extension, behind) = rest.split_at_checked(last).unwrap_or_default();
    let extension: Vec<u8> = extension.iter().map(|octet| octet & !EXTENSION).collect();
    let first = first & !EXTENSION;
    let extension = Octets::copy(&extension);
    Ok((Group { first, extension }, behind))
}

/// Appends a group; sets the extension bits.
pub(super) fn write_group(first: u8, extension: &[u8], out: &mut Vec<u8>) {
    out.push(first & !EXTENSION);
    out.extend(extension.iter().map(|octet| octet & !EXTENSION));
    if let Some(last) = out.last_mut() {
        *last |= EXTENSION;
    }
}

/// The octets, cut after those that one parameter can hold.
pub(super) fn kept(mut octets: Vec<u8>) -> Octets {
    octets.truncate(Octets::MAX);
    Octets::copy(&octets)
}

/// The octets in hexadecimal, as descriptions show what is not taken apart.
pub(super) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The extension bit.
pub(super) const EXTENSION: u8 = 0x80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_ends_with_the_octet_whose_extension_bit_is_1() {
        let (read, behind) = group(&[0x21, 0x00, 0xbb, 0x44]).unwrap();
        assert_eq!((read.first, &read.extension[..]), (0x21, &[0x00, 0x3b][..]));
        assert_eq!(behind, [0x44]);
        let mut out = Vec::new();
        write_group(read.first, &read.extension, &mut out);
        assert_eq!(out, [0x21, 0x00, 0xbb]);
    }

    #[test]
    fn a_group_without_end_is_refused() {
        let problem = |need| {
            Some(Problem::TooShort {
                need,
                have: need - 1,
            })
        };
        assert_eq!(group(&[]).err(), problem(1));
        assert_eq!(group(&[0x21, 0x00]).err(), problem(3));
    }
}
