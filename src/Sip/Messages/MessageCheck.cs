using System.Diagnostics;
using Ringwright.Sip.Headers;

namespace Ringwright.Sip.Messages;

/// <summary>
/// What must hold before anybody above sees a message (RFC 3261 §8.1.1, §8.2, §16.3):
/// mandatory headers, no contradictions, readable values.
/// </summary>
internal static class MessageCheck
{
    public static ParseStatus Check(SipMessage message, bool isOutgoing)
    {
        Debug.Assert((int)SipHeader.MimeVersion < 64, "one bit per header");
        ulong seen = 0;
        foreach (var line in message.Lines)
        {
            if (line.Id is SipHeader.Unknown) continue;
            ulong bit = 1UL << (int)line.Id;
            // Gateways on the way write some a second time: what says the same contradicts nothing.
            if ((seen & bit) != 0 && HeaderTable.Shape(line.Id) is HeaderShape.Single && !MayDiffer(line.Id)
                && !line.Value.SequenceEqual(message.First(line.Id))) return ParseStatus.DuplicateHeader;
            seen |= bit;
            var status = CheckLine(line, message is SipRequest);
            if (status is not ParseStatus.Ok) return status;
        }
        if (!Has(seen, SipHeader.From) || !Has(seen, SipHeader.To) || !Has(seen, SipHeader.CallId) || !Has(seen, SipHeader.CSeq))
            return ParseStatus.MissingHeader;
        if (!isOutgoing && !Has(seen, SipHeader.Via)) return ParseStatus.MissingHeader;
        if (message is SipRequest request && !request.CSeq.Method.SequenceEqual(request.MethodName)) return ParseStatus.MethodMismatch;

        var listed = CheckVias(message);
        bool isOptional = IsOptional(message);
        // Whoever sends a request on reads its Route; it ends here.
        if (listed is ParseStatus.Ok) listed = CheckAddresses(message, SipHeader.Route, Limits.Routes, isOptional: !isOutgoing);
        if (listed is ParseStatus.Ok) listed = CheckAddresses(message, SipHeader.RecordRoute, Limits.Routes, isOptional);
        if (listed is ParseStatus.Ok) listed = CheckAddresses(message, SipHeader.Contact, Limits.Contacts, isOptional);
        return listed;
    }

    /// <summary>Has what leads a response back to its request; the rest is copied as far as it is there.</summary>
    public static bool IsAnswerable(SipMessage message) => !message.First(SipHeader.Via).IsEmpty;

    /// <summary>
    /// Of what comes: answers and later requests say much of it again, and must be no worse to read than it is. Not for our own messages,
    /// which have grown by that.
    /// </summary>
    public static ParseStatus CheckRoom(SipMessage message)
    {
        foreach (var line in message.Lines)
        {
            int most = line.Id switch
            {
                SipHeader.From or SipHeader.To => Limits.AddressBytes,
                SipHeader.Via or SipHeader.RecordRoute or SipHeader.CSeq or SipHeader.Timestamp =>
                    Limits.HeaderLineBytes - Limits.CopyBytes,
                _ => int.MaxValue,
            };
            if (line.Value.Length > most) return ParseStatus.TooLong;
        }
        foreach (var value in message.Values(SipHeader.RecordRoute))
            if (value.Length > Limits.AddressBytes) return ParseStatus.TooLong;
        var to = message.To;
        if (!to.Tag.IsEmpty) return ParseStatus.Ok;
        // Our tag is one more.
        int parameters = 1;
        foreach (var _ in to.Parameters) parameters++;
        return parameters > Limits.Parameters ? ParseStatus.TooMany : ParseStatus.Ok;
    }

    /// <summary>
    /// Times and hops, and what nothing is decided by. Gateways and proxies add their own to those of far ends: nobody's call, and no
    /// answer that ends or begins one, is lost for that.
    /// </summary>
    private static bool MayDiffer(SipHeader header) => header is SipHeader.SessionExpires or SipHeader.MinSE or SipHeader.RetryAfter
        or SipHeader.Date or SipHeader.Expires or SipHeader.MinExpires or SipHeader.ReferredBy or SipHeader.ReplyTo or SipHeader.Priority
        or SipHeader.MaxForwards;

    private static bool Has(ulong seen, SipHeader header) => (seen & (1UL << (int)header)) != 0;

    /// <summary>
    /// Not of times that somebody names (Expires, Min-Expires, Retry-After): one that cannot be read, such as a date of RFC 2543, is none,
    /// and no reason to lose a message. Nor is an RSeq, without which nothing is reliable, or a Content-Type: whoever needs the body
    /// refuses what it does not know.
    /// </summary>
    private static ParseStatus CheckLine(HeaderLine line, bool isRequest)
    {
        switch (line.Id)
        {
            case SipHeader.From:
            case SipHeader.To:
                var status = NameAddress.TryParse(line.Value, out var address);
                if (status is not ParseStatus.Ok) return status;
                if (address.Tag.Length > Limits.TokenBytes) return ParseStatus.TooLong;
                return address.Tag.ContainsAnyExceptInRange((byte)'!', (byte)'~') ? ParseStatus.BadToken : ParseStatus.Ok;
            case SipHeader.CSeq:
                return CSeq.TryParse(line.Value, out _);
            case SipHeader.CallId:
                if (line.Value.Length > Limits.CallIdBytes) return ParseStatus.TooLong;
                return IsCallId(line.Value) ? ParseStatus.Ok : ParseStatus.BadToken;
            case SipHeader.MaxForwards:
                return !isRequest || Grammar.TryNumber(line.Value, Limits.MaxForwards, out _) ? ParseStatus.Ok : ParseStatus.BadNumber;
            case SipHeader.ContentLength:
                return Grammar.TryNumber(line.Value, uint.MaxValue, out _) ? ParseStatus.Ok : ParseStatus.BadNumber;
            default:
                return ParseStatus.Ok;
        }
    }

    /// <summary>
    /// More than the words of RFC 3261 §25.1: others put '#', '$' and '=' there, and nobody but its maker has to understand it.
    /// </summary>
    private static bool IsCallId(ReadOnlySpan<byte> value) =>
        !value.IsEmpty && !value.ContainsAnyExceptInRange((byte)'!', (byte)'~');

    private static ParseStatus CheckVias(SipMessage message)
    {
        int count = 0;
        foreach (var value in message.Values(SipHeader.Via))
        {
            if (++count > Limits.Vias) return ParseStatus.TooMany;
            var status = Via.TryParse(value, out _);
            if (status is not ParseStatus.Ok) return status;
        }
        return ParseStatus.Ok;
    }

    /// <param name="isOptional">One that nobody can read is passed over by whoever wants them.</param>
    private static ParseStatus CheckAddresses(SipMessage message, SipHeader header, int limit, bool isOptional)
    {
        int count = 0;
        foreach (var value in message.Values(header))
        {
            if (++count > limit) return ParseStatus.TooMany;
            // A comma too many, or a header without a value, names nobody.
            if (isOptional || value.IsEmpty || header is SipHeader.Contact && Grammar.IsAsterisk(value)) continue;
            var status = NameAddress.TryParse(value, out _);
            // Within a dialog both sides have said where they are.
            if (status is not ParseStatus.Ok && (header is SipHeader.Route || message is not SipRequest { IsOutsideDialog: false }))
                return status;
        }
        return ParseStatus.Ok;
    }

    /// <summary>
    /// Nothing depends on a Contact or a Record-Route that nobody can read. A registrar tells the Contacts of all in its answers, as they
    /// came to it: those beside it count. Many write one where it has no meaning; a call is hung up on without it. And an answer that is
    /// lost for its Record-Route leaves both sides waiting, where a shorter way may lead there.
    /// </summary>
    private static bool IsOptional(SipMessage message) => message is not SipRequest request
        || request.Method is SipMethod.Ack or SipMethod.Bye or SipMethod.Cancel or SipMethod.Prack or SipMethod.Info or SipMethod.Message
            or SipMethod.Options;
}
