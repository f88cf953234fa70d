using Ringwright.Core;
using Ringwright.Telnyx.Inference;

namespace Ringwright.Edge.Telnyx;

/// <summary>What keeps one account from having all of the node's model, and one conversation from being answered twice at once.</summary>
public sealed class ModelPlacesTests
{
    private static readonly TenantId One = new(Guid.NewGuid()), Two = new(Guid.NewGuid());

    [Fact]
    public void An_account_has_its_share_and_all_together_have_no_more_than_there_is()
    {
        var places = new ModelPlaces(most: 3, ofAccount: 2);
        var first = places.TryTake(One, One);
        Assert.NotNull(first);
        Assert.NotNull(places.TryTake(One, One));
        Assert.Null(places.TryTake(One, One));
        Assert.NotNull(places.TryTake(Two, Two));
        Assert.Null(places.TryTake(Two, Two));
        first.Dispose();
        first.Dispose();        // gives it once
        Assert.NotNull(places.TryTake(Two, Two));
        Assert.Null(places.TryTake(One, One));
    }

    [Fact]
    public void Accounts_below_one_have_three_of_four_with_it_however_many_there_are()
    {
        var places = new ModelPlaces(most: 8, ofAccount: 2);
        var taken = Enumerable.Range(0, 20).Select(_ => places.TryTake(new(Guid.NewGuid()), One)).ToList();
        Assert.Equal(6, taken.Count(place => place is not null));
        Assert.Null(places.TryTake(One, One));
        Assert.NotNull(places.TryTake(Two, Two));
        taken[0]!.Dispose();
        Assert.NotNull(places.TryTake(One, One));
        Assert.Null(places.TryTake(One, One));
    }

    [Fact]
    public async Task Turns_of_a_conversation_come_one_after_the_other_and_few_wait()
    {
        var turns = new Turns();
        var stop = TestContext.Current.CancellationToken;
        var first = await turns.TakeAsync(One, "a", stop);
        Assert.NotNull(first);
        var waiting = Enumerable.Range(0, 7).Select(_ => turns.TakeAsync(One, "a", stop).AsTask()).ToList();
        Assert.Null(await turns.TakeAsync(One, "a", stop));
        using (var other = await turns.TakeAsync(Two, "a", stop)) Assert.NotNull(other);
        Assert.DoesNotContain(waiting, turn => turn.IsCompleted);
        first.Dispose();
        foreach (var turn in waiting) (await turn)!.Dispose();
        using var gone = new CancellationTokenSource();
        using var last = await turns.TakeAsync(One, "a", stop);
        var left = turns.TakeAsync(One, "a", gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
    }
}
