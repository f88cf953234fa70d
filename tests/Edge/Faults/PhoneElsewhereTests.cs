using System.Net;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Server.Modules;
using Ringwright.Server.Nodes;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Faults;

/// <summary>A call on one node for a phone that another node of the same PostgreSQL has registered.</summary>
public sealed class PhoneElsewhereTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Depth("the gate has two nodes that hear of each other, and calls while the database is away")]
    public async Task A_phone_of_another_node_rings_where_datagrams_reach_it_and_else_the_call_says_where_it_is()
    {
        string database = await Migrated.OnPostgresAsync(ofNode: true);
        using var phone = new FarEnd();
        using var folder = new TempFolder();
        using var node = await ServedNode.StartAsync([], flags: ["--database", database]);
        File.Copy(Path.Combine(node.Disk, "data", "key"), folder.File("key"));
        await using var other = await Database.OpenAsync(new()
        {
            DataFolder = folder.Path, Connection = database, Node = 9, Areas = NodeModules.Areas
        }, TimeProvider.System, NullLogger.Instance, Stop);
        string application = await OneDialTests.ApplicationAsync(node);
        // On the node itself a caller shows a number of the account.
        using (var socket = new AdminClient(Path.Combine(node.Disk, "data")))
            await socket.SendAsync(HttpMethod.Post, "node/numbers", new JsonObject
            {
                ["numbers"] = new JsonArray(new JsonObject { ["number"] = "+15550100000", ["connection"] = application })
            }, Stop);
        foreach (string user in new[] { "annaphone", "bertphone" })
        {
            using var made = await node.PostAsync("v2/credential_connections",
                $$"""{"connection_name":"{{user}}","user_name":"{{user}}","password":"not-a-secret-1"}""");
            Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(Stop));
        }
        Assert.Contains("registered nowhere", await EndAsync("annaphone"), StringComparison.Ordinal);

        string contact = $"sip:annaphone@{phone.Place}";
        var registration = new Registration
        {
            User = "annaphone", Contact = contact, Transport = SipTransport.Udp, Remote = phone.Place, CallId = "c", CSeq = 1,
            RegisteredAt = DateTimeOffset.UtcNow, ExpiresAt = DateTimeOffset.UtcNow.AddHours(1),
        };
        other.Registrations.Save(registration);
        other.Registrations.Save(
            registration with { User = "bertphone", Contact = $"sip:bertphone@{phone.Place};transport=tcp", Transport = SipTransport.Tcp });
        // What was saved reaches the node in its own time.
        await Eventually.SomeAsync(async () => await RingsAsync() ? "rings" : null, "it rings");
        await Eventually.SomeAsync(async () =>
        {
            string end = await EndAsync("bertphone");
            return end.Contains("node 9 by a connection", StringComparison.Ordinal) ? end : null;
        }, "it says where the other one is");

        other.Registrations.Remove("annaphone", contact);
        await Eventually.SomeAsync(async () =>
        {
            if (!await RingsAsync()) return "gone";
            // Those that ring take the node's ports.
            await Task.Delay(TimeSpan.FromSeconds(1), Stop);
            return null;
        }, "it has gone there too");

        async Task<string> DialAsync(string user)
        {
            string id = Guid.NewGuid().ToString();
            var (status, body) = await OneDialTests.DialAsync(node, application, id, $"sip:{user}@127.0.0.1:{node.SipPort}");
            Assert.True(status == HttpStatusCode.OK, $"{body}");
            return id;
        }

        // Null while it goes on.
        ValueTask<string?> SaidAsync(string id) => other.Sql.ReadAsync(
            db => db.ExecuteScalar<string?>("select evidence from rw_leg where command_id = @id", new { id }), Stop);

        async Task<string> EndAsync(string user)
        {
            string id = await DialAsync(user);
            return await Eventually.SomeAsync(() => SaidAsync(id), "the call has ended");
        }

        // False when the call has ended because the phone is nowhere.
        async Task<bool> RingsAsync()
        {
            int before = Calls();
            string id = await DialAsync("annaphone"), end = await Eventually.SomeAsync(
                async () => Calls() > before ? "" : await SaidAsync(id), "it rings, or the call has ended");
            if (end.Length > 0) Assert.Contains("registered nowhere", end, StringComparison.Ordinal);
            return end.Length == 0;
        }

        int Calls() => phone.Calls.TryGetValue("annaphone", out var calls) ? calls.Count : 0;
    }
}
