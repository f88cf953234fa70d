using System.Text;

namespace Ringwright.Store.Tables;

/// <summary>
/// JSON that any receiver's database takes. A caller may write a zero (sip:a%00b@…); JSON can say it, PostgreSQL's text and jsonb cannot,
/// and a receiver who stores the whole event would fail on it.
/// </summary>
internal static class ReceiverText
{
    private const string Zero = "\\u0000";

    /// <param name="json">With zeros escaped, as JSON demands.</param>
    /// <returns>The same where there are none; else with U+FFFD in their places.</returns>
    public static string Of(string json)
    {
        if (!json.Contains(Zero, StringComparison.Ordinal)) return json;
        var clean = new StringBuilder(json.Length);
        for (int i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\' || i + 1 == json.Length)
            {
                clean.Append(json[i]);
                continue;
            }
            // Whatever is escaped, a backslash too, is no beginning of an escape.
            bool isZero = json.AsSpan(i).StartsWith(Zero);
            clean.Append(isZero ? "\\uFFFD".AsSpan() : json.AsSpan(i, 2));
            i += isZero ? Zero.Length - 1 : 1;
        }
        return clean.ToString();
    }
}
