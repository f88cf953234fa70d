using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Inference;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Brings assistants from other services, by their APIs and with the account's key there. All are read and checked before one is written.
/// What has no place here is left out, and stands in the account's trail.
/// </summary>
internal static class AssistantImport
{
    private const string Provider = "provider", KeyOf = "api_key_ref", Ids = "import_ids", ImportId = "import_id",
        ImportProvider = "import_provider", LeftOut = "left_out";
    private const int Most = 100, LongestId = 255;

    public static async ValueTask<Reply> Run(OperationContext op, AssistantParts parts)
    {
        var body = op.ReadObject();
        string provider = body.Text(Provider) ?? "";
        if (parts.Imports is not { } bases) return op.NotBuilt("Not built yet: bringing assistants from other services.");
        if (body[Ids] is { } said && !(said is JsonArray { Count: <= Most } list && body.Texts(Ids).Count == list.Count
                && body.Texts(Ids).All(id => id.Length is > 0 and <= LongestId)))
            return op.Invalid("/" + Ids, VoiceErrors.BadRequest, $"{Ids} must be a list of at most {Most} ids.");
        if (await ToolSecrets.FindTokenAsync(op.Tenant, body.Text(KeyOf) ?? "", parts.Store, op.Stop) is not { } token)
            return op.Fail(AssistantBody.Nowhere(op, "/" + KeyOf, "No bearer's integration secret of this account has this identifier."));
        using var place = bases.Places.TryTake(op.Tenant, op.Caller.Root);
        if (place is null) return ModelErrors.NoPlace(op, "An import of the account is under way, or too many of others");
        var (source, found) = (default(ImportSource), new List<ImportedAssistant>());
        try
        {
            (source, found) = await ReadAsync(op, provider, token, bases, body.Texts(Ids), parts);
        }
        // JSON of others may escape half of a pair of surrogates, which is no text.
        catch (InvalidOperationException)
        {
            return op.Invalid("/" + Provider, VoiceErrors.BadRequest, "What the service answered has a text that is none.");
        }
        if (source.Fault is { } fault) return op.Invalid("/" + Provider, VoiceErrors.BadRequest, fault);
        if (body.Texts(Ids).Except(found.Select(one => one.Id), StringComparer.Ordinal).FirstOrDefault() is { } unmade)
            return op.Invalid("/" + Ids, VoiceErrors.BadRequest, $"Nothing can be made here of {unmade}: the service does not tell what it "
                + "thinks by.");
        if (found.Count > Most) return op.Invalid("/" + Ids, VoiceErrors.BadRequest, $"There are more than {Most} assistants: name some.");
        foreach (var one in found)
            if (await FitAsync(op, one, parts) is { } problem)
                return op.Fail(problem with { Detail = $"{one.Id}: {problem.Detail}", Pointer = "/" + Provider });
        var shown = new List<JsonObject>();
        foreach (var one in found)
        {
            if (await WriteAsync(op, provider, one, parts) is not { } row) return op.Fail(Fault.Conflict);
            shown.Add(AssistantRecords.Show(row));
        }
        return op.Bare(200, AssistantResources.Listed(shown));
    }

    private static async ValueTask<(ImportSource Source, List<ImportedAssistant> Found)> ReadAsync(OperationContext op, string provider,
        string token, ImportBases bases, IReadOnlyList<string> ids, AssistantParts parts)
    {
        token = new([.. token.Where(c => c is > ' ' and <= '~')]);
        var bearer = KeyValuePair.Create("Authorization", $"Bearer {token}");
        ImportSource Of(string url, KeyValuePair<string, string> key) => new(parts.Egress, op.Tenant, url, key);
        ImportSource source;
        switch (provider)
        {
            case "elevenlabs":
                source = Of(bases.ElevenLabs, KeyValuePair.Create("xi-api-key", token));
                return (source, await ElevenLabsImport.ReadAsync(source, ids, op.Stop));
            case "retell":
                source = Of(bases.Retell, bearer);
                return (source, await RetellImport.ReadAsync(source, ids, op.Stop));
            // The schema knows no fourth one.
            default:
                source = Of(bases.Vapi, bearer);
                return (source, await VapiImport.ReadAsync(source, ids, op.Stop));
        }
    }

    /// <summary>Makes of it what may be saved: by a model that may be asked for, and without tools that cannot be.</summary>
    /// <returns>Why it cannot; null when it can.</returns>
    private static async ValueTask<Problem?> FitAsync(OperationContext op, ImportedAssistant one, AssistantParts parts)
    {
        int models = 0;
        one.Fields["model"] ??= AssistantAgent.UsualModel;
        one.Settle();
        while (true)
        {
            if (await AssistantBody.CheckAsync(op, one.Fields, before: null, parts) is not { } problem) return null;
            if (problem.Pointer is "/model" && models < 2)
            {
                if (models == 0) one.LeftOut.Add($"model {one.Fields.Text("model")}");
                // Whoever has refused the usual one was asked for its list.
                one.Fields["model"] = models++ == 1 && parts.Inference.Listed.Find(op.Now) is [var first, ..] ? first.Id
                    : AssistantAgent.UsualModel;
            }
            else if (ToolOf(problem.Pointer) is { } tool) one.LeaveOut(tool);
            else return problem;
        }
    }

    private static int? ToolOf(string? pointer) => pointer?.Split('/') is ["", AssistantBody.Tools, var number, ..]
        && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int at) ? at : null;

    /// <summary>One that was brought before gets another version, which is the main one.</summary>
    /// <returns>Null where others were faster, again and again.</returns>
    private static async ValueTask<ResourceRow?> WriteAsync(OperationContext op, string provider, ImportedAssistant one,
        AssistantParts parts)
    {
        var rows = AssistantRecords.Rows(parts.Store);
        var told = new JsonObject
        {
            [ImportProvider] = provider, [LeftOut] = new JsonArray([.. one.LeftOut.Select(what => (JsonNode)what)]),
        };
        for (int attempt = 0; attempt < Revisions.Attempts; attempt++)
        {
            var page = await rows.ListAsync(op.Tenant, new()
            {
                Filters =
                [
                    new($"{AssistantRecords.Import}.{ImportId}", "eq", [one.Id]),
                    new($"{AssistantRecords.Import}.{ImportProvider}", "eq", [provider]),
                ],
                Limit = 1,
            }, op.Stop);
            if (page.Rows is not [var before]) return await InsertAsync(op, rows, one, told, parts);
            var fields = AssistantBody.FieldsOf(before.Body);
            foreach (var (name, value) in one.Fields) fields[name] = value?.DeepClone();
            if (fields[AssistantBody.Tools] is JsonArray tools) AssistantTools.Name(tools, before.Body[AssistantBody.Tools] as JsonArray);
            var next = await AssistantResources.NextAsync(op, before, fields, isMain: true, parts);
            var after = next.After!;        // a version always changes it
            var note = op.Note("imported", AssistantRecords.Kind, before.Id, before.Body, With(after.Body, told));
            var work = next.Work! with { Note = note };      // as above
            if (await rows.UpdateAsync(after, work, op.Stop) is WriteOutcome.Done) return after;
        }
        return null;
    }

    private static async ValueTask<ResourceRow?> InsertAsync(OperationContext op, IResourceRows rows, ImportedAssistant one,
        JsonObject told, AssistantParts parts)
    {
        string id = AssistantRecords.NewId();
        // It answers calls where it comes from.
        AssistantApplications.Enable(one.Fields);
        var made = await AssistantApplications.NameAsync(op, id, one.Fields, [], parts);
        var now = op.Now;
        var version = AssistantRecords.NewVersion(op, id, one.Fields, number: 1, now);
        var body = AssistantRecords.MainOf(version, number: 1);
        body[AssistantRecords.Import] = new JsonObject { [ImportId] = one.Id, [ImportProvider] = told.Text(ImportProvider) };
        var row = new ResourceRow { Id = id, Tenant = op.Tenant, Body = body, CreatedAt = now, UpdatedAt = now };
        var work = AssistantRecords.Work(op.Note("imported", AssistantRecords.Kind, id, after: With(body, told)), version, made);
        return await rows.InsertAsync(row, work, op.Stop) is WriteOutcome.Done ? row : null;
    }

    /// <summary>An assistant as the account's trail has it, with what was left out.</summary>
    private static JsonObject With(JsonObject body, JsonObject told)
    {
        var all = body.DeepClone().AsObject();
        all[LeftOut] = told[LeftOut]?.DeepClone();
        return all;
    }
}
