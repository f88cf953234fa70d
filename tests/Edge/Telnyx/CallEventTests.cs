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
        Assert.Contains(facts.Uuid.ToString(), (await host.SendAsync("GET", "/v2/call_events")).Text);
        Assert.Empty((await host.SendAsync("GET", ofLeg, key: TelnyxHost.StrangerKey)).List);

        host.Time.Advance(TimeSpan.FromHours(25));
        Assert.DoesNotContain(facts.Uuid.ToString(), (await host.SendAsync("GET", "/v2/call_events")).Text);
        Assert.Single((await host.SendAsync("GET", ofLeg)).List);
        Assert.Single((await host.SendAsync("GET", $"/v2/call_events?filter[application_session_id]={facts.Session}")).List);
        string at = Uri.EscapeDataString(host.Time.GetUtcNow().AddHours(-26).ToString("O"));
        Assert.Contains(facts.Uuid.ToString(), (await host.SendAsync("GET", $"/v2/call_events?filter[occurred_at][gte]={at}")).Text);
        Assert.Empty((await host.SendAsync("GET", ofLeg + $"&filter[occurred_at][lt]={at}")).List);
    }

    [Fact]
    public async Task A_time_that_is_none_is_refused() => Assert.Equal(400, (await host.SendAsync("GET", "/v2/call_events?filter[occurred_at][gte]=soon")).Status);

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
