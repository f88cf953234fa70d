using Ringwright.Calls;
using Ringwright.Telnyx;

namespace Ringwright.Texml.Run;

/// <summary>What every request of documents says of the call.</summary>
internal static class CallParameters
{
    public static List<KeyValuePair<string, string>> Of(LegFacts leg, Ids ids, string status)
    {
        string sid = ids.CallControl(leg.Tenant, leg.Id);
        var parameters = new List<KeyValuePair<string, string>>
        {
            new("AccountSid", leg.Tenant.ToString()),
            new("CallSid", sid),
            new("CallSidLegacy", sid),
            new("CallStatus", status),
            new("CallerId", leg.From),
            new("CallingPartyType", leg.IsPlacedByCustomer ? "sip" : "pstn"),
            new("ConnectionId", leg.Connection.ToString()),
            new("From", leg.From),
            new("To", leg.To),
        };
        if (leg.FromUri is { } from) parameters.Add(new("FromSipUri", from));
        if (leg.ToUri is { } to) parameters.Add(new("ToSipUri", to));
        return parameters;
    }
}
