using Ringwright.Store.Resources;

namespace Ringwright.Http;

/// <summary>Paging, filters and sort of a list, already checked against the operation.</summary>
public sealed record ListRequest
{
    /// <summary>From <see cref="First"/>.</summary>
    public int Number { get; init; } = 1;
    /// <summary>Number of the first page: 1, or 0 where the contract counts from there.</summary>
    public int First { get; init; } = 1;
    public int Size { get; init; } = Limits.UsualPageSize;
    /// <summary>The first item, counted from 0, where pages have no numbers.</summary>
    public int? Start { get; init; }
    public IReadOnlyList<ResourceFilter> Filters { get; init; } = [];
    /// <summary>Null when the request names none and the contract has no default.</summary>
    public string? Sort { get; init; }
    public bool IsDescending { get; init; }

    /// <summary>Where the list is walked by the keys of its items: behind or before this one, and at most so many.</summary>
    public string? After { get; init; }
    public string? Before { get; init; }
    /// <summary>Null when the request does not page by cursor.</summary>
    public int? Limit { get; init; }

    public bool IsByCursor => After is not null || Before is not null || Limit is not null;

    public int Offset => Start ?? (int)Math.Min((long)(Number - First) * Size, int.MaxValue);

    /// <summary>The first value that <paramref name="field"/> is compared with (operator eq), or null.</summary>
    public string? Filter(string field, string @operator = "eq")
    {
        foreach (var filter in Filters)
            if (filter.Path == field && filter.Operator == @operator && filter.Values.Count > 0) return filter.Values[0];
        return null;
    }
}
