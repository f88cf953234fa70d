using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Many numbers of an account at once, and what becomes of a number that another network has taken over.</summary>
internal static class NumberImports
{
    private const int FaultsShown = 20;

    /// <summary>All of them or none; what somebody owns already stays as it is.</summary>
    public static async ValueTask<Reply> Import(OperationContext op, NumberTable numbers)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        if (Fields.Unknown(op, "number import") is { Count: > 0 } unknown) return op.Fail(unknown);
        var read = new List<NewNumber>();
        var problems = new List<Problem>();
        foreach (var item in op.ReadObject()["numbers"]!.AsArray()) // required
        {
            if (problems.Count == FaultsShown) break;
            string text = (string)item!["phone_number"]!; // required
            if (item.AsObject().Select(field => field.Key).FirstOrDefault(name =>
                name is not ("phone_number" or "connection_id" or "tags")) is { } stray)
                return op.Invalid($"/numbers/{read.Count + problems.Count}/{stray}", "invalid", $"A number has no field '{stray}' here.");
            if (!E164.TryParse(text, out var number))
                problems.Add(new("invalid", $"phone_number must be a number in +E.164 form, not '{text}'.")
                {
                    Pointer = $"/numbers/{read.Count + problems.Count}/phone_number",
                });
            else if (!TryFind(op, tenant, (string?)item["connection_id"], out var connection))
                return Accounts.Invalid(op, $"{text}: connection {item["connection_id"]} is no application of account '{tenant.Name}'");
            else read.Add(new(new(number.Text, tenant.Id, connection)
            {
                Tags = [.. item["tags"]?.AsArray().Select(tag => (string)tag!)
                ?? []]
            }, op.Snowflakes.Next(), op.Now));
        }
        if (problems.Count > 0) return op.Fail(problems);
        int added = await numbers.ImportAsync(read, op.Stop);
        return op.Ok(new JsonObject
        {
            ["record_type"] = "number_import", ["account"] = tenant.Name, ["account_id"] = tenant.Id.ToString(), ["added"] = added,
            ["known"] = read.Count - added,
        });
    }

    /// <summary>Whether another network has it now: then calls to it leave by the routes.</summary>
    public static async ValueTask<Reply> Port(OperationContext op, NumberTable numbers)
    {
        if (Fields.Unknown(op, "number") is { Count: > 0 } unknown) return op.Fail(unknown);
        var body = op.ReadObject();
        var (text, isOut) = ((string)body["phone_number"]!, (bool)body["ported_out"]!); // both are required
        return await numbers.PortAsync(text, isOut, op.Now, op.Stop) ? op.Ok(new JsonObject
        {
            ["record_type"] = "ported_number",
            ["phone_number"] = text, ["ported_out"] = isOut
        })
            : op.Fail(new Problem("unknown_reference", $"no account has the number {text}"));
    }

    private static bool TryFind(OperationContext op, Tenant tenant, string? named, out ConnectionId? connection)
    {
        connection = null;
        if (named is not { Length: > 0 }) return true;
        if (!long.TryParse(named, CultureInfo.InvariantCulture, out long id) || op.Routing.FindConnection(tenant.Id,
            new(id)) is null) return false;
        connection = new ConnectionId(id);
        return true;
    }
}
