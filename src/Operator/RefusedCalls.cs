using System.Net;
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
        IPEndPoint? source = null;
        if (op.Query["source"] is { Length: > 0 } text && !IPEndPoint.TryParse(text, out source))
            return op.Fail(new Problem("invalid", "source must be an IP address, with its port or without.") { Parameter = "source" });
        var calls = (refused?.List() ?? [])
            .Where(call => source is null || IsFrom(call.Source, source))
            .Where(call => op.Query["reason"] is not { } reason || call.Reason == reason).ToList();
        return op.Page([.. calls.Skip(op.List.Offset).Take(op.List.Size).Select(call => (JsonNode)Show(call))], calls.Count);
    }

    /// <summary>As the list shows it, or the address alone, however it is written.</summary>
    private static bool IsFrom(IPEndPoint source, IPEndPoint asked) =>
        source.Address.Plain().Equals(asked.Address.Plain()) && (asked.Port == 0 || asked.Port == source.Port);

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
