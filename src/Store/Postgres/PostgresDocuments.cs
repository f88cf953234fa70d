using Ringwright.Store.Engines;

namespace Ringwright.Store.Postgres;

internal sealed class PostgresDocuments : IDocumentSql
{
    /// <summary>An array literal, <c>{"a","b"}</c>.</summary>
    public string PathOf(IReadOnlyList<string> keys) => Keys(keys);

    public string Text(string path) => TextOf(Value(path));

    public string Filter(string path) => $"{FilterOf(path)} collate \"C\"";

    /// <summary>
    /// As an index has it: the collation and the place of nothing belong to the index, so that it has the order of a list.
    /// </summary>
    public static string IndexOf(string path) => $"({FilterOf(path)}) collate \"C\" nulls first";

    public string TimeText(string column) => $"""to_char({column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') collate "C" """;

    public string Moment(string value) => $"cast({value} as timestamptz)";

    public string ArrayHolds(string path, string values) =>
        // The case comes first: what is no array must not reach the function.
        $"exists (select 1 from json_array_elements(case when json_typeof({Value(path)}) = 'array' then {Value(path)} else '[]' end) as e "
        + "(value)"
        + $" where {TextOf("e.value")} in ({values}) or exists (select 1 from"
        + $" json_each_text(case when json_typeof(e.value) = 'object' then e.value else '{{}}' end) as m (key, value) where m.value in "
        + $"({values})))";

    public string Compare(string path, string sign, string number, string text) => CompareJson(Value(path), sign, number, text);

    public string CompareColumn(string column, string sign, string number, string text) =>
        CompareJson($"to_json({column})", sign, number, text);

    public IReadOnlyList<string> Order(string path) =>
        [$"case when json_typeof({Value(path)}) = 'number' then cast({TextOf(Value(path))} as numeric) end",
            $"{TextOf(Value(path))} collate \"C\""];

    public string Fits(string text, string pattern) => $@"{text} like {pattern} escape '\'";

    public string PatternOf(string pattern) => pattern.Replace(@"\", @"\\", StringComparison.Ordinal);

    public string FitsAnyCase(string text, string pattern) => $@"{text} ilike {pattern} escape '\'";

    private static string CompareJson(string json, string sign, string number, string text) =>
        $"(case when json_typeof({json}) = 'number' then cast({TextOf(json)} as double precision) {sign} {number} else {TextOf(json)} "
        + $"collate \"C\" {sign} {text} end)";

    private static string FilterOf(string path) => TextOf($"(doc #> '{Keys(path.Split('.'))}')");

    private static string Keys(IReadOnlyList<string> keys) => $"{{{string.Join(',', keys.Select(key => $"\"{key}\""))}}}";

    private static string Value(string path) => $"(doc #> cast({path} as text[]))";

    private static string TextOf(string json) => $"({json} #>> '{{}}')";
}
