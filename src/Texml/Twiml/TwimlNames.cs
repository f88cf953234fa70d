using Ringwright.Core;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Texml.Twiml;

/// <summary>For the server, which names calls and streams as their customers do.</summary>
public static class TwimlNames
{
    public static string Account(TenantId tenant) => TwimlSids.Account(tenant);

    public static string Call(LegId leg) => TwimlSids.Call(leg);

    public static string Stream(Guid stream) => TwimlSids.Stream(stream);

    /// <summary>Of a stream that the other API has begun on a call of this one.</summary>
    public static string StreamTokenHeader => StreamIdentities.TokenHeader;

    /// <returns>Null when it is no name of a call; whose it is, the look-up says.</returns>
    public static LegId? FindCall(string text) => TwimlSids.TryCall(text, out var leg) ? leg : null;
}
