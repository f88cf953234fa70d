namespace Ringwright.Calls.Texts.Smpp;

/// <summary>What an answer says (SMPP 3.4, section 5.1.3); centres have others of their own.</summary>
public static class SmppStatus
{
    public const uint Ok = 0x00, BadMessageLength = 0x01, BadLength = 0x02, BadCommand = 0x03, WrongBindState = 0x04, AlreadyBound = 0x05,
        SystemError = 0x08, BadSource = 0x0A, BadDestination = 0x0B, BindFailed = 0x0D, BadPassword = 0x0E, BadSystemId = 0x0F,
        QueueFull = 0x14, BadEsmClass = 0x43, SubmitFailed = 0x45, BadSourceTon = 0x48, BadSourceNpi = 0x49, BadDestinationTon = 0x50,
        BadDestinationNpi = 0x51, Throttled = 0x58, BadSchedule = 0x61, BadValidity = 0x62, TemporaryAppError = 0x64,
        PermanentAppError = 0x65, RejectedAppError = 0x66, BadTlvs = 0xC0, TlvNotAllowed = 0xC1, BadTlvLength = 0xC2, MissingTlv = 0xC3,
        BadTlvValue = 0xC4, UnknownError = 0xFF;

    /// <summary>Of an answer that does not take an optional parameter which was sent.</summary>
    public static bool RefusesTlvs(uint status) => status is BadTlvs or TlvNotAllowed or BadTlvLength or BadTlvValue;

    /// <summary>
    /// A number that SMPP gives no meaning: one of those that it leaves to centres (0x400 to 0x4FF), or one that it keeps for itself, by
    /// which some say that the account has run out and the like.
    /// </summary>
    public static bool IsCentresOwn(uint status) => status is not (<= 0x08 or (>= 0x0A and <= 0x0F) or 0x11 or (>= 0x13 and <= 0x15)
        or 0x33 or 0x34 or 0x40 or (>= 0x42 and <= 0x45) or 0x48 or 0x49 or 0x50 or 0x51 or (>= 0x53 and <= 0x55) or 0x58
        or (>= 0x61 and <= 0x67) or (>= 0xC0 and <= 0xC4) or 0xFE or UnknownError);

    /// <summary>For people: the number, and what it means where SMPP itself says so.</summary>
    public static string Text(uint status)
    {
        string? meaning = status switch
        {
            BadMessageLength => "message length",
            BadLength => "PDU length",
            BadCommand => "unknown command",
            WrongBindState => "wrong bind state",
            AlreadyBound => "already bound",
            SystemError => "system error",
            BadSource => "source address",
            BadDestination => "destination address",
            BindFailed => "bind failed",
            BadPassword => "wrong password",
            BadSystemId => "unknown system id",
            QueueFull => "its queue is full",
            BadEsmClass => "esm_class",
            SubmitFailed => "submit failed",
            BadSourceTon or BadSourceNpi => "type of the source address",
            BadDestinationTon or BadDestinationNpi => "type of the destination address",
            Throttled => "throttled",
            BadSchedule => "schedule",
            BadValidity => "validity period",
            TemporaryAppError => "temporary error of the receiver",
            PermanentAppError => "permanent error of the receiver",
            RejectedAppError => "rejected by the receiver",
            BadTlvs => "optional parameters",
            TlvNotAllowed => "optional parameter not allowed",
            BadTlvLength => "length of an optional parameter",
            MissingTlv => "an optional parameter is missing",
            BadTlvValue => "value of an optional parameter",
            UnknownError => "unknown error",
            _ => IsCentresOwn(status) ? "the centre's own" : null,
        };
        return meaning is null ? $"0x{status:X2}" : $"0x{status:X2} ({meaning})";
    }
}
