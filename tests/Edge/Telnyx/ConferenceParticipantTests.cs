using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Edge.Telnyx;

/// <summary>One who takes part in a conference, by a path of his own.</summary>
public sealed class ConferenceParticipantTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private async Task<(ConferenceFacts Conference, ConferenceParty Who, Guid Part, string Token)> JoinAsync(string name, uint counter)
    {
        var (facts, token) = await host.LegAsync(await host.ApplicationAsync($"parts of {name}"), counter);
        var who = ConferenceParty.Of(facts);
        var made = new ConferenceFacts(new(LegId.Compose(1, 0, 1, counter, 9).Value), Guid.NewGuid(), facts.Tenant, name, host.Now, who);
        var part = Guid.NewGuid();
        Assert.True(await host.Ledger.AppendAsync(new ConferenceEvent.ConferenceBegan(new()) { Conference = made, At = host.Now }));
        Assert.True(await host.Ledger.AppendAsync(
            new ConferenceEvent.ParticipantJoined(who, part, new() { IsMuted = true }) { Conference = made, At = host.Now }));
        return (made, who, part, token);
    }

    [Fact]
    public async Task One_is_read_by_his_own_id_or_his_calls()
    {
        var (room, _, part, token) = await JoinAsync("board", 620);
        foreach (string named in (string[])[part.ToString(), token])
        {
            var read = await host.SendAsync("GET", $"/v2/conferences/{room.Uuid}/participants/{named}");
            Assert.True(read.Status == 200, read.Text);
            Assert.Equal((part.ToString(), token, room.Uuid.ToString(), "joined", true), ((string?)read.Data["id"],
                (string?)read.Data["call_control_id"], (string?)read.Data["conference_id"], (string?)read.Data["status"],
                (bool)read.Data["muted"]!));
        }
        (await host.SendAsync("GET", $"/v2/conferences/{room.Uuid}/participants/{Guid.NewGuid()}")).Refuses(404, "10005");
        string path = $"/v2/conferences/{room.Uuid}/participants/{part}";
        (await host.SendAsync("GET", path, key: TelnyxHost.OtherTenantKey)).Refuses(404, "90058");
        (await host.SendAsync("PATCH", path, "{}", TelnyxHost.OtherTenantKey)).Refuses(404, "90058");
    }

    [Fact]
    public async Task What_becomes_of_the_conference_when_he_leaves_is_changed()
    {
        var (room, who, part, _) = await JoinAsync("press", 621);
        // As the engine says it when it has done so.
        var told = new ConferenceEvent.ParticipantChanged(who.Leg, part, new() { IsMuted = true, EndsConference = true })
        {
            Conference = room,
            At = host.Now,
        };
        Assert.True(await host.Ledger.AppendAsync(told));
        string path = $"/v2/conferences/{room.Uuid}/participants/{part}";
        var changed = await host.SendAsync("PATCH", path, """{"end_conference_on_exit":true,"beep_enabled":"on_exit"}""");
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Equal((true, false), ((bool)changed.Data["end_conference_on_exit"]!, (bool)changed.Data["soft_end_conference_on_exit"]!));
        var (to, command) = host.Calls.Conferences[^1];
        Assert.Equal(Subject.Of(room.Id), to);
        Assert.Equal(new ConferenceCommand.Change(who.Leg) { HangsUpOthers = true, Beeps = ConferenceBeeps.OnExit }, command);
        (await host.SendAsync("PATCH", path, """{"beep_enabled":"loudly"}""")).Refuses(422, "10032", "/beep_enabled");
    }
}
