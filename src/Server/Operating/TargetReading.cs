using Ringwright.Campaigns.Lists;

namespace Ringwright.Server.Operating;

/// <summary>How a file of targets is read.</summary>
internal sealed record TargetReading
{
    public static readonly TargetReading Usual = new();

    /// <summary>By names of columns in small letters: the field that one is, a word of the data, or "" to leave it out.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();
    /// <summary>Reads numbers without a country code of rows that say no country; null where each must have one.</summary>
    public NationalNumbers? Home { get; init; }
    /// <summary>A CSV to be made of what became of each row; null for none.</summary>
    public string? Report { get; init; }
}
