using System.Globalization;
using Ringwright.Store.Resources;

namespace Ringwright.Store.Reports;

public sealed record RecordOrder(string Column, bool IsDescending);

/// <summary>Which records, in which order. Conditions are joined by AND; null asks for nothing.</summary>
public sealed record RecordQuery
{
    /// <summary>Paths are names of the source's columns; the values were found readable (<see cref="RecordValues.IsReadable"/>).</summary>
    public IReadOnlyList<ResourceFilter> Conditions { get; init; } = [];
    public DateTimeOffset? From { get; init; }
    /// <summary>Not included.</summary>
    public DateTimeOffset? Until { get; init; }
    /// <summary>Empty means newest first.</summary>
    public IReadOnlyList<RecordOrder> Orders { get; init; } = [];
    public int Offset { get; init; }
    public int Limit { get; init; } = 20;
}

/// <summary>What is summed up, and by what.</summary>
public sealed record UsageQuery
{
    /// <summary>Names of columns.</summary>
    public required IReadOnlyList<string> By { get; init; }
    public required IReadOnlyList<string> Metrics { get; init; }
    public IReadOnlyList<ResourceFilter> Conditions { get; init; } = [];
    public DateTimeOffset? From { get; init; }
    /// <summary>Not included.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>Values by column: text, long (of money: millionths), DateTimeOffset, DateOnly, bool or null.</summary>
public sealed class ReportRow(IReadOnlyDictionary<string, int> places, object?[] values)
{
    public object? this[string column] => values[places[column]];

    public string? Text(string column) => (string?)this[column];
    public long? Whole(string column) => (long?)this[column];
    public DateTimeOffset? Time(string column) => (DateTimeOffset?)this[column];
}

public sealed record RecordPage(IReadOnlyList<ReportRow> Rows, long Total);

/// <summary>Values of filters as their columns need them.</summary>
public static class RecordValues
{
    private const decimal MicrosPerUnit = 1_000_000;

    /// <summary>Whether the text can be compared with a column of that kind.</summary>
    public static bool IsReadable(ReportColumnKind kind, string text) => Read(kind, text) is not null;

    /// <summary>The value as a parameter; null when the text is none.</summary>
    internal static object? Read(ReportColumnKind kind, string text) => kind switch
    {
        ReportColumnKind.Whole =>
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? whole : null,
        ReportColumnKind.Money => decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture, out decimal amount)
            && Math.Abs(amount) < long.MaxValue / MicrosPerUnit ? (double)(amount * MicrosPerUnit) : null,
        ReportColumnKind.Time =>
            DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? Times.Text(at) : null,
        ReportColumnKind.Day =>
            DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? text : null,
        ReportColumnKind.Truth => text switch { "true" => true, "false" => false, _ => null },
        _ => text,
    };
}
