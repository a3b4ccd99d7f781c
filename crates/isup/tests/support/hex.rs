//! Octets as text.

/// Octets written in hexadecimal; blanks and what follows `//` on a line do not count.
pub(crate) fn octets(text: &str) -> Vec<u8> {
    let hex: Vec<u8> = text
        .lines()
        .flat_map(|line| line.split("//").next().unwrap().bytes())
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    assert_eq!(hex.len() % 2, 0, "{text}");
    hex.chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Hexadecimal with a blank behind each octet, so that a difference is found at a glance.
pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x} ")).collect()
}
