using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Ringwright.Http;

/// <summary>Writes nodes without reflection, and without escaping what needs no escape in a JSON body.</summary>
[JsonSerializable(typeof(JsonObject)), JsonSerializable(typeof(JsonNode)), JsonSerializable(typeof(JsonArray)),
    JsonSerializable(typeof(JsonElement))]
internal sealed partial class PlainJsonNodes : JsonSerializerContext
{
    public static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(JsonNode node)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Writing)) node.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
