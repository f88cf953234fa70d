using System.Text;

namespace Ringwright.Programs.Agents;

/// <summary>
/// A server that will not have its model asked this, as others will not have it say that: Azure refuses the question itself, and proxies
/// before it say so in a word of their own.
/// </summary>
internal static class ContentFilter
{
    private static readonly string[] Words = ["\"content_filter\"", "ContentPolicyViolation", "\"moderation_blocked\""];
    /// <summary>Of a request that is refused for its words, or for anything else that is wrong with it: the sentence tells.</summary>
    private const string Invalid = "\"invalid_prompt\"", Safety = "safety";

    public static bool HasRefused(WebAnswer answer)
    {
        if (answer is not { Fault: null, Status: 400 }) return false;
        string said = Encoding.UTF8.GetString(answer.Body.Span);
        return Array.Exists(Words, word => said.Contains(word, StringComparison.Ordinal))
            || said.Contains(Invalid, StringComparison.Ordinal) && said.Contains(Safety, StringComparison.OrdinalIgnoreCase);
    }
}
