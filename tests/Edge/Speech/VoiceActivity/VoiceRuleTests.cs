using Ringwright.Speech.VoiceActivity;

namespace Ringwright.Edge.Speech.VoiceActivity;

/// <summary>When the scores of a model's windows are a voice, and when it has paused (5.2, rule 1).</summary>
public sealed class VoiceRuleTests
{
    private readonly VoiceRule _rule = new();

    /// <summary>The windows, from 1, at which something changed.</summary>
    private List<int> Changes(params float[] scores)
    {
        List<int> changes = [];
        for (int i = 0; i < scores.Length; i++)
            if (_rule.Handle(scores[i])) changes.Add(i + 1);
        return changes;
    }

    [Fact]
    public void Three_likely_windows_of_four_are_a_voice()
    {
        Assert.Equal([3], Changes(0.5f, 0.9f, 0.5f));
        Assert.True(_rule.IsTalking);
        Assert.Equal(3 * VoiceRule.WindowMilliseconds, SileroVoice.Onset.TotalMilliseconds);
    }

    [Fact]
    public void One_window_among_them_may_be_unlikely() => Assert.Equal([4], Changes(0.9f, 0.1f, 0.9f, 0.9f));

    [Fact]
    public void Clicks_and_what_is_never_likely_are_none() =>
        Assert.Empty(Changes(0.9f, 0.9f, 0.1f, 0.1f, 0.9f, 0.1f, 0.9f, 0.1f, 0.49f, 0.49f, 0.49f, 0.49f));

    [Fact]
    public void It_pauses_after_200_ms_without_a_likely_window_and_begins_anew_then()
    {
        Assert.Equal([3, 10], Changes(0.9f, 0.9f, 0.9f, 0.3f, 0.3f, 0.3f, 0.3f, 0.3f, 0.3f, 0.3f));
        Assert.False(_rule.IsTalking);
        // What was before the pause counts no more.
        Assert.Equal([3], Changes(0.9f, 0.9f, 0.9f));
    }

    [Fact]
    public void What_is_half_likely_goes_on() =>
        Assert.Equal([3], Changes([0.9f, 0.9f, 0.9f, .. Enumerable.Repeat(0.1f, 6), 0.36f, .. Enumerable.Repeat(0.1f, 6)]));
}
