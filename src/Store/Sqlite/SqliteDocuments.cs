using Ringwright.Store.Engines;

namespace Ringwright.Store.Sqlite;

internal sealed class SqliteDocuments : IDocumentSql
{
    /// <summary><c>$."a"."b"</c>.</summary>
    public string PathOf(IReadOnlyList<string> keys) => Keys(keys);

    public string Text(string path) => TextOf(path);

    public string Filter(string path) => FilterOf(path);

    /// <inheritdoc cref="IDocumentSql.Filter"/>
    public static string FilterOf(string path) => TextOf($"'{Keys(path.Split('.'))}'");

    public string TimeText(string column) => column;

    public string Moment(string value) => value;

    public string ArrayHolds(string path, string values) =>
        $"(json_type(doc, {path}) = 'array' and exists (select 1 from json_each(doc, {path}) e where cast(e.value as text) in ({values})"
        + $" or exists (select 1 from json_each(case e.type when 'object' then e.value else '{{}}' end) m"
        + $" where cast(m.value as text) in ({values}))))";

    public string Compare(string path, string sign, string number, string text) => Compare(Value(path), Text(path), sign, number, text);

    public string CompareColumn(string column, string sign, string number, string text) =>
        Compare(column, $"cast({column} as text)", sign, number, text);

    public IReadOnlyList<string> Order(string path) => [Value(path)];

    // Its own "like" does not tell large letters from small ones.
    public string Fits(string text, string pattern) => $"{text} glob {pattern}";

    public string PatternOf(string pattern) => string.Concat(pattern.Select(c => c switch
    {
        '%' => "*",
        '_' => "?",
        '*' or '?' or '[' => $"[{c}]",
        _ => c.ToString(),
    }));

    public string FitsAnyCase(string text, string pattern) => $@"{text} like {pattern} escape '\'";

    private static string Compare(string value, string asText, string sign, string number, string text) =>
        $"(case when typeof({value}) in ('integer', 'real') then {value} {sign} {number} else {asText} {sign} {text} end)";

    private static string Keys(IReadOnlyList<string> keys) => "$" + string.Concat(keys.Select(key => $".\"{key}\""));

    private static string TextOf(string path) =>
        $"(case json_type(doc, {path}) when 'true' then 'true' when 'false' then 'false' else cast({Value(path)} as text) end)";

    private static string Value(string path) => $"json_extract(doc, {path})";
}
