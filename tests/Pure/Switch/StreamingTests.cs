using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Activities;

namespace Ringwright.Pure.Switch;

/// <summary>A leg's media stream by itself.</summary>
public sealed class StreamingTests
{
    private const string Token = "not-to-be-read";

    private static readonly StreamTerms Terms = new("wss://media.example.com/in", TapTracks.Said | TapTracks.Heard) { AuthToken = Token };
    private static readonly TapPlan Tap = new(Guid.Parse("44444444-4444-4444-8444-444444444444"), TapTracks.Said, 8_000);

    private readonly RecordingHost _host = new() { Facts = Sample.Facts() with { AnsweredAt = new(1_000_000_000) } };
    private readonly Streaming _streams;

    public StreamingTests() => _streams = new(_host);

    private Guid Id => _host.Opened[^1].Id;

    private void Start(LiveAudioNews? news = null)
    {
        _streams.Start(Terms);
        if (news is not null) _streams.On(Id, news);
    }

    [Fact]
    public void An_order_says_who_is_streamed_and_how_the_call_is_coded()
    {
        _host.Codec = "PCMA";
        Start();
        Assert.Equal(new StreamOrder(Id, _host.Facts, Terms, new("PCMA", 8_000)), Assert.Single(_host.Opened));
        Assert.NotEqual(Guid.Empty, Id);
        Assert.True(_streams.IsOpening);
        Assert.Empty(_host.Events);
        Assert.Empty(_host.Commands);
    }

    [Fact]
    public void A_socket_that_is_open_has_media_take_up_the_tap()
    {
        Start(new LiveAudioNews.Connected(Tap));
        Assert.Equal(new MediaCommand.OpenTap(_host.Port, Tap), Assert.Single(_host.Commands));
        var started = Assert.IsType<CallEvent.StreamStarted>(Assert.Single(_host.Events));
        Assert.Equal((Id, Terms.Url, Terms.Tracks), (started.Stream, started.Url, started.Tracks));
        Assert.False(_streams.IsOpening);
    }

    [Theory]
    [InlineData("wss://bob:secret@media.example.com/in?a=b@c", "wss://media.example.com/in?a=b@c")]
    [InlineData("wss://bob:s@cret@media.example.com", "wss://media.example.com")]
    [InlineData("wss://media.example.com?who=bob@example.com", "wss://media.example.com?who=bob@example.com")]
    public void A_password_in_its_url_is_for_the_far_end_alone(string url, string told)
    {
        _streams.Start(Terms with { Url = url });
        Assert.Equal(url, Assert.IsType<StreamOrder>(_host.Opened[^1]).Terms.Url);
        _streams.On(Id, new LiveAudioNews.Connected(Tap));
        _streams.Stop();
        Assert.Equal([told, told],
            [_host.Events.OfType<CallEvent.StreamStarted>().Single().Url, _host.Events.OfType<CallEvent.StreamStopped>().Single().Url]);
        Assert.DoesNotContain("secret", _host.Opened[^1].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_begins_once_whatever_is_told()
    {
        Start(new LiveAudioNews.Connected(Tap));
        _streams.On(Id, new LiveAudioNews.Connected(Tap with { Id = Guid.NewGuid() }));
        Assert.Single(_host.Commands);
        Assert.Single(_host.Events);
    }

    [Fact]
    public void Before_the_answer_media_waits_with_the_tap()
    {
        _host.Facts = Sample.Facts(Direction.Outbound);
        Start(new LiveAudioNews.Connected(Tap));
        Assert.Equal(["StreamStarted"], _host.Kinds);
        Assert.Empty(_host.Commands);
        _host.Facts = _host.Facts with { AnsweredAt = _host.Now };
        _streams.OnAnswered();
        Assert.Equal(new MediaCommand.OpenTap(_host.Port, Tap), Assert.Single(_host.Commands));
    }

    [Fact]
    public void A_tap_that_was_never_opened_is_not_closed()
    {
        _host.Facts = Sample.Facts(Direction.Outbound);
        Start(new LiveAudioNews.Connected(Tap));
        _streams.Stop();
        Assert.Empty(_host.Commands);
        Assert.Equal(["StreamStarted", "StreamStopped"], _host.Kinds);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_far_end_that_fails_is_told_once_before_or_after_it_was_there(bool wasThere)
    {
        Start(wasThere ? new LiveAudioNews.Connected(Tap) : null);
        _streams.On(Id, new LiveAudioNews.Ended("the server answered 403"));
        _streams.On(Id, new LiveAudioNews.Ended("once more"));
        _streams.Stop();
        var failed = Assert.Single(_host.Events.OfType<CallEvent.StreamFailed>());
        Assert.Equal((Id, Terms.Url, Terms.Tracks, "the server answered 403"),
            (failed.Stream, failed.Url, failed.Tracks, failed.Reason));
        Assert.DoesNotContain(_host.Events, e => e is CallEvent.StreamStopped);
        Assert.Equal(wasThere ? 1 : 0, _host.Commands.Count(c => c == new MediaCommand.CloseTap(_host.Port, Tap.Id)));
        Assert.Empty(_host.Closed);
    }

    [Fact]
    public void A_far_end_that_closes_in_order_ends_the_stream()
    {
        Start(new LiveAudioNews.Connected(Tap));
        _streams.On(Id, new LiveAudioNews.Ended(null));
        Assert.Equal(["StreamStarted", "StreamStopped"], _host.Kinds);
        Assert.Equal(new MediaCommand.CloseTap(_host.Port, Tap.Id), _host.Commands[^1]);
        Assert.Empty(_host.Closed);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_stream_that_is_stopped_says_so_once_and_that_it_began_even_before_its_socket_was_open(bool wasThere)
    {
        Start(wasThere ? new LiveAudioNews.Connected(Tap) : null);
        var id = Id;
        _streams.Stop();
        _streams.Stop();
        _streams.On(id, new LiveAudioNews.Connected(Tap));
        _streams.On(id, new LiveAudioNews.Ended("the connection was cut"));
        Assert.Equal(["StreamStarted", "StreamStopped"], _host.Kinds);
        Assert.Equal([id], _host.Closed);
        Assert.Equal(wasThere ? 2 : 0, _host.Commands.Count);
    }

    [Fact]
    public void News_of_the_stream_before_is_not_taken_for_that_of_the_next()
    {
        Start();
        var first = Id;
        _streams.Stop();
        Start();
        _streams.On(first, new LiveAudioNews.Connected(Tap));
        _streams.On(first, new LiveAudioNews.Ended("too late"));
        Assert.True(_streams.IsOpening);
        Assert.Equal(["StreamStarted", "StreamStopped"], _host.Kinds);
    }

    [Fact]
    public void One_stream_at_a_time()
    {
        Assert.Equal(Refusal.NotStreaming, _streams.Judge(new LegCommand.StopStream(null)));
        Start();
        Assert.Equal(Refusal.AlreadyStreaming, _streams.Judge(new LegCommand.StartStream(Terms)));
        Assert.Equal(Refusal.None, _streams.Judge(new LegCommand.StopStream(null)));
        Assert.Equal(Refusal.None, _streams.Judge(new LegCommand.StopStream(Id)));
        Assert.Equal(Refusal.NotStreaming, _streams.Judge(new LegCommand.StopStream(Guid.NewGuid())));
        _streams.Start(Terms);
        Assert.Single(_host.Opened);
        _streams.Stop();
        Assert.Equal(Refusal.None, _streams.Judge(new LegCommand.StartStream(Terms)));
        Assert.Equal(Refusal.NotStreaming, _streams.Judge(new LegCommand.StopStream(null)));
    }

    [Fact]
    public void A_node_that_carries_none_refuses_every_way_to_order_one()
    {
        _host.HasLiveAudio = false;
        Assert.Equal(Refusal.NoLiveAudio, _streams.Judge(new LegCommand.StartStream(Terms)));
        Assert.Equal(Refusal.NoLiveAudio, _streams.Judge(new LegCommand.Answer { Stream = Terms }));
        Assert.Equal(Refusal.NoLiveAudio, _streams.Judge(new LegCommand.Transfer { To = "+1", Stream = Terms }));
        Assert.Equal(Refusal.None, _streams.Judge(new LegCommand.Answer()));
        Assert.Equal(Refusal.None, _streams.Judge(new LegCommand.Transfer { To = "+1" }));
    }

    [Fact]
    public void Keys_go_to_a_stream_that_is_there()
    {
        Start();
        _streams.Press('1');
        _streams.On(Id, new LiveAudioNews.Connected(Tap));
        _streams.Press('2');
        _host.Facts = _host.Facts with { Application = new(ApplicationKind.Voicemail, "+4989111") };
        _streams.Press('3');
        var id = Id;
        _streams.Stop();
        _streams.Press('4');
        Assert.Equal([(id, '2')], _host.Pressed);
    }

    [Theory]
    [InlineData(ApplicationKind.Voicemail)]
    [InlineData(ApplicationKind.Mailbox)]
    public void What_is_said_in_a_mailbox_is_nobodys_business(string kind)
    {
        _host.Facts = _host.Facts with { Application = new(kind, "+4989111") };
        Assert.Equal(Refusal.Confidential, _streams.Judge(new LegCommand.StartStream(Terms)));
        Assert.Equal(Refusal.Confidential, _streams.Judge(new LegCommand.Transfer { To = "+1", Stream = Terms }));
    }

    [Fact]
    public void The_secret_is_in_no_text_of_a_command_an_order_a_dial_or_an_event()
    {
        Start(new LiveAudioNews.Connected(Tap));
        _streams.On(Id, new LiveAudioNews.Ended("the server answered 403"));
        Start();
        _streams.Stop();
        object[] all =
        [
            Terms, _host.Opened[0], new Ringwright.Switch.Effect.OpenLiveAudio(_host.Opened[0]), new LegCommand.StartStream(Terms),
            new LegCommand.Answer { Stream = Terms }, new LegCommand.Transfer { To = "+1", Stream = Terms },
            ShardRig.Request() with { Stream = Terms }, .. _host.Events,
        ];
        Assert.All(all, one => Assert.DoesNotContain(Token, one.ToString(), StringComparison.Ordinal));
        Assert.Contains("wss://media.example.com/in", Terms.ToString(), StringComparison.Ordinal);
        Assert.Equal(["StreamStarted", "StreamFailed", "StreamStarted", "StreamStopped"], _host.Kinds);
    }
}
