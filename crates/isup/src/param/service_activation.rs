//! Service activation (Q.763 3.49).

use super::{Parameter, ParameterCode};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;

codes! {
    /// Feature code (Q.763 3.49). 124 to 254 are for national use, 255 is for extension.
    pub enum FeatureCode {
        CallTransfer = 1, "call transfer";
        _ => Other, "other feature"
    }
}

/// Service activation (Q.763 3.49): the features that are invoked, acknowledged or refused, in
/// order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ServiceActivation {
    /// The features.
    pub features: Vec<FeatureCode>,
}

impl Parameter for ServiceActivation {
    const CODE: ParameterCode = ParameterCode::SERVICE_ACTIVATION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let features = octets
            .iter()
            .map(|code| FeatureCode::from_code(*code))
            .collect();
        Ok(Self { features })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.features.iter().map(|feature| feature.code()));
    }

    fn describe(&self) -> Description {
        let names: Vec<_> = self.features.iter().map(ToString::to_string).collect();
        Description::of(names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes};

    #[test]
    fn each_octet_is_a_feature() {
        let features = vec![FeatureCode::CallTransfer, FeatureCode::Other(200)];
        let activation = ServiceActivation { features };
        assert_eq!(
            described(&activation),
            ["call transfer, other feature (200)"]
        );
        reads_and_writes(&[1, 200], activation);
    }
}
