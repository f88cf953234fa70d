using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Activities;

namespace Ringwright.Pure.Switch;

/// <summary>A leg's fork by itself, and beside its stream.</summary>
public sealed class ForkingTests
{
    private static readonly ForkTerms Terms = new("192.0.2.1:4000", "[2001:db8::1]:4002");
    private static readonly TapPlan Tap =
        new(Guid.Parse("44444444-4444-4444-8444-444444444444"), TapTracks.Said | TapTracks.Heard, 8_000);

    private readonly RecordingHost _host = new() { Facts = Sample.Facts() with { AnsweredAt = new(1_000_000_000) } };
    private readonly LiveAudioSet _set;

    public ForkingTests() => _set = new(_host);

    private Guid Id => _host.Ordered[^1].Id;

    [Theory]
    [InlineData("192.0.2.1:4000", null, TapTracks.Said)]
    [InlineData(null, "192.0.2.1:4000", TapTracks.Heard)]
    [InlineData("192.0.2.1:4000", "192.0.2.1:4000", TapTracks.Said | TapTracks.Heard)]
    public void An_order_says_whose_voice_goes_where_in_the_calls_codec(string? said, string? heard, TapTracks tracks)
    {
        _host.Codec = "PCMA";
        _set.Forks.Start(new(said, heard));
        var order = Assert.IsType<ForkOrder>(Assert.Single(_host.Ordered));
        Assert.Equal(new(Id, _host.Facts, new(said, heard), new("PCMA", 8_000)), order);
        Assert.Equal(tracks, order.Tracks);
        Assert.Empty(_host.Events);
        Assert.Empty(_host.Commands);
    }

    private Refusal Judge(LegCommand command) => _set.Judge(command, endsBySilence: false);

    [Fact]
    public void It_starts_when_its_sockets_are_there_and_stops_by_command()
    {
        _set.Forks.Start(Terms);
        _set.On(Id, new LiveAudioNews.Connected(Tap));
        Assert.Equal(new MediaCommand.OpenTap(_host.Port, Tap), Assert.Single(_host.Commands));
        var started = Assert.IsType<CallEvent.ForkStarted>(Assert.Single(_host.Events));
        Assert.Equal((Id, Terms), (started.Fork, started.Terms));
        _set.Forks.Stop();
        Assert.Equal(new MediaCommand.CloseTap(_host.Port, Tap.Id), _host.Commands[^1]);
        var stopped = Assert.IsType<CallEvent.ForkStopped>(_host.Events[^1]);
        Assert.Equal((Id, Terms, null), (stopped.Fork, stopped.Terms, stopped.Problem));
        Assert.Equal([Id], _host.Closed);
        _set.On(Id, new LiveAudioNews.Ended("too late"));
        Assert.Equal(2, _host.Events.Count);
    }

    [Fact]
    public void One_that_is_stopped_before_its_sockets_are_there_tells_both()
    {
        _set.Forks.Start(Terms);
        _set.Forks.Stop();
        Assert.Equal(["ForkStarted", "ForkStopped"], _host.Kinds);
        Assert.Empty(_host.Commands);
        _set.Forks.Start(Terms);
        _set.Forks.HangUp();
        Assert.Equal(["ForkStarted", "ForkStopped", "ForkStopped"], _host.Kinds);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void One_that_nobody_takes_stops_once_and_says_why(bool wasThere)
    {
        _set.Forks.Start(Terms);
        if (wasThere) _set.On(Id, new LiveAudioNews.Connected(Tap));
        _set.On(Id, new LiveAudioNews.Ended("192.0.2.1:4000 takes nothing"));
        _set.On(Id, new LiveAudioNews.Ended("again"));
        var stopped = Assert.Single(_host.Events.OfType<CallEvent.ForkStopped>());
        Assert.Equal("192.0.2.1:4000 takes nothing", stopped.Problem);
        Assert.Equal(wasThere ? 2 : 0, _host.Commands.Count);
        Assert.Equal(Refusal.None, Judge(new LegCommand.StartFork(Terms)));
    }

    [Fact]
    public void A_leg_has_one_fork_or_one_stream()
    {
        var (fork, stream) = (new LegCommand.StartFork(Terms), new LegCommand.StartStream(new("wss://a.example/", TapTracks.Said)));
        Assert.Equal(Refusal.NotForked, Judge(new LegCommand.StopFork()));
        Assert.Equal(Refusal.None, Judge(fork));
        _set.Forks.Start(Terms);
        Assert.Equal(Refusal.AlreadyForked, Judge(fork));
        Assert.Equal(Refusal.AlreadyForked, Judge(stream));
        Assert.Equal(Refusal.None, Judge(new LegCommand.StopFork()));
        _set.Forks.Start(new("192.0.2.9:1", null));
        Assert.Single(_host.Ordered);
        _set.HangUp();
        Assert.Equal(Refusal.None, Judge(stream));
        _set.Streams.Start(stream.Terms);
        Assert.Equal(Refusal.AlreadyStreaming, Judge(fork));
        Assert.Equal(Refusal.NotForked, Judge(new LegCommand.StopFork()));
    }

    [Fact]
    public void A_node_that_carries_none_refuses_it()
    {
        _host.HasLiveAudio = false;
        Assert.Equal(Refusal.NoLiveAudio, Judge(new LegCommand.StartFork(Terms)));
    }

    [Theory]
    [InlineData(ApplicationKind.Voicemail)]
    [InlineData(ApplicationKind.Mailbox)]
    public void What_is_said_in_a_mailbox_is_nobodys_business(string kind)
    {
        _host.Facts = _host.Facts with { Application = new(kind, "+4989111") };
        Assert.Equal(Refusal.Confidential, Judge(new LegCommand.StartFork(Terms)));
    }

    [Fact]
    public void Nothing_is_left_or_told_of_one_that_is_abandoned()
    {
        _set.Forks.Start(Terms);
        _set.Abandon();
        Assert.Equal([Id], _host.Closed);
        Assert.Empty(_host.Events);
    }
}
