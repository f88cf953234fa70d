using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Ledgers;
using Ringwright.Store.Tables;

namespace Ringwright.Store;

/// <summary>Small JSON columns: lists of text, maps of text, headers, what a trunk must prove over TLS.</summary>
internal static class JsonLists
{
    public static string Write(IReadOnlyList<string> values) => JsonSerializer.Serialize([.. values], ColumnJson.Default.ListString);
    public static List<string> Read(string json) => JsonSerializer.Deserialize(json, ColumnJson.Default.ListString) ?? [];
    public static string WriteHeaders(IReadOnlyList<CustomSipHeader> headers) => headers.Count == 0 ? "[]"
        : JsonSerializer.Serialize(headers as List<CustomSipHeader> ?? [.. headers], ColumnJson.Default.ListCustomSipHeader);

    /// <summary>Headers shortly: names and values in turn.</summary>
    public static string WritePairs(IReadOnlyList<CustomSipHeader> headers) => headers.Count == 0 ? "[]"
        : JsonScratch.Text(headers, static (json, headers) =>
        {
            json.WriteStartArray();
            foreach (var header in headers)
            {
                json.WriteStringValue(header.Name);
                json.WriteStringValue(header.Value);
            }
            json.WriteEndArray();
        });

    /// <summary>What either of the two writes.</summary>
    public static List<CustomSipHeader> ReadHeaders(string json)
    {
        if (!json.StartsWith("[\"", StringComparison.Ordinal))
            return JsonSerializer.Deserialize(json, ColumnJson.Default.ListCustomSipHeader) ?? [];
        var pairs = Read(json);
        return [.. Enumerable.Range(0, pairs.Count / 2).Select(i => new CustomSipHeader(pairs[2 * i], pairs[2 * i + 1]))];
    }

    public static string WriteLabels(Labels labels) =>
        labels.Values.Count == 0 ? "{}" : JsonSerializer.Serialize(new(labels.Values), ColumnJson.Default.DictionaryStringString);
    public static Labels ReadLabels(string json) =>
        Labels.From(JsonSerializer.Deserialize(json, ColumnJson.Default.DictionaryStringString) ?? []);

    /// <summary>Without the key, which is a secret and has a column of its own.</summary>
    public static string WriteTls(TrunkTls tls) =>
        JsonSerializer.Serialize(tls with { CertificateKey = null }, ColumnJson.Default.TrunkTls);
    public static TrunkTls ReadTls(string json) => JsonSerializer.Deserialize(json, ColumnJson.Default.TrunkTls) ?? TrunkTls.Default;
}

/// <summary>Columns that hold one small record.</summary>
internal static class JsonColumns
{
    public static string? Write<T>(T? value, JsonTypeInfo<T> json) where T : class =>
        value is null ? null : JsonSerializer.Serialize(value, json);
    public static T? Read<T>(string? text, JsonTypeInfo<T> json) where T : class =>
        text is null ? null : JsonSerializer.Deserialize(text, json);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true, Converters = [typeof(LabelsConverter)])]
[JsonSerializable(typeof(SipConnection)), JsonSerializable(typeof(NumberVoice)), JsonSerializable(typeof(NumberTexts)),
    JsonSerializable(typeof(ProfileRecording))]
[JsonSerializable(typeof(List<string>)), JsonSerializable(typeof(List<RecordGap>)), JsonSerializable(typeof(List<CustomSipHeader>)),
    JsonSerializable(typeof(Dictionary<string, string>)), JsonSerializable(typeof(Dictionary<string, int>)),
    JsonSerializable(typeof(MediaQuality)), JsonSerializable(typeof(TrunkTls)),
    JsonSerializable(typeof(RecordPlan)), JsonSerializable(typeof(RecordingPlace))]
internal sealed partial class ColumnJson : JsonSerializerContext;
