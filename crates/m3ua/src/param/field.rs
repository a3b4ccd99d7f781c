//! How the fields of messages are read from parameters and written to them.

use super::{
    AffectedPointCode, DeregistrationStatus, ErrorCode, InfoString, Reader, RegistrationStatus,
    Status, Tag, TrafficMode, Writer,
};
use crate::error::DecodeError;
use crate::message_type::ParameterList;
use trunkline_model::PointCode;

/// A type that fields of messages have. It says how often the parameter is there: an `Option`
/// once at most, a list of numbers not at all if it is empty, all others once.
pub(crate) trait Field: Sized {
    fn read(reader: &Reader<'_>, tag: Tag) -> Result<Self, DecodeError>;

    fn write(&self, writer: &mut Writer, tag: Tag);
}

/// What is made of parameters and is a parameter itself.
pub(crate) trait Nested: Sized {
    /// What it may hold.
    const PARAMETERS: &'static ParameterList;

    /// From the reader of the parameters inside.
    fn read(reader: &Reader<'_>) -> Result<Self, DecodeError>;

    fn write(&self, writer: &mut Writer);
}

/// Structs of one shape, each field a parameter, written in the order of the fields.
macro_rules! fields {
    ($($(#[$attribute:meta])* $type:ident)+ = $fields:tt) => {
        $($crate::param::field::fields! { @one [$(#[$attribute])*] $type $fields })+
    };
    (@one [$(#[$attribute:meta])*] $type:ident {
        $($(#[$doc:meta])* $field:ident: $kind:ty = $tag:ident,)+
    }) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $type {
            $($(#[$doc])* pub $field: $kind,)+
        }

        impl $type {
            pub(crate) fn read(
                reader: &$crate::param::Reader<'_>,
            ) -> Result<Self, $crate::error::DecodeError> {
                Ok(Self {
                    $($field: $crate::param::Field::read(reader, $crate::param::Tag::$tag)?,)+
                })
            }

            pub(crate) fn write(&self, writer: &mut $crate::param::Writer) {
                $($crate::param::Field::write(&self.$field, writer, $crate::param::Tag::$tag);)+
            }
        }
    };
}
pub(crate) use fields;

impl Field for u32 {
    fn read(reader: &Reader<'_>, tag: Tag) -> Result<Self, DecodeError> {
        reader.u32_of(tag, reader.required(tag)?)
    }

    fn write(&self, writer: &mut Writer, tag: Tag) {
        writer.u32(tag, *self);
    }
}

impl Field for Option<u32> {
    fn read(reader: &Reader<'_>, tag: Tag) -> Result<Self, DecodeError> {
        let value = reader.value(tag);
        value.map(|value| reader.u32_of(tag, value)).transpose()
    }

    fn write(&self, writer: &mut Writer, tag: Tag) {
        if let Some(value) = *self {
            writer.u32(tag, value);
        }
    }
}

impl Field for Vec<u32> {
    fn read(reader: &Reader<'_>, tag: Tag) -> Result<Self, DecodeError> {
        let value = reader.value(tag);
        value.map_or(Ok(Self::new()), |value| {
            reader.words(tag, value, |word| word)
        })
    }

    fn write(&self, writer: &mut Writer, tag: Tag) {
        writer.words(tag, self.iter().copied());
    }
}

impl Field for Vec<AffectedPointCode> {
    fn read(reader: &Reader<'_>, tag: Tag) -> Result<Self, DecodeError> {
        let value = reader.value(tag);
        value.map_or(Ok(Self::new()), |value| {
            reader.words(tag, value, AffectedPointCode::from_value)
        })
    }

    fn write(&self, writer: &mut Writer, tag: Tag) {
        writer.words(tag, self.iter().map(|code| code.value()));
    }
}

impl Field for Option<Vec<u8>> {
    fn read(reader: &Reader<'_>, tag: Tag) -> Result<Self, DecodeError> {
        Ok(reader.value(tag).map(|value| value.octets.to_vec()))
    }

    fn write(&self, writer: &mut Writer, tag: Tag) {
        if let Some(octets) = self {
            writer.octets(tag, octets);
        }
    }
}

impl Field for Option<InfoString> {
    fn read(reader: &Reader<'_>, tag: Tag) -> Result<Self, DecodeError> {
        let value = reader.value(tag);
        Ok(value.map(|value| InfoString::from_wire(value.octets)))
    }

    fn write(&self, writer: &mut Writer, tag: Tag) {
        if let Some(info) = self {
            writer.octets(tag, info.as_bytes());
        }
    }
}

/// A point code after a reserved octet (RFC 4666 3.4.4).
impl Field for Option<PointCode> {
    fn read(reader: &Reader<'_>, tag: Tag) -> Result<Self, DecodeError> {
        let word = Option::<u32>::read(reader, tag)?;
        Ok(word.and_then(|word| PointCode::new(word & PointCode::MAX)))
    }

    fn write(&self, writer: &mut Writer, tag: Tag) {
        self.map(PointCode::value).write(writer, tag);
    }
}

/// An octet after three reserved ones (RFC 4666 3.4.4).
impl Field for Option<u8> {
    fn read(reader: &Reader<'_>, tag: Tag) -> Result<Self, DecodeError> {
        Ok(Option::<u32>::read(reader, tag)?.map(|word| word as u8))
    }

    fn write(&self, writer: &mut Writer, tag: Tag) {
        self.map(u32::from).write(writer, tag);
    }
}

impl Field for Option<TrafficMode> {
    fn read(reader: &Reader<'_>, tag: Tag) -> Result<Self, DecodeError> {
        Ok(Option::read(reader, tag)?.map(TrafficMode::from_value))
    }

    fn write(&self, writer: &mut Writer, tag: Tag) {
        self.map(TrafficMode::value).write(writer, tag);
    }
}

/// Types that are one mandatory value of 32 bits on the wire.
macro_rules! words {
    ($($type:ident)*) => {$(
        impl Field for $type {
            fn read(reader: &Reader<'_>, tag: Tag) -> Result<Self, DecodeError> {
                u32::read(reader, tag).map(Self::from_value)
            }

            fn write(&self, writer: &mut Writer, tag: Tag) {
                self.value().write(writer, tag);
            }
        }
    )*};
}

words! { ErrorCode Status RegistrationStatus DeregistrationStatus }

impl<T: Nested> Field for Vec<T> {
    fn read(reader: &Reader<'_>, tag: Tag) -> Result<Self, DecodeError> {
        let inside = |value| {
            let mut inner = reader.inside(tag, value, T::PARAMETERS);
            inner.check()?;
            T::read(&inner)
        };
        reader.each(tag).map(inside).collect()
    }

    fn write(&self, writer: &mut Writer, tag: Tag) {
        for item in self {
            writer.nested(tag, |writer| item.write(writer));
        }
    }
}
