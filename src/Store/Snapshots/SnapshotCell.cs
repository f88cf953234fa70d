using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Store.Snapshots;

/// <summary>A column's value between the databases' types and JSON.</summary>
internal static class SnapshotCell
{
    /// <summary>What a database returned, as a snapshot has it.</summary>
    public static JsonNode? Show(TableColumn column, object value) => value is DBNull ? null : column.Kind switch
    {
        TableColumnKind.Time => Times.Text(Times.Read(value)),
        TableColumnKind.Json => JsonNode.Parse((string)value),
        TableColumnKind.Truth => Convert.ToBoolean(value, CultureInfo.InvariantCulture),
        TableColumnKind.Whole => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        _ => (string)value,
    };

    /// <summary>What a line says, as a parameter.</summary>
    /// <exception cref="SnapshotException">The value is of another kind.</exception>
    public static object Take(SnapshotLine line, TableColumn column, JsonNode value)
    {
        var kind = value.GetValueKind();
        switch (column.Kind)
        {
            case TableColumnKind.Json: return value.ToJsonString();
            case TableColumnKind.Truth when kind is JsonValueKind.True or JsonValueKind.False: return kind is JsonValueKind.True;
            case TableColumnKind.Truth: throw line.Wrong(column.Name, "true or false");
            case TableColumnKind.Whole when value is JsonValue number && number.TryGetValue(out long whole): return whole;
            // Ids of 19 digits are texts in the API.
            case TableColumnKind.Whole when kind is JsonValueKind.String
                && long.TryParse(value.GetValue<string>(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long digits):
                return digits;
            case TableColumnKind.Whole: throw line.Wrong(column.Name, "a whole number");
            case TableColumnKind.Time when kind is JsonValueKind.String && ReadTime(value.GetValue<string>()) is { } at:
                return Times.Text(at);
            case TableColumnKind.Time: throw line.Wrong(column.Name, "a time such as 2026-11-20T09:30:00Z");
            default: return kind is JsonValueKind.String ? value.GetValue<string>() : throw line.Wrong(column.Name, "a text");
        }
    }

    public static DateTimeOffset? ReadTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
