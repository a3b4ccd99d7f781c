//! Variants of ISUP from files: what is different from another variant, in YAML.
//!
//! `config/variant.example.yaml` shows every key. The texts of a file are leaked, since tables of
//! variants live as long as the process and all that is read by them refers to them: a file is
//! read once, when the program starts.

use super::problem::{Check, Problem, Problems};
use serde::Deserialize;
use serde_saphyr::Spanned;
use std::path::Path;
use trunkline_isup::{
    Coding, Delta, DeltaError, MessageRow, MessageType, ParameterCode, ParameterRow,
    PointCodeFormat, Variant,
};
use trunkline_model::Cic;

/// Reads a file and applies it to its base, which must be a variant that comes with the program.
///
/// # Errors
/// What is wrong, each on its line, with the key.
pub(crate) fn load(path: &Path) -> Result<&'static Variant, String> {
    let known: Vec<_> = Variant::all().collect();
    read_file(path, &known).map_err(|problems| problems.to_string())
}

/// The variants that come with the program, then those of the files, in whose order one may be the
/// base of the next.
pub(super) fn all(check: &mut Check, files: &[Spanned<String>]) -> Vec<&'static Variant> {
    let mut known: Vec<_> = Variant::all().collect();
    for (position, file) in files.iter().enumerate() {
        let path = check.folder().join(&file.value);
        match read_file(&path, &known) {
            Ok(variant) => known.push(variant),
            Err(problems) => check.at(file, format!("variants[{position}]"), problems),
        }
    }
    known
}

/// The variant of a trunk group, `itu` if none is named, whose point codes are written as those of
/// the file. `name` is where the trunk group begins.
pub(super) fn of_group(
    check: &mut Check,
    text: Option<&Spanned<String>>,
    key: &str,
    known: &[&'static Variant],
    format: PointCodeFormat,
    name: &Spanned<String>,
) -> Option<&'static Variant> {
    let variant = match text {
        Some(text) => {
            let words: Vec<_> = known
                .iter()
                .map(|variant| (variant.name(), *variant))
                .collect();
            check.choose(text, key, &words)?
        }
        None => Variant::itu(),
    };
    let text = text.unwrap_or(name);
    if variant.cic_max() > u32::from(Cic::MAX) {
        check.at(
            text,
            key,
            format_args!("{} has no circuits", variant.name()),
        );
        return None;
    }
    if variant.point_code() != format {
        let what = format!(
            "point codes of {} have {} bits, not {format}: say so in signaling.point_code_format",
            variant.name(),
            variant.point_code()
        );
        check.at(text, key, what);
        return None;
    }
    Some(variant)
}

fn read_file(path: &Path, known: &[&'static Variant]) -> Result<&'static Variant, Problems> {
    match std::fs::read_to_string(path) {
        Ok(text) => read(path, &text, known),
        Err(error) => Err(Problems {
            file: path.to_owned(),
            list: vec![Problem {
                line: 0,
                key: String::new(),
                what: format!("cannot be read: {error}"),
            }],
        }),
    }
}

/// Checks the text of a file and makes the variant.
fn read(path: &Path, text: &str, known: &[&'static Variant]) -> Result<&'static Variant, Problems> {
    let mut check = Check::new(path);
    let variant = super::shape::<Raw>(&mut check, text).and_then(|raw| {
        Reading {
            check: &mut check,
            known,
        }
        .variant(&raw)
    });
    check.finish(variant)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    name: Spanned<String>,
    title: Spanned<String>,
    clause: Spanned<String>,
    base: Option<Spanned<String>>,
    cic_bits: Option<Spanned<u8>>,
    point_code: Option<Spanned<String>>,
    #[serde(default)]
    messages: Vec<RawMessage>,
    #[serde(default)]
    without_messages: Vec<Spanned<String>>,
    #[serde(default)]
    parameters: Vec<RawParameter>,
    #[serde(default)]
    without_parameters: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMessage {
    code: Spanned<u8>,
    acronym: Spanned<String>,
    name: Spanned<String>,
    clause: Option<Spanned<String>>,
    #[serde(default)]
    fixed: Vec<RawFixed>,
    #[serde(default)]
    variable: Vec<Spanned<String>>,
    /// Without it the message has no optional part.
    optional: Option<Vec<Spanned<String>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFixed {
    parameter: Spanned<String>,
    octets: Spanned<u8>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParameter {
    code: Spanned<u8>,
    name: Spanned<String>,
    clause: Option<Spanned<String>>,
    coding: Option<Spanned<String>>,
}

/// What `coding` says of a parameter whose contents are not looked into.
const OCTETS: &str = "octets";

struct Reading<'a> {
    check: &'a mut Check,
    known: &'a [&'static Variant],
}

impl Reading<'_> {
    fn variant(mut self, raw: &Raw) -> Option<&'static Variant> {
        let name = raw.name.value.as_str();
        if name.is_empty() || name.contains(char::is_whitespace) {
            let what = format!("{name:?} is no name: expected one word, as ansi-acme");
            self.check.at(&raw.name, "name", what);
        }
        if self.known.iter().any(|variant| variant.name() == name) {
            self.check.at(
                &raw.name,
                "name",
                format_args!("another variant is called {name:?}"),
            );
        }
        let base = self.base(raw.base.as_ref())?;
        let point_code = raw.point_code.as_ref().map(|text| {
            let expected = "a format of point codes, as 3-8-3, 5-4-7 or 8-8-8";
            self.check
                .parse::<PointCodeFormat>(text, "point_code", expected)
        });
        let without_messages = self.each(&raw.without_messages, "without_messages", |text| {
            message(base, text).ok_or_else(|| {
                format!(
                    "{text:?} is no message of {}, neither its acronym nor its code",
                    base.name()
                )
            })
        });
        let without_parameters = self.each(&raw.without_parameters, "without_parameters", |text| {
            parameter(base, &[], text).ok_or_else(|| {
                format!(
                    "{text:?} is no parameter of {}, neither its name nor its code",
                    base.name()
                )
            })
        });
        let parameters: Vec<_> = raw
            .parameters
            .iter()
            .enumerate()
            .map(|(position, raw_parameter)| {
                self.parameter(
                    raw_parameter,
                    &raw.clause,
                    base,
                    &format!("parameters[{position}]"),
                )
            })
            .collect();
        let parameters = parameters.into_iter().collect::<Option<Vec<_>>>()?;
        let messages: Vec<_> = raw
            .messages
            .iter()
            .enumerate()
            .map(|(position, raw_message)| {
                let key = format!("messages[{position}]");
                self.message(raw_message, &raw.clause, base, &parameters, &key)
            })
            .collect();
        let delta = Delta {
            name: leak(&raw.name),
            title: leak(&raw.title),
            clause: leak(&raw.clause),
            base: base.name(),
            cic_bits: raw.cic_bits.as_ref().map(|bits| bits.value),
            point_code: match point_code {
                Some(format) => Some(format?),
                None => None,
            },
            messages: Vec::leak(messages.into_iter().collect::<Option<_>>()?),
            without_messages: Vec::leak(without_messages?),
            parameters: Vec::leak(parameters),
            without_parameters: Vec::leak(without_parameters?),
        };
        match base.derive(&delta) {
            Ok(variant) => Some(variant),
            Err(error) => {
                let (line, key) = place(raw, error);
                self.check.problem(line, key, error);
                None
            }
        }
    }

    fn base(&mut self, text: Option<&Spanned<String>>) -> Option<&'static Variant> {
        let Some(text) = text else {
            return Some(Variant::itu());
        };
        let words: Vec<_> = self
            .known
            .iter()
            .map(|variant| (variant.name(), *variant))
            .collect();
        self.check.choose(text, "base", &words)
    }

    fn message(
        &mut self,
        raw: &RawMessage,
        clause: &Spanned<String>,
        base: &Variant,
        parameters: &[ParameterRow],
        key: &str,
    ) -> Option<MessageRow> {
        let find = |text: &str| {
            parameter(base, parameters, text).ok_or_else(|| {
                format!(
                    "no parameter of this variant or of {} is called {text:?}",
                    base.name()
                )
            })
        };
        let fixed: Vec<_> = raw
            .fixed
            .iter()
            .map(|fixed| fixed.parameter.clone())
            .collect();
        let fixed = self.each(&fixed, &format!("{key}.fixed"), find);
        let variable = self.each(&raw.variable, &format!("{key}.variable"), find);
        let optional = raw.optional.as_deref().unwrap_or_default();
        let optional = self.each(optional, &format!("{key}.optional"), find);
        let none = raw
            .fixed
            .iter()
            .enumerate()
            .find(|(_, fixed)| fixed.octets.value == 0);
        if let Some((position, fixed)) = none {
            let what = "expected 1 or more: a mandatory parameter is never left out";
            self.check.at(
                &fixed.octets,
                format!("{key}.fixed[{position}].octets"),
                what,
            );
            return None;
        }
        let octets = raw
            .fixed
            .iter()
            .map(|fixed| usize::from(fixed.octets.value));
        Some(MessageRow {
            message_type: MessageType::from_code(raw.code.value),
            acronym: leak(&raw.acronym),
            name: leak(&raw.name),
            fixed: Vec::leak(fixed?.into_iter().zip(octets).collect()),
            variable: Vec::leak(variable?),
            has_optional_part: raw.optional.is_some(),
            optional: Vec::leak(optional?),
            clause: leak(raw.clause.as_ref().unwrap_or(clause)),
        })
    }

    fn parameter(
        &mut self,
        raw: &RawParameter,
        clause: &Spanned<String>,
        base: &Variant,
        key: &str,
    ) -> Option<ParameterRow> {
        let coding = match &raw.coding {
            None => None,
            Some(text) if text.value == OCTETS => None,
            Some(text) => {
                let coding = coding(base, &text.value);
                if coding.is_none() {
                    let what = format!(
                        "{:?} is neither {OCTETS:?} nor a parameter of {} whose coding is known",
                        text.value,
                        base.name()
                    );
                    self.check.at(text, format!("{key}.coding"), what);
                    return None;
                }
                coding
            }
        };
        Some(ParameterRow {
            code: ParameterCode(raw.code.value),
            name: leak(&raw.name),
            clause: leak(raw.clause.as_ref().unwrap_or(clause)),
            coding,
        })
    }

    /// Looks each text up; notes those that are not found.
    fn each<T>(
        &mut self,
        texts: &[Spanned<String>],
        key: &str,
        find: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let mut all = Vec::with_capacity(texts.len());
        for (position, text) in texts.iter().enumerate() {
            match find(&text.value) {
                Ok(found) => all.push(found),
                Err(what) => self.check.at(text, format!("{key}[{position}]"), what),
            }
        }
        (all.len() == texts.len()).then_some(all)
    }
}

/// The type of the message of that acronym or code.
fn message(base: &Variant, text: &str) -> Option<u8> {
    let by_name = base.messages().find(|row| row.acronym == text);
    let by_code = || number(text).filter(|code| base.message(*code).is_some());
    by_name.map(|row| row.message_type.code()).or_else(by_code)
}

/// The code of the parameter of that name or code, those of the file before those of the base.
fn parameter(base: &Variant, own: &[ParameterRow], text: &str) -> Option<ParameterCode> {
    let code = number(text).map(ParameterCode);
    let mut rows = own.iter().chain(base.parameters());
    rows.find(|row| row.name == text || Some(row.code) == code)
        .map(|row| row.code)
}

/// The coding of a parameter of the base, by its name; or a type of any variant, by its own.
fn coding(base: &Variant, text: &str) -> Option<Coding> {
    let of_base = base.parameters().find(|row| row.name == text);
    of_base.and_then(|row| row.coding).or_else(|| {
        let rows = Variant::all().flat_map(Variant::parameters);
        rows.filter_map(|row| row.coding)
            .find(|coding| coding.name == text)
    })
}

/// A code, decimal or as 0x1f.
fn number(text: &str) -> Option<u8> {
    match text.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn leak(text: &Spanned<String>) -> &'static str {
    String::leak(text.value.clone())
}

/// Where in the file stands what cannot be.
fn place(raw: &Raw, error: DeltaError) -> (u64, String) {
    let of_message = |acronym: &str| {
        let found = raw
            .messages
            .iter()
            .position(|message| message.acronym.value == acronym);
        let line = found.and_then(|position| raw.messages.get(position));
        match (found, line) {
            (Some(position), Some(message)) => (
                message.acronym.referenced.line(),
                format!("messages[{position}]"),
            ),
            // A message of the base that needs what was taken away.
            _ => {
                let line = raw
                    .without_parameters
                    .first()
                    .map_or(0, |text| text.referenced.line());
                (line, "without_parameters".to_owned())
            }
        }
    };
    match error {
        DeltaError::CicBits { .. } => (
            raw.cic_bits
                .as_ref()
                .map_or(0, |bits| bits.referenced.line()),
            "cic_bits".to_owned(),
        ),
        DeltaError::TooManyMandatory { message, .. }
        | DeltaError::NoLength { message, .. }
        | DeltaError::NoSuchParameter { message, .. }
        | DeltaError::AcronymTwice { message } => of_message(message),
        DeltaError::MessageTwice { code } => last(
            raw.messages.iter().map(|message| &message.code),
            code,
            "messages",
        ),
        DeltaError::ParameterTwice { code } => last(
            raw.parameters.iter().map(|parameter| &parameter.code),
            code,
            "parameters",
        ),
        DeltaError::EndOfOptionalParameters => last(
            raw.parameters.iter().map(|parameter| &parameter.code),
            0,
            "parameters",
        ),
    }
}

/// The last place of a code in a list.
fn last<'a>(codes: impl Iterator<Item = &'a Spanned<u8>>, code: u8, list: &str) -> (u64, String) {
    let found = codes
        .enumerate()
        .filter(|(_, other)| other.value == code)
        .last();
    found.map_or((0, list.to_owned()), |(position, code)| {
        (code.referenced.line(), format!("{list}[{position}].code"))
    })
}

#[cfg(test)]
mod tests;
