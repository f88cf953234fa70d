using Ringwright.Core;
using Ringwright.Jobs;

namespace Ringwright.Edge.Http;

/// <summary>Neither an account nor whoever makes many has all places.</summary>
public sealed class AccountPlacesTests
{
    private static readonly TenantId One = new(Guid.NewGuid()), Below = new(Guid.NewGuid()), Beside = new(Guid.NewGuid()),
        Other = new(Guid.NewGuid());

    [Fact]
    public void Each_account_has_its_own_and_all_below_one_have_some_together()
    {
        var places = new AccountPlaces(ofAccount: 2, ofFamily: 3);
        Assert.True(places.TryTake(Below, One));
        Assert.True(places.TryTake(Below, One));
        Assert.False(places.TryTake(Below, One));
        Assert.True(places.TryTake(Beside, One));
        Assert.False(places.TryTake(Beside, One));
        Assert.False(places.TryTake(One, One));
        Assert.True(places.TryTake(Other, Other));
        places.Give(Below, One);
        Assert.True(places.TryTake(One, One));
        Assert.False(places.TryTake(Below, One));
        foreach (var account in new[] { One, Below, Beside }) places.Give(account, One);
        places.Give(Other, Other);
        for (int i = 0; i < 2; i++) Assert.True(places.TryTake(Below, One));
    }

    [Fact]
    public void All_together_have_no_more_than_there_is_and_who_is_refused_takes_nothing()
    {
        var places = new AccountPlaces(ofAccount: 2, ofFamily: 2, ofAll: 3);
        Assert.True(places.TryTake(One, One));
        Assert.True(places.TryTake(Below, One));
        for (int i = 0; i < 5; i++) Assert.False(places.TryTake(Beside, One));
        Assert.True(places.TryTake(Other, Other));
        Assert.False(places.TryTake(Other, Other));
        places.Give(Below, One);
        Assert.True(places.TryTake(Other, Other));
        Assert.False(places.TryTake(Below, One));
    }
}
