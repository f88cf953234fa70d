using Ringwright.Conversations;
using Ringwright.Core;
using Ringwright.Programs.Agents;

namespace Ringwright.Edge.Programs;

/// <summary>What an answer's silence was made of.</summary>
public sealed class TurnWatchTests
{
    private readonly TurnWatch _watch = new();

    [Fact]
    public void The_parts_of_a_turn_are_its_whole()
    {
        _watch.OnSilent(At(1_000));
        _watch.OnWords(At(1_150));
        _watch.OnAsked(new(1, BrainOccasion.Turn), At(1_400));
        _watch.OnText(1, At(1_700));
        _watch.OnText(1, At(1_750));
        _watch.OnSaid(4, At(1_752));
        // What comes behind the first sentence is not waited for.
        _watch.OnText(1, At(1_900));
        Assert.Null(_watch.OnStarted(3, At(1_940)));
        Assert.Equal("turn 1: answered after 950 ms: recogniser 150, endpoint 250, first word 300, sentence 50, own 2, voice 198",
            _watch.OnStarted(4, At(1_950)));
        Assert.Null(_watch.OnStarted(5, At(2_500)));
    }

    [Fact]
    public void A_turn_of_keys_has_nobody_who_recognises_and_tools_and_tries_are_a_part_of_their_own()
    {
        _watch.OnSilent(At(0));
        _watch.OnAsked(new(1, BrainOccasion.Turn), At(100));
        _watch.OnAsked(new(2, BrainOccasion.ToolResults), At(600));
        // An answer that nobody waits for any more.
        _watch.OnText(1, At(650));
        _watch.OnText(2, At(700));
        _watch.OnSaid(1, At(700));
        Assert.Equal("turn 1: answered after 800 ms: recogniser 0, endpoint 100, tools 500, first word 100, sentence 0, own 0, voice 100",
            _watch.OnStarted(1, At(800)));
    }

    [Fact]
    public void A_turn_that_the_caller_adds_to_is_one_and_what_nobody_asked_for_is_none()
    {
        _watch.OnAsked(new(1, BrainOccasion.Opening), At(0));
        _watch.OnSaid(1, At(10));
        Assert.Null(_watch.OnStarted(1, At(20)));

        _watch.OnSilent(At(1_000));
        _watch.OnAsked(new(2, BrainOccasion.Turn), At(1_200));
        _watch.OnSaid(2, At(1_210));
        _watch.OnSilent(At(2_000));
        _watch.OnAsked(new(3, BrainOccasion.Turn) { Replaces = 2 }, At(2_400));
        _watch.OnText(3, At(2_400));
        _watch.OnSaid(3, At(2_400));
        Assert.Equal("turn 1: answered after 500 ms: recogniser 0, endpoint 400, first word 0, sentence 0, own 0, voice 100",
            _watch.OnStarted(3, At(2_500)));
    }

    [Fact]
    public void What_was_asked_ahead_is_reckoned_from_the_end_of_the_turn()
    {
        _watch.OnSilent(At(1_000));
        _watch.OnWords(At(1_100));
        // One that was dropped, and the one that is wanted.
        _watch.OnText(1, At(1_150));
        _watch.OnText(2, At(1_300));
        _watch.OnAsked(new(2, BrainOccasion.Turn), At(1_400));
        _watch.OnText(1, At(1_401));
        _watch.OnSaid(1, At(1_402));
        Assert.Equal("turn 1: answered after 500 ms: recogniser 100, endpoint 300, first word 0, sentence 0, own 2, voice 98",
            _watch.OnStarted(1, At(1_500)));
    }

    private static Instant At(int milliseconds) => new(milliseconds * 1_000_000L);
}
