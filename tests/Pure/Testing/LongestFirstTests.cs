using Ringwright.Testing;

namespace Ringwright.Pure.Testing;

public sealed class LongestFirstTests
{
    [Fact]
    public void A_class_is_known_by_its_collection()
    {
        var mine = TestContext.Current.TestCollection!;     // there is a test
        Assert.Equal(1, new LongestFirst(typeof(string), typeof(LongestFirstTests), typeof(int)).PlaceOf(mine));
        Assert.Equal(2, new LongestFirst(typeof(string), typeof(int)).PlaceOf(mine));
        Assert.Same(mine, Assert.Single(new LongestFirst().OrderTestCollections([mine])));
    }
}
