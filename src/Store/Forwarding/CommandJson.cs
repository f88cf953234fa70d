using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Ledgers;

namespace Ringwright.Store.Forwarding;

/// <summary>
/// Commands to legs and conferences as JSON, whole, with their type's name in snake case in front: <c>hangup {…}</c>. Those to conferences
/// have names that legs' have too, so theirs begin with <c>conference_</c>.
/// </summary>
internal static class CommandJson
{
    private static readonly CommandJsonContext Context = CommandJsonContext.Default;

    private static readonly FrozenDictionary<Type, JsonTypeInfo> ByType = ((JsonTypeInfo[])
    [
        Context.Answer, Context.Reject, Context.Hangup, Context.Play, Context.Speak, Context.StopPlayback, Context.PausePlayback,
        Context.Gather,
        Context.StopGather, Context.SendDigits, Context.SendInfo, Context.Refer, Context.AnswerReferral, Context.LimitTime,
        Context.SetLabels, Context.Note, Context.Hold, Context.Echo,
        Context.SuppressNoise, Context.Degrade, Context.WatchVoice, Context.DetectMachine, Context.Bridge,
        Context.Enqueue, Context.LeaveQueue, Context.BridgeQueue, Context.Park, Context.CreateConference, Context.JoinConference,
        Context.ChangeEntry, Context.SwitchSupervisorRole,
        Context.RecordStart, Context.RecordPause, Context.RecordResume, Context.RecordStop, Context.Transfer,
        Context.StartStream, Context.StopStream, Context.StartTranscription, Context.StopTranscription, Context.StartFork, Context.StopFork,
        Context.StartSiprec, Context.StopSiprec, Context.StartAgent, Context.StopAgent, Context.ReportAgent,
        Context.TellAgent, Context.OpenVoice, Context.CloseVoice, .. ConferenceCommandJsonContext.All,
    ]).ToFrozenDictionary(json => json.Type);

    private static readonly FrozenDictionary<string, JsonTypeInfo> ByName = ByType.Values.ToFrozenDictionary(json => NameOf(json.Type),
        StringComparer.Ordinal);

    /// <summary>False for commands to other kinds of subjects: nothing commands these.</summary>
    public static bool TryWrite(SubjectCommand command, [NotNullWhen(true)] out string? text)
    {
        text =
            ByType.TryGetValue(command.GetType(), out var json) ? $"{NameOf(json.Type)} {JsonSerializer.Serialize(command, json)}" : null;
        return text is not null;
    }

    /// <summary>Reads what <see cref="TryWrite"/> writes.</summary>
    /// <returns>Null for what another version of the program wrote.</returns>
    public static SubjectCommand? Read(string text)
    {
        int end = text.IndexOf(' ', StringComparison.Ordinal);
        return end > 0 && ByName.TryGetValue(text[..end], out var json)
            ? (SubjectCommand?)JsonSerializer.Deserialize(text.AsSpan(end + 1), json)
            : null;
    }

    private static string NameOf(Type type)
    {
        string name = JsonNamingPolicy.SnakeCaseLower.ConvertName(type.Name);
        return type.DeclaringType == typeof(ConferenceCommand) ? "conference_" + name : name;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true,
    Converters = [typeof(LegIdConverter), typeof(ConferenceIdConverter), typeof(LabelsConverter), typeof(WholePromptConverter)])]
[JsonSerializable(typeof(LegCommand.Answer))]
[JsonSerializable(typeof(LegCommand.Reject))]
[JsonSerializable(typeof(LegCommand.Hangup))]
[JsonSerializable(typeof(LegCommand.Play))]
[JsonSerializable(typeof(LegCommand.Speak))]
[JsonSerializable(typeof(LegCommand.StopPlayback))]
[JsonSerializable(typeof(LegCommand.PausePlayback))]
[JsonSerializable(typeof(LegCommand.Gather))]
[JsonSerializable(typeof(LegCommand.StopGather))]
[JsonSerializable(typeof(LegCommand.SendDigits))]
[JsonSerializable(typeof(LegCommand.SendInfo))]
[JsonSerializable(typeof(LegCommand.Refer))]
[JsonSerializable(typeof(LegCommand.AnswerReferral))]
[JsonSerializable(typeof(LegCommand.LimitTime))]
[JsonSerializable(typeof(LegCommand.SetLabels))]
[JsonSerializable(typeof(LegCommand.Note))]
[JsonSerializable(typeof(LegCommand.Hold))]
[JsonSerializable(typeof(LegCommand.Echo))]
[JsonSerializable(typeof(LegCommand.SuppressNoise))]
[JsonSerializable(typeof(LegCommand.Degrade))]
[JsonSerializable(typeof(LegCommand.WatchVoice))]
[JsonSerializable(typeof(LegCommand.DetectMachine))]
[JsonSerializable(typeof(LegCommand.Bridge))]
[JsonSerializable(typeof(LegCommand.Enqueue))]
[JsonSerializable(typeof(LegCommand.LeaveQueue))]
[JsonSerializable(typeof(LegCommand.Park))]
[JsonSerializable(typeof(LegCommand.BridgeQueue))]
[JsonSerializable(typeof(LegCommand.CreateConference))]
[JsonSerializable(typeof(LegCommand.JoinConference))]
[JsonSerializable(typeof(LegCommand.ChangeEntry))]
[JsonSerializable(typeof(LegCommand.SwitchSupervisorRole))]
[JsonSerializable(typeof(LegCommand.RecordStart))]
[JsonSerializable(typeof(LegCommand.RecordPause))]
[JsonSerializable(typeof(LegCommand.RecordResume))]
[JsonSerializable(typeof(LegCommand.RecordStop))]
[JsonSerializable(typeof(LegCommand.StartStream))]
[JsonSerializable(typeof(LegCommand.StopStream))]
[JsonSerializable(typeof(LegCommand.StartTranscription))]
[JsonSerializable(typeof(LegCommand.StopTranscription))]
[JsonSerializable(typeof(LegCommand.StartFork))]
[JsonSerializable(typeof(LegCommand.StopFork))]
[JsonSerializable(typeof(LegCommand.StartSiprec))]
[JsonSerializable(typeof(LegCommand.StopSiprec))]
[JsonSerializable(typeof(LegCommand.StartAgent))]
[JsonSerializable(typeof(LegCommand.StopAgent))]
[JsonSerializable(typeof(LegCommand.ReportAgent))]
[JsonSerializable(typeof(LegCommand.TellAgent))]
[JsonSerializable(typeof(LegCommand.OpenVoice))]
[JsonSerializable(typeof(LegCommand.CloseVoice))]
[JsonSerializable(typeof(LegCommand.Transfer))]
internal sealed partial class CommandJsonContext : JsonSerializerContext;

/// <summary>A source with its bytes, which the ledger leaves out.</summary>
internal sealed class WholePromptConverter : JsonConverter<PromptSource>
{
    public override PromptSource Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        return PromptSourceConverter.Of(json.RootElement);
    }

    public override void Write(Utf8JsonWriter writer, PromptSource value, JsonSerializerOptions options) =>
        PromptSourceConverter.Write(writer, value, isWhole: true);
}
