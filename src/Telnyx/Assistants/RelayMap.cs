using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Telnyx.Assistants;

/// <summary>What a command says of a customer's own program that is to talk on a call, as newer clients write it.</summary>
internal static class RelayMap
{
    private const string Url = "url", Interruptible = "interruptible", Greeting = "interruptible_greeting", Keys = "dtmf_detection",
        Languages = "languages", Engine = "transcription_engine", Multi = "multi";
    private const int MostLanguages = 50;

    /// <summary>What clients may say, and nobody would do here.</summary>
    private static readonly string[] Unbuilt = ["transcription", "provider", "structured_provider", "tts_provider"];

    /// <summary>
    /// The command with each field under one name: some have several, and some may stand in <c>conversation_relay_settings</c>. What
    /// stands above counts before what stands within.
    /// </summary>
    public static JsonObject Flat(JsonObject said)
    {
        JsonObject flat = said.DeepClone().AsObject(), within = said.Child("conversation_relay_settings") ?? [],
            manners = said.Child("interruption_settings") ?? [];
        Put(Url, said[Url] ?? said["conversation_relay_url"] ?? within[Url]);
        Put(Keys, said[Keys] ?? said["conversation_relay_dtmf_detection"] ?? within[Keys]);
        Put(Languages, said[Languages] ?? within[Languages]);
        Put(Interruptible, said[Interruptible] ?? manners[Interruptible] ?? within[Interruptible]
            ?? (manners.Flag("enable", fallback: true) ? null : JsonValue.Create("none")));
        Put(Greeting, said[Greeting] ?? manners[Greeting] ?? manners["welcome_greeting_interruptible"] ?? within[Greeting]);
        return flat;

        void Put(string name, JsonNode? value)
        {
            if (value is not null) flat[name] = value.DeepClone();
        }
    }

    /// <param name="body">Flat.</param>
    /// <returns>Null where something is wrong, which is among the body's problems.</returns>
    public static RelayTerms? Terms(VoiceBody body)
    {
        if (body.Text(Url) is null) body.Refuse(VoiceErrors.MissingParameter, Url, "url is required.");
        RefuseUnbuilt(body, body.Json, "");
        AgentOrders.CheckGreeting(body, "greeting");
        string language = Tag(body, body.Json, "language", "") ?? "en-US", heard = Heard(language);
        var (recogniser, model) = Listener(body, body.Json, heard, "", isNeeded: true);
        string voice = Voice(body, body.Json, "") ?? "";
        var (interrupts, ofGreeting) = (Input(body, Interruptible), Input(body, Greeting));
        var (languages, parameters) = (LanguagesOf(body), Parameters(body));
        if (body.SocketUrl(Url) is not { } url || body.Problems.Count > 0) return null;
        return new(url)
        {
            Parameters = parameters, Greeting = body.Text("greeting") ?? "", Language = heard is Multi ? "en-US" : language,
            ListensIn = heard, Voice = voice, Recogniser = recogniser, RecogniserModel = model, Languages = languages,
            Interrupts = interrupts, InterruptsGreeting = ofGreeting, TellsKeys = body.Flag(Keys), LostReason = "customer_disconnect",
        };
    }

    private static List<RelayLanguage> LanguagesOf(VoiceBody body)
    {
        var languages = new List<RelayLanguage>();
        if (body.Json[Languages] is not JsonArray list) return languages;
        if (list.Count > MostLanguages)
            body.Refuse(VoiceErrors.BadLength, Languages, $"{Languages} may hold at most {MostLanguages} languages.");
        for (int i = 0; i < list.Count && i < MostLanguages; i++)
        {
            var (said, under) = (list[i] as JsonObject ?? [], $"{Languages}/{i}/");
            if (Tag(body, said, "language", under) is not { } code)
            {
                body.Refuse(VoiceErrors.MissingParameter, $"{under}language", "language is required.");
                continue;
            }
            RefuseUnbuilt(body, said, under);
            var (recogniser, model) = Listener(body, said, Heard(code), under, isNeeded: false);
            languages.Add(new(code) { Voice = Voice(body, said, under), Recogniser = recogniser, RecogniserModel = model });
        }
        return languages;
    }

    private static void RefuseUnbuilt(VoiceBody body, JsonObject said, string under)
    {
        foreach (string name in Unbuilt.Where(name => said[name] is not null))
            body.Refuse(VoiceErrors.BadRequest, under + name, $"10041: {name} is not built yet.");
    }

    /// <summary>Null for none.</summary>
    private static string? Tag(VoiceBody body, JsonObject said, string name, string under)
    {
        if (said.Filled(name) is not { } tag) return null;
        if (tag.Length > VoiceLimits.VoiceLength)
            body.Refuse(VoiceErrors.BadLength, under + name, $"{name} may have at most {VoiceLimits.VoiceLength} characters.");
        return tag;
    }

    /// <summary>Whoever finds out by itself what is spoken is known by the relay's own word.</summary>
    private static string Heard(string language) => language is "auto" or "auto_detect" ? Multi : language;

    /// <summary>Null in both takes the node's usual one.</summary>
    private static (string? Recogniser, string? Model) Listener(VoiceBody body, JsonObject said, string heard, string under, bool isNeeded)
    {
        string? engine = Tag(body, said, Engine, under) ?? Tag(body, said, "transcription_provider", under);
        var settings = said.Child("transcription_engine_config") ?? [];
        string? asked = Tag(body, settings, "transcription_model", under);
        var (recogniser, model) = engine is null ? (null, null)
            : TranscriptionMap.RecogniserOf(engine, asked ?? Tag(body, said, "speech_model", under));
        if ((isNeeded || recogniser is not null) && body.CannotTranscribe(recogniser, heard is Multi ? "und" : heard) is { } problem)
            body.Refuse(VoiceErrors.BadRequest, under + Engine, $"This cannot be transcribed here: {problem}.");
        return (recogniser, model);
    }

    private static string? Voice(VoiceBody body, JsonObject said, string under)
    {
        foreach (var (name, value) in said.Child("voice_settings") ?? [])
            if (value is not null && name is not "type")
                body.Refuse(VoiceErrors.BadRequest, $"{under}voice_settings/{name}", $"10041: {name} is not built for programs that talk.");
        if (Tag(body, said, "voice", under) is not { } voice) return null;
        if (body.VoiceFault(voice) is { } fault) body.Refuse(VoiceErrors.Voice, $"{under}voice", fault);
        return voice;
    }

    private static RelayInput Input(VoiceBody body, string name) =>
        body.OneOf(name, VoiceErrors.BadRequest, "none", "any", "speech", "dtmf") switch
        {
            "none" => RelayInput.None,
            "speech" => RelayInput.Speech,
            "dtmf" => RelayInput.Keys,
            _ => RelayInput.Any,
        };

    /// <summary>What clients call parameters and variables: of two of one name the parameter counts.</summary>
    private static List<KeyValuePair<string, string>> Parameters(VoiceBody body)
    {
        const string parameters = "custom_parameters";
        const int most = VoiceLimits.StreamParameterLength;
        var all = new List<KeyValuePair<string, string>>();
        foreach (var source in (JsonObject?[])[body.Json.Child("assistant")?.Child("dynamic_variables"), body.Json.Child(parameters)])
            foreach (var (name, value) in source ?? [])
                if (value is not null)
                    all.Add(new(name, value is JsonValue text && text.TryGetValue(out string? said) ? said : value.ToJsonString()));
        if (all.Count > VoiceLimits.StreamParameters || all.Exists(one => one.Key.Length > most || one.Value.Length > most))
            body.Refuse(VoiceErrors.BadLength, parameters,
                $"There are at most {VoiceLimits.StreamParameters} parameters, of {most} characters each.");
        return all;
    }
}
