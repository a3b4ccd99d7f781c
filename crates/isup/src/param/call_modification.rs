//! Call modification, which only the edition of 1988 has.

use super::code::parameters;
use super::code_parameter;
use crate::codes::codes;

parameters! {
    /// The parameters of Q.763 (1988) that later editions have not.
    PARAMETERS_OF_1988;
    CALL_MODIFICATION_INDICATORS = 23,
        "call modification indicators", "Q.763 (1988) 3.5", CallModificationIndicators;
}

codes! {
    /// Call modification indicators (Q.763 (1988) 3.5): bits A and B, the others are spare and
    /// kept. The values are given from memory.
    pub enum CallModificationIndicators {
        ToService1 = 1, "modify to service 1";
        ToService2 = 2, "modify to service 2";
        _ => Spare, "spare call modification indicator"
    }
}

code_parameter!(CallModificationIndicators: CALL_MODIFICATION_INDICATORS);
