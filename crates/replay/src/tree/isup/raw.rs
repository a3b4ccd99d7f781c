//! Parameters that the codec does not look into, as far as a few words help.

use super::Node;
use super::number::digits;
use super::value::Readable;
use trunkline_isup::{
    AddressDigits, NatureOfAddress, NumberingPlan, ParameterCode, Presentation, Screening,
};

/// What some further parameters say.
pub(super) fn read(code: ParameterCode, contents: &[u8]) -> Option<Readable> {
    match (code, contents) {
        (ParameterCode::PROPAGATION_DELAY_COUNTER, &[high, low, ..]) => Some(Readable::value(
            format!("{} ms", u16::from_be_bytes([high, low])),
        )),
        (ParameterCode::OPTIONAL_FORWARD_CALL_INDICATORS, &[bits, ..]) => {
            Some(optional_forward_call_indicators(bits))
        }
        (ParameterCode::LOCATION_NUMBER, contents) => location_number(contents),
        (ParameterCode::TRANSMISSION_MEDIUM_USED, &[medium, ..]) => Some(Readable::value(
            trunkline_isup::TransmissionMedium::from_code(medium),
        )),
        _ => None,
    }
}

/// Optional forward call indicators (Q.763 3.38).
fn optional_forward_call_indicators(bits: u8) -> Readable {
    let group = match bits & 3 {
        0 => "non-CUG call",
        2 => "closed user group call, outgoing access allowed",
        3 => "closed user group call, outgoing access not allowed",
        _ => "spare",
    };
    let segmentation = if bits & 4 != 0 {
        "additional information will be sent in a segmentation message"
    } else {
        "none will be sent"
    };
    let identity = if bits & 0x80 != 0 {
        "requested"
    } else {
        "not requested"
    };
    Readable::default()
        .field("closed user group call indicator", group)
        .field("simple segmentation indicator", segmentation)
        .field("connected line identity request indicator", identity)
}

/// Location number (Q.763 3.30).
fn location_number(contents: &[u8]) -> Option<Readable> {
    let (&[first, second], signals) = contents.split_first_chunk::<2>()?;
    let mut number = AddressDigits::new();
    for octet in signals {
        for nibble in [octet & 0x0f, octet >> 4] {
            number.push(char::from_digit(nibble.into(), 16)?).ok()?;
        }
    }
    let mut text = digits(&number);
    // An odd number of digits: the last half octet is a filler.
    if first & 0x80 != 0 && !number.is_empty() {
        text = number.to_string();
        text.pop();
    }
    Some(
        Readable::value(text)
            .field(
                "nature of address indicator",
                NatureOfAddress::from_code(first & 0x7f),
            )
            .field(
                "numbering plan indicator",
                NumberingPlan::from_code(second >> 4 & 7),
            )
            .field(
                "address presentation restricted indicator",
                Presentation::from_code(second >> 2 & 3),
            )
            .field("screening indicator", Screening::from_code(second & 3)),
    )
}

/// User service information: a bearer capability (Q.931 4.5.5).
pub(super) fn user_service_information(contents: &[u8]) -> Readable {
    let Some(&[capability, rate]) = contents.first_chunk::<2>() else {
        return Readable::default();
    };
    if capability & 0x60 != 0 {
        return Readable::value("not in ITU-T coding");
    }
    let capability = match capability & 0x1f {
        0x00 => "speech",
        0x08 => "unrestricted digital information",
        0x09 => "restricted digital information",
        0x10 => "3.1 kHz audio",
        0x11 => "unrestricted digital information with tones and announcements",
        0x18 => "video",
        _ => "reserved capability",
    };
    let mode = if rate & 0x60 == 0 {
        "circuit mode"
    } else {
        "packet mode"
    };
    let rate_text = match rate & 0x1f {
        0x10 => "64 kbit/s",
        0x11 => "2 x 64 kbit/s",
        0x13 => "384 kbit/s",
        0x15 => "1536 kbit/s",
        0x17 => "1920 kbit/s",
        0x18 => "multirate",
        _ => "reserved rate",
    };
    let readable = Readable::value(format!("{capability}, {mode}, {rate_text}"));
    // A multirate capability has its multiplier before the layer 1 protocol.
    let layer1 = contents.get(if rate & 0x1f == 0x18 { 3 } else { 2 });
    match layer1
        .filter(|&&octet| octet & 0x60 == 0x20)
        .map(|octet| octet & 0x1f)
    {
        Some(protocol) => readable.field("layer 1 protocol", layer_1_protocol(protocol)),
        None => readable,
    }
}

const fn layer_1_protocol(protocol: u8) -> &'static str {
    match protocol {
        1 => "V.110, I.460 and X.30",
        2 => "G.711 mu-law",
        3 => "G.711 A-law",
        4 => "G.721 and I.460",
        5 => "H.221 and H.242",
        6 => "H.223 and H.245",
        7 => "rate adaption not standardised by ITU-T",
        8 => "V.120",
        9 => "X.31",
        _ => "reserved",
    }
}

/// Access transport: information elements of Q.931 (4.5).
pub(super) fn access_transport(mut contents: &[u8]) -> Readable {
    let mut fields = Vec::new();
    while let [identifier, rest @ ..] = contents {
        // Bit 8 tells an element of one octet.
        if identifier & 0x80 != 0 {
            fields.push(Node::new(
                "element of one octet",
                format!("{identifier:#04x}"),
            ));
            contents = rest;
            continue;
        }
        let Some((&length, rest)) = rest.split_first() else {
            break;
        };
        let Some((element, rest)) = rest.split_at_checked(usize::from(length)) else {
            break;
        };
        let mut node = Node::named(element_name(*identifier));
        node.code = Some(u32::from(*identifier));
        node.hex = Some(element.to_vec());
        fields.push(node);
        contents = rest;
    }
    let complete = contents.is_empty();
    Readable {
        value: (!complete).then(|| "incomplete".to_owned()),
        fields,
    }
}

const fn element_name(identifier: u8) -> &'static str {
    match identifier {
        0x04 => "bearer capability",
        0x08 => "cause",
        0x1c => "facility",
        0x1e => "progress indicator",
        0x27 => "notification indicator",
        0x28 => "display",
        0x40 => "information rate",
        0x6c => "calling party number",
        0x6d => "calling party subaddress",
        0x70 => "called party number",
        0x71 => "called party subaddress",
        0x7c => "low layer compatibility",
        0x7d => "high layer compatibility",
        0x7e => "user-user",
        _ => "other information element",
    }
}

/// User-to-user information: its protocol discriminator (Q.931 4.5.30), and text in IA5.
pub(super) fn user_to_user_information(contents: &[u8]) -> Readable {
    let Some((&discriminator, user)) = contents.split_first() else {
        return Readable::default();
    };
    let protocol = match discriminator {
        0x00 => "user-specific",
        0x01 => "OSI high layer",
        0x02 => "X.244",
        0x04 => "IA5 characters",
        0x05 => "X.208 and X.209",
        0x07 => "V.120",
        0x08 => "Q.931",
        _ => "other",
    };
    let readable = Readable::default().field("protocol discriminator", protocol);
    match str::from_utf8(user) {
        Ok(text) if discriminator == 4 => readable.field("text", text),
        _ => readable,
    }
}
