using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Ledgers;

/// <summary>
/// The events of one kind of subjects as JSON in the ledger. An event's type is stored beside it, by its name in snake case.
/// </summary>
/// <param name="types">Of each event of the kind; serialized as <see cref="EventJsonContext"/> does.</param>
internal sealed class EventJson(params IEnumerable<JsonTypeInfo> types)
{
    private static readonly EventJsonContext Context = EventJsonContext.Default;

    public static readonly EventJson OfLegs = new(
        Context.LegInitiated, Context.LegRinging, Context.LegAnswered, Context.LegBridged, Context.LegEnded, Context.LegHeld,
        Context.LabelsChanged, Context.DigitReceived, Context.InfoReceived, Context.ReferStarted, Context.ReferEnded,
        Context.LegUnbridged, Context.Noted, Context.GatherHeard, Context.GatherEnded, Context.PlaybackStarted,
        Context.PlaybackEnded, Context.SpeakStarted, Context.SpeakEnded, Context.VoiceChanged, Context.MachineDetected,
        Context.MachineGreetingEnded, Context.RecordingStarted, Context.RecordingSaved, Context.RecordingFailed, Context.LegCharged,
        Context.LegEnqueued, Context.LegDequeued, Context.LegHandedOver,
        Context.StreamStarted, Context.StreamStopped, Context.StreamFailed, Context.ForkStarted, Context.ForkStopped,
        Context.TranscriptionStarted, Context.SpeechTranscribed, Context.TranscriptionEnded,
        Context.RecordingTranscribed, Context.SiprecStarted, Context.SiprecStopped, Context.SiprecFailed,
        Context.AgentStarted, Context.AgentEnded, Context.AgentGathering, Context.AgentGatherEnded,
        Context.AgentTold, Context.ReferAsked);

    public static readonly EventJson OfConferences = new(
        Context.ConferenceBegan, Context.ConferenceStarted, Context.ParticipantJoined, Context.ParticipantChanged, Context.ParticipantLeft,
        Context.FloorChanged, Context.ConferencePlaybackStarted, Context.ConferencePlaybackEnded, Context.ConferenceSpeakStarted,
        Context.ConferenceSpeakEnded, Context.ConferenceEnded);

    public static readonly EventJson OfQueues = new(Context.QueueBegan, Context.QueueEnded);

    private readonly FrozenDictionary<Type, (string Name, JsonTypeInfo Json)> _byType =
        types.ToFrozenDictionary(t => t.Type, t => (JsonNamingPolicy.SnakeCaseLower.ConvertName(t.Type.Name), t));

    private FrozenDictionary<string, JsonTypeInfo>? _byName;

    public IEnumerable<Type> Types => _byType.Keys;
    public string NameOf(SubjectEvent happened) => _byType[happened.GetType()].Name;

    public Utf8Text Write(SubjectEvent happened) => new(JsonScratch.Bytes(
        (What: happened is CallEvent call ? call.WithoutSecrets() : happened, _byType[happened.GetType()].Json),
        static (json, it) => JsonSerializer.Serialize(json, it.What, it.Json)));

    // Write never writes null
    public SubjectEvent Read(string type, string body) => (SubjectEvent)JsonSerializer.Deserialize(body, ByName[type])!;

    private FrozenDictionary<string, JsonTypeInfo> ByName => _byName ??= _byType.Values.ToFrozenDictionary(v => v.Name, v => v.Json);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true,
    Converters = [typeof(InstantConverter), typeof(LegIdConverter), typeof(QueueIdConverter), typeof(ConferenceIdConverter),
        typeof(SessionIdConverter), typeof(TenantIdConverter),
        typeof(ConnectionIdConverter), typeof(TrunkIdConverter), typeof(LabelsConverter), typeof(PromptSourceConverter)])]
[JsonSerializable(typeof(CallEvent.StreamStarted))]
[JsonSerializable(typeof(CallEvent.StreamStopped))]
[JsonSerializable(typeof(CallEvent.StreamFailed))]
[JsonSerializable(typeof(CallEvent.TranscriptionStarted))]
[JsonSerializable(typeof(CallEvent.SpeechTranscribed))]
[JsonSerializable(typeof(CallEvent.TranscriptionEnded))]
[JsonSerializable(typeof(CallEvent.AgentStarted))]
[JsonSerializable(typeof(CallEvent.AgentEnded))]
[JsonSerializable(typeof(CallEvent.AgentTold))]
[JsonSerializable(typeof(CallEvent.AgentGathering))]
[JsonSerializable(typeof(CallEvent.AgentGatherEnded))]
[JsonSerializable(typeof(CallEvent.ForkStarted))]
[JsonSerializable(typeof(CallEvent.ForkStopped))]
[JsonSerializable(typeof(CallEvent.SiprecStarted))]
[JsonSerializable(typeof(CallEvent.SiprecStopped))]
[JsonSerializable(typeof(CallEvent.SiprecFailed))]
[JsonSerializable(typeof(CallEvent.LegInitiated))]
[JsonSerializable(typeof(CallEvent.LegRinging))]
[JsonSerializable(typeof(CallEvent.LegAnswered))]
[JsonSerializable(typeof(CallEvent.LegBridged))]
[JsonSerializable(typeof(CallEvent.LegEnded))]
[JsonSerializable(typeof(CallEvent.LegHeld))]
[JsonSerializable(typeof(CallEvent.LabelsChanged))]
[JsonSerializable(typeof(CallEvent.DigitReceived))]
[JsonSerializable(typeof(CallEvent.InfoReceived))]
[JsonSerializable(typeof(CallEvent.ReferStarted))]
[JsonSerializable(typeof(CallEvent.ReferEnded))]
[JsonSerializable(typeof(CallEvent.ReferAsked))]
[JsonSerializable(typeof(CallEvent.LegUnbridged))]
[JsonSerializable(typeof(CallEvent.Noted))]
[JsonSerializable(typeof(CallEvent.GatherHeard))]
[JsonSerializable(typeof(CallEvent.GatherEnded))]
[JsonSerializable(typeof(CallEvent.PlaybackStarted))]
[JsonSerializable(typeof(CallEvent.PlaybackEnded))]
[JsonSerializable(typeof(CallEvent.SpeakStarted))]
[JsonSerializable(typeof(CallEvent.SpeakEnded))]
[JsonSerializable(typeof(CallEvent.VoiceChanged))]
[JsonSerializable(typeof(CallEvent.MachineDetected))]
[JsonSerializable(typeof(CallEvent.MachineGreetingEnded))]
[JsonSerializable(typeof(CallEvent.RecordingStarted))]
[JsonSerializable(typeof(CallEvent.RecordingSaved))]
[JsonSerializable(typeof(CallEvent.RecordingFailed))]
[JsonSerializable(typeof(CallEvent.RecordingTranscribed))]
[JsonSerializable(typeof(CallEvent.LegCharged))]
[JsonSerializable(typeof(CallEvent.LegEnqueued))]
[JsonSerializable(typeof(CallEvent.LegDequeued))]
[JsonSerializable(typeof(ConferenceEvent.ConferenceBegan))]
[JsonSerializable(typeof(ConferenceEvent.ConferenceStarted))]
[JsonSerializable(typeof(ConferenceEvent.ParticipantJoined))]
[JsonSerializable(typeof(ConferenceEvent.ParticipantChanged))]
[JsonSerializable(typeof(ConferenceEvent.ParticipantLeft))]
[JsonSerializable(typeof(ConferenceEvent.FloorChanged))]
[JsonSerializable(typeof(ConferenceEvent.ConferencePlaybackStarted))]
[JsonSerializable(typeof(ConferenceEvent.ConferencePlaybackEnded))]
[JsonSerializable(typeof(ConferenceEvent.ConferenceSpeakStarted))]
[JsonSerializable(typeof(ConferenceEvent.ConferenceSpeakEnded))]
[JsonSerializable(typeof(ConferenceEvent.ConferenceEnded))]
[JsonSerializable(typeof(CallEvent.LegHandedOver))]
[JsonSerializable(typeof(QueueEvent.QueueBegan))]
[JsonSerializable(typeof(QueueEvent.QueueEnded))]
internal sealed partial class EventJsonContext : JsonSerializerContext;

/// <summary>Nanoseconds of the process that wrote the event: good for distances between events, not for wall time.</summary>
internal sealed class InstantConverter : JsonConverter<Instant>
{
    public override Instant Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new(reader.GetInt64());
    public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Nanos);
}

/// <summary>A value that travels as text.</summary>
internal abstract class TextConverter<T>(Func<string, T> parse) : JsonConverter<T> where T : struct
{
    public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        parse(reader.GetString() ?? throw new JsonException($"A {typeof(T).Name} is missing."));

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

internal sealed class LegIdConverter()
    : TextConverter<LegId>(t => LegId.TryParse(t, out var id) ? id : throw new JsonException($"'{t}' is no leg id."))
{
    private const int Digits = 32;

    // Here and below as ToString has it, without a string for each of an event's ids.
    public override void Write(Utf8JsonWriter writer, LegId value, JsonSerializerOptions options)
    {
        Span<byte> hex = stackalloc byte[Digits];
        value.Value.TryFormat(hex, out _, "x32", CultureInfo.InvariantCulture);
        writer.WriteStringValue(hex);
    }
}

internal sealed class ConferenceIdConverter()
    : TextConverter<ConferenceId>(t => LegId.TryParse(t, out var id) ? new(id.Value)
        : throw new JsonException($"'{t}' is no conference id."));

internal sealed class QueueIdConverter()
    : TextConverter<QueueId>(t => LegId.TryParse(t, out var id) ? new(id.Value) : throw new JsonException($"'{t}' is no queue id."));

internal sealed class SessionIdConverter() : TextConverter<SessionId>(t => new(Guid.Parse(t)))
{
    public override void Write(Utf8JsonWriter writer, SessionId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

internal sealed class TenantIdConverter() : TextConverter<TenantId>(t => new(Guid.Parse(t)))
{
    public override void Write(Utf8JsonWriter writer, TenantId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

internal sealed class TrunkIdConverter() : TextConverter<TrunkId>(t => new(Guid.Parse(t)))
{
    public override void Write(Utf8JsonWriter writer, TrunkId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

internal sealed class ConnectionIdConverter() : TextConverter<ConnectionId>(t => new(long.Parse(t, CultureInfo.InvariantCulture)))
{
    private const int MostDigits = 20;

    public override void Write(Utf8JsonWriter writer, ConnectionId value, JsonSerializerOptions options)
    {
        Span<byte> digits = stackalloc byte[MostDigits];
        value.Value.TryFormat(digits, out int written, default, CultureInfo.InvariantCulture);
        writer.WriteStringValue(digits[..written]);
    }
}

internal sealed class LabelsConverter : JsonConverter<Labels>
{
    public override Labels Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        var values = new List<KeyValuePair<string, string>>();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!; // a property name is never null
            reader.Read();
            values.Add(new(key, reader.GetString() ?? ""));
        }
        return Labels.From(values);
    }

    public override void Write(Utf8JsonWriter writer, Labels value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (key, text) in value.Values) writer.WriteString(key, text);
        writer.WriteEndObject();
    }
}

/// <summary>A source without its bytes: of content the ledger keeps the hash and the length.</summary>
internal sealed class PromptSourceConverter : JsonConverter<PromptSource>
{
    private const string Bytes = "content";

    public override PromptSource Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        return Of(json.RootElement);
    }

    public override void Write(Utf8JsonWriter writer, PromptSource value, JsonSerializerOptions options) =>
        Write(writer, value, isWhole: false);

    public static PromptSource Of(JsonElement root)
    {
        if (root.TryGetProperty(Bytes, out var bytes)) return new PromptSource.Content(bytes.GetBytesFromBase64());
        if (root.TryGetProperty("parts", out var parts))
        {
            return new PromptSource.Sequence([.. parts.EnumerateArray().Select(Of)])
            {
                RepeatsFrom = root.TryGetProperty("repeats_from", out var again) ? again.GetInt32() : 0
            };
        }
        if (root.TryGetProperty("url", out var url))
            return new PromptSource.Url(url.GetString() ?? "") { IsCached = root.GetProperty("cached").GetBoolean() };
        if (root.TryGetProperty("stored", out var name)) return new PromptSource.Stored(name.GetString() ?? "");
        if (root.TryGetProperty("message", out var message)) return new PromptSource.Message(message.GetGuid());
        if (root.TryGetProperty("recording", out var recording)) return new PromptSource.Recording(recording.GetGuid());
        if (root.TryGetProperty("text", out var text))
        {
            string? language = root.TryGetProperty("language", out var spoken) ? spoken.GetString() : null;
            return new PromptSource.Speech(text.GetString() ?? "", root.GetProperty("voice").GetString() ?? "", language,
                root.GetProperty("ssml").GetBoolean())
            {
                Speed = root.TryGetProperty("speed", out var speed) ? speed.GetDouble() : 1
            };
        }
        if (root.TryGetProperty("hertz", out var hertz))
        {
            return new PromptSource.Tone(hertz.GetInt32(), root.GetProperty("second_hertz").GetInt32(),
                root.GetProperty("on_ms").GetInt32(), root.GetProperty("off_ms").GetInt32(), root.GetProperty("total_ms").GetInt32());
        }
        return new PromptSource.Content(default);
    }

    /// <param name="isWhole">With the bytes of content.</param>
    public static void Write(Utf8JsonWriter writer, PromptSource value, bool isWhole)
    {
        writer.WriteStartObject();
        switch (value)
        {
            case PromptSource.Url url:
                writer.WriteString("url", url.Address);
                writer.WriteBoolean("cached", url.IsCached);
                break;
            case PromptSource.Stored stored:
                writer.WriteString("stored", stored.Name);
                break;
            case PromptSource.Message message:
                writer.WriteString("message", message.Id);
                break;
            case PromptSource.Recording recording:
                writer.WriteString("recording", recording.Id);
                break;
            case PromptSource.Sequence sequence:
                writer.WriteStartArray("parts");
                foreach (var part in sequence.Parts) Write(writer, part, isWhole);
                writer.WriteEndArray();
                if (sequence.RepeatsFrom > 0) writer.WriteNumber("repeats_from", sequence.RepeatsFrom);
                break;
            case PromptSource.Content content when isWhole:
                writer.WriteBase64String(Bytes, content.Bytes.Span);
                break;
            case PromptSource.Content content:
                writer.WriteString("sha256", Convert.ToHexStringLower(SHA256.HashData(content.Bytes.Span)));
                writer.WriteNumber("bytes", content.Bytes.Length);
                break;
            case PromptSource.Speech speech:
                writer.WriteString("text", speech.Text);
                writer.WriteString("voice", speech.Voice);
                if (speech.Language is not null) writer.WriteString("language", speech.Language);
                writer.WriteBoolean("ssml", speech.IsSsml);
                if (speech.Speed is not 1) writer.WriteNumber("speed", speech.Speed);
                break;
            case PromptSource.Tone tone:
                writer.WriteNumber("hertz", tone.Hertz);
                writer.WriteNumber("second_hertz", tone.SecondHertz);
                writer.WriteNumber("on_ms", tone.OnMilliseconds);
                writer.WriteNumber("off_ms", tone.OffMilliseconds);
                writer.WriteNumber("total_ms", tone.TotalMilliseconds);
                break;
            default:
                throw new UnreachableException();
        }
        writer.WriteEndObject();
    }
}
