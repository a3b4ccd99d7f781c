//! Which messages go on which streams of an association (RFC 4666 1.4.7).

use crate::msg::Message;

impl Message {
    /// The stream to send it on, of as many as there are: DATA on one that its signaling link
    /// selection chooses, never 0, so that the messages of one circuit stay in order; all else
    /// on 0. With one stream there is no choice.
    pub fn stream(&self, outbound_streams: u16) -> u16 {
        match self {
            Self::Data(data) if outbound_streams > 1 => {
                1 + u16::from(data.protocol_data.sls) % (outbound_streams - 1)
            }
            _ => 0,
        }
    }

    /// Whether it may come on that stream: DATA on any but 0, ASPSM and RKM on 0 only. ASPTM,
    /// SSNM, BEAT, BEAT_ACK and NTFY may come on any; so may Errors, which cannot be refused.
    pub const fn belongs_on(&self, stream: u16) -> bool {
        match self {
            Self::Data(_) => stream != 0,
            Self::AspUp(_)
            | Self::AspDown(_)
            | Self::AspUpAck(_)
            | Self::AspDownAck(_)
            | Self::RegReq(_)
            | Self::RegRsp(_)
            | Self::DeregReq(_)
            | Self::DeregRsp(_) => stream == 0,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msg::{AspUp, Data, Heartbeat, ProtocolData};
    use trunkline_model::{NetworkIndicator, PointCode};

    fn data(sls: u8) -> Message {
        let point_code = PointCode::new(1).unwrap();
        Message::Data(Data {
            network_appearance: None,
            routing_context: None,
            protocol_data: ProtocolData {
                opc: point_code,
                dpc: point_code,
                si: 5,
                ni: NetworkIndicator::National,
                mp: 0,
                sls,
                data: Vec::new(),
            },
            correlation_id: None,
        })
    }

    #[test]
    fn data_never_goes_on_the_stream_of_management() {
        for streams in 2..=300 {
            for sls in 0..=255 {
                let stream = data(sls).stream(streams);
                assert!((1..streams).contains(&stream));
                assert!(data(sls).belongs_on(stream));
            }
        }
        assert_eq!(data(5).stream(1), 0);
        assert!(!data(5).belongs_on(0));
    }

    #[test]
    fn selections_are_spread_over_the_streams() {
        let used: std::collections::BTreeSet<u16> =
            (0..16).map(|sls| data(sls).stream(17)).collect();
        assert_eq!(used.len(), 16);
    }

    #[test]
    fn management_goes_on_its_stream() {
        let up = Message::AspUp(AspUp::default());
        assert_eq!(up.stream(17), 0);
        assert!(up.belongs_on(0) && !up.belongs_on(1));
        assert!(Message::Heartbeat(Heartbeat::default()).belongs_on(1));
    }
}
