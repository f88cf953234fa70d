using System.Diagnostics;

namespace Ringwright.Sip.Messages;

/// <summary>
/// Writes an outgoing request. The caller gives To, From, Call-ID and CSeq (or lets a <c>Dialog</c> do so);
/// the transaction layer adds the Via. Max-Forwards is 70 unless given.
/// </summary>
public sealed class SipRequestBuilder
{
    private readonly ByteWriter _writer = new();
    private byte[] _body = [];
    private byte[]? _built;
    private bool _hasMaxForwards;

    public SipRequestBuilder(SipMethod method, string requestUri) : this(method.Wire(), requestUri) { }

    public SipRequestBuilder(ReadOnlySpan<byte> method, string requestUri)
    {
        _writer.Append(method);
        _writer.Append((byte)' ');
        _writer.Append(requestUri);
        _writer.Append(" SIP/2.0\r\n"u8);
    }

    /// <summary>
    /// The same request again with a higher CSeq (after a challenge, a 422 or a redirect):
    /// everything but Via, credentials and what is named.
    /// </summary>
    public static SipRequestBuilder Again(SipRequest request, uint cseq, string? requestUri = null, params ReadOnlySpan<SipHeader> without)
    {
        var builder = new SipRequestBuilder(request.MethodName, requestUri ?? request.RequestUri.AsText());
        foreach (var line in request.Lines)
        {
            if (line.Id is SipHeader.Via or SipHeader.CSeq or SipHeader.ContentLength or SipHeader.Authorization
                or SipHeader.ProxyAuthorization || without.Contains(line.Id)) continue;
            builder._hasMaxForwards |= line.Id is SipHeader.MaxForwards;
            builder._writer.Line(line.Id is SipHeader.Unknown ? line.Name : HeaderTable.Name(line.Id), line.Value);
        }
        builder._body = request.Body.ToArray();
        return builder.Add(SipHeader.CSeq, $"{cseq} {request.MethodName.AsText()}");
    }

    public SipRequestBuilder Add(SipHeader header, string value)
    {
        _hasMaxForwards |= header is SipHeader.MaxForwards;
        _writer.Line(HeaderTable.Name(header), value);
        return this;
    }

    /// <summary>A header that <see cref="SipHeader"/> does not know.</summary>
    public SipRequestBuilder Add(string name, string value)
    {
        _writer.Line(System.Text.Encoding.ASCII.GetBytes(name), value);
        return this;
    }

    public SipRequestBuilder Body(string contentType, ReadOnlySpan<byte> body)
    {
        _body = body.ToArray();
        return Add(SipHeader.ContentType, contentType);
    }

    /// <summary>For values that come from customers: says what is wrong with them.</summary>
    public ParseStatus TryBuild(out SipRequest? request)
    {
        var status = SipParser.Parse(_built ??= BuildBytes(), isOutgoing: true, out var message);
        request = status is ParseStatus.Ok ? message as SipRequest : null;
        return request is null && status is ParseStatus.Ok ? ParseStatus.BadStartLine : status;
    }

    /// <summary>For values that are known to be good.</summary>
    public SipRequest Build() =>
        TryBuild(out var request) is var status && request is not null ? request
            : throw new UnreachableException($"a request of ours is {status}");

    private byte[] BuildBytes()
    {
        if (!_hasMaxForwards) Add(SipHeader.MaxForwards, "70");
        _writer.EndHeaders(_body);
        return _writer.Finish();
    }
}
