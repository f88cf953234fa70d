namespace Ringwright.Contract.Conformance;

/// <summary>What a walk has found. Of a failure's message many a report shows the first line alone: the first fault stands in it.</summary>
internal static class Faults
{
    private const int Shown = 12;

    /// <param name="asked">Of how many requests; null where nobody has counted them.</param>
    public static void None(IReadOnlyCollection<string> faults, int? asked = null) =>
        Assert.True(faults.Count == 0, faults.Count == 0 ? "" : MessageOf(faults, asked));

    internal static string MessageOf(IReadOnlyCollection<string> faults, int? asked)
    {
        string of = asked is { } requests ? $" of {requests} requests" : "";
        return $"{faults.First().ReplaceLineEndings(" ")} ({faults.Count} faults{of})\n{string.Join('\n', faults.Skip(1).Take(Shown - 1))}";
    }
}
