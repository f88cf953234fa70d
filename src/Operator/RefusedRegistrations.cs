using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Operator;

/// <summary>Why phones are not registered that tried to be.</summary>
internal static class RefusedRegistrations
{
    /// <summary>The newest first; from one address, or for one reason, when that is asked for.</summary>
    public static Reply List(OperationContext op, IRefusedRegistrations? refused)
    {
        IPAddress? source = null;
        if (op.Query["source"] is { Length: > 0 } text && !TypedAddress.TryRead(text, out source))
            return op.Fail(new Problem("invalid", "source must be an IP address.") { Parameter = "source" });
        var rows = (refused?.List() ?? [])
            .Where(row => source is null || row.Source.Equals(source.Plain()))
            .Where(row => op.Query["reason"] is not { } reason || row.Reason == reason).ToList();
        return op.Page([.. rows.Skip(op.List.Offset).Take(op.List.Size).Select(row => (JsonNode)Show(row))], rows.Count);
    }

    private static JsonObject Show(RefusedRegistration row) => new()
    {
        ["record_type"] = "refused_registration",
        ["at"] = OperatorTime.Write(row.At),
        ["source"] = row.Source.ToString(),
        ["user_name"] = row.User,
        ["reason"] = row.Reason,
        ["times"] = row.Times,
    };
}
