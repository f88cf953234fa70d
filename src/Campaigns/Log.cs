using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Campaigns;

/// <summary>Event ids 2900-2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2901, LogLevel.Error, "A round of the dialler has failed; nothing is dialled until one succeeds")]
    public static partial void RoundFailed(this ILogger logger, Exception exception);

    [LoggerMessage(2902, LogLevel.Error, "Attempt {Attempt} could not be dialled; its try is given back")]
    public static partial void AttemptFailed(this ILogger logger, Exception exception, Guid attempt);

    [LoggerMessage(2903, LogLevel.Information, "Campaign {Campaign} stops: {Reason}")]
    public static partial void CampaignStops(this ILogger logger, Guid campaign, string reason);

    [LoggerMessage(2904, LogLevel.Warning, "{Attempts} attempts that were claimed and never dialled are given back")]
    public static partial void ClaimsReturned(this ILogger logger, int attempts);

    [LoggerMessage(2906, LogLevel.Error, "Campaign {Campaign} cannot be dialled for; it is left alone for a minute")]
    public static partial void CampaignFailed(this ILogger logger, Exception exception, Guid campaign);

    [LoggerMessage(2907, LogLevel.Error, "Attempt {Attempt} has ended and cannot be settled; its target is not called meanwhile")]
    public static partial void AttemptNotSettled(this ILogger logger, Exception exception, Guid attempt);

    [LoggerMessage(2908, LogLevel.Information, "Leg {Leg} has {Seconds:0} s left that its account pays for ({Rule}), and is told")]
    public static partial void OutOfMoney(this ILogger logger, LegId leg, double seconds, string rule);

    [LoggerMessage(2909, LogLevel.Information, "Leg {Leg} is ended: {Cause}. {Why}")]
    public static partial void CallEnded(this ILogger logger, LegId leg, HangupCause cause, string why);

    [LoggerMessage(2910, LogLevel.Error, "Live calls could not be looked at; none is ended for its account's sake until they can")]
    public static partial void LookFailed(this ILogger logger, Exception exception);

    [LoggerMessage(2905, LogLevel.Warning, "Campaign {Campaign} did not start campaign {Next}: {Why}")]
    public static partial void NextNotStarted(this ILogger logger, Guid campaign, Guid next, string why);

    [LoggerMessage(2911, LogLevel.Error, "Texts could not be looked at; none leaves until they can, which is tried again in {Seconds:0} s")]
    public static partial void TextsNotRead(this ILogger logger, Exception exception, double seconds);

    [LoggerMessage(2912, LogLevel.Error, "Text {Text} could not be sent; it waits, and is tried again in {Seconds:0} s")]
    public static partial void TextNotSent(this ILogger logger, Exception exception, Guid text, double seconds);
}
