using System.Text.RegularExpressions;

namespace Ringwright.Telnyx;

/// <summary>Places in texts that stand for something else: <c>{{name}}</c>.</summary>
internal static partial class TemplateMarks
{
    /// <summary>What stands between the braces of a mark, without the space around it.</summary>
    public static string NameOf(Match mark) => mark.Groups["name"].Value.Trim();

    // The space belongs to the name here: told apart from it within the pattern, blanks that nothing closes cost their number to the third.
    [GeneratedRegex(@"\{\{(?<name>[^{}]*)\}\}", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    public static partial Regex Mark();
}
