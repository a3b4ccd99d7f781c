//! The optional part of a message (Q.763 1.7).

use crate::octets::TooLong;
use crate::param::{Parameter, ParameterCode};
use core::fmt;
use smallvec::SmallVec;

/// The optional parameters of a message, in the order of the wire.
///
/// They are kept as octets, so that what nobody looks at is passed on bit for bit: unknown
/// parameters, spare bits, octets that a later version of the standard has added. A parameter is
/// read when it is asked for.
///
/// ```
/// use trunkline_isup::{HopCounter, OptionalParameters};
///
/// let mut optional = OptionalParameters::new().with(HopCounter(20));
/// optional.set(&HopCounter(19));
/// assert_eq!(optional.get(), Some(HopCounter(19)));
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct OptionalParameters {
    /// Name, length indicator and contents of each, without the end of optional parameters.
    octets: SmallVec<[u8; OptionalParameters::INLINE]>,
}

impl OptionalParameters {
    /// Up to that many octets, names and length indicators included, no heap is used.
    pub const INLINE: usize = 96;

    /// No parameters.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes octets that have been found to consist of whole parameters.
    pub(crate) fn from_whole(octets: &[u8]) -> Self {
        Self {
            octets: SmallVec::from_slice(octets),
        }
    }

    /// The octets, without the end of optional parameters.
    pub fn as_octets(&self) -> &[u8] {
        &self.octets
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.octets.is_empty()
    }

    /// Every parameter: its name and its contents.
    pub fn iter(&self) -> Iter<'_> {
        Iter { rest: &self.octets }
    }

    /// The first parameter of that type that makes sense.
    pub fn get<P: Parameter>(&self) -> Option<P> {
        self.all().next()
    }

    /// All parameters of that type that make sense.
    pub fn all<P: Parameter>(&self) -> impl Iterator<Item = P> + '_ {
        self.iter()
            .filter(|(code, _)| *code == P::CODE)
            .filter_map(|(_, contents)| P::read(contents).ok())
    }

    /// The contents of the first parameter of that name.
    pub fn octets(&self, code: ParameterCode) -> Option<&[u8]> {
        self.iter()
            .find(|(name, _)| *name == code)
            .map(|(_, contents)| contents)
    }

    /// Whether there is a parameter of that name.
    pub fn contains(&self, code: ParameterCode) -> bool {
        self.octets(code).is_some()
    }

    /// Puts a parameter in the place of the first of its name, or behind all others if there is
    /// none. One that says the same already is left as it came.
    pub fn set<P: Parameter + PartialEq>(&mut self, parameter: &P) {
        let Some((start, end)) = self.find(P::CODE) else {
            return self.push(parameter);
        };
        let same = self.octets.get(start + 2..end).map(P::read);
        if matches!(same, Some(Ok(same)) if same == *parameter) {
            return;
        }
        let tail: SmallVec<[u8; Self::INLINE]> =
            self.octets.drain(start..).skip(end - start).collect();
        self.push(parameter);
        self.octets.extend_from_slice(&tail);
    }

    /// Puts a parameter behind all others. Contents are cut after 255 octets, since a length
    /// indicator can say no more (Q.763 1.7); nothing but overlong user information reaches that.
    pub fn push<P: Parameter>(&mut self, parameter: &P) {
        let mut contents = Vec::with_capacity(TYPICAL);
        parameter.write(&mut contents);
        contents.truncate(LIMIT);
        self.append(P::CODE, &contents);
    }

    /// The same with one more parameter behind all others.
    #[must_use]
    pub fn with<P: Parameter>(mut self, parameter: P) -> Self {
        self.push(&parameter);
        self
    }

    /// The same with one more parameter, if there is one.
    #[must_use]
    pub fn with_some<P: Parameter>(self, parameter: Option<P>) -> Self {
        match parameter {
            Some(parameter) => self.with(parameter),
            None => self,
        }
    }

    /// Puts octets behind all others under that name, which is not 0.
    ///
    /// # Errors
    /// [`TooLong`] if a length indicator cannot say how many they are.
    pub fn push_octets(&mut self, code: ParameterCode, contents: &[u8]) -> Result<(), TooLong> {
        if contents.len() > LIMIT {
            return Err(TooLong {
                length: contents.len(),
            });
        }
        self.append(code, contents);
        Ok(())
    }

    /// Takes out the first parameter of that name; whether there was one.
    pub fn remove(&mut self, code: ParameterCode) -> bool {
        let found = self.find(code);
        if let Some((start, end)) = found {
            self.octets.drain(start..end);
        }
        found.is_some()
    }

    fn append(&mut self, code: ParameterCode, contents: &[u8]) {
        debug_assert_ne!(code, ParameterCode::END_OF_OPTIONAL_PARAMETERS);
        let length = u8::try_from(contents.len()).unwrap_or(u8::MAX);
        self.octets.extend_from_slice(&[code.0, length]);
        self.octets.extend_from_slice(contents);
    }

    /// Where the first parameter of that name begins and ends.
    fn find(&self, code: ParameterCode) -> Option<(usize, usize)> {
        let mut start = 0;
        self.iter().find_map(|(name, contents)| {
            let end = start + 2 + contents.len();
            let found = (name == code).then_some((start, end));
            start = end;
            found
        })
    }
}

impl<'a> IntoIterator for &'a OptionalParameters {
    type Item = (ParameterCode, &'a [u8]);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Shows names and lengths only: there are numbers and what users write inside.
impl fmt::Debug for OptionalParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self
            .iter()
            .map(|(code, contents)| (code.to_string(), Length(contents.len())));
        f.debug_map().entries(entries).finish()
    }
}

struct Length(usize);

impl fmt::Debug for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} octets", self.0)
    }
}

/// The optional parameters, one after the other: [`OptionalParameters::iter`].
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    rest: &'a [u8],
}

impl<'a> Iter<'a> {
    /// Octets that consist of whole parameters.
    pub(crate) const fn over(rest: &'a [u8]) -> Self {
        Self { rest }
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = (ParameterCode, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let [code, length, rest @ ..] = self.rest else {
            return None;
        };
        let (contents, rest) = rest.split_at_checked(usize::from(*length))?;
        self.rest = rest;
        Some((ParameterCode(*code), contents))
    }
}

/// The most that a length indicator can say.
const LIMIT: usize = u8::MAX as usize;

/// Most parameters fit into that many octets.
const TYPICAL: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::{AutomaticCongestionLevel, HopCounter};

    fn sample() -> OptionalParameters {
        // Hop counter with a spare bit set, an unknown parameter, hop counter, congestion level.
        OptionalParameters::from_whole(&[61, 1, 0x94, 200, 2, 1, 2, 61, 1, 3, 39, 1, 2])
    }

    #[test]
    fn parameters_are_read_when_asked_for() {
        let optional = sample();
        assert_eq!(optional.get(), Some(HopCounter(20)));
        assert_eq!(
            optional.all().collect::<Vec<HopCounter>>(),
            [HopCounter(20), HopCounter(3)]
        );
        assert_eq!(optional.octets(ParameterCode(200)), Some(&[1, 2][..]));
        assert!(!optional.contains(ParameterCode(201)));
        assert_eq!(optional.iter().count(), 4);
    }

    #[test]
    fn a_change_leaves_all_others_and_the_order_alone() {
        let mut optional = sample();
        optional.set(&HopCounter(20));
        assert_eq!(optional, sample(), "says the same: spare bits stay");
        optional.set(&HopCounter(19));
        assert_eq!(
            optional.as_octets(),
            [61, 1, 19, 200, 2, 1, 2, 61, 1, 3, 39, 1, 2]
        );
        optional.set(&AutomaticCongestionLevel(1));
        assert!(optional.remove(ParameterCode(200)) && !optional.remove(ParameterCode(200)));
        assert_eq!(optional.as_octets(), [61, 1, 19, 61, 1, 3, 39, 1, 1]);
        optional.push_octets(ParameterCode(201), &[]).unwrap();
        assert_eq!(
            optional.as_octets(),
            [61, 1, 19, 61, 1, 3, 39, 1, 1, 201, 0]
        );
        assert_eq!(
            optional.push_octets(ParameterCode(201), &[0; 256]),
            Err(TooLong { length: 256 })
        );
    }

    #[test]
    fn what_makes_no_sense_is_kept_but_not_read() {
        let optional = OptionalParameters::from_whole(&[61, 0, 61, 1, 5]);
        assert_eq!(optional.get(), Some(HopCounter(5)));
        assert_eq!(
            format!("{optional:?}"),
            r#"{"hop counter": 0 octets, "hop counter": 1 octets}"#
        );
    }
}
