using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ringwright.Calls;
using Ringwright.Store.Ledgers;

namespace Ringwright.Store.Forwarding;

/// <summary>A context of its own: several of these have the name of a leg's command, which one context cannot tell apart.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true,
    Converters = [typeof(LegIdConverter), typeof(ConferenceIdConverter), typeof(LabelsConverter), typeof(WholePromptConverter)])]
[JsonSerializable(typeof(ConferenceCommand.Leave))]
[JsonSerializable(typeof(ConferenceCommand.Hold))]
[JsonSerializable(typeof(ConferenceCommand.Unhold))]
[JsonSerializable(typeof(ConferenceCommand.Mute))]
[JsonSerializable(typeof(ConferenceCommand.Play))]
[JsonSerializable(typeof(ConferenceCommand.Speak))]
[JsonSerializable(typeof(ConferenceCommand.StopAudio))]
[JsonSerializable(typeof(ConferenceCommand.RecordStart))]
[JsonSerializable(typeof(ConferenceCommand.RecordPause))]
[JsonSerializable(typeof(ConferenceCommand.RecordResume))]
[JsonSerializable(typeof(ConferenceCommand.RecordStop))]
[JsonSerializable(typeof(ConferenceCommand.Supervise))]
[JsonSerializable(typeof(ConferenceCommand.Change))]
[JsonSerializable(typeof(ConferenceCommand.End))]
internal sealed partial class ConferenceCommandJsonContext : JsonSerializerContext
{
    public static IReadOnlyList<JsonTypeInfo> All =>
    [
        Default.Leave, Default.Hold, Default.Unhold, Default.Mute, Default.Play, Default.Speak, Default.StopAudio,
        Default.RecordStart, Default.RecordPause, Default.RecordResume, Default.RecordStop, Default.Supervise, Default.Change, Default.End,
    ];
}
