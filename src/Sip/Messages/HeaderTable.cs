using System.Text;

namespace Ringwright.Sip.Messages;

/// <summary>How often a header may stand, and whether one line may hold several values.</summary>
internal enum HeaderShape : byte
{
    /// <summary>Lines may repeat, each is one value.</summary>
    Lines,
    /// <summary>Lines may repeat, each is a comma-separated list.</summary>
    List,
    /// <summary>At most one line.</summary>
    Single,
}

/// <summary>The header table: wire name, compact form (RFC 3261 §7.3.3 and the RFC that defines the header), shape.</summary>
internal static class HeaderTable
{
    private readonly record struct Row(SipHeader Id, string Name, HeaderShape Shape, char Compact = '\0');

    private static readonly Row[] Rows =
    [
        new(SipHeader.Via, "Via", HeaderShape.List, 'v'),
        new(SipHeader.From, "From", HeaderShape.Single, 'f'),
        new(SipHeader.To, "To", HeaderShape.Single, 't'),
        new(SipHeader.CallId, "Call-ID", HeaderShape.Single, 'i'),
        new(SipHeader.CSeq, "CSeq", HeaderShape.Single),
        new(SipHeader.Contact, "Contact", HeaderShape.List, 'm'),
        new(SipHeader.MaxForwards, "Max-Forwards", HeaderShape.Single),
        new(SipHeader.Route, "Route", HeaderShape.List),
        new(SipHeader.RecordRoute, "Record-Route", HeaderShape.List),
        new(SipHeader.ContentType, "Content-Type", HeaderShape.Single, 'c'),
        new(SipHeader.ContentLength, "Content-Length", HeaderShape.Single, 'l'),
        new(SipHeader.ContentEncoding, "Content-Encoding", HeaderShape.List, 'e'),
        new(SipHeader.ContentDisposition, "Content-Disposition", HeaderShape.Single),
        new(SipHeader.Accept, "Accept", HeaderShape.List),
        new(SipHeader.AcceptEncoding, "Accept-Encoding", HeaderShape.List),
        new(SipHeader.AcceptLanguage, "Accept-Language", HeaderShape.List),
        new(SipHeader.Allow, "Allow", HeaderShape.List),
        new(SipHeader.AllowEvents, "Allow-Events", HeaderShape.List, 'u'),
        new(SipHeader.Supported, "Supported", HeaderShape.List, 'k'),
        new(SipHeader.Require, "Require", HeaderShape.List),
        new(SipHeader.ProxyRequire, "Proxy-Require", HeaderShape.List),
        new(SipHeader.Unsupported, "Unsupported", HeaderShape.List),
        new(SipHeader.Expires, "Expires", HeaderShape.Single),
        new(SipHeader.MinExpires, "Min-Expires", HeaderShape.Single),
        new(SipHeader.SessionExpires, "Session-Expires", HeaderShape.Single, 'x'),
        new(SipHeader.MinSE, "Min-SE", HeaderShape.Single),
        new(SipHeader.RSeq, "RSeq", HeaderShape.Single),
        new(SipHeader.RAck, "RAck", HeaderShape.Single),
        new(SipHeader.Reason, "Reason", HeaderShape.List),
        new(SipHeader.RetryAfter, "Retry-After", HeaderShape.Single),
        new(SipHeader.Warning, "Warning", HeaderShape.List),
        new(SipHeader.Authorization, "Authorization", HeaderShape.Lines),
        new(SipHeader.WwwAuthenticate, "WWW-Authenticate", HeaderShape.Lines),
        new(SipHeader.ProxyAuthorization, "Proxy-Authorization", HeaderShape.Lines),
        new(SipHeader.ProxyAuthenticate, "Proxy-Authenticate", HeaderShape.Lines),
        new(SipHeader.AuthenticationInfo, "Authentication-Info", HeaderShape.Lines),
        new(SipHeader.Event, "Event", HeaderShape.Single, 'o'),
        new(SipHeader.SubscriptionState, "Subscription-State", HeaderShape.Single),
        new(SipHeader.ReferTo, "Refer-To", HeaderShape.Single, 'r'),
        new(SipHeader.ReferredBy, "Referred-By", HeaderShape.Single, 'b'),
        new(SipHeader.Replaces, "Replaces", HeaderShape.Single),
        new(SipHeader.PAssertedIdentity, "P-Asserted-Identity", HeaderShape.List),
        new(SipHeader.PPreferredIdentity, "P-Preferred-Identity", HeaderShape.List),
        new(SipHeader.Privacy, "Privacy", HeaderShape.Lines),
        new(SipHeader.Diversion, "Diversion", HeaderShape.List),
        new(SipHeader.HistoryInfo, "History-Info", HeaderShape.List),
        new(SipHeader.Path, "Path", HeaderShape.List),
        new(SipHeader.ServiceRoute, "Service-Route", HeaderShape.List),
        new(SipHeader.UserAgent, "User-Agent", HeaderShape.Lines),
        new(SipHeader.Server, "Server", HeaderShape.Lines),
        new(SipHeader.Subject, "Subject", HeaderShape.Lines, 's'),
        new(SipHeader.Date, "Date", HeaderShape.Single),
        new(SipHeader.Timestamp, "Timestamp", HeaderShape.Single),
        new(SipHeader.CallInfo, "Call-Info", HeaderShape.List),
        new(SipHeader.AlertInfo, "Alert-Info", HeaderShape.List),
        new(SipHeader.ErrorInfo, "Error-Info", HeaderShape.List),
        new(SipHeader.InReplyTo, "In-Reply-To", HeaderShape.List),
        new(SipHeader.ReplyTo, "Reply-To", HeaderShape.Single),
        new(SipHeader.Organization, "Organization", HeaderShape.Lines),
        new(SipHeader.Priority, "Priority", HeaderShape.Single),
        new(SipHeader.MimeVersion, "MIME-Version", HeaderShape.Single),
    ];

    private static readonly byte[][] Names = MakeNames();
    private static readonly HeaderShape[] Shapes = MakeShapes();
    private static readonly SipHeader[] Compacts = MakeCompacts();
    private static readonly SipHeader[][] Buckets = MakeBuckets();

    public static ReadOnlySpan<byte> Name(SipHeader header) => Names[(int)header];

    public static HeaderShape Shape(SipHeader header) => Shapes[(int)header];

    /// <summary>Case-insensitive, long or compact form.</summary>
    public static SipHeader Find(ReadOnlySpan<byte> name)
    {
        if (name.Length == 1) return name[0] < 128 ? Compacts[name[0] | 0x20] : SipHeader.Unknown;
        if (name.IsEmpty) return SipHeader.Unknown;
        foreach (var header in Buckets[Bucket(name)])
            if (name.Is(Names[(int)header])) return header;
        return SipHeader.Unknown;
    }

    private static int Bucket(ReadOnlySpan<byte> name) => (name.Length * 7 + (name[0] | 0x20) * 3 + (name[^1] | 0x20)) & 63;

    private static byte[][] MakeNames()
    {
        byte[][] names = new byte[Rows.Length + 1][];
        names[0] = [];
        foreach (var row in Rows) names[(int)row.Id] = Encoding.ASCII.GetBytes(row.Name);
        return names;
    }

    private static HeaderShape[] MakeShapes()
    {
        var shapes = new HeaderShape[Rows.Length + 1];
        foreach (var row in Rows) shapes[(int)row.Id] = row.Shape;
        return shapes;
    }

    private static SipHeader[] MakeCompacts()
    {
        var compacts = new SipHeader[128];
        foreach (var row in Rows)
            if (row.Compact != '\0') compacts[row.Compact] = row.Id;
        return compacts;
    }

    private static SipHeader[][] MakeBuckets() =>
        [.. Enumerable.Range(0, 64)
            .Select(bucket => Rows.Where(row => Bucket(Encoding.ASCII.GetBytes(row.Name)) == bucket).Select(row => row.Id).ToArray())];
}
