using Microsoft.Extensions.Logging;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Switch;

namespace Ringwright.Net;

/// <summary>
/// Logs the texts and the subscriptions of phones that were refused: softphones show neither the status nor the reason. One line a minute
/// for a phone and a reason. Safe from any thread.
/// </summary>
internal sealed class RefusedRequests(ILogger logger, TimeProvider clock)
{
    private const int MostCharacters = 64, MostOfReason = 256, ShortestNumber = 7;

    private readonly LoggedTurns<(string Method, string User, int Status, string Reason)> _turns = new(clock);

    public void Note(Effect.RequestRefused refused)
    {
        string reason = StrangersWord.Of(refused.Why ?? ReasonPhrases.Of(refused.Status), MostOfReason);
        if (_turns.TryTell((refused.Method, refused.User, refused.Status, reason), out long times))
            logger.RequestRefused(refused.Method, refused.User, Shown(refused.To), reason, refused.Status, times);
    }

    /// <summary>Of a number its end; a colleague's name or short number as it is.</summary>
    private static string Shown(string to) =>
        to.Length >= ShortestNumber && !to.AsSpan().TrimStart('+').ContainsAnyExceptInRange('0', '9') ? E164.Mask(to)
            : StrangersWord.Of(to, MostCharacters);
}
