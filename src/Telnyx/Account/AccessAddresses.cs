using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Account;

/// <summary>
/// List, create, get and delete. Single addresses that the account's keys may be used from; the pipeline turns others away.
/// </summary>
internal static class AccessAddresses
{
    public static readonly ResourceKind Kind = new("access_ip_address")
    {
        Ids = IdStyle.Snowflake19,
        Unique = ["ip_address"],
        Paths = new Dictionary<string, string> { ["ip_source"] = "source" },
        Validate = (op, body, _) => new(Check(op, body)),
        BeforeDelete = (op, row) => new(AccessRules.CheckRemoved(op, NetworkOf(row))),
        Show = AccessRules.Show,
    };

    public static readonly ResourceView<IPNetwork> View = new() { Read = NetworkOf };

    private static Problem? Check(OperationContext op, JsonObject body)
    {
        const string Pointer = "/ip_address";
        if (body.Text("ip_address") is not { } text || !TypedAddress.TryRead(text, out var address) || text.Contains('%'))
            return new(VoiceErrors.BadRequest, "ip_address must be one IPv4 or IPv6 address, for example 203.0.113.7.")
            {
                Pointer = Pointer
            };
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (AccessRules.CheckAdded(op, AccessRules.Only(address), Pointer) is { } problem) return problem;
        body["ip_address"] = address.ToString();
        body["source"] = "api";
        return null;
    }

    // checked before it was written
    private static IPNetwork NetworkOf(ResourceRow row) => AccessRules.Only(IPAddress.Parse(row.Body.Text("ip_address")!));
}
