using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>Calls of a <see cref="ShardRig"/> that are in conferences, and what they do there.</summary>
public abstract class ConferenceCalls
{
    private readonly Dictionary<LegId, string> _oks = [];
    private readonly Dictionary<LegId, int> _numbers = [];

    private protected ShardRig Rig { get; } = new();

    private protected ConferenceId Room => Rig.Conferences[^1].Conference.Id;

    private protected string[] Told => [.. Rig.Conferences.Select(e => e.GetType().Name)];

    /// <summary>A call that has been answered.</summary>
    private protected LegId Call(int n)
    {
        Rig.Receive(Invite(branch: $"z9hG4bKcall{n}").Replace("call-1", $"call-{n}").Replace("tag=alice", $"tag=alice{n}"));
        var leg = Rig.Events[^1].Leg.Id;
        Assert.True(Rig.Command(new LegCommand.Answer(), leg).IsAccepted);
        _oks[leg] = Rig.SentLast("SIP/2.0 200");
        _numbers[leg] = n;
        Rig.Receive(Of(leg, "ACK", 1));
        return leg;
    }

    private protected LegId Create(int n, ConferenceTerms? terms = null, Participation? part = null)
    {
        var leg = Call(n);
        var create = new LegCommand.CreateConference(Guid.NewGuid(), "board") { Terms = terms ?? new(), As = part ?? new() };
        Assert.Equal(Refusal.None, Rig.Command(create, leg).Refusal);
        return leg;
    }

    private protected LegId Joined(int n, Participation? part = null, bool starts = false)
    {
        var leg = Call(n);
        Assert.Equal(Refusal.None, Join(leg, part, starts));
        return leg;
    }

    private protected Refusal Join(LegId leg, Participation? part = null, bool starts = false) =>
        Rig.Command(new LegCommand.JoinConference(Room) { As = part ?? new(), Starts = starts }, leg).Refusal;

    private protected Refusal Do(ConferenceCommand command) => Rig.Command(command, Room).Refusal;

    /// <summary>How the leg takes part now, as media was told.</summary>
    private protected RoomMember MemberOf(LegId leg) =>
        Assert.IsType<MediaCommand.JoinRoom>(Rig.Commands.Last(c => c.Port == PortOf(leg))).As;

    private protected PortId PortOf(LegId leg) => Rig.PortOf(Subject.Of(leg));

    private string Of(LegId leg, string method, int cseq) => Inside(_oks[leg], method, cseq, $"z9hG4bK{method}{_numbers[leg]}")
        .Replace("call-1", $"call-{_numbers[leg]}").Replace("tag=alice", $"tag=alice{_numbers[leg]}");

    private protected void HangUp(LegId leg) => Rig.Receive(Of(leg, "BYE", 7));

    private protected void EndAll()
    {
        foreach (var leg in _oks.Keys.Where(leg => !Rig.Events.Any(e => e is CallEvent.LegEnded && e.Leg.Id == leg))) HangUp(leg);
        foreach (string bye in Rig.Sent.Where(text => text.StartsWith("BYE ", StringComparison.Ordinal)).ToList())
            Rig.Receive(Response(bye, "200 OK", tag: null));
        Rig.AssertNothingLeft();
        Assert.Equal(Rig.Conferences.OfType<ConferenceEvent.ConferenceBegan>().Count(),
            Rig.Conferences.OfType<ConferenceEvent.ConferenceEnded>().Count());
        Assert.Equal(Rig.Conferences.OfType<ConferenceEvent.ParticipantJoined>().Select(e => e.Participant).Order(),
            Rig.Conferences.OfType<ConferenceEvent.ParticipantLeft>().Select(e => e.Participant).Order());
    }
}
