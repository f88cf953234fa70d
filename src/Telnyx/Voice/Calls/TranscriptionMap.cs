using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>
/// The commands of live transcription, and the parameters that ask for it from the answer on. The contract's engines are networks of the
/// vendor's and of others: one that is named like a recogniser which can be configured here is that one, and the node's usual one stands
/// for all the others and their models.
/// </summary>
internal static class TranscriptionMap
{
    private const string Engine = "transcription_engine", Settings = "transcription_engine_config", Config = "transcription_config";
    private static readonly string[] Older = ["language", "interim_results"];
    private const string Deepgram = "Deepgram", DeepgramModels = "deepgram/";

    public static LegCommand? Start(VoiceBody body) => Terms(body, body.Json, "") is { } terms
        ? new LegCommand.StartTranscription(terms) { CommandId = body.CommandId(), Labels = body.Labels() } : null;

    public static LegCommand Stop(VoiceBody body) =>
        new LegCommand.StopTranscription { CommandId = body.CommandId(), Labels = body.Labels() };

    /// <summary>Of dial and answer; null when they ask for no transcription, or for one that cannot be.</summary>
    /// <param name="record">The recording that they ask for.</param>
    public static TranscriptionTerms? FromAnswer(VoiceBody body, RecordPlan? record)
    {
        if (!body.Flag("transcription"))
        {
            if (!body.Has("transcription") && body.Json[Config] is JsonObject { Count: > 0 })
                body.Refuse(VoiceErrors.MissingParameter, "transcription", $"{Config} needs transcription to be true.");
            return null;
        }
        if (record is { SilenceLimit: not null })
            body.Refuse(VoiceErrors.RecordedBySilence, "record_timeout_secs",
                "A call that is transcribed cannot have a recording that ends by silence.");
        return Terms(body, body.Json[Config] as JsonObject ?? [], $"{Config}/");
    }

    /// <summary>Of record_start; null when it asks for none, or for one that cannot be.</summary>
    public static RecordTranscription? OfRecording(VoiceBody body, RecordFormat format)
    {
        if (!body.Flag("transcription")) return null;
        var (recogniser, model) = RecogniserOf(Text(body.Json, Engine) is { Length: > 0 } engine ? engine : "A", []);
        string language = LanguageOf(Text(body.Json, "transcription_language") is { Length: > 0 } named ? named : "en-US");
        if ((body.CannotTranscribe(recogniser, language) ?? body.CannotTranscribeFile(format)) is { } problem)
        {
            body.Refuse(VoiceErrors.BadRequest, "transcription", $"This cannot be transcribed here: {problem}.");
            return null;
        }
        return new(language) { Recogniser = recogniser, Model = model };
    }

    /// <param name="json">A transcription_start, whole.</param>
    /// <param name="under">Where it stands, for problems.</param>
    private static TranscriptionTerms? Terms(VoiceBody body, JsonObject json, string under)
    {
        var settings = SettingsOf(json);
        int before = body.Problems.Count;
        string engine = EngineOf(body, json, settings, under);
        var (recogniser, model) = RecogniserOf(engine, settings);
        string language = LanguageOf(settings);
        var terms = new TranscriptionTerms(language, Tracks(body, json, under))
        {
            Recogniser = recogniser,
            Model = model,
            HasInterim = (bool?)(settings["interim_results"] as JsonValue) ?? false,
            Hints = Hints(body, settings, under),
        };
        if (body.CannotTranscribe(recogniser, language) is { } problem)
            body.Refuse(VoiceErrors.BadRequest, $"{under}{Engine}", $"This cannot be transcribed here: {problem}.");
        return body.Problems.Count == before ? terms : null;
    }

    /// <summary>Some stood beside the engine before they had an object of their own, which goes before them.</summary>
    private static JsonObject SettingsOf(JsonObject json)
    {
        var settings = json[Settings] is JsonObject own ? own.DeepClone().AsObject() : new JsonObject();
        foreach (string name in Older)
            if (settings[name] is null && json[name] is { } said) settings[name] = said.DeepClone();
        return settings;
    }

    /// <summary>An engine's old name and its newer one are the same; the settings say whose they are.</summary>
    private static string EngineOf(VoiceBody body, JsonObject json, JsonObject settings, string under)
    {
        string? outer = Text(json, Engine), inner = Text(settings, Engine);
        if (outer is not null && inner is not null && Family(outer) != Family(inner))
            body.Refuse(VoiceErrors.BadRequest, $"{under}{Settings}/{Engine}",
                $"The settings are of engine {inner}, and {outer} is asked for.");
        // Of two names of one family the longer one says its model.
        return outer is null || inner?.Length > outer.Length ? inner ?? "A" : outer;

        static string Family(string name) => name switch
        {
            "Google" => "A",
            "Telnyx" => "B",
            _ when name.StartsWith(DeepgramModels, StringComparison.Ordinal) => Deepgram,
            _ => name,
        };
    }

    /// <returns>Null for the node's usual one; its model where the engine's name or its settings say one that it knows.</returns>
    private static (string? Recogniser, string? Model) RecogniserOf(string engine, JsonObject settings) =>
        RecogniserOf(engine, Text(settings, "transcription_model"));

    /// <summary>The same, for whoever writes engines otherwise; case does not matter.</summary>
    internal static (string? Recogniser, string? Model) RecogniserOf(string engine, string? model)
    {
        if (engine.Equals("AssemblyAI", StringComparison.OrdinalIgnoreCase)) return ("assemblyai", null);
        if (engine.StartsWith(DeepgramModels, StringComparison.OrdinalIgnoreCase)) return ("deepgram", ModelOf(engine));
        return engine.Equals(Deepgram, StringComparison.OrdinalIgnoreCase) ? ("deepgram", ModelOf(model)) : (null, null);
    }

    /// <summary>Flux has an interface of its own, which nobody here speaks: null, for the model that the node asks for usually.</summary>
    private static string? ModelOf(string? name)
    {
        if (name?.StartsWith(DeepgramModels, StringComparison.OrdinalIgnoreCase) is true) name = name[DeepgramModels.Length..];
        return name?.StartsWith("flux", StringComparison.OrdinalIgnoreCase) is true ? null : name;
    }

    /// <summary>As BCP 47 has it: some of the contract's words are older than that.</summary>
    private static string LanguageOf(JsonObject settings) => LanguageOf(Text(settings, "language"));

    internal static string LanguageOf(string? word) => word switch
    {
        null or "" => "en",
        "auto_detect" => "und",
        "iw" => "he",
        "iw-IL" => "he-IL",
        "jw" => "jv",
        var language => language,
    };

    private static TapTracks Tracks(VoiceBody body, JsonObject json, string under)
    {
        const string name = "transcription_tracks";
        string? word = Text(json, name);
        if (word is not (null or "inbound" or "outbound" or "both"))
            body.Refuse(VoiceErrors.BadRequest, $"{under}{name}", $"{name} must be one of: inbound, outbound, both.");
        return word switch { "outbound" => TapTracks.Heard, "both" => TapTracks.Said | TapTracks.Heard, _ => TapTracks.Said };
    }

    /// <summary><c>hints</c>, and the phrases of <c>speech_context</c>.</summary>
    private static List<string> Hints(VoiceBody body, JsonObject settings, string under)
    {
        var hints = new List<string>();
        Add(settings["hints"]);
        var contexts = settings["speech_context"] as JsonArray ?? [];
        for (int i = 0; i < contexts.Count; i++)
        {
            if (contexts[i] is not JsonObject context) continue;
            Add(context["phrases"]);
            if ((double?)(context["boost"] as JsonValue) is { } boost && boost != 1)
                body.Refuse(VoiceErrors.BadRequest, $"{under}{Settings}/speech_context/{i}/boost",
                    "10041: phrases with more or less weight than others are not built yet: leave boost at 1.");
        }
        if (hints.Count > VoiceLimits.Hints || hints.Exists(hint => hint.Length > VoiceLimits.HintLength))
            body.Refuse(VoiceErrors.BadLength, $"{under}{Settings}/hints",
                $"There may be at most {VoiceLimits.Hints} hints, of at most {VoiceLimits.HintLength} characters each.");
        return hints;

        void Add(JsonNode? list)
        {
            foreach (var hint in list as JsonArray ?? [])
                if ((string?)(hint as JsonValue) is { Length: > 0 } text) hints.Add(text);
        }
    }

    private static string? Text(JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
