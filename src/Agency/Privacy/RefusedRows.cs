using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Agency.Tables;
using Ringwright.Campaigns.Lists;
using Ringwright.Core;

namespace Ringwright.Agency.Privacy;

/// <summary>Rows of files of contacts that were refused: imports tell their numbers, and whoever they are of is no contact.</summary>
internal sealed class RefusedRows(AgencyParts parts)
{
    private const string Number = "phone_number", Row = "row", Reason = "reason";

    public async ValueTask<JsonArray> ListAsync(TenantId agency, IReadOnlyList<string> numbers, CancellationToken stop)
    {
        var shown = new JsonArray();
        await EachAsync(agency, numbers, (import, _, rows) =>
        {
            foreach (var row in rows)
                shown.Add((JsonNode)new JsonObject
                {
                    ["import_id"] = import.Id.ToString(), ["file_name"] = import.FileName, [Row] = row[Row]?.DeepClone(),
                    [Number] = row[Number]?.DeepClone(), [Reason] = row[Reason]?.DeepClone(),
                    ["created_at"] = AgencyText.Time(import.CreatedAt),
                });
            return ValueTask.CompletedTask;
        }, stop);
        return shown;
    }

    /// <summary>That there was such a row stays, and why it was refused.</summary>
    /// <returns>How many rows there were.</returns>
    public async ValueTask<int> EraseAsync(TenantId agency, IReadOnlyList<string> numbers, CancellationToken stop)
    {
        int erased = 0;
        await EachAsync(agency, numbers, (import, all, rows) =>
        {
            foreach (var row in rows) row[Number] = "";
            erased += rows.Count;
            return parts.Imports.SayErrorsAsync(import, all.ToJsonString(), stop);
        }, stop);
        return erased;
    }

    /// <summary>Also as people write it in its own country: how the row was read nobody keeps.</summary>
    private static bool IsOf(string text, string number)
    {
        if (AgencyText.Number(text) is { } read) return read == number;
        var plans = NumberingPlans.Load();
        string digits = RedactedNumbers.DigitsOf(text).TrimStart('0'), international = number[1..];
        int code = plans.CallingCodeLength(international);
        if (NationalNumbers.TryOfCode(plans, international[..code], out var home) && AgencyText.Number(text, home) == number) return true;
        return digits.Length > 0 && (digits == international || digits == international[code..].TrimStart('0'));
    }

    /// <param name="act">Is given an import, all that it tells, and what of that is of one of the numbers.</param>
    private async ValueTask EachAsync(TenantId agency, IReadOnlyList<string> numbers,
        Func<ImportRow, JsonArray, List<JsonObject>, ValueTask> act, CancellationToken stop)
    {
        string after = "";
        while (await parts.Imports.ListRefusedAsync(agency, after, stop) is { Count: > 0 } some)
        {
            after = some[^1].Id.ToString();
            foreach (var import in some)
            {
                var all = JsonNode.Parse(import.Errors)!.AsArray();       // by us
                var rows = all.Select(one => one!.AsObject())
                    .Where(one => numbers.Any(number => IsOf((string?)one[Number] ?? "", number))).ToList();
                if (rows.Count > 0) await act(import, all, rows);
            }
        }
    }
}
