//! The transmission medium of the call: what is required, what is fallen back to, what is used.

use super::{code_parameter, indicators};
use crate::codes::codes;

codes! {
    /// Transmission medium requirement (Q.763 3.54). Transmission medium requirement prime and
    /// transmission medium used have the same codes (Q.763 3.55, 3.56), of which only speech and
    /// 3.1 kHz audio are in use there.
    pub enum TransmissionMedium {
        Speech = 0, "speech";
        Unrestricted64 = 2, "64 kbit/s unrestricted";
        Audio3k1 = 3, "3.1 kHz audio";
        AlternateSpeech = 4, "reserved for alternate speech/64 kbit/s unrestricted";
        AlternateUnrestricted64 = 5, "reserved for alternate 64 kbit/s unrestricted/speech";
        Preferred64 = 6, "64 kbit/s preferred";
        Unrestricted2x64 = 7, "2 x 64 kbit/s unrestricted";
        Unrestricted384 = 8, "384 kbit/s unrestricted";
        Unrestricted1536 = 9, "1536 kbit/s unrestricted";
        Unrestricted1920 = 10, "1920 kbit/s unrestricted";
        Unrestricted3x64 = 16, "3 x 64 kbit/s unrestricted";
        Unrestricted4x64 = 17, "4 x 64 kbit/s unrestricted";
        Unrestricted5x64 = 18, "5 x 64 kbit/s unrestricted";
        Unrestricted7x64 = 20, "7 x 64 kbit/s unrestricted";
        Unrestricted8x64 = 21, "8 x 64 kbit/s unrestricted";
        Unrestricted9x64 = 22, "9 x 64 kbit/s unrestricted";
        Unrestricted10x64 = 23, "10 x 64 kbit/s unrestricted";
        Unrestricted11x64 = 24, "11 x 64 kbit/s unrestricted";
        Unrestricted12x64 = 25, "12 x 64 kbit/s unrestricted";
        Unrestricted13x64 = 26, "13 x 64 kbit/s unrestricted";
        Unrestricted14x64 = 27, "14 x 64 kbit/s unrestricted";
        Unrestricted15x64 = 28, "15 x 64 kbit/s unrestricted";
        Unrestricted16x64 = 29, "16 x 64 kbit/s unrestricted";
        Unrestricted17x64 = 30, "17 x 64 kbit/s unrestricted";
        Unrestricted18x64 = 31, "18 x 64 kbit/s unrestricted";
        Unrestricted19x64 = 32, "19 x 64 kbit/s unrestricted";
        Unrestricted20x64 = 33, "20 x 64 kbit/s unrestricted";
        Unrestricted21x64 = 34, "21 x 64 kbit/s unrestricted";
        Unrestricted22x64 = 35, "22 x 64 kbit/s unrestricted";
        Unrestricted23x64 = 36, "23 x 64 kbit/s unrestricted";
        Unrestricted25x64 = 38, "25 x 64 kbit/s unrestricted";
        Unrestricted26x64 = 39, "26 x 64 kbit/s unrestricted";
        Unrestricted27x64 = 40, "27 x 64 kbit/s unrestricted";
        Unrestricted28x64 = 41, "28 x 64 kbit/s unrestricted";
        Unrestricted29x64 = 42, "29 x 64 kbit/s unrestricted";
        _ => Other, "other transmission medium"
    }
}

code_parameter!(TransmissionMedium: TRANSMISSION_MEDIUM_REQUIREMENT);

indicators! {
    /// Transmission medium requirement prime (Q.763 3.55): what a connection with fallback falls
    /// back to.
    pub struct TransmissionMediumRequirementPrime: TRANSMISSION_MEDIUM_REQUIREMENT_PRIME {
        0 {
            /// The medium to fall back to.
            medium: TransmissionMedium, 0..8, "transmission medium requirement prime";
        }
    }

    /// Transmission medium used (Q.763 3.56): what a connection has fallen back to.
    pub struct TransmissionMediumUsed: TRANSMISSION_MEDIUM_USED {
        0 {
            /// The medium in use.
            medium: TransmissionMedium, 0..8, "transmission medium used";
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{reads_and_writes, refuses_fewer};

    #[test]
    fn medium_is_one_octet() {
        reads_and_writes(&[16], TransmissionMedium::Unrestricted3x64);
        reads_and_writes(&[43], TransmissionMedium::Other(43));
        let medium = TransmissionMedium::Audio3k1;
        reads_and_writes(&[3], TransmissionMediumRequirementPrime { medium });
        reads_and_writes(&[3], TransmissionMediumUsed { medium });
        refuses_fewer::<TransmissionMedium>(1);
        refuses_fewer::<TransmissionMediumRequirementPrime>(1);
        refuses_fewer::<TransmissionMediumUsed>(1);
    }
}
