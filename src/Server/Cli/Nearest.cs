using System.CommandLine;

namespace Ringwright.Server.Cli;

/// <summary>What somebody who mistyped a command or a flag may have meant.</summary>
internal static class Nearest
{
    /// <summary>The command's word that is the fewest letters away; null when none is near.</summary>
    public static string? Of(string typed, Command command) => Of(typed,
        typed.StartsWith('-') ? command.Options.Where(option => !option.Hidden).Select(option => option.Name)
            : command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name));

    /// <summary>A letter in three may be wrong, and two at most; of equals the first in the alphabet.</summary>
    public static string? Of(string typed, IEnumerable<string> words)
    {
        int most = Math.Min(2, Math.Max(1, typed.TrimStart('-').Length / 3));
        return words.Select(word => (Word: word, Away: Distance(typed, word))).Where(near => near.Away <= most)
            .OrderBy(near => near.Away).ThenBy(near => near.Word, StringComparer.Ordinal).Select(near => near.Word).FirstOrDefault();
    }

    /// <summary>Letters put in, left out, replaced, or two neighbours exchanged (optimal string alignment).</summary>
    private static int Distance(string from, string to)
    {
        int[,] cost = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++) cost[i, 0] = i;
        for (int j = 0; j <= to.Length; j++) cost[0, j] = j;
        for (int i = 1; i <= from.Length; i++)
        {
            for (int j = 1; j <= to.Length; j++)
            {
                int other = from[i - 1] == to[j - 1] ? 0 : 1;
                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + other);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }
        return cost[from.Length, to.Length];
    }
}
