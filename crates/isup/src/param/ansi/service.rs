//! Parameters of ANSI services: service activation, transaction request, local service provider
//! identification (T1.113).

use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;
use crate::param::identity::octet_strings;
use crate::param::{Parameter, ParameterCode, first};

octet_strings! {
    /// Service activation (T1.113 3.29B): a feature code an octet. The codes are those that
    /// networks agree upon.
    AnsiServiceActivation: ANSI_SERVICE_ACTIVATION, Octets::to_string;
    /// Local service provider identification (T1.113 table 4A): kept as octets, its coding was not
    /// to be found.
    LocalServiceProviderIdentification: LOCAL_SERVICE_PROVIDER_IDENTIFICATION, Octets::to_string;
}

/// Transaction request (T1.113 3.31B): the transaction that is to be begun by SCCP.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TransactionRequest {
    /// Transaction id.
    pub transaction: u32,
    /// SCCP address, as Q.713 codes a called party address; none if it is empty.
    pub address: Octets,
}

impl Parameter for TransactionRequest {
    const CODE: ParameterCode = ParameterCode::TRANSACTION_REQUEST;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let transaction = u32::from_be_bytes(first(octets)?);
        let address = Octets::copy(octets.get(4..).unwrap_or_default());
        Ok(Self {
            transaction,
            address,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.transaction.to_be_bytes());
        out.extend_from_slice(&self.address);
    }

    fn describe(&self) -> Description {
        let id = Description::default().field(0, "transaction id", self.transaction);
        match self.address.is_empty() {
            true => id,
            false => id.field(4, "SCCP address", &self.address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn transaction_request_is_an_id_and_an_address() {
        let request = TransactionRequest {
            transaction: 0x0102_0304,
            address: Octets::from([0x42, 0x08]),
        };
        assert_eq!(
            described(&request),
            ["transaction id: 16909060", "SCCP address: 4208"]
        );
        reads_and_writes(&[1, 2, 3, 4, 0x42, 0x08], request);
        refuses_fewer::<TransactionRequest>(4);
    }

    #[test]
    fn others_are_kept_as_octets() {
        reads_and_writes(&[1, 200], AnsiServiceActivation(Octets::from([1, 200])));
        let provider = LocalServiceProviderIdentification(Octets::from([0x12]));
        reads_and_writes(&[0x12], provider);
    }
}
