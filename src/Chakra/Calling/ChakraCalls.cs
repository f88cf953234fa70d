using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Chakra.Clicks;
using Ringwright.Chakra.Telling;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Chakra.Calling;

/// <summary>The team's calls: each leg of the ledger, whatever API placed it, and each call that was logged.</summary>
internal sealed class ChakraCalls(Database store, ChakraTelling telling)
{
    internal const string SelectRecorded = """
        select distinct leg_uuid from rw_recording where tenant_id = @tenant and state = 'saved' and mailbox is null
            and conference_id is null and leg_uuid in @ids
        """;
    internal const string SelectCampaigns = "select id, campaign_id from rw_attempt where tenant_id = @tenant and id in @attempts";

    public const string RecordType = "chakra_call";

    public Database Store => store;
    public ChakraTelling Telling => telling;
    public ChakraNotes Notes { get; } = new(store);

    /// <summary>By its id. A leg of a call that rings an agent first is no call beside that one: its id leads there, too.</summary>
    public async ValueTask<ChakraCall?> FindAsync(TenantId tenant, string id, CancellationToken stop)
    {
        if (!Guid.TryParseExact(id, "D", out _)) return null;
        var since = await ChakraConfig.SinceAsync(Store, tenant, stop);
        var call = (await ListAsync(tenant, [id.ToLowerInvariant()], since, stop)).FirstOrDefault();
        return call?.Leg?.Labels[ClickDesk.Click] is { } click
            ? (await ListAsync(tenant, [click], since, stop)).FirstOrDefault() ?? call : call;
    }

    /// <summary>In the order of the ids; without those that there are not.</summary>
    /// <param name="since">From when on calls of the team ask for a disposition.</param>
    public async ValueTask<IReadOnlyList<ChakraCall>> ListAsync(TenantId tenant, IReadOnlyList<string> ids, DateTimeOffset? since,
        CancellationToken stop)
    {
        if (ids.Count == 0) return [];
        var notes = (await Notes.ListAsync(tenant, ids, stop)).ToDictionary(note => note.Id);
        var legs = (await Store.Legs.ListByUuidsAsync(tenant, ids, stop)).ToDictionary(leg => leg.Uuid.ToString());
        var attempts = legs.Values.Select(leg => AttemptMark.Of(leg.Labels)).OfType<string>().Distinct().ToList();
        // What is recorded of a call that rings an agent first is recorded of one of its legs.
        string[] heard = [.. ids, .. notes.Values.SelectMany(ClickMerge.LegsOf)];
        var (recorded, campaigns) = await Store.Sql.ReadAsync(db => (
            db.Query<string>(SelectRecorded, new { tenant, ids = new InList<string>(heard) }).ToHashSet(),
            db.Query<AttemptOf>(SelectCampaigns, new { tenant, attempts = new InList<string>(attempts) })
                .ToDictionary(row => row.Id, row => row.CampaignId)), stop);
        var calls = new List<ChakraCall>();
        foreach (string id in ids)
        {
            var note = notes.GetValueOrDefault(id);
            if (legs.GetValueOrDefault(id) is not { } leg)
            {
                // What is left of a leg that has grown too old is not a call.
                if (note is { IsLogged: true })
                    calls.Add(new(null, note, since) { HasRecording = ClickMerge.LegsOf(note).Any(recorded.Contains) });
                continue;
            }
            calls.Add(new(leg, note, since)
            {
                HasRecording = recorded.Contains(id),
                Campaign = AttemptMark.Of(leg.Labels) is { } attempt ? campaigns.GetValueOrDefault(attempt) : null,
            });
        }
        return calls;
    }

    public async ValueTask<Reply> Get(OperationContext op) =>
        await FindAsync(op.Tenant, op.Path("id"), op.Stop) is { } call ? op.Ok(call.Write(op.Links)) : op.Unknown("id");

    public async ValueTask<Reply> Update(OperationContext op)
    {
        if (UnknownField(op) is { } unknown) return op.Fail(unknown);
        var given = op.ReadObject();
        if (ChakraLog.CheckUrl(given) is { } wrong) return op.Fail(wrong);
        if (await FindAsync(op.Tenant, op.Path("id"), op.Stop) is not { } call) return op.Unknown("id");
        return await ShowAsync(op, call,
            await LinkAsync(op.Tenant, call, given, op.Now, op.Note("updated", RecordType, call.Id), op.Stop));
    }

    /// <summary>Lays links and corrections over what is said of a call; what is said the same once more changes nothing.</summary>
    public ValueTask<NoteChanged> LinkAsync(TenantId tenant, ChakraCall call, JsonObject given, DateTimeOffset now, AuditNote trail,
        CancellationToken stop) => ChangeAsync(tenant, call, now, trail, note =>
            note.DeletedAt is not null ? Gone : given.All(field => JsonNode.DeepEquals(note.Document[field.Key], field.Value))
                ? note : note.Saying(given).At(now), stop);

    /// <summary>The same, unless somebody has said one of them by then, or the call is gone: nothing changes then.</summary>
    public ValueTask<NoteChanged> LinkUnsaidAsync(TenantId tenant, ChakraCall call, JsonObject given, DateTimeOffset now, AuditNote trail,
        CancellationToken stop) => ChangeAsync(tenant, call, now, trail, note =>
            note.DeletedAt is not null || given.Any(field => note.Document[field.Key] is not null)
                ? note : note.Saying(given).At(now), stop);

    /// <summary>For lists and totals it is gone; what goes on goes on, and other APIs have it as before.</summary>
    public async ValueTask<Reply> Delete(OperationContext op) =>
        await FindAsync(op.Tenant, op.Path("id"), op.Stop) is not { } call ? op.Unknown("id")
            : await ChangeAsync(op, call, "deleted", note =>
                note.DeletedAt is not null ? note : note.At(op.Now) with { DeletedAt = op.Now });

    /// <summary>Of a call that rings an agent first: the customer's leg, or else the agent's. Null of any other logged call.</summary>
    public async ValueTask<LegRow?> FindClickLegAsync(TenantId tenant, ChakraCall call, CancellationToken stop)
    {
        var (agent, customer) = ClickMerge.IsClick(call.Note) ? await FindClickLegsAsync(tenant, call.Note!, stop) : default;
        return customer is { IsAlive: true } ? customer : agent;
    }

    /// <param name="note">Of a call that rings an agent first.</param>
    public async ValueTask<(LegRow? Agent, LegRow? Customer)> FindClickLegsAsync(TenantId tenant, ChakraNote note, CancellationToken stop)
    {
        if (await Store.Legs.FindByUuidAsync(tenant, Guid.Parse((string)note.Document[ClickMerge.AgentLeg]!), stop) is not { } agent)
            return default;
        var others = await Store.Legs.ListSessionAsync(tenant, agent.Session, stop);
        return (agent, others.FirstOrDefault(leg => leg.Labels[ClickDesk.Agent] == agent.Id.ToString()));
    }

    public static Problem Gone => new("CONFLICT", "The call was deleted.");

    /// <summary>Changes what is said of a call, and answers with the call.</summary>
    public async ValueTask<Reply> ChangeAsync(OperationContext op, ChakraCall call, string name, Func<ChakraNote, NoteChanged> change) =>
        await ShowAsync(op, call,
            await ChangeAsync(op.Tenant, call, op.Now, op.Note(name, RecordType, call.Id), change, op.Stop));

    /// <summary>What has happened to the call until then is told first, and what is said now with what it changes.</summary>
    private async ValueTask<NoteChanged> ChangeAsync(TenantId tenant, ChakraCall call, DateTimeOffset now, AuditNote trail,
        Func<ChakraNote, NoteChanged> change, CancellationToken stop)
    {
        string id = call.Id;
        await telling.CatchUpAsync(call, stop);
        return await Notes.ChangeAsync(db => ChakraNotes.Find(db, tenant, id), before => change(before ?? new()
        {
            TenantId = tenant, Id = id, CreatedAt = now, UpdatedAt = call.UpdatedAt,
        }), _ => trail,
            (before, after) => telling.Messages("call." + trail.Change, call with { Note = before }, call with { Note = after }),
            stop);
    }

    private async ValueTask<Reply> ShowAsync(OperationContext op, ChakraCall call, NoteChanged changed) =>
        changed.Problem is { } problem ? op.Fail(problem)
            : op.Ok((await FindAsync(op.Tenant, call.Id, op.Stop) ?? call).Write(op.Links));

    /// <summary>Who hears of a call that nobody here has carried.</summary>
    public IReadOnlyList<OutboxMessage> TellLogged(ChakraNote? before, ChakraNote after) => telling.Messages(
        before is null ? ChakraEvents.Created : ChakraEvents.Updated, before is null ? null : new ChakraCall(null, before, null),
        new(null, after, null));

    /// <summary>A field of the body that the operation does not have is refused by its name.</summary>
    public static Problem? UnknownField(OperationContext op) => UnknownField(op.ReadObject(), op.BodySchema, "");

    public static Problem? UnknownField(JsonObject given, Schema? schema, string below) =>
        given.Select(field => field.Key).FirstOrDefault(name => schema?.FindProperty(name) is null) is { } unknown
            ? Invalid(below + unknown, $"{unknown} is no field that can be said here.") : null;

    /// <summary>
    /// Of a new call null, and an empty text: programs that write each of their fields send them for those that nobody has set.
    /// </summary>
    public static void DropUnsaid(JsonObject given)
    {
        foreach (string name in given.Where(IsUnsaid).Select(field => field.Key).ToList()) given.Remove(name);
    }

    /// <summary>A provider's own object may be anything.</summary>
    private static bool IsUnsaid(KeyValuePair<string, JsonNode?> field) => field.Value is not { } value
        || field.Key is not "providerPayload" && value.GetValueKind() is JsonValueKind.String && (string)value! is "";

    public static Problem Invalid(string field, string detail) => new("INVALID", detail) { Pointer = "/" + field };

    private sealed record AttemptOf
    {
        public string Id { get; init; } = "";
        public string CampaignId { get; init; } = "";
    }
}
