namespace Ringwright.Suites;

/// <summary>
/// Ports of files of the Node suite, each run's apart: who has found one free binds it seconds later, when his node has started.
/// </summary>
internal static class NodePorts
{
    /// <summary>Names to a file the ports that are its own, as node.js reads them: 14000-14039.</summary>
    public const string Variable = "RINGWRIGHT_TEST_PORTS";

    private const int First = 14_000, Count = 40, Ranges = 40;

    private static int _given = -1;

    /// <summary>The environment of one more run of a file, or of a node that several share. Ranges come back when all were given.</summary>
    public static Dictionary<string, string> With(IReadOnlyDictionary<string, string> environment)
    {
        int first = First + (int)((uint)Interlocked.Increment(ref _given) % Ranges) * Count;
        return new(environment) { [Variable] = $"{first}-{first + Count - 1}" };
    }
}
