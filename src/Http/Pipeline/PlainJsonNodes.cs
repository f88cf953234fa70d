using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Ringwright.Core;

namespace Ringwright.Http;

/// <summary>Writes nodes without reflection, and without escaping what needs no escape in a JSON body.</summary>
[JsonSerializable(typeof(JsonObject)), JsonSerializable(typeof(JsonNode)), JsonSerializable(typeof(JsonArray)),
    JsonSerializable(typeof(JsonElement))]
internal sealed partial class PlainJsonNodes : JsonSerializerContext
{
    public static byte[] Write(JsonNode node) => JsonScratch.Bytes(node, static (writer, node) => node.WriteTo(writer));
}
