//! User-to-user services: user-to-user indicators, facility indicator (Q.737.1).

use super::indicators::{put, take};
use super::{FixedParameter, Parameter, ParameterCode, bit, code_parameter, first};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;

codes! {
    /// Whether a user-to-user service is requested (Q.763 3.60): 2 bits.
    pub enum UserToUserRequest {
        NoInformation = 0, "no information";
        NotEssential = 2, "request, not essential";
        Essential = 3, "request, essential";
        _ => Spare, "spare request"
    }
}

codes! {
    /// Whether a user-to-user service is provided (Q.763 3.60): 2 bits.
    pub enum UserToUserResponse {
        NoInformation = 0, "no information";
        NotProvided = 1, "not provided";
        Provided = 2, "provided";
        _ => Spare, "spare response"
    }
}

codes! {
    /// Facility indicator (Q.763 3.22): which facility a facility message is about.
    pub enum FacilityIndicator {
        UserToUserService = 2, "user-to-user service";
        _ => Spare, "spare facility indicator"
    }
}

code_parameter!(FacilityIndicator: FACILITY_INDICATOR);

/// User-to-user indicators (Q.763 3.60).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UserToUserIndicators {
    /// The user, or an exchange for him, requests services.
    Request {
        /// Service 1: in the messages that set up and release the call.
        service_1: UserToUserRequest,
        /// Service 2: while the called party is alerted.
        service_2: UserToUserRequest,
        /// Service 3: while the call is active.
        service_3: UserToUserRequest,
    },
    /// The answer to a request.
    Response {
        /// Service 1: in the messages that set up and release the call.
        service_1: UserToUserResponse,
        /// Service 2: while the called party is alerted.
        service_2: UserToUserResponse,
        /// Service 3: while the call is active.
        service_3: UserToUserResponse,
        /// Network discard indicator: the network has discarded user-to-user information.
        discarded: bool,
    },
}

impl Parameter for UserToUserIndicators {
    const CODE: ParameterCode = ParameterCode::USER_TO_USER_INDICATORS;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet] = first(octets)?;
        let [service_1, service_2, service_3] =
            [take(octet, 1, 3), take(octet, 3, 5), take(octet, 5, 7)];
        Ok(if bit(octet, 0) {
            Self::Response {
                service_1: UserToUserResponse::from_code(service_1),
                service_2: UserToUserResponse::from_code(service_2),
                service_3: UserToUserResponse::from_code(service_3),
                discarded: bit(octet, 7),
            }
        } else {
            Self::Request {
                service_1: UserToUserRequest::from_code(service_1),
                service_2: UserToUserRequest::from_code(service_2),
                service_3: UserToUserRequest::from_code(service_3),
            }
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let services = |service_1, service_2, service_3| {
            put(service_1, 1, 3) | put(service_2, 3, 5) | put(service_3, 5, 7)
        };
        out.push(match *self {
            Self::Request {
                service_1,
                service_2,
                service_3,
            } => services(service_1.code(), service_2.code(), service_3.code()),
            Self::Response {
                service_1,
                service_2,
                service_3,
                discarded,
            } => {
                let services = services(service_1.code(), service_2.code(), service_3.code());
                1 | services | u8::from(discarded) << 7
            }
        });
    }

    fn describe(&self) -> Description {
        let services = |type_: &str, services: [String; 3]| {
            let [service_1, service_2, service_3] = services;
            Description::of(type_)
                .field(0, "service 1", service_1)
                .field(0, "service 2", service_2)
                .field(0, "service 3", service_3)
        };
        match self {
            Self::Request {
                service_1,
                service_2,
                service_3,
            } => services(
                "request",
                [
                    service_1.to_string(),
                    service_2.to_string(),
                    service_3.to_string(),
                ],
            ),
            Self::Response {
                service_1,
                service_2,
                service_3,
                discarded,
            } => services(
                "response",
                [
                    service_1.to_string(),
                    service_2.to_string(),
                    service_3.to_string(),
                ],
            )
            .field(
                0,
                "network discard indicator",
                if *discarded {
                    "user-to-user information discarded by the network"
                } else {
                    "no information"
                },
            ),
        }
    }
}

impl FixedParameter for UserToUserIndicators {
    const LENGTH: usize = 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn request() {
        // H spare, GF 11 service 3 essential, ED 10 service 2 not essential, CB 00, A request.
        let value = UserToUserIndicators::Request {
            service_1: UserToUserRequest::NoInformation,
            service_2: UserToUserRequest::NotEssential,
            service_3: UserToUserRequest::Essential,
        };
        reads_and_writes(&[0b0111_0000], value);
        assert_eq!(UserToUserIndicators::read(&[0b1111_0000]), Ok(value));
        refuses_fewer::<UserToUserIndicators>(1);
    }

    #[test]
    fn response() {
        // H discarded, GF 10 service 3 provided, ED 00, CB 01 service 1 not provided, A response.
        let value = UserToUserIndicators::Response {
            service_1: UserToUserResponse::NotProvided,
            service_2: UserToUserResponse::NoInformation,
            service_3: UserToUserResponse::Provided,
            discarded: true,
        };
        reads_and_writes(&[0b1100_0011], value);
        assert_eq!(
            described(&value),
            [
                "response",
                "service 1: not provided",
                "service 2: no information",
                "service 3: provided",
                "network discard indicator: user-to-user information discarded by the network"
            ]
        );
    }

    #[test]
    fn facility_indicator() {
        reads_and_writes(&[2], FacilityIndicator::UserToUserService);
        refuses_fewer::<FacilityIndicator>(1);
    }
}
