using System.Buffers.Text;
using System.Text;

namespace Ringwright.Bench.Driving;

/// <summary>
/// As much of a SIP message as a phone of the driver reads. Written from RFC 3261 for the driver alone: it shares nothing with the program.
/// </summary>
internal readonly ref struct SipView
{
    private readonly ReadOnlySpan<byte> _head;

    private SipView(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        _head = head;
        Body = body;
        int end = head.IndexOf("\r\n"u8);
        StartLine = end < 0 ? head : head[..end];
    }

    public ReadOnlySpan<byte> StartLine { get; }
    public ReadOnlySpan<byte> Body { get; }
    public bool IsResponse => StartLine.StartsWith("SIP/2.0 "u8);

    /// <summary>0 for requests.</summary>
    public int Status => IsResponse && Utf8Parser.TryParse(StartLine[8..], out int status, out _) ? status : 0;

    /// <summary>The request's method; for a response, the method of its CSeq.</summary>
    public ReadOnlySpan<byte> Method
    {
        get
        {
            var text = IsResponse ? Find("CSeq", "") : StartLine;
            if (IsResponse) return text[(text.LastIndexOf((byte)' ') + 1)..];
            int end = text.IndexOf((byte)' ');
            return end < 0 ? text : text[..end];
        }
    }

    /// <summary>The user part of the Request-URI.</summary>
    public string RequestUser => UserOf(Encoding.Latin1.GetString(StartLine));

    public static bool TryParse(ReadOnlySpan<byte> packet, out SipView message)
    {
        int end = packet.IndexOf("\r\n\r\n"u8);
        message = end < 0 ? default : new(packet[..(end + 2)], packet[(end + 4)..]);
        return end > 0;
    }

    /// <summary>The first header of that name; empty when there is none.</summary>
    /// <param name="compact">Its one-letter form; empty when it has none.</param>
    public string Header(string name, string compact = "") => Encoding.Latin1.GetString(Find(name, compact));

    /// <summary>All of them, as whole lines.</summary>
    public string Lines(string name, string compact = "")
    {
        var lines = new StringBuilder();
        foreach (var range in _head.Split("\r\n"u8))
            if (ValueOf(_head[range], name, compact, out var value))
                lines.Append(name).Append(": ").Append(Encoding.Latin1.GetString(value)).Append("\r\n");
        return lines.ToString();
    }

    /// <summary>The user part of the first SIP URI of a text.</summary>
    public static string UserOf(string text)
    {
        int begin = text.IndexOf("sip:", StringComparison.Ordinal) + 4, end = text.IndexOf('@', StringComparison.Ordinal);
        return begin > 3 && end > begin ? text[begin..end] : "";
    }

    /// <summary>The URI between angle brackets, or the whole text up to its parameters.</summary>
    public static string UriOf(string header)
    {
        int open = header.IndexOf('<', StringComparison.Ordinal), close = header.IndexOf('>', StringComparison.Ordinal);
        return open >= 0 && close > open ? header[(open + 1)..close] : header.Split(';')[0].Trim();
    }

    /// <summary>Where the session description wants audio.</summary>
    public bool TryReadAudio(out string address, out ushort port)
    {
        (address, port) = ("", 0);
        foreach (string line in Encoding.Latin1.GetString(Body).Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.StartsWith("c=IN IP4 ", StringComparison.Ordinal)) address = line[9..].Split('/')[0];
            else if (line.StartsWith("m=audio ", StringComparison.Ordinal)) _ = ushort.TryParse(line.Split(' ')[1], out port);
        }
        return address.Length > 0 && port > 0;
    }

    /// <summary>The first <c>a=crypto</c> line of that suite (RFC 4568): its tag, and the key that the other end protects with.</summary>
    public bool TryReadKey(string suite, out int tag, out byte[] key)
    {
        (tag, key) = (0, []);
        foreach (string line in Encoding.Latin1.GetString(Body).Split('\n', StringSplitOptions.TrimEntries))
        {
            if (!line.StartsWith("a=crypto:", StringComparison.Ordinal) || line[9..].Split(' ') is not [var number, var named, var how, ..]
                || named != suite || !how.StartsWith("inline:", StringComparison.Ordinal)) continue;
            key = Convert.FromBase64String(how[7..].Split('|')[0]);
            return int.TryParse(number, out tag);
        }
        return false;
    }

    private ReadOnlySpan<byte> Find(string name, string compact)
    {
        foreach (var range in _head.Split("\r\n"u8))
            if (ValueOf(_head[range], name, compact, out var value)) return value;
        return default;
    }

    private static bool ValueOf(ReadOnlySpan<byte> line, string name, string compact, out ReadOnlySpan<byte> value)
    {
        value = default;
        int colon = line.IndexOf((byte)':');
        if (colon < 0) return false;
        var found = line[..colon].TrimEnd(" \t"u8);
        if (!Ascii.EqualsIgnoreCase(found, name) && (compact.Length == 0 || !Ascii.EqualsIgnoreCase(found, compact))) return false;
        value = line[(colon + 1)..].Trim(" \t"u8);
        return true;
    }
}
