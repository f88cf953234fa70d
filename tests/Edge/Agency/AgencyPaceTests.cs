using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Edge.Net;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

[Depth("a call that finds no room is tried again after five seconds")]
public sealed class AgencyPaceOnSqliteTests() : AgencyPaceTests(Product.Sqlite);

[Depth("a call that finds no room is tried again after five seconds")]
public sealed class AgencyPaceOnPostgresTests() : AgencyPaceTests(Product.Postgres);

/// <summary>How many an agency's batches call at the same time, and what becomes of whom there was no room for.</summary>
public abstract class AgencyPaceTests(Product product) : IAsyncLifetime
{
    private const int TalkSeconds = 3;

    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;

    private TenantId Agency => new(Guid.Parse((string)Host.AccountA["id"]!));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task All_batches_of_an_agency_share_its_calls_at_once_and_each_gets_on()
    {
        // Case B06.
        await ChannelsAsync((string)Host.AccountA["id"]!, 2);
        var batches = new List<string>();
        foreach (int first in new[] { 100, 102 })
            batches.Add((string)(await _lab.BatchAsync(await _lab.CampaignAsync(), [$"+15550300{first}", $"+15550300{first + 1}"],
                """{"max_concurrent":10}"""))["id"]!);
        foreach (string batch in batches)
        {
            await _lab.BecomesAsync(batch, "completed");
            Assert.All(await _lab.ContactsAsync(batch), contact =>
                Assert.Equal(("answered", 1), ((string?)contact["outcome"], (int)contact["attempts"]!)));
        }
        var calls = _lab.Far.Calls;
        Assert.Equal(4, calls.Count);
        Assert.All(calls, call => Assert.InRange(calls.Count(other => other.At <= call.At && !IsOver(other, call.At)), 1, 2));
    }

    [Fact]
    public async Task Whom_there_was_no_room_to_call_has_lost_no_attempt()
    {
        // Case B12: the other side of the line here is the node's own limit.
        string busy = await _lab.DialAsync(await _lab.KeyOfAsync(_lab.Client), "wait");
        await Eventually.TrueAsync(() => _lab.Far.Of(AgencyLab.Number("wait")).Any(), "the line is taken");
        await ChannelsAsync(_lab.Client, 1);
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), [AgencyLab.Number("ok-1")]))["id"]!;
        string contact = (string)Assert.Single(await _lab.ContactsAsync(batch))["id"]!;
        await Eventually.SomeAsync(async () =>
        {
            if ((await AttemptsAsync(contact)).Count >= 2) return contact;
            await Task.Delay(100, Stop);
            return null;
        }, "it has been tried twice");
        Assert.All(await AttemptsAsync(contact), attempt => Assert.Null((string?)attempt["call_id"]));
        Assert.Empty(_lab.Far.Of(AgencyLab.Number("ok-1")));
        Assert.Equal(0, (int)Assert.Single(await _lab.ContactsAsync(batch))["attempts"]!);

        _lab.Far.Bye(_lab.Far.Of(AgencyLab.Number("wait")).Single());
        await _lab.EndsAsync(busy);
        await _lab.BecomesAsync(batch, "completed");
        Assert.Single(_lab.Far.Of(AgencyLab.Number("ok-1")));
        var called = Assert.Single(await _lab.ContactsAsync(batch));
        Assert.Equal(("completed", "answered", 1),
            ((string?)called["status"], (string?)called["outcome"], (int)called["attempts"]!));
    }

    [Fact]
    public async Task Nobody_is_rung_for_two_clients_at_once()
    {
        string number = AgencyLab.Number("wait");
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), [number]))["id"]!;
        await Eventually.TrueAsync(() => _lab.Far.Of(number).Any(call => call.AnsweredAt is not null), "the first client's call");
        string second = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(client: _lab.OtherClient), [number]))["id"]!;
        var waits = await PutOffAsync(second);
        var first = Assert.Single(_lab.Far.Of(number));
        Assert.Equal(0, (int)Assert.Single(await _lab.ContactsAsync(second))["attempts"]!);
        _lab.Far.Bye(first);
        await _lab.BecomesAsync(batch, "completed");
        await IsDueAsync(waits);
        await Eventually.TrueAsync(() => _lab.Far.Of(number).Count() == 2, "the second client's call, once the first is over");
    }

    [Fact]
    public async Task Whoever_is_on_the_line_already_is_not_rung_by_a_batch()
    {
        string number = AgencyLab.Number("wait");
        string other = await _lab.DialAsync(await _lab.KeyOfAsync(_lab.Client), "wait");
        await Eventually.TrueAsync(() => _lab.Far.Of(number).Any(call => call.AnsweredAt is not null), "another API's call");
        foreach (string client in new[] { _lab.Client, _lab.OtherClient })
        {
            string campaign = await _lab.CampaignAsync(client: client);
            var said = await Host.DoneAsync(200, Host.OwnerA, "POST", "/compliance/check",
                $$"""{"to_number":"{{number}}","campaign_id":"{{campaign}}"}""");
            Assert.Equal(("defer", "live_call"), ((string?)said["decision"], (string?)said["reason"]));
            Assert.InRange(DateTimeOffset.Parse((string)said["until"]!), DateTimeOffset.UtcNow.AddMinutes(9),
                DateTimeOffset.UtcNow.AddMinutes(10));
        }
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), [number]))["id"]!;
        var waits = await PutOffAsync(batch);
        _lab.Far.Bye(Assert.Single(_lab.Far.Of(number)));
        await _lab.EndsAsync(other);
        await IsDueAsync(waits);
        await Eventually.TrueAsync(() => _lab.Far.Of(number).Count() == 2, "the batch's call, once the other is over");
    }

    [Fact]
    public async Task Whoever_calls_in_is_not_called_beside()
    {
        string key = (string)Host.AccountA["telnyx_key"]!, campaign = await _lab.CampaignAsync(client: _lab.OtherClient);
        var application = await _lab.OtherApiAsync(key, "POST", "/v2/call_control_applications",
            """{"application_name":"in","webhook_event_url":"http://127.0.0.1:9/hooks"}""");
        await _lab.OtherApiAsync(key, "PATCH", "/v2/phone_numbers/" + Uri.EscapeDataString(AgencyLab.From),
            $$"""{"connection_id":"{{application["data"]!["id"]}}"}""");
        using var caller = new SipPeer(Host.Node.Node.Settings.Sip);
        caller.Send(caller.Invite(AgencyLab.From).Replace("+4930123", AgencyLab.Number("ok-1"), StringComparison.Ordinal));
        await caller.HearAsync("SIP/2.0 180");
        string number = AgencyLab.Number("ok-1"), question = $$"""{"to_number":"{{number}}","campaign_id":"{{campaign}}"}""";
        await Eventually.SomeAsync(async () => (await _lab.CallsAsync(Host.OwnerA, "?direction=inbound")).FirstOrDefault(), "the call in");
        var said = await Host.DoneAsync(200, Host.OwnerA, "POST", "/compliance/check", question);
        Assert.Equal(("defer", "live_call"), ((string?)said["decision"], (string?)said["reason"]));
    }

    [Fact]
    public async Task Whom_a_process_had_taken_that_died_before_it_called_is_called_once()
    {
        // Case B14, its first run: what was called and not written down is a campaign's, KilledDiallerTests.
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), [AgencyLab.Number("busy")],
            $$"""{"scheduled_for":"{{DateTimeOffset.UtcNow.AddSeconds(5):O}}"}"""))["id"]!;
        var database = Host.Node.Node.Database;
        var row = (await new BatchTable(database).FindAsync(Agency, Guid.Parse(batch), Stop))!;
        string contact = (string)Assert.Single(await _lab.ContactsAsync(batch))["id"]!;
        var target = (await database.Targets.FindAsync(row.Account, row.ListId, Guid.Parse(contact), Stop))!;
        Assert.Single(await database.DialAttempts.ClaimAsync(
        [
            new()
            {
                Id = Guid.CreateVersion7(), Tenant = row.Account, Campaign = row.Id, List = row.ListId, Target = target.Id,
                Round = target.Round, Number = AgencyLab.Number("busy"), From = AgencyLab.From, Destination = 0, Try = 1,
                ClaimedAt = database.Time.GetUtcNow(), Evidence = [],
            },
        ], database.Node.Node, Stop));
        await _lab.BecomesAsync(batch, "completed");
        Assert.Single(_lab.Far.Of(AgencyLab.Number("busy")));
        var called = Assert.Single(await _lab.ContactsAsync(batch));
        Assert.Equal(("busy", 1), ((string?)called["outcome"], (int)called["attempts"]!));
    }

    /// <summary>The one contact of a batch, once the dialler has put it off because of a call that is up: for ten minutes.</summary>
    private async Task<Target> PutOffAsync(string batch)
    {
        var database = Host.Node.Node.Database;
        var row = (await new BatchTable(database).FindAsync(Agency, Guid.Parse(batch), Stop))!;
        var contact = Guid.Parse((string)Assert.Single(await _lab.ContactsAsync(batch))["id"]!);
        var target = await Eventually.SomeAsync(async () => await database.Targets.FindAsync(row.Account, row.ListId, contact, Stop) is
        { State: TargetState.Idle } found && found.DueAt > found.CreatedAt.AddMinutes(1) ? found : null, "the contact is put off");
        Assert.InRange(target.DueAt, target.CreatedAt.AddMinutes(10), database.Time.GetUtcNow().AddMinutes(10));
        return target;
    }

    /// <summary>As if the time until then were over.</summary>
    private async Task IsDueAsync(Target target)
    {
        var database = Host.Node.Node.Database;
        await database.Targets.DeferAsync([new(target, database.Time.GetUtcNow())], Stop);
    }

    /// <summary>The far end hangs up so long after it has answered; a little later the node knows.</summary>
    private static bool IsOver(Voipbin.Dialling.UasCall call, long at) =>
        call.AnsweredAt is { } answered && Stopwatch.GetElapsedTime(answered, at).TotalSeconds >= TalkSeconds;

    private Task<JsonNode> ChannelsAsync(string account, int most) =>
        new OperatorClient(Host.Node).DataAsync("PATCH", "/accounts/" + account, $$"""{"channels":{{most}} }""");

    private async Task<List<JsonNode>> AttemptsAsync(string contact) =>
        [.. (await Host.DoneAsync(200, Host.OwnerA, "GET", $"/contacts/{contact}/timeline"))["entries"]!.AsArray()
            .Where(one => (string?)one!["kind"] is "attempt").Select(one => one!)];
}
