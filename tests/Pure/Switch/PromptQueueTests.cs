using Ringwright.Core;
using Ringwright.Calls;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using Ringwright.Switch.Activities;

namespace Ringwright.Pure.Switch;

public sealed class PromptQueueTests
{
    private readonly RecordingHost _host = new();
    private readonly PromptQueue _queue;

    public PromptQueueTests() => _queue = new(_host);

    private Playback Play(string url, StopWhat stop = StopWhat.Nothing, int loops = 1, bool isReported = true)
    {
        var playback = new Playback(_host, new() { Source = new PromptSource.Url(url), Loops = loops, IsReported = isReported });
        Assert.True(_queue.TryStart(playback, stop));
        return playback;
    }

    private void Ready(int correlation) => _queue.OnPrepared(correlation, Sample.Prompt($"/cache/{correlation}"));

    [Fact]
    public void A_playback_starts_when_its_file_is_ready_and_ends_completed()
    {
        var playback = Play("http://a/1.wav", loops: 3);
        Assert.Empty(_host.Commands);
        Ready(1);
        var play = Assert.IsType<MediaCommand.Play>(Assert.Single(_host.Commands));
        Assert.Equal((playback.Id, "/cache/1", 3), (play.Id, play.File, play.Loops));
        Assert.IsType<CallEvent.PlaybackStarted>(Assert.Single(_host.Events));
        _queue.OnPlayEnded(playback.Id, isFailed: false);
        var ended = Assert.IsType<CallEvent.PlaybackEnded>(_host.Events[^1]);
        Assert.Equal(PlayStatus.Completed, ended.Status);
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void Two_playbacks_follow_each_other_and_the_second_is_prepared_ahead()
    {
        var first = Play("http://a/1.wav");
        var second = Play("http://a/2.wav");
        Assert.Equal(2, _host.Prepared.Count);
        Ready(2);
        Assert.Empty(_host.Commands);
        Ready(1);
        Assert.Single(_host.Commands);
        _queue.OnPlayEnded(first.Id, false);
        Assert.Equal(second.Id, Assert.IsType<MediaCommand.Play>(_host.Commands[^1]).Id);
        Assert.Equal(["PlaybackStarted", "PlaybackEnded", "PlaybackStarted"], _host.Kinds);
    }

    [Fact]
    public void Stop_all_cancels_the_running_one_and_the_queued_ones_vanish()
    {
        var first = Play("http://a/1.wav");
        Play("http://a/2.wav");
        Play("http://a/3.wav");
        Ready(1);
        _queue.Stop(StopWhat.All);
        Assert.Equal(first.Id, Assert.IsType<MediaCommand.StopPlay>(_host.Commands[^1]).Id);
        Assert.Equal(["PlaybackStarted", "PlaybackEnded"], _host.Kinds);
        Assert.Equal(PlayStatus.Cancelled, ((CallEvent.PlaybackEnded)_host.Events[^1]).Status);
        _queue.OnPlayEnded(first.Id, false);        // media's echo of the stop says nothing new
        Ready(2);
        Assert.Equal(2, _host.Events.Count);
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void Stop_current_lets_the_next_one_play()
    {
        Play("http://a/1.wav");
        var second = Play("http://a/2.wav");
        Ready(1);
        Ready(2);
        _queue.Stop(StopWhat.Current);
        Assert.Equal(second.Id, Assert.IsType<MediaCommand.Play>(_host.Commands[^1]).Id);
        Assert.Equal(["PlaybackStarted", "PlaybackEnded", "PlaybackStarted"], _host.Kinds);
    }

    [Fact]
    public void A_new_playback_that_stops_all_takes_the_place_of_the_queue()
    {
        Play("http://a/1.wav");
        Play("http://a/2.wav");
        Ready(1);
        var third = Play("http://a/3.wav", StopWhat.All);
        Ready(3);
        Assert.Equal(third.Id, Assert.IsType<MediaCommand.Play>(_host.Commands[^1]).Id);
        Assert.Equal(["PlaybackStarted", "PlaybackEnded", "PlaybackStarted"], _host.Kinds);
    }

    [Theory]
    [InlineData(PromptFailure.NotFound, PlayStatus.FileNotFound)]
    [InlineData(PromptFailure.TimedOut, PlayStatus.Failed)]
    public void A_file_that_cannot_be_had_ends_in_its_turn_and_the_next_one_plays(PromptFailure failure, PlayStatus status)
    {
        var first = Play("http://a/1.wav");
        Play("http://a/2.wav");
        Play("http://a/3.wav");
        Ready(1);
        _queue.OnPrepared(2, PromptResult.Failed(failure, "why"));
        Assert.Single(_host.Events);
        _queue.OnPlayEnded(first.Id, false);
        Ready(3);
        Assert.Equal(["PlaybackStarted", "PlaybackEnded", "PlaybackEnded", "PlaybackStarted"], _host.Kinds);
        var failed = (CallEvent.PlaybackEnded)_host.Events[2];
        Assert.Equal((status, "why"), (failed.Status, failed.Detail));
    }

    [Fact]
    public void A_speak_shares_the_queue_with_playbacks()
    {
        var playback = Play("http://a/1.wav");
        _queue.TryStart(new Speak(_host, new() { Speech = new("hello", "female", "en-US", false) }), StopWhat.Nothing);
        Ready(1);
        Ready(2);
        _queue.OnPlayEnded(playback.Id, false);
        Assert.Equal(["PlaybackStarted", "PlaybackEnded", "SpeakStarted"], _host.Kinds);
    }

    [Fact]
    public void Hanging_up_ends_the_running_one_so_and_the_others_vanish()
    {
        Play("http://a/1.wav");
        Play("http://a/2.wav");
        Ready(1);
        _queue.HangUp();
        Assert.Equal(["PlaybackStarted", "PlaybackEnded"], _host.Kinds);
        Assert.Equal(PlayStatus.CallHangup, ((CallEvent.PlaybackEnded)_host.Events[^1]).Status);
    }

    [Fact]
    public void An_unreported_playback_has_no_events()
    {
        var playback = Play("http://a/1.wav", isReported: false);
        Ready(1);
        _queue.OnPlayEnded(playback.Id, false);
        Assert.Empty(_host.Events);
    }

    [Fact]
    public void A_change_of_codec_prepares_again_and_starts_over_without_a_second_started_event()
    {
        var playback = Play("http://a/1.wav");
        Ready(1);
        _host.Codec = "PCMA";
        _queue.OnCodecChanged();
        Assert.Equal("PCMA", _host.Prepared[^1].Codec);
        _queue.OnPlayEnded(playback.Id, false);     // of the file in the old codec
        Assert.Single(_host.Events);
        Ready(2);
        var again = Assert.IsType<MediaCommand.Play>(_host.Commands[^1]);
        Assert.Equal("/cache/2", again.File);
        _queue.OnPlayEnded(again.Id, false);
        Assert.Equal(["PlaybackStarted", "PlaybackEnded"], _host.Kinds);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void What_is_repeated_follows_what_is_heard_once_and_does_not_need_it(bool isThere)
    {
        PromptSource[] parts = [new PromptSource.Url("http://a/hello.wav"), new PromptSource.Url("http://a/music.wav")];
        var sound = new PromptSource.Sequence(parts) { RepeatsFrom = 1 };
        var music = new HoldMusic(_host.NewId(), sound, otherwise: static () => Assert.Fail("It is played."));
        Assert.True(_queue.TryStart(music, StopWhat.Nothing));
        Assert.Equal(parts, _host.Prepared.Select(one => one.Source));
        if (isThere) Ready(1);
        else _queue.OnPrepared(1, PromptResult.Failed(PromptFailure.NotFound, "why"));
        Ready(2);
        var plays = _host.Commands.OfType<MediaCommand.Play>().Select(play => (play.File, play.Loops)).ToList();
        (string, int)[] heard = [("/cache/1", 1), ("/cache/2", 0)];
        Assert.Equal(isThere ? heard : heard[1..], plays);
    }

    [Fact]
    public void A_sequence_that_is_heard_once_is_one_file()
    {
        PromptSource[] parts = [new PromptSource.Url("http://a/hello.wav"), new PromptSource.Url("http://a/music.wav")];
        var source = new PromptSource.Sequence(parts) { RepeatsFrom = 1 };
        Assert.True(_queue.TryStart(new Playback(_host, new() { Source = source }), StopWhat.Nothing));
        Assert.Equal(source, Assert.Single(_host.Prepared).Source);
    }

    [Fact]
    public void The_queue_has_a_bound()
    {
        for (int i = 0; i < CallLimits.QueuedPrompts; i++) Play("http://a/1.wav");
        var one = new Playback(_host, new() { Source = new PromptSource.Url("http://a/1.wav") });
        Assert.False(_queue.TryStart(one, StopWhat.Nothing));
        Assert.True(_queue.TryStart(one, StopWhat.All));
    }
}
