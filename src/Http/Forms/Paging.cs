using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>How an API is asked for a page of a list, and how it writes one.</summary>
public abstract class Paging
{
    /// <summary>Which page a query asks for; the defaults where it does not say.</summary>
    public abstract ListRequest Read(PageQuery query);

    public abstract JsonNode Write(PageReply page);

    /// <summary>True when the operation's list comes in pages.</summary>
    public abstract bool IsPaged(Operation operation);

    /// <summary>True for a query parameter whose wrong value is <see cref="Fault.BadPage"/>.</summary>
    public abstract bool IsParameter(string name);
}

/// <summary>The words by which lists are filtered and sorted.</summary>
public sealed record ListWords
{
    /// <summary>
    /// Filters are <c>NAME[field]=value</c> and <c>NAME[field][operator]=value</c>; null where a filter is the field's
    /// name itself, and only equality is asked.
    /// </summary>
    public string? Filter { get; init; }
    /// <summary><c>NAME=field</c>, or -field for falling order; null where lists are not sorted.</summary>
    public string? Sort { get; init; }
    /// <summary>Times to compare with may be words such as yesterday (<see cref="DateWords"/>).</summary>
    public bool HasDateWords { get; init; }
    /// <summary>What filters were called before, with what they are called where the contract has them under another name.</summary>
    public IReadOnlyDictionary<string, string> Renamed { get; init; } = new Dictionary<string, string>();
    /// <summary>Filters that need no operator where the contract compares parts alone: what is sought begins so.</summary>
    public IReadOnlyList<string> Begun { get; init; } = [];
    /// <summary>How what a filter is equal to is read before it is compared: numbers in their one form, however they are written.</summary>
    public IReadOnlyDictionary<string, Func<string, string>> Read { get; init; } = new Dictionary<string, Func<string, string>>();
}

/// <summary>The query of a list, as a <see cref="Paging"/> reads it.</summary>
/// <param name="Refuse">Takes the parameter that is wrong, and a sentence.</param>
public sealed record PageQuery(Operation Operation, QueryValues Values, Action<string, string> Refuse)
{
    /// <summary>A text that is there and not empty, or null.</summary>
    public string? Text(string name) => Values[name] is { Length: > 0 } text ? text : null;

    /// <summary>A whole number within its bounds; refused, and the fallback, when it is anything else but empty.</summary>
    public int Whole(string name, int fallback, int least, int most)
    {
        if (Text(name) is not { } text) return fallback;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
                && value >= least && value <= most)
            return value;
        Refuse(name, most is int.MaxValue
            ? $"{name} must be a whole number from {least}."
            : $"{name} must be a whole number from {least} to {most}.");
        return fallback;
    }

    /// <summary>A size above the schema's is read as that, and not refused.</summary>
    public bool ClampsSize { get; init; }

    /// <summary>How many items a page has: what the query says, within the schema's bounds.</summary>
    public int Size(string name, Schema? schema)
    {
        int most = (int)(schema?.Maximum ?? Limits.PageSize);
        return Math.Min(Whole(name, DefaultOf(schema) ?? Limits.UsualPageSize, least: 1, ClampsSize ? int.MaxValue : most), most);
    }

    /// <summary>A schema's default as a whole number; null when it has none.</summary>
    public static int? DefaultOf(Schema? schema) =>
        schema?.Default?.GetValueKind() is JsonValueKind.Number ? schema.Default.GetValue<int>() : null;
}

/// <summary>A page to be written.</summary>
/// <param name="Path">The request's, with the dialect's root.</param>
public sealed record PageReply(Operation? Operation, IReadOnlyList<JsonNode> Items, ListRequest List, long Total, string Path);
