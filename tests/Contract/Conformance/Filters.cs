using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Contract.Conformance;

/// <summary>Each filter that a list declares, once with what a thing has and once with what it has not.</summary>
internal static class Filters
{
    /// <summary>One question and whether the thing must be among the answers.</summary>
    internal sealed record Question(string Query, bool IsMatch);

    /// <param name="places">Of <see cref="Row.Filters"/>, with their words filled in.</param>
    /// <param name="item">The thing as the list shows it.</param>
    /// <param name="missing">Told a filter whose value is not known.</param>
    public static IEnumerable<Question> Of(Operation list, Row row, IReadOnlyDictionary<string, string> places,
        JsonNode item, Action<string> missing)
    {
        foreach (var (field, schema) in Declared(list))
        {
            bool isUnmatched = row.Unmatched.Contains(field);
            string place = places.GetValueOrDefault(field) ?? field;
            string? value = place.StartsWith('=') ? place[1..] : JsonPlaces.Text(item, place)
                ?? JsonPlaces.Text(item, place[(place.LastIndexOf('.') + 1)..]);
            if (value is null && !isUnmatched)
            {
                missing(field);
                continue;
            }
            foreach (var (name, meant) in Operators(schema))
            {
                string key = name.Length == 0 ? $"filter[{field}]" : $"filter[{field}][{name}]",
                    compares = name.Length == 0 ? OperatorOf(field) : name;
                if (!isUnmatched && Matching(compares, value!) is { } match) yield return new($"{key}={Uri.EscapeDataString(match)}", true);
                if (Other(compares, meant, value) is { } other) yield return new($"{key}={Uri.EscapeDataString(other)}", false);
            }
        }
    }

    private static IEnumerable<(string Field, Schema Schema)> Declared(Operation list)
    {
        if (list.FindQuery("filter") is { IsDeep: true } deep)
            foreach (var (name, schema) in deep.Schema.AllProperties()) yield return (name, schema);
        foreach (var parameter in list.Parameters)
            if (parameter.In is ParameterPlace.Query && parameter.Name.StartsWith("filter[", StringComparison.Ordinal))
            {
                string[] names = parameter.Name[7..].TrimEnd(']').Split("][");
                yield return (names[0], parameter.Schema);
            }
    }

    /// <summary>The operators of a filter with the schema of their value; the empty name is the filter as it is.</summary>
    private static IEnumerable<(string Name, Schema Meant)> Operators(Schema schema)
    {
        var ways = schema.AnyOf.Count > 0 ? schema.AnyOf : [schema];
        foreach (var way in ways)
        {
            if (!way.HasProperties) yield return ("", way.Items ?? way);
            foreach (var (name, meant) in way.AllProperties()) yield return (name, meant);
        }
    }

    /// <summary>Some filters say in their name how they compare.</summary>
    private static string OperatorOf(string field) =>
        field.EndsWith("_after", StringComparison.Ordinal) ? "gt" : field.EndsWith("_before", StringComparison.Ordinal) ? "lt" : "";

    private static string? Matching(string name, string value) => name switch
    {
        "" or "eq" or "in" => value,
        "contains" => value.Length > 4 ? value[1..^1] : value,
        "starts_with" or "startswith" => value[..Math.Max(1, value.Length / 2)],
        "ends_with" or "endswith" => value[(value.Length / 2)..],
        "gte" or "lte" => value,
        "gt" => Moved(value, -1),
        "lt" => Moved(value, 1),
        "ne" => "zz-no-such-thing",
        _ => null,
    };

    private static string? Other(string name, Schema meant, string? value)
    {
        if (name is "ne") return value;
        if (name is "gt" or "gte") return IsNumber(value) ? "987654321" : "2999-01-01T00:00:00Z";
        if (name is "lt" or "lte") return IsNumber(value) ? "-987654321" : "1999-01-01T00:00:00Z";
        if (meant.Texts is { } texts) return texts.Order(StringComparer.Ordinal).FirstOrDefault(t => t != value && !t.Contains(','));
        if (meant.Types is JsonTypes.Boolean) return value is "true" ? "false" : "true";
        if (meant.Types.HasFlag(JsonTypes.Integer)) return "987654321";
        return meant.Format switch
        {
            StringFormat.Uuid => Guid.NewGuid().ToString(),
            StringFormat.DateTime => "1999-01-01T00:00:00Z",
            StringFormat.Date => "1999-01-01",
            StringFormat.Int64 => "987654321987654321",
            _ => IsDate(value) ? "1999-01-01T00:00:00Z" : "zz-no-such-thing",
        };
    }

    private static bool IsNumber(string? value) => decimal.TryParse(value, CultureInfo.InvariantCulture, out _);

    private static bool IsDate(string? value) =>
        value is { Length: > 9 } && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out _) && value[4] == '-';

    private static string? Moved(string value, int by) =>
        decimal.TryParse(value, CultureInfo.InvariantCulture, out decimal number) ? (number + by).ToString(CultureInfo.InvariantCulture)
        : DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        ? time.AddHours(by).ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : null;
}
