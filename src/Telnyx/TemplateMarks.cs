using System.Text.RegularExpressions;

namespace Ringwright.Telnyx;

/// <summary>Places in texts that stand for something else: <c>{{name}}</c>.</summary>
internal static partial class TemplateMarks
{
    /// <summary>Its group <c>name</c> is what stands between the braces, without the space around it.</summary>
    [GeneratedRegex(@"\{\{\s*(?<name>[^{}]*?)\s*\}\}", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    public static partial Regex Mark();
}
