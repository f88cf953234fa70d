using System.Text.Json.Serialization;

namespace Ringwright.Speech.Recognition.Live;

[JsonSerializable(typeof(string[]))]
internal sealed partial class LiveJson : JsonSerializerContext;
