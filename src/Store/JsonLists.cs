using System.Text.Json;
using System.Text.Json.Serialization;
using Ringwright.Calls;

namespace Ringwright.Store;

/// <summary>Small JSON columns: lists of text, maps of text, headers.</summary>
internal static class JsonLists
{
    public static string Write(IReadOnlyList<string> values) => JsonSerializer.Serialize([.. values], ColumnJson.Default.ListString);
    public static List<string> Read(string json) => JsonSerializer.Deserialize(json, ColumnJson.Default.ListString) ?? [];
    public static string WriteHeaders(IReadOnlyList<SipHeader> headers) => JsonSerializer.Serialize([.. headers], ColumnJson.Default.ListSipHeader);
    public static List<SipHeader> ReadHeaders(string json) => JsonSerializer.Deserialize(json, ColumnJson.Default.ListSipHeader) ?? [];
    public static string WriteLabels(Labels labels) => JsonSerializer.Serialize(new(labels.Values), ColumnJson.Default.DictionaryStringString);
    public static Labels ReadLabels(string json) => Labels.From(JsonSerializer.Deserialize(json, ColumnJson.Default.DictionaryStringString) ?? []);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(List<string>)), JsonSerializable(typeof(List<SipHeader>)), JsonSerializable(typeof(Dictionary<string, string>)), JsonSerializable(typeof(MediaQuality))]
internal sealed partial class ColumnJson : JsonSerializerContext;
