using System.Text;

namespace Ringwright.Conversations;

/// <summary>Texts with variables in them: {{name}}.</summary>
public static class Template
{
    /// <summary>A variable that there is not is empty: braces are never said, and never sent.</summary>
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
            string value = variables.GetValueOrDefault(text[(open + 2)..close].Trim(), "");
            filled.Append(text, from, open - from).Append(encode is null ? value : encode(value));
            from = close + 2;
        }
        return filled.Length <= most ? filled.ToString() : filled.ToString(0, most);
    }

    /// <summary>Names that a text has and nobody knows.</summary>
    public static IReadOnlyList<string> Unknown(string text, IReadOnlyDictionary<string, string> variables)
    {
        var unknown = new List<string>();
        for (int from = 0; ;)
        {
            int open = text.IndexOf("{{", from, StringComparison.Ordinal);
            int close = open < 0 ? -1 : text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0) return unknown;
            string name = text[(open + 2)..close].Trim();
            if (!variables.ContainsKey(name) && !unknown.Contains(name)) unknown.Add(name);
            from = close + 2;
        }
    }
}
