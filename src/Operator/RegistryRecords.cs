using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Snapshots of national do-not-call registries: brought in piece by piece, and put in place whole.</summary>
internal static class RegistryRecords
{
    private const string Warns = "warn", Blocks = "block";

    public static async ValueTask<Reply> List(OperationContext op, RegistryTable registries)
    {
        var rows = await registries.ListAsync(op.Stop);
        return op.Page([.. rows.Skip(op.List.Offset).Take(op.List.Size).Select(row => (JsonNode)Show(op, row))], rows.Count);
    }

    /// <summary>What is no number below the prefix is left out and told.</summary>
    public static async ValueTask<Reply> Add(OperationContext op, RegistryTable registries)
    {
        var body = op.ReadObject();
        if (!Guid.TryParse((string?)body["load_id"], out var load)) return NoLoad(op, "load_id must be a UUID.");
        string prefix = (string)body["prefix"]!; // required
        if (!IsPrefix(prefix)) return NoPrefix(op);
        var numbers = new HashSet<string>(StringComparer.Ordinal);
        var skipped = new JsonArray();
        int twice = 0;
        foreach (var item in body["phone_numbers"]!.AsArray()) // required
        {
            string text = (string)item!; // the contract has it
            string? fault = !E164.TryParse(text, out var number) ? "the number is not in +E.164 form"
                : !number.Text.StartsWith(prefix, StringComparison.Ordinal) ? $"the number does not begin with {prefix}" : null;
            if (fault is not null) skipped.Add(new JsonObject { ["phone_number"] = text, ["reason"] = fault });
            else if (!numbers.Add(number.Text)) twice++;
        }
        if (await registries.AddAsync(load, [.. numbers], op.Now, op.Stop) is not { } added)
            return NoLoad(op, "A registry has the numbers of this load already; bring in a new one under a new load_id.");
        return op.Ok(new JsonObject
        {
            ["record_type"] = "registry_numbers", ["load_id"] = load.ToString(), ["added"] = added,
            ["known"] = numbers.Count - added + twice, ["skipped"] = skipped.Count, ["rows"] = skipped,
        });
    }

    public static async ValueTask<Reply> Replace(OperationContext op, RegistryTable registries)
    {
        var body = op.ReadObject();
        if (!Guid.TryParse((string?)body["load_id"], out var load)) return NoLoad(op, "load_id must be a UUID.");
        string prefix = (string)body["prefix"]!; // required
        if (!IsPrefix(prefix)) return NoPrefix(op);
        if (!RateSheet.TryMoment((string)body["taken_at"]!, out var taken) || taken > op.Now)
            return op.Invalid("/taken_at", "invalid",
                "taken_at must be a date such as 2026-01-31, or a moment, and not one that is to come.");
        var made = await registries.ReplaceAsync(new()
        {
            Name = op.Path("id"), Prefix = prefix, Load = load, WarnsWhenStale = (string?)body["when_stale"] is Warns, TakenAt = taken,
            LoadedAt = op.Now,
        }, op.Stop);
        return made is null ? NoLoad(op, "No number was brought in under this load_id.") : op.Ok(Show(op, made));
    }

    public static async ValueTask<Reply> Remove(OperationContext op, RegistryTable registries) =>
        await registries.RemoveAsync(op.Path("id"), op.Now, op.Stop) is { } gone ? op.Ok(Show(op, gone)) : op.Unknown("id");

    /// <summary>No registry speaks for every number.</summary>
    private static bool IsPrefix(string text) => text.Length > 1 && E164.IsBeginning(text);

    private static Reply NoLoad(OperationContext op, string sentence) => op.Invalid("/load_id", "invalid", sentence);

    private static Reply NoPrefix(OperationContext op) =>
        op.Invalid("/prefix", "invalid", "prefix must be how the numbers of the registry begin, such as +1.");

    private static JsonObject Show(OperationContext op, RegistrySnapshot registry) => new()
    {
        ["record_type"] = "registry",
        ["id"] = registry.Name,
        ["prefix"] = registry.Prefix,
        ["phone_numbers"] = registry.Numbers,
        ["when_stale"] = registry.WarnsWhenStale ? Warns : Blocks,
        ["stale"] = registry.IsStale(op.Now),
        ["taken_at"] = OperatorTime.Write(registry.TakenAt),
        ["loaded_at"] = OperatorTime.Write(registry.LoadedAt),
    };
}
