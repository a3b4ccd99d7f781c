//! Octet strings as parameters carry them.

use core::fmt;
use core::ops::Deref;

/// The contents of a parameter: at most 255 octets (Q.763 1.6), without heap up to 22.
///
/// Dereferences to the slice. `Display` prints hexadecimal; `Debug`, which is what logs use, only
/// the length, since there may be numbers and what users write inside.
#[derive(Clone)]
pub struct Octets(Storage);

#[derive(Clone)]
enum Storage {
    Inline {
        length: u8,
        octets: [u8; Octets::INLINE],
    },
    Heap(Vec<u8>),
}

/// An octet string did not fit the length indicator of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a parameter holds at most 255 octets, not {length} (Q.763 1.6)")]
pub struct TooLong {
    /// How many there were.
    pub length: usize,
}

impl Octets {
    /// The most that the length indicator of a parameter can say.
    pub const MAX: usize = 255;
    /// Up to that many no heap is used.
    pub const INLINE: usize = 22;

    /// No octets.
    pub const fn new() -> Self {
        Self(Storage::Inline {
            length: 0,
            octets: [0; Self::INLINE],
        })
    }

    /// The octets.
    pub fn as_slice(&self) -> &[u8] {
        match &self.0 {
            Storage::Inline { length, octets } => {
                octets.get(..usize::from(*length)).unwrap_or(octets)
            }
            Storage::Heap(octets) => octets,
        }
    }

    /// Takes what a length indicator of one octet has delimited.
    pub(crate) fn copy(slice: &[u8]) -> Self {
        debug_assert!(slice.len() <= Self::MAX);
        match u8::try_from(slice.len()) {
            Ok(length) if slice.len() <= Self::INLINE => {
                let mut octets = [0; Self::INLINE];
                octets[..slice.len()].copy_from_slice(slice);
                Self(Storage::Inline { length, octets })
            }
            _ => Self(Storage::Heap(slice.to_vec())),
        }
    }
}

impl Default for Octets {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for Octets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl AsRef<[u8]> for Octets {
    fn as_ref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl TryFrom<&[u8]> for Octets {
    type Error = TooLong;

    fn try_from(slice: &[u8]) -> Result<Self, TooLong> {
        if slice.len() > Self::MAX {
            return Err(TooLong {
                length: slice.len(),
            });
        }
        Ok(Self::copy(slice))
    }
}

impl TryFrom<Vec<u8>> for Octets {
    type Error = TooLong;

    fn try_from(octets: Vec<u8>) -> Result<Self, TooLong> {
        Self::try_from(octets.as_slice())
    }
}

impl<const N: usize> From<[u8; N]> for Octets {
    fn from(octets: [u8; N]) -> Self {
        const { assert!(N <= Octets::MAX) };
        Self::copy(&octets)
    }
}

impl PartialEq for Octets {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Octets {}

impl core::hash::Hash for Octets {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} octets", self.len())
    }
}

/// Hexadecimal, without separators.
impl fmt::Display for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_octets_inline_and_on_the_heap() {
        for length in [0, 1, Octets::INLINE, Octets::INLINE + 1, Octets::MAX] {
            let bytes: Vec<u8> = (0..length).map(|i| i as u8).collect();
            assert_eq!(&*Octets::try_from(bytes.clone()).unwrap(), &bytes[..]);
        }
    }

    #[test]
    fn refuses_what_a_length_indicator_cannot_say() {
        assert_eq!(Octets::try_from(vec![0; 256]), Err(TooLong { length: 256 }));
    }

    #[test]
    fn display_shows_the_octets_and_debug_does_not() {
        let octets = Octets::from([0x0a, 0xff]);
        assert_eq!(
            (octets.to_string(), format!("{octets:?}")),
            ("0aff".into(), "2 octets".into())
        );
    }
}
