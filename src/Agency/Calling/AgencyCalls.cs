using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Calling;

/// <summary>
/// The calls of an agency and of its clients: each leg of the ledger, whatever API placed it, and those that providers have told of.
/// </summary>
internal sealed class AgencyCalls(AgencyParts parts)
{
    public const string RecordType = "agency_call";

    /// <summary>What people say of a call by its own path.</summary>
    internal const string DispositionField = "disposition", TagsField = "tags";

    public async ValueTask<Reply> List(OperationContext op)
    {
        var (search, refusal) = await SearchAsync(op);
        if (search is null) return refusal!;        // one of both is there
        var (after, fault) = AgencyForm.AfterOf(op);
        if (fault is not null) return op.Fail(fault);
        int size = op.List.Size;
        var (found, total) = await (search with { After = after, Limit = size + 1 }).RunAsync(parts.Store, op.Stop);
        var calls = await ReadAsync(search.Agency, [.. found.Take(size)], op.Stop);
        ListPlace? last = calls.LastOrDefault()?.Leg is { } leg ? new ListPlace(leg.StartedAt, leg.Uuid.ToString()) : null;
        return op.Ok(AgencyForm.Walked(op.List, "calls", [.. calls.Select(call => (JsonNode)call.Write())], last, found.Count > size,
            total));
    }

    /// <summary>What the query asks for.</summary>
    /// <returns>Null, and a refusal, where it cannot be.</returns>
    public async ValueTask<(AgencyCallSearch? Search, Reply? Refusal)> SearchAsync(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        var accounts = AccountsOf(op.Routing, scope, op.Query["client_id"]);
        var (from, before, fault) = await AskedSpan.ReadAsync(op, parts.Tenancy);
        if (fault is not null) return (null, op.Fail(fault));
        return (new(scope.Agency, accounts)
        {
            From = from ?? DateTimeOffset.MinValue,
            Before = before ?? DateTimeOffset.MaxValue,
            Directions = [.. op.Query.List("direction")], States = [.. op.Query.List("state")], Outcomes = [.. op.Query.List("outcome")],
            Batch = op.Query["batch_id"]?.ToLowerInvariant() ?? "", Campaign = op.Query["campaign_id"]?.ToLowerInvariant() ?? "",
            Agent = op.Query["agent_id"]?.ToLowerInvariant() ?? "", Sources = [.. op.Query.List("source")],
            Dispositions = [.. op.Query.List("disposition")], Sentiments = [.. op.Query.List("sentiment")],
            TranscriptStatuses = [.. op.Query.List("transcript_status")], AnalysisStatuses = [.. op.Query.List("analysis_status")],
            HasRecording = op.Query["has_recording"] is { } recorded ? recorded is "true" : null,
            LeastDuration = long.Parse(op.Query["min_duration"] ?? "0", CultureInfo.InvariantCulture),      // the contract says so
            // A '+' that nobody escaped is a space.
            Text = op.Query["search"]?.Trim() ?? "",
            MayReadSummaries = op.Query["search"] is not null && await new ClientGrants(parts).MayAsync(op, "calls.transcript.read"),
            Parties = op.Query["number"] is { } number ? await PartiesAsync(accounts, AgencyText.NumberOr(number), op.Stop) : null,
            Offset = op.List.Offset, Limit = op.List.Size,
        }, null);
    }

    /// <summary>What a person says that came of the call, or puts on it, in place of what anybody said before.</summary>
    public async ValueTask<Reply> Update(OperationContext op)
    {
        if (await FindAsync(op) is not { } call) return op.Unknown("id");
        var body = op.ReadObject();
        string[]? tags = (body[TagsField] as JsonArray)?.Select(tag => ((string)tag!).Trim()).Distinct(StringComparer.Ordinal).ToArray();
        if (tags?.Contains("") is true) return op.Fail(AgencyText.Bad(TagsField, "A tag is a word or some: one of spaces is none."));
        var fields = new[] { DispositionField, TagsField }.Where(body.ContainsKey).ToHashSet(StringComparer.Ordinal);
        // A client has its row before anything refers to it.
        if (call.Client is { } client) await parts.Tenancy.ClientAsync(call.Agency, client, op.Stop);
        var note = (call.Note ?? new() { Id = call.Leg.Uuid.ToString() }) with
        {
            Disposition = fields.Contains(DispositionField) ? AgencyText.Text(body, DispositionField) : call.Note?.Disposition,
            Tags = tags is null ? call.Note?.Tags : new JsonArray([.. tags.Select(tag => (JsonNode)tag)]).ToJsonString(),
        };
        var after = call with { Note = note };
        await parts.CallNotes.SayAsync(call.Agency, call.Client, AgencyCall.DirectionOf(call.Leg), note, fields, op.Now,
            op.Note("annotated", RecordType, note.Id, Tagged(call), Tagged(after)) with { Tenant = call.Agency }, op.Stop);
        return op.Ok(Tagged(after));
    }

    private static JsonObject Tagged(AgencyCall call)
    {
        var shown = call.Write();
        shown[TagsField] = call.Tags;
        return shown;
    }

    /// <summary>The agency's and its clients', or those of them that the request may and wants to see.</summary>
    public static IReadOnlyList<TenantId> AccountsOf(RoutingSnapshot routing, AgencyScope scope, string? client)
    {
        string narrowed = scope.Narrow(client?.ToLowerInvariant());
        return
        [
            .. routing.Tenants.Where(account => account.Parent == scope.Agency || account.Id == scope.Agency)
                .Where(account => narrowed.Length == 0 || account.Parent is not null && account.Id.ToString() == narrowed)
                .Select(account => account.Id),
        ];
    }

    public async ValueTask<AgencyCall?> FindAsync(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        var search = new AgencyCallSearch(scope.Agency, AccountsOf(op.Routing, scope, null)) { Id = op.Path("id").ToLowerInvariant() };
        return (await ReadAsync(scope.Agency, (await search.RunAsync(parts.Store, op.Stop)).Found, op.Stop)).FirstOrDefault();
    }

    /// <summary>An alias stands for each party that is shown by it.</summary>
    private async ValueTask<IReadOnlyList<string>> PartiesAsync(IReadOnlyList<TenantId> accounts, string shown, CancellationToken stop)
    {
        if (!shown.StartsWith(PartyAlias.Prefix, StringComparison.Ordinal)) return [shown];
        var parties = new HashSet<string>(StringComparer.Ordinal);
        foreach (var account in accounts)
            parties.UnionWith((await parts.Store.CallFacts.ListNamelessAsync(account, stop)).Where(one => PartyAlias.Of(one) == shown));
        return [.. parties];
    }

    /// <summary>In their order; without those that have grown too old meanwhile.</summary>
    public async ValueTask<IReadOnlyList<AgencyCall>> ReadAsync(TenantId agency, IReadOnlyList<(TenantId Account, string Id)> found,
        CancellationToken stop)
    {
        var legs = new Dictionary<string, (LegRow Leg, CallFacts Facts)>(StringComparer.Ordinal);
        foreach (var own in found.GroupBy(one => one.Account, one => one.Id))
        {
            var rows = await parts.Store.Legs.ListByUuidsAsync(own.Key, [.. own], stop);
            var facts = await parts.Store.CallFacts.OfAsync(own.Key, [.. rows.Select(leg => leg.Id)], stop);
            foreach (var leg in rows) legs[leg.Uuid.ToString()] = (leg, facts[leg.Id]);
        }
        // What the ledger does not have may be a provider's.
        string[] others = [.. found.Select(one => one.Id).Where(id => !legs.ContainsKey(id))];
        Dictionary<string, ProviderCall> remote = others.Length == 0 ? []
            : (await parts.ProviderCalls.ListAsync(agency, others, stop)).ToDictionary(call => call.Id);
        foreach (var (id, call) in remote) legs[id] = (call.AsLeg(), CallFacts.None);
        if (legs.Count == 0) return [];
        var notes = (await parts.CallNotes.ListAsync(agency, [.. legs.Keys], stop)).ToDictionary(note => note.Id);
        var placed = await PlacedAsync(agency, legs.Values.Select(one => one.Leg), stop);
        return
        [
            .. found.Where(one => legs.ContainsKey(one.Id)).Select(one => new AgencyCall(agency, legs[one.Id].Leg)
            {
                Facts = legs[one.Id].Facts, Note = notes.GetValueOrDefault(one.Id), Remote = remote.GetValueOrDefault(one.Id),
                Placed = placed.GetValueOrDefault(one.Id) ?? remote.GetValueOrDefault(one.Id)?.Placed,
            }),
        ];
    }

    /// <summary>By the leg that was dialled: one that it was transferred to has the mark, too, and is another call.</summary>
    private async ValueTask<Dictionary<string, BatchCall>> PlacedAsync(TenantId agency, IEnumerable<LegRow> legs, CancellationToken stop)
    {
        var attempts = legs.Select(leg => AttemptMark.Of(leg.Labels)).OfType<string>().Distinct().ToList();
        if (attempts.Count == 0) return [];
        var rows = await parts.Batches.ListCallsAsync(agency, attempts, stop);
        return rows.Where(row => row.Leg is not null).ToDictionary(row => row.Leg!);     // just asked for
    }
}
