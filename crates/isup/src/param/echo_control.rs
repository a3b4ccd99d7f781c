//! Echo control information (Q.763 3.19).

use super::indicators;
use crate::codes::codes;

codes! {
    /// Echo control device information indicator, outgoing or incoming (Q.763 3.19): 2 bits.
    pub enum EchoControlDevice {
        NoInformation = 0, "no information";
        NotAvailable = 1, "not included and not available";
        Included = 2, "included";
        Available = 3, "not included but available";
        _ => Spare, "spare echo control device information indicator"
    }
}

codes! {
    /// Echo control device request indicator, outgoing or incoming (Q.763 3.19): 2 bits.
    pub enum EchoControlRequest {
        NoInformation = 0, "no information";
        Activation = 1, "activation request";
        Deactivation = 2, "deactivation request";
        _ => Spare, "spare echo control device request indicator"
    }
}

indicators! {
    /// Echo control information (Q.763 3.19): what echo control devices there are, and what is
    /// to be done with them (Q.764 2.7.2).
    pub struct EchoControlInformation: ECHO_CONTROL_INFORMATION {
        0 {
            /// Outgoing echo control device information indicator.
            outgoing: EchoControlDevice, 0..2,
                "outgoing echo control device information indicator";
            /// Incoming echo control device information indicator.
            incoming: EchoControlDevice, 2..4,
                "incoming echo control device information indicator";
            /// Outgoing echo control device request indicator.
            outgoing_request: EchoControlRequest, 4..6,
                "outgoing echo control device request indicator";
            /// Incoming echo control device request indicator.
            incoming_request: EchoControlRequest, 6..8,
                "incoming echo control device request indicator";
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{reads_and_writes, refuses_fewer};

    #[test]
    fn echo_control_information() {
        // HG 10 deactivate incoming, FE 01 activate outgoing, DC 11 incoming available,
        // BA 10 outgoing included.
        let value = EchoControlInformation {
            outgoing: EchoControlDevice::Included,
            incoming: EchoControlDevice::Available,
            outgoing_request: EchoControlRequest::Activation,
            incoming_request: EchoControlRequest::Deactivation,
        };
        reads_and_writes(&[0b1001_1110], value);
        refuses_fewer::<EchoControlInformation>(1);
    }
}
