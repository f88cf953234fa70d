using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Edge.Telnyx;

public sealed class CallEventTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    [Fact]
    public async Task The_log_shows_the_last_day_and_all_of_one_leg_to_its_own_account()
    {
        string application = await host.ApplicationAsync("logged");
        var (facts, _) = await host.LegAsync(application, 501);
        string ofLeg = $"/v2/call_events?filter[leg_id]={facts.Uuid}";
        var one = Assert.Single((await host.SendAsync("GET", ofLeg)).List)!;
        Assert.Equal(("call.initiated", "webhook", "pending", facts.Session.ToString()),
            ((string?)one["name"], (string?)one["type"], (string?)one["metadata"]!["delivery"], (string?)one["call_session_id"]));
        Assert.Matches("^2[0-9-]{9}T[0-9:]{8}[.][0-9]{6}Z$", (string?)one["occurred_at"]);
        Assert.Equal((string?)one["event_timestamp"], (string?)one["occurred_at"]);
        Assert.Contains(facts.Uuid.ToString(), (await host.SendAsync("GET", "/v2/call_events")).Text);
        Assert.Empty((await host.SendAsync("GET", ofLeg, key: TelnyxHost.OtherTenantKey)).List);

        host.Time.Advance(TimeSpan.FromHours(25));
        Assert.DoesNotContain(facts.Uuid.ToString(), (await host.SendAsync("GET", "/v2/call_events")).Text);
        Assert.Single((await host.SendAsync("GET", ofLeg)).List);
        Assert.Single((await host.SendAsync("GET", $"/v2/call_events?filter[application_session_id]={facts.Session}")).List);
        // By the names that the events themselves have.
        Assert.Single((await host.SendAsync("GET", $"/v2/call_events?filter[call_session_id]={facts.Session}&page[size]=20")).List);
        Assert.Single((await host.SendAsync("GET", $"/v2/call_events?filter[call_leg_id]={facts.Uuid}")).List);
        string at = Uri.EscapeDataString(host.Time.GetUtcNow().AddHours(-26).ToString("O"));
        Assert.Contains(facts.Uuid.ToString(), (await host.SendAsync("GET", $"/v2/call_events?filter[occurred_at][gte]={at}")).Text);
        Assert.Empty((await host.SendAsync("GET", ofLeg + $"&filter[occurred_at][lt]={at}")).List);
        foreach (string filter in new[] { "leg_id", "application_session_id" })
            Assert.Empty((await host.SendAsync("GET", $"/v2/call_events?filter[{filter}]=no-id-at-all")).List);
        (await host.SendAsync("GET", "/v2/call_events?filter[status]=whatever")).Refuses(400, "10031");
    }

    [Fact]
    public async Task The_log_is_walked_by_cursor_and_each_event_is_met_once()
    {
        string application = await host.ApplicationAsync("walked");
        for (uint i = 510; i < 515; i++)
        {
            await host.LegAsync(application, i);
            if (i % 2 == 0) host.Time.Advance(TimeSpan.FromMilliseconds(5));    // some at the same instant
        }
        string list = $"/v2/call_events?filter[connection_id]={application}";
        string[] all = [.. (await host.SendAsync("GET", list)).List.Select(e => (string)e!["call_leg_id"]!)];
        Assert.Equal(5, all.Length);

        var met = new List<string>();
        string path = list + "&page[limit]=2";
        while (true)
        {
            var page = await host.SendAsync("GET", path);
            Assert.True(page.Status == 200, page.Text);
            Assert.Equal(5, (int?)page.Body["meta"]!["total_results"]);
            met.AddRange(page.List.Select(e => (string)e!["call_leg_id"]!));
            if ((string?)page.Body["meta"]!["next"] is not { } next) break;
            Assert.StartsWith("https://calls.example.com/api/v2/call_events?", next);
            path = next["https://calls.example.com/api".Length..];
        }
        Assert.Equal(all, met);

        string last = (string)(await host.SendAsync("GET", path)).Body["meta"]!["cursors"]!["before"]!;
        Assert.Equal(all[2..4], (await host.SendAsync("GET", $"{list}&page[limit]=2&page[before]={last}")).List
            .Select(e => (string)e!["call_leg_id"]!));
        Assert.Equal(all[2..], (await host.SendAsync("GET",
            $"{list}&page[after]={(await host.SendAsync("GET", list + "&page[limit]=2")).Body["meta"]!["cursors"]!["after"]}")).List
            .Select(e => (string)e!["call_leg_id"]!));
        (await host.SendAsync("GET", $"{list}&page[after]=nonsense")).Refuses(422, "10015");
        (await host.SendAsync("GET", $"{list}&page[limit]=251")).Refuses(422, "10015");
    }

    [Fact]
    public async Task The_events_of_a_conference_that_name_a_call_are_among_its_own()
    {
        var (facts, _) = await host.LegAsync(await host.ApplicationAsync("conferred"), 520);
        var who = ConferenceParty.Of(facts);
        var room = new ConferenceFacts(new(LegId.Compose(1, 0, 1, 521, 9).Value), Guid.NewGuid(), facts.Tenant, "logged", host.Now, who);
        Assert.True(await host.Ledger.AppendAsync(new ConferenceEvent.ConferenceBegan(new()) { Conference = room, At = host.Now }));
        Assert.True(await host.Ledger.AppendAsync(
            new ConferenceEvent.ParticipantJoined(who, Guid.NewGuid(), new()) { Conference = room, At = host.Now }));
        var listed = await host.SendAsync("GET", $"/v2/call_events?filter[leg_id]={facts.Uuid}");
        string[] names = [.. listed.List.Select(e => (string)e!["name"]!)];
        Assert.Equal(["call.initiated", "conference.created", "conference.participant.joined"], names.Order());
    }

    [Theory]
    [InlineData("start_fork", "fork_start")]
    [InlineData("stop_fork", "fork_stop")]
    [InlineData("start_siprec", "siprec_start")]
    [InlineData("stop_siprec", "siprec_stop")]
    [InlineData("send_info", "send_sip_info")]
    [InlineData("bridge_queue", "bridge")]
    [InlineData("bridge", "bridge")]
    [InlineData("play", "playback_start")]
    public async Task A_command_is_shown_and_found_by_the_name_that_it_was_sent_by(string kept, string name)
    {
        var (facts, _) = await host.LegAsync(await host.ApplicationAsync($"sent {kept}"), (uint)(530 + kept.Length * 7 + name.Length));
        await host.Store.Traces.WriteAsync(
        [
            new()
            {
                Tenant = facts.Tenant, Leg = facts.Id, At = host.Time.GetUtcNow(), Kind = TraceKind.Command, Name = kept,
                Outcome = "accepted",
            },
        ], TestContext.Current.CancellationToken);
        var listed = await host.SendAsync("GET", $"/v2/call_events?filter[leg_id]={facts.Uuid}&filter[name]={name}");
        Assert.Equal(("command", name), ((string?)Assert.Single(listed.List)!["type"], (string?)listed.List[0]!["name"]));
    }

    [Fact]
    public async Task A_time_that_is_none_is_refused() =>
        Assert.Equal(400, (await host.SendAsync("GET", "/v2/call_events?filter[occurred_at][gte]=soon")).Status);

    [Fact]
    public async Task A_trace_is_the_operators()
    {
        string application = await host.ApplicationAsync("traced");
        var (facts, token) = await host.LegAsync(application, 502);
        foreach (string id in new[] { token, facts.Uuid.ToString(), facts.Session.ToString(), facts.Id.ToString() })
        {
            var trace = await host.SendAsync("GET", $"/operator/v1/calls/{id}/trace", key: TelnyxHost.OperatorKey);
            Assert.True(trace.Status == 200, trace.Text);
            Assert.Equal(facts.Uuid.ToString(), (string?)trace.Data["legs"]![0]!["id"]);
        }
        (await host.SendAsync("GET", $"/operator/v1/calls/{token}/trace")).Refuses(401, "unauthenticated");
        (await host.SendAsync("GET", $"/operator/v1/calls/{Guid.NewGuid()}/trace", key: TelnyxHost.OperatorKey)).Refuses(404, "not_found");
    }
}
