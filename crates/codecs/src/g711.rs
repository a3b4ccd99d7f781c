//! G.711: A-law and mu-law to 16-bit linear samples and back, and from law to law, by tables
//! that the compiler computes from the definition.
//!
//! Linear samples are left-justified in 16 bits: A-law has 13 significant bits, mu-law 14
//! (G.711 3.1, 3.2 and tables 1a to 2b). Codes are those on the line: A-law with its even bits
//! inverted, mu-law with all magnitude bits inverted.

/// A-law of silence: the smallest positive level.
pub const ALAW_SILENCE: u8 = 0xd5;

/// mu-law of silence: positive zero.
pub const ULAW_SILENCE: u8 = 0xff;

/// The A-law code of a linear sample.
#[inline]
pub const fn encode_alaw(sample: i16) -> u8 {
    ALAW_ENCODE[(sample as u16 >> 4) as usize]
}

/// The mu-law code of a linear sample.
#[inline]
pub const fn encode_ulaw(sample: i16) -> u8 {
    ULAW_ENCODE[(sample as u16 >> 2) as usize]
}

/// The linear sample of an A-law code.
#[inline]
pub const fn decode_alaw(code: u8) -> i16 {
    ALAW_DECODE[code as usize]
}

/// The linear sample of a mu-law code.
#[inline]
pub const fn decode_ulaw(code: u8) -> i16 {
    ULAW_DECODE[code as usize]
}

/// Turns A-law codes into mu-law codes in place.
pub fn alaw_to_ulaw(codes: &mut [u8]) {
    for code in codes {
        *code = ALAW_TO_ULAW[*code as usize];
    }
}

/// Turns mu-law codes into A-law codes in place.
pub fn ulaw_to_alaw(codes: &mut [u8]) {
    for code in codes {
        *code = ULAW_TO_ALAW[*code as usize];
    }
}

/// Linear sample of each A-law code.
pub static ALAW_DECODE: [i16; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = expand_alaw(code as u8);
        code += 1;
    }
    table
};

/// Linear sample of each mu-law code.
pub static ULAW_DECODE: [i16; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = expand_ulaw(code as u8);
        code += 1;
    }
    table
};

/// mu-law code of each A-law code: the code whose level is nearest.
pub static ALAW_TO_ULAW: [u8; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = compress_ulaw(expand_alaw(code as u8));
        code += 1;
    }
    table
};

/// A-law code of each mu-law code: the code whose level is nearest.
pub static ULAW_TO_ALAW: [u8; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = compress_alaw(expand_ulaw(code as u8));
        code += 1;
    }
    table
};

/// A-law looks at the 12 high bits of a sample only.
static ALAW_ENCODE: [u8; 4096] = {
    let mut table = [0; 4096];
    let mut high = 0;
    while high < 4096 {
        table[high] = compress_alaw((high << 4) as u16 as i16);
        high += 1;
    }
    table
};

/// mu-law looks at the 14 high bits of a sample only.
static ULAW_ENCODE: [u8; 16384] = {
    let mut table = [0; 16384];
    let mut high = 0;
    while high < 16384 {
        table[high] = compress_ulaw((high << 2) as u16 as i16);
        high += 1;
    }
    table
};

/// G.711 table 1: eight segments of sixteen steps, the first two of equal step.
const fn compress_alaw(sample: i16) -> u8 {
    // One's complement, so that the decision values lie alike on both sides of zero.
    let magnitude = (if sample < 0 { !sample } else { sample }) as u16 >> 4;
    let mut segment = 0;
    let mut step = magnitude;
    if magnitude > 15 {
        segment = 1;
        while step > 31 {
            step >>= 1;
            segment += 1;
        }
        step -= 16;
    }
    let sign = if sample < 0 { 0 } else { 0x80 };
    (sign | (segment << 4) as u8 | step as u8) ^ 0x55
}

const fn expand_alaw(code: u8) -> i16 {
    let code = code ^ 0x55;
    let segment = (code >> 4) & 7;
    // Twice the step plus one: the middle of the interval, in units of half a step.
    let mut magnitude = ((code & 15) as i16) << 1 | 1;
    if segment > 0 {
        magnitude = (magnitude + 32) << (segment - 1);
    }
    magnitude <<= 3;
    if code & 0x80 != 0 {
        magnitude
    } else {
        -magnitude
    }
}

/// G.711 table 2: eight segments of sixteen steps, each twice as wide as the one before it; 33
/// (in 14-bit units) is the bias that makes the segment boundaries powers of two.
const fn compress_ulaw(sample: i16) -> u8 {
    let magnitude = ((if sample < 0 { !sample } else { sample }) as u16 >> 2) + 33;
    let biased = if magnitude > 0x1fff {
        0x1fff
    } else {
        magnitude
    };
    // 33 to 63 is segment 0.
    let segment = 10 - biased.leading_zeros();
    let step = (biased >> (segment + 1)) & 15;
    let sign = if sample < 0 { 0x80 } else { 0 };
    !(sign | (segment << 4) as u8 | step as u8)
}

const fn expand_ulaw(code: u8) -> i16 {
    let code = !code;
    let segment = (code >> 4) & 7;
    let step = (code & 15) as i16;
    let magnitude = (((step << 1) + 33) << segment) - 33;
    if code & 0x80 != 0 {
        -(magnitude << 2)
    } else {
        magnitude << 2
    }
}
