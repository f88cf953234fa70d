using System.Globalization;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Reads which conversations a list is to have, as PostgREST writes it: <c>name=ilike.*x*</c>, <c>metadata->key=eq.value</c>,
/// <c>created_at=gte.2026-01-01</c>, <c>id=in.(a,b)</c>, <c>order=last_message_at.desc</c>, <c>limit</c>.
/// </summary>
internal static class ConversationQuery
{
    private const int UsualLimit = 100, MostLimit = 1_000;
    private const string Metadata = ConversationRecords.Metadata + "->";
    private static readonly string[] Times = ["created_at", ConversationRecords.LastMessageAt];
    private static readonly string[] Fields = ["id", ConversationRecords.Name, .. Times];
    private static readonly string[] Compared = ["eq", "gt", "gte", "lt", "lte"];

    public static (ResourceQuery Query, Problem? Problem) Read(OperationContext op)
    {
        var filters = new List<ResourceFilter>();
        foreach (var (name, text) in op.Query.Pairs)
        {
            if (PathOf(name) is { } path)
            {
                if (Filter(path, text) is not { } filter)
                    return Refused(op, name, $"{name} must be compared by eq, neq, gt, gte, lt, lte, in.(…), is.null, or ilike with % at "
                        + "its ends, as in eq.value.");
                filters.Add(filter);
            }
            else if (name.StartsWith(Metadata, StringComparison.Ordinal))
                return Refused(op, name, "A key of metadata is compared when it has letters, digits, _ and - only.");
        }
        string order = op.Query["order"] is { Length: > 0 } said ? said : "created_at.desc";
        string[] by = order.Split('.');
        if (by.Length > 2 || PathOf(by[0]) is not { } sort || by.ElementAtOrDefault(1) is not (null or "asc" or "desc"))
            return Refused(op, "order", "order must be one field with .asc or .desc behind it.");
        return (new()
        {
            Filters = filters, Sort = sort, IsDescending = by.ElementAtOrDefault(1) is "desc", Limit = Limit(op.Query["limit"]),
        }, null);
    }

    /// <summary>The contract's bounds were checked.</summary>
    private static int Limit(string? text) => string.IsNullOrEmpty(text) ? UsualLimit
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? Math.Min(asked, MostLimit) : MostLimit;

    /// <summary>Where rows have a field; null for what is none.</summary>
    private static string? PathOf(string name)
    {
        if (Fields.Contains(name)) return name;
        if (!name.StartsWith(Metadata, StringComparison.Ordinal)) return null;
        // PostgREST has a second form, with two arrow heads, that yields text, which metadata always is.
        string key = name[Metadata.Length..].TrimStart('>');
        return key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? $"{ConversationRecords.Metadata}.{key}" : null;
    }

    private static ResourceFilter? Filter(string path, string text)
    {
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return null;
        var (sign, value) = (text[..dot], text[(dot + 1)..]);
        bool isTime = Times.Contains(path);
        if (sign is "is") return value is "null" ? new(path, "exists", ["false"]) : null;
        if (sign is "ilike") return isTime ? null : Like(path, value);
        if (sign is "in" && value is ['(', .., ')'])
        {
            string[] values = [.. value[1..^1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(v => v.Trim('"'))];
            if (!isTime) return new(path, "in", values);
            string?[] times = [.. values.Select(TimeOf)];
            return times.Contains(null) ? null : new(path, "in", [.. times.OfType<string>()]);
        }
        if (sign is "neq") sign = "ne";
        else if (!Compared.Contains(sign)) return null;
        if (!isTime) return new(path, sign, [value]);
        return TimeOf(value) is { } at ? new(path, sign, [at]) : null;
    }

    /// <summary>A pattern that is open at its ends, and nowhere else.</summary>
    private static ResourceFilter? Like(string path, string pattern)
    {
        pattern = pattern.Replace('*', '%');
        bool isOpenBefore = pattern.StartsWith('%'), isOpenBehind = pattern.Length > 1 && pattern.EndsWith('%');
        string text = pattern[(isOpenBefore ? 1 : 0)..(pattern.Length - (isOpenBehind ? 1 : 0))];
        if (text.Contains('%', StringComparison.Ordinal) || text.Contains('_', StringComparison.Ordinal)) return null;
        return (isOpenBefore, isOpenBehind) switch
        {
            (true, true) => new(path, "contains", [text]),
            (true, false) => new(path, "ends_with", [text]),
            (false, true) => new(path, "starts_with", [text]),
            // The whole text in letters of any size: no operator of rows asks for that.
            (false, false) => null,
        };
    }

    private static string? TimeOf(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? TelnyxTime.Millis(at) : null;

    private static (ResourceQuery, Problem?) Refused(OperationContext op, string parameter, string detail) =>
        (new(), op.Dialect.Errors.Problem(Fault.BadParameter, detail) with { Parameter = parameter });
}
