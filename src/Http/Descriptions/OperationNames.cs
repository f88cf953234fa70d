using System.Text.RegularExpressions;

namespace Ringwright.Http;

/// <summary>
/// An operation's name as programs and people meet it in a description. Where the source of a contract has none, its name is a method and a
/// path: generators make no name of that, and linters refuse it.
/// </summary>
internal static partial class OperationNames
{
    /// <summary>Letters, digits, underscores and hyphens: <c>get_invoices_id</c>.</summary>
    public static string IdOf(Operation operation) => NoName().Replace(operation.Id, "_").Trim('_');

    /// <summary><c>RetrieveCallStatus</c> is "Retrieve call status"; of a method and a path these.</summary>
    public static string SummaryOf(Operation operation)
    {
        if (operation.Id.Contains('/', StringComparison.Ordinal)) return $"{operation.Method} {operation.Path}";
        string[] words = [.. WordBreak().Split(operation.Id).Where(word => word.Length > 0)];
        for (int i = 0; i < words.Length; i++)
            if (i == 0) words[i] = char.ToUpperInvariant(words[i][0]) + words[i][1..];
            else if (words[i].Length == 1 || words[i].Any(char.IsAsciiLetterLower)) words[i] = words[i].ToLowerInvariant();
        return string.Join(' ', words);
    }

    [GeneratedRegex("[^A-Za-z0-9_-]+")]
    private static partial Regex NoName();

    /// <summary>
    /// Before a capital behind another letter or a digit, before the last of several capitals, and at underscores; not in names of which
    /// only the second letter is a small one.
    /// </summary>
    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])(?!(?<=[A-Z][a-z])[A-Z]{3})|(?<=[A-Z])(?=[A-Z][a-z])|_+")]
    private static partial Regex WordBreak();
}
