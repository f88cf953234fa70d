using Ringwright.Agency.Batches;
using Ringwright.Agency.Tables;

namespace Ringwright.Edge.Agency;

/// <summary>From when on a look at a batch reads what has changed.</summary>
public sealed class FollowMarksTests
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(30);

    [Fact]
    public void What_has_changed_since_the_clock_was_set_back_is_read_also_of_a_batch_that_was_made_before()
    {
        var marks = new FollowMarks();
        var batch = new BatchRow { Id = Guid.CreateVersion7(), CreatedAt = Noon };
        // Whoever goes on after a stop reads all: some of it may be of an hour before the batch.
        Assert.True(marks.Of(batch, Noon.AddHours(-1)).Changed.At < Noon.AddDays(-1));
        marks.Keep(batch.Id, new(Noon.AddMinutes(10), default));
        Assert.Equal(Noon.AddMinutes(10) - Late, marks.Of(batch, Noon.AddMinutes(11)).Changed.At);
        var back = Noon.AddMinutes(-49);
        Assert.Equal(back - Late, marks.Of(batch, back).Changed.At);
        marks.Keep(batch.Id, new(back, default));
        Assert.Equal(back - Late, marks.Of(batch, back.AddSeconds(2)).Changed.At);
        Assert.Equal(back.AddSeconds(2), marks.Of(batch, back.AddSeconds(2)).Waiting.At);
    }
}
