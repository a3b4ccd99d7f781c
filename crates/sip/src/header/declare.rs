//! Declares header field values: most are something, then parameters.

use super::address::Qvalue;
use super::parts::{AsLead, AsParam, Parts};
use super::reader::{ReadParam, Reader};
use super::value::{Bare, Checked, GenValue, Text, UriText};
use crate::error::ParseError;
use core::fmt;

/// What a value begins with.
pub(super) trait Lead<'a>: Sized {
    fn read(reader: &mut Reader<'a>) -> Result<Self, ParseError>;
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Shows itself as a field of that name.
    fn show(&self, name: &str, parts: &mut Parts) {
        parts.field(name, AsLead(self));
    }
}

/// What stands behind the equals sign of a parameter.
pub(super) trait ParamValue<'a>: Sized {
    fn read(param: &ReadParam<'a>) -> Result<Self, ParseError>;
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// As people read it.
    fn shown(&self) -> String {
        AsParam(self).to_string()
    }
}

/// What can come to own its texts.
pub(super) trait IntoOwned {
    type Owned;
    fn into_owned(self) -> Self::Owned;
}

/// Writes `;name=value`, or nothing.
pub(super) fn write_param<'a, T: ParamValue<'a>>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    value: Option<&T>,
) -> fmt::Result {
    let Some(value) = value else { return Ok(()) };
    write!(f, ";{name}=")?;
    value.write(f)
}

/// Writes `;name`, or nothing.
pub(super) fn write_flag(f: &mut fmt::Formatter<'_>, name: &str, is_there: bool) -> fmt::Result {
    match is_there {
        true => write!(f, ";{name}"),
        false => Ok(()),
    }
}

/// Says that a type is the value of a header field, or of several that share its form.
macro_rules! header {
    ($type:ident<$life:lifetime>, $name:ident) => {
        $crate::header::declare::header!($type<$life>);

        impl<$life> $crate::header::Typed<$life> for $type<$life> {
            const NAME: $crate::Name = $crate::Name::$name;
        }
    };
    ($type:ident<$life:lifetime>) => {
        impl<$life> $crate::header::Value<$life> for $type<$life> {
            fn parse(text: &$life str) -> Result<Self, $crate::ParseError> {
                Self::parse(text)
            }

            fn parts(&self) -> Vec<$crate::header::Part> {
                $crate::header::parts::Parts::of(self)
            }
        }
    };
    ($type:ident, $name:ident) => {
        $crate::header::declare::header!($type);

        impl $crate::header::Typed<'_> for $type {
            const NAME: $crate::Name = $crate::Name::$name;
        }
    };
    ($type:ident) => {
        impl $crate::header::Value<'_> for $type {
            fn parse(text: &str) -> Result<Self, $crate::ParseError> {
                Self::parse(text)
            }

            fn parts(&self) -> Vec<$crate::header::Part> {
                $crate::header::parts::Parts::of(self)
            }
        }
    };
}

/// Says that a value has one part only.
macro_rules! one_part {
    ($type:ty) => {
        impl $crate::header::parts::Show for $type {
            fn show(&self, _: &mut $crate::header::parts::Parts) {}
        }
    };
}

/// Declares tokens of which the standard names some: an enumeration with `Other`.
macro_rules! tokens {
    (
        $(#[$doc:meta])*
        $type:ident, $clause:literal {
            $($(#[$variant_doc:meta])* $variant:ident $text:literal,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $type<'a> {
            $($(#[$variant_doc])* $variant,)*
            /// Any other token.
            Other($crate::header::Token<'a>),
        }

        impl<'a> $type<'a> {
            /// Parses one value.
            ///
            /// # Errors
            /// It is no token.
            pub fn parse(text: &'a str) -> Result<Self, $crate::ParseError> {
                let mut reader = $crate::header::reader::Reader::new(text, $clause);
                let value = $crate::header::declare::Lead::read(&mut reader)?;
                reader.end()?;
                Ok(value)
            }

            /// The text, as the standard has it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(token) => token.as_str(),
                }
            }
        }

        impl<'a> From<$crate::header::Token<'a>> for $type<'a> {
            fn from(token: $crate::header::Token<'a>) -> Self {
                $(if token.is($text) {
                    return Self::$variant;
                })*
                Self::Other(token)
            }
        }

        impl core::fmt::Display for $type<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        $crate::header::declare::header!($type<'a>);
        $crate::header::declare::one_part!($type<'_>);

        impl<'a> $crate::header::declare::Lead<'a> for $type<'a> {
            fn read(
                reader: &mut $crate::header::reader::Reader<'a>,
            ) -> Result<Self, $crate::ParseError> {
                reader.token("a token").map(Self::from)
            }

            fn write(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl<'a> $crate::header::declare::ParamValue<'a> for $type<'a> {
            fn read(
                param: &$crate::header::reader::ReadParam<'a>,
            ) -> Result<Self, $crate::ParseError> {
                param.token().map(Self::from)
            }

            fn write(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::header::declare::IntoOwned for $type<'_> {
            type Owned = $type<'static>;

            fn into_owned(self) -> $type<'static> {
                match self {
                    $(Self::$variant => $type::$variant,)*
                    Self::Other(token) => $type::Other(token.into_owned()),
                }
            }
        }
    };
}

/// Declares a value that begins with something, or with an address, and goes on with parameters:
/// those that must be there, those that may, and those that have no value.
macro_rules! parameterised {
    (
        $(#[$doc:meta])*
        $type:ident, $clause:literal,
        address
        $($rest:tt)*
    ) => {
        $crate::header::declare::parameterised! {
            @declare
            [$(#[$doc])*]
            $type
            [(text) {
                let (display, uri, reader) = $crate::header::address::start(text, $clause)?;
                (display, uri, reader)
            }]
            [(this, f) $crate::header::address::write(f, this.display.as_ref(), &this.uri)?]
            {
                /// The display name.
                display: Option<$crate::header::Text<'a>>,
                /// The URI.
                uri: $crate::header::UriText<'a>,
            }
            $($rest)*
        }
    };
    (
        $(#[$doc:meta])*
        $type:ident, $clause:literal,
        { $($(#[$lead_doc:meta])* $lead:ident: $lead_type:ty,)* }
        $($rest:tt)*
    ) => {
        $crate::header::declare::parameterised! {
            @declare
            [$(#[$doc])*]
            $type
            [(text) {
                let mut reader = $crate::header::reader::Reader::new(text, $clause);
                $(let $lead = <$lead_type as $crate::header::declare::Lead>::read(&mut reader)?;)*
                ($($lead,)* reader)
            }]
            [(this, f) {
                $($crate::header::declare::Lead::write(&this.$lead, f)?;)*
            }]
            { $($(#[$lead_doc])* $lead: $lead_type,)* }
            $($rest)*
        }
    };
    (
        @declare
        [$(#[$doc:meta])*]
        $type:ident
        [($text:ident) $start:expr]
        [($this:ident, $f:ident) $write:expr]
        { $($(#[$lead_doc:meta])* $lead:ident: $lead_type:ty,)* }
        $(required { $($(#[$need_doc:meta])* $need_name:literal $need:ident: $need_type:ty,)* })?
        $(optional { $($(#[$may_doc:meta])* $may_name:literal $may:ident: $may_type:ty,)* })?
        $(flags { $($(#[$flag_doc:meta])* $flag_name:literal $flag:ident,)* })?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $type<'a> {
            $($(#[$lead_doc])* pub $lead: $lead_type,)*
            $($($(#[$need_doc])* pub $need: $need_type,)*)?
            $($($(#[$may_doc])* pub $may: Option<$may_type>,)*)?
            $($($(#[$flag_doc])* pub $flag: bool,)*)?
            /// All other parameters.
            pub others: $crate::header::GenericParams<'a>,
        }

        impl<'a> $type<'a> {
            /// Parses one value.
            ///
            /// # Errors
            /// The place, what was expected there, and the clause.
            pub fn parse($text: &'a str) -> Result<Self, $crate::ParseError> {
                let ($($lead,)* mut reader) = $start;
                $($(let mut $need = None;)*)?
                $($(let mut $may = None;)*)?
                $($(let mut $flag = None;)*)?
                let mut others = $crate::header::GenericParams::default();
                while let Some(param) = reader.param()? {
                    match param.key().as_ref() {
                        $($($need_name => param.set(
                            &mut $need,
                            $crate::header::declare::ParamValue::read(&param),
                        )?,)*)?
                        $($($may_name => param.set(
                            &mut $may,
                            $crate::header::declare::ParamValue::read(&param),
                        )?,)*)?
                        $($($flag_name => param.set(&mut $flag, param.flag())?,)*)?
                        _ => param.keep(&mut others),
                    }
                }
                Ok(Self {
                    $($lead,)*
                    $($($need: $need.ok_or_else(|| {
                        reader.expected(concat!("`;", $need_name, "=`"))
                    })?,)*)?
                    $($($may,)*)?
                    $($($flag: $flag.is_some(),)*)?
                    others,
                })
            }

            /// The same with its own texts.
            pub fn into_owned(self) -> $type<'static> {
                $type {
                    $($lead: $crate::header::declare::IntoOwned::into_owned(self.$lead),)*
                    $($($need: $crate::header::declare::IntoOwned::into_owned(self.$need),)*)?
                    $($($may: $crate::header::declare::IntoOwned::into_owned(self.$may),)*)?
                    $($($flag: self.$flag,)*)?
                    others: self.others.into_owned(),
                }
            }
        }

        impl $crate::header::parts::Show for $type<'_> {
            fn show(&self, parts: &mut $crate::header::parts::Parts) {
                $($crate::header::declare::Lead::show(&self.$lead, stringify!($lead), parts);)*
                $($(parts.param($need_name, Some(&self.$need));)*)?
                $($(parts.param($may_name, self.$may.as_ref());)*)?
                $($(parts.flag($flag_name, self.$flag);)*)?
                parts.others(&self.others);
            }
        }

        impl core::fmt::Display for $type<'_> {
            fn fmt(&self, $f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                let $this = self;
                $write;
                $($($crate::header::declare::write_param($f, $need_name, Some(&self.$need))?;)*)?
                $($($crate::header::declare::write_param($f, $may_name, self.$may.as_ref())?;)*)?
                $($($crate::header::declare::write_flag($f, $flag_name, self.$flag)?;)*)?
                write!($f, "{}", self.others)
            }
        }
    };
}

pub(super) use {header, one_part, parameterised, tokens};

impl<'a, const CLASS: u16> Lead<'a> for Checked<'a, CLASS> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, ParseError> {
        reader.checked(Self::EXPECTED)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// In angle brackets.
impl<'a> Lead<'a> for UriText<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, ParseError> {
        reader.bracketed_uri()
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{self}>")
    }

    fn show(&self, _: &str, parts: &mut Parts) {
        parts.uri(self);
    }
}

impl<'a> Lead<'a> for GenValue<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, ParseError> {
        match reader.peek() {
            Some(b'"') => reader.quoted().map(GenValue::Quoted),
            _ => reader.checked(Bare::EXPECTED).map(GenValue::Bare),
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }

    fn show(&self, name: &str, parts: &mut Parts) {
        parts.field(name, self.as_str());
    }
}

impl<'a, const CLASS: u16> ParamValue<'a> for Checked<'a, CLASS> {
    fn read(param: &ReadParam<'a>) -> Result<Self, ParseError> {
        param.checked(Self::EXPECTED)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// In quotes.
impl<'a> ParamValue<'a> for Text<'a> {
    fn read(param: &ReadParam<'a>) -> Result<Self, ParseError> {
        param.text()
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.quoted())
    }

    fn shown(&self) -> String {
        self.as_str().to_owned()
    }
}

impl<'a> ParamValue<'a> for GenValue<'a> {
    fn read(param: &ReadParam<'a>) -> Result<Self, ParseError> {
        param.value().ok_or_else(|| param.expected("a value"))
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }

    fn shown(&self) -> String {
        self.as_str().to_owned()
    }
}

impl ParamValue<'_> for Qvalue {
    fn read(param: &ReadParam<'_>) -> Result<Self, ParseError> {
        param.parsed("0 to 1", Self::from_text)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Lead<'_> for $number {
            fn read(reader: &mut Reader<'_>) -> Result<Self, ParseError> {
                reader.number(u32::from(<$number>::MAX))
            }

            fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl ParamValue<'_> for $number {
            fn read(param: &ReadParam<'_>) -> Result<Self, ParseError> {
                param.number(u32::from(<$number>::MAX))
            }

            fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }
    )*};
}
numbers!(u8, u16, u32);

/// Types that hold no text, and types that know it themselves.
macro_rules! owned {
    (plain $($type:ty),*) => {$(
        impl IntoOwned for $type {
            type Owned = Self;

            fn into_owned(self) -> Self {
                self
            }
        }
    )*};
    (texts $($type:ident),*) => {$(
        impl IntoOwned for $type<'_> {
            type Owned = $type<'static>;

            fn into_owned(self) -> $type<'static> {
                self.into_owned()
            }
        }
    )*};
}
owned!(plain u8, u16, u32, bool, Qvalue);
owned!(texts Text, UriText, GenValue);

impl<const CLASS: u16> IntoOwned for Checked<'_, CLASS> {
    type Owned = Checked<'static, CLASS>;

    fn into_owned(self) -> Checked<'static, CLASS> {
        self.into_owned()
    }
}

impl<T: IntoOwned> IntoOwned for Option<T> {
    type Owned = Option<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        self.map(T::into_owned)
    }
}
