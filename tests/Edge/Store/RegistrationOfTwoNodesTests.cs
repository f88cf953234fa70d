using System.Net;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Delivery;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Each node of one PostgreSQL loads, and takes away, only the registrations that it has taken itself.</summary>
public sealed class RegistrationOfTwoNodesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_registration_is_of_the_node_that_took_it_last()
    {
        await using var server = await Peer.ServerAsync();
        await using var one = await Peer.StartAsync(server, 1, delivers: false);
        // Its clock is ahead: for it everything has lapsed.
        await using var two = await Peer.StartAsync(server, 2, delivers: false, new AheadTime(TimeSpan.FromHours(3)));
        var (here, there) = (one.Database.Registrations, two.Database.Registrations);
        here.Save(Phone("anna"));
        here.Save(Phone("bert"));
        await RowsAsync(server, "1:anna 1:bert");
        Assert.Empty(await there.LoadAsync(Stop));
        Assert.Equal(["anna", "bert"], (await here.LoadAsync(Stop)).Select(r => r.User));
        await RowsAsync(server, "1:anna 1:bert");

        // It moves with its next REGISTER, and the node that had it takes nothing away.
        there.Save(Phone("bert") with { ExpiresAt = DateTimeOffset.UtcNow.AddHours(4) });
        await RowsAsync(server, "1:anna 2:bert");
        here.Remove("bert", Phone("bert").Contact);
        here.Remove("anna", Phone("anna").Contact);
        await RowsAsync(server, "2:bert");
        Assert.Empty(await here.LoadAsync(Stop));
        Assert.Equal("bert", Assert.Single(await there.LoadAsync(Stop)).User);

        // Whoever asks at the other node is told.
        var known = await here.Among(new Nobody()).FindStatusAsync("bert", Stop);
        Assert.Equal((RegistrationState.Registered, "bert"), (known.State, known.Last?.User));
        Assert.Equal(RegistrationState.NotRegistered, (await here.Among(new Nobody()).FindStatusAsync("anna", Stop)).State);

        // A row from before there were several is for the first that starts; one of a node that never comes back lapses.
        await server.Database.Sql.WriteAsync(db => db.Execute("update rw_registration set node = 0"), Stop);
        Assert.Equal("bert", Assert.Single(await here.LoadAsync(Stop)).User);
        await RowsAsync(server, "1:bert");
        await server.Database.Sql.WriteAsync(
            db => db.Execute("update rw_registration set node = 77, expires_at = now() - interval '25 hours'"), Stop);
        Assert.Empty(await here.LoadAsync(Stop));
        await RowsAsync(server, "");
    }

    private static Registration Phone(string user) => new()
    {
        User = user, Contact = $"sip:{user}@192.0.2.1", Transport = SipTransport.Udp, Remote = new(IPAddress.Parse("192.0.2.1"), 5060),
        CallId = "c", CSeq = 1, RegisteredAt = DateTimeOffset.UtcNow, ExpiresAt = DateTimeOffset.UtcNow.AddHours(1),
    };

    private static Task RowsAsync(TestDatabase server, string rows) => Eventually.SomeAsync(async () =>
        string.Join(' ', await server.QueryAsync(
            "select node || ':' || user_name from rw_registration where expires_at > now() order by user_name")) is var found
        && found == rows ? "so" : null, $"there is: {rows}");

    private sealed class Nobody : IRegistrations
    {
        public ValueTask<RegistrationStatus> FindStatusAsync(string user, CancellationToken stop) =>
            new(new RegistrationStatus(RegistrationState.NotRegistered, null));
    }

    private sealed class AheadTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
