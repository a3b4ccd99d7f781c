//! Ordered rewriting rules: a regular expression and what to put in its place.

use regex::{Captures, Regex, RegexBuilder};

/// One rule as an operator writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// A regular expression, searched for anywhere in the address; anchor it with `^` and `$` to
    /// match the whole.
    pub pattern: String,
    /// What the whole address becomes. `$1` to `$9`, or `${1}` to `${9}`, stand for what the groups
    /// matched; a group that the pattern does not have stays as it is written.
    pub output: String,
}

/// Rules in order; the first one whose pattern is found decides.
#[derive(Clone, Debug, Default)]
pub struct Rules(Vec<Compiled>);

#[derive(Clone, Debug)]
struct Compiled {
    pattern: Regex,
    output: Vec<Piece>,
}

/// The output of a rule, taken apart once.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Group(usize),
}

/// Why a rule cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rule {number}: pattern {pattern:?}: {reason}")]
pub struct RuleError {
    /// The position of the rule, the first being 1.
    pub number: usize,
    /// Its pattern.
    pub pattern: String,
    /// What is wrong with it, in one line.
    pub reason: String,
}

impl Rules {
    /// Compiles rules.
    ///
    /// # Errors
    /// The first rule whose pattern is no regular expression, or one too large to compile.
    pub fn new(rules: Vec<Rule>) -> Result<Self, RuleError> {
        rules
            .into_iter()
            .enumerate()
            .map(|(index, rule)| compile(index + 1, rule))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// What the address becomes by the first rule whose pattern is found in it, or `None` if no
    /// rule applies.
    ///
    /// The whole address is replaced, so what the pattern left unmatched is dropped. Matched text
    /// is inserted as it is: a `$2` that a caller dialled is never taken for a group.
    pub fn translate(&self, address: &str) -> Option<String> {
        self.0.iter().find_map(|rule| {
            let captures = rule.pattern.captures(address)?;
            Some(expand(&rule.output, &captures))
        })
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no rule, so that nothing is ever translated.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn compile(number: usize, rule: Rule) -> Result<Compiled, RuleError> {
    let pattern = RegexBuilder::new(&rule.pattern)
        .size_limit(PATTERN_SIZE_LIMIT)
        .build()
        .map_err(|error| {
            // The regex crate draws the pattern over several lines; the last one says what is wrong.
            let reason = error.to_string();
            let reason = reason.lines().next_back().unwrap_or_default();
            RuleError {
                number,
                reason: reason.trim_start_matches("error: ").to_owned(),
                pattern: rule.pattern.clone(),
            }
        })?;
    let output = parse_output(&rule.output, pattern.captures_len());
    Ok(Compiled { pattern, output })
}

fn parse_output(output: &str, groups: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = output;
    while let Some(character) = rest.chars().next() {
        match group_reference(rest) {
            Some((group, length)) if group < groups => {
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                pieces.push(Piece::Group(group));
                rest = &rest[length..];
            }
            _ => {
                literal.push(character);
                rest = &rest[character.len_utf8()..];
            }
        }
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    pieces
}

/// The group that `text` begins with a reference to, and the length of the reference.
fn group_reference(text: &str) -> Option<(usize, usize)> {
    match *text.as_bytes() {
        [b'$', digit @ b'1'..=b'9', ..] => Some((usize::from(digit - b'0'), 2)),
        [b'$', b'{', digit @ b'1'..=b'9', b'}', ..] => Some((usize::from(digit - b'0'), 4)),
        _ => None,
    }
}

fn expand(output: &[Piece], captures: &Captures<'_>) -> String {
    let mut text = String::new();
    for piece in output {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            // A group that took no part in the match stands for nothing.
            Piece::Group(group) => text.push_str(captures.get(*group).map_or("", |m| m.as_str())),
        }
    }
    text
}

/// Octets that one compiled pattern may take.
const PATTERN_SIZE_LIMIT: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules(rules: &[(&str, &str)]) -> Rules {
        let rule = |&(pattern, output): &(&str, &str)| Rule {
            pattern: pattern.to_owned(),
            output: output.to_owned(),
        };
        Rules::new(rules.iter().map(rule).collect()).unwrap()
    }

    #[test]
    fn first_pattern_found_decides() {
        let rules = rules(&[
            ("^(sip:.*)$", "$1"),
            ("^00([1-9].*)$", "+$1"),
            ("^0([1-9].*)$", "+49$1"),
            ("^(.*)$", "sip:$1@sip.example.net"),
        ]);
        let translated = |address| rules.translate(address).unwrap();
        assert_eq!(translated("sip:scott@example.net"), "sip:scott@example.net");
        assert_eq!(translated("004930123"), "+4930123");
        assert_eq!(translated("030123"), "+4930123");
        assert_eq!(translated("scott"), "sip:scott@sip.example.net");
    }

    #[test]
    fn pattern_is_searched_and_the_whole_replaced() {
        assert_eq!(
            rules(&[("9(1+)", "<$1>")]).translate("x9111y").as_deref(),
            Some("<111>")
        );
        assert_eq!(rules(&[("^9", "x")]).translate("19"), None);
        assert_eq!(rules(&[]).translate("1"), None);
    }

    #[test]
    fn reference_has_one_digit_and_must_exist() {
        assert_eq!(
            rules(&[("^(1)(2)$", "$10-${2}0")]).translate("12").unwrap(),
            "10-20"
        );
        assert_eq!(
            rules(&[("^(1)$", "$0 $2 $ ${x} $1")])
                .translate("1")
                .unwrap(),
            "$0 $2 $ ${x} 1"
        );
        assert_eq!(rules(&[("^(a)?b$", "[$1]")]).translate("b").unwrap(), "[]");
    }

    #[test]
    fn dialled_text_is_never_expanded() {
        assert_eq!(
            rules(&[("^(.*)x(.*)$", "$1,$2")])
                .translate("$2xy")
                .unwrap(),
            "$2,y"
        );
    }

    #[test]
    fn bad_pattern_is_named() {
        let rule = |pattern: &str| Rule {
            pattern: pattern.to_owned(),
            output: String::new(),
        };
        let error = Rules::new(vec![rule("a"), rule("(b")]).unwrap_err();
        assert_eq!(error.number, 2);
        assert_eq!(error.to_string(), "rule 2: pattern \"(b\": unclosed group");
        assert!(Rules::new(vec![rule("(?:a{1000}){1000}")]).is_err());
    }

    proptest! {
        #[test]
        fn pass_through_returns_any_address(address in "[^\n]*", output in "\\PC*") {
            prop_assert_eq!(rules(&[("^(.*)$", "$1")]).translate(&address), Some(address.clone()));
            // Whatever the output says, it neither panics nor refuses.
            prop_assert!(rules(&[("", &output)]).translate(&address).is_some());
        }
    }
}
