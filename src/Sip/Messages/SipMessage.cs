using System.Text;
using Ringwright.Sip.Headers;

namespace Ringwright.Sip.Messages;

/// <summary>
/// A request or a response: one buffer and slices into it, never changed once it has left the parser or a builder.
/// Nothing becomes a string until it is asked for. Get one from <see cref="SipParser"/>, <see cref="SipRequestBuilder"/>
/// or <see cref="SipResponseBuilder"/>.
/// </summary>
public abstract class SipMessage
{
    private byte[] _buffer;
    private HeaderField[] _fields;
    private int _bodyStart;
    private readonly int _bodyLength;

    private protected SipMessage(byte[] buffer, HeaderField[] fields, int bodyStart, int bodyLength)
    {
        _buffer = buffer;
        _fields = fields;
        _bodyStart = bodyStart;
        _bodyLength = bodyLength;
    }

    /// <summary>The whole message, ready to send. Folded lines have been joined, bytes behind the body dropped.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _bodyStart + _bodyLength);

    public ReadOnlySpan<byte> Body => _buffer.AsSpan(_bodyStart, _bodyLength);

    /// <summary>All header lines in order, unknown ones too.</summary>
    public HeaderLines Lines => new(_buffer, _fields);

    /// <summary>Empty when the message was too broken to have one.</summary>
    public ReadOnlySpan<byte> CallId => First(SipHeader.CallId);

    public NameAddress From => NameAddress.TryParse(First(SipHeader.From), out var from) is ParseStatus.Ok ? from : default;
    public NameAddress To => NameAddress.TryParse(First(SipHeader.To), out var to) is ParseStatus.Ok ? to : default;
    public CSeq CSeq => CSeq.TryParse(First(SipHeader.CSeq), out var cseq) is ParseStatus.Ok ? cseq : default;

    /// <summary>The topmost Via; default when there is none.</summary>
    public Via TopVia
    {
        get
        {
            foreach (var value in Values(SipHeader.Via))
                return Via.TryParse(value, out var via) is ParseStatus.Ok ? via : default;
            return default;
        }
    }

    /// <summary>The first Contact that is an address.</summary>
    public bool TryGetContact(out NameAddress contact)
    {
        foreach (var value in Values(SipHeader.Contact))
            if (NameAddress.TryParse(value, out contact) is ParseStatus.Ok) return true;
        contact = default;
        return false;
    }

    public bool Has(SipHeader header)
    {
        foreach (var field in _fields)
            if (field.Id == header) return true;
        return false;
    }

    /// <summary>The whole value of the first line of that header; empty when there is none.</summary>
    public ReadOnlySpan<byte> First(SipHeader header)
    {
        foreach (var field in _fields)
            if (field.Id == header) return _buffer.AsSpan(field.ValueStart, field.ValueLength);
        return default;
    }

    /// <summary>
    /// The whole value of the first line of that name, known or unknown to <see cref="SipHeader"/>; empty when there is none.
    /// </summary>
    public ReadOnlySpan<byte> First(ReadOnlySpan<byte> name)
    {
        var header = HeaderTable.Find(name);
        if (header is not SipHeader.Unknown) return First(header);
        foreach (var line in Lines)
            if (line.Name.Is(name)) return line.Value;
        return default;
    }

    /// <summary>The value of the first line of that header, or null.</summary>
    public string? Text(SipHeader header) => Has(header) ? Encoding.UTF8.GetString(First(header)) : null;

    /// <summary>Each value of that header over all lines; lists are taken apart.</summary>
    public HeaderValues Values(SipHeader header) => new(_buffer, _fields, header);

    /// <summary>True when one value of that list header is this token.</summary>
    public bool Lists(SipHeader header, ReadOnlySpan<byte> token)
    {
        foreach (var value in Values(header))
            if (value.Is(token)) return true;
        return false;
    }

    /// <summary>
    /// Writes the normal form: long names, one space after the colon, the true Content-Length.
    /// Parsing that and writing it again changes nothing. False when <paramref name="into"/> is too small.
    /// </summary>
    public bool TryWrite(Span<byte> into, out int written)
    {
        var writer = new ByteWriter();
        WriteStartLine(writer);
        foreach (var line in Lines)
        {
            if (line.Id is SipHeader.ContentLength) continue;
            writer.Line(line.Id is SipHeader.Unknown ? line.Name : HeaderTable.Name(line.Id), line.Value);
        }
        writer.EndHeaders(Body);
        written = writer.Written.Length;
        if (!writer.Written.TryCopyTo(into)) written = 0;
        writer.Leave();
        return written > 0;
    }

    public override string ToString() => Encoding.UTF8.GetString(Bytes.Span);

    private protected ReadOnlySpan<byte> Slice(int start, int length) => _buffer.AsSpan(start, length);

    private protected abstract void WriteStartLine(ByteWriter writer);

    internal ReadOnlySpan<HeaderField> Fields => _fields;

    /// <summary>Changes bytes inside one header value; for the parser's side only, before anybody else has seen the message.</summary>
    private protected void Replace(int at, int length, ReadOnlySpan<byte> text)
    {
        int delta = text.Length - length;
        byte[] buffer = new byte[_bodyStart + _bodyLength + delta];
        _buffer.AsSpan(0, at).CopyTo(buffer);
        text.CopyTo(buffer.AsSpan(at));
        _buffer.AsSpan(at + length, _bodyStart + _bodyLength - at - length).CopyTo(buffer.AsSpan(at + text.Length));
        _buffer = buffer;
        _bodyStart += delta;
        var fields = new HeaderField[_fields.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            var line = _fields[i];
            if (line.NameStart > at) fields[i] = line.Shift(delta);
            else if (line.ValueStart + line.ValueLength >= at + length) fields[i] = line with { ValueLength = line.ValueLength + delta };
            else fields[i] = line;
        }
        _fields = fields;
    }

    private protected (byte[] Buffer, HeaderField[] Fields, int BodyStart) Prepend(int at, ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> value)
    {
        int added = name.Length + 2 + value.Length + 2;
        byte[] buffer = new byte[_bodyStart + _bodyLength + added];
        _buffer.AsSpan(0, at).CopyTo(buffer);
        var rest = buffer.AsSpan(at);
        name.CopyTo(rest);
        ": "u8.CopyTo(rest[name.Length..]);
        value.CopyTo(rest[(name.Length + 2)..]);
        "\r\n"u8.CopyTo(rest[(added - 2)..]);
        _buffer.AsSpan(at, _bodyStart + _bodyLength - at).CopyTo(rest[added..]);
        var fields = new HeaderField[_fields.Length + 1];
        fields[0] = new(HeaderTable.Find(name), at, name.Length, at + name.Length + 2, value.Length);
        for (int i = 0; i < _fields.Length; i++) fields[i + 1] = _fields[i].Shift(added);
        return (buffer, fields, _bodyStart + added);
    }
}
