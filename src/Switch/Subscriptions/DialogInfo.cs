using System.Globalization;
using System.Text;
using System.Xml;

namespace Ringwright.Switch.Subscriptions;

/// <summary>
/// The document of a busy lamp (RFC 4235 section 4): always the full state. A call that its reader knows of and that is over stands in it
/// once more as terminated, which many phones wait for.
/// </summary>
internal static class DialogInfo
{
    public const string Type = "application/dialog-info+xml";

    /// <summary>Those that the document shows: calls that ring before others, then the oldest.</summary>
    public static IReadOnlyList<LineCall> Choose(IEnumerable<LineCall> calls) =>
        [.. calls.OrderByDescending(call => call.State is LineState.Early).ThenBy(call => call.Since).Take(Limits.ShownCalls)];

    /// <param name="user">Whose calls.</param>
    /// <param name="domain">Of the URIs in it: all of them lead here.</param>
    /// <param name="told">What the reader knows.</param>
    public static byte[] Write(string user, string domain, int version, IReadOnlyList<LineCall> calls, IReadOnlyList<LineCall> told)
    {
        string entity = Uri(user, domain);
        var text = new StringBuilder("<?xml version=\"1.0\"?>\n<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"")
            .Append(version.ToString(CultureInfo.InvariantCulture)).Append("\" state=\"full\" entity=\"").Append(entity).Append("\">\n");
        foreach (var call in calls) Write(text, call, entity, domain);
        foreach (var call in told)
        {
            if (calls.Any(other => other.Id == call.Id)) continue;
            text.Append("<dialog id=\"").Append(call.Id.ToString("N")).Append("\"><state>terminated</state></dialog>\n");
        }
        return Encoding.UTF8.GetBytes(text.Append("</dialog-info>\n").ToString());
    }

    private static void Write(StringBuilder text, LineCall call, string entity, string domain)
    {
        text.Append("<dialog id=\"").Append(call.Id.ToString("N")).Append('"');
        if (call.Dialog is var (callId, local, remote))
            text.Append(" call-id=\"").Append(Escape(callId)).Append("\" local-tag=\"").Append(Escape(local)).Append("\" remote-tag=\"")
                .Append(Escape(remote)).Append('"');
        text.Append(" direction=\"").Append(call.IsInitiator ? "initiator" : "recipient").Append("\">\n<state>")
            .Append(call.State switch
            {
                LineState.Trying => "trying",
                LineState.Early => "early",
                _ => "confirmed",
            }).Append("</state>\n");
        Write(text, "local", entity, name: null);
        // An INVITE that takes the call comes to us wherever its caller is, and by the tags, whoever that is.
        string? name = call.RemoteName is { Length: > Limits.ShownName } longer ? longer[..Limits.ShownName] : call.RemoteName;
        Write(text, "remote", Uri(call.Remote is { Length: <= Limits.ShownParty } party ? party : "anonymous", domain), name);
        text.Append("</dialog>\n");
    }

    private static void Write(StringBuilder text, string side, string uri, string? name)
    {
        text.Append('<').Append(side).Append("><identity");
        if (!string.IsNullOrEmpty(name)) text.Append(" display=\"").Append(Escape(name)).Append('"');
        text.Append('>').Append(uri).Append("</identity><target uri=\"").Append(uri).Append("\"/></").Append(side).Append(">\n");
    }

    private static string Uri(string user, string domain) =>
        Escape($"sip:{System.Uri.EscapeDataString(user)}@{domain}").Replace("%2B", "+", StringComparison.Ordinal)
            .Replace("%2A", "*", StringComparison.Ordinal);

    /// <summary>For text and attributes; what XML cannot say is left out.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1])) escaped.Append(c).Append(text[++i]);
            else if (XmlConvert.IsXmlChar(c) && (c >= ' ' && c is < '\u007f' or > '\u009f'))
                _ = c switch
                {
                    '<' => escaped.Append("&lt;"),
                    '>' => escaped.Append("&gt;"),
                    '&' => escaped.Append("&amp;"),
                    '"' => escaped.Append("&quot;"),
                    '\'' => escaped.Append("&apos;"),
                    _ => escaped.Append(c),
                };
        }
        return escaped.ToString();
    }
}
