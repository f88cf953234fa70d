using System.Diagnostics;

namespace Ringwright.Sip.Messages;

/// <summary>
/// Writes a response: Via, From, To (with our tag), Call-ID, CSeq and, where they matter, Record-Route and Timestamp are copied
/// from the request (RFC 3261 §8.2.6).
/// </summary>
public sealed class SipResponseBuilder
{
    private readonly ByteWriter _writer = new();
    private byte[] _body = [];
    private byte[]? _built;

    public SipResponseBuilder(SipRequest request, int status, string? reason = null)
    {
        Status = status;
        _writer.Append("SIP/2.0 "u8);
        _writer.Append(status);
        _writer.Append((byte)' ');
        _writer.Line(reason ?? ReasonPhrases.Of(status));
        ulong seen = 0;
        foreach (var line in request.Lines)
        {
            // A broken request may have two of what must be one.
            if (HeaderTable.Shape(line.Id) is HeaderShape.Single && (seen & (1UL << (int)line.Id)) != 0) continue;
            seen |= 1UL << (int)line.Id;
            if (line.Id is SipHeader.Via or SipHeader.From or SipHeader.CallId or SipHeader.CSeq)
                _writer.Line(HeaderTable.Name(line.Id), line.Value);
            else if (line.Id is SipHeader.To) WriteTo(request, line.Value);
            // §12.1.1: a response that makes a dialog carries the route that the request recorded.
            else if (line.Id is SipHeader.RecordRoute && status is > 100 and < 300) _writer.Line("Record-Route"u8, line.Value);
            else if (line.Id is SipHeader.Timestamp && status == 100) _writer.Line("Timestamp"u8, line.Value);
        }
    }

    public int Status { get; }

    public SipResponseBuilder Add(SipHeader header, string value)
    {
        _writer.Line(HeaderTable.Name(header), value);
        return this;
    }

    /// <summary>A header that <see cref="SipHeader"/> does not know.</summary>
    public SipResponseBuilder Add(string name, string value)
    {
        _writer.Line(System.Text.Encoding.ASCII.GetBytes(name), value);
        return this;
    }

    public SipResponseBuilder Body(string contentType, ReadOnlySpan<byte> body)
    {
        _body = body.ToArray();
        return Add(SipHeader.ContentType, contentType);
    }

    /// <summary>The response to a readable request always reads; one to a broken request goes out by <see cref="BuildBytes"/>.</summary>
    public SipResponse Build()
    {
        var status = SipParser.Parse(BuildBytes(), isOutgoing: false, out var message);
        return message as SipResponse ?? throw new UnreachableException($"a response of ours is {status}");
    }

    internal byte[] BuildBytes()
    {
        if (_built is not null) return _built;
        _writer.EndHeaders(_body);
        return _built = _writer.Finish();
    }

    private void WriteTo(SipRequest request, ReadOnlySpan<byte> value)
    {
        bool isTagged = Headers.NameAddress.TryParse(value, out var to) is ParseStatus.Ok && !to.Tag.IsEmpty;
        if (isTagged || Status == 100 || request.LocalTag.Length == 0) _writer.Line("To"u8, value);
        else
        {
            // Some end it with a semicolon, and two in a row nobody reads.
            byte[] tagged = [.. Untagged(value, to.Parameters).TrimEnd(" \t;"u8), .. ";tag="u8,
                .. System.Text.Encoding.ASCII.GetBytes(request.LocalTag)];
            _writer.Line("To"u8, tagged);
        }
    }

    /// <summary>Without a tag that says nothing ("tag="): of two the first would be read.</summary>
    /// <param name="parameters">Those at the end of the value.</param>
    private static ReadOnlySpan<byte> Untagged(ReadOnlySpan<byte> value, SipParameters parameters)
    {
        if (!parameters.Has("tag"u8)) return value;
        var text = new ByteWriter();
        text.Append(value[..^parameters.Text.Length]);
        foreach (var parameter in parameters)
        {
            if (parameter.Name.Is("tag"u8)) continue;
            text.Append((byte)';');
            text.Append(parameter.Name);
            if (parameter.Value.IsEmpty) continue;
            text.Append((byte)'=');
            text.Append(parameter.Value);
        }
        return text.Finish();
    }
}
