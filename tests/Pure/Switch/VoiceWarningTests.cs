using Ringwright.Calls;
using Ringwright.Switch.Activities;

namespace Ringwright.Pure.Switch;

/// <summary>A voice that speaks in another one's place is told of, whoever asked for the text (ADR 162).</summary>
public sealed class VoiceWarningTests
{
    private static readonly PromptSource.Speech Speech = new("Hello.", "AWS.Polly.Joanna", null, IsSsml: false);

    private readonly RecordingHost _host = new() { Facts = Sample.Facts() with { AnsweredAt = new(1_000_000_000) } };
    private readonly LegActivities _leg;

    public VoiceWarningTests() => _leg = new(_host);

    private string[] Noted => [.. _host.Events.OfType<CallEvent.Noted>().Select(noted => $"{noted.Kind} {noted.Text}")];

    [Fact]
    public void A_text_begins_with_it_and_the_trace_has_it_once()
    {
        for (int i = 1; i <= 2; i++)
        {
            _leg.Start(new LegCommand.Speak { Speech = Speech, Stop = StopWhat.All });
            _leg.OnPrepared(i, Sample.Prompt($"/cache/{i}") with { Warning = "another speaks" });
        }
        Assert.Equal(["another speaks", "another speaks"], _host.Events.OfType<CallEvent.SpeakStarted>().Select(e => e.Warning));
        Assert.Equal(["Warning another speaks"], Noted);
    }

    [Fact]
    public void What_is_not_spoken_for_it_says_why()
    {
        _leg.Start(new LegCommand.Speak { Speech = Speech });
        _leg.OnPrepared(1, PromptResult.Failed(PromptFailure.SpeechUnavailable, "no alias") with { Warning = "no alias" });
        Assert.Equal(["Warning no alias"], Noted);
        Assert.Equal(PlayStatus.Failed, Assert.Single(_host.Events.OfType<CallEvent.SpeakEnded>()).Status);
    }

    [Fact]
    public void Behind_the_end_of_the_call_nothing_is_told()
    {
        _leg.Start(new LegCommand.Speak { Speech = Speech });
        _leg.HangUp();
        _leg.OnPrepared(1, Sample.Prompt("/cache/1") with { Warning = "another speaks" });
        Assert.Empty(Noted);
    }
}
