using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Assistants as their main version is: make, show, change, delete, copy.</summary>
internal static class AssistantResources
{
    private const string Id = AssistantRecords.AssistantId;

    public static async ValueTask<Reply> Create(OperationContext op, AssistantParts parts)
    {
        var body = AssistantBody.Over(op, []);
        // Newer clients need not say one.
        body["model"] ??= AssistantAgent.UsualModel;
        if (await AssistantBody.CheckAsync(op, body, before: null, parts) is { } problem) return op.Fail(problem);
        return AssistantTags.Read(op, out var tags) ?? await InsertAsync(op, body, parts, tags);
    }

    /// <summary>With its variables as a call would have them, where that is asked for: its server is asked as it is for a call.</summary>
    public static async ValueTask<Reply> Get(OperationContext op, AssistantParts parts)
    {
        if (await AssistantRecords.Rows(parts.Store).FindAsync(op.Tenant, op.Path(Id), op.Stop) is not { } row) return op.Unknown(Id);
        var shown = AssistantRecords.Show(row);
        if (op.Query["fetch_dynamic_variables_from_webhook"] is "true" && parts.Variables is { } web)
        {
            var call = new OrderedCall(op.Query[CallVariables.CallId], Direction.Inbound, op.Query["from"] ?? "", op.Query["to"] ?? "");
            shown["dynamic_variables"] = await new InitialVariables(parts.Store, web).TryAsync(op.Tenant, row.Id, row.Body,
                CallVariables.Of(call, said: null), op.Stop);
        }
        return op.Bare(200, shown);
    }

    /// <summary>Always a new version, which becomes the main one unless the request says otherwise; then a canary is over.</summary>
    public static ValueTask<Reply> Update(OperationContext op, AssistantParts parts) =>
        Revisions.ChangeAsync(op, AssistantRecords.Rows(parts.Store), Id, async row =>
        {
            var body = AssistantBody.Over(op, row.Body);
            if (await AssistantBody.CheckAsync(op, body, row.Body, parts) is { } problem) return new(op.Fail(problem));
            if (AssistantTags.Read(op, out var tags) is { } refused) return new(refused);
            return await NextAsync(op, row, body, op.ReadObject().Flag("promote_to_main", fallback: true), parts, tags: tags);
        });

    public static async ValueTask<Reply> Delete(OperationContext op, AssistantParts parts)
    {
        var rows = AssistantRecords.Rows(parts.Store);
        if (await rows.FindAsync(op.Tenant, op.Path(Id), op.Stop) is not { } row) return op.Unknown(Id);
        var work = new UnitOfWork
        {
            Note = op.Note("deleted", AssistantRecords.Kind, row.Id, row.Body),
            // What it was to do one day it does not.
            Below =
            [
                new(AssistantRecords.VersionKind, Id, row.Id) { IsIndexed = true },
                new(ScheduledEvents.KindName, Id, row.Id) { IsIndexed = true, HasJobs = true },
            ],
        };
        return await rows.DeleteAsync(op.Tenant, row.Id, work, op.Stop) is WriteOutcome.Done
            ? op.Bare(200, new JsonObject { ["id"] = row.Id, ["object"] = "assistant", ["deleted"] = true }) : op.Unknown(Id);
    }

    /// <summary>Another assistant that says the same, but for what ties the first one to numbers and profiles.</summary>
    public static async ValueTask<Reply> Clone(OperationContext op, AssistantParts parts)
    {
        if (await AssistantRecords.Rows(parts.Store).FindAsync(op.Tenant, op.Path(Id), op.Stop) is not { } row) return op.Unknown(Id);
        var body = AssistantBody.FieldsOf(row.Body);
        body.Remove(AssistantBody.Telephony);
        body.Remove(AssistantBody.Messaging);
        // Its tools are its own.
        if (body[AssistantBody.Tools] is JsonArray tools) AssistantTools.Name(tools, before: null);
        return await InsertAsync(op, body, parts);
    }

    /// <summary>The next version of an assistant, as its main one or beside that.</summary>
    /// <param name="fields">What it says.</param>
    /// <param name="reply">Null answers with the version.</param>
    /// <param name="tags">Which the assistant has from now on, whatever its version; null leaves it those that it has.</param>
    public static async ValueTask<Revised> NextAsync(OperationContext op, ResourceRow row, JsonObject fields, bool isMain,
        AssistantParts parts, Reply? reply = null, IReadOnlyList<string>? tags = null)
    {
        var made = await AssistantApplications.NameAsync(op, row.Id, fields, [row.Body], parts);
        var now = op.Now;
        int number = (row.Body.Whole(AssistantRecords.Number) ?? 0) + 1;
        var version = AssistantRecords.NewVersion(op, row.Id, fields, number, now);
        var main = isMain ? AssistantRecords.MainOf(version, number, row.Body) : row.Body.DeepClone().AsObject();
        main[AssistantRecords.Number] = number;
        AssistantApplications.Keep(main, version.Body);
        if (tags is not null) AssistantTags.Put(main, tags);
        var after = row with { Body = main, UpdatedAt = now };
        var note = isMain ? op.Note("updated", AssistantRecords.Kind, row.Id, row.Body)
            : op.Note("created", AssistantRecords.VersionKind, version.Id, after: version.Body);
        return new(reply ?? op.Bare(200, AssistantRecords.ShowVersion(after, version)), after,
            AssistantRecords.Work(note, version, made));
    }

    public static JsonObject Listed(IEnumerable<JsonObject> items) => new() { ["data"] = new JsonArray([.. items]) };

    private static async ValueTask<Reply> InsertAsync(OperationContext op, JsonObject body, AssistantParts parts,
        IReadOnlyList<string>? tags = null)
    {
        string id = AssistantRecords.NewId();
        var made = await AssistantApplications.NameAsync(op, id, body, [], parts);
        var now = op.Now;
        var version = AssistantRecords.NewVersion(op, id, body, number: 1, now);
        var main = AssistantRecords.MainOf(version, number: 1);
        if (tags is not null) AssistantTags.Put(main, tags);
        var row = new ResourceRow { Id = id, Tenant = op.Tenant, Body = main, CreatedAt = now, UpdatedAt = now };
        var work = AssistantRecords.Work(op.Note("created", AssistantRecords.Kind, id), version, made);
        return await AssistantRecords.Rows(parts.Store).InsertAsync(row, work, op.Stop) is WriteOutcome.Done
            ? op.Bare(200, AssistantRecords.Show(row)) : op.Fail(Fault.Conflict);
    }
}
