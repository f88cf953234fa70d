using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Contract.Conformance;

/// <summary>What belongs to the account itself.</summary>
internal static class AccountRows
{
    public static readonly Area Area = new(
    [
        new("GetWebhookDeliveries")
        {
            Thing = "$delivery",
            Filters = new Dictionary<string, string>
            {
                ["attempts"] = "attempts.0.http.request.url", ["event_type"] = "webhook.event_type", ["webhook"] = "webhook.id"
            },
        },

        new("CreateManagedAccount", """{"business_name": "$unique"}""") { Full = """{"email": "$unique@example.com"}""" },
        new("DisableManagedAccount") { Path = ["$CreateManagedAccount"] },
        new("EnableManagedAccount") { Path = ["$CreateManagedAccount"] },
        new("UpdateManagedAccountGlobalChannelLimit") { Path = ["$CreateManagedAccount"], Full = """{"channel_limit": 5}""" },
        new("ListAllocatableGlobalOutboundChannels"),

        // The accounts of the walk list the node's own machine, which this asks from.
        new("CreateAccessIpAddress", """{"ip_address": "$ip"}""") { Filters = new Dictionary<string, string> { ["ip_source"] = "source" } },
        new("CreateAccessIPRange", """{"cidr_block": "$ip/32"}"""),

        new("CreateAuthenticationProvider",
            """{"name": "$unique", "short_name": "$unique2", "settings": {"idp_entity_id": "https://idp.example.com/metadata", "idp_sso_target_url": "https://idp.example.com/sso", "idp_cert_fingerprint": "13:38:C7:BB:C9:FF:4A:70:38:3A:E3:D9:5C:CD:DB:2E:50:1E:80:A7"}}""")
        {
            Full = """{"settings_url": "$hook", "settings": {"idp_cert_fingerprint_algorithm": "sha256"}}""",
        },
        new("create_integration_secret", """{"identifier": "$unique", "type": "bearer", "token": "a token"}""")
        {
            Filters = new Dictionary<string, string> { ["type"] = "=bearer" }
        },
        new("CreateBillingGroup") { Full = """{"name": "$unique"}""" },
        new("GetUserTags"),
        new("ListAuditLogs")
        {
            Thing = "$audit_event",
            Filters = new Dictionary<string, string> { ["created_after"] = "created_at", ["created_before"] = "created_at" }
        },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            ["delivery"] = words => words.Node.KeepAsync("delivery", async () =>
            {
                await words.FillAsync("$call");
                var log = await Eventually.SomeAsync(async () =>
                    (await words.Node.Owner.GetAsync("/v2/webhook_deliveries")).Data is JsonArray { Count: > 0 } all ? all : null,
                    "a webhook is in the log");
                return (string)log[0]!["id"]!;
            }),
            ["audit_event"] = words => words.Node.KeepAsync("audit_event", async () =>
            {
                string group = await words.MakeAsync("CreateBillingGroup", "{}");
                var trail = (await words.Node.Owner.GetAsync("/v2/audit_events")).Data!.AsArray();
                return (string)trail.First(e => (string?)e!["resource_id"] == group)!["id"]!;
            }),
        },
    };
}
