//! Opus: packets that libopus made elsewhere, our own round trip, framing rules.

use super::{sine, vector};
use crate::tone::measure;
use crate::{CodecKind, DecodeError, Decoder, EncodeError, Encoder, OpusOptions};

/// The value of each `"key": "text"` in a JSON text, in order.
fn texts<'a>(json: &'a str, key: &str) -> Vec<&'a str> {
    let mark = format!("\"{key}\": \"");
    json.split(&mark)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

fn base64(text: &str) -> Vec<u8> {
    let value = |symbol: u8| match symbol {
        b'A'..=b'Z' => Some(symbol - b'A'),
        b'a'..=b'z' => Some(symbol - b'a' + 26),
        b'0'..=b'9' => Some(symbol - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut out, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for symbol in text.bytes().filter_map(value) {
        bits = bits << 6 | u32::from(symbol);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

/// The decoder's sound at 8 kHz against that of libopus at 48 kHz, each sixth sample of it after
/// a low-pass; the two differ by resampling filters only.
#[test]
fn decodes_packets_of_another_encoder() {
    let (Some(packets), Some(decoded)) = (
        vector("opus/silk_wb_libopus_float_packets_fixture.json"),
        vector("opus/silk_wb_libopus_float_decoded_fixture.json"),
    ) else {
        return;
    };
    let (packets, decoded) = (
        String::from_utf8(packets).unwrap(),
        String::from_utf8(decoded).unwrap(),
    );
    let reference: Vec<f32> = base64(texts(&decoded, "decoded_f32_le_b64")[0])
        .as_chunks()
        .0
        .iter()
        .map(|&octets| f32::from_le_bytes(octets) * 32_768.0)
        .collect();
    let mut decoder = Decoder::new(CodecKind::Opus);
    let mut ours = Vec::new();
    let packets = texts(&packets, "data_b64");
    assert_eq!(packets.len(), 50);
    for packet in packets {
        let packet = base64(packet);
        assert_eq!(CodecKind::Opus.samples(&packet), Some(160));
        decoder.decode(&packet, &mut ours).unwrap();
    }
    assert_eq!(ours.len(), 8_000);
    // A windowed sinc with its edge at 3.4 kHz.
    let taps: Vec<f32> = (-120..=120)
        .map(|tap| {
            let x = tap as f32 * 2.0 * 3_400.0 / 48_000.0;
            let sinc = if tap == 0 {
                1.0
            } else {
                (core::f32::consts::PI * x).sin() / (core::f32::consts::PI * x)
            };
            let window = 0.5 + 0.5 * (core::f32::consts::PI * tap as f32 / 121.0).cos();
            sinc * window * 2.0 * 3_400.0 / 48_000.0
        })
        .collect();
    let filtered = |centre: i64| -> f32 {
        taps.iter()
            .enumerate()
            .map(|(index, tap)| {
                let at = centre + index as i64 - 120;
                usize::try_from(at)
                    .ok()
                    .and_then(|at| reference.get(at))
                    .map_or(0.0, |s| s * tap)
            })
            .sum()
    };
    // The resamplers delay differently: the best shift of a few milliseconds is taken.
    let correlation = |shift: i64| -> f32 {
        let (mut xy, mut xx, mut yy) = (0.0, 1.0, 1.0);
        for (index, &sample) in ours.iter().enumerate() {
            let y = filtered(index as i64 * 6 + shift);
            let x = f32::from(sample);
            xy += x * y;
            xx += x * x;
            yy += y * y;
        }
        xy / (xx * yy).sqrt()
    };
    let best = (-40..=40).map(correlation).fold(0.0, f32::max);
    assert!(best > 0.98, "correlation {best}");
}

#[test]
fn round_trip_keeps_a_tone() {
    for samples in [80, 160, 320, 480] {
        let mut encoder = Encoder::new(CodecKind::Opus);
        let mut decoder = Decoder::new(CodecKind::Opus);
        let mut out = Vec::new();
        for frame in sine(1_000.0, -10.0).chunks_exact(samples) {
            let mut packet = Vec::new();
            encoder.encode(frame, &mut packet).unwrap();
            assert_eq!(CodecKind::Opus.samples(&packet), Some(samples));
            decoder.decode(&packet, &mut out).unwrap();
        }
        let measured = measure(&out[1_600..]);
        assert!(
            (measured.frequency_hz - 1_000.0).abs() < 0.5,
            "{samples} {measured:?}"
        );
        assert!(
            (measured.level_dbm0 + 10.0).abs() < 0.5,
            "{samples} {measured:?}"
        );
        assert!(measured.snr_db > 20.0, "{samples} {measured:?}");
    }
}

#[test]
fn bitrate_is_kept_roughly() {
    let size = |options| {
        let mut encoder = Encoder::opus(options);
        let mut packets = Vec::new();
        for frame in sine(700.0, -10.0).chunks_exact(160) {
            encoder.encode(frame, &mut packets).unwrap();
        }
        packets.len()
    };
    let usual = size(OpusOptions::default());
    let low = size(OpusOptions {
        bitrate: 8_000,
        ..OpusOptions::default()
    });
    assert!(usual < 3_500, "{usual} octets in a second");
    assert!(low * 10 < usual * 6, "{low} of {usual}");
}

#[test]
fn breaks_of_the_framing_rules_are_refused() {
    let mut decoder = Decoder::new(CodecKind::Opus);
    let mut out = Vec::new();
    let refused = |decoder: &mut Decoder, packet: &[u8], out: &mut Vec<i16>| {
        decoder.decode(packet, out).unwrap_err()
    };
    assert_eq!(
        refused(&mut decoder, &[], &mut out),
        DecodeError::Empty {
            kind: CodecKind::Opus
        }
    );
    // Code 3 without its count; with a count of 0; with more than 120 ms; code 1 of odd length.
    for packet in [&[0x0b][..], &[0x0b, 0x00], &[0x1b, 0x3f, 1], &[0x09, 1, 2]] {
        let framing = DecodeError::OpusFraming { have: packet.len() };
        let got = decoder.decode(packet, &mut out);
        if packet[0] == 0x09 {
            // Two frames of one octet: right.
            assert_eq!(got, Ok(()));
            out.clear();
        } else {
            assert_eq!(got, Err(framing), "{packet:?}");
        }
    }
    assert_eq!(
        refused(&mut decoder, &[0x09, 1], &mut out),
        DecodeError::OpusFraming { have: 2 }
    );
    assert!(out.is_empty());
}

#[test]
fn durations_by_configuration() {
    // RFC 6716 table 2 and 3.2.
    for (packet, samples) in [
        (&[0x00_u8, 0][..], Some(80)),
        (&[0x08, 0], Some(160)),
        (&[0x18, 0], Some(480)),
        (&[0x68, 0], Some(160)),
        (&[0x80, 0], Some(20)),
        (&[0x98, 0], Some(160)),
        (&[0x09, 0, 0], Some(320)),
        (&[0x0b, 3, 0], Some(480)),
        (&[0x1b, 3, 0], None),
        (&[0x0b], None),
        (&[], None),
    ] {
        assert_eq!(CodecKind::Opus.samples(packet), samples, "{packet:?}");
    }
}

#[test]
fn encoder_wants_a_frame_length_of_opus() {
    let mut encoder = Encoder::new(CodecKind::Opus);
    for have in [0, 81, 240, 400, 960] {
        let refused = encoder.encode(&vec![0; have], &mut Vec::new());
        assert!(
            matches!(refused, Err(EncodeError::FrameLength { .. })),
            "{have}"
        );
    }
}
