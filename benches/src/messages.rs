//! Messages as they come from the wire.

/// IAM from +44 20 1234 5678 to +49 80 123456 with the usual parameters: calling party number,
/// user service information, hop counter.
pub const IAM: &[u8] = &[
    0x05, 0x00, // CIC 5
    0x01, // IAM
    0x00, // nature of connection: no satellite, no continuity check, no echo control
    0x20, 0x01, // forward call: ISUP all the way, ISDN access
    0x0a, // calling party's category: ordinary subscriber
    0x03, // transmission medium: 3.1 kHz audio
    0x02, 0x0a, // pointers to the called party number and to the optional part
    0x08, 0x84, 0x10, 0x94, 0x08, 0x21, 0x43, 0x65, 0x0f, // called party number, with ST
    0x0a, 0x08, 0x04, 0x13, 0x44, 0x02, 0x21, 0x43, 0x65, 0x87, // calling party number
    0x1d, 0x03, 0x90, 0x90, 0xa3, // user service information: 3.1 kHz audio, 64 kbit/s, A-law
    0x3d, 0x01, 0x14, // hop counter: 20
    0x00, // end of optional parameters
];

/// IAM of a diverted call: also a generic number, original called and redirecting number,
/// redirection information, and a parameter that is kept as it is (propagation delay counter).
pub const DIVERTED_IAM: &[u8] = &[
    0x05, 0x00, 0x01, 0x00, 0x20, 0x01, 0x0a, 0x03, 0x02, 0x0a, // as above
    0x08, 0x84, 0x10, 0x94, 0x08, 0x21, 0x43, 0x65, 0x0f, // called party number
    0x0a, 0x08, 0x04, 0x13, 0x44, 0x02, 0x21, 0x43, 0x65, 0x87, // calling party number
    0xc0, 0x09, 0x06, 0x04, 0x13, 0x44, 0x02, 0x21, 0x43, 0x65, 0x88, // generic number
    0x28, 0x07, 0x03, 0x10, 0x94, 0x03, 0x11, 0x11, 0x11, // original called number
    0x0b, 0x07, 0x03, 0x10, 0x94, 0x03, 0x22, 0x22, 0x22, // redirecting number
    0x13, 0x02, 0x23, 0x11, // redirection information
    0x1d, 0x03, 0x90, 0x90, 0xa3, // user service information
    0x31, 0x02, 0x00, 0x2c, // propagation delay counter
    0x3d, 0x01, 0x14, // hop counter
    0x00,
];

/// ACM: subscriber free, with optional backward call indicators.
pub const ACM: &[u8] = &[0x05, 0x00, 0x06, 0x16, 0x14, 0x01, 0x29, 0x01, 0x01, 0x00];

/// ANM without parameters.
pub const ANM: &[u8] = &[0x05, 0x00, 0x09, 0x00];

/// REL: normal call clearing, from the user.
pub const REL: &[u8] = &[0x05, 0x00, 0x0c, 0x02, 0x00, 0x02, 0x80, 0x90];

/// RLC without parameters.
pub const RLC: &[u8] = &[0x05, 0x00, 0x10, 0x00];

/// The session description of a telephone that speaks all codecs of the gateway.
pub const SDP: &str = "v=0\r\n\
    o=- 3890844526 3890844526 IN IP4 192.0.2.2\r\n\
    s=-\r\n\
    c=IN IP4 192.0.2.2\r\n\
    t=0 0\r\n\
    m=audio 30000 RTP/AVP 8 0 18 111 101\r\n\
    a=rtpmap:8 PCMA/8000\r\n\
    a=rtpmap:0 PCMU/8000\r\n\
    a=rtpmap:18 G729/8000\r\n\
    a=fmtp:18 annexb=no\r\n\
    a=rtpmap:111 opus/48000/2\r\n\
    a=rtpmap:101 telephone-event/8000\r\n\
    a=fmtp:101 0-15\r\n\
    a=ptime:20\r\n\
    a=sendrecv\r\n";

/// An INVITE with [`SDP`] from a session border controller at 192.0.2.2, of some 1.1 kB, to
/// +49 30 123456 at 192.0.2.1. `call` makes it a call of its own.
pub fn invite(call: usize) -> String {
    format!(
        "INVITE sip:+4930123456@192.0.2.1:5060;user=phone SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK-{call:06}-1;rport\r\n\
         Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK74bf9{call:06};received=198.51.100.7\r\n\
         Max-Forwards: 69\r\n\
         From: \"Alice Example\" <sip:+442012345678@192.0.2.2;user=phone>;tag=9fxced76s{call:06}\r\n\
         To: <sip:+4930123456@192.0.2.1;user=phone>\r\n\
         Call-ID: {call:06}-3848276298220188511@192.0.2.2\r\n\
         CSeq: 1 INVITE\r\n\
         Contact: <sip:+442012345678@192.0.2.2:5060;transport=udp>\r\n\
         P-Asserted-Identity: <sip:+442012345678@192.0.2.2;user=phone>\r\n\
         Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE\r\n\
         Supported: timer, replaces\r\n\
         Session-Expires: 1800;refresher=uac\r\n\
         Min-SE: 90\r\n\
         Privacy: none\r\n\
         User-Agent: Border/7.4\r\n\
         Content-Type: application/sdp\r\n\
         Content-Length: {}\r\n\
         \r\n\
         {SDP}",
        SDP.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use trunkline_sip::Message;
    use trunkline_sip::sdp::SessionDescription;

    #[test]
    fn isup_messages_survive_decoding_and_encoding() {
        for octets in [IAM, DIVERTED_IAM, ACM, ANM, REL, RLC] {
            let pdu = trunkline_isup::decode(octets).unwrap();
            assert_eq!(
                trunkline_isup::encode(&pdu),
                octets,
                "{}",
                pdu.message.name()
            );
        }
    }

    #[test]
    fn invite_is_of_the_usual_size_and_valid() {
        let text = invite(1);
        assert!((1_050..1_150).contains(&text.len()), "{}", text.len());
        let message = Message::parse(text.into_bytes()).unwrap();
        let description = SessionDescription::parse(message.sdp().unwrap()).unwrap();
        assert_eq!(description.to_string().len(), SDP.len());
    }
}
