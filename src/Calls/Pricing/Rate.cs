namespace Ringwright.Calls.Pricing;

/// <summary>What calls to, or from, numbers with a prefix cost from a moment on.</summary>
public sealed record Rate
{
    /// <summary>"+49", "+1900"; "+" is every number; <see cref="RateDeck.OnNet"/> those of this node. <see cref="RateDeck.Texts"/> may
    /// be before it: then the price, and the fee, are those of a part of a text.</summary>
    public required string Prefix { get; init; }
    public required string Currency { get; init; }
    /// <summary>Millionths of the currency's unit.</summary>
    public required long MicrosPerMinute { get; init; }
    /// <summary>What a call that was answered is billed at least.</summary>
    public required int InitialSeconds { get; init; }
    /// <summary>Beyond that it is billed in steps of so much.</summary>
    public required int IncrementSeconds { get; init; }
    /// <summary>Of every call that was answered, however short; millionths.</summary>
    public long FeeMicros { get; init; }
    public DateTimeOffset EffectiveFrom { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>
    /// Seconds that a call of <paramref name="seconds"/> is billed: 0 stays 0, up to the initial ones those, beyond in steps.
    /// </summary>
    public long BilledSeconds(long seconds)
    {
        if (seconds <= 0) return 0;
        if (seconds <= InitialSeconds) return InitialSeconds;
        return InitialSeconds + (seconds - InitialSeconds + IncrementSeconds - 1) / IncrementSeconds * IncrementSeconds;
    }

    /// <summary>Price of a call of so many seconds, in millionths, rounded up; nothing for one that was not answered.</summary>
    public long PriceOf(long seconds) =>
        BilledSeconds(seconds) is > 0 and var billed ? FeeMicros + (billed * MicrosPerMinute + 59) / 60 : 0;

    /// <summary>Price of a text of so many parts, in millionths.</summary>
    public long PriceOfParts(int parts) => (MicrosPerMinute + FeeMicros) * parts;

    /// <summary>The same price, from whatever date on.</summary>
    public bool IsPricedAs(Rate other) => this with { EffectiveFrom = other.EffectiveFrom } == other;

    /// <summary>What a call of so many seconds is charged.</summary>
    public Charge ChargeFor(long seconds) => new()
    {
        Micros = PriceOf(seconds),
        Currency = Currency,
        BilledSeconds = (int)Math.Min(BilledSeconds(seconds), int.MaxValue),
        MicrosPerMinute = MicrosPerMinute,
        FeeMicros = FeeMicros,
        Prefix = Prefix,
    };
}

/// <summary>What a leg came to, by the rate that was in force when it began.</summary>
public sealed record Charge
{
    public required long Micros { get; init; }
    public required string Currency { get; init; }
    public required int BilledSeconds { get; init; }
    public required long MicrosPerMinute { get; init; }
    public long FeeMicros { get; init; }
    /// <summary>Of the rate.</summary>
    public required string Prefix { get; init; }
}
