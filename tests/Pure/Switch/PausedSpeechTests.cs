using Ringwright.Calls;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Activities;

namespace Ringwright.Pure.Switch;

/// <summary>What is said waits in its place, and how long it was heard is counted without that.</summary>
public sealed class PausedSpeechTests
{
    private readonly RecordingHost _host = new();
    private readonly PromptQueue _queue;

    public PausedSpeechTests() => _queue = new(_host);

    private Speak Say(string text)
    {
        var speak = new Speak(_host, new() { Speech = new(text, "female", "en-US", false) });
        Assert.True(_queue.TryStart(speak, StopWhat.Nothing));
        return speak;
    }

    private void Ready(int correlation) => _queue.OnPrepared(correlation, Sample.Prompt($"/cache/{correlation}"));

    private void Elapse(double seconds) => _host.Advance(TimeSpan.FromSeconds(seconds));

    private IEnumerable<(Guid, bool)> Pauses => _host.Commands.OfType<MediaCommand.PausePlay>().Select(pause => (pause.Id, pause.IsOn));

    private CallEvent.SpeakEnded Ended => _host.Events.OfType<CallEvent.SpeakEnded>().Last();

    [Fact]
    public void A_text_that_is_paused_and_goes_on_was_heard_without_the_pause()
    {
        var said = Say("hello");
        Ready(1);
        Elapse(1);
        _queue.Pause(isOn: true);
        Elapse(5);
        _queue.Pause(isOn: false);
        Elapse(0.5);
        _queue.OnPlayEnded(said.Id, isFailed: false);
        Assert.Equal([(said.Id, true), (said.Id, false)], Pauses);
        Assert.Equal(TimeSpan.FromSeconds(1.5), Ended.Played);
    }

    [Fact]
    public void A_text_that_is_stopped_in_its_pause_was_heard_up_to_it()
    {
        Say("hello");
        Ready(1);
        Elapse(0.4);
        _queue.Pause(isOn: true);
        Elapse(3);
        _queue.Stop(StopWhat.All);
        Assert.Equal((PlayStatus.Cancelled, TimeSpan.FromSeconds(0.4)), (Ended.Status, Ended.Played));
    }

    [Fact]
    public void What_comes_to_its_place_in_the_pause_begins_paused()
    {
        var first = Say("one");
        var second = Say("two");
        Ready(1);
        Ready(2);
        _queue.Pause(isOn: true);
        _queue.OnPlayEnded(first.Id, isFailed: false);      // it was over in the tick before
        Elapse(2);
        _queue.Pause(isOn: false);
        Elapse(1);
        _queue.OnPlayEnded(second.Id, isFailed: false);
        Assert.Equal([(first.Id, true), (second.Id, true), (second.Id, false)], Pauses);
        Assert.Equal(TimeSpan.FromSeconds(1), Ended.Played);
    }

    [Fact]
    public void A_stop_ends_the_pause()
    {
        Say("one");
        Ready(1);
        _queue.Pause(isOn: true);
        _queue.Stop(StopWhat.All);
        Say("two");
        Ready(2);
        Assert.Single(Pauses);
    }

    [Fact]
    public void A_second_pause_changes_nothing()
    {
        Say("one");
        Ready(1);
        _queue.Pause(isOn: true);
        _queue.Pause(isOn: true);
        Assert.Single(Pauses);
    }

    [Fact]
    public void How_long_a_text_will_be_heard_is_told_when_it_begins()
    {
        Say("one");
        _queue.OnPrepared(1, PromptResult.Ready(new("h", "/cache/1", TimeSpan.FromSeconds(2.5))));
        Assert.Equal(TimeSpan.FromSeconds(2.5), Assert.Single(_host.Events.OfType<CallEvent.SpeakStarted>()).Length);
    }
}
