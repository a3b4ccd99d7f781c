//! Secrets.

use subtle::ConstantTimeEq as _;

/// The longest secret, in octets.
pub const SECRET_MAX: usize = 512;

/// Compares in a time that depends on neither text nor their lengths: both are laid into blocks of
/// the largest size first. What is longer than [`SECRET_MAX`] equals nothing.
pub fn equal(expected: &[u8], given: &[u8]) -> bool {
    if given.len() > SECRET_MAX || expected.len() > SECRET_MAX {
        return false;
    }
    let block = |text: &[u8]| {
        let mut block = [0; SECRET_MAX];
        block[..text.len()].copy_from_slice(text);
        block
    };
    let lengths = (expected.len() as u64).ct_eq(&(given.len() as u64));
    (block(expected).ct_eq(&block(given)) & lengths).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_octets_are_equal() {
        assert!(equal(b"secret", b"secret"));
        for other in [
            &b""[..],
            b"secre",
            b"secret\0",
            b"Secret",
            &[0; SECRET_MAX + 1],
        ] {
            assert!(!equal(b"secret", other), "{other:?}");
        }
        assert!(!equal(&[1; SECRET_MAX + 1], &[1; SECRET_MAX + 1]));
    }
}
