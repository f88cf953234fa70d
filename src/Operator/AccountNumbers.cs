using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Operator;

/// <summary>The numbers that an account has on this node, and what their calls go to.</summary>
internal static class AccountNumbers
{
    public static AccountRecords<Number> Of(Database store) =>
        new("number", store.Numbers.Records, Fields, Read, (account, _, _) => new("", account, null));

    private static JsonObject Fields(Number number) => new()
    {
        ["phone_number"] = number.Text,
        ["connection_id"] = number.Connection?.ToString(),
        ["tags"] = new JsonArray([.. number.Tags.Select(tag => (JsonNode)tag)]),
        ["country"] = number.Country,
        ["ported_out"] = number.IsPortedOut,
    };

    private static Number Read(OperationContext op, TenantId account, JsonObject body, Number number, List<Problem> problems)
    {
        foreach (var (name, value) in body)
            number = name switch
            {
                "phone_number" => number with { Text = Text((string)value!, problems) },
                "connection_id" => number with { Connection = Connection(op, account, (string?)value, problems) },
                "tags" => number with { Tags = [.. value!.AsArray().Select(tag => (string)tag!)] },
                "country" => number with { Country = (string?)value },
                _ => number,        // the schema knows no other
            };
        return number;
    }

    private static string Text(string text, List<Problem> problems)
    {
        if (E164.TryParse(text, out var number)) return number.Text;
        problems.Add(new("invalid", "phone_number must be a number in +E.164 form, such as +498912345678.") { Pointer = "/phone_number" });
        return text;
    }

    private static ConnectionId? Connection(OperationContext op, TenantId account, string? text, List<Problem> problems)
    {
        if (text is null) return null;
        bool isId = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long id);
        if (isId && op.Routing.FindConnection(account, new(id)) is { } connection) return connection.Id;
        problems.Add(new("unknown_reference", "connection_id names no connection of this account.") { Pointer = "/connection_id" });
        return null;
    }
}
