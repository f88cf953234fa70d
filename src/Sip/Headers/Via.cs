using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Headers;

/// <summary>One hop of the way that a request took (RFC 3261 §20.42, RFC 3581).</summary>
public readonly ref struct Via
{
    /// <summary>RFC 3261 §8.1.1.7: a branch that starts so names its transaction alone.</summary>
    public static ReadOnlySpan<byte> MagicCookie => "z9hG4bK"u8;

    /// <summary>UDP, TCP, TLS, WS, … as written.</summary>
    public ReadOnlySpan<byte> Transport { get; private init; }
    /// <summary>An IPv6 reference keeps its brackets; one that has none may have a port behind it.</summary>
    public ReadOnlySpan<byte> Host { get; private init; }
    /// <summary>Null also where it says 0.</summary>
    public int? Port { get; private init; }
    /// <summary>It says port 0, or one that nobody can tell from the address: only where the request came from leads back.</summary>
    public bool HasNoPort { get; private init; }
    public SipParameters Parameters { get; private init; }

    public ReadOnlySpan<byte> Branch => Parameters.TryFind("branch"u8, out var branch) ? branch : default;
    public ReadOnlySpan<byte> Received => Parameters.TryFind("received"u8, out var received) ? received : default;
    /// <summary>Present, filled or not.</summary>
    public bool HasRport => Parameters.Has("rport"u8);
    public int? Rport =>
        Parameters.TryFind("rport"u8, out var value) && Grammar.TryNumber(value, 65_535, out uint port) && port > 0 ? (int)port : null;
    /// <summary>False for RFC 2543 peers, whose branch does not name the transaction.</summary>
    public bool HasMagicBranch => Branch.Length > MagicCookie.Length && Branch.StartsWith(MagicCookie);

    public static ParseStatus TryParse(ReadOnlySpan<byte> value, out Via via)
    {
        via = default;
        // sent-protocol is name/version/transport, with white space wherever it likes.
        int slash = value.IndexOf((byte)'/');
        if (slash < 0 || !value[..slash].TrimLws().Is("SIP"u8)) return ParseStatus.BadVia;
        value = value[(slash + 1)..];
        slash = value.IndexOf((byte)'/');
        if (slash < 0 || !value[..slash].TrimLws().SequenceEqual("2.0"u8)) return ParseStatus.BadVia;
        value = value[(slash + 1)..].TrimLws();
        int space = value.IndexOfAny(" \t"u8);
        if (space < 0) return ParseStatus.BadVia;
        var transport = value[..space];
        value = value[space..].TrimLws();
        int semicolon = value.IndexOf((byte)';');
        var parameters = semicolon < 0 ? default : value[semicolon..];
        var place = semicolon < 0 ? value : value[..semicolon].TrimLws();
        if (!transport.IsToken()) return ParseStatus.BadVia;
        if (!Grammar.TryHostPort(place, out var host, out int? port))
        {
            if (!Grammar.IsBareAddress6(place)) return ParseStatus.BadVia;
            host = place;
            port = 0;
        }
        var status = SipParameters.Check(parameters);
        if (status is not ParseStatus.Ok) return status;
        via = new()
        {
            Transport = transport, Host = host, Port = port is 0 ? null : port, HasNoPort = port is 0, Parameters = new(parameters)
        };
        return via.Branch.Length > Limits.TokenBytes ? ParseStatus.TooLong : ParseStatus.Ok;
    }
}
