//! As much of the basic encoding rules (X.690) as remote operations need.

use crate::octets::Octets;

/// Takes one element with a tag of one octet and a definite length off the front: tag, contents,
/// what follows.
pub(super) fn take_element(octets: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [tag, length, rest @ ..] = octets else {
        return None;
    };
    // The low bits of a tag that are all 1 say that it goes on.
    if tag & TAG_NUMBER == TAG_NUMBER {
        return None;
    }
    let (length, rest) = match *length {
        short @ 0..=0x7f => (usize::from(short), rest),
        // No parameter has contents that need more than two octets of length.
        long @ 0x81..=0x82 => {
            let (length, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            (
                length
                    .iter()
                    .fold(0, |length, octet| length << 8 | usize::from(*octet)),
                rest,
            )
        }
        _ => return None,
    };
    let (contents, behind) = rest.split_at_checked(length)?;
    Some((*tag, contents, behind))
}

/// Appends an element, its length in as few octets as can be.
pub(super) fn put_element(tag: u8, contents: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    match u8::try_from(contents.len()) {
        Ok(length @ 0..=0x7f) => out.push(length),
        Ok(length) => out.extend([0x81, length]),
        Err(_) => {
            let length = u16::try_from(contents.len()).unwrap_or(u16::MAX);
            out.push(0x82);
            out.extend(length.to_be_bytes());
        }
    }
    out.extend_from_slice(contents);
}

/// The value of an integer of at most 8 octets.
pub(super) fn integer(contents: &[u8]) -> Option<i64> {
    let (first, _) = contents.split_first()?;
    let sign = if first & 0x80 == 0 { 0 } else { -1 };
    if contents.len() > 8 {
        return None;
    }
    Some(
        contents
            .iter()
            .fold(sign, |value, octet| value << 8 | i64::from(*octet)),
    )
}

/// Appends an integer in as few octets as can be.
pub(super) fn put_integer(tag: u8, value: i64, out: &mut Vec<u8>) {
    let octets = value.to_be_bytes();
    // An octet that only repeats the sign of the next is left out.
    let redundant = octets
        .windows(2)
        .take_while(|pair| match pair {
            [0x00, next] => next & 0x80 == 0,
            [0xff, next] => next & 0x80 != 0,
            _ => false,
        })
        .count();
    put_element(tag, octets.get(redundant..).unwrap_or_default(), out);
}

/// An object identifier in dotted form.
pub(super) fn object_identifier(contents: &Octets) -> String {
    let mut arcs = Vec::new();
    let mut arc = 0_u64;
    for octet in contents.iter() {
        arc = arc << 7 | u64::from(octet & 0x7f);
        if octet & 0x80 == 0 {
            arcs.push(arc);
            arc = 0;
        }
    }
    let mut text = Vec::new();
    for (index, arc) in arcs.into_iter().enumerate() {
        if index == 0 {
            // The first two arcs stand in one number.
            let root = (arc / 40).min(2);
            text.extend([root.to_string(), (arc - root * 40).to_string()]);
        } else {
            text.push(arc.to_string());
        }
    }
    text.join(".")
}

const TAG_NUMBER: u8 = 0x1f;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_take_as_few_octets_as_can_be() {
        for (value, octets) in [
            (0, &[2, 1, 0x00][..]),
            (127, &[2, 1, 0x7f]),
            (128, &[2, 2, 0x00, 0x80]),
            (-1, &[2, 1, 0xff]),
            (-128, &[2, 1, 0x80]),
            (-129, &[2, 2, 0xff, 0x7f]),
            (i64::MIN, &[2, 8, 0x80, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            let mut out = Vec::new();
            put_integer(2, value, &mut out);
            assert_eq!(out, octets);
            let (_, contents, _) = take_element(&out).unwrap();
            assert_eq!(integer(contents), Some(value));
        }
        assert_eq!((integer(&[]), integer(&[0; 9])), (None, None));
    }

    #[test]
    fn lengths_are_short_or_long() {
        for length in [0, 127, 128, 255, 256] {
            let contents = vec![7; length];
            let mut out = Vec::new();
            put_element(0xa1, &contents, &mut out);
            out.push(0xff);
            assert_eq!(take_element(&out), Some((0xa1, &contents[..], &[0xff][..])));
        }
        // Cut, of indefinite length, with a long tag.
        for octets in [
            &[0xa1][..],
            &[0xa1, 2, 0],
            &[0xa1, 0x80, 0, 0],
            &[0xbf, 0x20, 0],
        ] {
            assert_eq!(take_element(octets), None);
        }
    }

    #[test]
    fn object_identifiers_are_dotted() {
        // 1.3.12.9, 2.999.
        assert_eq!(object_identifier(&Octets::from([0x2b, 12, 9])), "1.3.12.9");
        assert_eq!(object_identifier(&Octets::from([0x88, 0x37])), "2.999");
    }
}
