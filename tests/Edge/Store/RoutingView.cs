using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Store;

/// <summary>What a routing snapshot answers to every look-up that a small world can ask, as lines to compare.</summary>
internal static class RoutingView
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        Converters =
        {
            new TextOf<IPAddress>(ip => ip.ToString()), new TextOf<AccessList>(list => $"{list.Count}"),
            new TextOf<TenantLimits>(limits =>
                $"{(limits.Channels, limits.DailySpendMicros, limits.RequestRate, limits.MediaBytes, limits.LiveAudio)}"),
        },
    };

    public static IReadOnlyList<string> Of(RoutingSnapshot routing, IEnumerable<string> numbers, IEnumerable<string> users,
        IEnumerable<string> labels, IEnumerable<IPAddress> places)
    {
        var lines = new List<string>();
        TenantId[] tenants = [.. routing.Tenants.Select(t => t.Id).Order(Comparer<TenantId>.Create((a, b) => a.Value.CompareTo(b.Value)))];
        Connection[] connections = [.. routing.Connections.OrderBy(c => c.Tenant.Value).ThenBy(c => c.Id.Value)];
        foreach (var tenant in tenants)
        {
            Say("tenant", routing.FindTenant(tenant));
            Say("access", places.Select(ip => routing.FindTenant(tenant)!.Access.Allows(ip)));
            Say("account", routing.Rates.AccountOf(tenant));
            Say("money", (string.Join(',', routing.Rates.BelowOf(tenant)), routing.Rates.RollsUpTo(tenant)?.ToString(),
                routing.Rates.DeckOf(tenant)?.Name).ToString());
            for (long profile = 1; profile <= 9; profile++) Say($"profile {profile}", routing.FindProfile(tenant, profile));
        }
        foreach (var connection in connections)
        {
            Say("connection", connection);
            Say("found", routing.FindConnection(connection.Tenant, connection.Id));
            Say("first number", routing.FindNumberOf(connection));
            Say("profile of", routing.ProfileOf(connection.Tenant, connection.Id));
            Say("addresses", routing.Sip.AddressesOf(connection.Tenant, connection.Id));
            Say("hosts", routing.Sip.HostsOf(connection.Tenant, connection.Id));
            Say("targets", routing.Sip.TargetsOf(connection));
        }
        foreach (string number in numbers)
        {
            Say("number", routing.FindNumber(number));
            Say("own", routing.FindOwnNumber(number));
            Say("verifier", routing.FindVerifier(number));
            Say("standing", tenants.Select(t => (routing.StandingOf(t, number), routing.IsVerified(t, number)).ToString()));
            Say("price", tenants.Select(t => routing.Rates.Find(t, Direction.Outbound, number, DateTimeOffset.MaxValue)));
            Say("routes", routing.FindRoutes(number).ToList());
        }
        Say("verified", routing.VerifiedNumbers.Select(v => v.ToString()).Order(StringComparer.Ordinal));
        foreach (string user in users) Say($"user {user}", routing.Sip.FindUser(user));
        Say("users", routing.Sip.Users.OrderBy(u => u.Name, StringComparer.Ordinal));
        Say("mailboxes", routing.Mailboxes.OrderBy(m => m.Number, StringComparer.Ordinal).ThenBy(m => m.Tenant.Value));
        Say("waiting", routing.Messages.OrderBy(m => m.User, StringComparer.Ordinal).ThenBy(m => m.Tenant.Value));
        foreach (var tenant in tenants)
            foreach (string user in users) Say($"waiting {user}", routing.FindMessages(tenant, user));
        Say("counts", (routing.Sip.Users.Count, routing.Connections.Count, routing.Tenants.Count, routing.Trunks.Count,
            routing.Sip.HasSources).ToString());
        foreach (string label in labels)
            Say($"subdomain {label}",
                (routing.Sip.FindSubdomain(label)?.Name, routing.Sip.FindSubdomain(label.ToUpperInvariant())?.Name).ToString());
        foreach (var ip in places)
        {
            Say($"source {ip}", routing.Sip.FindSource(ip));
            Say("shared", routing.Sip.IsShared(ip));
            Say("trunk", routing.FindTrunkBySource(ip));
        }
        Say("listed", Sorted(routing.Sip.ListedAddresses));
        Say("shared", Sorted(routing.Sip.SharedAddresses));
        Say("contested", Sorted(routing.Sip.Contested));
        Say("trunks", routing.Trunks.OrderBy(t => t.Name, StringComparer.Ordinal));
        Say("routes", routing.Routes);
        return lines;

        void Say<T>(string what, T answer) =>
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {JsonSerializer.Serialize(answer, Plain)}"));
    }

    private static IEnumerable<string> Sorted(IEnumerable<IPAddress> places) =>
        places.Select(ip => ip.ToString()).Order(StringComparer.Ordinal);

    private sealed class TextOf<T>(Func<T, string> show) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(show(value));
    }
}
