using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Streams;

namespace Ringwright.Telnyx.Voice;

/// <summary>The contract's words in the frames of media streams.</summary>
public static class StreamIdentities
{
    public const string TokenHeader = "x-telnyx-streaming-auth-token";

    public static StreamIdentity Of(StreamOrder order, Ids ids, IRouting routing)
    {
        var leg = order.Leg;
        string own = leg.Direction is Direction.Inbound ? leg.To : leg.From;
        return new()
        {
            TokenHeader = TokenHeader,
            // The server that gets the header gets it here too, as the contract says.
            Connected = order.Terms.AuthToken is { } token ? new() { [TokenHeader] = token } : null,
            Start = new()
            {
                ["user_id"] = leg.Tenant.ToString(),
                ["call_control_id"] = ids.CallControl(leg.Tenant, leg.Id),
                ["call_session_id"] = leg.Session.ToString(),
                ["from"] = leg.From,
                ["to"] = leg.To,
                ["tags"] = new JsonArray([.. (routing.Current.FindNumber(own)?.Tags ?? []).Select(tag => (JsonNode)tag)]),
                ["client_state"] = leg.Labels[TelnyxLabels.ClientState],
            },
            Stop = new()
            {
                ["user_id"] = leg.Tenant.ToString(),
                ["call_control_id"] = ids.CallControl(leg.Tenant, leg.Id),
            },
        };
    }
}
