using System.Text;
using System.Text.RegularExpressions;

namespace Ringwright.Http;

/// <summary>
/// A pattern as JSON Schema means it (ECMA-262). To .NET a <c>$</c> also stands before the end of a last line, and <c>\d</c> is a digit of
/// any script: "DE" with a line feed would be a country, and "+4٣" the beginning of a number.
/// </summary>
public sealed class TextPattern
{
    private readonly string _text;
    private readonly Regex _regex;

    /// <param name="text">As the contract has it.</param>
    public TextPattern(string text)
    {
        _text = text;
        _regex = new(OfDotNet(text), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    public bool IsMatch(string value) => _regex.IsMatch(value);

    /// <summary>As the contract has it.</summary>
    public override string ToString() => _text;

    private static string OfDotNet(string pattern)
    {
        var written = new StringBuilder(pattern.Length + 16);
        bool isInClass = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            char sign = pattern[i];
            if (sign is '\\' && i + 1 < pattern.Length)
            {
                char escaped = pattern[++i];
                string? ascii = escaped switch { 'd' => "0-9", 'w' => "A-Za-z0-9_", _ => null };
                if (ascii is null) written.Append(sign).Append(escaped);
                else if (isInClass) written.Append(ascii);
                else written.Append('[').Append(ascii).Append(']');
                continue;
            }

            isInClass = isInClass ? sign is not ']' : sign is '[';
            if (sign is '$' && !isInClass) written.Append(@"\z");
            else written.Append(sign);
        }

        return written.ToString();
    }
}
