using System.Runtime.InteropServices;

namespace Ringwright.Sip.Messages;

/// <summary>Reads one message from one datagram. Never throws, whatever comes.</summary>
public static class SipParser
{
    /// <summary>Of the last message that this thread has read, and empty: more header lines than any usual message has.</summary>
    [ThreadStatic]
    private static List<HeaderField>? _lines;

    /// <summary>
    /// <see cref="ParseStatus.Ok"/> and a message; or what is wrong. With a fault, <paramref name="message"/> may still hold a request:
    /// enough of it was readable to answer it, and it must be used for nothing else.
    /// </summary>
    public static ParseStatus TryParse(ReadOnlySpan<byte> datagram, out SipMessage? message) =>
        TryParse(datagram, whole: null, out message);

    /// <summary>
    /// The same of bytes that nobody changes any more: the message keeps them where it can, and a copy where something in them is mended.
    /// </summary>
    public static ParseStatus TryParseKept(ReadOnlyMemory<byte> datagram, out SipMessage? message) => TryParse(datagram.Span,
        MemoryMarshal.TryGetArray(datagram, out var part) && part.Count == part.Array!.Length ? part.Array : null, out message);

    /// <param name="whole">The array that the datagram fills, when that may be kept.</param>
    private static ParseStatus TryParse(ReadOnlySpan<byte> datagram, byte[]? whole, out SipMessage? message)
    {
        message = null;
        // RFC 3261 §7.5: line ends before the start line are ignored.
        datagram = datagram.TrimStart("\r\n"u8);
        if (datagram.IsEmpty) return ParseStatus.KeepAlive;
        if (datagram.Length > Limits.MessageBytes) return ParseStatus.TooLong;
        bool hasEmptyLine = datagram.IndexOf("\n\r\n"u8) >= 0 || datagram.IndexOf("\n\n"u8) >= 0;
        byte[] own = !hasEmptyLine ? Mended(datagram)
            : whole is not null && whole.Length == datagram.Length && !IsFolded(datagram) ? whole
            : datagram.ToArray();
        var status = Parse(own, isOutgoing: false, out message);
        if (status is not ParseStatus.Ok || message is null) return status;
        status = MessageCheck.CheckRoom(message);
        if (status is not ParseStatus.Ok && message is SipResponse) message = null;
        return status;
    }

    /// <summary>A line goes on with the next one, and would be joined with it; a body may look so too.</summary>
    private static bool IsFolded(ReadOnlySpan<byte> datagram) => datagram.IndexOf("\n "u8) >= 0 || datagram.IndexOf("\n\t"u8) >= 0;

    /// <summary>
    /// With the empty line that some senders leave out behind headers without a body; as it is where more may be missing: a last line
    /// without an end may have been cut, unless it says that there is no body and so is the last.
    /// </summary>
    private static byte[] Mended(ReadOnlySpan<byte> datagram)
    {
        if (datagram.EndsWith("\n"u8)) return [.. datagram, (byte)'\r', (byte)'\n'];
        var last = datagram[(datagram.LastIndexOf((byte)'\n') + 1)..];
        int colon = last.IndexOf((byte)':');
        bool isLast = colon > 0 && HeaderTable.Find(last[..colon].TrimLws()) is SipHeader.ContentLength
            && last[(colon + 1)..].Trim(" \t\r"u8).SequenceEqual("0"u8);
        return isLast ? [.. datagram.TrimEnd("\r"u8), .. "\r\n\r\n"u8] : datagram.ToArray();
    }

    /// <summary>Takes the buffer over. An outgoing request has no Via yet.</summary>
    internal static ParseStatus Parse(byte[] buffer, bool isOutgoing, out SipMessage? message)
    {
        message = null;
        var fault = ParseStatus.Ok;
        int position = 0;
        if (!TryLine(buffer, ref position, out int lineEnd)) return ParseStatus.Truncated;
        if (!StartLine.TryRead(buffer.AsSpan(0, lineEnd), out var start)) return ParseStatus.BadStartLine;
        Note(ref fault, start.Fault);

        var lines = _lines ?? new(24);
        _lines = null;
        Note(ref fault, ReadFields(buffer, ref position, lines));
        int bodyLength = buffer.Length - position;
        Note(ref fault, ReadBodyLength(buffer, lines, ref bodyLength));
        HeaderField[] fields = [.. lines];
        lines.Clear();
        _lines = lines;

        message = start.IsRequest
            ? new SipRequest(buffer, fields, position, bodyLength, start.MethodLength, start.TextStart, start.TextLength)
            : new SipResponse(buffer, fields, position, bodyLength, start.Status, start.TextStart, start.TextLength);
        Note(ref fault, MessageCheck.Check(message, isOutgoing));
        // A broken response helps nobody; a broken request can be answered when the headers that an answer copies are there.
        if (fault is not ParseStatus.Ok && !(message is SipRequest && MessageCheck.IsAnswerable(message))) message = null;
        return fault;
    }

    private static void Note(ref ParseStatus fault, ParseStatus status)
    {
        if (fault is ParseStatus.Ok) fault = status;
    }

    /// <summary>Finds the end of the line at <paramref name="position"/> and moves behind it. A bare LF ends a line too.</summary>
    private static bool TryLine(ReadOnlySpan<byte> buffer, ref int position, out int end)
    {
        int length = buffer[position..].IndexOf((byte)'\n');
        end = position + length;
        if (length < 0) return false;
        position = end + 1;
        if (length > 0 && buffer[end - 1] == '\r') end--;
        return true;
    }

    private static ParseStatus ReadFields(byte[] buffer, ref int position, List<HeaderField> fields)
    {
        var fault = ParseStatus.Ok;
        while (true)
        {
            int start = position;
            if (!TryLine(buffer, ref position, out int end))
            {
                position = buffer.Length;
                Note(ref fault, ParseStatus.Truncated);
                return fault;
            }
            if (end == start) return fault;
            // A line that starts with white space goes on with the one before (§7.3.1): its line end becomes spaces.
            while (position < buffer.Length && buffer[position] is (byte)' ' or (byte)'\t')
            {
                buffer.AsSpan(end, position - end).Fill((byte)' ');
                for (int i = position; i < buffer.Length && buffer[i] == '\t'; i++) buffer[i] = (byte)' ';
                if (!TryLine(buffer, ref position, out end))
                {
                    position = buffer.Length;
                    Note(ref fault, ParseStatus.Truncated);
                    return fault;
                }
            }
            if (fields.Count == Limits.HeaderLines)
            {
                position = SkipToBody(buffer, position);
                Note(ref fault, ParseStatus.TooMany);
                return fault;
            }
            Note(ref fault, ReadField(buffer, start, end, fields));
        }
    }

    private static ParseStatus ReadField(byte[] buffer, int start, int end, List<HeaderField> fields)
    {
        var line = buffer.AsSpan(start, end - start);
        if (line.Length > Limits.HeaderLineBytes) return ParseStatus.TooLong;
        int colon = line.IndexOf((byte)':');
        // Others may take it for the end of a line.
        if (line.Contains((byte)'\r')) return ParseStatus.BadHeaderLine;
        ReadOnlySpan<byte> name = line[..Math.Max(0, colon)].TrimEnd(" \t"u8);
        // RFC 3261 §8.2.2: what is no header is passed over. Where one that must be there is written so, it is missing.
        if (!name.IsToken()) return ParseStatus.Ok;
        var value = ((ReadOnlySpan<byte>)line[(colon + 1)..]).TrimLwsStart();
        int valueStart = end - value.Length;
        fields.Add(new(HeaderTable.Find(name), start, name.Length, valueStart, value.TrimLws().Length));
        return ParseStatus.Ok;
    }

    private static int SkipToBody(byte[] buffer, int position)
    {
        while (true)
        {
            int start = position;
            if (!TryLine(buffer, ref position, out int end)) return buffer.Length;
            if (end == start) return position;
        }
    }

    /// <summary>
    /// §18.3: over UDP the datagram ends a body without Content-Length; bytes behind a body are dropped; less than promised is an error.
    /// </summary>
    private static ParseStatus ReadBodyLength(ReadOnlySpan<byte> buffer, List<HeaderField> fields, ref int length)
    {
        foreach (var field in CollectionsMarshal.AsSpan(fields))
        {
            if (field.Id is not SipHeader.ContentLength) continue;
            if (!Grammar.TryNumber(buffer.Slice(field.ValueStart, field.ValueLength), uint.MaxValue, out uint promised))
                return ParseStatus.BadNumber;
            if (promised > Limits.BodyBytes) return ParseStatus.TooLong;
            if (promised > length) return ParseStatus.BodyTooShort;
            length = (int)promised;
            return ParseStatus.Ok;
        }
        return length > Limits.BodyBytes ? ParseStatus.TooLong : ParseStatus.Ok;
    }
}
