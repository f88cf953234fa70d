using System.Text;
using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>Texts with variables in them: {{name}}, or {{name | default: "there"}}.</summary>
public static class Template
{
    /// <summary>A variable that there is not is what its mark says for that, or empty: braces are never said, and never sent.</summary>
    /// <param name="most">What is behind so many characters is cut off.</param>
    /// <param name="encode">What becomes of a value before it stands in the text; null leaves it as it is.</param>
    public static string Fill(string text, IReadOnlyDictionary<string, string> variables, int most = int.MaxValue,
        Func<string, string>? encode = null)
    {
        var filled = new StringBuilder();
        for (int from = 0; filled.Length <= most;)
        {
            int open = text.IndexOf("{{", from, StringComparison.Ordinal);
            int close = open < 0 ? -1 : text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
            {
                filled.Append(text, from, text.Length - from);
                break;
            }
            string value = TextMark.ValueOf(text[(open + 2)..close], name => variables.GetValueOrDefault(name));
            filled.Append(text, from, open - from).Append(encode is null ? value : encode(value));
            from = close + 2;
        }
        return filled.Length <= most ? filled.ToString() : filled.ToString(0, most);
    }

    /// <summary>Names that a text has and nobody knows, but for those for which it says what stands there then.</summary>
    public static IReadOnlyList<string> Unknown(string text, IReadOnlyDictionary<string, string> variables)
    {
        var unknown = new List<string>();
        for (int from = 0; ;)
        {
            int open = text.IndexOf("{{", from, StringComparison.Ordinal);
            int close = open < 0 ? -1 : text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0) return unknown;
            string mark = text[(open + 2)..close].Trim();
            from = close + 2;
            if (variables.ContainsKey(mark) || TextMark.Read(mark) is not (var name, null)) continue;
            if (!variables.ContainsKey(name) && !unknown.Contains(name)) unknown.Add(name);
        }
    }
}
