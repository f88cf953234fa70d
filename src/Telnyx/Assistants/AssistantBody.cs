using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Telnyx.Inference;
using Ringwright.Telnyx.Messaging;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>What an assistant says of itself, and what of it cannot be.</summary>
internal static class AssistantBody
{
    public const string Tools = "tools", ToolIds = "tool_ids", Telephony = "telephony_settings", Messaging = "messaging_settings";

    public const string Interruptions = "interruption_settings";

    /// <summary>Of telephony settings: the TeXML application by whose numbers it is called.</summary>
    public const string DefaultApplication = "default_texml_app_id";

    /// <summary>Of telephony settings, as newer clients know it: keys that a caller presses are nothing to the assistant.</summary>
    public const string DisableKeys = "disable_dtmf";

    /// <summary>Of newer clients: the model that is asked where the assistant's own has failed twice.</summary>
    public const string Fallback = "fallback_config";

    public const int LongestGreeting = 3_000, LongestName = 255;
    private const string Secret = "integration_secret";

    private static readonly string[] Required = ["name", "model", "instructions"];

    private static readonly string[] Fields =
    [
        .. Required, ExternalModel.Field, "description", "greeting", Tools, ToolIds, "llm_api_key_ref", "dynamic_variables",
        "dynamic_variables_webhook_url", InitialVariables.TimeoutField, Interruptions, Fallback, "enabled_features", "insight_settings",
        Messaging, "privacy_settings", Telephony, "transcription", "voice_settings", McpServers.Field,
    ];

    /// <summary>A copy of them, without what else a document has.</summary>
    public static JsonObject FieldsOf(JsonObject body)
    {
        var fields = new JsonObject();
        foreach (string name in Fields)
            if (body[name] is { } value) fields[name] = value.DeepClone();
        return fields;
    }

    /// <summary>What the request makes of these fields: it says what changes, and null clears a field.</summary>
    public static JsonObject Over(OperationContext op, JsonObject before)
    {
        var (body, given) = (FieldsOf(before), op.ReadObject());
        foreach (string name in Fields)
        {
            // A null where the schema has none is taken out of what the request says.
            if (op.Body.ValueKind is JsonValueKind.Object && op.Body.TryGetProperty(name, out var raw)
                && raw.ValueKind is JsonValueKind.Null) body.Remove(name);
            else if (given[name] is { } value) body[name] = value.DeepClone();
        }
        if (given.Text(AssistantRecords.VersionName) is { } version) body[AssistantRecords.VersionName] = version;
        return body;
    }

    /// <summary>What is wrong with the fields; null when nothing is. Tools get their ids.</summary>
    /// <param name="before">The fields until now; null for a new assistant.</param>
    public static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, JsonObject? before, AssistantParts parts)
    {
        foreach (string name in Required)
            if (string.IsNullOrWhiteSpace(body.Text(name)))
                return op.Dialect.Errors.Problem(Fault.MissingField, $"{name} is required.") with { Pointer = "/" + name };
        foreach (string name in new[] { "name", "model", AssistantRecords.VersionName })
            if (body.Text(name) is { Length: > LongestName })
                return At("/" + name, VoiceErrors.BadLength, $"{name} may have at most {LongestName} characters.");
        string standIn = $"/{Fallback}/model";
        if (ExternalModel.Of(body) is null && SpeechModels.FaultOf(body.Text("model"), parts.Inference) is { } unasked)
            return At("/model", VoiceErrors.BadRequest, unasked);
        if (ExternalModel.Of(body.Child(Fallback)) is null
                && SpeechModels.FaultBeside(body.Child(Fallback)?.Text("model"), parts.Inference, "stands in for nobody") is { } alone)
            return At(standIn, VoiceErrors.BadRequest, alone);
        if (body.Text("greeting") is { Length: > LongestGreeting })
            return At("/greeting", VoiceErrors.BadLength, $"greeting may have at most {LongestGreeting} characters.");
        if (AgentLimits.Of(body) is { } tooMuch) return tooMuch;
        if (body[InitialVariables.TimeoutField] is not null
                && body.Whole(InitialVariables.TimeoutField) is not (>= 1 and <= InitialVariables.LongestTimeout))
            return At("/" + InitialVariables.TimeoutField, VoiceErrors.BadRange,
                $"{InitialVariables.TimeoutField} must be a whole number from 1 to {InitialVariables.LongestTimeout}.");
        if (body.Child(Telephony)?[DisableKeys] is { } disables
                && disables.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
            return At($"/{Telephony}/{DisableKeys}", VoiceErrors.BadRequest, $"{DisableKeys} must be true or false.");
        if (AssistantTimes.Check(body) is { } untimely) return untimely;
        if (AssistantRecording.Check(body) is { } unrecorded) return unrecorded;
        if (body[Fallback] is { } second && CheckFallback(second) is { } unbuilt) return unbuilt;
        if (body.Child("voice_settings") is { } voice && string.IsNullOrWhiteSpace(voice.Text("voice")))
            return At("/voice_settings/voice", VoiceErrors.MissingParameter, "voice is required in voice_settings.");
        return await CheckUrlAsync(op, body.Filled("dynamic_variables_webhook_url"), "/dynamic_variables_webhook_url", parts)
            ?? await CheckUrlAsync(op, body.Child(Messaging)?.Filled("delivery_status_webhook_url"),
                $"/{Messaging}/delivery_status_webhook_url", parts)
            ?? await ExternalModel.CheckAsync(op, body, "", parts)
            ?? await ExternalModel.CheckAsync(op, body.Child(Fallback), "/" + Fallback, parts)
            ?? await CheckReferencesAsync(op, body, parts)
            ?? await SharedTools.CheckIdsAsync(op, body.Texts(ToolIds), parts)
            ?? await McpServers.CheckNamedAsync(op, body, before, parts)
            ?? await AssistantTools.CheckAsync(op, body[Tools] as JsonArray, before?[Tools] as JsonArray, parts)
            ?? await CheckModelsAsync(op, body, before, parts);
    }

    /// <summary>
    /// What stays is not asked for again: its server may have withdrawn it since. To a key of an account's own a server may list others.
    /// </summary>
    private static async ValueTask<Problem?> CheckModelsAsync(OperationContext op, JsonObject body, JsonObject? before,
        AssistantParts parts)
    {
        string standIn = $"/{Fallback}/model";
        foreach (var (pointer, now, was) in new (string, JsonObject?, JsonObject?)[]
        {
            ("/model", body, before), (standIn, body.Child(Fallback), before?.Child(Fallback)),
        })
            if (now?.Filled("model") is { } model && (model != was?.Text("model") || ExternalModel.Of(was) is not null)
                    && ExternalModel.Of(now) is null && now.Filled("llm_api_key_ref") is null
                    && !await Models.MayNameAsync(op, model, parts))
                return At(pointer, VoiceErrors.BadRequest,
                    $"The model's server does not list {model}: GET /ai/models has those that may be named.");
        return null;
    }

    /// <summary>No schema has looked at it: the contract does not know it.</summary>
    private static Problem? CheckFallback(JsonNode said)
    {
        if (said is not JsonObject second
            || second.Filled("model") is not { Length: <= LongestName } && (second["model"] is not null || ExternalModel.Of(second) is null)
            || second["llm_api_key_ref"] is not null && second.Text("llm_api_key_ref") is null)
            return At("/" + Fallback, VoiceErrors.BadRequest, $"{Fallback} must have a model, of at most {LongestName} characters, or an "
                + $"{ExternalModel.Field}, and may have an llm_api_key_ref.");
        string? other = second.Select(member => member.Key)
            .FirstOrDefault(name => name is not ("model" or "llm_api_key_ref" or ExternalModel.Field));
        return other is null ? null : At($"/{Fallback}/{other}", VoiceErrors.BadRequest, $"{Fallback} has no {other}.");
    }

    /// <summary>A URL that the node will ask must be one that it may ask.</summary>
    public static async ValueTask<Problem?> CheckUrlAsync(OperationContext op, string? url, string pointer, AssistantParts parts) =>
        url is not null && await parts.Egress.CheckUrlAsync(url, TargetUse.Webhook, op.Stop) is { IsAllowed: false } verdict
            ? At(pointer, VoiceErrors.InvalidUrl, verdict.Detail ?? "This is no URL that may be used.") : null;

    public static Problem At(string pointer, string code, string detail) => new(code, detail) { Pointer = pointer };

    public static Problem Nowhere(OperationContext op, string pointer, string detail) =>
        op.Dialect.Errors.Problem(Fault.UnknownReference, detail) with { Pointer = pointer };

    private static async ValueTask<Problem?> CheckReferencesAsync(OperationContext op, JsonObject body, AssistantParts parts)
    {
        const string ofVoice = "/voice_settings/api_key_ref", ofModel = "/llm_api_key_ref", ofFallback = $"/{Fallback}/llm_api_key_ref";
        const string ofOwn = $"/{ExternalModel.Field}/{ExternalModel.KeyOf}";
        foreach (var (pointer, name) in new[]
        {
            (ofModel, body.Filled("llm_api_key_ref")), (ofFallback, body.Child(Fallback)?.Filled("llm_api_key_ref")),
            (ofVoice, body.Child("voice_settings")?.Filled("api_key_ref")),
            (ofOwn, ExternalModel.Of(body)?.Filled(ExternalModel.KeyOf)),
            ($"/{Fallback}{ofOwn}", ExternalModel.Of(body.Child(Fallback))?.Filled(ExternalModel.KeyOf)),
        })
            if (name is not null && !await HasSecretAsync(op, name, parts))
                return Nowhere(op, pointer, "No integration secret of this account has this identifier.");
        if (body.Child("insight_settings")?.Filled("insight_group_id") is { } group
                && await InsightGroups.Rows(parts.Store).FindAsync(op.Tenant, group, op.Stop) is null)
            return Nowhere(op, "/insight_settings/insight_group_id", "No insight group of this account has this id.");
        // One that was said before may be gone since: then another one takes its place.
        if (op.ReadObject().Child(Telephony)?.Filled(DefaultApplication) is { } application
                && !await AssistantApplications.ExistsAsync(op, application, parts))
            return Nowhere(op, $"/{Telephony}/{DefaultApplication}", "No TeXML application of this account has this id.");
        return body.Child(Messaging)?.Filled("default_messaging_profile_id") is { } profile
            && await MessageFace.TermsAsync(parts.Store, op.Tenant, profile, op.Stop) is null
            ? Nowhere(op, $"/{Messaging}/default_messaging_profile_id", "No messaging profile of this account has this id.") : null;
    }

    private static async ValueTask<bool> HasSecretAsync(OperationContext op, string identifier, AssistantParts parts) =>
        (await parts.Store.Documents.Rows(new DocumentKind(Secret)).ListAsync(op.Tenant,
            new() { Filters = [new("identifier", "eq", [identifier])], Limit = 1 }, op.Stop)).Total > 0;
}
