//! Character classes of RFC 3261 25.1 and the few scanners that all values share.

/// Whether the text is a token: one or more of the characters of RFC 3261 25.1.
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|&octet| is_token_char(octet))
}

pub(crate) const fn is_token_char(octet: u8) -> bool {
    CLASSES[octet as usize] & TOKEN != 0
}

const TOKEN: u8 = 1;

const CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut octet = 0;
    while octet < 256 {
        let mut class = 0;
        if (octet as u8).is_ascii_alphanumeric() {
            class |= TOKEN;
        }
        table[octet] = class;
        octet += 1;
    }
    let marks = b"-.!%*_+`'~";
    let mut index = 0;
    while index < marks.len() {
        table[marks[index] as usize] |= TOKEN;
        index += 1;
    }
    table
};
