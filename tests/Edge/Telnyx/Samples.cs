using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Edge.Telnyx;

/// <summary>One tenant with one application and one number, and legs of it, all with fixed ids.</summary>
internal static class Samples
{
    public static readonly TenantId Tenant = new(new Guid("0d3f1a52-6f07-4c8e-9a53-2f1f4b1c7a10"));
    public static readonly TenantId Stranger = new(new Guid("11111111-6f07-4c8e-9a53-2f1f4b1c7a10"));
    public static readonly ConnectionId Application = new(1293384261075731499);
    public static readonly LegId Leg = LegId.Compose(node: 1, shard: 2, epoch: 7, counter: 42, random: 0xABCDEF);
    public static readonly DateTimeOffset Start = new(2025, 3, 4, 15, 0, 0, 123, 456, TimeSpan.Zero);

    public static readonly Connection Connection = new()
    {
        Id = Application,
        Tenant = Tenant,
        Kind = ConnectionKind.CallControl,
        Name = "call-router",
        WebhookUrl = "https://example.com/hooks",
        WebhookFailoverUrl = "https://failover.example.com/hooks",
        TellsCost = true,
    };

    public static readonly Charge Charge =
        new() { Micros = 12_500, Currency = "USD", BilledSeconds = 75, MicrosPerMinute = 10_000, Prefix = "+1312" };

    public static Ids Ids() => new(Node());

    public static NodeIdentity Node(byte seed = 1) => new(1, 7, Enumerable.Repeat(seed, 32).ToArray());

    public static RoutingSnapshot Snapshot(Connection? connection = null) => new(
        [new Tenant { Id = Tenant, Name = "acme" }],
        [connection ?? Connection],
        [new Number("+15550100000", Tenant, Application) { Tags = ["support"] }],
        [], [], []);

    public static LegFacts Facts(Direction direction = Direction.Inbound, bool isAnswered = false) => new()
    {
        Id = Leg,
        Uuid = new Guid("428c31b6-7af4-11ef-b7f5-5013ef9657c1"),
        Session = new(new Guid("428c2e78-7af4-11ef-b7f5-5013ef9657c1")),
        Tenant = Tenant,
        Connection = Application,
        Direction = direction,
        From = direction is Direction.Inbound ? "+13125550100" : "+15550100000",
        To = direction is Direction.Inbound ? "+15550100000" : "+13125550100",
        FromUri = "+13125550100@192.0.2.7:5060",
        ToUri = "+15550100000@192.0.2.1:5060",
        CallerName = "Ada",
        StartedAt = new(1_000_000_000),
        AnsweredAt = isAnswered ? new(3_000_000_000) : null,
        Headers = [new("X-Account", "77"), new("User-to-User", "3132;encoding=hex"), new("Diversion", "<sip:111@192.0.2.9>")],
    };

    public sealed class Fixed(RoutingSnapshot snapshot) : IRouting
    {
        public RoutingSnapshot Current { get; set; } = snapshot;
    }

    /// <summary>Ids count up from 1, so that goldens stay the same.</summary>
    public static TelnyxProjector Projector(Connection? connection = null)
    {
        int count = 0;
        return new(Ids(), new Fixed(Snapshot(connection)), new(Node(), new(new Uri("https://calls.example.com"))),
            () => new Guid($"00000000-0000-4000-8000-{++count:D12}"));
    }
}
