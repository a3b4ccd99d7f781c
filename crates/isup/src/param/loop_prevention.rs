//! Loop prevention indicators (Q.763 3.67).

use super::indicators::{put, take};
use super::{FixedParameter, Parameter, ParameterCode, bit, first};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;

codes! {
    /// Response indicator (Q.763 3.67): 2 bits.
    pub enum LoopPreventionResponse {
        InsufficientInformation = 0, "insufficient information";
        NoLoop = 1, "no loop exists";
        SimultaneousTransfer = 2, "simultaneous transfer";
        _ => Spare, "spare response indicator"
    }
}

/// Loop prevention indicators (Q.763 3.67): whether a call transfer would connect a call with
/// itself (Q.732.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoopPreventionIndicators {
    /// An exchange asks.
    Request,
    /// An exchange answers.
    Response(LoopPreventionResponse),
}

impl Parameter for LoopPreventionIndicators {
    const CODE: ParameterCode = ParameterCode::LOOP_PREVENTION_INDICATORS;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet] = first(octets)?;
        Ok(if bit(octet, 0) {
            Self::Response(LoopPreventionResponse::from_code(take(octet, 1, 3)))
        } else {
            Self::Request
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::Request => 0,
            Self::Response(response) => 1 | put(response.code(), 1, 3),
        });
    }

    fn describe(&self) -> Description {
        match self {
            Self::Request => Description::of("request"),
            Self::Response(response) => {
                Description::of("response").field(0, "response indicator", response)
            }
        }
    }
}

impl FixedParameter for LoopPreventionIndicators {
    const LENGTH: usize = 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{reads_and_writes, refuses_fewer};

    #[test]
    fn request_and_response() {
        use LoopPreventionIndicators::{Request, Response};
        use LoopPreventionResponse::{InsufficientInformation, SimultaneousTransfer};

        reads_and_writes(&[0], Request);
        reads_and_writes(&[0b001], Response(InsufficientInformation));
        reads_and_writes(&[0b101], Response(SimultaneousTransfer));
        // Bits C and B of a request are spare.
        assert_eq!(LoopPreventionIndicators::read(&[0b110]), Ok(Request));
        refuses_fewer::<LoopPreventionIndicators>(1);
    }
}
