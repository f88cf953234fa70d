using System.Runtime.CompilerServices;
using Ringwright.Calls;

namespace Ringwright.Pure.Calls;

/// <summary>Whoever adds an event decides whether it begins what has an end.</summary>
public sealed class ActivityEdgeTests
{
    /// <summary>They are told when the subject itself begins or goes on: nothing of them ends.</summary>
    private static readonly Type[] Moments = [typeof(ConferenceEvent.ConferenceStarted)];

    private static IEnumerable<SubjectEvent> All => new[] { typeof(CallEvent), typeof(ConferenceEvent), typeof(QueueEvent) }
        .SelectMany(union => union.GetNestedTypes().Where(type => type.IsSubclassOf(union)))
        .Select(type => (SubjectEvent)RuntimeHelpers.GetUninitializedObject(type));

    [Fact]
    public void Every_event_is_classified()
    {
        Assert.True(All.Count() > 50, "it walks all of them");
        foreach (var happened in All) ActivityEdge.Of(happened);        // throws for one that is not
        Assert.Empty(All.Where(happened => happened.Stage is LifeStage.Within or LifeStage.Whenever && SoundsLikeABeginning(happened)
            && ActivityEdge.Of(happened).Side is EdgeSide.Neither).Select(happened => happened.GetType()).Except(Moments));
    }

    [Fact]
    public void What_begins_names_the_event_that_ends_the_same()
    {
        foreach (var happened in All)
        {
            var edge = ActivityEdge.Of(happened);
            var end = ActivityEdge.EndOf(happened, TimeSpan.FromSeconds(3));
            Assert.Equal((happened.GetType(), edge.Side is EdgeSide.Begins), (happened.GetType(), end is not null));
            if (end is not null) Assert.Equal(new ActivityEdge(EdgeSide.Ends, edge.Activity), ActivityEdge.Of(end));
        }
    }

    [Fact]
    public void Only_a_gather_ends_without_an_event_that_began_it()
    {
        var begun = All.Select(ActivityEdge.Of).Where(edge => edge.Side is EdgeSide.Begins).Select(edge => edge.Activity).ToHashSet();
        Assert.Equal([ActivityEdge.Gather], All.Select(ActivityEdge.Of)
            .Where(edge => edge.Side is EdgeSide.Ends && !begun.Contains(edge.Activity)).Select(edge => edge.Activity));
    }

    private static bool SoundsLikeABeginning(SubjectEvent happened) =>
        new[] { "Started", "Began", "Joined", "Enqueued" }.Any(word => happened.GetType().Name.EndsWith(word, StringComparison.Ordinal));
}
