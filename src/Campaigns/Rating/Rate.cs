namespace Ringwright.Campaigns.Rating;

/// <summary>What calls to numbers with this prefix cost.</summary>
/// <param name="Prefix">"+49", "+1900"; "+" is every number.</param>
/// <param name="MicrosPerMinute">Millionths of a US dollar.</param>
/// <param name="InitialSeconds">What a call that was answered is billed at least.</param>
/// <param name="IncrementSeconds">Beyond that it is billed in steps of so much.</param>
public sealed record Rate(string Prefix, long MicrosPerMinute, int InitialSeconds, int IncrementSeconds)
{
    /// <summary>Price of a call of so many seconds, in millionths, rounded up; nothing for one that was not answered.</summary>
    public long PriceOf(long seconds) => (BilledSeconds(seconds) * MicrosPerMinute + 59) / 60;

    public long BilledSeconds(long seconds)
    {
        if (seconds <= 0) return 0;
        if (seconds <= InitialSeconds) return InitialSeconds;
        return InitialSeconds + (seconds - InitialSeconds + IncrementSeconds - 1) / IncrementSeconds * IncrementSeconds;
    }
}
