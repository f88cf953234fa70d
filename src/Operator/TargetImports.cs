using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Lists;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>
/// Adds to the list of a campaign; what is no number, or is not to be called, is left out and told, row by row. Who waits on the list and
/// is not to be called is called no more.
/// </summary>
internal static class TargetImports
{
    private const string Added = "added", Known = "known", Skipped = "skipped";

    public static async ValueTask<Reply> Add(OperationContext op, OperatorParts parts)
    {
        if (await CampaignRecords.FindAsync(op, parts) is not { } campaign) return op.Unknown("campaign_id");
        var body = op.Body.Deserialize(TargetJson.Default.TargetsBody)!;        // an object, as its schema says
        var (now, given) = (op.Now, body.Targets);
        var there = new HashSet<string>(given.Count, StringComparer.Ordinal);
        var refusals = RefusalsOf(given);
        // Another row may have one and say nothing, before it or behind.
        var refused = refusals.Select(TargetAddress.TelephoneOf).ToHashSet(StringComparer.Ordinal);
        int takenOut = refused.Count == 0 ? 0 : await TakeOutAsync(op, parts, campaign, refusals, refused);
        var (faults, targets) = (new string?[given.Count], new Target?[given.Count]);
        // No two are made at one moment: that is the order in which they are shown and called.
        for (int i = 0; i < given.Count; i++) faults[i] = Read(campaign, given[i], now.AddMicroseconds(i), refused, there, out targets[i]);
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
        var told = new JsonObject
        {
            ["record_type"] = "target_import", ["added"] = added.Count, ["known"] = given.Count - skipped - added.Count,
            ["skipped"] = skipped, ["rows"] = rows,
        };
        if (takenOut > 0) told["taken_out"] = takenOut;
        return op.Ok(told);
    }

    /// <summary>The addresses that nobody is to call.</summary>
    private static List<string> RefusalsOf(IReadOnlyList<TargetRow> given)
    {
        var refusals = new List<string>();
        foreach (var row in given)
            if (row.DoNotCall is true && TryRefused(row, out string address)) refusals.Add(address);
        return refusals;
    }

    private static bool TryRefused(TargetRow row, out string address) =>
        TargetAddress.TryParse(row.PhoneNumber, out address) || NumberCell.TryRefused(row.PhoneNumber, home: null, out address);

    /// <param name="refusals">As they were given.</param>
    /// <param name="telephones">Of those.</param>
    /// <returns>How many of the list are called no more, or not once more.</returns>
    private static async ValueTask<int> TakeOutAsync(OperationContext op, OperatorParts parts, Campaign campaign,
        IReadOnlyList<string> refusals, HashSet<string> telephones)
    {
        var targets = new HashSet<Guid>();
        int all = 0;
        foreach (string[] some in OneTelephone.AllOf([.. refusals, .. telephones]).Distinct(StringComparer.Ordinal)
            .Chunk(TargetTable.MostAtOnce))
        {
            var (refused, its) = await parts.Store.Targets.RefuseAsync(campaign.Tenant, campaign.List, some, op.Now, Note, op.Stop);
            all += refused;
            targets.UnionWith(its);
        }
        var further = await parts.Store.TargetRefusals.FindFurtherAsync(campaign.Tenant, campaign.List,
            address => telephones.Contains(TargetAddress.TelephoneOf(address)), op.Stop);
        foreach (var some in further.Chunk(TargetTable.MostAtOnce))
        {
            all += await parts.Store.TargetRefusals.RefuseAsync(campaign.Tenant, some, op.Now, Note, op.Stop);
            targets.UnionWith(some.Select(static one => one.Id));
        }
        // Whoever is about to be dialled, by whichever node, is not: after that nobody dials him again.
        if (targets.Count > 0)
            await CampaignSwitch.WithdrawAsync(parts.Store, campaign.Tenant, campaign.Id, Target.RefusedByList, op.Now, op.Stop, targets);
        return all;

        AuditNote Note(int count) => CampaignRecords.NoteOf(op, campaign, "targets_taken_out", new() { ["taken_out"] = count });
    }

    /// <param name="refused">The telephones that nobody is to call.</param>
    /// <param name="there">The addresses of the rows before it; gets this one's.</param>
    /// <returns>Why it is none; null when it is in <paramref name="target"/>.</returns>
    private static string? Read(Campaign campaign, TargetRow row, DateTimeOffset made, HashSet<string> refused, HashSet<string> there,
        out Target? target)
    {
        target = null;
        if (row.DoNotCall is true) return TryRefused(row, out _) ? TargetAddress.Refused : TargetAddress.NotOne;
        if (!TargetAddress.TryParse(row.PhoneNumber, out string address)) return TargetAddress.NotOne;
        if (IsRefused(address)) return TargetAddress.RefusedByAnother;
        if (there.Contains(address)) return "the number was there before";
        string?[] destinations = [address, row.Second, row.Third, row.Fourth, row.Fifth];
        for (int i = 1; i < destinations.Length; i++)
        {
            if (destinations[i] is not { } further) continue;
            if (!TargetAddress.TryParse(further, out string other)) return $"a destination: {TargetAddress.NotOne}";
            if (IsRefused(other)) return $"a destination: {TargetAddress.RefusedByAnother}";
            destinations[i] = other;
        }
        if (row.Timezone is { } zone && !ZoneSet.TryParse(zone, out _, out string? noZone)) return noZone;
        var due = made;
        if (row.DueAt is { } at && !TryDue(at, address, row.Timezone, out due)) return "due_at is no date or moment";
        there.Add(address);
        target = new()
        {
            Id = Target.NewId(made), Tenant = campaign.Tenant, List = campaign.List, Name = row.Name ?? "",
            Data = row.Data is { } data ? JsonSerializer.Serialize(data, TargetJson.Default.DictionaryStringString) : null,
            TimeZone = row.Timezone, IdentityKey = address, Destinations = destinations, DueAt = due, CreatedAt = made, UpdatedAt = made,
        };
        return null;

        bool IsRefused(string one) => refused.Count > 0 && refused.Contains(TargetAddress.TelephoneOf(one));
    }

    /// <summary>A day alone begins where whoever is called may be: by UTC it would be the evening before in America.</summary>
    internal static bool TryDue(string text, string address, string? zone, out DateTimeOffset due)
    {
        if (!RateSheet.TryMoment(text, out due)) return false;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            due = RecipientZones.Where(zone, address)?.StartOf(day) ?? due;
        return true;
    }
}
