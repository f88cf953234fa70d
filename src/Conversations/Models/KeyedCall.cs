using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// A call of a tool as GLM writes it between its marks: the name, and for each argument &lt;arg_key&gt;NAME&lt;/arg_key&gt; and
/// &lt;arg_value&gt;its value&lt;/arg_value&gt;.
/// </summary>
internal static class KeyedCall
{
    private const string Key = "<arg_key>", KeyEnd = "</arg_key>", Value = "<arg_value>", ValueEnd = "</arg_value>";

    /// <param name="isTool">Of a name: one without arguments is a call only then.</param>
    /// <returns>With <c>name</c> and <c>arguments</c>, of which the values are texts; null where it is none, or not whole.</returns>
    public static JsonObject? Read(string written, Func<string, bool> isTool)
    {
        int at = written.IndexOf(Key, StringComparison.Ordinal);
        string name = (at < 0 ? written : written[..at]).Trim();
        if (name.Length == 0 || name.Any(char.IsWhiteSpace) || at < 0 && !isTool(name)) return null;
        var arguments = new JsonObject();
        while (at >= 0)
        {
            if (Between(Key, KeyEnd, written, at) is not var (key, behind)) return null;
            if (Between(Value, ValueEnd, written, behind) is not var (value, next)) return null;
            arguments[key.Trim()] = value.Trim('\n', '\r');
            at = written.IndexOf(Key, next, StringComparison.Ordinal);
        }
        return new() { ["name"] = name, ["arguments"] = arguments };
    }

    private static (string Inside, int Behind)? Between(string open, string close, string written, int from)
    {
        int begin = written.IndexOf(open, from, StringComparison.Ordinal);
        int end = begin < 0 ? -1 : written.IndexOf(close, begin, StringComparison.Ordinal);
        return end < 0 ? null : (written[(begin + open.Length)..end], end + close.Length);
    }
}
