using Ringwright.Admission;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns;

/// <summary>Two accounts, one below the first, an application and equipment; and questions of them.</summary>
public abstract class GateRig
{
    protected const string Ours = "+15550100000", Theirs = "+15550200000", ByChannel = "+4930700700";
    protected static readonly TenantId TenantA = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));
    protected static readonly TenantId TenantB = new(Guid.Parse("22222222-2222-2222-2222-222222222222"));
    protected static readonly TenantId Child = new(Guid.Parse("33333333-3333-3333-3333-333333333333"));
    protected static readonly ConnectionId Application = new(1_000_000_000_000_000_001), Equipment = new(1_000_000_000_000_000_002),
        Second = new(1_000_000_000_000_000_003);

    protected FakeTimeProvider Clock { get; } = new();
    private uint _counter;

    protected static readonly OutboundProfile Spender = new() { Id = 5, Tenant = TenantA, Name = "spender", Destinations = ["US", "DE"] };

    protected CallAttempt Ask(string to) => new()
    {
        Leg = LegId.Compose(1, 0, 1, Interlocked.Increment(ref _counter), 7),
        Direction = Direction.Outbound,
        Tenant = TenantA,
        Connection = Application,
        From = Ours,
        To = to,
        Kind = to.StartsWith("sip:", StringComparison.Ordinal) ? DestinationKind.Elsewhere : DestinationKind.Number,
    };

    protected CallAttempt ChildAsk() => Ask("+15550001234") with { Tenant = Child };

    protected static LegFacts Facts(CallAttempt question) => new()
    {
        Id = question.Leg, Uuid = Guid.Empty, Session = default, Tenant = question.Tenant, Connection = question.Connection,
        Direction = question.Direction, From = question.From, To = question.To, StartedAt = new(0),
    };

    protected static Charge Charge(long micros) =>
        new() { Micros = micros, Currency = "USD", BilledSeconds = 60, MicrosPerMinute = 1_000_000, Prefix = "+1" };

    /// <summary>The call is over, and the ledger has charged it.</summary>
    private protected static void End(DialGate gate, CallAttempt call, long micros)
    {
        gate.Leave(call.Leg);
        gate.Charged(Facts(call), Charge(micros));
    }

    private protected DialGate Gate(DialGateOptions? options = null, string? rates = null, IEnumerable<MoneyAccount>? accounts = null,
        int? tenantLimit = null, long? tenantSpend = null, int? childLimit = null, long? childSpend = null, int? inbound = null,
        int? outbound = null, int? profileLimit = null, bool isActive = true, OutboundProfile? profile = null, bool isChildDisabled = false,
        bool isApplicationBare = false, int? euroChannels = null, ISharedUse? shared = null)
    {
        var channels = new Dictionary<string, int>();
        if (euroChannels is { } euro) channels[ChannelZone.Euro.Name] = euro;
        Tenant[] tenants =
        [
            new()
            {
                Id = TenantA, Name = "a", DefaultProfile = 5, Limits = new() { Channels = tenantLimit, DailySpendMicros = tenantSpend },
                VoiceChannels = channels,
            }, new() { Id = TenantB, Name = "b" },
            new()
            {
                Id = Child, Name = "c", Parent = TenantA, Limits = new() { Channels = childLimit, DailySpendMicros = childSpend },
                IsDisabled = isChildDisabled
            },
        ];
        List<RateDeck> decks = rates is null ? []
            : [new(Guid.Empty, "deck", RateSheet.Read(new StringReader(rates), new() { EffectiveFrom = DateTimeOffset.UnixEpoch }).Rates)];
        var snapshot = new RoutingSnapshot(
            tenants,
            [.. new[] { TenantB, Child }.Select(t =>
                new Connection { Id = Application, Tenant = t, Kind = ConnectionKind.CallControl, Name = "app", OutboundProfile = 6 }),
                new() { Id = Equipment, Tenant = TenantA, Kind = ConnectionKind.Credential, Name = "phones" },
                new() { Id = Second, Tenant = TenantA, Kind = ConnectionKind.CallControl, Name = "second", OutboundProfile = 6 }, new()
                {
                    Id = Application, Tenant = TenantA, Kind = ConnectionKind.CallControl, Name = "app", IsActive = isActive,
                    InboundChannelLimit = inbound, OutboundChannelLimit = outbound, OutboundProfile = isApplicationBare ? null : 5
                }],
            [
                new(Ours, TenantA, Application), new(Theirs, TenantB, null),
                new(ByChannel, TenantA, Application) { Voice = new() { IsPaidByChannel = true } },
            ],
            [.. new[] { TenantA, TenantB, Child }.Select(t => new OutboundProfile { Id = 6, Tenant = t, Name = "profile" }), profile
                ?? new()
                {
                    Id = 5, Tenant = TenantA, Name = "profile", ConcurrentCallLimit = profileLimit, Destinations = ["US", "CA", "DE", "GB"]
                }],
            [], [])
        {
            Rates = new(decks, Guid.Empty, accounts ?? [], tenants),
        };
        return new(Routing = new(snapshot), NumberingPlansTests.Plans, NumberingPlansTests.Emergencies,
            options ?? new() { IsLoopbackOnly = true }, Clock, shared);
    }

    /// <summary>Of the last <see cref="Gate"/>.</summary>
    private protected SetRouting Routing { get; private set; } = new(RoutingSnapshot.Empty);

    private protected sealed class SetRouting(RoutingSnapshot current) : IRouting
    {
        public RoutingSnapshot Current { get; set; } = current;
    }
}
