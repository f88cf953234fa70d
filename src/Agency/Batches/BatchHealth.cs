using Ringwright.Agency.Figures;
using Ringwright.Agency.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>Something is wrong with the calls of a batch, so that nobody more is to be called for it.</summary>
internal sealed record BatchStop(string Code, string Sentence);

/// <summary>
/// Whether a batch goes on, by what has become of its last calls: a line that fails is tried again in a while, and whatever annoys people
/// waits for a person. Pure.
/// </summary>
internal static class BatchHealth
{
    /// <summary>How often a batch goes on by itself, and how long after its calls had failed.</summary>
    public const int MostResumes = 3;
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    /// <summary>As many calls are looked at as are needed to judge any of this.</summary>
    public const int MostLooked = 1_000;

    /// <summary>Of so many calls, so many failed by the line or whoever is behind it.</summary>
    private const int Recent = 20, Faults = 10;

    /// <summary>Of so many who answered, the share that wants no more calls; of so many calls, that of those that were answered.</summary>
    private const int Answers = 100, Calls = 200;
    private const double MostUnwanted = 0.03, LeastAnswered = 0.05;

    /// <param name="newestFirst">Calls that are over, since the batch went on last.</param>
    public static BatchStop? StopOf(IReadOnlyList<CountedCall> newestFirst)
    {
        var recent = newestFirst.Take(Recent).ToList();
        if (recent.Count(call => call.IsFault) is >= Faults and var faults)
            return new(BatchRow.CircuitOpen, $"{faults} of the last {recent.Count} calls have failed by the line.");
        var answered = newestFirst.Where(call => call.IsAnswered).Take(Answers).ToList();
        int unwanted = answered.Count(call => call.IsUnwanted);
        if (answered.Count == Answers && unwanted > MostUnwanted * Answers)
            return new(BatchRow.Unwanted, $"{unwanted} of the last {Answers} people who answered want no more calls.");
        var calls = newestFirst.Take(Calls).ToList();
        int heard = calls.Count(call => call.IsAnswered);
        return calls.Count == Calls && heard < LeastAnswered * Calls
            ? new(BatchRow.Unanswered, $"{heard} of the last {Calls} calls were answered.") : null;
    }

    /// <summary>When one that has stopped goes on by itself; null for never.</summary>
    /// <param name="timezone">The agency's: whose days and months have caps.</param>
    public static DateTimeOffset? ResumesAt(BatchRow batch, string timezone = "UTC") => batch switch
    {
        { Status: BatchRow.Paused, FailureCode: BatchRow.CircuitOpen, PausedAt: { } since } =>
            batch.CircuitResumes < MostResumes ? since + Rest : null,
        { Status: BatchRow.Paused, FailureCode: BatchRow.Capped, PausedAt: { } since } => DayOf(since, timezone, days: 1),
        { Status: BatchRow.Paused, FailureCode: BatchRow.OutOfMinutes, PausedAt: { } since } =>
            FigurePeriod.MonthOf(since, timezone).Before,
        _ => null,
    };

    /// <summary>Whether it goes on by itself now. Whoever rests does not rest longer because the clock was set back.</summary>
    public static bool GoesOn(BatchRow batch, string timezone, DateTimeOffset now) => ResumesAt(batch, timezone) is { } at
        && (at <= now || batch.FailureCode is BatchRow.CircuitOpen && at - now > Rest + Rest);

    /// <summary>When the day began, or one so many days later begins.</summary>
    public static DateTimeOffset DayOf(DateTimeOffset at, string timezone, int days = 0)
    {
        var zone = FigurePeriod.ZoneOf(timezone);
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime).AddDays(days);
        return FigurePeriod.Midnight(day, zone).ToUniversalTime();
    }
}
