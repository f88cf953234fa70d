using System.Text.Json.Nodes;
using Ringwright.Agency.Figures;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Blobs;

namespace Ringwright.Agency.Calling;

/// <summary>What belongs to a call beside itself: what people write of it, its sound, and all calls as a table.</summary>
internal sealed class CallExtras(AgencyParts parts, AgencyCalls calls)
{
    private const int AtOnce = 500;

    public async ValueTask<Reply> AddNote(OperationContext op)
    {
        if (await calls.FindAsync(op) is not { } call) return op.Unknown("id");
        if (AgencyText.Text(op.ReadObject(), "text") is not { } text) return op.Fail(AgencyText.Bad("text", "A note has a text."));
        // A client has its row before anything refers to it.
        if (call.Client is { } client) await parts.Tenancy.ClientAsync(call.Agency, client, op.Stop);
        var note = new WrittenNote
        {
            Id = Guid.CreateVersion7(op.Now), TenantId = call.Agency, ClientId = call.Client, CallId = call.Leg.Uuid.ToString(),
            Author = op.Caller.KeyId, Body = text, CreatedAt = Times.Cut(op.Now),
        };
        await parts.WrittenNotes.AddAsync(note, op.Note("noted", AgencyCalls.RecordType, note.CallId, null, Show(note)) with
        {
            Tenant = call.Agency,
        }, op.Stop);
        return op.Created(Show(note));
    }

    /// <summary>The call, with what people have written of it, and what was found in what was said.</summary>
    public async ValueTask<Reply> Get(OperationContext op)
    {
        if (await calls.FindAsync(op) is not { } call) return op.Unknown("id");
        var shown = call.Write();
        var notes = await parts.WrittenNotes.ListAsync(call.Agency, call.Leg.Uuid.ToString(), op.Stop);
        shown["notes"] = new JsonArray([.. notes.Select(note => (JsonNode)Show(note))]);
        // It tells what was said, and so does what a provider says of its own call.
        if (await new ClientGrants(parts).MayAsync(op, "calls.transcript.read"))
        {
            shown["analysis"] = AnalysisOf(call);
            (shown["short_summary"], shown["summary"]) = (call.Remote?.ShortSummary, call.Remote?.Summary);
        }
        // By whom an agency calls is its own business.
        if (op.Caller.Child is null)
            (shown["voice_provider"], shown["ultravox_call_id"]) = call.Remote is { } told
                ? (ProviderCallTable.Provider, told.ProviderCallId) : (AgentRow.Internal, call.Leg.Uuid.ToString());
        shown["tags"] = call.Tags;
        shown["legal_hold"] = call.Note?.IsHeld ?? false;
        shown["recording_consent"] = RecordingConsent.IsRefusedOn(call.Leg.Labels) ? RecordingConsent.Refused : null;
        shown["recording_deleted_at"] = AgencyText.Time(call.Note?.RecordingDeletedAt);
        string role = AgencyRoles.Of(op.Caller);
        // Of the line, and of the model that judged it, where that says so: voices and recognisers are the node's own, which nobody pays.
        if (Permissions.May(role, "calls.cost.read"))
        {
            (shown["telephony_cost"], shown["telephony_cost_currency"]) = (call.Facts.Cost?.Text, call.Facts.Cost?.Currency);
            (shown["billed_seconds"], shown["billing_status"]) = (call.Remote?.BilledSeconds, call.Remote?.BillingStatus);
            long? judged = call.Note?.AnalysisCostMicros;
            (shown["llm_cost"], shown["llm_cost_currency"]) =
                (judged is { } micros ? Money.Format(micros) : null, judged is null ? null : CostSum.OfModels);
        }
        if (await new ClientGrants(parts).MayAsync(op, "calls.price.read"))
        {
            var charged = call.Client is { } client
                ? await parts.Usage.FindCallAsync(call.Agency, client, call.Leg.Uuid.ToString(), op.Stop) : null;
            (shown["client_price"], shown["client_price_currency"]) =
                (charged is null ? null : Money.Format(charged.Micros), charged?.Currency);
        }
        return op.Ok(shown);
    }

    /// <summary>The call, with what was found in what was said.</summary>
    public static JsonObject WithAnalysis(AgencyCall call)
    {
        var shown = call.Write();
        shown["analysis"] = AnalysisOf(call);
        return shown;
    }

    /// <summary>The newest recording of the call; whoever fetches it is in the trail.</summary>
    public async ValueTask<Reply> Recording(OperationContext op)
    {
        if (await calls.FindAsync(op) is not { } call) return op.Unknown("id");
        if (call.Facts.Recordings.LastOrDefault() is not { } id)
            return op.Unknown("id", call.Remote is null ? "The call has no recording." : "If there is a recording, the provider has it.");
        var account = call.Leg.Tenant;
        if (await parts.Store.Recordings.FindAsync(account, Guid.Parse(id), op.Stop) is not { Place: null } row)
            return op.Unknown("id", "The recording is kept elsewhere, or is gone.");
        await parts.Store.Audit.AppendAsync(op.Note("listened", AgencyCalls.RecordType, call.Leg.Uuid.ToString(), null, new()
        {
            ["recording_id"] = id,
        }) with
        { Tenant = call.Agency }, op.Stop);
        string type = RecordFormats.MediaTypeOf(row.Plan.Format);
        return await op.FileAsync(parts.Store.Blobs, BlobKey.OfRecording(account, row.Id, row.Plan.Format), type)
            ?? op.Unknown("id", "The recording is gone.");
    }

    /// <summary>As a table for a spreadsheet, the newest first.</summary>
    public async ValueTask<Reply> Export(OperationContext op)
    {
        var (search, refusal) = await calls.SearchAsync(op);
        if (search is null) return refusal!;        // one of both is there
        var (found, _) = await search.RunAsync(parts.Store, op.Stop);
        var rows = new List<JsonObject>(found.Count);
        foreach (var some in found.Chunk(AtOnce))
            rows.AddRange((await calls.ReadAsync(search.Agency, some, op.Stop)).Select(call => call.Write()));
        return op.Raw(200, CsvText.ContentType,
            CsvText.Write(AgencyCall.Fields, rows.Select(row => AgencyCall.Fields.Select(name => CsvText.Cell(row[name])))));
    }

    private static JsonObject? AnalysisOf(AgencyCall call) =>
        call.Note is { AnalysisModel: { } model } judged ? Found(judged, model) : null;

    /// <summary>Where nobody had said anything, or it was deleted, only who looked and when.</summary>
    private static JsonObject Found(CallNote note, string model)
    {
        var found = note.Analysis?.DeepClone().AsObject() ?? [];
        (found["model"], found["version"], found["analyzed_at"]) = (model, note.AnalysisVersion, AgencyText.Time(note.AnalyzedAt));
        return found;
    }

    private static JsonObject Show(WrittenNote note) => new()
    {
        ["id"] = note.Id.ToString(), ["call_id"] = note.CallId, ["author"] = note.Author, ["text"] = note.Body,
        ["created_at"] = AgencyText.Time(note.CreatedAt),
    };
}
