namespace Ringwright.Sip.Messages;

/// <summary>The methods we know by name. Names are case-sensitive (RFC 3261 §7.1).</summary>
public enum SipMethod : byte
{
    Unknown,
    Invite,
    Ack,
    Bye,
    Cancel,
    Options,
    Register,
    Prack,
    Subscribe,
    Notify,
    Publish,
    Info,
    Refer,
    Message,
    Update,
}

public static class SipMethods
{
    private static readonly byte[][] Names =
    [
        [], "INVITE"u8.ToArray(), "ACK"u8.ToArray(), "BYE"u8.ToArray(), "CANCEL"u8.ToArray(), "OPTIONS"u8.ToArray(), "REGISTER"u8.ToArray(),
        "PRACK"u8.ToArray(), "SUBSCRIBE"u8.ToArray(), "NOTIFY"u8.ToArray(), "PUBLISH"u8.ToArray(), "INFO"u8.ToArray(), "REFER"u8.ToArray(),
        "MESSAGE"u8.ToArray(), "UPDATE"u8.ToArray(),
    ];

    public static SipMethod Find(ReadOnlySpan<byte> name)
    {
        for (int i = 1; i < Names.Length; i++)
            if (name.SequenceEqual(Names[i])) return (SipMethod)i;
        return SipMethod.Unknown;
    }

    /// <summary>The name on the wire; empty for <see cref="SipMethod.Unknown"/>.</summary>
    public static ReadOnlySpan<byte> Wire(this SipMethod method) => Names[(int)method];
}
