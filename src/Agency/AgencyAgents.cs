using System.Data;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>
/// Agents: who they are and whose. They talk on calls of their batches, by their steps, or by a prompt where the node has a model.
/// </summary>
internal sealed class AgencyAgents(AgencyParts parts)
{
    public const string RecordType = "agency_agent";

    private const int Hundredths = 100;

    public async ValueTask<Reply> List(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        var search = new AgentSearch(scope.Narrow(op.Query["client_id"]?.ToLowerInvariant()),
            op.Query["campaign_id"]?.ToLowerInvariant() ?? "", op.Query["direction"] ?? "")
        {
            Text = op.Query["search"] ?? "", IsManaged = op.Query["managed"] is { } managed ? managed is "true" : null,
        };
        var (rows, total) = await parts.Agents.ListAsync(scope.Agency, search, op.List.Offset, op.List.Size, op.Stop);
        var numbers = (await parts.Numbers.ListAsync(scope.Agency, op.Stop)).Where(number => scope.Sees(number.ClientId))
            .ToLookup(number => number.Agent);
        var batches = (await parts.Batches.ListOpenAsync(scope.Agency, op.Stop)).Where(batch => !batch.IsOver)
            .ToLookup(batch => batch.AgentMappingId);
        return op.Page([.. rows.Select(row => (JsonNode)ShowBusy(row))], total);

        JsonObject ShowBusy(AgentRow row)
        {
            var shown = Show(row, scope);
            (shown["numbers"], shown["live_batches"]) = (numbers[row.Id].Count(), batches[row.Id].Count());
            return shown;
        }
    }

    public async ValueTask<Reply> Get(OperationContext op) =>
        await FindAsync(op) is { } agent ? RowVersion.With(op.Ok(Show(agent, AgencyScope.Of(op))), agent.UpdatedAt) : op.Unknown("id");

    public async ValueTask<Reply> Create(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        var body = op.ReadObject();
        if (AgencyText.Text(body, "name") is null) return op.Fail(AgencyText.Bad("name", "An agent needs a name."));
        if (await StrayAsync(op, scope, body) is { } stray) return op.Unknown(stray);
        if (Check(op, body) is { } wrong) return op.Fail(wrong);
        if (await CrowdedAsync(op, null, body) is { } crowded) return op.Fail(crowded);
        var now = op.Now;
        var id = Guid.CreateVersion7(now);
        var agent = Changed(new() { Id = id, ProviderId = id.ToString(), TenantId = scope.Agency, CreatedAt = now }, body, now);
        if (UnfitOf(agent) is { } unfit) return op.Fail(unfit);
        var note = op.Note("created", RecordType, agent.Id.ToString(), null, Show(agent, scope)) with { Tenant = scope.Agency };
        Problem? full = null;
        return await parts.Agents.AddAsync(agent, note, op.Stop,
                db => (full = ClientRoom.FaultOfAgents(db, scope.Agency, agent.ClientId)) is null)
            ? op.Created(Show(agent, scope)) : op.Fail(full!);      // it is why
    }

    public async ValueTask<Reply> Update(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        var body = op.ReadObject();
        if (await FindAsync(op) is not { } agent) return op.Unknown("id");
        if (TheirsOf(agent, body) is { } theirs)
            return op.Fail(AgencyText.Bad(theirs, $"The agent is its provider's: change {theirs} there, and POST /agents/sync."));
        if (body.ContainsKey("name") && AgencyText.Text(body, "name") is null)
            return op.Fail(AgencyText.Bad("name", "An agent needs a name."));
        if (await StrayAsync(op, scope, body) is { } stray) return op.Unknown(stray);
        if ((Check(op, body) ?? UnfitOf(Changed(agent, body, op.Now))) is { } wrong) return op.Fail(wrong);
        if (await CrowdedAsync(op, agent.ClientId, body) is { } crowded) return op.Fail(crowded);
        bool isAsked = true;
        var (after, refused) = await ChangeAsync(op, scope, agent.Id, body, "updated",
            before => isAsked = RowVersion.IsAsked(op, before.UpdatedAt));
        if (refused is not null) return op.Fail(refused);
        return after is not null ? RowVersion.With(op.Ok(Show(after, scope)), after.UpdatedAt)
            : isAsked ? op.Unknown("id") : RowVersion.Refuse(op);
    }

    public async ValueTask<Reply> Delete(OperationContext op)
    {
        if (await FindAsync(op) is not { } agent) return op.Unknown("id");
        var scope = AgencyScope.Of(op);
        await parts.Follower.FollowAsync(scope.Agency, op.Stop);
        // As where one is moved.
        await parts.Tenancy.AgencyAsync(scope.Agency, op.Stop);
        var note = op.Note("deleted", RecordType, agent.Id.ToString(), Show(agent, scope)) with { Tenant = scope.Agency };
        return await parts.Agents.RemoveAsync(scope.Agency, agent.Id, op.Now, note, op.Stop) switch
        {
            AgentRemoval.Unknown => op.Unknown("id"),
            AgentRemoval.InUse => op.Fail(new Problem("agent_in_use", "A batch that is not over has this agent.")),
            // What the node has of its own is all that there is; what a provider has stays there.
            _ => op.Ok(new JsonObject
            {
                ["ultravox_deleted"] = agent.IsManaged && op.Query["keep_ultravox"] is not "true",
                ["local_mapping_deleted"] = true, ["was_managed"] = agent.IsManaged,
            }),
        };
    }

    /// <summary>One agent, or several, each by itself: what cannot be done with one keeps no other from its own.</summary>
    public async ValueTask<Reply> Assign(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        var body = op.ReadObject();
        var several = body["assignments"] as JsonArray;
        if (several is null != body.ContainsKey("agent_id") || several is not null && body.Count > 1)
            return op.Fail(AgencyText.Bad("assignments", "Either agent_id with what it is assigned to, or assignments."));
        var asked = several is null ? [body] : several.Select(one => one!.AsObject()).ToList();
        var shape = several is null ? op.BodySchema : op.BodySchema?.FindProperty("assignments")?.FindItems();
        if (asked.SelectMany(one => one).FirstOrDefault(field => shape?.FindProperty(field.Key) is null) is { Key: { } unknown })
            return op.Fail(AgencyText.Bad("assignments", $"There is no field '{unknown}' of an assignment."));
        var results = new JsonArray();
        foreach (var one in asked) results.Add((JsonNode)await AssignAsync(op, scope, one));
        int done = results.Count(one => (bool)one!["success"]!);
        return op.Ok(new JsonObject
        {
            ["success"] = done == results.Count, ["results"] = results,
            ["summary"] = new JsonObject { ["total"] = results.Count, ["successful"] = done, ["failed"] = results.Count - done },
        });
    }

    private async ValueTask<JsonObject> AssignAsync(OperationContext op, AgencyScope scope, JsonObject one)
    {
        string id = (string)one["agent_id"]!;       // required
        var result = new JsonObject { ["agent_id"] = id, ["success"] = false };
        if (await StrayAsync(op, scope, one) is { } stray) result["error"] = $"There is nothing of this {stray}.";
        else if (await parts.Agents.FindAsync(scope.Agency, Guid.Parse(id), op.Stop) is { } agent
                && await CrowdedAsync(op, agent.ClientId, one) is { } crowded)
            result["error"] = crowded.Detail;
        else
        {
            var (after, refused) = await ChangeAsync(op, scope, Guid.Parse(id), one, "assigned");
            if (after is null) result["error"] = refused?.Detail ?? "There is no such agent.";
            else result["success"] = true;
        }
        return result;
    }

    /// <param name="may">Whether it is to be changed as it is; null for yes.</param>
    /// <returns>As it is then, or why it stays with whom it is; neither when it was not to be changed.</returns>
    private async ValueTask<(AgentRow? After, Problem? Refused)> ChangeAsync(OperationContext op, AgencyScope scope, Guid id,
        JsonObject body, string name, Func<AgentRow, bool>? may = null)
    {
        // Its row is there: by that who moves agents and who makes batches take turns.
        await parts.Tenancy.AgencyAsync(scope.Agency, op.Stop);
        Problem? refused = null;
        var now = await parts.Agents.ChangeAsync(scope.Agency, id,
            before => may?.Invoke(before) is false ? null : Changed(before, body, op.Now),
            (before, after) => op.Note(name, RecordType, id.ToString(), Show(before, scope), Show(after, scope)) with
            {
                Tenant = scope.Agency,
            }, op.Stop, (db, before, after) => (refused = MoveFault(db, before, after)) is null);
        return (now, now is null ? refused : null);
    }

    /// <summary>Why an agent does not come to another client: a batch talks by it for one, or there is no room.</summary>
    private static Problem? MoveFault(IDbConnection db, AgentRow before, AgentRow after)
    {
        if (after.ClientId is not { } client || client == before.ClientId) return null;
        TenancyTable.TakeTurn(db, after.TenantId);
        return AgentTable.CallsForOthers(db, after.TenantId, after.Id, client)
            ? new("agent_in_use", "A batch of another client, which is not over, has this agent.")
            : ClientRoom.FaultOfAgents(db, after.TenantId, client);
    }

    /// <summary>The field that names what is not there, if one does.</summary>
    private async ValueTask<string?> StrayAsync(OperationContext op, AgencyScope scope, JsonObject body) =>
        AgencyText.Text(body, "client_id") is { } client && await parts.Tenancy.ClientAsync(scope.Agency, client, op.Stop) is null
            ? "client_id"
        : AgencyText.Text(body, "campaign_id") is { } campaign
            && await parts.Campaigns.FindAsync(scope.Agency, Guid.Parse(campaign), op.Stop) is null ? "campaign_id"
        : ToolsOf(body) is { Count: > 0 } tools && !await parts.Tools.HasAllAsync(scope.Agency, tools, op.Stop) ? "tools" : null;

    /// <summary>What keeps the client that a body names from getting an agent that was another's.</summary>
    private ValueTask<Problem?> CrowdedAsync(OperationContext op, string? client, JsonObject body) =>
        AgencyText.Text(body, "client_id")?.ToLowerInvariant() is { } next && next != client ? parts.Room.ForAgentAsync(op, next)
            : new((Problem?)null);

    /// <summary>Each once; null where the body does not say.</summary>
    private static List<string>? ToolsOf(JsonObject body) =>
        (body["tools"] as JsonArray)?.Select(one => ((string)one!).ToLowerInvariant()).Distinct().ToList();

    private static Problem? Check(OperationContext op, JsonObject body)
    {
        if (body["temperature"] is { } warmth && (decimal)warmth * Hundredths is var hundredths
            && hundredths != decimal.Truncate(hundredths))
            return AgencyText.Bad("temperature", "A temperature has at most two decimals.");
        return AgentTransfers.FaultOf(body, op.BodySchema?.FindProperty(AgentTransfers.Field)?.FindItems());
    }

    /// <summary>What a change would change here alone, of an agent that is a provider's; null where there is nothing.</summary>
    private static string? TheirsOf(AgentRow agent, JsonObject body) => agent.VoiceProvider is AgentRow.Internal ? null
        // A function has the agent's own id in its body.
        : body.Select(field => field.Key)
            .FirstOrDefault(name => name is not ("client_id" or "campaign_id" or "default_direction" or "agent_id"));

    /// <summary>What of an agent does not go together.</summary>
    private Problem? UnfitOf(AgentRow agent) => agent is { VoicemailPolicy: AgentRow.LeaveMessage, VoicemailMessage: null }
        ? AgencyText.Bad("voicemail_message", "An agent that leaves a message needs a voicemail_message.")
        : AgentSteps.FaultOf(agent, parts.ScriptFault);

    /// <summary>With the fields that the body has; one that is null is emptied.</summary>
    private static AgentRow Changed(AgentRow agent, JsonObject body, DateTimeOffset at)
    {
        string? Of(string field, string? was) => body.ContainsKey(field) ? AgencyText.Text(body, field) : was;
        return agent with
        {
            Name = AgencyText.Text(body, "name") ?? agent.Name,
            ClientId = Of("client_id", agent.ClientId)?.ToLowerInvariant(),
            CampaignId = Of("campaign_id", agent.CampaignId)?.ToLowerInvariant(),
            DefaultDirection = Of("default_direction", agent.DefaultDirection),
            SystemPrompt = Of("system_prompt", agent.SystemPrompt),
            Voice = Of("voice", agent.Voice),
            LanguageHint = AgencyText.Language(AgencyText.Text(body, "language_hint")) ?? agent.LanguageHint,
            Temperature = body["temperature"] is { } warmth ? (long)((decimal)warmth * Hundredths) : agent.Temperature,
            FirstSpeakerText = Of("first_speaker_text", agent.FirstSpeakerText),
            MaxDurationSeconds = (long?)body["max_duration_seconds"] ?? agent.MaxDurationSeconds,
            VoicemailPolicy = AgencyText.Text(body, "voicemail_policy") ?? agent.VoicemailPolicy,
            VoicemailMessage = Of("voicemail_message", agent.VoicemailMessage),
            Tools = ToolsOf(body) is { } tools ? new JsonArray([.. tools.Select(id => (JsonNode)id)]).ToJsonString() : agent.Tools,
            Transfers = AgentTransfers.Of(body) ?? agent.Transfers,
            Script = body.ContainsKey(AgentSteps.Field) ? (body[AgentSteps.Field] as JsonObject)?.ToJsonString() : agent.Script,
            UpdatedAt = at,
        };
    }

    private async ValueTask<AgentRow?> FindAsync(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        return Guid.TryParse(op.Path("id"), out var id) && await parts.Agents.FindAsync(scope.Agency, id, op.Stop) is { } agent
            && scope.Sees(agent.ClientId) ? agent : null;
    }

    /// <summary>Users of a client are not shown what the agency has told it, nor how it is known to whoever speaks for it.</summary>
    private static JsonObject Show(AgentRow agent, AgencyScope scope)
    {
        var shown = new JsonObject
        {
            ["id"] = agent.Id.ToString(), ["agency_id"] = agent.TenantId.ToString(), ["client_id"] = agent.ClientId,
            ["campaign_id"] = agent.CampaignId, ["name"] = agent.Name, ["voice_provider"] = agent.VoiceProvider,
            ["default_direction"] = agent.DefaultDirection, ["voice"] = agent.Voice, ["language_hint"] = agent.LanguageHint,
            ["temperature"] = agent.Temperature / (decimal)Hundredths,
            ["first_speaker_text"] = agent.FirstSpeakerText, ["max_duration_seconds"] = agent.MaxDurationSeconds,
            ["voicemail_policy"] = agent.VoicemailPolicy, ["voicemail_message"] = agent.VoicemailMessage,
            ["managed"] = agent.IsManaged, ["created_at"] = AgencyText.Time(agent.CreatedAt),
            ["updated_at"] = AgencyText.Time(agent.UpdatedAt), [RowVersion.Field] = RowVersion.Of(agent.UpdatedAt),
        };
        if (scope.Client is not null) return shown;
        shown["tools"] = JsonNode.Parse(agent.Tools);
        shown[AgentTransfers.Field] = JsonNode.Parse(agent.Transfers ?? "[]");
        shown["ultravox_agent_id"] = agent.ProviderId;
        shown["ultravox_agent_name"] = agent.Name;
        shown["system_prompt"] = agent.SystemPrompt;
        shown[AgentSteps.Field] = AgentSteps.Of(agent);
        shown["last_synced_at"] = AgencyText.Time(agent.LastSyncedAt);
        return shown;
    }
}
