using System.Text;
using Ringwright.Core;

namespace Ringwright.Pure.Sip;

/// <summary>
/// Breaks messages the way that software breaks them: by lines, parameters, numbers and separators, and sometimes by single bytes.
/// </summary>
internal sealed class Mutator(Rng rng, IReadOnlyList<byte[]> corpus)
{
    private static readonly string[] Spice =
    [
        ";", ",", ":", "=", "<", ">", "\"", "\\", "%", "%0", "@", "?", "/", "[", "]", "[::1]", "[fe80::1%eth0]", "*", " ", "\t", "\r", "\n",
        "\r\n ", "\r\n\r\n", "\0", "\u00FF", "4294967296", "-1", "00000000000000000001", "18446744073709551616", "z9hG4bK", ";tag=", ";lr",
        ";rport", ";received=1.2.3.4", "sip:", "sips:", "tel:+1", "SIP/2.0", "SIP/3.0",
        "Content-Length: 99999\r\n", "Content-Length: 0\r\n", "l: 3\r\n", "Via: \r\n", "v: SIP/2.0/UDP x\r\n", "CSeq: 1 ACK\r\n",
        "Route: <sip:a;lr>,\r\n", "Contact: *\r\n", "Require: 100rel\r\n",
    ];

    public byte[] Next()
    {
        byte[] message = corpus[rng.Next(corpus.Count)];
        for (int i = rng.Next(4); i >= 0; i--) message = Mutate(message);
        return message;
    }

    private byte[] Mutate(byte[] message)
    {
        if (message.Length == 0) return message;
        return rng.Next(12) switch
        {
            0 => Lines(message, lines => lines.RemoveAt(rng.Next(lines.Count))),
            1 => Lines(message, lines => lines.Insert(rng.Next(lines.Count), lines[rng.Next(lines.Count)])),
            2 => Lines(message, lines => (lines[0], lines[^1]) = (lines[^1], lines[0])),
            3 => Lines(message, lines => lines[rng.Next(lines.Count)] += Spice[rng.Next(Spice.Length)]),
            4 => Lines(message, lines => lines.Insert(rng.Next(lines.Count), Donor())),
            5 => message[..rng.Next(message.Length)],
            6 => [.. message[..rng.Next(message.Length)], .. message[rng.Next(message.Length)..]],
            7 => Repeat(message),
            8 => Splice(message, Encoding.Latin1.GetBytes(Spice[rng.Next(Spice.Length)]), overwrite: true),
            9 => Flip(message),
            _ => Splice(message, Encoding.Latin1.GetBytes(Spice[rng.Next(Spice.Length)]), overwrite: false),
        };
    }

    private static byte[] Lines(byte[] message, Action<List<string>> change)
    {
        var lines = Encoding.Latin1.GetString(message).Split("\r\n").ToList();
        change(lines);
        return Encoding.Latin1.GetBytes(string.Join("\r\n", lines));
    }

    private string Donor()
    {
        string[] lines = Encoding.Latin1.GetString(corpus[rng.Next(corpus.Count)]).Split("\r\n");
        return lines[rng.Next(lines.Length)];
    }

    private byte[] Repeat(byte[] message)
    {
        int start = rng.Next(message.Length), length = Math.Min(1 + rng.Next(40), message.Length - start);
        var repeated = new List<byte>(message[..start]);
        for (int i = 1 + rng.Next(300); i > 0; i--) repeated.AddRange(message[start..(start + length)]);
        repeated.AddRange(message[start..]);
        return [.. repeated];
    }

    private byte[] Splice(byte[] message, byte[] piece, bool overwrite)
    {
        int at = rng.Next(message.Length);
        return [.. message[..at], .. piece, .. message[Math.Min(message.Length, at + (overwrite ? piece.Length : 0))..]];
    }

    private byte[] Flip(byte[] message)
    {
        byte[] flipped = [.. message];
        flipped[rng.Next(flipped.Length)] = (byte)rng.Next();
        return flipped;
    }
}
