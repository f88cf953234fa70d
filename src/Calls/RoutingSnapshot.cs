using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using Ringwright.Calls.Pricing;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>All that the call path reads of the configuration. Immutable; look-ups are its only logic.</summary>
public sealed class RoutingSnapshot
{
    public static readonly RoutingSnapshot Empty = new([], [], [], [], [], []);

    /// <summary>
    /// Text of a <see cref="Number"/> that stands for every number without an entry of its own; the lab answers for all of them so.
    /// </summary>
    public const string AnyNumber = "*";

    private readonly SharedIndex<(TenantId, ConnectionId), Connection> _connections;
    private readonly SharedIndex<string, Number> _numbers;
    /// <summary>The texts of those that lead to a connection. Of one there may be very many.</summary>
    private readonly SharedIndex<(TenantId, ConnectionId), ImmutableSortedSet<string>> _numbersOf;
    private readonly SharedIndex<(TenantId, long), OutboundProfile> _profiles;
    private readonly FrozenDictionary<TenantId, Tenant> _tenants;
    private readonly FrozenDictionary<TrunkId, Trunk> _trunks;
    private readonly SharedIndex<string, TenantId[]> _verifiers = new([]);
    private readonly SharedIndex<(TenantId, string), WaitingMessages> _messages = new([]);
    private readonly SharedIndex<(TenantId, string), VoiceMailbox> _mailboxes = new([]);

    public RoutingSnapshot(IEnumerable<Tenant> tenants, IEnumerable<Connection> connections, IEnumerable<Number> numbers,
        IEnumerable<OutboundProfile> profiles, IEnumerable<Trunk> trunks, IEnumerable<Route> routes, SipEquipment? equipment = null)
    {
        _tenants = tenants.ToFrozenDictionary(t => t.Id);
        _connections = new(connections, c => (c.Tenant, c.Id));
        _numbers = new(numbers.Where(n => !n.IsPortedOut), n => n.Text, StringComparer.Ordinal);
        _numbersOf = new(_numbers.Where(n => HolderOf(n) is not null).GroupBy(n => HolderOf(n)!.Value, n => n.Text) // just asked for
            .ToDictionary(g => g.Key, g => g.ToImmutableSortedSet(StringComparer.Ordinal)));
        _profiles = new(profiles, p => (p.Tenant, p.Id));
        _trunks = trunks.ToFrozenDictionary(t => t.Id);
        Sip = new(_connections, equipment ?? SipEquipment.None);
        Routes = Order(routes);
    }

    private RoutingSnapshot(RoutingSnapshot was, RoutingChanges changes)
    {
        _tenants = changes.Tenants?.ToFrozenDictionary(t => t.Id) ?? was._tenants;
        _trunks = changes.Trunks?.ToFrozenDictionary(t => t.Id) ?? was._trunks;
        Routes = changes.Routes is { } routes ? Order(routes) : was.Routes;
        Rates = changes.Rates ?? was.Rates;
        _connections = was._connections.With(changes.Connections);
        _numbers = was._numbers.With(
            [.. changes.Numbers.Select(n => KeyValuePair.Create(n.Key, n.Value is { IsPortedOut: false } number ? number : null))]);
        _numbersOf = was._numbersOf.With(Regroup(was, changes.Numbers));
        _profiles = was._profiles.With(changes.Profiles);
        Sip = was.Sip.With(was._connections, _connections, changes);
        _verifiers = was._verifiers.With(
            [.. changes.Verifiers.Select(v => KeyValuePair.Create(v.Key, v.Value.Count > 0 ? v.Value.ToArray() : null))]);
        _messages = was._messages.With(changes.Messages);
        _mailboxes = was._mailboxes.With(changes.Mailboxes);
    }

    /// <summary>
    /// What a whole load would give after the changes; this one stays as it is. Costs what has changed, and not what there is.
    /// </summary>
    public RoutingSnapshot With(RoutingChanges changes) => new(this, changes);

    /// <summary>Longest prefix first, then priority (lower first), then weight (higher first).</summary>
    public IReadOnlyList<Route> Routes { get; }

    /// <summary>SIP users, addresses and host names of the connections.</summary>
    public SipDirectory Sip { get; }

    /// <summary>What calls cost, and who may run into debt.</summary>
    public RateBook Rates { get; init; } = RateBook.Empty;

    /// <summary>
    /// Numbers of the public network that tenants have proved to be theirs, of one number the first to do so first;
    /// each may show them as its caller id.
    /// </summary>
    public IReadOnlyCollection<VerifiedNumber> VerifiedNumbers
    {
        get => [.. _verifiers.Keys.SelectMany(text => _verifiers.Find(text) ?? [], (text, tenant) => new VerifiedNumber(tenant, text))];
        init => _verifiers = new(value.GroupBy(v => v.Text, v => v.Tenant, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal));
    }

    /// <summary>The messages that wait for SIP users; for no more than they were told of, whether the user exists or not.</summary>
    public IReadOnlyCollection<WaitingMessages> Messages
    {
        get => _messages;
        init => _messages = new(value, waiting => (waiting.Tenant, waiting.User));
    }

    /// <summary>Null when none do.</summary>
    public WaitingMessages? FindMessages(TenantId tenant, string user) => _messages.Find((tenant, user));

    /// <summary>The numbers with voicemail.</summary>
    public IReadOnlyCollection<VoiceMailbox> Mailboxes
    {
        get => _mailboxes;
        init => _mailboxes = new(value, mailbox => (mailbox.Tenant, mailbox.Number));
    }

    /// <summary>The number's voicemail; null where its owner has none, or has switched it off.</summary>
    public VoiceMailbox? FindMailbox(Number number) => _mailboxes.Find((number.Tenant, number.Text));

    public IReadOnlyCollection<Trunk> Trunks => _trunks.Values;

    /// <summary>Of all tenants.</summary>
    public IReadOnlyCollection<Connection> Connections => _connections;

    public IReadOnlyCollection<Tenant> Tenants => _tenants.Values;

    public Tenant? FindTenant(TenantId id) => _tenants.GetValueOrDefault(id);
    public Connection? FindConnection(TenantId tenant, ConnectionId id) => _connections.Find((tenant, id));
    public OutboundProfile? FindProfile(TenantId tenant, long id) => _profiles.Find((tenant, id));

    /// <summary>
    /// What outbound calls go by: the profile of the connection that places them, or the account's default one where none does.
    /// </summary>
    public OutboundProfile? ProfileOf(TenantId tenant, ConnectionId connection) =>
        (connection == default ? FindTenant(tenant)?.DefaultProfile : FindConnection(tenant, connection)?.OutboundProfile) is { } id
            ? FindProfile(tenant, id)
            : null;

    /// <summary>The number itself, else the entry whose text is <see cref="AnyNumber"/> when there is one.</summary>
    public Number? FindNumber(string text) => _numbers.Find(text) ?? _numbers.Find(AnyNumber);

    /// <summary>A number that is an account's of this node, so that calls to it stay here; null for all others.</summary>
    public Number? FindOwnNumber(string text) => _numbers.Find(text) is { } number && number.Text != AnyNumber ? number : null;

    /// <summary>The first number, by its digits, that leads to the connection.</summary>
    public Number? FindNumberOf(Connection connection) =>
        _numbersOf.Find((connection.Tenant, connection.Id)) is { } texts ? _numbers.Find(texts[0]) : null;

    /// <summary>This very tenant has proved the number; who else it stands for, its parent or child, is for the caller to ask.</summary>
    public bool IsVerified(TenantId tenant, string number) => _verifiers.Find(number)?.Contains(tenant) is true;

    /// <summary>What a number is to a tenant that wants to show it as its caller id.</summary>
    public CallerStanding StandingOf(TenantId tenant, string number)
    {
        // Whoever has the number on this node has it, whatever somebody proved before.
        if (_numbers.TryFind(number, out var owned) && owned.Text != AnyNumber)
            return IsOfOneFamily(tenant, owned.Tenant) ? CallerStanding.Own : CallerStanding.Anothers;
        if (!_verifiers.TryFind(number, out var verifiers)) return CallerStanding.Unproved;
        foreach (var verifier in verifiers)
            if (IsOfOneFamily(tenant, verifier)) return CallerStanding.Own;
        return CallerStanding.Anothers;
    }

    /// <summary>One of the tenants that have proved the number; null when none has.</summary>
    public TenantId? FindVerifier(string number) => _verifiers.TryFind(number, out var verifiers) ? verifiers[0] : null;

    public Trunk? FindTrunk(TrunkId id) => _trunks.GetValueOrDefault(id);

    /// <summary>
    /// The trunk that a request from this address belongs to, by its listed sources: the narrowest network wins, then the trunk's name.
    /// </summary>
    /// <param name="weighed">Gets every trunk with what it came to, for an explanation.</param>
    public Trunk? FindTrunkBySource(IPAddress source, List<SourceCandidate>? weighed = null)
    {
        Trunk? best = null;
        int narrowest = -1;
        foreach (var trunk in _trunks.Values)
        {
            if (!trunk.IsEnabled && weighed is null) continue;
            var network = trunk.NarrowestSource(source);
            weighed?.Add(new(trunk, network, SourceOutcome.Chosen));
            if (!trunk.IsEnabled || network is not { PrefixLength: var length } || length < narrowest) continue;
            if (length == narrowest && string.CompareOrdinal(trunk.Name, best?.Name) >= 0) continue;
            (best, narrowest) = (trunk, length);
        }
        if (weighed is not null) Judge(weighed, best, narrowest);
        return best;
    }

    /// <summary>
    /// The trunk that vouches for an address, whether it is switched on or off: it lists the address, or is called there, or its host name
    /// leads there. Such an address is no customer's.
    /// </summary>
    public Trunk? FindTrunkAt(IPAddress address, TrunkHosts hosts)
    {
        if (FindTrunkBySource(address) is { } known) return known;
        foreach (var trunk in _trunks.Values)
            if (trunk.NarrowestSource(address) is not null || trunk.IsAt(address)) return trunk;
        return hosts.Find(address) is { } id ? FindTrunk(id) : null;
    }

    /// <summary>A trunk is called at this very address and port.</summary>
    public bool HasTrunkAt(IPAddress address, int port)
    {
        foreach (var trunk in _trunks.Values)
            if (trunk.IsAt(address) && (trunk.Port ?? (trunk.Transport is SipTransport.Tls ? 5061 : 5060)) == port) return true;
        return false;
    }

    /// <summary>Routes that match the number, best first; the caller tries their trunks in order.</summary>
    /// <param name="weighed">Gets the others with what they came to, each when its turn comes, for an explanation.</param>
    public IEnumerable<Route> FindRoutes(string number, List<RouteCandidate>? weighed = null)
    {
        foreach (var route in Routes)
        {
            bool hasPrefix = number.StartsWith(route.Prefix, StringComparison.Ordinal);
            if (hasPrefix && route.IsEnabled) yield return route;
            else weighed?.Add(new(route, FindTrunk(route.Trunk), hasPrefix ? RouteOutcome.RouteDisabled : RouteOutcome.OtherPrefix));
        }
    }

    private static Route[] Order(IEnumerable<Route> routes) =>
        [.. routes.OrderByDescending(r => r.Prefix.Length).ThenBy(r => r.Priority).ThenByDescending(r => r.Weight)];

    /// <summary>The connection whose number it is; null where that says nothing of who calls.</summary>
    private static (TenantId, ConnectionId)? HolderOf(Number? number) =>
        number is { Connection: { } connection, IsPortedOut: false, Text: not AnyNumber } ? (number.Tenant, connection) : null;

    private static Dictionary<(TenantId, ConnectionId), ImmutableSortedSet<string>?> Regroup(RoutingSnapshot was,
        Dictionary<string, Number?> numbers)
    {
        var groups = new Dictionary<(TenantId, ConnectionId), ImmutableSortedSet<string>?>();
        foreach (var (text, number) in numbers)
        {
            var (before, now) = (HolderOf(was._numbers.Find(text)), HolderOf(number));
            if (before == now) continue;
            if (before is { } left) groups[left] = Of(left).Remove(text) is { IsEmpty: false } others ? others : null;
            if (now is { } joined) groups[joined] = Of(joined).Add(text);
        }
        return groups;

        ImmutableSortedSet<string> Of((TenantId, ConnectionId) holder) =>
            (groups.TryGetValue(holder, out var texts) ? texts : was._numbersOf.Find(holder))
            ?? ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
    }

    /// <summary>The same, or one directly above the other.</summary>
    private bool IsOfOneFamily(TenantId one, TenantId other) =>
        one == other || FindTenant(one)?.Parent == other || FindTenant(other)?.Parent == one;

    /// <summary>Why each trunk but the best one lost; the winner is known only at the end.</summary>
    private static void Judge(List<SourceCandidate> weighed, Trunk? best, int narrowest)
    {
        for (int i = 0; i < weighed.Count; i++)
        {
            var (trunk, network, _) = weighed[i];
            weighed[i] = weighed[i] with
            {
                Outcome = network is not { PrefixLength: var length } ? SourceOutcome.NoSuchSource
                    : !trunk.IsEnabled ? SourceOutcome.TrunkDisabled
                    : trunk.Id == best?.Id ? SourceOutcome.Chosen
                    : length < narrowest ? SourceOutcome.WiderNetwork
                    : SourceOutcome.LaterName,
            };
        }
        weighed.Sort(static (a, b) => (a.Outcome, b.Network?.PrefixLength ?? -1, a.Trunk.Name)
            .CompareTo((b.Outcome, a.Network?.PrefixLength ?? -1, b.Trunk.Name)));
    }
}
