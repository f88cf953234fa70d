using Microsoft.Extensions.Logging;
using Ringwright.Calls.Texts.Smpp;

namespace Ringwright.Campaigns;

/// <summary>Event ids 2900-2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2901, LogLevel.Error, "A round of the dialler has failed; nothing is dialled until one succeeds")]
    public static partial void RoundFailed(this ILogger logger, Exception exception);

    [LoggerMessage(2902, LogLevel.Error, "Attempt {Attempt} could not be dialled; its try is given back")]
    public static partial void AttemptFailed(this ILogger logger, Exception exception, Guid attempt);

    [LoggerMessage(2922, LogLevel.Error, "Attempt {Attempt} without a call has broken off; it is not carried out again")]
    public static partial void LoneAttemptBroke(this ILogger logger, Exception exception, Guid attempt);

    [LoggerMessage(2903, LogLevel.Information, "Campaign {Campaign} stops: {Reason}")]
    public static partial void CampaignStops(this ILogger logger, Guid campaign, string reason);

    [LoggerMessage(2904, LogLevel.Warning, "{Attempts} attempts that were claimed and never dialled are given back")]
    public static partial void ClaimsReturned(this ILogger logger, int attempts);

    [LoggerMessage(2926, LogLevel.Error,
        "Attempt {Attempt} of campaign {Campaign} was dialled a moment ago, and the database knows nothing of it: it has lost commits, as "
            + "where a standby took over without the last of them; nobody is called twice by that")]
    public static partial void TryForgotten(this ILogger logger, Guid attempt, Guid campaign);

    [LoggerMessage(2906, LogLevel.Error, "Campaign {Campaign} cannot be dialled for; it is left alone for a minute")]
    public static partial void CampaignFailed(this ILogger logger, Exception exception, Guid campaign);

    [LoggerMessage(2907, LogLevel.Error, "Attempt {Attempt} has ended and cannot be settled; its target is not called meanwhile")]
    public static partial void AttemptNotSettled(this ILogger logger, Exception exception, Guid attempt);

    [LoggerMessage(2905, LogLevel.Warning, "Campaign {Campaign} did not start campaign {Next}: {Why}")]
    public static partial void NextNotStarted(this ILogger logger, Guid campaign, Guid next, string why);

    [LoggerMessage(2911, LogLevel.Error, "Texts could not be looked at; none leaves until they can, which is tried again in {Seconds:0} s")]
    public static partial void TextsNotRead(this ILogger logger, Exception exception, double seconds);

    [LoggerMessage(2912, LogLevel.Error, "Text {Text} could not be sent; it waits, and is tried again in {Seconds:0} s")]
    public static partial void TextNotSent(this ILogger logger, Exception exception, Guid text, double seconds);

    [LoggerMessage(2913, LogLevel.Error, "Carriers of texts could not be read; they stay as they are, and are read again in {Seconds:0} s")]
    public static partial void CarriersNotRead(this ILogger logger, Exception exception, double seconds);

    [LoggerMessage(2914, LogLevel.Information, "Texts go by carrier {Carrier}: bound with {Centre}")]
    public static partial void Bound(this ILogger logger, string carrier, string centre);

    [LoggerMessage(2915, LogLevel.Warning, "No texts go by carrier {Carrier}: {Why}; it is tried again")]
    public static partial void BindEnded(this ILogger logger, string carrier, string why);

    [LoggerMessage(2916, LogLevel.Error,
        "Carrier {Carrier} has refused our name or password {Times} times; it is not tried until it is changed")]
    public static partial void BindHalted(this ILogger logger, string carrier, int times);

    [LoggerMessage(2917, LogLevel.Error, "The bind with carrier {Carrier} has failed; it is made again")]
    public static partial void BindFailed(this ILogger logger, Exception exception, string carrier);

    [LoggerMessage(2918, LogLevel.Warning,
        "Carrier {Carrier} tells of a text that nobody knows ({Id}, {Outcome}); {Times} such of it since the last such line")]
    public static partial void StrayReceipt(this ILogger logger, string carrier, string id, SmppOutcome outcome, long times);

    [LoggerMessage(2919, LogLevel.Warning,
        "A text that carrier {Carrier} brings is refused: {Why}; {Times} such of it since the last such line")]
    public static partial void ArrivalRefused(this ILogger logger, string carrier, string why, long times);

    [LoggerMessage(2925, LogLevel.Warning,
        "What came for carrier {Carrier} had a wrong secret in its path and was not taken: it is sent to an address that was changed, or "
            + "by a stranger; {Times} such since the last such line")]
    public static partial void SecretWrong(this ILogger logger, string carrier, long times);

    [LoggerMessage(2920, LogLevel.Error, "A text that carrier {Carrier} brings could not be kept; the carrier keeps it")]
    public static partial void ArrivalNotKept(this ILogger logger, Exception exception, string carrier);

    [LoggerMessage(2921, LogLevel.Error, "What carrier {Carrier} says of text {Text} could not be written; it is tried again")]
    public static partial void AnswerNotWritten(this ILogger logger, Exception exception, string carrier, Guid text);

    [LoggerMessage(2923, LogLevel.Error, "What became of text {Text} at a phone could not be written")]
    public static partial void PhoneNotWritten(this ILogger logger, Exception exception, Guid text);

    [LoggerMessage(2924, LogLevel.Information,
        "No phone of {User} has taken text {Text}, which its account has (SIP status {Status}): {Trouble}")]
    public static partial void NotShown(this ILogger logger, Guid text, string user, int? status, string? trouble);
}
