using System.Text;

namespace Ringwright.Lab.Carriers;

/// <summary>A SIP message as lines that can be changed: what a carrier's box needs, which passes on what it does not understand.</summary>
internal sealed class WireMessage
{
    private readonly List<string> _lines;
    private readonly string _body;

    private WireMessage(List<string> lines, string body) => (_lines, _body) = (lines, body);

    /// <returns>Null when it is none.</returns>
    public static WireMessage? Parse(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.Latin1.GetString(bytes);
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return null;
        var message = new WireMessage([.. text[..end].Split("\r\n")], text[(end + 4)..]);
        return message.Count("Via") == 0 ? null : message;
    }

    /// <summary>Another message with these lines before the body.</summary>
    public static WireMessage Of(IEnumerable<string> lines) => new([.. lines, "Content-Length: 0"], "");

    public string StartLine
    {
        get => _lines[0];
        set => _lines[0] = value;
    }

    public bool IsResponse => StartLine.StartsWith("SIP/2.0 ", StringComparison.Ordinal);
    public int Status => IsResponse && int.TryParse(StartLine.Split(' ')[1], out int status) ? status : 0;
    public string Method => IsResponse ? this["CSeq"].Split(' ')[^1] : StartLine.Split(' ')[0];
    public bool IsInsideDialog => this["To"].Contains(";tag=", StringComparison.Ordinal);

    /// <summary>The first value of the header; empty when there is none.</summary>
    public string this[string name] => _lines.Find(line => Is(line, name)) is { } found ? found[(found.IndexOf(':') + 1)..].Trim() : "";

    public int Count(string name) => _lines.Count(line => Is(line, name));

    /// <summary>Addresses in all headers of the name.</summary>
    public int CountUris(string name) => _lines.Where(line => Is(line, name)).Sum(line => line.Split("<sip:").Length - 1);

    /// <summary>In front of all headers.</summary>
    public void Push(string header) => _lines.Insert(1, header);

    public void Pop(string name) => _lines.RemoveAt(_lines.FindIndex(line => Is(line, name)));

    public void Remove(string name) => _lines.RemoveAll(line => Is(line, name));

    public void Replace(string name, string value)
    {
        int at = _lines.FindIndex(line => Is(line, name));
        if (at >= 0) _lines[at] = $"{name}: {value}";
    }

    /// <summary>The same headers under another status.</summary>
    public WireMessage As(string status, bool hasBody)
    {
        List<string> lines = [$"SIP/2.0 {status}",
            .. _lines.Skip(1).Where(line => hasBody || !Is(line, "Content-Type") && !Is(line, "Content-Length"))];
        if (!hasBody) lines.Add("Content-Length: 0");
        return new(lines, hasBody ? _body : "");
    }

    public byte[] ToBytes() => Encoding.Latin1.GetBytes(string.Join("\r\n", _lines) + "\r\n\r\n" + _body);

    private static bool Is(string line, string name) =>
        line.Length > name.Length && line[name.Length] == ':' && line.StartsWith(name, StringComparison.OrdinalIgnoreCase);
}
