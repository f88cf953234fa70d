using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Edge.Telnyx;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Dialects;

/// <summary>A resource with states and with resources below it, over HTTP, in a dialect that says no more of them than its kinds.</summary>
public sealed class StatesAndCommentsTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Tickets = Tiny.Root + "/tickets", MemberKey = "KEY-of-a-member";

    private async Task<string> MakeAsync(string path, string body, string key = TelnyxHost.Key)
    {
        var made = await host.SendAsync("POST", path, body, key);
        Assert.True(made.Status == 201, made.Text);
        return (string)made.Data["id"]!;
    }

    private Task<Answer> GetAsync(string path, string key = TelnyxHost.Key) => host.SendAsync("GET", path, (string?)null, key);

    private async Task<long> CountAsync(string ticket) =>
        await host.Store.Sql.ReadAsync(db => db.ExecuteScalar<long>(
            "select count(*) from rw_resource where kind = 'comment' and json_extract(doc, '$.ticket_id') = @ticket", new { ticket }),
            default);

    [Fact]
    public async Task A_state_changes_by_its_moves_alone()
    {
        await host.Store.ApiKeys.CreateAsync(host.Tenant, MemberKey, KeyRole.Member, "member", TestContext.Current.CancellationToken);
        string id = await MakeAsync(Tickets, """{"title":"Lamp","status":"closed"}"""), reopen = $"{Tickets}/{id}/reopen";
        Assert.Equal("open", (string)(await GetAsync($"{Tickets}/{id}")).Data["status"]!);
        (await host.SendAsync("POST", reopen, """{"reason":"too early"}""")).Refuses(409, "wrong_state");
        Assert.Equal("open",
            (string)(await host.SendAsync("PATCH", $"{Tickets}/{id}", """{"status":"closed","title":"Lamp 2"}""")).Data["status"]!);

        Assert.Equal("closed", (string)(await host.SendAsync("POST", $"{Tickets}/{id}/close")).Data["status"]!);
        (await host.SendAsync("POST", $"{Tickets}/{id}/close")).Refuses(409, "wrong_state");
        (await host.SendAsync("POST", reopen, "{}")).Refuses(422, "missing", "/reason");
        (await host.SendAsync("POST", reopen, """{"reason":"dark"}""", MemberKey)).Refuses(403, "forbidden");
        Assert.Equal(404, (await host.SendAsync("POST", reopen, """{"reason":"dark"}""", TelnyxHost.OtherTenantKey)).Status);
        var again = await host.SendAsync("POST", reopen, """{"reason":"dark"}""");
        Assert.Equal(("open", "dark", "Lamp 2"),
            ((string)again.Data["status"]!, (string)again.Data["reason"]!, (string)again.Data["title"]!));
    }

    [Fact]
    public async Task Comments_are_below_their_ticket_and_go_with_it()
    {
        string one = await MakeAsync(Tickets, """{"title":"one"}"""), two = await MakeAsync(Tickets, """{"title":"two"}""");
        string first = await MakeAsync($"{Tickets}/{one}/comments", """{"text":"hello"}""");
        host.Time.Advance(TimeSpan.FromSeconds(1));
        string second = await MakeAsync($"{Tickets}/{one}/comments", """{"text":"again"}""");
        string other = await MakeAsync($"{Tickets}/{two}/comments", """{"text":"elsewhere"}""");

        Assert.Equal([first, second], (await GetAsync($"{Tickets}/{one}/comments")).List.Select(c => (string)c!["id"]!));
        Assert.Equal([other], (await GetAsync($"{Tickets}/{two}/comments")).List.Select(c => (string)c!["id"]!));
        var shown = await GetAsync($"{Tickets}/{one}/comments/{first}");
        Assert.Equal(("hello", one), ((string)shown.Data["text"]!, (string)shown.Data["ticket_id"]!));
        // It cannot be moved to another, or reached by way of another.
        Assert.Equal(one, (string)(await host.SendAsync("PATCH", $"{Tickets}/{one}/comments/{first}",
            $$"""{"ticket_id":"{{two}}","text":"hello!"}""")).Data["ticket_id"]!);
        foreach (string method in new[] { "GET", "PATCH", "DELETE" })
            Assert.Equal(404,
                (await host.SendAsync(method, $"{Tickets}/{two}/comments/{first}", method is "PATCH" ? """{"text":"x"}""" : null)).Status);
        foreach (string path in new[] { $"{Tickets}/{one}/comments", $"{Tickets}/{one}/comments/{first}" })
            Assert.Equal(404, (await GetAsync(path, TelnyxHost.OtherTenantKey)).Status);
        Assert.Equal(404,
            (await host.SendAsync("POST", $"{Tickets}/{one}/comments", """{"text":"mine"}""", TelnyxHost.OtherTenantKey)).Status);
        Assert.Equal(404, (await host.SendAsync("POST", $"{Tickets}/{Guid.NewGuid()}/comments", """{"text":"nowhere"}""")).Status);

        Assert.Equal(200, (await host.SendAsync("DELETE", $"{Tickets}/{one}")).Status);
        Assert.Equal((0, 1), (await CountAsync(one), await CountAsync(two)));
        Assert.Equal(404, (await GetAsync($"{Tickets}/{one}/comments/{first}")).Status);
        await MakeAsync($"{Tickets}/{two}/comments", """{"text":"again"}""");      // what it had for itself is free
    }
}
