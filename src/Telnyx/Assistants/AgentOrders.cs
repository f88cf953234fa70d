using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Inference;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// An agent that is to talk on a call: which assistant it is, in which version, with which tools, and what of it cannot be. Whatever is
/// wrong is among the body's problems.
/// </summary>
internal sealed class AgentOrders(AssistantParts parts)
{
    public const string NoModel = "No language model thinks for assistants on this node: its operator names one by --llm-url.";

    private const string Assistant = "assistant", ModelKey = "llm_api_key_ref";

    /// <summary>As agents have them.</summary>
    private const int MostOthers = 20;

    /// <summary>What commands say in the place of a field, which is behind it. The key has two names; the newer one counts.</summary>
    private static readonly (string Said, string Field)[] Replaced =
        [("model", "model"), ("openai_api_key_ref", ModelKey), (ModelKey, ModelKey)];

    /// <summary>The assistant that is named, in the version that the conversation gets, or the one that the command describes.</summary>
    /// <returns>Null where nobody is to talk.</returns>
    public async ValueTask<Chosen?> ChooseAsync(TenantId tenant, VoiceBody body, Guid conversation, CancellationToken stop)
    {
        var said = body.Json.Child(Assistant) ?? [];
        Chosen? chosen = said.Filled("id") is { } assistant ? await DrawAsync(tenant, assistant, conversation, stop)
            : new(conversation, Assistant: null, Version: null, []);
        if (chosen is null)
        {
            body.Refuse(VoiceErrors.BadRequest, $"{Assistant}/id", "No assistant of this account has this id.");
            return null;
        }
        var fields = chosen.Fields;
        if (said.Filled("instructions") is { } instructions) fields["instructions"] = instructions;
        if (body.Json["greeting"] is JsonValue) fields["greeting"] = body.Text("greeting");
        Replace(body, fields);
        Hear(body, fields);
        if (string.IsNullOrWhiteSpace(fields.Text("instructions")))
            body.Refuse(VoiceErrors.MissingParameter, Assistant, "assistant needs an id, or instructions.");
        CheckGreeting(body, "greeting");
        return chosen;
    }

    /// <summary>The model, the tools and the key that a command has for an assistant, in the places of its own.</summary>
    public static void Replace(VoiceBody body, JsonObject fields)
    {
        var said = body.Json.Child(Assistant) ?? [];
        foreach (var (name, field) in Replaced)
        {
            // Most of them only newer clients know, and no schema has looked at those.
            if (said[name] is null) continue;
            if (said.Text(name) is not { Length: <= AssistantBody.LongestName } text)
                body.Refuse(VoiceErrors.BadRequest, $"{Assistant}/{name}",
                    $"{name} must be a text of at most {AssistantBody.LongestName} characters.");
            else if (text.Length > 0) Replace(field, text, fields);
        }
        if (said[AssistantBody.Tools] is not { } tools) return;
        fields.Remove(AssistantBody.ToolIds);
        if (tools is JsonArray list && list.All(tool => tool is JsonObject)) fields[AssistantBody.Tools] = list.DeepClone();
        else body.Refuse(VoiceErrors.BadRequest, $"{Assistant}/{AssistantBody.Tools}", "tools must be a list of tools.");
    }

    /// <summary>A model that a command names is asked of the node's server; a key is for whichever server is asked.</summary>
    private static void Replace(string field, string text, JsonObject fields)
    {
        if (field is "model") fields.Remove(ExternalModel.Field);
        if (field is ModelKey && ExternalModel.Of(fields) is { } own) own[ExternalModel.KeyOf] = text;
        else fields[field] = text;
    }

    /// <summary>The language that a command has listened for in place of the assistant's, which is also what is spoken.</summary>
    public static void Hear(VoiceBody body, JsonObject fields)
    {
        const string heard = "transcription", spoken = "language";
        if (body.Json.Child(heard) is not { } said || said[spoken] is null) return;
        if (said.Filled(spoken) is not { } language)
        {
            body.Refuse(VoiceErrors.BadRequest, $"{heard}/{spoken}", "language must be the tag of a language, as en-US.");
            return;
        }
        var transcription = fields.Child(heard)?.DeepClone().AsObject() ?? [];
        // Whoever finds out by itself what is spoken is known by the assistants' own word.
        transcription[spoken] = language is "auto_detect" ? language : TranscriptionMap.LanguageOf(language);
        fields[heard] = transcription;
    }

    /// <summary>Tools that a command has for its assistant must be what the tools of one that is kept must be.</summary>
    public async ValueTask CheckToolsAsync(OperationContext op, VoiceBody body, Chosen? chosen)
    {
        if (body.Problems.Count > 0 || body.Json.Child(Assistant)?[AssistantBody.Tools] is not JsonArray) return;
        if (await AssistantTools.CheckAsync(op, chosen?.Fields[AssistantBody.Tools] as JsonArray, before: null, parts) is { } bad)
            body.Refuse(bad with { Pointer = $"/{Assistant}{bad.Pointer}" });
    }

    /// <summary>An assistant that is kept, in the version that the conversation gets.</summary>
    /// <returns>Null when there is no such assistant any more.</returns>
    public async ValueTask<Chosen?> DrawAsync(TenantId tenant, string assistant, Guid conversation, CancellationToken stop)
    {
        if (await AssistantRecords.Rows(parts.Store).FindAsync(tenant, assistant, stop) is not { } row) return null;
        return CanaryDeploys.Draw(row, conversation) is { } other
            && await AssistantRecords.FindVersionAsync(tenant, row.Id, other, parts.Store, stop) is { } canary
            ? new(conversation, row.Id, other, AssistantBody.FieldsOf(canary.Body))
            : new(conversation, row.Id, row.Body.Text(AssistantRecords.VersionId), AssistantBody.FieldsOf(row.Body));
    }

    public static void CheckGreeting(VoiceBody body, string name)
    {
        if (body.Text(name) is { Length: > AssistantBody.LongestGreeting })
            body.Refuse(VoiceErrors.BadLength, name, $"{name} may have at most {AssistantBody.LongestGreeting} characters.");
    }

    /// <summary>The agent as it is to talk, with secrets as names.</summary>
    /// <param name="gather">What it is there to gather; null where it only talks.</param>
    public ValueTask<JsonObject?> WriteAsync(TenantId tenant, VoiceBody body, Chosen chosen, OrderedCall call, JsonObject? gather,
        CancellationToken stop) => WriteAsync(tenant, body, chosen, call.ControlId,
            CallVariables.Of(call, body.Json.Child(Assistant)?.Child("dynamic_variables")), gather, stop);

    /// <summary>The same for a call that no request begins.</summary>
    /// <param name="call">Names the call to its tools; empty as long as there is none.</param>
    /// <returns>Or why it cannot talk, as sentences.</returns>
    public async ValueTask<(JsonObject? Definition, string? Fault)> WriteAsync(TenantId tenant, Chosen chosen, string call,
        JsonObject variables, CancellationToken stop)
    {
        if (parts.Talk is null) return (null, NoModel);
        var body = VoiceBody.Of([], parts.Voice);
        var definition = await WriteAsync(tenant, body, chosen, call, variables, gather: null, stop);
        return (definition, definition is null ? string.Join(' ', body.Problems.Select(problem => problem.Detail)) : null);
    }

    private async ValueTask<JsonObject?> WriteAsync(TenantId tenant, VoiceBody body, Chosen chosen, string? call, JsonObject variables,
        JsonObject? gather, CancellationToken stop)
    {
        var tools = await SharedTools.OfAsync(chosen.Fields, tenant, parts.Store, stop);
        VoiceVariables.Fill(chosen.Fields, variables);
        // One that a command names, or that was kept before it was known.
        string? model = ExternalModel.Of(chosen.Fields) is null ? chosen.Fields.Text("model") : null;
        if ((SpeechModels.FaultOf(model, parts.Inference)
                ?? (gather?.ContainsKey(GatherOrder.Gathered) is true ? SpeechModels.FaultBeside(model, parts.Inference, "gathers nothing")
                    : null)) is { } unasked)
        {
            body.Refuse(VoiceErrors.BadRequest, Assistant, unasked);
            return null;
        }
        bool speaks = SpeechModels.ProtocolOf(model, parts.Inference.Model) is not null;
        if (AssistantAgent.Write(body, chosen.Fields, tools, call, variables, gather, speaks) is not { } definition) return null;
        await McpTools.AddAsync(definition, chosen.Fields, tenant, parts, stop);
        if (await WriteOthersAsync(tenant, chosen, definition, call, stop) is { } unwritten)
        {
            body.Refuse(VoiceErrors.BadRequest, Assistant, unwritten);
            return null;
        }
        var filled = definition.DeepClone().AsObject();     // thrown away: only names of secrets are kept
        if (await ToolSecrets.FillAsync(filled, tenant, parts.Store, stop) is { } missing)
            body.Refuse(VoiceErrors.BadRequest, Assistant,
                $"The assistant names a secret that is not there, or is no bearer's: {missing}.");
        else if (parts.Talk?.FaultOf(filled) is { } fault)
            body.Refuse(VoiceErrors.BadRequest, Assistant, $"The assistant cannot talk: {fault}.");
        else
        {
            if (InitialVariables.Of(chosen.Fields, variables) is { } webhook) definition[InitialVariables.Kept] = webhook;
            if (AssistantAgent.KeepsNothing(chosen.Fields)) definition[ConversationRecords.Unkept] = true;
            return definition;
        }
        return null;
    }

    /// <summary>
    /// Those whom it may leave its callers to, and whom these may: as they are now, each once. Their variables stand below its own.
    /// </summary>
    /// <returns>Why they cannot talk; null when they can.</returns>
    private async ValueTask<string?> WriteOthersAsync(TenantId tenant, Chosen chosen, JsonObject definition, string? call,
        CancellationToken stop)
    {
        var others = new JsonObject();
        var open = new Queue<string>(CallTools.HandoffsOf(definition));
        while (open.TryDequeue(out string? id))
        {
            if (others.ContainsKey(id)) continue;
            if (others.Count == MostOthers) return $"An assistant leaves its callers to at most {MostOthers} others.";
            if (await DrawAsync(tenant, id, chosen.Conversation, stop) is not { Fields: var fields })
                return $"A tool of the type handoff names an assistant that is not there: {id}.";
            if (AssistantAgent.KeepsNothing(fields) && !AssistantAgent.KeepsNothing(chosen.Fields))
                return $"{id}: nothing is kept of its talks (data_retention), and all is of those of who leaves callers to it.";
            if (ExternalModel.Of(fields) is null
                    && SpeechModels.FaultBeside(fields.Text("model"), parts.Inference, "takes no callers over") is { } unasked)
                return $"{id}: {unasked}";
            var body = VoiceBody.Of([], parts.Voice);
            VoiceVariables.Fill(fields, definition.Child("variables")!);        // it was written so
            var other = AssistantAgent.WriteOther(body, fields, await SharedTools.OfAsync(fields, tenant, parts.Store, stop), call);
            if (body.Problems.Count > 0) return $"{id}: {string.Join(' ', body.Problems.Select(problem => problem.Detail))}";
            await McpTools.AddAsync(other, fields, tenant, parts, stop);
            others[id] = other;
            var variables = definition.Child("variables")!;      // it was written so
            foreach (var (name, value) in AssistantAgent.Variables(fields.Child("dynamic_variables") ?? []))
                if (!variables.ContainsKey(name)) variables[name] = value?.DeepClone();
            foreach (string next in CallTools.HandoffsOf(other)) open.Enqueue(next);
        }
        if (others.Count > 0) definition["others"] = others;
        return null;
    }

    public static AgentTerms TermsOf(Chosen chosen, JsonObject command) => new(chosen.Conversation)
    {
        Assistant = chosen.Assistant ?? "",
        Model = ExternalModel.NameOf(chosen.Fields) ?? chosen.Fields.Text("model") ?? AssistantAgent.UsualModel,
        Voice = AssistantAgent.VoiceOf(command, chosen.Fields), Recogniser = AssistantAgent.RecogniserOf(command, chosen.Fields),
        InsightGroup = AssistantAgent.KeepsNothing(chosen.Fields) ? null : InsightGroups.Of(chosen.Fields),
    };

    /// <summary>The conversation that it will have.</summary>
    public static ResourceRow RowOf(TenantId tenant, OrderedCall call, Chosen chosen, JsonObject definition, DateTimeOffset now)
    {
        var metadata = MetadataOf(call);
        if (chosen.Assistant is { } assistant) metadata[AssistantRecords.AssistantId] = assistant;
        if (chosen.Version is { } version) metadata[ConversationRecords.Version] = version;
        return new()
        {
            Id = chosen.Conversation.ToString(), Tenant = tenant, CreatedAt = now, UpdatedAt = now,
            Body = new()
            {
                [ConversationRecords.Metadata] = metadata, [ConversationRecords.LastMessageAt] = TelnyxTime.Millis(now),
                [ConversationRecords.Agent] = definition,
            },
        };
    }

    /// <summary>What a conversation says of its call.</summary>
    public static JsonObject MetadataOf(OrderedCall call)
    {
        var metadata = new JsonObject
        {
            [ConversationRecords.Channel] = CallVariables.Channel, ["telnyx_agent_target"] = call.Agent,
            ["telnyx_end_user_target"] = call.EndUser,
        };
        if (call.ControlId is { } id) metadata[ConversationRecords.CallId] = id;
        return metadata;
    }

    /// <param name="Assistant">Null for one that the command describes.</param>
    public sealed record Chosen(Guid Conversation, string? Assistant, string? Version, JsonObject Fields);
}
