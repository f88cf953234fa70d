using Ringwright.Conversations;
using Ringwright.Core;
using Ringwright.Programs.Agents.Spoken;

namespace Ringwright.Edge.Programs;

/// <summary>Which words of a model's are part of the conversation, and when.</summary>
public sealed class SpokenTurnsTests
{
    private readonly List<Message> _told = [];
    private readonly HashSet<string> _waits = [];
    private readonly SpokenTurns _turns;

    public SpokenTurnsTests() => _turns = new(_told.Add, _waits.Contains);

    [Fact]
    public void A_turn_is_told_when_all_of_it_is_there_and_was_heard()
    {
        _waits.Add("a");
        _turns.OnBegan("a", new(5));
        _turns.Add("a", "Good ");
        _turns.Add("a", "day ");
        _turns.OnWhole("a", null);
        Assert.Empty(_told);
        _waits.Clear();
        _turns.OnDrained("a");
        Assert.Equal(new Message(MessageRole.Assistant, "Good day", new(5)).ToString(), Assert.Single(_told).ToString());

        // Words may come behind the sound, and all at once.
        _turns.OnBegan("b", new(7));
        _turns.OnDrained("b");
        Assert.Single(_told);
        _turns.OnWhole("b", "Well.");
        Assert.Equal("Well.", _told[1].Text);
    }

    [Theory]
    [InlineData(0, 10, null)]
    [InlineData(1, 10, null)]           // within the first word
    [InlineData(5, 10, "one two")]
    [InlineData(9, 10, "one two three")]
    [InlineData(10, 10, "one two three four")]
    [InlineData(10, 0, null)]
    public void A_cut_leaves_whole_words_of_the_share_that_was_heard(int played, int received, string? heard)
    {
        _turns.OnBegan("a", new(1));
        _turns.Add("a", "one two three four");
        _turns.OnCut(new("a", TimeSpan.FromSeconds(played), TimeSpan.FromSeconds(received)));
        Assert.Equal(heard, _told.SingleOrDefault()?.Text);
        Assert.All(_told, message => Assert.True(message.IsInterrupted));
        // What still comes of it is nobody's.
        _turns.Add("a", " five");
        _turns.OnWhole("a", null);
        _turns.End();
        Assert.True(_told.Count <= 1);
    }

    [Fact]
    public void What_nobody_has_heard_is_not_told_and_what_was_being_heard_at_the_end_is()
    {
        _turns.Add("a", "never heard");
        _turns.OnWhole("a", null);
        _turns.OnBegan("b", new(1));
        _turns.Add("b", "half of it");
        _turns.End();
        Assert.Equal("half of it", Assert.Single(_told).Text);
    }
}
