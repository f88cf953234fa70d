using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Operator;

/// <summary>Calls that came in and were refused, which no account has a record of.</summary>
internal static class RefusedCalls
{
    /// <summary>The newest first; from one address, or for one reason, when that is asked for.</summary>
    public static Reply List(OperationContext op, IRefusedCalls? refused)
    {
        var calls = (refused?.List() ?? [])
            .Where(call => op.Query["source"] is not { } source || call.Source.Address.ToString() == source)
            .Where(call => op.Query["reason"] is not { } reason || call.Reason == reason).ToList();
        return op.Page([.. calls.Skip(op.List.Offset).Take(op.List.Size).Select(call => (JsonNode)Show(call))], calls.Count);
    }

    private static JsonObject Show(RefusedCall call) => new()
    {
        ["record_type"] = "refused_call",
        ["at"] = OperatorTime.Write(call.At),
        ["source"] = call.Source.ToString(),
        ["transport"] = call.Transport.ToString().ToLowerInvariant(),
        ["from"] = call.From,
        ["to"] = call.To,
        ["sip_status"] = call.Status,
        ["reason"] = call.Reason,
        ["times"] = call.Times,
        ["message"] = call.Message,
    };
}
