using Ringwright.Calls.Pricing;

namespace Ringwright.Store.Tables;

/// <summary>What a text must fit under.</summary>
/// <param name="Credits">What may be owed, without what is promised and what live calls hold; none, or null, is no limit.</param>
/// <param name="DayMicros">What its profile may spend from <paramref name="Day"/> on; null is no limit.</param>
public readonly record struct TextAllowance(IReadOnlyList<CreditLine>? Credits, long? DayMicros, DateTimeOffset Day)
{
    public static TextAllowance Of(IReadOnlyList<CreditLine> credits, long? dayMicros, DateTimeOffset now) =>
        new(credits, dayMicros, new(now.UtcDateTime.Date, TimeSpan.Zero));

    /// <summary>The same without what live calls hold of the credits.</summary>
    /// <param name="holds">Null where no call lives.</param>
    public static async ValueTask<TextAllowance> OfAsync(IReadOnlyList<CreditLine> credits, IHolds? holds, Money? cost, long? dayMicros,
        DateTimeOffset now, CancellationToken stop)
    {
        var left = new List<CreditLine>();
        foreach (var credit in credits)
        {
            long held = 0;
            if (holds is not null && cost is { } known)
                foreach (var one in credit.Debtors) held += await holds.HeldMicrosAsync(one, known.Currency, stop).ConfigureAwait(false);
            left.Add(credit with { LimitMicros = credit.LimitMicros - held });
        }
        return Of(left, dayMicros, now);
    }
}
