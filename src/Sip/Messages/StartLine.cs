namespace Ringwright.Sip.Messages;

/// <summary>Request line or status line (RFC 3261 §7.1, §7.2).</summary>
internal readonly record struct StartLine
{
    public bool IsRequest { get; private init; }
    public int MethodLength { get; private init; }
    public int Status { get; private init; }
    /// <summary>The Request-URI or the reason phrase.</summary>
    public int TextStart { get; private init; }
    public int TextLength { get; private init; }
    public ParseStatus Fault { get; private init; }

    /// <summary>False when nothing can be made of the line; a line that shows what was meant comes back with its fault.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out StartLine start) =>
        line.StartsWith("SIP/"u8) || line.Length > 3 && line[..4].Is("SIP/"u8) ? TryStatusLine(line, out start)
            : TryRequestLine(line, out start);

    private static bool TryStatusLine(ReadOnlySpan<byte> line, out StartLine start)
    {
        start = default;
        if (line.Length > Limits.HeaderLineBytes) return false;
        int space = line.IndexOf((byte)' ');
        if (space < 0 || !line[..space].Is("SIP/2.0"u8)) return false;
        var rest = line[(space + 1)..];
        int end = rest.IndexOf((byte)' ');
        var code = end < 0 ? rest : rest[..end];
        var fault = ParseStatus.Ok;
        if (code.Length != 3 || !Grammar.TryNumber(code, 699, out uint status) || status < 100)
            (status, fault) = (0, ParseStatus.BadStatusCode);
        int reason = end < 0 ? line.Length : space + 1 + end + 1;
        if (line[reason..].Contains((byte)'\r')) fault = ParseStatus.BadStartLine;
        start = new() { Status = (int)status, TextStart = reason, TextLength = line.Length - reason, Fault = fault };
        return true;
    }

    private static bool TryRequestLine(ReadOnlySpan<byte> line, out StartLine start)
    {
        start = default;
        int first = line.IndexOf((byte)' ');
        if (first <= 0 || !line[..first].IsToken()) return false;
        // What stands behind the version divides nothing. Some write it in an ACK, which nobody could refuse to them.
        line = line.TrimEnd(" \t"u8);
        int last = line.LastIndexOf((byte)' ');
        if (last <= first) return false;
        var version = line[(last + 1)..];
        if (version.Length < 5 || !version[..4].Is("SIP/"u8)) return false;

        var uri = line[(first + 1)..last];
        var fault = ParseStatus.Ok;
        if (first > Limits.MethodBytes || uri.Length > Limits.UriBytes) fault = ParseStatus.TooLong;
        else if (uri.IsEmpty || uri.IndexOfAny(" \t\r"u8) >= 0) fault = ParseStatus.BadStartLine;
        else if (!version.Is("SIP/2.0"u8)) fault = IsVersion(version[4..]) ? ParseStatus.BadVersion : ParseStatus.BadStartLine;
        else
        {
            fault = SipUri.TryParse(uri, out var parsed);
            // §19.1.1: no headers in a Request-URI.
            if (fault is ParseStatus.Ok && !parsed.Headers.IsEmpty) fault = ParseStatus.BadUri;
        }
        start = new() { IsRequest = true, MethodLength = first, TextStart = first + 1, TextLength = uri.Length, Fault = fault };
        return true;
    }

    private static bool IsVersion(ReadOnlySpan<byte> version)
    {
        int dot = version.IndexOf((byte)'.');
        return dot > 0 && Grammar.TryNumber(version[..dot], uint.MaxValue, out _)
            && Grammar.TryNumber(version[(dot + 1)..], uint.MaxValue, out _);
    }
}
