using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Windows;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Adds to the list of a campaign; what is no number is left out and told, row by row.</summary>
internal static class TargetImports
{
    private const string Added = "added", Known = "known", Skipped = "skipped";

    public static async ValueTask<Reply> Add(OperationContext op, OperatorParts parts)
    {
        if (await CampaignRecords.FindAsync(op, parts) is not { } campaign) return op.Unknown("campaign_id");
        var body = op.Body.Deserialize(TargetJson.Default.TargetsBody)!;        // an object, as its schema says
        var (now, given) = (op.Now, body.Targets);
        var there = new HashSet<string>(given.Count, StringComparer.Ordinal);
        var (faults, targets) = (new string?[given.Count], new Target?[given.Count]);
        // No two are made at one moment: that is the order in which they are shown and called.
        for (int i = 0; i < given.Count; i++) faults[i] = Read(campaign, given[i], now.AddMicroseconds(i), there, out targets[i]);
        var added = new HashSet<Guid>(given.Count);
        foreach (var some in targets.OfType<Target>().Chunk(TargetTable.MostAtOnce))
            added.UnionWith(await parts.Store.Targets.AddAsync(some, op.Stop));

        bool isShort = body.Report is TargetsBody.Exceptions;
        var rows = new JsonArray();
        int skipped = 0;
        for (int i = 0; i < given.Count; i++)
        {
            string result = targets[i] is not { } target ? Skipped : added.Contains(target.Id) ? Added : Known;
            if (result is Skipped) skipped++;
            if (isShort && result is Added) continue;
            var row = new JsonObject { ["phone_number"] = given[i].PhoneNumber, ["result"] = result, ["reason"] = faults[i] };
            if (isShort) row["index"] = i;
            rows.Add((JsonNode)row);
        }
        return op.Ok(new JsonObject
        {
            ["record_type"] = "target_import", ["added"] = added.Count, ["known"] = given.Count - skipped - added.Count,
            ["skipped"] = skipped, ["rows"] = rows,
        });
    }

    /// <param name="there">The addresses of the rows before it; gets this one's.</param>
    /// <returns>Why it is none; null when it is in <paramref name="target"/>.</returns>
    private static string? Read(Campaign campaign, TargetRow row, DateTimeOffset made, HashSet<string> there, out Target? target)
    {
        target = null;
        if (!TargetAddress.TryParse(row.PhoneNumber, out string address)) return TargetAddress.NotOne;
        if (there.Contains(address)) return "the number was there before";
        string?[] destinations = [address, row.Second, row.Third, row.Fourth, row.Fifth];
        for (int i = 1; i < destinations.Length; i++)
        {
            if (destinations[i] is not { } further) continue;
            if (!TargetAddress.TryParse(further, out string other)) return $"a destination: {TargetAddress.NotOne}";
            destinations[i] = other;
        }
        if (row.Timezone is { } zone && !ZoneSet.TryParse(zone, out _, out string? noZone)) return noZone;
        var due = made;
        if (row.DueAt is { } at && !RateSheet.TryMoment(at, out due)) return "due_at is no date or moment";
        there.Add(address);
        target = new()
        {
            Id = Target.NewId(made), Tenant = campaign.Tenant, List = campaign.List, Name = row.Name ?? "",
            Data = row.Data is { } data ? JsonSerializer.Serialize(data, TargetJson.Default.DictionaryStringString) : null,
            TimeZone = row.Timezone, IdentityKey = address, Destinations = destinations, DueAt = due, CreatedAt = made, UpdatedAt = made,
        };
        return null;
    }
}
