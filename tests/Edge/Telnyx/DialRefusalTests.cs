using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Edge.Telnyx;

/// <summary>What a dial is refused for by what stands around it, and what it is not.</summary>
public sealed class DialRefusalTests(TelnyxHost host) : IClassFixture<TelnyxHost>, IAsyncLifetime
{
    private string _application = "";

    public async ValueTask InitializeAsync()
    {
        host.Calls.OnDial = request => Dialled.Accepted(RecordingCalls.FactsOf(request));
        _application = await host.ApplicationAsync($"dial-{Guid.NewGuid()}");
    }

    public ValueTask DisposeAsync() => default;

    private Task<Answer> DialAsync(string fields) => host.SendAsync("POST", "/v2/calls",
        $$"""{"connection_id":"{{_application}}","to":"+13125550100","from":"+15550100000"{{fields}}}""");

    [Fact]
    public async Task What_is_refused_is_no_trouble_where_it_says_that_it_is_not_enabled()
    {
        (await DialAsync(""","deepfake_detection":{"enabled":true,"timeout":15}""")).Refuses(422, "10015", "/deepfake_detection");
        var dialled = await DialAsync(""","deepfake_detection":{"enabled":false,"timeout":15}""");
        Assert.True(dialled.Status == 200, dialled.Text);
        Assert.Equal(200, (await DialAsync(""","sip_region":"Europe" """)).Status);
        (await DialAsync(""","sip_region":"Atlantis" """)).Refuses(422, "10015", "/sip_region");
    }

    [Fact]
    public async Task A_program_that_is_to_talk_from_the_answer_on_is_ordered_with_the_dial_unless_others_would_talk_or_listen()
    {
        AgentTerms? agent = null;
        host.Calls.OnDial = request =>
        {
            agent = request.Agent;
            return Dialled.Accepted(RecordingCalls.FactsOf(request));
        };
        const string config = ""","conversation_relay_config":{"url":"wss://you.example/talk"}""";
        var dialled = await DialAsync(config);
        Assert.True(dialled.Status == 200, dialled.Text);
        Assert.True(agent?.IsFromAnswer);
        agent = null;
        Assert.Equal(200, (await DialAsync(""","conversation_relay_config":null""")).Status);
        Assert.Null(agent);
        foreach (var (more, pointer) in new[]
        {
            (""","transcription":true""", "/transcription"),
            (""","answering_machine_detection":"detect" """, "/answering_machine_detection"),
        })
            (await DialAsync(config + more)).Refuses(422, "10015", pointer);
        (await DialAsync(""","conversation_relay_config":{"url":"https://you.example/"}""")).Refuses(422, "10003",
            "/conversation_relay_config/url");
    }

    [Fact]
    public async Task Nobody_is_dialled_to_supervise_a_call_that_is_in_a_conference()
    {
        var (facts, token) = await host.LegAsync(await host.ApplicationAsync("conferring"), 7_701);
        var who = ConferenceParty.Of(facts);
        var (id, part) = (new ConferenceId(LegId.Compose(1, 0, 1, 7_702, 9).Value), Guid.NewGuid());
        var room = new ConferenceFacts(id, Guid.NewGuid(), facts.Tenant, "supervised", host.Now, who);
        Assert.True(await host.Ledger.AppendAsync(new ConferenceEvent.ConferenceBegan(new()) { Conference = room, At = host.Now }));
        Assert.True(await host.Ledger.AppendAsync(
            new ConferenceEvent.ParticipantJoined(who, part, new()) { Conference = room, At = host.Now }));
        (await DialAsync($""","supervise_call_control_id":"{token}" """)).Refuses(422, "10015", "/supervise_call_control_id");
        Assert.True(await host.Ledger.AppendAsync(new ConferenceEvent.ParticipantLeft(who, part) { Conference = room, At = host.Now }));
        var dialled = await DialAsync($""","supervise_call_control_id":"{token}" """);
        Assert.True(dialled.Status == 200, dialled.Text);
    }
}
