using Xunit.Sdk;
using Xunit.v3;

namespace Ringwright.Testing;

/// <summary>
/// Begins some classes in this order and all others behind them, so that none that takes long is still alone when the rest is done. The
/// others come as each run has them: by chance, and always the same.
/// </summary>
/// <param name="longest">Classes, or the definitions of collections.</param>
public class LongestFirst(params Type[] longest) : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(one => PlaceOf(one)).ThenBy(one => one.UniqueID, StringComparer.Ordinal)];

    /// <summary>Behind all that are listed when it is none of them.</summary>
    public int PlaceOf(ITestCollection collection)
    {
        int place = Array.FindIndex(longest, type => collection.TestCollectionClassName == type.FullName
            || collection.TestCollectionDisplayName.StartsWith($"Test collection for {type.FullName} (", StringComparison.Ordinal));
        return place < 0 ? longest.Length : place;
    }
}
