using System.Globalization;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Reads which conversations a list is to have, as PostgREST writes it: <c>name=ilike.*x*</c>, <c>metadata->key=eq.value</c>,
/// <c>created_at=gte.2026-01-01</c>, <c>id=in.(a,b)</c>, <c>or=(name.eq.a,name.eq.b)</c>,
/// <c>order=last_message_at.desc</c>, <c>limit</c>.
/// </summary>
internal static class ConversationQuery
{
    private const int UsualLimit = 100, MostLimit = 1_000, MostAlternatives = 50, MostOrders = 5;
    /// <summary>Of a telephone number.</summary>
    private const int LeastDigits = 7, MostDigits = 15;
    private const string Signs = "eq, neq, gt, gte, lt, lte, like, ilike, in.(…) or is.null";
    private const string Metadata = ConversationRecords.Metadata + "->";
    private static readonly string[] Times = ["created_at", ConversationRecords.LastMessageAt];
    private static readonly string[] Fields = ["id", ConversationRecords.Name, .. Times];
    private static readonly string[] Compared = ["eq", "gt", "gte", "lt", "lte"];

    public static (ResourceQuery Query, Problem? Problem) Read(OperationContext op)
    {
        var (query, parameter, detail) = Read(op.Query.Pairs);
        return (query, detail is null ? null
            : op.Dialect.Errors.Problem(Fault.BadParameter, detail) with { Parameter = parameter });
    }

    /// <summary>The same of a query string that somebody has written; null when it is none.</summary>
    public static ResourceQuery? Read(string query)
    {
        var pairs = query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .Where(pair => pair.Length == 2).Select(pair => KeyValuePair.Create(Plain(pair[0]), Plain(pair[1])));
        var (read, _, detail) = Read([.. pairs]);
        return detail is null ? read : null;

        static string Plain(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
    }

    /// <returns>Or which parameter is wrong, and why.</returns>
    private static (ResourceQuery Query, string Parameter, string? Detail) Read(IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        var filters = new List<ResourceFilter>();
        foreach (var (name, text) in pairs)
        {
            if (PathOf(name) is { } path)
            {
                if (Filter(path, text) is not { } filter)
                    return (new(), name, $"{name} must be compared by {Signs}, as in eq.value.");
                filters.Add(filter);
            }
            else if (name.StartsWith(Metadata, StringComparison.Ordinal))
                return (new(), name, "A key of metadata is compared when it has letters, digits, _ and - only.");
        }
        IReadOnlyList<ResourceFilter>? any = [];
        if (Of("or") is { Length: > 0 } alternatives && (any = Any(alternatives)) is null)
            return (new(), "or", $"or must be conditions with commas between them in brackets, each field.operator.value by {Signs}.");
        string order = Of("order") is { Length: > 0 } said ? said : "created_at.desc";
        if (Orders(order) is not [var first, .. var then])
            return (new(), "order", $"order must be fields with .asc or .desc behind each, and commas between them, at most {MostOrders}.");
        return (new()
        {
            Filters = filters, AnyOf = any, Sort = first.Path, IsDescending = first.IsDescending, Then = then, Limit = Limit(Of("limit")),
        }, "", null);

        string? Of(string parameter) => pairs.Where(pair => pair.Key == parameter).Select(pair => pair.Value).FirstOrDefault();
    }

    /// <summary>Of <c>order=name.desc,created_at</c>; null when one of them is none, or there are too many.</summary>
    private static ResourceOrder[]? Orders(string text)
    {
        var orders = new List<ResourceOrder>();
        foreach (string one in text.Split(','))
        {
            string[] by = one.Trim().Split('.');
            if (by.Length > 2 || PathOf(by[0]) is not { } path || by.ElementAtOrDefault(1) is not (null or "asc" or "desc")) return null;
            orders.Add(new(path, by.ElementAtOrDefault(1) is "desc"));
        }
        return orders.Count <= MostOrders ? [.. orders] : null;
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
        bool isTime = Times.Contains(path);
        var (sign, value) = (text[..dot], WithPlus(text[(dot + 1)..], isTime));
        if (sign is "is") return value is "null" ? new(path, "exists", ["false"]) : null;
        // PostgREST takes * for %, which a URL writes as %25.
        if (sign is "like" or "ilike") return isTime ? null : new(path, sign, [value.Replace('*', '%')]);
        if (sign is "in" && value is ['(', .., ')'])
        {
            if (Parts(value[1..^1]) is not { } listed) return null;
            string[] values = [.. listed.Where(v => v.Length > 0).Select(v => v.Trim('"'))];
            if (!isTime) return new(path, "in", values);
            string?[] times = [.. values.Select(TimeOf)];
            return times.Any(at => at is null) ? null : new(path, "in", [.. times.OfType<string>()]);
        }
        if (sign is "neq") sign = "ne";
        else if (!Compared.Contains(sign)) return null;
        if (!isTime) return new(path, sign, [value]);
        return TimeOf(value) is { } at ? new(path, sign, [at]) : null;
    }

    /// <summary>The + of a telephone number, or of a time's zone, that nobody has encoded in a URL is a blank by now.</summary>
    private static string WithPlus(string value, bool isTime)
    {
        if (isTime)
            return value.Length > 6 && value[^6] == ' ' && value[^3] == ':' && value.Contains('T', StringComparison.Ordinal)
                ? $"{value[..^6]}+{value[^5..]}" : value;
        return value is [' ', .. var number] && number.Length is >= LeastDigits and <= MostDigits && number.All(char.IsAsciiDigit)
            ? $"+{number}" : value;
    }

    /// <summary>The conditions of <c>or=(name.eq.a,metadata->key.in.(b,c))</c>; null when one of them is none.</summary>
    private static IReadOnlyList<ResourceFilter>? Any(string text)
    {
        if (text is not ['(', .., ')'] || Parts(text[1..^1]) is not { Count: <= MostAlternatives } conditions) return null;
        var filters = new List<ResourceFilter>();
        foreach (string condition in conditions)
        {
            int dot = condition.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0 || PathOf(condition[..dot]) is not { } path
                || Filter(path, Unquoted(condition[(dot + 1)..])) is not { } filter) return null;
            filters.Add(filter);
        }
        return filters;
    }

    /// <summary>What stands between commas; one in quotes or brackets separates nothing. Null when some of these have no end.</summary>
    private static List<string>? Parts(string text)
    {
        var parts = new List<string>();
        int depth = 0, from = 0;
        bool isQuoted = false;
        for (int i = 0; i < text.Length && depth >= 0; i++)
        {
            char c = text[i];
            if (c is '"') isQuoted = !isQuoted;
            else if (isQuoted) continue;
            else if (c is '(') depth++;
            else if (c is ')') depth--;
            else if (c is ',' && depth == 0)
            {
                parts.Add(text[from..i].Trim());
                from = i + 1;
            }
        }
        parts.Add(text[from..].Trim());
        return depth == 0 && !isQuoted ? parts : null;
    }

    private static string Unquoted(string text)
    {
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot >= 0 && text[(dot + 1)..] is ['"', .. var inner, '"'] ? text[..(dot + 1)] + inner : text;
    }

    private static string? TimeOf(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? TelnyxTime.Millis(at) : null;
}
