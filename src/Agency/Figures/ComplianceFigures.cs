using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;

namespace Ringwright.Agency.Figures;

/// <summary>
/// Whether dialling was lawful: at which hours calls were placed, whom rules have kept from being called, who wants no more calls, and who
/// has agreed to be called.
/// </summary>
internal sealed class ComplianceFigures(AgencyParts parts, FigureQuestions questions)
{
    private const string Usual = "30d", Outbound = "outbound";

    /// <summary>How whoever was called comes onto a list by the call.</summary>
    private static readonly string[] InCalls = ["agent", "analysis", "keypress", "spoken"];

    private static readonly string[] Kinds = ["express", "written"];

    public async ValueTask<Reply> Get(OperationContext op)
    {
        var asked = await questions.ReadAsync(op, Usual, op.Query["timezone"]);
        if (asked.Refusal is not null) return asked.Refusal;
        var (search, scope, table) = (asked.Search!, AgencyScope.Of(op), parts.ComplianceRows);        // there is no refusal
        string client = scope.Narrow(op.Query["client_id"]?.ToLowerInvariant());
        await parts.Follower.FollowAsync(scope.Agency, op.Stop);
        var hours = await table.SumAttemptsAsync(search, op.Stop);
        var blocked = await table.ListBlockedAsync(search, client, op.Stop);
        var (listed, agreed) = (await table.ListListedAsync(search, op.Stop), await table.ListAgreedAsync(search, op.Stop));
        long connected = Kpis.Of(await parts.Figures.SumAsync(search with { Direction = Outbound }, op.Stop)).ConnectedOut;
        long optOuts = listed.Where(one => InCalls.Contains(one.Word)).Sum(one => one.Number);
        return op.Ok(new JsonObject
        {
            ["period"] = asked.Period!.Write(),
            ["attempts"] = new JsonObject
            {
                ["dialled"] = hours.Attempts, ["outside_hours"] = hours.BeyondHours, ["overridden"] = hours.Overridden,
                ["unknown_hours"] = hours.Zoneless,
            },
            ["blocked"] = Write(blocked), ["deferred"] = await table.CountDeferredAsync(scope.Agency, client, op.Now, op.Stop),
            ["dnc"] = new JsonObject
            {
                ["added"] = listed.Sum(one => one.Number), ["by_source"] = Write(listed),
                ["provisional"] = listed.Sum(one => one.Provisional),
            },
            ["opt_outs"] = optOuts, ["opt_out_rate"] = Kpis.Rate(optOuts, connected),
            ["consent"] = new JsonObject
            {
                ["given"] = new JsonObject(Kinds.Select(kind => KeyValuePair.Create(kind,
                    (JsonNode?)agreed.Where(one => one.Word == kind).Sum(one => one.Number)))),
                ["revoked"] = await table.CountRevokedAsync(search, op.Stop),
            },
            ["legal_overrides"] = await table.CountOverridesAsync(scope.Agency, client, op.Stop), ["as_of"] = AgencyText.Time(op.Now),
        });
    }

    private static JsonObject Write(IEnumerable<CountedWord> counted) =>
        new(counted.Select(one => KeyValuePair.Create(one.Word, (JsonNode?)one.Number)));
}
