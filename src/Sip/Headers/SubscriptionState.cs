using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Headers;

/// <summary>
/// What a NOTIFY says of its subscription (RFC 6665 §8.2.3): <c>active;expires=60</c>, <c>terminated;reason=noresource</c>.
/// </summary>
public readonly ref struct SubscriptionState
{
    public bool IsTerminated { get; private init; }
    /// <summary>It ended because its time was over.</summary>
    public bool IsTimeout { get; private init; }
    /// <summary>Seconds; null when it does not say, or not in a number.</summary>
    public int? Expires { get; private init; }

    /// <summary>Never fails: a state that nobody knows is one that goes on (RFC 6665 §4.1.3).</summary>
    public static SubscriptionState Of(ReadOnlySpan<byte> value)
    {
        int semicolon = value.IndexOf((byte)';');
        var parameters = new SipParameters(semicolon < 0 ? default : value[semicolon..]);
        parameters.TryFind("reason"u8, out var reason);
        bool hasExpires = parameters.TryFind("expires"u8, out var text) & Grammar.TryNumber(text, int.MaxValue, out uint expires);
        return new()
        {
            IsTerminated = (semicolon < 0 ? value : value[..semicolon]).TrimLws().Is("terminated"u8),
            IsTimeout = reason.Is("timeout"u8),
            Expires = hasExpires ? (int)expires : null,
        };
    }
}
