//! Code points of the bearer capability and its like (Q.931 4.5.5, 4.5.19).

use crate::codes::codes;

codes! {
    /// Coding standard of an information element that describes a bearer or a service
    /// (Q.931 4.5.5, 4.5.17): 2 bits.
    pub enum ServiceCodingStandard {
        ItuT = 0, "ITU-T standardised coding";
        IsoIec = 1, "ISO/IEC standard";
        National = 2, "national standard";
        Network = 3, "standard defined for the network on the network side of the interface";
        _ => Spare, "spare coding standard"
    }
}

codes! {
    /// Information transfer capability (Q.931 4.5.5, octet 3): 5 bits.
    pub enum InformationTransferCapability {
        Speech = 0x00, "speech";
        UnrestrictedDigital = 0x08, "unrestricted digital information";
        RestrictedDigital = 0x09, "restricted digital information";
        Audio3k1 = 0x10, "3.1 kHz audio";
        UnrestrictedDigitalWithTones = 0x11,
            "unrestricted digital information with tones and announcements";
        Video = 0x18, "video";
        _ => Reserved, "reserved capability"
    }
}

codes! {
    /// Transfer mode (Q.931 4.5.5, octet 4): 2 bits.
    pub enum TransferMode {
        Circuit = 0, "circuit mode";
        Packet = 2, "packet mode";
        _ => Reserved, "reserved transfer mode"
    }
}

codes! {
    /// Information transfer rate (Q.931 4.5.5, octet 4): 5 bits.
    pub enum InformationTransferRate {
        PacketMode = 0x00, "rate of packet mode";
        Kbit64 = 0x10, "64 kbit/s";
        Kbit2x64 = 0x11, "2 x 64 kbit/s";
        Kbit384 = 0x13, "384 kbit/s";
        Kbit1536 = 0x15, "1536 kbit/s";
        Kbit1920 = 0x17, "1920 kbit/s";
        Multirate = 0x18, "multirate";
        _ => Reserved, "reserved rate"
    }
}

codes! {
    /// User information layer 1 protocol (Q.931 4.5.5, octet 5): 5 bits.
    pub enum Layer1Protocol {
        V110 = 1, "V.110, I.460 and X.30";
        G711MuLaw = 2, "G.711 mu-law";
        G711ALaw = 3, "G.711 A-law";
        G721 = 4, "G.721 and I.460";
        H221 = 5, "H.221 and H.242";
        H223 = 6, "H.223 and H.245";
        NotItuT = 7, "rate adaption not standardised by ITU-T";
        V120 = 8, "V.120";
        X31 = 9, "X.31";
        G728 = 10, "G.728";
        G729 = 11, "G.729";
        _ => Reserved, "reserved layer 1 protocol"
    }
}

codes! {
    /// User rate (Q.931 4.5.5, octet 5a): 5 bits.
    pub enum UserRate {
        EBits = 0, "indicated by E-bits or negotiated in-band";
        Kbit0_6 = 1, "0.6 kbit/s";
        Kbit1_2 = 2, "1.2 kbit/s";
        Kbit2_4 = 3, "2.4 kbit/s";
        Kbit3_6 = 4, "3.6 kbit/s";
        Kbit4_8 = 5, "4.8 kbit/s";
        Kbit7_2 = 6, "7.2 kbit/s";
        Kbit8 = 7, "8 kbit/s";
        Kbit9_6 = 8, "9.6 kbit/s";
        Kbit14_4 = 9, "14.4 kbit/s";
        Kbit16 = 10, "16 kbit/s";
        Kbit19_2 = 11, "19.2 kbit/s";
        Kbit32 = 12, "32 kbit/s";
        Kbit38_4 = 13, "38.4 kbit/s";
        Kbit48 = 14, "48 kbit/s";
        Kbit56 = 15, "56 kbit/s";
        Kbit64 = 16, "64 kbit/s";
        Kbit57_6 = 18, "57.6 kbit/s";
        Kbit28_8 = 19, "28.8 kbit/s";
        Kbit24 = 20, "24 kbit/s";
        Kbit0_1345 = 21, "0.1345 kbit/s";
        Kbit0_1 = 22, "0.100 kbit/s";
        Kbit0_075And1_2 = 23, "0.075 and 1.2 kbit/s";
        Kbit1_2And0_075 = 24, "1.2 and 0.075 kbit/s";
        Kbit0_05 = 25, "0.050 kbit/s";
        Kbit0_075 = 26, "0.075 kbit/s";
        Kbit0_11 = 27, "0.110 kbit/s";
        Kbit0_15 = 28, "0.150 kbit/s";
        Kbit0_2 = 29, "0.200 kbit/s";
        Kbit0_3 = 30, "0.300 kbit/s";
        Kbit12 = 31, "12 kbit/s";
        _ => Reserved, "reserved user rate"
    }
}

codes! {
    /// Intermediate rate of V.110 (Q.931 4.5.5, octet 5b): 2 bits.
    pub enum IntermediateRate {
        NotUsed = 0, "not used";
        Kbit8 = 1, "8 kbit/s";
        Kbit16 = 2, "16 kbit/s";
        Kbit32 = 3, "32 kbit/s";
        _ => Reserved, "reserved intermediate rate"
    }
}

codes! {
    /// Number of stop bits (Q.931 4.5.5, octet 5c): 2 bits.
    pub enum StopBits {
        NotUsed = 0, "not used";
        One = 1, "1 bit";
        OneAndAHalf = 2, "1.5 bits";
        Two = 3, "2 bits";
        _ => Reserved, "reserved number of stop bits"
    }
}

codes! {
    /// Number of data bits, that of parity not counted (Q.931 4.5.5, octet 5c): 2 bits.
    pub enum DataBits {
        NotUsed = 0, "not used";
        Five = 1, "5 bits";
        Seven = 2, "7 bits";
        Eight = 3, "8 bits";
        _ => Reserved, "reserved number of data bits"
    }
}

codes! {
    /// Parity information (Q.931 4.5.5, octet 5c): 3 bits.
    pub enum Parity {
        Odd = 0, "odd";
        Even = 2, "even";
        None = 3, "none";
        ForcedTo0 = 4, "forced to 0";
        ForcedTo1 = 5, "forced to 1";
        _ => Reserved, "reserved parity"
    }
}

codes! {
    /// Modem type (Q.931 4.5.5, octet 5d): 6 bits. 0 to 5 and 32 to 47 are for national use, 48 to
    /// 63 are specified by the user.
    pub enum ModemType {
        V21 = 0x11, "V.21";
        V22 = 0x12, "V.22";
        V22Bis = 0x13, "V.22 bis";
        V23 = 0x14, "V.23";
        V26 = 0x15, "V.26";
        V26Bis = 0x16, "V.26 bis";
        V26Ter = 0x17, "V.26 ter";
        V27 = 0x18, "V.27";
        V27Bis = 0x19, "V.27 bis";
        V27Ter = 0x1a, "V.27 ter";
        V29 = 0x1b, "V.29";
        V32 = 0x1c, "V.32";
        V34 = 0x1e, "V.34";
        _ => Other, "other modem type"
    }
}

codes! {
    /// User information layer 2 protocol (Q.931 4.5.5, 4.5.19, octet 6): 5 bits.
    pub enum Layer2Protocol {
        Basic = 1, "basic mode, ISO 1745";
        Q921 = 2, "Q.921 (I.441)";
        X25 = 6, "X.25 link layer";
        X25Multilink = 7, "X.25 multilink";
        ExtendedLapb = 8, "extended LAPB, T.71";
        HdlcArm = 9, "HDLC ARM";
        HdlcNrm = 10, "HDLC NRM";
        HdlcAbm = 11, "HDLC ABM";
        Llc = 12, "LAN logical link control, ISO/IEC 8802-2";
        X75 = 13, "X.75 single link procedure";
        Q922 = 14, "Q.922";
        Q922Core = 15, "core aspects of Q.922";
        UserSpecified = 16, "user specified";
        Iso7776 = 17, "ISO/IEC 7776 DTE-DTE operation";
        _ => Reserved, "reserved layer 2 protocol"
    }
}

codes! {
    /// User information layer 3 protocol (Q.931 4.5.5, 4.5.19, octet 7): 5 bits.
    pub enum Layer3Protocol {
        Q931 = 2, "Q.931";
        X25 = 6, "X.25 packet layer";
        Iso8208 = 7, "ISO/IEC 8208";
        Iso8878 = 8, "X.223 and ISO/IEC 8878";
        Iso8473 = 9, "ISO/IEC 8473 connectionless";
        T70 = 10, "T.70";
        Tr9577 = 11, "ISO/IEC TR 9577";
        UserSpecified = 16, "user specified";
        _ => Reserved, "reserved layer 3 protocol"
    }
}
