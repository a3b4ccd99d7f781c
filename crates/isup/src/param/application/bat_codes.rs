//! Code points of the BAT ASE: bearer association transport (Q.765.5 11.1).

use crate::codes::codes;

codes! {
    /// Identifier of an information element of the BAT ASE (Q.765.5 11.1.2).
    pub enum BatIdentifier {
        Action = 1, "action indicator";
        ConnectionIdentifier = 2, "backbone network connection identifier";
        FunctionAddress = 3, "interworking function address";
        CodecList = 4, "codec list";
        Codec = 5, "codec";
        CompatibilityReport = 6, "BAT compatibility report";
        Characteristics = 7, "bearer network connection characteristics";
        ControlInformation = 8, "bearer control information";
        Tunnelling = 9, "bearer control tunnelling";
        ControlUnit = 10, "bearer control unit identifier";
        Signal = 11, "signal";
        RedirectionCapability = 12, "bearer redirection capability";
        RedirectionIndicators = 13, "bearer redirection indicators";
        SignalType = 14, "signal type";
        Duration = 15, "duration";
        _ => Spare, "spare information element"
    }
}

codes! {
    /// What to do with an information element that is not known (Q.765.5 11.1.1): 2 bits. When it
    /// is for the case that passing on is not possible, 0 is "release call".
    pub enum BatInstruction {
        PassOn = 0, "pass on information element";
        DiscardElement = 1, "discard information element";
        DiscardData = 2, "discard BICC data";
        ReleaseCall = 3, "release call";
        _ => Spare, "spare instruction"
    }
}

codes! {
    /// Action indicator (Q.765.5 11.1.3).
    pub enum BatAction {
        NoIndication = 0, "no indication";
        ConnectBackward = 1, "connect backward";
        ConnectForward = 2, "connect forward";
        ConnectForwardNoNotification = 3, "connect forward, no notification";
        ConnectForwardNotification = 4, "connect forward, plus notification";
        ConnectForwardNoNotificationCodec = 5,
            "connect forward, no notification + selected codec";
        ConnectForwardNotificationCodec = 6, "connect forward, plus notification + selected codec";
        UseIdle = 7, "use idle";
        Connected = 8, "connected";
        Switched = 9, "switched";
        SelectedCodec = 10, "selected codec";
        ModifyCodec = 11, "modify codec";
        CodecModified = 12, "successful codec modification";
        CodecModificationFailure = 13, "codec modification failure";
        MidCallNegotiation = 14, "mid-call codec negotiation";
        ModifyToSelectedCodec = 15, "modify to selected codec information";
        MidCallNegotiationFailure = 16, "mid-call codec negotiation failure";
        StartSignalNotify = 17, "start signal, notify";
        StartSignalNoNotify = 18, "start signal, no notify";
        StopSignalNotify = 19, "stop signal, notify";
        StopSignalNoNotify = 20, "stop signal, no notify";
        StartSignalAcknowledge = 21, "start signal acknowledge";
        StartSignalReject = 22, "start signal reject";
        StopSignalAcknowledge = 23, "stop signal acknowledge";
        BearerRedirect = 24, "bearer redirect";
        _ => Spare, "spare action"
    }
}

codes! {
    /// Bearer network connection characteristics (Q.765.5 11.1.9).
    pub enum BearerCharacteristics {
        NoIndication = 0, "no indication";
        Aal1 = 1, "AAL type 1";
        Aal2 = 2, "AAL type 2";
        StructuredAal1 = 3, "structured AAL type 1";
        IpRtp = 4, "IP/RTP";
        Tdm = 5, "TDM";
        _ => Spare, "spare bearer characteristics"
    }
}

codes! {
    /// Who has named a codec (Q.765.5 11.1.7).
    pub enum CodecOrganization {
        NoIndication = 0, "no indication";
        ItuT = 1, "ITU-T";
        Etsi = 2, "ETSI";
        _ => Spare, "spare organization"
    }
}

codes! {
    /// Codec named by ITU-T (Q.765.5 11.1.7).
    pub enum ItuTCodec {
        NoIndication = 0, "no indication";
        G711ALaw64 = 1, "G.711 64 kbit/s A-law";
        G711MuLaw64 = 2, "G.711 64 kbit/s mu-law";
        G711ALaw56 = 3, "G.711 56 kbit/s A-law";
        G711MuLaw56 = 4, "G.711 56 kbit/s mu-law";
        G722 = 5, "G.722 (SB-ADPCM)";
        G7231 = 6, "G.723.1";
        G7231A = 7, "G.723.1 annex A (silence suppression)";
        G726 = 8, "G.726 (ADPCM)";
        G727 = 9, "G.727 (embedded ADPCM)";
        G728 = 10, "G.728";
        G729 = 11, "G.729 (CS-ACELP)";
        G729B = 12, "G.729 annex B (silence suppression)";
        _ => Spare, "spare codec"
    }
}

codes! {
    /// Codec named by ETSI (3GPP TS 26.103).
    pub enum EtsiCodec {
        GsmFr = 0, "GSM FR";
        GsmHr = 1, "GSM HR";
        GsmEfr = 2, "GSM EFR";
        FrAmr = 3, "FR AMR";
        HrAmr = 4, "HR AMR";
        UmtsAmr = 5, "UMTS AMR";
        UmtsAmr2 = 6, "UMTS AMR 2";
        TdmaEfr = 7, "TDMA EFR";
        PdcEfr = 8, "PDC EFR";
        FrAmrWb = 9, "FR AMR-WB";
        UmtsAmrWb = 10, "UMTS AMR-WB";
        OhrAmr = 11, "OHR AMR";
        OfrAmrWb = 12, "OFR AMR-WB";
        OhrAmrWb = 13, "OHR AMR-WB";
        _ => Spare, "spare codec"
    }
}

codes! {
    /// Reason of a BAT compatibility report (Q.765.5 11.1.8).
    pub enum BatReportReason {
        NoIndication = 0, "no indication";
        NotImplemented = 1, "information element non-existent or not implemented";
        DataDiscarded = 2, "BICC data with unrecognized information element, discarded";
        _ => Spare, "spare reason"
    }
}

codes! {
    /// Bearer redirection indicator (Q.765.5 11.1.15).
    pub enum BearerRedirection {
        NoIndication = 0, "no indication";
        LateCutThroughRequest = 1, "late cut-through request";
        TemporaryReject = 2, "redirect temporary reject";
        BackwardsRequest = 3, "redirect backwards request";
        ForwardsRequest = 4, "redirect forwards request";
        ReleaseRequest = 5, "redirect bearer release request";
        ReleaseProceed = 6, "redirect bearer release proceed";
        ReleaseComplete = 7, "redirect bearer release complete";
        CutThroughRequest = 8, "redirect cut-through request";
        ConnectedIndication = 9, "redirect bearer connected indication";
        Failure = 10, "redirect failure";
        NewConnectionIdentifier = 11, "new connection identifier";
        _ => Spare, "spare redirection indicator"
    }
}

codes! {
    /// Signal type (Q.765.5 11.1.13).
    pub enum SignalType {
        Dtmf0 = 0, "DTMF 0";
        Dtmf1 = 1, "DTMF 1";
        Dtmf2 = 2, "DTMF 2";
        Dtmf3 = 3, "DTMF 3";
        Dtmf4 = 4, "DTMF 4";
        Dtmf5 = 5, "DTMF 5";
        Dtmf6 = 6, "DTMF 6";
        Dtmf7 = 7, "DTMF 7";
        Dtmf8 = 8, "DTMF 8";
        Dtmf9 = 9, "DTMF 9";
        DtmfStar = 10, "DTMF *";
        DtmfPound = 11, "DTMF #";
        DtmfA = 12, "DTMF A";
        DtmfB = 13, "DTMF B";
        DtmfC = 14, "DTMF C";
        DtmfD = 15, "DTMF D";
        DialTone = 64, "dial tone";
        PabxDialTone = 65, "PABX internal dial tone";
        SpecialDialTone = 66, "special dial tone";
        SecondDialTone = 67, "second dial tone";
        RingingTone = 68, "ringing tone";
        SpecialRingingTone = 69, "special ringing tone";
        BusyTone = 70, "busy tone";
        CongestionTone = 71, "congestion tone";
        SpecialInformationTone = 72, "special information tone";
        WarningTone = 73, "warning tone";
        IntrusionTone = 74, "intrusion tone";
        CallWaitingTone = 75, "call waiting tone";
        PayTone = 76, "pay tone";
        PayphoneRecognitionTone = 77, "payphone recognition tone";
        ComfortTone = 78, "comfort tone";
        ToneOnHold = 79, "tone on hold";
        RecordTone = 80, "record tone";
        CallerWaitingTone = 81, "caller waiting tone";
        PositiveIndicationTone = 82, "positive indication tone";
        NegativeIndicationTone = 83, "negative indication tone";
        _ => Spare, "spare signal type"
    }
}
