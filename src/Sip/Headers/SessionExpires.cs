using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Headers;

/// <summary>Session timer (RFC 4028 §4): <c>1800;refresher=uac</c>.</summary>
public readonly ref struct SessionExpires(uint seconds, SipParameters parameters)
{
    public uint Seconds { get; } = seconds;
    public SipParameters Parameters { get; } = parameters;
    /// <summary>"uac", "uas" or empty; some put it into quotation marks.</summary>
    public ReadOnlySpan<byte> Refresher => Parameters.TryFind("refresher"u8, out var refresher) ? refresher.Trim((byte)'"') : default;

    /// <summary>
    /// What a message says, in which gateways on the way may have put one beside that of the far end: the shortest interval counts, for
    /// whoever wrote that one gives up first. Who refreshes may be said by another.
    /// </summary>
    /// <returns>False when there is none that can be read.</returns>
    public static bool TryFind(SipMessage message, out SessionExpires found)
    {
        found = default;
        bool isFound = false;
        foreach (var value in message.Values(SipHeader.SessionExpires))
        {
            if (TryParse(value, out var one) is not ParseStatus.Ok) continue;
            bool isShorter = !isFound || one.Seconds < found.Seconds;
            var shorter = isShorter ? one.Parameters : found.Parameters;
            var longer = isShorter ? found.Parameters : one.Parameters;
            found = new(isShorter ? one.Seconds : found.Seconds, shorter.Has("refresher"u8) ? shorter : longer);
            isFound = true;
        }
        return isFound;
    }

    /// <summary>What stands behind the interval, and cannot be read, says nothing of it.</summary>
    public static ParseStatus TryParse(ReadOnlySpan<byte> value, out SessionExpires expires)
    {
        expires = default;
        // Some join two of them to a list, though it is none.
        int comma = value.IndexOf((byte)',');
        if (comma >= 0) value = value[..comma];
        int semicolon = value.IndexOf((byte)';');
        if (!Grammar.TryNumber((semicolon < 0 ? value : value[..semicolon]).TrimLws(), uint.MaxValue, out uint seconds))
            return ParseStatus.BadNumber;
        var parameters = semicolon < 0 ? default : value[semicolon..];
        expires = new(seconds, new(SipParameters.Check(parameters) is ParseStatus.Ok ? parameters : default));
        return ParseStatus.Ok;
    }
}
