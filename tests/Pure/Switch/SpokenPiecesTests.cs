using Ringwright.Calls;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Activities;

namespace Ringwright.Pure.Switch;

/// <summary>A long text in a leg's queue: several files, one speak.</summary>
public sealed class SpokenPiecesTests
{
    private const string Sentence = "The quick brown fox has jumped over the lazy hound again today. ";

    private readonly RecordingHost _host = new();
    private readonly PromptQueue _queue;

    public SpokenPiecesTests() => _queue = new(_host);

    private Speak Say(int loops = 1)
    {
        var speak = new Speak(_host, new()
        {
            Speech = new(string.Concat(Enumerable.Repeat(Sentence, 8)), "female", "en-US", false), Loops = loops
        });
        Assert.True(_queue.TryStart(speak, StopWhat.Nothing));
        return speak;
    }

    private void Ready(int correlation) => _queue.OnPrepared(correlation, Sample.Prompt($"/cache/{correlation}"));

    private MediaCommand.Play[] Plays => [.. _host.Commands.OfType<MediaCommand.Play>()];

    [Fact]
    public void The_first_piece_plays_while_the_next_is_made_and_media_has_that_before_it_is_needed()
    {
        var speak = Say();
        Assert.Equal(2, _host.Prepared.Count);
        Ready(1);
        Assert.Equal((speak.Id, "/cache/1", 1, Guid.Empty), (Plays[0].Id, Plays[0].File, Plays[0].Loops, Plays[0].Behind));
        Ready(2);
        Assert.Equal(("/cache/2", speak.Id), (Plays[1].File, Plays[1].Behind));
        _queue.OnPlayEnded(Plays[0].Id, false);
        Assert.Equal(3, _host.Prepared.Count);
        Ready(3);
        Assert.Equal(("/cache/3", Plays[1].Id), (Plays[2].File, Plays[2].Behind));
        _queue.OnPlayEnded(Plays[1].Id, false);
        _queue.OnPlayEnded(Plays[2].Id, false);
        Assert.Equal(["SpeakStarted", "SpeakEnded"], _host.Kinds);
        var ended = (CallEvent.SpeakEnded)_host.Events[1];
        Assert.Equal((speak.Id, PlayStatus.Completed), (ended.Speak, ended.Status));
        Assert.True(_queue.IsEmpty);
        Assert.Equal(Enumerable.Repeat(Sentence, 8).Aggregate(string.Concat),
            string.Concat(_host.Prepared.Select(p => ((PromptSource.Speech)p.Source).Text)));
    }

    [Fact]
    public void A_piece_that_comes_late_plays_when_it_comes()
    {
        Say();
        Ready(1);
        _queue.OnPlayEnded(Plays[0].Id, false);
        Assert.Single(Plays);
        Ready(2);
        Assert.Equal("/cache/2", Plays[1].File);
        Assert.Equal(["SpeakStarted"], _host.Kinds);
    }

    [Fact]
    public void A_stop_half_way_takes_the_piece_that_waits_in_media_too()
    {
        Say();
        Ready(1);
        Ready(2);
        _queue.Stop(StopWhat.Current);
        Assert.Equal([Plays[1].Id, Plays[0].Id], _host.Commands.OfType<MediaCommand.StopPlay>().Select(s => s.Id));
        Assert.Equal(["SpeakStarted", "SpeakEnded"], _host.Kinds);
        _queue.OnPlayEnded(Plays[0].Id, false);
        Ready(3);
        Assert.Equal((2, true), (_host.Events.Count, _queue.IsEmpty));
    }

    [Fact]
    public void A_later_piece_that_cannot_be_made_fails_the_speak_when_its_turn_comes()
    {
        Say();
        Ready(1);
        _queue.OnPrepared(2, PromptResult.Failed(PromptFailure.TimedOut, "The voice is away."));
        Assert.Equal(["SpeakStarted"], _host.Kinds);
        _queue.OnPlayEnded(Plays[0].Id, false);
        Assert.Equal(PlayStatus.Failed, ((CallEvent.SpeakEnded)_host.Events[^1]).Status);
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void A_file_that_media_cannot_play_ends_it_with_what_waits()
    {
        Say();
        Ready(1);
        Ready(2);
        _queue.OnPlayEnded(Plays[0].Id, isFailed: true);
        Assert.Contains(_host.Commands.OfType<MediaCommand.StopPlay>(), stop => stop.Id == Plays[1].Id);
        Assert.Equal(PlayStatus.Failed, ((CallEvent.SpeakEnded)_host.Events[^1]).Status);
    }

    [Fact]
    public void Another_codec_half_way_begins_the_piece_anew_that_plays()
    {
        Say();
        Ready(1);
        Ready(2);
        _queue.OnPlayEnded(Plays[0].Id, false);
        _host.Codec = "G722";
        _queue.OnCodecChanged();
        Assert.Contains(_host.Commands.OfType<MediaCommand.StopPlay>(), stop => stop.Id == Plays[1].Id);
        var again = _host.Prepared[^2];
        Assert.Equal((_host.Prepared[1].Source, "G722"), (again.Source, again.Codec));
        Ready(again.Correlation);
        Assert.Equal(Guid.Empty, Plays[^1].Behind);
        Assert.Equal(["SpeakStarted"], _host.Kinds);
    }

    [Fact]
    public void Twice_is_all_of_it_twice()
    {
        Say(loops: 2);
        for (int i = 1; i <= 6; i++)
        {
            Ready(i);
            if (i > 1) _queue.OnPlayEnded(Plays[i - 2].Id, false);
        }
        _queue.OnPlayEnded(Plays[5].Id, false);
        Assert.Equal(["SpeakStarted", "SpeakEnded"], _host.Kinds);
        Assert.Equal(_host.Prepared[..3].Select(p => p.Source), _host.Prepared[3..].Select(p => p.Source));
    }

    [Fact]
    public void What_is_behind_it_is_made_while_its_last_piece_plays()
    {
        Say();
        var playback = new Playback(_host, new() { Source = new PromptSource.Url("http://a/1.wav") });
        _queue.TryStart(playback, StopWhat.Nothing);
        Assert.Equal(2, _host.Prepared.Count);
        for (int i = 1; i <= 3; i++) Ready(i);
        _queue.OnPlayEnded(Plays[0].Id, false);
        Ready(3);
        _queue.OnPlayEnded(Plays[1].Id, false);
        Assert.IsType<PromptSource.Url>(_host.Prepared[^1].Source);
    }
}
