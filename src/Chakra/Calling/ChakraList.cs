using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Chakra.Calling;

/// <summary>The team's calls by what a body asks for; the newest come first unless the sort says otherwise.</summary>
internal sealed class ChakraList(ChakraCalls calls, ChakraParts parts)
{
    private const int Usual = 50;

    public async ValueTask<Reply> Handle(OperationContext op)
    {
        var asked = op.ReadObject();
        if (ChakraCalls.UnknownField(op) is { } unknown) return op.Fail(unknown);
        var filter = asked["filter"] as JsonObject ?? [];
        var shape = op.BodySchema?.FindProperty("filter");
        if (ChakraCalls.UnknownField(filter, shape, "filter/") is { } stray) return op.Fail(stray);
        var made = filter["createdAt"] as JsonObject ?? [];
        if (ChakraCalls.UnknownField(made, shape?.FindProperty("createdAt"), "filter/") is { } other) return op.Fail(other);
        int page = (int?)asked["page"] ?? 1, limit = (int?)asked["limit"] ?? Usual;
        var search = new ChakraSearch
        {
            User = (string?)filter["user"], Type = (string?)filter["type"], ForProcess = (string?)filter["forProcess"],
            Statuses = (filter["callStatus"] as JsonArray)?.Select(word => (string)word!).ToList(),     // the schema says so
            From = await PartiesAsync(op, (string?)filter["from"]), To = await PartiesAsync(op, (string?)filter["to"]),
            CreatedFrom = (long?)made["gte"], CreatedTo = (long?)made["lte"],
            IsOldestFirst = (string?)asked["sort"] is "createdAt", Offset = (long)(page - 1) * limit, Limit = limit,
            Since = await ChakraConfig.SinceAsync(calls.Store, op.Tenant, op.Stop),
        };
        bool isOurs = (string?)filter["team"] is not { } team
            || string.Equals(team, op.Tenant.ToString(), StringComparison.OrdinalIgnoreCase);
        var (ids, total) = isOurs ? await search.RunAsync(calls.Store, op.Tenant, op.Stop) : ([], 0);
        var found = await calls.ListAsync(op.Tenant, ids, search.Since, op.Stop);
        return op.Bare(200, new JsonObject
        {
            ["_data"] = new JsonArray([.. found.Select(call => (JsonNode)call.Write(op.Links))]),
            ["_meta"] = new JsonObject
            {
                ["total"] = total, ["page"] = page, ["limit"] = limit, ["hasMore"] = search.Offset + ids.Count < total,
            },
        });
    }

    /// <summary>An alias stands for each party that is shown by it, and for itself in what was written down of other calls.</summary>
    private async ValueTask<IReadOnlyList<string>?> PartiesAsync(OperationContext op, string? said)
    {
        if (said is null) return null;
        string shown = SaidParties.Of(parts, said);
        if (!shown.StartsWith(PartyAlias.Prefix, StringComparison.Ordinal)) return shown == said ? [shown] : [shown, said];
        var unnumbered = await ChakraSearch.UnnumberedAsync(calls.Store, op.Tenant, op.Stop);
        return [shown, .. unnumbered.Where(party => PartyAlias.Of(party) == shown)];
    }
}
