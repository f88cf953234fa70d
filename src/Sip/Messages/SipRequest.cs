using System.Net;
using System.Text;
using Ringwright.Core;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Transactions;

namespace Ringwright.Sip.Messages;

/// <summary>A request (RFC 3261 §7.1).</summary>
public sealed class SipRequest : SipMessage
{
    /// <summary>Of IPv6 with a scope.</summary>
    private const int MostAddressBytes = 64;

    private readonly int _methodLength;
    private readonly int _uriStart;
    private readonly int _uriLength;

    internal SipRequest(byte[] buffer, HeaderField[] fields, int bodyStart, int bodyLength, int methodLength, int uriStart, int uriLength)
        : base(buffer, fields, bodyStart, bodyLength)
    {
        (_methodLength, _uriStart, _uriLength) = (methodLength, uriStart, uriLength);
        Method = SipMethods.Find(MethodName);
    }

    public SipMethod Method { get; }

    public ReadOnlySpan<byte> MethodName => Slice(0, _methodLength);

    public ReadOnlySpan<byte> RequestUri => Slice(_uriStart, _uriLength);

    /// <summary>
    /// The tag that our responses put into To: the one it came with, else one that the transaction layer made. Empty until then.
    /// </summary>
    public string LocalTag { get; internal set; } = "";

    /// <summary>
    /// False for a request that belongs to a dialog. No REGISTER does, though some phones keep the tag of the last answer in their To.
    /// </summary>
    public bool IsOutsideDialog => To.Tag.IsEmpty || Method is SipMethod.Register;

    /// <summary>Of several the least: PBXs have their own beside the one that came to them.</summary>
    public int? MaxForwards
    {
        get
        {
            int? least = null;
            foreach (var line in Lines)
                if (line.Id is SipHeader.MaxForwards && Grammar.TryNumber(line.Value, Limits.MaxForwards, out uint hops))
                    least = Math.Min(least ?? int.MaxValue, (int)hops);
            return least;
        }
    }

    /// <summary>The Request-URI was checked when the request was parsed.</summary>
    public SipUri ParseRequestUri()
    {
        _ = SipUri.TryParse(RequestUri, out var uri);
        return uri;
    }

    private protected override void WriteStartLine(ByteWriter writer)
    {
        writer.Append(MethodName);
        writer.Append((byte)' ');
        writer.Append(RequestUri);
        writer.Append(" SIP/2.0\r\n"u8);
    }

    /// <summary>Notes in the topmost Via where the request really came from (RFC 3261 §18.2.1, RFC 3581 §4).</summary>
    internal void StampSource(IPEndPoint source)
    {
        var via = TopVia;
        if (via.Host.IsEmpty) return;
        bool isRport = via.HasRport;
        var address = source.Address.IsIPv4MappedToIPv6 ? source.Address.MapToIPv4() : source.Address;
        Span<byte> written = stackalloc byte[MostAddressBytes];
        address.TryFormat(written, out int length);
        ReadOnlySpan<byte> text = written[..length];
        // Which interface of ours it came by is nothing that anybody else could make use of.
        int zone = text.IndexOf((byte)'%');
        if (zone >= 0) text = text[..zone];
        bool isHonest = (via.Host.StartsWith("["u8) ? via.Host[1..^1] : via.Host).SequenceEqual(text);
        // What the sender wrote there himself is worth nothing and goes.
        if (isHonest && !isRport && via.Received.IsEmpty) return;

        foreach (var field in Fields)
        {
            if (field.Id is not SipHeader.Via) continue;
            var rest = Slice(field.ValueStart, field.ValueLength);
            var top = Grammar.NextPiece(ref rest, (byte)',', out _);
            int semicolon = top.IndexOf((byte)';');
            var stamped = new ByteWriter();
            stamped.Append(semicolon < 0 ? top : top[..semicolon].TrimLws());
            foreach (var parameter in via.Parameters)
            {
                if (parameter.Name.Is("received"u8) || parameter.Name.Is("rport"u8)) continue;
                stamped.Append((byte)';');
                stamped.Append(parameter.Name);
                if (parameter.Value.IsEmpty) continue;
                stamped.Append((byte)'=');
                stamped.Append(parameter.Value);
            }
            stamped.Append(";received="u8);
            stamped.Append(text);
            if (isRport)
            {
                stamped.Append(";rport="u8);
                stamped.Append(source.Port);
            }
            Replace(field.ValueStart, top.Length, stamped.Written);
            stamped.Leave();
            return;
        }
    }

    /// <summary>
    /// Where a response goes (RFC 3261 §18.2.2, RFC 3581 §4): always to the address that the request came from. Over a connection the port
    /// counts only when that is closed meanwhile, and then it is the one where the sender listens.
    /// </summary>
    internal IPEndPoint ResponseTarget(SipFlow from)
    {
        var via = TopVia;
        // An unreadable Via leaves only the source. The address is never taken from the Via: that would make us a reflector.
        if (via.Host.IsEmpty || !from.IsReliable && (via.HasRport || via.HasNoPort || IsBehindNat(via, from))) return from.Remote;
        return new IPEndPoint(from.Remote.Address, via.Port ?? from.Transport.DefaultPort());
    }

    /// <summary>The port in its Via is one that nobody outside reaches.</summary>
    private static bool IsBehindNat(Via via, SipFlow from) => from.Nat switch
    {
        NatPolicy.Source => true,
        NatPolicy.TrustContact => false,
        _ => IPAddress.TryParse(Encoding.ASCII.GetString(via.Host.StartsWith("["u8) ? via.Host[1..^1] : via.Host), out var named)
            && TargetPolicy.IsPrivate(named) && !TargetPolicy.IsPrivate(from.Remote.Address),
    };

    internal SipRequest WithTopVia(string value)
    {
        int at = _uriStart + _uriLength + " SIP/2.0\r\n".Length;
        var (buffer, fields, bodyStart) = Prepend(at, "Via"u8, Encoding.ASCII.GetBytes(value));
        return new(buffer, fields, bodyStart, Body.Length, _methodLength, _uriStart, _uriLength);
    }
}
