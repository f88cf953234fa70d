using System.Text;

namespace Ringwright.Calls.Texts.Smpp;

/// <summary>Which way messages go on a bind.</summary>
public enum SmppBindKind
{
    /// <summary>Both ways.</summary>
    Transceiver,
    /// <summary>To the centre.</summary>
    Transmitter,
    /// <summary>From the centre.</summary>
    Receiver,
}

/// <summary>How somebody who connects says who he is: the body of all three kinds of bind.</summary>
public sealed record SmppBind(string SystemId, string Password, string SystemType = "")
{
    /// <summary>Octets with the zero. SMPP has 9 for a password; some centres give out longer ones.</summary>
    public const int SystemIdOctets = 16, PasswordOctets = 65, SystemTypeOctets = 13;

    private const byte Version = 0x34;
    private const int RangeOctets = 41, LongestName = 64;

    public byte[] ToBody() => new SmppFieldWriter().Text(SystemId, SystemIdOctets).Text(Password, PasswordOctets)
        .Text(SystemType, SystemTypeOctets).Octet(Version).Octet(0).Octet(0).Text("", RangeOctets).ToBytes();

    /// <returns>Null for what is none.</returns>
    public static SmppBind? Read(ReadOnlySpan<byte> body)
    {
        var reader = new SmppFieldReader(body);
        var bind = new SmppBind(reader.Text(SystemIdOctets), reader.Text(PasswordOctets), reader.Text(SystemTypeOctets));
        reader.Octets(3);
        reader.Text(RangeOctets);
        return reader.IsBroken ? null : bind;
    }

    /// <summary>
    /// The one text that answers to binds and messages begin with; centres leave out its zero, or all of it where they refuse. What is
    /// longer than SMPP has it is cut off: it is kept, and looked for.
    /// </summary>
    public static string ReadName(ReadOnlySpan<byte> body)
    {
        int end = body.IndexOf((byte)0);
        return Encoding.Latin1.GetString(body[..Math.Min(end < 0 ? body.Length : end, LongestName)]);
    }

    /// <summary>The body of such an answer.</summary>
    public static byte[] NameBody(string name) => new SmppFieldWriter().Text(name, int.MaxValue).ToBytes();
}
