//! Who has which number.

use crate::number::{Fit, Numbering, Pattern, PatternError};
use crate::sound::Sound;
use crate::subscriber::{
    AlertingBy, Announces, Answers, Behaviour, ClearBack, Connects, InBandBy, NoAnswer,
    RingsInBand, Talk,
};
use serde::Deserialize;

/// A subscriber, or a range of them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubscriberConfig {
    /// The number or numbers.
    pub number: Pattern,
    /// What happens when somebody calls there.
    pub does: Behaviour,
}

/// The subscribers of an exchange, in order: the first whose number it is, is called.
#[derive(Clone, Debug)]
pub struct Directory {
    entries: Vec<SubscriberConfig>,
    numbering: Numbering,
}

/// What a called number is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Found {
    /// A subscriber's.
    Subscriber(Behaviour),
    /// Not complete: more digits could make it one (overlap sending, Q.764 2.1.3).
    Incomplete,
    /// Nobody's.
    Nobody,
}

impl Directory {
    /// A directory.
    pub const fn new(entries: Vec<SubscriberConfig>, numbering: Numbering) -> Self {
        Self { entries, numbering }
    }

    /// The subscribers of [`DEFAULT_SUBSCRIBERS`], in Berlin.
    ///
    /// # Errors
    /// None: a test reads the whole table. The type lets callers use `?` beside
    /// their own patterns.
    pub fn with_default_subscribers() -> Result<Self, PatternError> {
        let entries = DEFAULT_SUBSCRIBERS
            .iter()
            .map(|entry| {
                Ok(SubscriberConfig {
                    number: entry.number.parse()?,
                    does: entry.does,
                })
            })
            .collect::<Result<_, PatternError>>()?;
        Ok(Self::new(entries, Numbering::default()))
    }

    /// Puts a subscriber before all others.
    pub fn insert(&mut self, entry: SubscriberConfig) {
        self.entries.insert(0, entry);
    }

    /// Looks up international digits. `complete` says that no more digits will come (ST).
    pub fn find(&self, digits: &str, complete: bool) -> Found {
        let mut found = Found::Nobody;
        for entry in &self.entries {
            match entry.number.fit(digits) {
                Fit::Whole => return Found::Subscriber(entry.does),
                Fit::Part if !complete => found = Found::Incomplete,
                Fit::Part | Fit::No => {}
            }
        }
        found
    }

    /// How numbers are read here.
    pub const fn numbering(&self) -> &Numbering {
        &self.numbering
    }
}

/// A line of [`DEFAULT_SUBSCRIBERS`].
#[derive(Clone, Copy, Debug)]
pub struct DefaultSubscriber {
    /// The number pattern, see [`Pattern`].
    pub number: &'static str,
    /// What happens there.
    pub does: Behaviour,
    /// The same in words.
    pub about: &'static str,
}

const fn entry(number: &'static str, does: Behaviour, about: &'static str) -> DefaultSubscriber {
    DefaultSubscriber {
        number,
        does,
        about,
    }
}

/// The subscribers that the exchange has unless told otherwise. +49 30 23125 000 to 999 are
/// numbers for films and books: nobody has them (Bundesnetzagentur, "Drama numbers"). Whatever
/// is not listed is unallocated.
pub const DEFAULT_SUBSCRIBERS: &[DefaultSubscriber] = &[
    entry(
        "+493023125100",
        Behaviour::Answers(Answers::USUAL),
        "rings, answers after 2 s, plays 1004 Hz at -10 dBm0",
    ),
    entry(
        "+493023125101",
        Behaviour::Answers(Answers {
            talk: SPEAKS,
            ..Answers::USUAL
        }),
        "rings, answers after 2 s, speaks",
    ),
    entry(
        "+493023125102",
        Behaviour::Connects(Connects::USUAL),
        "answers without ringing (CON), plays 1004 Hz",
    ),
    entry(
        "+493023125103",
        Behaviour::RingsInBand(RingsInBand::USUAL),
        "ringing tone in-band (ACM), answers after 2 s, plays 1004 Hz",
    ),
    entry(
        "+493023125104",
        Behaviour::RingsInBand(RingsInBand {
            by: InBandBy::Cpg,
            ..RingsInBand::USUAL
        }),
        "ringing tone in-band (ACM, CPG), answers after 2 s, plays 1004 Hz",
    ),
    entry(
        "+493023125105",
        Behaviour::Answers(Answers {
            alerting_by: AlertingBy::Cpg,
            ..Answers::USUAL
        }),
        "ACM without indication, CPG alerting, answers after 2 s, plays 1004 Hz",
    ),
    entry(
        "+493023125106",
        Behaviour::Answers(Answers {
            answer_after_ms: 1_000,
            talk: HANGS_UP,
            ..Answers::USUAL
        }),
        "answers after 1 s, plays 1004 Hz, hangs up after 5 s",
    ),
    entry(
        "+493023125107",
        Behaviour::Answers(Answers {
            answer_after_ms: 1_000,
            talk: Talk {
                clear_back: Some(ClearBack {
                    for_ms: 2_000,
                    returns: false,
                }),
                ..HANGS_UP
            },
            ..Answers::USUAL
        }),
        "answers after 1 s, clears back (SUS) after 5 s, REL 2 s later",
    ),
    entry(
        "+493023125108",
        Behaviour::Answers(Answers {
            answer_after_ms: 1_000,
            talk: Talk {
                clear_back: Some(ClearBack {
                    for_ms: 2_000,
                    returns: true,
                }),
                ..HANGS_UP
            },
            ..Answers::USUAL
        }),
        "answers after 1 s, clears back (SUS) after 5 s, picks up again (RES) 2 s later",
    ),
    entry(
        "+493023125109",
        Behaviour::Announces(Announces::USUAL),
        "announcement in-band before answer for 4 s, then REL 1",
    ),
    entry(
        "+493023125110",
        Behaviour::Answers(Answers {
            ring_after_ms: 20,
            answer_after_ms: 100,
            ..Answers::USUAL
        }),
        "answers after 100 ms, plays 1004 Hz: for load",
    ),
    entry(
        "+493023125117",
        Behaviour::Busy,
        "busy: REL 17, location user",
    ),
    entry(
        "+493023125118",
        Behaviour::Ignores,
        "no message at all: T7 of the calling side ends the call",
    ),
    entry(
        "+493023125119",
        Behaviour::NoAnswer(NoAnswer::USUAL),
        "rings and never answers: T9 of the calling side ends the call",
    ),
    entry(
        "+493023125121",
        Behaviour::Rejects,
        "rejects: REL 21, location user",
    ),
    entry(
        "+493023125199",
        Behaviour::Random,
        "any of these, as the seed decides",
    ),
    entry(
        "+4930231250xx",
        Behaviour::CauseByDigits { over: 0 },
        "REL with cause xx: 01 is unallocated, 34 no circuit",
    ),
    entry(
        "+4930231252xx",
        Behaviour::CauseByDigits { over: 100 },
        "REL with cause 100 + xx",
    ),
];

const SPEAKS: Talk = Talk {
    plays: Sound::Speech,
    ..Talk::USUAL
};
const HANGS_UP: Talk = Talk {
    hangs_up_after_ms: Some(5_000),
    ..Talk::USUAL
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_subscriber_is_found_by_its_number() {
        let directory = Directory::with_default_subscribers().unwrap();
        for entry in DEFAULT_SUBSCRIBERS {
            let digits = entry.number.trim_start_matches('+').replace('x', "7");
            assert_eq!(
                directory.find(&digits, true),
                Found::Subscriber(entry.does),
                "{digits}"
            );
        }
    }

    #[test]
    fn numbers_in_pieces_are_told_from_wrong_ones() {
        let directory = Directory::with_default_subscribers().unwrap();
        assert_eq!(directory.find("4930231251", false), Found::Incomplete);
        assert_eq!(directory.find("4930231251", true), Found::Nobody);
        assert_eq!(directory.find("493023125999", false), Found::Nobody);
        assert_eq!(directory.find("43", false), Found::Nobody);
    }

    #[test]
    fn subscribers_are_read_from_yaml() {
        let text = r#"
- number: "+49 30 9001-xxx"
  does: busy
- number: "+49309002000"
  does:
    answers:
      answer_after_ms: 500
      alerting_by: cpg
      talk: { plays: speech, hangs_up_after_ms: 3000, clear_back: { for_ms: 100 } }
- number: "4930*"
  does:
    rings_in_band: { by: cpg, talk: { plays: { tone: { hz: 1000 } } } }
- number: "43*"
  does:
    refuses: { cause: 3 }
"#;
        let entries: Vec<SubscriberConfig> = serde_saphyr::from_str(text).unwrap();
        let directory = Directory::new(entries, Numbering::default());
        assert_eq!(
            directory.find("49309001000", false),
            Found::Subscriber(Behaviour::Busy)
        );
        assert_eq!(
            directory.find("49309002000", false),
            Found::Subscriber(Behaviour::Answers(Answers {
                answer_after_ms: 500,
                alerting_by: AlertingBy::Cpg,
                talk: Talk {
                    plays: Sound::Speech,
                    hangs_up_after_ms: Some(3_000),
                    clear_back: Some(ClearBack {
                        for_ms: 100,
                        returns: false
                    }),
                },
                ..Answers::USUAL
            }))
        );
        let Found::Subscriber(Behaviour::RingsInBand(rings)) = directory.find("49301", false)
        else {
            panic!("not the third entry")
        };
        assert_eq!(
            rings.talk.plays,
            Sound::Tone {
                hz: 1_000.0,
                dbm0: -10.0
            }
        );

        for (wrong, key) in [
            ("- { number: \"49#\", does: busy }", "49#"),
            ("- { number: \"49\", does: bussy }", "bussy"),
            (
                "- { number: \"49\", does: { answers: { after: 1 } } }",
                "after",
            ),
        ] {
            let error = serde_saphyr::from_str::<Vec<SubscriberConfig>>(wrong).unwrap_err();
            assert!(error.to_string().contains(key), "{error}");
        }
    }
}
