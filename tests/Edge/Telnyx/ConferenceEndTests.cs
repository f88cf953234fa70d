using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Edge.Telnyx;

/// <summary>Conferences that a command ends.</summary>
public sealed class ConferenceEndTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private async Task<ConferenceFacts> BeginAsync(string name, uint counter)
    {
        var (facts, _) = await host.LegAsync(await host.ApplicationAsync($"ends of {name}"), counter);
        var made = new ConferenceFacts(new(LegId.Compose(1, 0, 1, counter, 9).Value), Guid.NewGuid(), facts.Tenant, name, host.Now,
            ConferenceParty.Of(facts));
        Assert.True(await host.Ledger.AppendAsync(new ConferenceEvent.ConferenceBegan(new()) { Conference = made, At = host.Now }));
        return made;
    }

    [Fact]
    public async Task A_conference_is_ended_by_its_name_or_its_id()
    {
        var board = await BeginAsync("board", 580);
        foreach (string named in (string[])["board", board.Uuid.ToString()])
        {
            var ended = await host.SendAsync("POST", $"/v2/conferences/{named}/actions/end", $$"""{"command_id":"once {{named}}"}""");
            Assert.True(ended.Status == 200, ended.Text);
            Assert.Equal("ok", (string?)ended.Data["result"]);
            var (to, command) = host.Calls.Conferences[^1];
            Assert.Equal((Subject.Of(board.Id), $"once {named}"), (to, Assert.IsType<ConferenceCommand.End>(command).CommandId));
        }
        var bare = await host.SendAsync("POST", "/v2/conferences/board/actions/end");
        Assert.True(bare.Status == 200, bare.Text);
        Assert.Null(host.Calls.Conferences[^1].Command.CommandId);
        (await host.SendAsync("POST", $"/v2/conferences/{board.Uuid}/actions/end", "{}", TelnyxHost.OtherTenantKey)).Refuses(404, "90058");
    }

    [Theory, InlineData(ConferenceEnd.Commanded, "ended_via_api"), InlineData(ConferenceEnd.AllLeft, "all_left")]
    public async Task A_conference_that_is_over_says_whether_a_command_ended_it(ConferenceEnd why, string reason)
    {
        var over = await BeginAsync($"over {reason}", 590 + (uint)why);
        Assert.True(await host.Ledger.AppendAsync(
            new ConferenceEvent.ConferenceEnded(why, By: null) { Conference = over, At = host.Now }));
        var shown = await host.SendAsync("GET", $"/v2/conferences/{over.Uuid}");
        Assert.True(shown.Status == 200, shown.Text);
        Assert.Equal(("completed", reason), ((string?)shown.Data["status"], (string?)shown.Data["end_reason"]));
    }
}
