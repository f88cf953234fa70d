using System.Globalization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

public sealed class CallStatusTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    [Fact]
    public async Task A_live_call_shows_its_times_and_state()
    {
        string application = await host.ApplicationAsync("status");
        var (leg, token) = await host.LegAsync(application, 1, Labels.Of(("telnyx.client_state", "aGV5")));
        host.Time.Advance(TimeSpan.FromSeconds(7));

        var answer = await host.SendAsync("GET", $"/v2/calls/{token}");
        Assert.True(answer.Status == 200, answer.Text);
        var data = answer.Data;
        Assert.Equal(token, (string?)data["call_control_id"]);
        Assert.Equal(leg.Uuid.ToString(), (string?)data["call_leg_id"]);
        Assert.Equal(leg.Session.ToString(), (string?)data["call_session_id"]);
        Assert.Equal("aGV5", (string?)data["client_state"]);
        Assert.True((bool?)data["is_alive"]);
        Assert.Equal(7, (int?)data["call_duration"]);
        Assert.False(data.ContainsKey("end_time"));
        Assert.Equal(host.Time.GetUtcNow().AddSeconds(-7), DateTimeOffset.Parse((string)data["start_time"]!, CultureInfo.InvariantCulture),
            TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task An_ended_call_is_remembered_for_ten_minutes()
    {
        string application = await host.ApplicationAsync("ended");
        var (leg, token) = await host.LegAsync(application, 2);
        host.Time.Advance(TimeSpan.FromSeconds(3));
        await host.Ledger.AppendAsync(new CallEvent.LegEnded
        {
            Leg = leg, At = host.Now, Cause = HangupCause.CallerCancel, By = HangupParty.Remote, SipStatus = 487
        });

        var answer = await host.SendAsync("GET", $"/v2/calls/{token}");
        Assert.False((bool?)answer.Data["is_alive"]);
        Assert.Equal(3, (int?)answer.Data["call_duration"]);
        Assert.NotNull((string?)answer.Data["end_time"]);

        host.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(200, (await host.SendAsync("GET", $"/v2/calls/{token}")).Status);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        (await host.SendAsync("GET", $"/v2/calls/{token}")).Refuses(404, "10005");
    }

    [Fact, Failure("process-killed")]
    public async Task A_call_that_a_start_found_after_an_outage_is_remembered_from_then_on_and_lasted_until_its_last_sign()
    {
        string application = await host.ApplicationAsync("orphan");
        var (leg, token) = await host.LegAsync(application, 4);
        var last = host.Now + TimeSpan.FromSeconds(9);
        host.Time.Advance(TimeSpan.FromHours(3));
        await host.Ledger.AppendAsync(new CallEvent.LegEnded
        {
            Leg = leg, At = host.Now, AliveUntil = last, Cause = HangupCause.NodeRestart, By = HangupParty.Unknown
        });

        var data = (await host.SendAsync("GET", $"/v2/calls/{token}")).Data;
        Assert.Equal(9, (int?)data["call_duration"]);
        Assert.Equal(TimeSpan.FromSeconds(9), DateTimeOffset.Parse((string)data["end_time"]!, CultureInfo.InvariantCulture)
            - DateTimeOffset.Parse((string)data["start_time"]!, CultureInfo.InvariantCulture));
        host.Time.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));
        (await host.SendAsync("GET", $"/v2/calls/{token}")).Refuses(404, "10005");
    }

    [Fact]
    public async Task A_token_of_ours_without_a_leg_is_not_found() =>
        (await host.SendAsync("GET", $"/v2/calls/{host.Ids.CallControl(host.Tenant, Samples.Leg)}")).Refuses(404, "10005");

    [Fact]
    public async Task Another_account_does_not_see_the_call()
    {
        string application = await host.ApplicationAsync("hidden");
        var (_, token) = await host.LegAsync(application, 3);
        (await host.SendAsync("GET", $"/v2/calls/{token}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
    }

    [Fact]
    public async Task Active_calls_are_walked_by_cursor_and_each_is_met_once()
    {
        string application = await host.ApplicationAsync("active");
        var tokens = new List<string>();
        for (uint i = 10; i < 15; i++)
        {
            tokens.Add((await host.LegAsync(application, i)).Token);
            host.Time.Advance(TimeSpan.FromMilliseconds(5));
        }

        var met = new List<string>();
        string path = $"/v2/connections/{application}/active_calls?page[limit]=2";
        while (true)
        {
            var page = await host.SendAsync("GET", path);
            Assert.True(page.Status == 200, page.Text);
            Assert.Equal(5, (int?)page.Body["meta"]!["total_items"]);
            met.AddRange(page.List.Select(call => (string)call!["call_control_id"]!));
            Assert.All(page.List, call => Assert.Equal("", (string?)call!["client_state"]));
            if ((string?)page.Body["meta"]!["next"] is not { } next) break;
            path = Path(next);
        }
        Assert.Equal(tokens, met);

        var last = await host.SendAsync("GET", path);
        var back = await host.SendAsync("GET", Path((string)last.Body["meta"]!["previous"]!));
        Assert.Equal(tokens[2..4], back.List.Select(call => (string)call!["call_control_id"]!));

        // Links say how the node is reached from outside.
        static string Path(string link)
        {
            Assert.StartsWith("https://calls.example.com/api/v2/", link);
            return link["https://calls.example.com/api".Length..];
        }
    }

    [Fact]
    public async Task An_application_stays_until_its_calls_have_ended()
    {
        string application = await host.ApplicationAsync("in use");
        var (leg, _) = await host.LegAsync(application, 30);
        (await host.SendAsync("DELETE", $"/v2/call_control_applications/{application}")).Refuses(422, "10021");
        await host.Ledger.AppendAsync(
            new CallEvent.LegEnded { Leg = leg, At = host.Now, Cause = HangupCause.CallerCancel, By = HangupParty.Remote });
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/call_control_applications/{application}")).Status);
    }

    [Fact]
    public async Task An_ended_call_is_not_active()
    {
        string application = await host.ApplicationAsync("quiet");
        var (leg, _) = await host.LegAsync(application, 20);
        await host.Ledger.AppendAsync(
            new CallEvent.LegEnded { Leg = leg, At = host.Now, Cause = HangupCause.CallerCancel, By = HangupParty.Remote });
        var page = await host.SendAsync("GET", $"/v2/connections/{application}/active_calls");
        Assert.Empty(page.List);
        Assert.Equal(0, (int?)page.Body["meta"]!["total_items"]);
    }

    [Fact]
    public async Task A_foreign_cursor_and_an_unknown_application_are_refused()
    {
        string application = await host.ApplicationAsync("cursor");
        var answer = await host.SendAsync("GET", $"/v2/connections/{application}/active_calls?page[after]=zzz");
        answer.Refuses(422, "10015");
        Assert.Equal("page[after]", (string?)answer.Error["source"]!["parameter"]);
        (await host.SendAsync("GET", "/v2/connections/1/active_calls")).Refuses(404, "10005");
        (await host.SendAsync("GET", $"/v2/connections/{application}/active_calls", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
    }
}
