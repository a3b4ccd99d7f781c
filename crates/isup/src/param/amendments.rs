//! Parameters of the amendments to Q.763 (12/1999) of which the name is known here, but not how
//! the contents are coded: they are kept as octets.

use super::{Parameter, ParameterCode};
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;

/// Declares parameters whose contents are octets.
macro_rules! octets {
    ($($(#[$meta:meta])* $name:ident: $code:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name {
            /// The contents, as they came.
            pub contents: Octets,
        }

        impl From<Octets> for $name {
            fn from(contents: Octets) -> Self {
                Self { contents }
            }
        }

        impl Parameter for $name {
            const CODE: ParameterCode = ParameterCode::$code;

            fn read(octets: &[u8]) -> Result<Self, Problem> {
                Ok(Self { contents: Octets::copy(octets) })
            }

            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.contents);
            }

            fn describe(&self) -> Description {
                Description::of(&self.contents)
            }
        }
    )+};
}

octets! {
    /// Automatic re-routing (Q.763 amendment 3, 2004). The coding is not known here.
    AutomaticRerouting: AUTOMATIC_REROUTING;
    /// IEPS call information (Q.763 amendment 4, 2006), of a call of the International Emergency
    /// Preference Scheme (E.106). The coding is not known here.
    IepsCallInformation: IEPS_CALL_INFORMATION;
    /// VED information (Q.763 amendment 5, 2006), about voice enhancement devices (G.160). The
    /// coding is not known here.
    VedInformation: VED_INFORMATION;
    /// Forward CAT indicators (Q.763 amendment 6, 2009), for the customized alerting tone. The
    /// coding is not known here.
    ForwardCatIndicators: FORWARD_CAT_INDICATORS;
    /// Backward CAT indicators (Q.763 amendment 6, 2009), for the customized alerting tone. The
    /// coding is not known here.
    BackwardCatIndicators: BACKWARD_CAT_INDICATORS;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes};

    #[test]
    fn contents_are_kept_and_not_logged() {
        let octets = [0x12, 0x34, 0x56];
        let value = IepsCallInformation::from(Octets::from(octets));
        reads_and_writes(&octets, value.clone());
        assert_eq!(described(&value), ["123456"]);
        assert!(!format!("{value:?}").contains("34"));
        reads_and_writes(&[], VedInformation::default());
    }
}
