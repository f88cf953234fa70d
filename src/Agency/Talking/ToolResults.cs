namespace Ringwright.Agency.Talking;

/// <summary>What becomes of tools that agents ask, by the words that an agent is told of it. Pure.</summary>
internal static class ToolResults
{
    /// <summary>How the node begins to say that nothing came of it.</summary>
    private static readonly string[] Failures =
        ["Not done", "Refused", "Not reached", "There is no ", "Begun, and its result is not known"];

    /// <summary>True where the tool was not asked, could not be reached, or has refused.</summary>
    public static bool HaveFailed(string result) =>
        Failures.Any(words => result.StartsWith(words, StringComparison.Ordinal));
}
