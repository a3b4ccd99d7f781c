//! Longest-prefix routes over numbers.

use crate::number::is_visual_separator;

/// Prefixes of numbers and where each leads. The longest one that a number begins with decides.
///
/// A trie in one vector: finding a route touches one node for each character of the number, however
/// many prefixes there are.
#[derive(Clone, Debug)]
pub struct Routes<T> {
    nodes: Vec<Node<T>>,
    prefixes: usize,
}

#[derive(Clone, Debug)]
struct Node<T> {
    /// Sorted by character; the positions of the nodes that follow.
    children: Vec<(u8, u32)>,
    target: Option<T>,
}

/// Why a prefix cannot be routed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// There is a route for it already.
    #[error("prefix {0:?} has a route already")]
    Duplicate(String),
    /// It has a character that no number has.
    #[error("prefix {prefix:?}: {found:?} is none of 0-9 A-F * # nor a leading +")]
    Character {
        /// The prefix as given.
        prefix: String,
        /// The character.
        found: char,
    },
    /// It is longer than any number.
    #[error("prefix {0:?} is longer than {MAX_PREFIX} characters")]
    TooLong(String),
}

impl<T> Default for Routes<T> {
    fn default() -> Self {
        Self {
            nodes: vec![Node {
                children: Vec::new(),
                target: None,
            }],
            prefixes: 0,
        }
    }
}

impl<T> Routes<T> {
    /// No routes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a route. The empty prefix is the route of every number that has no other.
    /// Visual separators (RFC 3966 5.1.1) and blanks in the prefix count for nothing.
    ///
    /// # Errors
    /// A prefix that is there already, or that no number can begin with.
    pub fn insert(&mut self, prefix: &str, target: T) -> Result<(), RouteError> {
        let characters = self.check(prefix)?;
        let mut at = 0;
        for character in characters {
            at = match self.child(at, character) {
                Ok(child) => child,
                Err(position) => {
                    let child = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
                    self.nodes.push(Node {
                        children: Vec::new(),
                        target: None,
                    });
                    self.nodes[at].children.insert(position, (character, child));
                    child as usize
                }
            };
        }
        let place = &mut self.nodes[at].target;
        if place.is_some() {
            return Err(RouteError::Duplicate(prefix.to_owned()));
        }
        *place = Some(target);
        self.prefixes += 1;
        Ok(())
    }

    /// Where the number leads, or `None` if no prefix is its beginning.
    ///
    /// A prefix with a `+` is for global numbers alone. One without serves both: whoever routes
    /// `4930` need not know whether numbers come with a `+`. Where both kinds match, the one that
    /// covers more digits decides, and among equals the one with the `+`.
    pub fn find(&self, number: &str) -> Option<&T> {
        let found = self.longest(number);
        let without = number
            .strip_prefix('+')
            .and_then(|digits| self.longest(digits));
        match (found, without) {
            // The `+` is one character of the match, but no digit.
            (Some((length, _)), Some((digits, target))) if digits >= length => Some(target),
            (Some((_, target)), _) | (None, Some((_, target))) => Some(target),
            (None, None) => None,
        }
    }

    /// Where the number leads as it stands, and how many of its characters decided that.
    pub fn longest(&self, number: &str) -> Option<(usize, &T)> {
        let mut found = self.nodes[0].target.as_ref().map(|target| (0, target));
        let mut at = 0;
        for (index, character) in number.bytes().enumerate() {
            let Ok(child) = self.child(at, character.to_ascii_uppercase()) else {
                break;
            };
            at = child;
            if let Some(target) = &self.nodes[at].target {
                found = Some((index + 1, target));
            }
        }
        found
    }

    /// How many prefixes there are.
    pub fn len(&self) -> usize {
        self.prefixes
    }

    /// Whether there is no route at all.
    pub fn is_empty(&self) -> bool {
        self.prefixes == 0
    }

    /// All targets, in the order in which their prefixes were first seen.
    pub fn targets(&self) -> impl Iterator<Item = &T> {
        self.nodes.iter().filter_map(|node| node.target.as_ref())
    }

    /// The child of a node, or where in its list that child belongs.
    fn child(&self, at: usize, character: u8) -> Result<usize, usize> {
        let children = &self.nodes[at].children;
        children
            .binary_search_by_key(&character, |&(character, _)| character)
            .map(|position| children[position].1 as usize)
    }

    fn check(&self, prefix: &str) -> Result<Vec<u8>, RouteError> {
        let mut characters = Vec::new();
        for found in prefix
            .chars()
            .filter(|&c| c != ' ' && !is_visual_separator(c))
        {
            let found = found.to_ascii_uppercase();
            match found {
                '0'..='9' | 'A'..='F' | '*' | '#' => {}
                '+' if characters.is_empty() => {}
                _ => {
                    return Err(RouteError::Character {
                        prefix: prefix.to_owned(),
                        found,
                    });
                }
            }
            // Only ASCII is left, so the cast keeps the character.
            characters.push(found as u8);
        }
        if characters.len() > MAX_PREFIX {
            return Err(RouteError::TooLong(prefix.to_owned()));
        }
        Ok(characters)
    }
}

/// The longest prefix. E.164 numbers have 15 digits; prefixes of networks and routing numbers may
/// stand before them.
const MAX_PREFIX: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn routes(prefixes: &[&str]) -> Routes<String> {
        let mut routes = Routes::new();
        for prefix in prefixes {
            routes.insert(prefix, (*prefix).to_owned()).unwrap();
        }
        routes
    }

    #[test]
    fn longest_prefix_decides() {
        let routes = routes(&["+49", "+4930", "+4930123", "*"]);
        assert_eq!(routes.find("+493012").unwrap(), "+4930");
        assert_eq!(
            routes.longest("+4930123456").unwrap(),
            (8, &"+4930123".to_owned())
        );
        assert_eq!(routes.find("+4989").unwrap(), "+49");
        assert_eq!(routes.find("*21#").unwrap(), "*");
        for number in ["+4", "4930", "", "é"] {
            assert_eq!(routes.find(number), None, "{number}");
        }
    }

    #[test]
    fn prefix_without_plus_serves_numbers_with_and_without_it() {
        let routes = routes(&["+49", "4930", "+4930", "1", ""]);
        assert_eq!(routes.find("+4930123").unwrap(), "+4930");
        assert_eq!(routes.find("4930123").unwrap(), "4930");
        assert_eq!(routes.find("+4989").unwrap(), "+49");
        assert_eq!(routes.find("+1720").unwrap(), "1");
        assert_eq!(routes.find("4989").unwrap(), "");
        let routes = self::routes(&["+49", "4930"]);
        assert_eq!(routes.find("+4930123").unwrap(), "4930");
        assert_eq!(routes.find("4989"), None);
    }

    #[test]
    fn empty_prefix_is_the_default() {
        let routes = routes(&["", "110"]);
        assert_eq!(routes.longest("112"), Some((0, &String::new())));
        assert_eq!(routes.longest("110"), Some((3, &"110".to_owned())));
        assert_eq!(routes.len(), 2);
        assert_eq!(routes.targets().count(), 2);
    }

    #[test]
    fn separators_count_for_nothing_and_letters_have_no_case() {
        let mut routes = routes(&["+49 (30) 12-3", "d0"]);
        assert_eq!(routes.find("+49301234").unwrap(), "+49 (30) 12-3");
        assert_eq!(routes.find("D01").unwrap(), "d0");
        assert_eq!(
            routes.insert("+49.30123", String::new()),
            Err(RouteError::Duplicate("+49.30123".to_owned()))
        );
    }

    #[test]
    fn refuses_what_no_number_begins_with() {
        let mut routes = Routes::new();
        for (prefix, found) in [("49+", '+'), ("sip", 'S'), ("4é", 'é')] {
            assert_eq!(
                routes.insert(prefix, ()),
                Err(RouteError::Character {
                    prefix: prefix.to_owned(),
                    found
                })
            );
        }
        let long = "1".repeat(MAX_PREFIX + 1);
        assert_eq!(
            routes.insert(&long, ()),
            Err(RouteError::TooLong(long.clone()))
        );
        assert!(routes.is_empty());
    }

    proptest! {
        #[test]
        fn agrees_with_trying_every_prefix(
            prefixes in proptest::collection::btree_set("[0-3]{0,4}", 0..20),
            number in "[0-3]{0,8}",
        ) {
            let prefixes: Vec<&str> = prefixes.iter().map(String::as_str).collect();
            let expected = prefixes.iter().filter(|p| number.starts_with(**p)).max_by_key(|p| p.len());
            let routes = routes(&prefixes);
            prop_assert_eq!(routes.find(&number).map(String::as_str), expected.copied());
        }
    }
}
