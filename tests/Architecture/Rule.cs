namespace Ringwright.Architecture;

internal static class Rule
{
    /// <summary>Fails with every breach on a line of its own.</summary>
    public static void Holds(IEnumerable<string> breaches)
    {
        var all = breaches.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (all.Count > 0) Assert.Fail($"{all.Count} times:\n  {string.Join("\n  ", all)}");
    }
}
