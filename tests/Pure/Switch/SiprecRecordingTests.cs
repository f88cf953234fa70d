using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Activities;

namespace Ringwright.Pure.Switch;

/// <summary>A leg's session with a recording server, by itself and beside its fork.</summary>
public sealed class SiprecRecordingTests
{
    private static readonly SiprecTerms Terms = new("archive", "srs.example.com", 5060);
    private static readonly TapPlan Tap =
        new(Guid.Parse("44444444-4444-4444-8444-444444444444"), TapTracks.Said | TapTracks.Heard, 8_000);

    private readonly RecordingHost _host = new() { Facts = Sample.Facts() with { AnsweredAt = new(1_000_000_000) } };
    private readonly LiveAudioSet _set;

    public SiprecRecordingTests() => _set = new(_host);

    private Guid Id => _host.Ordered[^1].Id;

    private Refusal Judge(LegCommand command) => _set.Judge(command, endsBySilence: false);

    [Fact]
    public void It_starts_when_the_server_has_answered_and_stops_by_command()
    {
        _host.Codec = "PCMA";
        _set.Siprec.Start(Terms);
        Assert.Equal(new SiprecOrder(Id, _host.Facts, Terms, new("PCMA", 8_000)), Assert.Single(_host.Ordered));
        Assert.Empty(_host.Events);
        _set.On(Id, new LiveAudioNews.Connected(Tap));
        Assert.Equal(new MediaCommand.OpenTap(_host.Port, Tap), Assert.Single(_host.Commands));
        var started = Assert.IsType<CallEvent.SiprecStarted>(Assert.Single(_host.Events));
        Assert.Equal((Id, "archive"), (started.Session, started.Connector));
        _set.Siprec.Stop();
        Assert.Equal(new MediaCommand.CloseTap(_host.Port, Tap.Id), _host.Commands[^1]);
        var stopped = Assert.IsType<CallEvent.SiprecStopped>(_host.Events[^1]);
        Assert.Equal((Id, "archive"), (stopped.Session, stopped.Connector));
        Assert.Equal([Id], _host.Closed);
        _set.On(Id, new LiveAudioNews.Ended("too late"));
        Assert.Equal(2, _host.Events.Count);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void One_that_breaks_fails_once_and_the_next_may_begin(bool wasThere)
    {
        _set.Siprec.Start(Terms);
        if (wasThere) _set.On(Id, new LiveAudioNews.Connected(Tap));
        _set.On(Id, new LiveAudioNews.Ended("it answered 403"));
        _set.On(Id, new LiveAudioNews.Ended("again"));
        Assert.Equal("it answered 403", Assert.Single(_host.Events.OfType<CallEvent.SiprecFailed>()).Reason);
        Assert.Empty(_host.Events.OfType<CallEvent.SiprecStopped>());
        Assert.Equal(Refusal.None, Judge(new LegCommand.StartSiprec(Terms)));
    }

    [Fact]
    public void A_server_that_hangs_up_stops_it()
    {
        _set.Siprec.Start(Terms);
        _set.On(Id, new LiveAudioNews.Connected(Tap));
        _set.On(Id, new LiveAudioNews.Ended(null));
        Assert.IsType<CallEvent.SiprecStopped>(_host.Events[^1]);
    }

    [Fact]
    public void A_leg_has_one_beside_whatever_else()
    {
        Assert.Equal(Refusal.NoSiprecSession, Judge(new LegCommand.StopSiprec()));
        _set.Forks.Start(new("192.0.2.1:4000", null));
        Assert.Equal(Refusal.None, Judge(new LegCommand.StartSiprec(Terms)));
        _set.Siprec.Start(Terms);
        Assert.Equal(Refusal.HasSiprecSession, Judge(new LegCommand.StartSiprec(Terms)));
        Assert.Equal(Refusal.None, Judge(new LegCommand.StopSiprec()));
        _set.Siprec.Start(Terms);
        Assert.Equal(2, _host.Ordered.Count);
    }

    [Fact]
    public void A_node_that_carries_none_refuses_it()
    {
        _host.HasLiveAudio = false;
        Assert.Equal(Refusal.NoLiveAudio, Judge(new LegCommand.StartSiprec(Terms)));
    }

    [Fact]
    public void Nothing_is_left_or_told_of_one_that_is_abandoned()
    {
        _set.Siprec.Start(Terms);
        _set.Abandon();
        Assert.Equal([Id], _host.Closed);
        Assert.Empty(_host.Events);
    }
}
