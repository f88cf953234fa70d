using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>A call by which the node tells its callee something: whoever pays for it learns nothing of what was said.</summary>
public sealed class AnnouncementTests
{
    private readonly ShardRig _rig = new();

    private static DialRequest Telling =>
        Request() with { Announcement = new PromptSource.Speech("The code is 1, 2.", "", null, IsSsml: false) };

    private void Answered()
    {
        _rig.Dial(Telling);
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", body: Answer));
    }

    [Fact]
    public void The_node_says_it_and_hangs_up()
    {
        Answered();
        var play = Assert.Single(_rig.Commands.OfType<MediaCommand.Play>());
        _rig.Media(new MediaEvent.PlayEnded(_rig.Leg, play.Port, play.Id, IsFailed: false));
        _rig.Advance(0.1);
        Assert.StartsWith("BYE ", _rig.Last);
        _rig.Receive(Response(_rig.Last, "200 OK"));
        Assert.Equal((HangupCause.ApiHangup, HangupParty.Local), (_rig.Ended.Cause, _rig.Ended.By));
        Assert.Equal(["LegInitiated", "LegAnswered", "LegEnded"], _rig.Kinds);        // no event has the text in it
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void The_callee_may_hang_up_first()
    {
        Answered();
        _rig.Receive(FromCallee(_rig.SentLast("INVITE "), "BYE", 1));
        _rig.Advance(1);
        Assert.Equal(HangupCause.RemoteHangup, _rig.Ended.Cause);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void Nobody_records_hears_joins_or_moves_it()
    {
        var wish = new OutboundProfile { Id = 5, Tenant = Sample.Tenant, Name = "records all", Recording = new(new("wav", IsDual: false)) };
        _rig.Current = new([new Tenant { Id = Sample.Tenant, Name = "t", DefaultProfile = 5 }],
            [App with { OutboundProfile = 5 }], [], [wish], [], []);
        Answered();
        Assert.Empty(_rig.Commands.OfType<MediaCommand.StartRecord>());
        foreach (LegCommand command in new LegCommand[]
        {
            new LegCommand.RecordStart(new() { Id = Guid.NewGuid() }),
            new LegCommand.Transfer { To = "sip:thief@127.0.0.1:5070" },
            new LegCommand.Bridge(DialledLeg(2_000)),
            new LegCommand.Speak { Speech = new("hello", "", null, IsSsml: false) },
        })
            Assert.Equal(Refusal.UnknownLeg, _rig.Command(command).Refusal);

        // A leg of the same account that asks to be joined to it is told that it is over.
        var thief = _rig.Dial(counter: 2_000);
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", tag: "thief", body: Answer));
        _rig.Command(new LegCommand.Bridge(_rig.Leg), thief.Id);
        Assert.Empty(_rig.Commands.OfType<MediaCommand.Bridge>());
        Assert.True(_rig.Command(new LegCommand.Hangup()).IsAccepted);
    }
}
