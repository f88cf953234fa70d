using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Tools that stand by themselves, so that several assistants may have one; an assistant names them by <c>tool_ids</c>.</summary>
internal static class SharedTools
{
    private const string Id = "tool_id", Type = "type", Name = "display_name", Timeout = "timeout_ms", Definition = "tool_definition";

    private static readonly string[] Types =
    [
        "function", "handoff", "hangup", "refer", "send_dtmf", "send_message", "skip_turn", "transfer", "webhook",
    ];

    public static readonly ResourceKind Kind = new("ai_tool")
    {
        IsNewestFirst = true,
        Filterable = ["name", Type],
        Paths = new Dictionary<string, string> { ["name"] = Name },
        Show = (_, row, shown) =>
        {
            shown.Clear();
            foreach (var (name, value) in Show(row)) shown[name] = value?.DeepClone();
        },
    };

    /// <summary>That an assistant names tools which are there, each once.</summary>
    public static async ValueTask<Problem?> CheckIdsAsync(OperationContext op, IReadOnlyList<string> ids, AssistantParts parts)
    {
        const string field = AssistantBody.ToolIds;
        for (int i = 0; i < ids.Count; i++)
        {
            if (ids.Take(i).Contains(ids[i])) return AssistantBody.At($"/{field}/{i}", VoiceErrors.BadRequest, "This tool is named twice.");
            if (await Rows(parts.Store).FindAsync(op.Tenant, ids[i], op.Stop) is null)
                return AssistantBody.Nowhere(op, $"/{field}/{i}", "No shared tool of this account has this id.");
        }
        return null;
    }

    public static async ValueTask<Reply> Create(OperationContext op, AssistantParts parts)
    {
        var (body, problem) = await ReadAsync(op, [], parts);
        if (problem is not null) return op.Fail(problem);
        var now = op.Now;
        var row = new ResourceRow { Id = Guid.NewGuid().ToString(), Tenant = op.Tenant, Body = body, CreatedAt = now, UpdatedAt = now };
        return await Rows(parts.Store).InsertAsync(row, op.Note("created", Kind.RecordType, row.Id), op.Stop) is WriteOutcome.Done
            ? op.Bare(200, Show(row)) : op.Fail(Fault.Conflict);
    }

    public static async ValueTask<Reply> Get(OperationContext op, AssistantParts parts) =>
        await Rows(parts.Store).FindAsync(op.Tenant, op.Path(Id), op.Stop) is { } row ? op.Bare(200, Show(row)) : op.Unknown(Id);

    public static ValueTask<Reply> Update(OperationContext op, AssistantParts parts) =>
        Revisions.ChangeAsync(op, Rows(parts.Store), Id, async row =>
        {
            var (body, problem) = await ReadAsync(op, row.Body, parts);
            if (problem is not null) return new(op.Fail(problem));
            var after = row with { Body = body, UpdatedAt = op.Now };
            return new(op.Bare(200, Show(after)), after, op.Note("updated", Kind.RecordType, row.Id, row.Body));
        });

    public static async ValueTask<Reply> Delete(OperationContext op, AssistantParts parts)
    {
        var rows = Rows(parts.Store);
        if (await rows.FindAsync(op.Tenant, op.Path(Id), op.Stop) is not { } row) return op.Unknown(Id);
        if (await InUseAsync(op, row.Id, parts) is { } used) return used;
        if (await rows.DeleteAsync(op.Tenant, row.Id, op.Note("deleted", Kind.RecordType, row.Id, row.Body), op.Stop)
            is not WriteOutcome.Done) return op.Unknown(Id);
        // Somebody gave it to an assistant in that moment, and is not told so: it stays.
        if (await InUseAsync(op, row.Id, parts) is not { } late) return op.Bare(200, new JsonObject());
        await rows.InsertAsync(row, op.Note("created", Kind.RecordType, row.Id), op.Stop);
        return late;
    }

    private static async ValueTask<Reply?> InUseAsync(OperationContext op, string tool, AssistantParts parts)
    {
        var users = await AssistantRecords.Rows(parts.Store).ListAsync(op.Tenant,
            new() { Filters = [new(AssistantBody.ToolIds, "eq", [tool])], Limit = 1 }, op.Stop);
        return users.Total == 0 ? null : op.Fail(Fault.InUse, $"{users.Total} assistants have this tool: take it from them first.");
    }

    /// <summary>A second time changes nothing.</summary>
    public static async ValueTask<Reply> Attach(OperationContext op, AssistantParts parts)
    {
        var reply = await AttachAsync(op, parts);
        // Whoever deletes it looks for assistants once more behind that, and this looks for the tool: one of the two sees the other.
        if (reply.IsProblem || await Rows(parts.Store).FindAsync(op.Tenant, op.Path(Id), op.Stop) is not null) return reply;
        await Detach(op, parts);
        return op.Unknown(Id);
    }

    private static ValueTask<Reply> AttachAsync(OperationContext op, AssistantParts parts) =>
        Revisions.ChangeAsync(op, AssistantRecords.Rows(parts.Store), AssistantRecords.AssistantId, async row =>
        {
            string tool = op.Path(Id);
            if (await Rows(parts.Store).FindAsync(op.Tenant, tool, op.Stop) is null) return new(op.Unknown(Id));
            var ids = row.Body.Texts(AssistantBody.ToolIds);
            if (ids.Contains(tool)) return new(op.Bare(200, new JsonObject()));
            return AgentLimits.CountOfTools(row.Body) < AgentLimits.Tools ? await WithAsync(op, row, [.. ids, tool], parts)
                : new(op.Fail(new Problem(VoiceErrors.BadLength, $"An assistant has at most {AgentLimits.Tools} tools.")));
        });

    public static ValueTask<Reply> Detach(OperationContext op, AssistantParts parts) =>
        Revisions.ChangeAsync(op, AssistantRecords.Rows(parts.Store), AssistantRecords.AssistantId, row =>
        {
            var ids = row.Body.Texts(AssistantBody.ToolIds);
            string tool = op.Path(Id);
            return ids.Contains(tool) ? WithAsync(op, row, [.. ids.Where(id => id != tool)], parts) : new(new Revised(op.Unknown(Id)));
        });

    /// <summary>As an assistant has tools of its own; null when it is not there any more.</summary>
    public static async ValueTask<JsonObject?> FindAsync(TenantId tenant, string id, Database store, CancellationToken stop)
    {
        if (await Rows(store).FindAsync(tenant, id, stop) is not { } row) return null;
        string type = row.Body.Text(Type)!;      // each has one
        var tool = new JsonObject { ["type"] = type, [type] = row.Body[Definition]?.DeepClone() };
        if (row.Body[Timeout] is { } timeout) tool[Timeout] = timeout.DeepClone();
        return tool;
    }

    /// <summary>An assistant's own tools, and those that it shares with others.</summary>
    public static async ValueTask<List<JsonObject>> OfAsync(JsonObject fields, TenantId tenant, Database store, CancellationToken stop)
    {
        var tools = (fields[AssistantBody.Tools] as JsonArray ?? []).OfType<JsonObject>().ToList();
        foreach (string id in fields.Texts(AssistantBody.ToolIds))
            if (await FindAsync(tenant, id, store, stop) is { } shared) tools.Add(shared);
        return tools;
    }

    private static IResourceRows Rows(Database store) => store.Documents.Rows(Kind);

    private static ValueTask<Revised> WithAsync(OperationContext op, ResourceRow row, IReadOnlyList<string> ids, AssistantParts parts)
    {
        var fields = AssistantBody.FieldsOf(row.Body);
        fields[AssistantBody.ToolIds] = new JsonArray([.. ids.Select(id => (JsonNode)id)]);
        return AssistantResources.NextAsync(op, row, fields, isMain: true, parts, op.Bare(200, new JsonObject()));
    }

    /// <summary>What the request makes of a tool: its type stays, and what it is stands in the request under the type's name.</summary>
    private static async ValueTask<(JsonObject Body, Problem? Problem)> ReadAsync(
        OperationContext op, JsonObject before, AssistantParts parts)
    {
        var (body, given) = (before.DeepClone().AsObject(), op.ReadObject());
        string type = given.Text(Type) ?? body.Text(Type)!;      // a new one must say it
        if (!Types.Contains(type))
            return (body, AssistantBody.At("/" + Type, VoiceErrors.BadRequest,
                $"10041: tools of this type are not built; there are {string.Join(", ", Types)}."));
        if (body.Text(Type) is { } known && known != type)
            return (body, AssistantBody.At("/" + Type, VoiceErrors.BadRequest, "The type of a tool cannot be changed."));
        body[Type] = type;
        foreach (string field in new[] { Name, Timeout })
            if (given[field] is { } value) body[field] = value.DeepClone();
        if (given[type] is JsonObject definition) body[Definition] = definition.DeepClone();
        else if (body[Definition] is null && type is "hangup" or "send_message" or "skip_turn") body[Definition] = new JsonObject();
        if (body[Definition] is not JsonObject whole)
            return (body, AssistantBody.At("/" + type, VoiceErrors.MissingParameter, $"A tool of type {type} needs {type}."));
        var tool = new JsonObject { [Type] = type, [type] = whole.DeepClone() };
        if (body[Timeout] is { } timeout) tool[Timeout] = timeout.DeepClone();
        return (body, await AssistantTools.CheckAsync(op, tool, "", parts));
    }

    private static JsonObject Show(ResourceRow row)
    {
        var shown = new JsonObject
        {
            ["id"] = row.Id, [Type] = row.Body.Text(Type), [Name] = row.Body.Text(Name),
            [Definition] = row.Body[Definition]?.DeepClone(), ["created_at"] = TelnyxTime.Millis(row.CreatedAt),
        };
        if (row.Body[Timeout] is { } timeout) shown[Timeout] = timeout.DeepClone();
        return shown;
    }
}
