//! What a message consists of, declared once and used for reading, writing and the table.

use crate::error::{DecodeError, Problem};
use crate::msg::MessageRow;
use crate::order::ParameterOrder;
use crate::param::{ParameterCode, RawParameter};
use crate::wire::{Reader, Writer};

/// A message that has parameters.
pub(crate) trait Body: Sized {
    /// Its row of the table.
    const ROW: MessageRow;

    /// Reads what follows the message type.
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Writes what follows the message type.
    fn write(&self, writer: &mut Writer);
}

/// A message that may have optional parameters. Some have a field of their own.
pub(crate) trait OptionalPart {
    /// The parameters that have a field, in the usual order.
    const FIELDS: &'static [ParameterCode];

    /// Puts a parameter into its field and says which of [`Self::FIELDS`] that is. `None` if it
    /// has no field or the field is full.
    fn take(&mut self, code: ParameterCode, content: &[u8]) -> Result<Option<usize>, Problem>;

    /// How many parameters of that name the fields hold.
    fn count(&self, code: ParameterCode) -> usize;

    /// Writes one of them.
    fn write_field(&self, code: ParameterCode, occurrence: usize, writer: &mut Writer);

    /// Writes all fields in the usual order.
    fn write_fields(&self, writer: &mut Writer);

    /// The parameters without a field, and the order.
    fn rest(&self) -> (&[RawParameter], &ParameterOrder);

    /// The parameters without a field, and the order.
    fn rest_mut(&mut self) -> (&mut Vec<RawParameter>, &mut ParameterOrder);
}

/// A field for optional parameters of one name.
pub(crate) trait Slot<V>: Default {
    /// What it holds.
    fn values(&self) -> &[V];

    /// Whether it holds as many as it can.
    fn is_full(&self) -> bool;

    /// Puts one in, if it is not full.
    fn accept(&mut self, value: V);
}

impl<V> Slot<V> for Option<V> {
    fn values(&self) -> &[V] {
        self.as_slice()
    }

    fn is_full(&self) -> bool {
        self.is_some()
    }

    fn accept(&mut self, value: V) {
        *self = Some(value);
    }
}

impl<V> Slot<V> for Vec<V> {
    fn values(&self) -> &[V] {
        self
    }

    fn is_full(&self) -> bool {
        false
    }

    fn accept(&mut self, value: V) {
        self.push(value);
    }
}

/// Declares the layout of a message: type, name and table of Q.763, then `field: parameter` of
/// the mandatory fixed part, the mandatory variable part and the optional part, each in order.
macro_rules! message_layout {
    (
        $message:ident, $name:literal, $clause:literal;
        fixed { $($fixed:ident: $fixed_type:ident,)* }
        variable { $($variable:ident: $variable_type:ident,)* }
        optional { $($optional:ident: $optional_type:ident,)* }
    ) => {
        impl $crate::wire::Body for $message {
            const ROW: $crate::msg::MessageRow = $crate::msg::MessageRow {
                message_type: $crate::message::MessageType::$message,
                name: $name,
                fixed: &[$((
                    <$fixed_type as $crate::param::Parameter>::CODE,
                    <$fixed_type as $crate::param::FixedParameter>::LENGTH,
                ),)*],
                variable: &[$(<$variable_type as $crate::param::Parameter>::CODE,)*],
                has_optional_part: true,
                optional: <Self as $crate::wire::OptionalPart>::FIELDS,
                clause: $clause,
            };

            fn read(
                reader: &mut $crate::wire::Reader<'_>,
            ) -> Result<Self, $crate::error::DecodeError> {
                let mut message = Self {
                    $($fixed: reader.fixed::<$fixed_type>()?,)*
                    $($variable: reader.variable::<$variable_type>()?,)*
                    $($optional: Default::default(),)*
                    other: Vec::new(),
                    order: Default::default(),
                };
                reader.optional(&mut message)?;
                Ok(message)
            }

            fn write(&self, writer: &mut $crate::wire::Writer) {
                $(writer.fixed::<$fixed_type>(&self.$fixed);)*
                writer.pointers([$(stringify!($variable),)* "optional part"].len());
                $(writer.variable::<$variable_type>(&self.$variable);)*
                writer.optional(self);
            }
        }

        impl $crate::wire::OptionalPart for $message {
            const FIELDS: &'static [$crate::param::ParameterCode] =
                &[$(<$optional_type as $crate::param::Parameter>::CODE,)*];

            #[allow(unused_variables, unused_assignments, unused_mut, clippy::match_single_binding)]
            fn take(
                &mut self,
                code: $crate::param::ParameterCode,
                content: &[u8],
            ) -> Result<Option<usize>, $crate::error::Problem> {
                let mut place = 0;
                $(
                    if code == <$optional_type as $crate::param::Parameter>::CODE {
                        if $crate::wire::Slot::is_full(&self.$optional) {
                            return Ok(None);
                        }
                        let value = <$optional_type as $crate::param::Parameter>::read(content)?;
                        $crate::wire::Slot::accept(&mut self.$optional, value);
                        return Ok(Some(place));
                    }
                    place += 1;
                )*
                Ok(None)
            }

            #[allow(unused_variables)]
            fn count(&self, code: $crate::param::ParameterCode) -> usize {
                $(
                    if code == <$optional_type as $crate::param::Parameter>::CODE {
                        return $crate::wire::Slot::values(&self.$optional).len();
                    }
                )*
                0
            }

            #[allow(unused_variables)]
            fn write_field(
                &self,
                code: $crate::param::ParameterCode,
                occurrence: usize,
                writer: &mut $crate::wire::Writer,
            ) {
                $(
                    if code == <$optional_type as $crate::param::Parameter>::CODE {
                        let values = $crate::wire::Slot::values(&self.$optional);
                        if let Some(value) = values.get(occurrence) {
                            writer.parameter(code, |out| {
                                <$optional_type as $crate::param::Parameter>::write(value, out);
                            });
                        }
                    }
                )*
            }

            #[allow(unused_variables)]
            fn write_fields(&self, writer: &mut $crate::wire::Writer) {
                $(
                    for value in $crate::wire::Slot::values(&self.$optional) {
                        writer.parameter(
                            <$optional_type as $crate::param::Parameter>::CODE,
                            |out| <$optional_type as $crate::param::Parameter>::write(value, out),
                        );
                    }
                )*
            }

            fn rest(&self) -> (&[$crate::param::RawParameter], &$crate::order::ParameterOrder) {
                (&self.other, &self.order)
            }

            fn rest_mut(
                &mut self,
            ) -> (
                &mut Vec<$crate::param::RawParameter>,
                &mut $crate::order::ParameterOrder,
            ) {
                (&mut self.other, &mut self.order)
            }
        }
    };
}

pub(crate) use message_layout;
