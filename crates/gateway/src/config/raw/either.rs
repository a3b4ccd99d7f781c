//! Values that may be written in a short and in a long form.

use core::fmt;
use core::marker::PhantomData;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

/// One text, or a list of texts.
#[derive(Debug)]
pub(in crate::config) enum OneOrMany {
    One(String),
    Many(Vec<Spanned<String>>),
}

/// One value, or a mapping that says more.
#[derive(Debug)]
pub(in crate::config) enum ScalarOr<T> {
    Scalar(String),
    Full(T),
}

/// The texts with their lines and keys.
pub(in crate::config) fn each(
    list: &Spanned<OneOrMany>,
    key: &str,
) -> Vec<(Spanned<String>, String)> {
    match &list.value {
        OneOrMany::One(text) => vec![(at(list, text), key.to_owned())],
        OneOrMany::Many(texts) => texts
            .iter()
            .enumerate()
            .map(|(position, text)| (text.clone(), format!("{key}[{position}]")))
            .collect(),
    }
}

/// A text that stands where that value does.
pub(in crate::config) fn at<T>(value: &Spanned<T>, text: &str) -> Spanned<String> {
    Spanned::new(text.to_owned(), value.referenced, value.defined)
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one text, or a list of texts")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMany, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element()? {
                    texts.push(text);
                }
                Ok(OneOrMany::Many(texts))
            }
        }
        deserializer.deserialize_any(Texts)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ScalarOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = ScalarOr<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one value, or a mapping")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<ScalarOr<T>, E> {
                Ok(ScalarOr::Scalar(text.to_owned()))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<ScalarOr<T>, E> {
                Ok(ScalarOr::Scalar(number.to_string()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<ScalarOr<T>, E> {
                Ok(ScalarOr::Scalar(number.to_string()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ScalarOr<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(ScalarOr::Full)
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}
