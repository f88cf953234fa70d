namespace Ringwright.Calls.Texts.Smpp;

/// <summary>What an answer says (SMPP 3.4, section 5.1.3); centres have others of their own.</summary>
public static class SmppStatus
{
    public const uint Ok = 0x00, BadMessageLength = 0x01, BadLength = 0x02, BadCommand = 0x03, WrongBindState = 0x04, AlreadyBound = 0x05,
        SystemError = 0x08, BadSource = 0x0A, BadDestination = 0x0B, BindFailed = 0x0D, BadPassword = 0x0E, BadSystemId = 0x0F,
        QueueFull = 0x14, BadEsmClass = 0x43, SubmitFailed = 0x45, BadSourceTon = 0x48, BadSourceNpi = 0x49, BadDestinationTon = 0x50,
        BadDestinationNpi = 0x51, Throttled = 0x58, BadSchedule = 0x61, BadValidity = 0x62, TemporaryAppError = 0x64,
        PermanentAppError = 0x65, RejectedAppError = 0x66, BadTlvs = 0xC0, TlvNotAllowed = 0xC1, BadTlvLength = 0xC2, MissingTlv = 0xC3,
        BadTlvValue = 0xC4;

    /// <summary>Of an answer that does not take an optional parameter which was sent.</summary>
    public static bool RefusesTlvs(uint status) => status is BadTlvs or TlvNotAllowed or BadTlvLength or BadTlvValue;

    /// <summary>The centre's own number, which SMPP gives no meaning.</summary>
    public static bool IsCentresOwn(uint status) => status is >= 0x400 and <= 0x4FF;

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
            _ => IsCentresOwn(status) ? "the centre's own" : null,
        };
        return meaning is null ? $"0x{status:X2}" : $"0x{status:X2} ({meaning})";
    }
}
