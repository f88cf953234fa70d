using Microsoft.Extensions.Logging;

namespace Ringwright.Agency;

/// <summary>Event ids 3100-3199.</summary>
public static partial class Log
{
    [LoggerMessage(3101, LogLevel.Error, "How the batch {Batch} gets on cannot be told at the moment; it is looked at again")]
    internal static partial void BatchNotFollowed(this ILogger logger, Exception failed, Guid batch);

    [LoggerMessage(3102, LogLevel.Error, "How batches get on cannot be told at the moment; they are looked at again")]
    public static partial void BatchesNotFollowed(this ILogger logger, Exception failed);

    [LoggerMessage(3103, LogLevel.Warning,
        "A refresh token of the user {User} was used twice: somebody may have a copy, and the sign-in has ended")]
    internal static partial void RefreshTokenCopied(this ILogger logger, Guid user);

    [LoggerMessage(3104, LogLevel.Error, "What was said in calls cannot be written down at the moment; it is looked at again")]
    public static partial void TalksNotFollowed(this ILogger logger, Exception failed);

    [LoggerMessage(3105, LogLevel.Error, "What a model said of the call {Call} cannot be taken in; it is asked again")]
    internal static partial void CallNotJudged(this ILogger logger, Exception failed, string call);

    [LoggerMessage(3106, LogLevel.Error, "Calls cannot be judged at the moment; they are looked at again")]
    public static partial void CallsNotJudged(this ILogger logger, Exception failed);

    [LoggerMessage(3107, LogLevel.Error, "What a provider has told in the webhook {Webhook} cannot be merged; it is tried again")]
    internal static partial void WebhookNotMerged(this ILogger logger, Exception failed, Guid webhook);

    [LoggerMessage(3108, LogLevel.Error, "What providers have told cannot be merged at the moment; it is looked at again")]
    public static partial void WebhooksNotFollowed(this ILogger logger, Exception failed);

    [LoggerMessage(3109, LogLevel.Error, "What was said in the provider's call {Call} cannot be taken in; it is fetched again")]
    internal static partial void TranscriptNotFetched(this ILogger logger, Exception failed, string call);

    [LoggerMessage(3110, LogLevel.Error, "What was said in calls of providers cannot be fetched at the moment; it is looked at again")]
    public static partial void TranscriptsNotFetched(this ILogger logger, Exception failed);

    [LoggerMessage(3111, LogLevel.Error, "A page of the job {Job}, which reads a history of calls, cannot be taken in; it is read again")]
    internal static partial void HistoryNotRead(this ILogger logger, Exception failed, Guid job);

    [LoggerMessage(3112, LogLevel.Error, "Histories of calls cannot be read at the moment; they are looked at again")]
    public static partial void HistoriesNotRead(this ILogger logger, Exception failed);

    [LoggerMessage(3113, LogLevel.Error, "What a provider says of the call {Call} cannot be taken in; it is asked again")]
    internal static partial void CallNotAskedFor(this ILogger logger, Exception failed, string call);

    [LoggerMessage(3114, LogLevel.Error, "Calls of which nothing is heard cannot be looked after at the moment; they are looked at again")]
    public static partial void SilentCallsNotFollowed(this ILogger logger, Exception failed);

    [LoggerMessage(3115, LogLevel.Error,
        "Contacts whose numbers have come onto a do-not-call list cannot be taken out at the moment; they are when their time comes")]
    public static partial void ContactsNotTakenOut(this ILogger logger, Exception failed);

    [LoggerMessage(3116, LogLevel.Error, "What agencies keep no longer cannot be deleted at the moment; it is looked at again")]
    public static partial void NothingForgotten(this ILogger logger, Exception failed);

    [LoggerMessage(3117, LogLevel.Error, "Who is told of agencies cannot be read at the moment; it is looked at again")]
    public static partial void HooksNotRead(this ILogger logger, Exception failed);

    [LoggerMessage(3118, LogLevel.Error, "What has happened in agencies cannot be told at the moment; it is looked at again")]
    public static partial void NewsNotTold(this ILogger logger, Exception failed);

    [LoggerMessage(3119, LogLevel.Error, "Clients cannot be charged at the moment; what is over is looked at again")]
    public static partial void ClientsNotCharged(this ILogger logger, Exception failed);

    [LoggerMessage(3120, LogLevel.Error, "What has become of ordered numbers cannot be read at the moment; it is looked at again")]
    public static partial void OrdersNotFollowed(this ILogger logger, Exception failed);
}
