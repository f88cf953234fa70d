using Ringwright.Campaigns.Dialling;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>How many calls may begin, reckoned by hand.</summary>
public sealed class QueuePaceTests
{
    private static readonly CampaignPast Nothing = new();

    private static CampaignPast Past(long finished, long recently, long answered = 0, long abandoned = 0, int talking = 0) => new()
    {
        Finished = finished, RecentlyAnswered = recently, Answered = answered, Abandoned = abandoned, Talking = talking,
        ToAnswer = TimeSpan.FromSeconds(10), Handling = TimeSpan.FromSeconds(100),
    };

    [Theory]
    // free, waiting, dialling, level, room
    [InlineData(5, 0, 0, 100, 5), InlineData(5, 0, 2, 100, 3), InlineData(5, 1, 2, 100, 2), InlineData(5, 3, 2, 100, 0)]
    [InlineData(5, 4, 4, 100, 0), InlineData(0, 0, 0, 100, 0), InlineData(1, 0, 0, 50, 0), InlineData(2, 0, 0, 50, 1)]
    [InlineData(3, 0, 0, 50, 1), InlineData(3, 0, 1, 200, 5), InlineData(5, 0, 0, 0, 0), InlineData(1_000_000, 0, 0, 100, 1_000_000)]
    public void Fixed_is_the_share_of_the_free_agents(int free, int waiting, int dialling, int level, int room) =>
        Assert.Equal(room, QueuePace.Room(Pacing.Fixed, level, new(free, waiting), dialling, Nothing));

    [Theory]
    // What is measured on too few calls counts as one answer of one call.
    [InlineData(19, 1, 4, 0, 4), InlineData(20, 10, 4, 0, 8), InlineData(100, 25, 4, 0, 16), InlineData(100, 25, 4, 5, 11)]
    // Never more than ten for one, also where nobody answers.
    [InlineData(200, 1, 4, 0, 40), InlineData(200, 0, 4, 0, 40), InlineData(50, 50, 4, 0, 4)]
    public void Progressive_calls_as_many_as_it_takes_until_somebody_answers_for_each(long finished, long answered, int free, int dialling,
        int room) =>
        Assert.Equal(room, QueuePace.Room(Pacing.Progressive, 100, new(free, 0), dialling, Past(finished, answered)));

    [Fact]
    public void Progressive_reckons_with_who_waits()
    {
        Assert.Equal(4, QueuePace.Room(Pacing.Progressive, 100, new(4, 2), 0, Past(100, 50)));
        Assert.Equal(0, QueuePace.Room(Pacing.Progressive, 100, new(4, 5), 0, Past(100, 50)));
        Assert.Equal(0, QueuePace.Room(Pacing.Progressive, 0, new(4, 0), 0, Past(100, 50)));
    }

    [Fact]
    public void Predictive_reckons_with_agents_who_will_be_free_once_a_hundred_have_answered()
    {
        // A tenth of a conversation passes until somebody answers: two of twenty agents will have done.
        Assert.Equal(2 * 2, QueuePace.Room(Pacing.Predictive, 100, new(0, 0), 0, Past(200, 100, answered: 100, talking: 20)));
        Assert.Equal(0, QueuePace.Room(Pacing.Predictive, 100, new(0, 0), 0, Past(198, 99, answered: 99, talking: 20)));
        Assert.Equal(10, QueuePace.Room(Pacing.Predictive, 100, new(3, 0), 0, Past(200, 100, answered: 100, talking: 20)));
        Assert.Equal(0, QueuePace.Room(Pacing.Predictive, 0, new(3, 0), 0, Past(200, 100, answered: 100, talking: 20)));
    }

    [Theory]
    // Of a hundred answered calls so many were abandoned: 16 calls for 4 agents become 4.
    [InlineData(0, 16), InlineData(1, 12), InlineData(2, 8), InlineData(3, 4), InlineData(50, 4)]
    public void The_more_were_abandoned_the_less_is_called_beyond_the_free_agents(long abandoned, int room)
    {
        Assert.Equal(room, QueuePace.Room(Pacing.Progressive, 100, new(4, 0), 0, Past(100, 25, answered: 100, abandoned)));
        // A level above 100 is beyond them, too; what is safe stays.
        Assert.Equal(room, QueuePace.Room(Pacing.Fixed, 400, new(4, 0), 0, Past(100, 25, answered: 100, abandoned)));
        Assert.Equal(4, QueuePace.Room(Pacing.Fixed, 100, new(4, 0), 0, Past(100, 25, answered: 100, abandoned)));
    }
}
