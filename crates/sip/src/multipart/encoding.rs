//! base64 (RFC 2045 6.8).

/// The octets that base64 stands for. Line ends and space are overlooked; `None` if anything else
/// stands there, or the end is not whole.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len() / 4 * 3);
    let mut digits = text.iter().filter(|octet| !octet.is_ascii_whitespace());
    let (mut bits, mut count) = (0_u32, 0_usize);
    let mut padding = 0;
    for &octet in digits.by_ref() {
        let value = match octet {
            b'A'..=b'Z' => octet - b'A',
            b'a'..=b'z' => octet - b'a' + 26,
            b'0'..=b'9' => octet - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                padding = 1;
                break;
            }
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 1;
        if count.is_multiple_of(4) {
            octets.extend_from_slice(&bits.to_be_bytes()[1..]);
            bits = 0;
        }
    }
    for octet in digits {
        if *octet != b'=' {
            return None;
        }
        padding += 1;
    }
    let [_, first, second, _] = match (count % 4, padding) {
        (0, 0) => return Some(octets),
        (2, 2) => (bits << 12).to_be_bytes(),
        (3, 1) => (bits << 6).to_be_bytes(),
        _ => return None,
    };
    octets.push(first);
    if padding == 1 {
        octets.push(second);
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_rfc_4648() {
        for (text, octets) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9v\r\nYg==\r\n", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(base64(text.as_bytes()).as_deref(), Some(octets.as_bytes()));
        }
        assert_eq!(base64(b"++//"), Some(vec![0xfb, 0xef, 0xff]));
        for bad in [
            "Z", "Zg", "Zg=", "Zg===", "Zm8==", "=", "Zg==Zg==", "Zm9v=", "Zm-v",
        ] {
            assert_eq!(base64(bad.as_bytes()), None, "{bad}");
        }
    }
}
