using System.Text;

namespace Ringwright.Interop.Cases;

/// <summary>
/// A SIP message read as plain lines: enough for a test phone, and written without the product's parser so that no misreading is shared.
/// </summary>
internal sealed class SipText
{
    private readonly List<(string Name, string Value)> _headers = [];

    private SipText(string startLine, string body) => (StartLine, Body) = (startLine, body);

    public string StartLine { get; }
    public string Body { get; }

    public bool IsRequest => !StartLine.StartsWith("SIP/2.0 ", StringComparison.Ordinal);
    public string Method => IsRequest ? StartLine.Split(' ')[0] : this["CSeq"].Split(' ')[^1];
    public string RequestUri => StartLine.Split(' ')[1];
    public int Status => int.Parse(StartLine.Split(' ')[1]);

    /// <summary>The first value, or the empty text.</summary>
    public string this[string name] => All(name).FirstOrDefault() ?? "";

    public IEnumerable<string> All(string name) =>
        from header in _headers where header.Name.Equals(name, StringComparison.OrdinalIgnoreCase) select header.Value;

    public string Branch => Parameter(this["Via"], "branch");
    public string FromTag => Parameter(this["From"], "tag");
    public string ToTag => Parameter(this["To"], "tag");
    public string FromUri => UriOf(this["From"]);
    public string ToUri => UriOf(this["To"]);
    public string Contact => UriOf(this["Contact"]);

    public static SipText Parse(ReadOnlySpan<byte> datagram)
    {
        string text = Encoding.UTF8.GetString(datagram);
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        string[] lines = (end < 0 ? text : text[..end]).Split("\r\n");
        var message = new SipText(lines[0], end < 0 ? "" : text[(end + 4)..]);
        foreach (string line in lines.Skip(1))
            if (line.IndexOf(':') is > 0 and var colon) message._headers.Add((LongForm(line[..colon].Trim()), line[(colon + 1)..].Trim()));
        return message;
    }

    /// <summary>The user part of a SIP URI.</summary>
    public static string UserOf(string uri)
    {
        string rest = uri[(uri.IndexOf(':') + 1)..];
        return rest.Contains('@') ? rest[..rest.IndexOf('@')] : "";
    }

    private static string UriOf(string value)
    {
        int open = value.IndexOf('<'), close = value.IndexOf('>');
        return open >= 0 && close > open ? value[(open + 1)..close] : value.Split(';')[0];
    }

    /// <summary>A parameter behind the address, not one inside it.</summary>
    private static string Parameter(string value, string name)
    {
        string rest = value[(value.IndexOf('>') + 1)..];
        foreach (string part in rest.Split(';').Skip(1))
            if (part.Trim().Split('=') is [var key, var text] && key.Equals(name, StringComparison.OrdinalIgnoreCase)) return text;
        return "";
    }

    private static string LongForm(string name) => name switch
    {
        "v" => "Via",
        "f" => "From",
        "t" => "To",
        "i" => "Call-ID",
        "m" => "Contact",
        "c" => "Content-Type",
        "l" => "Content-Length",
        _ => name,
    };
}
