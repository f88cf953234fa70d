using Ringwright.Egress;
using Ringwright.Store.Tables;

namespace Ringwright.Delivery;

/// <summary>
/// Attempts for a day, 1 s apart at first, then twice as far each time up to an hour, and not before
/// a Retry-After (RFC 9110 section 10.2.3). With a failover URL each of the two has its own time, and whichever comes first is tried;
/// one that gave a final answer is not tried again. The last attempt is made when the day is over.
/// </summary>
internal static class LongSchedule
{
    public static readonly TimeSpan Length = TimeSpan.FromHours(24);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    /// <summary>Both databases can hold it.</summary>
    private static readonly DateTimeOffset Never = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static OutboxStep Next(OutboxEntry entry, EgressResult result, DateTimeOffset now)
    {
        if (result.IsSuccess) return new OutboxStep.Delivered();
        var until = entry.RetryUntil ?? now + Length;
        var other = string.IsNullOrEmpty(entry.FailoverUrl) ? Never : entry.OtherFrom ?? now;
        int round = other == Never ? entry.AttemptsOnUrl : entry.AttemptsOnUrl / 2;
        var own = RetryRule.IsWorthAnother(result) ? Later(now + WaitAfter(round), RetryAfter(result, now)) : Never;
        bool isOther = other <= own;
        var next = isOther ? other : own;
        if (next == Never || now >= until) return new OutboxStep.GivenUp();
        return new OutboxStep.Again(next > until ? until : Later(next, now), entry.IsOnFailover ^ isOther, entry.AttemptsOnUrl + 1)
        {
            Until = until,
            OtherFrom = isOther ? own : other,
        };
    }

    /// <summary>The same step, and not before the server says.</summary>
    public static OutboxStep NotBefore(OutboxStep step, EgressResult result, DateTimeOffset now) =>
        step is OutboxStep.Again again ? again with { NextAt = Later(again.NextAt, RetryAfter(result, now)) } : step;

    // 2^12 s is more than an hour
    private static TimeSpan WaitAfter(int round) => round < 12 ? TimeSpan.FromSeconds(1 << round) : LongestWait;

    private static DateTimeOffset RetryAfter(EgressResult result, DateTimeOffset now) =>
        result.RetryAfter(now) is { } asked ? now + (asked < Length ? asked : Length) : now;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset two) => one > two ? one : two;
}
