//! Names of locations: those of RFC 8606, and words for people.

use std::borrow::Cow;
use trunkline_model::Location;

/// The word by which configuration and command lines name each location that Q.850 names.
const WORDS: [(Location, &str); 8] = [
    (Location::User, "user"),
    (Location::PrivateNetworkLocalUser, "private-local"),
    (Location::PublicNetworkLocalUser, "public-local"),
    (Location::TransitNetwork, "transit"),
    (Location::PublicNetworkRemoteUser, "public-remote"),
    (Location::PrivateNetworkRemoteUser, "private-remote"),
    (Location::InternationalNetwork, "international"),
    (Location::BeyondInterworkingPoint, "beyond-interworking"),
];

/// What [`parse_location`] takes, for messages.
pub const LOCATION_NAMES: &str = "user, private-local, public-local, transit, public-remote, \
     private-remote, international, beyond-interworking, a code of RFC 8606 (U, LPN, LN, TN, RLN, \
     RPN, INTL, BI, LOC-n) or a number 0 to 15";

/// The code of RFC 8606 4, complete: spare and national values are `LOC-6` and so on.
pub fn location_code(location: Location) -> Cow<'static, str> {
    match location {
        Location::Spare(bits) => Cow::Owned(format!("LOC-{bits}")),
        named => Cow::Borrowed(named.name()),
    }
}

/// The location with that code of RFC 8606 4.
pub fn location_from_code(code: &str) -> Option<Location> {
    // A named value is never written LOC-n, but it is clear what is meant.
    (0..16)
        .map(Location::from_bits)
        .find(|&location| location_code(location).eq_ignore_ascii_case(code))
        .or_else(|| {
            let number = code
                .get(..4)
                .filter(|start| start.eq_ignore_ascii_case("LOC-"))?;
            location_from_number(&code[number.len()..])
        })
}

/// The word for a location, as `user`; the code of RFC 8606 for one that Q.850 does not name.
pub fn location_word(location: Location) -> Cow<'static, str> {
    WORDS
        .iter()
        .find(|&&(named, _)| named == location)
        .map_or_else(|| location_code(location), |&(_, word)| Cow::Borrowed(word))
}

/// The location that a person means by a word, a code or a number; see [`LOCATION_NAMES`].
pub fn parse_location(text: &str) -> Option<Location> {
    WORDS
        .iter()
        .find(|(_, word)| word.eq_ignore_ascii_case(text))
        .map(|&(location, _)| location)
        .or_else(|| location_from_code(text))
        .or_else(|| location_from_number(text))
}

fn location_from_number(text: &str) -> Option<Location> {
    text.parse()
        .ok()
        .filter(|bits| *bits < 16)
        .map(Location::from_bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_location_is_found_by_each_of_its_names() {
        for bits in 0..16 {
            let location = Location::from_bits(bits);
            assert_eq!(location_from_code(&location_code(location)), Some(location));
            assert_eq!(parse_location(&location_word(location)), Some(location));
            assert_eq!(parse_location(&bits.to_string()), Some(location));
            assert_eq!(parse_location(&format!("loc-{bits}")), Some(location));
        }
    }

    #[test]
    fn nonsense_is_no_location() {
        for text in ["", "16", "-1", "users", "LOC-", "LOC-16", "LOC--1", "ÄÄ"] {
            assert_eq!(parse_location(text), None, "{text}");
        }
    }
}
