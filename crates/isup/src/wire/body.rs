//! What a message consists of, declared once and used for reading, writing and the table.

use crate::error::DecodeError;
use crate::msg::MessageRow;
use crate::optional::OptionalParameters;
use crate::param::ParameterCode;
use crate::wire::Frame;

/// A message that has parameters, as it is written.
pub(crate) trait Body {
    /// Appends the contents of a mandatory parameter; `false` if the message has no field for it.
    fn write(&self, code: ParameterCode, out: &mut Vec<u8>) -> bool;

    /// Its row of the table.
    fn row(&self) -> &'static MessageRow;

    /// The optional part, if the message may have one.
    fn optional(&self) -> Option<&OptionalParameters>;
}

/// A message that has parameters, as it is read.
pub(crate) trait ReadBody: Body + Sized {
    /// [`Body::row`].
    const ROW: &'static MessageRow;

    /// Takes the parameters.
    fn read(frame: &Frame<'_>) -> Result<Self, DecodeError>;

    /// Whether each mandatory parameter is written as it stands in the frame.
    fn is_written_as(&self, frame: &Frame<'_>) -> bool;
}

/// Declares a message: its struct, how it is read and written, and its row of the table. The
/// fields are the mandatory parameters, in the order of the wire; then come the names of the
/// optional parameters that the standard lists. A message without `optional` has no optional part.
///
/// ```text
/// message! {
///     /// Release message, REL: the call is over, and why.
///     pub struct Rel: "release", "Q.763 table 33" {
///         fixed {}
///         variable {
///             /// Cause indicators.
///             cause: CauseIndicators,
///         }
///         optional [REDIRECTION_INFORMATION, REDIRECTION_NUMBER]
///     }
/// }
/// ```
macro_rules! message {
    (
        $(#[$meta:meta])*
        pub struct $message:ident: $name:literal, $clause:literal {
            fixed { $($(#[$fixed_meta:meta])* $fixed:ident: $fixed_type:ident,)* }
            variable { $($(#[$variable_meta:meta])* $variable:ident: $variable_type:ident,)* }
            $($optional:ident [$($code:ident),* $(,)?])?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $message {
            $($(#[$fixed_meta])* pub $fixed: $fixed_type,)*
            $($(#[$variable_meta])* pub $variable: $variable_type,)*
            $(
                /// Optional parameters.
                pub $optional: $crate::optional::OptionalParameters,
            )?
        }

        impl $crate::wire::Body for $message {
            #[allow(unused_variables)]
            fn write(&self, code: $crate::param::ParameterCode, out: &mut Vec<u8>) -> bool {
                $(if code == <$fixed_type as $crate::param::Parameter>::CODE {
                    $crate::param::Parameter::write(&self.$fixed, out);
                    return true;
                })*
                $(if code == <$variable_type as $crate::param::Parameter>::CODE {
                    $crate::param::Parameter::write(&self.$variable, out);
                    return true;
                })*
                false
            }

            fn row(&self) -> &'static $crate::msg::MessageRow {
                <Self as $crate::wire::ReadBody>::ROW
            }

            #[allow(unreachable_code)]
            fn optional(&self) -> Option<&$crate::optional::OptionalParameters> {
                $(return Some(&self.$optional);)?
                None
            }
        }

        impl $crate::wire::ReadBody for $message {
            const ROW: &'static $crate::msg::MessageRow = &$crate::msg::MessageRow {
                message_type: $crate::message::MessageType::$message,
                acronym: $crate::message::MessageType::$message.name(),
                name: $name,
                fixed: &[$((
                    <$fixed_type as $crate::param::Parameter>::CODE,
                    <$fixed_type as $crate::param::FixedParameter>::LENGTH,
                ),)*],
                variable: &[$(<$variable_type as $crate::param::Parameter>::CODE,)*],
                has_optional_part: !matches!(&[$(stringify!($optional),)?] as &[&str], []),
                optional: &[$($($crate::param::ParameterCode::$code,)*)?],
                clause: $clause,
            };

            #[inline]
            fn read(
                frame: &$crate::wire::Frame<'_>,
            ) -> Result<Self, $crate::error::DecodeError> {
                Ok(Self {
                    $($fixed: frame.mandatory::<$fixed_type>()?,)*
                    $($variable: frame.mandatory::<$variable_type>()?,)*
                    $($optional: frame.optional_besides(Self::ROW),)?
                })
            }

            #[allow(unused_variables)]
            fn is_written_as(&self, frame: &$crate::wire::Frame<'_>) -> bool {
                true $(&& frame.has(&self.$fixed))* $(&& frame.has(&self.$variable))*
            }
        }
    };
}

pub(crate) use message;
