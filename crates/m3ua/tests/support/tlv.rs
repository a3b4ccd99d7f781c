//! Messages put together and taken apart octet by octet (RFC 4666 3.1, 3.2).

/// A parameter with its padding.
pub(crate) fn parameter(tag: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len() + 4).unwrap();
    let mut octets = [tag.to_be_bytes(), length.to_be_bytes()].concat();
    octets.extend_from_slice(value);
    octets.resize(octets.len().next_multiple_of(4), 0);
    octets
}

/// A message of those parameters.
pub(crate) fn message(class: u8, code: u8, parameters: &[Vec<u8>]) -> Vec<u8> {
    let parameters = parameters.concat();
    let length = u32::try_from(parameters.len() + 8).unwrap();
    let header = [1, 0, class, code];
    [&header, &length.to_be_bytes()[..], &parameters].concat()
}

/// The tags and values of parameters that stand one behind the other.
pub(crate) fn split(mut octets: &[u8]) -> Vec<(u16, &[u8])> {
    let mut parameters = Vec::new();
    while let Some(&[t1, t0, l1, l0]) = octets.first_chunk() {
        let length = usize::from(u16::from_be_bytes([l1, l0]));
        parameters.push((u16::from_be_bytes([t1, t0]), &octets[4..length]));
        octets = octets.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    parameters
}
