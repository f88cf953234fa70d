using Ringwright.Egress;
using Ringwright.Store.Tables;

namespace Ringwright.Delivery;

/// <summary>
/// What follows an attempt. 2xx is success. 408, 429, 5xx and no answer are tried again on the same URL, as often as there are waits,
/// then on the failover URL. Anything else (redirects, other 4xx, a forbidden address) is final for its URL. That is the short schedule;
/// <see cref="LongSchedule"/> is the other. A format may have it that 408 and 429 are final, too.
/// </summary>
internal static class RetryRule
{
    /// <param name="onServerErrorsOnly">408 and 429 are final.</param>
    public static OutboxStep Next(OutboxEntry entry, EgressResult result, IReadOnlyList<TimeSpan> waits, DateTimeOffset now,
        bool onServerErrorsOnly = false)
    {
        if (result.IsSuccess) return new OutboxStep.Delivered();
        int made = entry.AttemptsOnUrl + 1;
        bool isFinal = onServerErrorsOnly && result is { Failure: EgressFailure.HttpStatus, Status: < 500 };
        if (!isFinal && IsWorthAnother(result) && made <= waits.Count)
            return new OutboxStep.Again(now + waits[made - 1], entry.IsOnFailover, made);
        if (!entry.IsOnFailover && !string.IsNullOrEmpty(entry.FailoverUrl))
            return new OutboxStep.Again(now, IsOnFailover: true, AttemptsOnUrl: 0);
        return new OutboxStep.GivenUp();
    }

    public static bool IsWorthAnother(EgressResult result) => result.Failure switch
    {
        EgressFailure.HttpStatus => result.Status is 408 or 429 or >= 500,
        EgressFailure.Dns or EgressFailure.Connect or EgressFailure.Tls or EgressFailure.TimedOut or EgressFailure.Broken => true,
        _ => false,
    };
}
