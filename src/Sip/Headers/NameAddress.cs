using System.Text;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Headers;

/// <summary>
/// From, To, Contact, Route, Record-Route and others: <c>"name" &lt;uri&gt;;parameters</c> or <c>uri;parameters</c> (RFC 3261 §20.10).
/// </summary>
public readonly ref struct NameAddress
{
    /// <summary>With its quotes when it has them; empty without one.</summary>
    public ReadOnlySpan<byte> DisplayName { get; private init; }
    public ReadOnlySpan<byte> Uri { get; private init; }
    public SipParameters Parameters { get; private init; }

    /// <summary>The tag parameter of From and To; empty without one.</summary>
    public ReadOnlySpan<byte> Tag => Parameters.TryFind("tag"u8, out var tag) ? tag : default;

    public string DisplayText => Grammar.Unquote(DisplayName);

    /// <summary>The URI was checked when the address was parsed.</summary>
    public SipUri ParseUri()
    {
        _ = SipUri.TryParse(Uri, out var uri);
        return uri;
    }

    public static ParseStatus TryParse(ReadOnlySpan<byte> value, out NameAddress address)
    {
        address = default;
        value = value.TrimLws();
        if (value.IsEmpty) return ParseStatus.BadAddress;
        ReadOnlySpan<byte> name = default, uri, parameters;
        int open;
        if (value[0] == '"')
        {
            int length = Grammar.QuotedLength(value);
            name = value[..length];
            open = length + (value.Length - length - value[length..].TrimLwsStart().Length);
            if (length == 0 || open >= value.Length || value[open] != '<')
            {
                // Quotation marks within the name that nobody escaped, or a backslash at its end: the one before the address ends it.
                int bracket = value[length..].IndexOf((byte)'<');
                if (bracket >= 0)
                {
                    open = length + bracket;
                    name = value[..open].TrimLws();
                    if (name.Length == 1 || !name.EndsWith("\""u8)) return ParseStatus.BadQuotedString;
                }
                else if (length == 0) return ParseStatus.BadQuotedString;
                else
                {
                    // A name, and the address behind it without brackets.
                    value = value[length..].TrimLwsStart();
                    open = -1;
                }
            }
        }
        else
        {
            open = value.IndexOf((byte)'<');
            int quote = value.IndexOf((byte)'"');
            int semicolon = value.IndexOf((byte)';');
            // A bare address may have quotes and brackets in its parameters only; without a colon it is a name with a semicolon in it.
            if (open >= 0 && semicolon >= 0 && semicolon < open && value[..semicolon].Contains((byte)':')) open = -1;
            // Quotation marks within a name that has none around it are part of it, unless the bracket may be, too.
            if (open >= 0 && quote >= 0 && quote < open && value[..open].Count((byte)'"') % 2 != 0 && value[open..].Contains((byte)'"'))
                return ParseStatus.BadQuotedString;
            if (open > 0) name = value[..open].TrimLws();
        }
        if (open >= 0)
        {
            int close = value[open..].IndexOf((byte)'>');
            if (close < 0) return ParseStatus.BadAddress;
            uri = value[(open + 1)..(open + close)];
            parameters = value[(open + close + 1)..].TrimLwsStart();
        }
        else
        {
            int start = ParametersStart(value);
            uri = start < 0 ? value : value[..start].TrimLws();
            parameters = start < 0 ? default : value[start..];
            // RFC 3261 §20: such URIs must stand in angle brackets, or nobody knows whose parameters follow.
            if (uri.IndexOfAny("?,"u8) >= 0) return ParseStatus.BadAddress;
        }
        if (!parameters.IsEmpty && parameters[0] != ';') return ParseStatus.BadAddress;
        var status = SipUri.TryParse(uri, out _);
        if (status is ParseStatus.BadUri && open >= 0 && uri.IndexOfAny(" \t"u8) >= 0)
        {
            uri = Tight(uri);
            status = SipUri.TryParse(uri, out _);
        }
        if (status is ParseStatus.BadUri && SipUri.WithEscapedUser(uri) is { } escaped)
        {
            uri = escaped;
            status = SipUri.TryParse(uri, out _);
        }
        if (status is not ParseStatus.Ok) return status;
        status = SipParameters.Check(parameters);
        if (status is not ParseStatus.Ok) return status;
        address = new() { DisplayName = name, Uri = uri, Parameters = new(parameters) };
        return ParseStatus.Ok;
    }

    /// <summary>
    /// Where the parameters of an address without brackets begin; -1 where it has none. A number may have parameters of its own before the
    /// at sign (RFC 3261 §19.1.6), though such a URI should stand in brackets (§20.10).
    /// </summary>
    private static int ParametersStart(ReadOnlySpan<byte> value)
    {
        int semicolon = value.IndexOf((byte)';');
        if (semicolon < 0) return -1;
        int at = value.IndexOf((byte)'@');
        if (at < semicolon) return semicolon;
        // The sign may also stand in a parameter of an address without a user.
        var before = value[semicolon..at];
        if (before.Contains((byte)'"') || new SipParameters(before).Has("tag"u8)) return semicolon;
        int next = value[at..].IndexOf((byte)';');
        return next < 0 ? -1 : at + next;
    }

    /// <summary>
    /// Without white space beside the semicolons of a URI in brackets, where some write it and where nothing else can be meant. What stands
    /// at its ends stays and makes it none (RFC 4475 §3.1.2.14).
    /// </summary>
    private static byte[] Tight(ReadOnlySpan<byte> uri)
    {
        byte[] tight = new byte[uri.Length];
        int length = 0;
        foreach (var range in uri.Split((byte)';'))
        {
            var piece = uri[range];
            if (range.Start.Value > 0)
            {
                piece = piece.TrimLwsStart();
                tight[length++] = (byte)';';
            }
            if (range.End.Value < uri.Length) piece = piece.TrimEnd(" \t"u8);
            piece.CopyTo(tight.AsSpan(length));
            length += piece.Length;
        }
        return tight[..length];
    }

    /// <summary>
    /// A value of Record-Route or Path as a Route has it. Some write the URI without the brackets that it needs: what follows it is
    /// its own there, for those headers have no parameters that anybody reads.
    /// </summary>
    internal static string Hop(ReadOnlySpan<byte> value)
    {
        if (SipUri.TryParse(value, out var bare) is ParseStatus.Ok && bare.IsSipOrSips) return $"<{value.AsText()}>";
        // Nobody else must be as forgiving.
        return value.IndexOfAny(" \t"u8) >= 0 && TryParse(value, out var hop) is ParseStatus.Ok && value.IndexOf(hop.Uri) < 0
            ? $"<{hop.Uri.AsText()}>{hop.Parameters.Text.AsText()}" : value.AsText();
    }

    public override string ToString() => Encoding.UTF8.GetString(Uri);
}
