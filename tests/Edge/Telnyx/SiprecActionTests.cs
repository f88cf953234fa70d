using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Telnyx;

/// <summary>Sessions with recording servers over real HTTP: what the engine is asked, and what is refused.</summary>
public sealed class SiprecActionTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private string Actions => $"/v2/calls/{host.Ids.CallControl(host.Tenant, Samples.Leg)}/actions";

    private async Task<T> AcceptsAsync<T>(string action, string body) where T : LegCommand
    {
        var answer = await host.SendAsync("POST", $"{Actions}/{action}", body);
        Assert.True(answer.Status == 200, answer.Text);
        return Assert.IsType<T>(host.Calls.Last);
    }

    private async Task<string> ConnectorAsync()
    {
        string name = "archive " + Guid.NewGuid().ToString("N");
        var made = await host.SendAsync("POST", "/v2/siprec_connectors", $$"""{"name":"{{name}}","host":"1.1.1.1","port":5070}""");
        Assert.True(made.Status == 201, made.Text);
        return name;
    }

    [Fact]
    public async Task Every_field_reaches_the_engine_with_the_connectors_place()
    {
        string name = await ConnectorAsync();
        var usual = await AcceptsAsync<LegCommand.StartSiprec>("siprec_start", $$"""{"connector_name":"{{name}}"}""");
        Assert.Equal(new SiprecTerms(name, "1.1.1.1", 5070), usual.Terms);
        Assert.Equal((TapTracks.Said | TapTracks.Heard, SipTransport.Udp, 1_800), (usual.Terms.Tracks, usual.Terms.Transport,
            usual.Terms.SessionSeconds));
        var all = await AcceptsAsync<LegCommand.StartSiprec>("siprec_start", $$"""
            {"connector_name":"{{name}}","siprec_track":"outbound_track","sip_transport":"tcp","secure":true,"session_timeout_secs":0,
            "include_metadata_custom_headers":true,"client_state":"aGV5"}
            """);
        Assert.Equal(new SiprecTerms(name, "1.1.1.1", 5070)
        {
            Tracks = TapTracks.Heard, Transport = SipTransport.Tcp, IsSecure = true, SessionSeconds = null, TellsHeaders = true,
        }, all.Terms);
        Assert.Equal("aGV5", all.Labels!["telnyx.client_state"]);
        var secured = await AcceptsAsync<LegCommand.StartSiprec>("siprec_start", $$"""{"connector_name":"{{name}}","secure":true}""");
        Assert.Equal(SipTransport.Tls, secured.Terms.Transport);
        var stop = await AcceptsAsync<LegCommand.StopSiprec>("siprec_stop", """{"client_state":"aGV5","command_id":"s-1"}""");
        Assert.Equal(("s-1", "aGV5"), (stop.CommandId, stop.Labels!["telnyx.client_state"]));
    }

    [Theory]
    [InlineData("", "10004", "/connector_name")]
    [InlineData(""" "connector_name":"nobody's" """, "10015", "/connector_name")]
    [InlineData(""" "connector_name":"$","siprec_track":"all" """, "10032", "/siprec_track")]
    [InlineData(""" "connector_name":"$","sip_transport":"ws" """, "10032", "/sip_transport")]
    [InlineData(""" "connector_name":"$","session_timeout_secs":89 """, "10015", "/session_timeout_secs")]
    [InlineData(""" "connector_name":"$","session_timeout_secs":86401 """, "10015", "/session_timeout_secs")]
    public async Task What_makes_no_sense_is_refused(string body, string code, string pointer) =>
        (await host.SendAsync("POST", $"{Actions}/siprec_start",
            "{" + body.Replace("$", await ConnectorAsync(), StringComparison.Ordinal) + "}")).Refuses(422, code, pointer);

    [Fact]
    public async Task Nobody_uses_another_accounts_connector()
    {
        string name = "theirs " + Guid.NewGuid().ToString("N");
        Assert.Equal(201, (await host.SendAsync("POST", "/v2/siprec_connectors", $$"""{"name":"{{name}}","host":"1.1.1.1","port":5070}""",
            TelnyxHost.OtherTenantKey)).Status);
        (await host.SendAsync("POST", $"{Actions}/siprec_start", $$"""{"connector_name":"{{name}}"}"""))
            .Refuses(422, "10015", "/connector_name");
    }

    [Theory]
    [InlineData("siprec_start", Refusal.HasSiprecSession)]
    [InlineData("siprec_stop", Refusal.NoSiprecSession)]
    public async Task What_the_call_does_not_allow_is_said(string action, Refusal refusal)
    {
        string name = await ConnectorAsync();
        host.Calls.Answer = refusal;
        (await host.SendAsync("POST", $"{Actions}/{action}", action is "siprec_stop" ? "{}" : $$"""{"connector_name":"{{name}}"}"""))
            .Refuses(422, "10015");
    }
}
