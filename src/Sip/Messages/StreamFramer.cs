using System.Diagnostics;

namespace Ringwright.Sip.Messages;

/// <summary>What a <see cref="StreamFramer"/> has found.</summary>
public enum Framed : byte
{
    /// <summary>Nothing whole yet.</summary>
    NeedsMore,
    Message,
    /// <summary>A double CRLF, to be answered with one CRLF (RFC 5626 §3.5.1).</summary>
    Ping,
    /// <summary>
    /// What comes is not SIP or breaks a limit: where the next message begins cannot be known, so the connection must be closed.
    /// </summary>
    Broken,
}

/// <summary>
/// Cuts a stream of bytes into messages by their Content-Length (RFC 3261 §18.3). Pure: read into <see cref="Room"/>, say how much by
/// <see cref="Advance"/>, then <see cref="TryTake"/> until it needs more.
/// </summary>
public sealed class StreamFramer
{
    private const int SmallBuffer = 4_096, KeptBuffer = 16_384;
    private static ReadOnlySpan<byte> PingBytes => "\r\n\r\n"u8;

    private byte[] _buffer = new byte[SmallBuffer];
    private int _start, _end;
    /// <summary>Bytes of the message at <see cref="_start"/> that were searched for the end of its headers.</summary>
    private int _searched;
    /// <summary>The length of that message once it is known.</summary>
    private int _length;
    private int _pingBytes;
    private bool _hasStartLine;

    /// <summary>Why the stream is broken.</summary>
    public ParseStatus Fault { get; private set; }

    /// <summary>A message has begun and is not whole.</summary>
    public bool IsInside => _end > _start;

    /// <summary>Where the next bytes go; never empty.</summary>
    public Memory<byte> Room()
    {
        if (_start == _end)
        {
            _start = _end = 0;
            // One big message must not hold its memory as long as the connection lives.
            if (_buffer.Length > KeptBuffer) _buffer = new byte[SmallBuffer];
        }
        if (_end < _buffer.Length) return _buffer.AsMemory(_end);
        byte[] target = _start > 0 ? _buffer : new byte[_buffer.Length * 2];
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        (_buffer, _end, _start) = (target, _end - _start, 0);
        return _buffer.AsMemory(_end);
    }

    public void Advance(int bytes)
    {
        Debug.Assert(bytes >= 0 && bytes <= _buffer.Length - _end, "more than there was room for");
        _end += bytes;
    }

    public Framed TryTake(out byte[] message)
    {
        message = [];
        if (Fault is not ParseStatus.Ok) return Framed.Broken;
        if (_searched == 0 && TrySkipLineEnds()) return Framed.Ping;
        if (_start == _end) return Framed.NeedsMore;
        _pingBytes = 0;
        if (_length == 0 && !TryFindLength()) return Fault is ParseStatus.Ok ? Framed.NeedsMore : Framed.Broken;
        if (_end - _start < _length) return Framed.NeedsMore;
        message = _buffer.AsSpan(_start, _length).ToArray();
        _start += _length;
        (_searched, _length, _hasStartLine) = (0, 0, false);
        return Framed.Message;
    }

    /// <summary>
    /// Line ends between messages mean nothing (§7.5), unless there are two of them; nor do NULs, which some send behind a message or with
    /// a line end to keep the connection open.
    /// </summary>
    private bool TrySkipLineEnds()
    {
        while (_start < _end && _buffer[_start] is (byte)'\r' or (byte)'\n' or 0)
        {
            byte at = _buffer[_start++];
            _pingBytes = at == PingBytes[_pingBytes] ? _pingBytes + 1 : at == '\r' ? 1 : 0;
            if (_pingBytes < PingBytes.Length) continue;
            _pingBytes = 0;
            return true;
        }
        return false;
    }

    /// <summary>True when the headers are whole and the length of the message is known.</summary>
    private bool TryFindLength()
    {
        var seen = _buffer.AsSpan(_start, _end - _start);
        // Whoever speaks TLS or something else here is found out at the first byte.
        if (!seen[..1].IsToken()) return Break(ParseStatus.BadStartLine);
        while (true)
        {
            int line = seen[_searched..].IndexOf((byte)'\n');
            int lineEnd = _searched + line;
            if (line < 0)
            {
                if (seen.Length - _searched > Limits.HeaderLineBytes) return Break(ParseStatus.TooLong);
                return false;
            }
            var text = seen[_searched..lineEnd].TrimEnd((byte)'\r');
            if (!_hasStartLine)
            {
                if (!StartLine.TryRead(text, out _)) return Break(ParseStatus.BadStartLine);
                _hasStartLine = true;
            }
            else if (text.IsEmpty) return TrySumUp(seen[..(lineEnd + 1)]);
            _searched = lineEnd + 1;
            if (_searched > Limits.MessageBytes) return Break(ParseStatus.TooLong);
        }
    }

    /// <summary>Without a Content-Length there is no body: what follows must be the next message.</summary>
    private bool TrySumUp(ReadOnlySpan<byte> head)
    {
        uint? length = null;
        for (var rest = head; !rest.IsEmpty;)
        {
            var line = Cut(ref rest);
            // A line that starts with white space goes on with the one before (§7.3.1), as the parser sees it too.
            while (!rest.IsEmpty && rest[0] is (byte)' ' or (byte)'\t')
            {
                int joined = line.Length + Cut(ref rest).Length;
                line = head.Slice(head.Length - rest.Length - joined, joined);
            }
            int colon = line.IndexOf((byte)':');
            if (colon <= 0 || HeaderTable.Find(line[..colon].TrimEnd(" \t"u8)) is not SipHeader.ContentLength) continue;
            if (!Grammar.TryNumber(line[(colon + 1)..].Trim(" \t\r\n"u8), uint.MaxValue, out uint number))
                return Break(ParseStatus.BadNumber);
            // Two lengths that differ would let a message hide in another one.
            if (length is { } other && other != number) return Break(ParseStatus.DuplicateHeader);
            length = number;
        }
        if (length > Limits.BodyBytes || head.Length + (length ?? 0) > Limits.MessageBytes) return Break(ParseStatus.TooLong);
        _length = head.Length + (int)(length ?? 0);
        return true;
    }

    /// <summary>One line with its end.</summary>
    private static ReadOnlySpan<byte> Cut(ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf((byte)'\n') + 1;
        var line = rest[..end];
        rest = rest[end..];
        return line;
    }

    private bool Break(ParseStatus fault)
    {
        Fault = fault;
        return false;
    }
}
