using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using Ringwright.Switch.Legs;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Media streams in whole calls: when they begin and end, and what waits for them.</summary>
public sealed class StreamedCallTests
{
    private static readonly StreamTerms Terms = new("wss://media.example.com/in", TapTracks.Said);
    private static readonly TapPlan Tap = new(Guid.Parse("44444444-4444-4444-8444-444444444444"), TapTracks.Said, 8_000);

    private readonly ShardRig _rig = new();

    /// <summary>Of the stream that was ordered last.</summary>
    private void Tell(LiveAudioNews news) => _rig.Handle(new LegMessage.LiveAudioTold(_rig.Streams[^1].Leg.Id, _rig.Streams[^1].Id, news));

    private void Connect() => Tell(new LiveAudioNews.Connected(Tap));

    private IEnumerable<MediaCommand> Taps => _rig.Commands.Where(c => c is MediaCommand.OpenTap or MediaCommand.CloseTap);

    private string Establish(StreamTerms? terms = null)
    {
        _rig.Receive(Invite());
        Assert.True(_rig.Command(new LegCommand.Answer { Stream = terms }).IsAccepted);
        string ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Inside(ok, "ACK", 1, "z9hG4bKack"));
        return ok;
    }

    private void HangUp(string ok)
    {
        _rig.Receive(Inside(ok, "BYE", 9, "z9hG4bKbye"));
        Assert.IsType<CallEvent.LegEnded>(_rig.Events[^1]);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_command_streams_a_call_until_another_stops_it()
    {
        string ok = Establish();
        Assert.True(_rig.Command(new LegCommand.StartStream(Terms) { CommandId = "one" }).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.StartStream(Terms) { CommandId = "one" }).IsAccepted);       // the same once more
        var order = Assert.Single(_rig.Streams);
        Assert.Equal((Terms, new StreamFormat("PCMU", 8_000), _rig.Leg), (order.Terms, order.Codec, order.Leg.Id));
        Assert.Equal(Refusal.AlreadyStreaming, _rig.Command(new LegCommand.StartStream(Terms)).Refusal);
        Connect();
        Assert.Equal(order.Id, Assert.IsType<CallEvent.StreamStarted>(_rig.Events[^1]).Stream);
        Assert.Equal(Refusal.NotStreaming, _rig.Command(new LegCommand.StopStream(Guid.NewGuid())).Refusal);
        Assert.True(_rig.Command(new LegCommand.StopStream(order.Id)).IsAccepted);
        Assert.Equal(order.Id, Assert.IsType<CallEvent.StreamStopped>(_rig.Events[^1]).Stream);
        Assert.Equal([order.Id], _rig.ClosedStreams);
        var port = _rig.OpenPorts.Single();
        Assert.Equal([new MediaCommand.OpenTap(port, Tap), new MediaCommand.CloseTap(port, Tap.Id)], Taps);
        Assert.Equal(Refusal.NotStreaming, _rig.Command(new LegCommand.StopStream(null)).Refusal);
        HangUp(ok);
        Assert.Equal(["LegInitiated", "LegAnswered", "StreamStarted", "StreamStopped", "LegEnded"], _rig.Kinds);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_call_that_ends_takes_its_stream_with_it_and_says_so_first(bool isOpen)
    {
        string ok = Establish();
        _rig.Command(new LegCommand.StartStream(Terms));
        if (isOpen) Connect();
        HangUp(ok);
        string[] begun = isOpen ? ["StreamStarted"] : [];
        Assert.Equal(["LegInitiated", "LegAnswered", .. begun, "StreamStopped", "LegEnded"], _rig.Kinds);
        Assert.Equal(isOpen ? 2 : 0, Taps.Count());
        Assert.Equal(_rig.Streams.Select(s => s.Id), _rig.ClosedStreams);
        int events = _rig.Events.Count;
        Tell(new LiveAudioNews.Ended("the connection was cut"));       // it was on its way
        Assert.Equal(events, _rig.Events.Count);
    }

    [Fact]
    public void A_stream_that_fails_leaves_the_call_alone_and_another_may_follow()
    {
        string ok = Establish();
        _rig.Command(new LegCommand.StartStream(Terms));
        Tell(new LiveAudioNews.Ended("nothing listens there"));
        Assert.Equal("nothing listens there", Assert.IsType<CallEvent.StreamFailed>(_rig.Events[^1]).Reason);
        Assert.True(_rig.Command(new LegCommand.StartStream(Terms)).IsAccepted);
        Connect();
        Tell(new LiveAudioNews.Ended("the connection was cut"));
        Assert.True(_rig.Command(new LegCommand.StartStream(Terms)).IsAccepted);
        Connect();
        Tell(new LiveAudioNews.Ended(null));
        HangUp(ok);
        Assert.Equal(["LegInitiated", "LegAnswered", "StreamFailed", "StreamStarted", "StreamFailed", "StreamStarted", "StreamStopped",
            "LegEnded"], _rig.Kinds);
        Assert.Equal(3, _rig.Streams.Select(s => s.Id).Distinct().Count());
        Assert.Empty(_rig.ClosedStreams);
    }

    [Fact]
    public void It_goes_on_through_hold_and_another_description()
    {
        string ok = Establish();
        _rig.Command(new LegCommand.StartStream(Terms));
        Connect();
        _rig.Receive(Inside(ok, "INVITE", 2, "z9hG4bKhold", Offer + "a=sendonly\n"));
        _rig.Receive(Inside(ok, "ACK", 2, "z9hG4bKhold-ack"));
        _rig.Receive(Inside(ok, "INVITE", 3, "z9hG4bKunhold", Offer));
        _rig.Receive(Inside(ok, "ACK", 3, "z9hG4bKunhold-ack"));
        Assert.Equal(["LegInitiated", "LegAnswered", "StreamStarted", "LegHeld", "LegHeld"], _rig.Kinds);
        Assert.Single(Taps);
        HangUp(ok);
    }

    [Fact]
    public void Keys_of_the_party_are_told_to_the_stream()
    {
        Establish();
        _rig.Digits("1");
        _rig.Command(new LegCommand.StartStream(Terms));
        _rig.Digits("2");
        Connect();
        _rig.Digits("34");
        Assert.Equal(['3', '4'], _rig.PressedOnStreams);
        Assert.Equal(4, _rig.Events.OfType<CallEvent.DigitReceived>().Count());
    }

    [Fact]
    public void An_answer_streams_from_then_on()
    {
        string ok = Establish(Terms);
        Assert.NotNull(Assert.Single(_rig.Streams).Leg.AnsweredAt);
        Connect();
        Assert.Single(Taps);
        HangUp(ok);
        Assert.Equal(["LegInitiated", "LegAnswered", "StreamStarted", "StreamStopped", "LegEnded"], _rig.Kinds);
    }

    [Fact]
    public void A_dialled_call_is_streamed_when_it_is_answered_and_not_at_all_when_it_is_not()
    {
        _rig.Dial(Request() with { Stream = Terms });
        string invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(invite, "180 Ringing"));
        Assert.Empty(_rig.Streams);
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Single(_rig.Streams);
        Connect();
        Assert.Single(Taps);
        _rig.Receive(FromCallee(invite, "BYE", 1));
        Assert.Equal(["LegInitiated", "LegRinging", "LegAnswered", "StreamStarted", "StreamStopped", "LegEnded"], _rig.Kinds);
        _rig.AssertNothingLeft();

        var other = new ShardRig();
        other.Dial(Request() with { Stream = Terms });
        other.Receive(Response(other.SentLast("INVITE "), "486 Busy Here"));
        Assert.Empty(other.Streams);
        Assert.Equal(["LegInitiated", "LegEnded"], other.Kinds);
        other.AssertNothingLeft();
    }

    [Fact]
    public void A_transfer_streams_the_new_leg()
    {
        Establish();
        Assert.True(_rig.Command(new LegCommand.Transfer { To = "sip:bob@127.0.0.1:5070", From = "+4989456", Stream = Terms }).IsAccepted);
        string invite = _rig.SentLast("INVITE ");
        Assert.Empty(_rig.Streams);
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        Assert.NotEqual(_rig.Leg, Assert.Single(_rig.Streams).Leg.Id);
        Connect();
        var started = Assert.Single(_rig.Events.OfType<CallEvent.StreamStarted>());
        Assert.NotEqual(_rig.Leg, started.Leg.Id);
        _rig.Receive(FromCallee(invite, "BYE", 1));
        Assert.Equal(started.Leg.Id, Assert.Single(_rig.Events.OfType<CallEvent.StreamStopped>()).Leg.Id);
    }

    [Fact]
    public void Nobody_is_called_before_the_socket_is_open_where_that_was_asked_for()
    {
        _rig.Dial(Request() with { Stream = Terms, OpensStreamFirst = true });
        Assert.Equal(new StreamFormat("PCMU", 8_000), Assert.Single(_rig.Streams).Codec);
        _rig.Advance(1);
        Assert.Empty(_rig.Sent);
        Connect();
        Assert.Empty(Taps);
        string invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Equal(new MediaCommand.OpenTap(_rig.OpenPorts.Single(), Tap), Assert.Single(Taps));
        Assert.Single(_rig.Streams);
        Assert.Equal(["LegInitiated", "StreamStarted", "LegAnswered"], _rig.Kinds);
        _rig.Receive(FromCallee(invite, "BYE", 1));
        Assert.Equal(["StreamStopped", "LegEnded"], _rig.Kinds[3..]);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_socket_that_cannot_be_opened_does_not_keep_anybody_from_being_called_and_is_not_tried_again()
    {
        _rig.Dial(Request() with { Stream = Terms, OpensStreamFirst = true });
        Tell(new LiveAudioNews.Ended("nothing listens there"));
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", body: Answer));
        Assert.Equal(["LegInitiated", "StreamFailed", "LegAnswered"], _rig.Kinds);
        Assert.Single(_rig.Streams);
        Assert.Equal(1, _rig.SentOnce("INVITE "));
    }

    [Fact]
    public void A_socket_of_which_nothing_is_heard_is_not_waited_for_without_a_bound()
    {
        _rig.Dial(Request() with { Stream = Terms, OpensStreamFirst = true, RingTimeout = TimeSpan.FromSeconds(5) });
        _rig.Advance(Limits.EarlyStream.TotalSeconds - 0.1);
        Assert.Empty(_rig.Sent);
        _rig.Advance(0.2);
        string invite = _rig.SentLast("INVITE ");       // and the ring timeout begins here
        _rig.Receive(Response(invite, "180 Ringing"));
        _rig.Advance(4);
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        Connect();
        Assert.Equal(["LegInitiated", "LegRinging", "LegAnswered", "StreamStarted"], _rig.Kinds);
        Assert.Single(Taps);
        Assert.Equal(1, _rig.SentOnce("INVITE "));
    }

    [Fact]
    public void A_call_that_is_hung_up_while_its_socket_opens_calls_nobody()
    {
        _rig.Dial(Request() with { Stream = Terms, OpensStreamFirst = true });
        var id = Assert.Single(_rig.Streams).Id;
        Assert.True(_rig.Command(new LegCommand.Hangup()).IsAccepted);
        Assert.Equal([id], _rig.ClosedStreams);
        Connect();
        Tell(new LiveAudioNews.Ended("too late"));
        Assert.Empty(_rig.Sent);
        Assert.Equal(["LegInitiated", "StreamStopped", "LegEnded"], _rig.Kinds);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_node_that_carries_no_streams_refuses_them()
    {
        var rig = new ShardRig(hasLiveAudio: false);
        rig.Receive(Invite());
        Assert.Equal(Refusal.NoLiveAudio, rig.Command(new LegCommand.Answer { Stream = Terms }).Refusal);
        Assert.True(rig.Command(new LegCommand.Answer()).IsAccepted);
        Assert.Equal(Refusal.NoLiveAudio, rig.Command(new LegCommand.StartStream(Terms)).Refusal);
        Assert.Equal(Refusal.NoLiveAudio,
            rig.Command(new LegCommand.Transfer { To = "sip:bob@127.0.0.1:5070", From = "+4989456", Stream = Terms }).Refusal);
        Assert.Equal(0, rig.SentCount("INVITE "));
    }

    [Fact]
    public void A_fork_ends_with_its_call_and_no_stream_runs_beside_it()
    {
        string ok = Establish();
        Assert.Equal(Refusal.NotForked, _rig.Command(new LegCommand.StopFork()).Refusal);
        Assert.True(_rig.Command(new LegCommand.StartFork(new("192.0.2.1:4000", null))).IsAccepted);
        var order = Assert.IsType<ForkOrder>(Assert.Single(_rig.LiveAudio));
        _rig.Handle(new LegMessage.LiveAudioTold(order.Leg.Id, order.Id, new LiveAudioNews.Connected(Tap)));
        Assert.Equal(Refusal.AlreadyForked, _rig.Command(new LegCommand.StartStream(Terms)).Refusal);
        Assert.True(_rig.Command(new LegCommand.StopFork()).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.StartStream(Terms)).IsAccepted);
        Assert.Equal(Refusal.AlreadyStreaming, _rig.Command(new LegCommand.StartFork(new("192.0.2.1:4000", null))).Refusal);
        Assert.True(_rig.Command(new LegCommand.StopStream(null)).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.StartFork(new(null, "192.0.2.1:4000"))).IsAccepted);
        HangUp(ok);
        Assert.Equal(
            ["LegInitiated", "LegAnswered", "ForkStarted", "ForkStopped", "StreamStarted", "StreamStopped", "ForkStopped", "LegEnded"],
            _rig.Kinds);
        Assert.Equal(_rig.LiveAudio.Select(o => o.Id), _rig.ClosedStreams);
    }

    [Fact]
    public void A_node_that_stops_leaves_no_socket_behind()
    {
        Establish();
        _rig.Command(new LegCommand.StartStream(Terms));
        Connect();
        _rig.Handle(new ShardMessage.EndAll(HangupCause.NodeShutdown));
        Assert.Equal(_rig.Streams.Select(s => s.Id), _rig.ClosedStreams);
        Assert.Single(_rig.Events.OfType<CallEvent.StreamStopped>());
    }
}
