using System.Text.Json.Nodes;
using Ringwright.Telnyx.Speech;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// An assistant as an agent that the node has talk, in the words in which agents are written; and what of it cannot talk yet, by name.
/// </summary>
internal static class AssistantAgent
{
    public const string UsualVoice = "Telnyx.KokoroTTS.af", UsualRecogniser = "distil-whisper/distil-large-v2",
        UsualModel = "meta-llama/Meta-Llama-3.1-70B-Instruct";

    /// <summary>A greeting that stands for: the model says one.</summary>
    public const string ModelGreets = "<assistant-speaks-first-with-model-generated-message>";

    /// <summary>What the caller says, where that is another language than the voice's.</summary>
    private const string Heard = "listens_in", AnyLanguage = "und";

    /// <summary>Who reads waits longer than who listens.</summary>
    private const int SecondsToWrite = 30;

    /// <summary>What an assistant may say of itself and cannot talk with yet: the field, and what it asks for.</summary>
    private static readonly (string Field, string What)[] Unbuilt =
        [("voice_settings/api_key_ref", "voices under a key of the account's own")];

    /// <summary>Of when a turn is over, in the words of agents as well.</summary>
    private static readonly string[] Waits = ["wait_seconds"],
        Endings = ["on_punctuation_seconds", "on_no_punctuation_seconds", "on_number_seconds"];

    /// <param name="fields">The assistant's, with those that the command says in their places.</param>
    /// <param name="tools">Its own and the shared ones.</param>
    /// <param name="call">Names the call to its tools; null where only the talk's beginning knows it.</param>
    /// <param name="variables">Of the call, which stand over its own.</param>
    /// <param name="gather">What it gathers, and what was said before, in the words of agents; null where it only talks.</param>
    /// <param name="speaks">Its model hears and speaks itself: neither the node's voices nor its recognisers are wanted.</param>
    /// <returns>Null where the body's problems say why.</returns>
    public static JsonObject? Write(VoiceBody body, JsonObject fields, IEnumerable<JsonObject> tools, string? call, JsonObject variables,
        JsonObject? gather = null, bool speaks = false)
    {
        int before = body.Problems.Count;
        foreach (string fault in FaultsOf(fields)) Refuse(body, fault);
        var definition = new JsonObject
        {
            ["instructions"] = fields.Text("instructions"), ["voice"] = speaks ? VoiceOf(body.Json, fields) : Voice(body, fields),
            ["voice_speed"] = speaks ? SpeedOf(body.Json, fields) : Speed(body, fields),
            ["variables"] = Variables(fields.Child("dynamic_variables") ?? [], variables),
        };
        NameModels(fields, definition);
        if (fields.Text("greeting") is not ModelGreets and var greeting) definition["greeting"] = greeting ?? "";
        if ((body.Json.Child(AssistantBody.Interruptions) ?? fields.Child(AssistantBody.Interruptions)) is { } interruptions)
            Interrupt(interruptions, definition);
        AssistantTimes.Write(fields, definition);
        if (fields.Child(AssistantBody.Telephony)?.Flag(AssistantBody.DisableKeys, fallback: false) is true) definition["keys"] = false;
        if (AssistantRecording.Write(fields, definition, body.Missing) is { } unrecorded) Refuse(body, unrecorded);
        if (VoicemailMap.Of(fields, waits: false) is { } voicemail) definition[VoicemailMap.Field] = voicemail;
        if (!speaks) Listen(body, fields, definition);
        else
        {
            definition["language"] = LanguageOf(fields);
            if (Detects(fields)) definition[Heard] = AnyLanguage;
        }
        foreach (var (name, value) in gather ?? []) definition[name] = value?.DeepClone();
        bool isGather = gather?.ContainsKey(GatherOrder.Gathered) is true;
        // Headers of tools have variables.
        if (CallTools.Write(tools, call ?? "{{call_control_id}}", what => Refuse(body, what), isGather) is { Count: > 0 } written)
            definition["tools"] = written;
        return body.Problems.Count == before ? definition : null;
    }

    /// <summary>One that another leaves its callers to: how it thinks and sounds. The rest is the other's.</summary>
    /// <param name="body">Of no command: what a command says is said of the other.</param>
    public static JsonObject WriteOther(VoiceBody body, JsonObject fields, IEnumerable<JsonObject> tools, string? call)
    {
        foreach (string fault in FaultsOf(fields)) Refuse(body, fault);
        var other = new JsonObject
        {
            ["instructions"] = fields.Text("instructions"), ["voice"] = Voice(body, fields), ["voice_speed"] = Speed(body, fields),
        };
        if (!NamesOwn(fields, other))
        {
            other["model_name"] = fields.Text("model") ?? UsualModel;
            NameKey(fields, other);
        }
        if (CallTools.Write(tools, call ?? "{{call_control_id}}", what => Refuse(body, what)) is { Count: > 0 } written)
            other["tools"] = written;
        return other;
    }

    /// <summary>The same in writing, where nobody listens and no voice speaks.</summary>
    /// <param name="variables">Of the talk, which stand over its own.</param>
    public static (JsonObject Definition, IReadOnlyList<string> Faults) InWriting(JsonObject fields, IEnumerable<JsonObject> tools,
        JsonObject variables)
    {
        var faults = FaultsOf(fields).ToList();
        // Each turn is answered from what was kept of those before.
        if (KeepsNothing(fields))
            faults.Add("10041: talks of which nothing is kept are not built yet in writing, and data_retention of the assistant is false.");
        if (fields.Filled(InitialVariables.UrlField) is not null)
            faults.Add("10041: variables that a webhook tells are not built yet in writing, and the assistant has "
                + $"{InitialVariables.UrlField}.");
        var definition = new JsonObject
        {
            ["instructions"] = fields.Text("instructions"), ["telephone_note"] = false,
            ["first_token_secs"] = SecondsToWrite, ["between_tokens_secs"] = SecondsToWrite,
            ["variables"] = Variables(fields.Child("dynamic_variables") ?? [], variables),
        };
        NameModels(fields, definition);
        if (fields.Filled("greeting") is { } greeting and not ModelGreets) definition["greeting"] = greeting;
        // Without a call nothing is referred and nobody is texted, and a conversation in writing is one assistant's.
        var written = CallTools.Write(tools.Where(tool => tool.Text("type") is not ("refer" or "handoff" or "send_message")), call: null,
            faults.Add);
        if (written.Count > 0) definition["tools"] = written;
        return (definition, faults);
    }

    /// <summary>Its key, and the model that stands in with a key of its own; the model itself is named by who has it talk.</summary>
    private static void NameModels(JsonObject fields, JsonObject definition)
    {
        if (!NamesOwn(fields, definition)) NameKey(fields, definition);
        if (fields.Child(AssistantBody.Fallback) is not { } second) return;
        var standIn = new JsonObject();
        if (!NamesOwn(second, standIn))
        {
            standIn[ToolSecrets.ModelName] = second.Text("model");
            NameKey(second, standIn);
        }
        definition[ToolSecrets.StandIn] = standIn;
    }

    /// <summary>Its model is on a server that its account has named.</summary>
    private static bool NamesOwn(JsonObject fields, JsonObject definition)
    {
        if (ExternalModel.Of(fields) is not { } own) return false;
        definition[AssistantConversations.OwnModel] = ExternalModel.Write(own);
        return true;
    }

    /// <summary>Of the secret with which its model is asked in place of the node's key.</summary>
    private static void NameKey(JsonObject fields, JsonObject definition)
    {
        if (fields.Filled("llm_api_key_ref") is { } secret) definition[ToolSecrets.ModelKeyOf] = secret;
    }

    private static IEnumerable<string> FaultsOf(JsonObject fields)
    {
        foreach (var (field, what) in Unbuilt)
            if (Find(fields, field) is JsonValue) yield return $"10041: {what} are not built yet, and the assistant has {field}.";
    }

    /// <summary>What was said on its calls is gone with them.</summary>
    public static bool KeepsNothing(JsonObject fields) =>
        fields.Child("privacy_settings")?.Flag("data_retention", fallback: true) is false;

    /// <summary>What is wrong with the assistant, and not with what the command says.</summary>
    private static void Refuse(VoiceBody body, string detail) => body.Refuse(VoiceErrors.BadRequest, "assistant", detail);

    private static JsonNode? Find(JsonObject fields, string path)
    {
        JsonNode? at = fields;
        foreach (string name in path.Split('/')) at = (at as JsonObject)?[name];
        return at is JsonValue value && value.TryGetValue(out string? text) && text.Length == 0 ? null : at;
    }

    private static string Voice(VoiceBody body, JsonObject fields)
    {
        bool isSaid = body.Has("voice");
        string voice = VoiceOf(body.Json, fields), where = isSaid ? "voice" : "assistant";
        if (voice.Contains("{{", StringComparison.Ordinal))
            body.Refuse(VoiceErrors.BadRequest, where, isSaid ? "A command names a voice as it is, without variables."
                : "10041: voices that a webhook of variables names are not built yet.");
        else if (voice.Length > VoiceLimits.VoiceLength || voice.AsSpan().ContainsAny(" \t\r\n"))
            body.Refuse(isSaid ? VoiceErrors.Voice : VoiceErrors.BadRequest, where, VoiceNames.Detail(voice));
        else if (body.VoiceFault(voice) is { } fault)
            body.Refuse(isSaid ? VoiceErrors.Voice : VoiceErrors.BadRequest, where, fault);
        return voice;
    }

    /// <summary>Which voice was asked for.</summary>
    public static string VoiceOf(JsonObject command, JsonObject fields) =>
        command.Filled("voice") ?? fields.Child("voice_settings")?.Filled("voice") ?? UsualVoice;

    private static double Speed(VoiceBody body, JsonObject fields)
    {
        if (body.Json.Child("voice_settings") is not null) return SpeakAction.Speed(body);
        if (fields.Child("voice_settings")?["voice_speed"] is not JsonValue said || !said.TryGetValue(out double speed)) return 1;
        var (slowest, fastest) = body.Speeds;
        if (speed >= slowest && speed <= fastest) return speed;
        Refuse(body, string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"The voices of this node speak at {slowest} to {fastest} times their own speed."));
        return 1;
    }

    /// <summary>As agents may have it; whoever speaks may be slower.</summary>
    private static double SpeedOf(JsonObject command, JsonObject fields) =>
        (command.Child("voice_settings") ?? fields.Child("voice_settings"))?["voice_speed"] is JsonValue said
            && said.TryGetValue(out double speed) ? Math.Clamp(speed, 0.25, 4) : 1;

    /// <summary>Which recogniser was asked for.</summary>
    public static string RecogniserOf(JsonObject command, JsonObject fields) =>
        command.Child("transcription")?.Filled("model") ?? fields.Child("transcription")?.Filled("model") ?? UsualRecogniser;

    private static void Interrupt(JsonObject said, JsonObject definition)
    {
        definition["interruptions"] = new JsonObject
        {
            ["enable"] = said.Flag("enable", fallback: true),
            ["disable_greeting_interruption"] = said.Flag("disable_greeting_interruption", fallback: false),
        };
        if (said.Child("start_speaking_plan") is not { } plan) return;
        var turns = new JsonObject();
        foreach (var (place, names) in new[] { (plan, Waits), (plan.Child("transcription_endpointing_plan"), Endings) })
            foreach (string name in names)
                if (place?[name] is JsonValue seconds) turns[name] = seconds.DeepClone();
        definition["turns"] = turns;
    }

    private static string LanguageOf(JsonObject fields) =>
        fields.Child("transcription")?.Filled("language") is { } said && !Detects(fields) ? said : "en";

    /// <summary>Whoever listens is to find out what is spoken.</summary>
    private static bool Detects(JsonObject fields) =>
        fields.Child("transcription")?.Filled("language") is "auto" or "auto_detect" or "multi";

    private static void Listen(VoiceBody body, JsonObject fields, JsonObject definition)
    {
        var (recogniser, model) = TranscriptionMap.RecogniserOf(RecogniserOf(body.Json, fields), model: null);
        // What is listened for is also the language of the voice, which must be one.
        string language = LanguageOf(fields);
        definition["language"] = language;
        if (Detects(fields) && body.CannotTranscribe(recogniser, AnyLanguage) is null)
            definition[Heard] = AnyLanguage;
        if (recogniser is not null) definition["recogniser"] = recogniser;
        if (model is not null) definition["recogniser_model"] = model;
        if (body.CannotTranscribe(recogniser, language) is { } problem)
            body.Refuse(VoiceErrors.BadRequest, body.Json.Child("transcription") is null ? "assistant" : "transcription/model",
                $"Nobody can listen to the call for an assistant: {problem}.");
    }

    /// <summary>Texts are as they are, all else is its JSON.</summary>
    public static JsonObject Variables(params ReadOnlySpan<JsonObject> sources)
    {
        var all = new JsonObject();
        foreach (var source in sources)
            foreach (var (name, value) in source)
                all[name] = value is JsonValue plain && plain.TryGetValue(out string? text) ? text : value?.ToJsonString() ?? "";
        return all;
    }
}
