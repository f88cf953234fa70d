using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Two parties are joined and one of them holds the call: what the other notices.</summary>
public sealed class PassedHoldTests
{
    private static readonly IPEndPoint Desk = new(IPAddress.Loopback, 5071);

    private const string Answer = "v=0\no=- 2 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 41000 RTP/AVP 0\n";

    private readonly ShardRig _rig = new() { Current = Phones.Snapshot() };
    private int _requests;
    private string _invite = "";

    private void Join()
    {
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"),
            Phones.Request("REGISTER", "alice1", 1).Replace("<sip:alice1@10.0.0.5:5060>", "<sip:alice1@127.0.0.1:5071>"), Desk);
        _rig.Receive(Invite("+4989111"));
        _invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(_invite, "200 OK", body: Answer), Desk);
        _rig.Receive(Inside(_rig.SentLast("SIP/2.0 200"), "ACK", 1, "z9hG4bKack"));
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegBridged>().Count());
    }

    /// <summary>By the phone.</summary>
    private void Turn(string direction)
    {
        _rig.Receive(FromCallee(_invite, "INVITE", ++_requests, body: Answer + $"a={direction}\n")
            .Replace("Content-Type", "Contact: <sip:alice1@127.0.0.1:5071>\nContent-Type", StringComparison.Ordinal), Desk);
        _rig.Receive(FromCallee(_invite, "ACK", _requests), Desk);
    }

    private IEnumerable<string> Changes => _rig.Sent.Where(text => text.StartsWith("INVITE ", StringComparison.Ordinal)
        && Header(text, "To").Contains("Alice", StringComparison.Ordinal));

    /// <summary>What the caller was sent last, which it answers.</summary>
    private string Answered(string direction)
    {
        string change = Changes.Last();
        _rig.Receive(Response(change, "200 OK", tag: null, body: Answer + $"a={direction}\n"));
        return change;
    }

    private void Music(string? name) =>
        _rig.Current = new([new() { Id = Sample.Tenant, Name = "one" }], [Phones.Desk with { HoldMusic = name }],
            _rig.Current.FindNumber("+4989111") is { } number ? [number] : [], [], [], []);

    private PortId CallersPort => _rig.OpenPorts.Min(new ById())!;

    private sealed class ById : IComparer<PortId>
    {
        public int Compare(PortId x, PortId y) => x.Value.CompareTo(y.Value);
    }

    [Fact]
    public void A_hold_and_its_end_are_passed_on_to_the_other_party()
    {
        Join();
        Turn("sendonly");
        Assert.Contains("a=sendonly", Answered("recvonly"));
        Turn("sendrecv");
        Assert.Contains("a=sendrecv", Answered("sendrecv"));
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegHeld>().Count());       // the phone's; the caller has held nobody
    }

    [Fact]
    public void Port_zero_holds_too_and_is_no_reason_to_hang_up_in_the_answer_of_who_is_held()
    {
        string off = Answer.Replace("41000", "0", StringComparison.Ordinal);
        Join();
        _rig.Receive(FromCallee(_invite, "INVITE", ++_requests, body: off)
            .Replace("Content-Type", "Contact: <sip:alice1@127.0.0.1:5071>\nContent-Type", StringComparison.Ordinal), Desk);
        _rig.Receive(FromCallee(_invite, "ACK", _requests), Desk);
        string change = Changes.Last();
        Assert.Contains("a=sendonly", change);
        _rig.Receive(Response(change, "200 OK", tag: null, body: off));

        Turn("sendrecv");
        Assert.Contains("a=sendrecv", Answered("sendrecv"));
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegHeld>().Count());
        Assert.Equal(0, _rig.SentOnce("BYE "));
    }

    /// <summary>The offer is ours, in the 200.</summary>
    [Fact]
    public void Port_zero_in_the_answer_that_an_ACK_brings_holds_too()
    {
        Join();
        _rig.Receive(FromCallee(_invite, "INVITE", ++_requests)
            .Replace("Content-Length", "Contact: <sip:alice1@127.0.0.1:5071>\nContent-Length", StringComparison.Ordinal), Desk);
        _rig.Receive(FromCallee(_invite, "ACK", _requests, body: Answer.Replace("41000", "0", StringComparison.Ordinal)), Desk);
        Assert.Contains("a=sendonly", Changes.Last());
        Assert.Single(_rig.Events.OfType<CallEvent.LegHeld>());
        Assert.Equal(0, _rig.SentOnce("BYE "));
    }

    [Fact]
    public void Who_holds_and_resumes_without_end_does_not_make_us_as_busy_with_the_other_party()
    {
        Join();
        for (int i = 0; i < 100; i++)
        {
            Turn(i % 2 == 0 ? "sendonly" : "sendrecv");
            Answered(i % 2 == 0 ? "recvonly" : "sendrecv");
        }
        Assert.InRange(Changes.Count(), 2, 10);
        Turn("sendonly");
        _rig.Advance(3);
        Assert.Contains("a=sendonly", Answered("recvonly"));      // where it came to rest is passed on
    }

    [Theory]
    [InlineData("recvonly"), InlineData("inactive")]
    public void The_answer_to_a_passed_hold_is_no_hold_of_its_own(string direction)
    {
        Join();
        Turn("sendonly");
        Answered(direction);
        Assert.Single(_rig.Events.OfType<CallEvent.LegHeld>());
        Assert.Equal(1, _rig.SentOnce("INVITE sip:alice1@"));
    }

    [Fact]
    public void A_party_that_was_held_when_its_partner_leaves_is_not_asked_to_resume_before_it_is_hung_up()
    {
        Join();
        Turn("sendonly");
        Answered("recvonly");
        int changes = _rig.SentOnce("INVITE ");
        _rig.Receive(FromCallee(_invite, "BYE", ++_requests), Desk);
        Assert.Equal(changes, _rig.SentOnce("INVITE "));
        Assert.Equal(1, _rig.SentOnce("BYE "));
    }

    [Fact]
    public void A_connection_with_music_plays_it_over_and_over_in_place_of_a_hold_and_says_nothing_of_it()
    {
        Join();
        Music("waiting");
        int changes = _rig.SentOnce("INVITE ");
        Turn("sendonly");
        var play = Assert.Single(_rig.Commands.OfType<MediaCommand.Play>());
        Assert.Equal((0, CallersPort), (play.Loops, play.Port));
        Turn("sendrecv");
        Assert.Equal(play.Id, Assert.Single(_rig.Commands.OfType<MediaCommand.StopPlay>()).Id);
        Assert.Equal(changes, _rig.SentOnce("INVITE "));
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.PlaybackStarted or CallEvent.PlaybackEnded);
    }

    [Fact]
    public void Music_that_cannot_be_played_leaves_the_hold_as_it_came()
    {
        Join();
        Music("gone");
        Turn("sendonly");
        var play = Assert.Single(_rig.Commands.OfType<MediaCommand.Play>());
        _rig.Media(new MediaEvent.PlayEnded(_rig.Leg, play.Port, play.Id, IsFailed: true));
        Assert.Contains("a=sendonly", Answered("recvonly"));
    }

    [Fact]
    public void What_is_played_by_command_takes_the_place_of_the_music()
    {
        Join();
        Music("waiting");
        Turn("sendonly");
        var music = Assert.Single(_rig.Commands.OfType<MediaCommand.Play>());
        Assert.True(_rig.Command(new LegCommand.Play { Source = new PromptSource.Stored("news") }).IsAccepted);
        Assert.Equal(music.Id, Assert.Single(_rig.Commands.OfType<MediaCommand.StopPlay>()).Id);
        Assert.Equal(2, _rig.Commands.OfType<MediaCommand.Play>().Count());
    }
}
